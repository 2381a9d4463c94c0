"""How an organisation begins here: with the sample organisation to look around, or empty under its own name."""

from __future__ import annotations

import shutil
import time
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from duecare.casebook.acts import organising, work
from duecare.casebook.home import Home
from duecare.casebook.models import Setting, Structure
from duecare.casebook.writing import Actor
from duecare.errors import CannotAnswer

SAMPLE_NAME = "Common Rivers Organisation"
SAMPLE_DAY = date(2026, 11, 1)
"""The day that counts as today in the sample (sample/README.md)."""
OFFICES = Path(__file__).with_name("sample_offices.yaml")
FOLDER = "sample"
LOOKED_UP_SECONDS = 5
_begun: set[str] = set()


def is_new() -> bool:
    """Whether nothing was begun here: no name, no data and no office."""
    home: Home = settings.DUECARE_HOME
    if str(home.folder) in _begun:
        return False
    begun = Setting.objects.filter(name="organisation").exists() or Structure.objects.exists() or home.register.exists()
    if begun:
        _begun.add(str(home.folder))
    return not begun


def organisation() -> str:
    """The organisation's name, looked up every few seconds; empty before the first start."""
    home: Home = settings.DUECARE_HOME
    return _organisation(str(home.folder), int(time.monotonic() / LOOKED_UP_SECONDS))


@lru_cache(maxsize=2)
def _organisation(_folder: str, _moment: int) -> str:
    return str(organising.setting("organisation", ""))


def empty(actor: Actor, name: str, country: str = "") -> None:
    """Begin with an empty organisation of this name, with one office of the same name."""
    organising.name_organisation(actor, name)
    _organisation.cache_clear()
    if not Structure.objects.exists():
        organising.add_office(actor, name, country.upper(), [name])


def with_sample(actor: Actor) -> None:
    """Begin with the sample organisation: its offices, and jobs that take its files in and rate them."""
    home: Home = settings.DUECARE_HOME
    files = [path for path in sorted(sample_folder().iterdir()) if path.is_file() and path.suffix != ".md"]
    (home.uploads / FOLDER).mkdir(exist_ok=True, mode=0o700)
    for path in files:
        shutil.copyfile(path, home.uploads / FOLDER / path.name)
    organising.name_organisation(actor, SAMPLE_NAME)
    _organisation.cache_clear()
    for office in yaml.safe_load(OFFICES.read_text("utf-8")):
        if not Structure.objects.filter(name=office["name"]).exists():
            organising.add_office(actor, **office)
    as_of = {"as_of": SAMPLE_DAY.isoformat()}
    work.ask(actor, "take-in", as_of | {"files": [f"{FOLDER}/{path.name}" for path in files]})
    work.ask(actor, "identify", as_of)


def sample_folder() -> Path:
    """The folder with the sample organisation's files; raises ``CannotAnswer`` where it was not installed."""
    folder = Path(__file__).resolve().parents[2] / "sample"
    if not (folder / "README.md").is_file():
        raise CannotAnswer("The sample organisation is not part of this installation. Begin with an empty one.")
    return folder
