"""People, their roles and the offices over the API, and one's own account and keys."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from duecare.casebook.access import Need, NotAllowed
from duecare.casebook.acts import keys, organising, people
from duecare.casebook.models import Assignment, Person, Structure
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import needed_office, office_wanted, one, seen
from duecare.web.api.shapes import Asked, Made, Oid, Page, Role, Short, Wish, paged
from duecare.web.routes import SIGNED_IN

SEE, WRITE = Need("PEOPLE"), Need("PEOPLE", "write")
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]


class OfficeOut(Made):
    """An office of the organisation; ``names`` is how the data write it."""

    name: str
    country: str
    legal_regime: str
    languages: list[str]
    names: list[str]
    capacity: int | None = None


class OfficeWish(Wish):
    """An office as somebody describes it."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    country: Country = ""
    legal_regime: Annotated[str, Field(max_length=100)] = ""
    languages: Annotated[list[Annotated[str, Field(max_length=2)]], Field(max_length=6)] = Field(default_factory=list)
    names: Annotated[list[Short], Field(max_length=200)] = Field(default_factory=list)
    capacity: Annotated[int, Field(ge=0, le=100_000)] | None = None


@endpoint("GET", "structures", SEE, answers=Page[OfficeOut])
def structures(request: HttpRequest, asked: Asked) -> Any:
    """The offices that you reach."""
    return paged(seen(request, Structure.objects.all(), "pk"), asked)


@endpoint("POST", "structures", WRITE, answers=OfficeOut, status=201)
def add_structure(request: HttpRequest, wish: OfficeWish) -> Any:
    """Enter an office."""
    return people.add_office(request.actor, people.Office(**wish.dict()))


@endpoint("GET", "structures/{oid}", SEE, answers=OfficeOut, objects="structure")
def structure(request: HttpRequest, oid: Oid) -> Any:
    """One office."""
    return one(request, Structure.objects.all(), oid, "pk")


@endpoint("PUT", "structures/{oid}", WRITE, answers=OfficeOut, objects="structure")
def change_structure(request: HttpRequest, oid: Oid, wish: OfficeWish) -> Any:
    """Change what is said of an office."""
    there = one(request, Structure.objects.all(), oid, "pk")
    return people.describe_office(request.actor, there, people.Office(**wish.dict()))


class PersonOut(Schema):
    """A person who may sign in."""

    oid: str
    email: str
    name: str
    language: str
    is_active: bool
    joined: datetime


@endpoint("GET", "people", SEE, answers=Page[PersonOut])
def listed(request: HttpRequest, asked: Asked) -> Any:
    """The people whom you may see."""
    return paged(people.visible(request.actor).order_by("name", "email"), asked)


@endpoint("GET", "people/{oid}", SEE, answers=PersonOut, objects="person")
def person(request: HttpRequest, oid: Oid) -> Any:
    """One person."""
    return _person(request, oid)


class Active(Wish):
    """Whether a person may sign in."""

    is_active: bool


@endpoint("PUT", "people/{oid}", WRITE, answers=PersonOut, objects="person")
def change_person(request: HttpRequest, oid: Oid, wish: Active) -> Any:
    """Put a person to rest, or let them sign in again."""
    there = _person(request, oid)
    (people.wake if wish.is_active else people.rest)(request.actor, there)
    return Person.objects.get(pk=there.pk)


class Invited(Schema):
    """A person who was invited; the link's token is shown this once."""

    person: PersonOut
    token: str


class Invitation(Wish):
    """Whom to invite, with a first role in one office or in the whole organisation."""

    email: Annotated[str, Field(max_length=254)]
    role: Role
    structure: Oid | None = None
    name: Annotated[str, Field(max_length=200)] = ""


@endpoint("POST", "invitations", WRITE, answers=Invited, status=201)
def invite(request: HttpRequest, wish: Invitation) -> Any:
    """Invite a person; the one-time link is ``/invitation/TOKEN``. A key cannot do this: somebody must be signed in."""
    _not_by_key(request)
    office = office_wanted(request, wish.structure)
    made, token = organising.invite(request.actor, wish.email, wish.role, office, wish.name)
    return {"person": made, "token": token}


class AssignmentOut(Made):
    """A role of a person in one office, or in the whole organisation."""

    person: str = Field(validation_alias="person_id")
    role: str
    structure: str | None = Field(default=None, validation_alias="structure_id")
    since: date
    until: date | None = None


