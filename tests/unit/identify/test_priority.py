"""The list that fits the office: what is on it, what is never cut, what was left out and why."""

from __future__ import annotations

import pytest
from scoring_world import Scored, World, full_line

from duecare.errors import WrongUsage
from duecare.identify.priority import rank


def lines_of(profile: str, n: int, **said: object) -> list[dict[str, object]]:
    """Lines of as many offices, so that each is an item of its own."""
    return [full_line(profile=profile, line_id=f"{profile}-{i}", structure=f"Office {i}", **said) for i in range(n)]


def test_the_list_has_the_size_that_was_asked_for_and_counts_the_rest(world: World, scored: Scored) -> None:
    view = scored(world, [*lines_of("CLEAN", 6), *lines_of("ADVICE", 4)])
    chosen = rank(view, 3)
    assert [item.rank for item in chosen.chosen] == [1, 2, 3]
    assert all(item.act and item.question and item.why["sentence"] for item in chosen.chosen)
    left = {one.code: one.lines for one in chosen.left_out}
    assert len(chosen.chosen) + sum(left.values()) == 10
    assert left["capacity"] == 3


def test_very_high_with_grave_harm_is_never_cut(world: World, scored: Scored) -> None:
    world.observed("F4", 1.0, "E3", supplier_id="R-7")
    view = scored(world, [*lines_of("CLEAN", 4, supplier_id="R-7"), *lines_of("ADVICE", 3)])
    chosen = rank(view, 2)
    assert [item.mandatory for item in chosen.chosen] == [True] * 4
    assert chosen.beyond == 2


def test_work_on_site_is_one_item_per_office_and_category(world: World, scored: Scored) -> None:
    same = [full_line(line_id=f"same-{i}", supplier_id=f"R-{i}") for i in range(5)]
    view = scored(world, [*same, full_line(line_id="other", structure="Elsewhere")])
    chosen = rank(view, 2)
    assert sorted(len(item.lines) for item in chosen.chosen) == [1, 5]
    assert {one.code: one.lines for one in chosen.left_out} == {"same": 4}


def test_goods_of_one_kind_are_one_item_for_all_offices(world: World, scored: Scored) -> None:
    view = scored(world, lines_of("PANELS", 3, origin_country="ZZ"))
    assert [len(item.lines) for item in rank(view, 5).chosen] == [3]


def test_a_window_comes_first(world: World, scored: Scored) -> None:
    view = scored(
        world, [full_line(line_id="running"), full_line(line_id="ending", structure="Elsewhere", end_date="2027-01-15")]
    )
    first = rank(view, 1).chosen[0]
    assert first.line_id == "ending"
    assert first.act == "plan: act on CLEAN."
    assert "2027-01-15" in first.by["sentence"]


def test_one_office_sees_its_own_list(world: World, scored: Scored) -> None:
    view = scored(world, [full_line(line_id="mine"), full_line(line_id="theirs", structure="Elsewhere")])
    assert [item.line_id for item in rank(view, 5, "Elsewhere").chosen] == ["theirs"]


def test_a_capacity_of_nothing_is_an_error(world: World, scored: Scored) -> None:
    with pytest.raises(WrongUsage, match="1 or more"):
        rank(scored(world, [full_line()]), 0)
