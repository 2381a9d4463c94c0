"""A blind second rating shows the case and nothing of the first; agreement is Cohen's kappa with linear weights."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging_people import actor, may_count, office, person, wish

from duecare.errors import CannotAnswer, WrongUsage


def sampled_override(north: Any, author: Any) -> Any:
    """Propose until one falls into the sample."""
    from duecare.casebook.acts import overrides, reratings

    for _ in range(200):
        kept = overrides.propose(author, north, wish(value=1.5), may_count)
        if reratings.is_sampled(kept):
            return kept
    raise AssertionError("None of 200 was sampled.")


def test_another_office_rates_blind_and_once(home: object) -> None:
    from duecare.casebook.acts import reratings

    north, south = office("Office North"), office("Office South")
    author = actor(person("author", ("PO", north)))
    rater = actor(person("rater", ("FP", south)))
    sampled = sampled_override(north, author)

    [case] = reratings.waiting(rater)
    shown = str(asdict(case))
    assert case.oid == sampled.oid
    assert case.title == "Cleaning of the office"
    for hidden in ("1.5", "lower", sampled.reason, author.person.oid, "OV-2026"):
        assert hidden not in shown
    reratings.rate(rater, sampled.oid, "FP", 2.0, "The interviews carry this level.")
    assert reratings.pairs() == [(1.5, 2.0)]
    assert reratings.waiting(rater) == []
    with pytest.raises(CannotAnswer):
        reratings.rate(rater, sampled.oid, "FP", 2.0, "The interviews carry this level.")


def test_who_can_read_the_override_is_not_asked(home: object) -> None:
    from duecare.casebook.acts import reratings

    north, south = office("Office North"), office("Office South")
    author = actor(person("author", ("PO", north)))
    sampled = sampled_override(north, author)
    for held in ([("FP", north)], [("FP", None)], [("FP", south), ("IA", None)], [("IA", south)], [("ADM", None)]):
        someone = actor(person(f"p{len(str(held))}{held[0][0]}{held[0][1]}".lower().replace(" ", ""), *held))
        assert reratings.waiting(someone) == []
        with pytest.raises(CannotAnswer):
            reratings.rate(someone, sampled.oid, held[0][0], 2.0, "The interviews carry this level.")


def test_about_one_in_ten_is_sampled_and_always_the_same() -> None:
    from duecare.casebook.acts.reratings import is_sampled
    from duecare.casebook.models import Override

    kept = [Override(oid=f"{number:026d}") for number in range(5000)]
    first = [is_sampled(one) for one in kept]
    assert 425 <= sum(first) <= 575
    assert first == [is_sampled(one) for one in kept]


def test_weighted_kappa_of_a_worked_example() -> None:
    """Half steps 2 2 4 6 against 2 4 4 4: seen (0+2+0+2)/4 = 1; by chance (6 + 6 + 2 + 10)/16 = 1.5; kappa = 1 - 1/1.5 = 1/3."""
    from duecare.casebook.acts.reratings import weighted_kappa

    assert weighted_kappa([(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (3.0, 2.0)]) == pytest.approx(1 / 3)


def test_kappa_where_it_says_nothing() -> None:
    from duecare.casebook.acts.reratings import weighted_kappa

    assert weighted_kappa([]) is None
    assert weighted_kappa([(2.0, 2.0), (2.0, 2.0)]) is None


@given(st.lists(st.tuples(st.floats(0, 4), st.floats(0, 4)), min_size=1, max_size=20))
def test_kappa_is_at_most_one_and_does_not_mind_who_was_first(rated: list[tuple[float, float]]) -> None:
    from duecare.casebook.acts.reratings import weighted_kappa

    found, turned = weighted_kappa(rated), weighted_kappa([(second, first) for first, second in rated])
    assert (found is None) == (turned is None)
    assert found is None or (found <= 1 and found == pytest.approx(turned))
    same = weighted_kappa([(first, first) for first, _ in rated])
    assert same is None or same == pytest.approx(1)


def test_an_office_does_not_review_itself(home: object) -> None:
    from duecare.casebook.acts import reratings

    north, south = office("Office North"), office("Office South")
    what = "We read all twelve with their evidence; nine of them carry, three were withdrawn."
    counted = {"raise": 2, "lower": 10}
    with pytest.raises(WrongUsage, match="does not review itself"):
        reratings.review(actor(person("a", ("SM", north))), north, "SM", counted, what)
    with pytest.raises(WrongUsage, match="at least 40"):
        reratings.review(actor(person("b", ("SM", south))), north, "SM", counted, "All good.")
    assert not reratings.is_reviewed(north, counted, 10)
    reratings.review(actor(person("c", ("SM", south))), north, "SM", counted, what)
    assert reratings.is_reviewed(north, {"raise": 2, "lower": 19}, 10)
    assert not reratings.is_reviewed(north, {"raise": 2, "lower": 20}, 10)
