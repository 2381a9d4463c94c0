"""Notices with the structure of R2.0.8: all forms until 2016, those of defence until 2023.

Each form names its sections differently, but the fields in them have the same names in all forms; so the sections that
repeat (objects, lots, awards) are listed by form and the fields are found by name inside of the nearest of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from duecare.records.notices.notice import Award, Lot, Party
from duecare.records.ted.awards import Money, Placed, share_of
from duecare.records.ted.codes import CATEGORIES, EXECUTION, LOWEST_PRICE_CODE, RESERVED, RESERVED_EXECUTION
from duecare.records.ted.criteria import price_weight_by_names
from duecare.records.ted.forms import Entry, Written
from duecare.records.ted.header import Header, publication_number
from duecare.records.ted.objects import codes_of, distinct, months_of, places_of
from duecare.records.ted.parties import party_of
from duecare.records.ted.tree import (
    Element,
    Faults,
    amount,
    attribute,
    currency,
    day,
    first,
    name_of,
    texts,
    told,
    whole_number,
)

Fields = dict[str, list[Element]]
"""The elements of a section by name, without those of sections inside of it that are read by themselves."""

_OBJECTS = (
    "OBJECT_SUPPLY_SERVICE_PRIOR_INFORMATION",
    "OBJECT_WORKS_PRIOR_INFORMATION",
    "OBJECT_CONTRACT_PERIODIC_INDICATIVE",
)
"""Sections II of F01 and F04 that may repeat, one for each planned contract."""
_LOTS = (
    "F01_ANNEX_B", "F02_ANNEX_B", "F05_ANNEX_B", "F17_ANNEX_B", "LOT_PRIOR_INFORMATION",
    "ANNEX_B_INFORMATION_LOTS_PERIODIC_INDICATIVE",
)  # fmt: skip
_AWARDS = ("AWARD_OF_CONTRACT", "AWARD_OF_CONTRACT_DEFENCE", "AWARD_AND_CONTRACT_VALUE", "RESULT_CONTEST")
_CONTACTS = (
    "CA_CE_CONCESSIONAIRE_PROFILE", "CONTACT_DATA", "CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME",
    "CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME_CHP", "CONTACT_DATA_OTHER_BEHALF_CONTRACTING_AUTORITHY",
    "PROCEDURES_FOR_APPEAL", "APPEAL_PROCEDURES", "INFORMATION_REGULATORY_FRAMEWORK",
)  # fmt: skip
_SECTIONS = frozenset({*_OBJECTS, *_LOTS, *_AWARDS})
_CLOSED = _SECTIONS | frozenset(_CONTACTS)

_TITLES = (
    "TITLE_CONTRACT", "LOT_TITLE", "TITLE_QUALIFICATION_SYSTEM", "TITLE_NOTICE_BUYER_PROFILE", "TITLE_DESIGN_CONTACT_NOTICE",
    "TITLE_RESULT_DESIGN_CONTEST",
)  # fmt: skip
_DESCRIPTIONS = (
    "SHORT_CONTRACT_DESCRIPTION", "SHORT_DESCRIPTION_CONTRACT", "SHORT_DESCRIPTION", "DESCRIPTION_OF_CONTRACT",
    "LOT_DESCRIPTION", "DESCRIPTION", "TOTAL_QUANTITY_OR_SCOPE",
)  # fmt: skip
_ESTIMATES = ("COSTS_RANGE_AND_CURRENCY",)
_FINAL, _INITIAL = "COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE", "INITIAL_ESTIMATED_TOTAL_VALUE_CONTRACT"
_FRAMEWORKS = (
    "ESTABLISHMENT_FRAMEWORK_AGREEMENT", "CONCLUSION_FRAMEWORK_AGREEMENT", "F02_FRAMEWORK", "F05_FRAMEWORK", "F17_FRAMEWORK",
)  # fmt: skip
_INVOLVES = ("NOTICE_INVOLVES", "NOTICE_INVOLVES_DEFENCE", "NOTICE_INVOLVES_DESC_DEFENCE")
_SUBCONTRACTED = ("CONTRACT_LIKELY_SUB_CONTRACTED", "CONTRACT_LIKELY_SUB_CONTRACTED_WITH_DEFENCE")
_CONTRACT_NOTICES = ("CNT_NOTICE_INFORMATION", "CNT_NOTICE_INFORMATION_F18")
"""Of several earlier notices the one that a result follows: the contract notice."""


def fields_of(section: Element | None) -> Fields:
    """Every element below a section by its name; sections and addresses inside of it are named but not entered."""
    found: Fields = {}
    for element in _walk(section) if section is not None else ():
        found.setdefault(name_of(element), []).append(element)
    return found


def buyer_of(form: Element) -> Element | None:
    """The address of the buyer, the first of section I."""
    return next(form.iterdescendants("{*}CA_CE_CONCESSIONAIRE_PROFILE"), None)


def first_of(fields: Fields, *names: str) -> Element | None:
    """The first element of the first name that a section has."""
    return next((fields[name][0] for name in names if name in fields), None)


def category_in(fields: Fields, header: Header) -> str:
    """goods, services or works: TYPE_CONTRACT, for some forms CTYPE, else TED's own code."""
    declared = attribute(first_of(fields, "TYPE_CONTRACT", "F07_CONTRACT_TYPE"), "VALUE")
    return CATEGORIES.get(declared, header.category)


