"""The page of a contract line: its rating and why, the next act, the whole thread, decisions, files, and the forms to act."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from duecare.casebook.acts import contracts, decisions
from duecare.casebook.models import Contract, ThreadLink
from duecare.communicate import words
from duecare.errors import WrongUsage
from duecare.web.contract_forms import DECISION_KINDS, DecisionForm, EstimateForm, EventForm, LinkForm
from duecare.web.contract_view import (
    JUDGE,
    WRITE,
    Opened,
    actions,
    asks_first,
    decided,
    elsewhere,
    opened,
    others,
    people_form,
)
from duecare.web.refusing import refused
from duecare.web.room import READ
from duecare.web.routes import page
from duecare.web.thread_view import ADD, FOLLOWS, KINDS, REASON, STATES

AT = "contracts/<str:line_id>"


@page(AT, "contract", READ, objects="line")
def contract(request: HttpRequest, line_id: str) -> HttpResponse:
    """Everything about one line of a contract."""
    one = opened(request, line_id)
    return ask_first(one) if asks_first(one) else shown(one)


def ask_first(one: Opened, form: EstimateForm | None = None) -> HttpResponse:
    """The line without its rating and the question for the person's own; the log says that they were asked."""
    decisions.record_asked(one.request.actor, one.line.line_id, one.room.id)  # type: ignore[attr-defined]
    return render(one.request, "estimate.html", {"one": one, "seen": one.seen, "form": form or EstimateForm(tr=one.tr)})


def shown(one: Opened, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, with forms as they were filled in where something is wrong."""
    asked = one.request.GET
    adding = forms.get("link") or LinkForm(rows=one.rows, files=one.files, tr=one.tr, initial=_wanted(asked))
    context = {
        "one": one,
        "seen": one.seen,
        "rows": one.rows,
        "gaps": sum(len(row.missing) for row in one.rows),
        "first_gap": next((row.ref for row in one.rows if row.missing and row.kind == "reason"), ""),
        "kinds": KINDS,
        "states": STATES,
        "add": ADD,
        "follows": FOLLOWS,
        "adding": adding,
        "is_adding": "link" in forms or asked.get("add") in KINDS,
        "event": forms.get("event"),
        "event_of": forms.get("event_of", ""),
        "events": {row.ref: EventForm(states=row.states, oid=row.ref, tr=one.tr) for row in one.rows if row.states}
        if one.writes
        else {},
        "deciding": forms.get("decision") or DecisionForm(tr=one.tr, initial={"kind": "act"}),
        "is_deciding": "decision" in forms or "decide" in asked,
        "decided": decided(one),
        "others": [row for row in others(one) if row["line_id"] != one.line.line_id],
        "actions": actions(one),
        "people": forms.get("people") or people_form(one),
        "elsewhere": elsewhere(one),
        "decision_kinds": DECISION_KINDS,
    }
    return render(one.request, "contract.html", context, status=status)


def _wanted(asked: Any) -> dict[str, str]:
    kind = asked.get("add", "")
    return {"kind": kind if kind in KINDS else "measure", "answers": asked.get("answers", "")[:60]}


def back(line_id: str, place: str) -> HttpResponse:
    """To the page of the line again, at the place where something was added."""
    return redirect(f"{reverse('contract', kwargs={'line_id': line_id})}#{place}")


@page(f"{AT}/estimate", "contract-estimate", READ, objects="line", methods=("POST",), writes=JUDGE)
def estimate(request: HttpRequest, line_id: str) -> HttpResponse:
    """Keep the person's own estimate, or that they skipped it, and show the rating."""
    one = opened(request, line_id)
    form = EstimateForm(request.POST, tr=one.tr)
    if not form.is_valid():
        return ask_first(one, form)
    band = "" if "skip" in request.POST else form.cleaned_data["band"]
    decisions.own_estimate(request.actor, one.line, band, one.finding["band"])  # type: ignore[attr-defined]
    if band:
        said = one.tr.t(
            "You said {yours}; the rating is {band}.",
            yours=one.tr.t(words.BANDS[band]),
            band=one.tr.t(words.BANDS[one.finding["band"]]),
        )
        messages.info(request, said)
    return back(line_id, "rating")


@page(f"{AT}/thread", "contract-thread", READ, objects="line", methods=("POST",), writes=WRITE)
def thread(request: HttpRequest, line_id: str) -> HttpResponse:
    """Add a link to the thread."""
    one = opened(request, line_id)
    form = LinkForm(posted(one), rows=one.rows, files=one.files, tr=one.tr)
    if form.is_valid():
        try:
            link = contracts.add_link(request.actor, one.line, wish_of(form, one))  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, one.tr.t("Added to the thread."))
            return back(line_id, f"link-{link.oid}")
    return shown(one, 400, link=form)


