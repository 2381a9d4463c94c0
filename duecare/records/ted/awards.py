"""Awards of a notice in R2.0.9: who won what for how much, and to which lot each of them belongs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duecare.records.notices.notice import Award, Lot
from duecare.records.ted.forms import Written
from duecare.records.ted.parties import parties_of
from duecare.records.ted.tree import (
    Element,
    Faults,
    amount,
    attribute,
    currency,
    day,
    each,
    first,
    texts,
    told,
    whole_number,
)

_HUNDRED = Decimal(100)
_NUMBERS = re.compile(r"[0-9]+")
_RANGES = re.compile(r"([0-9]{1,6})(?:\s*[-–—]\s*([0-9]{1,6})(?![0-9]*\w))?")
_DOTTED = re.compile(r"[0-9]\.[0-9]")
_LONGEST_RANGE, _LONGEST_LIST = 1000, 500
"""Lots of a range and characters of a list: more than any real notice has."""
_WORDS = re.compile(r"[^\W_]+")
_VALUES = ("VALUES", "VALUE")
"""Values stand in one of these groups or beside them, as the edition of the schema has it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An award with the lot that it names."""

    lot: str
    award: Award


@dataclass(frozen=True, slots=True)
class Money:
    """What section V says an award is worth."""

    amount: str = ""
    estimated: str = ""
    lowest: str = ""
    highest: str = ""
    currency: str = ""


def awards_of(notice: Written, faults: Faults) -> list[Placed]:
    """Every award and every lot without one (``is_awarded`` false), in the order of publication."""
    in_languages = [(one.language, list(each(one.element, "AWARD_CONTRACT"))) for one in notice.entries]
    found = [_award(in_languages, number, faults) for number in range(len(in_languages[0][1]))]
    if not found:
        found = _prizes(notice.original, faults)
    return _with_total(found, notice.original, faults)


def placed(lots: Sequence[Lot], awards: Sequence[Placed], whole: Lot) -> tuple[Lot, ...]:
    """Lots with their awards. An award for several lots at once gets a lot of its own that stands for all of them.

    ``whole`` is what is known where an award names no lot of several, or one that the notice does not describe.
    """
    book = _Book(lots)
    described = {lot.id for lot in lots}
    by_lot: dict[str, list[Award]] = {}
    shared: dict[str, Lot] = {}
    for one in awards:
        lot = book.lot_of(one.lot, whole)
        if lot.id not in described:
            shared.setdefault(lot.id, lot)
        by_lot.setdefault(lot.id, []).append(one.award)
    return tuple(replace(lot, awards=tuple(by_lot.get(lot.id, ()))) for lot in (*lots, *shared.values()))


def money_of(holder: Element | None, faults: Faults) -> Money:
    """Final value, estimate and range of offers; the price of a bargain purchase where it is the only one."""
    groups = [holder, *(group for name in _VALUES for group in each(holder, name))]
    total, estimate = _in(groups, "VAL_TOTAL"), _in(groups, "VAL_ESTIMATED_TOTAL")
    if total is None:
        total = _in(groups, "VAL_BARGAIN_PURCHASE")
    span = _in(groups, "VAL_RANGE_TOTAL")
    known = next((code for one in (total, span, estimate) if (code := currency(one))), "")
    return Money(
        amount(total, faults),
        amount(estimate, faults) if currency(estimate) == known else "",
        amount(first(span, "LOW"), faults) if currency(span) == known else "",
        amount(first(span, "HIGH"), faults) if currency(span) == known else "",
        known,
    )


def share_of(percent: str, value: str, value_currency: str, money: Money) -> str:
    """Share of subcontracting, 0-100: as declared, else its value in the award's; "" where neither is said or possible."""
    try:
        share = (
            Decimal(percent.replace("%", "").replace(",", ".").strip())
            if percent
            else _part(value, value_currency, money)
        )
    except ArithmeticError:
        return ""
    return f"{round(share, 2).normalize():f}" if share is not None and 0 <= share <= _HUNDRED else ""


def _award(in_languages: list[tuple[str, list[Element]]], number: int, faults: Faults) -> Placed:
    element = in_languages[0][1][number]
    result = first(element, "AWARDED_CONTRACT")
    money = money_of(result, faults)
    value = first(result, "VAL_SUBCONTRACTING")
    tenders = first(result, "TENDERS")
    award = Award(
        number=attribute(element, "ITEM") or str(number + 1),
        contract_id=told(first(element, "CONTRACT_NO")),
        is_awarded=result is not None,
        titles=texts((language, first(row[number], "TITLE")) for language, row in in_languages if number < len(row)),
        suppliers=parties_of(result, "CONTRACTORS", "CONTRACTOR", "ADDRESS_CONTRACTOR")
        or parties_of(result, "CONTRACTOR", "ADDRESS_CONTRACTOR"),
        amount=money.amount,
        estimated_amount=money.estimated,
        currency=money.currency,
        date=day(first(result, "DATE_CONCLUSION_CONTRACT"), faults),
        tenderers=whole_number(first(result if tenders is None else tenders, "NB_TENDERS_RECEIVED")),
        lowest_bid=money.lowest,
        highest_bid=money.highest,
        subcontract_share=share_of(
            told(first(result, "PCT_SUBCONTRACTING")), amount(value, faults), currency(value), money
        ),
    )
    return Placed(told(first(element, "LOT_NO")), award)


