"""The share of the price in the award criteria of a lot (BT-539, BT-541, BT-5421), where it can be computed.

Percentages and shares of one are taken as written, points as part of their total. An order of importance, a formula or a
fixed total says nothing about the share, so that it stays unknown. Price alone is 100.
"""

from __future__ import annotations

from decimal import Decimal

from duecare.records.eforms.ubl import (
    AGGREGATE,
    BASIC,
    EFORMS_AGGREGATE,
    EFORMS_BASIC,
    Element,
    Faults,
    code,
    each,
    extended,
    first,
    number,
    withheld,
)

_CRITERION = (f"{AGGREGATE}AwardingTerms", f"{AGGREGATE}AwardingCriterion")
_PART = f"{AGGREGATE}SubordinateAwardingCriterion"
_TYPE = f"{BASIC}AwardingCriterionTypeCode"
_PARAMETER = f"{EFORMS_AGGREGATE}AwardCriterionParameter"
_HUNDRED = Decimal(100)
_SLACK = Decimal("0.5")
"""Percentages are often rounded: three thirds are 99.99."""
# BT-5421: how a weight is written. Exact and middle of a range count the same; ``ord-imp`` is not here on purpose.
_SHARES = {"per-exa": Decimal(1), "per-mid": Decimal(1), "dec-exa": _HUNDRED, "dec-mid": _HUNDRED}
_POINTS = frozenset({"poi-exa", "poi-mid"})
_MONEY = frozenset({"price", "cost"})
_Weighted = tuple[str, str, Decimal | None]
"""Type of a criterion, how its weight is written, the weight."""


def price_weight(terms: Element | None, faults: Faults) -> str:
    """Percentage of price and cost, 0-100, from the ``TenderingTerms`` of a lot; "" where it is unknown."""
    found = [_weighted(one, faults) for one in _criteria(terms)]
    if not found or not all(kind for kind, _, _ in found):
        return ""
    if all(kind in _MONEY for kind, _, _ in found):
        return "100"
    if not any(kind in _MONEY for kind, _, _ in found):
        return "0"
    return _share(found)


def _share(found: list[_Weighted]) -> str:
    weights = [weight for _, _, weight in found]
    if all(way in _POINTS for _, way, _ in found) and None not in weights:
        total = sum((weight or Decimal(0) for weight in weights), Decimal(0))
        return _percentage(_of_money(found) * 100 / total) if total > 0 else ""
    money = [one for one in found if one[0] in _MONEY]
    if any(way not in _SHARES or weight is None for _, way, weight in money):
        return ""
    named = sum(
        (weight * _SHARES[way] for _, way, weight in found if way in _SHARES and weight is not None), Decimal(0)
    )
    share = sum((weight * _SHARES[way] for _, way, weight in money if weight is not None), Decimal(0))
    return _percentage(share) if named <= _HUNDRED + _SLACK else ""


def _of_money(found: list[_Weighted]) -> Decimal:
    return sum((weight for kind, _, weight in found if kind in _MONEY and weight is not None), Decimal(0))


def _criteria(terms: Element | None) -> list[Element]:
    """The parts of each criterion; a criterion without parts (national variants) stands for itself."""
    found: list[Element] = []
    for criterion in each(terms, *_CRITERION):
        parts = [part for part in criterion.iterchildren(_PART) if len(part)]
        found += parts or ([criterion] if first(criterion, _TYPE) is not None else [])
    return found


def _weighted(criterion: Element, faults: Faults) -> _Weighted:
    more = extended(criterion)
    kind = "" if "awa-cri-typ" in withheld(more) else code(criterion, _TYPE)
    for parameter in each(more, _PARAMETER):
        way = first(parameter, f"{EFORMS_BASIC}ParameterCode")
        if way is None or way.get("listName") != "number-weight":
            continue
        if not withheld(parameter) & {"awa-cri-num", "awa-cri-wei"}:
            text = number(first(parameter, f"{EFORMS_BASIC}ParameterNumeric"), faults)
            return kind, (way.text or "").strip(), Decimal(text) if text else None
    return kind, "", None


def _percentage(share: Decimal) -> str:
    return f"{round(share, 2).normalize():f}" if 0 <= share <= _HUNDRED else ""
