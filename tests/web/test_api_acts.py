"""The API: every kind of act on its good path, and what it never does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from programs import SOON, Program, by_key, key_of, new_action, send
from whole_world import TODAY, World

WHY = "The crew was interviewed off site, pay slips of a whole year were seen, and both say the same of hours and pay."


def test_an_action_is_made_changed_and_never_overwritten(world: World, as_: Callable[..., Program]) -> None:
    officer = as_("PO")

    status, made = officer.ask("POST", "actions", new_action(world))
    assert (status, made["version"], made["budget_amount"]) == (201, 1, "1200.50")
    wish = {name: value for name, value in new_action(world).items() if name != "structure"}
    status, changed = officer.ask("PUT", f"actions/{made['oid']}", wish | {"state": "running", "version": 1})
    assert (status, changed["version"], changed["state"]) == (200, 2, "running")
    status, said = officer.ask("PUT", f"actions/{made['oid']}", wish | {"version": 1})
    assert (status, said["code"]) == (409, "conflict")
    status, said = officer.ask("PUT", f"actions/{made['oid']}", wish | {"version": 2, "kpi": "K99"})
    assert (status, said["field"]) == (422, "kpi")


def test_talks_and_trainings(world: World, as_: Callable[..., Program]) -> None:
    officer, office = as_("PO"), world.offices["north"].oid
    talk = {"supplier": "Cleaning Ltd", "kind": "meeting", "planned": SOON, "topic": "Hours and pay"}
    course = {
        "module": "TR2",
        "title": "First steps",
        "held": TODAY.isoformat(),
        "hours": "2.5",
        "reached": {"PO": 4, "SUP": 2},
    }

    assert officer.ask("POST", "engagements", talk | {"structure": office})[0] == 201
    status, made = officer.ask("POST", "trainings", course | {"structure": office})
    assert (status, made["reached"]) == (201, {"PO": 4, "SUP": 2})
    assert officer.ask("PUT", f"trainings/{made['oid']}", course | {"hours": "3", "version": 1})[1]["version"] == 2
    assert officer.ask("POST", "trainings", course)[0] in (403, 422), (
        "only who writes plans everywhere records one of all"
    )


def test_findings_are_those_of_ones_offices(world: World, as_: Callable[..., Program]) -> None:
    status, own = as_("PO").ask("GET", "findings?size=200")
    _, everything = as_("PO", "all").ask("GET", "findings")

    assert (status, own["count"], everything["count"]) == (200, 3, 6)
    assert {row["office"] for row in own["items"]} == {"Office North"}
    assert as_("PO").ask("GET", "findings?office=Office South")[1]["count"] == 0
    assert as_("PO").ask("GET", "findings?q=uniforms")[1]["count"] == 1
    assert set(as_("PO").ask("GET", "facets")[1]["office"]) == {"Office North"}
    assert {row["office"] for row in as_("PO").ask("GET", "list?capacity=5")[1]} == {"Office North"}


def test_one_finding_is_explained_where_it_may_be_seen(world: World, as_: Callable[..., Program]) -> None:
    own, other = world.ids["line"]["north"], world.ids["line"]["south"]
    officer = as_("RQ")

    assert officer.ask("GET", f"findings/{own}")[1]["line_id"] == own
    assert "stages_explained" in officer.ask("GET", f"findings/{own}/explanation")[1]
    missing = officer.ask("GET", "findings/0000000000000000")
    assert officer.ask("GET", f"findings/{other}") == missing
    assert officer.ask("GET", f"findings/{other}/explanation") == missing


def test_who_has_to_estimate_first_sees_no_band(
    world: World, as_: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    from duecare.casebook.acts import decisions

    line = world.ids["line"]["north"]
    monkeypatch.setattr(decisions, "is_asked", lambda _person, asked, _run: asked == line)
    officer = as_("PO")

    listed = {row["line_id"]: row for row in officer.ask("GET", "findings")[1]["items"]}
    assert (listed[line]["estimate_first"], listed[line]["band"], listed[line]["L"], listed[line]["PRI"]) == (
        True,
        None,
        None,
        None,
    )
    assert officer.ask("GET", f"findings/{line}")[0] == 409
    assert officer.ask("GET", f"findings/{line}/explanation")[0] == 409
    status, said = officer.ask("POST", f"findings/{line}/estimate", {"band": "LOW"})
    assert (status, said["line_id"]) == (200, line)
    assert officer.ask("GET", f"findings/{line}")[0] == 200


def test_runs_are_listed_and_compared(world: World, as_: Callable[..., Program]) -> None:
    (run,) = as_("PO").ask("GET", "runs")[1]["items"]

    status, same = as_("PO").ask("GET", f"runs/{run['id']}/differences/{run['id']}")

    assert (status, same["changed"], same["new"], same["vanished"], same["both"]) == (200, [], [], [], 3)
    assert as_("PO").ask("GET", f"runs/{'0' * 32}/differences/{run['id']}")[0] == 404


def test_a_decision_stands_beside_the_finding(world: World, as_: Callable[..., Program]) -> None:
    line = world.ids["line"]["north"]
    said = {
        "kind": "defer",
        "what": "Wait for the pay slips",
        "why": "They are promised for the end of the month.",
        "expires": SOON,
    }

    status, made = as_("SM").ask("POST", f"findings/{line}/decisions", said)

    assert (status, made["kind"], made["replaces"]) == (201, "defer", world.ids["decision"]["north"])
    assert as_("SM").ask("POST", f"findings/{line}/decisions", said | {"why": "no"})[1]["field"] == "why"
    assert as_("SM").ask("GET", f"decisions?line={line}")[1]["count"] == 2
    assert as_("RQ").ask("POST", f"findings/{line}/decisions", said)[0] == 403


def test_a_thread_grows_link_by_link(world: World, as_: Callable[..., Program]) -> None:
    lead, oid = as_("FP"), world.ids["contract"]["north"]
    reason = world.ids["link"]["north"]

    status, link = lead.ask(
        "POST",
        f"contracts/{oid}/links",
        {"kind": "measure", "text": "Ask for pay slips", "answers": reason, "due": SOON},
    )
    assert status == 201
    assert lead.ask("POST", f"links/{link['oid']}/events", {"state": "running", "note": "They came"})[0] == 201
    _, whole = lead.ask("GET", f"contracts/{oid}")
    step = next(step for step in whole["thread"] if step["link"]["oid"] == link["oid"])
    assert (step["state"], [event["state"] for event in step["events"]]) == ("running", ["planned", "running"])
    assert lead.ask("POST", f"contracts/{oid}/links", {"kind": "remedy", "text": "Pay back"})[1]["field"] == "answers"
    assert (
        lead.ask("PUT", f"contracts/{oid}/people", {"manager": world.people["CM", "north"].oid})[1]["manager"]
        == world.people["CM", "north"].oid
    )
    assert lead.ask("PUT", f"contracts/{oid}/people", {"manager": world.people["CM", "south"].oid})[0] == 404
    assert lead.ask("POST", "contracts", {"line_id": world.ids["line"]["north"]})[1]["oid"] == oid
    assert lead.ask("GET", f"links?until={SOON}")[1]["count"] >= 2


def test_an_override_is_proposed_signed_and_withdrawn(world: World, as_: Callable[..., Program]) -> None:
    proof = {"title": "Interviews", "publisher": "Office North", "date": "2026-09-01", "grade": "E3"}
    where = {"structure": "Office North", "line_id": world.ids["line"]["north"]}
    wish = {
        "structure": world.offices["north"].oid,
        "target": "W",
        "where": where,
        "value": 1.5,
        "direction": "lower",
        "reason": WHY,
    }
    wish |= {"proofs": [proof], "expires": SOON, "role": "PO"}

    status, made = as_("PO").ask("POST", "overrides", wish)
    assert status == 201, made
    status, signed = as_("FP").ask("POST", f"overrides/{made['oid']}/words", {"role": "FP", "agrees": True})
    assert (status, [word["agrees"] for word in signed["words"]]) == (201, [True])
    assert as_("PO").ask("POST", f"overrides/{made['oid']}/words", {"role": "PO", "agrees": True})[0] == 422
    status, over = as_("PO").ask(
        "POST", f"overrides/{made['oid']}/withdrawal", {"reason": "The crew has changed since."}
    )
    assert (status, over["withdrawn"]) == (201, True)
    assert as_("PO").ask("POST", "overrides", wish | {"target": "F3"})[0] == 422
    assert as_("PO").ask("POST", "overrides", wish | {"value": 4.5})[1]["field"] == "value"


def test_a_second_rating_is_blind(world: World, as_: Callable[..., Program]) -> None:
    oid = world.ids["case"]["south"]

    status, case = as_("PO").ask("GET", f"reratings/{oid}")

    assert status == 200
    assert not {"value", "direction", "reason", "by", "model_value"} & set(case)
    assert as_("PO").ask("GET", f"reratings/{world.ids['case']['north']}")[0] == 404
    assert (
        as_("PO").ask("POST", f"reratings/{oid}", {"role": "PO", "value": 2, "reason": "Night work without a day off"})[
            0
        ]
        == 204
    )
    assert as_("PO").ask("GET", f"reratings/{oid}")[0] == 404


def test_a_workshop_shows_nobodys_rating_before_it_is_revealed(world: World, as_: Callable[..., Program]) -> None:
    wish = {
        "structure": world.offices["north"].oid,
        "title": "Cleaning",
        "held": TODAY.isoformat(),
        "lines": [world.ids["line"]["north"]],
    }
    status, made = as_("FP").ask("POST", "workshops", wish)
    assert status == 201
    (item,) = as_("FP").ask("GET", f"workshops/{made['oid']}")[1]["items"]
    for role, value in (("PO", 1.0), ("LG", 3.0)):
        assert as_(role).ask("POST", f"workshop-items/{item['oid']}/ratings", {"role": role, "value": value})[0] == 201
    (seen,) = as_("FP").ask("GET", f"workshops/{made['oid']}")[1]["items"]
    assert (seen["rated"], seen["own"], seen["values"], seen["median"], seen["model_value"]) == (
        2,
        None,
        [],
        None,
        None,
    )
    assert as_("CM").ask("POST", f"workshop-items/{item['oid']}/reveal", {})[0] == 422
    status, shown = as_("FP").ask("POST", f"workshop-items/{item['oid']}/reveal", {"dissent": "One saw no nights"})
    assert (status, shown["values"], shown["median"]) == (201, [1.0, 3.0], 2.0)
    assert as_("FP").ask("POST", "workshops", wish | {"lines": [world.ids["line"]["south"]]})[0] == 404


def test_files_come_in_and_go_out(world: World, home: Any, as_: Callable[..., Program]) -> None:
    from duecare.casebook.models import AuditEntry

    content = b"%PDF-1.7\npay slips\n%%EOF\n"
    said = {
        "structure": world.offices["north"].oid,
        "title": "Pay slips",
        "issuer": "Cleaning Ltd",
        "dated": "2026-10-01",
        "grade": "E2",
    }

    status, kept = send(as_("FP"), "files", "slips.pdf", content, **said, data_class="COST")
    assert (status, kept) == (403, {"code": "not_allowed", "message": kept["message"], "field": ""}) or status == 404
    status, kept = send(as_("FP"), "files", "slips.pdf", content, **said)
    assert (status, kept["data_class"], kept["bytes"]) == (201, "BIZ", len(content))
    before = AuditEntry.objects.count()
    assert as_("CM").ask("GET", f"files/{kept['oid']}/content") == (200, content)
    assert AuditEntry.objects.filter(number__gt=before, act="read.file.content", object=kept["oid"]).exists()
    assert as_("CM", "south").ask("GET", f"files/{kept['oid']}/content")[0] == 404
    assert as_("ADM", "all").ask("GET", f"files/{kept['oid']}/content")[0] == 404
    assert as_("FP").ask("POST", f"files/{kept['oid']}/contest")[1]["contested"] is True
    assert send(as_("FP"), "files", "page.html", b"<script>alert(1)</script>", **said)[0] == 422
    assert not list(home.files.glob(".part-*"))


def test_a_file_by_key_needs_no_token(world: World) -> None:
    program = by_key(key_of(world, "FP", "north", writes=True))

    assert send(program, "uploads", "contracts.csv", b"a;b\n1;2\n", structure=world.offices["north"].oid)[0] == 201


def test_a_file_by_session_needs_the_token(world: World, home: Any) -> None:
    program = Program(world.client("FP", "north", enforce_csrf_checks=True))

    assert send(program, "uploads", "contracts.csv", b"a;b\n1;2\n", structure=world.offices["north"].oid)[0] == 403
    assert not list(home.uploads.glob(".part-*"))


def test_a_file_is_sent_in_and_taken_in_by_work(world: World, as_: Callable[..., Program]) -> None:
    lead = as_("FP")
    status, sent = send(
        lead, "uploads", "contracts.csv", b"contract_id;title\n1;Coffee\n", structure=world.offices["north"].oid
    )
    assert (status, sent["name"]) == (201, "contracts.csv")
    status, job = lead.ask("POST", f"uploads/{sent['oid']}/take-in", {})
    assert (status, job["kind"], job["state"]) == (202, "take-in", "queued")
    assert lead.ask("DELETE", f"uploads/{sent['oid']}")[0] == 409
    assert lead.ask("POST", f"jobs/{job['oid']}/cancel")[1]["state"] == "cancelled"
    assert lead.ask("DELETE", f"uploads/{sent['oid']}")[0] == 204
    assert lead.ask("GET", f"uploads/{sent['oid']}")[0] == 404
    assert as_("FP", "south").ask("GET", f"jobs/{job['oid']}")[0] == 404
    assert lead.ask("GET", f"jobs/{job['oid']}/files/..%2f..%2fsecret.key")[0] == 404


def test_people_and_roles(world: World, as_: Callable[..., Program]) -> None:
    admin, rq = as_("ADM", "all"), world.people["RQ", "north"].oid

    status, given = admin.ask(
        "POST",
        "assignments",
        {"person": rq, "role": "CM", "structure": world.offices["north"].oid, "since": TODAY.isoformat()},
    )
    assert status == 201
    assert (
        admin.ask("PUT", f"assignments/{given['oid']}", {"until": TODAY.isoformat()})[1]["until"] == TODAY.isoformat()
    )
    assert admin.ask("PUT", f"people/{rq}", {"is_active": False})[1]["is_active"] is False
    assert admin.ask("PUT", f"people/{world.people['ADM', 'all'].oid}", {"is_active": False})[0] == 422
    status, invited = admin.ask(
        "POST", "invitations", {"email": "new@example.org", "role": "LG", "structure": world.offices["south"].oid}
    )
    assert (status, invited["person"]["email"], len(invited["token"]) > 30) == (201, "new@example.org", True)
    status, office = admin.ask(
        "POST", "structures", {"name": "Office West", "country": "FR", "names": ["Bureau Ouest"]}
    )
    assert (status, office["names"]) == (201, ["Bureau Ouest"])
    assert admin.ask("PUT", f"structures/{office['oid']}", {"name": "Office North"})[0] == 422


def test_one_has_ones_own_account_and_keys(world: World, as_: Callable[..., Program]) -> None:
    officer = as_("PO")

    assert officer.ask("PUT", "me", {"language": "fr", "hours_per_week": "3.5"})[1]["language"] == "fr"
    status, made = officer.ask(
        "POST", "keys", {"name": "export", "until": SOON, "structure": world.offices["north"].oid}
    )
    assert status == 201, made
    assert by_key(made["key"]).ask("GET", "me")[1]["by_key"] is True
    assert officer.ask("DELETE", f"keys/{world.ids['key']['north']}")[0] == 404, "somebody else's"
    assert officer.ask("DELETE", f"keys/{made['made']['oid']}")[0] == 204
    assert by_key(made["key"]).ask("GET", "me")[0] == 401


def test_the_log_is_read_by_few_and_says_so(world: World, as_: Callable[..., Program]) -> None:
    status, listed = as_("DPO", "all").ask("GET", "audit?size=2")
    assert status == 200
    assert listed["items"][0]["act"] == "read.api-audit", "its own reading stands in it, written before the answer"
    _, head = as_("DPO", "all").ask("GET", "audit/head")
    status, said = as_("DPO", "all").ask(
        "POST", "audit/verification", {"number": head["number"], "digest": head["digest"]}
    )
    assert (status, said["fault"]) == (200, "")
    assert {row["structure"] for row in as_("DPO").ask("GET", "audit?size=200")[1]["items"]} == {
        world.offices["north"].oid
    }
    assert as_("DPO").ask("POST", "audit/verification", {})[0] == 403
    assert as_("ADM", "all").ask("GET", "audit")[0] == 403


def test_queues(world: World, as_: Callable[..., Program]) -> None:
    waits = world.ids["proposal"]["north"]

    assert as_("FP").ask("GET", "reviews")[0] == 200
    assert as_("FP").ask("GET", "quarantine")[0] == 200
    assert as_("FP").ask("GET", f"proposals/{waits}")[0] == 200
    assert as_("FP", "south").ask("GET", f"proposals/{waits}")[0] == 404
    assert as_("FP").ask("POST", f"proposals/{waits}", {"agrees": False})[0] == 422
    assert as_("FP").ask("POST", f"proposals/{waits}", {"agrees": False, "note": "The words are clear"})[0] == 204
    assert as_("PO").ask("GET", "packs")[1][0]["sentence"]
