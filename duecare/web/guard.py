"""The outermost check of every request: host, size; and the headers of every answer, static files and errors too."""

from __future__ import annotations

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from duecare.web.api.answers import PROGRAMS, fault

HEADERS = {
    "Permissions-Policy": "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
    "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
    "publickey-credentials-get=(self), screen-wake-lock=(), usb=(), xr-spatial-tracking=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
YEAR = 365 * 24 * 60 * 60
SMALL_BODY = 2_500_000
"""Bytes of a request that is no form with files."""


class Guard:
    """Middleware: refuses other hosts and bodies that are too large, and writes the headers of every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        door = settings.DUECARE_DOOR
        self.most = door.upload_bytes + SMALL_BODY
        https = {"Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains"} if door.https else {}
        self.headers = HEADERS | {"Content-Security-Policy": build_policy()} | https

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.refusal(request) or self.get_response(request)
        for name, value in self.headers.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """400 for a host that is not ours (DNS rebinding too), 413 for a body that is larger than allowed."""
        try:
            request.get_host()
        except DisallowedHost:
            return _plain(request, "This address is not one of this server's names.", 400)
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = self.most if request.content_type == "multipart/form-data" else SMALL_BODY
        if not length.isascii() or not length.isdigit():
            return _plain(request, "The length of the request is not a number.", 400)
        return _plain(request, "The request is larger than allowed.", 413) if int(length) > most else None


def _plain(request: HttpRequest, text: str, status: int) -> HttpResponse:
    is_program = request.path.startswith(PROGRAMS)
    answer = (
        fault(status, text)
        if is_program
        else HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    )
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return answer
