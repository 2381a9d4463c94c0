"""One's own keys for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duecare.casebook.access import EVERYWHERE
from duecare.casebook.acts import keys
from duecare.casebook.keys import counts
from duecare.casebook.models import Structure
from duecare.communicate.i18n import msgid
from duecare.errors import WrongUsage
from duecare.web.forms import Form
from duecare.web.refusing import refused
from duecare.web.routes import SIGNED_IN, Entry, page

ALL_MINE = ""


class KeyForm(Form):
    """A new key."""

    name = forms.CharField(label=msgid("What is it for?"), max_length=100)
    writes = forms.ChoiceField(
        label=msgid("It may"),
        choices=[("", msgid("read")), ("yes", msgid("read and write"))],
        widget=forms.RadioSelect,
        required=False,
    )
    office = forms.ChoiceField(label=msgid("Where"), required=False)
    until = forms.DateField(
        label=msgid("Until"), help_text=msgid("Within one year."), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["office"].choices = [(ALL_MINE, self.tr.t("everywhere that my roles reach")), *offices]  # type: ignore[attr-defined]


def _offices(request: HttpRequest) -> list[tuple[str, str]]:
    held = {one.structure for one in request.reach.held}  # type: ignore[attr-defined]
    kept = Structure.objects.all() if EVERYWHERE in held else Structure.objects.filter(pk__in=held)
    return [(one.oid, one.name) for one in kept]


@page("account/keys", "keys", SIGNED_IN, methods=("GET", "POST"), nav=Entry("record", msgid("Keys for programs"), 90))
def own(request: HttpRequest) -> HttpResponse:
    """One's own keys; a new one is shown once."""
    sends, month = request.method == "POST", request.at.date() + timedelta(days=90)  # type: ignore[attr-defined]
    form = KeyForm(
        request.POST if sends else None,
        tr=request.tr,
        offices=_offices(request),
        initial={"until": month, "writes": ""},
    )  # type: ignore[attr-defined]
    if sends and form.is_valid():
        said = form.cleaned_data
        office = Structure.objects.get(pk=said["office"]) if said["office"] else None
        try:
            row, key = keys.make(
                request.actor, said["name"], said["until"], writes=said["writes"] == "yes", structure=office
            )  # type: ignore[attr-defined]
        except WrongUsage as error:
            refused(form, error)
        else:
            return render(request, "key_made.html", {"row": row, "key": key})
    rows = [(row, counts(row, request.at)) for row in keys.own(request.actor)]  # type: ignore[attr-defined]
    return render(request, "keys.html", {"form": form, "rows": rows}, status=400 if form.is_bound else 200)


@page("account/keys/<str:oid>/revoke", "key-revoke", SIGNED_IN, objects="own key", methods=("POST",))
def revoke(request: HttpRequest, oid: str) -> HttpResponse:
    """End a key at once."""
    keys.revoke(request.actor, oid)  # type: ignore[attr-defined]
    messages.success(request, request.tr.t("The key no longer works."))  # type: ignore[attr-defined]
    return redirect("keys")
