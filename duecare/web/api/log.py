"""The audit log over the API: entries, the head to be kept elsewhere, and whether the chain is whole."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from duecare.casebook import audit
from duecare.casebook.access import Need, NotAllowed
from duecare.casebook.models import AuditEntry
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import seen
from duecare.web.api.shapes import Asked, Page, Wish, paged

SEE = Need("AUDIT")


class EntryOut(Schema):
    """One entry of the log: ids and codes, never content or names."""

    number: int
    at: datetime
    person: str
    via: str
    act: str
    kind: str
    object: str
    structure: str
    detail: dict[str, Any]
    before: str
    digest: str


class HeadOut(Schema):
    """The last entry: keep it elsewhere to prove later that nothing was cut off."""

    number: int
    digest: str
    at: datetime | None = None


class VerifiedOut(Schema):
    """What walking the whole chain found; ``fault`` is empty where it is whole."""

    head: HeadOut
    fault: str
    number: int


class Kept(Wish):
    """A head that was exported before, or nothing."""

    number: Annotated[int, Field(ge=0, le=2**62)] = 0
    digest: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


@endpoint("GET", "audit", SEE, answers=Page[EntryOut])
def entries(request: HttpRequest, asked: Asked) -> Any:
    """The log, newest first. That you read it is written into it first."""
    return paged(seen(request, AuditEntry.objects.order_by("-number")), asked)


@endpoint("GET", "audit/head", SEE, answers=HeadOut)
def head(request: HttpRequest) -> Any:
    """The last entry's number and digest."""
    _everywhere(request)
    return _head(audit.head())


@endpoint("POST", "audit/verification", SEE, answers=VerifiedOut)
def verification(request: HttpRequest, kept: Kept) -> Any:
    """Walk the whole chain; with a head that was exported, also prove that it still stands."""
    _everywhere(request)
    found = audit.verify(audit.Head(kept.number, kept.digest) if kept.digest else None)
    return {"head": _head(found.head), "fault": found.fault, "number": found.number}


def _head(kept: audit.Head) -> dict[str, Any]:
    return {"number": kept.number, "digest": kept.digest, "at": kept.at}


def _everywhere(request: HttpRequest) -> None:
    if not request.reach.may(SEE):
        raise NotAllowed(
            "The chain is one for the whole organisation; somebody who may read the whole log can do this."
        )
