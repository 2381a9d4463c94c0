"""Reader of our own table of state-imposed forced labour (X2) and trade measures (X3), each row with its own source."""

from __future__ import annotations

from pathlib import Path

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.untrusted import read_rows

COLUMNS = (
    "factor",
    "good",
    "country",
    "region",
    "authorities",
    "status",
    "observed_on",
    "publisher",
    "title",
    "url",
    "locator",
)


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``; raises ``FileRefused`` for a missing column, an unknown country or factor."""
    rows = []
    for row in read_rows(path):
        if missing := set(COLUMNS) - row.keys():
            raise FileRefused("MISSING_COLUMN", f"{path.name} has no column {', '.join(sorted(missing))}.")
        if row["factor"] not in ("X2", "X3") or resolve_country(row["country"]) != row["country"]:
            raise FileRefused(
                "BAD_TYPE", f"{path.name}, row {row['#']}: factor X2 or X3 and an alpha-2 country are needed."
            )
        rows.append(tuple(row[name] for name in COLUMNS))
    return sorted(rows)
