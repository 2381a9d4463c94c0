"""Reader of annual exchange rates as the CIA World Factbook states them: one row per country, currency and year."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from duecare.evidence.money import PARITIES, retired_on

COLUMNS = ("currency", "year", "per_usd")
# The source keeps the code of before the last change of currency, with rates of the new one (the figures show it).
RENAMED = {
    "AFA": "AFN",
    "BYB": "BYN",
    "GHC": "GHS",
    "MRO": "MRU",
    "MZM": "MZN",
    "SLL": "SLE",
    "STD": "STN",
    "TMM": "TMT",
    "ZMK": "ZMW",
}
# Changed several times within the series, or an official rate at which nobody buys.
UNUSABLE = {"VEB", "ZWD", "KPW", "SYP"}


def read(path: Path) -> list[tuple[str, str, str]]:
    """Rows (currency, year, units for one US dollar) from a CSV with iso3, country, currency, year, lcu_per_usd."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = {(_code(row["currency"]), row["year"]): row["lcu_per_usd"] for row in csv.DictReader(file)}
    return sorted((code, year, rate) for (code, year), rate in found.items() if code)


def _code(words: str) -> str:
    """The code inside "Moldovan lei (MDL)"; nothing where there is none, where it is retired or where a parity is better."""
    inside = re.search(r"\(([A-Z]{3})(?:/[A-Z]{3})?\)", words)
    code = RENAMED.get(inside[1], inside[1]) if inside else ""
    if not code or code in UNUSABLE or code in PARITIES or code == "EUR":
        return ""
    try:
        return "" if retired_on(code) else code
    except KeyError:
        return ""
