"""What people decide about a finding, what they guessed before they saw it, and what has changed since they decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from duecare.casebook import audit, freetext
from duecare.casebook.access import Need, NotAllowed
from duecare.casebook.acts.contracts import Line, made, moment_after, structure_of
from duecare.casebook.models import AuditEntry, Decision, OwnEstimate
from duecare.casebook.models.judgements import DECISIONS
from duecare.casebook.writing import Actor, queued, written
from duecare.errors import CannotAnswer, WrongUsage

JUDGE = Need("JUDGE", "write")
BANDS = ("LOW", "MODERATE", "HIGH", "VERY_HIGH")
LONGEST_DAYS = 366
"""A decision that leaves something as it is lasts a year at most, like an override (METHOD 1.10)."""
LEAST_WHY = 20
LEAVES_AS_IT_IS = frozenset({"accept", "defer", "close"})
SNAPSHOT = ("band", "L", "L_lo", "L_hi", "S", "SAL", "PRI", "ddl", "confidence_band")
NOTICED = {"L": 0.05, "S": 0.05, "PRI": 0.05, "L_lo": 0.05, "L_hi": 0.05}
"""Smallest change of a number that is called one; levels are shown with one decimal."""
ASKED_OF = 10
"""One in so many findings is first estimated by the person who opens it (METHOD 9, TRP19)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision as somebody wants to make it."""

    kind: str
    what: str
    why: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between the finding that was decided on and the newest: ``gone`` for a line that is no more."""

    field: str
    before: Any = None
    after: Any = None


def decide(actor: Actor, line: Line, finding: Mapping[str, Any], verdict: Verdict) -> Decision:
    """Keep a decision about a finding of the newest run; it stands beside the finding and replaces the one before.

    ``finding`` is an item of findings.json. Raises ``WrongUsage`` for a kind that there is not, a reason that is too short, a
    missing or too late day, or data of people in the text; ``NotAllowed`` without the right to judge in the office.
    """
    structure = structure_of(line.office)
    if structure is None:
        raise CannotAnswer(
            "Nobody has entered the office of this contract yet. Ask the person who looks after people and offices to add it."
        )
    actor.must(JUDGE, structure.oid)
    said = _said(verdict, actor.day)
    role = actor.reach.roles_for(JUDGE, structure.oid)[0]
    with written(actor, "decision.make", kind="decision", structure=structure.oid) as note:
        contract = made(actor, line, structure)
        decision = Decision.objects.create(
            contract=contract,
            line_id=line.line_id,
            run=line.run,
            finding=snapshot(finding),
            kind=verdict.kind,
            expires=verdict.expires,
            role=role,
            replaces=latest(contract.oid, line.line_id),
            at=moment_after(actor.at, Decision.objects.filter(contract=contract)),
            by=actor.person,
            **said,
        )
        note(decision.oid, {"line": line.line_id, "run": line.run, "kind": verdict.kind, "contract": contract.oid})
    return decision


def _said(verdict: Verdict, day: date) -> dict[str, str]:
    if verdict.kind not in DECISIONS:
        raise WrongUsage(f"kind: a decision is one of {', '.join(DECISIONS)}, not {verdict.kind!r}.")
    said = freetext.checked(what=verdict.what, why=verdict.why)
    if len(said["what"]) < 3:
        raise WrongUsage("what: say what was decided.")
    if len(said["why"]) < LEAST_WHY:
        raise WrongUsage(
            f"why: give the reason in at least {LEAST_WHY} characters, so that others can follow it later."
        )
    if verdict.expires is None and verdict.kind in LEAVES_AS_IT_IS:
        raise WrongUsage(
            "expires: a decision that leaves things as they are needs the day on which it is looked at again."
        )
    if verdict.expires is not None and not day < verdict.expires <= day + timedelta(days=LONGEST_DAYS):
        raise WrongUsage("expires: the day must lie in the future and within one year.")
    return said


