"""Contracts and their threads over the API: taken up, linked, followed, looked after by named people."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import Field

from duecare.casebook.access import Need
from duecare.casebook.acts import contracts
from duecare.casebook.models import Contract, Person, ThreadLink
from duecare.casebook.thread import thread_of
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import one, seen
from duecare.web.api.shapes import Asked, Code, Line, Long, Made, Oid, Page, Role, Wish, paged
from duecare.web.room import found_line, line_of

SEE, WRITE = Need("BIZ"), Need("BIZ", "write")
Files = Annotated[list[Oid], Field(max_length=50)]


class ContractOut(Made):
    """A contract that somebody works on."""

    structure: str = Field(validation_alias="structure_id")
    contract_id: str
    line_id: str
    title: str
    manager: str | None = Field(default=None, validation_alias="manager_id")
    focal_point: str | None = Field(default=None, validation_alias="focal_point_id")


class EventOut(Made):
    """What became of a link."""

    link: str = Field(validation_alias="link_id")
    state: str
    note: str
    evidence: list[str]


class LinkOut(Made):
    """One link of a thread; ``answers`` is the link that it follows from."""

    contract: str = Field(validation_alias="contract_id")
    kind: str
    answers: str | None = Field(default=None, validation_alias="answers_id")
    code: str
    text: str
    run: str
    owner_role: str
    due: date | None = None
    evidence: list[str]


class StepOut(Schema):
    """A link with its events and what is missing there."""

    link: LinkOut
    state: str
    events: list[EventOut]
    gaps: list[str]


class ThreadOut(Schema):
    """A contract with its whole thread."""

    contract: ContractOut
    thread: list[StepOut]


class TakeUp(Wish):
    """The line whose contract is taken up."""

    line_id: Line


class NewLink(Wish):
    """A link to be added: what it is, what it says, and what it answers."""

    kind: Annotated[str, Field(max_length=8)]
    text: Long
    answers: Oid | None = None
    code: Code = ""
    owner_role: Role | None = None
    due: date | None = None
    evidence: Files = Field(default_factory=list)


class NewEvent(Wish):
    """What became of a link: planned, running, done, late or dropped."""

    state: Annotated[str, Field(max_length=8)]
    note: Long = ""
    evidence: Files = Field(default_factory=list)


class Named(Wish):
    """Who looks after a contract; empty for nobody."""

    manager: Oid | None = None
    focal_point: Oid | None = None


@endpoint("GET", "contracts", SEE, answers=Page[ContractOut])
def listed(request: HttpRequest, asked: Asked) -> Any:
    """The contracts that somebody works on."""
    return paged(seen(request, Contract.objects.all()), asked)


@endpoint("POST", "contracts", WRITE, answers=ContractOut, status=201)
def take_up(request: HttpRequest, wish: TakeUp) -> Any:
    """Take up the contract of a line of the newest run; gives the one that is there, or makes it."""
    _, item = found_line(request, wish.line_id)
    return contracts.contract_of(request.actor, line_of(item))


@endpoint("GET", "contracts/{oid}", SEE, answers=ThreadOut, objects="contract")
def contract(request: HttpRequest, oid: Oid) -> Any:
    """One contract with its thread and its gaps."""
    found = one(request, Contract.objects.all(), oid)
    thread = thread_of(found)
    steps = [
        {"link": step.link, "state": step.state, "events": list(step.events), "gaps": list(thread.gap_of(step.link))}
        for step in thread.steps
    ]
    return {"contract": found, "thread": steps}


@endpoint("PUT", "contracts/{oid}/people", WRITE, answers=ContractOut, objects="contract")
def name_people(request: HttpRequest, oid: Oid, wish: Named) -> Any:
    """Name who manages a contract and who is its focal point."""
    found = one(request, Contract.objects.all(), oid)
    named = {name: _named(found, name, getattr(wish, name), request) for name in contracts.LOOKS_AFTER}
    return contracts.name_people(request.actor, found, named["manager"], named["focal_point"])


def _named(contract: Contract, name: str, oid: str | None, request: HttpRequest) -> Person | None:
    """One of the people who could be named; anybody else is not there."""
    if oid is None:
        return None
    fits = contracts.candidates(contract.structure_id, contracts.LOOKS_AFTER[name], request.actor.day)
    found = next((person for person in fits if person.oid == oid), None)
    if found is None:
        raise Http404
    return found


@endpoint("POST", "contracts/{oid}/links", WRITE, answers=LinkOut, status=201, objects="contract")
def add_link(request: HttpRequest, oid: Oid, wish: NewLink) -> Any:
    """Add a link to a contract's thread."""
    found = one(request, Contract.objects.all(), oid)
    _, item = found_line(request, found.line_id)
    said = wish.dict() | {"answers": wish.answers or "", "owner_role": wish.owner_role or ""}
    return contracts.add_link(request.actor, line_of(item), contracts.Wish(**said))


@endpoint("GET", "links", SEE, answers=Page[LinkOut])
def due_links(request: HttpRequest, asked: Asked, until: date) -> Any:
    """Links that are to be done by a day, the earliest first."""
    return paged(contracts.due_links(request.actor, until), asked)


@endpoint("POST", "links/{oid}/events", WRITE, answers=EventOut, status=201, objects="link")
def add_event(request: HttpRequest, oid: Oid, wish: NewEvent) -> Any:
    """Say what became of a link."""
    link = one(request, ThreadLink.objects.select_related("contract"), oid, "contract__structure")
    return contracts.add_event(request.actor, link, wish.state, wish.note, wish.evidence)
