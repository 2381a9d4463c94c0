"""Pages on which people judge and plan, by role: who may, what is refused, what stays hidden."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from judging_world import actor, fill_override
from whole_world import TODAY

PAGES = ("/overrides", "/overrides/new", "/override-figures", "/workshops", "/workshops/new", "/second-ratings", "/plans", "/plans/new", "/engagements", "/engagements/new",
         "/trainings", "/trainings/new", "/people", "/people/invite", "/offices", "/offices/new", "/settings", "/audit", "/audit/verify", "/audit/head", "/account/keys")  # fmt: skip
JUDGE_READ = {"PO", "RQ", "CM", "FP", "LG", "FIN", "SM", "DPO", "IA"}
WRITES = {"PO", "CM", "FP", "LG", "SM"}
BY_ROLES = (
    (("/overrides", "/override-figures", "/workshops"), JUDGE_READ),
    (("/overrides/new", "/workshops/new", "/second-ratings"), WRITES),
    (("/plans", "/engagements", "/trainings"), JUDGE_READ),
    (("/plans/new", "/engagements/new", "/trainings/new"), {"PO", "CM", "FP", "SM"}),
    (("/people", "/offices", "/settings"), {"FP", "SM", "DPO", "IA", "ADM"}),
    (("/people/invite", "/offices/new"), {"ADM"}),
    (("/audit", "/audit/verify", "/audit/head"), {"DPO", "IA"}),
)
EXPECTED = {address: roles for addresses, roles in BY_ROLES for address in addresses}


def test_each_role_reaches_its_pages_and_no_others(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models.people import ROLES

    found = {}
    for role in ROLES:
        client = client_for(role)
        for address in PAGES:
            status = client.get(address).status_code
            may = role in EXPECTED.get(address, set(ROLES))
            if status != (200 if may else 403):
                found[role, address] = status
    assert found == {}


def propose(client: Any, line: str, **changed: Any) -> Any:
    return client.post(f"/overrides/new?line={line}", fill_override(line, **changed))


def test_a_lowering_is_proposed_signed_by_the_focal_point_and_counts(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models import Override

    answer = propose(client_for("PO"), judging["lines"][0])
    kept = Override.objects.get()
    assert answer.headers["Location"] == f"/overrides/{kept.oid}"
    shown = client_for("PO").get(f"/overrides/{kept.oid}").content.decode()
    assert "A second person, of another function, must sign." in shown
    assert f'action="/overrides/{kept.oid}/word"' not in shown
    refusal = client_for("PO").post(f"/overrides/{kept.oid}/word", {"role": "PO"})
    assert refusal.status_code == 400
    client_for("FP").post(f"/overrides/{kept.oid}/word", {"role": "FP", "sign": "yes"})
    assert '<span class="tag">counts</span>' in client_for("PO").get(f"/overrides/{kept.oid}").content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": "We know them."}, "at least 80 characters"),
        ({"expires": "2099-01-01"}, "within 12 months"),
        ({"proof0-grade": "E1"}, "not strong enough"),
        ({"direction": "raise"}, "do not fit together"),
        ({"value": "0.5", "proof0-grade": "E2"}, "absent"),
        ({"value": "2.5"}, "one level at most"),
        ({"target": "F1", "factor": "F3"}, "never lowered"),
        ({"role": "FP"}, "values offered"),
        ({"proof0-title": ""}, "title"),
    ],
)
def test_what_can_never_count_is_refused_in_the_form(
    judging: dict[str, Any], client_for: Any, changed: dict[str, Any], said: str
) -> None:
    from duecare.casebook.models import Override

    answer = propose(client_for("PO"), judging["lines"][0], **changed)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Override.objects.exists()


def plain(answer: Any, oid: str) -> str:
    """The text of an answer without the object's id and the form's random token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode().replace(oid, ""))


