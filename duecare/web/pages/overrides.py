"""Overrides: experts' values beside the model's, who signed, what counts, and how offices use them (METHOD 1.10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from markupsafe import Markup

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import overrides
from duecare.casebook.acts.contracts import structure_of
from duecare.casebook.models import Decision, Override, Structure, WorkshopItem
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.errors import WrongUsage
from duecare.web import rulings
from duecare.web.forms import Form
from duecare.web.pages.workshops import found_item, searched
from duecare.web.refusing import refused
from duecare.web.room import found_line, offices_of, room_of
from duecare.web.routes import Entry, found, page
from duecare.web.tables import Column, table

READ, WRITE = Need("JUDGE", "read"), Need("JUDGE", "write")
PROOFS = 3
GRADES = {
    "E1": msgid("E1: somebody says so"),
    "E2": msgid("E2: a document"),
    "E3": msgid("E3: checked by somebody independent"),
    "E4": msgid("E4: several independent sources, workers among them"),
}
SCOPES = {
    "line_id": msgid("This line"),
    "contract_id": msgid("All lines of this contract"),
    "profile": msgid("This kind of purchase in this office"),
    "supplier_id": msgid("This supplier in this office"),
}
DIRECTIONS = {"raise": msgid("Raise"), "lower": msgid("Lower")}


@dataclass(frozen=True)
class Row:
    """An override as the list shows it."""

    override: Override
    status: rulings.Status

    @property
    def number(self) -> str:
        """Its number in the record."""
        return self.override.number


def _link(row: Row, _tr: Translator) -> Markup:
    address = reverse("override", kwargs={"oid": row.override.oid})
    return Markup('<a href="{}">{}</a>').format(address, row.override.number)


COLUMNS = (
    Column("number", msgid("Number"), show=_link),
    Column("title", msgid("About"), value=lambda row: row.override.title),
    Column("office", msgid("Office"), value=lambda row: row.override.structure.name, facet=True),
    Column("target", msgid("Changes"), value=lambda row: row.override.target, name=lambda code, tr: rulings.target_name(code, tr),
           show=lambda row, tr: rulings.target_name(row.override.target, tr), facet=True),
    Column("model", msgid("Model"), value=lambda row: row.override.model_value, numeric=True),
    Column("value", msgid("Experts"), value=lambda row: row.override.value, numeric=True),
    Column("direction", msgid("Direction"), value=lambda row: row.override.direction, facet=True,
           show=lambda row, tr: tr.t(DIRECTIONS[row.override.direction]), name=lambda code, tr: tr.t(DIRECTIONS[code])),
    Column("state", msgid("State"), value=lambda row: row.status.code, facet=True,
           show=lambda row, tr: row.status.text(tr), name=lambda code, tr: tr.t(rulings.STATES[code])),
    Column("expires", msgid("Until"), value=lambda row: row.override.expires),
)  # fmt: skip


def within_reach(request: HttpRequest, need: Need = READ) -> Any:
    """The overrides of the offices that the person may read."""
    offices = request.reach.structures(need)  # type: ignore[attr-defined]
    kept = Override.objects.select_related("structure", "by").prefetch_related("signatures")
    return kept if EVERYWHERE in offices else kept.filter(structure__in=offices)


@page("overrides", "overrides", READ, nav=Entry("record", msgid("Overrides by experts"), 10))
def overview(request: HttpRequest) -> HttpResponse:
    """All overrides within reach, with what counts today."""
    day = request.at.date()  # type: ignore[attr-defined]
    rows = [Row(one, rulings.status_of(one, day)) for one in within_reach(request).order_by("-at", "-oid")]
    shown = table(request, COLUMNS, rows, caption=msgid("Overrides"), searches=True)
    mine = [row for row in rows if row.status.code == "open" and overrides.roles_to_say(request.actor, row.override)]  # type: ignore[attr-defined]
    context = {"table": shown, "waiting": mine, "may_write": request.reach.may_somewhere(WRITE)}  # type: ignore[attr-defined]
    return shown.download or render(request, "overrides.html", context)


# --- propose -------------------------------------------------------------------------------------------------------------


class ProposeForm(Form):
    """An override as one fills it in."""

    target = forms.ChoiceField(
        label=msgid("What do you rate otherwise?"),
        choices=[(code, text) for code, text in rulings.TARGETS.items() if code not in ("F1", "F2")]
        + [(code, rulings.TARGETS[code]) for code in ("F1", "F2")],
    )
    factor = forms.CharField(
        label=msgid("A single factor"),
        help_text=msgid("Its code, such as W3; instead of the whole group."),
        max_length=4,
        required=False,
    )
    scope = forms.ChoiceField(label=msgid("What is it about?"), widget=forms.RadioSelect)
    stage = forms.ChoiceField(
        label=msgid("Stage"),
        help_text=msgid("Only for groups and factors; empty for all stages."),
        choices=[("", ""), *words.STAGES.items()],
        required=False,
    )
    direction = forms.ChoiceField(
        label=msgid("Direction"),
        widget=forms.RadioSelect,
        choices=list(DIRECTIONS.items()),
        help_text=msgid(
            "Raising takes one person. Lowering takes two persons of different functions, the focal point among them."
        ),
    )
    value = forms.FloatField(
        label=msgid("Your value, 0 to 4"), min_value=0, max_value=4, widget=forms.NumberInput(attrs={"step": "0.1"})
    )
    reason = forms.CharField(
        label=msgid("Reason"),
        help_text=msgid(
            "At least 80 characters: what you know that the data do not. No names or contact data of people."
        ),
        widget=forms.Textarea,
        max_length=5000,
    )
    expires = forms.DateField(
        label=msgid("Until"),
        help_text=msgid("Within 12 months; then it is looked at again."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    role = forms.ChoiceField(label=msgid("You speak as"))

    def __init__(self, *args: Any, scopes: list[str], roles: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["scope"].choices = [(code, self.tr.t(SCOPES[code])) for code in scopes]  # type: ignore[attr-defined]
        self.fields["role"].choices = [(role, self.tr.t(words.ROLES[role])) for role in roles]  # type: ignore[attr-defined]


class ProofForm(Form):
    """One piece of evidence."""

    title = forms.CharField(label=msgid("Evidence"), max_length=300, required=False)
    publisher = forms.CharField(label=msgid("From whom (organisation)"), max_length=300, required=False)
    date = forms.DateField(label=msgid("Dated"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    grade = forms.ChoiceField(label=msgid("Grade"), choices=[("", ""), *GRADES.items()], required=False)
    locator = forms.CharField(label=msgid("Where in it, or where it lies"), max_length=300, required=False)


@dataclass(frozen=True)
class Begun:
    """What an override begins from: a line of the newest run, and perhaps what a workshop found about it."""

    item: dict[str, Any]
    row: dict[str, Any]
    structure: Structure
    workshop: WorkshopItem | None

    def where(self, scope: str, stage: str) -> dict[str, str]:
        """The lines that it is about."""
        return {"structure": str(self.row["office"]), scope: self.scopes[scope]} | ({"stage": stage} if stage else {})

    @property
    def scopes(self) -> dict[str, str]:
        """What the line can be known by, as far as its values are known."""
        given = {
            "line_id": self.item["line_id"],
            "contract_id": self.item["contract_id"],
            "profile": self.item["profile"],
            "supplier_id": self.item.get("supplier_id"),
        }
        return {name: str(value) for name, value in given.items() if value}

    def model_value(self, target: str, stage: str) -> float | None:
        """The model's own value of what is changed, where the run says one."""
        before = self.item["override"] or {}
        if target in ("L", "S"):
            return before.get(f"model_{target}", self.item[target])
        if target == "LEV":
            return self.item["LEV"]  # type: ignore[no-any-return]
        stages = [one for one in self.item["stages"] if not stage or one["stage"] == stage]
        return stages[0]["groups"][target]["point"] if stages and target in stages[0]["groups"] and not before else None  # type: ignore[no-any-return]


