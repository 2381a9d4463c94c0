"""A home over a small rated register, in which experts of two offices judge and plan."""

from __future__ import annotations

import shutil
from dataclasses import replace
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
        "target": "S", "scope": "line_id", "direction": "lower", "value": "3.0", "reason": REASON, "expires": date(whole_world.TODAY.year + 1, 1, 1).isoformat(), "role": "PO",
        "proof0-title": "Interview round", "proof0-publisher": "Office North", "proof0-date": whole_world.TODAY.isoformat(), "proof0-grade": "E4",
    }  # fmt: skip
    return said | changed


def small_world(judging: dict[str, Any]) -> dict[str, str]:
    """Overrides, a workshop, a plan, a talk, a training and a key in the north; gives their ids."""
    from decimal import Decimal

    from duecare.casebook.acts import keys, overrides, plans, reratings, workshops
    from duecare.casebook.models import Structure

    people, lines, today = judging["people"], judging["lines"], whole_world.TODAY
    north = Structure.objects.get(name="Office North")
    officer, focal = actor(people["PO"]), actor(people["FP"])
    proof = {"title": "Interview round", "publisher": "Office North", "date": today.isoformat(), "grade": "E4"}
    kept = []
    while len(kept) < 12 or not any(reratings.is_sampled(one) for one in kept):
        direction = "raise" if len(kept) < 2 else "lower"
        said = {
            "target": "W",
            "where": {"structure": "Office North", "line_id": lines[len(kept) % 3]},
            "value": 2.0,
            "direction": direction,
            "reason": REASON,
            "proofs": [proof],
        }
        title = ("Cleaning of offices", "Security guards at night", "Cotton work uniforms")[len(kept) % 3]
        wish = overrides.Wish(
            **said, expires=date(today.year + 1, today.month, 1), role="PO", title=title, category="CAT03"
        )
        kept.append(overrides.propose(officer, north, wish, lambda _entry: ""))
    overrides.say(focal, kept[2], "FP", agrees=True)
    overrides.say(
        actor(people["LG"]), kept[3], "LG", agrees=False, note_text="The interviews were held in the supplier's office."
    )
    items = [workshops.Item(line, f"Line {number}", "L", 2.75) for number, line in enumerate(lines)]
    workshop = workshops.open_workshop(
        focal, north, "Top thirty of the office", today, items, sources="Visit of the sites in October"
    )
    first = workshop.items.order_by("title").first()
    for role, value in (("PO", 3.5), ("LG", 1.5), ("SM", 2.0)):
        workshops.rate(actor(people[role]), first, role, value, f"What {role} has seen at the site gate")
    workshops.reveal(focal, first, "Legal would wait for the inspection.")
    plan = plans.Plan(
        "Interview the workers of the cleaning contract",
        "OBJ4",
        "CM",
        today,
        date(today.year + 1, 3, 31),
        measure_code="M-0807",
        kpi="K14",
        risks=lines[:1],
        hours=Decimal(12),
        evidence=["Report of the interviews"],
    )
    action = plans.add_action(officer, north, plan)
    action = plans.change_action(
        officer, action, 1, replace(plan, state="running", budget_amount=Decimal(1500), budget_currency="EUR")
    )
    talk = plans.add_talk(
        officer,
        north,
        plans.Talk(
            "Clean Ltd", "meeting", today, "Wages and subcontractors", today, "They send pay slips by December."
        ),
    )
    training = plans.add_training(
        officer, north, plans.Course("TR3", "Screening and mapping", today, Decimal(3), {"PO": 6, "FP": 1, "SUP": 3})
    )
    keys.make(officer, "nightly export", date(today.year + 1, 1, 1))
    sampled = next(one for one in kept if reratings.is_sampled(one))
    return {
        "override": kept[4].oid,
        "sampled": sampled.oid,
        "office": north.oid,
        "workshop": workshop.oid,
        "action": action.oid,
        "talk": talk.oid,
        "training": training.oid,
    }
