"""What an item of findings.json says: reasons with facts, gaps by field, one question, the act for the time of the contract."""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Any

import pytest
from scoring_world import Scored, World, full_line

from duecare.errors import CannotAnswer
from duecare.identify import sentences
from duecare.identify.details import GAPS
from duecare.identify.explain import explain
from duecare.identify.method import load_method
from duecare.identify.run import facts_used, run_id

CONTRACT = (
    "line_id", "contract_id", "structure", "title", "supplier", "category", "stages", "L", "L_lo", "L_hi", "band", "confidence", "S", "SAL",
    "PRI", "ddl", "route", "involvement", "reasons", "gaps", "question", "action", "run",
)  # fmt: skip


def one(world: World, scored: Scored, **said: Any) -> dict[str, Any]:
    return next(scored(world, [full_line(**said)]).items())


def test_an_item_has_every_field_of_the_contract(world: World, scored: Scored) -> None:
    item = one(world, scored)
    assert all(item[name] is not None for name in CONTRACT)
    assert item["run"] == "run"


def test_reasons_come_by_contribution_and_name_their_facts(world: World, scored: Scored) -> None:
    item = one(world, scored, profile="COFFEE", origin_country="ZZ")
    shares = [reason["contribution"] for reason in item["reasons"] if not reason["code"].startswith("F")]
    assert shares == sorted(shares, reverse=True)
    listing = next(reason for reason in item["reasons"] if reason["code"] == "X1_FORCED")
    assert listing["facts"] == ["X1.Coffee.ZZ"]
    assert "Coffee" in listing["sentence"]


def test_a_contribution_is_what_the_rating_would_lose(world: World, scored: Scored) -> None:
    worse, better = one(world, scored, price_weight=100.0), one(world, scored)
    assert worse["L"] > better["L"]
    said = next(reason for reason in worse["reasons"] if reason["code"] == "Q1")
    assert "100 %" in said["sentence"]
    assert said["contribution"] == pytest.approx(0.04 * (stage_q(worse) - 1), abs=1e-3)


def stage_q(item: dict[str, Any]) -> float:
    level: float = item["stages"][0]["groups"]["Q"]["point"]
    return level


@pytest.mark.parametrize(
    "field", [field for field in GAPS if field not in ("category", "country_basis", "origin_country")]
)
def test_every_blank_field_is_a_gap(world: World, scored: Scored, field: str) -> None:
    told, silent = one(world, scored), one(world, scored, **{field: None})
    assert field not in {gap["field"] for gap in told["gaps"]}
    assert field in {gap["field"] for gap in silent["gaps"]}


def test_an_origin_is_asked_for_only_where_one_matters(world: World, scored: Scored) -> None:
    assert "origin_country" in {
        gap["field"] for gap in one(world, scored, profile="COFFEE", origin_country=None)["gaps"]
    }
    assert "origin_country" not in {gap["field"] for gap in one(world, scored, origin_country=None)["gaps"]}


def test_the_question_is_the_open_answer_that_moves_most(world: World, scored: Scored) -> None:
    assert one(world, scored)["question"] == "Who works on CLEAN?"
    unread = one(world, scored, profile="UNKNOWN", how="unknown", confidence=0.0)
    assert unread["question"] == sentences.QUESTIONS["category"]
    world.stage("COFFEE", "PROC", 1, 1, 1)
    for factor in ("P1", "P2", "P6", "W1", "W3", "W8", "W10", "B1", "B2", "B3", "B9"):
        world.observed(factor, 1.0, "E4", profile="COFFEE")
    assert (
        one(world, scored, profile="COFFEE", origin_country=None)["question"] == sentences.QUESTIONS["origin_country"]
    )


