"""An expert's value beside the model's: proposed, signed or objected to by others, withdrawn (METHOD 1.10, TRP20).

What the record must hold is checked here. Which override counts on a day is for ``identify.overrides.sift`` alone to say: it
gets overrides by ``as_written``, and its verdict on a new one comes in as ``check``, so that no rule stands in two places.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from duecare.casebook import freetext
from duecare.casebook.access import Need
from duecare.casebook.models import Override, OverrideSignature, OverrideWithdrawal
from duecare.casebook.writing import Actor, written
from duecare.errors import WrongUsage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duecare.casebook.models import Structure, Workshop

JUDGE = Need("JUDGE", "write")
SEE = Need("JUDGE", "read")
FUNCTIONS = {"FP": "focal_point", "PO": "procurement", "CM": "procurement", "LG": "legal", "SM": "senior_management"}
"""Roles that can judge, as the functions of METHOD 1.10; two roles of one function are one word."""
TARGET = re.compile(r"L|S|LEV|F[1-4]|[PXGWBQ]|[PWB][0-9]{1,2}")
WHERE = ("line_id", "contract_id", "structure", "profile", "supplier_id", "country", "stage")
GRADES = ("E1", "E2", "E3", "E4")
"""Grades that support an override; E0 is no evidence."""
LEAST_NOTE = 10
Check = Callable[[Mapping[str, Any]], str]
"""Why an override as written (``as_written``) can never count, whoever signs it; empty where it can."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An override as somebody wants to propose it. ``where`` and ``proofs`` are as in an overrides file."""

    target: str
    where: Mapping[str, str]
    value: float
    direction: str
    reason: str
    proofs: Sequence[Mapping[str, str]]
    expires: date
    role: str
    title: str = ""
    category: str = ""
    model_value: float | None = None
    run: str = ""
    dissent: str = ""
    workshop: Workshop | None = field(default=None, compare=False)


def propose(actor: Actor, structure: Structure, wish: Wish, check: Check) -> Override:
    """Keep a proposed override of one office; who must still sign follows from its direction.

    Raises ``WrongUsage`` naming the field where the record cannot hold it or ``check`` says that it can never count,
    ``NotAllowed`` without the right to judge in this office in the role named.
    """
    actor.must(JUDGE, structure.oid)
    _in_role(actor, wish.role, structure.oid)
    said = _held(actor, structure, wish)
    with written(actor, "override.propose", kind="override", structure=structure.oid) as note:
        proposed = Override(
            number=_next_number(actor.day.year), structure=structure, **said, at=actor.at, by=actor.person
        )
        if fault := check(_entry(proposed, ())):
            raise WrongUsage(fault)
        proposed.save(force_insert=True)
        note(proposed.oid, {"target": proposed.target, "direction": proposed.direction, "role": proposed.role})
    return proposed


def say(actor: Actor, override: Override, role: str, *, agrees: bool, note_text: str = "") -> OverrideSignature:
    """Sign an override, or object to it with a reason, in one of one's roles; once for each person, never on one's own.

    Raises ``WrongUsage`` for one's own override, a second word, a function that has signed, an override that is over, or an
    objection without a reason; ``NotAllowed`` without the right to judge in its office.
    """
    actor.must(JUDGE, override.structure_id)
    _in_role(actor, role, override.structure_id)
    text = freetext.checked(note=note_text)["note"]
    if not agrees and len(text) < LEAST_NOTE:
        raise WrongUsage(
            f"note: say why you object, in at least {LEAST_NOTE} characters; it is shown beside the override."
        )
    with written(
        actor, "override.sign" if agrees else "override.object", kind="override", structure=override.structure_id
    ) as note:
        _may_speak(actor, override, role, agrees=agrees)
        word = OverrideSignature.objects.create(
            override=override, role=role, agrees=agrees, note=text, at=actor.at, by=actor.person
        )
        note(override.oid, {"role": role})
    return word


