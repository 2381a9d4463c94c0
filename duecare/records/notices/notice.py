"""What a notice says, in the words that eForms and TED XML share; both readers write it and only this goes on to lines.

Texts are as published, without placeholders ("see above", "***"), which are unknown and therefore empty. Numbers are plain
decimals in text (digits, optional point and sign), dates ISO 8601, countries ISO 3166-1 alpha-2 (XK for Kosovo), languages
ISO 639-1. An empty value is unknown. Contact persons, e-mail addresses, telephone numbers and street addresses are never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Texts = Mapping[str, str]
"""One text by language; the language is empty where the notice does not say it. In the order of publication."""
NO_TEXTS: Texts = {}

PLANNING, COMPETITION, RESULT, MODIFICATION, CORRECTION, OTHER = (
    "planning",
    "competition",
    "result",
    "modification",
    "correction",
    "other",
)
"""Kinds of notice. ``CORRECTION`` is a corrigendum that only says what to change in another notice (TED F14);
an eForms change notice repeats the whole notice, so it has the kind of that one and names it in ``replaces``."""


@dataclass(frozen=True, slots=True)
class Party:
    """A buyer or a winner. ``is_person`` where the notice says or shows that it is a natural person or a sole trader."""

    name: str = ""
    identifier: str = ""
    country: str = ""
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class Award:
    """One contract or one result of a lot. ``number`` tells the awards of a procedure apart; it never changes between notices."""

    number: str = ""
    contract_id: str = ""
    is_awarded: bool = True
    titles: Texts = field(default_factory=dict)
    suppliers: tuple[Party, ...] = ()
    amount: str = ""
    estimated_amount: str = ""
    modified_amount: str = ""
    currency: str = ""
    date: str = ""
    tenderers: str = ""
    lowest_bid: str = ""
    highest_bid: str = ""
    subcontract_share: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """What is bought together. ``cpv`` begins with the main code; ``countries`` are the places of performance."""

    id: str = ""
    titles: Texts = field(default_factory=dict)
    descriptions: Texts = field(default_factory=dict)
    cpv: tuple[str, ...] = ()
    procurement_category: str = ""
    countries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    quantity: str = ""
    unit: str = ""
    estimated_amount: str = ""
    currency: str = ""
    start_date: str = ""
    end_date: str = ""
    duration_months: str = ""
    renewals: str = ""
    price_weight: str = ""
    framework: str = ""
    objectives: tuple[str, ...] = ()
    reserved: str = ""
    exclusion_grounds: tuple[str, ...] = ()
    awards: tuple[Award, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """One change that a corrigendum makes. ``what`` is one of ``CORRECTED``, "" for what has no place in a line.

    ``old`` and ``new`` as the notice writes them: ISO days, CPV codes separated by one space, plain amounts, titles.
    ``lot`` is the number of the lot, "" for the whole notice; ``is_of_lot`` where it changes what each lot says for itself.
    """

    what: str = ""
    lot: str = ""
    is_of_lot: bool = False
    old: str = ""
    new: str = ""


DEADLINE, PERIOD, CODES, VALUE, TITLE = "deadline", "period", "cpv", "amount", "title"
CORRECTED = (DEADLINE, PERIOD, CODES, VALUE, TITLE)
"""What a corrigendum may change in a line: deadline for tenders, start or end, CPV codes, a value, a title."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. ``procedure`` is shared by all notices of one procedure; ``version`` orders notices that say the same thing.

    ``replaces`` names the notices whose content this one supersedes, ``corrects`` those that a corrigendum amends, and
    ``continues`` an earlier notice of the same procedure (a result names its competition). ``faults`` are (code, field,
    value, detail) of ``records.faults``; a notice with any of them is quarantined as a whole.
    ``publication`` is the number in the Official Journal where the notice carries it beside its own ``id``; ``notes`` are
    sentences for the ledger (an edition of the format that is newer than the reader).
    ``joint_buyers`` are those beside ``buyer``. ``dispatched`` and ``deadline`` are the days between which tenders could be
    made, of competitions only; ``corrections`` what a corrigendum changes in the notices that it ``corrects``.
    """

    source: str
    id: str
    procedure: str
    version: str
    kind: str
    form: str = ""
    language: str = ""
    buyer: Party = field(default_factory=Party)
    buyer_type: str = ""
    buyer_activity: str = ""
    procurement_category: str = ""
    procurement_method: str = ""
    is_accelerated: bool = False
    bid_days: str = ""
    titles: Texts = field(default_factory=dict)
    descriptions: Texts = field(default_factory=dict)
    lots: tuple[Lot, ...] = ()
    replaces: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    continues: str = ""
    faults: tuple[tuple[str, str, str, str], ...] = ()
    publication: str = ""
    notes: tuple[str, ...] = ()
    joint_buyers: tuple[Party, ...] = ()
    dispatched: str = ""
    deadline: str = ""
    corrections: tuple[Correction, ...] = ()