def posted(one: Opened) -> Any:
    """What was sent in; a reason of the rating that a colleague has taken up meanwhile is the link that it became."""
    said = one.request.POST.copy()
    code = said.get("answers", "").removeprefix(REASON)
    there = next((step.link.pk for step in one.thread.of("reason") if step.link.code and step.link.code == code), None)
    if there is not None:
        said["answers"] = there
    return said


def wish_of(form: LinkForm, one: Opened) -> contracts.Wish:
    """The link as the form has it; a reason of the run is named by its code and kept with its sentence."""
    said = form.cleaned_data
    answers, reason = said["answers"], ("", "")
    if answers.startswith(REASON):
        driver = next((driver for driver in one.seen.drivers if REASON + driver.code == answers), None)
        answers, reason = "", (driver.code, driver.kept) if driver else ("", "")
    rest = {"owner_role": said["owner_role"], "due": said["due"], "evidence": said.get("evidence", ())}
    return contracts.Wish(said["kind"], said["text"], answers, reason, **rest)


@page(f"{AT}/thread/<str:oid>", "contract-event", READ, objects="line", methods=("POST",), writes=WRITE)
def event(request: HttpRequest, line_id: str, oid: str) -> HttpResponse:
    """Say what became of a link of this contract."""
    one = opened(request, line_id)
    link = (
        ThreadLink.objects.filter(pk=oid, contract=one.contract).select_related("contract").first()
        if one.contract
        else None
    )
    row = next((row for row in one.rows if row.ref == oid), None)
    if link is None or row is None:
        raise Http404
    form = EventForm(request.POST, states=row.states, oid=oid, tr=one.tr)
    if form.is_valid():
        try:
            contracts.add_event(request.actor, link, form.cleaned_data["state"], form.cleaned_data["note"])  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            return back(line_id, f"link-{oid}")
    return shown(one, 400, event=form, event_of=oid)


@page(f"{AT}/decide", "contract-decide", READ, objects="line", methods=("POST",), writes=JUDGE)
def decide(request: HttpRequest, line_id: str) -> HttpResponse:
    """Keep a decision about the finding."""
    one = opened(request, line_id)
    if asks_first(one):
        return ask_first(one)
    form = DecisionForm(request.POST, tr=one.tr)
    if form.is_valid():
        try:
            decisions.decide(request.actor, one.line, one.finding, decisions.Verdict(**form.cleaned_data))  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, one.tr.t("Your decision is kept beside the finding."))
            return back(line_id, "decisions")
    return shown(one, 400, decision=form)


@page(f"{AT}/people", "contract-people", READ, objects="line", methods=("POST",), writes=WRITE)
def people(request: HttpRequest, line_id: str) -> HttpResponse:
    """Name who looks after the contract."""
    one = opened(request, line_id)
    form = people_form(one)
    if form is None:
        raise Http404
    if form.is_valid():
        kept = contracts.contract_of(request.actor, one.line)  # type: ignore[attr-defined]
        chosen = {
            name: _chosen(kept, role, form.cleaned_data[name], one.today)
            for name, role in contracts.LOOKS_AFTER.items()
        }
        contracts.name_people(request.actor, kept, **chosen)  # type: ignore[attr-defined]
        return back(line_id, "people")
    return shown(one, 400, people=form)


def _chosen(kept: Contract, role: str, oid: str, day: date) -> Any:
    return next((one for one in contracts.candidates(kept.structure_id, role, day) if one.oid == oid), None)
