"""Questions to the newest run, answered in milliseconds: findings counted, paged, filtered, for the offices that somebody reaches.

A room opens one run: its findings are kept in memory in the order of METHOD 1.7, packed (14 MB for 100 000 lines), and
it has as many doors as threads ask at once. The register is only read and never locked. What people type goes in as parameters.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from duecare.identify.about import facts_of
from duecare.identify.explain import explain
from duecare.identify.method import load_method
from duecare.identify.priority import PriorityList, rank
from duecare.identify.view import FindingsView, see_run
from duecare.register.engine import Engine
from duecare.register.runs import about_run
from duecare.register.store import Register
from duecare.settings import Settings
from duecare.terms import Fact

EVERYTHING: Final = None
"""Scope of somebody who reaches the whole organisation."""
Offices = frozenset[str] | None
"""Offices as the data write them; a line of another office is answered like one that does not exist."""
Row = dict[str, Any]

OFFICE = "coalesce(structure, buyer, '')"
FACETS: dict[str, str] = {
    "office": OFFICE,
    "band": "band",
    "category": "category",
    "timing": "timing",
    "country": "coalesce(country, '')",
    "origin": "coalesce(origin_country, '')",
    "care": "ddl",
    "confidence": "confidence_band",
    "stage": "stage",
}
"""What findings can be narrowed by, with its SQL. Nothing known is the empty text."""
BAND_PLACES = "CASE band WHEN 'VERY_HIGH' THEN 0 WHEN 'HIGH' THEN 1 WHEN 'MODERATE' THEN 2 ELSE 3 END"
ORDERS: dict[str, str] = {
    "priority": "PRI",
    "title": "lower(title)",
    "supplier": "lower(supplier_name)",
    "office": f"lower({OFFICE})",
    "category": "category_title",
    "country": "country",
    "band": "L",
    "severity": "S",
    "care": "CASE ddl WHEN 'BASIC' THEN 0 WHEN 'STANDARD' THEN 1 WHEN 'HEIGHTENED' THEN 2 ELSE 3 END",
    "confidence": "confidence",
    "ends": "end_date",
}
"""What findings can be sorted by; ties stand in the order of METHOD 1.7. Spend is not among them: it makes nothing first."""
SHOWN = (
    "line_id", "contract_id", "title", "supplier_name", "category", "category_title", "profile", "country", "origin_country", "band",
    "band_hi", "L", "L_lo", "L_hi", "S", "SAL", "PRI", "ddl", "confidence", "confidence_band", "timing", "stage", "mandatory", "amount",
    "currency", "award_date", "start_date", "end_date", "ruling",
)  # fmt: skip
IN_ORDER = "PRI DESC, S DESC, award_date NULLS FIRST, line_id"
WORDS = "lower(strip_accents(concat_ws(' ', title, supplier_name, contract_id, line_id)))"
MOST_WORDS, MOST_LISTS, MOST_ITEMS, BLOCK = 8, 64, 1_000, 2_000
MOST_ANSWERS, MOST_ROWS_KEPT = 2_000, 100


@dataclass(frozen=True)
class Asked:
    """What somebody asks for: within ``offices``, with one of the values of each facet, and with all ``words`` in its texts."""

    offices: Offices = EVERYTHING
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: str = ""

    def without(self, name: str) -> Asked:
        """The same without one facet."""
        return replace(self, facets={key: values for key, values in self.facets.items() if key != name})

    def condition(self) -> tuple[str, list[Any]]:
        """A condition on the kept findings and its parameters; raises ``KeyError`` for a facet that there is not."""
        parts, given = ["TRUE"], list[Any]()
        if self.offices is not EVERYTHING:
            parts.append(f"{OFFICE} IN (SELECT unnest(?))")
            given.append(sorted(self.offices))
        for name, values in self.facets.items():
            if values:
                parts.append(f"{FACETS[name]} IN (SELECT unnest(?))")
                given.append(list(values))
        for word in self.words.split()[:MOST_WORDS]:
            parts.append("contains(words, lower(strip_accents(?)))")
            given.append(word)
        return " AND ".join(parts), given


class Room:
    """One run, open for questions from many threads."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.about = about_run(folder)
        self.id, self.as_of = str(self.about["id"]), date.fromisoformat(self.about["as_of"])
        self.method = load_method(self.about["method"])
        self._folder = folder
        spill = tempfile.mkdtemp(prefix="duecare-room-")
        weakref.finalize(self, shutil.rmtree, spill, ignore_errors=True)
        self._engine = Engine(settings, Path(spill))
        self._free, self._lock = list[FindingsView](), threading.Lock()
        self._lists: OrderedDict[tuple[Offices, int], PriorityList] = OrderedDict()
        self._items: OrderedDict[str, Row] = OrderedDict()
        self._explained: OrderedDict[str, Row] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str], list[Row]] = OrderedDict()
        self._view = self._opened()

    def _opened(self) -> FindingsView:
        see_run(self._engine, self._folder)
        view = FindingsView(self._engine, self.method, self.as_of, self.id)
        numbered = f"SELECT row_number() OVER (ORDER BY {IN_ORDER}) AS place, * EXCLUDE (description), {WORDS} AS words FROM details"
        self._engine.keep("findings", f"{numbered} ORDER BY place")
        _see_kept(self._engine)
        for _ in view.items(where="place <= 50"):
            """Reading a few fills the small tables that all doors share."""
        return view

    # --- lists -------------------------------------------------------------------------------------------------------

    def count(self, asked: Asked) -> int:
        """How many findings there are."""
        condition, given = asked.condition()
        return int(self._rows(f"SELECT count(*) AS lines FROM kept.findings WHERE {condition}", given)[0]["lines"])

    def page(
        self, asked: Asked, order: str = "priority", start: int = 0, size: int = 25, *, falling: bool = True
    ) -> list[Row]:
        """``size`` findings from the one at ``start`` on, in an order of ``ORDERS``; what is not known stands last."""
        condition, given = asked.condition()
        by = (
            "place"
            if order == "priority" and falling
            else f"{ORDERS[order]} {'DESC' if falling else 'ASC'} NULLS LAST, place"
        )
        places = (
            f"SELECT place FROM kept.findings WHERE {condition} ORDER BY {by} LIMIT {int(size)} OFFSET {int(start)}"
        )
        return self._rows(f"SELECT {_SHOWN} FROM kept.findings WHERE place IN ({places}) ORDER BY {by}", given)

    def all(self, asked: Asked, order: str = "priority", *, falling: bool = True) -> Iterator[Row]:
        """All findings in an order, read in blocks, for a file."""
        start = 0
        while block := self.page(asked, order, start, BLOCK, falling=falling):
            yield from block
            start += BLOCK

    def facets(self, asked: Asked, names: Sequence[str] = tuple(FACETS)) -> dict[str, dict[str, int]]:
        """Facet to value to number of findings, were that facet itself not narrowed; values in their order as texts."""
        free = [name for name in names if not asked.facets.get(name)]
        found = self._grouped(asked, free) if free else {}
        for name in names:
            if name not in found:
                found |= self._grouped(asked.without(name), [name])
        return {name: found[name] for name in names}

    def _grouped(self, asked: Asked, names: Sequence[str]) -> dict[str, dict[str, int]]:
        """Values of facets with their numbers, all from one pass over the findings."""
        condition, given = asked.condition()
        values = ", ".join(f"{FACETS[name]} AS {name}_value" for name in names)
        columns = ", ".join(f"{name}_value" for name in names)
        sets = ", ".join(f"({name}_value)" for name in names)
        sql = (
            f"SELECT {columns}, grouping({columns}) AS bits, count(*) AS lines FROM (SELECT {values} FROM kept.findings WHERE {condition}) AS asked "
            f"GROUP BY GROUPING SETS ({sets})"
        )
        found: dict[str, dict[str, int]] = {name: {} for name in names}
        whole = 2 ** len(names) - 1
        place = {whole - 2 ** (len(names) - 1 - position): name for position, name in enumerate(names)}
        for row in self._rows(sql, given):
            name = place[row["bits"]]
            found[name][row[f"{name}_value"]] = row["lines"]
        return {
            name: dict(sorted(counts.items(), key=lambda pair: (pair[0].casefold(), pair[0])))
            for name, counts in found.items()
        }

    def bands(self, asked: Asked) -> dict[str, int]:
        """Findings by band, the highest first."""
        condition, given = asked.condition()
        sql = (
            f"SELECT band, count(*) AS lines FROM kept.findings WHERE {condition} GROUP BY band ORDER BY {BAND_PLACES}"
        )
        return {row["band"]: row["lines"] for row in self._rows(sql, given)}

    def grid(self, asked: Asked, across: str) -> list[Row]:
        """Findings by category, a facet ``across`` and band: ``category``, ``value``, ``band``, ``lines``; nobody is ranked (TRP22)."""
        condition, given = asked.condition()
        sql = f"SELECT category, {FACETS[across]} AS value, band, count(*) AS lines FROM kept.findings WHERE {condition} GROUP BY ALL"
        return self._rows(f"SELECT * FROM ({sql}) AS counted ORDER BY category, value, {BAND_PLACES}", given)

    def places(self, asked: Asked) -> dict[str, dict[str, int]]:
        """Findings rated high or very high by country: ``work`` where work at the place leads, else ``origin``."""
        condition, given = asked.condition()
        side = "CASE WHEN coalesce(L_place, -1) >= coalesce(L_origin, -1) THEN 'work' ELSE 'origin' END"
        sql = (
            f"SELECT side, coalesce(CASE side WHEN 'work' THEN country ELSE origin_country END, '') AS code, count(*) AS lines "
            f"FROM (SELECT *, {side} AS side FROM kept.findings WHERE {condition} AND band IN ('HIGH', 'VERY_HIGH')) AS flagged "
            "GROUP BY ALL ORDER BY side, lines DESC, code"
        )
        found: dict[str, dict[str, int]] = {"work": {}, "origin": {}}
        for row in self._rows(sql, given):
            found[row["side"]][row["code"]] = row["lines"]
        return found

    @cached_property
    def categories(self) -> dict[str, str]:
        """Titles of the categories (message ids) by their id."""
        from duecare.evidence.profiles import load_profiles

        profiles = load_profiles().by_id
        rows = self._rows("SELECT category, min(category_title) AS title FROM kept.findings GROUP BY 1")
        return {r["category"]: profiles[r["category"]].title if r["category"] in profiles else r["title"] for r in rows}

    # --- one line ----------------------------------------------------------------------------------------------------

    def line(self, offices: Offices, line_id: str) -> Row | None:
        """One finding with the columns of a list, or nothing where it is missing or out of reach."""
        condition, given = Asked(offices).condition()
        found = self._rows(f"SELECT {_SHOWN} FROM kept.findings WHERE line_id = ? AND {condition}", [line_id, *given])
        return found[0] if found else None

    def lines(self, offices: Offices, line_ids: Sequence[str]) -> dict[str, Row]:
        """Findings by line id, as far as they are there and in reach."""
        condition, given = Asked(offices).condition()
        sql = f"SELECT {_SHOWN} FROM kept.findings WHERE line_id IN (SELECT unnest(?)) AND {condition}"
        return {row["line_id"]: row for row in self._rows(sql, [list(line_ids), *given])}

    def of_contract(self, offices: Offices, office: str, contract_id: str) -> list[Row]:
        """All lines of one contract of an office, the most urgent first; none where the data name no contract."""
        condition, given = Asked(offices).condition()
        sql = f"SELECT {_SHOWN} FROM kept.findings WHERE contract_id = ? AND {OFFICE} = ? AND {condition} ORDER BY place LIMIT 200"
        return self._rows(sql, [contract_id, office, *given]) if contract_id else []

    def item(self, offices: Offices, line_id: str) -> Row | None:
        """One finding as findings.json has it, or nothing where it is missing or out of reach."""
        if self.line(offices, line_id) is None:
            return None
        with self._lock:
            kept = self._items.get(line_id)
        if kept is None:
            with self._door() as view:
                found = view.one(line_id)
                assert found is not None
                kept = view.item(*found)
            with self._lock:
                _remember(self._items, line_id, kept, MOST_ITEMS)
        return kept

    def explained(self, offices: Offices, line_id: str) -> Row | None:
        """The whole arithmetic of one line with its sources, as ``identify.explain`` says it."""
        if self.line(offices, line_id) is None:
            return None
        with self._lock:
            kept = self._explained.get(line_id)
        if kept is None:
            with self._door() as view:
                kept = explain(view, line_id, self.facts.__getitem__)
            with self._lock:
                _remember(self._explained, line_id, kept, MOST_ITEMS)
        return kept

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """The facts that the run names, by id."""
        return facts_of(self.about)

    # --- what first --------------------------------------------------------------------------------------------------

    def ranked(self, offices: Offices, capacity: int) -> PriorityList:
        """The list that fits (METHOD 1.7) for these offices; worked out once."""
        key = (offices, capacity)
        with self._lock:
            kept = self._lists.get(key)
        if kept is None:
            with self._door() as view:
                kept = rank(view, capacity, offices)
            with self._lock:
                _remember(self._lists, key, kept, MOST_LISTS)
        return kept

    # --- doors -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _door(self) -> Iterator[FindingsView]:
        """A view that nobody else uses meanwhile; one is made only where all are in use, so threads that wait have none."""
        with self._lock:
            view = self._free.pop() if self._free else None
        if view is None:
            view = self._made()
        yield view  # one that failed is not used again
        with self._lock:
            self._free.append(view)

    def _made(self) -> FindingsView:
        with self._lock:
            door = self._engine.door()
        see_run(door, self._folder)
        view = self._view.through(door)
        _see_kept(door)
        return view

    def _rows(self, sql: str, given: Sequence[Any] = ()) -> list[Row]:
        """What the engine answers; short answers are kept, because a run never changes (5 to 10 ms become none)."""
        key = (sql, repr(given))
        with self._lock:
            kept = self._answers.get(key)
        if kept is None:
            with self._door() as view:
                kept = view.engine.rows(sql, given)
            if len(kept) <= MOST_ROWS_KEPT:
                with self._lock:
                    _remember(self._answers, key, kept, MOST_ANSWERS)
        return [dict(row) for row in kept]


