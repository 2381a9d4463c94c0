"""Reader of the Global Slavery Index workbook (Walk Free): numbers to show beside a country, never a score of ours.

The workbook is not ours to give away (all rights reserved), so its numbers live only in the register of whoever brings it.
"""

from __future__ import annotations

import re
from pathlib import Path

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.untrusted import read_grid, sheet_names

COLUMNS = ("country", "measure", "value", "unit", "locator")
SHEET = re.compile(r"GSI (20\d\d) summary data", re.IGNORECASE)
MEASURES = {
    "estimated prevalence": ("estimated prevalence of modern slavery", "per 1,000 people"),
    "estimated number": ("estimated number of people in modern slavery", "people"),
    "total vulnerability": ("vulnerability", "of 100"),
    "government response total": ("government response", "of 100"),
}
FEWEST_COUNTRIES = 100


def summary_sheet(path: Path) -> str | None:
    """Name of the summary sheet, ``None`` where the file is no such workbook."""
    return next((name for name in sheet_names(path) if SHEET.fullmatch(name.strip())), None)


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``; raises ``FileRefused`` where the sheet is not laid out as expected."""
    sheet = summary_sheet(path)
    if sheet is None:
        raise FileRefused("UNKNOWN_FORMAT", f"{path.name} has no sheet of summary data of the Global Slavery Index.")
    grid = list(read_grid(path, sheet))
    header = next((i for i, row in enumerate(grid[:10]) if row and row[0].lower() == "country"), None)
    if header is None:
        raise FileRefused("NO_HEADER", f"{path.name}, sheet {sheet}: no line begins with Country.")
    columns = [(i, *found) for i, name in enumerate(grid[header]) if (found := _measure(name))]
    rows = [
        cell for i, row in enumerate(grid[header + 1 :], start=header + 2) for cell in _cells(sheet, i, row, columns)
    ]
    if len({row[0] for row in rows}) < FEWEST_COUNTRIES:
        raise FileRefused(
            "NO_ROWS", f"{path.name}, sheet {sheet}: fewer than {FEWEST_COUNTRIES} countries were readable."
        )
    return sorted(rows)


def _measure(name: str) -> tuple[str, str] | None:
    return next((found for start, found in MEASURES.items() if name.lower().startswith(start)), None)


def _cells(sheet: str, number: int, row: list[str], columns: list[tuple[int, str, str]]) -> list[tuple[str, ...]]:
    country = resolve_country(row[0])
    numbers = ((i, measure, unit) for i, measure, unit in columns if re.fullmatch(r"-?\d+(\.\d+)?", row[i]))
    return [(country, measure, row[i], unit, f"{sheet}, row {number}") for i, measure, unit in numbers if country]