def snapshot(finding: Mapping[str, Any]) -> dict[str, Any]:
    """What of a finding is kept with a decision: its numbers and the codes of its reasons, gaps and overrides."""
    override = finding.get("override") or {"ids": []}
    codes = {name: sorted({one["code"] for one in finding[name]}) for name in ("reasons", "gaps")}
    return {name: finding[name] for name in SNAPSHOT} | codes | {"overrides": sorted(override["ids"])}


def changed_since(decision: Decision, newest: Mapping[str, Any] | None) -> tuple[Change, ...]:
    """What differs between the finding that was decided on and the newest one (an item, or nothing where the line is gone)."""
    if newest is None:
        return (Change("gone"),)
    return tuple(_changes(decision.finding, snapshot(newest)))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in SNAPSHOT:
        if name in NOTICED and before[name] is not None and after[name] is not None:
            if abs(before[name] - after[name]) >= NOTICED[name]:
                yield Change(name, before[name], after[name])
        elif before[name] != after[name]:
            yield Change(name, before[name], after[name])
    for name in ("reasons", "gaps", "overrides"):
        gone, new = sorted(set(before[name]) - set(after[name])), sorted(set(after[name]) - set(before[name]))
        if gone or new:
            yield Change(name, gone, new)


def latest(contract: str, line_id: str) -> Decision | None:
    """The decision that was made last about a line."""
    return Decision.objects.filter(contract=contract, line_id=line_id).order_by("-at", "-oid").first()


def standing(line_ids: Iterable[str], day: date) -> dict[str, Decision]:
    """By line the decision that stands on a day: the last one, where it has not expired."""
    rows = Decision.objects.filter(line_id__in=list(line_ids)).select_related("by").order_by("at", "oid")
    last = {row.line_id: row for row in rows}
    return {line: row for line, row in last.items() if row.expires is None or row.expires >= day}


# --- one's own estimate first (TRP19) ------------------------------------------------------------------------------------


def is_asked(person: str, line_id: str, run: str) -> bool:
    """Whether this person first estimates this line of this run: one in ``ASKED_OF``, the same each time."""
    digest = hashlib.sha256(f"{person}|{line_id}|{run}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % ASKED_OF == 0


def waiting(actor: Actor, line_ids: Iterable[str], run: str) -> frozenset[str]:
    """The lines whose band the person is to estimate before it is shown: asked, and neither answered nor skipped."""
    asked = {line for line in line_ids if is_asked(actor.person_id, line, run)}
    if not asked or not actor.reach.may_somewhere(JUDGE):
        return frozenset()
    answered = OwnEstimate.objects.filter(by=actor.person, run=run, line_id__in=asked).values_list("line_id", flat=True)
    return frozenset(asked - set(answered))


def record_asked(actor: Actor, line_id: str, run: str) -> None:
    """Write into the audit log, once, that the person was asked before they saw the band."""
    if not AuditEntry.objects.filter(
        object=line_id, act="estimate.ask", person=actor.person_id, detail__run=run
    ).exists():
        with queued():
            audit.append(actor, "estimate.ask", kind="line", object_id=line_id, detail={"run": run})


def own_estimate(actor: Actor, line: Line, band: str, shown_band: str) -> OwnEstimate:
    """Keep a person's estimate (empty where they chose not to say) with the band that is shown to them from now on."""
    if not actor.reach.may_somewhere(JUDGE):
        raise NotAllowed("Only people who can judge findings are asked for their own estimate.")
    structure = structure_of(line.office)
    if band and band not in BANDS:
        raise WrongUsage(f"band: one of {', '.join(BANDS)}, or nothing, not {band!r}.")
    with written(actor, "estimate.give", kind="line", structure=structure.oid if structure else None) as note:
        there = OwnEstimate.objects.filter(by=actor.person, line_id=line.line_id, run=line.run).first()
        said = {"band": band, "shown_band": shown_band, "at": actor.at, "by": actor.person}
        estimate = there or OwnEstimate.objects.create(line_id=line.line_id, run=line.run, **said)
        note(line.line_id, {"run": line.run, "said": bool(band)})
    return estimate
