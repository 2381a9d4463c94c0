"""From what a source measures to a level 0-4: the level rules of METHOD 1.4 for groups G and X.

Every rule gives ``(value, lo, hi)``: what the source itself leaves open is an interval. A missing measure has no level.
"""

from __future__ import annotations

from decimal import Decimal

Rated = tuple[float, float, float]

FUNDAMENTAL = ("C029", "P029", "C105", "C087", "C098", "C138", "C182", "C100", "C111", "C155", "C187")
TIERS: dict[str, Rated] = {
    "1": (1.0, 1.0, 1.0),
    "2": (2.0, 2.0, 2.0),
    "2W": (3.0, 3.0, 3.0),
    "3": (4.0, 4.0, 4.0),
    # Our table names the Watch List and Tier 3 only: a ranked country that is not named is in Tier 1 or 2 (never 0).
    "1-2": (1.5, 1.0, 2.0),
}
RIGHTS: dict[str, Rated] = {
    "1": (1.0, 1.0, 1.0),
    "2": (1.0, 1.0, 1.0),
    "3": (2.0, 2.0, 2.0),
    "4": (3.0, 3.0, 3.0),
    "5": (4.0, 4.0, 4.0),
    "5+": (4.0, 4.0, 4.0),
}
# DoL says whether the number of inspectors meets the ILO's advice, not by how much: half of the scale either way.
INSPECTORS: dict[str, Rated] = {"Yes": (1.0, 0.0, 1.0), "No": (3.0, 2.0, 4.0)}


def exactly(value: float) -> Rated:
    """A level without an interval of its own."""
    return float(value), float(value), float(value)


def trafficking_response(tier: str) -> Rated:
    """G1 from a tier of the Trafficking in Persons Report. Raises ``KeyError`` for an unknown tier."""
    return TIERS[tier]


def ratification_gaps(missing: int) -> Rated:
    """G2 from the number of fundamental ILO instruments (of 11) that are not ratified."""
    return exactly(missing if missing < 3 else 3 if missing < 5 else 4)


def workers_rights(rating: str) -> Rated:
    """G3 from a rating of the ITUC Global Rights Index. Raises ``KeyError`` for an unknown rating."""
    return RIGHTS[rating]


def rule_of_law(percentile: Decimal) -> Rated:
    """G4 from the percentile rank 0-100 of the WGI indicator."""
    return exactly(sum(percentile < bound for bound in (90, 75, 50, 25)))


def inspection(meets_advice: str) -> Rated:
    """G8 from DoL's finding on the number of labour inspectors. Raises ``KeyError`` for anything but Yes and No."""
    return INSPECTORS[meets_advice]


def listed_pair(*, child_labour: bool, forced_labour: bool, downstream_of: str = "") -> Rated:
    """X1 for a listed good and country: 4 for forced labour, 2 for child labour only.

    A downstream good takes the flags of its listed input; one level lower is possible, since its own making is not listed.
    """
    value = 4.0 if forced_labour else 2.0 if child_labour else 0.0
    if value == 0.0:
        raise ValueError("A pair without a flag is not on the list.")
    return value, value - 1 if downstream_of else value, value


def state_imposed(authorities: int, *, part_of_country: bool) -> Rated:
    """X2: 3 for one credible source, 4 for several.

    Where the evidence is about a part of the country and only the country is known, the good may come from elsewhere: 3 with
    [1, 4], so that the line is looked at without treating every factory of the country alike.
    """
    if part_of_country:
        return 3.0, 1.0, 4.0
    return exactly(4 if authorities > 1 else 3)


def trade_measure(status: str, *, part_of_country: bool) -> Rated:
    """X3: active 4, open investigation 3, lifted in the last 24 months 2. Raises ``KeyError`` for another status."""
    value = {"active": 4, "open": 3, "lifted": 2}[status]
    return (float(min(value, 3)), 1.0, float(value)) if part_of_country else exactly(value)
