"""Open a home: configure Django once for this process, and bring the record to this version.

Django keeps one configuration for each process; a second home in the same process (tests, a restore) is opened by
pointing the connections to it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from duecare.casebook.home import Home
from duecare.errors import CannotAnswer, WrongUsage

APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "axes",
    "simple_history",
    "duecare.casebook",
)
"""The same in every process, so that each knows the same tables."""

SQLITE: dict[str, Any] = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000",
}
"""FULL lost nothing in 150 simulated power cuts, NORMAL something in 146; IMMEDIATE takes the writer's place at the start."""


def open_casebook(
    home: Home, database: str = "", more: Mapping[str, Any] | None = None, *, migrate: bool = True
) -> None:
    """Configure Django for this home and bring its record to this version.

    ``database`` is a ``postgresql://`` address, or empty for the SQLite file of the home. ``more`` are settings of the
    door (the web application's). Raises ``WrongUsage`` for another kind of address, ``CannotAnswer`` where the record
    was made by a newer version.
    """
    import django
    from django.conf import settings
    from django.db import connections

    found = database_of(home, database)
    if not settings.configured:
        settings.configure(**(_settings(home, found) | dict(more or {})))
        django.setup()
    else:
        connections.close_all()
        settings.SECRET_KEY = home.secret()
        for name, value in (more or {}).items():
            setattr(settings, name, value)
        connections.databases["default"].update(found)
        connections["default"].close()  # a thread that had none has one now, to be forgotten
        del connections["default"]  # the next use makes a connection of the right kind
    settings.DUECARE_HOME = home
    if migrate:
        bring_up_to_date()


def database_of(home: Home, address: str = "") -> dict[str, Any]:
    """Django's description of the database at an address, SQLite in the home where it is empty."""
    if not address:
        return _sqlite(home)
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres"):
        raise WrongUsage(
            f"The database address begins with {parts.scheme!r}; it must be postgresql://USER@HOST/NAME, or empty for SQLite."
        )
    options = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
    }


def _sqlite(home: Home) -> dict[str, Any]:
    """SQLite in the home. On a read-only disk it is opened for reading: SQLite then cannot make the files that it locks with."""
    found: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "CONN_MAX_AGE": None}
    if os.access(home.folder, os.W_OK):
        return found | {"NAME": str(home.database), "OPTIONS": dict(SQLITE)}
    log = home.database.with_name(f"{home.database.name}-wal")
    is_whole = not log.exists() or log.stat().st_size == 0
    name = f"{home.database.as_uri()}?mode=ro" + ("&immutable=1" if is_whole else "")
    return found | {"NAME": name, "OPTIONS": {"timeout": 20, "uri": True}}


def bring_up_to_date() -> None:
    """Apply the migrations that the record lacks; each is one transaction, so an interrupted one can be run again."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from duecare.casebook.append_only import protect

    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    if newer := sorted(name for name in executor.loader.applied_migrations if name not in known):
        raise CannotAnswer(
            f"This record was written by a newer version of duecare ({newer[-1][0]} {newer[-1][1]}). Install that version or restore a backup."
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    protect()


def _settings(home: Home, database: dict[str, Any]) -> dict[str, Any]:
    return {
        "SECRET_KEY": home.secret(),
        "DATABASES": {"default": database},
        "INSTALLED_APPS": list(APPS),
        "AUTH_USER_MODEL": "casebook.Person",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "en",
        "LOGGING_CONFIG": None,
        "MIDDLEWARE": ["allauth.account.middleware.AccountMiddleware"],
    }
