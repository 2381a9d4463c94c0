"""Runs, findings, their explanation, the list that fits, and what people decided about a finding, over the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Query, Schema
from pydantic import Field

from duecare.casebook.access import Need
from duecare.casebook.acts import decisions
from duecare.casebook.models import Decision
from duecare.communicate.reading_room import FACETS, ORDERS, Room
from duecare.communicate.reading_room import Asked as Narrowed
from duecare.errors import CannotAnswer
from duecare.register.runs import about_run
from duecare.register.store import Register
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import newest_room, seen
from duecare.web.api.shapes import Asked, Line, Long, Made, Page, Paging, Run, Wish, paged
from duecare.web.pages import compare
from duecare.web.room import found_line, line_of, offices_of

SEE, JUDGE = Need("BIZ"), Need("JUDGE", "write")
Value = Annotated[str, Field(max_length=300)]
MOST_START = 10_000_000
HIDDEN = (
    "band",
    "band_hi",
    "L",
    "L_lo",
    "L_hi",
    "S",
    "SAL",
    "PRI",
    "ddl",
    "confidence",
    "confidence_band",
    "mandatory",
    "stage",
    "ruling",
)
"""What a person does not see of a line before they have said their own estimate (TRP19)."""


class RunOut(Schema):
    """A run: the day and the method that it was made with."""

    id: str
    as_of: date
    method: str
    newest: bool


@endpoint("GET", "runs", SEE, answers=Page[RunOut])
def runs(request: HttpRequest, asked: Asked) -> Any:
    """All runs, the newest first."""
    folder = settings.DUECARE_HOME.register
    kept = Register.existing(folder).runs()[::-1] if (folder / "register.json").is_file() else []
    newest = kept[0].name if kept else ""
    return paged(kept, asked, lambda run: _about(about_run(run), newest))


def _about(about: dict[str, Any], newest: str) -> dict[str, Any]:
    return {name: about[name] for name in ("id", "as_of", "method")} | {"newest": about["id"] == newest}


class Difference(Schema):
    """Two runs compared, in the offices that you reach."""

    before: str
    after: str
    both: int
    bands_changed: int
    changed: list[dict[str, Any]]
    new: list[dict[str, Any]]
    vanished: list[dict[str, Any]]


@endpoint("GET", "runs/{before}/differences/{after}", SEE, answers=Difference, objects="run")
def differences(request: HttpRequest, before: Run, after: Run) -> Any:
    """Which lines changed from one run to another and why, which are new and which are gone."""
    known = {run for run, _ in compare.known_runs()}
    if not {before, after} <= known:
        raise Http404
    found = compare.within(compare.difference(before, after), offices_of(request), before, after)
    return {name: found[name] for name in ("both", "bands_changed", "changed", "new", "vanished")} | {
        "before": before,
        "after": after,
    }


class FindingOut(Schema):
    """One finding as it stands in a list; the values of a rating are empty where ``estimate_first`` is true."""

    line_id: str
    contract_id: str | None = None
    office: str
    title: str | None = None
    supplier_name: str | None = None
    category: str | None = None
    category_title: str | None = None
    profile: str | None = None
    country: str | None = None
    origin_country: str | None = None
    band: str | None = None
    L: float | None = None
    L_lo: float | None = None
    L_hi: float | None = None
    S: float | None = None
    SAL: float | None = None
    PRI: float | None = None
    ddl: str | None = None
    confidence: float | None = None
    confidence_band: str | None = None
    timing: str | None = None
    stage: str | None = None
    mandatory: bool | None = None
    amount: Decimal | None = None
    currency: str | None = None
    award_date: date | None = None
    start_date: date | None = None
    end_date: date | None = None
    estimate_first: bool = False


class Narrowing(Paging):
    """How the list is narrowed and sorted; each facet may be given several times."""

    office: list[Value] = Field(default_factory=list)
    band: list[Value] = Field(default_factory=list)
    category: list[Value] = Field(default_factory=list)
    timing: list[Value] = Field(default_factory=list)
    country: list[Value] = Field(default_factory=list)
    origin: list[Value] = Field(default_factory=list)
    care: list[Value] = Field(default_factory=list)
    confidence: list[Value] = Field(default_factory=list)
    stage: list[Value] = Field(default_factory=list)
    q: Annotated[str, Field(max_length=200)] = ""
    order: Annotated[str, Field(pattern=f"^({'|'.join(ORDERS)})$")] = "priority"
    falling: bool = True

    def within(self, request: HttpRequest) -> Narrowed:
        """As the reading room takes it, within the offices of the one who asks."""
        chosen = {name: getattr(self, name) for name in FACETS if getattr(self, name)}
        return Narrowed(offices_of(request), chosen, self.q)


Chosen = Annotated[Narrowing, Query(...)]


@endpoint("GET", "findings", SEE, answers=Page[FindingOut])
def findings(request: HttpRequest, asked: Chosen) -> Any:
    """The findings of the newest run, most urgent first, in the offices that you reach."""
    room = newest_room()
    if room is None:
        return paged([], asked)
    wanted = asked.within(request)
    rows = room.page(wanted, asked.order, min(asked.start, MOST_START), asked.size, falling=asked.falling)
    return {"items": masked(request, room, rows), "count": room.count(wanted), "page": asked.page, "size": asked.size}


def masked(request: HttpRequest, room: Room, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without the rating where this person has still to say their own estimate."""
    waiting = decisions.waiting(request.actor, [row["line_id"] for row in rows], room.id)
    return [_masked(row) if row["line_id"] in waiting else row for row in rows]


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    return row | dict.fromkeys(HIDDEN) | {"estimate_first": True}


