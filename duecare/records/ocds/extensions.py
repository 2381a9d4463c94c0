"""The rarer parts of OCDS: lots' award criteria, payments, subcontracting, budgets, places that are no address.

Everything here is lenient: what cannot be read is unknown, because these fields are optional and written in many ways.
Sources: OCDS 1.1.5 reference; the extensions lots, awardCriteria, subcontracting, procedure and location of the standard's
extension registry (https://extensions.open-contracting.org/).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from duecare.records.ocds.values import COUNTRIES, DAYS, Remembered, plain_number

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


@lru_cache(maxsize=65536)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def is_accelerated(tender: Json) -> bool:
    """``tender/procedure/isAccelerated`` of the European extension."""
    procedure = tender.get("procedure")
    return type(procedure) is dict and procedure.get("isAccelerated") is True


def price_weight(criteria: Any) -> str:
    """Share of the price, 0-100, from ``awardCriteria/criteria/numbers`` with a percentage as weight, else ""."""
    listed = criteria.get("criteria") if type(criteria) is dict else criteria
    if type(listed) is not list:
        return ""
    prices = [one for one in listed if type(one) is dict and one.get("type") in ("price", "cost")]
    if len(prices) == len(listed) == 1:
        return "100"
    weights = [_weight(number) for one in prices for number in one.get("numbers") or () if type(number) is dict]
    total = sum(weights, Decimal(0))
    return f"{total.normalize():f}" if 0 < total <= 100 else ""


def _weight(number: Json) -> Decimal:
    text = plain_number(number.get("number"))
    kind = number.get("weight")
    return Decimal(text) if text is not None and kind in ("percentageExact", "percentageRangeMiddle") else Decimal(0)


def price_weight_of_lots(tender: Json) -> str:
    """The largest share of the price among the lots, which is the one that matters for the risk."""
    lots = tender.get("lots")
    found = [price_weight(lot.get("awardCriteria")) for lot in lots if type(lot) is dict] if type(lots) is list else []
    return max((weight for weight in found if weight), key=Decimal, default="")


def subcontract_share(award: Json, contract: Json) -> str:
    """Largest declared share of subcontracting, 0-100; the extension writes fractions of one."""
    shares = []
    for holder in (award.get("subcontracting"), contract.get("subcontracting")):
        if type(holder) is dict:
            for key in ("maximumPercentage", "minimumPercentage", "percentage"):
                text = plain_number(holder.get(key))
                if text is not None and not text.startswith("-"):
                    shares.append(Decimal(text) * (100 if Decimal(text) <= 1 else 1))
    largest = max((share for share in shares if share <= 100), default=None)
    return "" if largest is None else f"{largest.normalize():f}"


def payment_days(contracts: list[Json]) -> str:
    """Longest time from the due or invoice date to the payment, in days; "" where no transaction names both.

    The due date is that of the implementation milestone that a transaction relates to, or its own ``dueDate`` or
    ``invoiceDate``; payments before the date count 0.
    """
    delays = []
    for contract in contracts:
        implementation = contract.get("implementation")
        if type(implementation) is not dict:
            continue
        due = _milestones(implementation)
        for payment in implementation.get("transactions") or ():
            delay = _delay(payment, due) if type(payment) is dict else None
            if delay is not None:
                delays.append(delay)
    return str(max(delays)) if delays else ""


def _milestones(implementation: Json) -> dict[Any, Any]:
    listed = implementation.get("milestones")
    if type(listed) is not list:
        return {}
    return {one["id"]: one.get("dueDate") for one in listed if type(one) is dict and type(one.get("id")) in (str, int)}


def _delay(payment: Json, due: dict[Any, Any]) -> int | None:
    milestone = payment.get("relatedImplementationMilestone")
    key = milestone.get("id") if type(milestone) is dict else None
    planned = (
        payment.get("invoiceDate") or payment.get("dueDate") or (due.get(key) if type(key) in (str, int) else None)
    )
    paid = payment.get("date")
    if type(planned) is not str or type(paid) is not str:
        return None
    first, last = DAYS[planned], DAYS[paid]
    if first[0] in "BA" or last[0] in "BA":
        return None
    return max(_ordinal(last) - _ordinal(first), 0)


def add_up(values: list[tuple[str, str]]) -> tuple[str, str]:
    """Sum of several exact amounts in one currency, unknown where one is missing or the currencies differ."""
    if not values or not all(amount for amount, _ in values) or len({currency for _, currency in values}) > 1:
        return "", values[0][1] if values else ""
    return f"{sum(Decimal(amount) for amount, _ in values):f}", values[0][1]


def budget(release: Json) -> Any:
    """``planning/budget/amount``, an object with amount and currency."""
    planning = release.get("planning")
    found = planning.get("budget") if type(planning) is dict else None
    return found.get("amount") if type(found) is dict else None


def planning_title(release: Json) -> str:
    """What a planning says it is about: its project, its budget's description or its reason."""
    planning = release.get("planning")
    if type(planning) is not dict:
        return ""
    money = planning.get("budget")
    places = [(money, "project"), (money, "description"), (planning, "rationale")]
    texts = [holder.get(key) for holder, key in places if type(holder) is dict]
    return next((text.strip() for text in texts if type(text) is str and text.strip()), "")


