"""A contract's thread: who may add what to it, what answers what, what became of it, and where an answer is missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from casebook_home import NOW

from duecare.casebook.access import Held, NotAllowed, Reach
from duecare.errors import CannotAnswer, WrongUsage

DAY = NOW.date()


@pytest.fixture
def office(home: Any) -> Any:
    from duecare.casebook.models import Structure

    return Structure.objects.create(name="Office North", names=["North as written"], at=NOW)


@pytest.fixture
def person(home: Any) -> Any:
    from duecare.casebook.models import Person

    return Person.objects.create_user("po@example.org", None, joined=NOW)


@pytest.fixture
def officer(office: Any, person: Any) -> Any:
    from duecare.casebook.writing import Actor

    return Actor(person, Reach(frozenset({Held("PO", office.oid)})), NOW)


def line(**other: str) -> Any:
    from duecare.casebook.acts.contracts import Line

    said = {"line_id": "l1", "contract_id": "C-1", "title": "Cleaning", "office": "North as written", "run": "r1"}
    return Line(**said | other)


def wish(kind: str, text: str = "Something to do", **more: Any) -> Any:
    from duecare.casebook.acts.contracts import Wish

    return Wish(kind, text, **more)


def chain(officer: Any) -> dict[str, Any]:
    """One link of each kind, each answering the one before."""
    from duecare.casebook.acts.contracts import add_link

    links, before = {}, ""
    for kind in ("reason", "measure", "clause", "check", "finding", "remedy"):
        links[kind] = add_link(officer, line(), wish(kind, answers=before))
        before = links[kind].oid
    return links


def gaps(contract: Any) -> list[tuple[str, str]]:
    from duecare.casebook.thread import thread_of

    return [(gap.code, gap.link.kind) for gap in thread_of(contract).gaps]


def test_a_contract_is_made_once_and_is_the_same_for_all_its_lines(officer: Any) -> None:
    from duecare.casebook.acts.contracts import contract_of
    from duecare.casebook.models import AuditEntry, Contract

    first = contract_of(officer, line())
    assert contract_of(officer, line(line_id="l2", run="r2")).oid == first.oid
    assert contract_of(officer, line(line_id="l3", contract_id="")).oid != first.oid
    assert Contract.objects.count() == 2
    assert list(AuditEntry.objects.values_list("act", flat=True)) == ["contract.take_up"] * 2


def test_an_office_that_nobody_entered_has_no_contracts(officer: Any) -> None:
    from duecare.casebook.acts.contracts import contract_of

    with pytest.raises(CannotAnswer, match="entered the office"):
        contract_of(officer, line(office="Somewhere"))


def test_another_office_or_a_reading_role_cannot_write(officer: Any, office: Any, person: Any) -> None:
    from duecare.casebook.acts.contracts import add_link, contract_of
    from duecare.casebook.models import Contract
    from duecare.casebook.writing import Actor

    for held in (Held("PO", "another"), Held("IA", office.oid), Held("ADM", "*")):
        stranger = Actor(person, Reach(frozenset({held})), NOW)
        with pytest.raises(NotAllowed):
            contract_of(stranger, line())
        with pytest.raises(NotAllowed):
            add_link(stranger, line(), wish("reason"))
    assert not Contract.objects.exists()


def test_a_whole_thread_has_no_gap(officer: Any) -> None:
    links = chain(officer)
    assert gaps(links["reason"].contract) == []


def test_each_missing_answer_is_named(officer: Any) -> None:
    from duecare.casebook.acts.contracts import add_event, add_link

    reason = add_link(officer, line(), wish("reason"))
    assert gaps(reason.contract) == [("reason_without_measure", "reason")]
    measure = add_link(officer, line(), wish("measure", answers=reason.oid))
    assert gaps(reason.contract) == [("measure_without_clause", "measure")]
    check = add_link(officer, line(), wish("check", answers=measure.oid))
    assert gaps(reason.contract) == [("measure_without_clause", "measure"), ("check_without_clause", "check")]
    add_link(officer, line(), wish("clause", answers=measure.oid))
    assert gaps(reason.contract) == []
    add_event(officer, check, "done")
    assert gaps(reason.contract) == [("check_without_finding", "check")]
    finding = add_link(officer, line(), wish("finding", answers=check.oid))
    assert gaps(reason.contract) == [("finding_without_remedy", "finding")]
    add_link(officer, line(), wish("remedy", answers=finding.oid))
    assert gaps(reason.contract) == []


def test_what_was_dropped_answers_nothing(officer: Any) -> None:
    from duecare.casebook.acts.contracts import add_event

    links = chain(officer)
    add_event(officer, links["clause"], "dropped", "the supplier did not agree")
    assert set(gaps(links["reason"].contract)) == {
        ("measure_without_clause", "measure"),
        ("check_without_clause", "check"),
    }


def test_a_reason_of_the_run_becomes_a_link_once(officer: Any) -> None:
    from duecare.casebook.acts.contracts import add_link
    from duecare.casebook.models import ThreadLink

    reason = ("P_PROFILE", "Work is done at night.")
    one = add_link(officer, line(), wish("measure", reason=reason))
    other = add_link(officer, line(), wish("measure", "Another measure", reason=reason))
    assert one.answers.code == "P_PROFILE"
    assert one.answers_id == other.answers_id
    assert ThreadLink.objects.filter(kind="reason").count() == 1


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"kind": "promise"}, "kind"),
        ({"kind": "measure"}, "answers"),
        ({"kind": "measure", "answers": "a" * 26}, "answers"),
        ({"kind": "reason", "text": "  "}, "text"),
        ({"kind": "reason", "text": "ring +44 7700 900123"}, "text"),
        ({"kind": "reason", "owner_role": "KING"}, "owner_role"),
        ({"kind": "reason", "evidence": ["a" * 26]}, "evidence"),
        ({"kind": "finding", "reason": ("P_PROFILE", "Night work")}, "answers"),
    ],
)
def test_what_does_not_fit_is_refused_by_field_and_nothing_is_kept(
    officer: Any, asked: dict[str, Any], named: str
) -> None:
    from duecare.casebook.acts.contracts import add_link
    from duecare.casebook.models import AuditEntry, Contract

    with pytest.raises(WrongUsage, match=f"^{named}: "):
        add_link(officer, line(), wish(**asked))
    assert (Contract.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_link_of_another_contract_cannot_be_answered(officer: Any) -> None:
    from duecare.casebook.acts.contracts import add_link

    reason = add_link(officer, line(contract_id="C-2"), wish("reason"))
    with pytest.raises(WrongUsage, match="same contract"):
        add_link(officer, line(), wish("measure", answers=reason.oid))


def test_what_became_of_a_link_is_added_and_never_changed(officer: Any) -> None:
    from duecare.casebook.acts.contracts import add_event, state_of

    measure = chain(officer)["measure"]
    assert state_of(measure) == "planned"
    add_event(officer.later(NOW + timedelta(hours=1)), measure, "running")
    add_event(officer.later(NOW + timedelta(hours=2)), measure, "done", "signed")
    assert [event.state for event in measure.events.all()] == ["planned", "running", "done"]
    with pytest.raises(WrongUsage, match="not followed by"):
        add_event(officer.later(NOW + timedelta(hours=3)), measure, "late")
    with pytest.raises(WrongUsage, match="one of"):
        add_event(officer, measure, "forgotten")


def test_dropping_needs_a_reason(officer: Any) -> None:
    from duecare.casebook.acts.contracts import add_event

    with pytest.raises(WrongUsage, match=r"^note: say why"):
        add_event(officer, chain(officer)["measure"], "dropped", "no")


def test_the_database_keeps_links_as_they_are(officer: Any) -> None:
    from django.db import DatabaseError

    link = chain(officer)["measure"]
    link.text = "Something easier"
    with pytest.raises(DatabaseError, match="append-only"):
        link.save()


def test_only_people_with_the_role_in_the_office_look_after_a_contract(officer: Any, office: Any) -> None:
    from duecare.casebook.acts.contracts import candidates, contract_of, name_people
    from duecare.casebook.models import Person

    contract = contract_of(officer, line())
    manager, other = (Person.objects.create_user(f"{name}@example.org", None, joined=NOW) for name in ("cm", "else"))
    manager.assignments.create(role="CM", structure=office, since=DAY, at=NOW)
    other.assignments.create(role="CM", structure=office, since=DAY - timedelta(9), until=DAY - timedelta(1), at=NOW)
    assert candidates(office.oid, "CM", DAY) == [manager]
    assert name_people(officer, contract, manager, None).manager == manager
    with pytest.raises(WrongUsage, match=r"^manager: "):
        name_people(officer, contract, other, None)


def test_what_is_due_is_listed_until_it_is_done(officer: Any) -> None:
    from duecare.casebook.acts.contracts import add_event, add_link, due_links
    from duecare.casebook.writing import Actor

    reason = add_link(officer, line(), wish("reason"))
    soon = add_link(officer, line(), wish("measure", answers=reason.oid, due=DAY + timedelta(3)))
    add_link(officer, line(), wish("measure", answers=reason.oid, due=DAY + timedelta(30)))
    assert due_links(officer, DAY + timedelta(7)) == [soon]
    assert due_links(Actor(officer.person, Reach(frozenset({Held("PO", "another")})), NOW), DAY + timedelta(7)) == []
    add_event(officer, soon, "done")
    assert due_links(officer, DAY + timedelta(7)) == []


def test_names_in_the_data_lead_to_the_offices_that_somebody_reaches(officer: Any, person: Any) -> None:
    from duecare.casebook.access import Need
    from duecare.casebook.acts.contracts import reaching
    from duecare.casebook.writing import Actor

    assert reaching(officer, Need("BIZ")) == {"Office North", "North as written"}
    assert reaching(Actor(person, Reach(frozenset({Held("SM", "*")})), NOW), Need("BIZ")) is None
    assert reaching(Actor(person, Reach(frozenset({Held("ADM", "*")})), NOW), Need("BIZ")) == frozenset()


def test_an_event_of_the_same_moment_does_not_hide_a_later_one(officer: Any) -> None:
    """Both are said at one moment: the order in which they were made must not be lost."""
    from duecare.casebook.acts.contracts import add_event, add_link, state_of

    reason = add_link(officer, line(), wish("reason"))
    for _ in range(5):
        measure = add_link(officer, line(), wish("measure", answers=reason.oid, due=date(2026, 12, 1)))
        add_event(officer, measure, "running")
        assert state_of(measure) == "running"
