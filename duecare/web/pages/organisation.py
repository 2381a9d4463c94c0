"""The organisation: its offices, how the data write them, and what is set and where it comes from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from markupsafe import Markup

from duecare.casebook.access import Need
from duecare.casebook.acts import organising, people
from duecare.casebook.models import Structure
from duecare.communicate.i18n import LANGUAGES, Translator, msgid
from duecare.communicate.reading_room import Asked
from duecare.errors import WrongUsage
from duecare.web import rulings
from duecare.web.configuration import IDLE_SECONDS, LONGEST_SECONDS
from duecare.web.forms import Form
from duecare.web.languages import NAMES
from duecare.web.refusing import refused
from duecare.web.room import room_of
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, table

READ, WRITE = Need("PEOPLE", "read"), Need("PEOPLE", "write")
MEBIBYTE = 1024 * 1024


def _named(row: Structure, _tr: Translator) -> Markup:
    return Markup('<a href="{}">{}</a>').format(reverse("office", kwargs={"oid": row.oid}), row.name)


COLUMNS = (
    Column("name", msgid("Office"), show=_named),
    Column("country", msgid("Country"), show=lambda row, tr: tr.country(row.country) if row.country else ""),
    Column("legal_regime", msgid("Legal regime")),
    Column("names", msgid("In the data also"), sort=False),
    Column("capacity", msgid("Contracts it can look after"), numeric=True),
)


@page("offices", "offices", READ, nav=Entry("record", msgid("Offices"), 50))
def offices(request: HttpRequest) -> HttpResponse:
    """The offices, and the names in the data that belong to none yet."""
    reach = request.reach  # type: ignore[attr-defined]
    within_reach = [one for one in Structure.objects.all() if reach.may(READ, one.oid)]
    shown = table(request, COLUMNS, within_reach, caption=msgid("Offices"))
    may = reach.may(WRITE)
    context = {
        "table": shown,
        "unmapped": _unmapped(request) if reach.may(READ) else [],
        "may_write": may,
        "offices": within_reach,
    }
    return shown.download or render(request, "offices.html", context)


def _unmapped(request: HttpRequest) -> list[tuple[str, int]]:
    """Office names of the newest run that belong to no office, with their number of lines."""
    room = room_of(request)
    return people.unmapped(room.facets(Asked(), ["office"])["office"].items()) if room is not None else []


class Lines(forms.CharField):
    """Several values, one a line, kept exactly as they are written."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 4}), strip=False, required=False, max_length=20_000, **more
        )

    def to_python(self, value: Any) -> Any:
        """The lines that hold something."""
        return [line for line in (value or "").splitlines() if line.strip()]

    def run_validators(self, value: Any) -> None:
        """The length is that of the whole text, which the browser's limit and the act check."""

    def prepare_value(self, value: Any) -> Any:
        """One a line again."""
        return "\n".join(value) if isinstance(value, list) else value


