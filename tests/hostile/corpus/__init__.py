"""Makes hostile files: every format times every fault that makes sense in it, each with the codes that may answer it.

Everything is written by hand from a seed, so that a case is the same bytes on every machine. Limits are tightened, so that
"too large" is cheap to make.
"""

from __future__ import annotations

import random
from functools import cache

from .archives import archive_cases
from .cells import cell_cases
from .notices import ocds_cases
from .tables import FORMATS, GOOD_ROWS, LIMITS, Case, good_table
from .texts import text_cases
from .types import type_cases
from .workbooks import workbook_cases
from .xml_notices import xml_cases

__all__ = ["FORMATS", "GOOD_ROWS", "LIMITS", "Case", "good_table", "make_cases"]


@cache
def make_cases(seed: int = 20261101) -> list[Case]:
    """The whole corpus in a fixed order; names are unique."""
    rng = random.Random(seed)
    cases = [
        *cell_cases(rng),
        *text_cases(rng),
        *ocds_cases(),
        *archive_cases(rng),
        *workbook_cases(rng),
        *type_cases(rng),
        *xml_cases(rng),
    ]
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return cases
