"""Who asks by a key: ``Authorization: Bearer dc_...``, under ``/api/`` alone, so that a key opens no page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

from duecare.casebook.access import Reach, reach_of
from duecare.casebook.keys import holder_of, narrowed
from duecare.web.api.answers import PROGRAMS

if TYPE_CHECKING:
    from duecare.casebook.models import ApiKey


def has_key(request: HttpRequest) -> bool:
    """Whether a request names itself by a header and not by a session; its session then does not count."""
    return request.path.startswith(PROGRAMS) and "Authorization" in request.headers


def key_of(request: HttpRequest, at: datetime) -> ApiKey | None:
    """The key of a request, where it counts. Its request needs no form token: no page of another site can send a header."""
    kind, _, given = request.headers["Authorization"].partition(" ")
    row = holder_of(given.strip(), at) if kind.lower() == "bearer" else None
    request._dont_enforce_csrf_checks = row is not None  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own switch
    return row


def reach_by(row: ApiKey, at: datetime) -> Reach:
    """What a key may see and do today: its person's reach, narrowed."""
    return narrowed(reach_of(row.person, at.date()), row)
