"""What the worker takes from around it: the clock, and the environment that its child processes get."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from duecare.settings import Settings, read_settings


def now() -> datetime:
    """The moment, in UTC, to the microsecond."""
    return datetime.now(tz=UTC)


def settings() -> Settings:
    """Deployment settings from the environment."""
    return read_settings(os.environ)


def for_children() -> dict[str, str]:
    """The environment of a child: without duecare's own variables, among them the database's address and its password."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUECARE_")}
    return kept | {"OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}


def for_worker(home: str, database: str) -> dict[str, str]:
    """The environment of a worker process for this home and database."""
    told = {"DUECARE_HOME": home} | ({"DUECARE_DATABASE": database} if database else {})
    known = {
        name: value for name, value in os.environ.items() if not name.startswith(("DUECARE_HOME", "DUECARE_DATABASE"))
    }
    return {name: value for name, value in known.items() if name != "DUECARE_DOOR"} | told
