"""A program that asks the API with a key or a session, over a record with something of every kind in two offices."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import whole_world
from whole_world import TODAY, World

BASE = "/api/v1"
SOON = (TODAY + timedelta(days=60)).isoformat()


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with a run, made once."""
    return whole_world.rated(tmp_path_factory.mktemp("rated") / "register")


@pytest.fixture
def world(home: Any, register: Path) -> World:
    """A record with something of every kind in two offices."""
    import shutil

    shutil.copytree(register, home.register)
    return whole_world.make(home)


class Program:
    """A program that asks with a key or a session."""

    def __init__(self, client: Any, key: str = "") -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {key}"} if key else {}

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and plain answer."""
        more = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = getattr(self.client, method.lower())(f"{BASE}/{path}", headers=self.headers, **more)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
        return answer.status_code, json.loads(content) if answer.headers["Content-Type"].startswith(
            "application/json"
        ) and content else content


@pytest.fixture
def as_(world: World) -> Callable[..., Program]:
    """``as_("PO", "north")`` asks as that person."""
    return lambda role, office="north": Program(world.client(role, office))


def key_of(world: World, role: str, office: str, **more: Any) -> str:
    from duecare.casebook.acts import keys

    return keys.make(whole_world.actor(world.people[role, office]), "a program", TODAY + timedelta(days=30), **more)[1]


def by_key(key: str) -> Program:
    from django.test import Client

    return Program(Client(enforce_csrf_checks=True), key)


def send(program: Program, path: str, name: str, content: bytes, **fields: str) -> tuple[int, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = program.client.post(
        f"{BASE}/{path}", {"file": SimpleUploadedFile(name, content), **fields, "whole": "yes"}, headers=program.headers
    )
    return answer.status_code, answer.json()


def new_action(world: World, office: str = "north") -> dict[str, Any]:
    own = {
        "structure": world.offices[office].oid,
        "title": "Talk to the cleaners",
        "objective": "OBJ1",
        "owner_role": "PO",
    }
    return own | {"start": TODAY.isoformat(), "due": SOON, "budget_amount": "1200.50", "budget_currency": "EUR"}
