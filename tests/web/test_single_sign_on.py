"""Signing in at the organisation's own provider: with PKCE, for people whom an administrator entered, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

SERVER = "https://id.example.org"


class Provider:
    """An OpenID Connect provider without a network."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "42",
            "email": "PO@example.org",
            "email_verified": True,
            "name": "Somebody",
            "picture": "x",
        }
        self.asked: list[tuple[str, str, Any]] = []

    def get(self, url: str, **more: Any) -> Any:
        return self.request("GET", url, **more)

    def request(self, method: str, url: str, **more: Any) -> Any:
        self.asked.append((method, url, more.get("data")))
        answers = {
            f"{SERVER}/.well-known/openid-configuration": {
                "issuer": SERVER,
                "authorization_endpoint": f"{SERVER}/authorize",
                "token_endpoint": f"{SERVER}/token",
                "userinfo_endpoint": f"{SERVER}/me",
                "jwks_uri": f"{SERVER}/keys",
            },
            f"{SERVER}/token": {"access_token": "a", "token_type": "Bearer"},
            f"{SERVER}/me": self.person,
        }
        return Answer(answers[url])


class Answer:
    """What the provider answers."""

    status_code = 200

    def __init__(self, content: Any) -> None:
        self.content, self.headers = content, {"content-type": "application/json"}

    def json(self) -> Any:
        return self.content

    def raise_for_status(self) -> None:
        return None


@pytest.fixture
def door() -> Any:
    from duecare.web.configuration import Door, SingleSignOn

    return Door(hosts=("testserver",), single_sign_on=SingleSignOn("Example Organisation", "duecare", "secret", SERVER))


@pytest.fixture
def provider(home: Any, monkeypatch: pytest.MonkeyPatch) -> Provider:
    from duecare.web.accounts import SingleSignOnAccounts

    made = Provider()
    monkeypatch.setattr(SingleSignOnAccounts, "get_requests_session", lambda _self: nullcontext(made))
    return made


def through(client: Any) -> Any:
    """Go to the provider and come back from it; the answer to coming back."""
    page = client.post("/sign-in/organisation/organisation")
    target = re.fullmatch(r"0; url=(.+)", page.headers["Refresh"])
    assert target
    asked = {key: values[0] for key, values in parse_qs(urlsplit(target[1]).query).items()}
    assert target[1].startswith(f"{SERVER}/authorize?")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    return client.get("/sign-in/organisation/organisation/back", {"code": "c", "state": asked["state"]})


def test_a_person_who_is_known_here_comes_in_with_pkce(client_for: Callable[..., Any], provider: Provider) -> None:
    from allauth.socialaccount.models import SocialAccount

    client = client_for(None)
    assert "Sign in with Example Organisation" in client.get("/sign-in").content.decode()
    assert through(client).headers["Location"] == "/"
    assert client.get("/account").status_code == 200
    token = next(data for _, url, data in provider.asked if url.endswith("/token"))
    assert len(token["code_verifier"]) >= 43
    assert [account.extra_data for account in SocialAccount.objects.all()] == [{}], (
        "nothing of the provider's answer is kept"
    )


@pytest.mark.parametrize("changed", [{"email": "stranger@example.org"}, {"email_verified": False}, {"email": None}])
def test_nobody_else_comes_in(client_for: Callable[..., Any], provider: Provider, changed: dict[str, Any]) -> None:
    from duecare.casebook.models import Person

    before = Person.objects.count()
    provider.person |= changed
    client = client_for(None)
    answer = through(client)

    assert answer.status_code in (200, 302)
    assert client.get("/account").status_code == 302
    assert Person.objects.count() == before


def test_an_answer_that_nobody_asked_for_is_refused(client_for: Callable[..., Any], provider: Provider) -> None:
    client = client_for(None)

    assert client.get("/sign-in/organisation/organisation/back", {"code": "c", "state": "made-up"}).status_code in (
        200,
        401,
        403,
    )
    assert client.get("/account").status_code == 302
    assert client.post("/sign-in/organisation/another").status_code == 404
