"""What became of files that were sent in, in words: the state of each, and the ledger that a job wrote down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from markupsafe import Markup

from duecare.casebook.acts import work
from duecare.casebook.models import Upload
from duecare.casebook.writing import Actor
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.ledger import FileView, file_views

if TYPE_CHECKING:
    from duecare.casebook.models import Job

STATES = {
    "waits": msgid("its columns are to be said"),
    "queued": msgid("waiting"),
    "running": msgid("at work"),
    "accepted": msgid("read completely"),
    "rows_quarantined": msgid("read in part"),
    "file_refused": msgid("not read"),
    "failed": msgid("failed"),
    "cancelled": msgid("stopped"),
}


def link(address: str, text: str) -> Markup:
    """A link whose text comes from a person."""
    return Markup('<a href="{}">{}</a>').format(address, text)


def taken(upload: Upload) -> list[dict[str, Any]]:
    """What the take-in job said of this upload: one entry, or one for each file of an archive."""
    if upload.job is None or upload.job.state != "done":
        return []
    files: list[dict[str, Any]] = upload.job.result.get("files", [])
    return files


def state_of(upload: Upload) -> str:
    """A code of ``STATES``."""
    if upload.job is None:
        return "waits"
    if upload.job.state != "done":
        return str(upload.job.state)
    found = {one["status"] for one in taken(upload)}
    return next((one for one in ("rows_quarantined", "accepted") if one in found), "file_refused")


def state_named(state: str, tr: Translator) -> str:
    """The state in words."""
    return tr.t(STATES[state])


def state_said(upload: Upload, tr: Translator) -> str:
    """The state of an upload in words."""
    return state_named(state_of(upload), tr)


def total(upload: Upload, name: str) -> int | None:
    """Rows of one outcome over all files of an upload; nothing before it was taken in."""
    files = taken(upload)
    return sum(int(one[name]) for one in files) if files else None


def files_of(upload: Upload, tr: Translator) -> list[FileView]:
    """The ledger of an upload's files in words, with examples of values from the job's own file."""
    assert upload.job is not None
    path = settings.DUECARE_HOME.jobs / upload.job.oid / "ledger.json"
    entries = json.loads(path.read_text("utf-8")) if path.is_file() else taken(upload)
    plain = [{**one, "file": _below(str(one["file"]), upload)} for one in entries]
    counted = {one["sha256"]: one for one in taken(upload)}
    return file_views([{**one, **_counts(counted.get(one["sha256"], one))} for one in plain], tr)


def _counts(entry: dict[str, Any]) -> dict[str, Any]:
    """What the job finally counted: its first attempt's rows are new rows, also where a second one finished it."""
    return {name: entry[name] for name in ("rows", "accepted", "quarantined", "duplicates")}


def _below(name: str, upload: Upload) -> str:
    """The name of a file as its sender knows it, with the member of an archive behind it."""
    return name.rpartition(f"{upload.oid}/")[2] or name


def after(actor: Actor, job: Job) -> Job | None:
    """The first rating that was asked for after a take-in had ended."""
    return work.jobs_seen(actor).filter(kind="identify", at__gte=job.ended or job.at).order_by("at").first()