@pytest.mark.parametrize(
    ("said", "timing", "act"),
    [
        ({"phase": "planning"}, "plan", "plan"),
        ({"phase": "tender"}, "tender", "tender"),
        ({"phase": "tender", "version": "2026-06-01T00:00:00Z sdk-01.10"}, "tender", "tender"),
        ({"phase": "tender", "version": "2018-06-01T00:00:00Z"}, "past", "plan"),
        ({"phase": "planning", "version": "2025-06-01"}, "plan", "plan"),
        ({"phase": "planning", "version": "2023-06-01"}, "past", "plan"),
        ({"phase": "tender", "end_date": "2025-06-01"}, "past", "plan"),
        ({"start_date": "2027-01-01"}, "award", "award"),
        ({"end_date": "2027-02-01"}, "ending", "plan"),
        ({"end_date": "2026-01-01"}, "ended", "plan"),
        ({"end_date": None}, "open", "deliver"),
        ({}, "running", "deliver"),
    ],
)
def test_the_act_fits_the_time_of_the_contract(
    world: World, scored: Scored, said: dict[str, Any], timing: str, act: str
) -> None:
    item = one(world, scored, **said)
    assert item["timing"] == timing
    assert item["action"] == f"{act}: act on CLEAN."
    assert item["T"] == (timing in ("plan", "tender", "award", "ending"))


def test_medium_confidence_with_a_higher_band_in_reach_names_three_factors(world: World, scored: Scored) -> None:
    world.stage("NARROW", "SITE", 3, 3, 3, half=0.5)
    world.profile("NARROW")
    item = one(world, scored, profile="NARROW")
    assert item["must_ask"] is True
    assert len(item["gaps"][0]["params"]["factors"]) == 3


def test_a_buyer_that_presses_contributes(world: World, scored: Scored) -> None:
    assert one(world, scored, price_weight=100.0)["involvement"] == "CONTRIBUTE"
    assert one(world, scored, price_weight=None)["involvement"] == "LINKED"


def test_an_open_case_keeps_the_rating_up_and_adds_to_the_priority(world: World, scored: Scored) -> None:
    quiet = one(world, scored)
    world.observed("F4", 1.0, "E3", supplier_id="R-1")
    item = one(world, scored)
    assert item["band"] == "VERY_HIGH"
    assert item["A"] == 1
    assert item["PRI"] > quiet["PRI"]


def test_a_contradiction_between_code_and_title_is_said(world: World, scored: Scored) -> None:
    assert "CONTRADICTS" in {reason["code"] for reason in one(world, scored, contradicts="ADVICE")["reasons"]}


def test_origin_and_place_of_work_stand_apart(world: World, scored: Scored) -> None:
    item = one(world, scored, profile="PANELS", country="AA", origin_country="ZZ")
    assert item["L_origin"] > item["L_place"]
    assert item["L"] == item["L_origin"]


def test_a_line_of_an_unwritten_profile_stops_the_run(world: World, scored: Scored) -> None:
    with pytest.raises(CannotAnswer, match="NOWHERE"):
        scored(world, [full_line(profile="NOWHERE")])


def test_a_line_that_is_not_there_is_said_so(world: World, scored: Scored) -> None:
    with pytest.raises(CannotAnswer, match="no line x1"):
        explain(scored(world, [full_line()]), "x1")


def test_run_ids_follow_inputs() -> None:
    given = {
        "files": ["b", "a"],
        "evidence": ["e"],
        "profiles": "1",
        "method": load_method(),
        "as_of": date(2026, 11, 1),
        "code_version": "0",
    }
    assert run_id(**given) == run_id(**given | {"files": ["a", "b"]})
    assert run_id(**given) != run_id(**given | {"as_of": date(2026, 11, 2)})


def test_facts_of_a_run_are_listed_once(world: World, scored: Scored) -> None:
    used = facts_used(scored(world, [full_line(), full_line(profile="COFFEE", origin_country="ZZ")]))
    assert used == sorted(set(used))
    assert "X1.Coffee.ZZ" in used


def test_every_factor_of_the_method_has_a_word() -> None:
    groups = load_method().groups
    named = {
        factor
        for table in (groups.core, groups.core_for_goods, groups.core_for_services, groups.more)
        for factors in table.values()
        for factor in factors
    }
    assert named <= sentences.FACTORS.keys()


def test_sentences_are_short_and_have_plain_placeholders() -> None:
    for text in sentences.messages():
        assert len(text) <= 140
        assert all(name is None or name.isidentifier() for _, name, _, _ in Formatter().parse(text))


