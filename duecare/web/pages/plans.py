"""Plans: an office's actions with their history and the plan's quality, talks with suppliers, trainings held (METHOD 7.3-7.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from markupsafe import Markup

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import plans
from duecare.casebook.acts.contracts import kept_contract, structure_of
from duecare.casebook.models import Action, Engagement, Structure, Training
from duecare.casebook.models.people import ROLES
from duecare.casebook.plan_quality import quality
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.reading_room import Asked
from duecare.errors import WrongUsage
from duecare.web.forms import Form
from duecare.web.pages.organisation import Lines
from duecare.web.plan_words import KPIS, MODULES, NOT_LESS_IS_BETTER, OBJECTIVES, QUALITY, STATES, TALKS
from duecare.web.refusing import refused
from duecare.web.role_names import NAMES as ROLE_NAMES
from duecare.web.role_names import role_name
from duecare.web.room import found_line, line_of, room_of
from duecare.web.routes import Entry, found, page
from duecare.web.tables import Column, table

READ, WRITE = Need("PLAN", "read"), Need("PLAN", "write")
DAY = {"widget": forms.DateInput(attrs={"type": "date"})}


def _linked(name: str) -> Callable[[Any, Translator], Markup]:
    def show(row: Any, _tr: Translator) -> Markup:
        text = getattr(row, "title", "") or row.supplier
        return Markup('<a href="{}">{}</a>').format(reverse(name, kwargs={"oid": row.oid}), text)

    return show


ACTIONS = (
    Column("title", msgid("Action"), show=_linked("action")),
    Column("office", msgid("Office"), value=lambda row: row.structure.name, facet=True),
    Column("objective", msgid("Objective"), facet=True, show=lambda row, tr: tr.t(OBJECTIVES[row.objective]), name=lambda code, tr: tr.t(OBJECTIVES[code])),
    Column("owner_role", msgid("Who"), facet=True, show=lambda row, tr: role_name(row.owner_role, tr), name=role_name),
    Column("due", msgid("Until")),
    Column("state", msgid("State"), facet=True, value=lambda row: row.shown_state, show=lambda row, tr: tr.t(STATES[row.shown_state]), name=lambda code, tr: tr.t(STATES[code])),
    Column("kpi", msgid("Key figure"), show=lambda row, tr: tr.t(KPIS[row.kpi]) if row.kpi else ""),
    Column("measure_code", msgid("Measure")),
)  # fmt: skip


def within_reach(request: HttpRequest, kind: Any) -> Any:
    """The objects of a kind in the offices that the person may read, those of the whole organisation among them."""
    from django.db.models import Q

    offices = request.reach.structures(READ)  # type: ignore[attr-defined]
    kept = kind.objects.select_related("structure")
    if EVERYWHERE in offices:
        return kept
    return (
        kept.filter(Q(structure__in=offices) | Q(structure=None))
        if kind is Training
        else kept.filter(structure__in=offices)
    )


def offices_for(request: HttpRequest) -> list[Structure]:
    """The offices whose plan the person may change, by name."""
    offices = request.reach.structures(WRITE)  # type: ignore[attr-defined]
    return list(Structure.objects.all() if EVERYWHERE in offices else Structure.objects.filter(pk__in=offices))


@page("plans", "plans", READ, nav=Entry("plan", msgid("Plans and actions"), 30))
def overview(request: HttpRequest) -> HttpResponse:
    """All actions within reach, and for each office how good its plan is and what it lacks."""
    rows, day = list(within_reach(request, Action).select_related("contract")), request.at.date()  # type: ignore[attr-defined]
    for row in rows:
        row.shown_state = "late" if plans.is_late(row, day) else row.state
    shown = table(request, ACTIONS, rows, caption=msgid("Actions"), searches=True, order=("due", False))
    context = {
        "table": shown,
        "offices": [_quality(request, office, rows) for office in _planning(request, rows)],
        "may_write": bool(offices_for(request)),
        "words": QUALITY,
    }
    return shown.download or render(request, "plans.html", context)


def _planning(request: HttpRequest, rows: list[Action]) -> list[Structure]:
    """Offices with a plan, and those of the person's own, by name."""
    named = {row.structure_id: row.structure for row in rows} | {one.oid: one for one in offices_for(request)}
    return sorted(named.values(), key=lambda one: one.name)


