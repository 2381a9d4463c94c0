"""From a file of texts to JSON lines: what ``duecare classify FILE`` reads and what it prints, one line for each row."""

from __future__ import annotations

import re
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from duecare.evidence.profiles import Profiles, load_profiles
from duecare.records.messages import Job
from duecare.records.quarantine import run_errand
from duecare.records.request import Request
from duecare.records.spreadsheet.texts import ORDER_NAME, Texts
from duecare.terms import Classified

_BLOCK = 20_000
_RISK_CATEGORY = re.compile(r"CAT\d\d")


@dataclass(frozen=True, slots=True)
class TextFile:
    """Distinct rows of (text, language, declared code), and for each row of the file in its order the number of its own."""

    rows: list[tuple[str, str, str]]
    order: Sequence[int]

    @property
    def has_codes(self) -> bool:
        """Whether any row declares a code."""
        return any(code for _, _, code in self.rows)


def read_text_file(file: Path, request: Request) -> TextFile:
    """Read a CSV, XLSX, XLS or ODS file with a column ``text`` (and ``lang``, ``cpv``) in a confined process.

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


def answers(texts: TextFile, classified: Iterable[Classified]) -> Iterator[bytes]:
    """JSON lines in the order of the file's rows, in blocks of bytes; ``classified`` follows the distinct rows."""
    as_json = _answering(load_profiles(), with_codes=texts.has_codes)
    encode = msgspec.json.Encoder().encode
    lines = [encode(as_json(row[0], one)) + b"\n" for row, one in zip(texts.rows, classified, strict=True)]
    for start in range(0, len(texts.order), _BLOCK):
        yield b"".join([lines[number] for number in texts.order[start : start + _BLOCK]])


def risk_category(profile: str, profiles: Profiles) -> str:
    """The one of the twenty categories of METHOD 3.1 that a profile belongs to, ``CAT01`` to ``CAT20``; else empty."""
    category = profiles.by_id[profile].category
    return category if _RISK_CATEGORY.fullmatch(category) else ""


def _answering(profiles: Profiles, *, with_codes: bool) -> Callable[[str, Classified], dict[str, Any]]:
    category = {name: risk_category(name, profiles) for name in profiles.by_id}

    def answer(text: str, one: Classified) -> dict[str, Any]:
        return {
            "text": text,
            "cpv": one.cpv,
            "division": one.cpv[:2],
            "category": category[one.profile],
            "confidence": one.confidence,
            "how": one.how,
            "alternatives": [{"cpv": cpv, "division": cpv[:2], "confidence": sure} for cpv, sure in one.guesses],
        } | ({"contradicts": one.contradicts} if with_codes else {})

    return answer
