"""What should I do this week? The list that fits a person's hours, with the next act of each item and what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import decisions
from duecare.casebook.acts.contracts import due_links
from duecare.casebook.models import Action, Decision, ThreadLink
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.reading_room import Room
from duecare.communicate.week import ASSUMED_HOURS, CAPACITY, Week, fit
from duecare.identify.priority import Chosen
from duecare.web.findings import Seen
from duecare.web.room import READ, offices_of, room_of
from duecare.web.routes import Entry, page

DAYS_AHEAD = 7
MOST_ROWS = 12
"""Rows of a part that is not for today; the portfolio has all of them."""


@dataclass(frozen=True)
class Card:
    """One item of today: the finding in words, the act, who takes it; ``waits`` for the person's own estimate first."""

    chosen: Chosen
    seen: Seen
    who: str
    waits: bool
    again: tuple[str, ...]
    """What has changed since a decision that had put it off."""


@dataclass(frozen=True)
class Short:
    """One item as a row: the finding as a list has it."""

    chosen: Chosen
    row: dict[str, Any]
    who: str
    waits: bool
    until: date | None = None


@page("week", "week", READ, nav=Entry("ask", msgid("What should I do this week?"), 10))
def week(request: HttpRequest) -> HttpResponse:
    """My list."""
    room = room_of(request)
    due = due_soon(request)
    if room is None:
        return render(request, "week.html", {"room": None, "due": due})
    hours = request.person.hours_per_week
    offices = offices_of(request)
    listed = room.ranked(offices, CAPACITY)
    standing = decisions.standing((one.line_id for one in listed.chosen), request.at.date())
    changed = changes(room, offices, standing)
    still = {
        line for line, decision in standing.items() if decision.kind in decisions.LEAVES_AS_IT_IS and not changed[line]
    }
    mine = fit(listed, ASSUMED_HOURS if hours is None else float(hours), request.reach.roles, still)
    waits = decisions.waiting(request.actor, (one.line_id for one in listed.chosen), room.id)
    made = Making(request, room, waits, changed, standing)
    return render(request, "week.html", made.context(mine) | {"due": due, "hours_given": hours is not None})


@dataclass
class Making:
    """Makes the parts of the page from the items of the list."""

    request: HttpRequest
    room: Room
    waits: frozenset[str]
    changed: dict[str, tuple[decisions.Change, ...]]
    standing: dict[str, Decision]

    def context(self, mine: Week) -> dict[str, Any]:
        """What the template shows."""
        shown = (*mine.must[:MOST_ROWS], *mine.later[:MOST_ROWS], *mine.others[:MOST_ROWS], *mine.put_off[:MOST_ROWS])
        rows = self.room.lines(offices_of(self.request), [one.line_id for one in shown])
        return {
            "room": self.room,
            "week": mine,
            "cards": [self.card(one) for one in mine.now],
            "must": self.shorts(mine.must, rows),
            "later": self.shorts(mine.later, rows),
            "others": self.shorts(mine.others, rows),
            "put_off": self.shorts(mine.put_off, rows),
            "left_out": [one for one in mine.listed.left_out if one.code != "capacity"],
        }

    def card(self, chosen: Chosen) -> Card:
        """One item of today."""
        tr: Translator = self.request.tr  # type: ignore[attr-defined]
        item = self.room.item(offices_of(self.request), chosen.line_id)
        assert item is not None
        again = tuple(change.field for change in self.changed.get(chosen.line_id, ()))
        who = tr.t(words.ROLES[chosen.role])
        return Card(chosen, Seen(item, self.room, tr), who, chosen.line_id in self.waits, again)

    def shorts(self, items: tuple[Chosen, ...], rows: dict[str, dict[str, Any]]) -> list[Short]:
        """Items as rows."""
        tr: Translator = self.request.tr  # type: ignore[attr-defined]
        return [
            Short(
                one, rows[one.line_id], tr.t(words.ROLES[one.role]), one.line_id in self.waits, self._until(one.line_id)
            )
            for one in items[:MOST_ROWS]
        ]

    def _until(self, line_id: str) -> date | None:
        return self.standing[line_id].expires if line_id in self.standing else None


def changes(
    room: Room, offices: frozenset[str] | None, standing: dict[str, Decision]
) -> dict[str, tuple[decisions.Change, ...]]:
    """By line what has changed since the decision that stands; nothing where it was made on this run."""
    found = {}
    for line, decision in standing.items():
        found[line] = () if decision.run == room.id else decisions.changed_since(decision, room.item(offices, line))
    return found


@dataclass(frozen=True)
class Due:
    """Something that was promised for a day: a link of a contract's thread, or an action of a plan."""

    text: str
    of: str
    line_id: str
    day: date
    late: bool


def due_soon(request: HttpRequest) -> list[Due]:
    """What the person's roles owe by the end of the week, the earliest first."""
    until = request.at.date() + timedelta(days=DAYS_AHEAD)  # type: ignore[attr-defined]
    today = request.at.date()  # type: ignore[attr-defined]
    roles = request.reach.roles  # type: ignore[attr-defined]
    links = [link for link in due_links(request.actor, until) if _is_mine(link, request, roles)]  # type: ignore[attr-defined]
    promised = [
        Due(link.text, link.contract.title, link.contract.line_id, link.due, link.due < today) for link in links
    ]
    actions = [
        Due(a.title, a.structure.name, "", a.due, a.due < today)
        for a in actions_due(request, until)
        if a.owner_role in roles
    ]
    return sorted([*promised, *actions], key=lambda one: one.day)


def _is_mine(link: ThreadLink, request: HttpRequest, roles: frozenset[str]) -> bool:
    person = request.person.oid  # type: ignore[attr-defined]
    return link.owner_role in roles or person in (link.contract.manager_id, link.contract.focal_point_id)


def actions_due(request: HttpRequest, until: date) -> list[Action]:
    """Actions of plans that the person reads and that are to be done by a day."""
    found = request.reach.structures(Need("PLAN"))  # type: ignore[attr-defined]
    actions = Action.objects.filter(due__lte=until, state__in=("planned", "running", "late")).select_related(
        "structure"
    )
    return list(actions if EVERYWHERE in found else actions.filter(structure__in=found))
