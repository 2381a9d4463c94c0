"""Reader of a table of ratifications of the fundamental ILO instruments: one row per member state, years in the cells."""

from __future__ import annotations

import re
from pathlib import Path

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.levels import FUNDAMENTAL
from duecare.evidence.loaders.untrusted import Row, read_rows

COLUMNS = ("country", *FUNDAMENTAL, "locator")
FEWEST_ROWS = 100


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``: the year of ratification, empty where there is none, "1958-1990" where it was denounced."""
    rows = [_cells(path, row) for row in read_rows(path)]
    if len(rows) < FEWEST_ROWS:
        raise FileRefused("NO_ROWS", f"{path.name}: {len(rows)} states; the whole table is needed.")
    return sorted(rows)


def _cells(path: Path, row: Row) -> tuple[str, ...]:
    where = f"{path.name}, row {row['#']}"
    if missing := set(FUNDAMENTAL) - row.keys():
        raise FileRefused("MISSING_COLUMN", f"{where}: no column {', '.join(sorted(missing))}.")
    text = row.get("country_iso") or row.get("country") or ""
    country = resolve_country(text)
    if country is None:
        raise FileRefused("BAD_COUNTRY", f"{where}: the country {text!r} is not known.", field="country", value=text)
    years = [_year(where, row[name]) for name in FUNDAMENTAL]
    return country, *years, f"row {row['#']} ({row.get('country', '')})"


def _year(where: str, text: str) -> str:
    match = re.fullmatch(r"((?:19|20)\d\d)(?:\s*\(denounced ((?:19|20)\d\d)\))?", text)
    if text and not match:
        raise FileRefused("BAD_DATE", f"{where}: {text!r} is no year of ratification.", value=text)
    return "-".join(year for year in match.groups() if year) if match else ""