def _quality(request: HttpRequest, office: Structure, rows: list[Action]) -> dict[str, Any]:
    room, lines = room_of(request), dict[str, str]()
    if room is not None:
        names = frozenset({office.name, *office.names})
        lines = {
            row["line_id"]: row["title"] or row["line_id"] for row in room.all(Asked(names, {"band": ("VERY_HIGH",)}))
        }
    own = [row for row in rows if row.structure_id == office.oid]
    titles = {row.oid: row.title for row in own}
    found_quality = quality(own, lines)
    return {"office": office, "quality": found_quality, "lines": lines, "titles": titles, "actions": len(own)}


# --- actions -------------------------------------------------------------------------------------------------------------


class ActionForm(Form):
    """An action as one fills it in."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    office = forms.ChoiceField(label=msgid("Office"))
    title = forms.CharField(label=msgid("What is done?"), max_length=300)
    objective = forms.ChoiceField(label=msgid("Objective"), choices=list(OBJECTIVES.items()))
    measure_code = forms.RegexField(
        "^M-[0-9]{4}$",
        label=msgid("Measure"),
        help_text=msgid("Its code in the catalogue of measures, such as M-0807."),
        required=False,
    )
    owner_role = forms.ChoiceField(label=msgid("Who does it?"), choices=[(role, ROLE_NAMES[role]) for role in ROLES])
    start = forms.DateField(label=msgid("From"), **DAY)  # type: ignore[arg-type]
    due = forms.DateField(label=msgid("Until"), **DAY)  # type: ignore[arg-type]
    budget_amount = forms.DecimalField(
        label=msgid("Money"), max_digits=18, decimal_places=2, min_value=0, required=False
    )
    budget_currency = forms.RegexField("^[A-Z]{3}$", label=msgid("Currency, as three letters"), required=False)
    hours = forms.DecimalField(
        label=msgid("Hours of work"), max_digits=6, decimal_places=1, min_value=0, required=False
    )
    kpi = forms.ChoiceField(label=msgid("Key figure that it moves"), choices=[("", ""), *KPIS.items()], required=False)
    baseline = forms.CharField(label=msgid("Where it stands now"), max_length=100, required=False)
    target = forms.CharField(label=msgid("Where it should stand"), max_length=100, required=False)
    evidence = Lines(label=msgid("What will show that it was done"), help_text=msgid("One piece of evidence a line."))
    risks = Lines(
        label=msgid("Lines whose risk it addresses"), help_text=msgid("One line id a line, as on the line's page.")
    )
    depends_on = forms.ChoiceField(label=msgid("Waits for"), required=False)
    state = forms.ChoiceField(label=msgid("State"), choices=list(STATES.items()))
    dropped_because = forms.CharField(
        label=msgid("If dropped: why?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )

    def __init__(self, *args: Any, offices: list[Structure], others: list[Action], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["office"].choices = [(one.oid, one.name) for one in offices]  # type: ignore[attr-defined]
        self.fields["depends_on"].choices = [("", ""), *((one.oid, one.title) for one in others)]  # type: ignore[attr-defined]
        self.others = {one.oid: one for one in others}

    def plan(self, contract: Any) -> plans.Plan:
        """The action as the act takes it."""
        said = {
            name: value for name, value in self.cleaned_data.items() if name not in ("version", "office", "depends_on")
        }
        return plans.Plan(**said, contract=contract, depends_on=self.others.get(self.cleaned_data["depends_on"]))


def _others(request: HttpRequest, action: Action | None) -> list[Action]:
    """Actions that this one may wait for."""
    kept = within_reach(request, Action)
    return list(
        kept.filter(structure=action.structure_id).exclude(pk=action.pk)
        if action
        else kept.filter(structure__in=offices_for(request))
    )


@page("plans/new", "action-add", WRITE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Plan an action; ``?line=...`` begins it from a line."""
    day, offices = request.at.date(), offices_for(request)  # type: ignore[attr-defined]
    begun: dict[str, Any] = {"start": day, "due": day + timedelta(days=90), "state": "planned"}
    contract = None
    if request.GET.get("line"):
        _, item = found_line(request, request.GET["line"])
        line = line_of(item)
        office, contract = structure_of(line.office), kept_contract(line)
        begun |= {"risks": [line.line_id], "office": office.oid if office else None}
    form = ActionForm(
        request.POST or None, tr=request.tr, offices=offices, others=_others(request, None), initial=begun
    )  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        office = next(one for one in offices if one.oid == form.cleaned_data["office"])
        belongs = contract if contract is not None and contract.structure_id == office.oid else None
        try:
            action = plans.add_action(request.actor, office, form.plan(belongs))  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("The action is in the plan."))  # type: ignore[attr-defined]
            return redirect("action", oid=action.oid)
    return render(request, "action_new.html", {"form": form}, status=400 if form.is_bound else 200)


