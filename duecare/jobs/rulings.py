"""Overrides of the record as ``identify`` takes them: what stands in it and was not withdrawn, with those who signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from duecare.identify.overrides import Ruling

if TYPE_CHECKING:
    from duecare.casebook.models import Override

FUNCTIONS = {"FP": "focal_point", "PO": "procurement", "CM": "procurement", "LG": "legal", "SM": "senior_management"}
"""Roles of the record that can judge an override, as the functions of METHOD 1.10."""


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
    """One override with its author and those who agreed; raises ``msgspec.ValidationError`` where it is none.

    People stand by their random id; a word in a role that cannot judge an override is left out.
    """
    words = [(override.role, override.by_id), *_agreeing(override)]
    plain: dict[str, Any] = {
        "id": override.number,
        "target": override.target,
        "where": override.where,
        "value": override.value,
        "direction": override.direction,
        "reason": override.reason,
        "evidence": override.proofs,
        "by": [{"role": FUNCTIONS[role], "author": person} for role, person in words if role in FUNCTIONS],
        "created": override.created.isoformat(),
        "expires": override.expires.isoformat(),
        "workshop": override.workshop_id or "",
        "dissent": override.dissent,
    }
    return msgspec.convert(plain, Ruling)


def _agreeing(override: Override) -> Iterable[tuple[str, str | None]]:
    return [(one.role, one.by_id) for one in override.signatures.all() if one.agrees]
