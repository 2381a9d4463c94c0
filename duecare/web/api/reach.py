"""What an endpoint may take out of the record for the one who asks: rows of the offices that they reach, and no others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.models import Structure
from duecare.communicate.reading_room import ROOMS, Room
from duecare.web.room import engine_settings


def seen(request: HttpRequest, rows: Any, office: str = "structure", need: Need | None = None) -> Any:
    """Only the rows of offices in which the need of this request is met; ``office`` is the path to a row's office."""
    wanted = need or request.route.needed_for(request.method)
    found = request.reach.structures(wanted)
    return rows if EVERYWHERE in found else rows.filter(Q(**{f"{office}__in": found}))


def one(request: HttpRequest, rows: Any, oid: str, office: str = "structure", need: Need | None = None) -> Any:
    """The row with this id; 404 alike where it is not there and where it is out of reach."""
    found = seen(request, rows, office, need).filter(pk=oid).first()
    if found is None:
        raise Http404
    return found


def office_wanted(request: HttpRequest, oid: str | None, need: Need | None = None) -> Structure | None:
    """The office that a body names, where the need of this request is met there; none: the whole organisation."""
    wanted = need or request.route.needed_for(request.method)
    if not oid:
        return None
    office = Structure.objects.filter(pk=oid).first()
    if office is None or not request.reach.may(wanted, office.oid):
        raise Http404
    return office


def needed_office(request: HttpRequest, oid: str, need: Need | None = None) -> Structure:
    """The same for an office that must be named."""
    found = office_wanted(request, oid, need)
    assert found is not None
    return found


def newest_room() -> Room | None:
    """The newest run of this home, or nothing before anything was rated."""
    return ROOMS.newest(settings.DUECARE_HOME.register, engine_settings())
