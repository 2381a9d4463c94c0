"""The one shape in which the API says what went wrong: ``{code, message, field}``, whoever noticed it."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse

PROGRAMS = "/api/"
"""Addresses below this are asked by programs."""
CODES = {
    400: "not_understood",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "wrong_method",
    409: "conflict",
    413: "too_large",
    415: "wrong_media_type",
    422: "invalid",
    423: "locked",
    429: "too_many",
    500: "our_fault",
    503: "cannot_write",
}
"""A program decides by these words; the message is for people and may change."""
SENTENCES = {
    400: "The request is not understood: its body must be valid JSON.",
    401: "Say who asks: a header `Authorization: Bearer KEY`, or a session.",
    403: "Your roles do not allow this here.",
    404: "There is nothing here, or it belongs to an office that you do not work for.",
    405: "This address does not know that method.",
    413: "The request is larger than allowed.",
    415: "The body must be sent as application/json.",
    429: "Too many requests. Wait as many seconds as Retry-After says.",
    500: "Something went wrong on our side. Nothing that was saved before is lost.",
}


def fault(status: int, message: str = "", field: str = "", code: str = "") -> HttpResponse:
    """The answer for an error; 401 names how to sign in, as the standard of HTTP asks."""
    said = message or SENTENCES.get(status, CODES[status])
    answer = JsonResponse({"code": code or CODES[status], "message": said, "field": field}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="duecare"'
    return answer
