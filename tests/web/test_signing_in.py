"""Who comes in and how long: passwords, lock-out, second step, invitations, session rules, tokens of forms."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

PASSWORD = "four rivers meet here"


@pytest.fixture
def officer(people: dict[str, Any]) -> Any:
    person = people["PO"]
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client: Any, address: str = "po@example.org", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"login": address, "password": password} | more)


def test_a_password_opens_the_account_under_a_new_key(client_for: Callable[..., Any], officer: Any) -> None:
    client = client_for(None)
    client.get("/sign-in")
    client.cookies["session"] = "a" * 32
    answer = sign_in(client)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.cookies["session"].value != "a" * 32
    assert client.cookies["session"]["httponly"]
    assert client.cookies["session"]["samesite"] == "Lax"
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(("address", "password"), [("po@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_address_and_a_wrong_password_look_the_same(
    client_for: Callable[..., Any], officer: Any, address: str, password: str
) -> None:
    answer = sign_in(client_for(None), address, password)

    assert answer.status_code == 200
    assert "The address and the password do not belong together." in answer.content.decode()


def test_an_account_closes_for_a_while_after_failed_attempts_whatever_the_capitals(
    client_for: Callable[..., Any], officer: Any
) -> None:
    client = client_for(None)
    answers = [
        sign_in(client, "PO@example.org" if number % 2 else "po@example.org", "wrong").status_code
        for number in range(8)
    ]

    assert answers[0] == 200
    assert answers[-1] == 429
    assert sign_in(client).status_code == 429, "the right password does not open a closed account"
    assert sign_in(client_for(None)).status_code == 429, "nor from another browser"
    assert "Too many attempts" in sign_in(client).content.decode()


def test_a_resting_person_does_not_come_in_and_a_session_of_one_is_over(
    client_for: Callable[..., Any], officer: Any
) -> None:
    client = client_for("PO")
    assert client.get("/account").status_code == 200
    officer.is_active = False
    officer.save()

    assert client.get("/account").status_code == 302
    assert client_for(None).get("/account").status_code == 302
    sign_in(client)
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_and_changing_the_language_lead_nowhere_else(
    client_for: Callable[..., Any], officer: Any, target: str
) -> None:
    client = client_for(None)

    assert client.post("/language", {"language": "fr", "next": target}).headers["Location"] == "/"
    assert sign_in(client, next=target).headers["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client_for: Callable[..., Any], officer: Any) -> None:
    client = client_for(None)
    page = client.get(client.get("/account?a=1").headers["Location"]).content.decode()
    target = re.search(r'name="next" value="([^"]+)"', page.partition("<main")[2])

    assert target
    assert sign_in(client, next=target[1]).headers["Location"] == "/account?a=1"


@pytest.mark.parametrize(
    "address", ["/sign-in", "/language", "/account", "/sign-out", "/account/end-sessions", "/local", "/invitation/abc"]
)
def test_a_form_without_its_token_does_nothing(client_for: Callable[..., Any], officer: Any, address: str) -> None:
    for role in (None, "PO"):
        client = client_for(role, enforce_csrf_checks=True)
        answer = client.post(address, {"login": "po@example.org", "password": PASSWORD, "language": "fr"})
        assert answer.status_code == 403
        assert "language" not in client.cookies


def test_a_form_of_another_page_is_refused_even_with_a_token(client_for: Callable[..., Any], officer: Any) -> None:
    client = client_for("PO", enforce_csrf_checks=True)
    page = client.get("/account").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    sent = {"csrfmiddlewaretoken": token[1], "language": "it"}

    assert client.post("/language", sent, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/language", sent, headers={"Origin": "http://testserver"}).status_code == 302


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    from duecare.web import clock as real

    made = Clock()
    monkeypatch.setattr(real, "now", made.now)
    return made


def test_a_session_ends_after_half_an_hour_without_use(
    clock: Clock, client_for: Callable[..., Any], people: dict[str, Any]
) -> None:
    client = client_for("PO")
    clock.pass_(minutes=29)
    assert client.get("/account").status_code == 200
    clock.pass_(minutes=29)
    assert client.get("/account").status_code == 200
    clock.pass_(minutes=31)
    assert client.get("/account").status_code == 302
    assert client.get("/account").status_code == 302, "asking does not wake it"


def test_a_session_ends_after_twelve_hours_in_any_case(
    clock: Clock, client_for: Callable[..., Any], people: dict[str, Any]
) -> None:
    client = client_for("PO")
    for _ in range(12 * 3 - 1):
        clock.pass_(minutes=20)
        assert client.get("/account").status_code == 200
    clock.pass_(minutes=21)
    assert client.get("/account").status_code == 302


def test_all_sessions_end_everywhere_at_once(
    clock: Clock, client_for: Callable[..., Any], people: dict[str, Any]
) -> None:
    here, there = client_for("PO"), client_for("PO")
    clock.pass_(minutes=1)
    assert there.get("/account").status_code == 200
    assert here.post("/account/end-sessions").status_code == 302

    assert here.get("/account").status_code == 302
    assert there.get("/account").status_code == 302
    clock.pass_(minutes=1)
    assert client_for("PO").get("/account").status_code == 200


def test_a_session_that_notes_no_beginning_is_none(client_for: Callable[..., Any], people: dict[str, Any]) -> None:
    client = client_for("PO")
    session = client.session
    del session["began"]
    session.save()

    assert client.get("/account").status_code == 302


def test_signing_out_ends_the_session_on_the_server(client_for: Callable[..., Any], people: dict[str, Any]) -> None:
    client = client_for("PO")
    key = client.cookies["session"].value
    assert client.post("/sign-out").headers["Location"] == "/signed-out"
    client.cookies["session"] = key

    assert client.get("/account").status_code == 302


def test_an_invitation_works_once_and_sets_a_password(client_for: Callable[..., Any], people: dict[str, Any]) -> None:
    from duecare.casebook.access import reach_of
    from duecare.casebook.acts import organising
    from duecare.casebook.models import AuditEntry, Invitation
    from duecare.casebook.writing import Actor

    at = datetime.now(tz=UTC)
    actor = Actor(people["ADM"], reach_of(people["ADM"], at.date()), at)
    _person, token = organising.invite(actor, "New.Person@example.org", "FP", None, "New")
    client = client_for(None)

    assert token not in str(list(Invitation.objects.values())) + str(list(AuditEntry.objects.values()))
    assert "new.person" not in str(list(AuditEntry.objects.values())).casefold()
    assert "Welcome, New." in client.get(f"/invitation/{token}").content.decode()
    for weak, why in {
        "short": "too short",
        "qwertyuiop123": "used by many",
        "new.person@example.org": "too like",
    }.items():
        answer = client.post(f"/invitation/{token}", {"password1": weak, "password2": weak})
        assert (answer.status_code, why in answer.content.decode()) == (400, True), weak
    assert client.post(f"/invitation/{token}", {"password1": PASSWORD, "password2": PASSWORD + "!"}).status_code == 400
    answer = client.post(f"/invitation/{token}", {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.headers["Location"] == "/account/second-step/app"
    assert client.get("/account/second-step/app").status_code == 200
    assert client_for(None).get(f"/invitation/{token}").status_code == 404
    assert client_for(None).get("/invitation/none-of-ours").status_code == 404


def test_a_new_link_opens_a_closed_account_at_once(
    client_for: Callable[..., Any], officer: Any, people: dict[str, Any]
) -> None:
    from duecare.casebook.access import reach_of
    from duecare.casebook.acts import organising
    from duecare.casebook.writing import Actor

    client = client_for(None)
    while sign_in(client, password="wrong").status_code != 429:
        pass
    at = datetime.now(tz=UTC)
    token = organising.new_link(Actor(people["ADM"], reach_of(people["ADM"], at.date()), at), officer)
    sent = {"password1": "new rivers meet here", "password2": "new rivers meet here"}
    assert client.post(f"/invitation/{token}", sent).status_code == 302
    assert sign_in(client_for(None), password="new rivers meet here").status_code == 302


def test_an_old_invitation_is_over(clock: Clock, client_for: Callable[..., Any], people: dict[str, Any]) -> None:
    from duecare.casebook.acts import organising
    from duecare.casebook.writing import Actor

    _person, token = organising.invite(Actor(None, at=clock.at, via="cli"), "late@example.org", "PO")
    clock.pass_(days=7, minutes=1)

    assert client_for(None).get(f"/invitation/{token}").status_code == 404


def test_only_who_looks_after_people_invites(people: dict[str, Any]) -> None:
    from duecare.casebook.access import NotAllowed, reach_of
    from duecare.casebook.acts import organising
    from duecare.casebook.writing import Actor

    at = datetime.now(tz=UTC)
    with pytest.raises(NotAllowed):
        organising.invite(Actor(people["PO"], reach_of(people["PO"], at.date()), at), "x@example.org", "ADM")


def test_the_second_step_is_set_up_and_asked_for(client_for: Callable[..., Any], officer: Any) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    client = client_for(None)
    sign_in(client)
    assert client.get("/account/second-step/app").headers["Location"].startswith("/account/confirm"), (
        "the password once more"
    )
    assert client.post("/account/confirm", {"password": "wrong"}).status_code == 200
    assert client.get("/account/second-step/app").status_code == 302
    assert client.post("/account/confirm", {"password": PASSWORD}).status_code == 302
    page = client.get("/account/second-step/app").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret

    def code() -> str:
        counter = next(iter(yield_hotp_counters_from_time()))
        return format_hotp_value(hotp_value(secret[1], counter))  # type: ignore[index]

    assert "not right" in client.post("/account/second-step/app", {"code": "000000"}).content.decode()
    assert (
        client.post("/account/second-step/app", {"code": code()}).headers["Location"] == "/account/second-step/recovery"
    )
    kept = Authenticator.objects.get(user=officer, type="totp").data
    assert secret[1] not in str(kept), "the secret is sealed in the record"
    recovery = re.findall(r"<code>([0-9a-zA-Z]+)</code>", client.get("/account/second-step/recovery").content.decode())
    assert len(recovery) == 10

    other = client_for(None)
    assert sign_in(other).headers["Location"] == "/sign-in/second-step"
    assert other.get("/account").status_code == 302, "a password alone is not enough"
    assert other.post("/sign-in/second-step", {"code": "000000"}).status_code == 200
    assert other.get("/account").status_code == 302
    assert other.post("/sign-in/second-step", {"code": recovery[0]}).status_code == 302
    assert other.get("/account").status_code == 200
    third = client_for(None)
    sign_in(third)
    assert third.post("/sign-in/second-step", {"code": recovery[0]}).status_code == 200, "a recovery code works once"


def test_a_new_password_ends_other_sessions(client_for: Callable[..., Any], officer: Any) -> None:
    here, there = client_for(None), client_for(None)
    sign_in(here)
    sign_in(there)
    changed = {"oldpassword": PASSWORD, "password1": "other rivers meet there", "password2": "other rivers meet there"}
    assert here.post("/account/password", changed).status_code == 302

    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_what_the_sign_in_library_has_beside_is_closed(client_for: Callable[..., Any], officer: Any) -> None:
    for address in (
        "/sign-up",
        "/account/forgotten",
        "/account/email",
        "/account/password/set",
        "/accounts/login/",
        "/accounts/",
    ):
        assert client_for("PO").get(address).status_code == 404
    assert client_for(None).post("/sign-up", {"email": "x@example.org", "password1": PASSWORD}).status_code in (
        403,
        404,
        405,
    )


def test_the_language_follows_the_person_then_the_choice_then_the_browser(
    client_for: Callable[..., Any], officer: Any
) -> None:
    def language(client: Any, **headers: str) -> str:
        found = re.search(r'<html lang="(\w+)"', client.get("/signed-out", headers=headers).content.decode())
        assert found
        return found[1]

    client = client_for(None)
    assert language(client) == "en"
    assert language(client, **{"Accept-Language": "pt;q=0.9, de-AT;q=0.8, fr;q=0.2"}) == "de"
    client.post("/language", {"language": "es", "next": "/signed-out"})
    assert language(client, **{"Accept-Language": "de"}) == "es"
    client.post("/language", {"language": "xx"})
    assert language(client) == "es"
    signed = client_for("PO")
    signed.post("/language", {"language": "ru"})
    officer.refresh_from_db()
    assert (officer.language, language(signed)) == ("ru", "ru")


def test_signing_in_takes_the_same_time_for_known_and_unknown_addresses(
    client_for: Callable[..., Any], officer: Any
) -> None:
    """Processor time, best of three: an unknown address costs the same hashing as a known one."""

    def cost(address: str) -> float:
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            sign_in(client_for(None), address, "wrong")
            best = min(best, time.process_time() - start)
        return best

    known, unknown = cost("po@example.org"), cost("nobody@example.org")
    assert 0.5 < known / unknown < 2
