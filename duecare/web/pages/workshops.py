"""Workshops: choose lines, each expert rates alone, then median and range are shown; from the result an override is proposed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from markupsafe import Markup

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import workshops
from duecare.casebook.acts.contracts import reaching, structure_of
from duecare.casebook.acts.overrides import FUNCTIONS
from duecare.casebook.models import Structure, Workshop, WorkshopItem
from duecare.casebook.models.kept import OID_CHARACTERS
from duecare.communicate import words
from duecare.communicate.i18n import msgid
from duecare.communicate.reading_room import Asked
from duecare.errors import WrongUsage
from duecare.web import rulings
from duecare.web.forms import Form
from duecare.web.refusing import refused
from duecare.web.room import room_of
from duecare.web.routes import Entry, found, page, within
from duecare.web.tables import Column, table

READ, WRITE = Need("JUDGE", "read"), Need("JUDGE", "write")
RATED = {code: text for code, text in rulings.TARGETS.items() if code not in ("F1", "F2", "LEV")}
MOST_FOUND = 30

COLUMNS = (
    Column(
        "title",
        msgid("Workshop"),
        show=lambda row, _tr: Markup('<a href="{}">{}</a>').format(
            reverse("workshop", kwargs={"oid": row["oid"]}), row["title"]
        ),
    ),
    Column("office", msgid("Office"), facet=True),
    Column("held", msgid("Day")),
    Column("items", msgid("Lines"), numeric=True),
    Column("shown", msgid("Shown"), numeric=True),
)


@page("workshops", "workshops", READ, nav=Entry("plan", msgid("Workshops"), 40))
def overview(request: HttpRequest) -> HttpResponse:
    """The workshops of the offices within reach."""
    offices = request.reach.structures(READ)  # type: ignore[attr-defined]
    kept = Workshop.objects.select_related("structure").prefetch_related("items__reveal")
    kept = kept if EVERYWHERE in offices else kept.filter(structure__in=offices)
    rows = [
        {
            "oid": one.oid,
            "title": one.title,
            "office": one.structure.name,
            "held": one.held,
            "items": len(one.items.all()),
            "shown": sum(hasattr(item, "reveal") for item in one.items.all()),
        }
        for one in kept
    ]
    shown = table(request, COLUMNS, rows, caption=msgid("Workshops"))
    return shown.download or render(
        request, "workshops.html", {"table": shown, "may_write": request.reach.may_somewhere(WRITE)}
    )  # type: ignore[attr-defined]


# --- opening -------------------------------------------------------------------------------------------------------------


class OpenForm(Form):
    """A new workshop."""

    title = forms.CharField(label=msgid("Title"), max_length=200)
    held = forms.DateField(label=msgid("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    target = forms.ChoiceField(label=msgid("What is rated?"), choices=list(RATED.items()))
    sources = forms.CharField(
        label=msgid("Local sources"),
        help_text=msgid("What the experts bring along: reports, visits, talks. No names of people."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=3000,
        required=False,
    )


def searched(request: HttpRequest) -> list[dict[str, Any]]:
    """Lines of the newest run that match the words of the address, of offices in which the person may judge."""
    room, query = room_of(request), " ".join(request.GET.get("q", "").split())[:200]
    return (
        room.page(Asked(reaching(request.actor, WRITE), words=query), size=MOST_FOUND)
        if room is not None and query
        else []
    )  # type: ignore[attr-defined]


def chosen(request: HttpRequest) -> list[dict[str, Any]]:
    """The lines named by ``line`` in the address or the form, of offices in which the person may judge; others are left out."""
    room = room_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    named = list(dict.fromkeys(asked.getlist("line")))[: workshops.MOST_ITEMS]
    rows = room.lines(reaching(request.actor, WRITE), named) if room is not None else {}  # type: ignore[attr-defined]
    return [rows[line] for line in named if line in rows]


@page("workshops/new", "workshop-new", WRITE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Open a workshop with lines that were searched for or named by the portfolio (``?line=...&line=...``)."""
    lines, sends = chosen(request), request.method == "POST"
    form = OpenForm(request.POST if sends else None, tr=request.tr, initial={"held": request.at.date()})  # type: ignore[attr-defined]
    if sends and form.is_valid():
        try:
            opened = _opened(request, form, lines)
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("The workshop is open. Everybody rates alone first."))  # type: ignore[attr-defined]
            return redirect("workshop", oid=opened.oid)
    context = {
        "form": form,
        "lines": lines,
        "found": _not_yet(searched(request), lines),
        "query": request.GET.get("q", ""),
    }
    return render(request, "workshop_new.html", context, status=400 if form.is_bound else 200)


