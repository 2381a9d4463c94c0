"""The official lists in use: what each is, how old it is and until when it counts; and adding another."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from markupsafe import Markup

from duecare import cycle
from duecare.casebook.access import Need
from duecare.casebook.acts import uploads, work
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.errors import FileRefused, WrongUsage
from duecare.evidence.loaders.known import KNOWN
from duecare.web.forms import Form
from duecare.web.receiving import check, received, receiving_into
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, table

STATUS = {
    "in force": msgid("counts in full"),
    "aged": msgid("aged: counts for less"),
    "expired": msgid("expired: counts no more"),
}
SENTENCES = {
    "in force": msgid("Counts in full until {date}."),
    "aged": msgid("Was valid until {date} and counts as {grade} now."),
    "expired": msgid("Has expired: nothing is concluded from it."),
}


def _valid(pack: dict[str, Any], tr: Translator) -> str:
    day: date | None = pack["valid_until"]
    return tr.day(day) if day else tr.t("no end set")


COLUMNS = [
    Column("title", msgid("List"), show=lambda pack, _tr: _named(pack)),
    Column("publisher", msgid("Publisher"), facet=True, shown=False),
    Column("edition", msgid("Edition"), shown=False),
    Column(
        "status",
        msgid("State"),
        show=lambda pack, tr: _sentence(pack, tr),
        facet=True,
        name=lambda value, tr: tr.t(STATUS[value]) if value in STATUS else tr.t("not used"),
    ),
    Column("grade", msgid("Grade"), facet=True, name=lambda value, tr: f"{value} · {tr.t(words.GRADES[value])}"),
    Column("retrieved", msgid("Retrieved")),
    Column("valid_until", msgid("Counts fully until"), show=_valid, shown=False),
    Column("rows", msgid("Facts"), numeric=True),
    Column("sentence", msgid("In a sentence"), shown=False),
    Column("licence", msgid("Licence"), shown=False),
    Column("url", msgid("Source"), shown=False),
]


def _named(pack: dict[str, Any]) -> Markup:
    """Title, with publisher and edition below it."""
    return Markup('{}<br><span class="small soft">{}, {}</span>').format(
        pack["title"], pack["publisher"], pack["edition"]
    )


def _sentence(pack: dict[str, Any], tr: Translator) -> str:
    if pack["status"] not in SENTENCES:
        return tr.t("Is not used: {why}.", why=pack["status"])
    day = tr.day(pack["valid_until"]) if pack["valid_until"] else tr.t("a newer one comes")
    return tr.t(SENTENCES[pack["status"]], date=day, grade=pack["grade"])


class Adding(Form):
    """What is said of a list that is added."""

    kind = forms.ChoiceField(
        label=msgid("Which list"),
        choices=[("", msgid("as the file shows by itself")), *((key, known.title) for key, known in KNOWN.items())],
        required=False,
    )
    edition = forms.CharField(
        label=msgid("Edition"),
        help_text=msgid("As the publisher calls it, such as 2026. Needed only where the file does not say it."),
        max_length=60,
        required=False,
    )


@page(
    "evidence",
    "evidence-packs",
    Need("BIZ"),
    methods=("GET", "POST"),
    writes=Need("WORK", "write"),
    nav=Entry("plan", msgid("Official lists"), 90),
)
@receiving_into("uploads")
def packs(request: HttpRequest) -> HttpResponse:
    """The lists that ratings rest on, and a form to add one."""
    may_add = all(request.reach.may(need) for need in uploads.SEND)
    form, fault = Adding(None, tr=request.tr), ""
    if request.method == "POST":
        try:
            check(request)
            form = Adding(request.POST, tr=request.tr)
            if form.is_valid():
                return redirect("job", oid=_add(request, form.cleaned_data))
        except (WrongUsage, FileRefused) as refused:
            fault = request.tr.t(str(refused))
    home = settings.DUECARE_HOME
    found = cycle.list_evidence(request.at.date(), home.register if (home.register / "evidence").is_dir() else None)
    for pack in found:
        pack["grade"], pack["status"] = (
            getattr(pack["grade"], "value", pack["grade"]),
            getattr(pack["status"], "value", pack["status"]),
        )
    shown = table(request, COLUMNS, found, caption=msgid("Lists in use"))
    context = {"table": shown, "form": form, "fault": fault, "may_add": may_add}
    return shown.download or render(
        request, "evidence/packs.html", context, status=400 if form.is_bound or fault else 200
    )


def _add(request: HttpRequest, given: dict[str, str]) -> str:
    """Keep the file and ask for it to be read; the list is for everybody, so the whole organisation must be in reach."""
    for need in uploads.SEND:
        request.actor.must(need)
    sent = received(request, "file")
    if not sent:
        raise WrongUsage(msgid("No file came with the form."))
    kept = uploads.keep(request.actor, None, sent[0].name or "", sent[0].arrived)
    asked = {"file": f"{kept.oid}/{kept.name}", "kind": given["kind"] or None, "edition": given["edition"]}
    return work.ask(request.actor, "evidence", asked).oid
