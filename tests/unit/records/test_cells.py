"""Numbers, dates and texts of one cell: read exactly, or refused with a code; never guessed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.records.cells import (
    COMMA,
    DMY,
    EITHER,
    LONG_POINT,
    MDY,
    POINT,
    SUSPECT,
    UNSURE,
    CellFault,
    bare,
    check_text,
    date_evidence,
    is_empty,
    is_suspect,
    number_evidence,
    plain_date,
    plain_number,
    printable,
    read_amount,
    read_date,
    split_amount,
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("580", "580"),
        ("1234.50", "1234.50"),
        ("1234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234\u00a0567,5", "1234567.5"),
        ("1\u202f234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1’234’567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,891", "1234567.891"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        ("1234.567", "1234.567"),
        ("-5,00", "-5.00"),
        ("(5.00)", "-5.00"),
        ("5.00-", "-5.00"),
        ("−7", "-7"),
        ("+7", "7"),
        ("120,-", "120"),
        ("-0.00", "0.00"),
    ],
)
def test_a_number_that_can_be_read_in_one_way_only(text: str, plain: str) -> None:
    assert plain_number(text) == plain


@pytest.mark.parametrize("text", ["1,234", "1.234", "12.345", "999,999", "-1.234", "1.234-"])
def test_three_digits_behind_one_sign_are_ambiguous_alone(text: str) -> None:
    with pytest.raises(CellFault) as found:
        plain_number(text)
    assert found.value.code == "AMBIGUOUS_NUMBER"


@pytest.mark.parametrize(
    ("text", "evidence", "plain"),
    [
        ("1,234", POINT, "1234"),
        ("1.234", COMMA, "1234"),
        ("1.234", POINT | LONG_POINT, "1.234"),
    ],
)
def test_the_column_decides_an_ambiguous_number(text: str, evidence: int, plain: str) -> None:
    assert plain_number(text, evidence=evidence) == plain


def test_two_decimals_elsewhere_do_not_make_three_decimals_of_a_thousand() -> None:
    with pytest.raises(CellFault, match="AMBIGUOUS_NUMBER"):
        plain_number("1.234", evidence=POINT)


def test_contradictory_evidence_decides_nothing() -> None:
    with pytest.raises(CellFault, match="AMBIGUOUS_NUMBER"):
        plain_number("1.234", evidence=POINT | COMMA)


def test_a_declared_sign_decides_and_must_be_obeyed() -> None:
    assert plain_number("1.234", ",") == "1234"
    assert plain_number("1.234", ".") == "1.234"
    for text in ("12.5", "1,234.50"):
        with pytest.raises(CellFault, match="BAD_NUMBER"):
            plain_number(text, ",")


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1.2.3",
        "12.34.567",
        "1,23,456.00",
        "0x1F",
        "١٢٣",
        "１２",
        "1e6",
        "2.19e+06",
        "5 %",
        "1 23",
        "",
        "1..2",
        "--5",
    ],
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(CellFault) as found:
        plain_number(text)
    assert found.value.code == "BAD_NUMBER"


def test_exponents_only_when_the_map_says_they_are_exact() -> None:
    assert plain_number("1.2345678e+06", exponents=True) == "1234567.8"


@pytest.mark.parametrize("text", ["NaN", "inf", "-Infinity", "∞"])
def test_nonfinite(text: str) -> None:
    with pytest.raises(CellFault) as found:
        plain_number(text)
    assert found.value.code == "NONFINITE"


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_every_local_writing_gives_the_same_exact_number(number: Decimal) -> None:
    english = f"{number:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    french = english.replace(",", "\u202f").replace(".", ",")
    swiss = english.replace(",", "’")
    assert {Decimal(plain_number(text)) for text in (english, german, french, swiss, f"{number:.2f}")} == {number}


@given(st.text(max_size=30))
def test_no_text_crashes_the_number_or_date_readers(text: str) -> None:
    for read in (read_amount, read_date, number_evidence, date_evidence, split_amount):
        with suppress(CellFault):
            read(text)


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("1 234,50 €", "1 234,50", "€"),
        ("€ 5", "5", "€"),
        ("EUR 1,234.50", "1,234.50", "EUR"),
        ("1.234,50 руб.", "1.234,50", "руб."),
        ("$1,000", "1,000", "$"),
        ("12", "12", ""),
        ("-5 USD", "-5", "USD"),
    ],
)
def test_the_currency_beside_an_amount(text: str, number: str, currency: str) -> None:
    assert split_amount(text) == (number, currency)


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("580", 0),
        ("1.234", EITHER),
        ("1,234", EITHER),
        ("12.5", POINT),
        ("12,5", COMMA),
        ("1.234.567", COMMA),
        ("1,234,567", POINT),
    ],
)
def test_evidence_of_one_number(text: str, bits: int) -> None:
    assert number_evidence(text) == bits


def test_evidence_of_three_decimals() -> None:
    assert number_evidence("1234.567") == POINT | LONG_POINT


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-04-03", date(2021, 4, 3)),
        ("2021-04-03T10:00:00.000Z", date(2021, 4, 3)),
        ("2021/4/3", date(2021, 4, 3)),
        ("20210403", date(2021, 4, 3)),
        ("03.04.2021", date(2021, 4, 3)),
        ("3. 4. 2021.", date(2021, 4, 3)),
        ("03.04.2021 г.", date(2021, 4, 3)),
        ("5.6.21", date(2021, 6, 5)),
        ("13/04/2021", date(2021, 4, 13)),
        ("04/13/2021 12:30 PM", date(2021, 4, 13)),
        ("04/04/2021", date(2021, 4, 4)),
        ("3 April 2021", date(2021, 4, 3)),
        ("April 3, 2021", date(2021, 4, 3)),
        ("03-Apr-21", date(2021, 4, 3)),
        ("3 avril 2021", date(2021, 4, 3)),
        ("1er mars 2021", date(2021, 3, 1)),
        ("3. März 2021", date(2021, 3, 3)),
        ("3 marzo 2021", date(2021, 3, 3)),
        ("3 de mayo de 2021", date(2021, 5, 3)),
        ("12 мая 2021 г.", date(2021, 5, 12)),
        ("15 травня 2021 р.", date(2021, 5, 15)),
        ("3. maj 2021.", date(2021, 5, 3)),
        ("3. мај 2021", date(2021, 5, 3)),
    ],
)
def test_local_dates(text: str, day: date) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2021", "AMBIGUOUS_DATE"),
        ("03-04-2021", "AMBIGUOUS_DATE"),
        ("01/01/21", "AMBIGUOUS_DATE"),
        ("2021-13-01", "BAD_DATE"),
        ("31.02.2021", "BAD_DATE"),
        ("44289", "BAD_DATE"),
        ("04.2021", "BAD_DATE"),
        ("anulim", "BAD_DATE"),
        ("3 Foo 2021", "BAD_DATE"),
        ("1899-01-01", "ABSURD_DATE"),
        ("2201-01-01", "ABSURD_DATE"),
        ("0000-01-01", "ABSURD_DATE"),
    ],
)
def test_dates_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(CellFault) as found:
        plain_date(text)
    assert found.value.code == code


def test_the_column_or_the_map_decides_an_ambiguous_date() -> None:
    assert plain_date("03/04/2021", evidence=DMY) == "2021-04-03"
    assert plain_date("03/04/2021", evidence=MDY) == "2021-03-04"
    assert plain_date("03/04/2021", "mdy") == "2021-03-04"
    with pytest.raises(CellFault, match="AMBIGUOUS_DATE"):
        plain_date("03/04/2021", evidence=DMY | MDY | UNSURE)
    with pytest.raises(CellFault, match="BAD_DATE"):
        plain_date("13/04/2021", "mdy")


@pytest.mark.parametrize(
    ("text", "bits"), [("13/04/2021", DMY), ("04/13/2021", MDY), ("03/04/2021", UNSURE), ("03.04.2021", 0)]
)
def test_evidence_of_one_date(text: str, bits: int) -> None:
    assert date_evidence(text) == bits


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x00b", "NUL_BYTES"),
        ("a\x07b", "CONTROL_CHAR"),
        ("a\x85b", "CONTROL_CHAR"),
        ("a\u202eb", "CONTROL_CHAR"),
        ("a\u2066b", "CONTROL_CHAR"),
        ("a\ud800b", "LONE_SURROGATE"),
        ("a" + "\u0301" * 9, "COMBINING_FLOOD"),
        ("x" * 65537, "CELL_TOO_LARGE"),
        ("ж" * 32769, "CELL_TOO_LARGE"),
    ],
)
def test_texts_that_must_not_go_on(text: str, code: str) -> None:
    found = check_text(text)
    assert found is not None
    assert found.code == code
    found.value.encode("utf-8")


@pytest.mark.parametrize("text", ["Reinigung\tA\nB", "Cafe\u0301", "สัญญา", "x" * 65536, "a\u00adb", "Вы́ход"])
def test_texts_that_may_go_on(text: str) -> None:
    assert check_text(text) is None


@given(st.text(st.characters(), max_size=200))
def test_the_fast_look_at_a_text_misses_nothing(text: str) -> None:
    assert is_suspect(text) == (SUSPECT.search(text) is not None)
    assert is_suspect(text) or check_text(text) is None
    printable(text).encode("utf-8")


def test_empty_words_do_not_hold_namibia() -> None:
    assert all(map(is_empty, ("", "  ", "-", "–", "N/A", "null")))
    assert not any(map(is_empty, ("NA", "0", "none of these")))


def test_bare_compares_names_of_columns() -> None:
    assert bare("Contract_ID") == bare("contract id") == bare(" CONTRACT-ID ")
    assert bare("Währung") == bare("wahrung")
    assert bare("№ договора") == bare("no договора")
