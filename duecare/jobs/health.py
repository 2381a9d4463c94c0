"""How an installation is: does the database answer, is there room, is the worker alive, does work wait too long."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import Any

from duecare.casebook import audit
from duecare.casebook.home import Home
from duecare.jobs import worker
from duecare.jobs.surroundings import now
from duecare.settings import GIB

LEAST_ROOM = 2 * GIB
LONGEST_WAIT_SECONDS = 3600
STALE_BEAT_SECONDS = 60


def health(home: Home, at: datetime | None = None) -> dict[str, Any]:
    """The state of a home whose record is open, as plain values: ``ok`` and, for each part, ``ok`` and its figures.

    Parts: ``database``, ``disk`` (bytes free), ``worker`` (seconds since its beat), ``queue`` (jobs that wait, seconds the
    oldest waits), ``log`` (number and digest of the last entry), ``migrations`` (those the record lacks).
    """
    at = at or now()
    parts: dict[str, dict[str, Any]] = {"database": _database()}
    parts["disk"] = _disk(home)
    parts["worker"] = _worker(home, at)
    if parts["database"]["ok"]:
        parts |= {"queue": _queue(at), "log": _log(), "migrations": _migrations()}
    return {"ok": all(part["ok"] for part in parts.values()), "at": at.isoformat(timespec="seconds"), **parts}


def _database() -> dict[str, Any]:
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"ok": False, "kind": connection.vendor, "fault": type(error).__name__}
    return {"ok": True, "kind": connection.vendor}


def _disk(home: Home) -> dict[str, Any]:
    room = shutil.disk_usage(home.folder)
    return {
        "ok": room.free >= LEAST_ROOM,
        "free_bytes": room.free,
        "total_bytes": room.total,
        "least_bytes": LEAST_ROOM,
    }


def _worker(home: Home, at: datetime) -> dict[str, Any]:
    alive, lock = worker.is_alive(home), home.folder / worker.LOCK
    since = round(at.timestamp() - lock.stat().st_mtime) if lock.exists() else None
    return {
        "ok": alive and since is not None and since < STALE_BEAT_SECONDS,
        "alive": alive,
        "seconds_since_beat": since,
    }


def _queue(at: datetime) -> dict[str, Any]:
    from duecare.casebook.models import Job

    waiting = Job.objects.filter(state="queued")
    oldest = waiting.order_by("at").values_list("at", flat=True).first()
    seconds = round((at - oldest).total_seconds()) if oldest else 0
    return {"ok": seconds < LONGEST_WAIT_SECONDS, "waiting": waiting.count(), "oldest_seconds": seconds}


def _log() -> dict[str, Any]:
    head = audit.head()
    return {"ok": True, "number": head.number, "digest": head.digest}


def _migrations() -> dict[str, Any]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    lacking = [str(one) for one, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    return {"ok": not lacking, "lacking": lacking}
