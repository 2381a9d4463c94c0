"""What one person does this week: the list of METHOD 1.7 cut to their hours, with what is never cut and what others do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from duecare.identify.priority import Chosen, PriorityList

HOURS = {"BASIC": 0.25, "STANDARD": 0.5, "HEIGHTENED": 1.0, "INTENSIVE": 1.5}
"""Hours that the next act of an item takes in a week, by the care that it needs. An assumption, said on the page."""
ASSUMED_HOURS = 2.0
"""For somebody who has not said how many hours they have."""
MOST_NOW = 8
"""A list that cannot be seen at once is no list."""
ACTING = frozenset({"PO", "RQ", "CM"})
"""Roles that take the acts of a list; everybody else follows all of them."""
CAPACITY = 40
"""Items that are worked out before they are cut to the hours."""


@dataclass(frozen=True)
class Week:
    """The list of one person. All items stand in the order of METHOD 1.7.

    ``now`` fits the hours; ``must`` is never cut and does not fit; ``later`` waits; ``others`` are acts of other roles;
    ``put_off`` are lines on which a decision stands. ``needed`` are the hours of ``now`` and ``must`` together.
    """

    hours: float
    now: tuple[Chosen, ...]
    must: tuple[Chosen, ...]
    later: tuple[Chosen, ...]
    others: tuple[Chosen, ...]
    put_off: tuple[Chosen, ...]
    listed: PriorityList

    @property
    def used(self) -> float:
        """Hours that the items of ``now`` take."""
        return hours_of(self.now)

    @property
    def needed(self) -> float:
        """Hours that everything of one's own would take that is not cut."""
        return hours_of((*self.now, *self.must))

    @property
    def lines_later(self) -> int:
        """Contract lines that wait, those behind the end of the list included."""
        behind = next((one.lines for one in self.listed.left_out if one.code == "capacity"), 0)
        return behind + sum(len(one.lines) for one in self.later)


def fit(listed: PriorityList, hours: float, roles: Collection[str], put_off: Collection[str] = ()) -> Week:
    """Cut a list to a person's hours and roles; ``put_off`` are lines about which a decision stands.

    Items are taken in their order until the next one does not fit, so that nothing smaller overtakes; at least one is taken.
    """
    mine = ACTING.intersection(roles) or ACTING
    waiting = tuple(one for one in listed.chosen if one.line_id in put_off)
    left = [one for one in listed.chosen if one.line_id not in put_off]
    own = [one for one in left if one.role in mine]
    now = own[: _fitting(own, hours)]
    rest = own[len(now) :]
    return Week(
        hours=hours,
        now=tuple(now),
        must=tuple(one for one in rest if one.mandatory),
        later=tuple(one for one in rest if not one.mandatory),
        others=tuple(one for one in left if one.role not in mine),
        put_off=waiting,
        listed=listed,
    )


def hours_of(items: Iterable[Chosen]) -> float:
    """Hours that items take."""
    return sum(HOURS[one.ddl] for one in items)


def _fitting(items: list[Chosen], hours: float) -> int:
    used = 0.0
    for number, one in enumerate(items[:MOST_NOW]):
        used += HOURS[one.ddl]
        if used > hours and number > 0:
            return number
    return min(len(items), MOST_NOW)
