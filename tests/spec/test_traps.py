"""The accuracy traps of METHOD 9 that scoring must avoid, each through the whole pipeline."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scoring_world import Scored, World, full_line

from duecare.identify.view import FindingsView


def one(view: FindingsView) -> dict[str, Any]:
    return next(view.items())


def stage(item: dict[str, Any], name: str) -> dict[str, Any]:
    return next(s for s in item["stages"] if s["stage"] == name)


def test_trp01_a_bad_country_alone_lifts_to_moderate_and_no_further(world: World, scored: Scored) -> None:
    said = full_line(
        profile="ADVICE", country="ZZ", subcontract_share=0.0, price_weight=40.0, payment_days=10, bid_days=50
    )
    item = one(scored(world, [said]))
    assert (item["L"], item["band"]) == (1.5, "MODERATE")
    assert any(reason["code"] == "F2" for reason in item["reasons"])


def test_trp02_services_in_a_good_country_stay_high(world: World, scored: Scored) -> None:
    world.country("BB", G1=1.0, G3=1.0, G4=0.0)
    item = one(scored(world, [full_line(country="BB", subcontract_share=None)]))
    assert item["band"] == "HIGH"


def test_trp04_numbers_have_intervals_and_there_is_no_percentage_of_risk(world: World, scored: Scored) -> None:
    item = one(scored(world, [full_line(price_weight=None, subcontract_share=None)]))
    assert item["L_lo"] < item["L"] < item["L_hi"]
    assert "%" not in json.dumps(item, default=str)


def test_trp05_blank_is_an_interval_and_never_zero(world: World, scored: Scored) -> None:
    blank = full_line(
        country=None,
        origin_country=None,
        price_weight=None,
        subcontract_share=None,
        payment_days=None,
        bid_days=None,
        start_date=None,
    )
    view = scored(
        world, [blank | {"profile": profile} for profile in ("CLEAN", "COFFEE", "ADVICE", "UNKNOWN", "PANELS")]
    )
    for item in view.items():
        for exposed in item["stages"]:
            levels = [exposed["groups"][g] for g in "PWBQ"]
            assert all(1.0 <= level["lo"] < level["hi"] for level in levels)
            assert all(level["lo"] <= level["point"] <= level["hi"] for level in levels)
            assert exposed["groups"]["G"]["lo"] < exposed["groups"]["G"]["hi"]


def test_trp06_the_worst_stage_is_the_contract(world: World, scored: Scored) -> None:
    item = one(scored(world, [full_line(profile="COFFEE", origin_country="ZZ")]))
    assert item["L"] == max(s["L"] for s in item["stages"]) == stage(item, "RAW")["L"]
    assert stage(item, "MANU")["L"] < item["L"]


def test_trp07_no_country_is_a_verdict(world: World, scored: Scored) -> None:
    low = one(scored(world, [full_line(profile="ADVICE", country="ZZ")]))
    assert low["band"] in ("LOW", "MODERATE")
    assert "reject" not in json.dumps(low, default=str)


def test_trp08_self_declared_good_values_stop_at_one(world: World, scored: Scored) -> None:
    item = one(scored(world, [full_line(subcontract_share=0.0, price_weight=0.0, payment_days=0, bid_days=90)]))
    view = scored(world, [full_line(subcontract_share=0.0, price_weight=0.0, payment_days=0, bid_days=90)])
    declared = view.engine.rows(
        "SELECT factor, value FROM buying_factors WHERE basis = 'declared' UNION ALL SELECT factor, value FROM pattern_factors WHERE basis = 'declared'"
    )
    assert {row["factor"]: row["value"] for row in declared} == {"Q1": 1.0, "Q4": 1.0, "Q6": 1.0, "Q8": 1.0, "B2": 1.0}
    assert item["band"] == "HIGH"


def test_trp09_spend_has_no_part_in_priority(world: World, scored: Scored) -> None:
    view = scored(world, [full_line(amount="10"), full_line(amount="999999999", supplier_id="R-2")])
    small, large = view.items(order_by="amount")
    assert small["PRI"] == large["PRI"]
    assert small["LEV"] != large["LEV"]


def test_trp10_leverage_picks_the_route_and_leaves_the_priority(world: World, scored: Scored) -> None:
    view = scored(world, [full_line(tenderers=n, supplier_id=f"R-{n}") for n in (1, 9)])
    items = list(view.items())
    assert len({item["LEV"] for item in items}) == 2
    assert len({item["PRI"] for item in items}) == 1


def test_trp14_an_expired_list_is_unknown_and_not_safe(world: World, scored: Scored) -> None:
    world.evidence["listed_goods"] = []
    item = one(scored(world, [full_line(profile="COFFEE", origin_country="ZZ")]))
    assert stage(item, "RAW")["groups"]["X"] == {"lo": 1.0, "point": 2.5, "hi": 4.0}
    assert any(gap["code"] == "X_UNKNOWN" for gap in item["gaps"])


def test_trp15_not_listed_is_zero_for_the_list_only(world: World, scored: Scored) -> None:
    item = one(scored(world, [full_line(profile="COFFEE", origin_country="AA")]))
    raw = stage(item, "RAW")
    assert raw["groups"]["X"]["point"] == 0.0
    assert raw["groups"]["P"]["point"] == 3.0
    assert item["band"] == "HIGH"


@pytest.mark.parametrize(("origin", "X", "code"), [("ZZ", 4.0, "X1_FORCED"), ("MM", 2.0, None), (None, 3.0, None)])
def test_x_follows_the_origin_of_the_goods(
    world: World, scored: Scored, origin: str | None, X: float, code: str | None
) -> None:
    item = one(scored(world, [full_line(profile="COFFEE", origin_country=origin)]))
    assert stage(item, "RAW")["groups"]["X"]["point"] == X
    assert code is None or item["reasons"][0]["code"] == code
