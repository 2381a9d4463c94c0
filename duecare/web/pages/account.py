"""A person's own account: sign in and out, invitation, second step, name and language, sessions."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.base import views as second_step
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as codes
from allauth.socialaccount import views as elsewhere
from allauth.socialaccount.providers.openid_connect import views as organisation
from axes.utils import reset as unlock
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, password_validation, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duecare.casebook.acts import organising
from duecare.communicate.i18n import LANGUAGES, msgid
from duecare.web import asking
from duecare.web.accounts import LONGEST_PASSWORD
from duecare.web.forms import Form
from duecare.web.languages import NAMES
from duecare.web.pages.start import BACKEND
from duecare.web.routes import OPEN, SIGNED_IN, View, page

BOTH = ("GET", "POST")


class Self(Form):
    """What a person says of themselves."""

    name = forms.CharField(label=msgid("Name"), max_length=200, required=False)
    language = forms.ChoiceField(label=msgid("Language"), choices=[(code, NAMES[code]) for code in LANGUAGES])
    hours_per_week = forms.DecimalField(
        label=msgid("Hours a week for this work"),
        help_text=msgid("My list shows as much as fits."),
        min_value=0,
        max_value=60,
        max_digits=4,
        decimal_places=1,
        required=False,
    )


@page("account", "account", SIGNED_IN, methods=BOTH)
def own(request: HttpRequest) -> HttpResponse:
    """Name, language and hours; the second step; the end of all sessions."""
    person = request.person
    begun = {"name": person.name, "language": person.language, "hours_per_week": person.hours_per_week}
    form = Self(request.POST or None, tr=request.tr, initial=begun)
    if request.method == "POST" and form.is_valid():
        organising.describe_self(request.actor, **form.cleaned_data)
        messages.success(request, request.tr.t("Saved."))
        return redirect("account")
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    context = {
        "form": form,
        "second_step": "totp" in kinds,
        "until": asking.idle_until(request),
        "single": settings.DUECARE_DOOR.one_user,
    }
    return render(request, "account.html", context, status=400 if form.is_bound else 200)


@page("account/end-sessions", "end-sessions", SIGNED_IN, methods=("POST",))
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of this person on every device, this one too."""
    organising.end_sessions(request.actor)
    request.session.flush()
    return redirect("signed-out")


class Password(Form):
    """A password that one has chosen, twice."""

    password1 = forms.CharField(
        label=msgid("New password"),
        help_text=msgid("At least 12 characters; a few words in a row are good."),
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    password2 = forms.CharField(
        label=msgid("New password again"),
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, person: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """Both are the same and not easily guessed."""
        given = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", ValidationError("", code="password_mismatch"))
        if first:
            try:
                password_validation.validate_password(first, self.person)
            except ValidationError as weak:
                self.add_error("password1", weak)
        return given


@page("invitation/<str:token>", "invitation", OPEN, methods=BOTH)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a one-time link: choose a password; then one is signed in."""
    kept = organising.invited(token, request.at)
    if kept is None:
        return render(request, "invitation_over.html", status=404)
    form = Password(request.POST or None, tr=request.tr, person=kept.person)
    if request.method == "POST" and form.is_valid():
        person = organising.accept(token, form.cleaned_data["password1"], request.at)
        unlock(username=person.email.casefold())
        request.session.flush()
        login(request, person, backend=BACKEND)
        reauthenticate_by_password(request)
        messages.success(
            request, request.tr.t("Welcome. Please set up the second step now: it protects the people behind the data.")
        )
        return redirect("mfa_activate_totp")
    return render(
        request, "invitation.html", {"form": form, "invited": kept.person}, status=400 if form.is_bound else 200
    )


def _nothing(request: HttpRequest, **_given: object) -> HttpResponse:
    """A page of the sign-in library that is not used here."""
    raise Http404


def _password_changed(request: HttpRequest, **given: object) -> HttpResponse:
    """The library's page for a new password; the session goes on, the others end."""
    answer: HttpResponse = account.password_change(request, **given)
    if answer.status_code == 302 and request.method == "POST":
        messages.success(request, request.tr.t("The password is changed."))
        update_session_auth_hash(request, request.user)
    return answer


def _to_organisation(request: HttpRequest, **given: object) -> HttpResponse:
    """Go to the organisation's own sign-in: by a page that goes on by itself, because the policy lets no form lead away."""
    answer: HttpResponse = organisation.login(request, **given)
    if answer.status_code != 302:
        return answer
    shown = render(request, "to_organisation.html", {"address": answer.headers["Location"]})
    shown["Refresh"] = f"0; url={answer.headers['Location']}"
    return shown


THEIRS: tuple[tuple[str, str, str, View, tuple[str, ...]], ...] = (
    ("sign-in", "account_login", OPEN, account.login, BOTH),
    ("sign-out", "account_logout", SIGNED_IN, account.logout, ("POST",)),
    ("account/resting", "account_inactive", OPEN, account.account_inactive, ("GET",)),
    ("account/confirm", "account_reauthenticate", SIGNED_IN, account.reauthenticate, BOTH),
    ("account/password", "account_change_password", SIGNED_IN, _password_changed, BOTH),
    ("account/password/set", "account_set_password", SIGNED_IN, _nothing, ("GET",)),
    ("sign-up", "account_signup", OPEN, _nothing, ("GET",)),
    ("account/email", "account_email", SIGNED_IN, _nothing, ("GET",)),
    ("account/email/sent", "account_email_verification_sent", OPEN, _nothing, ("GET",)),
    ("account/forgotten", "account_reset_password", OPEN, _nothing, ("GET",)),
    ("sign-in/second-step", "mfa_authenticate", OPEN, second_step.authenticate, BOTH),
    ("account/second-step", "mfa_index", SIGNED_IN, second_step.index, ("GET",)),
    ("account/second-step/confirm", "mfa_reauthenticate", SIGNED_IN, second_step.reauthenticate, BOTH),
    ("account/second-step/app", "mfa_activate_totp", SIGNED_IN, codes.activate_totp, BOTH),
    ("account/second-step/app/remove", "mfa_deactivate_totp", SIGNED_IN, codes.deactivate_totp, BOTH),
    ("account/second-step/recovery", "mfa_view_recovery_codes", SIGNED_IN, recovery.view_recovery_codes, ("GET",)),
    (
        "account/second-step/recovery/new",
        "mfa_generate_recovery_codes",
        SIGNED_IN,
        recovery.generate_recovery_codes,
        BOTH,
    ),
    (
        "account/second-step/recovery/download",
        "mfa_download_recovery_codes",
        SIGNED_IN,
        recovery.download_recovery_codes,
        ("GET",),
    ),
    ("sign-in/organisation/<str:provider_id>", "openid_connect_login", OPEN, _to_organisation, ("POST",)),
    ("sign-in/organisation/<str:provider_id>/back", "openid_connect_callback", OPEN, organisation.callback, ("GET",)),
    ("sign-in/cancelled", "socialaccount_login_cancelled", OPEN, elsewhere.login_cancelled, ("GET",)),
    ("sign-in/failed", "socialaccount_login_error", OPEN, elsewhere.login_error, ("GET",)),
    ("sign-in/unknown", "socialaccount_signup", OPEN, elsewhere.signup, ("GET",)),
    ("account/connections", "socialaccount_connections", SIGNED_IN, _nothing, ("GET",)),
)
"""The sign-in library's pages under our addresses: (address, its name, need, view, methods)."""

for _address, _name, _need, _view, _methods in THEIRS:
    page(_address, _name, _need, methods=_methods)(_view)  # type: ignore[arg-type]
