"""What each kind of job does: one function of ``cycle`` each, and what is kept of its answer.

An answer holds codes, counts and ids. What rows of a file say stays in files: the register's, and those of the job's folder.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from duecare import cycle
from duecare.casebook.acts.orders import Evidence, ExportOcds, Identify, Report, TakeIn, order_of
from duecare.casebook.home import Home
from duecare.errors import CannotAnswer
from duecare.identify.overrides import Ruling
from duecare.jobs.assignment import Assignment, Said
from duecare.records.request import Progress
from duecare.register.intake import Outcome
from duecare.register.runs import about_run
from duecare.register.store import Register, write_whole

Say = Callable[[Said], None]
REASONS_KEPT = 100
STEPS = {"Finding out what each line buys ...": "classify", "Rating the lines ...": "rate"}
"""What ``cycle.identify`` tells, as the codes that a job's ``step`` has: wait, read, classify, rate, write."""
OUT = "out"
WAIT_SECONDS, LONGEST_WAIT = 0.5, 6 * 3600


def take_in(assignment: Assignment, folder: Path, say: Say) -> dict[str, Any]:
    """Read uploaded files into the register. ``ledger.json`` in the job's folder has every reason in full."""
    order = order_of(assignment.kind, assignment.parameters)
    assert isinstance(order, TakeIn)
    home = Home(Path(assignment.home))
    Register.open(home.register)
    _wait_for_register(home.register, say)
    taken = cycle.take_in(
        [home.uploads / name for name in order.files],
        home.register,
        assignment.settings,
        order.as_of,
        column_map=order.column_map,
        defaults=order.defaults,
        sheet=order.sheet,
        progress=lambda progress: say(_reading(progress)),
    )
    files = [_since(outcome, set(assignment.held), Register.existing(home.register)) for outcome in taken.files]
    write_whole(folder / "ledger.json", json.dumps([asdict(one) for one in taken.files], indent=1, ensure_ascii=False))
    return {"run": taken.run, "files": files, "files_written": ["ledger.json"]}


def identify(assignment: Assignment, folder: Path, say: Say) -> dict[str, Any]:
    """Rate every line of the register with the rulings that were gathered when the job was taken up."""
    del folder
    order = order_of(assignment.kind, assignment.parameters)
    assert isinstance(order, Identify)
    register = Register.existing(Home(Path(assignment.home)).register).folder
    _wait_for_register(register, say)
    run = cycle.identify(
        register,
        assignment.settings,
        order.as_of,
        overrides=msgspec.convert(assignment.rulings, list[Ruling]),
        notify=lambda step: say(Said(step=STEPS[step])),
    )
    about = about_run(run)
    left_out = about["overrides_not_applied"]
    return {
        "run": about["id"],
        "lines": about["lines"],
        "overrides": len(about["overrides"]),
        "overrides_not_applied": left_out,
    }


def report(assignment: Assignment, folder: Path, say: Say) -> dict[str, Any]:
    """Write the report of a run into the job's folder."""
    order = order_of(assignment.kind, assignment.parameters)
    assert isinstance(order, Report)
    say(Said(step="write"))
    out, register = _fresh(folder), Home(Path(assignment.home)).register
    done = cycle.report(
        register, out, assignment.settings, run=order.run or None, capacity=order.capacity, language=order.language
    )
    return {"run": done.run, "bands": done.bands, "files_written": _written(folder)}


def evidence(assignment: Assignment, folder: Path, say: Say) -> dict[str, Any]:
    """Add an uploaded official list or observations to the register's evidence."""
    del folder
    order = order_of(assignment.kind, assignment.parameters)
    assert isinstance(order, Evidence)
    home = Home(Path(assignment.home))
    Register.open(home.register)
    _wait_for_register(home.register, say)
    say(Said(step="read"))
    file = home.uploads / order.file
    pack = cycle.add_evidence(
        file, home.register, assignment.settings, order.as_of, kind=order.kind, edition=order.edition
    )
    return {"pack": json.loads(json.dumps(pack, default=str))}


def export_ocds(assignment: Assignment, folder: Path, say: Say) -> dict[str, Any]:
    """Write the register's lines as OCDS releases into the job's folder."""
    order = order_of(assignment.kind, assignment.parameters)
    assert isinstance(order, ExportOcds)
    register = Register.existing(Home(Path(assignment.home)).register).folder
    _wait_for_register(register, say)
    say(Said(step="write"))
    out = _fresh(folder) / f"releases.{order.packed_as}"
    done = cycle.export_ocds(
        register, out, assignment.settings, order.as_of, ocid_prefix=order.ocid_prefix, publisher=order.publisher
    )
    counts = {"lines": done.lines, "releases": done.releases, "persons_unnamed": done.withheld}
    return counts | {"files_written": _written(folder)}


TASKS: dict[str, Callable[[Assignment, Path, Say], dict[str, Any]]] = {
    "take-in": take_in,
    "identify": identify,
    "report": report,
    "evidence": evidence,
    "export-ocds": export_ocds,
}


def kept_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome without anything that a row of the file says: counts, codes, and where the first faults are."""
    shown = {name: value for name, value in asdict(outcome).items() if name != "reasons"}
    places = [{key: reason[key] for key in ("code", "row", "field")} for reason in outcome.reasons[:REASONS_KEPT]]
    return shown | {"file": outcome.file.rpartition("/uploads/")[2], "reasons": places}


def _since(outcome: Outcome, held: set[str], register: Register) -> dict[str, Any]:
    """What came of a file since the job was first taken up: an earlier attempt's rows are new rows, not repeats."""
    shown, entry = kept_of(outcome), register.entry(outcome.sha256)
    if entry is None or outcome.sha256 in held:
        return shown
    return shown | {name: entry[name] for name in ("accepted", "duplicates", "lines")}


def _reading(progress: Progress) -> Said:
    return Said(step="read", done=progress.bytes_done, total=progress.bytes_total)


def _wait_for_register(register: Path, say: Say) -> None:
    """Wait while somebody else writes to the register, such as a command on the same machine."""
    deadline = time.monotonic() + LONGEST_WAIT
    with (register / ".lock").open("w") as lock:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(Said(step="wait"))
                time.sleep(WAIT_SECONDS)
            else:
                return
    raise CannotAnswer("Another take-in or run was writing to the register for hours. Ask again when it is over.")


def _fresh(folder: Path) -> Path:
    """The folder for what a job makes, empty: an earlier attempt may have left a part of it."""
    out = folder / OUT
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    return out


def _written(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in (folder / OUT).rglob("*") if path.is_file())
