"""The queue of jobs in the record, as the worker uses it: take the oldest, say how far it is, say how it ended.

Beats and progress are the machine's own notes and leave no entry in the log; how a job ended does.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from duecare.casebook.writing import Actor, queued, written
from duecare.jobs.assignment import Said

if TYPE_CHECKING:
    from duecare.casebook.models import Job

MOST_ATTEMPTS = 3
GIVEN_UP = (
    "The work was stopped by the machine {attempts} times before it was done, most often for want of memory. "
    "What was taken in stays. Make the files smaller or the memory larger, and ask again."
)
DEFECT = "Something in duecare itself went wrong. It was written into the log under the id of this work; nothing was left half done."


def claim(at: datetime) -> Job | None:
    """The oldest job that waits, now running; none where nothing waits."""
    from duecare.casebook.models import Job

    if not Job.objects.filter(state="queued").exists():
        return None
    with queued():
        job = Job.objects.filter(state="queued").order_by("at", "oid").first()
        if job is not None:
            job.state, job.beat, job.attempts = "running", at, job.attempts + 1
            job.started = job.started or at
            job.step, job.done, job.total, job.error = "", 0, None, ""
            job.save()
    return job


def tell(oid: str, said: Said, at: datetime) -> None:
    """How far a running job is, and that its worker is alive."""
    from duecare.casebook.models import Job

    with queued():
        running = Job.objects.filter(oid=oid, state="running")
        running.update(step=said.step, done=said.done, total=said.total, beat=at)


def wants_cancel(oid: str) -> bool:
    """Whether somebody asked for this job to be stopped."""
    from duecare.casebook.models import Job

    return Job.objects.filter(oid=oid, cancel_asked=True).exists()


def end(oid: str, state: str, at: datetime, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    """How a running job ended: ``done``, ``failed`` or ``cancelled``; on the disk when this returns."""
    from duecare.casebook.models import Job

    with written(Actor(None, at=at, via="job"), f"work.{state}", kind="job") as note:
        job = Job.objects.get(oid=oid)
        Job.objects.filter(oid=oid, state="running").update(
            state=state, ended=at, beat=at, result=result or {}, error=error
        )
        note(oid, {"kind": job.kind, "attempts": job.attempts}, job.structure_id or "")


def put_back(oid: str, at: datetime, *, blameless: bool = False) -> str:
    """Queue a job again whose process ended without a word; returns its new state.

    After ``MOST_ATTEMPTS`` it fails; ``blameless`` is for a worker that was asked to stop, which is no attempt. A job that
    somebody wants stopped is not tried again.
    """
    from duecare.casebook.models import Job

    if wants_cancel(oid):
        end(oid, "cancelled", at)
        return "cancelled"
    job = Job.objects.get(oid=oid)
    if not blameless and job.attempts >= MOST_ATTEMPTS:
        end(oid, "failed", at, error=GIVEN_UP.format(attempts=job.attempts))
        return "failed"
    with queued():
        attempts = job.attempts - 1 if blameless else job.attempts
        Job.objects.filter(oid=oid, state="running").update(state="queued", step="", attempts=attempts)
    return "queued"


def abandoned() -> list[str]:
    """Jobs that stand as running; to be asked by the one worker before it begins, when nobody can be at them."""
    from duecare.casebook.models import Job

    return list(Job.objects.filter(state="running").order_by("at", "oid").values_list("oid", flat=True))
