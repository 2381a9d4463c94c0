"""Work is asked for, done by a worker in a process of its own, stopped, put back and done again with the same result."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from casebook_home import NOW

from duecare.casebook import audit
from duecare.casebook.access import EVERYWHERE, Held, NotAllowed, Reach
from duecare.casebook.acts import work
from duecare.casebook.home import Home
from duecare.casebook.writing import Actor
from duecare.errors import CannotAnswer, WrongUsage
from duecare.jobs import queue, worker
from duecare.jobs.assignment import Said
from duecare.settings import Settings

HEADER = "contract_id,buyer,supplier_name,title,cpv,country,amount,currency,award_date,end_date"
ROWS = (
    "A-1,Office North,Shine d.o.o.,Cleaning of offices,90919200-4,RS,12000.50,EUR,2026-01-15,2027-01-14",
    "A-2,Office North,Advice GmbH,Strategy consultancy,79410000-1,AT,9000,EUR,2026-02-15,2026-12-14",
    "A-3,Office South,Watch Ltd,Security guards,79713000-5,AM,not a number,EUR,2026-03-01,2027-03-01",
)
SETTINGS = Settings()


class _Models:
    """The models, looked up when they are used: only then is Django configured."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module("duecare.casebook.models"), name)


record = _Models()


@pytest.fixture
def plain(migrated: Path, tmp_path: Path) -> Iterator[Home]:
    """An empty record in SQLite only, for what has nothing to do with the kind of database."""
    from django.db import connections

    from duecare.casebook.opening import open_casebook

    home = _copy(migrated, tmp_path)
    open_casebook(home, migrate=False)
    yield home
    connections.close_all()


def contracts(home: Home, name: str = "a.csv", rows: tuple[str, ...] = ROWS) -> str:
    (home.uploads / name).write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return name


def actor(role: str = "FP", structure: str = EVERYWHERE) -> Actor:
    person, _ = record.Person.objects.get_or_create(email=f"{role}@example.org", defaults={"joined": NOW})
    return Actor(person, Reach(frozenset({Held(role, structure)})), NOW)


def office(name: str) -> Any:
    return record.Structure.objects.create(name=name, at=NOW)


def test_a_file_is_taken_in_rated_and_reported(home: Home) -> None:
    me = actor()
    taken = work.ask(me, "take-in", {"files": [contracts(home)]})
    rated = work.ask(me, "identify", {})
    told = work.ask(me, "report", {"capacity": 2})

    assert worker.main(home, _address(), SETTINGS, until_idle=True) == 3

    taken, rated, told = (record.Job.objects.get(oid=job.oid) for job in (taken, rated, told))
    assert [job.state for job in (taken, rated, told)] == ["done"] * 3, (taken.error, rated.error, told.error)
    (file,) = taken.result["files"]
    assert (file["file"], file["accepted"], file["quarantined"]) == ("a.csv", 2, 1)
    assert "not a number" not in json.dumps(taken.result), "what a row says stays out of the record"
    assert "not a number" in work.result_file(me, taken.oid, "ledger.json").read_text("utf-8")
    assert rated.result["lines"] == 2
    assert told.result["run"] == rated.result["run"]
    assert work.result_file(me, told.oid, "out/report.html").is_file()
    acts = [entry.act for entry in audit_entries()]
    assert acts == ["work.ask"] * 3 + ["work.done"] * 3
    assert audit.verify().fault == ""


def test_evidence_and_an_export_are_work_too(plain: Home) -> None:
    me = actor()
    work.ask(me, "take-in", {"files": [contracts(plain)]})
    given = work.ask(me, "export-ocds", {"packed_as": "jsonl", "as_of": "2026-11-01"})

    worker.main(plain, _address(), SETTINGS, until_idle=True)

    given.refresh_from_db()
    assert (given.state, given.result["lines"]) == ("done", 2), given.error
    lines = work.result_file(me, given.oid, "out/releases.jsonl").read_text("utf-8").splitlines()
    assert all(json.loads(line)["date"].startswith("2026-11-01") for line in lines)