def withdraw(actor: Actor, override: Override, reason: str) -> OverrideWithdrawal:
    """End an override before its day: its author, those who signed, the focal point and senior management may, with a reason."""
    actor.must(JUDGE, override.structure_id)
    text = freetext.checked(reason=reason)["reason"]
    if len(text) < LEAST_NOTE:
        raise WrongUsage(f"reason: say why it is withdrawn, in at least {LEAST_NOTE} characters.")
    if not may_withdraw(actor, override):
        raise WrongUsage(
            "Its author, those who signed it, the focal point and senior management may withdraw an override."
        )
    with written(actor, "override.withdraw", kind="override", structure=override.structure_id) as note:
        if is_withdrawn(override):
            raise WrongUsage("This override was withdrawn before.")
        end = OverrideWithdrawal.objects.create(override=override, reason=text, at=actor.at, by=actor.person)
        note(override.oid)
    return end


def may_withdraw(actor: Actor, override: Override) -> bool:
    """Whether this person is one of those who may end the override."""
    if {"FP", "SM"} & set(actor.reach.roles_for(JUDGE, override.structure_id)):
        return True
    signed = OverrideSignature.objects.filter(override=override, agrees=True, by=actor.person).exists()
    return signed or (override.by_id is not None and override.by_id == actor.person_id)


def roles_to_say(actor: Actor, override: Override) -> list[str]:
    """The roles in which this person may still say a word on an override; none for its author and who spoke before."""
    if actor.person_id == override.by_id or is_withdrawn(override) or actor.day > override.expires:
        return []
    if OverrideSignature.objects.filter(override=override, by=actor.person).exists():
        return []
    return [role for role in actor.reach.roles_for(JUDGE, override.structure_id) if role in FUNCTIONS]


def is_withdrawn(override: Override) -> bool:
    """Whether somebody ended it."""
    return OverrideWithdrawal.objects.filter(override=override).exists()


def standing() -> QuerySet[Override]:
    """All overrides that nobody withdrew, in the order of their numbers; expired ones too, for a run says so itself."""
    kept = Override.objects.filter(withdrawal__isnull=True).select_related("structure")
    return kept.prefetch_related("signatures").order_by("number")


def as_written(override: Override) -> dict[str, Any]:
    """An override as an entry of an overrides file (docs/how-to/overrides.md); people stand by their random id."""
    return _entry(override, override.signatures.all())


def _entry(override: Override, words: Iterable[OverrideSignature]) -> dict[str, Any]:
    said = list(words)
    by = [(override.role, override.by_id), *((one.role, one.by_id) for one in said if one.agrees)]
    against = [(one.role, one.by_id) for one in said if not one.agrees]
    return {
        "id": override.number,
        "target": override.target,
        "where": override.where,
        "value": override.value,
        "direction": override.direction,
        "reason": override.reason,
        "evidence": override.proofs,
        "by": _people(by),
        "against": _people(against),
        "created": override.created.isoformat(),
        "expires": override.expires.isoformat(),
        "workshop": override.workshop_id or "",
        "dissent": override.dissent,
    }


def _people(words: Iterable[tuple[str, str | None]]) -> list[dict[str, str]]:
    return [{"role": FUNCTIONS[role], "author": person or "nobody"} for role, person in words if role in FUNCTIONS]


def _in_role(actor: Actor, role: str, structure: str) -> None:
    if role not in FUNCTIONS or role not in actor.reach.roles_for(JUDGE, structure):
        raise WrongUsage("role: choose a role that you hold in this office and that may judge.")