def begun(request: HttpRequest) -> Begun:
    """The line that the address names; one of an office without a right to judge answers like a missing one."""
    kept = found_item(request, request.GET["workshop"], WRITE) if "workshop" in request.GET else None
    room, item = found_line(request, kept.line_id if kept is not None else request.GET.get("line", ""))
    row = room.line(offices_of(request), item["line_id"])
    assert row is not None
    structure = structure_of(row["office"])
    if structure is None or not request.reach.may(WRITE, structure.oid):  # type: ignore[attr-defined]
        raise Http404
    return Begun(item, row, structure, kept)


@page("overrides/new", "override-propose", WRITE, methods=("GET", "POST"))
def propose(request: HttpRequest) -> HttpResponse:
    """Propose another value for a line, its contract, its kind of purchase or its supplier."""
    if not {"line", "workshop"} & set(request.GET):
        return render(
            request,
            "override_begin.html",
            {"rows": searched(request), "query": request.GET.get("q", ""), "target": "override-propose"},
        )
    one = begun(request)
    result = getattr(one.workshop, "reveal", None)
    roles = [role for role in request.reach.roles_for(WRITE, one.structure.oid) if role in overrides.FUNCTIONS]  # type: ignore[attr-defined]
    initial = {"scope": "line_id", "expires": request.at.date() + timedelta(days=365), "value": result.median if result else None,  # type: ignore[attr-defined]
               "target": one.workshop.target if one.workshop else "L"}  # fmt: skip
    given = request.POST or None
    form = ProposeForm(given, tr=request.tr, scopes=list(one.scopes), roles=roles, initial=initial)  # type: ignore[attr-defined]
    proofs = [ProofForm(given, tr=request.tr, prefix=f"proof{number}") for number in range(PROOFS)]  # type: ignore[attr-defined]
    if request.method == "POST" and all([form.is_valid(), *(proof.is_valid() for proof in proofs)]):
        wish, actor = _wish(one, form, proofs), request.actor  # type: ignore[attr-defined]
        check = rulings.lasting_fault(request.at.date(), request.tr, wish.model_value)  # type: ignore[attr-defined]
        try:
            kept = overrides.propose(actor, one.structure, wish, check)
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, _what_next(kept, request))
            return redirect("override", oid=kept.oid)
    context = {"form": form, "proofs": proofs, "one": one, "result": result}
    return render(request, "override_propose.html", context, status=400 if form.is_bound else 200)