def test_another_office_s_objects_answer_like_missing_ones(
    judging: dict[str, Any], client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duecare.casebook.acts import plans, reratings, workshops
    from duecare.casebook.models import Override, Workshop

    people, lines = judging["people"], judging["lines"]
    monkeypatch.setattr(reratings, "is_sampled", lambda _override: False)
    propose(client_for("PO"), lines[0])
    client_for("FP").post("/workshops/new", {"line": lines, "title": "Top", "held": "2026-11-24", "target": "L"})
    kept, workshop = Override.objects.get(), Workshop.objects.get()
    item = workshop.items.first()
    workshops.rate(actor(people["PO"]), item, "PO", 3.0)
    north = workshop.structure
    action = plans.add_action(actor(people["PO"]), north, plans.Plan("Interviews", "OBJ4", "CM", TODAY, TODAY))
    talk = plans.add_talk(actor(people["PO"]), north, plans.Talk("Clean Ltd", "call", TODAY, "Wages"))
    course = plans.add_training(actor(people["PO"]), north, plans.Course("TR1", "Basics", TODAY, Decimal(2), {"PO": 3}))
    far, missing = client_for("PO-south"), "a" * 26
    for pattern, oid in (
        ("/overrides/{}", kept.oid),
        ("/workshops/{}", workshop.oid),
        ("/plans/{}", action.oid),
        ("/engagements/{}", talk.oid),
        ("/trainings/{}", course.oid),
        ("/overrides/new?workshop={}", item.oid),
        ("/overrides/new?line={}", lines[0]),
        ("/second-ratings/{}", kept.oid),
        ("/peer-reviews/{}", north.oid),
    ):
        theirs, nothing = far.get(pattern.format(oid)), far.get(pattern.format(missing))
        assert (theirs.status_code, nothing.status_code) == (404, 404), pattern
        assert plain(theirs, oid) == plain(nothing, missing), pattern
    for pattern, oid in (
        ("/overrides/{}/word", kept.oid),
        ("/overrides/{}/withdraw", kept.oid),
        ("/workshop-items/{}/rate", item.oid),
        ("/workshop-items/{}/show", item.oid),
        ("/plans/{}", action.oid),
    ):
        assert far.post(pattern.format(oid), {}).status_code == 404, pattern
    for address in ("/overrides", "/workshops", "/plans", "/engagements", "/trainings"):
        shown = far.get(address).content.decode()
        assert not [oid for oid in (kept.oid, workshop.oid, action.oid, talk.oid, course.oid) if oid in shown]


def test_a_workshop_hides_ratings_until_they_are_shown(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models import Workshop

    [line, *_] = judging["lines"]
    client_for("FP").post("/workshops/new", {"line": [line], "title": "Top", "held": "2026-11-24", "target": "L"})
    workshop = Workshop.objects.get()
    item = workshop.items.get()
    for role, value in (("PO", "3.7"), ("LG", "1.3")):
        client_for(role).post(
            f"/workshop-items/{item.oid}/rate",
            {f"{item.oid}-value": value, f"{item.oid}-role": role, f"{item.oid}-note": f"note of {role}"},
        )
    hidden = client_for("SM").get(f"/workshops/{workshop.oid}").content.decode()
    assert "2 people have rated." in hidden
    assert not [word for word in ("3.7", "1.3", "note of", "Median", "Model") if word in hidden]
    assert "You rated: 3.7" in client_for("PO").get(f"/workshops/{workshop.oid}").content.decode()
    client_for("SM").post(f"/workshop-items/{item.oid}/show", {})
    assert "Median" not in client_for("SM").get(f"/workshops/{workshop.oid}").content.decode()
    client_for("FP").post(f"/workshop-items/{item.oid}/show", {f"{item.oid}-dissent": "Legal would wait."})
    shown = client_for("IA").get(f"/workshops/{workshop.oid}").content.decode()
    for word in ("Median", "2.5", "3.7", "1.3", "note of LG", "Legal would wait."):
        assert word in shown
    begun = client_for("PO").get(f"/overrides/new?workshop={item.oid}").content.decode()
    assert 'name="value" value="2.5"' in begun or 'value="2.5"' in begun


def test_a_form_on_an_older_version_shows_both(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models import Action

    said = {"office": judging["people"]["PO"].assignments.get().structure_id, "title": "Interviews of the crew", "objective": "OBJ4", "owner_role": "CM", "start": "2026-12-01", "due": "2027-03-31", "state": "planned", "risks": judging["lines"][0]}  # fmt: skip
    client_for("PO").post("/plans/new", said)
    action = Action.objects.get()
    assert (
        client_for("CM")
        .post(f"/plans/{action.oid}", said | {"version": 1, "title": "Interviews by others"})
        .status_code
        == 302
    )
    late = client_for("PO").post(f"/plans/{action.oid}", said | {"version": 1, "due": "2027-06-30"})
    shown = late.content.decode()
    assert late.status_code == 409
    for word in ("Interviews by others", "Interviews of the crew", "2027-06-30", "Nothing of yours was saved."):
        assert word in shown
    action.refresh_from_db()
    assert (action.version, action.title) == (2, "Interviews by others")
    assert "Version 2" in client_for("IA").get(f"/plans/{action.oid}").content.decode()


def test_a_name_in_the_data_is_mapped_to_an_office(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models import Structure

    south = Structure.objects.get(name="Office South")
    south.name = "South Bureau"
    south.save()
    administrator = client_for("ADM")
    assert "One name in the data belongs to no office yet" in administrator.get("/offices").content.decode()
    administrator.post("/offices-in-data", {"name": "Office South", "office": south.oid})
    assert Structure.objects.get(pk=south.pk).names == ["Office South"]
    assert "belongs to no office" not in administrator.get("/offices").content.decode()


def test_an_invitation_is_shown_once_and_kept_as_a_digest(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models import Invitation, Person

    shown = (
        client_for("ADM")
        .post("/people/invite", {"email": "new@example.org", "name": "New", "role": "PO", "office": "all"})
        .content.decode()
    )
    token = re.search(r"http://testserver/invitation/([\w-]{43})", shown)[1]
    assert token not in str(list(Invitation.objects.values()))
    assert client_for(None).get(f"/invitation/{token}").status_code == 200
    person = Person.objects.get(email="new@example.org")
    answer = client_for("ADM").post(f"/people/{person.oid}/rest", follow=True).content.decode()
    assert "can no longer sign in" in answer
    assert client_for(None).get(f"/invitation/{token}").status_code == 404


def test_a_key_is_shown_once_and_revoked(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models import ApiKey

    client = client_for("PO")
    shown = client.post(
        "/account/keys", {"name": "export", "writes": "", "office": "", "until": TODAY.isoformat()}
    ).content.decode()
    row = ApiKey.objects.get()
    assert f'value="dc_{row.prefix}_' in shown
    assert f"dc_{row.prefix}_…" in client.get("/account/keys").content.decode()
    assert client_for("CM").post(f"/account/keys/{row.oid}/revoke").status_code == 404
    client.post(f"/account/keys/{row.oid}/revoke")
    assert ApiKey.objects.get().revoked is not None


def test_reading_the_log_is_in_the_log_and_settings_hold_no_secret(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook import audit
    from duecare.casebook.models import AuditEntry

    for role in ("DPO", "IA"):
        judging["people"][role].assignments.update(structure=None)
    client_for("DPO").get("/audit?act=read.audit")
    assert AuditEntry.objects.latest("number").act == "read.audit"
    shown = client_for("DPO").get("/audit").content.decode()
    assert audit.head().digest in shown
    assert "Person DPO" in shown
    assert "every one holds" in client_for("DPO").get("/audit/verify").content.decode()
    head = client_for("IA").get("/audit/head").json()
    assert audit.verify(audit.Head(head["number"], head["digest"])).fault == ""
    secret = judging["home"].secret()
    assert secret[:16] not in client_for("ADM").get("/settings").content.decode()


def test_another_office_is_asked_to_look_where_most_overrides_lower(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models import Override, PeerReview

    for number in range(10):
        direction = "raise" if number < 2 else "lower"
        answer = propose(client_for("PO"), judging["lines"][number % 3], scope="profile", direction=direction)
        assert answer.status_code == 302, re.findall(
            r"<li>.*?</li>|problem.*?</p>", answer.content.decode().partition('role="alert"')[2]
        )[:5]
    oid = Override.objects.first().structure_id
    assert "asked for: most of them lower" in client_for("IA").get("/override-figures").content.decode()
    assert client_for("SM").get(f"/peer-reviews/{oid}").status_code == 404
    assert "Office North" in client_for("PO-south").get("/second-ratings").content.decode()
    what = "We read all ten with their evidence and talked with the focal point; they carry."
    assert client_for("PO-south").post(f"/peer-reviews/{oid}", {"role": "PO", "what": what}).status_code == 302
    assert PeerReview.objects.get().counted == {"raise": 2, "lower": 8}
    assert "asked for" not in client_for("IA").get("/override-figures").content.decode()


def test_trainings_count_people_by_role_and_talks_are_kept(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models import Engagement, Training

    office = judging["people"]["PO"].assignments.get().structure_id
    client = client_for("FP")
    client.post(
        "/trainings/new",
        {
            "office": office,
            "module": "TR3",
            "title": "Screening",
            "held": "2026-11-01",
            "hours": "3",
            "n_PO": "6",
            "n_SUP": "2",
        },
    )
    assert Training.objects.get().reached == {"PO": 6, "SUP": 2}
    assert "people of suppliers" in client_for("IA").get("/trainings").content.decode()
    said = {"office": office, "supplier": "Clean Ltd", "kind": "meeting", "topic": "Wages", "planned": "2026-11-20"}
    client.post("/engagements/new", said)
    kept = Engagement.objects.get()
    assert client.post(f"/engagements/{kept.oid}", said | {"version": 1, "held": "2026-11-21"}).status_code == 302
    assert client.post(f"/engagements/{kept.oid}", said | {"version": 1, "topic": "Else"}).status_code == 409
    assert client_for("IA").get(f"/engagements/{kept.oid}").status_code == 200