@page("plans/<str:oid>", "action", READ, objects="action", methods=("GET", "POST"), writes=WRITE)
def action(request: HttpRequest, oid: str) -> HttpResponse:
    """One action, its form and its history; a form filled in on an older version is refused and both are shown."""
    kept = found(Action, request, oid)
    sends, newer = request.method == "POST", None
    form = ActionForm(
        request.POST if sends else None,
        tr=request.tr,
        offices=[kept.structure],
        others=_others(request, kept),
        initial=_begun(kept),
    )  # type: ignore[attr-defined]
    if sends and form.is_valid():
        try:
            plans.change_action(request.actor, kept, form.cleaned_data["version"] or 0, form.plan(kept.contract))  # type: ignore[attr-defined]
        except plans.Changed as changed:
            newer = changed.now
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("Saved."))  # type: ignore[attr-defined]
            return redirect("action", oid=oid)
    context = {
        "kept": newer or kept,
        "form": form,
        "differs": _differing(form, newer, request.tr) if newer else [],  # type: ignore[attr-defined]
        "history": [_version(one, before, request.tr) for one, before in _versions(kept)],  # type: ignore[attr-defined]
        "may_write": request.reach.may(WRITE, kept.structure_id),  # type: ignore[attr-defined]
        "is_late": plans.is_late(kept, request.at.date()),  # type: ignore[attr-defined]
        "not_less": NOT_LESS_IS_BETTER,
        "kpis": KPIS,
        "states": STATES,
        "objectives": OBJECTIVES,
        "role": role_name(kept.owner_role, request.tr),  # type: ignore[attr-defined]
    }
    return render(request, "action.html", context, status=409 if newer else 400 if form.is_bound else 200)


FIELDS = ("title", "objective", "measure_code", "owner_role", "start", "due", "budget_amount", "budget_currency", "hours", "kpi", "baseline", "target",
          "evidence", "risks", "state", "dropped_because", "depends_on_id", "contract_id")  # fmt: skip


def _begun(kept: Action) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in FIELDS} | {
        "version": kept.version,
        "office": kept.structure_id,
        "depends_on": kept.depends_on_id,
    }


def _differing(form: ActionForm, newer: Any, tr: Translator) -> list[tuple[str, str, str]]:
    """(field, what stands in the record, what was filled in) where they differ."""
    now, said = _begun(newer), form.cleaned_data
    names = [
        name
        for name in form.fields
        if name not in ("version", "office") and str(now[name] or "") != str(said[name] or "")
    ]
    return [(tr.t(str(form.fields[name].label)), _text(now[name]), _text(said[name])) for name in names]


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _versions(kept: Any) -> list[tuple[Any, Any]]:
    """Every version with the one before it, the newest first."""
    rows = list(kept.history.order_by("-version")[:100])
    return [(one, before) for one, before in zip(rows, [*rows[1:], None], strict=True)]


def _version(one: Any, before: Any, tr: Translator) -> dict[str, Any]:
    """A version: when, by whom, and what changed in it."""
    changed = [] if before is None else [name for name in FIELDS if getattr(one, name) != getattr(before, name)]
    labels = {name: str(field.label) for name, field in ActionForm.base_fields.items() if field.label} | {
        "depends_on_id": msgid("Waits for"),
        "contract_id": msgid("Contract"),
    }
    what = [(tr.t(labels[name]), _text(getattr(before, name)), _text(getattr(one, name))) for name in changed]
    return {"version": one.version, "day": one.history_date.date(), "who": one.history_user, "what": what}


# --- talks with suppliers ------------------------------------------------------------------------------------------------

