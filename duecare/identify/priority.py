"""The list that fits the office: which items to treat first, why, with what next act, and what was left out and why.

Order and mandatory items follow METHOD 1.7: priority, severity, date; spend and leverage have no say. Lines that take one act
are one item: work on site is treated by each office with its contractors, goods of one kind by the whole organisation at once,
because leverage on a distant mine or factory is joint or it is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from duecare.errors import WrongUsage
from duecare.identify.sentences import sentence
from duecare.identify.view import FindingsView

Said = Mapping[str, Any]

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


def rank(view: FindingsView, capacity: int, structure: str | None = None) -> PriorityList:
    """Choose what to treat first, for one office or for all. Raises ``WrongUsage`` for a capacity below 1.

    First every group of lines with VERY_HIGH likelihood and severity from 3.25 (never cut, also beyond the capacity), then by
    priority; a leverage window already counts in the priority. Lines that need only basic care are not put on the list.
    """
    if capacity < 1:
        raise WrongUsage(f"The capacity is {capacity}; give the number of items that can be treated, 1 or more.")
    groups = _groups(view, structure)
    mandatory = [group for group in groups if group[0]["must"]]
    others = [group for group in groups if not group[0]["must"]]
    worth = [group for group in others if group[0]["ddl"] != "BASIC"]
    low = [group for group in others if group[0]["ddl"] == "BASIC"]
    room = max(0, capacity - len(mandatory))
    picked = [*mandatory, *worth[:room]]
    leads = ", ".join(f"'{group[0]['line_id']}'" for group in picked)
    items = {item["line_id"]: item for item in view.items(where=f"line_id IN ({leads})")} if picked else {}
    chosen = tuple(_chosen(group, items[group[0]["line_id"]], place) for place, group in enumerate(picked, start=1))
    left = [
        _left_out("same", [row for group in picked for row in group[1:]]),
        _left_out("capacity", [row for group in worth[room:] for row in group], capacity=capacity),
        _left_out("low", [row for group in low for row in group]),
    ]
    return PriorityList(capacity, chosen, tuple(one for one in left if one.lines), max(0, len(mandatory) - capacity))


def _groups(view: FindingsView, structure: str | None) -> list[list[dict[str, Any]]]:
    """Lines by the act that they take, each group led by its most urgent line that has not ended, groups in their order."""
    office = "coalesce(structure, buyer, '')"
    wanted = "" if structure is None else f"WHERE {office} = ?"
    rows = view.engine.rows(
        f"SELECT line_id, CASE WHEN stage IN {AT_WORK} THEN {office} ELSE '' END AS office, category, PRI, S, ddl, timing, "
        f"mandatory AS must FROM details {wanted} ORDER BY mandatory DESC, timing IN ('ended', 'past'), PRI DESC, S DESC, "
        "end_date NULLS LAST, award_date DESC NULLS LAST, line_id",
        [] if structure is None else [structure],
    )
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["office"], row["category"]), []).append(row)
    return list(groups.values())


def _chosen(group: list[dict[str, Any]], item: Mapping[str, Any], position: int) -> Chosen:
    lead = group[0]
    why = WHY["mandatory" if lead["must"] else "open" if item["T"] else "priority"]
    lines = tuple(line["line_id"] for line in group)
    return Chosen(
        rank=position,
        line_id=lead["line_id"],
        lines=lines,
        mandatory=bool(lead["must"]),
        PRI=float(lead["PRI"]),
        act=item["action"],
        why=sentence(why),
        by=item["action_timing"],
        role=ROLES[lead["timing"]],
        question=item["question"],
    )


def _left_out(code: str, rows: Iterable[Mapping[str, Any]], **params: Any) -> LeftOut:
    ordered = sorted(rows, key=lambda row: (-row["PRI"], -row["S"], row["line_id"]))
    examples = tuple(row["line_id"] for row in ordered[:EXAMPLES])
    return LeftOut(code, sentence(LEFT[code], **params), len(ordered), examples)
