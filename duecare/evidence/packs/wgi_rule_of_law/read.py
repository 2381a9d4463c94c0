"""Reader of the Worldwide Governance Indicators: the percentile rank of rule of law, newest year of the file."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.untrusted import Row, read_rows, sheet_names

COLUMNS = ("year", "country", "percentile", "sources", "locator")
INDICATOR = {"ruleoflaw", "rule of law", "rl", "rle", "rule_of_law"}
NAMES = {
    "code": ("code", "countrycode", "country code", "iso3"),
    "name": ("country/territory", "countryname", "country name", "country"),
    "year": ("year",),
    "indicator": ("indicator",),
    "rank": ("pctrank", "percentile rank", "rank"),
    "sources": ("nsource", "numsrc", "number of sources"),
}
NO_STATE = {"Netherlands Antilles (former)", "Netherlands Antilles"}
FEWEST_ROWS = 100


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS`` for the newest year; raises ``FileRefused`` where the percentile or the country is not readable."""
    sheet = next((name for name in sheet_names(path) if name.lower() in INDICATOR), None)
    rows = [row for row in map(_named, read_rows(path, sheet)) if row["indicator"].lower() in INDICATOR]
    newest = max((row["year"] for row in rows), default="")
    found = [_cells(path, row) for row in rows if row["year"] == newest and row["name"] not in NO_STATE]
    if len(found) < FEWEST_ROWS:
        raise FileRefused(
            "NO_ROWS", f"{path.name}: {len(found)} percentile ranks of rule of law; the whole table is needed."
        )
    return sorted(row for row in found if row[2])


def _named(row: Row) -> Row:
    given = {name.lower(): value for name, value in row.items()}
    return {key: next((given[name] for name in names if name in given), "") for key, names in NAMES.items()} | {
        "#": row["#"]
    }


def _cells(path: Path, row: Row) -> tuple[str, ...]:
    where = f"{path.name}, row {row['#']}"
    country = resolve_country(row["code"]) or resolve_country(row["name"])
    if country is None:
        raise FileRefused("BAD_COUNTRY", f"{where}: {row['code']!r} ({row['name']}) is not known.", value=row["code"])
    if row["rank"] in ("", "#N/A", "..", "NA", "None"):
        return row["year"], country, "", "", ""
    try:
        rank = Decimal(row["rank"])
    except InvalidOperation as error:
        raise FileRefused("BAD_NUMBER", f"{where}: {row['rank']!r} is no percentile.", value=row["rank"]) from error
    if not 0 <= rank <= 100:
        raise FileRefused(
            "BAD_NUMBER", f"{where}: a percentile rank lies between 0 and 100, not {rank}.", value=row["rank"]
        )
    return row["year"], country, str(rank.quantize(Decimal("0.01"))), row["sources"], f"row {row['#']} ({row['code']})"
