"""Long work over the API: ask for it, see how far it is, stop it, fetch what it made."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from django.http import FileResponse, HttpRequest
from pydantic import Field

from duecare.casebook.access import Need
from duecare.casebook.acts import work
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import office_wanted
from duecare.web.api.shapes import Asked, Made, Oid, Page, Wish, paged

if TYPE_CHECKING:
    from duecare.casebook.models import Job

SEE, WRITE = Need("WORK"), Need("WORK", "write")


class JobOut(Made):
    """One piece of long work and how far it is; what it works on and what came of it are empty to who may not read that."""

    kind: str
    structure: str | None = Field(default=None, validation_alias="structure_id")
    parameters: dict[str, Any]
    state: str
    step: str
    done: int
    total: int | None = None
    attempts: int
    started: datetime | None = None
    ended: datetime | None = None
    cancel_asked: bool
    result: dict[str, Any]
    error: str


class Order(Wish):
    """What to do: ``kind`` is take-in, identify, report, evidence or export-ocds; the parameters are those of the kind."""

    kind: Annotated[str, Field(max_length=20)]
    parameters: dict[str, Any] = Field(default_factory=dict)
    structure: Oid | None = None


@endpoint("GET", "jobs", SEE, answers=Page[JobOut])
def jobs(request: HttpRequest, asked: Asked) -> Any:
    """The work that you may see, newest first."""
    return paged(work.jobs_seen(request.actor), asked, partial(shown, request))


@endpoint("POST", "jobs", WRITE, answers=JobOut, status=202)
def ask(request: HttpRequest, order: Order) -> Any:
    """Put a piece of work into the queue."""
    made = work.ask(request.actor, order.kind, order.parameters, office_wanted(request, order.structure))
    return shown(request, made)


@endpoint("GET", "jobs/{oid}", SEE, answers=JobOut, objects="job")
def job(request: HttpRequest, oid: Oid) -> Any:
    """One piece of work."""
    return shown(request, work.job_seen(request.actor, oid))


@endpoint("POST", "jobs/{oid}/cancel", WRITE, answers=JobOut, status=202, objects="job")
def cancel(request: HttpRequest, oid: Oid) -> Any:
    """Stop a piece of work; what is over stays as it is."""
    return shown(request, work.cancel(request.actor, oid))


def shown(request: HttpRequest, job: Job) -> Job:
    """The work without the names of files and of offices in it where the person reads nothing of contracts there."""
    if not request.reach.may(Need("BIZ"), job.structure_id):  # type: ignore[attr-defined]
        job.parameters, job.result = {}, {}
    return job


@endpoint("GET", "jobs/{oid}/files/{name}", Need("BIZ"), answers=None, objects="job")
def result(request: HttpRequest, oid: Oid, name: Annotated[str, Field(max_length=200)]) -> Any:
    """A file that the work made, by its name in ``result.files_written``."""
    path = work.result_file(request.actor, oid, name)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=path.name, content_type="application/octet-stream"
    )
