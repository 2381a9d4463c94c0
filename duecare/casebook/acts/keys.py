"""One's own keys for programs: made, shown once, revoked; never with more than one's own roles give."""

from __future__ import annotations

from datetime import date, timedelta

from duecare.casebook.access import EVERYWHERE
from duecare.casebook.keys import fresh
from duecare.casebook.models import ApiKey, Structure
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage

LONGEST_DAYS = 366
MOST_KEYS = 20
"""Keys of one person that are neither revoked nor over."""


def make(
    actor: Actor, name: str, until: date, *, writes: bool = False, structure: Structure | None = None
) -> tuple[ApiKey, str]:
    """Make a key for the person who asks; returns its row and the key itself, which is kept nowhere.

    ``structure`` narrows it to one office, without it the key reaches what the person reaches. Raises ``WrongUsage`` for a
    name that is missing, a day in the past or more than a year away, an office in which the person has no role.
    """
    assert actor.person is not None
    if actor.via == "api":
        raise WrongUsage("A program makes no keys. Make it on the page of your keys.")
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise WrongUsage("name: say what the key is for, in at most 100 characters.")
    if not actor.day <= until <= actor.day + timedelta(days=LONGEST_DAYS):
        raise WrongUsage("until: the last day must lie within one year from today.")
    if structure is not None and not {structure.oid, EVERYWHERE} & {one.structure for one in actor.reach.held}:
        raise WrongUsage("structure: you have no role in this office.")
    made = fresh()
    with written(actor, "key.make", kind="key") as note:
        if ApiKey.objects.filter(person=actor.person, revoked=None, until__gte=actor.day).count() >= MOST_KEYS:
            raise WrongUsage(f"You have {MOST_KEYS} keys that are in use. Revoke one first.")
        said = {"name": name, "prefix": made.prefix, "digest": made.digest, "writes": writes, "until": until}
        row = ApiKey.objects.create(person=actor.person, structure=structure, **said, at=actor.at, by=actor.person)
        note(row.oid, {"writes": writes, "structure": structure.oid if structure else ""})
    return row, made.key


def own(actor: Actor) -> list[ApiKey]:
    """All keys of the person who asks, the newest first."""
    return list(ApiKey.objects.filter(person=actor.person).select_related("structure").order_by("-at", "-oid"))


def revoke(actor: Actor, oid: str) -> None:
    """End one of one's own keys at once; one that is over stays so. Somebody else's answers like a missing one."""
    with written(actor, "key.revoke", kind="key") as note:
        row = ApiKey.objects.filter(pk=oid, person=actor.person).first()
        if row is None:
            raise CannotAnswer("There is no such key of yours.")
        if row.revoked is None:
            row.revoked = actor.at
            row.save(update_fields=["revoked"])
        note(row.oid)
