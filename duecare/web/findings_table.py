"""The table of findings: its columns, and the reading room as its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from markupsafe import Markup

from duecare.casebook.acts import decisions
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.reading_room import FACETS, Asked, Offices, Room
from duecare.web.findings import TIMINGS
from duecare.web.navigation import address
from duecare.web.tables import Column, Filters, Order

Row = Mapping[str, Any]
ORDER_OF = {"title": "title", "supplier": "supplier", "office": "office", "category": "category", "country": "country", "band": "band",
            "severity": "severity", "care": "care", "confidence": "confidence", "ends": "ends", "priority": "priority", "level": "band"}  # fmt: skip
"""Columns that can be sorted by, as the reading room calls their orders."""
CARE_ORDER = ("BASIC", "STANDARD", "HEIGHTENED", "INTENSIVE")
FIXED = {
    "band": tuple(reversed(words.BAND_ORDER)),
    "care": tuple(reversed(CARE_ORDER)),
    "confidence": ("HIGH", "MEDIUM", "LOW"),
    "timing": tuple(TIMINGS),
}
"""Facets whose values have an order of their own; all others stand in the order of their texts, so that no office is ranked (TRP22)."""


@dataclass(frozen=True)
class Findings:
    """Findings of one run within some offices, as a source of a table; ``fixed`` narrows it beyond what people choose."""

    room: Room
    offices: Offices
    request: HttpRequest
    fixed: Mapping[str, tuple[str, ...]]

    def asked(self, filters: Filters) -> Asked:
        """The filters of a table as a question to the room."""
        chosen = {name: values for name, values in filters.items() if name in FACETS}
        narrowed = {
            name: tuple(v for v in chosen.get(name, allowed) if v in allowed) or ("\0",)
            for name, allowed in self.fixed.items()
        }
        return Asked(self.offices, chosen | narrowed, " ".join(filters.get("q", ())))

    def count(self, filters: Filters) -> int:
        """How many findings the filters leave."""
        return self.room.count(self.asked(filters))

    def page(self, filters: Filters, order: Order, start: int, n: int) -> Sequence[Row]:
        """Findings from ``start``; ``waits`` marks those whose band the person estimates first."""
        key, falling = (ORDER_OF[order[0]], order[1]) if order[0] else ("priority", True)
        rows = self.room.page(self.asked(filters), key, start, n, falling=falling)
        waits = decisions.waiting(self.request.actor, (row["line_id"] for row in rows), self.room.id)  # type: ignore[attr-defined]
        return [row | {"waits": row["line_id"] in waits} for row in rows]

    def choices(self, filters: Filters) -> Mapping[str, Sequence[tuple[Any, int | None]]]:
        """By facet its values with the number of findings each would leave."""
        found = self.room.facets(self.asked(filters), [column.key for column in COLUMNS if column.facet])
        allowed = {
            name: {v: n for v, n in counts.items() if v in self.fixed.get(name, counts)}
            for name, counts in found.items()
        }
        return {name: _in_order(name, counts) for name, counts in allowed.items()}


def _in_order(name: str, counts: dict[str, int]) -> list[tuple[Any, int | None]]:
    order = FIXED.get(name)
    return list(counts.items()) if order is None else [(value, counts[value]) for value in order if value in counts]


def _title(row: Row, tr: Translator) -> Markup:
    return _titled(row["line_id"], row["title"], row["supplier_name"], tr)


@lru_cache(maxsize=10_000)
def _titled(line_id: str, named: str | None, by: str | None, tr: Translator) -> Markup:
    """Drawn once, because the same lines stand on the first pages again and again."""
    path = address("contract", line_id=line_id)
    title, supplier = named or tr.t("Line without a title"), by or tr.t("supplier not named")
    return Markup('<a href="{}">{}</a><br><span class="small soft">{}</span>').format(path, title, supplier)


def _band(row: Row, tr: Translator) -> Markup | str:
    if row["waits"]:
        return Markup('<span class="tag">{}</span>').format(tr.t("your own estimate first"))
    return _rated(row["band"], row["L"], row["L_lo"], row["L_hi"], tr)


@lru_cache(maxsize=10_000)
def _rated(band: str, level: float, lo: float, hi: float, tr: Translator) -> Markup:
    between = tr.t("between {lo} and {hi}", lo=lo, hi=hi)
    said = '<span class="band {}">{}</span> <span class="num">{}</span> <span class="num soft">{}</span>'
    return Markup(said).format(band, tr.t(words.BANDS[band]), tr.level(level), between)  # noqa: S704 - our own text


def _country(value: Any, tr: Translator) -> str:
    return tr.country(value) if value else tr.t("not known")


def _day(row: Row, tr: Translator) -> str:
    return tr.day(row["end_date"]) if row["end_date"] else tr.t("not known")


COLUMNS = (
    Column("title", msgid("Contract"), show=_title),
    Column(
        "band",
        msgid("Likelihood"),
        show=_band,
        facet=True,
        name=lambda value, tr: tr.t(words.BANDS[value]) if value in words.BANDS else value,
    ),
    Column("office", msgid("Office"), facet=True),
    Column(
        "category", msgid("Category"), show=lambda row, tr: tr.t(row["category_title"] or row["category"]), facet=True
    ),
    Column("supplier", msgid("Supplier"), value=lambda row: row["supplier_name"], shown=False),
    Column(
        "care",
        msgid("Care"),
        value=lambda row: row["ddl"],
        show=lambda row, tr: tr.t(words.DILIGENCE[row["ddl"]]),
        name=lambda value, tr: tr.t(words.DILIGENCE[value]) if value in words.DILIGENCE else value,
        facet=True,
    ),
    Column(
        "timing",
        msgid("Time of the contract"),
        show=lambda row, tr: tr.t(TIMINGS[row["timing"]]),
        name=lambda value, tr: tr.t(TIMINGS[value]) if value in TIMINGS else value,
        sort=False,
        facet=True,
    ),
    Column("country", msgid("Place of work or delivery"), name=_country, facet=True, shown=False),
    Column(
        "origin",
        msgid("Origin"),
        value=lambda row: row["origin_country"],
        name=_country,
        sort=False,
        facet=True,
        shown=False,
    ),
    Column(
        "confidence",
        msgid("Confidence"),
        value=lambda row: row["confidence_band"],
        name=lambda value, tr: tr.t(words.CONFIDENCE[value]) if value in words.CONFIDENCE else value,
        facet=True,
        shown=False,
    ),
    Column("ends", msgid("Ends or ended"), value=lambda row: row["end_date"], show=_day),
    Column("amount", msgid("Amount"), numeric=True, sort=False, shown=False),
    Column("currency", msgid("Currency"), sort=False, shown=False),
    Column("level", msgid("Level of likelihood, 0 to 4"), value=lambda row: row["L"], numeric=True, shown=False),
    Column("L_lo", msgid("Lowest that it could be"), numeric=True, sort=False, shown=False),
    Column("L_hi", msgid("Highest that it could be"), numeric=True, sort=False, shown=False),
    Column("severity", msgid("Severity of the harm, 0 to 4"), value=lambda row: row["S"], numeric=True, shown=False),
    Column("priority", msgid("Priority, 0 to 4"), value=lambda row: row["PRI"], numeric=True, shown=False),
    Column("contract_id", msgid("Contract id"), sort=False, shown=False),
    Column("line_id", msgid("Line"), sort=False, shown=False),
)
