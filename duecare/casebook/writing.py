"""The one way to change the record: one queue of writers, one transaction, one entry in the audit log.

SQLite lets one writer in at a time and lets the others try again and again, so that some wait long; a lock on a file of the
home puts them in a queue instead, threads and processes alike. PostgreSQL needs only the log's place to be held.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from duecare.casebook import audit
from duecare.casebook.access import Need, NotAllowed, Reach
from duecare.errors import CannotAnswer, disk_fault

if TYPE_CHECKING:
    from duecare.casebook.models import Person

NEVER = datetime.min.replace(tzinfo=UTC)
CHAIN_LOCK = 0x64756563617265
"""Number of PostgreSQL's advisory lock: the letters of duecare."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with which rights, when and through which door (``web``, ``api``, ``cli`` or ``job``)."""

    person: Person | None
    reach: Reach = field(default_factory=Reach)
    at: datetime = NEVER
    via: str = "web"

    @property
    def person_id(self) -> str:
        """The person's id for the log; empty for the machine itself."""
        return self.person.oid if self.person is not None else ""

    @property
    def day(self) -> date:
        """The calendar day of the act."""
        return self.at.date()

    def later(self, at: datetime) -> Actor:
        """The same person at another moment."""
        return replace(self, at=at)

    def must(self, need: Need, structure: str | None = None) -> None:
        """Raise ``NotAllowed`` unless the person may do this in this office (or everywhere, without one)."""
        if not self.reach.may(need, structure):
            raise NotAllowed("Your roles do not allow this here. Ask the person who looks after people and roles.")


class Note(Protocol):
    """Names the object of the entry, once it is known; ``detail`` holds codes and ids, never content or names."""

    def __call__(self, object_id: str, detail: Mapping[str, Any] | None = None, structure: str | None = None) -> None:
        """Say what the entry is about."""


@contextmanager
def written(actor: Actor, act: str, *, kind: str = "", structure: str | None = None) -> Iterator[Note]:
    """One change of the record with its entry in the log: both are there afterwards, or neither.

    Inside, call the yielded ``note`` with the object's id. ``structure`` is an office's id.
    """
    said: dict[str, Any] = {"object_id": "", "detail": None, "structure": structure or ""}

    def note(object_id: str, detail: Mapping[str, Any] | None = None, structure: str | None = None) -> None:
        said["object_id"], said["detail"] = object_id, detail
        if structure is not None:
            said["structure"] = structure

    with queued():
        yield note
        audit.append(actor, act, kind=kind, **said)


@contextmanager
def queued() -> Iterator[None]:
    """Wait for the writer's place and hold it for one transaction. Not to be entered twice by one thread."""
    from django.db import DatabaseError, connection, transaction

    is_sqlite = connection.vendor == "sqlite"
    if connection.in_atomic_block:
        raise RuntimeError("The record is already being written by this thread; make it one change.")
    try:
        with _place(_lock_path()) if is_sqlite else nullcontext(), transaction.atomic():
            if not is_sqlite:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
            yield
    except DatabaseError as error:
        if reason := _out_of_order(error):
            raise CannotAnswer(reason) from error
        raise


def _lock_path() -> Path:
    from django.conf import settings

    path: Path = settings.DUECARE_HOME.writer_lock
    return path


@contextmanager
def _place(path: Path) -> Iterator[None]:
    """Hold the lock file; each holder has its own handle, so threads of one process queue like processes."""
    try:
        lock = path.open("ab")
    except OSError as error:
        raise CannotAnswer(_out_of_order(error) or disk_fault(error) or str(error)) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _out_of_order(error: Exception) -> str:
    """What a person can do about the disk; empty where the fault is ours."""
    text = str(error).lower()
    if "readonly" in text or "read-only" in text:
        return "The record cannot be written: its file or disk is read-only. Nothing was changed; what is there can be read."
    if "full" in text or "disk i/o" in text:
        return "The disk is full or failing. Nothing was changed; make room and do it again."
    if "locked" in text:
        return "Somebody else is writing for unusually long. Nothing was changed; try again in a moment."
    return ""
