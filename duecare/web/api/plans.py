"""Actions, talks with suppliers and trainings over the API. A change names the version that it was made on: 409 where somebody was faster."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import Field

from duecare.casebook.access import Need
from duecare.casebook.acts import plans
from duecare.casebook.models import Action, Contract, Engagement, Training
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import needed_office, office_wanted, one, seen
from duecare.web.api.shapes import Asked, Code, Line, Long, Made, Oid, Page, Role, Short, Wish, paged

SEE, WRITE = Need("PLAN"), Need("PLAN", "write")
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Hours = Annotated[Decimal, Field(ge=0, max_digits=5, decimal_places=1)]
Version = Annotated[int, Field(ge=1, le=1_000_000, description="The version that this change was made on.")]


class ActionOut(Made):
    """One action of an office's plan."""

    structure: str = Field(validation_alias="structure_id")
    contract: str | None = Field(default=None, validation_alias="contract_id")
    title: str
    objective: str
    owner_role: str
    start: date
    due: date
    measure_code: str
    category: str
    budget_amount: Decimal | None = None
    budget_currency: str
    hours: Decimal | None = None
    kpi: str
    baseline: str
    target: str
    state: str
    dropped_because: str
    depends_on: str | None = Field(default=None, validation_alias="depends_on_id")
    evidence: list[str]
    risks: list[str]
    version: int


class PlanWish(Wish):
    """An action as somebody wants it to stand."""

    title: Short
    objective: Code
    owner_role: Role
    start: date
    due: date
    measure_code: Code = ""
    category: Annotated[str, Field(max_length=5)] = ""
    budget_amount: Money | None = None
    budget_currency: Annotated[str, Field(max_length=3)] = ""
    hours: Hours | None = None
    kpi: Annotated[str, Field(max_length=3)] = ""
    baseline: Annotated[str, Field(max_length=100)] = ""
    target: Annotated[str, Field(max_length=100)] = ""
    state: Annotated[str, Field(max_length=8)] = "planned"
    dropped_because: Long = ""
    evidence: Annotated[list[Short], Field(max_length=50)] = Field(default_factory=list)
    risks: Annotated[list[Line], Field(max_length=500)] = Field(default_factory=list)
    contract: Oid | None = None
    depends_on: Oid | None = None


class NewAction(PlanWish):
    """A new action of an office."""

    structure: Oid


class ChangedAction(PlanWish):
    """An action as it shall stand from now on."""

    version: Version


@endpoint("GET", "actions", SEE, answers=Page[ActionOut])
def actions(request: HttpRequest, asked: Asked, structure: Oid | None = None) -> Any:
    """The actions of the offices that you reach, the earliest due first."""
    rows = seen(request, Action.objects.all())
    return paged(rows.filter(structure=structure) if structure else rows, asked)


@endpoint("POST", "actions", WRITE, answers=ActionOut, status=201)
def add_action(request: HttpRequest, wish: NewAction) -> Any:
    """Put an action into an office's plan."""
    return plans.add_action(request.actor, needed_office(request, wish.structure), _plan(request, wish))


@endpoint("GET", "actions/{oid}", SEE, answers=ActionOut, objects="action")
def action(request: HttpRequest, oid: Oid) -> Any:
    """One action."""
    return one(request, Action.objects.all(), oid)


@endpoint("PUT", "actions/{oid}", WRITE, answers=ActionOut, objects="action")
def change_action(request: HttpRequest, oid: Oid, wish: ChangedAction) -> Any:
    """Change an action."""
    there = one(request, Action.objects.select_related("structure"), oid)
    return plans.change_action(request.actor, there, wish.version, _plan(request, wish))


def _plan(request: HttpRequest, wish: PlanWish) -> plans.Plan:
    said = wish.dict(exclude={"structure", "version", "contract", "depends_on"})
    before = one(request, Action.objects.all(), wish.depends_on) if wish.depends_on else None
    return plans.Plan(**said, contract=_contract(request, wish.contract), depends_on=before)


def _contract(request: HttpRequest, oid: str | None) -> Contract | None:
    return one(request, Contract.objects.all(), oid, need=Need("BIZ")) if oid else None


