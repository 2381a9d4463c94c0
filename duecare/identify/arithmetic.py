"""The arithmetic of the method as SQL expressions: the one copy in the product, used by bulk scoring and by every view.

Each function takes SQL expressions and gives one SQL expression (METHOD 1.5-1.8). The second copy, in plain Python, lives in
the tests as the oracle. Numbers become literals with a cast so that every engine reads them as doubles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duecare.identify.method import Method
from duecare.terms import Band, DueDiligence, Route

BANDS = tuple(Band)
LEVELS = tuple(DueDiligence)
EXACT = 9  # decimals at which a result meets a threshold, so that 2.4999999999999996 is the 2.5 it stands for


def number(value: float) -> str:
    """A literal that every engine reads as a double."""
    return f"CAST({value!r} AS DOUBLE)"


def exact(expression: str) -> str:
    """Without the dust of binary fractions, for thresholds and for the same bytes on every engine."""
    return f"round({expression}, {EXACT})"


def mix_rows(share: float, expression: str) -> str:
    """``md`` of METHOD 1.5 over the rows of a group: ``share`` of the worst plus the rest of the mean."""
    return f"({number(share)} * max({expression}) + {number(1 - share)} * avg({expression}))"


def mix(share: float, worst: str, total: str, count: str) -> str:
    """``md`` from the worst, the sum and the number of the values."""
    return f"({number(share)} * {worst} + {number(1 - share)} * ({total}) / ({count}))"


def stage_part(method: Method, P: str, X: str, W: str, B: str, G: str) -> str:
    """``L_s`` without the share of Q, which is the same at every stage. ``X`` may be NULL where no origin matters."""
    weights = method.likelihood.weights
    share = method.likelihood.worst_share
    mean = " + ".join(f"{number((1 - share) * weights[k])} * {v}" for k, v in zip("PGWB", (P, G, W, B), strict=True))  # type: ignore[index]
    return f"({number(share)} * greatest({P}, {W}, {B}, coalesce({X}, 0)) + {mean})"


def purchasing_part(method: Method, Q: str) -> str:
    """What group Q adds to every stage."""
    return f"{number((1 - method.likelihood.worst_share) * method.likelihood.weights['Q'])} * {Q}"


def likelihood(method: Method, part: str, Q: str, floor: str) -> str:
    """``L_s`` from the stage's part, Q and the stage's floor; also ``L`` from the worst part and the worst floor."""
    return exact(f"greatest({part} + {purchasing_part(method, Q)}, {floor})")


LOWERED, RAISED = "lowered", "raised"


def lowers_too_far(method: Method, value: str, model: str) -> str:
    """Whether a lowering goes further below the model's value than one override may (METHOD 1.10)."""
    return f"{value} < {exact(f'{model} - {number(method.overrides.most_lowering)}')}"


def raises_nothing(value: str, model: str) -> str:
    """Whether what is called a raise lies below the model's value, which one person alone may not lower (METHOD 1.10)."""
    return f"{value} < {model}"


def ruled(method: Method, model: Mapping[str, str], experts: str, reading: str) -> str:
    """A level in one reading after experts judged it: each override where it counts, else the model's (METHOD 1.10).

    ``model`` are the model's levels by reading. ``experts`` begins the names of their columns (``overrides.picked``): what a
    lowering says and what raises say. A raise never gives less than the model or a lowering beside it, in any reading.
    """
    end = {"guard": "lo", "worst": "value"}.get(reading, reading)
    low, up = (f"{experts}{kind}_{end}" for kind in (LOWERED, RAISED))
    low_value, up_value = (f"{experts}{kind}_value" for kind in (LOWERED, RAISED))
    kept = f"{low_value} IS NULL OR {lowers_too_far(method, low_value, model['value'])}"
    lowered = f"CASE WHEN {kept} THEN {model[reading]} ELSE {low} END"
    raised = f"greatest({model[reading]}, {lowered}, {up})"
    return (
        f"CASE WHEN {up_value} IS NULL OR {raises_nothing(up_value, model['value'])} THEN {lowered} ELSE {raised} END"
    )


