"""What may not be written into the contract module, and what may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.casebook.freetext import MOST_CHARACTERS, checked, found_in, problem_of
from duecare.errors import WrongUsage


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Call +44 7700 900 125 after six", "phone"),
        ("tel. 0664/1234567", "phone"),
        ("(01) 234 56 78 9", "phone"),
        ("0043 1 5133 500", "phone"),
        ("тел. +44 7700 900 126", "phone"),
        ("٠٠٤٣٦٦٤١٢٣٤٥", "phone"),
        ("0 664 1 2 3 4 5 6", "phone"),
        ("write to jo.doe@example.org", "email"),
        ("jo (at) example.org", "email"),
        ("jo\u200b@exam\u200bple.org", "email"),
        ("jo @ example . org", "email"),
        ("AT61 1904 3002 3457 3201", "iban"),
        ("AT611904300234573201", "iban"),
        ("her number is 1201990710006", "number"),
        ("RSSMRA85T10A562S", "number"),
        ("12345678Z", "number"),
        ("passport AB1234567", "number"),
    ],
)
def test_what_reaches_or_names_a_person_is_found(text: str, code: str) -> None:
    assert code in found_in(text)
    assert "Nothing was saved" in problem_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "Contract VSB26-0001 of 2026-11-24, 09:30",
        "1 250 000 EUR, or 1,250,000.00, or 1.250.000,00",
        "CPV 90911200-8; notice 2026/S 123-456789; ocds-213czf-000-00001",
        "M-0404: 40 m2/h, 20 % more posts, 120 workers, 12 of 24 months",
        "Clause 7.4 from 01.03.2026 to 30.11.2027",
        "Art. 57(1)(f) of Directive 2014/24/EU; Regulation (EU) 2024/3015; ISO 20400:2017; SA8000",
        "payment in 30 days; night work 22:00 to 06:00; level 0.75 of 4",
        "company number 12345678",
        "",
    ],
)
def test_what_officers_write_about_contracts_is_not(text: str) -> None:
    assert found_in(text) == ()
    assert problem_of(text) == ""


def test_a_refusal_names_the_field_and_never_repeats_the_text() -> None:
    with pytest.raises(WrongUsage, match=r"^note: This looks like a telephone number") as refused:
        checked(text="fine", note="ring +44 7700 900123")
    assert "1234567" not in str(refused.value)


def test_a_text_has_an_end() -> None:
    assert problem_of("x" * MOST_CHARACTERS) == ""
    assert str(MOST_CHARACTERS) in problem_of("x" * (MOST_CHARACTERS + 1))


@given(st.text(max_size=200), st.integers(10**7, 10**11))
def test_an_international_number_is_found_wherever_it_stands(around: str, number: int) -> None:
    assert found_in(f"{around} +{number} ") != ()


@given(st.text(max_size=6000))
def test_every_text_is_answered(text: str) -> None:
    assert isinstance(problem_of(text), str)
