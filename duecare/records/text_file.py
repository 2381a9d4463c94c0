"""From a file of texts to JSON lines: what ``duecare classify FILE`` reads and what it prints, one line for each row."""

from __future__ import annotations

import gc
import os
import tempfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

import msgspec

from duecare.evidence.profiles import Profiles, load_profiles
from duecare.records.messages import Job
from duecare.records.quarantine import run_errand
from duecare.records.request import Request
from duecare.records.spreadsheet.texts import ORDER_NAME, Texts
from duecare.records.text_reading import risk_category
from duecare.terms import Classified

Row = tuple[str, str, str, str]
Classify = Callable[[Sequence[Row]], Sequence[Classified]]
SHARED_FROM = 5_000
"""distinct texts from which a second process is worth its start"""
_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class TextFile:
    """Distinct rows of (text, language, declared code, nature), and for each row of the file in its order the number of its own."""

    rows: list[Row]
    order: Sequence[int]

    @property
    def has_codes(self) -> bool:
        """Whether any row declares a code."""
        return any(code for _, _, code, _ in self.rows)


def read_text_file(file: Path, request: Request) -> TextFile:
    """Read a CSV, XLSX, XLS or ODS file with a column ``text`` (and ``lang``, ``cpv``, ``nature``) in a confined process.

    Raises ``FileRefused`` where the file cannot be read or has no such column, ``WrongUsage`` for another kind of file.
    """
    with tempfile.TemporaryDirectory(prefix="duecare-") as folder:
        written, _ = run_errand(Job(1, "texts", file.name, str(file.absolute()), folder, request))
        read = msgspec.json.decode(written.read_bytes(), type=Texts)
        order: array[int] = array("I")
        order.frombytes((Path(folder) / ORDER_NAME).read_bytes())
    if len(order) != read.count or (order and max(order) >= len(read.rows)):
        raise ValueError("The reading process answered with rows that do not fit together.")
    return TextFile(read.rows, order)


def answers(texts: TextFile, classify: Classify, workers: int = 1, shared_from: int = SHARED_FROM) -> Iterator[bytes]:
    """JSON lines in the order of the file's rows, in blocks of bytes; ``classify`` answers distinct rows in their order.

    With more than one of ``workers`` and ``shared_from`` distinct texts a second process takes its share. The caller must
    not have started threads then, because the process is forked.
    """
    as_json = _answering(load_profiles(), with_codes=texts.has_codes)
    encode = msgspec.json.Encoder().encode

    def work(rows: Sequence[Row]) -> list[bytes]:
        return [encode(as_json(row[0], one)) + b"\n" for row, one in zip(rows, classify(rows), strict=True)]

    alone = workers < 2 or len(texts.rows) < max(2, shared_from)
    with _no_collecting():
        lines = work(texts.rows) if alone else _shared(texts.rows, work)
    for start in range(0, len(texts.order), _BLOCK):
        yield b"".join([lines[number] for number in texts.order[start : start + _BLOCK]])


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without the search for circles of references, which looks through all answers again and again: a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _shared(rows: Sequence[Row], work: Callable[[Sequence[Row]], list[bytes]]) -> list[bytes]:
    """The first half of the rows answered here, the second in a forked process that hands its lines over in a file."""
    half = len(rows) // 2
    with tempfile.TemporaryFile() as handed:
        pid = os.fork()
        if pid == 0:
            _answer_and_end(handed, rows[half:], work)
        mine = work(rows[:half])
        if os.waitpid(pid, 0)[1]:
            return mine + work(rows[half:])
        handed.seek(0)
        return mine + handed.read().splitlines(keepends=True)


def _answer_and_end(handed: IO[bytes], rows: Sequence[Row], work: Callable[[Sequence[Row]], list[bytes]]) -> NoReturn:
    status = 1
    try:
        handed.write(b"".join(work(rows)))
        handed.flush()
        status = 0
    finally:
        os._exit(status)


def _answering(profiles: Profiles, *, with_codes: bool) -> Callable[[str, Classified], dict[str, Any]]:
    category = {name: risk_category(profile.category) for name, profile in profiles.by_id.items()}

    def answer(text: str, one: Classified) -> dict[str, Any]:
        return {
            "text": text,
            "cpv": one.cpv,
            "division": one.cpv[:2],
            "category": category[one.profile],
            "confidence": one.division_confidence,
            "how": "predicted" if one.how == "unknown" and one.cpv else one.how,
            "alternatives": [{"cpv": cpv, "division": cpv[:2], "confidence": sure} for cpv, sure in one.guesses],
        } | ({"contradicts": one.contradicts} if with_codes else {})

    return answer
