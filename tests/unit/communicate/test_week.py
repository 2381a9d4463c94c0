"""The list cut to a person's hours: what fits, what is never cut, what others do, what waits."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from duecare.communicate.week import ASSUMED_HOURS, HOURS, MOST_NOW, fit, hours_of
from duecare.identify.priority import Chosen, LeftOut, PriorityList


def item(number: int, ddl: str = "INTENSIVE", role: str = "CM", **more: Any) -> Chosen:
    said: dict[str, Any] = {
        "rank": number,
        "line_id": f"l{number}",
        "lines": (f"l{number}",),
        "mandatory": False,
        "PRI": 4.0 - number / 100,
    }
    return Chosen(**said | {"act": "", "why": {}, "by": {}, "role": role, "question": "", "ddl": ddl} | more)


def listed(*items: Chosen, behind: int = 0) -> PriorityList:
    left = (LeftOut("capacity", {}, behind, ()),) if behind else ()
    return PriorityList(40, items, left, 0)


def test_items_are_taken_in_their_order_until_the_next_does_not_fit() -> None:
    week = fit(listed(item(1), item(2), item(3, "STANDARD")), 2.0, {"CM"})
    assert [one.line_id for one in week.now] == ["l1"]
    assert [one.line_id for one in week.later] == ["l2", "l3"]
    assert week.used == 1.5


def test_at_least_one_item_is_for_today() -> None:
    assert len(fit(listed(item(1), item(2)), 0.25, {"CM"}).now) == 1


def test_what_is_mandatory_stays_whatever_the_hours() -> None:
    week = fit(listed(*(item(n, mandatory=True) for n in range(1, 6))), 2.0, {"CM"})
    assert len(week.now) + len(week.must) == 5
    assert week.later == ()
    assert week.needed == 5 * HOURS["INTENSIVE"]


def test_acts_of_other_roles_take_none_of_ones_hours() -> None:
    week = fit(listed(item(1, role="PO"), item(2), item(3, role="RQ")), 2.0, {"CM", "FP"})
    assert [one.line_id for one in week.now] == ["l2"]
    assert [one.line_id for one in week.others] == ["l1", "l3"]


def test_people_without_an_acting_role_follow_all() -> None:
    assert fit(listed(item(1, role="PO"), item(2)), 9.0, {"SM"}).others == ()


def test_what_a_decision_puts_off_is_not_for_today_even_if_it_is_mandatory() -> None:
    week = fit(listed(item(1, mandatory=True), item(2)), 2.0, {"CM"}, {"l1"})
    assert [one.line_id for one in week.put_off] == ["l1"]
    assert [one.line_id for one in week.now] == ["l2"]


def test_lines_that_wait_are_counted_with_those_behind_the_list() -> None:
    assert fit(listed(item(1), item(2, lines=("l2", "x", "y")), behind=7), 1.5, {"CM"}).lines_later == 10


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(HOURS)), st.sampled_from(["PO", "CM", "RQ"]), st.booleans()), max_size=30
    ),
    st.floats(0, 60),
    st.sets(st.sampled_from(["PO", "CM", "RQ", "SM"])),
    st.sets(st.integers(1, 30)),
)
def test_nothing_is_lost_and_nothing_smaller_overtakes(
    drawn: list[tuple[str, str, bool]], hours: float, roles: set[str], off: set[int]
) -> None:
    items = [item(n, ddl, role, mandatory=must) for n, (ddl, role, must) in enumerate(drawn, 1)]
    week = fit(listed(*items), hours, roles, {f"l{n}" for n in off})
    parts = (week.now, week.must, week.later, week.others, week.put_off)
    assert sorted(one.rank for part in parts for one in part) == [one.rank for one in items]
    assert all(one.mandatory for one in week.must)
    assert not any(one.mandatory for one in week.later)
    assert not week.now or max(one.rank for one in week.now) < min(
        (one.rank for one in (*week.must, *week.later)), default=99
    )
    assert len(week.now) <= MOST_NOW
    assert len(week.now) <= 1 or hours_of(week.now) <= hours


def test_hours_are_assumed_for_those_who_have_said_none() -> None:
    assert HOURS["INTENSIVE"] <= ASSUMED_HOURS