def country_of_delivery(holder: Json) -> str:
    """Country of ``deliveryAddress``, ``deliveryAddresses`` or a gazetteer entry of ``deliveryLocation``."""
    for address in (holder.get("deliveryAddress"), *(holder.get("deliveryAddresses") or ())):
        if address and (country := country_of_address(address)):
            return country
    location = holder.get("deliveryLocation")
    gazetteer = location.get("gazetteer") if type(location) is dict else None
    return _from_gazetteer(gazetteer) if type(gazetteer) is dict else ""


def country_of_address(address: Json) -> str:
    """Country of an address by the names that releases give it, "" where it is not certain."""
    for key in ("countryName", "country", "countryCode"):
        if (text := address.get(key)) and (country := COUNTRIES[text]):
            return str(country)
    return ""


def lots_of(award: Json, contracts: list[Json], items: list[Json]) -> list[str]:
    """Ids of the lots that an award is for, as it or its items say; ``[""]`` where nothing says so."""
    named = list(award.get("relatedLots") or ())
    if not named:
        named = [lot for contract in contracts for lot in contract.get("relatedLots") or ()]
    if not named:
        named = [lot for item in items if (lot := item.get("relatedLot"))]
    return list(dict.fromkeys(named)) or [""]


def number_of_register(organisation: Json) -> str:
    """Scheme and number of an organisation without an id of its own (``GB-COH-01234567``); of a long scheme the number."""
    identifier = organisation.get("identifier")
    if type(identifier) is not dict or not (number := identifier.get("id")):
        return ""
    scheme = identifier.get("scheme") or ""
    return f"{scheme}-{number}" if 0 < len(scheme) < 20 and " " not in scheme else str(number)


def named(organisations: list[Json]) -> int:
    """How many organisations of a list have a name or an id; exports write empty ones as placeholders."""
    return sum(1 for one in organisations if one.get("name") or one.get("id"))


def _from_gazetteer(gazetteer: Json) -> str:
    scheme, codes = gazetteer.get("scheme"), gazetteer.get("identifiers")
    if type(scheme) is not str or type(codes) is not list or not codes or type(codes[0]) is not str:
        return ""
    if not scheme.upper().startswith(("NUTS", "ISO")):
        return ""
    head = codes[0][:2].upper()
    return str(COUNTRIES[_PLACE_CODES.get(head, head)])


def country_of_register(*organisations: Json) -> str:
    """Country of the register that numbers an organisation: org-id.guide lists begin with it (``GB-COH``)."""
    for organisation in organisations:
        identifier = organisation.get("identifier")
        scheme = identifier.get("scheme") if type(identifier) is dict else None
        if type(scheme) is str and scheme[2:3] == "-" and scheme[:2].isascii() and scheme[:2].isupper():
            return str(COUNTRIES[scheme[:2]])
    return ""


LANGUAGE_CODES, PERIODS = Remembered(language_of), Remembered(days_between)
