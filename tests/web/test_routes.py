"""The one check before every page: signed in, need, office of the object, method, and the log before the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def pages(home: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A few pages of this test, put into the application's own registry and addresses."""
    from django.http import HttpResponse
    from django.urls import clear_url_caches

    import duecare.web.urls as urls
    from duecare.casebook.access import Need, NotAllowed
    from duecare.casebook.models import Contract
    from duecare.errors import CannotAnswer, WrongUsage
    from duecare.web import routes

    monkeypatch.setattr(routes, "ROUTES", dict(routes.ROUTES))
    seen: dict[str, Any] = {"log": []}

    @routes.page("t/contracts/<str:oid>", "t-contract", Need("BIZ"), objects="contract", methods=("GET", "POST"))
    def contract(request: Any, oid: str) -> HttpResponse:
        return HttpResponse(routes.found(Contract, request, oid).title)

    @routes.page("t/cost/<str:oid>", "t-cost", Need("COST"), objects="contract")
    def cost(request: Any, oid: str) -> HttpResponse:
        from duecare.casebook.models import AuditEntry

        seen["log"] = list(AuditEntry.objects.values_list("act", "kind", "object", "person"))
        return HttpResponse("costs")

    @routes.page("t/refuses/<str:how>", "t-refuses", routes.SIGNED_IN)
    def refuses(request: Any, how: str) -> HttpResponse:
        raise {
            "not": NotAllowed("Not you."),
            "nothing": CannotAnswer("No run yet."),
            "wrong": WrongUsage("The day is <b>wrong</b>."),
        }[how]

    mine = [route for route in routes.ROUTES.values() if route.name.startswith("t-")]
    monkeypatch.setattr(urls, "urlpatterns", [*routes.patterns(mine), *urls.urlpatterns])
    clear_url_caches()
    yield seen
    clear_url_caches()


@pytest.fixture
def contracts(offices: dict[str, Any]) -> dict[str, str]:
    """The id of a contract of each office."""
    from duecare.casebook.models import Contract

    return {
        name: Contract.objects.create(structure=office, key=name, contract_id=name, title=f"Contract {name}", at=NOW).pk
        for name, office in offices.items()
    }


def test_an_object_of_another_office_answers_like_a_missing_one(
    pages: Any, contracts: dict[str, str], client_for: Callable[..., Any]
) -> None:
    client = client_for("PO")
    there, elsewhere, missing = contracts["north"], contracts["south"], "a" * 26

    assert client.get(f"/t/contracts/{there}").content == b"Contract north"
    answers = [client.get(f"/t/contracts/{oid}") for oid in (elsewhere, missing, "x", "%00", "a" * 5000)]
    assert {answer.status_code for answer in answers} == {404}
    assert client_for("PO-south").get(f"/t/contracts/{elsewhere}").status_code == 200
    first, second = (answer.content.decode().replace(elsewhere, "ID").replace(missing, "ID") for answer in answers[:2])
    assert strip_tokens(first) == strip_tokens(second), "not a letter tells them apart"


def strip_tokens(page: str) -> str:
    import re

    return re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", page)


def test_a_need_that_no_role_meets_is_forbidden_and_nobody_must_sign_in(
    pages: Any, contracts: dict[str, str], client_for: Callable[..., Any]
) -> None:
    address = f"/t/contracts/{contracts['north']}"

    assert client_for("ADM").get(address).status_code == 403
    assert client_for("SAG").get(address).status_code == 403
    answer = client_for(None).get(address)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/sign-in?next=%2Ft%2Fcontracts%2F{contracts['north']}",
    )
    part = client_for(None).get(address, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, answer.headers["Location"])


def test_writing_needs_more_than_reading(pages: Any, contracts: dict[str, str], client_for: Callable[..., Any]) -> None:
    address = f"/t/contracts/{contracts['north']}"

    assert client_for("RQ").get(address).status_code == 200
    assert client_for("RQ").post(address).status_code == 403
    assert client_for("PO").post(address).status_code == 200
    assert client_for(None).post(address).headers["Location"] == "/sign-in"


def test_other_methods_are_refused_and_head_is_a_get(
    pages: Any, contracts: dict[str, str], client_for: Callable[..., Any]
) -> None:
    client = client_for("PO")
    address = f"/t/contracts/{contracts['north']}"

    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "WHATEVER"):
        answer = client.generic(method, address)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST"), method
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")


def test_a_restricted_reading_is_in_the_log_before_the_page_is_made(
    pages: Any, contracts: dict[str, str], people: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    assert client_for("PO").get(f"/t/cost/{contracts['north']}").status_code == 200
    assert pages["log"] == [("read.t-cost", "contract", contracts["north"], people["PO"].pk)]


def test_nothing_restricted_is_shown_when_the_log_cannot_be_written(
    pages: Any, contracts: dict[str, str], client_for: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from duecare.casebook import audit
    from duecare.errors import CannotAnswer

    def full(*_given: object, **_more: object) -> None:
        raise CannotAnswer("The disk is full or failing.") from OperationalError("database or disk is full")

    client = client_for("PO")
    monkeypatch.setattr(audit, "record_read", full)
    answer = client.get(f"/t/cost/{contracts['north']}")
    assert answer.status_code == 503
    assert "The disk is full or failing." in answer.content.decode()
    assert b"costs" not in answer.content
    assert pages["log"] == []


@pytest.mark.parametrize(
    ("how", "status", "text"),
    [("not", 403, "Not you."), ("nothing", 404, "No run yet."), ("wrong", 400, "The day is &lt;b&gt;wrong")],
)
def test_what_an_act_refuses_is_said_on_a_page(
    pages: Any, client_for: Callable[..., Any], how: str, status: int, text: str
) -> None:
    answer = client_for("PO").get(f"/t/refuses/{how}")

    assert answer.status_code == status
    assert text in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_fault_of_ours_tells_nothing(pages: Any, client_for: Callable[..., Any]) -> None:
    client = client_for("PO", raise_request_exception=False)
    answer = client.get("/t/refuses/unknown-secret-word")

    assert answer.status_code == 500
    assert "unknown-secret-word" not in answer.content.decode().partition("<main")[2]
    assert "KeyError" not in answer.content.decode()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_two_routes_cannot_have_one_name(pages: Any) -> None:
    from django.http import HttpResponse

    from duecare.web import routes

    with pytest.raises(ValueError, match="t-contract"):
        routes.page("elsewhere", "t-contract", routes.OPEN)(lambda _request: HttpResponse())


def test_every_address_of_the_application_is_a_route_of_the_registry(home: Any) -> None:
    from django.urls import URLPattern, get_resolver

    from duecare.web import routes

    patterns = get_resolver().url_patterns
    assert all(isinstance(pattern, URLPattern) for pattern in patterns)
    assert {pattern.name for pattern in patterns} == set(routes.ROUTES)
    assert all(
        pattern.callback.__qualname__.endswith(("answer", routes.ROUTES[pattern.name].view.__qualname__))
        for pattern in patterns
    )
