"""What waits for a person's word: texts whose purchase is unsure, and rows that were parked, within one's offices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from duecare import cycle
from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import quarantine, readings, uploads
from duecare.casebook.models import QuarantineReview, ReadingProposal, Structure, Upload
from duecare.casebook.writing import Actor
from duecare.errors import CannotAnswer
from duecare.identify.reviewing import Wish
from duecare.register.reviews import Person, Verb, book_beside
from duecare.register.store import Register
from duecare.settings import Settings
from duecare.web import coming_in, ledgers

MOST_WAITING = 500
MOST_ROWS = 200
MOST_KEPT = 8
_kept: dict[tuple[Any, ...], dict[str, Any]] = {}
_lock = Lock()


def register() -> Path:
    """The home's register."""
    folder: Path = settings.DUECARE_HOME.register
    return folder


def offices_of(actor: Actor, need: Need) -> list[Structure] | None:
    """The offices in which the need is met; ``None`` is the whole organisation."""
    reached = actor.reach.structures(need)
    return None if EVERYWHERE in reached else list(Structure.objects.filter(pk__in=reached).order_by("name"))


def names_of(offices: Sequence[Structure] | None) -> list[str] | None:
    """How the data write these offices; ``None`` for all."""
    if offices is None:
        return None
    return sorted({name for office in offices for name in (office.name, *office.names)})


def waiting(actor: Actor) -> dict[str, Any]:
    """The queue of what was bought for this person: ``waiting``, ``lines`` and ``items``, the most at stake first.

    Kept in the process until the register's files or the book change: reading all texts takes seconds.
    """
    names, folder = names_of(offices_of(actor, Need("BIZ"))), register()
    nothing = {"waiting": 0, "lines": 0, "items": []}
    if not (folder / "register.json").is_file() or names == []:
        return nothing
    key = (str(folder), _state(folder), tuple(names) if names is not None else None)
    with _lock:
        if key not in _kept:
            try:
                found = cycle.review_next(folder, Settings(limits=coming_in.limits()), MOST_WAITING, names)
            except CannotAnswer:
                found = nothing
            while len(_kept) >= MOST_KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[key] = found
        return _kept[key]


def _state(folder: Path) -> tuple[Any, ...]:
    """What the queue depends on: the ledger's entries and the book."""
    ledger, book = folder / "ledger", book_beside(folder)
    entries = sorted((path.name, path.stat().st_mtime_ns) for path in ledger.glob("*.json"))
    return (tuple(entries), book.stat().st_size if book.is_file() else 0)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of one text: the verb, for which lines, what instead, why, and in which of their roles."""

    verb: Verb
    line_id: str = ""
    category: str = ""
    cpv: str = ""
    reason: str = ""
    role: str = ""


def decide(actor: Actor, key: str, said: Said) -> dict[str, Any]:
    """Write one person's decision into the book and its entry into the log.

    Raises ``SecondPersonNeeded`` where one person is not enough, and what ``cycle.review`` and ``acts.readings`` raise.
    """
    offices = offices_of(actor, readings.JUDGE)
    office = offices[0] if offices else None
    role = readings.role_of(actor, office, said.role)
    wish = _wish(said, key, (_person(actor.person_id, role),))
    detail = {"key": key, "verb": said.verb, "category": said.category, "cpv": said.cpv, "role": role}
    return cycle.review(
        register(),
        Settings(limits=coming_in.limits()),
        wish,
        actor.at,
        offices=names_of(offices),
        keep=lambda write: readings.keep(actor, office, write, detail),
    )


def propose(actor: Actor, key: str, said: Said, title: str) -> ReadingProposal:
    """Let a correction wait for a second person."""
    offices = offices_of(actor, readings.JUDGE)
    wanted = readings.Wanted(key, said.reason, said.category, said.cpv, said.line_id, title)
    return readings.propose(actor, offices[0] if offices else None, wanted, said.role)


def sign(actor: Actor, proposal: ReadingProposal, role: str) -> None:
    """The second person agrees: both stand in the book."""
    offices = offices_of(actor, readings.JUDGE)
    own = readings.role_of(actor, proposal.structure, role)
    said = Said("correct", proposal.line_id, proposal.category, proposal.cpv, proposal.reason)
    people = (_person(proposal.by_id or "", proposal.role), _person(actor.person_id, own))

    def keep(write: Any) -> int:
        return readings.answer(actor, proposal, agrees=True, role=own, write=write).number or 0

    wish = _wish(said, proposal.key, people)
    cycle.review(register(), Settings(limits=coming_in.limits()), wish, actor.at, offices=names_of(offices), keep=keep)


def _wish(said: Said, key: str, people: tuple[Person, ...]) -> Wish:
    return Wish(said.verb, said.line_id or key, people, said.category, said.cpv, said.reason, bool(said.line_id))


def _person(oid: str, role: str) -> Person:
    """Who decides, by the id of the record: the book lies beside the register and holds no names."""
    return Person(oid, readings.FUNCTIONS.get(role, ""))


@dataclass(frozen=True, slots=True)
class Parked:
    """The rows that one file has parked for one reason, with what was last said of them and the upload they came in by."""

    sha256: str
    file: str
    code: str
    rows: int
    upload: Upload | None
    number: int
    review: QuarantineReview | None

    @property
    def office(self) -> str | None:
        """The office that sent the file in."""
        return self.upload.structure.name if self.upload is not None and self.upload.structure else None


def parked(actor: Actor) -> list[Parked]:
    """Parked rows by file and code: those nobody has spoken of first, then by how many rows nobody rates."""
    folder = register()
    if not (folder / "register.json").is_file():
        return []
    sent = _sent(actor)
    everything = EVERYWHERE in uploads.offices(actor, (Need("BIZ"),))
    entries = [entry for entry in Register.existing(folder).ledger() if everything or entry["sha256"] in sent]
    said = quarantine.newest(entry["sha256"] for entry in entries)
    found = []
    for entry in entries:
        upload, number = sent.get(entry["sha256"], (None, 0))
        for code, rows in entry["codes"].items():
            review = said.get((entry["sha256"], code, ""))
            found.append(Parked(entry["sha256"], entry["file"], code, rows, upload, number, review))
    return sorted(found, key=lambda one: (one.review is not None, -one.rows, one.file, one.code))


def _sent(actor: Actor) -> dict[str, tuple[Upload, int]]:
    """By digest of a file or of an archive's member: the upload that brought it, and its place in it."""
    reached = uploads.offices(actor, (Need("BIZ"),))
    every = Upload.objects.select_related("structure", "job").filter(discarded=None).exclude(job=None)
    found: dict[str, tuple[Upload, int]] = {}
    for upload in every if EVERYWHERE in reached else every.filter(structure__in=reached):
        for number, one in enumerate(ledgers.taken(upload)):
            found.setdefault(str(one["sha256"]), (upload, number))
    return found


def rows_of(one: Parked) -> list[dict[str, Any]]:
    """The first rows that were parked for this reason: row, column, what stood there and what to do."""
    path = register() / "quarantine" / f"{one.sha256}.jsonl"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        faults = (fault for line in lines for fault in json.loads(line) if fault["code"] == one.code)
        return list(islice(faults, MOST_ROWS))
