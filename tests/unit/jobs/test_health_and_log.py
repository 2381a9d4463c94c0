"""Health says what needs a person; the log holds known fields only and never what somebody sent in."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta

import pytest
from casebook_home import NOW

from duecare.casebook.home import Home
from duecare.jobs import worker
from duecare.jobs.health import health
from duecare.jobs.log import JsonLines, told

SECRET = "Maria Example, passport 1234"


def record(message: str = "job ended", **more: object) -> dict[str, object]:
    made = logging.LogRecord("duecare.jobs", logging.INFO, "f.py", 1, message, (), None)
    made.__dict__.update(more)
    line: dict[str, object] = json.loads(JsonLines().format(made))
    return line


def test_known_fields_are_written_and_others_are_not() -> None:
    line = record(job="abc", state="done", seconds=1.5, name_of_person=SECRET, file=SECRET)

    assert (line["job"], line["state"], line["seconds"], line["event"]) == ("abc", "done", 1.5, "job ended")
    assert SECRET not in json.dumps(line)


def test_the_text_of_an_exception_is_not_written() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        made = logging.LogRecord(
            "duecare.jobs", logging.ERROR, "f.py", 1, "defect", (), (type(error), error, error.__traceback__)
        )
        seen = told(type(error), error.__traceback__)
    line = json.loads(JsonLines().format(made))

    assert (line["fault"], seen["fault"]) == ("ValueError", "ValueError")
    assert "test_health_and_log.py" in line["where"]
    assert SECRET not in json.dumps(line)


def test_values_are_never_filled_into_a_message_and_libraries_are_not_quoted() -> None:
    filled = logging.LogRecord("duecare.jobs", logging.INFO, "f.py", 1, "said %s", (SECRET,), None)
    library = logging.LogRecord("django.request", logging.WARNING, "f.py", 1, SECRET, (), None)

    assert SECRET not in JsonLines().format(filled) + JsonLines().format(library)


def test_a_home_without_a_worker_is_not_well(home: Home) -> None:
    found = health(home, NOW)

    assert (found["ok"], found["worker"]["alive"]) == (False, False)
    assert [found[name]["ok"] for name in ("database", "disk", "queue", "log", "migrations")] == [True] * 5


def test_a_home_with_a_worker_is_well_until_its_beat_is_old(home: Home) -> None:
    with worker.alone(home) as lock:
        os.utime(lock, (NOW.timestamp(), NOW.timestamp()))
        assert health(home, NOW + timedelta(seconds=5))["ok"]
        assert not health(home, NOW + timedelta(seconds=500))["worker"]["ok"]


def test_work_that_waits_too_long_shows(home: Home) -> None:
    from duecare.casebook.models import Job

    Job.objects.create(kind="identify", at=NOW)

    assert health(home, NOW + timedelta(minutes=5))["queue"] == {"ok": True, "waiting": 1, "oldest_seconds": 300}
    assert not health(home, NOW + timedelta(hours=2))["queue"]["ok"]


def test_a_database_that_does_not_answer_shows(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError, connection

    def fails() -> object:
        raise OperationalError(SECRET)

    monkeypatch.setattr(connection, "cursor", fails)
    found = health(home, NOW)

    assert (found["ok"], found["database"]["ok"], "queue" in found) == (False, False, False)
    assert SECRET not in json.dumps(found)
