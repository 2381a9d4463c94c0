"""Who may read and write what, and where: the matrix of METHOD 8.5 over a person's roles in offices.

A right is a role's; where it reaches is the office of the assignment. Nothing else gives a right: there are no superusers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import yaml

from duecare.errors import DuecareError

Act = Literal["read", "write"]
EVERYWHERE: Final = "*"
"""In a set of office ids: the whole organisation, also what belongs to no office."""
LETTERS: dict[Act, str] = {"read": "r", "write": "w"}


class NotAllowed(DuecareError):
    """The person's roles do not give this right here; said without telling what is there."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Need:
    """What a page or act asks for: a class of ``access.yaml`` and ``read`` or ``write``."""

    data_class: str
    act: Act = "read"

    def __post_init__(self) -> None:
        if self.data_class not in matrix():
            raise ValueError(f"access.yaml has no class {self.data_class}.")


@dataclass(frozen=True, slots=True)
class Held:
    """One role in one office, or everywhere (``EVERYWHERE``)."""

    role: str
    structure: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What one person may do today. ``only`` narrows it further to one office and to reading (an API key)."""

    held: frozenset[Held] = field(default_factory=frozenset)
    only: str = ""
    reads_only: bool = False

    @property
    def roles(self) -> frozenset[str]:
        """The roles held anywhere."""
        return frozenset(one.role for one in self.held)

    def structures(self, need: Need) -> frozenset[str]:
        """Ids of the offices in which the need is met; holds ``EVERYWHERE`` for the whole organisation."""
        if self.reads_only and need.act == "write":
            return frozenset()
        found = frozenset(one.structure for one in self.held if grants(one.role, need))
        if not self.only:
            return found
        return frozenset({self.only}) if self.only in found or EVERYWHERE in found else frozenset()

    def may(self, need: Need, structure: str | None = None) -> bool:
        """Whether the need is met in this office; without one, whether it is met for the whole organisation."""
        found = self.structures(need)
        return EVERYWHERE in found or (structure is not None and structure in found)

    def may_somewhere(self, need: Need) -> bool:
        """Whether the need is met in any office."""
        return bool(self.structures(need))

    def roles_for(self, need: Need, structure: str | None) -> list[str]:
        """The roles by which the need is met in this office, in the order of ``access.yaml``."""
        here = {one.role for one in self.held if one.structure in (EVERYWHERE, structure) and grants(one.role, need)}
        return [role for role in roles() if role in here] if self.may(need, structure) else []


def reach_of(person: object, day: date) -> Reach:
    """The reach of a person (a ``models.Person``) on a day: assignments that began and have not ended."""
    from duecare.casebook.models import Assignment

    if not getattr(person, "is_active", False):
        return Reach()
    rows = Assignment.objects.filter(person=person, since__lte=day).values_list("role", "structure_id", "until")
    return Reach(_held((role, structure) for role, structure, until in rows if until is None or until >= day))


def _held(pairs: Iterable[tuple[str, str | None]]) -> frozenset[Held]:
    return frozenset(Held(role, structure or EVERYWHERE) for role, structure in pairs)


def grants(role: str, need: Need) -> bool:
    """Whether a role gives the need fully; narrower rights in brackets do not."""
    given = matrix()[need.data_class][role]
    return not given.startswith("(") and LETTERS[need.act] in given


def narrower(role: str, data_class: str) -> str:
    """The narrower right in brackets that a role has, such as ``flags`` or ``count``; empty for none."""
    given = matrix()[data_class][role]
    return given[1:-1] if given.startswith("(") else ""


def is_restricted(data_class: str) -> bool:
    """Whether reading this class is written into the audit log."""
    return data_class in _read()["restricted"]


def roles() -> list[str]:
    """All roles, in the order in which they are shown."""
    return list(_read()["roles"])


def matrix() -> dict[str, dict[str, str]]:
    """Class to role to right, as ``access.yaml`` has it."""
    classes: dict[str, dict[str, str]] = _read()["classes"]
    return classes


@lru_cache(maxsize=1)
def _read() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(
        Path(__file__).with_name("access.yaml").read_text("utf-8")
    )
    for name, row in found["classes"].items():
        if list(row) != list(found["roles"]):
            raise ValueError(f"access.yaml: the class {name} must name every role, in order.")
    return found
