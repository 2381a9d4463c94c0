"""Q8 (contract churn) from what a line declares: its days where it has both, else its length in months."""

from __future__ import annotations

import pytest
from scoring_world import SCHEMA, full_line

from duecare.identify.method import load_method
from duecare.identify.ratings import keyed_lines
from duecare.register.engine import Engine


@pytest.mark.parametrize(
    ("start", "end", "months", "level"),
    [
        ("2025-02-01", "2028-03-01", 3.0, 0.0),
        (None, None, 48.0, 0.0),
        (None, None, 24.0, 1.0),
        (None, "2028-03-01", 13.5, 2.0),
        ("2025-02-01", None, 6.0, 3.0),
        (None, None, 3.0, 4.0),
        (None, None, None, -1.0),
    ],
)
def test_the_length_of_a_contract(start: str | None, end: str | None, months: float | None, level: float) -> None:
    line = full_line(start_date=start, end_date=end, duration_months=months)
    with Engine() as engine:
        engine.table("classified_lines", SCHEMA, [[line.get(name) for name in SCHEMA]])
        (found,) = engine.rows(keyed_lines(load_method(), with_parties=False, with_rulings=False, with_terms=False))
    assert found["Q8"] == level
