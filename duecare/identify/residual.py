"""What is left of a likelihood after measures that are shown to work, never after measures that are only written (METHOD 1.9).

Nothing in a report uses it yet: a finding is inherent risk until measures with evidence are kept. The likelihood is that of
``arithmetic``, so that there is one copy of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

from duecare.identify.arithmetic import exact, number, purchasing_part, stage_part
from duecare.identify.method import Method

Reducible = Literal["W", "B", "Q"]
Shown = Literal["planned", "written", "operating", "verified", "corroborated"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with its largest effect by group, 0-1, and how far it is shown to work.

    ``shown`` is ``planned``, ``written`` in a signed contract, ``operating`` (E2), independently ``verified`` (E3) or
    ``corroborated`` by workers (E4). Raises ``ValueError`` for an effect outside of 0-1 or on P, X or G.
    """

    id: str
    effects: Mapping[Reducible, float]
    shown: Shown

    def __post_init__(self) -> None:
        """Refuse what the method does not know."""
        if wrong := [group for group in self.effects if group not in ("W", "B", "Q")]:
            raise ValueError(f"{self.id}: a measure changes W, B or Q, never {', '.join(sorted(wrong))}.")
        if not all(0 <= effect <= 1 for effect in self.effects.values()):
            raise ValueError(f"{self.id}: an effect lies between 0 and 1.")


def remaining(method: Method, measures: Iterable[Measure], group: Reducible) -> float:
    """``r_k``: which share of a group's level is left, from the method's least to 1; the order of the measures has no part in it."""
    rules = method.residual
    left = sorted(1 - measure.effects.get(group, 0.0) * rules.credit[measure.shown] for measure in measures)
    return max(rules.least_remaining, prod(left))


def residual(method: Method, levels: Mapping[str, str], left: Mapping[Reducible, str], floor: str, case: str) -> str:
    """``L_res`` of a stage as an SQL expression, from expressions.

    ``levels`` are P X W B G Q (``X`` may be NULL); ``left`` the shares of ``remaining``; ``floor`` what F3 and F4 leave at least, 0 where
    neither binds; ``case`` says whether an R3 or R4 case is open, in which nothing is credited.
    """
    rules = method.residual
    inherent = _likelihood(method, levels, floor)
    reduced = {group: f"({levels[group]} * {left[group]})" for group in ("W", "B", "Q")}
    before, after = f"({levels['W']} + {levels['B']})", f"({reduced['W']} + {reduced['B']})"
    control = f"coalesce(1 - {after} / nullif({before}, 0), 0)"
    hazard = f"({levels['P']} * (1 - {number(rules.pass_through)} * {control}))"
    treated = _likelihood(method, {**levels, **reduced, "P": hazard}, floor)
    least = f"CASE WHEN {inherent} >= {number(rules.kept.at)} THEN {number(rules.kept.least)} ELSE 0 END"
    return exact(
        f"CASE WHEN {case} THEN {inherent} ELSE greatest({treated}, {number(rules.least_share)} * {inherent}, {least}) END"
    )


def _likelihood(method: Method, levels: Mapping[str, str], floor: str) -> str:
    part = stage_part(method, *(levels[k] for k in "PXWBG"))
    return exact(f"greatest({part} + {purchasing_part(method, levels['Q'])}, {floor})")
