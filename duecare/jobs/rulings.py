"""Overrides of the record as ``identify`` takes them: what stands in it and was not withdrawn, with those who signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from duecare.identify.overrides import Ruling

if TYPE_CHECKING:
    from duecare.casebook.models import Override


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rulings in the order of their numbers, and the numbers of overrides that cannot be read as one."""

    rulings: tuple[Ruling, ...] = ()
    unreadable: tuple[str, ...] = ()


def gather() -> Gathered:
    """Every override of the record that was not withdrawn; whether it counts on a day is for ``identify`` to say."""
    from duecare.casebook.models import Override

    standing = Override.objects.filter(withdrawal__isnull=True).order_by("number")
    found, unreadable = [], []
    for override in standing.prefetch_related("signatures"):
        try:
            found.append(ruling_of(override))
        except msgspec.ValidationError:
            unreadable.append(override.number)
    return Gathered(tuple(found), tuple(unreadable))


def ruling_of(override: Override) -> Ruling:
    """One override with its author, those who agreed and those who object; raises ``msgspec.ValidationError`` where it is none."""
    from duecare.casebook.acts.overrides import as_written

    return msgspec.convert(as_written(override), Ruling)
