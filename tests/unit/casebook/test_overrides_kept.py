"""What people propose and sign: nobody signs their own, and what counts on a day follows METHOD 1.10 alone (TRP20)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from casebook_home import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging_people import PROOF, REASON, actor, may_count, office, person, wish

from duecare.casebook.access import NotAllowed
from duecare.errors import WrongUsage
from duecare.identify.method import load_method
from duecare.identify.overrides import rulings_of, sift

METHOD, TODAY = load_method(), NOW.date()
JUDGES = ("PO", "CM", "FP", "LG", "SM")


def broken_rule(override: Any, day: date = TODAY) -> str:
    """The rule that keeps an override from counting, empty where it counts."""
    from duecare.casebook.acts.overrides import as_written

    counted, refused = sift(rulings_of([as_written(override)]), METHOD, day)
    return "" if counted else refused[0].rule


@pytest.fixture
def north(home: object) -> Any:
    return office("Office North", "Kancelarija Sever")


@pytest.fixture
def judges(north: Any) -> dict[str, Any]:
    return {role: person(role.lower(), (role, north)) for role in JUDGES}


def test_a_lowering_counts_once_the_focal_point_signed(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides

    proposed = overrides.propose(actor(judges["PO"]), north, wish(), may_count)
    assert (proposed.number, broken_rule(proposed)) == ("OV-2026-0001", "two functions")
    overrides.say(actor(judges["FP"]), proposed, "FP", agrees=True)
    assert broken_rule(proposed) == ""
    assert broken_rule(proposed, date(2027, 10, 1)) == "expiry"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    author=st.sampled_from(JUDGES),
    words=st.lists(st.tuples(st.sampled_from(JUDGES), st.booleans()), max_size=5),
    grade=st.sampled_from(["E1", "E2", "E3", "E4"]),
)
def test_a_lowering_never_counts_without_two_functions_with_the_focal_point(
    north: Any, judges: dict[str, Any], author: str, words: list[tuple[str, bool]], grade: str
) -> None:
    from duecare.casebook.acts import overrides

    proposed = overrides.propose(
        actor(judges[author]), north, wish(role=author, proofs=[PROOF | {"grade": grade}]), may_count
    )
    for role, agrees in words:
        try:
            overrides.say(actor(judges[role]), proposed, role, agrees=agrees, note_text="I saw the site myself.")
        except WrongUsage:
            continue
    said = {one.role: one.agrees for one in proposed.signatures.all()}
    signed = {author, *(role for role, agrees in said.items() if agrees)}
    expected = len({overrides.FUNCTIONS[role] for role in signed}) >= 2 and "FP" in signed
    expected = expected and grade in {"E2", "E3", "E4"} and all(said.values())
    assert author not in said
    assert (broken_rule(proposed) == "") == expected


def test_a_floor_takes_three_functions_and_strong_evidence(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides

    waiver = wish(target="F1", value=1.5, role="LG", proofs=[PROOF | {"grade": "E3"}])
    proposed = overrides.propose(actor(judges["LG"]), north, waiver, may_count)
    overrides.say(actor(judges["FP"]), proposed, "FP", agrees=True)
    assert broken_rule(proposed) == "three functions"
    overrides.say(actor(judges["SM"]), proposed, "SM", agrees=True)
    assert broken_rule(proposed) == ""


def test_raising_takes_one_person(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides

    proposed = overrides.propose(actor(judges["CM"]), north, wish(role="CM", direction="raise", value=4.0), may_count)
    assert broken_rule(proposed) == ""


def test_nobody_signs_their_own_or_twice_or_for_the_same_function(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides

    proposed = overrides.propose(actor(judges["PO"]), north, wish(), may_count)
    for who, role, why in (("PO", "PO", "their own"), ("CM", "CM", "this function has signed")):
        with pytest.raises(WrongUsage, match=why):
            overrides.say(actor(judges[who]), proposed, role, agrees=True)
    overrides.say(actor(judges["FP"]), proposed, "FP", agrees=True)
    with pytest.raises(WrongUsage, match="before"):
        overrides.say(actor(judges["FP"]), proposed, "FP", agrees=False, note_text="I think otherwise now.")
    with pytest.raises(WrongUsage, match="a role that you hold"):
        overrides.say(actor(judges["LG"]), proposed, "SM", agrees=True)


def test_an_objection_takes_a_reason_and_a_lowering_waits(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides

    proposed = overrides.propose(actor(judges["PO"]), north, wish(), may_count)
    overrides.say(actor(judges["FP"]), proposed, "FP", agrees=True)
    with pytest.raises(WrongUsage, match="why you object"):
        overrides.say(actor(judges["SM"]), proposed, "SM", agrees=False, note_text="no")
    overrides.say(
        actor(judges["SM"]), proposed, "SM", agrees=False, note_text="The interviews were held by the supplier."
    )
    assert broken_rule(proposed) == "objection"


def test_another_office_neither_proposes_nor_signs(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides

    stranger = actor(person("south", ("FP", office("Office South"))))
    with pytest.raises(NotAllowed):
        overrides.propose(stranger, north, wish(role="FP"), may_count)
    proposed = overrides.propose(actor(judges["PO"]), north, wish(), may_count)
    with pytest.raises(NotAllowed):
        overrides.say(stranger, proposed, "FP", agrees=True)
    with pytest.raises(NotAllowed):
        overrides.withdraw(stranger, proposed, "It was about us.")


@pytest.mark.parametrize("role", ["RQ", "FIN", "DPO", "IV", "IA", "SAG", "ADM"])
def test_roles_that_do_not_judge_cannot_propose(north: Any, role: str) -> None:
    from duecare.casebook.acts import overrides

    with pytest.raises((NotAllowed, WrongUsage)):
        overrides.propose(actor(person("other", (role, north))), north, wish(role=role), may_count)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"target": "Z"}, "target"),
        ({"value": float("nan")}, "value"),
        ({"value": 4.5}, "value"),
        ({"direction": "up"}, "direction"),
        ({"model_value": 1.0}, "direction"),
        ({"model_value": 2.0}, "value"),
        ({"where": {"profile": "CLEAN"}}, "where"),
        ({"where": {"structure": "Office South"}}, "where"),
        ({"where": {"structure": "Office North", "colour": "red"}}, "where"),
        ({"proofs": []}, "evidence"),
        ({"proofs": [PROOF | {"grade": "E0"}]}, "evidence"),
        ({"proofs": [PROOF | {"date": "2027-01-01"}]}, "evidence"),
        ({"proofs": [PROOF | {"date": "soon"}]}, "evidence"),
        ({"expires": NOW.date() - timedelta(days=1)}, "expires"),
        ({"reason": REASON + " Ask ana@example.org."}, "reason"),
    ],
)
def test_what_the_record_cannot_hold_is_refused_by_field(
    north: Any, judges: dict[str, Any], changed: dict[str, Any], named: str
) -> None:
    from duecare.casebook.acts import overrides
    from duecare.casebook.models import Override

    with pytest.raises(WrongUsage, match=f"^{named}"):
        overrides.propose(actor(judges["PO"]), north, wish(**changed), may_count)
    assert not Override.objects.exists()


def test_what_can_never_count_is_not_kept(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides
    from duecare.casebook.models import AuditEntry, Override

    with pytest.raises(WrongUsage, match="Too short"):
        overrides.propose(
            actor(judges["PO"]), north, wish(), lambda entry: "Too short." if entry["value"] == 2.0 else ""
        )
    assert not Override.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_name_of_the_data_is_a_name_of_the_office(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides

    proposed = overrides.propose(
        actor(judges["PO"]), north, wish(where={"structure": "Kancelarija Sever", "line_id": "a1"}), may_count
    )
    assert proposed.where["structure"] == "Kancelarija Sever"


def test_withdrawing_ends_it_for_good(north: Any, judges: dict[str, Any]) -> None:
    from duecare.casebook.acts import overrides

    proposed = overrides.propose(actor(judges["PO"]), north, wish(), may_count)
    with pytest.raises(WrongUsage, match="may withdraw"):
        overrides.withdraw(actor(judges["LG"]), proposed, "I do not like it.")
    overrides.withdraw(actor(judges["PO"]), proposed, "The supplier has changed.")
    assert list(overrides.standing()) == []
    with pytest.raises(WrongUsage, match="before"):
        overrides.withdraw(actor(judges["FP"]), proposed, "Once more, to be sure.")
    with pytest.raises(WrongUsage, match="withdrawn"):
        overrides.say(actor(judges["FP"]), proposed, "FP", agrees=True)
    assert overrides.roles_to_say(actor(judges["FP"]), proposed) == []


def test_the_database_keeps_what_was_said(north: Any, judges: dict[str, Any]) -> None:
    from django.db import DatabaseError, transaction

    from duecare.casebook.acts import overrides
    from duecare.casebook.models import Override

    proposed = overrides.propose(actor(judges["PO"]), north, wish(), may_count)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Override.objects.filter(pk=proposed.pk).update(value=0)
