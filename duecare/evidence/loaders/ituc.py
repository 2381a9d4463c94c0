"""Reader of a table of the ITUC Global Rights Index: country and rating 1 to 5+, one row each.

The ratings are the ITUC's; they are not shipped, and whoever brings the table has the right to use it.
"""

from __future__ import annotations

from pathlib import Path

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.levels import RIGHTS
from duecare.evidence.loaders.untrusted import Row, read_rows

COLUMNS = ("country", "rating", "locator")
FEWEST_COUNTRIES = 100


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``; raises ``FileRefused`` for an unknown country or rating and for a partial table."""
    rows = [_cells(path, row) for row in read_rows(path)]
    if len({row[0] for row in rows}) < FEWEST_COUNTRIES:
        raise FileRefused("NO_ROWS", f"{path.name}: {len(rows)} ratings; the whole table is needed.")
    return sorted(rows)


def _cells(path: Path, row: Row) -> tuple[str, ...]:
    where = f"{path.name}, row {row['#']}"
    given = {name.lower().replace(" ", "_"): value for name, value in row.items()}
    country = resolve_country(given.get("country_code") or "") or resolve_country(given.get("country") or "")
    if country is None:
        raise FileRefused(
            "BAD_COUNTRY", f"{where}: the country {given.get('country')!r} is not known.", field="country"
        )
    rating = given.get("rating") or ""
    if rating not in RIGHTS:
        raise FileRefused(
            "BAD_TYPE", f"{where}: {rating!r} is no rating; ratings are 1 to 5 and 5+.", field="rating", value=rating
        )
    return country, rating, f"row {row['#']}"
