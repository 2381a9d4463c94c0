"""Overrides follow METHOD 1.10: who may change what by how much, what is refused by which rule, and both values shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from scoring_world import AS_OF, Scored, World, full_line

from duecare.errors import WrongUsage
from duecare.identify.left_out import left_out
from duecare.identify.method import load_method
from duecare.identify.overrides import Ruling, bias, broken_at, read_overrides, sift

METHOD = load_method()
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "overrides" / "rules.yaml").read_text("utf-8"))
REASON = (
    "The focal point and the contract manager interviewed half of the crew off site and saw all pay slips of a year."
)


def ruling(**said: Any) -> Ruling:
    values: dict[str, Any] = {
        "id": "o1", "target": "W", "where": {"structure": "Mission", "profile": "CLEAN"}, "value": 2.0, "direction": "lower", "reason": REASON,
        "evidence": [{"title": "Interview round", "publisher": "Mission", "date": "2026-09-01", "grade": "E4"}],
        "by": [{"role": "focal_point", "author": "a"}, {"role": "procurement", "author": "b"}], "created": "2026-10-01", "expires": "2027-09-30",
    }  # fmt: skip
    return msgspec.convert(values | said, Ruling, strict=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_rules(case: dict[str, Any]) -> None:
    applied, refused = sift([ruling(**case["said"])], METHOD, AS_OF)
    assert [r.rule for r in refused] == ([case["rule"]] if case["rule"] else [])
    assert len(applied) == (not case["rule"])
    assert all(r.sentence.endswith(".") for r in refused)


def test_a_lowered_group_shows_both_values_and_touches_only_its_lines(world: World, scored: Scored) -> None:
    lines = [full_line(line_id="here"), full_line(line_id="there", structure="Elsewhere")]
    items = {item["line_id"]: item for item in scored(world, lines, (ruling(),)).items()}
    assert items["there"]["override"] is None
    assert items["here"]["override"]["model_L"] == items["there"]["L"]
    assert items["here"]["L"] < items["there"]["L"]
    assert items["here"]["stages"][0]["groups"]["W"] == {"lo": 2.0, "point": 2.0, "hi": 2.0}


def test_raising_takes_one_qualified_person(world: World, scored: Scored) -> None:
    one = ruling(direction="raise", target="W3", value=4.0, by=[{"role": "field_expert", "author": "a"}])
    applied, refused = sift([one], METHOD, AS_OF)
    assert not refused
    item = next(scored(world, [full_line()], applied).items())
    assert item["L"] > item["override"]["model_L"]


def test_lowering_by_more_than_one_level_is_not_applied(world: World, scored: Scored) -> None:
    item = next(scored(world, [full_line()], (ruling(value=1.0),)).items())
    assert item["L"] == item["override"]["model_L"]


def test_no_override_goes_below_a_floor(world: World, scored: Scored) -> None:
    said = full_line(profile="PANELS", origin_country="ZZ")
    item = next(scored(world, [said], (ruling(target="L", where={"profile": "PANELS"}, value=3.0),)).items())
    assert item["L"] == 3.25
    assert "F3" in item["stages"][0]["floors"]


WAIVER = {
    "by": [{"role": role, "author": role} for role in ("legal", "focal_point", "senior_management")],
    "evidence": [{"title": "Inspection", "publisher": "Inspectorate", "date": "2026-09-01", "grade": "E3"}],
}


def test_a_waiver_lowers_what_the_list_leaves_at_least_and_both_values_are_shown(world: World, scored: Scored) -> None:
    world.profile("LISTED", documented=4)
    world.stage("LISTED", "SITE", 2, 2, 2)
    world.harm("LISTED", "SITE", "H1", 2, 2, 2)
    lines = [
        full_line(line_id="here", profile="LISTED"),
        full_line(line_id="there", profile="LISTED", structure="Elsewhere"),
    ]
    waiver = ruling(target="F1", where={"structure": "Mission"}, value=1.5, **WAIVER)
    applied, refused = sift([waiver], METHOD, AS_OF)
    assert not refused
    items = {item["line_id"]: item for item in scored(world, lines, applied).items()}
    assert (items["there"]["L"], items["there"]["stages"][0]["floors"]) == (2.5, ["F1"])
    assert items["here"]["override"]["model_L"] == 2.5
    assert 1.5 <= items["here"]["L"] < 2.5
    assert items["here"]["stages"][0]["floors"] == []


def test_a_waiver_of_the_country_floor_touches_no_other_floor(world: World, scored: Scored) -> None:
    world.profile("QUIET", q=(1.0, 1.0, 1.0))
    world.stage("QUIET", "SITE", 1, 1, 1, half=0.0)
    world.harm("QUIET", "SITE", "H1", 1, 1, 1)
    said = {"country": "ZZ", "price_weight": 0.0, "subcontract_share": 0.0}
    lines = [
        full_line(line_id="q", profile="QUIET", **said),
        full_line(line_id="p", profile="PANELS", origin_country="ZZ", **said),
    ]
    waiver = ruling(target="F2", where={"country": "ZZ"}, value=0.5, **WAIVER)
    items = {item["line_id"]: item for item in scored(world, lines, (waiver,)).items()}
    assert items["q"]["override"]["model_L"] == 1.5
    assert items["q"]["L"] < 1.5
    assert items["p"]["L"] >= 3.25


def test_severity_and_leverage_can_be_set_for_a_line(world: World, scored: Scored) -> None:
    where = {"contract_id": "C1"}
    said = full_line(contract_id="C1", start_date=None, end_date="2028-02-01", tenderers=1)
    model = next(scored(world, [said]).items())
    lower = round(model["LEV"] - 0.9, 2)
    both = (
        ruling(id="s", target="S", where=where, value=4.0, direction="raise"),
        ruling(id="l", target="LEV", where=where, value=lower),
    )
    item = next(scored(world, [said], both).items())
    assert (item["S"], item["LEV"], item["route"]) == (4.0, lower, "COLLECTIVE")
    assert item["override"]["model_S"] == pytest.approx(3.7333, abs=1e-4)


SHOWN = ("L_lo", "L", "L_hi", "S", "PRI", "band", "ddl", "LEV", "route")
EVIDENCE = {
    grade: [{"title": "Interview round", "publisher": "Mission", "date": "2026-09-01", "grade": grade}]
    for grade in ("E1", "E2", "E3", "E4")
}


def value_of(item: dict[str, Any], target: str) -> float:
    """What a line has for a target; a single factor by its group."""
    return float(item[target]) if target in ("L", "S", "LEV") else item["stages"][0]["groups"][target[0]]["point"]


@pytest.mark.parametrize("target", ["P", "W", "B", "G", "Q", "P1", "W3", "B2", "L", "S", "LEV"])
@pytest.mark.parametrize(("direction", "by", "rule"), [("raise", -0.5, "direction"), ("lower", -1.5, "one level")])
def test_what_lies_too_low_is_listed_and_the_model_stays(
    world: World, scored: Scored, target: str, direction: str, by: float, rule: str
) -> None:
    world.country("AA", G1=3.0, G3=3.0, G4=3.0)
    world.observed("B2", 3.0, "E3")
    said = full_line(price_weight=100.0, payment_days=90, country="MM")
    before = next(scored(world, [said]).items())
    meets = {"P1": 3.0, "W3": 3.0, "B2": 3.0}.get(target) or value_of(before, target)
    low = ruling(target=target, value=round(meets + by, 2), direction=direction)
    applied, refused = sift([low], METHOD, AS_OF)
    assert not refused
    view = scored(world, [said], applied)
    item = next(view.items())
    assert {name: item[name] for name in SHOWN} == {name: before[name] for name in SHOWN}
    assert value_of(item, target) == value_of(before, target)
    (listed,) = left_out(view.engine, METHOD)
    assert (listed.id, listed.rule) == ("o1", rule)
    assert f"{target} stays as the model has it in 1 places." in listed.sentence


def test_a_factor_nobody_asked_about_never_thins_its_group(world: World, scored: Scored) -> None:
    for factor in ("W1", "W3", "W8", "W10"):
        world.observed(factor, 4.0, "E3")
    one = ruling(target="W2", value=3.5, direction="raise", by=[{"role": "procurement", "author": "a"}])
    before = next(scored(world, [full_line()]).items())
    view = scored(world, [full_line()], (one,))
    assert next(view.items())["L"] == before["L"]
    assert [listed.rule for listed in left_out(view.engine, METHOD)] == ["direction"]


def test_a_raise_takes_back_no_other_and_stands_over_a_lowering(world: World, scored: Scored) -> None:
    high = ruling(id="high", value=4.0, direction="raise", evidence=EVIDENCE["E1"])
    less = ruling(id="less", value=3.5, direction="raise", evidence=EVIDENCE["E4"])
    for others in ((less,), (ruling(id="down"),), (less, ruling(id="down"))):
        item = next(scored(world, [full_line()], (high, *others)).items())
        assert value_of(item, "W") == 4.0


@pytest.mark.parametrize(
    ("model", "value", "direction", "rule"),
    [(2.7, 1.7, "lower", ""), (2.7, 1.6, "lower", "one level"), (3.0, 2.9, "raise", "direction"), (3.0, 3.0, "raise", "")],
)  # fmt: skip
def test_before_a_run_the_same_is_said(model: float, value: float, direction: str, rule: str) -> None:
    assert broken_at(model, value, direction, METHOD) == rule


def test_an_unknown_key_names_the_file_and_the_key(tmp_path: Path) -> None:
    path = tmp_path / "local.yaml"
    path.write_text("overrides:\n- {id: a, targte: W}\n", "utf-8")
    with pytest.raises(WrongUsage, match=r"local\.yaml"):
        read_overrides(path)


def test_the_same_id_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "local.yaml"
    path.write_bytes(msgspec.yaml.encode({"overrides": [msgspec.to_builtins(ruling()), msgspec.to_builtins(ruling())]}))
    with pytest.raises(WrongUsage, match="written twice"):
        read_overrides(path)


def test_a_readable_file_gives_its_overrides(tmp_path: Path) -> None:
    path = tmp_path / "local.yaml"
    path.write_bytes(msgspec.yaml.encode({"overrides": [msgspec.to_builtins(ruling())]}))
    assert read_overrides(path) == (ruling(),)


@pytest.mark.parametrize(("lowering", "raising", "flagged"), [(8, 2, True), (7, 3, False), (9, 0, False)])
def test_bias_is_flagged_from_ten_with_more_than_seventy_percent_lowering(
    lowering: int, raising: int, flagged: bool
) -> None:
    many = [ruling(id=f"l{n}") for n in range(lowering)] + [
        ruling(id=f"r{n}", direction="raise") for n in range(raising)
    ]
    assert bias(many, METHOD) == [{"structure": "Mission", "raise": raising, "lower": lowering, "peer_review": flagged}]


def test_expiry_counts_from_the_day_of_the_run() -> None:
    _, refused = sift([ruling()], METHOD, date(2027, 10, 1))
    assert refused[0].rule == "expiry"
