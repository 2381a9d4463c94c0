"""Results of lots: who won with which tender under which contract, and how many had tried.

A lot's result names tenders and contracts; a contract names its tenders; a tender names its tendering party, and that one
the organisations. The winning tenders of a lot are those that its contracts name; where a contract names none that the lot
knows, all tenders of a lot whose winner was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from duecare.records.eforms.parties import Organisations
from duecare.records.eforms.ubl import (
    AGGREGATE,
    BASIC,
    EFORMS_AGGREGATE,
    EFORMS_BASIC,
    ID,
    Element,
    Faults,
    amount,
    code,
    day,
    each,
    extended,
    first,
    is_true,
    number,
    texts,
    told,
    withheld,
)
from duecare.records.notices.notice import NO_TEXTS, Award, Party

_RESULT = f"{EFORMS_AGGREGATE}NoticeResult"
_LOT_RESULT = f"{EFORMS_AGGREGATE}LotResult"
_TENDER = f"{EFORMS_AGGREGATE}LotTender"
_CONTRACT = f"{EFORMS_AGGREGATE}SettledContract"
_PARTY = f"{EFORMS_AGGREGATE}TenderingParty"
_LOT = (f"{EFORMS_AGGREGATE}TenderLot", ID)
_TERM = f"{EFORMS_AGGREGATE}SubcontractingTerm"
_SUBMISSIONS = f"{EFORMS_AGGREGATE}ReceivedSubmissionsStatistics"
_CHOSEN, _NOT_CHOSEN = "selec-w", frozenset({"open-nw", "clos-nw"})
_ALL_TENDERS = "tenders"
"""BT-760: of the kinds of submissions only the one that counts all of them."""

Money = tuple[str, str]


@dataclass(slots=True)
class Results:
    """Awards by lot, in the order of publication, and what the results say about the highest cost of a lot's framework."""

    awards: dict[str, list[Award]] = field(default_factory=dict)
    ceilings: dict[str, Money] = field(default_factory=dict)


@dataclass(slots=True)
class _Book:
    """The parts of one ``NoticeResult`` by their technical ids."""

    tenders: dict[str, Element]
    contracts: dict[str, Element]
    parties: dict[str, tuple[Party, ...]]
    counted: set[str]
    faults: Faults


def results_of(root: Element, known: Organisations, faults: Faults) -> Results:
    """All awards of a notice by the id of their lot; also results without a winner (``is_awarded`` false)."""
    results = Results()
    notice = first(extended(root), _RESULT)
    if notice is None:
        return results
    book = _open(notice, known, faults)
    for result in notice.iterchildren(_LOT_RESULT):
        lot = code(result, *_LOT)
        results.awards.setdefault(lot, []).extend(_awards(result, lot, book))
        ceiling = _ceiling(result, faults)
        if ceiling[0]:
            results.ceilings.setdefault(lot, ceiling)
    _number_apart(results)
    _value_of_notice(notice, results, faults)
    return results


def _open(notice: Element, known: Organisations, faults: Faults) -> _Book:
    parties = {code(one, ID): _members(one, known) for one in notice.iterchildren(_PARTY)}
    return _Book(_by_id(notice, _TENDER), _by_id(notice, _CONTRACT), parties, set(), faults)


def _by_id(notice: Element, tag: str) -> dict[str, Element]:
    return {key: one for one in notice.iterchildren(tag) if (key := code(one, ID))}


def _members(party: Element, known: Organisations) -> tuple[Party, ...]:
    """Tenderers of a tendering party, the leader first; subcontractors are named apart and are no winners."""
    tenderers = list(party.iterchildren(f"{EFORMS_AGGREGATE}Tenderer"))
    tenderers.sort(key=lambda one: not is_true(one, f"{EFORMS_BASIC}GroupLeadIndicator"))
    return tuple(known[key] for one in tenderers if (key := code(one, ID)) in known)


def _awards(result: Element, lot: str, book: _Book) -> list[Award]:
    hidden = withheld(result)
    status = "" if "win-cho" in hidden else code(result, f"{BASIC}TenderResultCode")  # BT-142
    shared = _bids(result, hidden, book.faults)
    winners = [] if status in _NOT_CHOSEN else _winners(result, lot, status, book)
    if winners:
        return [_award(shared, tender, contract, book) for tender, contract in winners]
    if status in _NOT_CHOSEN:
        return [replace(shared, is_awarded=False)]
    contracts = [book.contracts[key] for key in _references(result, _CONTRACT) if key in book.contracts]
    named = [_under(shared, one, book.faults) for one in contracts]
    return named or ([shared] if status == _CHOSEN else [])


def _winners(result: Element, lot: str, status: str, book: _Book) -> list[tuple[str, Element | None]]:
    tenders = [key for key in _references(result, _TENDER) if key in book.tenders]
    contracts = [book.contracts[key] for key in _references(result, _CONTRACT) if key in book.contracts]
    found = [
        (key, contract)
        for contract in contracts
        for key in dict.fromkeys(_references(contract, _TENDER))
        if key in tenders or (not tenders and key in book.tenders and code(book.tenders[key], *_LOT) == lot)
    ]
    if found or status not in ("", _CHOSEN):
        return found
    only = contracts[0] if len(contracts) == 1 else None
    return [(key, only) for key in dict.fromkeys(tenders)]


def _references(element: Element, tag: str) -> list[str]:
    return [text for one in each(element, tag, ID) if (text := (one.text or "").strip())]