def _wish(one: Begun, form: ProposeForm, proofs: list[ProofForm]) -> overrides.Wish:
    said = form.cleaned_data
    target = said["factor"].strip().upper() or said["target"]
    stage = said["stage"]
    filled = [{name: str(value) for name, value in proof.cleaned_data.items() if value} for proof in proofs]
    result = getattr(one.workshop, "reveal", None)
    return overrides.Wish(
        target=target,
        where=one.where(said["scope"], stage),
        value=said["value"],
        direction=said["direction"],
        reason=said["reason"],
        proofs=[proof for proof in filled if proof],
        expires=said["expires"],
        role=said["role"],
        title=one.item["title"] or one.item["line_id"],
        category=one.item["category"],
        model_value=None if said["scope"] not in ("line_id", "contract_id") else one.model_value(target, stage),
        run=one.item["run"],
        workshop=one.workshop.workshop if one.workshop and result else None,
        dissent=result.dissent if result else "",
    )


def _what_next(kept: Override, request: HttpRequest) -> str:
    status, tr = rulings.status_of(kept, request.at.date()), request.tr  # type: ignore[attr-defined]
    return (
        tr.t("Kept. It counts from the next run on.")
        if status.code == "counts"
        else tr.t("Kept. {missing}", missing=status.why(tr))
    )  # type: ignore[no-any-return]


# --- one override --------------------------------------------------------------------------------------------------------


