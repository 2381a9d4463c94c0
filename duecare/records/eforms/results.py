"""Results of lots: who won with which tender under which contract, and how many had tried.

A contract names its tenders; a tender names its lot and its tendering party, and that one the organisations. The winning
tenders of a lot are those that a contract names and that are for this lot. Where no contract does, they are the tenders that
the result of the lot names, if it says that a winner was chosen. Modifications often have contracts and no result of a lot.
"""

from __future__ import annotations

from collections import Counter
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

_NO_LOT = "MISSING"
"""What the converter of older notices writes where it found no lot."""

Money = tuple[str, str]
_Win = tuple[str, Element | None]
"""Id of a tender and its contract."""


@dataclass(slots=True)
class Results:
    """Awards by lot, in the order of publication, and what the results say about the highest cost of a lot's framework."""

    awards: dict[str, list[Award]] = field(default_factory=dict)
    ceilings: dict[str, Money] = field(default_factory=dict)


@dataclass(slots=True)
class _Book:
    """The parts of one ``NoticeResult`` by their technical ids, and which tenders won which lot by which contract."""

    tenders: dict[str, Element]
    contracts: dict[str, Element]
    parties: dict[str, tuple[Party, ...]]
    faults: Faults
    wins: dict[str, list[_Win]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    results: Counter[str] = field(default_factory=Counter)
    """How many results each lot has; converters of older notices write one for each winner of a framework."""


def results_of(root: Element, known: Organisations, faults: Faults) -> Results:
    """All awards of a notice by the id of their lot; also results without a winner (``is_awarded`` false).

    The id of a lot is empty where the notice does not say which lot a result is for.
    """
    results = Results()
    notice = first(extended(root), _RESULT)
    if notice is None:
        return results
    book = _open(notice, known, faults)
    for result in notice.iterchildren(_LOT_RESULT):
        lot = _lot_of(result)
        results.awards.setdefault(lot, []).extend(_awards(result, lot, book))
        ceiling = _ceiling(result, faults)
        if ceiling[0]:
            results.ceilings.setdefault(lot, ceiling)
    for lot, wins in book.wins.items():
        results.awards.setdefault(lot, []).extend(_award(Award(), win, book) for win in wins)
    _number_apart(results)
    _value_of_notice(notice, results, faults)
    return results


def _open(notice: Element, known: Organisations, faults: Faults) -> _Book:
    parties = {code(one, ID): _members(one, known) for one in notice.iterchildren(_PARTY)}
    book = _Book(_by_id(notice, _TENDER), _by_id(notice, _CONTRACT), parties, faults)
    lots_of_tender: dict[str, list[str]] = {}
    for result in notice.iterchildren(_LOT_RESULT):
        book.results[_lot_of(result)] += 1
        for tender in _references(result, _TENDER):
            lots_of_tender.setdefault(tender, []).append(_lot_of(result))
    for contract in book.contracts.values():
        for key in dict.fromkeys(_references(contract, _TENDER)):
            for lot in _lots_won(book.tenders.get(key), lots_of_tender.get(key, [])):
                book.wins.setdefault(lot, []).append((key, contract))
    return book


def _lots_won(tender: Element | None, named: list[str]) -> list[str]:
    """The tender's own lot (BT-13714); for a group of lots, or none, the lots whose results name the tender."""
    if tender is None:
        return []
    reference = first(tender, *_LOT)
    is_group = reference is not None and reference.get("schemeName") == "LotsGroup"
    own = _lot_of(tender)
    return list(dict.fromkeys(named)) or [own] if is_group or not own else [own]


def _lot_of(element: Element) -> str:
    lot = code(element, *_LOT)
    return "" if lot == _NO_LOT else lot


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
    named = [key for key in dict.fromkeys(_references(result, _TENDER)) if key in book.tenders]
    wins = _wins(lot, named, book)
    if status in _NOT_CHOSEN:
        return [replace(shared, is_awarded=False)]
    contracts = [book.contracts[key] for key in _references(result, _CONTRACT) if key in book.contracts]
    if not wins and status in ("", _CHOSEN):
        only = contracts[0] if len(contracts) == 1 else None
        wins = [(key, only) for key in named]
    if wins:
        return [_award(shared, _by_its_contract(win, contracts), book) for win in wins]
    known_contracts = [_under(shared, one, book.faults) for one in contracts]
    return known_contracts or ([shared] if status == _CHOSEN else [])


def _wins(lot: str, named: list[str], book: _Book) -> list[_Win]:
    """The wins of a lot, taken out of the book; of a lot with several results those that this one names."""
    wins = book.wins.pop(lot, [])
    if book.results[lot] == 1:
        return wins
    if rest := [win for win in wins if win[0] not in named]:
        book.wins[lot] = rest
    return [win for win in wins if win[0] in named]


def _by_its_contract(win: _Win, contracts: list[Element]) -> _Win:
    """The only contract that the lot names comes before another one that names the tender by mistake."""
    tender, contract = win
    return (tender, contracts[0]) if len(contracts) == 1 and contract not in contracts else win


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
    """The count of all tenders; of a single count whose kind (BT-760) was forgotten there is no other reading."""
    counts = list(result.iterchildren(_SUBMISSIONS))
    for one in counts:
        kind = first(one, f"{EFORMS_BASIC}StatisticsCode")
        is_all = len(counts) == 1 if kind is None else (kind.text or "").strip() == _ALL_TENDERS
        if is_all and not withheld(one) & {"rec-sub-cou", "rec-sub-typ"}:
            return number(first(one, f"{EFORMS_BASIC}StatisticsNumeric"), faults)
    return ""


def _award(shared: Award, win: _Win, book: _Book) -> Award:
    tender_id, contract = win
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
    """BT-161 is the value of the only award of a notice that gives none for it.

    Where several awards each repeat it (a framework's value written with every supplier), it is counted once.
    """
    total = amount(first(notice, f"{BASIC}TotalAmount"), faults)
    if not total[0] or "not-val" in withheld(notice):
        return
    awarded = [
        (lot, place) for lot, awards in results.awards.items() for place, one in enumerate(awards) if one.is_awarded
    ]
    for lot, place in [one for one in awarded if _is_worth(results.awards[one[0]][one[1]], total)][1:]:
        results.awards[lot][place] = replace(results.awards[lot][place], amount="")
    if len(awarded) == 1:
        lot, place = awarded[0]
        award = results.awards[lot][place]
        if not award.amount and award.currency in ("", total[1]):
            results.awards[lot][place] = replace(award, amount=total[0], currency=total[1])


def _is_worth(award: Award, money: Money) -> bool:
    return award.currency == money[1] and bool(award.amount) and Decimal(award.amount) == Decimal(money[0])
