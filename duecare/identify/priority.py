"""The list that fits the office: which items to treat first, why, with what next act, and what was left out and why.

Order and mandatory items follow METHOD 1.7: priority, severity, date; spend and leverage have no say. Lines of one office,
supplier and category are one item, because they take one act.
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
    "same": "Covered by the act on another line of the same office, supplier and category.",
    "low": "Likelihood and care needed are low: basic care is enough.",
}
ROLES = {"plan": "RQ", "tender": "PO", "award": "PO", "ending": "PO", "ended": "CM", "running": "CM", "open": "CM"}
"""Who takes the act (METHOD 7.1), by the time of the contract."""

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
    chosen = tuple(_chosen(view, group, position) for position, group in enumerate(picked, start=1))
    left = [
        _left_out("same", [row for group in picked for row in group[1:]]),
        _left_out("capacity", [row for group in worth[room:] for row in group], capacity=capacity),
        _left_out("low", [row for group in low for row in group]),
    ]
    return PriorityList(capacity, chosen, tuple(one for one in left if one.lines), max(0, len(mandatory) - capacity))


def _groups(view: FindingsView, structure: str | None) -> list[list[dict[str, Any]]]:
    """Lines by office, supplier and category, each group led by its highest line, groups in the order of their leaders.

    A line without a supplier is a group of its own: two unknown suppliers are not one.
    """
    office = "coalesce(structure, buyer, '')"
    wanted = "" if structure is None else f"WHERE {office} = ?"
    rows = view.engine.rows(
        f"SELECT line_id, {office} AS office, coalesce(supplier_id, supplier_name, line_id) AS supplier, category, PRI, S, ddl, "
        f"timing, mandatory AS must FROM details {wanted} ORDER BY mandatory DESC, PRI DESC, S DESC, award_date, line_id",
        [] if structure is None else [structure],
    )
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["office"], row["supplier"], row["category"]), []).append(row)
    return list(groups.values())


def _chosen(view: FindingsView, group: list[dict[str, Any]], position: int) -> Chosen:
    lead = group[0]
    found = view.one(lead["line_id"])
    assert found is not None
    row, _ = found
    timing = view.timing(row)
    if lead["must"]:
        why = sentence(WHY["mandatory"])
    elif row["T"]:
        why = sentence(WHY["open"])
    else:
        why = sentence(WHY["priority"])
    lines = tuple(line["line_id"] for line in group)
    return Chosen(
        position, lead["line_id"], lines, bool(lead["must"]), float(lead["PRI"]), view.action(row), why, timing,
        ROLES[row["timing"]], view.question(row),
    )  # fmt: skip


def _left_out(code: str, rows: Iterable[Mapping[str, Any]], **params: Any) -> LeftOut:
    ordered = sorted(rows, key=lambda row: (-row["PRI"], -row["S"], row["line_id"]))
    examples = tuple(row["line_id"] for row in ordered[:EXAMPLES])
    return LeftOut(code, sentence(LEFT[code], **params), len(ordered), examples)
