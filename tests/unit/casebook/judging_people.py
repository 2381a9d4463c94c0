"""People of two offices for the tests of what people judge, and a complete override to begin from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from casebook_home import NOW

REASON = (
    "The focal point and the contract manager interviewed half of the crew off site and saw all pay slips of a year."
)
PROOF = {"title": "Interview round", "publisher": "Office North", "date": "2026-09-01", "grade": "E4"}


def office(name: str, *names: str) -> Any:
    from duecare.casebook.models import Structure

    return Structure.objects.create(name=name, names=list(names), at=NOW)


def person(address: str, *held: tuple[str, Any]) -> Any:
    """A person with (role, office or nothing for everywhere)."""
    from duecare.casebook.models import Assignment, Person

    made = Person.objects.create_user(f"{address}@example.org", None, joined=NOW, name=address)
    for role, where in held:
        Assignment.objects.create(person=made, role=role, structure=where, since=date(2026, 1, 1), at=NOW)
    return made


def actor(of: Any, at: Any = NOW) -> Any:
    from duecare.casebook.access import reach_of
    from duecare.casebook.writing import Actor

    return Actor(of, reach_of(of, at.date()), at, via="cli")


def wish(**changed: Any) -> Any:
    from duecare.casebook.acts.overrides import Wish

    said = Wish(
        target="W",
        where={"structure": "Office North", "profile": "CLEAN"},
        value=2.0,
        direction="lower",
        reason=REASON,
        proofs=[PROOF],
        expires=date(2027, 9, 30),
        role="PO",
        title="Cleaning of the office",
        category="CAT03",
    )
    return replace(said, **changed)


def may_count(_entry: Any) -> str:
    """A check that finds no fault."""
    return ""
