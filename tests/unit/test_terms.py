"""The shared words: immutable, ordered as the method orders them, and without hidden defaults for what is unknown."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, fields, is_dataclass
from datetime import date
from decimal import Decimal

import pytest

from duecare import terms
from duecare.terms import (
    Band,
    Classified,
    DueDiligence,
    Fact,
    Grade,
    Involvement,
    Level,
    Money,
    Reason,
    Route,
    Run,
    Source,
    Stage,
)

SOURCE = Source("Publisher", "Title", "https://example.org/list", "CC BY 4.0", date(2026, 10, 1), "page 3")
FACT = Fact(
    id="tip:2025:RS",
    issue="G1",
    scope=(("country", "RS"),),
    value=Decimal(2),
    lo=Decimal(2),
    hi=Decimal(2),
    unit="level",
    valid_from=date(2025, 6, 1),
    valid_until=date(2026, 6, 1),
    grade=Grade.E3,
    source=SOURCE,
    pack="tip",
)
VALUES = [
    SOURCE,
    FACT,
    Money(Decimal("12.30"), "EUR"),
    Level(2.5, 1.0, 4.0, Grade.E0),
    Classified("CAT03", "declared", 1.0, code="90910000"),
    Reason("LISTED_GOOD", (("good", "Coffee"),), ("dol:1",), 0.4),
    Run("a" * 16, "0.1.0", "2026-11", date(2026, 11, 1)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_cannot_be_changed(value: object) -> None:
    assert is_dataclass(value)
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(value)[0].name, "other")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_equal_values_are_one_key(value: object) -> None:
    assert len({value, value}) == 1


def test_every_shared_value_is_tried_here() -> None:
    shared = {item for item in vars(terms).values() if is_dataclass(item)}

    assert {type(value) for value in VALUES} == shared


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Grade, "E0 E1 E2 E3 E4"),
        (Stage, "RAW PROC MANU LOG SITE"),
        (Band, "LOW MODERATE HIGH VERY_HIGH"),
        (DueDiligence, "BASIC STANDARD HEIGHTENED INTENSIVE"),
        (Route, "DIRECT BUILD COLLECTIVE"),
        (Involvement, "CAUSE CONTRIBUTE LINKED"),
    ],
)
def test_codes_are_the_method_s_in_its_order(kind: type, words: str) -> None:
    assert [member.value for member in kind] == words.split()
    assert [str(member) for member in kind] == words.split()


def test_each_band_asks_for_one_level_of_due_diligence() -> None:
    assert len(Band) == len(DueDiligence)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Level, "value"),
        (Level, "lo"),
        (Level, "hi"),
        (Level, "grade"),
        (Fact, "source"),
        (Fact, "grade"),
        (Money, "currency"),
    ],
)
def test_what_must_be_known_has_no_default(kind: type, name: str) -> None:
    field = next(field for field in fields(kind) if field.name == name)

    assert field.default is MISSING
    assert field.default_factory is MISSING


def test_money_keeps_what_was_published() -> None:
    assert str(Money(Decimal("24309.90"), "EUR").amount) == "24309.90"


def test_an_unknown_code_is_a_stop() -> None:
    with pytest.raises(ValueError, match="CRITICAL"):
        Band("CRITICAL")
