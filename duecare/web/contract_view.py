"""What a contract's page shows of one line: the finding in words, the thread with its gaps, decisions and what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from duecare.casebook.access import Need
from duecare.casebook.acts import contracts, decisions
from duecare.casebook.acts.files import files_seen
from duecare.casebook.models import Action, Contract, Decision, EvidenceFile
from duecare.casebook.thread import Thread, thread_of
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.reading_room import Room
from duecare.web.contract_forms import PeopleForm
from duecare.web.findings import Seen
from duecare.web.room import found_line, line_of, may, offices_of
from duecare.web.routes import ROUTES
from duecare.web.thread_view import Row, rows_of

WRITE, JUDGE = contracts.WRITE, decisions.JUDGE
CAREFUL = frozenset({"HEIGHTENED", "INTENSIVE"})
"""Care at which each driver asks for a measure."""
CHANGED = {
    "gone": msgid("The newest assessment no longer holds this line."),
    "band": msgid("The likelihood was {before} and is {after}."),
    "ddl": msgid("The care needed was {before} and is {after}."),
    "confidence_band": msgid("The confidence was {before} and is {after}."),
    "L": msgid("The level of likelihood was {before} and is {after}."),
    "L_lo": msgid("The lowest that the level could be was {before} and is {after}."),
    "L_hi": msgid("The highest that the level could be was {before} and is {after}."),
    "S": msgid("The severity was {before} and is {after}."),
    "SAL": msgid("The salience was {before} and is {after}."),
    "PRI": msgid("The priority was {before} and is {after}."),
    "reasons": msgid("Other reasons count than then."),
    "gaps": msgid("Other things are known, or not known, than then."),
    "overrides": msgid("Other values of local experts count than then."),
}
NAMES = {"band": words.BANDS, "ddl": words.DILIGENCE, "confidence_band": words.CONFIDENCE}


@dataclass
class Opened:
    """One line as it is being looked at, with what the record holds of its contract."""

    request: HttpRequest
    room: Room
    finding: dict[str, Any]

    @property
    def tr(self) -> Translator:
        """The reader's language."""
        return self.request.tr  # type: ignore[attr-defined,no-any-return]

    @property
    def today(self) -> date:
        """The day of the request."""
        return self.request.at.date()  # type: ignore[attr-defined,no-any-return]

    @cached_property
    def line(self) -> contracts.Line:
        """The line as the acts take it."""
        return line_of(self.finding)

    @cached_property
    def seen(self) -> Seen:
        """The finding in words."""
        return Seen(self.finding, self.room, self.tr)

    @cached_property
    def contract(self) -> Contract | None:
        """The contract, where somebody has worked on it."""
        return contracts.kept_contract(self.line)

    @cached_property
    def thread(self) -> Thread:
        """The contract's thread."""
        return thread_of(self.contract)

    @cached_property
    def files(self) -> list[EvidenceFile]:
        """Evidence files of the contract that the person may know of."""
        return [] if self.contract is None else list(files_seen(self.request.actor).filter(contract=self.contract))  # type: ignore[attr-defined]

    @cached_property
    def rows(self) -> list[Row]:
        """The thread with its gaps."""
        item = self.seen.item
        asks = item.flagged or item.ddl in CAREFUL
        drivers = [one for one in self.seen.drivers if asks]
        return rows_of(self.thread, drivers, {file.oid: file for file in self.files}, self.today, self.tr)

    @property
    def writes(self) -> bool:
        """Whether the person may add to the thread."""
        return may(self.request, WRITE, self.line.office)

    @property
    def judges(self) -> bool:
        """Whether the person may decide."""
        return may(self.request, JUDGE, self.line.office)

    @cached_property
    def office_is_entered(self) -> bool:
        """Whether the record knows the line's office; without it nothing can be kept about the contract."""
        return contracts.structure_of(self.line.office) is not None


def opened(request: HttpRequest, line_id: str) -> Opened:
    """The line that is asked for; 404 where it is missing or out of reach."""
    room, finding = found_line(request, line_id)
    return Opened(request, room, finding)


def asks_first(one: Opened) -> bool:
    """Whether the person is to estimate before they see the band (TRP19)."""
    return bool(decisions.waiting(one.request.actor, [one.line.line_id], one.room.id))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Decided:
    """A decision with what has changed since, in sentences; ``stands`` until its day or the next one."""

    decision: Decision
    changes: list[str]
    stands: bool


def decided(one: Opened) -> list[Decided]:
    """The decisions about this contract, the newest first, each compared with the newest run of its own line."""
    if one.contract is None:
        return []
    rows = list(Decision.objects.filter(contract=one.contract).select_related("by").order_by("-at", "-oid"))
    replaced = {row.replaces_id for row in rows}
    found = []
    for row in rows:
        newest = one.finding if row.line_id == one.line.line_id else one.room.item(offices_of(one.request), row.line_id)
        since = () if row.run == one.room.id else decisions.changed_since(row, newest)
        ended = row.expires is not None and row.expires < one.today
        found.append(Decided(row, [said_of(change, one.tr) for change in since], row.oid not in replaced and not ended))
    return found


def said_of(change: decisions.Change, tr: Translator) -> str:
    """One change in words."""
    names = NAMES.get(change.field)
    before, after = (
        tr.t(names[value]) if names and value in names else value for value in (change.before, change.after)
    )
    plain = change.field in {"gone", "reasons", "gaps", "overrides"}
    unknown = tr.t("not known")
    filled = {"before": unknown if before is None else before, "after": unknown if after is None else after}
    return tr.t(CHANGED[change.field]) if plain else tr.t(CHANGED[change.field], **filled)


def others(one: Opened) -> list[dict[str, Any]]:
    """The other lines of the same contract."""
    rows = one.room.of_contract(offices_of(one.request), one.line.office, one.line.contract_id)
    waits = decisions.waiting(one.request.actor, (row["line_id"] for row in rows), one.room.id)  # type: ignore[attr-defined]
    return [row | {"waits": row["line_id"] in waits} for row in rows]


def actions(one: Opened) -> list[Action]:
    """Actions of the office's plan that concern this contract, where the person reads plans."""
    if one.contract is None or not may(one.request, Need("PLAN"), one.line.office):
        return []
    return list(Action.objects.filter(contract=one.contract))


def people_form(one: Opened) -> PeopleForm | None:
    """The form that names who looks after the contract; nothing for people who only read."""
    structure = contracts.structure_of(one.line.office)
    if structure is None or not one.writes:
        return None
    found = {name: contracts.candidates(structure.oid, role, one.today) for name, role in contracts.LOOKS_AFTER.items()}
    kept = one.contract
    initial = {"manager": kept.manager_id or "", "focal_point": kept.focal_point_id or ""} if kept else {}
    posted = one.request.POST if one.request.POST.get("form") == "people" else None
    return PeopleForm(posted, candidates=found, tr=one.tr, initial=initial)


ELSEWHERE = {
    "override-propose": msgid("Propose another value"),
    "evidence-add": msgid("Add an evidence file"),
    "action-add": msgid("Plan an action"),
}
"""Pages of other parts on which something about this line can be done; a part that is not there is left out."""


def elsewhere(one: Opened) -> list[tuple[str, str]]:
    """(text, address) of what can be done about this line on other pages."""
    there = [(text, ROUTES[name]) for name, text in ELSEWHERE.items() if name in ROUTES]
    usable = [
        (text, route)
        for text, route in there
        if isinstance(route.need, str) or may(one.request, route.need, one.line.office)
    ]
    return [(one.tr.t(text), f"{reverse(route.name)}?line={one.line.line_id}") for text, route in usable]
