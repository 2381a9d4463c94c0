"""Lots of a notice in R2.0.9: what section II says of each object and of each of its parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from duecare.records.notices.notice import Lot, Texts
from duecare.records.ted.codes import CATEGORIES, EXECUTION, FAIR_WORK, LOWEST_PRICE_CODE, RESERVED, RESERVED_EXECUTION
from duecare.records.ted.criteria import price_weight
from duecare.records.ted.forms import Entry, Written
from duecare.records.ted.header import Header
from duecare.records.ted.parties import country_at
from duecare.records.ted.tree import (
    Element,
    Faults,
    amount,
    attribute,
    currency,
    day,
    each,
    first,
    has,
    texts,
    told,
    whole_number,
)

_CPV = ("CPV_CODE",)
_MONTHS = {
    "MONTH": Decimal(1),
    "YEAR": Decimal(12),
    "WEEK": Decimal(7) * 12 / Decimal("365.25"),
    "DAY": 12 / Decimal("365.25"),
}
_CODE = re.compile(r"[0-9]{8}(-[0-9])?")
_FORMS_WITH_FRAMEWORK = frozenset({"F01", "F02", "F03", "F04", "F05", "F06", "F15", "F21", "F22"})
"""Their section IV.1.3 asks for a framework agreement, so that an empty box means none."""


@dataclass(frozen=True, slots=True)
class Part:
    """One ``OBJECT_DESCR`` in the notice's languages, with the object that it is part of."""

    objects: tuple[Entry, ...]
    descriptions: tuple[Entry, ...]
    has_siblings: bool
    is_of_many: bool

    @property
    def object(self) -> Element:
        """The object in the original language."""
        return self.objects[0].element

    @property
    def description(self) -> Element:
        """The part itself in the original language."""
        return self.descriptions[0].element


@dataclass(frozen=True, slots=True)
class Conditions:
    """What sections III and IV say once for all lots."""

    framework: str
    reserved: str
    objectives: tuple[str, ...]


def lots_of(notice: Written, header: Header, faults: Faults) -> list[Lot]:
    """Every lot; a notice without division into lots has one without an id."""
    conditions = conditions_of(notice)
    parts = list(_parts(notice))
    return distinct(_lot(part, header, conditions, is_only=len(parts) == 1, faults=faults) for part in parts)


def distinct(lots: Iterable[Lot]) -> list[Lot]:
    """Lots that can be told apart: where a notice gives a number twice, the second lot of it becomes ``1 #2``."""
    times: Counter[str] = Counter()
    found = []
    for lot in lots:
        times[lot.id] += 1
        found.append(lot if times[lot.id] == 1 else replace(lot, id=f"{lot.id} #{times[lot.id]}".strip()))
    return found


def lot_of_object(notice: Written, header: Header, name: str) -> Lot:
    """The procurement as a whole, for an award that names no lot or one that is not described."""
    whole = first(notice.original, "OBJECT_CONTRACT")
    objects = [(one.language, first(one.element, "OBJECT_CONTRACT")) for one in notice.entries]
    countries, places = places_of(header.places)
    conditions = conditions_of(notice)
    return Lot(
        id=name,
        titles=texts((language, first(one, "TITLE")) for language, one in objects),
        descriptions=texts((language, first(one, "SHORT_DESCR")) for language, one in objects),
        cpv=tuple(dict.fromkeys((*codes_of(whole, "CPV_MAIN"), *header.cpv))),
        procurement_category=category_of(whole, header),
        countries=countries,
        places=places,
        price_weight="100" if header.criteria_code == LOWEST_PRICE_CODE else "",
        framework=conditions.framework,
        objectives=conditions.objectives,
        reserved=conditions.reserved,
    )


def conditions_of(notice: Written) -> Conditions:
    """Framework agreement, reservation and social standards of a notice."""
    procedure, conditions = first(notice.original, "PROCEDURE"), first(notice.original, "LEFTI")
    framework = ""
    if procedure is not None and notice.form.number in _FORMS_WITH_FRAMEWORK:
        framework = "yes" if has(procedure, "FRAMEWORK") else "no"
    reserved = next((code for name, code in RESERVED.items() if has(conditions, name)), "")
    reserved = reserved or (EXECUTION if has(conditions, *RESERVED_EXECUTION) else "")
    return Conditions(framework, reserved, (FAIR_WORK,) if told(first(conditions, "SOCIAL_STANDARDS")) else ())


