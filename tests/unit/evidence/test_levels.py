"""Level rules of METHOD 1.4 for groups G and X."""

from decimal import Decimal

import pytest

from duecare.evidence import levels


def test_g1_tier_1_is_never_zero_and_absence_is_an_interval():
    assert levels.trafficking_response("1") == (1, 1, 1)
    assert levels.trafficking_response("2W") == (3, 3, 3)
    assert levels.trafficking_response("3") == (4, 4, 4)
    assert levels.trafficking_response("1-2") == (1.5, 1, 2)
    assert min(rated[1] for rated in levels.TIERS.values()) >= 1


@pytest.mark.parametrize("rule", [levels.trafficking_response, levels.workers_rights, levels.inspection])
@pytest.mark.parametrize("text", ["", "0", "6", "unknown", "Unknown"])
def test_an_unknown_measure_has_no_level(rule, text):
    with pytest.raises(KeyError):
        rule(text)


@pytest.mark.parametrize(("missing", "value"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (11, 4)])
def test_g2_counts_missing_fundamental_instruments(missing, value):
    assert levels.ratification_gaps(missing) == (value, value, value)


@pytest.mark.parametrize(
    ("percentile", "value"),
    [
        ("100", 0),
        ("90", 0),
        ("89.99", 1),
        ("75", 1),
        ("74.99", 2),
        ("50", 2),
        ("49.99", 3),
        ("25", 3),
        ("24.99", 4),
        ("0", 4),
    ],
)
def test_g4_thresholds(percentile, value):
    assert levels.rule_of_law(Decimal(percentile))[0] == value


@pytest.mark.parametrize(("rating", "value"), [("1", 1), ("2", 1), ("3", 2), ("4", 3), ("5", 4), ("5+", 4)])
def test_g3_ratings(rating, value):
    assert levels.workers_rights(rating)[0] == value


def test_g8_is_half_of_the_scale_either_way():
    assert levels.inspection("Yes") == (1, 0, 1)
    assert levels.inspection("No") == (3, 2, 4)


def test_x1_flags_and_downstream_goods():
    assert levels.listed_pair(child_labour=True, forced_labour=False) == (2, 2, 2)
    assert levels.listed_pair(child_labour=True, forced_labour=True) == (4, 4, 4)
    assert levels.listed_pair(child_labour=False, forced_labour=True, downstream_of="Polysilicon") == (4, 3, 4)
    with pytest.raises(ValueError, match="not on the list"):
        levels.listed_pair(child_labour=False, forced_labour=False)


def test_x2_of_a_region_is_an_interval_for_the_country():
    assert levels.state_imposed(2, part_of_country=False) == (4, 4, 4)
    assert levels.state_imposed(1, part_of_country=False) == (3, 3, 3)
    assert levels.state_imposed(2, part_of_country=True) == (3, 1, 4)


def test_x3_measures():
    assert levels.trade_measure("active", part_of_country=False)[0] == 4
    assert levels.trade_measure("lifted", part_of_country=False)[0] == 2
    assert levels.trade_measure("active", part_of_country=True) == (3, 1, 4)