def band_rank(method: Method, L: str) -> str:
    """0 LOW, 1 MODERATE, 2 HIGH, 3 VERY_HIGH."""
    bands = method.bands
    steps = [bands.VERY_HIGH, bands.HIGH, bands.MODERATE]
    cases = " ".join(f"WHEN {L} >= {number(step)} THEN {3 - i}" for i, step in enumerate(steps))
    return f"(CASE {cases} ELSE 0 END)"


def named(rank: str, names: Sequence[str]) -> str:
    """The word for a rank counted from 0."""
    cases = " ".join(f"WHEN {rank} = {i} THEN '{name}'" for i, name in enumerate(names[:-1]))
    return f"(CASE {cases} ELSE '{names[-1]}' END)"


def confidence(lo: str, hi: str) -> str:
    """One minus the width of the interval as a share of the scale."""
    return exact(f"1 - ({hi} - {lo}) / {number(4.0)}")


def confidence_rank(method: Method, conf: str) -> str:
    """0 LOW, 1 MEDIUM, 2 HIGH."""
    limits = method.confidence
    return (
        f"(CASE WHEN {conf} >= {number(limits.high)} THEN 2 WHEN {conf} >= {number(limits.medium)} THEN 1 ELSE 0 END)"
    )


def due_diligence_rank(method: Method, rank: str, conf: str) -> str:
    """The precaution rule: one step above the band where confidence is LOW, never above INTENSIVE."""
    low = f"CASE WHEN {confidence_rank(method, conf)} = 0 THEN 1 ELSE 0 END"
    return f"least({rank} + {low}, 3)"


def severity(method: Method, scale: str, scope: str, irremediability: str) -> str:
    """``S`` of one harm scenario (METHOD 1.6)."""
    parts = (scale, scope, irremediability)
    return exact(mix(method.severity.worst_share, f"greatest({', '.join(parts)})", " + ".join(parts), "3"))


def salience(method: Method, S: str, L: str) -> str:
    """``SAL`` (METHOD 1.7)."""
    return exact(f"{S} * ({number(method.salience.base)} + {number(method.salience.per_level)} * {L})")


def priority(method: Method, SAL: str, A: str, K: str, T: str) -> str:
    """``PRI`` (METHOD 1.7); A, K and T are 0 or 1. Spend and leverage have no place in it."""
    p = method.priority
    return exact(f"least({number(4.0)}, {SAL} + {number(p.A)} * {A} + {number(p.K)} * {K} + {number(p.T)} * {T})")


def leverage(method: Method, parts: Mapping[str, str], tier: str) -> str:
    """``LEV`` (METHOD 1.8) from its six components and the tier of the leading stage, the buyer's supplier being tier 1."""
    rules = method.leverage
    weighted = " + ".join(f"{number(weight)} * {parts[name]}" for name, weight in rules.weights.items())
    loss = f"greatest({number(rules.least)}, 1 - {number(rules.loss_per_tier)} * ({tier} - 1))"
    return exact(f"{loss} * ({weighted})")


def route(method: Method, lev: str) -> str:
    """DIRECT, BUILD or COLLECTIVE by leverage."""
    rules = method.leverage
    direct, build = f"{lev} >= {number(rules.direct)}", f"{lev} >= {number(rules.build)}"
    return f"(CASE WHEN {direct} THEN '{Route.DIRECT}' WHEN {build} THEN '{Route.BUILD}' ELSE '{Route.COLLECTIVE}' END)"


def step_level(value: str, steps: Sequence[float], *, more_is_worse: bool = True) -> str:
    """Level 0-4 of a value by four steps: upper ends of the levels 0-3, or lower ends where less is worse. NULL stays NULL."""
    sign = "<=" if more_is_worse else ">="
    cases = " ".join(f"WHEN {value} {sign} {number(step)} THEN {level}" for level, step in enumerate(steps))
    return f"(CASE WHEN {value} IS NULL THEN NULL {cases} ELSE 4 END)"


def rising_level(value: str, steps: Sequence[float]) -> str:
    """Level 0-4 of a value by four rising lower ends of the levels 1-4, where more is more. NULL stays NULL."""
    pairs = reversed(list(enumerate(steps, start=1)))
    cases = " ".join(f"WHEN {value} >= {number(step)} THEN {level}" for level, step in pairs)
    return f"(CASE WHEN {value} IS NULL THEN NULL {cases} ELSE 0 END)"
