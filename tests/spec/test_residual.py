"""Residual risk: the worked numbers T-R1 to T-R3 of METHOD 1.9, never above the inherent likelihood, never below its floors (PT5, PT6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.identify.arithmetic import likelihood, number, stage_part
from duecare.identify.method import load_method
from duecare.identify.residual import Measure, Shown, remaining, residual
from duecare.register.engine import Engine

METHOD = load_method()
CLEANING = {"P": 3.0, "X": 0.0, "W": 3.0, "B": 3.0, "G": 1.0, "Q": 2.0}
FAIR_PAY = {"W": 0.35, "B": 0.10, "Q": 0.30}
DONE = [
    Measure("fair-pay sheet and payroll checks", FAIR_PAY, "verified"),
    Measure("worker interviews", {"W": 0.30}, "corroborated"),
    Measure("subcontracting cap", {"B": 0.40}, "operating"),
    Measure("indexation clause", {"Q": 0.30}, "written"),
]
PAPER = [Measure("fair pay", FAIR_PAY, "written"), Measure("subcontracting cap", {"B": 0.40}, "written")]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        yield opened


def rated(
    engine: Engine, levels: dict[str, float], measures: Sequence[Measure], floor: float = 0.0, case: str = "FALSE"
) -> float:
    said = {k: number(v) for k, v in levels.items()}
    left = {g: number(remaining(METHOD, measures, g)) for g in ("W", "B", "Q")}
    sql = residual(METHOD, said, left, number(floor), case)  # type: ignore[arg-type]
    return float(engine.rows(f"SELECT {sql} AS L")[0]["L"])


def inherent(engine: Engine, levels: dict[str, float], floor: float = 0.0) -> float:
    part = stage_part(METHOD, *(number(levels[k]) for k in "PXWBG"))
    return float(engine.rows(f"SELECT {likelihood(METHOD, part, number(levels['Q']), number(floor))} AS L")[0]["L"])


@pytest.mark.parametrize(
    ("measures", "W", "B", "Q", "L"), [(DONE, 1.5488, 2.22, 1.4338, 2.2082), (PAPER, 2.7375, 2.6325, 1.85, 2.665)], ids=["T-R1", "T-R2"]
)  # fmt: skip
def test_the_worked_numbers(engine: Engine, measures: list[Measure], W: float, B: float, Q: float, L: float) -> None:
    left = {g: remaining(METHOD, measures, g) * CLEANING[g] for g in ("W", "B", "Q")}  # type: ignore[arg-type]
    assert left == pytest.approx({"W": W, "B": B, "Q": Q}, abs=1e-4)
    assert rated(engine, CLEANING, measures) == pytest.approx(L, abs=1e-4)


def test_an_open_case_freezes_the_likelihood(engine: Engine) -> None:
    assert rated(engine, CLEANING, DONE, case="TRUE") == pytest.approx(2.84, abs=1e-4)  # T-R3


def test_paper_alone_leaves_cleaning_high(engine: Engine) -> None:
    assert rated(engine, CLEANING, PAPER) >= METHOD.bands.HIGH  # TRP08


def test_what_is_only_planned_changes_nothing(engine: Engine) -> None:
    planned = [Measure("all", {"W": 1.0, "B": 1.0, "Q": 1.0}, "planned")]
    assert rated(engine, CLEANING, planned) == inherent(engine, CLEANING)


@pytest.mark.parametrize("effects", [{"G": 0.1}, {"P": 0.1}, {"W": 1.1}, {"B": -0.1}])
def test_a_measure_that_the_method_does_not_know_is_an_error(effects: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="m1"):
        Measure("m1", effects, "written")  # type: ignore[arg-type]


levels = st.fixed_dictionaries(dict.fromkeys("PXWBGQ", st.integers(0, 16).map(lambda n: n / 4)))
some = st.lists(
    st.builds(
        Measure,
        st.just("m"),
        st.dictionaries(st.sampled_from(["W", "B", "Q"]), st.integers(0, 20).map(lambda n: n / 20)),
        st.sampled_from(get_args(Shown)),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(levels, some, st.sampled_from([0.0, 3.25]))
def test_pt5_residual_lies_between_its_floors_and_the_inherent_likelihood(
    engine: Engine, given_levels: dict[str, float], measures: list[Measure], floor: float
) -> None:
    before, after = inherent(engine, given_levels, floor), rated(engine, given_levels, measures, floor)
    assert after <= before
    assert after >= max(0.5 * before, floor, 1.5 if before >= 2.5 else 0.0) - 1e-9


@settings(max_examples=30, deadline=None)
@given(levels, some.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))))
def test_pt6_the_order_of_measures_has_no_part(
    engine: Engine, given_levels: dict[str, float], orders: tuple[list[Measure], list[Measure]]
) -> None:
    assert rated(engine, given_levels, orders[0]) == rated(engine, given_levels, orders[1])