def test_what_cannot_be_done_fails_with_a_sentence(plain: Home) -> None:
    job = work.ask(actor(), "identify", {})

    worker.main(plain, _address(), SETTINGS, until_idle=True)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)
    assert "There is no register" in job.error


def test_the_same_work_twice_leaves_the_same_bytes(plain: Home) -> None:
    me = actor()
    for _ in range(2):
        work.ask(me, "take-in", {"files": [contracts(plain)], "as_of": "2026-11-01"})
        work.ask(me, "identify", {"as_of": "2026-11-01"})
    worker.main(plain, _address(), SETTINGS, until_idle=True)

    runs = {job.result["run"] for job in record.Job.objects.filter(kind="identify")}
    taken = {job.result["run"] for job in record.Job.objects.filter(kind="take-in")}
    assert (len(runs), len(taken), len(list((plain.register / "runs").iterdir()))) == (1, 1, 1)


def test_an_attempt_that_was_cut_off_is_made_again_and_told_as_one(plain: Home) -> None:
    """The first attempt had taken the file in and died before it could say so."""
    from duecare import cycle
    from duecare.jobs.assignment import assign

    job = work.ask(actor(), "take-in", {"files": [contracts(plain)]})
    claimed = queue.claim(NOW)
    assert claimed is not None
    assign(plain, job.oid, job.kind, job.parameters, SETTINGS)
    cycle.take_in([plain.uploads / "a.csv"], plain.register, SETTINGS, date(2026, 11, 24))

    worker.main(plain, _address(), SETTINGS, until_idle=True)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2), job.error
    assert job.result["files"][0]["accepted"] == 2


def test_work_whose_worker_dies_each_time_is_given_up(home: Home) -> None:
    job = work.ask(actor(), "identify", {})
    for _ in range(queue.MOST_ATTEMPTS):
        assert queue.claim(NOW) is not None
        queue.put_back(job.oid, NOW)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    assert "stopped by the machine 3 times" in job.error
    assert queue.claim(NOW) is None


def test_a_worker_that_is_asked_to_stop_costs_no_attempt(home: Home) -> None:
    job = work.ask(actor(), "identify", {})
    queue.claim(NOW)
    queue.put_back(job.oid, NOW, blameless=True)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


def test_waiting_work_is_cancelled_at_once_and_finished_work_stays(home: Home) -> None:
    me = actor()
    job = work.ask(me, "identify", {})

    assert work.cancel(me, job.oid).state == "cancelled"
    assert worker.main(home, _address(), SETTINGS, until_idle=True) == 0
    record.Job.objects.filter(oid=job.oid).update(state="done")
    assert work.cancel(me, job.oid).state == "done"


