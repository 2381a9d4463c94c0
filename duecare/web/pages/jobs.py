"""Long work: what was asked for, how far it is, how it ended, and the files that it made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duecare.casebook.access import Need
from duecare.casebook.acts import work
from duecare.casebook.acts.orders import FOR_ALL
from duecare.casebook.models import Job
from duecare.communicate.i18n import Translator, msgid
from duecare.web import coming_in, ledgers
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, table

SEE, ASK = Need("WORK", "read"), Need("WORK", "write")
ENDINGS = {"html": "html", "csv": "csv", "xlsx": "xlsx", "json": "json", "pdf": "pdf", "jsonl": "jsonl"}
MOST_SHOWN = 2000


def _said(names: dict[str, str], key: str) -> dict[str, Any]:
    return {"show": lambda row, tr: tr.t(names[getattr(row, key)]), "name": lambda value, tr: tr.t(names[value])}


def _kind(row: Job, tr: Translator) -> Any:
    return ledgers.link(f"/jobs/{row.oid}", tr.t(coming_in.KIND_WORDS[row.kind]))


COLUMNS = [
    Column("kind", msgid("Work"), show=_kind, facet=True, name=lambda value, tr: tr.t(coming_in.KIND_WORDS[value])),
    Column("state", msgid("State"), facet=True, **_said(coming_in.STATE_WORDS, "state")),
    Column("office", msgid("Office"), value=lambda row: row.structure.name if row.structure else None, facet=True),
    Column("by", msgid("Asked by"), value=lambda row: str(row.by) if row.by else None),
    Column("at", msgid("Asked on"), value=lambda row: row.at),
]


@page("jobs", "jobs", SEE, nav=Entry("record", msgid("Long work"), 40))
def every(request: HttpRequest) -> HttpResponse:
    """The work of the offices that the person reaches, newest first."""
    rows = [job for job in work.jobs_seen(request.actor)[:MOST_SHOWN] if job.kind in coming_in.KIND_WORDS]
    shown = table(request, COLUMNS, rows, caption=msgid("Long work"))
    return shown.download or render(request, "jobs/all.html", {"table": shown})


@page("jobs/<str:oid>", "job", SEE, "job")
def one(request: HttpRequest, oid: str) -> HttpResponse:
    """One piece of work with its progress, and what came of it."""
    job = work.job_seen(request.actor, oid)
    office = None if job.kind in FOR_ALL else job.structure_id
    context = {
        "job": job,
        "steps": coming_in,
        "may_stop": request.reach.may(ASK, office),
        "may_report": job.kind == "identify" and job.state == "done" and request.reach.may(ASK),
        "files": job.result.get("files_written", []) if request.reach.may(Need("BIZ"), office) else [],
        "upload": job.uploads.filter(discarded=None).first() if request.reach.may(Need("BIZ"), office) else None,
    }
    return render(request, "jobs/one.html", context)


@page("jobs/<str:oid>/cancel", "job-cancel", ASK, "job", methods=("POST",))
def cancel(request: HttpRequest, oid: str) -> HttpResponse:
    """Stop it."""
    job = work.cancel(request.actor, oid)
    messages.info(request, request.tr.t("It stops as soon as it can; nothing half done is kept."))
    return redirect("job", oid=job.oid)


@page("jobs/<str:oid>/report", "job-report", ASK, "job", methods=("POST",))
def report(request: HttpRequest, oid: str) -> HttpResponse:
    """Write the report of the run that this work made."""
    job = work.job_seen(request.actor, oid)
    run = str(job.result.get("run", "")) if job.kind == "identify" else ""
    made = work.ask(request.actor, "report", {"run": run, "language": request.tr.language})
    return redirect("job", oid=made.oid)


@page("jobs/<str:oid>/files/<path:file>", "job-file", Need("BIZ"), "job")
def result_file(request: HttpRequest, oid: str, file: str) -> HttpResponse:
    """A file that the work made, to be saved and never shown here: its page has scripts of its own."""
    path = work.result_file(request.actor, oid, file)
    ending = ENDINGS.get(path.suffix.lstrip("."), "bin")
    safe = f"{path.stem if path.stem.isascii() and path.stem.replace('-', '').isalnum() else 'file'}-{oid[:8]}.{ending}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=safe, content_type="application/octet-stream")
