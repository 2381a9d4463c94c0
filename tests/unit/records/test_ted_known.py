"""Every element of TED is used, passed through or listed as not used."""

from __future__ import annotations

import re
from pathlib import Path

from ted_documents import described, document, form, lot

import duecare.records.ted as package
from duecare.records.ted import unknown_elements
from duecare.records.ted.known import IGNORED, NOT_USED, USED

SOURCES = [path for path in Path(package.__file__).parent.glob("*.py") if path.name != "known.py"]
LITERALS = set(re.findall(r'"([A-Z][A-Z0-9_]+)"', "".join(path.read_text(encoding="utf-8") for path in SOURCES)))
PERSONAL = {
    "ADDRESS",
    "ATTENTION",
    "CONTACT_POINT",
    "E_MAIL",
    "FAX",
    "PHONE",
    "POSTAL_CODE",
    "MEMBER_NAME",
    "PARTICIPANT_NAME",
}


def test_a_name_that_nobody_knows_is_reported() -> None:
    root = document(form("F02_2014", described(lot("<SURPRISE/>")), "<LEFTI><ANOTHER><SURPRISE/></ANOTHER></LEFTI>"))
    assert unknown_elements(root) == ("ANOTHER", "SURPRISE")
    assert unknown_elements(document(form("F02_2014", described()))) == ()


def test_used_names_are_really_looked_for_by_the_reader() -> None:
    built = {
        f"{number}_2014"
        for number in re.findall(r'"(F\d\d)":', (SOURCES[0].parent / "forms.py").read_text(encoding="utf-8"))
    }
    assert set() == USED - LITERALS - built


def test_a_name_is_either_used_or_not() -> None:
    assert not USED & IGNORED


def test_the_reader_never_asks_for_people_or_streets() -> None:
    first_reason = next(iter(NOT_USED))
    assert set(NOT_USED[first_reason].split()) >= PERSONAL
    assert not PERSONAL & LITERALS
