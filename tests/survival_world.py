"""Kill -9 at random moments and look at what is left: nothing acknowledged lost, no half state, the same bytes when run again.

Used by the tests with a dozen kills and by ``bench/survival.py`` with two hundred.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psutil

from duecare import cycle
from duecare.casebook import audit
from duecare.casebook.access import EVERYWHERE, Held, Reach
from duecare.casebook.acts import work
from duecare.casebook.home import Home
from duecare.casebook.opening import open_casebook
from duecare.casebook.writing import Actor
from duecare.jobs import worker
from duecare.jobs.verify import verify_home
from duecare.settings import Settings

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
AS_OF = date(2026, 11, 1)
PROCESS = Path(__file__).with_name("survival_process.py")
HEADER = "contract_id,buyer,supplier_name,title,cpv,country,amount,currency,award_date,end_date"
KINDS = ("take-in", "identify", "edit-plans", "upload", "migrate")
KEPT = ("ledger", "lines", "quarantine", "aside", "marks", "runs")


@dataclass
class World:
    """Templates that each kill starts from, what an undisturbed run gives, and how long it takes."""

    folder: Path
    random: random.Random
    files: int = 3
    rows: int = 150
    writers: int = 2
    seconds: dict[str, float] = field(default_factory=dict)
    expected: dict[str, dict[str, str]] = field(default_factory=dict)
    schema: list[str] = field(default_factory=list)
    findings: str = ""
    struck: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    late: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    acknowledged: int = 0

    def prepare(self, *, jobs: bool = True) -> None:
        """Make the templates, and run each kind of work once undisturbed; without ``jobs`` only what the others need."""
        began = time.monotonic()
        self._empty = Home.open(self.folder / "empty")
        open_casebook(self._empty)
        self.seconds["migrate"] = time.monotonic() - began
        self.schema = _schema()
        self._fill()
        for number in range(self.files):
            (self._empty.uploads / f"{number}.csv").write_text(self._contracts(number), encoding="utf-8")
        _close()
        if not jobs:
            return
        home = self._home("reference")
        self._ask(home, "take-in")
        self.seconds["take-in"] = _seconds(lambda: _work_off(home))
        self.expected["take-in"] = fingerprint(home)
        self._taken = self._copy(home, "taken")
        open_casebook(home, migrate=False)
        self._ask(home, "identify")
        self.seconds["identify"] = _seconds(lambda: _work_off(home))
        self.expected["identify"] = fingerprint(home)
        self.findings = _findings(home)
        _close()

    def kill_once(self, kind: str) -> None:
        """One kill of one kind of work in a fresh copy of the world, and every check afterwards."""
        work_on = {"take-in": self._kill_job, "identify": self._kill_job, "migrate": self._kill_migration}
        name = f"{kind}-{self.struck[kind] + self.late[kind]}"
        killed = work_on.get(kind, self._kill_writers)(kind, name)
        self.struck[kind] += killed
        self.late[kind] += not killed
        _close()
        shutil.rmtree(self.folder / name)

    def _kill_job(self, kind: str, name: str) -> bool:
        """Kill the worker, or the child that does the job; the next worker ends the job with the same bytes."""
        home = self._home(name, taken=kind == "identify")
        job = self._ask(home, kind)
        process = subprocess.Popen(
            [sys.executable, "-m", "duecare", "jobs", "work", "--until-idle", "--home", str(home.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(self.random.uniform(0.3, 1.0) * self.seconds[kind])
        children = _children(process.pid)
        victim = self.random.choice([process.pid, *children[:1]])
        was_alive = process.poll() is None
        _kill(victim)
        before = {name for name in fingerprint(home) if name.startswith(("ledger/", "runs/"))}
        process.wait()
        _gone(children)
        whole = verify_home(home, Settings())
        assert whole.faults == (), whole.faults
        worker.main(home, "", Settings(), until_idle=True)
        job.refresh_from_db()
        assert job.state == "done", (job.state, job.error, job.attempts)
        assert before <= set(self.expected[kind]), "something half done was left"
        assert fingerprint(home) == self.expected[kind], "other bytes than an undisturbed run"
        if kind == "identify":
            assert _findings(home) == self.findings
        return was_alive

    def _kill_writers(self, kind: str, name: str) -> int:
        """Kill several processes that write at once; what each had acknowledged is there, whole."""
        home = self._home(name)
        processes = [_start(kind, home.folder) for _ in range(self.writers)]
        time.sleep(self.random.uniform(0.02, 0.6))
        for process in processes:
            process.send_signal(signal.SIGKILL)
        said = [line.split() for process in processes for line in process.communicate()[0].split("\n")[:-1]]
        self.acknowledged += len(said)
        whole = verify_home(home, Settings())
        assert whole.faults == (), whole.faults
        assert audit.verify().fault == ""
        {"edit-plans": _check_plans, "upload": _check_uploads}[kind](home, said)
        return len(processes)

    def _kill_migration(self, kind: str, name: str) -> bool:
        """Kill the process that makes the record's tables; opening it again makes the same ones."""
        home = self.folder / name
        process = _start(kind, home)
        time.sleep(self.random.uniform(0, self.seconds[kind]))
        was_alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        open_casebook(Home.open(home))
        assert _schema() == self.schema
        assert audit.verify().fault == ""
        return was_alive

    def _home(self, name: str, *, taken: bool = False) -> Home:
        """A copy of a template, opened."""
        return self._copy(self._taken if taken else self._empty, name)

    def _copy(self, home: Home, name: str) -> Home:
        _close()
        shutil.copytree(home.folder, self.folder / name)
        copy = Home.open(self.folder / name)
        open_casebook(copy, migrate=False)
        return copy

    def _fill(self) -> None:
        from duecare.casebook.models import Person, Structure

        Person.objects.create(email="p@example.org", joined=NOW)
        Structure.objects.create(name="Office North", at=NOW)

    def _ask(self, home: Home, kind: str) -> Any:
        from duecare.casebook.models import Person

        actor = Actor(Person.objects.get(), Reach(frozenset({Held("FP", EVERYWHERE)})), NOW)
        files = {"files": [f"{number}.csv" for number in range(self.files)]} if kind == "take-in" else {}
        return work.ask(actor, kind, {"as_of": AS_OF.isoformat(), **files})

    def _contracts(self, number: int) -> str:
        kinds = (("Cleaning of offices", "90919200-4"), ("Guards", "79713000-5"), ("Paper", "30197630-1"))
        lines = [HEADER]
        for row in range(self.rows):
            title, cpv = kinds[row % 3]
            amount = "unknown" if row % 40 == 7 else f"{1000 + row}.50"
            lines.append(
                f"C{number}-{row},Office North,S{row % 9} Ltd,{title} {row % 11},{cpv},RS,{amount},EUR,2026-01-15,2027-01-14"
            )
        return "\n".join(lines) + "\n"


