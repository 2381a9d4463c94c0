"""Reader of the main import partners as the CIA World Factbook states them: country, partner and share in per cent."""

from __future__ import annotations

from pathlib import Path

from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.untrusted import read_rows

COLUMNS = ("country", "partner", "share", "year", "locator")


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``, share as a fraction above 0. Names that the source cut in two ("Trinidad", "Tobago") are left out."""
    found = {}
    for row in read_rows(path):
        country = resolve_country(row["iso3"]) or resolve_country(row["country"])
        partner = resolve_country(row["partner"])
        cut = row["partner"] in ("Trinidad", "Tobago", "Antigua", "Barbuda", "The")
        if country and partner and not cut and row["share_pct"].isdigit() and row["share_pct"] != "0":
            share = f"{int(row['share_pct']) / 100:.2f}"
            found[country, partner] = (country, partner, share, row["year"], f"row {row['#']}")
    return sorted(found.values())
