"""What an office plans and does: actions with all their versions, talks with suppliers, trainings held (METHOD 7.3, 7.4, 7.6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from duecare.casebook import freetext
from duecare.casebook.access import Need
from duecare.casebook.models import Action, Engagement, Structure, Training
from duecare.casebook.models.people import ROLES
from duecare.casebook.models.plans import ACTION_STATES, OBJECTIVES
from duecare.casebook.writing import Actor, written
from duecare.errors import DuecareError, WrongUsage

if TYPE_CHECKING:
    from duecare.casebook.models import Contract

WRITE, SEE = Need("PLAN", "write"), Need("PLAN", "read")
OPEN_STATES = frozenset({"planned", "running", "late"})
KINDS = ("meeting", "workshop", "letter", "visit", "call")
MODULES = tuple(f"TR{number}" for number in range(1, 13))
KPIS = tuple(f"K{number:02d}" for number in range(1, 31))
SUPPLIERS = "SUP"
"""In a training's counts: people of suppliers, who have no role here."""
LEAST_REASON = 10
Versioned = TypeVar("Versioned", Action, Engagement, Training)


class Changed(DuecareError):
    """Somebody changed it after the form was opened; ``now`` holds what stands in the record."""

    exit_code = 2

    def __init__(self, now: Action | Engagement | Training) -> None:
        super().__init__(
            "Somebody changed this after you opened the form. Nothing of yours was saved; look at both and send it again."
        )
        self.now = now


@dataclass(frozen=True, slots=True)
class Plan:
    """An action as somebody wants it to stand."""

    title: str
    objective: str
    owner_role: str
    start: date
    due: date
    measure_code: str = ""
    category: str = ""
    budget_amount: Decimal | None = None
    budget_currency: str = ""
    hours: Decimal | None = None
    kpi: str = ""
    baseline: str = ""
    target: str = ""
    state: str = "planned"
    dropped_because: str = ""
    evidence: Sequence[str] = ()
    risks: Sequence[str] = ()
    contract: Contract | None = None
    depends_on: Action | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk with a supplier as somebody wants it to stand."""

    supplier: str
    kind: str
    planned: date
    topic: str
    held: date | None = None
    outcome: str = ""
    contract: Contract | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A training that was held; ``reached`` is role to number of people."""

    module: str
    title: str
    held: date
    hours: Decimal
    reached: Mapping[str, int]


def add_action(actor: Actor, structure: Structure, plan: Plan) -> Action:
    """Put an action into an office's plan. Raises ``WrongUsage`` naming the field."""
    return _made(actor, structure, Action, "action", _planned(structure, plan, None))


def change_action(actor: Actor, action: Action, version: int, plan: Plan) -> Action:
    """Change an action that stands at ``version``; raises ``Changed`` where somebody was quicker."""
    return _changed(actor, action, version, "action", _planned(action.structure, plan, action))


def add_talk(actor: Actor, structure: Structure, talk: Talk) -> Engagement:
    """Plan or record a talk with a supplier."""
    return _made(actor, structure, Engagement, "engagement", _talked(structure, talk, actor.day))


def change_talk(actor: Actor, engagement: Engagement, version: int, talk: Talk) -> Engagement:
    """Change a talk that stands at ``version``, such as by saying when it was held and what came of it."""
    return _changed(actor, engagement, version, "engagement", _talked(engagement.structure, talk, actor.day))


def add_training(actor: Actor, structure: Structure | None, course: Course) -> Training:
    """Record a training that was held in an office, or for the whole organisation without one."""
    return _made(actor, structure, Training, "training", _trained(course, actor.day))


def change_training(actor: Actor, training: Training, version: int, course: Course) -> Training:
    """Correct a training that stands at ``version``."""
    return _changed(actor, training, version, "training", _trained(course, actor.day))


def is_late(action: Action, day: date) -> bool:
    """Whether an action is open although its day has passed, or is marked as late."""
    return action.state == "late" or (action.state in OPEN_STATES and action.due < day)


# --- keeping -------------------------------------------------------------------------------------------------------------


def _made(
    actor: Actor, structure: Structure | None, kind: type[Versioned], name: str, said: Mapping[str, Any]
) -> Versioned:
    office = structure.oid if structure is not None else None
    actor.must(WRITE, office)
    with written(actor, f"{name}.add", kind=name, structure=office) as note:
        made = kind(structure=structure, **said, at=actor.at, by=actor.person)
        _signed(actor, made).save(force_insert=True)
        note(made.oid)
    return made


