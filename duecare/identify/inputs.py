"""The tables that scoring reads, with their columns: evidence as of a day and category profiles, put into the engine.

Levels of evidence are already graded and aged as of the day (METHOD 6.5); what has expired to E0 has no row and is unknown.
Lines come as a view ``classified_lines``: the columns of a contract line and of its classification side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from duecare.identify.method import Method
from duecare.register.engine import Engine

LEVEL = {"value": "DOUBLE", "lo": "DOUBLE", "hi": "DOUBLE", "grade": "VARCHAR", "fact_id": "VARCHAR"}

EVIDENCE_TABLES: dict[str, dict[str, str]] = {
    "country_factors": {"country": "VARCHAR", "factor": "VARCHAR", **LEVEL},
    "listed_goods": {
        "good": "VARCHAR",
        "country": "VARCHAR",
        "child_labour": "BOOLEAN",
        "forced_labour": "BOOLEAN",
        "downstream": "BOOLEAN",
        **LEVEL,
    },
    "state_imposed": {"good": "VARCHAR", "country": "VARCHAR", "factor": "VARCHAR", **LEVEL},
    "observations": {
        "factor": "VARCHAR",
        "country": "VARCHAR",
        "profile": "VARCHAR",
        "supplier_id": "VARCHAR",
        "stage": "VARCHAR",
        **LEVEL,
    },
}

PROFILE_TABLES: dict[str, dict[str, str]] = {
    "profiles": {
        "profile": "VARCHAR",
        "category": "VARCHAR",
        "category_title": "VARCHAR",
        "kind": "VARCHAR",
        "documented": "DOUBLE",
        "documented_by": "VARCHAR",
        "labour_intensive": "BOOLEAN",
        "Q": "DOUBLE",
        "Q_lo": "DOUBLE",
        "Q_hi": "DOUBLE",
        "question": "VARCHAR",
    },
    "profile_stages": {
        "profile": "VARCHAR",
        "stage": "VARCHAR",
        "place": "VARCHAR",
        **{f"{group}{end}": "DOUBLE" for group in "PWB" for end in ("", "_lo", "_hi")},
        **{f"{group}_reason": "VARCHAR" for group in "PWB"},
    },
    "profile_origins": {"profile": "VARCHAR", "stage": "VARCHAR", "country": "VARCHAR"},
    "profile_goods": {"profile": "VARCHAR", "stage": "VARCHAR", "good": "VARCHAR"},
    "profile_harms": {
        "profile": "VARCHAR",
        "stage": "VARCHAR",
        "scenario": "VARCHAR",
        "scale": "DOUBLE",
        "scope": "DOUBLE",
        "irremediability": "DOUBLE",
        "reason": "VARCHAR",
    },
    "profile_acts": {"profile": "VARCHAR", "phase": "VARCHAR", "act": "VARCHAR"},
}


class Evidence(Protocol):
    """What scoring asks of the evidence: rows as mappings with the columns of ``EVIDENCE_TABLES``."""

    def country_factors(self) -> Iterable[Mapping[str, Any]]:
        """Levels of G factors by country; a country that no source covers has no row."""

    def listed_goods(self) -> Iterable[Mapping[str, Any]]:
        """Pairs of good and country on a list of forced or child labour, with the level of X1."""

    def state_imposed(self) -> Iterable[Mapping[str, Any]]:
        """Levels of X2 and X3 by good and country; the good ``*`` is any good of the country."""

    def observations(self) -> Iterable[Mapping[str, Any]]:
        """The user's own observations; an empty scope column means everywhere."""


class Profiles(Protocol):
    """What scoring asks of the profiles: the flat columns of ``PROFILE_TABLES``."""

    def tables(self) -> Mapping[str, Mapping[str, Sequence[Any]]]:
        """Columns by table, one list per column."""


def put_evidence(engine: Engine, evidence: Evidence) -> None:
    """Make the evidence tables. Empty tables are fine: everything is then unknown."""
    for name, schema in EVIDENCE_TABLES.items():
        rows = getattr(evidence, name)()
        engine.table(name, schema, [[_plain(row[column]) for column in schema] for row in rows])


def put_profiles(engine: Engine, profiles: Profiles) -> None:
    """Make the profile tables; columns that scoring does not read are left out."""
    tables = profiles.tables()
    for name, schema in PROFILE_TABLES.items():
        given = tables.get(name) or {column: [] for column in schema}
        engine.table(name, schema, list(zip(*(given[column] for column in schema), strict=True)))


def put_method(engine: Engine, method: Method) -> None:
    """Make the tables ``factors_known_to_method`` and ``half_widths`` of the method's factor lists and grades."""
    groups = method.groups
    lists = ((groups.core, 1, 1), (groups.core_for_goods, 1, 0), (groups.core_for_services, 0, 1), (groups.more, 0, 0))
    flags: dict[tuple[str, str], list[int]] = {}
    for listed, goods, services in lists:
        for grp, factors in listed.items():
            for factor in factors:
                known = flags.setdefault((grp, factor), [0, 0])
                known[0], known[1] = max(known[0], goods), max(known[1], services)
    rows = [(factor, grp, i, *core) for i, ((grp, factor), core) in enumerate(sorted(flags.items(), key=_by_number))]
    schema = {"factor": "VARCHAR", "grp": "VARCHAR", "position": "INTEGER", "core_goods": "INTEGER"}
    engine.table("method_factors", schema | {"core_services": "INTEGER"}, rows)
    widths = [
        (grade, width, grade in method.scale.grades_that_prove_absence)
        for grade, width in method.scale.half_width.items()
    ]
    engine.table("half_widths", {"grade": "VARCHAR", "half_width": "DOUBLE", "proves_absence": "BOOLEAN"}, widths)


def _by_number(item: tuple[tuple[str, str], list[int]]) -> tuple[str, int]:
    (grp, factor), _ = item
    return grp, int(factor[1:])


def _plain(value: Any) -> Any:
    """Enumerations and exact numbers as the engine takes them."""
    if value is None or isinstance(value, bool):
        return value
    return str(value) if isinstance(value, str) else float(value)
