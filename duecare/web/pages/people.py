"""People and roles: who has which role where, invitations by a one-time link, and what an administrator can do for a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from markupsafe import Markup

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.access import roles as all_roles
from duecare.casebook.acts import organising, people
from duecare.casebook.models import Assignment, Person, Structure
from duecare.casebook.models.kept import OID_CHARACTERS
from duecare.communicate.i18n import Translator, msgid
from duecare.errors import WrongUsage
from duecare.web.forms import Form
from duecare.web.refusing import refused
from duecare.web.role_names import role_name
from duecare.web.routes import Entry, found, page
from duecare.web.tables import Column, table

READ, WRITE = Need("PEOPLE", "read"), Need("PEOPLE", "write")
WHOLE = "all"
"""In forms: the whole organisation instead of one office."""
STATES = {"now": msgid("holds it"), "later": msgid("not yet"), "over": msgid("over"), "resting": msgid("at rest")}


def _named(row: dict[str, Any], _tr: Translator) -> Markup:
    return Markup('<a href="{}">{}</a>').format(reverse("person", kwargs={"oid": row["oid"]}), row["name"])


COLUMNS = (
    Column("name", msgid("Name"), show=_named),
    Column("email", msgid("E-mail address")),
    Column("role", msgid("Role"), facet=True, name=lambda code, tr: role_name(code, tr), show=lambda row, tr: role_name(row["role"], tr)),
    Column("office", msgid("Office"), facet=True, show=lambda row, tr: row["office"] or tr.t("whole organisation"), name=lambda name, tr: name or tr.t("whole organisation")),
    Column("since", msgid("Since")),
    Column("until", msgid("Until")),
    Column("state", msgid("State"), facet=True, name=lambda code, tr: tr.t(STATES[code]), show=lambda row, tr: tr.t(STATES[row["state"]])),
)  # fmt: skip


def _state(person: Person, one: Assignment, day: Any) -> str:
    if not person.is_active:
        return "resting"
    if one.since > day:
        return "later"
    return "over" if one.until is not None and one.until < day else "now"


@page("people", "people", READ, nav=Entry("record", msgid("People and roles"), 60))
def overview(request: HttpRequest) -> HttpResponse:
    """Who has which role where; one row for each role."""
    day, reach = request.at.date(), request.reach  # type: ignore[attr-defined]
    offices = reach.structures(READ)
    rows = [
        {
            "oid": person.oid,
            "name": person.name or person.email,
            "email": person.email,
            "role": one.role,
            "office": one.structure.name if one.structure else "",
            "since": one.since,
            "until": one.until,
            "state": _state(person, one, day),
        }
        for person in people.visible(request.actor)  # type: ignore[attr-defined]
        for one in person.assignments.all()
        if EVERYWHERE in offices or one.structure_id is None or one.structure_id in offices
    ]
    shown = table(request, COLUMNS, rows, caption=msgid("People and roles"), searches=True)
    return shown.download or render(request, "people.html", {"table": shown, "may_write": reach.may_somewhere(WRITE)})


class RoleForm(Form):
    """A role in an office, for a time."""

    role = forms.ChoiceField(label=msgid("Role"))
    office = forms.ChoiceField(label=msgid("Office"))
    since = forms.DateField(label=msgid("Since"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label=msgid("Until"),
        help_text=msgid("Empty: until somebody ends it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [(role, role_name(role, self.tr)) for role in all_roles()]  # type: ignore[attr-defined]
        self.fields["office"].choices = offices  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    """Somebody new with a first role."""

    email = forms.EmailField(label=msgid("E-mail address"), max_length=254)
    name = forms.CharField(label=msgid("Name"), max_length=200, required=False)
    field_order = ("email", "name", "role", "office")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["since"], self.fields["until"]


def offices_for(request: HttpRequest) -> list[tuple[str, str]]:
    """The offices in which the person may change roles, for a list to choose from."""
    found_in = request.reach.structures(WRITE)  # type: ignore[attr-defined]
    kept = Structure.objects.all() if EVERYWHERE in found_in else Structure.objects.filter(pk__in=found_in)
    named = [(one.oid, one.name) for one in kept]
    return [(WHOLE, request.tr.t("whole organisation")), *named] if EVERYWHERE in found_in else named  # type: ignore[attr-defined]


def _office(oid: str) -> Structure | None:
    return None if oid == WHOLE else Structure.objects.get(pk=oid)


@page("people/invite", "people-invite", WRITE, methods=("GET", "POST"))
def invite(request: HttpRequest) -> HttpResponse:
    """Enter somebody with a first role; shows the one-time link with a text that can be copied. No letter is sent."""
    form = InviteForm(request.POST or None, tr=request.tr, offices=offices_for(request))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            person, token = organising.invite(
                request.actor, said["email"], said["role"], _office(said["office"]), said["name"]
            )  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            return _link(request, person, token)
    return render(request, "people_invite.html", {"form": form}, status=400 if form.is_bound else 200)


def _link(request: HttpRequest, person: Person, token: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))
    return render(
        request, "people_link.html", {"invited": person, "address": address, "days": organising.INVITATION_DAYS}
    )


# --- one person ----------------------------------------------------------------------------------------------------------


def found_person(request: HttpRequest, oid: str) -> Person:
    """A person within reach; anybody else answers like a missing one."""
    kept = people.visible(request.actor).filter(pk=oid).first() if len(oid) == OID_CHARACTERS else None  # type: ignore[attr-defined]
    if kept is None:
        raise Http404
    return kept


@page("people/<str:oid>", "person", READ, objects="person")
def one(request: HttpRequest, oid: str) -> HttpResponse:
    """One person's roles, past and present."""
    return _shown(request, found_person(request, oid))


