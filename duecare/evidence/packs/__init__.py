"""Evidence as of a day: every pack checked, aged and turned into tables whose rows name their source.

One folder per source lies beside this file: ``pack.yaml`` (who says it, until when, what must hold), its facts, their reader
``read.py`` and a README that says what it does not cover. A register may hold further packs of the same form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from duecare.evidence.grading import aged, expires_on, later
from duecare.evidence.promises import BrokenPromise, Loaded, read_pack
from duecare.evidence.tables import (
    CONTEXT,
    COUNTRY_FACTORS,
    IMPORT_PARTNERS,
    KINDS,
    LISTED_GOODS,
    OBSERVATIONS,
    PRODUCTION_SHARES,
    REGIONAL_MEASURES,
    STATE_IMPOSED,
    Statement,
    TableRow,
    level_of,
    newest_edition,
    observed_on,
    statements,
    table_rows,
)
from duecare.terms import Fact, Grade

__all__ = [
    "COLUMNS",
    "CONTEXT",
    "COUNTRY_FACTORS",
    "IMPORT_PARTNERS",
    "LISTED_GOODS",
    "OBSERVATIONS",
    "PRODUCTION_SHARES",
    "REGIONAL_MEASURES",
    "STATE_IMPOSED",
    "BrokenPromise",
    "Evidence",
    "PackState",
    "load_packs",
]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "country_factors": COUNTRY_FACTORS,
    "listed_goods": LISTED_GOODS,
    "state_imposed": STATE_IMPOSED,
    "regional_measures": REGIONAL_MEASURES,
    "production_shares": PRODUCTION_SHARES,
    "import_partners": IMPORT_PARTNERS,
    "observations": OBSERVATIONS,
    "context": CONTEXT,
}
"""Every table of ``Evidence`` with its columns."""

READ_ELSEWHERE = {"category_profiles": "evidence.profiles"}
"""Folders of packs that are no facts about the world and have a reader of their own."""


NOT_USED = ("superseded", "not yet")


@dataclass(frozen=True, slots=True)
class PackState:
    """What a pack is worth on a day.

    ``status`` is ``in force``, ``aged`` (its grade has fallen), ``expired`` (no row is left of it), ``not yet`` (younger than
    the day asked for) or ``superseded`` (a newer edition of the same source is used). ``expired_since`` is the day on which
    an expired pack lost its last grade.
    """

    id: str
    kind: str
    publisher: str
    title: str
    edition: str
    observed_on: date
    retrieved: date
    valid_until: date
    grade: Grade
    status: str
    expired_since: date | None
    rows: int
    digest: str
    licence: str
    url: str
    place: str = "shipped"

    @property
    def sentence(self) -> str:
        """The state in one plain English sentence."""
        name = f"{self.title} ({self.publisher}, edition {self.edition})"
        if self.status == "expired":
            return f"{name} expired on {self.expired_since}: nothing is concluded from it."
        if self.status == "aged":
            return f"{name} was valid until {self.valid_until} and counts as {self.grade} now."
        if self.status == "in force":
            return f"{name} is valid until {self.valid_until}."
        return f"{name} is not used: {self.status}."


class Evidence:
    """All packs as of one day; what is unknown has no row.

    ``table(name)`` gives plain tuples in the order of ``COLUMNS``; the method of the same name gives them as mappings.
    """

    def __init__(self, as_of: date, packs: tuple[PackState, ...], known: Iterable[Statement]) -> None:
        self.as_of, self.packs = as_of, packs
        self._statements: dict[str, Statement] = {}
        for one in known:
            named = one._replace(id=_free(one.id, self._statements))
            self._statements[named.id] = named
        self._tables: dict[str, list[TableRow]] = {}

    def table(self, name: str) -> list[TableRow]:
        """Rows of one table of ``COLUMNS``; raises ``KeyError`` for another name."""
        if name not in COLUMNS:
            raise KeyError(name)
        if name not in self._tables:
            of_table = (one for one in self._statements.values() if one.table == name)
            self._tables[name] = table_rows(name, of_table, self.as_of)
        return self._tables[name]

    def _mappings(self, name: str) -> list[dict[str, Any]]:
        return [dict(zip(COLUMNS[name], row, strict=True)) for row in self.table(name)]

    def country_factors(self) -> list[dict[str, Any]]:
        """Levels of group G by country (``COUNTRY_FACTORS``); a country without a fact has no row."""
        return self._mappings("country_factors")

    def listed_goods(self) -> list[dict[str, Any]]:
        """X1: goods listed for a country (``LISTED_GOODS``); the flags of a downstream good are those of its input."""
        return self._mappings("listed_goods")

    def state_imposed(self) -> list[dict[str, Any]]:
        """X2 and X3 where only the country is known (``STATE_IMPOSED``); good "*" holds for all goods.

        Evidence about a part of a country is an interval here, see ``levels.state_imposed``.
        """
        return self._mappings("state_imposed")

    def regional_measures(self) -> list[dict[str, Any]]:
        """X2 and X3 where the region is known to be the one that the evidence is about (``REGIONAL_MEASURES``)."""
        return self._mappings("regional_measures")

    def production_shares(self) -> list[dict[str, Any]]:
        """Share of a country in the mine production of a good, 0-1 (``PRODUCTION_SHARES``)."""
        return self._mappings("production_shares")

    def import_partners(self) -> list[dict[str, Any]]:
        """Share of a partner in all goods that a country imports, 0-1 (``IMPORT_PARTNERS``); at most five partners."""
        return self._mappings("import_partners")

    def observations(self) -> list[dict[str, Any]]:
        """The user's own observations, one row per factor and scope (``OBSERVATIONS``); ``None`` holds for all."""
        return self._mappings("observations")

    def context(self) -> list[dict[str, Any]]:
        """Numbers that are shown and never scored (``CONTEXT``), such as those of a Global Slavery Index workbook."""
        return self._mappings("context")

    def facts(self, issue: str | None = None) -> list[Fact]:
        """All facts that count on this day, or those of one issue (``G1``, ``X1``, ``SHARE`` ...)."""
        chosen = (one for one in self._statements.values() if issue in (None, one.issue))
        return [fact for one in chosen if (fact := _fact(one, self.as_of)) is not None]

    def fact(self, fact_id: str) -> Fact:
        """The fact behind a row, with its source and locator; raises ``KeyError`` for an id that no row names."""
        fact = _fact(self._statements[fact_id], self.as_of)
        if fact is None:
            raise KeyError(fact_id)
        return fact

    def state(self, pack_id: str) -> PackState:
        """State of the pack in use, or of another of that name where none is; raises ``KeyError`` for an unknown pack."""
        of_name = [one for one in self.packs if one.id == pack_id]
        if not of_name:
            raise KeyError(pack_id)
        return max(of_name, key=lambda one: (one.status not in NOT_USED, one.status == "not yet", one.observed_on))

    def is_usable(self, pack_id: str) -> bool:
        """False for a list that is missing, expired or not yet published: then not being on it says nothing."""
        return any(one.id == pack_id and one.status in ("in force", "aged") for one in self.packs)

    @cached_property
    def digest(self) -> str:
        """One digest of all packs in use, for run ids: 32 hex digits."""
        used = sorted(f"{one.id} {one.digest}" for one in self.packs if one.status not in NOT_USED)
        return sha256("\n".join(used).encode()).hexdigest()[:32]