def test_running_work_is_killed_when_cancelled(home: Home) -> None:
    """The child waits for a lock that this test holds, so that it is certainly running."""
    import fcntl

    from duecare.register.store import Register

    me = actor()
    Register.open(home.register)
    job = work.ask(me, "take-in", {"files": [contracts(home)]})
    with (home.register / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        helper = threading.Thread(target=_cancel_once_running, args=(me, job.oid))
        helper.start()
        worker.main(home, _address(), SETTINGS, until_idle=True)
        helper.join()

    job.refresh_from_db()
    assert (job.state, job.result) == ("cancelled", {"taken": []})
    assert not (home.register / "ledger").exists() or not list((home.register / "ledger").iterdir())


def test_there_is_one_worker_for_a_home(home: Home) -> None:
    assert not worker.is_alive(home)
    with worker.alone(home), pytest.raises(CannotAnswer, match="already"), worker.alone(home):
        pass
    with worker.alone(home):
        assert worker.is_alive(home)
    assert not worker.is_alive(home)


def test_a_killed_worker_takes_its_child_with_it(plain: Home) -> None:
    import fcntl

    from duecare.register.store import Register

    home = plain
    Register.open(home.register)
    job = work.ask(actor(), "take-in", {"files": [contracts(home)]})
    with (home.register / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = worker.start(home, "")
        _until(lambda: record.Job.objects.get(oid=job.oid).step == "wait")
        (child,) = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        process.send_signal(signal.SIGKILL)
        process.wait()
        _until(lambda: not _lives(child))

    assert worker.main(home, "", SETTINGS, until_idle=True) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2), job.error


@pytest.mark.parametrize(
    ("kind", "parameters", "said"),
    [
        ("identify", {"lines": 3}, "unknown field"),
        ("identify", {"as_of": "tomorrow"}, "date"),
        ("burn", {}, "no kind of work"),
        ("take-in", {}, "files"),
        ("take-in", {"files": ["../secret.key"]}, "inside of the folder"),
        ("take-in", {"files": ["/etc/passwd"]}, "inside of the folder"),
        ("take-in", {"files": ["missing.csv"]}, "no uploaded file"),
        ("report", {"language": "xx"}, "language"),
        ("report", {"run": "../../x"}, "run"),
    ],
)
def test_a_wrong_order_is_refused(home: Home, kind: str, parameters: dict[str, object], said: str) -> None:
    with pytest.raises(WrongUsage, match=said):
        work.ask(actor(), kind, parameters)

    assert (record.Job.objects.count(), audit.head().number) == (0, 0)


def test_people_see_and_stop_the_work_of_their_offices_only(home: Home) -> None:
    north, south = office("North"), office("South")
    mine, others = actor("PO", north.oid), actor("FP", south.oid)
    job = work.ask(mine, "identify", {}, north)

    assert list(work.jobs_seen(mine)) == [job]
    assert list(work.jobs_seen(others)) == []
    with pytest.raises(CannotAnswer, match="no such work"):
        work.cancel(others, job.oid)
    with pytest.raises(NotAllowed):
        work.cancel(actor("CM", north.oid), job.oid)
    with pytest.raises(NotAllowed):
        work.ask(mine, "identify", {}, south)
    with pytest.raises(NotAllowed):
        work.ask(mine, "report", {}, north)


def test_only_files_that_the_work_made_are_given(home: Home) -> None:
    me = actor()
    job = work.ask(me, "identify", {})
    record.Job.objects.filter(oid=job.oid).update(state="done", result={"files_written": ["ledger.json"]})

    for name in ("ledger.json", "assignment.json", "../../secret.key"):
        with pytest.raises(CannotAnswer):
            work.result_file(me, job.oid, name)
    with pytest.raises(NotAllowed):
        work.result_file(actor("ADM"), job.oid, "ledger.json")


def test_progress_is_seen(home: Home) -> None:
    job = work.ask(actor(), "identify", {})
    queue.claim(NOW)
    queue.tell(job.oid, Said(step="read", done=5, total=10), NOW + timedelta(seconds=3))

    job.refresh_from_db()
    assert (job.step, job.done, job.total, job.beat) == ("read", 5, 10, NOW + timedelta(seconds=3))


def audit_entries() -> list[Any]:
    return list(record.AuditEntry.objects.order_by("number"))


def _cancel_once_running(me: Actor, oid: str) -> None:
    from django.db import connections

    _until(lambda: record.Job.objects.get(oid=oid).step == "wait")
    work.cancel(me, oid)
    connections.close_all()


def _until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def _copy(migrated: Path, tmp_path: Path) -> Home:
    shutil.copytree(migrated, tmp_path / "home")
    return Home.open(tmp_path / "home")


def _address() -> str:
    """The database of the home as it is open now: the worker opens the same one."""
    from django.db import connections

    found = connections.databases["default"]
    if "sqlite" in found["ENGINE"]:
        return ""
    return f"postgresql://{found['USER']}@/{found['NAME']}?host={found['HOST'] or found['OPTIONS']['host']}"
