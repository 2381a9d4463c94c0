"""Reader of the world production tables of the USGS Mineral Commodity Summaries: shares of countries in a commodity."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.untrusted import Row, read_rows

COLUMNS = ("good", "country", "share", "amount", "unit", "year", "locator")
# Names of our list of goods where the commodity is on it, so that the tables can be joined.
GOODS = {
    "Cobalt": "Cobalt ore (heterogenite)", "Mica (Natural)": "Mica", "Tantalum": "Tantalum ore (coltan)",
    "Tin": "Tin ore (cassiterite)", "Tungsten": "Tungsten ore (wolframite)",
}  # fmt: skip
TOTALS = {"World total (rounded)", "Other Countries", "World total"}
YEAR, AMOUNT = "2023", "PROD_2023"


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``; the share is of the larger of the stated world total and the sum of the rows, in 2023."""
    tables: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in read_rows(path):
        tables[row["COMMODITY"], row["TYPE"]].append(row)
    largest = {
        commodity: max(_sum(rows) for (other, _), rows in tables.items() if other == commodity)
        for commodity, _ in tables
    }
    found = [
        entry
        for (commodity, _kind), rows in tables.items()
        if _sum(rows) == largest[commodity]
        for entry in _shares(path, GOODS.get(commodity, commodity), rows)
    ]
    return sorted(found)


def _sum(rows: list[Row]) -> Decimal:
    return sum(
        (Decimal(row[AMOUNT] or "0") for row in rows if not row["COUNTRY"].startswith("World total")), Decimal(0)
    )


def _shares(path: Path, good: str, rows: list[Row]) -> list[tuple[str, ...]]:
    stated = [Decimal(row[AMOUNT]) for row in rows if row["COUNTRY"].startswith("World total")]
    world = max([*stated, _sum(rows)])
    entries: list[tuple[str, ...]] = []
    for row in rows:
        if row["COUNTRY"] in TOTALS:
            continue
        country = resolve_country(row["COUNTRY"])
        if country is None:
            raise FileRefused(
                "BAD_COUNTRY", f"{path.name}, row {row['#']}: {row['COUNTRY']!r} is not known.", value=row["COUNTRY"]
            )
        share = (Decimal(row[AMOUNT]) / world).quantize(Decimal("0.0001"))
        entries.append((good, country, str(share), row[AMOUNT], row["UNIT_MEAS"], YEAR, f"row {row['#']}"))
    return entries