def _held(actor: Actor, structure: Structure, wish: Wish) -> dict[str, Any]:
    """The values that are kept, each checked."""
    if not TARGET.fullmatch(wish.target):
        raise WrongUsage(f"target: {wish.target!r} is no factor, group, L, S, LEV or floor.")
    _value(wish)
    if not actor.day <= wish.expires:
        raise WrongUsage("expires: the day has passed.")
    texts = freetext.checked(reason=wish.reason, title=wish.title, dissent=wish.dissent)
    if wish.workshop is not None and wish.workshop.structure_id != structure.oid:
        raise WrongUsage("workshop: it belongs to another office.")
    return {
        "target": wish.target,
        "where": _where(structure, wish.where),
        "value": float(wish.value),
        "direction": wish.direction,
        "proofs": _proofs(wish.proofs, actor.day),
        "created": actor.day,
        "expires": wish.expires,
        "role": wish.role,
        "category": wish.category[:5],
        "model_value": wish.model_value,
        "run": wish.run[:64],
        "workshop": wish.workshop,
        **texts,
    }


def _value(wish: Wish) -> None:
    if not (math.isfinite(wish.value) and 0 <= wish.value <= 4):
        raise WrongUsage("value: a level from 0 to 4.")
    if wish.direction not in ("raise", "lower"):
        raise WrongUsage("direction: raise or lower.")
    if wish.model_value is None:
        return
    if wish.value == wish.model_value:
        raise WrongUsage("value: this is the model's own value; there is nothing to override.")
    if (wish.value < wish.model_value) != (wish.direction == "lower"):
        raise WrongUsage("direction: the value and the direction do not fit together.")


def _where(structure: Structure, where: Mapping[str, str]) -> dict[str, str]:
    """Which lines it is about: always of its own office, by a name that the data use for it."""
    given = {name: str(value).strip() for name, value in where.items() if str(value).strip()}
    if unknown := sorted(set(given) - set(WHERE)):
        raise WrongUsage(f"where: {unknown[0]!r} is not known. Known: {', '.join(WHERE)}.")
    if given.get("structure") not in {structure.name, *structure.names}:
        raise WrongUsage("where: an override is about one's own office; name it as the data write it.")
    return given


def _proofs(proofs: Sequence[Mapping[str, str]], day: date) -> list[dict[str, str]]:
    if not proofs:
        raise WrongUsage("evidence: name at least one piece of evidence.")
    return [_proof(proof, day) for proof in proofs]


def _proof(proof: Mapping[str, str], day: date) -> dict[str, str]:
    said = {name: str(proof.get(name, "")).strip() for name in ("title", "publisher", "date", "grade", "locator")}
    for name in ("title", "publisher", "date", "grade"):
        if not said[name]:
            raise WrongUsage(f"evidence: each piece needs its {name}.")
    freetext.checked(evidence=f"{said['title']} {said['publisher']}")
    if said["grade"] not in GRADES:
        raise WrongUsage(f"evidence: a grade is one of {', '.join(GRADES)}.")
    try:
        dated = date.fromisoformat(said["date"])
    except ValueError:
        raise WrongUsage("evidence: write its day as 2026-11-24.") from None
    if dated > day:
        raise WrongUsage("evidence: its day lies in the future.")
    return {name: value for name, value in said.items() if value}


def _may_speak(actor: Actor, override: Override, role: str, *, agrees: bool) -> None:
    if actor.person_id == override.by_id:
        raise WrongUsage("Nobody signs or objects to their own override. A person of another function must look at it.")
    if is_withdrawn(override):
        raise WrongUsage("This override was withdrawn.")
    if actor.day > override.expires:
        raise WrongUsage("This override has expired. Propose it again with fresh evidence.")
    words = list(OverrideSignature.objects.filter(override=override))
    if any(one.by_id == actor.person_id for one in words):
        raise WrongUsage("You have said your word on this override before; it stays as it is.")
    taken = {FUNCTIONS[override.role], *(FUNCTIONS[one.role] for one in words if one.agrees)}
    if agrees and FUNCTIONS[role] in taken:
        raise WrongUsage("role: this function has signed already; a person of another function is needed.")


def _next_number(year: int) -> str:
    """The next number of a year; writers stand in a queue, so that no number is given twice."""
    start = f"OV-{year}-"
    numbers = Override.objects.filter(number__startswith=start).values_list("number", flat=True)
    return f"{start}{max((int(one.removeprefix(start)) for one in numbers), default=0) + 1:04d}"
