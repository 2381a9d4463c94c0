"""Corrigenda and days to bid, through the front door: old and new value, the gap where they do not fit, in any order."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from notice_texts import TED_SPACE, Part, Won, competition, eforms, result, ted

from duecare import cycle
from duecare.register.bid_days import Calls
from duecare.register.engine import Engine
from duecare.register.lines import see_lines
from duecare.register.store import Register
from duecare.settings import Settings

CALL = "123456-2021"
TWO_LOTS = (Part(), Part(number="2", title="Windows"))


def call(until: str = "2021-04-10", **said: object) -> bytes:
    """A call of 2021-03-10 with the deadline that TED's form names in section IV.2.2."""
    whole = ted(competition(**said)).decode()
    return whole.replace("</PROCEDURE>", f"<DATE_RECEIPT_TENDERS>{until}</DATE_RECEIPT_TENDERS></PROCEDURE>").encode()


def change(section: str, old: str, new: str, lot: str = "") -> str:
    number = f"<LOT_NO>{lot}</LOT_NO>" if lot else ""
    sides = f"<OLD_VALUE>{old}</OLD_VALUE><NEW_VALUE>{new}</NEW_VALUE>"
    return f"<CHANGE><WHERE><SECTION>{section})</SECTION>{number}</WHERE>{sides}</CHANGE>"


def days(section: str, old: str, new: str) -> str:
    return change(section, f"<DATE>{old}</DATE>", f"<DATE>{new}</DATE>")


def codes(section: str, old: str, new: str, lot: str = "", name: str = "CPV_ADDITIONAL") -> str:
    sides = (f'<{name}><CPV_CODE CODE="{code}"/></{name}>' if code else "" for code in (old, new))
    return change(section, *sides, lot=lot)


def words(section: str, old: str, new: str, lot: str = "") -> str:
    return change(section, f"<TEXT><P>{old}</P></TEXT>", f"<TEXT><P>{new}</P></TEXT>", lot)


def corrigendum(*changes: str, number: str = "200000-2021", day: str = "2021-03-20") -> bytes:
    digits, _, year = CALL.partition("-")
    return (
        f'<TED_EXPORT xmlns="{TED_SPACE}" DOC_ID="{number}"><CODED_DATA_SECTION><REF_OJS><DATE_PUB>{day.replace("-", "")}'
        f"</DATE_PUB></REF_OJS><NOTICE_DATA><NO_DOC_OJS>{number}</NO_DOC_OJS></NOTICE_DATA></CODED_DATA_SECTION>"
        f'<FORM_SECTION><F14_2014 CATEGORY="ORIGINAL" FORM="F14" LG="EN"><OBJECT_CONTRACT/><COMPLEMENTARY_INFO>'
        f"<NOTICE_NUMBER_OJ>{year}/S 050-{digits}</NOTICE_NUMBER_OJ></COMPLEMENTARY_INFO><CHANGES>{''.join(changes)}</CHANGES>"
        f"</F14_2014></FORM_SECTION></TED_EXPORT>"
    ).encode()


