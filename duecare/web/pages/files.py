"""Evidence files: what was filed and what it is worth, filing another one, and getting one back as it was filed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import files
from duecare.casebook.models import Contract, EvidenceFile, Structure
from duecare.casebook.models.files import GRADES
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.errors import CannotAnswer, DuecareError, FileRefused, WrongUsage
from duecare.web import ledgers
from duecare.web.forms import Form
from duecare.web.receiving import check, received, receiving_into
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, table

ALL, OWN = Need("PUB"), Need("SELF", "write")
MOST_SHOWN = 5000
CLASS_WORDS = {
    "PUB": msgid("public"),
    "BIZ": msgid("business: suppliers, sites, contracts"),
    "COST": msgid("cost sheets and prices"),
    "AGG": msgid("figures about groups of workers"),
    "PSE": msgid("payroll lines under codes"),
    "SEN": msgid("interviews and what is sensitive"),
    "CASE": msgid("cases of people"),
}


class Filing(Form):
    """What is said of a file."""

    structure = forms.ChoiceField(label=msgid("Office"))
    title = forms.CharField(
        label=msgid("Title"), max_length=files.LONGEST_TITLE, help_text=msgid("Without names of workers.")
    )
    issuer = forms.CharField(label=msgid("Who issued it"), max_length=files.LONGEST_TITLE)
    dated = forms.DateField(label=msgid("Date of the document"), widget=forms.DateInput({"type": "date"}))
    valid_to = forms.DateField(label=msgid("Valid until"), widget=forms.DateInput({"type": "date"}), required=False)
    grade = forms.ChoiceField(label=msgid("How strong it is"), choices=[(code, code) for code in GRADES])
    data_class = forms.ChoiceField(label=msgid("Who may read it"), help_text=msgid("By what is in it."))

    def __init__(self, *args: Any, offices: list[Structure], classes: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["structure"].choices = [(office.oid, office.name) for office in offices]
        self.fields["data_class"].choices = [(code, self.tr.t(CLASS_WORDS[code])) for code in classes]
        self.fields["grade"].choices = [(code, f"{code} · {self.tr.t(words.GRADES[code])}") for code in GRADES]


def _grade(row: EvidenceFile, tr: Translator) -> str:
    return f"{row.grade} · {tr.t(words.GRADES[row.grade])}"


COLUMNS = [
    Column("title", msgid("Title"), show=lambda row, _tr: ledgers.link(f"/files/{row.oid}", row.title)),
    Column("issuer", msgid("Who issued it")),
    Column("grade", msgid("Grade"), show=_grade, facet=True, name=lambda value, tr: f"{value} · {tr.t(words.GRADES[value])}"),
    Column("dated", msgid("Date")),
    Column("valid_to", msgid("Valid until")),
    Column("data_class", msgid("Class"), show=lambda row, tr: tr.t(CLASS_WORDS[row.data_class]).partition(":")[0], facet=True, name=lambda value, tr: tr.t(CLASS_WORDS[value])),
    Column("office", msgid("Office"), value=lambda row: row.structure.name, facet=True),
]  # fmt: skip


@page("files", "files", ALL, methods=("GET", "POST"), writes=OWN, nav=Entry("deliver", msgid("Evidence files"), 60))
@receiving_into("files")
def every(request: HttpRequest) -> HttpResponse:
    """The files that the person may know of, and a form to file another."""
    classes = files.classes_to_file(request.actor)
    offices, contract = _offices(request, classes), _contract(request)
    form, fault = Filing(None, tr=request.tr, offices=offices, classes=classes, initial=_begun(contract)), ""
    if request.method == "POST":
        try:
            check(request)
            form = Filing(request.POST, tr=request.tr, offices=offices, classes=classes)
            if form.is_valid():
                kept = _file(request, form.cleaned_data, offices, contract)
                messages.success(request, request.tr.t("The file was filed."))
                return redirect("file", oid=kept.oid)
        except (WrongUsage, FileRefused) as refused:
            fault = request.tr.t(str(refused))
    shown = table(
        request,
        COLUMNS,
        list(files.files_seen(request.actor)[:MOST_SHOWN]),
        caption=msgid("Evidence files"),
        searches=True,
    )
    context = {
        "table": shown,
        "form": form,
        "fault": fault,
        "may_file": bool(classes and offices),
        "contract": contract,
    }
    return shown.download or render(request, "files/all.html", context, status=400 if form.is_bound or fault else 200)


def _offices(request: HttpRequest, classes: list[str]) -> list[Structure]:
    reached: set[str] = set()
    for one in classes:
        reached |= request.reach.structures(files.to_file(one))
    every_office = Structure.objects.order_by("name")
    return list(every_office if EVERYWHERE in reached else every_office.filter(pk__in=reached))


def _contract(request: HttpRequest) -> Contract | None:
    """The contract that the file is for, named in the address or the form; one out of reach counts as none."""
    oid = request.GET.get("contract", "") if request.method == "GET" else request.POST.get("contract", "")
    kept = Contract.objects.filter(pk=oid[:26]).first() if oid.isalnum() else None
    return kept if kept is not None and request.reach.may(Need("BIZ"), kept.structure_id) else None


def _begun(contract: Contract | None) -> dict[str, Any]:
    return {"data_class": "BIZ", "grade": "E2"} | ({"structure": contract.structure_id} if contract else {})


def _file(
    request: HttpRequest, given: dict[str, Any], offices: list[Structure], contract: Contract | None
) -> EvidenceFile:
    sent = received(request, "file")
    if not sent:
        raise WrongUsage(msgid("No file came with the form."))
    office = next(one for one in offices if one.oid == given.pop("structure"))
    return files.file_evidence(
        request.actor, office, sent[0].arrived, sent[0].name or "", files.About(**given), contract
    )


@page("files/<str:oid>", "file", ALL, "file")
def one(request: HttpRequest, oid: str) -> HttpResponse:
    """What is known of one file; its content is read by downloading it."""
    kept = files.file_seen(request.actor, oid)
    today = request.at.date()
    context = {
        "file": kept,
        "classes": CLASS_WORDS,
        "expired": kept.valid_to is not None and kept.valid_to < today,
        "may_contest": not kept.contested and request.reach.may(files.to_file(kept.data_class), kept.structure_id),
        "ending": files.download_name(kept).rpartition(".")[2].upper(),
    }
    return render(request, "files/one.html", context)


@page("files/<str:oid>/content", "file-content", ALL, "file")
def content(request: HttpRequest, oid: str) -> HttpResponse:
    """The bytes as they were filed, to be saved. The reading is in the log before the first of them leaves."""
    files.file_seen(request.actor, oid)
    try:
        kept, opened = files.open_file(request.actor, oid)
    except CannotAnswer as refused:
        return _not_whole(request, refused)
    return FileResponse(
        opened, as_attachment=True, filename=files.download_name(kept), content_type="application/octet-stream"
    )


def _not_whole(request: HttpRequest, refused: DuecareError) -> HttpResponse:
    return render(request, "files/not_whole.html", {"sentence": request.tr.t(str(refused))}, status=409)


@page("files/<str:oid>/contest", "file-contest", OWN, "file", methods=("POST",))
def contest(request: HttpRequest, oid: str) -> HttpResponse:
    """Mark a file as credibly contradicted."""
    kept = files.contest(request.actor, oid)
    messages.success(request, request.tr.t("The file is marked as contested."))
    return redirect("file", oid=kept.oid)
