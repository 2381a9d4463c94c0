"""The API: keys and what they narrow, sessions, one shape of errors, its description, and how often one may ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import whole_world
from programs import BASE, SOON, Program, by_key, key_of, new_action
from whole_world import TODAY, World


def test_a_key_asks_as_its_person(world: World) -> None:
    program = by_key(key_of(world, "PO", "north", writes=True))

    status, said = program.ask("GET", "me")
    assert (status, said["email"], said["by_key"]) == (200, "po.north@example.org", True)
    assert program.ask("GET", f"contracts/{world.ids['contract']['north']}")[0] == 200
    assert program.ask("GET", f"contracts/{world.ids['contract']['south']}")[0] == 404
    assert program.ask("POST", "actions", new_action(world))[0] == 201


def test_an_act_by_key_stands_so_in_the_log(world: World) -> None:
    from duecare.casebook.models import AuditEntry

    by_key(key_of(world, "PO", "north", writes=True)).ask("POST", "actions", new_action(world))

    last = AuditEntry.objects.order_by("-number").first()
    assert last is not None
    assert (last.act, last.via, last.person) == ("action.add", "api", world.people["PO", "north"].oid)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer nothing",
        "Bearer dc_aaaaaaaaaaaa_" + "a" * 43,
        "Basic cG86cG8=",
        "Bearer \x00",
        "Bearer dc_é",
    ],
)
def test_a_wrong_key_is_nobody_even_beside_a_session(world: World, given: str) -> None:
    client = world.client("PO", "north")

    answer = client.get(f"{BASE}/me", headers={"Authorization": given})

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_changed_secret_is_refused(world: World) -> None:
    key = key_of(world, "PO", "north")
    other = key[:-1] + ("a" if key[-1] != "a" else "b")

    assert by_key(key).ask("GET", "me")[0] == 200
    assert by_key(other).ask("GET", "me")[0] == 401


@pytest.mark.parametrize("how", ["revoked", "over", "at rest"])
def test_a_key_that_ended_is_nobody(world: World, how: str) -> None:
    from duecare.casebook.models import ApiKey

    person, key = world.people["PO", "north"], key_of(world, "PO", "north")
    row = ApiKey.objects.get(prefix=key.split("_")[1])
    if how == "revoked":
        row.revoked = whole_world.NOW
    elif how == "over":
        row.until = TODAY - timedelta(days=2)
    else:
        person.is_active = False
        person.save()
    row.save()

    assert by_key(key).ask("GET", "me")[0] == 401


def test_a_reading_key_only_reads(world: World) -> None:
    program = by_key(key_of(world, "PO", "north", writes=False))

    assert program.ask("GET", "actions")[0] == 200
    assert program.ask("POST", "actions", new_action(world))[0] == 403
    assert program.ask("PUT", "me", {"name": "Somebody"})[0] == 403
    assert program.ask("DELETE", f"keys/{'a' * 26}")[0] == 403


def test_a_key_of_one_office_reaches_no_other(world: World) -> None:
    program = by_key(key_of(world, "PO", "all", writes=True, structure=world.offices["north"]))

    assert program.ask("GET", f"actions/{world.ids['action']['north']}")[0] == 200
    assert program.ask("GET", f"actions/{world.ids['action']['south']}")[0] == 404
    assert {row["structure"] for row in program.ask("GET", "actions")[1]["items"]} == {world.offices["north"].oid}
    assert program.ask("POST", "actions", new_action(world, "south"))[0] == 404


def test_a_key_makes_no_keys_and_invites_nobody(world: World) -> None:
    program = by_key(key_of(world, "ADM", "all", writes=True))

    assert program.ask("POST", "keys", {"name": "more", "until": SOON})[0] == 403
    assert program.ask("POST", "invitations", {"email": "new@example.org", "role": "PO"})[0] == 403


def test_a_key_opens_no_page(world: World) -> None:
    from django.test import Client

    answer = Client().get("/account", headers={"Authorization": f"Bearer {key_of(world, 'PO', 'north')}"})

    assert answer.status_code == 302


def test_the_key_itself_is_nowhere(world: World) -> None:
    from duecare.casebook.models import ApiKey

    key = key_of(world, "PO", "north")

    assert not [row for row in ApiKey.objects.values() if key in str(row) or key.split("_", 2)[2] in str(row)]


# --- sessions, errors ----------------------------------------------------------------------------------------------------


def test_a_session_needs_the_token_to_write(world: World) -> None:
    client = world.client("PO", "north", enforce_csrf_checks=True)

    status, said = Program(client).ask("POST", "actions", new_action(world))

    assert (status, said["code"]) == (403, "not_allowed")
    assert Program(client).ask("GET", "actions")[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("GET", "nothing", None, 404, ""),
        ("GET", "actions/none", None, 404, ""),
        ("GET", f"actions/{'a' * 26}", None, 404, ""),
        ("DELETE", "actions", None, 405, ""),
        ("GET", "actions?size=0", None, 422, "size"),
        ("GET", "findings?order=amount", None, 422, "order"),
        ("POST", "actions", {}, 422, "title"),
        ("POST", "actions", {"structure": "a" * 26, "colour": "red"}, 422, "title"),
        ("POST", "jobs", {"kind": "dance"}, 403, ""),
        ("PUT", "people/" + "a" * 26, {"is_active": False}, 403, ""),
    ],
)
def test_errors_have_one_shape(
    as_: Callable[..., Program], method: str, path: str, body: Any, status: int, field: str
) -> None:
    answered, said = as_("RQ" if path == "jobs" else "PO").ask(method, path, body)

    assert answered == status
    assert set(said) == {"code", "message", "field"}
    assert said["message"]
    assert said["field"] == field


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"email": NaN}', "application/json", 400),
        (b'{"name": "a\\u0000b"}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b'{"name": "' + b"x" * 3_000_000 + b'"}', "application/json", 413),
    ],
)
def test_bodies_that_are_no_json_are_refused(world: World, body: bytes, kind: str, status: int) -> None:
    answer = world.client("PO", "north").put(f"{BASE}/me", data=body, content_type=kind)

    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message", "field"}


def test_head_is_like_get_without_the_answer(as_: Callable[..., Program]) -> None:
    assert as_("PO").ask("HEAD", "actions")[0] == 200


def test_the_description_names_every_route_and_its_right(as_: Callable[..., Program]) -> None:
    from duecare.web.routes import ROUTES

    status, said = as_("PO").ask("GET", "openapi.json")

    described = {f"{path.removeprefix('/')}".replace("{", "<str:").replace("}", ">") for path in said["paths"]}
    registered = {route.path for route in ROUTES.values() if route.path.startswith("api/v1/")} - {"api/v1/openapi.json"}
    assert status == 200
    assert described == registered
    assert said["paths"]["/api/v1/actions"]["post"]["x-need"] == "PLAN write"
    assert all("x-need" in operation for methods in said["paths"].values() for operation in methods.values())
    assert "http" not in as_("PO").client.get("/help/api").content.decode().split("<main")[1].split("</main>")[0]


def test_too_many_requests_are_told_when_to_come_again(world: World, settings_of_door: Callable[..., None]) -> None:
    settings_of_door(requests_per_minute=15)
    program = by_key(key_of(world, "PO", "north"))
    answers = [program.client.get(f"{BASE}/me", headers=program.headers) for _ in range(8)]

    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    assert answers[-1].status_code == 429
    assert answers[-1].json()["code"] == "too_many"
    assert int(answers[-1].headers["Retry-After"]) >= 1


@pytest.fixture
def settings_of_door(home: Any) -> Callable[..., None]:
    """Change how the application is reached for the clients that come after."""
    from dataclasses import replace

    from django.conf import settings

    def change(**more: Any) -> None:
        settings.DUECARE_DOOR = replace(settings.DUECARE_DOOR, **more)

    return change
