"""What is shown where a request cannot be answered: what happened and what to do, never what is inside."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from duecare.casebook.access import NotAllowed
from duecare.communicate.i18n import msgid
from duecare.errors import CannotAnswer, DuecareError
from duecare.web.api.answers import PROGRAMS, fault
from duecare.web.languages import language_of, translator

SENTENCES = {
    400: (
        msgid("This request is not understood"),
        msgid("Something in it is missing or wrong. Go back, look at what you filled in, and try again."),
    ),
    403: (
        msgid("Your roles do not include this"),
        msgid(
            "Somebody with another role in your organisation can do it. Who has which role is on the page of people."
        ),
    ),
    404: (
        msgid("There is nothing here"),
        msgid("It does not exist, or it belongs to an office that you do not work for."),
    ),
    419: (
        msgid("The form was open for too long"),
        msgid(
            "For your safety a form can be sent only for a while. Go back, load the page again and send it once more."
        ),
    ),
    423: (
        msgid("Too many attempts to sign in"),
        msgid("This account is closed for 15 minutes. An administrator can send you a new link at once."),
    ),
    429: (msgid("Too many requests"), msgid("Please wait a moment and try again.")),
    503: (
        msgid("The record is not available just now"),
        msgid("Nothing was changed. Tell your administrator; what was saved before is still there."),
    ),
    500: (
        msgid("Something went wrong on our side"),
        msgid(
            "Nothing that you saved before is lost. Try again; if it happens again, tell your administrator the time."
        ),
    ),
}


def answer(request: HttpRequest, status: int, sentence: str = "", shown_as: int = 0) -> HttpResponse:
    """The page of one status, or JSON for a program; ``sentence`` is said beside the usual one."""
    _with_language(request)
    title, advice = SENTENCES[status]
    code = shown_as or status
    if request.path.startswith(PROGRAMS):
        return fault(code, sentence)
    context = {"title": title, "advice": advice, "sentence": sentence, "status": code}
    return HttpResponse(render_to_string("error.html", context, request), status=code)


def said(request: HttpRequest, error: DuecareError) -> HttpResponse:
    """What an act refused, in its own words: 403 for a right that is missing, 404 for what is not there, 400 otherwise.

    503 where the record itself cannot be read or written (a full disk, a record that is busy for long).
    """
    _with_language(request)
    return answer(request, _status(error), request.tr.t(str(error)))  # type: ignore[attr-defined]


def _status(error: DuecareError) -> int:
    if isinstance(error, NotAllowed):
        return 403
    if isinstance(error.__cause__, DatabaseError):
        return 503
    return 404 if isinstance(error, CannotAnswer) else 400


def bad(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return answer(request, 403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; the same words whether something does not exist or is out of reach."""
    return answer(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return answer(request, 500)


def no_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token."""
    return answer(request, 419, shown_as=403)


def locked_out(request: HttpRequest, response: object = None, credentials: object = None) -> HttpResponse:
    """429 for an account that is closed for a while after failed attempts."""
    return answer(request, 423, shown_as=429)


def _with_language(request: HttpRequest) -> None:
    """An error before the language is known still speaks the browser's."""
    if not hasattr(request, "tr"):
        request.tr = translator(language_of(request))  # type: ignore[attr-defined]
    if not hasattr(request, "person"):
        request.person = None  # type: ignore[attr-defined]