def _free(fact_id: str, taken: Mapping[str, Statement]) -> str:
    """The id itself, or with a number where two rows say something on the same thing: no statement replaces another."""
    if fact_id not in taken:
        return fact_id
    return next(name for count in range(2, len(taken) + 3) if (name := f"{fact_id}.{count}") not in taken)


def load_packs(as_of: date, extra: Path | None = None) -> Evidence:
    """All evidence as of a day: the packs that are shipped and those in ``extra``, a folder of pack folders.

    Of one source the newest edition published by ``as_of`` is used as a whole, so that what was taken off a list is off.
    Raises ``BrokenPromise`` for a pack that does not hold what it promises.
    """
    shipped = [(read_pack(folder), "shipped") for folder in _folders(files("duecare.evidence") / "packs")]
    added = [(read_pack(folder), "added") for folder in _folders(extra)] if extra is not None and extra.is_dir() else []
    used = _in_use([loaded for loaded, _place in [*shipped, *added]], as_of)
    states = [_state(loaded, as_of, place, is_used=id(loaded) in used) for loaded, place in [*shipped, *added]]
    known = [one for loaded, _place in [*shipped, *added] if id(loaded) in used for one in statements(loaded, as_of)]
    return Evidence(as_of, tuple(sorted(states, key=lambda one: (one.id, one.edition, one.digest))), known)