@pytest.mark.parametrize("profile", ["COFFEE", "PANELS"])
def test_a_measure_against_all_goods_of_a_country_holds_for_any_good_and_names_none(
    world: World, scored: Scored, profile: str
) -> None:
    world.state("*", "AA", factor="X3")
    item = next(scored(world, [full_line(profile=profile, origin_country="AA")]).items())
    stage = next(stage for stage in item["stages"] if stage["place"] == "origin")
    assert stage["groups"]["X"]["point"] == 4.0
    said = [reason for reason in item["reasons"] if reason["code"] == "X3_ALL"]
    assert [reason["facts"] for reason in said] == [["X3.*.AA"]]
    assert said[0]["sentence"] == "A trade measure against forced labour concerns all goods from AA."


def test_a_measure_against_all_goods_says_nothing_of_other_origins_of_unknown_ones_and_of_work_done_there(
    world: World, scored: Scored
) -> None:
    lines = [
        full_line(line_id="other", profile="COFFEE", origin_country="MM"),
        full_line(line_id="unknown", profile="COFFEE", origin_country=None),
        full_line(line_id="work", profile="CLEAN", country="AA"),
    ]
    before = {item["line_id"]: item for item in scored(world, lines).items()}
    world.state("*", "AA", factor="X3")
    for item in scored(world, lines).items():
        assert item["stages"] == before[item["line_id"]]["stages"]


Q_FACTORS = [("Q2", "CONTRIBUTE"), ("Q3", "CONTRIBUTE"), ("Q7", "CONTRIBUTE"), ("Q5", "LINKED")]


@pytest.mark.parametrize(("factor", "involvement"), Q_FACTORS)
@pytest.mark.parametrize("scope", [{}, {"supplier_id": "R-1"}, {"country": "AA"}, {"profile": "CLEAN"}])
def test_an_observation_of_the_buyers_terms_counts_where_it_speaks(
    world: World, scored: Scored, factor: str, involvement: str, scope: dict[str, str]
) -> None:
    here, elsewhere = (
        full_line(line_id="here"),
        full_line(line_id="other", supplier_id="R-2", country="MM", profile="ADVICE"),
    )
    before = {item["line_id"]: item for item in scored(world, [here, elsewhere]).items()}
    world.observed(factor, 4.0, "E3", **scope)
    after = {item["line_id"]: item for item in scored(world, [here, elsewhere]).items()}
    assert after["here"]["stages"][0]["groups"]["Q"]["point"] > before["here"]["stages"][0]["groups"]["Q"]["point"]
    assert after["here"]["involvement"] == involvement
    assert [r["facts"] for r in after["here"]["reasons"] if r["code"] == "OBSERVED"] == [[f"own.{factor}"]]
    if scope:
        assert after["other"]["stages"] == before["other"]["stages"]


def test_a_better_proven_observation_outweighs_what_a_notice_declares(world: World, scored: Scored) -> None:
    world.observed("Q6", 4.0, "E3")
    levels = scored(world, [full_line(payment_days=10)]).engine.rows("SELECT * FROM buying_factors WHERE factor = 'Q6'")
    assert [(level["basis"], level["value"], level["lo"]) for level in levels] == [("observed", 4.0, 3.75)]


STATES = [("OWN", "CAUSE", 0), ("R3", "CONTRIBUTE", 0), ("A", "LINKED", 1), ("F4", "LINKED", 1)]


@pytest.mark.parametrize(("state", "involvement", "A"), STATES)
def test_what_is_the_case_changes_duty_and_priority_and_is_cited(
    world: World, scored: Scored, state: str, involvement: str, A: int
) -> None:
    lines = [full_line(line_id="here"), full_line(line_id="other", supplier_id="R-2")]
    world.observed(state, 1.0, "E2", supplier_id="R-1")
    view = scored(world, lines)
    items = {item["line_id"]: item for item in view.items()}
    assert (items["here"]["involvement"], items["here"]["A"]) == (involvement, A)
    assert (items["other"]["involvement"], items["other"]["A"]) == ("LINKED", 0)
    assert [r["facts"] for r in items["here"]["reasons"] if r["code"] == state] == [[f"own.{state}"]]
    assert f"own.{state}" in facts_used(view)
    assert (items["here"]["band"] == "VERY_HIGH") is (state == "F4")
