"""Do offices judge alike? A blind second rating of one override in ten by another office, and how far the two agree (METHOD 1.10).

Nobody is ranked: the figures are of an office with all the others together, and offices stand in the order of their names (TRP22).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duecare.casebook import freetext
from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import overrides
from duecare.casebook.models import Override, PeerReview, Rerating, Structure
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage

JUDGE = Need("JUDGE", "write")
SEE = Need("JUDGE", "read")
ONE_IN = 10
HALF_STEPS = tuple(step / 2 for step in range(9))
"""The scale of the agreement: levels 0 to 4 in half steps, to which values are rounded."""
LEAST_WHAT = 40


@dataclass(frozen=True, slots=True)
class Case:
    """What a second rater sees: the case and its evidence, neither value nor direction nor author nor reason."""

    oid: str
    title: str
    category: str
    target: str
    where: Mapping[str, str]
    proofs: tuple[Mapping[str, str], ...]
    created: Any


def is_sampled(override: Override) -> bool:
    """Whether an override is one of the ten per cent that are rated again: by its random id, always the same answer."""
    digest = hashlib.sha256(f"rerating {override.oid}".encode("ascii")).digest()
    return int.from_bytes(digest[:8], "big") % ONE_IN == 0


def waiting(actor: Actor) -> list[Case]:
    """The cases that wait for this person's second rating, the oldest first."""
    if not actor.reach.may_somewhere(JUDGE):
        return []
    done = set(Rerating.objects.filter(by=actor.person).values_list("override_id", flat=True))
    kept = Override.objects.order_by("at", "oid")
    return [_case(one) for one in kept if is_sampled(one) and one.oid not in done and _is_blind(actor, one)]


def case(actor: Actor, oid: str) -> Case:
    """One case that waits for this person; anything else answers like a missing one (``CannotAnswer``)."""
    found = next((one for one in waiting(actor) if one.oid == oid), None)
    if found is None:
        raise CannotAnswer("There is no such case for you to rate.")
    return found


def rate(actor: Actor, oid: str, role: str, value: float, reason: str) -> Rerating:
    """Keep a second rating, once for each person. Raises ``WrongUsage`` for a value off the scale or no reason."""
    asked = case(actor, oid)
    office, text = _own_office(actor, role), freetext.checked(reason=reason)["reason"]
    if not (math.isfinite(value) and 0 <= value <= 4):
        raise WrongUsage("value: a level from 0 to 4.")
    if len(text) < overrides.LEAST_NOTE:
        raise WrongUsage(f"reason: say what led you to this value, in at least {overrides.LEAST_NOTE} characters.")
    with written(actor, "override.rerate", kind="override", structure=office) as note:
        if Rerating.objects.filter(override=asked.oid, by=actor.person).exists():
            raise WrongUsage("You have rated this case before.")
        said = {"role": role, "value": float(value), "reason": text, "at": actor.at, "by": actor.person}
        kept = Rerating.objects.create(override_id=asked.oid, structure_id=office, **said)
        note(asked.oid, {"role": role})
    return kept


def _is_blind(actor: Actor, override: Override) -> bool:
    """Whether this person judges elsewhere and cannot read the override itself."""
    return not actor.reach.may(SEE, override.structure_id) and override.by_id != actor.person_id


def _own_office(actor: Actor, role: str) -> str:
    """The office in whose name a second rating is given: the first by id in which the person holds the role."""
    held = sorted(one.structure for one in actor.reach.held if one.role == role)
    if not held or held[0] == EVERYWHERE or role not in actor.reach.roles_for(JUDGE, held[0]):
        raise WrongUsage("role: choose a role that you hold in your own office and that may judge.")
    return held[0]


def _case(override: Override) -> Case:
    proofs = tuple(override.proofs)
    return Case(
        override.oid, override.title, override.category, override.target, override.where, proofs, override.created
    )


# --- agreement -----------------------------------------------------------------------------------------------------------


def pairs(structures: Iterable[str] | None = None) -> list[tuple[float, float]]:
    """First and second rating of all cases that were rated again; ``structures`` are ids of the first raters' offices."""
    rows = Rerating.objects.values_list("override__structure_id", "override__value", "value")
    wanted = None if structures is None else set(structures)
    return [(first, second) for office, first, second in rows if wanted is None or office in wanted]


def weighted_kappa(rated: Sequence[tuple[float, float]]) -> float | None:
    """Cohen's kappa with linear weights over levels 0 to 4 in half steps (Cohen 1968); 1 is full agreement, 0 is chance.

    Nothing where there is no pair, or where chance alone would agree fully.
    """
    steps = [(_step(first), _step(second)) for first, second in rated]
    if not steps:
        return None
    seen = sum(abs(first - second) for first, second in steps) / len(steps)
    chance = sum(abs(first - second) for first, _ in steps for _, second in steps) / len(steps) ** 2
    return None if chance == 0 else 1 - seen / chance


def _step(value: float) -> int:
    """The nearest half step; the upper one for a value in the middle."""
    return min(len(HALF_STEPS) - 1, math.floor(value * 2 + 0.5))


# --- another office's look -----------------------------------------------------------------------------------------------


def review(actor: Actor, reviewed: Structure, role: str, counted: Mapping[str, int], what: str) -> PeerReview:
    """Keep what another office said of an office most of whose overrides lower; its own people cannot review it.

    Raises ``WrongUsage`` for one's own office or a text that is too short, ``NotAllowed`` without the right to judge.
    """
    text = freetext.checked(what=what)["what"]
    if len(text) < LEAST_WHAT:
        raise WrongUsage(f"what: say what was looked at and what came of it, in at least {LEAST_WHAT} characters.")
    held = sorted(one.structure for one in actor.reach.held if one.role == role and one.structure != reviewed.oid)
    if any(one.structure == reviewed.oid for one in actor.reach.held):
        raise WrongUsage(
            "An office does not review itself; somebody of another office or of the whole organisation does."
        )
    if not held or role not in actor.reach.roles_for(JUDGE, None if held[0] == EVERYWHERE else held[0]):
        raise WrongUsage("role: choose a role that you hold in another office and that may judge.")
    office = None if held[0] == EVERYWHERE else held[0]
    with written(actor, "override.peer_review", kind="structure", structure=office) as note:
        said = {"role": role, "counted": dict(counted), "what": text, "at": actor.at, "by": actor.person}
        kept = PeerReview.objects.create(reviewed=reviewed, structure_id=office, **said)
        note(kept.oid, {"reviewed": reviewed.oid})
    return kept


def is_reviewed(structure: Structure, counted: Mapping[str, int], again_after: int) -> bool:
    """Whether another office has looked since, where fewer than ``again_after`` overrides came after its look."""
    last = PeerReview.objects.filter(reviewed=structure).order_by("-at", "-oid").first()
    return last is not None and sum(counted.values()) - sum(last.counted.values()) < again_after
