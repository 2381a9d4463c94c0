"""What the survival tests kill: ``python survival_process.py KIND HOME`` says ``ready``, then a line for each thing acknowledged."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
UPLOAD_BYTES = 300_000


def say(*words: object) -> None:
    """Acknowledge: whoever reads this may rely on it."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def edit_plans(home: Path) -> None:
    """Add actions and change each twice, for as long as this process lives."""
    from duecare.casebook.acts import plans
    from duecare.casebook.models import Structure

    office, actor, number = Structure.objects.get(), _actor(home), 0
    say("ready")
    while True:
        number += 1
        plan = plans.Plan(f"A {os.getpid()} {number}", "OBJ1", "PO", date(2026, 1, 1), date(2026, 12, 31))
        action = plans.add_action(actor, office, plan)
        say(action.oid, action.version)
        for change in (1, 2):
            changed = plans.Plan(f"B {number} {change}", "OBJ1", "PO", date(2026, 1, 1), date(2026, 12, 31))
            action = plans.change_action(actor, action, action.version, changed)
            say(action.oid, action.version)


def upload(home: Path) -> None:
    """Send in files of random bytes, for as long as this process lives."""
    from duecare.casebook.acts import uploads
    from duecare.casebook.arriving import Arriving

    actor = _actor(home)
    say("ready")
    while True:
        arriving = Arriving(home / "uploads", 2 * UPLOAD_BYTES)
        for _ in range(10):
            arriving.write(os.urandom(UPLOAD_BYTES // 10))
        kept = uploads.keep(actor, None, "some file.csv", arriving.settle())
        say(kept.oid, kept.sha256)


def migrate(home: Path) -> None:
    """Make a record, and say so."""
    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook

    opened = Home.open(home)
    say("ready")
    open_casebook(opened)
    say("done")


def _actor(home: Path) -> object:
    from duecare.casebook.access import EVERYWHERE, Held, Reach
    from duecare.casebook.models import Person
    from duecare.casebook.writing import Actor

    return Actor(Person.objects.get(), Reach(frozenset({Held("PO", EVERYWHERE), Held("FP", EVERYWHERE)})), NOW)


def main() -> None:
    """Begin."""
    kind, home = sys.argv[1], Path(sys.argv[2])
    if kind == "migrate":
        migrate(home)
        return
    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook

    open_casebook(Home.open(home), migrate=False)
    {"edit-plans": edit_plans, "upload": upload}[kind](home)


if __name__ == "__main__":
    main()
