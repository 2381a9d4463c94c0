"""Plans: a form filled in on an older version is refused, every version is kept, the score says what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from casebook_home import NOW
from judging_people import actor, office, person

from duecare.casebook.access import NotAllowed
from duecare.errors import WrongUsage


def plan(**changed: Any) -> Any:
    from duecare.casebook.acts.plans import Plan

    said = Plan(
        "Interview workers of the cleaning contract",
        "OBJ4",
        "CM",
        date(2026, 12, 1),
        date(2027, 3, 31),
        measure_code="M-0807",
    )
    return replace(said, **changed)


@pytest.fixture
def north(home: object) -> Any:
    return office("Office North")


@pytest.fixture
def officer(north: Any) -> Any:
    return actor(person("po", ("PO", north)))


def test_a_form_on_an_older_version_is_refused_and_the_newer_is_shown(north: Any, officer: Any) -> None:
    from duecare.casebook.acts import plans

    action = plans.add_action(officer, north, plan())
    newer = plans.change_action(officer, action, 1, plan(state="running"))
    assert newer.version == 2
    with pytest.raises(plans.Changed) as refused:
        plans.change_action(officer, action, 1, plan(title="Something else"))
    assert (refused.value.now.state, refused.value.now.title) == ("running", plan().title)
    assert [one.state for one in newer.history.order_by("version")] == ["planned", "running"]
    assert {one.history_user_id for one in newer.history.all()} == {officer.person.oid}


def test_sending_the_same_again_makes_no_version(north: Any, officer: Any) -> None:
    from duecare.casebook.acts import plans

    action = plans.add_action(officer, north, plan())
    assert plans.change_action(officer, action, 1, plan()).version == 1
    assert action.history.count() == 1


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"title": ""}, "title"),
        ({"objective": "OBJ9"}, "objective"),
        ({"owner_role": "XX"}, "owner_role"),
        ({"due": date(2026, 11, 1)}, "due"),
        ({"budget_amount": Decimal(5)}, "budget_currency"),
        ({"budget_currency": "EUR"}, "budget_currency"),
        ({"budget_amount": Decimal(-5), "budget_currency": "EUR"}, "budget_amount"),
        ({"kpi": "K31"}, "kpi"),
        ({"state": "dropped"}, "dropped_because"),
        ({"title": "Call +44 7700 900123 about it"}, "title"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(north: Any, officer: Any, changed: dict[str, Any], named: str) -> None:
    from duecare.casebook.acts import plans

    with pytest.raises(WrongUsage, match=f"^{named}"):
        plans.add_action(officer, north, plan(**changed))


def test_actions_do_not_wait_for_each_other(north: Any, officer: Any) -> None:
    from duecare.casebook.acts import plans

    first = plans.add_action(officer, north, plan())
    second = plans.add_action(officer, north, plan(depends_on=first))
    with pytest.raises(WrongUsage, match=r"^depends_on"):
        plans.change_action(officer, first, 1, plan(depends_on=second))


def test_others_read_and_do_not_write(north: Any, officer: Any) -> None:
    from duecare.casebook.acts import plans

    action = plans.add_action(officer, north, plan())
    for stranger in (
        person("far", ("PO", office("Office South"))),
        person("ia", ("IA", north)),
        person("adm", ("ADM", None)),
    ):
        with pytest.raises(NotAllowed):
            plans.change_action(actor(stranger), action, 1, plan(state="done"))


def test_a_training_keeps_numbers_by_role(north: Any, officer: Any) -> None:
    from duecare.casebook.acts import plans

    course = plans.Course("TR3", "Screening and mapping", date(2026, 11, 20), Decimal(3), {"PO": 6, "FP": 1, "SUP": 0})
    assert plans.add_training(officer, north, course).reached == {"PO": 6, "FP": 1}
    for wrong in (
        {"reached": {}},
        {"reached": {"Ana": 1}},
        {"reached": {"PO": -1}},
        {"held": date(2027, 1, 1)},
        {"module": "TR13"},
    ):
        with pytest.raises(WrongUsage):
            plans.add_training(officer, north, replace(course, **wrong))


def test_a_talk_is_planned_and_then_held(north: Any, officer: Any) -> None:
    from duecare.casebook.acts import plans

    talk = plans.Talk("Clean Ltd", "meeting", date(2026, 11, 20), "Wages and subcontractors")
    kept = plans.add_talk(officer, north, talk)
    held = plans.change_talk(officer, kept, 1, replace(talk, held=date(2026, 11, 21), outcome="Pay slips by December."))
    assert (held.version, held.held) == (2, date(2026, 11, 21))
    with pytest.raises(plans.Changed):
        plans.change_talk(officer, kept, 1, talk)
    with pytest.raises(WrongUsage, match=r"^held"):
        plans.change_talk(officer, held, 2, replace(talk, held=date(2027, 1, 1)))


def test_an_action_is_late_after_its_day(north: Any, officer: Any) -> None:
    from duecare.casebook.acts import plans

    action = plans.add_action(officer, north, plan(start=date(2026, 1, 1), due=date(2026, 6, 30)))
    assert plans.is_late(action, NOW.date())
    assert not plans.is_late(
        plans.change_action(officer, action, 1, plan(start=date(2026, 1, 1), due=date(2026, 6, 30), state="done")),
        NOW.date(),
    )


def test_the_score_of_a_plan_says_what_it_lacks(north: Any, officer: Any) -> None:
    from duecare.casebook.acts import plans
    from duecare.casebook.plan_quality import quality

    assert quality([], ()).points == 0
    poor = plans.add_action(officer, north, plan(measure_code="M-0101"))
    found = {part.code: (part.points, part.missing) for part in quality([poor], ("a1", "b2")).parts}
    assert found == {
        "covered": (0, ("a1", "b2")), "owned": (2, ()), "budget": (0, (poor.oid,)), "workers": (0, ()), "practice": (0, ()), "remedy": (0, ()), "evidence": (0, (poor.oid,)),
    }  # fmt: skip
    rich = {"hours": Decimal(8), "evidence": ["Report of the interviews"]}
    whole = [
        plans.add_action(officer, north, plan(risks=["a1", "b2"], **rich)),
        plans.add_action(officer, north, plan(measure_code="M-0716", objective="OBJ3", **rich)),
        plans.add_action(officer, north, plan(measure_code="", objective="OBJ7", **rich)),
        plans.add_action(
            officer, north, plan(measure_code="", state="dropped", dropped_because="Not needed any more.")
        ),
    ]
    assert quality(whole, ("a1", "b2")).points == 10
    assert quality(whole[:1], ("a1", "b2")).points == 8