class EngagementOut(Made):
    """One talk with a supplier."""

    structure: str = Field(validation_alias="structure_id")
    contract: str | None = Field(default=None, validation_alias="contract_id")
    supplier: str
    kind: str
    planned: date
    held: date | None = None
    topic: str
    outcome: str
    version: int


class TalkWish(Wish):
    """A talk as somebody wants it to stand."""

    supplier: Short
    kind: Annotated[str, Field(max_length=10)]
    planned: date
    topic: Short
    held: date | None = None
    outcome: Long = ""
    contract: Oid | None = None


class NewEngagement(TalkWish):
    """A new talk of an office."""

    structure: Oid


class ChangedEngagement(TalkWish):
    """A talk as it shall stand from now on."""

    version: Version


@endpoint("GET", "engagements", SEE, answers=Page[EngagementOut])
def engagements(request: HttpRequest, asked: Asked) -> Any:
    """Talks with suppliers, planned and held."""
    return paged(seen(request, Engagement.objects.all()), asked)


@endpoint("POST", "engagements", WRITE, answers=EngagementOut, status=201)
def add_engagement(request: HttpRequest, wish: NewEngagement) -> Any:
    """Plan or record a talk with a supplier."""
    return plans.add_talk(request.actor, needed_office(request, wish.structure), _talk(request, wish))


@endpoint("GET", "engagements/{oid}", SEE, answers=EngagementOut, objects="engagement")
def engagement(request: HttpRequest, oid: Oid) -> Any:
    """One talk."""
    return one(request, Engagement.objects.all(), oid)


@endpoint("PUT", "engagements/{oid}", WRITE, answers=EngagementOut, objects="engagement")
def change_engagement(request: HttpRequest, oid: Oid, wish: ChangedEngagement) -> Any:
    """Change a talk, such as by saying when it was held and what came of it."""
    there = one(request, Engagement.objects.select_related("structure"), oid)
    return plans.change_talk(request.actor, there, wish.version, _talk(request, wish))


def _talk(request: HttpRequest, wish: TalkWish) -> plans.Talk:
    said = wish.dict(exclude={"structure", "version", "contract"})
    return plans.Talk(**said, contract=_contract(request, wish.contract))


class TrainingOut(Made):
    """One training that was held; people are counts by role."""

    structure: str | None = Field(default=None, validation_alias="structure_id")
    module: str
    title: str
    held: date
    hours: Decimal
    reached: dict[str, int]
    version: int


class CourseWish(Wish):
    """A training as somebody wants it to stand. ``reached`` is role (or SUP for suppliers) to number of people."""

    module: Code
    title: Short
    held: date
    hours: Hours
    reached: dict[Role, Annotated[int, Field(ge=0, le=100_000)]]


class NewTraining(CourseWish):
    """A new training of an office, or of the whole organisation without one."""

    structure: Oid | None = None


class ChangedTraining(CourseWish):
    """A training as it shall stand from now on."""

    version: Version


@endpoint("GET", "trainings", SEE, answers=Page[TrainingOut])
def trainings(request: HttpRequest, asked: Asked) -> Any:
    """Trainings that were held."""
    return paged(seen(request, Training.objects.all()), asked)


@endpoint("POST", "trainings", WRITE, answers=TrainingOut, status=201)
def add_training(request: HttpRequest, wish: NewTraining) -> Any:
    """Record a training that was held."""
    return plans.add_training(request.actor, office_wanted(request, wish.structure), _course(wish))


@endpoint("GET", "trainings/{oid}", SEE, answers=TrainingOut, objects="training")
def training(request: HttpRequest, oid: Oid) -> Any:
    """One training."""
    return one(request, Training.objects.all(), oid)


@endpoint("PUT", "trainings/{oid}", WRITE, answers=TrainingOut, objects="training")
def change_training(request: HttpRequest, oid: Oid, wish: ChangedTraining) -> Any:
    """Correct a training."""
    return plans.change_training(request.actor, one(request, Training.objects.all(), oid), wish.version, _course(wish))


def _course(wish: CourseWish) -> plans.Course:
    return plans.Course(**wish.dict(exclude={"structure", "version"}))
