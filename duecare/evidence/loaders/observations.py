"""Reader of an organisation's own observations: one level with grade, dates and source per row."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.untrusted import Row, read_rows
from duecare.terms import Grade, Stage

COLUMNS = (
    "factor", "country", "profile", "supplier_id", "stage", "value", "grade", "observed_on", "valid_until", "source_title",
    "source_url", "note", "locator",
)  # fmt: skip
REQUIRED = ("factor", "value", "grade", "observed_on", "valid_until", "source_title")
FACTORS = frozenset(
    f"{group}{n}"
    for group, last in {"P": 8, "X": 3, "G": 9, "W": 11, "B": 10, "Q": 10}.items()
    for n in range(1, last + 1)
)
"""Every factor of METHOD 1.4; a level for a whole group is an override, not an observation."""
STATES = ("A", "F4", "R3", "OWN")
"""What is the case and not how much (METHOD 1.5, 1.7, 1.8): an open allegation, an open case at the site, a red flag that the buyer left
unanswered, a practice of the buyer's own staff, household or site that does the harm. Their value is 1; without a row nothing is said."""
MOST_NOTE_CHARS = 2000


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS`` as written; raises ``FileRefused`` naming row, field and what is allowed."""
    rows = read_rows(path)
    given = {name for row in rows for name in row} - {"#"}
    if unknown := given - {"category"} - set(COLUMNS):
        raise FileRefused(
            "BAD_TYPE",
            f"{path.name} has unknown columns {', '.join(sorted(unknown))}. Known: {', '.join(COLUMNS[:-1])}.",
        )
    if missing := set(REQUIRED) - given:
        raise FileRefused("MISSING_COLUMN", f"{path.name} has no column {', '.join(sorted(missing))}.")
    return [_cells(path, row) for row in rows]


def _cells(path: Path, row: Row) -> tuple[str, ...]:
    cells = {name: row.get(name, "") for name in COLUMNS} | {"locator": f"row {row['#']}"}
    cells["profile"] = cells["profile"] or row.get("category", "")
    cells["note"] = cells["note"][:MOST_NOTE_CHARS]
    for name in REQUIRED:
        _demand(path, row, name, bool(cells[name]), "it is needed in every row")
    state = cells["factor"] in STATES
    known = state or cells["factor"] in FACTORS
    _demand(path, row, "factor", known, f"a factor such as W1, G8 or B9 is needed, or one of {', '.join(STATES)}")
    _demand(path, row, "value", not state or float(cells["value"] or 0) == 1, "A, F4, R3 and OWN have the value 1")
    _demand(path, row, "grade", cells["grade"] in set(Grade) - {Grade.E0}, "grades are E1, E2, E3 and E4")
    _demand(path, row, "value", _is_level(cells["value"]), "a level is a number from 0 to 4")
    _demand(path, row, "stage", not cells["stage"] or cells["stage"] in set(Stage), f"stages are {', '.join(Stage)}")
    _demand(
        path,
        row,
        "value",
        float(cells["value"]) > 0 or cells["grade"] in ("E3", "E4"),
        "level 0 takes a grade of E3 or E4",
    )
    whole = cells["factor"].startswith("Q")
    _demand(path, row, "stage", not (whole and cells["stage"]), "Q is about the whole purchase: leave the stage out")
    days = [_day(path, row, name) for name in ("observed_on", "valid_until")]
    _demand(path, row, "valid_until", days[0] < days[1], "it must be later than observed_on")
    if cells["country"]:
        country = resolve_country(cells["country"])
        _demand(path, row, "country", country is not None, "a name or an ISO 3166 code is needed")
        cells["country"] = country or ""
    return tuple(cells[name] for name in COLUMNS)


def _is_level(text: str) -> bool:
    return bool(re.fullmatch(r"[0-4](\.\d{1,3})?", text)) and float(text) <= 4


def _day(path: Path, row: Row, name: str) -> date:
    try:
        return date.fromisoformat(row[name][:10])
    except ValueError as error:
        raise FileRefused(
            "BAD_DATE", f"{path.name}, row {row['#']}, {name}: {row[name]!r} is no date; write YYYY-MM-DD.", field=name
        ) from error


def _demand(path: Path, row: Row, name: str, holds: bool, allowed: str) -> None:  # noqa: FBT001
    if not holds:
        value = row.get(name, "")
        code = "MISSING_FIELD" if not value else "BAD_TYPE"
        raise FileRefused(
            code,
            f"{path.name}, row {row['#']}, {name}: {value!r} was read; {allowed}.",
            row=int(row["#"]),
            field=name,
            value=value,
        )