def _changed(actor: Actor, there: Versioned, version: int, name: str, said: Mapping[str, Any]) -> Versioned:
    actor.must(WRITE, there.structure_id)
    with written(actor, f"{name}.change", kind=name, structure=there.structure_id) as note:
        fresh = type(there).objects.select_for_update().get(pk=there.pk)
        if fresh.version != version:
            raise Changed(fresh)
        changed = sorted(field for field, value in said.items() if getattr(fresh, field) != value)
        for field in changed:
            setattr(fresh, field, said[field])
        if changed:
            fresh.version += 1
            _signed(actor, fresh).save()
        note(fresh.oid, {"version": fresh.version, "fields": changed})
    return fresh


def _signed(actor: Actor, changed: Versioned) -> Versioned:
    """With its history entry signed and dated."""
    changed._history_user, changed._history_date = actor.person, actor.at  # noqa: SLF001 - where the library looks
    return changed


# --- checking ------------------------------------------------------------------------------------------------------------


def _planned(structure: Structure, plan: Plan, there: Action | None) -> dict[str, Any]:
    texts = ("title", "dropped_because", "baseline", "target")
    said = _fields(plan) | freetext.checked(**{name: getattr(plan, name) for name in texts})
    _within(said, title=300, baseline=100, target=100)
    _one_of(said, objective=OBJECTIVES, owner_role=ROLES, state=ACTION_STATES, kpi=("", *KPIS))
    if plan.due < plan.start:
        raise WrongUsage("due: the last day lies before the first.")
    if (plan.budget_amount is None) != (not plan.budget_currency):
        raise WrongUsage("budget_currency: an amount needs its currency, and a currency its amount.")
    if any(number is not None and number < 0 for number in (plan.budget_amount, plan.hours)):
        raise WrongUsage("budget_amount: a budget is not below zero.")
    if plan.state == "dropped" and len(said["dropped_because"]) < LEAST_REASON:
        raise WrongUsage(f"dropped_because: say why it is dropped, in at least {LEAST_REASON} characters.")
    if plan.contract is not None and plan.contract.structure_id != structure.oid:
        raise WrongUsage("contract: it belongs to another office.")
    _no_circle(structure, plan, there)
    freetext.checked(evidence=" ".join(plan.evidence))
    return said | {
        "evidence": [one.strip() for one in plan.evidence if one.strip()][:50],
        "risks": list(plan.risks)[:500],
    }


def _no_circle(structure: Structure, plan: Plan, there: Action | None) -> None:
    before = plan.depends_on
    if before is not None and before.structure_id != structure.oid:
        raise WrongUsage("depends_on: it belongs to another office.")
    while before is not None:
        if there is not None and before.pk == there.pk:
            raise WrongUsage("depends_on: the actions would wait for each other.")
        before = before.depends_on


def _talked(structure: Structure, talk: Talk, day: date) -> dict[str, Any]:
    said = _fields(talk) | freetext.checked(topic=talk.topic, outcome=talk.outcome)
    said["supplier"] = " ".join(talk.supplier.split())
    _within(said, supplier=300, topic=300)
    _one_of(said, kind=KINDS)
    if talk.held is not None and talk.held > day:
        raise WrongUsage("held: the day lies in the future.")
    if talk.contract is not None and talk.contract.structure_id != structure.oid:
        raise WrongUsage("contract: it belongs to another office.")
    return said


def _trained(course: Course, day: date) -> dict[str, Any]:
    said = _fields(course) | freetext.checked(title=course.title)
    _within(said, title=300)
    _one_of(said, module=MODULES)
    if course.held > day:
        raise WrongUsage("held: the day lies in the future; plan it as an action instead.")
    if not 0 < course.hours <= 200:
        raise WrongUsage("hours: between 0 and 200.")
    reached = {role: count for role, count in course.reached.items() if count}
    if set(reached) - {*ROLES, SUPPLIERS} or any(not 0 < count <= 100_000 for count in reached.values()) or not reached:
        raise WrongUsage("reached: say by role how many people took part.")
    return said | {"reached": reached}


def _fields(wish: Plan | Talk | Course) -> dict[str, Any]:
    return {name: getattr(wish, name) for name in wish.__slots__}


def _within(said: Mapping[str, Any], **most: int) -> None:
    for name, characters in most.items():
        if len(said[name]) > characters:
            raise WrongUsage(f"{name}: at most {characters} characters.")
        if not said[name] and name in ("title", "supplier", "topic"):
            raise WrongUsage(f"{name}: please fill this in.")


def _one_of(said: Mapping[str, Any], **allowed: Collection[str]) -> None:
    for name, values in allowed.items():
        if said[name] not in values:
            raise WrongUsage(f"{name}: one of {', '.join(one for one in values if one)}, not {said[name]!r}.")
