"""Bulk SQL and plain Python agree on random lines, profiles and evidence; and raising any input never lowers a result."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle_in_python import rate
from scoring_world import World, full_line, score_in, small_world

from duecare.identify.method import load_method
from duecare.register.engine import Engine

METHOD = load_method()
COUNTRIES = ["AA", "MM", "ZZ", "NN", None]
halves = st.integers(2, 8).map(lambda n: n / 2)
few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World()
    for country in ("AA", "MM", "ZZ"):
        for factor in draw(st.sets(st.sampled_from(["G1", "G2", "G3", "G4", "G8"]))):
            world.country(
                country, grade=draw(st.sampled_from(["E1", "E2", "E3"])), **{factor: float(draw(st.integers(1, 4)))}
            )
    for n in range(3):
        name = f"PROFILE{n}"
        documented = draw(st.sampled_from([0, 2, 4]))
        world.profile(
            name,
            kind=draw(st.sampled_from(["goods", "service", "works", "knowledge"])),
            documented=documented,
            q=(draw(halves), 1.0, 4.0),
        )
        for stage, place in draw(
            st.sets(
                st.sampled_from([("SITE", "work"), ("RAW", "origin"), ("MANU", "origin"), ("PROC", "typical")]),
                min_size=1,
            )
        ):
            goods = (
                draw(st.lists(st.sampled_from(["Cotton", "Tin", "Pens"]), unique=True, max_size=2))
                if place != "work"
                else []
            )
            origins = draw(st.lists(st.sampled_from(["AA", "MM", "ZZ"]), unique=True)) if place != "work" else []
            world.stage(
                name,
                stage,
                draw(halves),
                draw(halves),
                draw(halves),
                place=place,
                half=draw(st.sampled_from([0.5, 1.0])),
                goods=goods,
                origins=origins,
            )
            world.harm(name, stage, "H2", *(draw(st.integers(1, 4)) for _ in range(3)))
    draw_evidence(draw, world)
    return world


def draw_evidence(draw: st.DrawFn, world: World) -> None:
    for good in ("Cotton", "Tin"):
        for country in draw(st.sets(st.sampled_from(["AA", "MM", "ZZ"]))):
            world.listed(good, country, forced=draw(st.booleans()))
    if draw(st.booleans()):
        world.state("Cotton", "ZZ", value=float(draw(st.sampled_from([3, 4]))))
    if draw(st.booleans()):
        world.state("*", draw(st.sampled_from(["AA", "ZZ"])), factor="X3", value=float(draw(st.sampled_from([2, 4]))))
    for _ in range(draw(st.integers(0, 2))):
        scope: dict[str, str] = {}
        if draw(st.booleans()):
            scope["country"] = draw(st.sampled_from(["AA", "ZZ"]))
        if draw(st.booleans()):
            scope["supplier_id"] = "R-1"
        world.observed(
            draw(st.sampled_from(["W3", "W10", "B9", "B1", "P2", "B4"])),
            float(draw(st.integers(0, 4))),
            draw(st.sampled_from(["E1", "E2", "E3", "E4"])),
            **scope,
        )


@st.composite
def some_lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    blank = {"start_date": None, "end_date": None}
    return [
        full_line(
            **blank,
            profile=f"PROFILE{draw(st.integers(0, 2))}",
            country=draw(st.sampled_from(COUNTRIES)),
            origin_country=draw(st.sampled_from(COUNTRIES)),
            supplier_id=draw(st.sampled_from(["R-1", "R-2", None])),
            price_weight=draw(st.none() | st.sampled_from([0.0, 40.0, 55.0, 70.0, 100.0])),
            subcontract_share=draw(st.none() | st.sampled_from([0.0, 10.0, 60.0])),
            bid_days=draw(st.none() | st.sampled_from([5, 20, 35, 60])),
            payment_days=draw(st.none() | st.sampled_from([10, 40, 90])),
            procedure=draw(st.sampled_from(["open", "open (accelerated)", "direct", None])),
        )
        for _ in range(15)
    ]


@few
@given(worlds(), some_lines())
def test_sql_equals_plain_python(world: World, lines: list[dict[str, Any]]) -> None:
    with Engine() as engine:
        view = score_in(engine, world, lines, (), METHOD)
        items = {item["line_id"]: item for item in view.items()}
    assert len(items) == len(lines)
    for i, line in enumerate(lines):
        item, expected = items[f"L{i:04}"], rate(world, line)
        for name in ("L_lo", "L", "L_hi", "S", "SAL", "PRI"):
            assert item[name] == pytest.approx(expected[name], abs=1e-6), (name, line)
        for stage in item["stages"]:
            assert [stage["L_lo"], stage["L"], stage["L_hi"]] == pytest.approx(
                expected["stages"][stage["stage"]], abs=1e-6
            )


@few
@given(worlds(), some_lines())
def test_points_lie_inside_their_intervals_and_everything_lies_between_0_and_4(
    world: World, lines: list[dict[str, Any]]
) -> None:
    with Engine() as engine:
        for item in score_in(engine, world, lines, (), METHOD).items():
            assert 0 <= item["L_lo"] <= item["L"] <= item["L_hi"] <= 4
            assert 0 <= item["S"] <= 4
            assert 0 <= item["SAL"] <= 4
            assert item["SAL"] <= item["PRI"] <= 4
            for stage in item["stages"]:
                assert all(0 <= g["lo"] <= g["point"] <= g["hi"] <= 4 for g in stage["groups"].values())


def raised(world: World, which: str) -> World:
    """The same world with one kind of input one level worse everywhere."""
    if which == "country":
        for row in world.evidence["country_factors"]:
            row |= {end: min(4.0, row[end] + 1) for end in ("lo", "value", "hi")}
    elif which == "list":
        world.evidence["listed_goods"] = []
        for good in ("Coffee", "Polysilicon"):
            for country in ("AA", "MM", "ZZ"):
                world.listed(good, country)
    elif which == "harm":
        for row in world.rows["profile_harms"]:
            row["scope"] = min(4, row["scope"] + 1)
    else:
        for row in world.rows["profile_stages"]:
            row |= {f"{which}{end}": min(4.0, row[f"{which}{end}"] + 1) for end in ("", "_lo", "_hi")}
    return world


@pytest.mark.parametrize("which", ["P", "W", "B", "country", "list", "harm"])
def test_a_worse_input_never_lowers_anything(which: str) -> None:
    lines = [
        full_line(profile=p, country=c, origin_country=o)
        for p in ("CLEAN", "COFFEE", "ADVICE", "PANELS")
        for c in ("AA", "ZZ", None)
        for o in ("AA", "MM", "ZZ", None)
    ]
    with Engine() as one, Engine() as other:
        before = {i["line_id"]: i for i in score_in(one, small_world(), lines, (), METHOD).items()}
        after = {i["line_id"]: i for i in score_in(other, raised(small_world(), which), lines, (), METHOD).items()}
    assert before.keys() == after.keys()
    moved = 0
    for line_id, item in after.items():
        for name in ("L_lo", "L", "L_hi", "S", "SAL", "PRI"):
            assert item[name] >= before[line_id][name], (name, line_id)
        moved += item["PRI"] > before[line_id]["PRI"]
    assert moved > 0
