"""The worker: one process for each home that takes the oldest job and has a child process do it, one after the other.

A child is killed to cancel it, and its death is no harm: everything it writes is there whole or not at all. A worker that
died leaves its job running in the record; the next worker, which alone holds the home's ``.worker`` lock, queues it again.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from duecare.casebook.home import Home
from duecare.casebook.opening import open_casebook
from duecare.errors import CannotAnswer, DuecareError, disk_fault
from duecare.jobs import queue
from duecare.jobs.assignment import Said, assign, ledger_digests, read_assignment
from duecare.jobs.process import Child
from duecare.jobs.surroundings import for_worker, now
from duecare.settings import Settings

LOG = logging.getLogger("duecare.jobs")
LOCK: Final = ".worker"
LOOK_SECONDS = 0.5
"""How often an idle worker looks for work and a busy one asks whether to stop."""
TELL_SECONDS, BEAT_SECONDS = 1.0, 10.0
TRY_AGAIN_SECONDS = 2.0


@dataclass
class Stop:
    """Set by SIGTERM and SIGINT: the job in hand is queued again and the worker ends."""

    asked: bool = False

    def on_signals(self) -> None:
        """Listen for both signals; only the main thread of a process may."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, *_given: object) -> None:
        self.asked = True


def main(home: Home, database: str, settings: Settings, *, until_idle: bool = False, stop: Stop | None = None) -> int:
    """Work until told to stop, or with ``until_idle`` until nothing waits; returns how many jobs ended.

    Raises ``CannotAnswer`` where another worker has this home.
    """
    stop, ended = stop or Stop(), 0
    with alone(home) as lock:
        open_casebook(home, database)
        for oid in queue.abandoned():
            LOG.info("queued again", extra={"job": oid, "state": queue.put_back(oid, now())})
        while not stop.asked:
            os.utime(lock)
            job = queue.claim(now())
            if job is not None:
                ended += _work(home, settings, job.oid, job.kind, job.parameters, stop)
            elif until_idle:
                break
            else:
                time.sleep(LOOK_SECONDS)
    return ended


@contextmanager
def alone(home: Home) -> Iterator[Path]:
    """Hold the home's place of the one worker; gives the lock file, whose time is the worker's beat."""
    path = home.folder / LOCK
    with path.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotAnswer("A worker is at work in this home already. One is enough.") from None
        yield path


def is_alive(home: Home) -> bool:
    """Whether a worker holds the home's place."""
    path = home.folder / LOCK
    if not path.exists():
        return False
    with path.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def start(home: Home, database: str) -> subprocess.Popen[bytes]:
    """Start a worker as a process of its own, for a door that wants one beside it; end it with ``terminate()``."""
    command = [sys.executable, "-m", "duecare.jobs"]
    around = for_worker(str(home.folder), database)
    return subprocess.Popen(command, env=around, stdin=subprocess.DEVNULL)  # noqa: S603 - our own module


def _work(home: Home, settings: Settings, oid: str, kind: str, parameters: dict[str, object], stop: Stop) -> int:
    """Do one job to its end, or put it back; returns 1 when it ended."""
    began = time.monotonic()
    try:
        folder = assign(home, oid, kind, parameters, settings)
        last = _attend(folder, oid, stop, home)
    except (DuecareError, OSError) as error:
        sentence = str(error) if isinstance(error, DuecareError) else disk_fault(error)
        if not sentence:
            raise
        last = Said(error=sentence)
    state = _insist(stop, lambda: _conclude(home, oid, last, stop))
    LOG.info(
        "job ended", extra={"job": oid, "kind": kind, "state": state, "seconds": round(time.monotonic() - began, 1)}
    )
    return int(state in ("done", "failed", "cancelled"))


def _attend(folder: Path, oid: str, stop: Stop, home: Home) -> Said:
    """Watch the child that does the job: pass on how far it is, kill it when asked; returns its last message."""
    told, beat = Said(step="?"), time.monotonic()
    with Child(folder) as child:
        while True:
            said = child.hear(LOOK_SECONDS)
            if said.is_end or child.is_over:
                return said
            if stop.asked or queue.wants_cancel(oid):
                return Said()
            since = time.monotonic() - beat
            if (said != told and since >= TELL_SECONDS) or since >= BEAT_SECONDS or told.step == "?":
                _note(oid, said)
                os.utime(home.folder / LOCK)
                told, beat = said, time.monotonic()


def _note(oid: str, said: Said) -> None:
    """Write progress; that it cannot be written, on a full disk for instance, must not end the job."""
    from django.db import DatabaseError

    try:
        queue.tell(oid, said, now())
    except (DuecareError, DatabaseError, OSError):
        LOG.warning("progress could not be written", extra={"job": oid})


def _conclude(home: Home, oid: str, last: Said, stop: Stop) -> str:
    """Write how the job ended into the record; returns its state."""
    at = now()
    if last.result is not None:
        queue.end(oid, "done", at, result=last.result)
        return "done"
    if last.fault:
        LOG.error("defect", extra={"job": oid, "fault": last.fault, "where": last.where})
    if last.error or last.fault:
        queue.end(oid, "failed", at, error=last.error or queue.DEFECT, result=_taken(home, oid))
        return "failed"
    if queue.wants_cancel(oid):
        queue.end(oid, "cancelled", at, result=_taken(home, oid))
        return "cancelled"
    return queue.put_back(oid, at, blameless=stop.asked)


def _taken(home: Home, oid: str) -> dict[str, object]:
    """Digests of the files that a take-in had brought into the register before it stopped: they stay there."""
    folder = home.jobs / oid
    if not (folder / "assignment.json").is_file() or read_assignment(folder).kind != "take-in":
        return {}
    return {"taken": sorted(set(ledger_digests(home)) - set(read_assignment(folder).held))}


def _insist(stop: Stop, write: Callable[[], str]) -> str:
    """Write until it works: a result must not be lost because the disk was full for a moment."""
    from django.db import DatabaseError

    while True:
        try:
            return write()
        except (DuecareError, DatabaseError, OSError):
            if stop.asked:
                return "running"
            LOG.exception("the end of a job could not be written; trying again")
            time.sleep(TRY_AGAIN_SECONDS)
