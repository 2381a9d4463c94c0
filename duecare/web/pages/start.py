"""The first page, the guided first start, the change of language, and the way in where one person uses one machine."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from duecare.casebook.access import Need
from duecare.casebook.acts import organising
from duecare.communicate.i18n import LANGUAGES, msgid
from duecare.web import first_start, local_user
from duecare.web.forms import Form
from duecare.web.languages import COOKIE
from duecare.web.navigation import navigation
from duecare.web.routes import OPEN, page, to_sign_in

YEAR = 365 * 24 * 60 * 60
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@page("", "start", OPEN)
def start(request: HttpRequest) -> HttpResponse:
    """The first page: what waits, by question; before the first data, how to begin."""
    if request.person is None:
        return to_sign_in(request)
    if first_start.is_new() and request.reach.may(Need("PEOPLE", "write")):
        return redirect("first-start")
    return render(request, "start.html", {"groups": navigation(request)})


class Beginning(Form):
    """The first start's one question."""

    name = forms.CharField(label=msgid("Name of your organisation"), max_length=200)
    country = forms.CharField(
        label=msgid("Country of the first office, as two letters"), max_length=2, min_length=2, required=False
    )


@page("first-start", "first-start", Need("PEOPLE", "write"), methods=("GET", "POST"))
def beginning(request: HttpRequest) -> HttpResponse:
    """The guided first start: look around with the sample organisation, or begin with an empty one."""
    chosen = request.POST.get("with", "")
    form = Beginning(request.POST if chosen == "own" else None, tr=request.tr)
    if request.method == "POST" and chosen == "sample":
        first_start.with_sample(request.actor)
        messages.success(
            request, request.tr.t("The sample organisation is being read and rated. This takes about a minute.")
        )
        return redirect("start")
    if request.method == "POST" and form.is_valid():
        first_start.empty(request.actor, form.cleaned_data["name"], form.cleaned_data["country"])
        messages.success(request, request.tr.t("Your organisation has a place here. Next: take in what it bought."))
        return redirect("start")
    return render(
        request,
        "first_start.html",
        {"form": form, "is_new": first_start.is_new()},
        status=400 if form.is_bound else 200,
    )


@page("language", "language", OPEN, methods=("POST",))
def language(request: HttpRequest) -> HttpResponse:
    """Change the language: kept with the person, or in this browser before signing in."""
    chosen = request.POST.get("language", "")
    answer = HttpResponseRedirect(inside(request.POST.get("next", "/")))
    if chosen in LANGUAGES:
        if request.person is not None and request.person.language != chosen:
            organising.describe_self(request.actor, language=chosen)
        answer.set_cookie(
            COOKIE, chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.DUECARE_DOOR.https
        )
    return answer


@page("local", "local-start", OPEN, methods=("GET", "POST"))
def local(request: HttpRequest) -> HttpResponse:
    """Sign in the one person of this machine: their own connection, or the link that was printed in the terminal."""
    target = inside(request.GET.get("next", "/"))
    if request.person is not None:
        return HttpResponseRedirect(target)
    if not settings.DUECARE_DOOR.one_user:
        return to_sign_in(request)
    token = request.POST.get("token", "") if request.method == "POST" else request.GET.get("token", "")
    if not local_user.is_ours(request) and not local_user.is_start_token(token):
        return render(request, "local.html", {"tried": bool(token)}, status=403)
    login(request, organising.local_person(request.at), backend=BACKEND)
    return HttpResponseRedirect(target)


@page("signed-out", "signed-out", OPEN)
def signed_out(request: HttpRequest) -> HttpResponse:
    """What is shown after signing out."""
    return render(request, "signed_out.html", {"one_user": settings.DUECARE_DOOR.one_user})


def inside(target: str) -> str:
    """The address within this application, or the first page where it leads elsewhere."""
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else "/"
