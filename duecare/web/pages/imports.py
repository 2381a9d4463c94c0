"""Import: send files in, look at them, say which column is what, take them in, read the ledger, get the file back annotated."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duecare import cycle
from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import uploads, work
from duecare.casebook.arriving import sweep_parts
from duecare.casebook.models import Structure, Upload
from duecare.communicate.i18n import msgid
from duecare.errors import CannotAnswer, DuecareError, FileRefused, WrongUsage
from duecare.settings import Settings
from duecare.web import coming_in, ledgers
from duecare.web.forms import Form
from duecare.web.receiving import check, received, receiving_into
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, table

MOST_SHOWN = 2000
SEE, SEND = Need("WORK", "read"), Need("WORK", "write")


def offices_to_send(request: HttpRequest) -> list[Structure]:
    """The offices for which this person may send files in."""
    reached = uploads.offices(request.actor, uploads.SEND)
    every = Structure.objects.order_by("name")
    return list(every if EVERYWHERE in reached else every.filter(pk__in=reached))


class Sending(Form):
    """The form of the import page."""

    structure = forms.ChoiceField(label=msgid("For which office"))

    def __init__(self, *args: Any, offices: list[Structure], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["structure"].choices = [(office.oid, office.name) for office in offices]


COLUMNS = [
    Column("name", msgid("File"), show=lambda row, _tr: ledgers.link(f"/import/{row.oid}", row.name)),
    Column(
        "state", msgid("State"), value=ledgers.state_of, show=ledgers.state_said, facet=True, name=ledgers.state_named
    ),
    Column("office", msgid("Office"), value=lambda row: row.structure.name, facet=True),
    Column("accepted", msgid("Taken in"), value=lambda row: ledgers.total(row, "accepted"), numeric=True),
    Column("parked", msgid("Parked"), value=lambda row: ledgers.total(row, "quarantined"), numeric=True),
    Column("at", msgid("Sent in"), value=lambda row: row.at),
]


@page("import", "import", SEE, methods=("GET", "POST"), nav=Entry("plan", msgid("Import what was bought"), 80))
@receiving_into("uploads")
def sending(request: HttpRequest) -> HttpResponse:
    """Send files in for an office, and see what became of those that were."""
    offices, fault = offices_to_send(request), ""
    form = Sending(None, tr=request.tr, offices=offices)
    if request.method == "POST":
        try:
            kept = _keep(request, offices)
        except (WrongUsage, FileRefused) as refused:
            fault = request.tr.t(str(refused))
        else:
            messages.success(request, request.tr.n("One file was received.", "{count} files were received.", len(kept)))
            return redirect("import-file", oid=kept[0].oid) if len(kept) == 1 else redirect("import")
    shown = table(
        request,
        COLUMNS,
        list(uploads.uploads_seen(request.actor).exclude(structure=None)[:MOST_SHOWN]),
        caption=msgid("Files sent in"),
    )
    most = settings.DUECARE_DOOR.upload_bytes // 2**20
    context = {"form": form, "offices": offices, "fault": fault, "table": shown, "most": most}
    return shown.download or render(request, "imports/all.html", context, status=400 if fault else 200)


def _keep(request: HttpRequest, offices: list[Structure]) -> list[Upload]:
    check(request)
    sent = received(request, "files")
    if not sent:
        raise WrongUsage(msgid("No file came with the form."))
    office = next((one for one in offices if one.oid == request.POST.get("structure")), None)
    if office is None:
        raise WrongUsage(msgid("Please choose one of the values offered."))
    sweep_parts(settings.DUECARE_HOME.uploads, request.at)
    return [uploads.keep(request.actor, office, one.name or "", one.arrived) for one in sent]


@page("import/<str:oid>", "import-file", SEE, "upload", methods=("GET", "POST"))
def one_file(request: HttpRequest, oid: str) -> HttpResponse:
    """One file: its columns to be said, its progress, or its ledger, whichever comes now."""
    upload = uploads.upload_seen(request.actor, oid)
    begun = upload.job is not None and "again" not in request.GET
    if request.method == "POST" or not begun:
        return _mapping(request, coming_in.look(request.actor, upload))
    assert upload.job is not None
    context = {"upload": upload, "job": upload.job, "steps": coming_in, "may_send": _may_send(request, upload)}
    if upload.job.state == "done":
        context |= {"files": ledgers.files_of(upload, request.tr), "rated": ledgers.after(request.actor, upload.job)}
    return render(request, "imports/progress.html", context)


def _may_send(request: HttpRequest, upload: Upload) -> bool:
    return all(request.reach.may(need, upload.structure_id) for need in uploads.SEND)


def _mapping(request: HttpRequest, upload: Upload) -> HttpResponse:
    """The page on which columns are said; sending it asks for the file to be taken in."""
    is_table = "proposal" in upload.looked
    saved = uploads.saved_map(upload) if is_table else None
    chosen, sent = coming_in.first_choice(upload, saved), request.method == "POST"
    if sent:
        chosen, saved = coming_in.read_choice(upload, request.POST), None
    currency = is_table and coming_in.amounts_name_currency(upload)
    faults = coming_in.faults(chosen, request.tr, amounts_name_currency=currency) if is_table else []
    if sent and not faults and "refusal" not in upload.looked:
        return _ask(request, upload, chosen, is_table=is_table)
    context = {
        "upload": upload,
        "chosen": chosen,
        "faults": faults,
        "sent": sent,
        "saved": saved,
        "headings": coming_in.headings(upload, chosen, saved),
        "offered": coming_in.offered(request.tr),
        "whole": coming_in.FOR_ALL_ROWS,
        "orders": coming_in.ORDER_WORDS,
        "signs": coming_in.SIGN_WORDS,
        "may_send": _may_send(request, upload),
    }
    return render(request, "imports/columns.html", context, status=400 if sent else 200)


def _ask(request: HttpRequest, upload: Upload, chosen: coming_in.Chosen, *, is_table: bool) -> HttpResponse:
    chosen_map = coming_in.column_map(upload, chosen) if is_table else None
    uploads.take_in(request.actor, upload, chosen_map, coming_in.defaults(chosen))
    return redirect("import-file", oid=upload.oid)


@page("import/<str:oid>/discard", "import-discard", SEND, "upload", methods=("POST",))
def discard(request: HttpRequest, oid: str) -> HttpResponse:
    """Delete a file of which nothing was taken in."""
    upload = uploads.upload_seen(request.actor, oid)
    try:
        uploads.discard(request.actor, upload)
    except CannotAnswer as refused:
        messages.error(request, request.tr.t(str(refused)))
        return redirect("import-file", oid=oid)
    messages.success(request, request.tr.t("The file was deleted."))
    return redirect("import")


@page("import/<str:oid>/rate", "import-rate", SEND, "upload", methods=("POST",))
def rate(request: HttpRequest, oid: str) -> HttpResponse:
    """Rate what is in the register now."""
    upload = uploads.upload_seen(request.actor, oid)
    job = work.ask(request.actor, "identify", {}, upload.structure)
    return redirect("job", oid=job.oid)


@page("import/<str:oid>/annotated/<int:number>", "import-annotated", Need("BIZ"), "upload")
def annotated(request: HttpRequest, oid: str, number: int) -> HttpResponse:
    """The person's own file with the reasons beside each parked row; ``number`` counts the files of an archive."""
    upload = uploads.upload_seen(request.actor, oid)
    files = ledgers.taken(upload)
    if number >= len(files):
        raise Http404
    return annotated_answer(request, upload, str(files[number]["file"]))


def annotated_answer(request: HttpRequest, upload: Upload, name: str) -> HttpResponse:
    """The annotated copy as a download. ``name`` is the file as the ledger calls it, with the member of an archive behind it."""
    home = settings.DUECARE_HOME
    with TemporaryDirectory(dir=home.jobs, prefix=".annotated-") as folder:
        try:
            written = cycle.export_quarantine(
                home.uploads / upload.oid / name,
                home.register,
                Settings(limits=coming_in.limits()),
                request.at.date(),
                Path(folder) / f"to-fix{Path(name).suffix}",
                column_map=upload.chosen.get("column_map"),
                sheet=upload.chosen.get("sheet"),
            )
        except DuecareError as refused:
            messages.error(request, request.tr.t(str(refused)))
            return redirect("import-file", oid=upload.oid)
        opened = written.open("rb")
    safe = f"to-fix-{upload.oid[:8]}{written.suffix}"
    return FileResponse(opened, as_attachment=True, filename=safe, content_type="application/octet-stream")
