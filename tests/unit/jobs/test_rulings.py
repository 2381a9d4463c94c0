"""Overrides of the record reach a rating as rulings: with all who agreed, without what was withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from casebook_home import NOW

from duecare import cycle
from duecare.identify.overrides import Approver, Ruling
from duecare.jobs.rulings import gather
from duecare.settings import Settings

REASON = "We visited the site twice this year and spoke with the people who work there; see the report."
PROOF = {"title": "Visit", "publisher": "Office", "date": "2026-10-01", "grade": "E3"}


def override(number: str, by: Any, **more: Any) -> Any:
    from duecare.casebook.models import Override, Structure

    office, _ = Structure.objects.get_or_create(name="North", defaults={"at": NOW})
    given = {
        "number": number, "structure": office, "target": "L", "where": {"contract_id": "A-1"}, "value": 3.5,
        "direction": "raise", "reason": REASON, "proofs": [PROOF], "role": "FP", "by": by, "at": NOW,
        "created": date(2026, 10, 1), "expires": date(2027, 3, 1), "subject": "",
    }  # fmt: skip
    fields = {field.name for field in Override._meta.get_fields()}
    return Override.objects.create(**{name: value for name, value in (given | more).items() if name in fields})


@pytest.fixture
def people(home: object) -> list[Any]:
    from duecare.casebook.models import Person

    return [Person.objects.create(email=f"{name}@example.org", joined=NOW) for name in "abcd"]


def test_those_who_agreed_stand_behind_a_ruling_by_id(people: list[Any]) -> None:
    from duecare.casebook.models import OverrideSignature

    made = override("O-1", people[0])
    for person, role, agrees in ((people[1], "LG", True), (people[2], "SM", False), (people[3], "RQ", True)):
        OverrideSignature.objects.create(override=made, by=person, role=role, agrees=agrees, at=NOW)
    (ruling,) = gather().rulings

    assert ruling.by == (Approver("focal_point", people[0].oid), Approver("legal", people[1].oid))
    assert (ruling.id, ruling.value, ruling.expires) == ("O-1", 3.5, date(2027, 3, 1))
    assert ruling.evidence[0].date == date(2026, 10, 1)


def test_what_was_withdrawn_is_left_out_and_what_cannot_be_read_is_named(people: list[Any]) -> None:
    from duecare.casebook.models import OverrideWithdrawal

    gone = override("O-1", people[0])
    OverrideWithdrawal.objects.create(override=gone, reason="New facts.", by=people[0], at=NOW)
    override("O-2", people[0], proofs=[])
    override("O-3", people[0], role="RQ")
    found = gather()

    assert (found.rulings, found.unreadable) == ((), ("O-2", "O-3"))


def test_a_rating_counts_rulings_as_it_counts_a_file(tmp_path: Any) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "contract_id,buyer,supplier_name,title,cpv,country,amount,currency,award_date\n"
        "A-1,North,Shine,Consultancy,79410000,AT,12000.50,EUR,2026-01-15\n"
    )
    said = {"id": "O-1", "target": "L", "where": {"contract_id": "A-1"}, "value": 3.5, "direction": "raise"}
    said |= {"reason": REASON, "evidence": [PROOF], "by": [{"role": "focal_point", "author": "x"}]}
    said |= {"created": "2026-10-01", "expires": "2027-03-01"}
    import msgspec

    written = tmp_path / "o.yaml"
    written.write_bytes(msgspec.yaml.encode({"overrides": [said]}))
    cycle.take_in([file], tmp_path / "r", Settings(), date(2026, 11, 1))
    by_file = cycle.identify(tmp_path / "r", Settings(), date(2026, 11, 1), overrides=written)
    by_ruling = cycle.identify(tmp_path / "r", Settings(), date(2026, 11, 1), overrides=[msgspec.convert(said, Ruling)])
    without = cycle.identify(tmp_path / "r", Settings(), date(2026, 11, 1))

    assert by_file == by_ruling != without
