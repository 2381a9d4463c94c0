"""Reader of tables of the Trafficking in Persons Report: country, report year and tier, one row each."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from duecare.errors import FileRefused
from duecare.evidence.countries import country_codes, resolve_country
from duecare.evidence.loaders.untrusted import Row, read_rows

COLUMNS = ("year", "country", "tier", "locator")
ABSENT = "not named on the Watch List or in Tier 3"
TIERS = {"1": "1", "2": "2", "2w": "2W", "2wl": "2W", "2 watch list": "2W", "3": "3"}
NOT_RANKED = {"special case", "sc", "unranked", "no tier", "n/a"}
_TERRITORIES = (
    "AI AQ AS AX BL BM BQ BV CC CK CX EH FK FO GF GG GI GL GP GS GU HM IM IO JE KY MF MP MQ MS NC NF NU PF PM PN PR PS RE SH "
    "SJ TC TF TK UM VG VI WF YT"
)
# States that the report does not rank, and its special cases (Haiti, Libya, Somalia, Yemen in recent editions). Where we are
# not sure that a small state was ranked in every edition, it stands here: unknown is the careful reading.
_STATES = "AD DM GD KI KN LI MC NR SM ST TV VA WS HT LY SO YE"
UNRANKED = frozenset(f"{_TERRITORIES} {_STATES}".split())
FEWEST_ROWS = 20


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``. A table that names Tier 2 Watch List and Tier 3 only gets the rest as tier "1-2"."""
    named: defaultdict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in read_rows(path):
        year, country, tier = _cells(path, row)
        if tier:
            named[year][country] = (tier, f"row {row['#']}")
    rows = [(year, country, *found) for year, tiers in named.items() for country, found in tiers.items()]
    if len(rows) < FEWEST_ROWS:
        raise FileRefused("NO_ROWS", f"{path.name}: {len(rows)} ranked countries; a whole table is needed.")
    complete = {year for year, tiers in named.items() if {"1", "2"} & {tier for tier, _ in tiers.values()}}
    for year in named.keys() - complete:
        rest = set(country_codes()) - UNRANKED - named[year].keys()
        rows += [(year, country, "1-2", ABSENT) for country in rest]
    return sorted(rows)


def _cells(path: Path, row: Row) -> tuple[str, str, str]:
    given = {name.strip().lower(): value for name, value in row.items()}
    where = f"{path.name}, row {row['#']}"
    year = given.get("report_year") or given.get("year") or ""
    text = given.get("iso3") or given.get("iso2") or given.get("country") or ""
    country = resolve_country(text) or resolve_country(given.get("country") or "")
    if country is None:
        raise FileRefused("BAD_COUNTRY", f"{where}: the country {text!r} is not known.", field="country", value=text)
    if not re.fullmatch(r"20\d\d", year):
        raise FileRefused("BAD_DATE", f"{where}: the report year {year!r} is no year.", field="year", value=year)
    return year, country, _tier(where, given.get("tier") or "")


def _tier(where: str, text: str) -> str:
    word = " ".join(text.lower().replace("tier", " ").split())
    if word in NOT_RANKED:
        return ""
    if word not in TIERS:
        raise FileRefused(
            "BAD_TYPE", f"{where}: {text!r} is no tier; tiers are 1, 2, 2W and 3.", field="tier", value=text
        )
    return TIERS[word]