def _folders(place: Traversable) -> list[Traversable]:
    found = [one for one in place.iterdir() if one.name not in READ_ELSEWHERE and (one / "pack.yaml").is_file()]
    return sorted(found, key=lambda one: one.name)


def _in_use(packs: Sequence[Loaded], as_of: date) -> set[int]:
    """Identities of the packs in use: all observations, and of every other source the newest edition of the day."""
    newest: dict[str, tuple[date, str, Loaded]] = {}
    for loaded in packs:
        if loaded.pack.kind not in KINDS:
            raise BrokenPromise(f"The evidence pack {loaded.id} is of the unknown kind {loaded.pack.kind!r}.")
        day, edition = _published(loaded, as_of)
        if day <= as_of and (loaded.id not in newest or newest[loaded.id][:2] <= (day, edition)):
            newest[loaded.id] = (day, edition, loaded)
    accumulate = {id(loaded) for loaded in packs if loaded.pack.kind == "observations"}
    return {id(loaded) for _day, _edition, loaded in newest.values()} | accumulate


def _published(loaded: Loaded, as_of: date) -> tuple[date, str]:
    """Day and name of the edition that counts on a day. Ratifications hold their years, so any list serves an earlier day."""
    pack = loaded.pack
    edition = newest_edition(loaded, as_of)
    if edition is not None:
        return pack.editions[edition], edition
    return (min(pack.published, as_of) if pack.kind == "ratifications" else pack.published), pack.edition


def _state(loaded: Loaded, as_of: date, place: str, *, is_used: bool) -> PackState:
    pack, edition, day = loaded.pack, loaded.pack.edition, observed_on(loaded)
    if pack.editions and (newest := newest_edition(loaded, as_of)):
        edition, day = newest, pack.editions[newest]
    grade = aged(pack.grade, day, as_of, pack.validity_months)
    status = "aged" if grade is not pack.grade else "in force"
    if grade is Grade.E0:
        status = "expired"
    if day > as_of and pack.kind != "ratifications":
        status = "not yet"
    elif not is_used:
        status = "superseded"
    return PackState(
        loaded.id, pack.kind, pack.publisher, pack.title, edition, day, pack.retrieved, later(day, pack.validity_months), grade,
        status, expires_on(pack.grade, day, pack.validity_months) if status == "expired" else None, len(loaded.rows),
        loaded.digest, pack.licence, pack.url, place,
    )  # fmt: skip


def _fact(one: Statement, as_of: date) -> Fact | None:
    grade = aged(one.grade, one.observed_on, as_of, one.validity_months)
    if grade is Grade.E0:
        return None
    value, lo, hi = one.rated
    if one.unit == "level" and (found := level_of(one, as_of)) is not None:
        value, lo, hi = found.value, found.lo, found.hi
    exact, low, high = (Decimal(repr(float(number))).normalize() for number in (value, lo, hi))
    until = later(one.observed_on, one.validity_months)
    pack = one.id.split("/")[0]
    return Fact(
        one.id, one.issue, one.scope, exact, low, high, one.unit, one.observed_on, until, grade, one.source, pack, one.note
    )  # fmt: skip
