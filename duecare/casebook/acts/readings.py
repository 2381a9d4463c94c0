"""Decisions about what was bought: written into the book beside the register, each with its entry in the audit log.

The book (``register.reviews``) stays the only place where they are kept and the log says who wrote which number. A correction
that takes two people waits in the record until the second one signs; nobody types another person's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duecare.casebook.models import ReadingAnswer, ReadingProposal, Structure

JUDGE = Need("JUDGE", "write")
FUNCTIONS = {"FP": "focal_point", "PO": "procurement", "LG": "legal", "SM": "senior_management"}
"""Role to the function that the book knows; other roles decide under their name alone (``identify.overrides.QUALIFIED``)."""
LONGEST_REASON = 4000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A correction: the text's key, a line where it is for that line alone, what was bought instead, and why."""

    key: str
    reason: str
    category: str = ""
    cpv: str = ""
    line_id: str = ""
    title: str = ""


def role_of(actor: Actor, structure: Structure | None, role: str = "") -> str:
    """The role in which a person decides here: the one they chose, otherwise their first that counts as a function.

    Raises ``NotAllowed`` without the right, ``WrongUsage`` for a role that they do not have.
    """
    office = structure.oid if structure else None
    actor.must(JUDGE, office)
    held = actor.reach.roles_for(JUDGE, office)
    if role and role not in held:
        raise WrongUsage("role: choose one of your own roles.")
    return role or next((one for one in held if one in FUNCTIONS), held[0])


def keep(actor: Actor, structure: Structure | None, write: Callable[[], int], detail: Mapping[str, Any]) -> int:
    """Let ``write`` append one decision to the book and put its number into the log.

    Where the machine stops in between there is a line in the book without an entry, never an entry without its line.
    """
    actor.must(JUDGE, structure.oid if structure else None)
    with written(actor, "reading.decide", kind="reading", structure=structure.oid if structure else None) as note:
        number = write()
        note(str(detail.get("key", ""))[:64], dict(detail) | {"number": number})
    return number


def propose(actor: Actor, structure: Structure | None, wanted: Wanted, role: str = "") -> ReadingProposal:
    """Keep a correction that a second person must sign; raises ``WrongUsage`` for one without a reason or a target."""
    from duecare.casebook.models import ReadingProposal

    role = role_of(actor, structure, role)
    if not wanted.reason.strip() or len(wanted.reason) > LONGEST_REASON:
        raise WrongUsage(f"reason: say why, in at most {LONGEST_REASON} characters.")
    if not wanted.category and not wanted.cpv:
        raise WrongUsage("category: say what was bought.")
    with written(actor, "reading.propose", kind="reading", structure=structure.oid if structure else None) as note:
        kept = ReadingProposal.objects.create(
            structure=structure, key=wanted.key, line_id=wanted.line_id, title=wanted.title, category=wanted.category,
            cpv=wanted.cpv, reason=wanted.reason.strip(), role=role, at=actor.at, by=actor.person,
        )  # fmt: skip
        note(kept.oid, {"key": wanted.key, "category": wanted.category, "cpv": wanted.cpv})
    return kept


def proposals_seen(actor: Actor) -> QuerySet[ReadingProposal]:
    """The corrections that wait for a second person and that this person may see, oldest first."""
    from duecare.casebook.models import ReadingProposal

    reached = actor.reach.structures(Need("JUDGE", "read"))
    waiting = ReadingProposal.objects.select_related("by", "structure").filter(answer=None)
    return waiting if EVERYWHERE in reached else waiting.filter(structure__in=reached)


def proposal_seen(actor: Actor, oid: str) -> ReadingProposal:
    """One that waits; raises ``CannotAnswer`` alike where it is not there, answered, or others'."""
    kept = proposals_seen(actor).filter(oid=oid).first()
    if kept is None:
        raise CannotAnswer("There is no such proposal, or it was answered.")
    return kept


def answer(
    actor: Actor,
    proposal: ReadingProposal,
    *,
    agrees: bool,
    role: str = "",
    note: str = "",
    write: Callable[[], int] | None = None,
) -> ReadingAnswer:
    """The second person's word. Where they agree, ``write`` appends the decision of both to the book.

    Raises ``WrongUsage`` where the same person answers, or objects without saying why; ``CannotAnswer`` where somebody
    else has answered meanwhile.
    """
    from duecare.casebook.models import ReadingAnswer

    role = role_of(actor, proposal.structure, role)
    if proposal.by_id == actor.person_id:
        raise WrongUsage("A correction is signed by another person than the one who proposed it.")
    if not agrees and not note.strip():
        raise WrongUsage("note: say why you do not agree.")
    if agrees and write is None:
        raise ValueError("A decision that is agreed on must be written.")
    with written(actor, "reading.answer", kind="reading", structure=proposal.structure_id) as said:
        if ReadingAnswer.objects.filter(proposal=proposal).exists():
            raise CannotAnswer("Somebody else has answered this meanwhile.")
        number = write() if agrees and write is not None else None
        kept = ReadingAnswer.objects.create(
            proposal=proposal, role=role, agrees=agrees, note=note.strip(), number=number, at=actor.at, by=actor.person
        )
        said(proposal.oid, {"agrees": agrees, "number": number})
    return kept
