"""A contract after its modification (F20): section VII says anew what is bought, where, by whom and for how much."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from duecare.records.notices.notice import MODIFICATION, Award, Lot, Party
from duecare.records.ted.awards import Placed, money_of
from duecare.records.ted.changes import value_before_and_after
from duecare.records.ted.forms import Written
from duecare.records.ted.objects import codes_of, months_of, places_of
from duecare.records.ted.parties import parties_of
from duecare.records.ted.tree import Element, Faults, amount, attribute, currency, day, each, first, texts, whole_number

_WORDS = re.compile(r"[^\W_]+")
_SAME_START, _ALIKE, _COMPARED, _MOST_COMPARED = 10, 0.75, 100, 2_500
"""Of 30 real notices whose two sections spell contractors differently these limits tell 6 new contractors from 24 spellings."""


def modified(
    notice: Written, lots: Sequence[Lot], awards: Sequence[Placed], faults: Faults
) -> tuple[list[Lot], list[Placed]]:
    """Lots and awards as they are after the modification; unchanged for every other kind of notice."""
    described = first(notice.original, "MODIFICATIONS_CONTRACT", "DESCRIPTION_PROCUREMENT")
    if notice.form.kind != MODIFICATION or described is None:
        return list(lots), list(awards)
    new_lots = [_lot(lot, notice, described) for lot in lots] if len(lots) == 1 else list(lots)
    return new_lots, [Placed(one.lot, _award(one.award, notice.original, described, faults)) for one in awards]


def _lot(lot: Lot, notice: Written, described: Element) -> Lot:
    countries, places = places_of(attribute(one, "CODE") for one in each(described, "NUTS"))
    codes = (*codes_of(described, "CPV_MAIN"), *codes_of(described, "CPV_ADDITIONAL"))
    duration = first(described, "DURATION")
    in_languages = [
        (one.language, first(one.element, "MODIFICATIONS_CONTRACT", "DESCRIPTION_PROCUREMENT", "SHORT_DESCR"))
        for one in notice.entries
    ]
    return replace(
        lot,
        descriptions=texts(in_languages) or lot.descriptions,
        cpv=tuple(dict.fromkeys(codes)) or lot.cpv,
        countries=countries or lot.countries,
        places=places or lot.places,
        start_date=day(first(described, "DATE_START")) or lot.start_date,
        end_date=day(first(described, "DATE_END")) or lot.end_date,
        duration_months=months_of(whole_number(duration), attribute(duration, "TYPE")) or lot.duration_months,
    )


def _award(award: Award, form: Element, described: Element, faults: Faults) -> Award:
    """The contract as concluded (section V), with what section VII adds to it.

    ``amount`` stays the value at the conclusion. The value after the modification (VII.2.3, else VII.1.6) is the largest
    known and becomes ``modified_amount``: real notices write 0.01 or only the increase there.
    """
    _, after = value_before_and_after(form)
    largest, code = amount(after, faults), currency(after)
    if not largest:
        money = money_of(described, faults)
        largest, code = money.amount, money.currency
    later = parties_of(described, "CONTRACTORS", "CONTRACTOR", "ADDRESS_CONTRACTOR")
    later = later or parties_of(described, "CONTRACTOR", "ADDRESS_CONTRACTOR")
    award = replace(award, suppliers=(*award.suppliers, *_new(later, award.suppliers)))
    if not award.amount:
        return replace(award, amount=largest, modified_amount=largest, currency=code)
    return replace(award, modified_amount=largest) if code == award.currency else award


def _new(later: Sequence[Party], before: Sequence[Party]) -> list[Party]:
    """Contractors that were not there before, neither in the same nor in another spelling."""
    if len(later) * len(before) > _MOST_COMPARED:
        known = set(before)
        return [one for one in later if one not in known]
    return [one for one in later if not any(_is_same(one, other) for other in before)]


def _is_same(one: Party, other: Party) -> bool:
    return (one.identifier != "" and one.identifier == other.identifier) or _are_alike(one.name, other.name)


def _are_alike(name: str, other: str) -> bool:
    left, right = ("".join(_WORDS.findall(one[:_COMPARED].casefold())) for one in (name, other))
    return left[:_SAME_START] == right[:_SAME_START] or SequenceMatcher(None, left, right).ratio() >= _ALIKE
