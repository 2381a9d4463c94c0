"""How an organisation begins here: with the sample organisation to look around, or empty under its own name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from django.conf import settings

from duecare.casebook.acts import organising
from duecare.casebook.home import Home
from duecare.casebook.models import Job, Setting, Structure
from duecare.casebook.models.kept import new_oid
from duecare.casebook.writing import Actor, written
from duecare.communicate.i18n import msgid
from duecare.errors import CannotAnswer

SAMPLE_NAME = msgid("Sample organisation")
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
    """The organisation's name; empty before the first start."""
    return str(organising.setting("organisation", ""))


def empty(actor: Actor, name: str, country: str = "") -> None:
    """Begin with an empty organisation of this name, with one office of the same name."""
    organising.name_organisation(actor, name)
    if not Structure.objects.exists():
        with written(actor, "structure.add", kind="structure") as note:
            office = Structure.objects.create(name=name, country=country.upper(), at=actor.at, by=actor.person)
            note(office.oid, structure=office.oid)


def with_sample(actor: Actor) -> Job:
    """Begin with the sample organisation: its files are taken in and rated by a job."""
    folder = sample_folder()
    organising.name_organisation(actor, SAMPLE_NAME)
    with written(actor, "job.ask", kind="job") as note:
        wanted = {"sample": True, "files": [str(path) for path in sorted(folder.iterdir()) if path.suffix in SAMPLE_KINDS]}
        job = Job.objects.create(oid=new_oid(), kind="take_in", parameters=wanted, at=actor.at, by=actor.person)
        note(job.oid, {"kind": job.kind})
    return job


SAMPLE_KINDS = {".csv", ".xlsx", ".json", ".jsonl", ".xml"}


def sample_folder() -> Path:
    """The folder with the sample organisation's files; raises ``CannotAnswer`` where it was not installed."""
    folder = Path(str(files("duecare"))).parent / "sample"
    if not folder.is_dir():
        raise CannotAnswer("The sample organisation is not part of this installation. Begin with an empty one.")
    return folder


