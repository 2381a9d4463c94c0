"""A record that holds something of every kind in two offices, over a register with a run: for tests that walk all routes.

Everything is written through the acts, by people of the office. ``TEXT`` in ``make`` stands in every free text field.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

NOW = datetime.now(tz=UTC).replace(microsecond=0) - timedelta(hours=1)
TODAY = NOW.date()
OFFICES = {"north": "Office North", "south": "Office South"}
HEADER = (
    "contract_id", "structure", "buyer", "supplier_name", "country", "origin_country", "title", "description", "cpv", "amount",
    "currency", "award_date", "start_date", "end_date",
)  # fmt: skip
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SURE = "The second person looked at the same pay slips and says the same of them."


def rated(
    folder: Path, titles: Sequence[str] = ("Cleaning of offices", "Security guards at night", "Cotton work uniforms")
) -> Path:
    """A register at ``folder`` with a run over some lines of both offices; each title is bought by both."""
    from duecare import cycle
    from duecare.settings import Settings

    table = folder.with_suffix(".csv")
    with table.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for office, name in OFFICES.items():
            for number, title in enumerate(titles):
                days = [
                    TODAY - timedelta(days=400 - number),
                    TODAY - timedelta(days=300),
                    TODAY + timedelta(days=60 + number),
                ]
                cpv = ("90919200-4", "79713000-5", "18110000-3")[number % 3]
                row = [
                    f"{office}-{number}",
                    name,
                    name,
                    f"Supplier {title}",
                    "RS",
                    "CN",
                    title,
                    f"{title} for {office}",
                    cpv,
                    1000 * (number + 1),
                ]
                out.writerow([*row, "EUR", *(day.isoformat() for day in days)])
    taken = cycle.take_in([table], folder, Settings(), TODAY)
    assert not taken.refused, taken
    cycle.identify(folder, Settings(), TODAY)
    return folder


@dataclass
class World:
    """Ids by kind and office (``ids["action"]["north"]``), people by role and office, and the person of everything."""

    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    people: dict[tuple[str, str], Any] = field(default_factory=dict)
    offices: dict[str, Any] = field(default_factory=dict)

    def keep(self, kind: str, office: str, thing: Any) -> Any:
        """Remember a thing of an office."""
        self.ids.setdefault(kind, {})[office] = thing if isinstance(thing, str) else thing.oid
        return thing

    def client(self, role: str, office: str, **more: Any) -> Any:
        """A client that is signed in as the person of this role there (``all`` for everywhere)."""
        from django.test import Client

        client = Client(**more)
        client.force_login(self.people[role, office], backend=BACKEND)
        return client


def actor(person: Any, at: datetime = NOW) -> Any:
    """The person as the author of acts."""
    from duecare.casebook.access import reach_of
    from duecare.casebook.writing import Actor

    return Actor(person, reach_of(person, at.date()), at)


def make(home: Any, text: str = "quite ordinary", *, roles: Sequence[str] | None = None) -> World:
    """Fill the record of a home whose register is ``rated``; people of ``roles`` (all of them) in each office and everywhere."""
    from duecare.casebook.models import Assignment, Person, Structure
    from duecare.casebook.models.people import ROLES

    world = World()
    for key, name in OFFICES.items():
        world.offices[key] = Structure.objects.create(
            name=name, names=[name, f"{name} {text}"], country="RS", legal_regime=text[:100], at=NOW
        )
        world.keep("structure", key, world.offices[key])
    for role in roles or ROLES:
        for where in ("north", "south", "all"):
            person = Person.objects.create_user(
                f"{role}.{where}@example.org".lower(), None, joined=NOW, name=f"{role} {where} {text}"[:200]
            )
            held = Assignment.objects.create(
                person=person, role=role, structure=world.offices.get(where), since=date(2026, 1, 1), at=NOW
            )
            world.people[role, where] = person
    for office in OFFICES:
        person = Person.objects.create_user(
            f"bystander.{office}@example.org", None, joined=NOW, name=f"{MARKS[office]} {text}"[:200]
        )
        held = Assignment.objects.create(
            person=person, role="RQ", structure=world.offices[office], since=date(2026, 1, 1), at=NOW
        )
        world.keep("person", office, person)
        world.keep("assignment", office, held)
    for office in OFFICES:
        _office(home, world, office, f"{MARKS[office]} {text}")
    return world


MARKS = {"north": "marknorth", "south": "marksouth"}
"""Words that stand in every text of an office; one of the south in an answer to the north is a leak."""


def _office(home: Any, world: World, office: str, text: str) -> None:
    from duecare.casebook.acts import contracts, decisions, plans, workshops

    structure = world.offices[office]
    lead, officer = (actor(world.people[role, office]) for role in ("FP", "PO"))
    line, item = first_line(home, OFFICES[office])
    world.keep("line", office, line.line_id)
    contract = world.keep("contract", office, contracts.contract_of(lead, line))
    reason = world.keep(
        "link", office, contracts.add_link(lead, line, contracts.Wish("reason", text, due=TODAY + timedelta(days=3)))
    )
    contracts.add_link(
        lead, line, contracts.Wish("measure", text, answers=reason.oid, due=TODAY + timedelta(days=5), owner_role="PO")
    )
    contracts.add_event(lead, reason, "running", text)
    verdict = decisions.Verdict("accept", text, f"{text} and a reason that is long enough", TODAY + timedelta(days=90))
    world.keep("decision", office, decisions.decide(lead, line, item, verdict))
    plan = plans.Plan(
        text[:300],
        "OBJ1",
        "PO",
        TODAY - timedelta(days=9),
        TODAY + timedelta(days=9),
        baseline=text[:100],
        target=text[:100],
        contract=contract,
    )
    world.keep("action", office, plans.add_action(officer, structure, plan))
    talk = plans.Talk(text[:300], "meeting", TODAY, text[:300], outcome=text, contract=contract)
    world.keep("engagement", office, plans.add_talk(officer, structure, talk))
    course = plans.Course("TR1", text[:300], TODAY, Decimal(2), {"PO": 3})
    world.keep("training", office, plans.add_training(officer, structure, course))
    item_wish = workshops.Item(line.line_id, text, "L", 2.0)
    workshop = world.keep(
        "workshop", office, workshops.open_workshop(lead, structure, text[:200], TODAY, [item_wish], sources=text)
    )
    rated_item = world.keep("workshop item", office, workshop.items.get())
    workshops.rate(officer, rated_item, "PO", 2.5, text)
    _judged(world, office, text, line.line_id)
    _files(home, world, office, text, contract)


def _judged(world: World, office: str, text: str, line: str) -> None:
    from duecare.casebook.acts import overrides, reratings
    from duecare.casebook.acts.readings import Wanted, propose

    officer = actor(world.people["PO", office])
    proof = {"title": text[:200], "publisher": text[:200], "date": "2026-09-01", "grade": "E3", "locator": text[:100]}
    reason = f"{text}: the crew was interviewed off site and all pay slips of the last year were seen."
    wish = overrides.Wish(
        "W",
        {"structure": OFFICES[office], "line_id": line},
        3.0,
        "raise",
        reason,
        [proof],
        TODAY + timedelta(days=90),
        "PO",
        title=text,
    )
    made = overrides.propose(officer, world.offices[office], wish, lambda _entry: "")
    world.keep("override", office, made)
    while not reratings.is_sampled(made):
        made = overrides.propose(officer, world.offices[office], wish, lambda _entry: "")
    world.keep("case", office, made)
    wanted = Wanted("ab" * 16, f"{text} because it was read wrongly", category="CAT03", title=text)
    world.keep("proposal", office, propose(officer, world.offices[office], wanted))


def _files(home: Any, world: World, office: str, text: str, contract: Any) -> None:
    from duecare.casebook.acts import files, keys, quarantine, uploads, work
    from duecare.casebook.arriving import Arriving

    lead = actor(world.people["FP", office])
    arrived = Arriving(home.files, 10_000_000)
    arrived.write(b"%PDF-1.7\n" + office.encode() + b"\n%%EOF\n")
    about = files.About(text[:300], text[:300], TODAY, "E3", "BIZ")
    world.keep(
        "file",
        office,
        files.file_evidence(lead, world.offices[office], arrived.settle(), f"{text}.pdf", about, contract),
    )
    sent = Arriving(home.uploads, 10_000_000)
    sent.write(f"contract_id;title;amount;currency\n1;{office};5;EUR\n".encode())
    upload = world.keep("upload", office, uploads.keep(lead, world.offices[office], f"{text}.csv", sent.settle()))
    quarantine.judge(lead, upload.sha256, "ask", structure=world.offices[office], code="AMOUNT", note=text)
    uploads.take_in(lead, upload)
    job = world.keep("job", office, work.ask(lead, "identify", {}, world.offices[office]))
    work.cancel(lead, job.oid)
    row, _ = keys.make(lead, text[:100], TODAY + timedelta(days=30), writes=True)
    world.keep("key", office, row)


def first_line(home: Any, office: str) -> tuple[Any, dict[str, Any]]:
    """The most urgent line of an office in the newest run, as the acts take it, and its finding."""
    from duecare.communicate.reading_room import ROOMS, Asked
    from duecare.settings import Settings
    from duecare.web.room import line_of

    room = ROOMS.newest(home.register, Settings())
    assert room is not None
    (row,) = room.page(Asked(frozenset({office})), size=1)
    item = room.item(None, row["line_id"])
    assert item is not None
    return line_of(item), item
