"""The worked numbers of METHOD section 1, through the same SQL expressions that score every line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from duecare.identify import arithmetic
from duecare.identify.method import load_method
from duecare.register.engine import Engine

METHOD = load_method()
VECTORS = yaml.safe_load(Path(__file__).with_name("method_section_1.yaml").read_text("utf-8"))
TOLERANCE = 1e-4
WORDS = ("LOW", "MEDIUM", "HIGH")


def value(expression: str) -> Any:
    with Engine() as engine:
        return engine.rows(f"SELECT {expression} AS value")[0]["value"]


def cases(name: str) -> Any:
    return pytest.mark.parametrize("case", VECTORS[name], ids=lambda case: case["name"])


@cases("likelihood")
def test_likelihood_and_band(case: dict[str, Any]) -> None:
    part = arithmetic.stage_part(METHOD, *(arithmetic.number(float(case[k])) for k in "PXWBG"))
    L = arithmetic.likelihood(
        METHOD, part, arithmetic.number(float(case["Q"])), arithmetic.number(case.get("floor", 0.0))
    )
    assert value(L) == pytest.approx(case["L"], abs=TOLERANCE)
    assert value(arithmetic.named(arithmetic.band_rank(METHOD, L), arithmetic.BANDS)) == case["band"]


@cases("confidence")
def test_confidence(case: dict[str, Any]) -> None:
    confidence = arithmetic.confidence(str(case["lo"]), str(case["hi"]))
    assert value(confidence) == pytest.approx(case["confidence"], abs=TOLERANCE)
    assert WORDS[value(arithmetic.confidence_rank(METHOD, confidence))] == case["word"]


@cases("group")
def test_group(case: dict[str, Any]) -> None:
    rows = " UNION ALL ".join(f"SELECT CAST({v} AS DOUBLE) AS v" for v in case["values"])
    mixed = f"(SELECT {arithmetic.mix_rows(METHOD.groups.worst_share, 'v')} FROM ({rows}) AS given)"
    assert value(mixed) == pytest.approx(case["level"], abs=TOLERANCE)


@cases("severity")
def test_severity(case: dict[str, Any]) -> None:
    S = arithmetic.severity(METHOD, *(str(case[k]) for k in ("scale", "scope", "irremediability")))
    assert value(S) == pytest.approx(case["S"], abs=TOLERANCE)


@cases("salience")
def test_salience(case: dict[str, Any]) -> None:
    assert value(arithmetic.salience(METHOD, str(case["S"]), str(case["L"]))) == pytest.approx(
        case["SAL"], abs=TOLERANCE
    )


@cases("priority")
def test_priority(case: dict[str, Any]) -> None:
    PRI = arithmetic.priority(METHOD, *(str(case[k]) for k in ("SAL", "A", "K", "T")))
    assert value(PRI) == pytest.approx(case["PRI"], abs=TOLERANCE)


@cases("leverage")
def test_leverage_and_route(case: dict[str, Any]) -> None:
    names = (
        "spend_share",
        "contract_rights",
        "remaining_duration",
        "market_alternatives",
        "collaboration",
        "relationship",
    )
    LEV = arithmetic.leverage(METHOD, {n: str(p) for n, p in zip(names, case["parts"], strict=True)}, str(case["tier"]))
    assert value(LEV) == pytest.approx(case["LEV"], abs=TOLERANCE)
    assert value(arithmetic.route(METHOD, LEV)) == case["route"]


def test_the_precaution_rule_goes_one_step_up_and_never_beyond_intensive() -> None:
    steps = {
        (rank, conf): value(arithmetic.due_diligence_rank(METHOD, str(rank), str(conf)))
        for rank in range(4)
        for conf in (0.64, 0.65)
    }
    assert steps == {
        (0, 0.64): 1,
        (0, 0.65): 0,
        (1, 0.64): 2,
        (1, 0.65): 1,
        (2, 0.64): 3,
        (2, 0.65): 2,
        (3, 0.64): 3,
        (3, 0.65): 3,
    }