@endpoint("GET", "facets", SEE, answers=dict[str, dict[str, int]])
def facets(request: HttpRequest, asked: Chosen) -> Any:
    """What findings can be narrowed by: facet to value to number of findings."""
    room = newest_room()
    return room.facets(asked.within(request)) if room is not None else {name: {} for name in FACETS}


class Fitting(Schema):
    """How many items fit."""

    capacity: int = Field(default=10, ge=1, le=1000)


@endpoint("GET", "list", SEE, answers=list[FindingOut])
def my_list(request: HttpRequest, asked: Annotated[Fitting, Query(...)]) -> Any:
    """The list that fits: what to look at first, in the offices that you reach."""
    room = newest_room()
    if room is None:
        return []
    named = [chosen.line_id for chosen in room.ranked(offices_of(request), asked.capacity).chosen]
    rows = room.lines(offices_of(request), named)
    return masked(request, room, [rows[line] for line in named if line in rows])


@endpoint("GET", "findings/{line}", SEE, answers=dict[str, Any], objects="line")
def finding(request: HttpRequest, line: Line) -> Any:
    """One finding as findings.json has it. 409 where you have to say your own estimate first."""
    return _shown(request, line)[1]


@endpoint("GET", "findings/{line}/explanation", SEE, answers=dict[str, Any], objects="line")
def explanation(request: HttpRequest, line: Line) -> Any:
    """The whole arithmetic of one finding with its sources. 409 where you have to say your own estimate first."""
    room, _ = _shown(request, line)
    return room.explained(offices_of(request), line)


def _shown(request: HttpRequest, line: str) -> tuple[Room, dict[str, Any]]:
    room, item = found_line(request, line)
    if decisions.waiting(request.actor, [line], room.id):
        decisions.record_asked(request.actor, line, room.id)
        raise CannotAnswer(
            "Say your own estimate of this line first: POST findings/LINE/estimate; an empty band says nothing."
        )
    return room, item


class Estimate(Wish):
    """One's own estimate: a band, or nothing where one does not want to say."""

    band: Annotated[str, Field(pattern="^(LOW|MODERATE|HIGH|VERY_HIGH)?$")] = ""


@endpoint("POST", "findings/{line}/estimate", JUDGE, answers=dict[str, Any], objects="line")
def estimate(request: HttpRequest, line: Line, said: Estimate) -> Any:
    """Say one's own estimate of a line; the answer is the finding."""
    _, item = found_line(request, line)
    decisions.own_estimate(request.actor, line_of(item), said.band, item["band"])
    return item


class DecisionOut(Made):
    """What somebody decided, with the finding as it stood."""

    contract: str = Field(validation_alias="contract_id")
    line_id: str
    run: str
    finding: dict[str, Any]
    kind: str
    what: str
    why: str
    role: str
    expires: date | None = None
    replaces: str | None = Field(default=None, validation_alias="replaces_id")


class Verdict(Wish):
    """A decision: accept, act, escalate, defer or close; what is done, why, and until when it holds."""

    kind: Annotated[str, Field(max_length=8)]
    what: Long
    why: Long
    expires: date | None = None


@endpoint("GET", "decisions", Need("JUDGE"), answers=Page[DecisionOut])
def decided(request: HttpRequest, asked: Asked, line: Line | None = None) -> Any:
    """Decisions in the offices that you reach, newest first."""
    rows = seen(request, Decision.objects.order_by("-at", "-oid"), "contract__structure")
    return paged(rows.filter(line_id=line) if line else rows, asked)


@endpoint("POST", "findings/{line}/decisions", JUDGE, answers=DecisionOut, status=201, objects="line")
def decide(request: HttpRequest, line: Line, said: Verdict) -> Any:
    """Decide about a finding of the newest run; it stands beside the finding."""
    _, item = _shown(request, line)
    return decisions.decide(request.actor, line_of(item), item, decisions.Verdict(**said.dict()))
