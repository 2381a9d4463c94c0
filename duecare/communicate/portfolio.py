"""The whole portfolio in counts: bands, structures by categories, stages, countries, unknown fields. One pass over the findings.

Structures are kept in alphabetical order and never ranked (METHOD 9, TRP22): an office that looks more closely finds more.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from duecare.communicate.items import Item
from duecare.communicate.report_input import Finding
from duecare.communicate.stored import read_items
from duecare.communicate.words import BAND_ORDER, STAGES
from duecare.evidence.profiles import load_profiles

MOST_DETAILS = 1000
"""How many flagged lines are kept to be shown in full; findings.csv always holds all."""


@dataclass
class Cell:
    """Lines of one structure in one category: how many, how many flagged, and the highest band."""

    lines: int = 0
    flagged: int = 0
    band: str = ""

    def add(self, item: Item) -> None:
        """Count one finding in this cell."""
        self.lines += 1
        self.flagged += item.flagged
        self.band = higher(self.band, item.band)


@dataclass
class Portfolio:
    """Counts over all findings, the flagged lines that are shown in full and the lines somebody asked for by id."""

    lines: int = 0
    bands: Counter[str] = field(default_factory=Counter)
    precaution: int = 0
    structures: dict[str, int] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    cells: dict[tuple[str, str], Cell] = field(default_factory=lambda: defaultdict(Cell))
    stages: dict[tuple[str, str], str] = field(default_factory=dict)
    flagged_by_category: Counter[str] = field(default_factory=Counter)
    work: Counter[str] = field(default_factory=Counter)
    origin: Counter[str] = field(default_factory=Counter)
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: list[Item] = field(default_factory=list)
    by_id: dict[str, Item] = field(default_factory=dict)

    @property
    def flagged(self) -> int:
        """How many lines are rated high or very high."""
        return self.bands["HIGH"] + self.bands["VERY_HIGH"]

    def add(self, item: Item) -> None:
        """Count one finding."""
        self.lines += 1
        self.bands[item.band] += 1
        self.structures[item.structure] = self.structures.get(item.structure, 0) + 1
        if item.category not in self.categories:
            self.categories[item.category] = category_title(item)
        self.cells[item.structure, item.category].add(item)
        self.precaution += not item.flagged and item.ddl in {"HEIGHTENED", "INTENSIVE"}
        for name in {gap.field for gap in item.gaps if gap.field}:
            self.unknown[item.structure, name] += 1
        if item.flagged:
            self._add_flagged(item)

    def _add_flagged(self, item: Item) -> None:
        self.flagged_by_category[item.category] += 1
        for stage in item.stages:
            key = item.category, stage.stage
            self.stages[key] = higher(self.stages.get(key, ""), stage_band(stage.L))
        worst = item.worst_stage
        if worst is not None and worst.place == "work":
            self.work[item.country or ""] += 1
        else:
            self.origin[item.origin_country or ""] += 1


def count(findings: Collection[Finding], wanted: Iterable[str], most: int = MOST_DETAILS) -> Portfolio:
    """Counts over all findings, the ``most`` flagged lines first in order of METHOD 1.7, and the ``wanted`` lines."""
    portfolio, ids = Portfolio(), set(wanted)

    def flagged() -> Iterable[Item]:
        for item in read_items(findings):
            portfolio.add(item)
            if item.line_id in ids:
                portfolio.by_id[item.line_id] = item
            if item.flagged:
                yield item

    portfolio.shown = heapq.nsmallest(most, flagged(), key=lambda item: item.order)
    missing = [
        portfolio.by_id[i] for i in sorted(ids & portfolio.by_id.keys() - {item.line_id for item in portfolio.shown})
    ]
    portfolio.shown += sorted(missing, key=lambda item: item.order)
    return portfolio


def category_title(item: Item) -> str:
    """Title of the whole category, where the line's own title may be that of a part of it (fish within food)."""
    profiles = load_profiles().by_id
    return profiles[item.category].title if item.category in profiles else item.category_title or item.category


def higher(one: str, other: str) -> str:
    """The higher of two bands; an empty text means none yet."""
    if not one or not other:
        return one or other
    return max(one, other, key=BAND_ORDER.index)


def stage_band(likelihood: float) -> str:
    """Band of a stage's likelihood (METHOD 1.5, rule 5)."""
    return BAND_ORDER[sum(likelihood >= bound for bound in (1.5, 2.5, 3.25))]


STAGE_ORDER = tuple(STAGES)
