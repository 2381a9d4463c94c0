"""Expert cases with the evidence and the profiles that duecare ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from scoring_world import AS_OF, SCHEMA, full_line

from duecare.evidence.packs import load_packs
from duecare.evidence.profiles import load_profiles
from duecare.identify.explain import as_text, explain
from duecare.identify.method import load_method
from duecare.identify.risk import score
from duecare.identify.view import FindingsView
from duecare.register.engine import Engine

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "risk" / "lines.yaml").read_text("utf-8"))
UNSAID = dict.fromkeys(
    (
        "origin_country",
        "price_weight",
        "subcontract_share",
        "bid_days",
        "payment_days",
        "end_date",
        "start_date",
        "tenderers",
    )
)


@pytest.fixture(scope="module")
def shipped() -> Any:
    evidence = load_packs(AS_OF)
    with Engine() as engine:
        lines = [
            full_line(
                **UNSAID | {k: case[k] for k in ("profile", "country", "origin_country") if k in case},
                line_id=case["name"],
            )
            for case in CASES
        ]
        engine.table("classified_lines", SCHEMA, [[line[c] for c in SCHEMA] for line in lines])
        score(engine, evidence, load_profiles(), load_method(), AS_OF)
        yield FindingsView(engine, load_method(), AS_OF, "run"), evidence


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_expert_cases(shipped: Any, case: dict[str, Any]) -> None:
    view, _ = shipped
    row, stages = view.one(case["name"])
    item = view.item(row, stages)
    assert item["band"] in case["band"], (item["L"], case["source"])
    assert item["stage"] == case["stage"]
    assert item["reasons"]
    assert item["question"].endswith("?")
    assert item["action"]


def test_every_fact_of_a_reason_can_be_looked_up(shipped: Any) -> None:
    view, evidence = shipped
    named = [fact for item in view.items() for reason in item["reasons"] for fact in reason["facts"]]
    assert len(named) > 20
    assert all(evidence.fact(fact).source.title for fact in named)


def test_the_explanation_shows_the_arithmetic_and_its_sources(shipped: Any) -> None:
    view, evidence = shipped
    explained = explain(view, "coffee from Brazil", evidence.fact)
    text = as_text(explained, load_method())
    raw = next(s for s in explained["stages_explained"] if s["leads"])
    point = {g["group"]: g["value"] for g in raw["groups"]}
    mean = 0.30 * point["P"] + 0.15 * point["G"] + 0.25 * point["W"] + 0.20 * point["B"] + 0.10 * point["Q"]
    assert raw["raw"] == pytest.approx(0.6 * max(point[k] for k in "PXWB") + 0.4 * mean, abs=1e-6)
    assert "List of Goods" in text
    assert "Next act:" in text
    assert explained["sources"]
