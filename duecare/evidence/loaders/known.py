"""The official files that can be added: which reader reads them, how they are recognised, what a pack says about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from duecare.evidence.loaders import gsi, ituc, observations
from duecare.evidence.loaders.untrusted import read_grid, read_xml, sheet_names
from duecare.evidence.packs.dol_findings import read as dol_findings
from duecare.evidence.packs.dol_goods import read as dol_goods
from duecare.evidence.packs.ilo_ratifications import read as ilo
from duecare.evidence.packs.state_imposed import read as state_imposed
from duecare.evidence.packs.tip import read as tip
from duecare.evidence.packs.wgi_rule_of_law import read as wgi

FactRows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """One kind of official file: its reader, and what our pack says about it.

    ``month_day`` is when editions come out, so many ``years_later`` than the year they are named after.
    """

    id: str
    kind: str
    columns: tuple[str, ...]
    read: Callable[[Path], FactRows]
    publisher: str
    title: str
    licence: str
    url: str
    grade: str = "E3"
    validity_months: int = 24
    month_day: tuple[int, int] = (1, 1)
    year_column: str = ""
    years_later: int = 0


US = "Work of the US government, public domain (17 U.S.C. 105)"
OWN = "As agreed with the publisher by whoever brought the file; not for passing on"
KNOWN: dict[str, Known] = {
    one.id: one
    for one in (
        Known(
            "dol_goods",
            "listed_goods",
            dol_goods.COLUMNS,
            dol_goods.read,
            "US Department of Labor",
            "List of Goods Produced by Child Labor or Forced Labor",
            US,
            "https://www.dol.gov/agencies/ilab/reports/child-labor/list-of-goods",
            month_day=(9, 30),
        ),
        Known(
            "dol_findings",
            "inspectors",
            dol_findings.COLUMNS,
            dol_findings.read,
            "US Department of Labor",
            "Findings on the Worst Forms of Child Labor",
            US,
            "https://www.dol.gov/agencies/ilab/resources/reports/child-labor/findings",
            month_day=(9, 30),
            years_later=1,
        ),
        Known(
            "tip",
            "tiers",
            tip.COLUMNS,
            tip.read,
            "US Department of State",
            "Trafficking in Persons Report, tiers",
            US,
            "https://www.state.gov/trafficking-in-persons-report/",
            month_day=(7, 1),
            year_column="year",
        ),
        Known(
            "ilo_ratifications",
            "ratifications",
            ilo.COLUMNS,
            ilo.read,
            "International Labour Organization",
            "NORMLEX, ratifications of the fundamental instruments",
            "Facts of a public register",
            "https://normlex.ilo.org/",
        ),
        Known(
            "wgi_rule_of_law",
            "percentiles",
            wgi.COLUMNS,
            wgi.read,
            "World Bank",
            "Worldwide Governance Indicators, rule of law",
            "CC BY 4.0",
            "https://www.worldbank.org/en/publication/worldwide-governance-indicators",
            validity_months=36,
            month_day=(9, 30),
            year_column="year",
            years_later=1,
        ),
        Known(
            "ituc_rights_index",
            "ratings",
            ituc.COLUMNS,
            ituc.read,
            "International Trade Union Confederation",
            "Global Rights Index",
            OWN,
            "https://www.ituc-csi.org/",
            month_day=(6, 1),
        ),
        Known(
            "gsi",
            "context",
            gsi.COLUMNS,
            gsi.read,
            "Walk Free",
            "Global Slavery Index",
            OWN,
            "https://www.walkfree.org/global-slavery-index/",
            "E2",
            36,
            (5, 24),
        ),
        Known(
            "own_measures",
            "state_imposed",
            state_imposed.COLUMNS,
            state_imposed.read,
            "own table",
            "State-imposed forced labour and import measures",
            "own",
            "",
            validity_months=48,
        ),
        Known(
            "observations",
            "observations",
            observations.COLUMNS,
            observations.read,
            "own observation",
            "Own observations",
            "own",
            "",
            "E1",
            12,
        ),
    )
}
"""Every file that can be added, by the name to give as ``kind``."""


def recognise(file: Path) -> str | None:
    """Key of ``KNOWN`` for a file by its content, ``None`` where it is none of them. Parses the file: untrusted input."""
    if file.suffix.lower() == ".xml":
        return {"Goods": "dol_goods", "Countries": "dol_findings"}.get(read_xml(file).tag)
    if gsi.summary_sheet(file):
        return "gsi"
    if {name.lower() for name in sheet_names(file)} & wgi.INDICATOR:
        return "wgi_rule_of_law"
    header = {" ".join(cell.lower().split()) for cell in next(read_grid(file), [])}
    for name, words in HEADERS.items():
        if all(header & set(group.split("|")) for group in words):
            return name
    return None


HEADERS: dict[str, tuple[str, ...]] = {
    "own_measures": ("authorities", "factor"),
    "observations": ("factor", "grade", "observed_on"),
    "ituc_rights_index": ("rating", "country"),
    "tip": ("tier", "country|iso3"),
    "ilo_ratifications": ("c029", "c105"),
    "wgi_rule_of_law": ("indicator", "pctrank|percentile rank|rank"),
    "dol_goods": ("good|goods|good_name", "country|country/area|country or area|country_name"),
}
"""Words of a header that tell a table: one of each group."""
