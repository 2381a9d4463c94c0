"""Review queues over the API: what was bought where it is unsure, corrections that wait for a second person, parked rows."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import Field

from duecare.casebook.access import Need
from duecare.casebook.acts import quarantine, readings
from duecare.identify.decisions import SecondPersonNeeded
from duecare.web import reviewing
from duecare.web.api.endpoints import endpoint
from duecare.web.api.shapes import Asked, Code, Line, Made, Oid, Page, Wish, paged

SEE, JUDGE = Need("BIZ"), Need("JUDGE", "write")
Key = Annotated[str, Field(pattern="^[0-9a-f]{4,32}$", description="The key of a text.")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="The digest of a file.")]


class ProposalOut(Made):
    """A correction that waits for a second person."""

    structure: str | None = Field(default=None, validation_alias="structure_id")
    key: str
    line_id: str
    title: str
    category: str
    cpv: str
    reason: str
    role: str


class Opinion(Wish):
    """What a person says of one text: accept its reading, or correct it."""

    verb: Annotated[str, Field(pattern="^(accept|correct)$")]
    line: Line | None = Field(default=None, description="Only for this line, not for all that say the same.")
    category: Annotated[str, Field(max_length=20)] = ""
    cpv: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=4000)] = ""


class Kept(Schema):
    """What became of it: how many lines it is about, or the correction that now waits for a second person."""

    lines: int = 0
    waits: ProposalOut | None = None


class Second(Wish):
    """The second person's word; to object needs the reason."""

    agrees: bool
    note: Annotated[str, Field(max_length=4000)] = ""


@endpoint("GET", "reviews", SEE, answers=Page[dict[str, Any]])
def waiting(request: HttpRequest, asked: Asked) -> Any:
    """Texts whose purchase is unsure, the most at stake first."""
    return paged(reviewing.waiting(request.actor)["items"], asked)


@endpoint("POST", "reviews/{key}", JUDGE, answers=Kept, status=201, objects="reading")
def decide(request: HttpRequest, key: Key, said: Opinion) -> Any:
    """Say what was bought. Going below a sure reading waits for a second person."""
    item = next((row for row in reviewing.waiting(request.actor)["items"] if row["key"] == key), None)
    if item is None:
        raise Http404
    opinion = reviewing.Said(
        "accept" if said.verb == "accept" else "correct", said.line or "", said.category, said.cpv, said.reason
    )
    try:
        return {"lines": reviewing.decide(request.actor, item["key"], opinion)["lines"]}
    except SecondPersonNeeded:
        return {"waits": reviewing.propose(request.actor, item["key"], opinion, item["title"])}


@endpoint("GET", "proposals", Need("JUDGE"), answers=Page[ProposalOut])
def proposals(request: HttpRequest, asked: Asked) -> Any:
    """Corrections that wait for a second person."""
    return paged(readings.proposals_seen(request.actor), asked)


@endpoint("GET", "proposals/{oid}", Need("JUDGE"), answers=ProposalOut, objects="proposal")
def proposal(request: HttpRequest, oid: Oid) -> Any:
    """One correction that waits."""
    return readings.proposal_seen(request.actor, oid)


@endpoint("POST", "proposals/{oid}", JUDGE, answers=None, status=204, objects="proposal")
def answer(request: HttpRequest, oid: Oid, said: Second) -> Any:
    """Sign a correction, or object to it with a reason."""
    waits = readings.proposal_seen(request.actor, oid)
    if said.agrees:
        reviewing.sign(request.actor, waits, "")
    else:
        readings.answer(request.actor, waits, agrees=False, note=said.note)


class ParkedOut(Schema):
    """The rows that one file has parked for one reason, with the last word on them."""

    sha256: str
    file: str
    code: str
    rows: int
    office: str | None = None
    verdict: str
    note: str


class Verdict(Wish):
    """What is to become of parked rows: fix, leave or ask."""

    verdict: Annotated[str, Field(max_length=8)]
    note: Annotated[str, Field(max_length=2000)] = ""


class GroupOut(Schema):
    """A group of parked rows with the first of them."""

    group: ParkedOut
    rows: list[dict[str, Any]]


@endpoint("GET", "quarantine", SEE, answers=Page[ParkedOut])
def parked(request: HttpRequest, asked: Asked) -> Any:
    """Rows that were parked, by file and reason."""
    return paged(reviewing.parked(request.actor), asked, _group)


@endpoint("GET", "quarantine/{sha256}/{code}", SEE, answers=GroupOut, objects="parked")
def group(request: HttpRequest, sha256: Digest, code: Code) -> Any:
    """One group of parked rows."""
    found = _found(request, sha256, code)
    return {"group": _group(found), "rows": reviewing.rows_of(found)}


@endpoint("POST", "quarantine/{sha256}/{code}", JUDGE, answers=GroupOut, status=201, objects="parked")
def judge(request: HttpRequest, sha256: Digest, code: Code, said: Verdict) -> Any:
    """Say what is to become of a group of parked rows."""
    found = _found(request, sha256, code)
    office = found.upload.structure if found.upload else None
    quarantine.judge(request.actor, sha256, said.verdict, structure=office, code=code, note=said.note)
    return group(request, sha256, code)


def _found(request: HttpRequest, sha256: str, code: str) -> reviewing.Parked:
    found = next((row for row in reviewing.parked(request.actor) if (row.sha256, row.code) == (sha256, code)), None)
    if found is None:
        raise Http404
    return found


def _group(found: reviewing.Parked) -> dict[str, Any]:
    said = {name: getattr(found, name) for name in ("sha256", "file", "code", "rows", "office")}
    return said | {
        "verdict": found.review.verdict if found.review else "open",
        "note": found.review.note if found.review else "",
    }