def category_of(holder: Element | None, header: Header) -> str:
    """goods, services or works: what the object says, else TED's own code."""
    return CATEGORIES.get(attribute(first(holder, "TYPE_CONTRACT"), "CTYPE"), header.category)


def codes_of(holder: Element | None, *path: str) -> list[str]:
    """CPV codes below a path, without supplementary codes."""
    found = (attribute(one, "CODE") for one in each(holder, *path, *_CPV))
    return [code for code in found if _CODE.fullmatch(code)]


def places_of(codes: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Countries and NUTS codes, each once; codes that are of no country are left out."""
    found = {code: country for code in codes if (country := country_at(code))}
    return tuple(dict.fromkeys(found.values())), tuple(found)


def months_of(number: str, unit: str) -> str:
    """A declared duration (whole number; MONTH, YEAR, WEEK or DAY) in months of 365.25 / 12 days, rounded to tenths."""
    if not number or unit not in _MONTHS:
        return ""
    months = (Decimal(number) * _MONTHS[unit]).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{months.normalize():f}" if months > 0 else ""


def _parts(notice: Written) -> Iterator[Part]:
    """The parts in the order of publication; translations belong together by their position."""
    by_language = [(entry.language, list(each(entry.element, "OBJECT_CONTRACT"))) for entry in notice.entries]
    originals = by_language[0][1]
    for position, whole in enumerate(originals):
        objects = _at(by_language, position)
        described = [(one.language, list(each(one.element, "OBJECT_DESCR"))) for one in objects]
        count = len(described[0][1])
        for number in range(count):
            yield Part(objects, _at(described, number), count > 1, len(originals) > 1)
        if not count and first(whole, "CPV_MAIN") is not None and len(originals) > 1:
            yield Part(objects, objects, has_siblings=False, is_of_many=True)


def _at(by_language: list[tuple[str, list[Element]]], position: int) -> tuple[Entry, ...]:
    return tuple(Entry(language, found[position]) for language, found in by_language if position < len(found))


def _lot(part: Part, header: Header, conditions: Conditions, *, is_only: bool, faults: Faults) -> Lot:
    described, whole = part.description, part.object
    value, duration = _estimate(part), first(described, "DURATION")
    countries, places = places_of(attribute(one, "CODE") for one in each(described, "NUTS"))
    if is_only and not countries:
        countries, places = places_of(header.places)
    weight = price_weight(described)
    if not weight and header.criteria_code == LOWEST_PRICE_CODE:
        weight = "100"
    return Lot(
        id=_id(part),
        titles=_titles(part),
        descriptions=texts((one.language, first(one.element, "SHORT_DESCR")) for one in part.descriptions),
        cpv=tuple(dict.fromkeys((*codes_of(whole, "CPV_MAIN"), *codes_of(described, "CPV_ADDITIONAL")))),
        procurement_category=category_of(whole, header),
        countries=countries,
        places=places,
        estimated_amount=amount(value, faults),
        currency=currency(value),
        start_date=day(first(described, "DATE_START")),
        end_date=day(first(described, "DATE_END")),
        duration_months=months_of(whole_number(duration), attribute(duration, "TYPE")),
        renewals="0" if has(described, "NO_RENEWAL") else "",
        price_weight=weight,
        framework=conditions.framework,
        objectives=conditions.objectives,
        reserved=conditions.reserved,
    )


def _id(part: Part) -> str:
    """Number of the lot as published; where an object has several lots without one, their position; objects of many apart."""
    own = told(first(part.description, "LOT_NO"))
    if not own and part.has_siblings:
        own = attribute(part.description, "ITEM")
    whole = attribute(part.object, "ITEM") if part.is_of_many else ""
    return "/".join(name for name in (whole, own) if name)


def _titles(part: Part) -> Texts:
    own = texts((one.language, first(one.element, "TITLE")) for one in part.descriptions)
    if own or not part.is_of_many:
        return own
    return texts((one.language, first(one.element, "TITLE")) for one in part.objects)


def _estimate(part: Part) -> Element | None:
    """Value of the lot, else of an object that is not divided."""
    own = first(part.description, "VAL_OBJECT")
    return own if own is not None or part.has_siblings else first(part.object, "VAL_ESTIMATED_TOTAL")
