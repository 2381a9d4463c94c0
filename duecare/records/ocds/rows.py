"""Turn JSON texts, one for each row, into staged lines and parked rows, in blocks that are proven clean together.

**Fields that are not used** are kept by reference: every staged line names its row, the ledger keeps the hash of the source,
and ``Summary.ignored_fields`` lists their names. Copying their values would double the time and the space of a large file
and would store contact points, which must never be stored; nothing is lost, because the source's hash proves which bytes
the row stands for.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import UNSET

from duecare.records.cells import CellFault
from duecare.records.faults import Fault, fault
from duecare.records.ocds import checked
from duecare.records.ocds.fields import Release, as_release, decode_any, decode_release
from duecare.records.ocds.ignored import FieldNames
from duecare.records.ocds.release import ReleaseReader
from duecare.records.ocds.shapes import looks_like_ocds, releases_in
from duecare.records.ocds.structure import Prover
from duecare.records.ocds.structure_compiled import CompiledProver
from duecare.records.ocds.types import Problem, tidy
from duecare.records.request import Request
from duecare.records.staging import Staging

PIECE_BYTES = 120_000
ENTRY = 6
"""Numbers kept for each release: hash of the ocid, row, offset and length of its text, offset and length of its lines."""
_CONTACTS = re.compile(
    r'("(?:contactPoint|contactPoints|contactPerson)"\s*:\s*)(?:\{[^{}]*\}|\[[^\[\]]*\])'
    r'|("(?:email|telephone|faxNumber|phone)"\s*:\s*)"(?:[^"\\]|\\.)*"'
)
_ADDRESS_OF_MAIL = re.compile(r"(?<![^\s\"'<>:,;@\\])[^\s\"'<>:,;@\\]++@[^\s\"'<>:,;@\\]+\.[A-Za-z]{2,}")
"""Looks at each word once, from its start: without that, a word of 70,000 letters cost 17 seconds."""


@dataclass(slots=True)
class Counts:
    """What a writer did: rows it saw, rows it parked, and where each release lies (``ENTRY`` numbers each)."""

    rows: int = 0
    quarantined: int = 0
    strangers: int = 0
    """rows that are no OCDS at all; a file of nothing else is refused"""
    misshapen: int = 0
    """rows with wrong types or without an ocid; a file of many and no others is refused"""
    index: array[int] = field(default_factory=lambda: array("q"))


Found = tuple[int, int, bytes, list[tuple[str, bytes]], list[Problem]]
"""Row, offset of its text, the text, ocid and CSV lines of each release in it, problems."""


class RowWriter:
    """Writes the lines of one part of a file, used as a context manager. ``word`` says what a row is: line or release."""

    def __init__(
        self, folder: Path, part: str, request: Request, word: str, prover: Prover | CompiledProver | None = None
    ) -> None:
        self._reader = ReleaseReader(request.defaults, request.as_of, request.limits)
        self._depth, self._word = request.limits.depth, word
        self._prover = prover or Prover(request.limits.depth)
        self._staging = Staging(folder, part)
        self._lines = (folder / f"lines-{part}-releases.csv").open("wb")
        self._written = 0
        self.counts = Counts()
        self.names = FieldNames()

    def take(self, together: bytes, texts: Sequence[bytes], row: int, offset: int) -> None:
        """Read a block of rows: ``together`` begins with ``texts`` joined by line feeds, the first is number ``row`` at ``offset``.

        Empty texts (blank lines) are numbered but are no rows. All are proven clean together or looked at one by one.
        """
        first, start, read = row, offset, self._read
        found: list[Found] = []
        try:
            for text in texts:
                if text:
                    found.append(read(text, row, offset))
                row += 1
                offset += len(text) + 1
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            is_clean = False
        else:
            is_clean = self._is_clean(together, texts)
        if is_clean:
            self._keep(found)
        else:
            self._take_singly(texts, first, start)

    def _is_clean(self, together: bytes, texts: Sequence[bytes]) -> bool:
        """Prove the block in pieces that fit into the processor's cache, and look at their names."""
        start = at = first = 0
        view = memoryview(together)
        for number, text in enumerate(texts, 1):
            at += len(text) + 1
            if at - start < PIECE_BYTES and number < len(texts):
                continue
            names = self._prover.prove(view[start:at])
            if names is None:
                return False
            self.names.look(names, texts[first:number])
            start, first = at, number
        return True

    def _take_singly(self, texts: Sequence[bytes], row: int, offset: int) -> None:
        for text in texts:
            if text and not text.isspace():
                try:
                    value = checked.decode(text, self._depth)
                except CellFault as wrong:
                    self.park(row, [(wrong.code, "", wrong.value, wrong.detail)], text)
                else:
                    self.names.look_at(value)
                    self._keep([self._read(text, row, offset)])
            row += 1
            offset += len(text) + 1

    def _read(self, text: bytes, row: int, offset: int) -> Found:
        try:
            release = decode_release(text)
        except msgspec.ValidationError:
            return self._read_odd(text, row, offset)
        ocid = release.ocid
        if not ocid or _is_more(release):
            return self._read_odd(text, row, offset)
        reader = self._reader
        lines = reader.read(release, row, f"{self._word} {row}")
        return row, offset, text, [(ocid, b"".join(lines))], reader.problems

    def _read_odd(self, text: bytes, row: int, offset: int) -> Found:
        """Read what is no release of the right types: records, packages, lists, and what can be mended."""
        found: list[tuple[str, bytes]] = []
        problems: list[Problem] = []
        for value in releases_in(decode_any(text)):
            if value is None or not looks_like_ocds(value):
                problems.append(_STRANGER)
                continue
            tidied, wrong = tidy(value)
            lines = self._reader.read(as_release(tidied), row, f"{self._word} {row}")
            problems += wrong + self._reader.problems
            found.append((str(tidied.get("ocid")), b"".join(lines)))
        return row, offset, text, found, problems

    def _keep(self, rows: Sequence[Found]) -> None:
        at = self._written
        chunks: list[bytes] = []
        index: list[int] = []
        for row, offset, text, found, problems in rows:
            if problems:
                self.park(row, problems, text)
                continue
            self.counts.rows += 1
            for ocid, csv in found:
                chunks.append(csv)
                index += (hash(ocid), row, offset, len(text), at, len(csv))
                at += len(csv)
        self.counts.index.extend(array("q", index))  # a list of known length is taken over faster than one by one
        self._lines.write(b"".join(chunks))
        self._written = at

    def park(self, row: int, problems: Sequence[Problem], text: bytes) -> None:
        """Quarantine one row with its problems; its text is kept without contact details."""
        raw = without_contacts(text.decode("utf-8", "backslashreplace"))
        locator = f"{self._word} {row}"
        self._staging.quarantine([as_fault(row, one, locator, raw) for one in dict.fromkeys(problems)])
        self.counts.rows += 1
        self.counts.quarantined += 1
        self.counts.strangers += _STRANGER in problems
        self.counts.misshapen += any(problem[0] in ("BAD_TYPE", "MISSING_FIELD") for problem in problems)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()
        self._staging.__exit__(kind, error, trace)


_STRANGER: Problem = ("MISSING_FIELD", "ocid", "", "This is no OCDS release or record.")


def _is_more(release: Release) -> bool:
    """Whether this is a record or a package."""
    return (
        release.compiled_release is not UNSET
        or release.releases is not UNSET
        or release.versioned_release is not UNSET
        or release.records is not UNSET
    )


def as_fault(row: int, problem: Problem, locator: str, raw: str) -> Fault:
    """The published fault of a problem."""
    code, path, value, detail = problem
    return fault(code, row, field=path, value=value, locator=f"{locator} {path}".rstrip(), raw=raw, detail=detail)


def without_contacts(text: str) -> str:
    """JSON text in which contact points, e-mail addresses and telephone numbers are emptied; works on broken JSON too."""
    emptied = _CONTACTS.sub(lambda found: f"{found[1]}{{}}" if found[1] else f'{found[2]}""', text)
    return _ADDRESS_OF_MAIL.sub("", emptied)
