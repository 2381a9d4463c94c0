"""The share of the price in the award criteria, where a notice lets it be computed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from eforms_documents import coded, document, extended, hidden, lot
from hypothesis import given
from hypothesis import strategies as st

from duecare.records.eforms import read_eforms


def criterion(kind: str, way: str = "", weight: str = "", more: str = "") -> str:
    """One criterion: its kind, how its weight is written, the weight."""
    parameter = ""
    if way:
        listed = coded("efbc:ParameterCode", "number-weight", way)
        numeric = f"<efbc:ParameterNumeric>{weight}</efbc:ParameterNumeric>"
        parameter = extended(f"<efac:AwardCriterionParameter>{more}{listed}{numeric}</efac:AwardCriterionParameter>")
    named = coded("cbc:AwardingCriterionTypeCode", "award-criterion-type", kind) if kind else ""
    return f"<cac:SubordinateAwardingCriterion>{parameter}{named}</cac:SubordinateAwardingCriterion>"


def weight_of(*criteria: str) -> str:
    terms = f"<cac:AwardingTerms><cac:AwardingCriterion>{''.join(criteria)}</cac:AwardingCriterion></cac:AwardingTerms>"
    return read_eforms(document(body=lot(terms=terms))).lots[0].price_weight


@pytest.mark.parametrize(
    ("criteria", "share"),
    [
        ([("price",)], "100"),
        ([("price",), ("cost",)], "100"),
        ([("quality",)], "0"),
        ([("price", "per-exa", "60"), ("quality", "per-exa", "40")], "60"),
        ([("price", "per-exa", "40"), ("cost", "per-mid", "10"), ("quality", "per-exa", "50")], "50"),
        ([("price", "dec-exa", "0.7"), ("quality", "dec-exa", "0.3")], "70"),
        ([("price", "poi-exa", "30"), ("quality", "poi-exa", "90")], "25"),
        ([("price", "poi-exa", "1"), ("quality", "poi-exa", "2")], "33.33"),
        ([("price", "poi-exa", "30"), ("quality",)], ""),
        ([("price", "per-exa", "60"), ("quality",)], "60"),
        ([("price",), ("quality", "per-exa", "40")], ""),
        ([("price", "ord-imp", "1"), ("quality", "ord-imp", "2")], ""),
        ([("price", "per-exa", "60"), ("quality", "per-exa", "60")], ""),
        ([("price", "per-exa", "-1"), ("quality", "per-exa", "40")], ""),
        ([("price", "per-exa", "60"), ("", "per-exa", "40")], ""),
        ([("price", "fix-tot", "100"), ("quality",)], ""),
        ([], ""),
    ],
)
def test_share_of_the_price(criteria: list[tuple[str, ...]], share: str) -> None:
    assert weight_of(*(criterion(*one) for one in criteria)) == share


def test_a_withheld_weight_is_unknown() -> None:
    assert (
        weight_of(criterion("price", "per-exa", "60", hidden("awa-cri-num")), criterion("quality", "per-exa", "40"))
        == ""
    )


def test_a_criterion_without_parts_stands_for_itself() -> None:
    assert weight_of(coded("cbc:AwardingCriterionTypeCode", "award-criterion-type", "price")) == "100"


@given(st.integers(1, 99))
def test_percentages_points_and_decimals_say_the_same(price: int) -> None:
    written = {"per-exa": (f"{price}", f"{100 - price}"), "poi-exa": (f"{price * 2}", f"{200 - price * 2}")}
    written["dec-exa"] = (f"{Decimal(price) / 100}", f"{Decimal(100 - price) / 100}")
    shares = {
        weight_of(criterion("price", way, one), criterion("quality", way, other))
        for way, (one, other) in written.items()
    }
    assert shares == {str(price)}
