"""What people do with a contract: take it up, add a link to its thread, say what became of a link, name who looks after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet

from duecare.casebook import freetext
from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.models import Assignment, Contract, EvidenceFile, Person, Structure, ThreadEvent, ThreadLink
from duecare.casebook.models.contracts import LINK_KINDS, LINK_STATES
from duecare.casebook.models.people import ROLES
from duecare.casebook.thread import ANSWERS, STATES_AFTER
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage

WRITE = Need("BIZ", "write")
LOOKS_AFTER = {"manager": "CM", "focal_point": "FP"}
"""The role that a person must have in the office to be named."""


@dataclass(frozen=True, slots=True)
class Line:
    """A contract line as the newest run has it; ``office`` is how the data write its office, ``run`` the run's id."""

    line_id: str
    contract_id: str
    title: str
    office: str
    run: str

    def key(self, structure: Structure) -> str:
        """What is the same in every run: the office with the contract's own id, or with the line's where it has none."""
        return f"{structure.oid}/{self.contract_id or 'line ' + self.line_id}"[:300]


@dataclass(frozen=True, slots=True)
class Wish:
    """A link as somebody wants to add it. ``reason`` is a reason of the run (code, sentence) that becomes the link it answers."""

    kind: str
    text: str
    answers: str = ""
    reason: tuple[str, str] = ("", "")
    code: str = ""
    owner_role: str = ""
    due: date | None = None
    evidence: Sequence[str] = ()


def structure_of(office: str) -> Structure | None:
    """The office that the data call by this name, or nothing where nobody has entered it."""
    return next((one for one in Structure.objects.all() if office == one.name or office in one.names), None)


def kept_contract(line: Line) -> Contract | None:
    """The contract of a line, where somebody has worked on it."""
    structure = structure_of(line.office)
    return (
        None
        if structure is None
        else Contract.objects.filter(key=line.key(structure)).select_related("structure").first()
    )


def contract_of(actor: Actor, line: Line) -> Contract:
    """Take a contract up; gives the one that is there, or makes it. Raises ``CannotAnswer`` where its office is not entered."""
    structure = _office(actor, line)
    if there := Contract.objects.filter(key=line.key(structure)).first():
        return there
    with written(actor, "contract.take_up", kind="contract", structure=structure.oid) as note:
        contract = made(actor, line, structure)
        note(contract.oid)
    return contract


def made(actor: Actor, line: Line, structure: Structure) -> Contract:
    """The contract of a line, made where it is missing. Only inside of ``written``."""
    first = {
        "structure": structure,
        "contract_id": line.contract_id[:300],
        "line_id": line.line_id,
        "title": line.title,
    }
    return Contract.objects.get_or_create(
        key=line.key(structure), defaults=first | {"at": actor.at, "by": actor.person}
    )[0]


def add_link(actor: Actor, line: Line, wish: Wish) -> ThreadLink:
    """Add one link to a contract's thread; a planned measure, clause, check or remedy begins as planned.

    Raises ``WrongUsage`` for a kind, an answered link or evidence that does not fit and for data of people in the text,
    ``CannotAnswer`` where the office is not entered, ``NotAllowed`` without the right to write there.
    """
    structure = _office(actor, line)
    text = _sentence("text", wish.text)
    if wish.kind not in LINK_KINDS:
        raise WrongUsage(f"kind: a link is one of {', '.join(LINK_KINDS)}, not {wish.kind!r}.")
    if wish.owner_role and wish.owner_role not in ROLES:
        raise WrongUsage(f"owner_role: there is no role {wish.owner_role!r}.")
    with written(actor, f"thread.{wish.kind}", kind="link", structure=structure.oid) as note:
        contract = made(actor, line, structure)
        answers = _answered(actor, contract, line, wish)
        at = moment_after(actor.at, ThreadLink.objects.filter(contract=contract))
        link = ThreadLink.objects.create(
            contract=contract,
            kind=wish.kind,
            answers=answers,
            code=wish.code[:40],
            text=text,
            run=line.run,
            owner_role=wish.owner_role,
            due=wish.due,
            evidence=_evidence(actor, contract, wish.evidence),
            at=at,
            by=actor.person,
        )
        if wish.kind in {"measure", "clause", "check", "remedy"}:
            ThreadEvent.objects.create(link=link, state="planned", at=at, by=actor.person)
        note(link.oid, {"contract": contract.oid, "answers": answers.oid if answers else ""})
    return link


def add_event(
    actor: Actor, link: ThreadLink, state: str, note_text: str = "", evidence: Sequence[str] = ()
) -> ThreadEvent:
    """Say what became of a link: planned, running, done, late or dropped. To drop one needs the reason.

    Raises ``WrongUsage`` for a state that does not follow from the present one.
    """
    structure = link.contract.structure_id
    actor.must(WRITE, structure)
    text = freetext.checked(note=note_text)["note"]
    if state not in LINK_STATES:
        raise WrongUsage(f"state: one of {', '.join(LINK_STATES)}, not {state!r}.")
    if state == "dropped" and len(text) < 10:
        raise WrongUsage("note: say why it is dropped, in at least 10 characters.")
    with written(actor, "thread.event", kind="link", structure=structure) as note:
        present = state_of(link)
        if state not in STATES_AFTER[present]:
            raise WrongUsage(
                f"state: {present} is not followed by {state}; possible are {', '.join(STATES_AFTER[present])}."
            )
        kept = _evidence(actor, link.contract, evidence)
        at = moment_after(actor.at, ThreadEvent.objects.filter(link=link))
        event = ThreadEvent.objects.create(link=link, state=state, note=text, evidence=kept, at=at, by=actor.person)
        note(link.oid, {"state": state, "contract": link.contract_id})
    return event


