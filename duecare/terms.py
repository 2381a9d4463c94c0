"""The words everyone shares: immutable values that travel between the books and the steps.

Sources: HOUSE (table of words), METHOD 0.2, 1.3-1.8, 6.5 and appendix A. Units are in the names or in the docstrings; an
unknown value is ``None`` or an interval, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Grade(StrEnum):
    """Evidence grade of METHOD 6.5, weakest first."""

    E0 = "E0"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"


class Stage(StrEnum):
    """Supply-chain stage of METHOD 0.2, from the field to the buyer's door."""

    RAW = "RAW"
    PROC = "PROC"
    MANU = "MANU"
    LOG = "LOG"
    SITE = "SITE"


class Band(StrEnum):
    """Likelihood band of METHOD 1.5, lowest first. A band is an ordinal word, never a probability."""

    LOW = "LOW"
    MODERATE = "MODERATE"
    HIGH = "HIGH"
    VERY_HIGH = "VERY_HIGH"


class DueDiligence(StrEnum):
    """Due-diligence level that a band triggers (METHOD 0.2)."""

    BASIC = "BASIC"
    STANDARD = "STANDARD"
    HEIGHTENED = "HEIGHTENED"
    INTENSIVE = "INTENSIVE"


class Route(StrEnum):
    """How a buyer can move the risk (METHOD 1.8). The route never lowers a priority."""

    DIRECT = "DIRECT"
    BUILD = "BUILD"
    COLLECTIVE = "COLLECTIVE"


class Involvement(StrEnum):
    """How the buyer is connected to the harm (METHOD 1.8)."""

    CAUSE = "CAUSE"
    CONTRIBUTE = "CONTRIBUTE"
    LINKED = "LINKED"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read. ``locator`` is a page, cell, element or row that a reader can open."""

    publisher: str
    title: str
    url: str
    licence: str
    retrieved: date
    locator: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated statement by one source. Immutable; a newer fact corrects it.

    ``issue`` names what it is about (a factor id such as ``G1``, or ``X1``), ``scope`` the keys it holds for
    (``country``, ``good``, ``category``, ``supplier_id``), ``value`` a level 0-4 or another number in ``unit``.
    """

    id: str
    issue: str
    scope: tuple[tuple[str, str], ...]
    value: Decimal
    lo: Decimal
    hi: Decimal
    unit: str
    valid_from: date
    valid_until: date
    grade: Grade
    source: Source
    pack: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in an ISO 4217 currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Level:
    """A factor or group level on the 0-4 scale of METHOD 1.3 with its interval. Unknown is an interval, never 0."""

    value: float
    lo: float
    hi: float
    grade: Grade
    source: str = ""


@dataclass(frozen=True, slots=True)
class Classified:
    """What a line was taken to buy, and how sure that is.

    ``profile`` is the id of a category profile (``CAT03`` or a general one); ``how`` one of ``human`` (a person decided, on
    the day ``decided``), ``declared`` (its code), ``mapped`` (another code system), ``predicted`` (from its text), ``unknown``
    (nothing is sure enough to rate by; ``cpv`` may hold a guess).
    ``code`` is as declared, ``contradicts`` the code that the text contradicts. ``cpv`` is the CPV 2008 prefix as deep as
    it is sure and ``division_confidence`` the probability of its division; ``alternatives`` are profiles and ``guesses`` CPV
    prefixes with a probability of other readings, best first.
    """

    profile: str
    how: str
    confidence: float
    code: str = ""
    contradicts: str = ""
    alternatives: tuple[str, ...] = ()
    cpv: str = ""
    guesses: tuple[tuple[str, float], ...] = ()
    division_confidence: float = 0.0
    decided: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a number is what it is: a message id with its parameters, the facts behind it and its share in L."""

    code: str
    params: tuple[tuple[str, str], ...] = ()
    facts: tuple[str, ...] = ()
    contribution: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """What produced a table row: ``id = sha256(inputs + parameters + code version)`` (METHOD 1.11)."""

    id: str
    code_version: str
    method: str
    as_of: date
    inputs: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = field(default_factory=tuple)
