"""Second ratings: a case of another office without its value, and another office's look at an office that mostly lowers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duecare.casebook import audit
from duecare.casebook.access import Need
from duecare.casebook.acts import overrides, reratings
from duecare.casebook.models import Structure
from duecare.communicate import words
from duecare.communicate.i18n import msgid
from duecare.errors import WrongUsage
from duecare.evidence.profiles import load_profiles
from duecare.web import rulings
from duecare.web.forms import Form
from duecare.web.pages.overrides import GRADES
from duecare.web.refusing import refused
from duecare.web.routes import Entry, page

READ, WRITE = Need("JUDGE", "read"), Need("JUDGE", "write")


class RatingForm(Form):
    """A second rating."""

    value = forms.FloatField(
        label=msgid("Your value, 0 to 4"), min_value=0, max_value=4, widget=forms.NumberInput(attrs={"step": "0.5"})
    )
    role = forms.ChoiceField(label=msgid("You speak as"))
    reason = forms.CharField(
        label=msgid("What leads you to it"), widget=forms.Textarea(attrs={"rows": 4}), max_length=3000
    )

    def __init__(self, *args: Any, roles: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [(role, self.tr.t(words.ROLES[role])) for role in roles]  # type: ignore[attr-defined]


class LookForm(Form):
    """What another office's look said."""

    role = forms.ChoiceField(label=msgid("You speak as"))
    what = forms.CharField(
        label=msgid("What was looked at, and what came of it"), widget=forms.Textarea, max_length=5000
    )

    def __init__(self, *args: Any, roles: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [(role, self.tr.t(words.ROLES[role])) for role in roles]  # type: ignore[attr-defined]


def _roles(request: HttpRequest) -> list[str]:
    """The roles in which the person judges anywhere."""
    reach = request.reach  # type: ignore[attr-defined]
    return [role for role in overrides.FUNCTIONS if any(one.role == role for one in reach.held)]


def _asked(request: HttpRequest) -> list[tuple[Structure, dict[str, int]]]:
    """Offices that another office should look at, with their counts, by name; one's own is not among them."""
    own = {one.structure for one in request.reach.held}  # type: ignore[attr-defined]
    offices = {one.oid: one for one in Structure.objects.exclude(pk__in=own)}
    again = rulings.method().overrides.bias_from
    found = []
    for oid, row in rulings.counted_by_office(overrides.standing()).items():
        counted = {"raise": row["raise"], "lower": row["lower"]}
        if oid in offices and row["peer_review"] and not reratings.is_reviewed(offices[oid], counted, again):
            found.append((offices[oid], counted))
    return sorted(found, key=lambda pair: pair[0].name)


@page("second-ratings", "second-ratings", WRITE, nav=Entry("record", msgid("Second ratings for other offices"), 20))
def overview(request: HttpRequest) -> HttpResponse:
    """The cases that wait for this person, and the offices that somebody from elsewhere should look at."""
    return render(request, "second_ratings.html", {"cases": reratings.waiting(request.actor), "asked": _asked(request)})  # type: ignore[attr-defined]


@page("second-ratings/<str:oid>", "second-rating", WRITE, objects="second rating", methods=("GET", "POST"))
def one(request: HttpRequest, oid: str) -> HttpResponse:
    """One case: what it is about and the evidence; the reading is written into the log because it is another office's."""
    case, tr = reratings.case(request.actor, oid), request.tr  # type: ignore[attr-defined]
    form = RatingForm(request.POST or None, tr=tr, roles=_roles(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            reratings.rate(request.actor, oid, said["role"], said["value"], said["reason"])  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, tr.t("Thank you. Your rating is kept."))
            return redirect("second-ratings")
    audit.record_read(request.actor, "override.case", kind="override", object_id=oid)  # type: ignore[attr-defined]
    context = {
        "case": case,
        "form": form,
        "target": rulings.target_name(case.target, tr),
        "facts": _facts(case, tr),
        "grades": GRADES,
    }
    return render(request, "second_rating.html", context, status=400 if form.is_bound else 200)


def _facts(case: reratings.Case, tr: Any) -> list[tuple[str, str]]:
    """What the case is about, in words."""
    profile = load_profiles().by_id.get(case.where.get("profile") or case.category)
    shown = [(tr.t("Kind of purchase"), tr.t(profile.title) if profile else case.category)]
    if "country" in case.where:
        shown.append((tr.t("Country"), tr.country(case.where["country"])))
    if "stage" in case.where:
        shown.append((tr.t("Stage"), tr.t(words.STAGES[case.where["stage"]])))
    return [pair for pair in shown if pair[1]]


@page("peer-reviews/<str:oid>", "peer-review", WRITE, objects="office asked about", methods=("GET", "POST"))
def look(request: HttpRequest, oid: str) -> HttpResponse:
    """Say what a look at another office's overrides brought."""
    structure, counted = next(
        ((office, counted) for office, counted in _asked(request) if office.oid == oid), (None, {})
    )
    if structure is None:
        raise Http404
    form = LookForm(request.POST or None, tr=request.tr, roles=_roles(request))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            reratings.review(request.actor, structure, said["role"], counted, said["what"])  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            messages.success(request, request.tr.t("Kept."))  # type: ignore[attr-defined]
            return redirect("second-ratings")
    return render(
        request,
        "peer_review.html",
        {"form": form, "office": structure, "counted": counted},
        status=400 if form.is_bound else 200,
    )
