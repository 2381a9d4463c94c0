"""Long work as people ask for it, stop it and see it; it is done outside of their requests (``duecare.jobs``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts.orders import FOR_ALL, order_of, uploads_of
from duecare.casebook.home import Home
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duecare.casebook.models import Job, Structure

ASK, SEE = Need("WORK", "write"), Need("WORK", "read")
WAITING, OVER = ("queued", "running"), ("done", "failed", "cancelled")


def ask(actor: Actor, kind: str, parameters: Mapping[str, Any], structure: Structure | None = None) -> Job:
    """Put a piece of work into the queue; the day of asking counts as today unless ``as_of`` is given.

    ``structure`` is the office that it is for, none for the whole organisation. Raises ``WrongUsage`` for parameters that
    ``orders`` does not know and for files that were not uploaded, ``NotAllowed`` without the right to write WORK there.
    """
    from duecare.casebook.models import Job

    office = structure.oid if structure is not None else None
    actor.must(ASK, None if kind in FOR_ALL else office)
    order = order_of(kind, {"as_of": actor.day.isoformat()} | dict(parameters))
    for name in uploads_of(order):
        if not (_home().uploads / name).is_file():
            raise WrongUsage(f"There is no uploaded file {name}. Send it in again.")
    with written(actor, "work.ask", kind="job", structure=office) as note:
        plain = msgspec.to_builtins(order)
        job = Job.objects.create(kind=kind, structure=structure, parameters=plain, at=_next(actor), by=actor.person)
        note(job.oid, {"kind": kind})
    return job


def cancel(actor: Actor, oid: str) -> Job:
    """Stop a piece of work: at once while it waits, within a second or so while it runs. What is over stays as it is."""
    from duecare.casebook.models import Job

    job = job_seen(actor, oid)
    actor.must(ASK, None if job.kind in FOR_ALL else job.structure_id)
    with written(actor, "work.cancel", kind="job", structure=job.structure_id) as note:
        queued = Job.objects.filter(oid=oid, state="queued")
        queued.update(state="cancelled", cancel_asked=True, ended=actor.at)
        Job.objects.filter(oid=oid, state="running").update(cancel_asked=True)
        note(oid)
    return Job.objects.get(oid=oid)


def jobs_seen(actor: Actor) -> QuerySet[Job]:
    """The work that a person may see, newest first: that of their offices, or all of it."""
    from duecare.casebook.models import Job

    offices = actor.reach.structures(SEE)
    every = Job.objects.select_related("structure", "by").order_by("-at", "oid")
    return every if EVERYWHERE in offices else every.filter(structure__in=offices)


def job_seen(actor: Actor, oid: str) -> Job:
    """One piece of work; raises ``CannotAnswer`` alike where it is not there and where it is others'."""
    job = jobs_seen(actor).filter(oid=oid).first()
    if job is None:
        raise CannotAnswer("There is no such work.")
    return job


def result_file(actor: Actor, oid: str, name: str) -> Path:
    """A file that a piece of work made, by its name in ``result["files_written"]``; raises ``CannotAnswer`` for any other.

    Reports and exports hold contracts, so BIZ must be readable where the work was done.
    """
    job = job_seen(actor, oid)
    actor.must(Need("BIZ", "read"), None if job.kind in FOR_ALL else job.structure_id)
    path = _home().jobs / job.oid / name
    if name not in job.result.get("files_written", ()) or not path.is_file():
        raise CannotAnswer("There is no such file.")
    return path


def _next(actor: Actor) -> datetime:
    """The moment of asking, but after all that was asked before, so that two orders of one request keep their order."""
    from duecare.casebook.models import Job

    last = Job.objects.order_by("-at").values_list("at", flat=True).first()
    return actor.at if last is None else max(actor.at, last + timedelta(microseconds=1))


def _home() -> Home:
    from django.conf import settings

    home: Home = settings.DUECARE_HOME
    return home
