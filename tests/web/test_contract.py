"""The page of a contract: what it shows, who may act on it, what is refused, and one's own estimate before the rating."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from casebook_home import NOW
from rated import NORTH, SOUTH

WHY = "The supplier showed payrolls of all posts for six months."
WRITERS, JUDGES = ["PO", "CM", "FP"], ["PO", "CM", "FP", "LG", "SM"]
READERS = ["RQ", "LG", "FIN", "SM", "DPO", "IA"]
NOBODY = ["IV", "SAG", "ADM"]


@pytest.fixture
def line(line_of: Any, people: dict[str, Any], rated: Any) -> str:
    """A line of the north that needs intensive care, with a known driver, of which nobody is asked for an estimate."""
    from duecare.casebook.acts.decisions import is_asked

    found = (line_of(NORTH, number, care="INTENSIVE") for number in range(60))
    free = (one for one in found if not any(is_asked(person.oid, one, rated.id) for person in people.values()))
    return next(
        one for one in free if "P_PROFILE" in [reason["code"] for reason in rated.item(None, one)["reasons"][:3]]
    )


@pytest.fixture
def asked(line_of: Any, people: dict[str, Any]) -> str:
    """A line of the north of which the procurement officer is asked for an estimate."""
    return line_of(NORTH, asked=people["PO"].oid)


def measure(**more: str) -> dict[str, str]:
    return {
        "kind": "measure",
        "answers": "reason:P_PROFILE",
        "text": "Visit the site at night",
        "owner_role": "CM",
        "due": "2027-01-15",
    } | more


def decision(**more: str) -> dict[str, str]:
    return {"kind": "act", "what": "Visit the site", "why": WHY} | more


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_every_reader_sees_the_rating_three_drivers_the_question_and_the_act(
    rated: Any, client_for: Any, line: str
) -> None:
    item = rated.item(None, line)
    for role in WRITERS + READERS:
        text = text_of(client_for(role).get(f"/contracts/{line}"))
        assert item["title"] in text
        assert item["action"].split("'")[0] in text
        assert item["question"].split("'")[0] in text
        assert text.count("One source") + text.count(" sources<") >= 1
        assert "accuses nobody" in text
        assert "between" in text
        assert ('id="add"' in text) == (role in WRITERS)
        assert ('id="decide"' in text) == (role in JUDGES)


def test_roles_without_the_right_get_nothing(client_for: Any, line: str) -> None:
    for role in NOBODY:
        assert client_for(role).get(f"/contracts/{line}").status_code == 403
        assert client_for(role).get(f"/contracts/{line}/explain").status_code == 403


ADDRESSES = ["", "/explain", "/estimate", "/thread", "/decide", "/people", "/thread/" + "a" * 26]


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_offices_line_answers_exactly_like_a_missing_one(
    rated: Any, client_for: Any, line: str, address: str
) -> None:
    client, posts = client_for("PO-south"), address not in ("", "/explain")
    said = decision() if address == "/decide" else measure()

    def answer(of: str) -> tuple[int, bytes]:
        found = client.post(f"/contracts/{of}{address}", said) if posts else client.get(f"/contracts/{of}{address}")
        plain = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", found.content)
        return found.status_code, plain.replace(of.encode(), b"LINE")

    assert answer(line) == answer("0" * len(line))
    assert answer(line)[0] == 404


@pytest.mark.parametrize(("address", "allowed"), [("/thread", WRITERS), ("/people", WRITERS), ("/decide", JUDGES)])
def test_only_the_roles_of_the_matrix_write(
    rated: Any, client_for: Any, line: str, address: str, allowed: list[str]
) -> None:
    from duecare.casebook.models import Contract

    said = {
        "/thread": measure(),
        "/decide": decision(),
        "/people": {"form": "people", "manager": "", "focal_point": ""},
    }[address]
    for role in set(WRITERS + READERS + NOBODY) - set(allowed):
        assert client_for(role).post(f"/contracts/{line}{address}", said).status_code == 403, role
    assert not Contract.objects.exists()
    for role in allowed:
        assert client_for(role).post(f"/contracts/{line}{address}", said).status_code == 302, role
    assert Contract.objects.count() == 1


def test_a_measure_answers_a_driver_and_its_gap_moves_on(rated: Any, client_for: Any, line: str) -> None:
    from duecare.casebook.models import ThreadLink

    client = client_for("PO")
    code = rated.item(None, line)["reasons"][0]["code"]
    before = text_of(client.get(f"/contracts/{line}"))
    assert before.count("No measure answers this reason yet.") == 3
    answer = client.post(f"/contracts/{line}/thread", measure(answers=f"reason:{code}"))
    added = ThreadLink.objects.get(kind="measure")
    assert answer["Location"] == f"/contracts/{line}#link-{added.oid}"
    assert added.answers.code == code
    after = text_of(client.get(f"/contracts/{line}"))
    assert after.count("No measure answers this reason yet.") == 2
    assert "No clause of the contract holds this measure yet." in after
    client.post(f"/contracts/{line}/thread", measure(kind="check", answers=added.oid, text="Inspect the gate log"))
    assert "You plan checks but no clause allows them." in text_of(client.get(f"/contracts/{line}"))


def test_the_form_is_filled_in_from_where_one_came(client_for: Any, line: str) -> None:
    text = client_for("PO").get(f"/contracts/{line}?add=measure&answers=reason:P_PROFILE").content.decode()
    assert '<details class="panel" id="add" open>' in text
    assert '<option value="measure" selected>' in text


@pytest.mark.parametrize(
    "text", ["ring +44 7700 900123", "write to jo@example.org", "AT611904300234573201", "passport AB1234567"]
)
def test_data_of_people_is_refused_beside_the_field_and_not_kept(client_for: Any, line: str, text: str) -> None:
    from duecare.casebook.models import AuditEntry, Contract

    client = client_for("PO")
    for address, said in (
        ("thread", measure(text=text)),
        ("decide", decision(why=f"{WHY} {text}")),
        ("decide", decision(what=text)),
    ):
        answer = client.post(f"/contracts/{line}/{address}", said)
        assert answer.status_code == 400
        assert "Leave out what names or reaches a person" in answer.content.decode()
    assert (Contract.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("thread", {"kind": "promise"}),
        ("thread", {"answers": ""}),
        ("thread", {"answers": "reason:NOTHING"}),
        ("thread", {"answers": "a" * 26}),
        ("thread", {"text": ""}),
        ("thread", {"owner_role": "KING"}),
        ("thread", {"due": "tomorrow"}),
        ("decide", {"kind": "ignore"}),
        ("decide", {"why": "because"}),
        ("decide", {"kind": "accept"}),
        ("decide", {"kind": "defer", "expires": "2020-01-01"}),
        ("decide", {"kind": "close", "expires": "2099-01-01"}),
    ],
)
def test_what_does_not_fit_comes_back_with_the_form_as_it_was(
    client_for: Any, line: str, address: str, said: dict[str, str]
) -> None:
    from duecare.casebook.models import Contract

    given = (measure if address == "thread" else decision)(**said)
    answer = client_for("PO").post(f"/contracts/{line}/{address}", given)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not Contract.objects.exists()


def test_what_became_of_a_link_is_said_on_the_page(client_for: Any, line: str) -> None:
    from duecare.casebook.models import ThreadEvent, ThreadLink

    client = client_for("PO")
    client.post(f"/contracts/{line}/thread", measure())
    link = ThreadLink.objects.get(kind="measure")
    address = f"/contracts/{line}/thread/{link.oid}"
    assert client.post(address, {"state": "dropped", "note": ""}).status_code == 400
    assert client.post(address, {"state": "running", "note": "call 0664 1234567"}).status_code == 400
    assert client.post(address, {"state": "running", "note": "The visit is agreed."}).status_code == 302
    assert "The visit is agreed." in client.get(f"/contracts/{line}").content.decode()
    assert ThreadEvent.objects.count() == 2
    assert client.post(f"/contracts/{line}/thread/{'a' * 26}", {"state": "done"}).status_code == 404


def test_a_link_of_another_contract_is_not_reached_through_this_one(client_for: Any, line: str, line_of: Any) -> None:
    from duecare.casebook.models import ThreadLink

    client = client_for("PO")
    client.post(f"/contracts/{line}/thread", measure())
    link = ThreadLink.objects.get(kind="measure")
    client_for("PO-south").post(f"/contracts/{line_of(SOUTH)}/thread", measure())
    for other in (line_of(SOUTH), line_of(SOUTH, 1)):
        assert (
            client_for("PO-south").post(f"/contracts/{other}/thread/{link.oid}", {"state": "done"}).status_code == 404
        )


def test_a_decision_stands_with_its_reason_and_says_what_has_changed_since(
    rated: Any, client_for: Any, people: dict[str, Any], line: str
) -> None:
    from duecare.casebook.access import reach_of
    from duecare.casebook.acts.decisions import Verdict, decide
    from duecare.casebook.writing import Actor
    from duecare.web.room import line_of as as_line

    client = client_for("CM")
    client.post(f"/contracts/{line}/decide", decision())
    text = text_of(client.get(f"/contracts/{line}"))
    assert WHY in text
    assert "Nothing has changed since." in text
    item = rated.item(None, line)
    older = item | {"run": "older", "band": "MODERATE", "L": 2.0, "gaps": []}
    actor = Actor(people["CM"], reach_of(people["CM"], NOW.date()), NOW - timedelta(days=1))
    decide(actor, as_line(older), older, Verdict("act", "Ask for payrolls", WHY))
    text = text_of(client.get(f"/contracts/{line}"))
    assert "The likelihood was Moderate and is Very high." in text
    assert "Other things are known, or not known, than then." in text


def test_whoever_looks_after_it_has_the_role_there(client_for: Any, people: dict[str, Any], line: str) -> None:
    from duecare.casebook.models import Contract

    client = client_for("PO")
    given = {"form": "people", "manager": people["CM"].oid, "focal_point": people["FP"].oid}
    assert client.post(f"/contracts/{line}/people", given).status_code == 302
    contract = Contract.objects.get()
    assert (contract.manager, contract.focal_point) == (people["CM"], people["FP"])
    assert client.post(f"/contracts/{line}/people", given | {"manager": people["PO"].oid}).status_code == 400


def test_what_people_wrote_is_text_and_never_markup(client_for: Any, line: str) -> None:
    client = client_for("PO")
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
    client.post(f"/contracts/{line}/thread", measure(text=evil))
    client.post(f"/contracts/{line}/decide", decision(what=evil))
    text = client.get(f"/contracts/{line}").content.decode()
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_an_office_that_nobody_entered_is_read_and_not_written(
    rated: Any, client_for: Any, people: dict[str, Any], line_of: Any
) -> None:
    from duecare.casebook.acts.decisions import is_asked

    people["CM"].assignments.update(structure=None)
    found = next(
        one
        for one in (line_of("Warsaw Institute", n) for n in range(40))
        if not is_asked(people["CM"].oid, one, rated.id)
    )
    text = text_of(client_for("CM").get(f"/contracts/{found}"))
    assert "has not been entered yet" in text
    answer = client_for("CM").post(f"/contracts/{found}/decide", decision())
    assert answer.status_code == 404
    assert "Nobody has entered the office" in answer.content.decode()


# --- one's own estimate first (TRP19) ------------------------------------------------------------------------------------


def test_the_rating_is_not_shown_before_the_estimate_and_the_log_shows_the_prompt(
    rated: Any, client_for: Any, asked: str
) -> None:
    from duecare.casebook.models import AuditEntry, OwnEstimate

    client = client_for("PO")
    for _ in range(2):
        text = text_of(client.get(f"/contracts/{asked}"))
        assert "What do you expect yourself?" in text
        assert 'class="band' not in text
        assert "<svg" not in text
        assert 'class="drivers"' not in text
    entry = AuditEntry.objects.get(act="estimate.ask")
    assert (entry.object, entry.detail["run"]) == (asked, rated.id)
    assert client.get(f"/contracts/{asked}/explain")["Location"] == f"/contracts/{asked}"
    assert client.post(f"/contracts/{asked}/decide", decision()).status_code == 200
    client.post(f"/contracts/{asked}/estimate", {"band": "LOW"})
    kept = OwnEstimate.objects.get()
    assert (kept.band, kept.shown_band) == ("LOW", rated.item(None, asked)["band"])
    text = text_of(client.get(f"/contracts/{asked}"))
    assert "You said Low; the rating is" in text
    assert 'class="drivers"' in text


def test_the_estimate_can_be_skipped_and_is_not_asked_again(client_for: Any, asked: str) -> None:
    from duecare.casebook.models import OwnEstimate

    client = client_for("PO")
    assert client.post(f"/contracts/{asked}/estimate", {"band": "HIGH", "skip": "yes"}).status_code == 302
    assert OwnEstimate.objects.get().band == ""
    assert 'class="drivers"' in client.get(f"/contracts/{asked}").content.decode()


def test_lists_do_not_give_the_band_away(client_for: Any, asked: str) -> None:
    for _ in range(2):
        text = client_for("PO").get("/portfolio", {"q": asked}).content.decode()
        body = text[text.index("<tbody>") : text.index("</tbody>")]
        assert f"/contracts/{asked}" in body
        assert 'class="band' not in body
        assert "your own estimate first" in body


def test_those_who_only_read_are_not_asked(client_for: Any, people: dict[str, Any], line_of: Any) -> None:
    found = line_of(NORTH, asked=people["IA"].oid)
    assert 'class="drivers"' in client_for("IA").get(f"/contracts/{found}").content.decode()
    assert client_for("IA").post(f"/contracts/{found}/estimate", {"band": "LOW"}).status_code == 403


# --- every number and its source -----------------------------------------------------------------------------------------


def test_every_number_has_its_source_on_the_page(rated: Any, client_for: Any, line: str) -> None:
    explained = rated.explained(None, line)
    text = client_for("PO").get(f"/contracts/{line}/explain").content.decode()
    for number, fact in enumerate(explained["sources"], start=1):
        assert f'id="source-{number}"' in text
        assert fact in text
    assert f"{explained['L']:.2f}" in text
    assert f"{explained['priority']['PRI']:.2f}" in text
    assert all(f"{stage['raw']:.2f}" in text for stage in explained["stages_explained"])
    assert rated.id[:12] in text


def test_all_lines_can_be_opened_and_explained(
    rated: Any, client_for: Any, line_of: Any, people: dict[str, Any]
) -> None:
    """One line of each category: no finding breaks a page."""
    from duecare.communicate.reading_room import Asked

    people["IA"].assignments.update(structure=None)
    client = client_for("IA")
    seen = {row["category"]: row["line_id"] for row in rated.page(Asked(), size=3000)}
    assert len(seen) > 40
    for found in seen.values():
        assert client.get(f"/contracts/{found}").status_code == 200
        assert client.get(f"/contracts/{found}/explain").status_code == 200
