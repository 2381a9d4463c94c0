"""How far a dated statement may be trusted: half-widths, ageing, expiry and contradiction (METHOD 1.3 and 6.5).

Pure functions on values, days and grades. A grade falls by one for every validity period that has passed; at E0 nothing is
known any more, and the caller leaves the row out: unknown is never a low number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from duecare.terms import Grade, Level

HALF_WIDTH: dict[Grade, float] = {Grade.E4: 0.0, Grade.E3: 0.25, Grade.E2: 0.5, Grade.E1: 1.0}
LOWEST, HIGHEST = 0.0, 4.0
CREDIBLE = Grade.E2
_ORDER = list(Grade)


def months_between(start: date, end: date) -> int:
    """Whole months from ``start`` to ``end``, 0 where ``end`` is not later."""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return max(0, months)


def later(start: date, months: int) -> date:
    """The day so many months later; the last day of the month where that day does not exist."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in (start.day, 30, 29, 28):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def aged(grade: Grade, observed_on: date, as_of: date, validity_months: int) -> Grade:
    """Grade as of a day: one lower per validity period elapsed, E0 at the end (METHOD 6.5: E3 of 14 months is E2)."""
    periods = months_between(observed_on, as_of) // validity_months
    return _ORDER[max(0, _ORDER.index(grade) - periods)]


def expires_on(grade: Grade, observed_on: date, validity_months: int) -> date:
    """First day on which nothing is left of the grade."""
    return later(observed_on, validity_months * _ORDER.index(grade))


def level(
    value: float, grade: Grade, *, stated: tuple[float, float] | None = None, source: str = "", contested: bool = False
) -> Level:
    """A level 0-4 with the half-width of its grade, never narrower than the interval that the source itself states.

    Level 0 says that a factor is credibly absent, which takes E3 (METHOD 1.3): on weaker evidence the point moves up to the
    end of the half-width. Raises ``ValueError`` for E0 (nothing is known: use the prior) and for a value outside of 0-4 or of its interval.
    """
    if grade is Grade.E0:
        raise ValueError("Evidence of grade E0 is no evidence; the interval is the prior's.")
    lo, hi = stated or (value, value)
    if not LOWEST <= lo <= value <= hi <= HIGHEST:
        raise ValueError(f"A level lies between 0 and 4 and inside its interval, not {value} in [{lo}, {hi}].")
    half = HALF_WIDTH[grade]
    low, high = max(LOWEST, min(lo, value - half)), min(HIGHEST, max(hi, value + half))
    if value == LOWEST and grade < Grade.E3:
        value = half
    return contest(Level(value, low, high, grade, source)) if contested else Level(value, low, high, grade, source)


def contest(one: Level) -> Level:
    """A level under credible contradiction: up to 4 until it is resolved."""
    return replace(one, hi=HIGHEST)


def combine(levels: Iterable[Level]) -> Level:
    """One level from several statements on the same thing, oldest first; raises ``ValueError`` for none.

    The best grade wins, the newest among equals, and ``source`` is the winner's. Evidence adds no width: the winner is
    trimmed to the narrower interval, on the side of the other. Where the statements are contested, ``hi`` is 4.
    """
    return _fold(levels)[0]


def is_contested(levels: Iterable[Level]) -> bool:
    """True where two statements of E2 or better, or of equal grade, cannot both be true."""
    return _fold(levels)[1]


def _fold(levels: Iterable[Level]) -> tuple[Level, bool]:
    known = [one for one in levels if one.grade is not Grade.E0]
    if not known:
        raise ValueError("No evidence to combine; use the prior.")
    found, contested = known[0], False
    for one in known[1:]:
        found, contested = _both(found, one, contested=contested)
    return found, contested


def _both(old: Level, new: Level, *, contested: bool) -> tuple[Level, bool]:
    best, other = (new, old) if new.grade >= old.grade else (old, new)
    disjoint = best.lo > other.hi or other.lo > best.hi
    if contested or (disjoint and (other.grade >= CREDIBLE or best.grade == other.grade)):
        return replace(best, lo=min(old.lo, new.lo), hi=HIGHEST), True
    return _trimmed(best, other), False


def _trimmed(best: Level, other: Level) -> Level:
    spare = (best.hi - best.lo) - (other.hi - other.lo)
    if spare <= 0:
        return best
    other_is_higher = other.lo + other.hi > best.lo + best.hi
    if other_is_higher:
        lo = min(best.lo + spare, best.value)
        return replace(best, lo=lo, hi=best.hi - (spare - (lo - best.lo)))
    hi = max(best.hi - spare, best.value)
    return replace(best, hi=hi, lo=best.lo + (spare - (best.hi - hi)))