def fingerprint(home: Home) -> dict[str, str]:
    """The digest of every file of the register that counts: those that the ledger lists, and those of whole runs."""
    known = {path.stem for path in (home.register / "ledger").glob("*.json")}
    found: dict[str, str] = {}
    for folder in KEPT:
        for path in sorted((home.register / folder).rglob("*")):
            counts = path.stem in known if folder != "runs" else (path.parent / "run.json").is_file()
            if path.is_file() and counts and not path.name.startswith("."):
                found[str(path.relative_to(home.register))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _check_plans(home: Home, said: list[list[str]]) -> None:
    from duecare.casebook.models import Action, AuditEntry

    actions = {action.oid: action for action in Action.objects.all()}
    for oid, version in said:
        assert actions[oid].version >= int(version), "an acknowledged change is lost"
    for action in actions.values():
        entries = AuditEntry.objects.filter(object=action.oid).count()
        assert (action.history.count(), entries) == (action.version, action.version), "half a change"
    assert AuditEntry.objects.count() == sum(action.version for action in actions.values())


def _check_uploads(home: Home, said: list[list[str]]) -> None:
    from duecare.casebook.acts.uploads import stored
    from duecare.casebook.models import Upload

    uploads = {upload.oid: upload for upload in Upload.objects.all()}
    for oid, sha256 in said:
        assert uploads[oid].sha256 == sha256
    for upload in uploads.values():
        assert hashlib.sha256(stored(upload).read_bytes()).hexdigest() == upload.sha256, "half a file"


def _start(kind: str, home: Path) -> subprocess.Popen[str]:
    """A process of ``survival_process`` that is about to begin its work."""
    command = [sys.executable, str(PROCESS), kind, str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    assert first == "ready\n", (first, process.communicate())
    return process


def _work_off(home: Home) -> None:
    """Be the worker until nothing waits, in a process of its own, as it is run for real."""
    command = [sys.executable, "-m", "duecare", "jobs", "work", "--until-idle", "--home", str(home.folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def _findings(home: Home) -> str:
    """The digest of findings.json of the newest run."""
    out = home.folder / "out"
    cycle.report(home.register, out, Settings())
    digest = hashlib.sha256((out / "findings.json").read_bytes()).hexdigest()
    shutil.rmtree(out)
    return digest


def _schema() -> list[str]:
    """Every table, index and trigger of the open record."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1")
        tables = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT app || ' ' || name FROM django_migrations ORDER BY 1")
        return tables + [row[0] for row in cursor.fetchall()]


def _children(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _gone(pids: list[int]) -> None:
    """Wait until none of them works any more: they die with their parent."""
    deadline = time.monotonic() + 20
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
        assert time.monotonic() < deadline, "a child outlived its worker"
        time.sleep(0.02)


def _seconds(run: Callable[[], None]) -> float:
    began = time.monotonic()
    run()
    return time.monotonic() - began


def _close() -> None:
    from django.db import connections

    connections.close_all()
