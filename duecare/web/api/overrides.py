"""Overrides over the API: proposed, signed or objected to, withdrawn; blind second ratings; workshops."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from duecare.casebook.access import Need
from duecare.casebook.acts import overrides, reratings
from duecare.casebook.models import Override, Workshop
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import needed_office, one, seen
from duecare.web.api.shapes import Asked, Level, Long, Made, Oid, Page, Role, Short, Wish, paged
from duecare.web.rulings import lasting_fault

SEE, JUDGE = Need("JUDGE"), Need("JUDGE", "write")
Target = Annotated[str, Field(max_length=4)]


class WordOut(Made):
    """A second person's word on an override."""

    role: str
    agrees: bool
    note: str


class OverrideOut(Made):
    """An expert's value beside the model's, with those who spoke."""

    number: str
    structure: str = Field(validation_alias="structure_id")
    target: str
    where: dict[str, str]
    model_value: float | None = None
    value: float
    direction: str
    reason: str
    proofs: list[dict[str, str]]
    role: str
    created: date
    expires: date
    workshop: str | None = Field(default=None, validation_alias="workshop_id")
    dissent: str
    words: list[WordOut] = Field(default_factory=list)
    withdrawn: bool = False


class NewOverride(Wish):
    """An override to be proposed, as in an overrides file; always of one's own office."""

    structure: Oid
    target: Target
    where: dict[str, Short]
    value: Level
    direction: Annotated[str, Field(pattern="^(raise|lower)$")]
    reason: Long
    proofs: Annotated[list[dict[str, Short]], Field(max_length=50)]
    expires: date
    role: Role
    title: Short = ""
    category: Annotated[str, Field(max_length=5)] = ""
    model_value: Level | None = None
    run: Annotated[str, Field(max_length=64)] = ""
    dissent: Long = ""
    workshop: Oid | None = None


class Word(Wish):
    """One's word on an override, in one of one's roles."""

    role: Role
    agrees: bool
    note: Long = ""


class Reason(Wish):
    """Why."""

    reason: Long


@endpoint("GET", "overrides", SEE, answers=Page[OverrideOut])
def listed(request: HttpRequest, asked: Asked) -> Any:
    """The overrides of the offices that you reach, newest first."""
    rows = seen(
        request, Override.objects.order_by("-at", "-oid").select_related("withdrawal").prefetch_related("signatures")
    )
    return paged(rows, asked, shown)


@endpoint("POST", "overrides", JUDGE, answers=OverrideOut, status=201)
def propose(request: HttpRequest, wish: NewOverride) -> Any:
    """Propose an override; who must still sign follows from its direction."""
    office = needed_office(request, wish.structure)
    workshop = one(request, Workshop.objects.all(), wish.workshop) if wish.workshop else None
    said = overrides.Wish(**wish.dict(exclude={"structure", "workshop"}), workshop=workshop)
    return shown(overrides.propose(request.actor, office, said, lasting_fault(request.actor.day, request.tr)))


@endpoint("GET", "overrides/{oid}", SEE, answers=OverrideOut, objects="override")
def override(request: HttpRequest, oid: Oid) -> Any:
    """One override."""
    return shown(one(request, Override.objects.all(), oid))


@endpoint("POST", "overrides/{oid}/words", JUDGE, answers=OverrideOut, status=201, objects="override")
def say(request: HttpRequest, oid: Oid, word: Word) -> Any:
    """Sign an override, or object to it with a reason."""
    there = one(request, Override.objects.all(), oid)
    overrides.say(request.actor, there, word.role, agrees=word.agrees, note_text=word.note)
    return shown(there)


@endpoint("POST", "overrides/{oid}/withdrawal", JUDGE, answers=OverrideOut, status=201, objects="override")
def withdraw(request: HttpRequest, oid: Oid, why: Reason) -> Any:
    """End an override before its day."""
    there = one(request, Override.objects.all(), oid)
    overrides.withdraw(request.actor, there, why.reason)
    return shown(there)


def shown(kept: Override) -> dict[str, Any]:
    """An override with those who spoke, as plain values."""
    names = [field for field in OverrideOut.model_fields if field not in ("words", "withdrawn")]
    plain = {OverrideOut.model_fields[name].validation_alias or name: None for name in names}
    said = {str(name): getattr(kept, str(name)) for name in plain}
    return said | {"words": list(kept.signatures.all()), "withdrawn": overrides.is_withdrawn(kept)}


class CaseOut(Schema):
    """A case for a blind second rating: the case and its evidence, nobody's value."""

    oid: str
    title: str
    category: str
    target: str
    where: dict[str, str]
    proofs: list[dict[str, str]]
    created: date


class Second(Wish):
    """A second rating, in one of one's roles."""

    role: Role
    value: Level
    reason: Long


@endpoint("GET", "reratings", JUDGE, answers=list[CaseOut])
def cases(request: HttpRequest) -> Any:
    """The cases that wait for your second rating."""
    return [_plain(one) for one in reratings.waiting(request.actor)]


@endpoint("GET", "reratings/{oid}", JUDGE, answers=CaseOut, objects="case")
def case(request: HttpRequest, oid: Oid) -> Any:
    """One case that waits for your second rating."""
    return _plain(reratings.case(request.actor, oid))


@endpoint("POST", "reratings/{oid}", JUDGE, answers=None, status=204, objects="case")
def rerate(request: HttpRequest, oid: Oid, said: Second) -> Any:
    """Rate a case of another office, blind and once."""
    reratings.rate(request.actor, oid, said.role, said.value, said.reason)


def _plain(case: reratings.Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in case.__slots__} | {
        "where": dict(case.where),
        "proofs": [dict(p) for p in case.proofs],
    }