@page("people/<str:oid>/roles", "person-role", READ, objects="person", methods=("POST",), writes=WRITE)
def give(request: HttpRequest, oid: str) -> HttpResponse:
    """Give a role."""
    person = found_person(request, oid)
    form = RoleForm(request.POST, tr=request.tr, offices=offices_for(request))  # type: ignore[attr-defined]
    if form.is_valid():
        said = form.cleaned_data
        try:
            people.assign(request.actor, person, said["role"], _office(said["office"]), said["since"], said["until"])  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("The role is given."))  # type: ignore[attr-defined]
            return redirect("person", oid=oid)
    return _shown(request, person, form)


@page("assignments/<str:oid>/end", "assignment-end", READ, objects="assignment", methods=("POST",), writes=WRITE)
def end(request: HttpRequest, oid: str) -> HttpResponse:
    """End a role today."""
    kept = found(Assignment, request, oid, WRITE)
    return _done(
        request,
        kept.person_id,
        lambda: people.end(request.actor, kept, request.at.date()),
        request.tr.t("The role ends today."),
    )  # type: ignore[attr-defined]


@page("people/<str:oid>/rest", "person-rest", READ, objects="person", methods=("POST",), writes=WRITE)
def rest(request: HttpRequest, oid: str) -> HttpResponse:
    """Put a person to rest, or wake them."""
    person, tr = found_person(request, oid), request.tr  # type: ignore[attr-defined]
    if person.is_active:
        return _done(
            request, oid, lambda: people.rest(request.actor, person), tr.t("This person can no longer sign in.")
        )  # type: ignore[attr-defined]
    return _done(request, oid, lambda: people.wake(request.actor, person), tr.t("This person can sign in again."))  # type: ignore[attr-defined]


@page("people/<str:oid>/end-sessions", "person-end-sessions", READ, objects="person", methods=("POST",), writes=WRITE)
def end_sessions(request: HttpRequest, oid: str) -> HttpResponse:
    """End all sessions of a person."""
    person = found_person(request, oid)
    return _done(
        request, oid, lambda: people.end_sessions_of(request.actor, person), request.tr.t("All sessions are ended.")
    )  # type: ignore[attr-defined]


@page("people/<str:oid>/link", "person-link", READ, objects="person", methods=("POST",), writes=WRITE)
def link(request: HttpRequest, oid: str) -> HttpResponse:
    """Another one-time link, for who lost the password or the device."""
    person = found_person(request, oid)
    return _link(request, person, organising.new_link(request.actor, person))  # type: ignore[attr-defined]


def _done(request: HttpRequest, oid: str, act: Any, said: str) -> HttpResponse:
    """Do it and say so; what the act refuses is said on the person's page."""
    try:
        act()
    except WrongUsage as error:
        messages.error(request, request.tr.t(str(error)))  # type: ignore[attr-defined]
    else:
        messages.success(request, said)
    return redirect("person", oid=oid)


def _shown(request: HttpRequest, person: Person, bound: RoleForm | None = None) -> HttpResponse:
    reach, day = request.reach, request.at.date()  # type: ignore[attr-defined]
    offices = reach.structures(READ)
    rows = [
        (one, role_name(one.role, request.tr), _state(person, one, day), reach.may(WRITE, one.structure_id))  # type: ignore[attr-defined]
        for one in person.assignments.all()
        if EVERYWHERE in offices or one.structure_id is None or one.structure_id in offices
    ]
    is_other = person.pk != request.person.pk or person.is_local  # type: ignore[attr-defined]
    choices = offices_for(request)
    fresh = RoleForm(tr=request.tr, offices=choices, initial={"since": day}) if choices and is_other else None  # type: ignore[attr-defined]
    context = {
        "shown": person,
        "rows": rows,
        "form": bound or fresh,
        "states": STATES,
        "may_all": reach.may(WRITE) and is_other,
    }
    return render(request, "person.html", context, status=400 if bound else 200)
