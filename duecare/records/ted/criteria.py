"""The share of the price in the award criteria, 0-100, from the weights as buyers write them.

"40", "40 %", "40,00", "0.4", "40 points", "40/100" and ranges ("30-50", their middle) are weights. Percentages stand as
written; other numbers that add up to 1 or 100 are shares; points are shares of their sum. Costs count as price, as in OCDS.
Criteria that stand only in the procurement documents are unknown, price alone is 100.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from duecare.records.ted.tree import Element, each, first, has, told

PRICE, QUALITY = "price", "quality"
_HUNDRED, _ONE = Decimal(100), Decimal(1)
_LONGEST_WEIGHT = 60
_SLACK = Decimal("0.5")
"""Shares are often rounded: three thirds are 99.99."""
_NUMBER = r"([0-9]{1,6}(?:[.,][0-9]{1,4})?)"
_SINGLE = re.compile(rf"{_NUMBER}\s*(%)?")
_RANGE = re.compile(rf"{_NUMBER}\s*%?\s*[-–—]\s*{_NUMBER}\s*(%)?")
_PART = re.compile(rf"{_NUMBER}\s*/\s*{_NUMBER}")
_POINTS = re.compile(
    r"(max\.?|do|bis|up to|jusqu'à)?\s*(.*?)\s*(points?|pts?|punkte?|pkt|punt(os?|i|en)|pontos?|точки|punkti|body|bodů|bodov|točk|bodova|pistettä|poäng|pont)?\.?"
)

# A criterion that is the price by its name, for editions and criteria that do not say so by their element.
_PRICE_WORDS = re.compile(
    r"""\b(
    price|pri(x|js|s|serne|sen)|preis\w*|\w*preis|honorar\w*|gesamthonorar|gesamtvergütung|gesamtkosten|cost|costs|coste?|kost(en|pris)
    |cen[aąyęou]|cenow[aey]|koszt|prezzo|costo|costul|prețul?|preţul?|pretul?|oferta[ ]financiar[ăa]|component[ăa][ ]financiar[ăa]
    |precio|importe|oferta[ ](econ[óo]mica|financeira)|valoraci[óo]n[ ]econ[óo]mica|preço|цена|ціна|ár|ajánlati[ ]ár|ellenérték|\w*díj
    |hinta|hind|maksumus|cena[ ]ponude|cijena|cijene|τιμή|kaina|náklady|montant[ ]de[ ]l'offre|\w*kostnad|vastike
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ELSEWHERE = re.compile(
    r"only in the procurement documents|uniquement dans les documents du marché|nur in den (Auftrags|Vergabe)unterlagen",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Weighted:
    """One criterion: price (or cost) or quality, and its weight as written."""

    kind: str
    weight: str


@dataclass(frozen=True, slots=True)
class _Weight:
    value: Decimal
    is_percent: bool


def price_weight(description: Element | None) -> str:
    """Share of the price in an ``OBJECT_DESCR`` of R2.0.9 (sections II.2.5); "" where the notice does not say it."""
    holder = first(description, "AC")
    holder = description if holder is None else holder
    if holder is None or has(holder, "AC_PROCUREMENT_DOC"):
        return ""
    costs = [(told(first(one, "AC_CRITERION")), told(first(one, "AC_WEIGHTING"))) for one in each(holder, "AC_COST")]
    if any(_ELSEWHERE.search(name) for name, _ in costs):
        return ""
    named = [bool(_PRICE_WORDS.search(name)) for name, _ in costs]
    only_some_are_price = len(costs) > 1 and any(named) and not has(holder, "AC_PRICE", "AC_QUALITY")
    found = [Weighted(PRICE, told(first(one, "AC_WEIGHTING"))) for one in each(holder, "AC_PRICE")]
    found += [
        Weighted(QUALITY if only_some_are_price and not is_price else PRICE, weight)
        for is_price, (_, weight) in zip(named, costs, strict=True)
    ]
    found += [Weighted(QUALITY, told(first(one, "AC_WEIGHTING"))) for one in each(holder, "AC_QUALITY")]
    return share_of_price(found)


def price_weight_by_names(criteria: Sequence[tuple[str, str]]) -> str:
    """Share of the price in criteria of R2.0.8, where only its name tells the price from the rest; "" without a price."""
    found = [Weighted(PRICE if _PRICE_WORDS.search(name) else QUALITY, weight) for name, weight in criteria]
    return share_of_price(found) if any(one.kind == PRICE for one in found) else ""


def share_of_price(criteria: Sequence[Weighted]) -> str:
    """Share of the price among weighted criteria, 0-100; "" where the weights do not settle it."""
    if not criteria:
        return ""
    if all(one.kind == PRICE for one in criteria):
        return "100"
    prices = [weight_of(one.weight) for one in criteria if one.kind == PRICE]
    others = [weight_of(one.weight) for one in criteria if one.kind != PRICE]
    if None in prices:
        return ""
    price = sum((weight.value for weight in prices if weight), Decimal(0))
    if None in others:
        return _percentage(price) if prices and all(weight and weight.is_percent for weight in prices) else ""
    return _of_known(price, [weight for weight in others if weight])


def weight_of(text: str) -> _Weight | None:
    """A weight as written, ``None`` for "pass/fail" and the like."""
    if len(text) > _LONGEST_WEIGHT:
        return None
    words = _POINTS.fullmatch(text.strip())
    text = words[2] if words else text.strip()
    if found := _SINGLE.fullmatch(text):
        return _Weight(_decimal(found[1]), bool(found[2]))
    if (found := _PART.fullmatch(text)) and _decimal(found[2]):
        return _Weight(_decimal(found[1]) / _decimal(found[2]) * _HUNDRED, is_percent=True)
    if found := _RANGE.fullmatch(text):
        return _Weight((_decimal(found[1]) + _decimal(found[2])) / 2, bool(found[3]))
    return None


def _of_known(price: Decimal, others: Sequence[_Weight]) -> str:
    total = price + sum((one.value for one in others), Decimal(0))
    are_percent = any(one.is_percent for one in others)
    if abs(total - _HUNDRED) <= _SLACK or (are_percent and total < _HUNDRED):
        return _percentage(price)
    if abs(total - _ONE) <= _SLACK / _HUNDRED:
        return _percentage(price * _HUNDRED)
    if any(abs(price + one.value - _HUNDRED) <= _SLACK for one in others):
        return _percentage(price)  # price 40, quality 60, and the parts of quality once more
    return _percentage(price * _HUNDRED / total) if total > 0 and not are_percent else ""


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _percentage(share: Decimal) -> str:
    return f"{round(share, 2).normalize():f}" if 0 <= share <= _HUNDRED else ""
