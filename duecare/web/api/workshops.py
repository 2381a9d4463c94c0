"""Workshops over the API: several experts rate the same lines, each alone; then median and range are shown to all."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import Field

from duecare.casebook.access import Need
from duecare.casebook.acts import workshops
from duecare.casebook.models import Workshop, WorkshopItem
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import needed_office, newest_room, one, seen
from duecare.web.api.shapes import Asked, Level, Line, Long, Made, Oid, Page, Role, Wish, paged
from duecare.web.room import offices_of

SEE, JUDGE = Need("JUDGE"), Need("JUDGE", "write")


class WorkshopOut(Made):
    """A round of experts."""

    structure: str = Field(validation_alias="structure_id")
    title: str
    held: date
    run: str
    sources: str


class ItemOut(Schema):
    """A line that is rated, as you may see it: before it is revealed your own rating and how many people rated."""

    oid: str
    line_id: str
    title: str
    target: str
    rated: int
    own: float | None = None
    own_note: str
    is_revealed: bool
    values: list[float]
    notes: list[str]
    median: float | None = None
    lowest: float | None = None
    highest: float | None = None
    model_value: float | None = None
    dissent: str


class WholeWorkshop(Schema):
    """A workshop with its items."""

    workshop: WorkshopOut
    items: list[ItemOut]


Lines = Annotated[list[Line], Field(min_length=1, max_length=60)]


class NewWorkshop(Wish):
    """A workshop to be opened with lines of the newest run."""

    structure: Oid
    title: Annotated[str, Field(max_length=200)]
    held: date
    lines: Lines
    target: Annotated[str, Field(pattern="^(L|S)$")] = "L"
    sources: Long = ""


class MoreLines(Wish):
    """More lines for a workshop."""

    lines: Lines
    target: Annotated[str, Field(pattern="^(L|S)$")] = "L"


class Rating(Wish):
    """One's own rating of an item, in one of one's roles."""

    role: Role
    value: Level
    note: Long = ""


class Dissent(Wish):
    """What some did not agree with."""

    dissent: Long = ""


@endpoint("GET", "workshops", SEE, answers=Page[WorkshopOut])
def listed(request: HttpRequest, asked: Asked) -> Any:
    """The workshops of the offices that you reach."""
    return paged(seen(request, Workshop.objects.all()), asked)


@endpoint("POST", "workshops", JUDGE, answers=WorkshopOut, status=201)
def open_workshop(request: HttpRequest, wish: NewWorkshop) -> Any:
    """Open a workshop of an office."""
    office, items = needed_office(request, wish.structure), _items(request, wish.lines, wish.target)
    room = newest_room()
    run = room.id if room is not None else ""
    return workshops.open_workshop(request.actor, office, wish.title, wish.held, items, run=run, sources=wish.sources)


@endpoint("GET", "workshops/{oid}", SEE, answers=WholeWorkshop, objects="workshop")
def workshop(request: HttpRequest, oid: Oid) -> Any:
    """One workshop with its items, as you may see them."""
    found = one(request, Workshop.objects.all(), oid)
    return {
        "workshop": found,
        "items": [_item(request, item) for item in found.items.select_related("workshop").order_by("at", "oid")],
    }


@endpoint("POST", "workshops/{oid}/items", JUDGE, answers=WholeWorkshop, status=201, objects="workshop")
def add_items(request: HttpRequest, oid: Oid, wish: MoreLines) -> Any:
    """Add lines to a workshop."""
    found = one(request, Workshop.objects.all(), oid)
    workshops.add_items(request.actor, found, _items(request, wish.lines, wish.target))
    return workshop(request, oid)


@endpoint("POST", "workshop-items/{oid}/ratings", JUDGE, answers=ItemOut, status=201, objects="workshop item")
def rate(request: HttpRequest, oid: Oid, said: Rating) -> Any:
    """Rate an item, once, before it is revealed."""
    item = _found(request, oid)
    workshops.rate(request.actor, item, said.role, said.value, said.note)
    return _item(request, item)


@endpoint("POST", "workshop-items/{oid}/reveal", JUDGE, answers=ItemOut, status=201, objects="workshop item")
def reveal(request: HttpRequest, oid: Oid, said: Dissent) -> Any:
    """Show all ratings of an item to all."""
    item = _found(request, oid)
    workshops.reveal(request.actor, item, said.dissent)
    return _item(request, item)


def _found(request: HttpRequest, oid: str) -> WorkshopItem:
    return one(request, WorkshopItem.objects.select_related("workshop"), oid, "workshop__structure")


def _item(request: HttpRequest, item: WorkshopItem) -> dict[str, Any]:
    found = workshops.seen(request.actor, item)
    said = {name: getattr(found, name) for name in found.__slots__}
    return (
        said
        | {name: getattr(item, name) for name in ("oid", "line_id", "title", "target")}
        | {"values": list(found.values), "notes": list(found.notes)}
    )


def _items(request: HttpRequest, lines: list[str], target: str) -> list[workshops.Item]:
    """Lines of the newest run that the person reaches; any other is not there."""
    room = newest_room()
    rows = room.lines(offices_of(request), lines) if room is not None else {}
    if any(line not in rows for line in lines):
        raise Http404
    return [workshops.Item(line, rows[line]["title"] or "", target, rows[line][target]) for line in lines]
