"""Which error of ours and of the API library is which answer of a program."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from duecare.casebook.access import NotAllowed
from duecare.casebook.acts.plans import Changed
from duecare.errors import CannotAnswer, DuecareError, FileRefused, WrongUsage
from duecare.web.api.answers import fault


class Fault(Schema):
    """What went wrong: ``code`` for a program, ``message`` for a person, ``field`` where one value is at fault."""

    code: str
    message: str
    field: str = ""


FIELD = re.compile(r"([a-z_]{2,40}): (.+)", re.DOTALL)
"""Acts begin a message with the field that is at fault."""


def answer_of(error: Exception) -> HttpResponse:
    """The answer for an error of ours; the same words whether something is missing or out of reach."""
    if isinstance(error, NotAllowed):
        return fault(403, str(error))
    if isinstance(error, FileRefused):
        return fault(422, error.message, error.field, error.code)
    if isinstance(error, Changed):
        return fault(409, str(error))
    if isinstance(error, WrongUsage):
        named = FIELD.fullmatch(str(error))
        return fault(422, named[2], named[1]) if named else fault(422, str(error))
    if isinstance(error, CannotAnswer):
        return _cannot(error)
    return fault(500)


def _cannot(error: CannotAnswer) -> HttpResponse:
    """503 where the disk or database refuses, 404 for what is not there, 409 for what is not as it would have to be."""
    if isinstance(error.__cause__, DatabaseError | OSError):
        return fault(503, str(error))
    return fault(404) if str(error).startswith("There is no") else fault(409, str(error))


def teach(api: NinjaAPI) -> None:
    """Let the API answer with our shape wherever an error comes from."""
    answers: dict[type[Exception], Callable[[Any], HttpResponse]] = {
        DuecareError: answer_of,
        Http404: lambda _error: fault(404),
        PermissionDenied: lambda error: fault(403, str(error)),
        HttpError: _of_the_library,
        ValidationError: _invalid,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, partial(_answered, answer))


def _answered(answer: Callable[[Any], HttpResponse], _request: HttpRequest, error: Any) -> HttpResponse:
    return answer(error)


def _of_the_library(error: HttpError) -> HttpResponse:
    """What the library says, or what our own reader of bodies said to it; its own sentence on bodies is replaced by ours."""
    if isinstance(error.__cause__, HttpError):
        return fault(error.__cause__.status_code, str(error.__cause__))
    return fault(error.status_code, "" if str(error).startswith("Cannot parse request body") else str(error))


def _invalid(error: ValidationError) -> HttpResponse:
    """The first wrong value, by its place; a wrong id in the address is an address where nothing is."""
    first = error.errors[0]
    where, *inner = [str(part) for part in first["loc"]]
    if where == "path":
        return fault(404)
    return fault(422, f"{first['msg']}.", _place(where, inner))


def _place(where: str, inner: list[str]) -> str:
    """The field as the caller wrote it: without the name of our own parameter in front of it."""
    return ".".join(inner[1:] if where in ("body", "form") and len(inner) > 1 else inner)