def seen(folder: Path, *notices: bytes) -> list[dict[str, Any]]:
    """The lines after all notices were taken in, one file each, in this order."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(notices):
        path = folder / f"{number}.xml"
        path.write_bytes(content)
        (outcome,) = cycle.take_in([path], folder / "register", Settings(), date(2026, 11, 1)).files
        assert outcome.accepted == 1
    with Engine() as engine:
        see_lines(engine, Register.existing(folder / "register"))
        return engine.rows("SELECT * FROM lines ORDER BY ocid, lot, line_id")


def is_open(line: dict[str, Any]) -> bool:
    return "corrected" in (line["gaps"] or "").split()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_moved_deadline_gives_other_days_to_bid_in_any_order_of_files(tmp_path: Path, order: tuple[int, ...]) -> None:
    """31 days from 10 March to 10 April; two corrigenda move the deadline to the 20th and then to the 30th: 51 days."""
    later = corrigendum(days("IV.2.2", "2021-04-20", "2021-04-30"), number="300000-2021", day="2021-04-01")
    files = [call(), corrigendum(days("IV.2.2", "2021-04-10", "2021-04-20")), later]
    (line,) = seen(tmp_path, *(files[place] for place in order))
    assert (line["bid_days"], is_open(line)) == (51, False)
    assert line["corrections"] == (
        "deadline: 2021-04-10 became 2021-04-20 (200000-2021) | deadline: 2021-04-20 became 2021-04-30 (300000-2021)"
    )


def test_a_deadline_that_is_not_the_one_of_the_notice_is_not_moved(tmp_path: Path) -> None:
    (line,) = seen(tmp_path, call(), corrigendum(days("IV.2.2", "2021-04-11", "2021-04-20")))
    assert (line["bid_days"], line["corrections"], is_open(line)) == (31, None, True)


def test_codes_of_one_lot_change_and_the_other_lot_is_not_touched(tmp_path: Path) -> None:
    notice = corrigendum(codes("II.2.2", "90911300", "79710000", lot="Lot 02"))
    first, second = seen(tmp_path, call(parts=TWO_LOTS), notice)
    assert (first["cpv"], first["corrections"], is_open(first)) == ("90919200 90911300", None, False)
    assert (second["cpv"], is_open(second)) == ("90919200 79710000", False)
    assert second["corrections"] == "cpv: 90911300 became 79710000 (200000-2021)"


def test_codes_of_a_lot_that_is_not_named_are_changed_only_where_there_is_one(tmp_path: Path) -> None:
    added = corrigendum(codes("II.2.2", "", "79710000"))
    (line,) = seen(tmp_path / "one", call(), added)
    assert line["cpv"] == "90919200 90911300 79710000"
    lines = seen(tmp_path / "two", call(parts=TWO_LOTS), added)
    assert [(line["cpv"], is_open(line)) for line in lines] == [("90919200 90911300", True)] * 2


@pytest.mark.parametrize(
    ("said", "column", "value"),
    [
        (words("II.2.6", "Value: 130 000.00 EUR", "Value: 140.000,50 EUR", "1"), "estimated_amount", "140000.50"),
        (words("II.2.1", "Cleaning of the offices", "Cleaning of all offices"), "title", "Cleaning of all offices"),
        (codes("II.1.2", "90919200", "90910000", name="CPV_MAIN"), "cpv", "90910000 90911300"),
    ],
)
def test_what_names_old_and_new_value_is_applied(tmp_path: Path, said: str, column: str, value: str) -> None:
    (line,) = seen(tmp_path, call(), corrigendum(said.replace("<LOT_NO>1</LOT_NO>", "")))
    assert str(line[column])[: len(value)] == value
    assert not is_open(line)
    assert "became" in line["corrections"]


@pytest.mark.parametrize(
    "said",
    [
        words("II.2.6", "Value: 130 000.00 EUR", "see 4 and 5"),
        words("II.2.6", "Value: 99 EUR", "Value: 100 EUR"),
        words("II.2.1", "Another title", "Cleaning of all offices"),
        words("VI.3", "Ms Contact Person", "Mr Contact Person"),
        codes("II.2.2", "33000000", "79710000"),
        days("II.2.7", "2021-06-01", "2021-07-01"),
    ],
)
def test_what_does_not_fit_the_line_stays_a_gap_and_names_nobody(tmp_path: Path, said: str) -> None:
    before, after = (seen(tmp_path / name, call(), *more)[0] for name, more in (("a", ()), ("b", (corrigendum(said),))))
    assert is_open(after)
    assert {name for name in before if before[name] != after[name]} == {"gaps"}
    assert "Contact Person" not in "".join(path.read_text() for path in (tmp_path / "b/register/marks").iterdir())


def test_the_day_of_opening_is_in_no_line_and_leaves_no_gap_beside_the_deadline(tmp_path: Path) -> None:
    moved = (days("IV.2.2", "2021-04-10", "2021-04-20"), days("IV.2.7", "2021-04-11", "2021-04-21"))
    (line,) = seen(tmp_path, call(), corrigendum(*moved))
    assert (line["bid_days"], is_open(line)) == (41, False)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_an_award_takes_the_days_to_bid_of_its_call(tmp_path: Path, order: tuple[int, ...]) -> None:
    files = [call(), corrigendum(days("IV.2.2", "2021-04-10", "2021-04-20")), ted(result(refers=CALL))]
    (line,) = seen(tmp_path, *(files[place] for place in order))
    assert (line["phase"], line["bid_days"]) == ("award", 41)
    (alone,) = seen(tmp_path / "alone", ted(result(refers=CALL)))
    assert alone["bid_days"] is None


def test_an_award_of_another_procedure_takes_nothing(tmp_path: Path) -> None:
    lines = seen(tmp_path, call(), ted(result(refers="777777-2021", parts=(Part(won=Won()),))))
    assert {(line["phase"], line["bid_days"]) for line in lines} == {("tender", 31), ("award", None)}


def mark(kind: str, **said: str) -> dict[str, str]:
    return {"kind": kind, **said}


def announced(notice: str, procedure: str, first: str, last: str) -> dict[str, str]:
    return mark("announces", notice=notice, procedure=procedure, dispatched=first, deadline=last, version=first)


def test_a_call_that_replaces_another_begins_with_the_first_day() -> None:
    """The deadline moves from 1 to 11 May; tenders could be made since 1 April."""
    marks = [
        announced("b", "p", "2025-04-20", "2025-05-11"),
        announced("a", "p", "2025-04-01", "2025-05-01"),
        mark("replaces", notice="a", by="b"),
    ]
    calls = Calls(marks, [])
    assert calls.by_notice() == {"a": 30, "b": 40}
    assert calls.by_procedure() == {"p": 40}


def test_a_modification_reaches_the_call_through_the_award_and_circles_end() -> None:
    marks = [
        announced("call", "p", "2025-04-01", "2025-04-16"),
        mark("settles", by="award", procedure="p", notice="call"),
        mark("modifies", by="change", procedure="q", notice="award"),
        mark("settles", by="x", procedure="r", notice="y"),
        mark("settles", by="y", procedure="s", notice="x"),
    ]
    assert Calls(marks, []).by_procedure() == {"p": 15, "q": 15}


def test_eforms_awards_take_the_days_of_their_procedure(tmp_path: Path) -> None:
    period = "<cac:TenderSubmissionDeadlinePeriod><cbc:EndDate>2021-04-09Z</cbc:EndDate></cac:TenderSubmissionDeadlinePeriod>"
    told = eforms(competition()).decode().replace("<cac:ContractingSystem>", period + "<cac:ContractingSystem>", 1)
    (line,) = seen(tmp_path, told.encode(), eforms(result()))
    assert (line["phase"], line["bid_days"]) == ("award", 30)
