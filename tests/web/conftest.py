"""Fixtures of the web application: a fresh home, one person for each role, clients and a real browser.

``home``        an empty record of its own (SQLite; ``@pytest.mark.parametrize("home", ["postgresql"], indirect=True)`` for the other)
``offices``     two offices, ``north`` and ``south``
``people``      a person for each role: in the north office, ADM for the whole organisation; ``people["PO-south"]`` in the south
``client_for``  ``client_for("PO")`` is a ``django.test.Client`` signed in as that person; ``client_for(None)`` as nobody
``served``      a real server on a free port with a real chromium: ``served.page("PO")``
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from judging_world import judging, small_register  # noqa: F401 - fixtures with a small register
from programs import as_, register, world  # noqa: F401 - fixtures of a program over a record with everything
from rated import line_of, rated, sample_register  # noqa: F401 - fixtures with the sample organisation

if TYPE_CHECKING:
    from django.test import Client
    from web_browser import Served

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOSTS = ("testserver", "127.0.0.1", "localhost")


@pytest.fixture
def door() -> Any:
    """How the application under test is reached; a test module may have its own."""
    from duecare.web.configuration import Door

    return Door(hosts=HOSTS, requests_per_minute=60_000, sign_ins_per_minute=6_000)


@pytest.fixture
def home(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path, door: Any) -> Iterator[Any]:
    """An empty record of its own with the web application over it."""
    from django.db import connections

    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook
    from duecare.web.configuration import web_settings

    shutil.copytree(migrated, tmp_path / "home")
    address = request.getfixturevalue("postgresql") if getattr(request, "param", "") == "postgresql" else ""
    kept = Home.open(tmp_path / "home")
    open_casebook(kept, address, web_settings(door), migrate=False)
    import_module("duecare.web.urls")  # as a server has them; signing in is noted by what this imports
    yield kept
    connections.close_all()


@pytest.fixture
def offices(home: Any) -> dict[str, Any]:
    """Two offices."""
    from duecare.casebook.models import Structure

    named = {"north": ("Office North", "RS"), "south": ("Office South", "AL")}
    return {key: Structure.objects.create(name=name, country=code, at=NOW) for key, (name, code) in named.items()}


@pytest.fixture
def people(offices: dict[str, Any]) -> dict[str, Any]:
    """A person for each role, none with a password."""
    from duecare.casebook.models import Person
    from duecare.casebook.models.people import ROLES

    made = {}
    for role in (*ROLES, "PO-south"):
        person = Person.objects.create_user(f"{role.lower()}@example.org", None, joined=NOW, name=f"Person {role}")
        office = None if role == "ADM" else offices["south" if role.endswith("-south") else "north"]
        person.assignments.create(role=role.split("-")[0], structure=office, since=date(2026, 1, 1), at=NOW)
        made[role] = person
    return made


@pytest.fixture
def client_for(people: dict[str, Any]) -> Callable[[str | None], Client]:
    """Makes a client that is signed in as the person of a role; ``None`` is nobody."""
    from django.test import Client

    def made(role: str | None, **more: Any) -> Client:
        client = Client(**more)
        if role is not None:
            client.force_login(people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return made


@pytest.fixture
def served(home: Any, people: dict[str, Any]) -> Iterator[Served]:
    """A real server over the same home, and a real browser."""
    from web_browser import serve

    with serve(home, people) as running:
        yield running