class WordForm(Form):
    """A second person's word."""

    role = forms.ChoiceField(label=msgid("You speak as"))
    note = forms.CharField(
        label=msgid("Note"),
        help_text=msgid("Needed for an objection; it is shown beside the override."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, roles: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [(role, self.tr.t(words.ROLES[role])) for role in roles]  # type: ignore[attr-defined]


class WithdrawForm(Form):
    """Why an override ends."""

    reason = forms.CharField(
        label=msgid("Why is it withdrawn?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


@page("overrides/<str:oid>", "override", READ, objects="override")
def one(request: HttpRequest, oid: str) -> HttpResponse:
    """One override: both values, reason, evidence, who signed, and what the newest run made of it."""
    return _shown(request, found(Override, request, oid))


@page("overrides/<str:oid>/word", "override-word", READ, objects="override", methods=("POST",), writes=WRITE)
def word(request: HttpRequest, oid: str) -> HttpResponse:
    """Sign, or object."""
    kept = found(Override, request, oid)
    form = WordForm(request.POST, tr=request.tr, roles=overrides.roles_to_say(request.actor, kept))  # type: ignore[attr-defined]
    if form.is_valid():
        said, agrees = form.cleaned_data, "object" not in request.POST
        try:
            overrides.say(request.actor, kept, said["role"], agrees=agrees, note_text=said["note"])  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(
                request, request.tr.t("Your signature is kept.") if agrees else request.tr.t("Your objection is kept.")
            )  # type: ignore[attr-defined]
            return redirect("override", oid=oid)
    return _shown(request, kept, word=form)


@page("overrides/<str:oid>/withdraw", "override-withdraw", READ, objects="override", methods=("POST",), writes=WRITE)
def withdraw(request: HttpRequest, oid: str) -> HttpResponse:
    """End it before its day."""
    kept = found(Override, request, oid)
    form = WithdrawForm(request.POST, tr=request.tr)  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            overrides.withdraw(request.actor, kept, form.cleaned_data["reason"])  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("It is withdrawn. It stays in the record."))  # type: ignore[attr-defined]
            return redirect("override", oid=oid)
    return _shown(request, kept, withdraw=form)


def _shown(request: HttpRequest, kept: Override, **bound: Any) -> HttpResponse:
    actor, tr = request.actor, request.tr  # type: ignore[attr-defined]
    status, roles = rulings.status_of(kept, request.at.date()), overrides.roles_to_say(actor, kept)  # type: ignore[attr-defined]
    may_end = (
        status.code not in ("withdrawn", "expired")
        and request.reach.may(WRITE, kept.structure_id)
        and overrides.may_withdraw(actor, kept)
    )  # type: ignore[attr-defined]
    context = {
        "kept": kept,
        "status": status,
        "target": rulings.target_name(kept.target, tr),
        "scope": _scope(kept, tr),
        "signatures": list(kept.signatures.all()),
        "grades": GRADES,
        "in_run": _in_newest_run(request, kept),
        "word": bound.get("word") or (WordForm(tr=tr, roles=roles) if roles else None),
        "withdraw": bound.get("withdraw") or (WithdrawForm(tr=tr) if may_end else None),
        "directions": DIRECTIONS,
    }
    return render(request, "override.html", context, status=400 if bound else 200)


def _scope(kept: Override, tr: Translator) -> list[tuple[str, str]]:
    """What it is about: (word, value)."""
    named = {**SCOPES, "stage": msgid("Stage"), "structure": msgid("Office in the data"), "country": msgid("Country")}
    shown = {"stage": lambda code: tr.t(words.STAGES[code]), "country": tr.country}
    return [(tr.t(named[name]), shown.get(name, str)(value)) for name, value in kept.where.items()]


def _in_newest_run(request: HttpRequest, kept: Override) -> tuple[str, date] | None:
    """What the newest run says of it (``counted``, a rule's sentence, or ``absent``) and the run's day."""
    room = room_of(request)
    if room is None:
        return None
    for row in room.about["overrides_not_applied"]:
        if row["id"] == kept.number:
            return str(row["sentence"]), room.as_of
    counted = any(row["id"] == kept.number for row in room.about["overrides"])
    return "counted" if counted else "absent", room.as_of


# --- figures -------------------------------------------------------------------------------------------------------------

BY_OFFICE = (
    Column("office", msgid("Office")),
    Column("raise", msgid("Raised"), numeric=True),
    Column("lower", msgid("Lowered"), numeric=True),
    Column("looked", msgid("Another office's look"), show=lambda row, tr: tr.t(row["looked"]) if row["looked"] else ""),
)
BY_CATEGORY = (
    Column("category", msgid("Category"), show=lambda row, tr: _category(row["category"], tr)),
    Column("raise", msgid("Raised"), numeric=True),
    Column("lower", msgid("Lowered"), numeric=True),
)
LATER = (
    Column(
        "number",
        msgid("Override"),
        show=lambda row, _tr: Markup('<a href="{}">{}</a>').format(
            reverse("override", kwargs={"oid": row["oid"]}), row["number"]
        ),
    ),
    Column("direction", msgid("Direction"), show=lambda row, tr: tr.t(DIRECTIONS[row["direction"]])),
    Column("value", msgid("Experts"), numeric=True),
    Column("later", msgid("Decided later")),
    Column("day", msgid("On")),
)


@page("override-figures", "override-figures", READ)
def figures(request: HttpRequest) -> HttpResponse:
    """Overrides by direction, office and category, agreement of second ratings, and what came later; offices by name (TRP22)."""
    from duecare.casebook.acts import reratings

    kept = [one for one in within_reach(request) if not overrides.is_withdrawn(one)]
    offices = table(
        request, BY_OFFICE, _by_office(kept), caption=msgid("By office, in the order of their names"), name="office"
    )
    categories = table(request, BY_CATEGORY, _by_category(kept), caption=msgid("By category"), name="category")
    later = table(request, LATER, _later(kept), caption=msgid("Overrides and what was decided later"), name="later")
    rated = reratings.pairs(one.structure_id for one in kept)
    context = {
        "offices": offices,
        "categories": categories,
        "later": later,
        "pairs": len(rated),
        "kappa": reratings.weighted_kappa(rated),
    }
    return next((one.download for one in (offices, categories, later) if one.download), None) or render(
        request, "override_figures.html", context
    )


def _by_office(kept: list[Override]) -> list[dict[str, Any]]:
    from duecare.casebook.acts import reratings

    names = {one.structure_id: one.structure for one in kept}
    rows = []
    for oid, counted in rulings.counted_by_office(kept).items():
        counts = {"raise": counted["raise"], "lower": counted["lower"]}
        looked = ""
        if counted["peer_review"]:
            done = reratings.is_reviewed(names[oid], counts, rulings.method().overrides.bias_from)
            looked = msgid("done") if done else msgid("asked for: most of them lower")
        rows.append({"office": names[oid].name, **counts, "looked": looked})
    return sorted(rows, key=lambda row: row["office"])


def _category(code: str, tr: Translator) -> str:
    """A category in words."""
    from duecare.evidence.profiles import load_profiles

    profile = load_profiles().by_id.get(code)
    return tr.t(profile.title) if profile else code or tr.t("not known")


def _by_category(kept: list[Override]) -> list[dict[str, Any]]:
    counts = Counter((one.category, one.direction) for one in kept)
    return [
        {"category": category, "raise": counts[category, "raise"], "lower": counts[category, "lower"]}
        for category in sorted({one.category for one in kept})
    ]


def _later(kept: list[Override]) -> list[dict[str, Any]]:
    """Decisions on the same line after an override: material for the method board, never for silent learning."""
    by_line = {one.where["line_id"]: one for one in kept if "line_id" in one.where}
    rows = Decision.objects.filter(line_id__in=by_line).order_by("at", "oid")
    pairs = [(by_line[row.line_id], row) for row in rows]
    return [
        {
            "oid": first.oid,
            "number": first.number,
            "direction": first.direction,
            "value": first.value,
            "later": row.kind,
            "day": row.at.date(),
        }
        for first, row in pairs
        if row.at > first.at
    ]
