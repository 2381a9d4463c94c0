"""Queues: what was bought is decided by people, once with a second signature; parked rows get a verdict; each office its own."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from intake_files import MESSY, do_jobs, sent_in

UNSURE = (
    "Rahmen;Vertrag Nr.;Wer kauft;Firma;Wofür;Summe;Am\n"
    "x;V-1;Office North;Muster GmbH;Qwertz uiop;1.200,50;03.02.2026\n"
    "x;V-2;Office North;Muster GmbH;Qwertz uiop;1.200,50;03.02.2026\n"
    "x;V-3;Office North;Muster GmbH;Reinigung der Büroräume;5.000,00;05.02.2026\n"
).encode()


def first_text(client: Any) -> str:
    shown = client.get("/readings").content.decode()
    return re.findall(r'href="(/readings/[0-9a-f]{12})"', shown)[0]


def test_a_person_says_what_was_bought(client_for: Any, offices: Any, home: Any) -> None:
    from duecare.casebook.models import AuditEntry
    from duecare.register.reviews import read_book

    client = client_for("PO")
    sent_in(client, offices["north"], UNSURE)
    address = first_text(client)
    assert "Qwertz uiop" in client.get(address).content.decode()
    assert client.post(address, {"act": "correct", "category": "CAT03", "reason": ""}).status_code == 400
    answer = client.post(address, {"act": "correct", "category": "CAT03", "reason": "We asked."}, follow=True)

    assert "Kept for 2 lines" in answer.content.decode()
    (decision,) = read_book(home.register)
    assert decision.profile.startswith("CAT03")
    assert len(decision.people[0].by) == 26
    assert decision.people[0].role == "procurement"
    assert AuditEntry.objects.get(act="reading.decide").detail["number"] == 1
    assert client.get(address).status_code == 404


def test_going_below_a_sure_reading_waits_for_a_second_person(
    client_for: Any, offices: Any, home: Any, monkeypatch: Any
) -> None:
    from duecare.casebook.models import ReadingProposal
    from duecare.identify.decisions import SecondPersonNeeded
    from duecare.register.reviews import read_book
    from duecare.web import reviewing

    client = client_for("PO")
    sent_in(client, offices["north"], UNSURE)
    address = first_text(client)

    def alone(*_given: Any) -> Any:
        raise SecondPersonNeeded("Two people.")

    monkeypatch.setattr(reviewing, "decide", alone)
    wish = {"act": "correct", "category": "CAT03", "reason": "Short."}
    assert "takes 80" in client.post(address, wish).content.decode()
    client.post(
        address,
        wish
        | {"reason": "The supplier showed us the order and the invoice; it is the cleaning of our offices, every day."},
    )
    waiting = ReadingProposal.objects.get()
    assert read_book(home.register) == ()

    page = f"/readings/waiting/{waiting.oid}"
    assert "You proposed this" in client.get(page).content.decode()
    assert client.post(page, {"act": "sign"}).status_code == 400
    assert client_for("RQ").post(page, {"act": "sign"}).status_code == 403
    assert client_for("PO-south").get(page).status_code == 404
    assert client_for("FP").post(page, {"act": "sign"}).status_code == 302
    (decision,) = read_book(home.register)
    assert [person.role for person in decision.people] == ["procurement", "focal_point"]
    assert client_for("FP").get(page).status_code == 404


def test_a_text_of_two_offices_is_not_decided_by_one(client_for: Any, offices: Any) -> None:
    client, other = client_for("PO"), client_for("PO-south")
    sent_in(client, offices["north"], UNSURE)
    sent_in(other, offices["south"], UNSURE.replace(b"V-", b"S-").replace(b"North", b"South"))
    address = first_text(client)
    wish = {"act": "correct", "category": "CAT03", "reason": "We asked."}
    assert "Lines of other offices say the same" in client.post(address, wish).content.decode()
    assert client.post(address, wish | {"only_line": "on"}).status_code == 302


def test_each_office_sees_its_own_queues(client_for: Any, offices: Any) -> None:
    client, other = client_for("PO"), client_for("PO-south")
    sent_in(client, offices["north"], UNSURE + MESSY.split(b"\n", 1)[1].replace(b"V-", b"X-"))
    address = first_text(client)
    assert other.get(address).status_code == 404
    assert address not in other.get("/readings").content.decode()
    (group, *_) = re.findall(r'href="(/parked/[0-9a-f]{64}/[A-Z_]+)"', client.get("/parked").content.decode())
    assert client.get(group).status_code == 200
    assert other.get(group).status_code == 404
    assert other.post(group, {"verdict": "fix"}).status_code == 404
    assert group not in other.get("/parked").content.decode()
    assert client_for("ADM").get("/parked").status_code == 403


def test_parked_rows_get_a_verdict(client_for: Any, offices: Any) -> None:
    client = client_for("PO")
    sent_in(client, offices["north"])
    found = re.findall(r'href="(/parked/[0-9a-f]{64}/[A-Z_]+)"', client.get("/parked").content.decode())
    assert len(found) == 2
    shown = html.unescape(client.get(found[0]).content.decode())
    assert "Download the annotated file" in shown
    assert client.post(found[0], {"verdict": "leave", "note": ""}).status_code == 400
    assert client.post(found[0], {"verdict": "fix", "note": "<script>alert(1)</script>"}).status_code == 302
    again = client.get(found[0]).content.decode()
    assert "is being fixed" in again
    assert "<script>alert" not in again
    assert client_for("RQ").post(found[0], {"verdict": "fix"}).status_code == 403
    (first, *_) = re.findall(r'href="(/parked/[0-9a-f]{64}/[A-Z_]+)"', client.get("/parked").content.decode())
    assert first == found[1]


def test_an_empty_register_has_empty_queues(client_for: Any) -> None:
    for address in ("/readings", "/parked", "/jobs", "/import"):
        assert client_for("PO").get(address).status_code == 200


def test_rating_and_its_report(client_for: Any, offices: Any, people: Any) -> None:
    client = client_for("PO")
    address = sent_in(client, offices["north"], UNSURE)
    job = client.post(f"{address}/rate").headers["Location"]
    do_jobs()
    shown = html.unescape(client.get(job).content.decode())
    assert "Contract lines rated" in shown
    assert "See the rating" in client.get(address).content.decode()
    assert client_for("PO-south").get(job).status_code == 404
    assert client.post(f"{job}/report").status_code == 403

    people["PO"].assignments.update(structure=None)
    report = client.post(f"{job}/report").headers["Location"]
    do_jobs()
    files = re.findall(r'href="(/jobs/[^"]+/files/[^"]+)"', client.get(report).content.decode())
    assert any(name.endswith("report.html") for name in files)
    for name in files:
        answer = client.get(name)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        answer.close()
    assert client.get(f"{report}/files/../assignment.json").status_code == 404
    assert client.get(f"{report}/files/assignment.json").status_code == 404
    assert client_for("ADM").get(report).status_code == 200
    assert client_for("ADM").get(files[0]).status_code == 403


@pytest.mark.parametrize("role", ["PO", "ADM"])
def test_work_is_stopped(client_for: Any, offices: Any, role: str) -> None:
    from duecare.casebook.models import Job

    client = client_for("PO")
    from intake_files import CHOICE, send

    address = send(client, offices["north"]).headers["Location"]
    client.post(address, CHOICE)
    job = Job.objects.get()
    assert client_for("PO-south").post(f"/jobs/{job.oid}/cancel").status_code == 404
    assert client_for(role).post(f"/jobs/{job.oid}/cancel").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "Nothing was taken in." in client.get(address).content.decode()
    assert "stopped" in client.get("/jobs").content.decode()
