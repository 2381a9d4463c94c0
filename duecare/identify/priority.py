"""The list that fits the office: which items to treat first, why, with what next act, and what was left out and why.

Order and mandatory items follow METHOD 1.7: priority, severity, date; spend and leverage have no say. Lines that take one act
are one item: work on site is treated by each office with its contractors, goods of one kind by the whole organisation at once,
because leverage on a distant mine or factory is joint or it is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duecare.errors import WrongUsage
from duecare.identify.sentences import sentence
from duecare.identify.view import FindingsView

Said = Mapping[str, Any]
Row = Mapping[str, Any]

WHY = {
    "mandatory": "Very high likelihood of grave harm: it is on every list, whatever the capacity.",
    "open": "High priority, and there is leverage now: the terms can still be changed or set anew.",
    "priority": "High priority among what is left.",
}
LEFT = {
    "capacity": "Ranked below the list's capacity of {capacity}.",
    "same": "Covered by the same act as a line on the list.",
    "low": "Likelihood and care needed are low: basic care is enough.",
}
ROLES = {
    "plan": "RQ",
    "tender": "PO",
    "award": "PO",
    "ending": "PO",
    "ended": "CM",
    "past": "PO",
    "running": "CM",
    "open": "CM",
}
"""Who takes the act (METHOD 7.1), by the time of the contract."""

AT_WORK = "('SITE', 'LOG')"
"""Stages at which an office deals with the employer itself."""

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item of the list. ``lines`` are all lines that its act covers, the leading one first; ``by`` is a sentence."""

    rank: int
    line_id: str
    lines: tuple[str, ...]
    mandatory: bool
    PRI: float
    act: str
    why: Said
    by: Said
    role: str
    question: str
    ddl: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Lines that were not chosen for one reason, with a few examples, the highest priority first."""

    code: str
    sentence: Said
    lines: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriorityList:
    """The list and what is not on it. ``beyond`` counts mandatory items above the capacity, which senior management must hear."""

    capacity: int
    chosen: tuple[Chosen, ...]
    left_out: tuple[LeftOut, ...]
    beyond: int


def rank(view: FindingsView, capacity: int, structure: str | Collection[str] | None = None) -> PriorityList:
    """Choose what to treat first, for one office, for several or for all. Raises ``WrongUsage`` for a capacity below 1.

    First every group of lines with VERY_HIGH likelihood and severity from 3.25 (never cut, also beyond the capacity), then by
    priority; a leverage window already counts in the priority. Lines that need only basic care are not put on the list.
    """
    if capacity < 1:
        raise WrongUsage(f"The capacity is {capacity}; give the number of items that can be treated, 1 or more.")
    groups = _groups(view, [structure] if isinstance(structure, str) else structure)
    mandatory = [group for group in groups if group["must"]]
    others = [group for group in groups if not group["must"]]
    worth = [group for group in others if group["ddl"] != "BASIC"]
    low = [group for group in others if group["ddl"] == "BASIC"]
    room = max(0, capacity - len(mandatory))
    picked = [*mandatory, *worth[:room]]
    lines, items = _lines(view, picked), _items(view, picked)
    chosen = tuple(
        _chosen(group, lines[group["lead"]], items[group["line_id"]], place)
        for place, group in enumerate(picked, start=1)
    )
    left = [
        _left_out(view, "same", picked, "place <> lead"),
        _left_out(view, "capacity", worth[room:], capacity=capacity),
        _left_out(view, "low", low),
    ]
    return PriorityList(capacity, chosen, tuple(one for one in left if one.lines), max(0, len(mandatory) - capacity))


def _groups(view: FindingsView, offices: Collection[str] | None) -> Sequence[Row]:
    """Lines by the act that they take, each group led by its most urgent line that has not ended, groups in their order.

    Leaves the table ``queued``: each line with its place in the order of METHOD 1.7 and the place of the line that leads it.
    """
    office = "coalesce(structure, buyer, '')"
    wanted = "" if offices is None else f"WHERE {office} IN (SELECT unnest(?))"
    order = "mandatory DESC, timing IN ('ended', 'past'), PRI DESC, S DESC, end_date NULLS LAST, award_date DESC NULLS LAST, line_id"
    view.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE queued AS SELECT *, min(place) OVER (PARTITION BY office, category) AS lead FROM ("
        f"SELECT line_id, CASE WHEN stage IN {AT_WORK} THEN {office} ELSE '' END AS office, category, PRI, S, ddl, timing, "
        f"mandatory AS must, row_number() OVER (ORDER BY {order}) AS place FROM details {wanted}) AS ordered",
        [] if offices is None else [sorted(offices)],
    )
    return view.engine.rows(
        "SELECT q.*, g.lines FROM queued AS q JOIN (SELECT lead, count(*) AS lines FROM queued GROUP BY lead) AS g ON g.lead = q.place "
        "ORDER BY q.place"
    )


def _lines(view: FindingsView, groups: Sequence[Row]) -> dict[int, list[str]]:
    """Ids of all lines of the groups by the place of the leading one, the leading one first."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in view.engine.rows(f"SELECT lead, line_id FROM queued WHERE {_among(groups)} ORDER BY place"):
        found[row["lead"]].append(row["line_id"])
    return found


def _items(view: FindingsView, groups: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The findings of the leading lines by id."""
    leads = f"line_id IN (SELECT line_id FROM queued WHERE place = lead AND {_among(groups)})"
    return {item["line_id"]: item for item in view.items(where=leads)} if groups else {}


def _among(groups: Sequence[Row]) -> str:
    return f"lead IN ({', '.join(str(int(group['lead'])) for group in groups)})" if groups else "FALSE"


def _chosen(group: Row, lines: Sequence[str], item: Mapping[str, Any], position: int) -> Chosen:
    why = WHY["mandatory" if group["must"] else "open" if item["T"] else "priority"]
    return Chosen(
        rank=position,
        line_id=group["line_id"],
        lines=tuple(lines),
        mandatory=bool(group["must"]),
        PRI=float(group["PRI"]),
        act=item["action"],
        why=sentence(why),
        by=item["action_timing"],
        role=ROLES[group["timing"]],
        question=item["question"],
        ddl=group["ddl"],
    )


def _left_out(view: FindingsView, code: str, groups: Sequence[Row], also: str = "TRUE", **params: Any) -> LeftOut:
    """The lines of groups that were not chosen for one reason; ``also`` is a condition on the columns of ``queued``."""
    where = f"{_among(groups)} AND {also}"
    rows = view.engine.rows(
        f"SELECT line_id, count(*) OVER () AS lines FROM queued WHERE {where} ORDER BY PRI DESC, S DESC, line_id LIMIT {EXAMPLES}"
    )
    examples = tuple(row["line_id"] for row in rows)
    return LeftOut(code, sentence(LEFT[code], **params), rows[0]["lines"] if rows else 0, examples)
