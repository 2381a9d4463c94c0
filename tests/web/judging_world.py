"""A home over a small rated register, in which experts of two offices judge and plan."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import whole_world

REASON = (
    "The focal point and the contract manager interviewed half of the crew off site and saw all pay slips of a year."
)


@pytest.fixture(scope="session")
def small_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with one run over three lines of each office. Not to be written to."""
    return whole_world.rated(tmp_path_factory.mktemp("small") / "register")


@pytest.fixture
def judging(home: Any, people: dict[str, Any], small_register: Path) -> dict[str, Any]:
    """The people of ``people`` over a register of their offices: adds a focal point of the south, and ``line`` of the north."""
    from duecare.communicate.reading_room import ROOMS, Asked
    from duecare.settings import Settings

    shutil.copytree(small_register, home.register)
    room = ROOMS.newest(home.register, Settings())
    rows = room.page(Asked(frozenset({"Office North"})))
    return {"people": people, "lines": [row["line_id"] for row in rows], "room": room, "home": home}


def actor(person: Any) -> Any:
    """The person as the author of acts, now."""
    return whole_world.actor(person, whole_world.NOW)


def fill_override(line: str, **changed: Any) -> dict[str, Any]:
    """What one fills in to propose an override."""
    said = {
        "target": "S", "scope": "line_id", "direction": "lower", "value": "1.5", "reason": REASON, "expires": date(whole_world.TODAY.year + 1, 1, 1).isoformat(), "role": "PO",
        "proof0-title": "Interview round", "proof0-publisher": "Office North", "proof0-date": whole_world.TODAY.isoformat(), "proof0-grade": "E4",
    }  # fmt: skip
    return said | changed