def state_of(link: ThreadLink) -> str:
    """The state that was said last of a link; empty for none."""
    return ThreadEvent.objects.filter(link=link).order_by("-at", "-oid").values_list("state", flat=True).first() or ""


def moment_after(at: datetime, kept: QuerySet[Any]) -> datetime:
    """The moment of an act, after all that is ``kept`` even where a clock was set back: what is said later stands later."""
    last = kept.aggregate(last=Max("at"))["last"]
    return at if last is None else max(at, last + timedelta(microseconds=1))


def name_people(actor: Actor, contract: Contract, manager: Person | None, focal_point: Person | None) -> Contract:
    """Name who manages a contract and who is its focal point; each must have that role in its office (METHOD 7.1).

    Raises ``WrongUsage`` for a person without the role there.
    """
    actor.must(WRITE, contract.structure_id)
    for name, person in (("manager", manager), ("focal_point", focal_point)):
        if person is not None and person.oid not in {
            one.oid for one in candidates(contract.structure_id, LOOKS_AFTER[name], actor.day)
        }:
            raise WrongUsage(
                f"{name}: this person does not have the role {LOOKS_AFTER[name]} in the contract's office."
            )
    with written(actor, "contract.name_people", kind="contract", structure=contract.structure_id) as note:
        contract.manager, contract.focal_point = manager, focal_point
        contract.save(update_fields=["manager", "focal_point"])
        note(
            contract.oid,
            {"manager": manager.oid if manager else "", "focal_point": focal_point.oid if focal_point else ""},
        )
    return contract


def candidates(structure: str, role: str, day: date) -> list[Person]:
    """People who have a role in an office, or in the whole organisation, on a day."""
    held = Assignment.objects.filter(role=role, since__lte=day, person__is_active=True).select_related("person")
    fits = [
        one.person for one in held if (one.until is None or one.until >= day) and one.structure_id in (None, structure)
    ]
    return sorted({person.oid: person for person in fits}.values(), key=str)


def reaching(actor: Actor, need: Need) -> frozenset[str] | None:
    """Names, as the data write them, of the offices in which the person has a need; ``None`` for the whole organisation."""
    found = actor.reach.structures(need)
    if EVERYWHERE in found:
        return None
    offices = Structure.objects.filter(oid__in=found)
    return frozenset(name for office in offices for name in (office.name, *office.names))


def due_links(actor: Actor, until: datetime | date) -> list[ThreadLink]:
    """Links that are to be done by a day, neither done nor dropped, in the offices that the person reads, the earliest first."""
    found = actor.reach.structures(Need("BIZ", "read"))
    links = (
        ThreadLink.objects.filter(due__lte=until)
        .select_related("contract", "contract__structure")
        .order_by("due", "oid")
    )
    if EVERYWHERE not in found:
        links = links.filter(contract__structure__in=found)
    return [link for link in links if state_of(link) not in ("done", "dropped")]


def _office(actor: Actor, line: Line) -> Structure:
    structure = structure_of(line.office)
    if structure is None:
        raise CannotAnswer(
            "Nobody has entered the office of this contract yet. Ask the person who looks after people and offices to add it."
        )
    actor.must(WRITE, structure.oid)
    return structure


def _answered(actor: Actor, contract: Contract, line: Line, wish: Wish) -> ThreadLink | None:
    """The link that the new one answers; a reason of the run becomes a link first, once."""
    if wish.reason[0]:
        if "reason" not in ANSWERS[wish.kind]:
            raise WrongUsage(f"answers: a {wish.kind} does not answer a reason.")
        there = ThreadLink.objects.filter(contract=contract, kind="reason", code=wish.reason[0]).first()
        said = {"contract": contract, "kind": "reason", "code": wish.reason[0][:40], "text": wish.reason[1]}
        return there or ThreadLink.objects.create(**said, run=line.run, at=actor.at, by=actor.person)
    if not wish.answers:
        if ANSWERS[wish.kind]:
            raise WrongUsage(f"answers: say what the {wish.kind} answers: a {' or a '.join(ANSWERS[wish.kind])}.")
        return None
    link = ThreadLink.objects.filter(contract=contract, oid=wish.answers).first()
    if link is None or link.kind not in ANSWERS[wish.kind]:
        allowed = " or a ".join(ANSWERS[wish.kind]) or "nothing"
        raise WrongUsage(f"answers: a {wish.kind} answers a {allowed} of the same contract.")
    return link


def _evidence(actor: Actor, contract: Contract, wanted: Sequence[str]) -> list[str]:
    """Ids of evidence files of the contract's office that the person may read."""
    files = EvidenceFile.objects.filter(oid__in=list(wanted), structure=contract.structure_id)
    there = {file.oid for file in files if actor.reach.may(Need(file.data_class), file.structure_id)}
    if missing := [oid for oid in wanted if oid not in there]:
        raise WrongUsage(f"evidence: there is no file {missing[0]} in this office.")
    return list(wanted)


def _sentence(name: str, text: str) -> str:
    plain = freetext.checked(**{name: text})[name]
    if len(plain) < 3:
        raise WrongUsage(f"{name}: write at least a few words.")
    return plain