_SHOWN = ", ".join((*SHOWN, f"{OFFICE} AS office"))


def _see_kept(engine: Engine) -> None:
    """Let the findings' own views read the kept table: a line is found in 5 ms instead of 60."""
    for name in ("details", "findings"):
        engine.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM kept.findings")


def _remember(kept: OrderedDict[Any, Any], key: object, value: object, most: int) -> None:
    """Keep a value, and forget the oldest beyond ``most``."""
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


class ReadingRooms:
    """The room of the newest run of each register of this process; opened once, and again when a newer run appears."""

    def __init__(self) -> None:
        self._rooms: dict[Path, tuple[int, Room]] = {}
        self._opening = threading.Lock()

    def newest(self, register: Path, settings: Settings) -> Room | None:
        """The room of the newest run, or nothing before there is one.

        While one thread opens a newer run, the others go on with the one before.
        """
        register = register.resolve()
        runs = register / "runs"
        changed = runs.stat().st_mtime_ns if runs.is_dir() else 0
        kept = self._rooms.get(register)
        if (kept and kept[0] == changed) or not changed:
            return kept[1] if kept and changed else None
        if not self._opening.acquire(blocking=kept is None):
            return kept[1] if kept else None
        try:
            return self._open(register, settings, changed)
        finally:
            self._opening.release()

    def _open(self, register: Path, settings: Settings, changed: int) -> Room | None:
        kept = self._rooms.get(register)
        if kept and kept[0] == changed:
            return kept[1]
        runs = Register.existing(register).runs()
        if not runs:
            return None
        room = kept[1] if kept and kept[1].id == runs[-1].name else Room(runs[-1], settings)
        self._rooms[register] = (changed, room)
        return room


def reached(folder: Path, settings: Settings, offices: Offices) -> dict[str, str]:
    """Line id to office of the lines of any run, as far as they are in reach; for a run that is not the newest."""
    with Engine(settings) as engine:
        engine.view_parquet("classified_lines", [folder / "classified_lines.parquet"])
        condition = "TRUE" if offices is EVERYTHING else f"{OFFICE} IN (SELECT unnest(?))"
        given = [] if offices is EVERYTHING else [sorted(offices)]
        rows = engine.rows(f"SELECT line_id, {OFFICE} AS office FROM classified_lines WHERE {condition}", given)
    return {row["line_id"]: row["office"] for row in rows}


ROOMS: Final = ReadingRooms()
"""The rooms of this process."""
