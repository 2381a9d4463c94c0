"""A rating is seen by nobody but its author before it is revealed, and revealing changes none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging_people import actor, office, person

from duecare.casebook.access import NotAllowed
from duecare.errors import WrongUsage

RATERS = ("PO", "CM", "FP", "LG", "SM")


@pytest.fixture
def north(home: object) -> Any:
    return office("Office North")


@pytest.fixture
def raters(north: Any) -> dict[str, Any]:
    return {role: actor(person(role.lower(), (role, north))) for role in RATERS}


@pytest.fixture
def opened(north: Any, raters: dict[str, Any]) -> Callable[..., Any]:
    from duecare.casebook.acts import workshops

    def made(*lines: str) -> list[Any]:
        items = [workshops.Item(line, f"Contract {line}", "L", 2.75) for line in lines or ("a1",)]
        return list(
            workshops.open_workshop(raters["FP"], north, "Top thirty", date(2026, 11, 24), items).items.order_by(
                "line_id"
            )
        )

    return made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.floats(0, 4).map(lambda value: round(value, 1)), min_size=2, max_size=5))
def test_nobody_sees_others_before_and_nothing_changes_by_showing(
    opened: Callable[..., Any], raters: dict[str, Any], north: Any, values: list[float]
) -> None:
    from duecare.casebook.acts import workshops
    from duecare.casebook.models import WorkshopRating

    [item] = opened()
    for role, value in zip(RATERS, values, strict=False):
        workshops.rate(raters[role], item, role, value, f"because {role}")
        for other in RATERS:
            seen = workshops.seen(raters[other], item)
            own = dict(zip(RATERS, values, strict=False)) if RATERS.index(other) <= RATERS.index(role) else {}
            assert seen == workshops.Seen(RATERS.index(role) + 1, own.get(other), f"because {other}" if own else "")
    before = sorted(WorkshopRating.objects.filter(item=item).values_list("oid", "value", "note", "role"))
    workshops.reveal(raters["FP"], item, "One of us would wait for the inspection.")
    assert sorted(WorkshopRating.objects.filter(item=item).values_list("oid", "value", "note", "role")) == before
    seen = workshops.seen(raters["SM"], item)
    assert (seen.values, seen.median) == (tuple(sorted(values)), median(values))
    assert (seen.lowest, seen.highest, seen.model_value, seen.dissent) == (
        min(values),
        max(values),
        2.75,
        "One of us would wait for the inspection.",
    )


@pytest.mark.parametrize("role", ["RQ", "FIN", "DPO", "IA"])
def test_who_reads_only_sees_numbers_of_people_before(
    opened: Callable[..., Any], raters: dict[str, Any], north: Any, role: str
) -> None:
    from duecare.casebook.acts import workshops

    [item] = opened()
    workshops.rate(raters["PO"], item, "PO", 3.5, "seen on site")
    reader = actor(person("reader", (role, north)))
    assert workshops.seen(reader, item) == workshops.Seen(1, None)
    with pytest.raises((NotAllowed, WrongUsage)):
        workshops.rate(reader, item, role, 1.0)


def test_another_office_and_the_administrator_see_nothing(opened: Callable[..., Any], raters: dict[str, Any]) -> None:
    from duecare.casebook.acts import workshops

    [item] = opened()
    for held in (("FP", office("Office South")), ("ADM", None), ("IV", None), ("SAG", None)):
        stranger = actor(person(f"s{held[0].lower()}", held))
        with pytest.raises(NotAllowed):
            workshops.seen(stranger, item)
        with pytest.raises(NotAllowed):
            workshops.rate(stranger, item, held[0], 1.0)


def test_the_log_does_not_tell_a_rating(opened: Callable[..., Any], raters: dict[str, Any]) -> None:
    from duecare.casebook.acts import workshops
    from duecare.casebook.models import AuditEntry

    [item] = opened()
    workshops.rate(raters["PO"], item, "PO", 3.5, "seen on site")
    entry = AuditEntry.objects.get(act="workshop.rate")
    assert entry.detail == {"role": "PO"}


def test_one_rating_each_and_none_after_the_others_were_shown(
    opened: Callable[..., Any], raters: dict[str, Any]
) -> None:
    from duecare.casebook.acts import workshops

    [item] = opened()
    workshops.rate(raters["PO"], item, "PO", 3.5)
    with pytest.raises(WrongUsage, match="not changed"):
        workshops.rate(raters["PO"], item, "PO", 1.0)
    with pytest.raises(WrongUsage, match="At least 2"):
        workshops.reveal(raters["FP"], item)
    workshops.rate(raters["SM"], item, "SM", 2.5)
    with pytest.raises(WrongUsage, match="focal point"):
        workshops.reveal(raters["PO"], item)
    workshops.reveal(raters["FP"], item)
    with pytest.raises(WrongUsage, match="have been shown"):
        workshops.rate(raters["LG"], item, "LG", 1.0)
    with pytest.raises(WrongUsage, match="shown before"):
        workshops.reveal(raters["FP"], item)
    assert workshops.took_part(item.workshop) == ["PO", "SM"]


def test_items_are_revealed_one_by_one(opened: Callable[..., Any], raters: dict[str, Any]) -> None:
    from duecare.casebook.acts import workshops

    first, second = opened("a1", "b2")
    for role in ("PO", "SM"):
        workshops.rate(raters[role], first, role, 3.0)
        workshops.rate(raters[role], second, role, 1.0)
    workshops.reveal(raters["FP"], first)
    assert workshops.seen(raters["LG"], first).median == 3.0
    assert workshops.seen(raters["LG"], second) == workshops.Seen(2, None)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 4.1])
def test_a_value_off_the_scale_is_refused(opened: Callable[..., Any], raters: dict[str, Any], value: float) -> None:
    from duecare.casebook.acts import workshops

    [item] = opened()
    with pytest.raises(WrongUsage, match="value"):
        workshops.rate(raters["PO"], item, "PO", value)


def test_a_workshop_needs_lines_and_a_title(north: Any, raters: dict[str, Any]) -> None:
    from duecare.casebook.acts import workshops
    from duecare.casebook.models import Workshop

    with pytest.raises(WrongUsage, match=r"^lines"):
        workshops.open_workshop(raters["FP"], north, "Top thirty", date(2026, 11, 24), [])
    with pytest.raises(WrongUsage, match=r"^title"):
        workshops.open_workshop(raters["FP"], north, " ", date(2026, 11, 24), [workshops.Item("a1", "Contract")])
    assert not Workshop.objects.exists()
