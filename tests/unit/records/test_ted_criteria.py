"""The share of the price in award criteria, as buyers write weights."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ted_documents import described, form, lot, read

from duecare.records.ted.criteria import PRICE, QUALITY, Weighted, price_weight_by_names, share_of_price, weight_of


@pytest.mark.parametrize(
    ("price", "quality", "share"),
    [
        ("40", ["60"], "40"),
        ("40 %", ["60 %"], "40"),
        ("40%", ["50%", "10%"], "40"),
        ("40,00", ["60,00"], "40"),
        ("0.4", ["0.6"], "40"),
        ("0,35", ["0,65"], "35"),
        ("50 points", ["150 points"], "25"),
        ("30 pkt", ["30 pkt"], "50"),
        ("70/100", ["30/100"], "70"),
        ("30-50", ["60"], "40"),
        ("33.3", ["33.3", "33.3"], "33.3"),
        ("40", ["60", "30", "30"], "40"),
        ("60 %", ["see below"], "60"),
        ("60", ["see below"], ""),
        ("", ["60"], ""),
        ("Pass/Fail", ["100"], ""),
        ("60 %", ["60 %"], ""),
        ("0", ["100"], "0"),
        ("0", ["0"], ""),
    ],
)
def test_share_of_the_price_among_weighted_criteria(price: str, quality: list[str], share: str) -> None:
    assert share_of_price([Weighted(PRICE, price), *(Weighted(QUALITY, one) for one in quality)]) == share


def test_price_alone_is_everything_and_no_criteria_are_unknown() -> None:
    assert share_of_price([Weighted(PRICE, "")]) == "100"
    assert share_of_price([Weighted(PRICE, "50"), Weighted(PRICE, "50")]) == "100"
    assert share_of_price([]) == ""


@given(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
def test_the_share_of_points_is_a_percentage_of_their_sum(price: int, others: list[int]) -> None:
    share = share_of_price([Weighted(PRICE, str(price)), *(Weighted(QUALITY, str(one)) for one in others)])
    assert share == "" or 0 <= Decimal(share) <= 100
    if price and price + sum(others) > 101 and not any(99 <= price + one <= 101 for one in others):
        assert abs(Decimal(share) - Decimal(price * 100) / (price + sum(others))) <= Decimal("0.01")


@given(st.text(max_size=20))
def test_any_text_is_a_weight_or_none(text: str) -> None:
    weight = weight_of(text)
    assert weight is None or weight.value >= 0


def criterion(kind: str, name: str = "", weight: str = "") -> str:
    named = f"<AC_CRITERION>{name}</AC_CRITERION>" if name else ""
    weighted = f"<AC_WEIGHTING>{weight}</AC_WEIGHTING>" if weight else ""
    return f"<AC_{kind}>{named}{weighted}</AC_{kind}>"


ELSEWHERE = "Price is not the only award criterion and all criteria are stated only in the procurement documents"


@pytest.mark.parametrize(
    ("criteria", "code", "weight"),
    [
        (f"<AC>{criterion('PRICE')}</AC>", "1", "100"),
        (criterion("PRICE"), "1", "100"),
        ("<AC><AC_PROCUREMENT_DOC/></AC>", "2", ""),
        (f"<AC>{criterion('QUALITY', 'Team', '70')}{criterion('PRICE', weight='30')}</AC>", "2", "30"),
        (criterion("QUALITY", "Team", "70") + criterion("COST", "Life cycle", "30"), "2", "30"),
        (criterion("COST", "Prix", "60") + criterion("COST", "Valeur technique", "40"), "2", "60"),
        (criterion("COST", "Life cycle", "60") + criterion("COST", "Energy", "40"), "2", "100"),
        (criterion("COST", ELSEWHERE, "1"), "2", ""),
        ("", "1", "100"),
        ("", "2", ""),
    ],
)
def test_criteria_of_a_lot(criteria: str, code: str, weight: str) -> None:
    assert read(form("F02_2014", described(lot(criteria))), AC_AWARD_CRIT=code).lots[0].price_weight == weight


@pytest.mark.parametrize(
    ("criteria", "share"),
    [
        ([("Price", "60"), ("Quality", "40")], "60"),
        ([("Цена", "70"), ("Срок", "30")], "70"),
        ([("Cena oferty brutto", "100"), ("Gwarancja", "25")], "80"),
        ([("Schedule", "50"), ("Team", "50")], ""),
        ([("Preis", "")], "100"),
    ],
)
def test_the_price_is_known_by_its_name_in_the_earlier_edition(criteria: list[tuple[str, str]], share: str) -> None:
    assert price_weight_by_names(criteria) == share