def _prizes(form: Element, faults: Faults) -> list[Placed]:
    """Section V of F13: the winners of a design contest and the value of the prize."""
    results = first(form, "RESULTS")
    found = [Placed("", Award(number="1", is_awarded=False)) for _ in each(results, "NO_AWARDED_PRIZE")]
    for number, prize in enumerate(each(results, "AWARDED_PRIZE"), start=len(found) + 1):
        value, group = first(prize, "VAL_PRIZE"), first(prize, "PARTICIPANTS")
        award = Award(
            number=str(number),
            suppliers=parties_of(prize, "WINNERS", "WINNER", "ADDRESS_WINNER")
            or parties_of(prize, "WINNER", "ADDRESS_WINNER"),
            amount=amount(value, faults),
            currency=currency(value),
            date=day(first(prize, "DATE_DECISION_JURY"), faults),
            tenderers=whole_number(first(prize if group is None else group, "NB_PARTICIPANTS")),
        )
        found.append(Placed("", award))
    return found


def _with_total(awards: list[Placed], form: Element, faults: Faults) -> list[Placed]:
    """The value of the whole procurement (II.1.7) for an award that is the only one and does not say its own."""
    given = [one for one in awards if one.award.is_awarded]
    if len(given) != 1 or given[0].award.amount or given[0].award.lowest_bid:
        return awards
    money = money_of(first(form, "OBJECT_CONTRACT"), faults)
    award = given[0].award
    if not (money.amount or money.lowest) or award.currency not in ("", money.currency):
        return awards
    award = replace(
        award, amount=money.amount, currency=money.currency, lowest_bid=money.lowest, highest_bid=money.highest
    )
    return [Placed(one.lot, award) if one is given[0] else one for one in awards]


def numbered(awards: Sequence[Placed], notice_id: str) -> list[Placed]:
    """Awards with a number that they keep in later notices: the contract's own with its day, where both are there.

    Positions start anew in each notice, so that an award without them carries the notice's number.
    """
    contracts = [f"{one.award.contract_id} {one.award.date}" for one in awards]
    repeated = Counter(contracts)
    found = []
    for one, contract in zip(awards, contracts, strict=True):
        number = contract if _is_sure(one, repeated[contract]) else f"{notice_id}/{one.award.number}"
        found.append(Placed(one.lot, replace(one.award, number=number)))
    return found


def _is_sure(one: Placed, times: int) -> bool:
    return bool(one.award.contract_id and one.award.date and times == 1)


class _Book:
    """The lots of a notice by the ways in which awards write their names."""

    def __init__(self, lots: Sequence[Lot]) -> None:
        self._lots = lots
        self._readings: list[dict[object, list[Lot]]] = [{} for _ in _READINGS]
        self._by_number: dict[str, Lot] = {}
        for lot in lots:
            for read, found in zip(_READINGS, self._readings, strict=True):
                found.setdefault(read(lot.id), []).append(lot)
            if numbers := _in_numbers(lot.id):
                self._by_number.setdefault(numbers[0], lot)

    def lot_of(self, name: str, whole: Lot) -> Lot:
        """The only lot there is, else the one that is named in the same or nearly the same way, else several, else none."""
        if len(self._lots) == 1:
            return self._lots[0]
        for read, found in zip(_READINGS, self._readings, strict=True):
            key = read(name)
            if key and len(same := found.get(key, [])) == 1:
                return same[0]
        named = [self._by_number.get(number) for number in _listed(name)]
        lots = [lot for lot in named if lot is not None]
        if len(lots) == len(named) > 1:
            return _together(name, lots)
        start = _NUMBERS.match(name)
        return self._by_number.get(_plain(start[0]), replace(whole, id=name)) if start else replace(whole, id=name)


def _in_words(name: str) -> str:
    return " ".join(_WORDS.findall(name.casefold()))


def _in_numbers(name: str) -> tuple[str, ...]:
    """The numbers in a name: "Lot 01" and "1" are the same lot, "3.1B" is not "31"."""
    return tuple(map(_plain, _NUMBERS.findall(name)))


_READINGS: tuple[Callable[[str], object], ...] = (str, _in_words, _in_numbers)
"""Ways to read the name of a lot, the exact one first."""


def _listed(name: str) -> list[str]:
    """The lots of a list ("1, 3", "Lots 1 and 2") or a range ("2-5"); "3.1" is one name, a part of lot 3."""
    if len(name) > _LONGEST_LIST or _DOTTED.search(name):
        return []
    found: dict[str, None] = {}
    for start, end in _RANGES.findall(name):
        last = int(end or start)
        found |= {str(number): None for number in range(int(start), min(last, int(start) + _LONGEST_RANGE) + 1)}
    return list(found)


def _plain(number: str) -> str:
    return number.lstrip("0") or "0"


def _together(name: str, lots: Sequence[Lot]) -> Lot:
    """Several lots under one contract: their codes and places together, no value, since theirs are of each alone."""
    return replace(
        lots[0],
        id=name,
        titles={},
        descriptions={},
        cpv=tuple(dict.fromkeys(code for lot in lots for code in lot.cpv)),
        countries=tuple(dict.fromkeys(country for lot in lots for country in lot.countries)),
        places=tuple(dict.fromkeys(place for lot in lots for place in lot.places)),
        estimated_amount="",
        currency="",
        price_weight=lots[0].price_weight if len({lot.price_weight for lot in lots}) == 1 else "",
    )


def _in(groups: Sequence[Element | None], name: str) -> Element | None:
    return next((found for group in groups if (found := first(group, name)) is not None), None)


def _part(value: str, value_currency: str, money: Money) -> Decimal | None:
    if not value or not money.amount or value_currency != money.currency or not Decimal(money.amount):
        return None
    return Decimal(value) * _HUNDRED / Decimal(money.amount)