class NewAssignment(Wish):
    """A role to be given."""

    person: Oid
    role: Role
    structure: Oid | None = None
    since: date
    until: date | None = None


class End(Wish):
    """The last day of a role."""

    until: date


@endpoint("GET", "assignments", SEE, answers=Page[AssignmentOut])
def assignments(request: HttpRequest, asked: Asked) -> Any:
    """Who has which role where."""
    return paged(seen(request, Assignment.objects.all()), asked)


@endpoint("POST", "assignments", WRITE, answers=AssignmentOut, status=201)
def assign(request: HttpRequest, wish: NewAssignment) -> Any:
    """Give a person a role."""
    office, there = office_wanted(request, wish.structure), _person(request, wish.person)
    return people.assign(request.actor, there, wish.role, office, wish.since, wish.until)


@endpoint("GET", "assignments/{oid}", SEE, answers=AssignmentOut, objects="assignment")
def assignment(request: HttpRequest, oid: Oid) -> Any:
    """One role of a person."""
    return one(request, Assignment.objects.all(), oid)


@endpoint("PUT", "assignments/{oid}", WRITE, answers=AssignmentOut, objects="assignment")
def end_assignment(request: HttpRequest, oid: Oid, wish: End) -> Any:
    """End a role with a day."""
    return people.end(request.actor, one(request, Assignment.objects.select_related("person"), oid), wish.until)


def _person(request: HttpRequest, oid: str) -> Person:
    from django.http import Http404

    found = people.visible(request.actor).filter(pk=oid).first()
    if found is None:
        raise Http404
    return found


def _not_by_key(request: HttpRequest) -> None:
    if request.key is not None:
        raise NotAllowed("A key cannot do this. Sign in and do it there.")


class Me(Schema):
    """The person who asks, with their roles and whether they ask by a key."""

    oid: str
    email: str
    name: str
    language: str
    hours_per_week: Decimal | None = None
    roles: list[dict[str, str]]
    by_key: bool


class Self(Wish):
    """What one may change of oneself."""

    name: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(pattern="^(en|fr|de|it|ru|es)$")] | None = None
    hours_per_week: Annotated[Decimal, Field(ge=0, le=80, max_digits=4, decimal_places=1)] | None = None


@endpoint("GET", "me", SIGNED_IN, answers=Me)
def me(request: HttpRequest) -> Any:
    """Who asks, and what for."""
    held = sorted((one.role, one.structure) for one in request.reach.held)
    kept = {name: getattr(request.person, name) for name in ("oid", "email", "name", "language", "hours_per_week")}
    return kept | {
        "roles": [{"role": role, "structure": office} for role, office in held],
        "by_key": request.key is not None,
    }


@endpoint("PUT", "me", SIGNED_IN, answers=Me)
def change_me(request: HttpRequest, wish: Self) -> Any:
    """Change one's own name, language or hours."""
    organising.describe_self(request.actor, **wish.dict(exclude_none=True))
    return me(request)


class KeyOut(Made):
    """A key of one's own; the key itself is not kept."""

    name: str
    prefix: str
    writes: bool
    structure: str | None = Field(default=None, validation_alias="structure_id")
    until: date
    revoked: datetime | None = None


class NewKey(Wish):
    """A key to be made: what it is for, its last day, whether it may write, and the one office that it is for."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    until: date
    writes: bool = False
    structure: Oid | None = None


class MadeKey(Schema):
    """A key that was just made; ``key`` is shown this once."""

    key: str
    made: KeyOut


@endpoint("GET", "keys", SIGNED_IN, answers=Page[KeyOut])
def own_keys(request: HttpRequest, asked: Asked) -> Any:
    """One's own keys."""
    return paged(keys.own(request.actor), asked)


@endpoint("POST", "keys", SIGNED_IN, answers=MadeKey, status=201)
def make_key(request: HttpRequest, wish: NewKey) -> Any:
    """Make a key. A key cannot do this: somebody must be signed in."""
    _not_by_key(request)
    office = needed_office(request, wish.structure, Need("SELF", "write")) if wish.structure else None
    row, key = keys.make(request.actor, wish.name, wish.until, writes=wish.writes, structure=office)
    return {"key": key, "made": row}


@endpoint("DELETE", "keys/{oid}", SIGNED_IN, answers=None, status=204, objects="key")
def revoke_key(request: HttpRequest, oid: Oid) -> Any:
    """End one of one's own keys at once."""
    keys.revoke(request.actor, oid)
