"""What a purchase is and asks for, beyond codes and money: category, framework, renewals, objectives, reservations, exclusions.

All lenient: a value of another shape is unknown. Sources: OCDS 1.1.5 and the extensions techniques, renewal, sustainability, other
requirements, contract terms, exclusion grounds, bids and organization classification of the profile for eForms.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import UNSET

from duecare.records.ocds.eforms_codes import (
    ACTIVITY,
    FRAMEWORKS,
    FUNCTION,
    FUNCTIONS,
    GOALS,
    LEGAL_TYPE,
    PURCHASING_SYSTEMS,
    RESERVATIONS,
    RESERVED_EXECUTION,
    back,
)
from duecare.records.ocds.fields import Award, Lot, Period, Tender, Value
from duecare.records.ocds.values import MOST_DIGITS, Published, plain_number

Json = dict[str, Any]
CATEGORIES = {"goods": "goods", "services": "services", "works": "works", "consultingServices": "services"}
DAYS_OF_A_MONTH = Decimal("30.4375")
MOST_CODES = 40
LONGEST_CODE = 60
_METHODS, _SYSTEMS, _RESERVED = back(FRAMEWORKS), back(PURCHASING_SYSTEMS), back(RESERVATIONS)
_GOALS, _ACTIVITIES = back(GOALS), back(FUNCTIONS)
_COUNTS = ("bids", "validBids", "bidders")
"""Statistics that say how many tenders there were, the best one first."""


class Conditions(NamedTuple):
    """Columns of a line in their order, without those between that come from elsewhere."""

    category: str = ""
    renewals: str = ""
    framework: str = ""
    objectives: str = ""
    reserved: str = ""
    exclusion_grounds: str = ""


NONE = Conditions()


def conditions_of(holder: Tender | Lot) -> Conditions:
    """What a tender or a lot says itself."""
    category = holder.main_procurement_category
    if type(category) is not str or category not in _ONLY_CATEGORY or not category:
        category = _category(category, holder.additional_procurement_categories)
    if not (
        holder.techniques
        or holder.renewal
        or holder.sustainability
        or holder.other_requirements
        or holder.contract_terms
        or holder.exclusion_grounds
        or holder.has_renewal is False
    ):
        return _ONLY_CATEGORY[category]
    return Conditions(
        category,
        _renewals(holder.renewal, has_renewal=holder.has_renewal),
        _framework(holder.techniques),
        _objectives(holder.sustainability),
        _reserved(holder.other_requirements, holder.contract_terms),
        _exclusions(holder.exclusion_grounds),
    )


_ONLY_CATEGORY = {category: Conditions(category) for category in ("", *CATEGORIES.values())}


def of_lot(lot: Lot, tender: Conditions) -> Conditions:
    """What a lot says, and where it says nothing what the tender says."""
    own = conditions_of(lot)
    if own == NONE:
        return tender
    return Conditions(*(mine or theirs for mine, theirs in zip(own, tender, strict=True)))


def _category(main: Any, additional: Any) -> str:
    found = [main, *(additional if type(additional) is list else [])]
    return next((CATEGORIES[one] for one in found if type(one) is str and one in CATEGORIES), "")


def _renewals(renewal: Any, *, has_renewal: Any) -> str:
    most = renewal.get("maximumRenewals") if type(renewal) is dict else None
    if type(most) is int and 0 <= most < 1000:
        return str(most)
    return "0" if has_renewal is False else ""


def _framework(techniques: Any) -> str:
    """The code of BT-765 or BT-766 where the method says it, else yes or no."""
    if type(techniques) is not dict:
        return ""
    for flag, part, key, codes in (
        ("hasFrameworkAgreement", "frameworkAgreement", "method", _METHODS),
        ("hasDynamicPurchasingSystem", "dynamicPurchasingSystem", "type", _SYSTEMS),
    ):
        inner = techniques.get(part)
        if techniques.get(flag) is True or (type(inner) is dict and inner and techniques.get(flag) is not False):
            said = inner.get(key) if type(inner) is dict else None
            return codes.get(said, "yes") if type(said) is str else "yes"
    return "no" if techniques.get("hasFrameworkAgreement") is False else ""


def _objectives(sustainability: Any) -> str:
    goals = [one.get("goal") for one in _objects(sustainability)]
    return _codes([_GOALS.get(goal, goal) for goal in goals if type(goal) is str])


def _reserved(requirements: Any, terms: Any) -> str:
    listed = requirements.get("reservedParticipation") if type(requirements) is dict else None
    for one in listed if type(listed) is list else ():
        if type(one) is str and (code := _codes([_RESERVED.get(one, one)])):
            return code
    return RESERVED_EXECUTION if type(terms) is dict and terms.get("reservedExecution") is True else ""


def _exclusions(grounds: Any) -> str:
    criteria = _objects(grounds.get("criteria")) if type(grounds) is dict else []
    return _codes([one["type"] for one in criteria if type(one.get("type")) is str])


def _codes(found: list[str]) -> str:
    """Each code once, blanks within it joined by a hyphen; what is too long to be a code is none."""
    codes = dict.fromkeys("-".join(one.split()) for one in found[:MOST_CODES])
    return " ".join(code for code in codes if 0 < len(code) <= LONGEST_CODE)


def buyer_codes(details: Any) -> tuple[str, str]:
    """Legal kind and main activity of a buyer, as codes of eForms where they are known."""
    kind = activity = ""
    for one in _objects(details.get("classifications")) if type(details) is dict else ():
        scheme, code = one.get("scheme"), one.get("id")
        if type(scheme) is not str or type(code) is not str or not (code := _codes([code])):
            continue
        if scheme in (LEGAL_TYPE, "eu-buyer-legal-type"):
            kind = kind or code
        elif scheme == ACTIVITY:
            activity = activity or code
        elif scheme == FUNCTION:
            activity = activity or _ACTIVITIES.get(code.removeprefix("GF")[:2], "")
    return kind, activity


def is_person(details: Any) -> bool:
    """Whether an organisation is said to be a sole trader."""
    return type(details) is dict and details.get("scale") == "selfEmployed"


def months(*periods: Period | None) -> str:
    """The declared length of the first period that has one, in months of 365.25 / 12 days, rounded to tenths."""
    for period in periods:
        if period is None or (days := period.duration_in_days) is None:
            continue
        if type(days) is int and 0 < days < 100_000:
            return f"{(Decimal(days) / DAYS_OF_A_MONTH).quantize(Decimal('0.1')).normalize():f}"
    return ""


class Bids(NamedTuple):
    """What the statistics of a lot, or of the whole tender, say."""

    tenderers: str = ""
    lowest: str = ""
    highest: str = ""


def bids_of(bids: Any, lot: str, currency: str) -> Bids:
    """Number of tenders, lowest and highest valid one in ``currency``; those of the lot, else those of no lot."""
    listed = _objects(bids.get("statistics")) if type(bids) is dict else []
    own = {one["measure"]: one for one in listed if _is_about(one, lot)} if lot else {}
    general = {one["measure"]: one for one in listed if _is_about(one, "")}
    if lot and any(one.get("relatedLot") or one.get("relatedLots") for one in listed):
        general = {}
    known = own or general
    counts = [_whole(known[name]) for name in _COUNTS if name in known]
    lowest, highest = (_amount(known.get(f"{name}ValidBidValue"), currency) for name in ("lowest", "highest"))
    return Bids(next((count for count in counts if count), ""), lowest, highest)


def _is_about(statistic: Json, lot: str) -> bool:
    lots = statistic.get("relatedLots") or statistic.get("relatedLot")
    is_same = (lots == lot or lots == [lot]) if lot else not lots
    return is_same and type(statistic.get("measure")) is str


def _whole(statistic: Json) -> str:
    value = statistic.get("value")
    return str(value) if type(value) is int and 0 < value < 100_000 else ""


def _amount(statistic: Json | None, currency: str) -> str:
    if not statistic or (statistic.get("currency") or currency) != currency:
        return ""
    return positive(statistic.get("value"))


def estimate_of(award: Award, currency: str) -> str:
    """What a framework may cost at most, else what it is estimated at, in the currency of the line."""
    return amount_of(award.maximum_value, currency) or amount_of(award.estimated_value, currency)


def estimate(value: Value | None, currency: str) -> str:
    """An estimated value in the currency of the line, "" where it has another one or is no number above zero."""
    if value is None or value.amount is UNSET or (value.currency and value.currency != currency):
        return ""
    text = str(value.amount, "utf-8")
    if len(text) > MOST_DIGITS:
        return ""
    if text.isdigit() and text[0] != "0":
        return text
    number = plain_number(text) or ""
    return "" if number[:1] == "-" else number


def amount_of(value: Any, currency: str) -> str:
    """The amount of a value object where its currency is the one asked for, or the only one known."""
    if type(value) is not dict or (currency and value.get("currency") not in (None, "", currency)):
        return ""
    return positive(value.get("amount"))


def positive(value: Any) -> str:
    """Plain decimal text of a JSON number above zero that is not absurdly long, else ""."""
    if type(value) not in (int, Published) or len(str(value)) > MOST_DIGITS:
        return ""
    number = Decimal(value)
    return f"{number:f}" if number > 0 and abs(number.adjusted()) <= MOST_DIGITS else ""


def _objects(value: Any) -> list[Json]:
    return [one for one in value if type(one) is dict] if type(value) is list else []