class OfficeForm(Form):
    """What is said of an office."""

    name = forms.CharField(label=msgid("Name"), max_length=200)
    country = forms.RegexField("^[A-Za-z]{2}$", label=msgid("Country, as two letters"), required=False, max_length=2)
    legal_regime = forms.CharField(
        label=msgid("Legal regime"),
        help_text=msgid("Such as: Directive 2014/24/EU, UN rules, own rules."),
        max_length=100,
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=msgid("Languages"),
        choices=[(code, NAMES[code]) for code in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    names = Lines(
        label=msgid("How the data write it"),
        help_text=msgid("One name a line, exactly as in the data. Its lines belong to this office."),
    )
    capacity = forms.IntegerField(
        label=msgid("Contracts that it can look after closely"), min_value=0, max_value=100_000, required=False
    )

    def office(self) -> people.Office:
        """The office as the act takes it."""
        said = self.cleaned_data
        return people.Office(**(said | {"country": said["country"].upper()}))


@page("offices/new", "office-new", WRITE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Enter an office."""
    form = OfficeForm(request.POST or None, tr=request.tr, initial={"name": request.GET.get("name", "")[:200]})  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            people.add_office(request.actor, form.office())  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("The office is entered."))  # type: ignore[attr-defined]
            return redirect("offices")
    return render(request, "office.html", {"form": form, "office": None}, status=400 if form.is_bound else 200)


@page("offices/<str:oid>", "office", READ, objects="structure", methods=("GET", "POST"), writes=WRITE)
def one(request: HttpRequest, oid: str) -> HttpResponse:
    """One office: what is said of it, how the data write it, and every earlier version."""
    structure = _office(request, oid)
    fields = ("name", "country", "legal_regime", "languages", "names", "capacity")
    form = OfficeForm(request.POST or None, tr=request.tr, initial={name: getattr(structure, name) for name in fields})  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            people.describe_office(request.actor, structure, form.office())  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("Saved."))  # type: ignore[attr-defined]
            return redirect("office", oid=oid)
    context = {
        "form": form,
        "office": structure,
        "may_write": request.reach.may(WRITE, oid),
        "history": list(structure.history.all()[:50]),
    }  # type: ignore[attr-defined]
    return render(request, "office.html", context, status=400 if form.is_bound else 200)


def _office(request: HttpRequest, oid: str) -> Structure:
    """An office within reach. An office belongs to itself."""
    structure = Structure.objects.filter(pk=oid).first()
    if structure is None or not request.reach.may(request.route.needed_for(request.method), oid):  # type: ignore[attr-defined]
        raise Http404
    return structure


class MapForm(Form):
    """A name of the data and the office that it means."""

    name = forms.CharField(max_length=300, strip=False)
    office = forms.CharField(max_length=26)


@page("offices-in-data", "office-map", WRITE, methods=("POST",))
def belongs(request: HttpRequest) -> HttpResponse:
    """Say which office a name in the data means."""
    form = MapForm(request.POST, tr=request.tr)  # type: ignore[attr-defined]
    if not form.is_valid():
        messages.error(request, request.tr.t("Choose an office."))  # type: ignore[attr-defined]
        return redirect("offices")
    structure = found_office(form.cleaned_data["office"])
    try:
        people.name_in_data(request.actor, structure, form.cleaned_data["name"])  # type: ignore[attr-defined]
    except WrongUsage as error:
        messages.error(request, request.tr.t(str(error)))  # type: ignore[attr-defined]
    else:
        messages.success(request, request.tr.t("Its lines belong to {office} from now on.", office=structure.name))  # type: ignore[attr-defined]
    return redirect("offices")


def found_office(oid: str) -> Structure:
    """The office with this id."""
    structure = Structure.objects.filter(pk=oid).first()
    if structure is None:
        raise Http404
    return structure


# --- settings ------------------------------------------------------------------------------------------------------------


class NameForm(Form):
    """The organisation's name."""

    name = forms.CharField(label=msgid("Name of your organisation"), max_length=200)


FROM_START, FROM_CODE, FROM_RECORD, FROM_METHOD = (
    msgid("start of the application"),
    msgid("this version"),
    msgid("set here"),
    msgid("method"),
)
SETTINGS = (
    Column("name", msgid("Setting")),
    Column("value", msgid("Value"), sort=False),
    Column("source", msgid("Comes from"), facet=True),
)


@page("settings", "settings", READ, methods=("GET", "POST"), writes=WRITE, nav=Entry("record", msgid("Settings"), 80))
def settings_page(request: HttpRequest) -> HttpResponse:
    """What is set, and where it comes from; no secrets."""
    name = organising.setting("organisation", "")
    form = NameForm(request.POST or None, tr=request.tr, initial={"name": name})  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        organising.name_organisation(request.actor, form.cleaned_data["name"])  # type: ignore[attr-defined]
        messages.success(request, request.tr.t("Saved."))  # type: ignore[attr-defined]
        return redirect("settings")
    shown = table(request, SETTINGS, _set(request.tr, str(name)), caption=msgid("What is set"))  # type: ignore[attr-defined]
    context = {"table": shown, "form": form, "may_write": request.reach.may(WRITE)}  # type: ignore[attr-defined]
    return shown.download or render(request, "settings.html", context, status=400 if form.is_bound else 200)


def _set(tr: Translator, name: str) -> list[dict[str, Any]]:
    """Every setting as (name, value, where it comes from)."""
    door, database = settings.DUECARE_DOOR, settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    method = rulings.method()
    rows = [
        (tr.t("Name of your organisation"), name, FROM_RECORD),
        (tr.t("Names that this server answers to"), ", ".join(door.hosts), FROM_START),
        (tr.t("Https"), door.https, FROM_START),
        (tr.t("One person on one machine"), door.one_user, FROM_START),
        (
            tr.t("Sign-in at the organisation"),
            door.single_sign_on.name if door.single_sign_on else tr.t("no"),
            FROM_START,
        ),
        (tr.t("Database"), "PostgreSQL" if database == "postgresql" else "SQLite", FROM_START),
        (tr.t("Largest upload (MiB)"), door.upload_bytes // MEBIBYTE, FROM_START),
        (tr.t("Requests a minute for each person"), door.requests_per_minute, FROM_START),
        (tr.t("Sign-in attempts a minute for each address"), door.sign_ins_per_minute, FROM_START),
        (tr.t("A session ends without use after (minutes)"), IDLE_SECONDS // 60, FROM_CODE),
        (tr.t("A session ends in any case after (hours)"), LONGEST_SECONDS // 3600, FROM_CODE),
        (tr.t("An invitation is valid for (days)"), organising.INVITATION_DAYS, FROM_CODE),
        (tr.t("Method of the ratings"), method.id, FROM_METHOD),
        (tr.t("An override lasts at most (days)"), method.overrides.expires_within_days, FROM_METHOD),
        (tr.t("A reason has at least (characters)"), method.overrides.reason_characters, FROM_METHOD),
    ]
    return [{"name": one, "value": value, "source": tr.t(source)} for one, value, source in rows]