def _bids(result: Element, hidden: frozenset[str], faults: Faults) -> Award:
    """What all awards of a lot share: tenders received (BT-759) and the lowest and highest of them (BT-710, BT-711)."""
    low = amount(first(result, f"{BASIC}LowerTenderAmount"), faults) if "ten-val-low" not in hidden else ("", "")
    high = amount(first(result, f"{BASIC}HigherTenderAmount"), faults) if "ten-val-hig" not in hidden else ("", "")
    currency = low[1] or high[1]
    return Award(
        currency=currency,
        tenderers=_tenders_received(result, faults),
        lowest_bid=low[0],
        highest_bid=high[0] if high[1] == currency else "",
    )


def _tenders_received(result: Element, faults: Faults) -> str:
    for one in result.iterchildren(_SUBMISSIONS):
        is_hidden = withheld(one) & {"rec-sub-cou", "rec-sub-typ"}
        if code(one, f"{EFORMS_BASIC}StatisticsCode") == _ALL_TENDERS and not is_hidden:
            return number(first(one, f"{EFORMS_BASIC}StatisticsNumeric"), faults)
    return ""


def _award(shared: Award, tender_id: str, contract: Element | None, book: _Book) -> Award:
    tender = book.tenders[tender_id]
    value = _value(tender, book.faults)  # BT-720
    share = _subcontracted(tender, value, book.faults)
    # A tender for a group of lots has one value for all of them, which is counted once, with the first lot.
    is_first = tender_id not in book.counted
    book.counted.add(tender_id)
    award = _under(shared, contract, book.faults)
    has_same_money = not value[1] or not shared.currency or value[1] == shared.currency
    return replace(
        award,
        number=award.number or told(tender, f"{EFORMS_AGGREGATE}TenderReference", ID) or tender_id,
        suppliers=book.parties.get(code(tender, _PARTY, ID), ()),
        amount=value[0] if is_first else "",
        currency=value[1] or shared.currency,
        lowest_bid=shared.lowest_bid if has_same_money else "",
        highest_bid=shared.highest_bid if has_same_money else "",
        subcontract_share=share,
    )


def _under(shared: Award, contract: Element | None, faults: Faults) -> Award:
    """The award with what its contract says: BT-150 reference, BT-721 title, BT-145 conclusion or BT-1451 decision."""
    if contract is None:
        return shared
    reference = told(contract, f"{EFORMS_AGGREGATE}ContractReference", ID)
    concluded = day(first(contract, f"{BASIC}IssueDate"), faults)
    return replace(
        shared,
        number=reference or code(contract, ID),
        contract_id=reference,
        titles=texts(contract, f"{BASIC}Title") or NO_TEXTS,
        date=concluded or day(first(contract, f"{BASIC}AwardDate"), faults),
    )


def _value(tender: Element, faults: Faults) -> Money:
    if "win-ten-val" in withheld(tender):
        return "", ""
    return amount(first(tender, f"{AGGREGATE}LegalMonetaryTotal", f"{BASIC}PayableAmount"), faults)


def _subcontracted(tender: Element, value: Money, faults: Faults) -> str:
    """Percentage given on: BT-555, else BT-553 as part of the tender, 0 where BT-773 says no; else unknown."""
    term = first(tender, _TERM)
    hidden = withheld(term)
    applies = "" if "sub-con" in hidden else code(term, f"{EFORMS_BASIC}TermCode")
    if applies == "no":
        return "0"
    if "sub-per" not in hidden and (text := number(first(term, f"{EFORMS_BASIC}TermPercent"), faults)):
        return text if Decimal(0) <= Decimal(text) <= 100 else ""
    part = amount(first(term, f"{EFORMS_BASIC}TermAmount"), faults) if "sub-val" not in hidden else ("", "")
    if not part[0] or not value[0] or part[1] != value[1]:
        return ""
    share = Decimal(part[0]) * 100 / Decimal(value[0])
    return f"{round(share, 2).normalize():f}" if 0 <= share <= 100 else ""


def _ceiling(result: Element, faults: Faults) -> Money:
    """The framework's value as estimated anew (BT-660), else its maximum (BT-709)."""
    values = first(result, f"{EFORMS_AGGREGATE}FrameworkAgreementValues")
    hidden = withheld(values)
    estimated = amount(first(values, f"{EFORMS_BASIC}ReestimatedValueAmount"), faults)
    if estimated[0] and "ree-val" not in hidden:
        return estimated
    maximum = amount(first(values, f"{BASIC}MaximumValueAmount"), faults)
    return maximum if "max-val" not in hidden else ("", "")


def _number_apart(results: Results) -> None:
    """Several winners under one contract of a lot are told apart by counting on: ``SC-1``, ``SC-1 (2)``."""
    for awards in results.awards.values():
        seen: dict[str, int] = {}
        for place, award in enumerate(awards):
            seen[award.number] = times = seen.get(award.number, 0) + 1
            if times > 1 and award.is_awarded:
                awards[place] = replace(award, number=f"{award.number} ({times})")


def _value_of_notice(notice: Element, results: Results, faults: Faults) -> None:
    """BT-161 is the value of the only award of a notice that gives none for it."""
    awarded = [(lot, one) for lot, awards in results.awards.items() for one in awards if one.is_awarded]
    if len(awarded) != 1 or awarded[0][1].amount or "not-val" in withheld(notice):
        return
    lot, award = awarded[0]
    total, currency = amount(first(notice, f"{BASIC}TotalAmount"), faults)
    if total and award.currency in ("", currency):
        place = results.awards[lot].index(award)
        results.awards[lot][place] = replace(award, amount=total, currency=currency)
