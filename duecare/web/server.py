"""The application as a server sees it: a home is opened and Django is given the settings of the door, once per process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from duecare.casebook.home import Home
from duecare.casebook.opening import open_casebook
from duecare.web.configuration import Door, SingleSignOn, web_settings

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

HOME, DATABASE, DOOR = "DUECARE_HOME", "DUECARE_DATABASE", "_DUECARE_DOOR"
"""Variables by which ``duecare web`` tells its server processes what to open; the last is no setting."""


def application() -> WSGIHandler:
    """The WSGI application of the home in the environment."""
    from django.core.handlers.wsgi import WSGIHandler

    door = read_door(os.environ[DOOR])
    open_casebook(Home.open(Path(os.environ[HOME])), os.environ.get(DATABASE, ""), web_settings(door), migrate=False)
    return WSGIHandler()


def write_door(door: Door) -> str:
    """A door as text for a server process."""
    from dataclasses import asdict

    return json.dumps(asdict(door))


def read_door(text: str) -> Door:
    """The door again."""
    given = json.loads(text)
    single = given.pop("single_sign_on")
    return Door(
        **given | {"hosts": tuple(given["hosts"]), "single_sign_on": SingleSignOn(**single) if single else None}
    )
