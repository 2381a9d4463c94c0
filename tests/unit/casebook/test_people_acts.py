"""Roles: nobody changes their own, somebody always stays to look after them; a name in the data belongs to one office."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from casebook_home import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging_people import actor, office, person

from duecare.casebook.access import NotAllowed, reach_of
from duecare.errors import CannotAnswer, WrongUsage

TODAY = NOW.date()


@pytest.fixture
def administrator(home: object) -> Any:
    return person("adm", ("ADM", None))


def test_a_role_is_given_for_a_time_and_ended(administrator: Any) -> None:
    from duecare.casebook.acts import people

    north, someone = office("Office North"), person("po")
    given = people.assign(actor(administrator), someone, "PO", north, TODAY, TODAY + timedelta(days=30))
    assert reach_of(someone, TODAY).roles == {"PO"}
    assert reach_of(someone, TODAY + timedelta(days=31)).roles == frozenset()
    people.end(actor(administrator), given, TODAY)
    assert reach_of(someone, TODAY + timedelta(days=1)).roles == frozenset()
    assert given.history.count() == 2
    assert {one.history_user_id for one in given.history.all()} == {administrator.oid}


def test_nobody_changes_their_own_roles(administrator: Any) -> None:
    from duecare.casebook.acts import people

    own = administrator.assignments.get()
    person("second", ("ADM", None))
    for change in (
        lambda: people.assign(actor(administrator), administrator, "FP", None, TODAY),
        lambda: people.end(actor(administrator), own, TODAY),
        lambda: people.rest(actor(administrator), administrator),
    ):
        with pytest.raises(WrongUsage, match="own roles"):
            change()
    assert reach_of(administrator, TODAY).roles == {"ADM"}


def test_inviting_oneself_gives_no_role(administrator: Any) -> None:
    from duecare.casebook.acts import organising

    with pytest.raises(WrongUsage, match="own roles"):
        organising.invite(actor(administrator), administrator.email.upper(), "FP")
    assert reach_of(administrator, TODAY).roles == {"ADM"}


def test_an_office_s_administrator_makes_no_link_for_somebody_known(administrator: Any) -> None:
    from duecare.casebook.acts import organising
    from duecare.casebook.models import Invitation

    north = office("Office North")
    local, chief = person("localadm", ("ADM", north)), person("chief", ("SM", None))
    with pytest.raises(NotAllowed):
        organising.invite(actor(local), chief.email, "RQ", north)
    assert not Invitation.objects.filter(person=chief).exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from(["end", "rest", "later"])), max_size=8
    )
)
def test_somebody_always_stays_to_look_after_people(home: object, steps: list[tuple[int, int, str]]) -> None:
    from duecare.casebook.acts import people
    from duecare.casebook.models import Assignment, Person
    from duecare.casebook.models.kept import new_oid

    Assignment.objects.all().delete()
    three = [person(f"a{new_oid()}", ("ADM", None)) for _ in range(3)]
    for by, whom, how in steps:
        doer, concerned = Person.objects.get(pk=three[by].pk), Person.objects.get(pk=three[whom].pk)
        try:
            if how == "rest":
                people.rest(actor(doer), concerned)
            else:
                last = TODAY if how == "end" else TODAY + timedelta(days=90)
                people.end(actor(doer), concerned.assignments.get(), last)
        except (WrongUsage, NotAllowed):
            continue
    lasting = Assignment.objects.filter(role="ADM", structure=None, until=None, person__is_active=True)
    assert lasting.exists()


def test_the_one_person_of_a_machine_may_change_their_roles_but_stays_administrator(home: object) -> None:
    from duecare.casebook.acts import organising, people

    alone = organising.local_person(NOW)
    people.end(actor(alone), alone.assignments.get(role="IV"), TODAY - timedelta(days=1))
    assert "IV" not in reach_of(alone, TODAY).roles
    with pytest.raises(WrongUsage, match="last administrator"):
        people.end(actor(alone), alone.assignments.get(role="ADM"), TODAY)


@pytest.mark.parametrize("role", ["PO", "FP", "SM", "DPO", "IA"])
def test_others_do_not_change_people(home: object, role: str) -> None:
    from duecare.casebook.acts import people

    someone = person("someone")
    with pytest.raises(NotAllowed):
        people.assign(actor(person("x", (role, None))), someone, "PO", None, TODAY)


def test_a_person_at_rest_reaches_nothing_and_wakes_with_their_roles(administrator: Any) -> None:
    from duecare.casebook.acts import people
    from duecare.casebook.models import Person

    someone = person("po", ("PO", office("Office North")))
    people.rest(actor(administrator), someone)
    resting = Person.objects.get(pk=someone.pk)
    assert (reach_of(resting, TODAY).roles, resting.sessions_since) == (frozenset(), NOW)
    people.wake(actor(administrator), someone)
    assert reach_of(Person.objects.get(pk=someone.pk), TODAY).roles == {"PO"}


def test_people_of_other_offices_are_not_shown(home: object) -> None:
    from duecare.casebook.acts import people

    north, south = office("Office North"), office("Office South")
    focal, far, chief = person("fp", ("FP", north)), person("far", ("PO", south)), person("chief", ("SM", None))
    shown = set(people.visible(actor(focal)))
    assert (focal in shown, chief in shown, far in shown) == (True, True, False)
    assert set(people.visible(actor(person("rq", ("RQ", north))))) == set()


def test_an_office_keeps_its_names_exactly_and_alone(administrator: Any) -> None:
    from duecare.casebook.acts import people

    north = people.add_office(
        actor(administrator), people.Office("Office North", "RS", languages=["en"], names=["Kancelarija  Sever "])
    )
    assert north.names == ["Kancelarija  Sever "]
    with pytest.raises(WrongUsage, match="belongs to the office Office North"):
        people.add_office(actor(administrator), people.Office("Office South", names=["Office North"]))
    people.name_in_data(actor(administrator), north, "Канцеларија Север")
    found = [("Канцеларија Север", 3), ("Unknown", 5), ("Office North", 2), ("", 9), ("Another", 5)]
    assert people.unmapped(found) == [("Another", 5), ("Unknown", 5)]
    assert north.history.count() == 2


def test_only_the_whole_organisation_gives_an_office_another_name(home: object) -> None:
    from duecare.casebook.acts import people

    north = office("Office North")
    local = actor(person("localadm", ("ADM", north)))
    with pytest.raises(NotAllowed):
        people.name_in_data(local, north, "Office South")
    changed = people.describe_office(local, north, people.Office("Office North", "AL", capacity=40))
    assert (changed.country, changed.capacity) == ("AL", 40)


def test_a_key_gives_no_more_than_its_person_and_ends_at_once(home: object) -> None:
    from duecare.casebook import keys as kept
    from duecare.casebook.access import Need
    from duecare.casebook.acts import keys

    north, south = office("Office North"), office("Office South")
    owner = person("po", ("PO", north))
    row, key = keys.make(actor(owner), "nightly export", TODAY + timedelta(days=30), structure=north)
    assert kept.holder_of(key, NOW) == row
    reach = kept.narrowed(reach_of(owner, TODAY), row)
    assert (reach.may(Need("BIZ"), north.oid), reach.may(Need("BIZ", "write"), north.oid)) == (True, False)
    with pytest.raises(CannotAnswer):
        keys.revoke(actor(person("other", ("PO", north))), row.oid)
    keys.revoke(actor(owner), row.oid)
    assert kept.holder_of(key, NOW) is None
    for said, named in (
        ({"until": date(2028, 1, 1)}, "until"),
        ({"structure": south}, "structure"),
        ({"name": " "}, "name"),
    ):
        wanted = {"name": "export", "until": TODAY} | said
        with pytest.raises(WrongUsage, match=f"^{named}"):
            keys.make(actor(owner), **wanted)
