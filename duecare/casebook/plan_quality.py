"""How good a plan is, 0 to 10, and what it lacks (METHOD 7.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duecare.casebook.models import Action

WORKER_FACING = frozenset({"M-0711", "M-0712", "M-0802", "M-0803", "M-0807", "M-0809", "M-0811", "M-0905"})
"""Measures that reach workers themselves: information, interviews, grievance channels (METHOD 2.7 to 2.9)."""
OWN_PRACTICE = frozenset(
    {"M-0102", "M-0103", "M-0104", "M-0105", "M-0206", "M-0404", "M-0501", "M-0715", "M-0716", "M-0810"}
)
"""Measures by which the organisation changes how it buys itself: those of METHOD 2 that act on Q."""
REMEDY = frozenset({"M-0109", "M-0703", "M-0712", "M-0714", *(f"M-09{number:02d}" for number in range(1, 8))})
POINTS = {"covered": 2, "owned": 2, "budget": 1, "workers": 2, "practice": 1, "remedy": 1, "evidence": 1}
"""Points by part; they add up to 10."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: all its points or none; ``missing`` are ids of actions or lines that keep it from them."""

    code: str
    points: int
    most: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quality:
    """The score of a plan with its parts; a plan without actions has no points."""

    points: int
    parts: tuple[Part, ...]


def quality(actions: Sequence[Action], very_high: Collection[str]) -> Quality:
    """Score the actions of one office's plan; ``very_high`` are the ids of its lines rated very high. Dropped ones do not count."""
    kept = [action for action in actions if action.state != "dropped"]
    measures, objectives = {one.measure_code for one in kept}, {one.objective for one in kept}
    addressed = {line for one in kept for line in one.risks} | {one.contract.line_id for one in kept if one.contract}
    found: dict[str, tuple[bool, list[str]]] = {
        "covered": _none(line for line in sorted(very_high) if line not in addressed),
        "owned": _none(one.oid for one in kept if not one.owner_role or one.due is None),
        "budget": _none(one.oid for one in kept if one.budget_amount is None and one.hours is None),
        "workers": (bool(measures & WORKER_FACING), []),
        "practice": (bool(measures & OWN_PRACTICE), []),
        "remedy": (bool(measures & REMEDY) or "OBJ7" in objectives, []),
        "evidence": _none(one.oid for one in kept if not one.evidence),
    }
    parts = tuple(_part(code, bool(kept) and met, missing) for code, (met, missing) in found.items())
    return Quality(sum(part.points for part in parts), parts)


def _none(missing: Iterable[str]) -> tuple[bool, list[str]]:
    named = list(missing)
    return not named, named


def _part(code: str, met: bool, missing: list[str]) -> Part:  # noqa: FBT001 - the value itself
    return Part(code, POINTS[code] if met else 0, POINTS[code], tuple(missing))
