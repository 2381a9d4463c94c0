"""What a corrigendum changes in the lines of the notice that it amends, where old and new value leave no doubt.

A change is applied where the line says what the corrigendum calls the old value, so that it stands at the right place;
otherwise the line keeps its value and gets the gap ``corrected``. What was changed stays visible in the column
``corrections``: "cpv: 90910000 became 79710000 (000123-2021)". Corrigenda are applied in the order of their publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from duecare.register.bid_days import DEADLINE, Calls
from duecare.register.engine import Engine

Mark = Mapping[str, str]
Row = dict[str, Any]
CORRECTED = "corrected"
"""The gap of a line whose notice was amended by a corrigendum that could not be applied."""
_CHANGED = {
    "title": "VARCHAR",
    "cpv": "VARCHAR",
    "amount": "DECIMAL(38,12)",
    "estimated_amount": "DECIMAL(38,12)",
    "start_date": "DATE",
    "end_date": "DATE",
}
_TABLE = {"line_id": "VARCHAR", **_CHANGED, "corrections": "VARCHAR", "gap": "VARCHAR"}
_SEEN = f"line_id, notice, lot, phase, {', '.join(f'CAST({name} AS VARCHAR) AS {name}' for name in _CHANGED)}"
_WORDS = re.compile(r"[^\W_]+")


def in_order(marks: Sequence[Mark]) -> list[Mark]:
    """The ``corrects`` marks, oldest first, each once."""
    found = {tuple(sorted(mark.items())): mark for mark in marks if mark["kind"] == "corrects"}
    return sorted(found.values(), key=lambda mark: (mark.get("version", ""), mark.get("by", "")))


def tell_corrections(engine: Engine, lines: str, corrections: Sequence[Mark], calls: Calls) -> str:
    """Make the table ``corrected_lines`` and return SQL for ``lines`` with what it changes; ``lines`` itself where nothing is."""
    if not corrections:
        return lines
    by_notice: dict[str, list[Mark]] = {}
    for mark in corrections:
        by_notice.setdefault(mark["notice"], []).append(mark)
    engine.table("corrected_notices", {"notice": "VARCHAR"}, [[notice] for notice in by_notice])
    held: dict[str, list[Row]] = {}
    wanted = "notice IN (SELECT notice FROM corrected_notices)"
    for row in engine.rows(f"SELECT {_SEEN} FROM {lines} WHERE {wanted} ORDER BY line_id"):
        held.setdefault(row["notice"], []).append(row)
    corrected = [line for notice, rows in held.items() for line in _corrected(rows, by_notice[notice], calls)]
    engine.table("corrected_lines", _TABLE, corrected)
    changed = ", ".join(f"coalesce(c.{name}, a.{name}) AS {name}" for name in _CHANGED)
    gaps = "CASE WHEN c.gap IS NULL THEN a.gaps ELSE concat_ws(' ', a.gaps, c.gap) END AS gaps"
    return (
        f"(SELECT a.* REPLACE ({changed}, {gaps}, coalesce(c.corrections, a.corrections) AS corrections) "
        f"FROM {lines} AS a LEFT JOIN corrected_lines AS c ON c.line_id = a.line_id)"
    )


def _corrected(rows: Sequence[Row], marks: Sequence[Mark], calls: Calls) -> Iterator[list[Any]]:
    """The lines of one notice in the order of ``_TABLE``; an unchanged value is ``None``, a line that nothing meets is left out."""
    lots = {_lot(row["lot"]) for row in rows}
    for row in rows:
        before, told, gap = dict(row), [], None
        for mark in marks:
            named = _lot(mark.get("lot"))
            if named in lots and named and named != _lot(row["lot"]):
                continue
            is_sure = named in lots if named else len(lots) == 1 or not mark.get("of_lot")
            change = _apply(row, mark, calls) if is_sure else ""
            if change:
                told.append(f"{change} ({mark.get('by', '')})")
            else:
                gap = CORRECTED
        if told or gap:
            values = [row[name] if row[name] != before[name] else None for name in _CHANGED]
            yield [row["line_id"], *values, " | ".join(told) or None, gap]


def _lot(name: str | None) -> str:
    """Lots as the two notices write them: "Lot 01" and "1" are the same."""
    words = (word.lstrip("0") for word in _WORDS.findall((name or "").casefold()))
    return " ".join(word for word in words if word not in ("lot", ""))


def _apply(row: Row, mark: Mark, calls: Calls) -> str:
    """Change the line as the mark says; returns what was changed, "" where it does not fit the line."""
    what, old, new = mark.get("what", ""), mark.get("old", ""), mark.get("new", "")
    if not new:
        return ""
    if what == DEADLINE:
        return f"deadline: {old or 'unknown'} became {new}" if row["phase"] == "tender" and calls.is_moved(mark) else ""
    found = _FITTING[what](row, mark) if what in _FITTING else {}
    for name, value in found.items():
        row[name] = value
    return f"{what}: {old or 'nothing'} became {new}" if found else ""


def _period(row: Row, mark: Mark) -> Row:
    """Start or end, whichever is the old day; not where both are or where the contract would end before it starts."""
    names = [name for name in ("start_date", "end_date") if row[name] == mark.get("old")]
    if len(names) != 1:
        return {}
    after = row | {names[0]: mark["new"]}
    in_order = not after["start_date"] or not after["end_date"] or after["start_date"] <= after["end_date"]
    return {names[0]: mark["new"]} if in_order else {}


def _codes(row: Row, mark: Mark) -> Row:
    """The old codes give way to the new ones; without old ones they are added to those of the lot."""
    held, old, new = ((text or "").split() for text in (row["cpv"], mark.get("old"), mark["new"]))
    if not old:
        return {"cpv": " ".join(dict.fromkeys((*held, *new)))} if mark.get("of_lot") else {}
    if not set(old) <= set(held):
        return {}
    at = min(held.index(code) for code in old)
    kept = [code for code in held if code not in old]
    return {"cpv": " ".join(dict.fromkeys((*kept[:at], *new, *kept[at:])))}


def _value(row: Row, mark: Mark) -> Row:
    """Amount, estimate or both, where they are the old value."""
    if not mark.get("old"):
        return {}
    old = Decimal(mark["old"])
    return {
        name: mark["new"]
        for name in ("amount", "estimated_amount")
        if row[name] is not None and Decimal(row[name]) == old
    }


def _title(row: Row, mark: Mark) -> Row:
    return {"title": mark["new"]} if mark.get("old") and _plain(row["title"]) == _plain(mark["old"]) else {}


def _plain(text: str | None) -> str:
    return " ".join(_WORDS.findall((text or "").casefold()))


_FITTING = {"period": _period, "cpv": _codes, "amount": _value, "title": _title}
