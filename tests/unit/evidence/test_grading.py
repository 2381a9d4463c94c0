"""Grades: half-widths, ageing, expiry and contradiction of METHOD 1.3 and 6.5."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.evidence.grading import aged, combine, contest, expires_on, is_contested, later, level, months_between
from duecare.terms import Grade, Level

START = date(2025, 1, 15)
GRADES = st.sampled_from([Grade.E1, Grade.E2, Grade.E3, Grade.E4])
VALUES = st.integers(min_value=0, max_value=16).map(lambda quarters: quarters / 4)
LEVELS = st.builds(level, VALUES, GRADES)


@pytest.mark.parametrize(
    ("grade", "interval"), [("E4", (3, 3)), ("E3", (2.75, 3.25)), ("E2", (2.5, 3.5)), ("E1", (2, 4))]
)
def test_half_widths_of_the_method(grade, interval):
    found = level(3, Grade(grade))
    assert (found.value, found.lo, found.hi) == (3, *interval)


def test_an_interval_of_the_source_is_never_narrowed_and_widens_with_age():
    assert (level(1.5, Grade.E3, stated=(1, 2)).lo, level(1.5, Grade.E3, stated=(1, 2)).hi) == (1, 2)
    assert (level(1.5, Grade.E1, stated=(1, 2)).lo, level(1.5, Grade.E1, stated=(1, 2)).hi) == (0.5, 2.5)


def test_level_zero_takes_grade_e3():
    assert level(0, Grade.E3).value == 0
    assert (level(0, Grade.E2).value, level(0, Grade.E2).hi) == (0.5, 0.5)
    assert (level(0, Grade.E1).value, level(0, Grade.E1).lo, level(0, Grade.E1).hi) == (1, 0, 1)


@pytest.mark.parametrize("arguments", [(3, Grade.E0), (4.5, Grade.E3), (-1, Grade.E3)])
def test_what_is_no_level(arguments):
    with pytest.raises(ValueError, match=r"level|evidence"):
        level(*arguments)


def test_a_value_outside_its_own_interval_is_refused():
    with pytest.raises(ValueError, match="inside"):
        level(3, Grade.E3, stated=(1, 2))


@pytest.mark.parametrize(
    ("months", "grade"),
    [
        (0, "E3"),
        (11, "E3"),
        (12, "E2"),
        (14, "E2"),
        (23, "E2"),
        (24, "E1"),
        (25, "E1"),
        (35, "E1"),
        (36, "E0"),
        (99, "E0"),
    ],
)
def test_a_grade_falls_by_one_for_every_validity_period(months, grade):
    assert aged(Grade.E3, START, later(START, months), 12) == grade


def test_expiry_is_the_first_day_without_a_grade():
    gone = expires_on(Grade.E3, START, 12)
    assert aged(Grade.E3, START, gone, 12) is Grade.E0
    assert aged(Grade.E3, START, date.fromordinal(gone.toordinal() - 1), 12) is Grade.E1


def test_months_count_whole_ones():
    assert months_between(date(2025, 1, 31), date(2025, 2, 28)) == 0
    assert months_between(date(2025, 1, 31), date(2025, 3, 31)) == 2
    assert months_between(date(2025, 3, 1), date(2025, 1, 1)) == 0
    assert later(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_contested_goes_up_to_four_until_resolved():
    low, high = level(1, Grade.E3), level(3, Grade.E2)
    found = combine([low, high])
    assert is_contested([low, high])
    assert (found.value, found.lo, found.hi) == (1, 0.75, 4)
    assert contest(low).hi == 4


def test_a_weak_contradiction_does_not_contest_a_strong_statement():
    assert not is_contested([level(4, Grade.E1), level(1, Grade.E3)])
    assert combine([level(4, Grade.E1), level(1, Grade.E3)]).value == 1


def test_the_same_grade_twice_does_not_add_up():
    once, twice = level(2, Grade.E2), combine([level(2, Grade.E2)] * 5)
    assert twice == once


def test_no_evidence_is_no_level():
    with pytest.raises(ValueError, match="prior"):
        combine([Level(2.5, 1, 4, Grade.E0)])


@given(st.lists(LEVELS, min_size=1, max_size=6), LEVELS)
def test_pt7_adding_evidence_never_widens_unless_contested(before, added):
    old, new = combine(before), combine([*before, added])
    assert 0 <= new.lo <= new.value <= new.hi <= 4
    assert is_contested([*before, added]) or new.hi - new.lo <= old.hi - old.lo + 1e-9


@given(VALUES, GRADES, st.integers(min_value=0, max_value=120), st.integers(min_value=0, max_value=120))
def test_ageing_never_improves_a_grade_or_narrows_a_level(value, grade, months, more):
    young, old = (aged(grade, START, later(START, count), 12) for count in (months, months + more))
    assert old <= young
    if old is not Grade.E0:
        assert level(value, old).lo <= level(value, young).lo
        assert level(value, old).hi >= level(value, young).hi
