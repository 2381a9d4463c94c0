"""Workshops: several experts rate the same lines, each alone; then median and range are shown to all (METHOD 1.10).

Before an item is revealed nobody gets anybody else's rating, whatever their role: ``seen`` is the only way to ratings, and it
gives a person their own and the number of people who rated. Who rated what is not shown afterwards either.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from duecare.casebook import freetext
from duecare.casebook.access import Need
from duecare.casebook.acts.overrides import FUNCTIONS, TARGET
from duecare.casebook.models import Structure, Workshop, WorkshopItem, WorkshopRating, WorkshopReveal
from duecare.casebook.writing import Actor, written
from duecare.errors import WrongUsage

JUDGE = Need("JUDGE", "write")
LEAST_RATINGS = 2
"""Fewer would show one person's rating as the result."""
MOST_ITEMS = 60


@dataclass(frozen=True, slots=True)
class Item:
    """A line to be rated; ``model_value`` is the model's value of the target, kept aside until the item is revealed."""

    line_id: str
    title: str
    target: str = "L"
    model_value: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person may see of an item. ``values`` and what follows are empty until it is revealed."""

    rated: int
    own: float | None
    own_note: str = ""
    is_revealed: bool = False
    values: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    median: float | None = None
    lowest: float | None = None
    highest: float | None = None
    model_value: float | None = None
    dissent: str = ""


def open_workshop(
    actor: Actor,
    structure: Structure,
    title: str,
    held: date,
    items: Iterable[Item],
    *,
    run: str = "",
    sources: str = "",
) -> Workshop:
    """Open a workshop of an office with the lines that are to be rated.

    Raises ``WrongUsage`` without a title or a line, ``NotAllowed`` without the right to judge there.
    """
    actor.must(JUDGE, structure.oid)
    texts, chosen = freetext.checked(title=title, sources=sources), list(items)
    if not texts["title"] or len(texts["title"]) > 200:
        raise WrongUsage("title: give the workshop a title of at most 200 characters.")
    with written(actor, "workshop.open", kind="workshop", structure=structure.oid) as note:
        workshop = Workshop.objects.create(
            structure=structure, held=held, run=run[:64], at=actor.at, by=actor.person, **texts
        )
        _add(actor, workshop, chosen)
        note(workshop.oid, {"items": len(chosen)})
    return workshop


def add_items(actor: Actor, workshop: Workshop, items: Iterable[Item]) -> None:
    """Add lines to a workshop; those that are there already stay as they are."""
    actor.must(JUDGE, workshop.structure_id)
    chosen = list(items)
    with written(actor, "workshop.add", kind="workshop", structure=workshop.structure_id) as note:
        _add(actor, workshop, chosen)
        note(workshop.oid, {"items": len(chosen)})


def rate(actor: Actor, item: WorkshopItem, role: str, value: float, note_text: str = "") -> WorkshopRating:
    """Keep one's own rating of an item, once, before it is revealed.

    Raises ``WrongUsage`` for a value off the scale, a second rating or one after the others were shown.
    """
    structure = item.workshop.structure_id
    actor.must(JUDGE, structure)
    if role not in FUNCTIONS or role not in actor.reach.roles_for(JUDGE, structure):
        raise WrongUsage("role: choose a role that you hold in this office and that may judge.")
    if not (math.isfinite(value) and 0 <= value <= 4):
        raise WrongUsage("value: a level from 0 to 4.")
    text = freetext.checked(note=note_text)["note"]
    with written(actor, "workshop.rate", kind="workshop item", structure=structure) as note:
        if is_revealed(item):
            raise WrongUsage("The ratings of this line have been shown; no more can be added.")
        if WorkshopRating.objects.filter(item=item, by=actor.person).exists():
            raise WrongUsage("You have rated this line before; a rating is not changed.")
        said = {"role": role, "value": float(value), "note": text, "at": actor.at, "by": actor.person}
        rating = WorkshopRating.objects.create(item=item, **said)
        note(item.oid, {"role": role})
    return rating


def may_reveal(actor: Actor, workshop: Workshop) -> bool:
    """Whether this person leads the workshop: who opened it, or a focal point of its office."""
    here = actor.reach.roles_for(JUDGE, workshop.structure_id)
    return bool(here) and (workshop.by_id == actor.person_id or "FP" in here)


def reveal(actor: Actor, item: WorkshopItem, dissent: str = "") -> WorkshopReveal:
    """Show all ratings of an item: median, lowest and highest are kept, the ratings stay as they are.

    Raises ``WrongUsage`` with fewer than ``LEAST_RATINGS`` ratings, for a second time, or where somebody else leads.
    """
    actor.must(JUDGE, item.workshop.structure_id)
    text = freetext.checked(dissent=dissent)["dissent"]
    if not may_reveal(actor, item.workshop):
        raise WrongUsage("Who opened the workshop or a focal point of its office shows the ratings.")
    with written(actor, "workshop.reveal", kind="workshop item", structure=item.workshop.structure_id) as note:
        if is_revealed(item):
            raise WrongUsage("The ratings of this line have been shown before.")
        values = sorted(WorkshopRating.objects.filter(item=item).values_list("value", flat=True))
        if len(values) < LEAST_RATINGS:
            raise WrongUsage(f"At least {LEAST_RATINGS} people must rate a line before the ratings are shown.")
        said = {
            "median": median(values),
            "lowest": values[0],
            "highest": values[-1],
            "ratings": len(values),
            "dissent": text,
        }
        result = WorkshopReveal.objects.create(item=item, **said, at=actor.at, by=actor.person)
        note(item.oid, {"ratings": len(values)})
    return result


def is_revealed(item: WorkshopItem) -> bool:
    """Whether everybody may see the ratings of this item."""
    return WorkshopReveal.objects.filter(item=item).exists()


def seen(actor: Actor, item: WorkshopItem) -> Seen:
    """What this person may see of an item: before it is revealed their own rating and how many people rated."""
    actor.must(Need("JUDGE", "read"), item.workshop.structure_id)
    ratings = WorkshopRating.objects.filter(item=item)
    own = ratings.filter(by=actor.person).first()
    said = {"rated": ratings.count(), "own": own.value if own else None, "own_note": own.note if own else ""}
    result = WorkshopReveal.objects.filter(item=item).first()
    if result is None:
        return Seen(**said)
    shown = sorted(ratings.values_list("value", "note"))
    return Seen(
        **said,
        is_revealed=True,
        values=tuple(value for value, _ in shown),
        notes=tuple(note for _, note in shown if note),
        median=result.median,
        lowest=result.lowest,
        highest=result.highest,
        model_value=item.model_value,
        dissent=result.dissent,
    )


def took_part(workshop: Workshop) -> list[str]:
    """The roles that rated something, each once."""
    return sorted(set(WorkshopRating.objects.filter(item__workshop=workshop).values_list("role", flat=True)))


def _add(actor: Actor, workshop: Workshop, items: list[Item]) -> None:
    if not items:
        raise WrongUsage("lines: choose at least one line.")
    if WorkshopItem.objects.filter(workshop=workshop).count() + len(items) > MOST_ITEMS:
        raise WrongUsage(f"lines: a workshop rates at most {MOST_ITEMS} lines; open a second one.")
    there = set(WorkshopItem.objects.filter(workshop=workshop).values_list("line_id", "target"))
    for item in items:
        if not TARGET.fullmatch(item.target):
            raise WrongUsage(f"target: {item.target!r} is no factor, group, L, S or LEV.")
        if (item.line_id, item.target) not in there:
            there.add((item.line_id, item.target))
            said = {
                "line_id": item.line_id,
                "title": item.title,
                "target": item.target,
                "model_value": item.model_value,
            }
            WorkshopItem.objects.create(workshop=workshop, **said, at=actor.at, by=actor.person)