def _not_yet(rows: Iterable[dict[str, Any]], lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    there = {line["line_id"] for line in lines}
    return [row for row in rows if row["line_id"] not in there]


def _opened(request: HttpRequest, form: OpenForm, lines: list[dict[str, Any]]) -> Workshop:
    offices = {line["office"] for line in lines}
    structures = {structure_of(office) for office in offices}
    if len(structures) > 1:
        raise WrongUsage("The lines belong to different offices; open one workshop for each.")
    structure = next(iter(structures), None)
    if structure is None:
        raise WrongUsage("Choose at least one line of an office that has been entered.")
    said = form.cleaned_data
    items = [_item(request, line, said["target"]) for line in lines]
    run = room_of(request)
    return workshops.open_workshop(
        request.actor,
        structure,
        said["title"],
        said["held"],
        items,
        run=run.id if run else "",
        sources=said["sources"],  # type: ignore[attr-defined]
    )


def _item(request: HttpRequest, line: dict[str, Any], target: str) -> workshops.Item:
    """A line with the model's present value of what is rated, where it has one of the whole line."""
    return workshops.Item(
        line["line_id"], line["title"] or line["line_id"], target, line[target] if target in ("L", "S") else None
    )


# --- one workshop --------------------------------------------------------------------------------------------------------


class RateForm(Form):
    """One's own rating."""

    value = forms.FloatField(
        label=msgid("Your value, 0 to 4"), min_value=0, max_value=4, widget=forms.NumberInput(attrs={"step": "0.1"})
    )
    role = forms.ChoiceField(label=msgid("You speak as"))
    note = forms.CharField(
        label=msgid("What leads you to it"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, roles: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [(role, self.tr.t(words.ROLES[role])) for role in roles]  # type: ignore[attr-defined]


class RevealForm(Form):
    """What some did not agree with."""

    dissent = forms.CharField(
        label=msgid("Who sees it otherwise, and why (no names)"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dataclass(frozen=True)
class Shown:
    """One item as this person may see it, with the forms that they may use."""

    item: WorkshopItem
    seen: workshops.Seen
    target: str
    rate: RateForm | None
    reveal: RevealForm | None


@page("workshops/<str:oid>", "workshop", READ, objects="workshop")
def one(request: HttpRequest, oid: str) -> HttpResponse:
    """A workshop: one's own ratings, and all of them once they are shown."""
    return _page(request, found(Workshop, request, oid))


def found_item(request: HttpRequest, oid: str, need: Need | None = None) -> WorkshopItem:
    """The item with this id; one of an office out of reach answers like a missing one."""
    kept = (
        WorkshopItem.objects.select_related("workshop__structure").filter(pk=oid).first()
        if len(oid) == OID_CHARACTERS
        else None
    )
    if kept is None:
        raise Http404
    within(request, kept.workshop.structure_id, need)
    return kept


@page("workshop-items/<str:oid>/rate", "workshop-rate", READ, objects="workshop item", methods=("POST",), writes=WRITE)
def rate(request: HttpRequest, oid: str) -> HttpResponse:
    """Keep one's own rating."""
    item = found_item(request, oid)
    form = RateForm(request.POST, tr=request.tr, roles=_roles(request, item.workshop), prefix=item.oid)  # type: ignore[attr-defined]
    if form.is_valid():
        said = form.cleaned_data
        try:
            workshops.rate(request.actor, item, said["role"], said["value"], said["note"])  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("Your rating is kept. Nobody else sees it before all are shown."))  # type: ignore[attr-defined]
            return redirect(f"{reverse('workshop', kwargs={'oid': item.workshop_id})}#item-{item.oid}")
    return _page(request, item.workshop, rate=(item.oid, form))


@page("workshop-items/<str:oid>/show", "workshop-show", READ, objects="workshop item", methods=("POST",), writes=WRITE)
def show(request: HttpRequest, oid: str) -> HttpResponse:
    """Show all ratings of a line."""
    item = found_item(request, oid)
    form = RevealForm(request.POST, tr=request.tr, prefix=item.oid)  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            workshops.reveal(request.actor, item, form.cleaned_data["dissent"])  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            return redirect(f"{reverse('workshop', kwargs={'oid': item.workshop_id})}#item-{item.oid}")
    return _page(request, item.workshop, reveal=(item.oid, form))


def _roles(request: HttpRequest, workshop: Workshop) -> list[str]:
    here: list[str] = request.reach.roles_for(WRITE, workshop.structure_id)  # type: ignore[attr-defined]
    return [role for role in here if role in FUNCTIONS]


def _page(request: HttpRequest, workshop: Workshop, **bound: tuple[str, Any]) -> HttpResponse:
    structure = Structure.objects.get(pk=workshop.structure_id)
    leads, roles = workshops.may_reveal(request.actor, workshop), _roles(request, workshop)  # type: ignore[attr-defined]
    items = [_shown(request, item, roles, bound, leads=leads) for item in workshop.items.order_by("title", "oid")]
    context = {
        "workshop": workshop,
        "structure": structure,
        "items": items,
        "roles": [request.tr.t(words.ROLES[role]) for role in workshops.took_part(workshop)],  # type: ignore[attr-defined]
        "may_write": bool(roles),
        "least": workshops.LEAST_RATINGS,
    }
    return render(request, "workshop.html", context, status=400 if bound else 200)


def _shown(
    request: HttpRequest, item: WorkshopItem, roles: list[str], bound: dict[str, tuple[str, Any]], *, leads: bool
) -> Shown:
    seen, tr = workshops.seen(request.actor, item), request.tr  # type: ignore[attr-defined]
    forms_of = {name: form for name, (oid, form) in bound.items() if oid == item.oid}
    may_rate = bool(roles) and seen.own is None and not seen.is_revealed
    may_show = leads and not seen.is_revealed and seen.rated >= workshops.LEAST_RATINGS
    return Shown(
        item,
        seen,
        rulings.target_name(item.target, tr),
        forms_of.get("rate") or (RateForm(tr=tr, roles=roles, prefix=item.oid) if may_rate else None),
        forms_of.get("reveal") or (RevealForm(tr=tr, prefix=item.oid) if may_show else None),
    )
