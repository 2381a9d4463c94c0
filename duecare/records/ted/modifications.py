"""A contract after its modification (F20): section VII says anew what is bought, where, by whom and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from duecare.records.notices.notice import MODIFICATION, Award, Lot
from duecare.records.ted.awards import Placed, money_of
from duecare.records.ted.changes import value_before_and_after
from duecare.records.ted.forms import Written
from duecare.records.ted.objects import codes_of, months_of, places_of
from duecare.records.ted.parties import parties_of
from duecare.records.ted.tree import Element, Faults, amount, attribute, currency, day, each, first, texts, whole_number


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
    """The value after the modification (VII.2.3), else the one of its description (VII.1.6), else the contract's own."""
    _, after = value_before_and_after(form)
    value, code = amount(after, faults), currency(after)
    if not value:
        money = money_of(described, faults)
        value, code = money.amount, money.currency
    suppliers = parties_of(described, "CONTRACTORS", "CONTRACTOR", "ADDRESS_CONTRACTOR") or parties_of(
        described, "CONTRACTOR", "ADDRESS_CONTRACTOR"
    )
    if value:
        award = replace(award, amount=value, currency=code, estimated_amount="", lowest_bid="", highest_bid="")
    return replace(award, suppliers=suppliers or award.suppliers)
