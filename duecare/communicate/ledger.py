"""The ledger in words: per file what was read, what was set aside and why, so that nothing goes missing unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from duecare.communicate import words
from duecare.communicate.grids import field_name
from duecare.communicate.i18n import Translator
from duecare.records.faults import CODES


class ReasonLine(msgspec.Struct, frozen=True):
    """One fault of one row as `take-in --json` prints it."""

    code: str
    row: int | None = None
    field: str = ""
    value: str = ""
    message: str = ""


class FileLine(msgspec.Struct, frozen=True):
    """One file of the ledger; ``codes`` holds rows by code where the list of reasons was cut short."""

    file: str
    sha256: str
    format: str
    status: str
    rows: int
    accepted: int
    quarantined: int
    duplicates: int
    reasons: list[ReasonLine] = []
    codes: dict[str, int] = {}


@dataclass(frozen=True)
class CodeView:
    """One code of a file: rows, the sentence that says what to do, and up to three rows as examples."""

    code: str
    rows: int
    sentence: str
    examples: list[str]


@dataclass(frozen=True)
class FileView:
    """One file in words."""

    line: FileLine
    status: str
    codes: list[CodeView]


def file_views(ledger: Iterable[Mapping[str, object]], tr: Translator) -> list[FileView]:
    """Files in the order in which they were given."""
    lines = [msgspec.convert(entry, FileLine, strict=False) for entry in ledger]
    return [FileView(line, tr.t(words.FILE_STATUS[line.status]), _codes(line, tr)) for line in lines]


def _codes(line: FileLine, tr: Translator) -> list[CodeView]:
    counts = Counter(line.codes) or Counter(code for code, _ in {(r.code, r.row) for r in line.reasons})
    return [
        CodeView(code, rows, tr.t(CODES[code]), _examples([r for r in line.reasons if r.code == code], tr))
        for code, rows in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _examples(reasons: Sequence[ReasonLine], tr: Translator) -> list[str]:
    shown = []
    for reason in reasons[:3]:
        where = tr.t("row {row}", row=str(reason.row)) if reason.row is not None else ""
        name = field_name(reason.field, tr) if reason.field else ""
        what = (
            f"{name}: “{reason.value[:60]}”"
            if reason.value and name
            else f"“{reason.value[:60]}”"
            if reason.value
            else name
        )
        shown.append(", ".join(part for part in (where, what) if part))
    return [text for text in shown if text]
