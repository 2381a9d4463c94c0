"""The whole portfolio: findings as a table with facets, as a heat map of counts, and as a map with its table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.map import draw_map
from duecare.communicate.reading_room import Asked, Room
from duecare.web.findings_table import COLUMNS, Findings
from duecare.web.room import READ, offices_of, room_of
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, table

WIDE = 14
"""With more offices or countries than this they become the rows."""
PHASES = {
    "plan": (msgid("Contracts being planned"), ("plan",)),
    "tender": (msgid("Contracts in tender"), ("tender",)),
    "contract": (msgid("Contracts being awarded"), ("award",)),
    "deliver": (msgid("Running contracts"), ("running", "open", "ending")),
    "close": (msgid("Contracts that have ended"), ("ended", "past")),
}
"""Phase of procurement: what its page is called, and the times of a contract that belong to it."""
ACROSS = {"office": msgid("Offices and categories"), "country": msgid("Countries and categories")}


@page("portfolio", "portfolio", READ, nav=Entry("ask", msgid("Where should we look?"), 20))
def portfolio(request: HttpRequest) -> HttpResponse:
    """All findings, with facets."""
    return listed(request, msgid("Where should we look?"), {})


@page("portfolio/heat", "portfolio-heat", READ)
def heat(request: HttpRequest) -> HttpResponse:
    """Counts by category and office, or by category and country."""
    across = request.GET.get("across", "office")
    across = across if across in ACROSS else "office"
    room = room_of(request)
    if room is None:
        return render(request, "portfolio_heat.html", {"room": None})
    rows = room.grid(Asked(offices_of(request)), across)
    named = Named(room, across, request.tr)  # type: ignore[attr-defined]
    cells = table(
        request,
        cell_columns(named),
        sorted(cells_of(rows), key=named.place),
        caption=msgid("All counts"),
        name="cells",
        per_page=25,
    )
    grid = heat_table(rows, named)
    return cells.download or render(
        request, "portfolio_heat.html", {"room": room, "grid": grid, "table": cells, "across": across}
    )


@page("portfolio/map", "portfolio-map", READ)
def on_map(request: HttpRequest) -> HttpResponse:
    """Where lines rated high or very high are: circles with counts, never a colour for a country, and the same as tables."""
    room = room_of(request)
    if room is None:
        return render(request, "portfolio_map.html", {"room": None})
    tr: Translator = request.tr  # type: ignore[attr-defined]
    titles = {"work": tr.t("Where the work is done"), "origin": tr.t("Where the goods come from")}
    found = room.places(Asked(offices_of(request)))
    parts = [place_part(kind, titles[kind], counts, tr) for kind, counts in found.items() if counts]
    return render(request, "portfolio_map.html", {"room": room, "parts_of_map": parts})


def listed(request: HttpRequest, title: str, fixed: Mapping[str, tuple[str, ...]]) -> HttpResponse:
    """The table of findings under a title; ``fixed`` narrows it."""
    room = room_of(request)
    if room is None:
        return render(request, "portfolio.html", {"room": None, "title": title})
    source = Findings(room, offices_of(request), request, fixed)
    shown = table(
        request, COLUMNS, source, caption=msgid("Findings of the newest assessment"), searches=True, per_page=25
    )
    bands = room.bands(source.asked(shown.filters))
    return shown.download or render(
        request, "portfolio.html", {"room": room, "title": title, "table": shown, "bands": bands, "whole": not fixed}
    )


def _phase(code: str, title: str, timings: tuple[str, ...]) -> None:
    @page(f"phases/{code}", f"phase-{code}", READ, nav=Entry(code, title, 10))
    def of_phase(request: HttpRequest) -> HttpResponse:
        """The findings of one phase of procurement."""
        return listed(request, title, {"timing": timings})


for _code, (_title, _timings) in PHASES.items():
    _phase(_code, _title, _timings)


# --- counts as a grid ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """What the codes of a grid are called."""

    room: Room
    across: str
    tr: Translator

    def value(self, value: str) -> str:
        """An office or a country."""
        if self.across == "country":
            return self.tr.country(value) if value else self.tr.t("not known")
        return value or self.tr.t("office not named")

    def category(self, category: str) -> str:
        """A category."""
        return self.tr.t(self.room.categories[category])

    def place(self, cell: Mapping[str, Any]) -> tuple[str, str]:
        """Where a cell stands: in the order of the names."""
        return self.category(cell["category"]).casefold(), self.value(cell["value"]).casefold()


@dataclass(frozen=True)
class HeatCell:
    """The highest band of a cell, how many of its lines are flagged, and the address of its lines."""

    band: str
    flagged: int
    lines: int
    address: str


@dataclass(frozen=True)
class Heat:
    """A grid: what its first column holds, its heads, and its rows with their cells (nothing where nothing was bought)."""

    corner: str
    heads: list[str]
    rows: list[tuple[str, list[HeatCell | None]]]


def heat_table(rows: Sequence[Mapping[str, Any]], named: Named) -> Heat:
    """The grid in the order of its names; nobody is ranked (METHOD 9, TRP22)."""
    cells: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        cells.setdefault((row["category"], row["value"]), {})[row["band"]] = row["lines"]
    categories = sorted({category for category, _ in cells}, key=lambda one: named.category(one).casefold())
    values = sorted({value for _, value in cells}, key=lambda one: named.value(one).casefold())
    tr = named.tr
    if len(values) > WIDE:
        across = [(named.value(v), [_cell(cells, c, v, named.across) for c in categories]) for v in values]
        return Heat(
            tr.t("Office") if named.across == "office" else tr.t("Country or area"),
            [named.category(c) for c in categories],
            across,
        )
    down = [(named.category(c), [_cell(cells, c, v, named.across) for v in values]) for c in categories]
    return Heat(tr.t("Category"), [named.value(v) for v in values], down)


def _cell(
    cells: Mapping[tuple[str, str], Mapping[str, int]], category: str, value: str, across: str
) -> HeatCell | None:
    bands = cells.get((category, value))
    if bands is None:
        return None
    highest = max(bands, key=words.BAND_ORDER.index)
    flagged = sum(lines for band, lines in bands.items() if band in words.FLAGGED)
    address = f"{reverse('portfolio')}?{urlencode({'category': category, across: value})}"
    return HeatCell(highest, flagged, sum(bands.values()), address)


def cells_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same counts as rows: one for each cell, with a number for each band."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        empty = {"category": row["category"], "value": row["value"], **dict.fromkeys(words.BAND_ORDER, 0), "lines": 0}
        cell = found.setdefault((row["category"], row["value"]), empty)
        cell[row["band"]] += row["lines"]
        cell["lines"] += row["lines"]
    return list(found.values())


def cell_columns(named: Named) -> list[Column]:
    """The columns of ``cells_of``."""
    bands = [Column(band, words.BANDS[band], numeric=True) for band in reversed(words.BAND_ORDER)]
    place = Column(
        "value",
        msgid("Office") if named.across == "office" else msgid("Country or area"),
        value=lambda row: named.value(row["value"]),
        facet=True,
    )
    category = Column("category", msgid("Category"), value=lambda row: named.category(row["category"]), facet=True)
    return [category, place, *bands, Column("lines", msgid("Lines"), numeric=True)]


# --- the map -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MapPart:
    """One map with the same numbers as a table."""

    kind: str
    title: str
    picture: Any
    places: list[tuple[str, int]]


def place_part(kind: str, title: str, counts: Mapping[str, int], tr: Translator) -> MapPart:
    """The map and table of one kind of place; lines whose country nobody knows are in the table only."""
    names = {code: tr.country(code) for code in counts if code}
    known = {code: lines for code, lines in counts.items() if code}
    places = [(names.get(code, tr.t("not known")), lines) for code, lines in counts.items()]
    return MapPart(kind, title, draw_map(known, names, title), places)
