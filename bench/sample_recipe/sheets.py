"""Rows of an office's list: canonical values written the office's way, with the dirt that real lists have."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sample_recipe.lines import Line

NUMBERS = {"plain": ("", "."), "german": (".", ","), "french": ("\u00a0", ",")}
DATES = {"iso": "%Y-%m-%d", "dots": "%d.%m.%Y", "slashes": "%d/%m/%Y"}
TYPED_DATES = ("award_date", "start_date", "end_date")


@dataclass
class Expected:
    """What duecare must say about one file: the ledger's numbers and the codes of the parked rows."""

    rows: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Plain values, codes sorted."""
        numbers = {name: getattr(self, name) for name in ("rows", "accepted", "quarantined", "duplicates")}
        return numbers | {"codes": dict(sorted(self.codes.items()))}


@dataclass
class Row:
    """One row as it will be written: a cell per column, and what duecare must make of it."""

    cells: dict[str, Any]
    year: int
    outcome: str = "accepted"
    code: str = ""
    unquoted: bool = False
    merged: bool = False


def make_rows(office: dict[str, Any], lines: list[Line], *, typed: bool) -> list[Row]:
    """Rows in the order of the list, dirt included. ``typed`` keeps dates and numbers as values (spreadsheet cells)."""
    chance = random.Random(f"duecare sample dirt {office['file']}")
    columns = list(office["columns"])
    rows = [
        Row(
            {name: _cell(office, line.values.get(name), typed=typed) for name in columns},
            line.values["award_date"].year,
        )
        for line in lines
    ]
    _merge_cells(office, rows)
    clean = [row for index, row in enumerate(rows) if 12 < index < len(rows) - 2 and not row.merged]
    repeated = chance.sample(_of_years(clean, office.get("repeat_years")), office.get("repeats", 0))
    rest = [row for row in clean if not any(row is other for other in repeated)]
    victims = chance.sample(rest, len(office.get("dirt", ())) + office.get("conflicts", 0))
    for dirt in office.get("dirt", ()):
        row = victims.pop()
        row.cells[dirt["field"]] = dirt["value"]
        row.outcome, row.code, row.unquoted = "quarantined", dirt["code"], dirt.get("unquoted", False)
    extra = [_repeat(row) for row in repeated] + [_conflict(office, row, typed=typed) for row in victims]
    for row in extra:
        rows.insert(len(rows) - chance.randrange(0, 5), row)
    for _ in range(office.get("repeated_header", 0)):
        header = Row(dict(office["columns"]), 0, "quarantined", "REPEATED_HEADER")
        rows.insert(len(rows) // 2, header)
    return rows


def count(rows: list[Row]) -> Expected:
    """The ledger that these rows must give."""
    outcomes = Counter(row.outcome for row in rows)
    codes = Counter(row.code for row in rows if row.code)
    return Expected(len(rows), outcomes["accepted"], outcomes["quarantined"], outcomes["duplicate"], codes)


def _merge_cells(office: dict[str, Any], rows: list[Row]) -> None:
    for row in rows[4 : 4 + office.get("merged_rows", {"rows": 0})["rows"]]:
        row.merged = True


def _of_years(rows: list[Row], years: list[int] | None) -> list[Row]:
    return [row for row in rows if years is None or row.year in years]


def _repeat(row: Row) -> Row:
    return Row(dict(row.cells), row.year, "duplicate")


def _conflict(office: dict[str, Any], row: Row, *, typed: bool) -> Row:
    """The same contract with another amount: nobody but the office knows which is right, so both are parked."""
    other = Row(dict(row.cells), row.year, "quarantined", "DUP_CONFLICT")
    other.cells["amount"] = _cell(office, Decimal("1234.50"), typed=typed)
    row.outcome, row.code = "quarantined", "DUP_CONFLICT"
    return other


def _cell(office: dict[str, Any], value: Any, *, typed: bool) -> Any:
    if value is None:
        return ""
    if typed:
        return float(value) if isinstance(value, Decimal) else value
    if isinstance(value, date):
        return value.strftime(DATES[office["dates"]])
    if isinstance(value, Decimal):
        thousands, point = NUMBERS[office["numbers"]]
        return f"{value:,.2f}".replace(",", "_").replace(".", point).replace("_", thousands)
    return str(value)
