"""A proposed column map for a file nobody has described yet: what was recognised, how sure, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import yaml

from duecare.errors import FileRefused
from duecare.records.cells import bare, is_empty, printable
from duecare.records.column_map import NUMBERS, REQUIRED, ColumnMap, ColumnRule
from duecare.records.faults import refused
from duecare.records.spreadsheet.columns import to_text
from duecare.records.spreadsheet.conventions import DATES, Conventions
from duecare.records.spreadsheet.delimited import DelimitedText
from duecare.records.spreadsheet.encoding import find_encoding
from duecare.records.spreadsheet.header import (
    IGNORED_PREFIX,
    Pick,
    Plan,
    find_header,
    header_score,
    known_words,
    recognise,
    unique_names,
)
from duecare.records.spreadsheet.rows import Source
from duecare.records.spreadsheet.workbook import open_sheets
from duecare.settings import Limits

SURE, LIKELY = 1.0, 0.88
_SAMPLES = 3
_BLOCKS = 2
"""Blocks that are looked at: a proposal does not read a whole large file."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One column of the file: its header, the canonical column it seems to be, how sure (0-1), why, and some values."""

    header: str
    column: str
    confidence: float
    why: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What ``duecare map FILE`` shows and writes."""

    header_row: int
    sheet: str
    encoding: str
    delimiter: str
    guesses: tuple[Guess, ...]
    missing: tuple[str, ...]
    doubles: Mapping[str, tuple[str, ...]]
    date_order: Mapping[str, str]
    decimal: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def content(self) -> dict[str, object]:
        """The map as plain values, ready for ``parse_map`` or YAML; the first of several candidates is chosen."""
        chosen: dict[str, str] = {}
        for guess in sorted(self.guesses, key=lambda each: -each.confidence):
            if guess.column and guess.column not in chosen:
                chosen[guess.column] = guess.header
        found: dict[str, object] = {"columns": chosen}
        if self.sheet:
            found["sheet"] = self.sheet
        if self.header_row > 1:
            found["header_row"] = self.header_row
        if self.encoding not in ("", "utf-8"):
            found["encoding"] = self.encoding
        for key, choices in (("date_order", self.date_order), ("decimal", self.decimal)):
            if choices:
                found[key] = dict(choices)
        return found

    def as_yaml(self) -> str:
        """The map as YAML text with the missing columns as comments under ``constants``."""
        text = yaml.safe_dump(self.content(), allow_unicode=True, sort_keys=False, width=120)
        if self.missing:
            text += "# Not found. Name a column above, or give one value for the whole file:\n# constants:\n"
            text += "".join(f"#   {name}: \n" for name in self.missing)
        return text


def propose(path: Path, format: str | None = None, sheet: str | None = None) -> Proposal:  # noqa: A002  the word of the interface
    """Look at the first rows of a spreadsheet. Raises ``FileRefused`` where it cannot be read or has no header.

    ``format`` is ``csv``, ``xlsx``, ``xls`` or ``ods`` and is taken from the name where it is not given. A workbook is
    parsed here: doors call this in the reading process only.
    """
    source, encoding = _open(path, format or path.suffix.lower().lstrip("."), sheet)
    head, chosen = source.head(), ColumnMap()
    at = find_header(head, chosen)
    names = unique_names(head[at][1])
    source.width = len(names)
    rows = _rows(source, head[at][0])
    guesses = _guesses(names, rows)
    plan = _plan(head[at][0], names, guesses)
    found = Conventions()
    for block in _few(source):
        found.look(plan, block)
    missing = tuple(
        name for name in REQUIRED if name not in plan.picks and not (name == "currency" and found.amounts_name_currency)
    )
    notes = (
        ("The currency is read from the amounts.",)
        if found.amounts_name_currency and "currency" not in plan.picks
        else ()
    )
    return Proposal(
        plan.number,
        source.sheet,
        encoding,
        getattr(source, "delimiter", ""),
        guesses,
        missing,
        _doubles(guesses),
        {name: order for name in DATES if (order := found.order(name))},
        {name: sign for name in NUMBERS if (sign := found.decimal_sign(name))},
        notes,
    )


def _open(path: Path, kind: str, sheet: str | None) -> tuple[Source, str]:
    if kind not in ("xlsx", "xls", "ods"):
        encoding = find_encoding(path)
        return DelimitedText(path, encoding, Limits()), encoding.name
    sheets = [each for each, _visible in open_sheets(path, kind, Limits())]
    named = [each for each in sheets if sheet is None or bare(each.sheet) == bare(sheet)]
    if not named:
        raise refused(
            "NO_HEADER", field="sheet", value=sheet or "", detail=f"Sheets: {', '.join(s.sheet for s in sheets)}."
        )
    return max(named, key=lambda each: max((header_score(row, ColumnMap()) for _n, row in each.head()), default=0)), ""


def _few(source: Source) -> list:  # type: ignore[type-arg]
    blocks = []
    for block in source.blocks():
        blocks.append(block)
        if len(blocks) == _BLOCKS:
            break
    return blocks


def _rows(source: Source, header: int) -> list[Sequence[str]]:
    head = [row for number, row in source.head() if number > header]
    return [[to_text(cell) for cell in row] for row in head]


def _guesses(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Guess, ...]:
    guesses = []
    for index, name in enumerate(names):
        if name.lower().startswith(IGNORED_PREFIX):
            continue
        values = [row[index].strip() for row in rows if len(row) > index and not is_empty(row[index])]
        column, confidence, why = guess_column(name)
        samples = tuple(printable(value[:60]) for value in dict.fromkeys(values))[:_SAMPLES]
        guesses.append(Guess(name, column, confidence, why, samples))
    return tuple(guesses)


def guess_column(header: str) -> tuple[str, float, str]:
    """Canonical column, confidence 0-1 and reason for a header; empty and 0 where nothing comes near."""
    name, _currency = recognise(header)
    if name:
        return name, SURE, "known word"
    key, best = bare(header), ("", 0.0)
    for word, canonical in known_words().items():
        if len(word) < 4 or not key or abs(len(word) - len(key)) > max(len(word), len(key)) // 2:
            continue
        likeness = SequenceMatcher(None, key, word).ratio()
        if likeness > best[1]:
            best = (canonical, likeness)
    if best[1] >= LIKELY:
        return best[0], round(best[1] * 0.9, 2), "like a known word"
    return "", 0.0, ""


def _plan(number: int, names: Sequence[str], guesses: Sequence[Guess]) -> Plan:
    picks: dict[str, Pick] = {}
    for guess in sorted(guesses, key=lambda each: -each.confidence):
        if guess.column and guess.column not in picks:
            index = names.index(guess.header)
            picks[guess.column] = Pick((index,), ColumnRule((guess.header,)))
    return Plan(number, tuple(names), picks, ())


def _doubles(guesses: Sequence[Guess]) -> dict[str, tuple[str, ...]]:
    """Canonical columns that more than one header could mean."""
    by_column: dict[str, list[str]] = {}
    for guess in guesses:
        if guess.column:
            by_column.setdefault(guess.column, []).append(guess.header)
    return {column: tuple(headers) for column, headers in by_column.items() if len(headers) > 1}


__all__ = ["FileRefused", "Guess", "Proposal", "guess_column", "propose"]
