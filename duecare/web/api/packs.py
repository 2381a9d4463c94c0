"""Evidence packs over the API: which official lists are in use today and how fresh they are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from duecare import cycle
from duecare.casebook.access import Need
from duecare.web.api.endpoints import endpoint


@endpoint("GET", "packs", Need("PUB"), answers=list[dict[str, Any]])
def packs(request: HttpRequest) -> Any:
    """The evidence packs in use today, each with its state in one sentence."""
    register = settings.DUECARE_HOME.register
    return cycle.list_evidence(request.actor.day, register if register.exists() else None)
