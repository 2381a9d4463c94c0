"""What a report is made of: findings, the chosen list, the ledger, packs, facts and the run, as plain values.

The report reads nothing else: no clock, no environment, no register.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from duecare.communicate.i18n import Said

Finding = Mapping[str, object]
"""One item of findings.json; see docs/reference/findings.md for every field."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item of the list that fits the office's capacity. ``rank`` counts from 1.

    ``act`` is the next step, ``role`` who takes it (a code of METHOD 7.1 such as ``PO``), ``by`` until when or before
    what, ``why`` the sentence that says why it is on the list; ``mandatory`` items are never cut by capacity.
    """

    line_id: str
    rank: int
    act: Said
    why: Said = ""
    mandatory: bool = False
    role: str = ""
    by: Said | date = ""
    lines: int = 1
    """How many contract lines the act covers, this one included."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Lines that were not chosen for one reason. ``lines`` counts them, ``examples`` names at most a few line ids."""

    sentence: Said
    lines: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """One evidence pack as it stood on the as-of day."""

    id: str
    publisher: str
    title: str
    edition: str
    licence: str
    retrieved: date
    valid_until: date | None = None
    expired: bool = False
    facts: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact as the report cites it: what it says, and where a reader can check it."""

    id: str
    pack: str
    says: Said
    publisher: str
    title: str
    edition: str
    date: date
    licence: str
    locator: str = ""
    url: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class RunLine:
    """What produced the findings, so that anybody can repeat it."""

    id: str
    method: str
    as_of: date
    code_version: str
    structure: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class ReportInput:
    """Everything that is written. ``ledger`` holds the files of ``take-in --json``; ``options`` is what was asked for."""

    findings: Collection[Finding]
    chosen: Sequence[Chosen]
    left_out: Sequence[LeftOut]
    ledger: Sequence[Mapping[str, object]]
    packs: Sequence[Pack]
    facts: Mapping[str, FactLine]
    run: RunLine
    options: Mapping[str, str] = field(default_factory=dict)
    capacity: int | None = None
    lines_seen: int | None = None
    lines_unscored: Sequence[tuple[Said, int]] = ()
    bands: Mapping[str, int] = field(default_factory=dict)
    leading: Mapping[str, Finding] = field(default_factory=dict)
    """The findings of the list's leading lines, by line id."""
