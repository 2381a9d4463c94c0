"""Tables with one bad cell in one more row, in every format."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .tables import (
    FORMATS,
    HEADER,
    WORKBOOKS,
    Case,
    case,
    good_table,
)

_CELLS: tuple[tuple[str, str, str, str], ...] = (
    ("no-id", "contract_id", "", "MISSING_FIELD"),
    ("no-buyer", "buyer", "", "MISSING_FIELD"),
    ("no-supplier", "supplier_name", "  ", "MISSING_FIELD"),
    ("no-title", "title", "", "MISSING_FIELD"),
    ("word-amount", "amount", "many", "BAD_NUMBER"),
    ("two-points", "amount", "1.2.3", "BAD_NUMBER AMBIGUOUS_NUMBER"),
    ("hex-amount", "amount", "0x1F", "BAD_NUMBER"),
    ("exponent-bomb", "amount", "1e999999", "BAD_NUMBER ABSURD_AMOUNT"),
    ("formula-amount", "amount", "=1+1", "BAD_NUMBER"),
    ("nan", "amount", "NaN", "NONFINITE BAD_NUMBER"),
    ("infinity", "amount", "-Infinity", "NONFINITE BAD_NUMBER"),
    ("negative", "amount", "-12.50", "NEGATIVE_AMOUNT"),
    ("absurd", "amount", "9" * 19 + ".00", "ABSURD_AMOUNT"),
    ("digits-flood", "amount", "1" * 5000, "ABSURD_AMOUNT BAD_NUMBER CELL_TOO_LARGE"),
    ("no-day", "award_date", "2025-02-30", "BAD_DATE"),
    ("word-date", "award_date", "next Tuesday", "BAD_DATE"),
    ("two-dates", "award_date", "03/04/2025", "AMBIGUOUS_DATE"),
    ("future", "award_date", "2031-05-17", "FUTURE_DATE"),
    ("old", "award_date", "1066-10-14", "ABSURD_DATE BAD_DATE"),
    ("ends-before", "end_date", "2001-01-31", "DATE_ORDER"),
    ("no-currency", "currency", "QQQ", "UNKNOWN_CURRENCY"),
    ("dollar-sign", "currency", "$", "AMBIGUOUS_CURRENCY"),
    ("old-currency", "currency", "DEM", "RETIRED_CURRENCY"),
    ("no-country", "country", "Atlantis", "BAD_COUNTRY"),
    ("combining", "title", "Z" + "\u0301" * 400, "COMBINING_FLOOD"),
    ("long-id", "contract_id", "C" * 300, "CELL_TOO_LARGE"),
)
_LARGE_TEXT = " ".join(str(number * number) for number in range(10_000))
_TEXT_ONLY_CELLS: tuple[tuple[str, str, str, str], ...] = (
    ("bell", "title", "Clean\x07ing", "CONTROL_CHAR"),
    ("escape", "supplier_name", "Fi\x1b[31mrm", "CONTROL_CHAR"),
    ("nul", "title", "Clean\x00ing", "NUL_BYTES CONTROL_CHAR"),
    ("surrogate", "title", "Clean\ud800ing", "LONE_SURROGATE BAD_ENCODING"),
    ("large-cell", "title", _LARGE_TEXT, "CELL_TOO_LARGE"),
)


def cell_cases(rng: random.Random) -> Iterator[Case]:
    for kind, (file, write) in FORMATS.items():
        faults = _CELLS if kind in WORKBOOKS else _CELLS + _TEXT_ONLY_CELLS
        for name, field, value, codes in faults:
            table = good_table(rng)
            bad = list(table[-1])
            bad[0], bad[HEADER.index(field)] = "C-99", value
            place = rng.randint(1, len(table))
            yield case(f"{kind}-{name}", file, write([*table[:place], bad, *table[place:]]), codes)
