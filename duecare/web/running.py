"""What ``duecare web`` does: prepares the home, starts the worker beside the server, and says where the browser must go."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import yaml

from duecare.casebook.home import Home
from duecare.casebook.opening import open_casebook
from duecare.errors import CannotAnswer, WrongUsage
from duecare.web.configuration import Door, SingleSignOn, web_settings
from duecare.web.server import DATABASE, DOOR, HOME, write_door

WORKER_SECONDS = 20
THREADS = 16
"""Threads of one server process that answer. Most of them wait: for the disk of a writer, or for their turn to write."""


def start_token() -> str:
    """A token for the link that signs in the one person of this machine."""
    return secrets.token_urlsafe(32)


def read_single_sign_on(path: Path) -> SingleSignOn:
    """The provider in a YAML file with ``name``, ``client``, ``secret`` and ``server``; raises ``WrongUsage`` for others."""
    try:
        given = yaml.safe_load(path.read_text("utf-8"))
        found = SingleSignOn(**{str(key): str(value) for key, value in given.items()})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise WrongUsage(
            f"{path} must hold exactly name, client, secret and server of an OpenID Connect provider."
        ) from error
    if not found.server.startswith("https://"):
        raise WrongUsage(f"{path}: the server of the provider must begin with https://.")
    return found


def prepare(folder: Path, database: str, door: Door, at: datetime, *, sample: bool = False) -> None:
    """Make the home, bring its record up to date and see that somebody can sign in.

    Raises ``CannotAnswer`` where accounts are needed and nobody looks after people and roles yet.
    """
    open_casebook(Home.open(folder), database, web_settings(door))
    from duecare.casebook.access import reach_of
    from duecare.casebook.acts import organising
    from duecare.casebook.writing import Actor
    from duecare.web import first_start

    if not door.one_user and not organising.has_administrator(at):
        raise CannotAnswer(
            "Nobody looks after people and roles yet. Make the first administrator's link, then start again:\n"
            f"  duecare web invite NAME@EXAMPLE.ORG --role ADM --home {folder}"
        )
    if sample and first_start.is_new():
        person = organising.local_person(at)
        first_start.with_sample(Actor(person, reach_of(person, at.date()), at, via="cli"))


def address(host: str, door: Door) -> str:
    """Where the browser must go."""
    return f"https://{door.hosts[0]}/" if door.https else f"http://{host}:{door.port}/"


def announce(folder: Path, host: str, door: Door) -> None:
    """Say on stderr where the browser must go and how to stop."""
    place = address(host, door)
    lines = [f"duecare is at {place}", f"Everything is kept in {folder}. Stop with Ctrl+C."]
    if door.one_user:
        lines.insert(1, f"Where the browser does not let you in by itself: {place}local?token={door.start_token}")
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()


def run(folder: Path, database: str, door: Door, host: str, workers: int = 1) -> int:
    """Serve until told to stop; the worker of long work runs beside the server and ends with it."""
    from granian import Granian
    from granian.constants import Interfaces

    os.environ.update({HOME: str(folder.resolve()), DATABASE: database, DOOR: write_door(door)})
    with _worker():
        Granian(
            "duecare.web.server:application",
            address=host,
            port=door.port,
            interface=Interfaces.WSGI,
            factory=True,
            workers=workers,
            blocking_threads=THREADS,
            backpressure=64,
            websockets=False,
            log_enabled=False,
            respawn_failed_workers=True,
        ).serve()
    return 0


@contextmanager
def _worker() -> Iterator[None]:
    """The worker of long work as a child process."""
    surroundings = {name: value for name, value in os.environ.items() if name != DOOR}
    child = subprocess.Popen([sys.executable, "-m", "duecare.jobs"], env=surroundings)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(WORKER_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def invite(folder: Path, database: str, address: str, role: str, office: str, name: str, at: datetime) -> str:
    """Enter a person with a role and return the token of their one-time link; raises ``WrongUsage`` for an unknown office."""
    open_casebook(Home.open(folder), database, web_settings(Door()))
    from duecare.casebook.acts import organising
    from duecare.casebook.models import Structure
    from duecare.casebook.writing import Actor

    found = Structure.objects.filter(name=office).first() if office else None
    if office and found is None:
        names = ", ".join(Structure.objects.values_list("name", flat=True)) or "none yet"
        raise WrongUsage(f"There is no office {office!r}. Offices: {names}.")
    return organising.invite(Actor(None, at=at, via="cli"), address, role, found, name)[1]
