"""The newest run as the person who asks may see it: the reading room of this home within the offices of their roles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest

from duecare.casebook.access import Need
from duecare.casebook.acts.contracts import Line, reaching, structure_of
from duecare.casebook.models import Structure
from duecare.communicate.reading_room import ROOMS, Offices, Room
from duecare.settings import Settings

READ = Need("BIZ", "read")


def engine_settings() -> Settings:
    """How much the engine may use; what the door read from the environment, where it said so."""
    found: Settings = getattr(settings, "DUECARE_SETTINGS", Settings())
    return found


def room_of(request: HttpRequest) -> Room | None:
    """The newest run of this home, or nothing before anything was rated."""
    return ROOMS.newest(settings.DUECARE_HOME.register, engine_settings())


def offices_of(request: HttpRequest) -> Offices:
    """The offices, as the data write them, whose contracts the person reads; ``None`` for the whole organisation."""
    if not hasattr(request, "offices"):
        request.offices = reaching(request.actor, READ)  # type: ignore[attr-defined]
    found: Offices = request.offices  # type: ignore[attr-defined]
    return found


def found_line(request: HttpRequest, line_id: str) -> tuple[Room, dict[str, Any]]:
    """The room and the finding of a line; one that is missing and one out of reach answer alike (404)."""
    room = room_of(request)
    item = room.item(offices_of(request), line_id) if room is not None else None
    if room is None or item is None:
        raise Http404
    return room, item


def line_of(item: dict[str, Any]) -> Line:
    """The line of an item as the acts take it."""
    return Line(item["line_id"], item["contract_id"], item["title"], item["structure"], item["run"])


def may(request: HttpRequest, need: Need, office: str) -> bool:
    """Whether the person has a need in an office that the data call by this name."""
    known: dict[str, Structure | None] = request.__dict__.setdefault("offices_by_name", {})
    if office not in known:
        known[office] = structure_of(office)
    structure = known[office]
    return request.reach.may(need, structure.oid if structure else None)  # type: ignore[attr-defined,no-any-return]
