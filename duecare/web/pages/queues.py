"""Review queues: what was bought where it is unsure, corrections that wait for a second person, and parked rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duecare.casebook.access import Need
from duecare.casebook.acts import quarantine, readings
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.errors import CannotAnswer, WrongUsage
from duecare.evidence.profiles import UNKNOWN, load_profiles
from duecare.identify.decisions import SecondPersonNeeded
from duecare.identify.method import load_method
from duecare.records.faults import CODES
from duecare.web import coming_in, ledgers, reviewing
from duecare.web.forms import Form
from duecare.web.navigation import QUESTIONS
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, table

SEE, JUDGE = Need("BIZ"), Need("JUDGE", "write")

COLUMNS = [
    Column("title", msgid("As published"), show=lambda row, _tr: _text(row), sort=False),
    Column("used", msgid("Read as"), value=lambda row: row["used"]["title"], show=lambda row, tr: tr.t(row["used"]["title"]), facet=True, name=lambda value, tr: tr.t(value)),
    Column("why", msgid("Why it is unsure"), value=lambda row: row["sentence"], show=lambda row, tr: tr.t(row["sentence"]), facet=True, name=lambda value, tr: tr.t(value)),
    Column("lines", msgid("Lines"), numeric=True),
    Column("stake", msgid("At stake"), numeric=True),
    Column("key", msgid("Key"), shown=False),
]  # fmt: skip


def _text(row: dict[str, Any]) -> Any:
    said = row["title"] or row["description"] or " ".join(filter(None, (row["cpv"], row["unspsc"], row["hs"])))
    return ledgers.link(f"/readings/{row['key']}", said[:200] or row["key"])


@page(
    "readings",
    "readings",
    SEE,
    nav=(Entry(QUESTIONS, msgid("What was bought?"), 60), Entry("plan", msgid("Check what was bought"), 60)),
)
def queue(request: HttpRequest) -> HttpResponse:
    """Texts whose purchase is unsure: where most is at stake for people comes first."""
    found = reviewing.waiting(request.actor)
    shown = table(request, COLUMNS, found["items"], caption=msgid("What waits for a person"), searches=True)
    proposals = list(readings.proposals_seen(request.actor))
    titles = {name: profile.title for name, profile in load_profiles().by_id.items()}
    context = {"table": shown, "found": found, "proposals": proposals, "titles": titles}
    return shown.download or render(request, "queues/readings.html", context)


class Correcting(Form):
    """What a person says of one text."""

    category = forms.ChoiceField(label=msgid("What was bought"), required=False)
    cpv = forms.CharField(
        label=msgid("Or its CPV code"),
        help_text=msgid("2 to 8 digits, such as 90910000."),
        max_length=10,
        required=False,
    )
    reason = forms.CharField(label=msgid("Why"), widget=forms.Textarea({"rows": 3}), max_length=4000)
    only_line = forms.BooleanField(
        label=msgid("Only for this line, not for all lines that say the same"), required=False
    )

    def __init__(self, *args: Any, readings: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        every = [
            (name, f"{name} · {self.tr.t(one.title)}") for name, one in load_profiles().by_id.items() if name != UNKNOWN
        ]
        possible = [(name, f"{name} · {self.tr.t(title)}") for name, title in readings]
        self.fields["category"].choices = [
            ("", ""),
            (self.tr.t("What it may be"), possible),
            (self.tr.t("Everything"), every),
        ]


@page("readings/<str:key>", "reading", SEE, "reading", methods=("GET", "POST"), writes=JUDGE)
def one_text(request: HttpRequest, key: str) -> HttpResponse:
    """One text: confirm its reading, or say what was bought instead."""
    item = next((row for row in reviewing.waiting(request.actor)["items"] if row["key"] == key), None)
    if item is None:
        raise Http404
    possible = [(one["profile"], one["title"]) for one in (item["used"], *item["others"]) if one["profile"] != UNKNOWN]
    form, fault = Correcting(None, tr=request.tr, readings=possible), ""
    if request.method == "POST":
        form = Correcting(request.POST, tr=request.tr, readings=possible)
        form.fields["reason"].required = request.POST.get("act") != "accept"
        if form.is_valid():
            try:
                return _decide(request, item, form.cleaned_data)
            except (WrongUsage, CannotAnswer) as refused:
                fault = request.tr.t(str(refused))
    context = {
        "item": item,
        "form": form,
        "fault": fault,
        "may_judge": request.reach.may_somewhere(JUDGE),
        "unknown": UNKNOWN,
    }
    return render(request, "queues/reading.html", context, status=400 if form.is_bound else 200)


def _decide(request: HttpRequest, item: dict[str, Any], given: dict[str, Any]) -> HttpResponse:
    accepts = request.POST.get("act") == "accept"
    said = reviewing.Said(
        "accept" if accepts else "correct",
        item["line_id"] if given["only_line"] else "",
        "" if accepts else given["category"],
        "" if accepts else given["cpv"],
        given["reason"],
    )
    try:
        done = reviewing.decide(request.actor, item["key"], said)
    except SecondPersonNeeded:
        _check_reason(said.reason)
        reviewing.propose(request.actor, item["key"], said, item["title"])
        messages.warning(
            request,
            request.tr.t(
                "This goes below a reading that is sure, so it waits for a second person of another function."
            ),
        )
    else:
        messages.success(
            request,
            request.tr.n(
                "Kept for one line. It counts from the next rating on.",
                "Kept for {count} lines. It counts from the next rating on.",
                done["lines"],
            ),
        )
    return redirect("readings")  # fmt: skip


def _check_reason(reason: str) -> None:
    needed = load_method().overrides.reason_characters
    if len(reason.strip()) < needed:
        raise WrongUsage(f"The reason has {len(reason.strip())} characters; going below a sure reading takes {needed}.")


@page(
    "readings/waiting/<str:oid>", "reading-proposal", Need("JUDGE"), "proposal", methods=("GET", "POST"), writes=JUDGE
)
def second(request: HttpRequest, oid: str) -> HttpResponse:
    """A correction that waits for a second person: sign it or object to it."""
    proposal, fault = readings.proposal_seen(request.actor, oid), ""
    if request.method == "POST":
        try:
            if request.POST.get("act") == "sign":
                reviewing.sign(request.actor, proposal, "")
            else:
                readings.answer(request.actor, proposal, agrees=False, note=request.POST.get("note", "")[:4000])
        except (WrongUsage, CannotAnswer) as refused:
            fault = request.tr.t(str(refused))
        else:
            messages.success(request, request.tr.t("Your word is kept."))
            return redirect("readings")
    title = load_profiles().by_id[proposal.category].title if proposal.category in load_profiles().by_id else ""
    own = proposal.by_id == request.person.pk
    context = {
        "proposal": proposal,
        "title": title,
        "fault": fault,
        "own": own,
        "may_judge": request.reach.may(JUDGE, proposal.structure_id),
    }
    return render(request, "queues/proposal.html", context, status=400 if fault else 200)


def _code(row: reviewing.Parked, tr: Translator) -> Any:
    return ledgers.link(f"/parked/{row.sha256}/{row.code}", tr.t(CODES[row.code]))


def _verdict(row: reviewing.Parked, tr: Translator) -> str:
    return tr.t(coming_in.VERDICT_WORDS[row.review.verdict]) if row.review else tr.t("open")


PARKED = [
    Column("code", msgid("What is wrong"), show=_code, facet=True, name=lambda value, tr: tr.t(CODES[value])),
    Column("file", msgid("File"), facet=True),
    Column("office", msgid("Office"), facet=True),
    Column("rows", msgid("Rows"), numeric=True),
    Column("state", msgid("State"), value=lambda row: row.review.verdict if row.review else "open", show=_verdict, facet=True, name=lambda value, tr: tr.t(coming_in.VERDICT_WORDS.get(value, "open"))),
]  # fmt: skip


@page("parked", "parked", SEE, nav=Entry("plan", msgid("Parked rows"), 85))
def parked(request: HttpRequest) -> HttpResponse:
    """Rows that were parked, by file and reason: nobody rates them until they are put right."""
    rows = reviewing.parked(request.actor)
    shown = table(request, PARKED, rows, caption=msgid("Parked rows"))
    return shown.download or render(
        request, "queues/parked.html", {"table": shown, "total": sum(row.rows for row in rows)}
    )


@page("parked/<str:sha256>/<str:code>", "parked-group", SEE, "parked", methods=("GET", "POST"), writes=JUDGE)
def group(request: HttpRequest, sha256: str, code: str) -> HttpResponse:
    """One group: what to do, the first of its rows, and what was said of it."""
    one = next((row for row in reviewing.parked(request.actor) if (row.sha256, row.code) == (sha256, code)), None)
    if one is None:
        raise Http404
    office, fault = (one.upload.structure if one.upload else None), ""
    if request.method == "POST":
        given = {"code": code, "note": request.POST.get("note", "")}
        try:
            quarantine.judge(request.actor, sha256, request.POST.get("verdict", ""), structure=office, **given)
        except WrongUsage as refused:
            fault = request.tr.t(str(refused))
        else:
            messages.success(request, request.tr.t("Your word is kept."))
            return redirect("parked")
    context = {
        "group": one,
        "sentence": CODES[code],
        "rows": reviewing.rows_of(one),
        "fault": fault,
        "fields": words.FIELDS,
        "verdicts": coming_in.VERDICT_WORDS,
        "may_judge": request.reach.may(JUDGE, office.oid if office else None),
    }
    return render(request, "queues/parked_group.html", context, status=400 if fault else 200)
