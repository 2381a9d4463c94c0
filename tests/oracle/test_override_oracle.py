"""Overrides once more in plain Python, and what no override may do: a raise lowers nothing, a lowering goes one level at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle_in_python import judged
from scoring_world import World, full_line, score_in, small_world

from duecare.identify.arithmetic import BANDS
from duecare.identify.method import load_method
from duecare.identify.overrides import Approver, Proof, Ruling, Where
from duecare.identify.view import FindingsView
from duecare.register.engine import Engine

METHOD = load_method()
SCOPES = ({}, {"profile": "CLEAN"}, {"country": "AA"}, {"contract_id": "C1"}, {"stage": "SITE"}, {"stage": "RAW"})
FACTORS = ("P1", "P2", "P4", "W2", "W3", "W10", "B1", "B2", "B5", "B9")
TARGETS = (*"PXGWBQLS", "LEV", *FACTORS)
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def ruling(name: str, target: str, direction: str, value: float, grade: str, scope: dict[str, str]) -> Ruling:
    """An override of Mission as it stands after its rules were checked."""
    where = {k: v for k, v in scope.items() if k != "stage" or target not in ("L", "S", "LEV", "Q")}
    proof = Proof("Visit", "Mission", date(2026, 9, 1), grade)  # type: ignore[arg-type]
    by = (Approver("focal_point", "a"), Approver("procurement", "b"))[: 1 if direction == "raise" else 2]
    days = {"created": date(2026, 10, 1), "expires": date(2027, 9, 1)}
    return Ruling(
        id=name, target=target, where=Where(structure="Mission", **where), value=value, direction=direction,  # type: ignore[arg-type]
        reason="r" * 80, evidence=(proof,), by=by, **days,
    )  # fmt: skip


@st.composite
def rulings(draw: st.DrawFn, name: str, direction: str | None = None) -> Ruling:
    return ruling(
        name,
        draw(st.sampled_from(TARGETS)),
        direction or draw(st.sampled_from(["raise", "lower"])),
        draw(st.integers(2, 8)) / 2 - draw(st.sampled_from([0.0, 0.1])),
        draw(st.sampled_from(["E1", "E2", "E3", "E4"])),
        draw(st.sampled_from(SCOPES)),
    )


def world_with_sight() -> World:
    """The small world, with some factors that somebody saw."""
    world = small_world()
    world.observed("W3", 4.0, "E2", country="AA")
    world.observed("B4", 2.0, "E3", supplier_id="R-2")
    return world


LINES = [
    full_line(profile=p, country=c, origin_country=o, supplier_id=s, subcontract_share=share)
    for p in ("CLEAN", "COFFEE", "PANELS", "ADVICE")
    for c, o, s, share in (("AA", "ZZ", "R-1", 10.0), (None, None, "R-2", None), ("ZZ", "AA", "R-2", 60.0))
]


def items(engine: Engine, said: Sequence[Ruling]) -> tuple[FindingsView, list[dict[str, Any]]]:
    view = score_in(engine, world_with_sight(), LINES, tuple(said), METHOD)
    return view, sorted(view.items(), key=lambda item: str(item["line_id"]))


@few
@given(st.lists(rulings("other"), max_size=1), rulings("one", "raise"))
def test_a_raise_never_lowers_anything(others: list[Ruling], one: Ruling) -> None:
    with Engine() as engine:
        before = items(engine, others)[1]
        after = items(engine, [*others, one])[1]
    for was, now in zip(before, after, strict=True):
        for name in ("L", "S", "PRI", *([] if others else ["L_lo", "L_hi"])):
            assert now[name] >= was[name], (name, one)
        assert BANDS.index(now["band"]) >= BANDS.index(was["band"])


@few
@given(rulings("one", "lower"))
def test_a_lowering_moves_what_it_is_about_by_one_level_at_most(one: Ruling) -> None:
    def levels(view: FindingsView, found: list[dict[str, Any]]) -> dict[Any, float]:
        groups = {
            (i["line_id"], s["stage"], g): level["point"]
            for i in found
            for s in i["stages"]
            for g, level in s["groups"].items()
            if level["point"] is not None
        }
        return groups | {(i["line_id"], name): i[name] for i in found for name in ("L", "S", "LEV")}

    with Engine() as engine:
        before, after = levels(*items(engine, [])), levels(*items(engine, [one]))
    assert before.keys() == after.keys()
    for key, was in before.items():
        assert after[key] >= was - 1 - 1e-9, (key, one)


@few
@given(st.lists(st.tuples(st.sampled_from(["W", "Q", "G", "L", "S"]), rulings("x")), min_size=1, max_size=3))
def test_sql_equals_plain_python(drawn: list[tuple[str, Ruling]]) -> None:
    """Groups and whole lines: the level of every line from the model's and what was said of it, by the rules alone."""
    target = drawn[0][0]
    said = [ruling(f"o{n}", target, r.direction, r.value, r.grade, {}) for n, (_, r) in enumerate(drawn)]
    with Engine() as engine:
        before, after = items(engine, [])[1], items(engine, said)[1]
    for was, now in zip(before, after, strict=True):
        if target in ("L", "S"):
            expected = judged(was[target], said)
            if target == "L" and expected < was["L"]:
                assert expected <= now["L"] <= was["L"]  # a floor may hold it
                continue
            assert now[target] == pytest.approx(expected, abs=1e-9)
        else:
            for a, b in zip(sorted(was["stages"], key=_stage), sorted(now["stages"], key=_stage), strict=True):
                expected = judged(a["groups"][target]["point"], said)
                assert b["groups"][target]["point"] == pytest.approx(expected, abs=1e-9)


def _stage(stage: dict[str, Any]) -> str:
    return str(stage["stage"])