def references_in(fields: Fields, header: Header) -> tuple[str, ...]:
    """Numbers of the earlier notices that a form names, a contract notice before others."""
    contract_notices = [one for name in _CONTRACT_NOTICES for one in fields.get(name, ())]
    found = [told(first(one, "NOTICE_NUMBER_OJ")) for one in contract_notices]
    found += [told(one) for one in fields.get("NOTICE_NUMBER_OJ", ())]
    return tuple(dict.fromkeys((*filter(None, map(publication_number, found)), *header.references)))


def lots_of_earlier(notice: Written, header: Header, faults: Faults) -> list[Lot]:
    """Lots, else planned contracts, else the object as a whole."""
    sections = [one for one in _sections(notice, _LOTS + _OBJECTS) if not _is_divided(one[0].element)]
    whole = whole_of(notice, header, faults)
    if not sections:
        return [whole]
    count = len(sections)
    return distinct(_lot(one, whole, position, count, faults) for position, one in enumerate(sections, start=1))


def whole_of(notice: Written, header: Header, faults: Faults) -> Lot:
    """The object of the procurement as a whole."""
    fields = fields_of(notice.original)
    lot = _described(_in_languages(notice.entries), fields, faults)
    countries, places = (lot.countries, lot.places) if lot.countries else places_of(header.places)
    return replace(
        lot,
        cpv=lot.cpv or header.cpv,
        procurement_category=category_in(fields, header),
        countries=countries,
        places=places,
        price_weight=_price_weight(fields, header),
        framework=_framework(fields),
        reserved=_reserved(fields),
    )


def awards_of_earlier(notice: Written, faults: Faults) -> list[Placed]:
    """Every award of section V; without a winner's name and a value there was none."""
    sections = _sections(notice, _AWARDS)
    found = [_award(section, number, faults) for number, section in enumerate(sections, start=1)]
    if len(found) == 1 and not found[0].award.amount and found[0].award.is_awarded:
        total = first_of(fields_of(notice.original), _FINAL)
        found[0] = Placed(found[0].lot, _worth(found[0].award, _money(total, None, faults)))
    return found


def title_of(fields: Fields) -> Element | None:
    """Title of an object or a lot, whatever its form calls it."""
    return first_of(fields, *_TITLES)


def description_of(fields: Fields) -> Element | None:
    """Description of an object or a lot, whatever its form calls it; its quantity where it has no other."""
    return first_of(fields, *_DESCRIPTIONS)


def _is_divided(section: Element) -> bool:
    return next(section.iterdescendants(*(f"{{*}}{name}" for name in _LOTS)), None) is not None


def _walk(element: Element) -> Iterator[Element]:
    for part in element:
        yield part
        if name_of(part) not in _CLOSED:
            yield from _walk(part)


def _in_languages(entries: tuple[Entry, ...]) -> list[tuple[str, Fields]]:
    return [(one.language, fields_of(one.element)) for one in entries]


def _sections(notice: Written, names: tuple[str, ...]) -> list[tuple[Entry, ...]]:
    """Sections of these names in all languages, by their position."""
    found = [
        [(one.language, part) for part in one.element.iterdescendants(*(f"{{*}}{name}" for name in names))]
        for one in notice.entries
    ]
    count = len(found[0])
    return [tuple(Entry(*parts[number]) for parts in found if len(parts) == count) for number in range(count)]


def _described(in_languages: list[tuple[str, Fields]], fields: Fields, faults: Faults) -> Lot:
    """What an object and a lot have in common."""
    value = first_of(fields, *_ESTIMATES)
    codes = first_of(fields, "CPV")
    countries, places = places_of(attribute(one, "CODE") for one in fields.get("NUTS", ()))
    return Lot(
        titles=texts((language, title_of(one)) for language, one in in_languages),
        descriptions=texts((language, description_of(one)) for language, one in in_languages),
        cpv=tuple(dict.fromkeys((*codes_of(codes, "CPV_MAIN"), *codes_of(codes, "CPV_ADDITIONAL")))),
        countries=countries,
        places=places,
        estimated_amount=_largest(value, faults),
        currency=currency(value),
        start_date=day(first_of(fields, "START_DATE")),
        end_date=day(first_of(fields, "END_DATE")),
        duration_months=_months(fields),
        renewals=_renewals(fields),
    )


def _lot(section: tuple[Entry, ...], whole: Lot, position: int, count: int, faults: Faults) -> Lot:
    fields = fields_of(section[0].element)
    lot = _described(_in_languages(section), fields, faults)
    is_only = count == 1
    return replace(
        lot,
        id=told(first_of(fields, "LOT_NUMBER")) or ("" if is_only else str(position)),
        cpv=lot.cpv or whole.cpv,
        procurement_category=CATEGORIES.get(
            attribute(first_of(fields, "TYPE_CONTRACT"), "VALUE"), whole.procurement_category
        ),
        countries=lot.countries or whole.countries,
        places=lot.places or whole.places,
        duration_months=lot.duration_months or whole.duration_months,
        renewals=lot.renewals or whole.renewals,
        price_weight=whole.price_weight,
        framework=whole.framework,
        reserved=whole.reserved,
    )


