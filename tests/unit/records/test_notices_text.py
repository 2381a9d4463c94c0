"""Placeholders, languages and places of notices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.records.notices.languages import language_code
from duecare.records.notices.places import country_code, country_of_nuts
from duecare.records.notices.text import is_placeholder, known, plain, without_contacts


@pytest.mark.parametrize(
    "text",
    ["", "***", "-", "n/a", "N.v.t.", "see field above", "Siehe II.1.4.", "II.2.4)", "Voir CSC", "zie bestek",
     "conform caiet de sarcini", "As stated in the procurement documents.", "Identique au lot précédent.", "jak wyżej",
     "см. раздел II.2.4", "βλέπε σημείο ΙΙ", "siehe oben", "xxx", "Not available."],
)  # fmt: skip
def test_what_says_nothing_is_a_placeholder(text: str) -> None:
    assert is_placeholder(text)
    assert known(text) == ""


@pytest.mark.parametrize(
    "text",
    ["Lot 3", "1", "A", "Cleaning", "Section control of roads", "see also the cleaning of windows", "Prijs", "Los Reinigung",
     "Part time guards", "Voir la rénovation du toit", "Title deeds", "Seeds", "Document scanning", "Internet", "DE&S"],
)  # fmt: skip
def test_what_says_something_is_a_text(text: str) -> None:
    assert not is_placeholder(text)
    assert known(text) == text


@given(st.text())
def test_plain_text_is_one_line_and_stays_so(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert "\n" not in once
    assert "\x00" not in once


@pytest.mark.parametrize(
    ("code", "language"),
    [("SLK", "sk"), ("SLO", "sk"), ("SK", "sk"), ("deu", "de"), ("GER", "de"), ("EL", "el"), ("GRE", "el"), ("MD", ""), ("QQQ", ""), ("", "")],
)  # fmt: skip
def test_languages_of_two_and_three_letters(code: str, language: str) -> None:
    assert language_code(code) == language


@pytest.mark.parametrize(
    ("code", "country"),
    [("EL303", "GR"), ("UKI31", "GB"), ("XK", "XK"), ("RS110", "RS"), ("00", ""), ("FRZ", "FR"), ("ZZ1", ""), ("SI", "SI"), ("1A", "XK"), ("words", "")],
)  # fmt: skip
def test_countries_of_nuts(code: str, country: str) -> None:
    assert country_of_nuts(code) == country


@pytest.mark.parametrize(
    ("code", "country"),
    [("SRB", "RS"), ("1A0", "XK"), ("XKX", "XK"), ("EL", "GR"), ("UK", "GB"), ("GBR", "GB"), ("Serbia", ""), ("688", ""), ("ZZZ", "")],
)  # fmt: skip
def test_countries_of_two_and_three_letters(code: str, country: str) -> None:
    assert country_code(code) == country


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to first.last@office.example.org today", "Write to [e-mail] today"),
        ("Tel.: (0) 30 / 12 34-56 78, room 2", "[phone], room 2"),
        ("Fax +" + "43 1 234 567 89.", "[phone]."),
        ("call +" + "381 11 123 4567", "call [phone]"),
        ("телефон", "телефон"),
        ("Value 1 000 000 000 EUR, code NTI-TEL-R-001-2007", "Value 1 000 000 000 EUR, code NTI-TEL-R-001-2007"),
        ("Lots 1-2, 90919200-4, 2021-2024", "Lots 1-2, 90919200-4, 2021-2024"),
        ("Telephone exchange for 200 extensions", "Telephone exchange for 200 extensions"),
    ],
)
def test_mail_addresses_and_telephone_numbers_are_struck_out(text: str, left: str) -> None:
    assert without_contacts(text) == left
