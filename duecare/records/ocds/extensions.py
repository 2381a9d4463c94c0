"""The rarer parts of OCDS: lots' award criteria, payments, subcontracting, budgets, places that are no address.

Everything here is lenient: what cannot be read is unknown, because these fields are optional and written in many ways.
Sources: OCDS 1.1.5 reference; the extensions lots, awardCriteria, subcontracting, procedure and location of the standard's
extension registry (https://extensions.open-contracting.org/).
"""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from typing import Any

from duecare.records.ocds.fields import (
    Address,
    Award,
    Budget,
    Contract,
    Identifier,
    Item,
    Lot,
    Organization,
    Period,
    Planning,
    Tender,
)
from duecare.records.ocds.values import COUNTRIES, DAYS, MOST_DIGITS, Published, Remembered

Json = dict[str, Any]

_LANGUAGE_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki
kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no
nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te
tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu sh
"""
LANGUAGES = frozenset(_LANGUAGE_CODES.split())
"""ISO 639-1, edition of 2002 with later additions, and the withdrawn ``sh`` that publishers still use."""
_EXACT = Context(prec=500, traps=[Inexact])
_PLACE_CODES = {"EL": "GR", "UK": "GB"}


def language_of(text: str) -> str:
    """ISO 639-1 code of a language tag (``en-GB`` gives ``en``), "" for what is none (``md``)."""
    code = text.strip().lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else ""


def days_between(texts: tuple[str, str]) -> str:
    """Whole days from one ISO date to another, "" where one is no day or they are in the wrong order."""
    start, end = DAYS[texts[0]], DAYS[texts[1]]
    if start[0] in "BA" or end[0] in "BA" or end < start:
        return ""
    return str(_ordinal(end) - _ordinal(start))


def days_of(period: Period) -> str:
    """Length of a period by its dates, else as it is declared."""
    if period.start_date and period.end_date:
        return str(PERIODS[period.start_date, period.end_date])
    days = period.duration_in_days
    return str(days) if type(days) is int and 0 < days < 10_000 else ""


@lru_cache(maxsize=65536)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def is_accelerated(procedure: Any) -> bool:
    """``tender/procedure/isAccelerated`` of the European extension."""
    return type(procedure) is dict and procedure.get("isAccelerated") is True


def price_weight(criteria: Any) -> str:
    """Share of the price, 0-100, from ``awardCriteria/criteria/numbers`` with a percentage as weight, else ""."""
    listed = _objects(criteria.get("criteria") if type(criteria) is dict else criteria)
    prices = [one for one in listed if one.get("type") in ("price", "cost")]
    if len(prices) == len(listed) == 1:
        return "100"
    total = sum((_weight(number) for one in prices for number in _objects(one.get("numbers"))), Decimal(0))
    return _percentage(total) if total else ""


def _weight(number: Json) -> Decimal:
    is_share = number.get("weight") in ("percentageExact", "percentageRangeMiddle")
    return (_number(number.get("number")) or Decimal(0)) if is_share else Decimal(0)


def price_weight_of_lots(lots: list[Lot]) -> str:
    """The largest share of the price among the lots, which is the one that matters for the risk."""
    found = [price_weight(lot.award_criteria) for lot in lots if lot.award_criteria]
    return max((weight for weight in found if weight), key=Decimal, default="")


def subcontract_share(*holders: Any) -> str:
    """Largest declared share of subcontracting, 0-100; the extension writes fractions of one."""
    found = [
        _number(holder.get(key))
        for holder in holders
        if type(holder) is dict
        for key in ("maximumPercentage", "minimumPercentage", "percentage")
    ]
    shares = [share * 100 if share <= 1 else share for share in found if share is not None]
    return max((_percentage(share) for share in shares if 0 <= share <= 100), key=Decimal, default="")


def _percentage(number: Decimal) -> str:
    return f"{number.normalize():f}" if 0 <= number <= 100 else ""


def _number(value: Any) -> Decimal | None:
    if type(value) not in (int, Published) or len(str(value)) > MOST_DIGITS:
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _objects(value: Any) -> list[Json]:
    return [one for one in value if type(one) is dict] if type(value) is list else []


def payment_days(contracts: list[Contract]) -> str:
    """Longest time from the due or invoice date to the payment, in days; "" where no transaction names both.

    The due date is that of the implementation milestone that a transaction relates to, or its own ``dueDate`` or
    ``invoiceDate``; payments before the date count 0.
    """
    delays = []
    for contract in contracts:
        if type(contract.implementation) is dict:
            due = _milestones(contract.implementation)
            delays += [_delay(payment, due) for payment in _objects(contract.implementation.get("transactions"))]
    return str(max((delay for delay in delays if delay is not None), default=""))


def _milestones(implementation: Json) -> dict[Any, Any]:
    listed = _objects(implementation.get("milestones"))
    return {key: one.get("dueDate") for one in listed if type(key := one.get("id")) in (str, int)}


def _delay(payment: Json, due: dict[Any, Any]) -> int | None:
    milestone = payment.get("relatedImplementationMilestone")
    key = milestone.get("id") if type(milestone) is dict else None
    planned = payment.get("invoiceDate") or payment.get("dueDate")
    if not planned and type(key) in (str, int):
        planned = due.get(key)
    paid = payment.get("date")
    if type(planned) is not str or type(paid) is not str:
        return None
    first, last = DAYS[planned], DAYS[paid]
    if first[0] in "BA" or last[0] in "BA":
        return None
    return max(_ordinal(last) - _ordinal(first), 0)


def add_up(values: list[tuple[str, str]]) -> tuple[str, str]:
    """Sum of several exact amounts in one currency, unknown where one is missing or the currencies differ."""
    if not all(amount for amount, _ in values) or len({currency for _, currency in values}) > 1:
        return "", ""
    total = Decimal(0)
    for amount, _ in values:
        total = _EXACT.add(total, Decimal(amount))
    return f"{total:f}", values[0][1]


def planning_title(planning: Planning | None) -> str:
    """What a planning says it is about: its project, its budget's description or its reason."""
    if planning is None:
        return ""
    money = planning.budget or Budget()
    texts = (money.project, money.description, planning.rationale)
    return next((text.strip() for text in texts if text and text.strip()), "")