ENGAGEMENTS = (
    Column("supplier", msgid("Supplier"), show=_linked("engagement")),
    Column("office", msgid("Office"), value=lambda row: row.structure.name, facet=True),
    Column(
        "kind",
        msgid("Kind"),
        facet=True,
        show=lambda row, tr: tr.t(TALKS[row.kind]),
        name=lambda code, tr: tr.t(TALKS[code]),
    ),
    Column("topic", msgid("Topic")),
    Column("planned", msgid("Planned")),
    Column("held", msgid("Held")),
)


class TalkForm(Form):
    """A talk with a supplier."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    office = forms.ChoiceField(label=msgid("Office"))
    supplier = forms.CharField(label=msgid("Supplier"), max_length=300)
    kind = forms.ChoiceField(label=msgid("Kind"), choices=list(TALKS.items()))
    topic = forms.CharField(label=msgid("Topic"), max_length=300)
    planned = forms.DateField(label=msgid("Planned"), **DAY)  # type: ignore[arg-type]
    held = forms.DateField(label=msgid("Held"), required=False, **DAY)  # type: ignore[arg-type]
    outcome = forms.CharField(
        label=msgid("What came of it"),
        help_text=msgid("No names or contact data of people."),
        widget=forms.Textarea,
        max_length=5000,
        required=False,
    )

    def __init__(self, *args: Any, offices: list[Structure], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["office"].choices = [(one.oid, one.name) for one in offices]  # type: ignore[attr-defined]

    def wish(self) -> plans.Talk:
        """The talk as the act takes it."""
        return plans.Talk(
            **{name: value for name, value in self.cleaned_data.items() if name not in ("version", "office")}
        )


@page("engagements", "engagements", READ, nav=Entry("contract", msgid("Talks with suppliers"), 60))
def engagements(request: HttpRequest) -> HttpResponse:
    """Talks with suppliers, planned and held."""
    shown = table(
        request,
        ENGAGEMENTS,
        list(within_reach(request, Engagement)),
        caption=msgid("Talks with suppliers"),
        searches=True,
    )
    return shown.download or render(
        request, "engagements.html", {"table": shown, "may_write": bool(offices_for(request))}
    )


@page("engagements/new", "engagement-add", WRITE, methods=("GET", "POST"))
def engagement_new(request: HttpRequest) -> HttpResponse:
    """Plan or record a talk."""
    offices = offices_for(request)
    form = TalkForm(request.POST or None, tr=request.tr, offices=offices, initial={"planned": request.at.date()})  # type: ignore[attr-defined]
    return _kept(request, form, lambda: plans.add_talk(request.actor, _of(offices, form), form.wish()), "engagement")  # type: ignore[attr-defined]


@page("engagements/<str:oid>", "engagement", READ, objects="engagement", methods=("GET", "POST"), writes=WRITE)
def engagement(request: HttpRequest, oid: str) -> HttpResponse:
    """One talk: what was planned, and what came of it."""
    kept = found(Engagement, request, oid)
    begun = {
        name: getattr(kept, name) for name in ("supplier", "kind", "topic", "planned", "held", "outcome", "version")
    } | {"office": kept.structure_id}
    form = TalkForm(request.POST or None, tr=request.tr, offices=[kept.structure], initial=begun)  # type: ignore[attr-defined]
    return _kept(
        request,
        form,
        lambda: plans.change_talk(request.actor, kept, form.cleaned_data["version"] or 0, form.wish()),
        "engagement",
        kept,
    )  # type: ignore[attr-defined]


# --- trainings -----------------------------------------------------------------------------------------------------------

REACHED = {
    **{role: ROLE_NAMES[role] for role in ROLES if role not in ("IV", "SAG")},
    plans.SUPPLIERS: msgid("people of suppliers"),
}
TRAININGS = (
    Column("title", msgid("Training"), show=_linked("training")),
    Column(
        "office",
        msgid("Office"),
        value=lambda row: row.structure.name if row.structure else "",
        facet=True,
        name=lambda name, tr: name or tr.t("whole organisation"),
    ),
    Column(
        "module",
        msgid("Module"),
        facet=True,
        show=lambda row, tr: tr.t(MODULES[row.module]),
        name=lambda code, tr: tr.t(MODULES[code]),
    ),
    Column("held", msgid("Held")),
    Column("hours", msgid("Hours"), numeric=True),
    Column("people", msgid("People reached"), value=lambda row: sum(row.reached.values()), numeric=True),
)


class CourseForm(Form):
    """A training that was held."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    office = forms.ChoiceField(label=msgid("Office"))
    module = forms.ChoiceField(label=msgid("Module"), choices=list(MODULES.items()))
    title = forms.CharField(label=msgid("Title"), max_length=300)
    held = forms.DateField(label=msgid("Held"), **DAY)  # type: ignore[arg-type]
    hours = forms.DecimalField(label=msgid("Hours"), min_value=0, max_value=200, max_digits=5, decimal_places=1)

    def __init__(self, *args: Any, offices: list[Structure], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["office"].choices = [(one.oid, one.name) for one in offices]  # type: ignore[attr-defined]
        if not offices:
            del self.fields["office"]  # a training of the whole organisation stays one
        for role, text in REACHED.items():
            self.fields[f"n_{role}"] = forms.IntegerField(label=text, min_value=0, max_value=100_000, required=False)

    def wish(self) -> plans.Course:
        """The training as the act takes it."""
        said = self.cleaned_data
        reached = {role: said[f"n_{role}"] or 0 for role in REACHED}
        return plans.Course(said["module"], said["title"], said["held"], said["hours"], reached)


@page("trainings", "trainings", READ, nav=Entry("plan", msgid("Trainings held"), 50))
def trainings(request: HttpRequest) -> HttpResponse:
    """Trainings and how many people of each role they reached; never who."""
    rows = list(within_reach(request, Training))
    shown = table(request, TRAININGS, rows, caption=msgid("Trainings held"))
    totals = {role: sum(row.reached.get(role, 0) for row in rows) for role in REACHED}
    named = [(request.tr.t(REACHED[role]), count) for role, count in totals.items() if count]  # type: ignore[attr-defined]
    return shown.download or render(
        request, "trainings.html", {"table": shown, "totals": named, "may_write": bool(offices_for(request))}
    )


@page("trainings/new", "training-add", WRITE, methods=("GET", "POST"))
def training_new(request: HttpRequest) -> HttpResponse:
    """Record a training."""
    offices = offices_for(request)
    form = CourseForm(request.POST or None, tr=request.tr, offices=offices, initial={"held": request.at.date()})  # type: ignore[attr-defined]
    return _kept(request, form, lambda: plans.add_training(request.actor, _of(offices, form), form.wish()), "training")  # type: ignore[attr-defined]


@page("trainings/<str:oid>", "training", READ, objects="training", methods=("GET", "POST"), writes=WRITE)
def training(request: HttpRequest, oid: str) -> HttpResponse:
    """One training."""
    kept = found(Training, request, oid)
    begun = {name: getattr(kept, name) for name in ("module", "title", "held", "hours", "version")} | {
        "office": kept.structure_id
    }
    begun |= {f"n_{role}": count for role, count in kept.reached.items()}
    form = CourseForm(
        request.POST or None, tr=request.tr, offices=[kept.structure] if kept.structure else [], initial=begun
    )  # type: ignore[attr-defined]
    return _kept(
        request,
        form,
        lambda: plans.change_training(request.actor, kept, form.cleaned_data["version"] or 0, form.wish()),
        "training",
        kept,
    )  # type: ignore[attr-defined]


def _of(offices: list[Structure], form: Any) -> Structure:
    return next(one for one in offices if one.oid == form.cleaned_data["office"])


def _kept(request: HttpRequest, form: Any, act: Callable[[], Any], name: str, kept: Any = None) -> HttpResponse:
    """Keep what the form says and go to its page, or show the form again with what was refused."""
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            done = act()
        except plans.Changed as changed:
            newer = changed.now
            refused(form, changed)
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("Saved."))  # type: ignore[attr-defined]
            return redirect(name, oid=done.oid)
    may = kept is None or request.reach.may(WRITE, kept.structure_id)  # type: ignore[attr-defined]
    context = {"form": form, "kept": kept, "newer": newer, "may_write": may, "reached": REACHED}
    return render(request, f"{name}.html", context, status=409 if newer else 400 if form.is_bound else 200)