def _award(section: tuple[Entry, ...], number: int, faults: Faults) -> Placed:
    fields = fields_of(section[0].element)
    winners = tuple(dict.fromkeys(party for party in _winners(fields) if party.name or party.identifier))
    money = _money(first_of(fields, _FINAL), first_of(fields, _INITIAL), faults)
    award = Award(
        number=attribute(section[0].element, "ITEM") or str(number),
        contract_id=told(first_of(fields, "CONTRACT_NUMBER", "CONTRACT_NO")),
        is_awarded=bool(winners or money.amount or money.lowest),
        titles=texts(
            (language, first_of(one, "CONTRACT_TITLE", "TITLE_CONTRACT")) for language, one in _in_languages(section)
        ),
        suppliers=winners,
        date=day(first_of(fields, "CONTRACT_AWARD_DATE", "DATE_OF_CONTRACT_AWARD"), faults),
        tenderers=whole_number(first_of(fields, "OFFERS_RECEIVED_NUMBER")),
        subcontract_share=_subcontracted(fields, money, faults),
    )
    return Placed(", ".join(filter(None, map(told, fields.get("LOT_NUMBER", ())))), _worth(award, money))


def _winners(fields: Fields) -> Iterator[Party]:
    for name in ("CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME", "CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME_CHP"):
        yield from map(party_of, fields.get(name, ()))


def _money(final: Element | None, initial: Element | None, faults: Faults) -> Money:
    span = first(final, "RANGE_VALUE_COST")
    known = currency(final) or currency(initial)
    return Money(
        amount=amount(first(final, "VALUE_COST"), faults),
        estimated=_largest(initial, faults) if currency(initial) == known else "",
        lowest=amount(first(span, "LOW_VALUE"), faults),
        highest=amount(first(span, "HIGH_VALUE"), faults),
        currency=known,
    )


def _worth(award: Award, money: Money) -> Award:
    return replace(
        award,
        amount=money.amount,
        estimated_amount=money.estimated or award.estimated_amount,
        currency=money.currency or award.currency,
        lowest_bid=money.lowest,
        highest_bid=money.highest,
    )


def _largest(value: Element | None, faults: Faults) -> str:
    """An estimate, of a range its upper end."""
    single = first(value, "VALUE_COST")
    return amount(single if single is not None else first(value, "RANGE_VALUE_COST", "HIGH_VALUE"), faults)


def _months(fields: Fields) -> str:
    period = first_of(fields, "PERIOD_WORK_DATE_STARTING")
    return (
        months_of(whole_number(first(period, "MONTHS")), "MONTH")
        or months_of(whole_number(first(period, "DAYS")), "DAY")
        or months_of(whole_number(first_of(fields, "DURATION_FRAMEWORK_MONTH")), "MONTH")
        or months_of(whole_number(first_of(fields, "DURATION_FRAMEWORK_YEAR")), "YEAR")
    )


def _renewals(fields: Fields) -> str:
    number = first_of(fields, "NUMBER_POSSIBLE_RENEWALS_RANGE_MAX", "NUMBER_POSSIBLE_RENEWALS")
    return whole_number(number) or ("0" if "NO_RECURRENT_CONTRACT" in fields else "")


def _price_weight(fields: Fields, header: Header) -> str:
    if "LOWEST_PRICE" in fields or header.criteria_code == LOWEST_PRICE_CODE:
        return "100"
    listed = fields.get("CRITERIA_DEFINITION", ())
    return price_weight_by_names([(told(first(one, "CRITERIA")), told(first(one, "WEIGHTING"))) for one in listed])


def _framework(fields: Fields) -> str:
    declared = first_of(fields, *_INVOLVES)
    if first_of(fields, *_FRAMEWORKS) is not None or "FRAMEWORK" in attribute(declared, "VALUE"):
        return "yes"
    said = attribute(first_of(fields, "FRAMEWORK_AGREEMENT"), "VALUE")
    return {"YES": "yes", "NO": "no"}.get(said, "no" if declared is not None else "")


def _reserved(fields: Fields) -> str:
    code = next((code for name, code in RESERVED.items() if name in fields), "")
    return code or (EXECUTION if any(name in fields for name in RESERVED_EXECUTION) else "")


def _subcontracted(fields: Fields, money: Money, faults: Faults) -> str:
    """Percentage excluding VAT, else value, else the upper end of a required share; "0" where there will be none."""
    if "NO_CONTRACT_LIKELY_SUB_CONTRACTED" in fields:
        return "0"
    if first_of(fields, *_SUBCONTRACTED) is None:
        return ""
    percent, value = first_of(fields, "EXCLUDING_VAT_PRCT", "MAX_PERCENTAGE"), first_of(fields, "EXCLUDING_VAT_VALUE")
    written = attribute(percent, "FMTVAL") or told(percent)
    return share_of(written, amount(value, faults), currency(value), money)