def country_of_delivery(holder: Item | Lot | Tender) -> str:
    """Country of ``deliveryAddress``, ``deliveryAddresses`` or a gazetteer entry of ``deliveryLocation``."""
    for address in (holder.delivery_address, *(holder.delivery_addresses or ())):
        if address and (country := country_in(address)):
            return country
    location = holder.delivery_location
    gazetteer = location.get("gazetteer") if type(location) is dict else None
    return _from_gazetteer(gazetteer) if type(gazetteer) is dict else ""


def country_in(address: Address | None) -> str:
    """Country of an address by the names that releases give it, "" where it is not certain."""
    if address:
        if (text := address.country_name) and (country := COUNTRIES[text]):
            return country  # type: ignore[no-any-return]
        for text in (address.country_name, address.country, address.country_code):
            if text and (country := COUNTRIES[text]):
                return str(country)
    return ""


def lots_of(award: Award, contracts: list[Contract], items: list[Item]) -> list[str]:
    """Ids of the lots that an award is for, as it or its items say; ``[""]`` where nothing says so."""
    named = list(award.related_lots or ())
    if not named:
        named = [lot for contract in contracts for lot in contract.related_lots or ()]
    if not named:
        named = [item.related_lot for item in items if item.related_lot]
    return list(dict.fromkeys(named)) or [""]


def number_of_register(identifier: Identifier | None) -> str:
    """Scheme and number of an organisation without an id of its own (``GB-COH-01234567``); of a long scheme the number."""
    if identifier is None or not identifier.id:
        return ""
    scheme = identifier.scheme or ""
    return f"{scheme}-{identifier.id}" if 0 < len(scheme) < 20 and " " not in scheme else identifier.id


def named(organisations: list[Organization]) -> int:
    """How many organisations of a list have a name or an id; exports write empty ones as placeholders."""
    return sum(1 for one in organisations if one.name or one.id)


def _from_gazetteer(gazetteer: Json) -> str:
    scheme, codes = gazetteer.get("scheme"), gazetteer.get("identifiers")
    if type(scheme) is not str or type(codes) is not list or not codes or type(codes[0]) is not str:
        return ""
    if not scheme.upper().startswith(("NUTS", "ISO")):
        return ""
    head = codes[0][:2].upper()
    return str(COUNTRIES[_PLACE_CODES.get(head, head)])


def country_of_register(*organisations: Organization) -> str:
    """Country of the register that numbers an organisation: org-id.guide lists begin with it (``GB-COH``)."""
    for organisation in organisations:
        scheme = organisation.identifier.scheme if organisation.identifier else None
        if scheme and scheme[2:3] == "-" and scheme[:2].isascii() and scheme[:2].isupper():
            return str(COUNTRIES[scheme[:2]])
    return ""


LANGUAGE_CODES, PERIODS = Remembered(language_of), Remembered(days_between)


def first_of(told: dict[str | None, None], most: int) -> dict[str | None, None]:
    """The first texts, whole, up to ``most`` characters together, but one at least."""
    kept: dict[str | None, None] = {}
    length = 0
    for text in told:
        if text and (not kept or length + len(text) < most):
            kept[text] = None
            length += len(text)
    return kept


def _kinds(kinds: tuple[str | None, ...]) -> str:
    return " ".join(sorted({"_".join(kind.split()) for kind in kinds if kind}))


KINDS = Remembered(_kinds)
"""Types of documents, each once and sorted, from all of them."""
