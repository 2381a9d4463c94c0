"""Currencies: one code or a named fault; exact conversion at a dated rate, or nothing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.evidence.money import CurrencyFault, resolve_currency, retired_on, to_eur

DAY = date(2024, 5, 15)


@pytest.mark.parametrize(
    ("text", "code"),
    [("EUR", "EUR"), ("mdl", "MDL"), ("€", "EUR"), ("Euro", "EUR"), ("£", "GBP"), ("zł", "PLN"), ("₴", "UAH"), ("грн.", "UAH"), ("₽", "RUB"),
     ("₺", "TRY"), ("US$", "USD"), ("US $", "USD"), ("₸", "KZT"), ("₾", "GEL"), ("₼", "AZN"), ("KM", "BAM"), ("лв.", "BGN"), (" chf ", "CHF"),
     ("Kč", "CZK"), ("ден.", "MKD"), ("сомони", "TJS")],
)  # fmt: skip
def test_codes_signs_and_words_with_one_meaning(text, code):
    assert resolve_currency(text, DAY) == code


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("$", "USD"),
        ("kr", "NOK"),
        ("lei", "MDL"),
        ("дин", "RSD"),
        ("dinar", "MKD"),
        ("franc", "CHF"),
        ("руб.", "BYN"),
        ("¥", "CNY"),
        ("сом", "KGS"),
    ],
)
def test_a_sign_of_several_currencies_names_them(text, among):
    with pytest.raises(CurrencyFault) as caught:
        resolve_currency(text, DAY)
    assert caught.value.code == "AMBIGUOUS_CURRENCY"
    assert among in caught.value.allowed


@pytest.mark.parametrize("text", ["", "XXX", "XTS", "MNX", "EURO-ish", "12", "XAU", "€$"])
def test_what_is_no_currency(text):
    with pytest.raises(CurrencyFault) as caught:
        resolve_currency(text, DAY)
    assert caught.value.code == "UNKNOWN_CURRENCY"


@pytest.mark.parametrize(
    ("code", "last_day", "successor"),
    [("BGN", date(2025, 12, 31), "EUR"), ("HRK", date(2022, 12, 31), "EUR"), ("LTL", date(2014, 12, 31), "EUR"), ("LVL", date(2013, 12, 31), "EUR"),
     ("EEK", date(2010, 12, 31), "EUR"), ("DEM", date(2001, 12, 31), "EUR"), ("BYR", date(2016, 12, 31), "BYN"), ("TRL", date(2005, 12, 31), "TRY"),
     ("ROL", date(2006, 12, 31), "RON"), ("AZM", date(2006, 12, 31), "AZN"), ("TMM", date(2008, 12, 31), "TMT"), ("RUR", date(1998, 12, 31), "RUB")],
)  # fmt: skip
def test_a_retired_currency_holds_until_its_last_day(code, last_day, successor):
    assert resolve_currency(code, last_day) == code
    assert resolve_currency(code) == code
    with pytest.raises(CurrencyFault) as caught:
        resolve_currency(code, date.fromordinal(last_day.toordinal() + 1))
    assert caught.value.code == "RETIRED_CURRENCY"
    assert successor in caught.value.allowed
    assert retired_on(code) == date.fromordinal(last_day.toordinal() + 1)


def test_the_ecb_rate_of_the_day_or_the_last_one_before_it():
    friday, sunday = (to_eur(Decimal("1074.40"), "USD", date(2024, 5, day)) for day in (3, 5))
    assert friday == sunday
    assert (friday.amount_eur, friday.rate, friday.rate_date) == (
        Decimal("1000.00"),
        Decimal("1.0744"),
        date(2024, 5, 3),
    )
    assert "ECB" in friday.source


def test_a_legal_parity_is_exact():
    assert to_eur(Decimal("195583"), "BAM", DAY).amount_eur == Decimal("100000.00")
    assert to_eur(Decimal("1955.83"), "DEM", date(2000, 6, 1)).amount_eur == Decimal("1000.00")
    assert to_eur(Decimal("1955.83"), "DEM", date(2010, 6, 1)) is None


@pytest.mark.parametrize("code", "RSD ALL BAM MKD MDL UAH AMD GEL KZT KGS TJS UZS AZN BYN RUB MNT".split())  # noqa: SIM905
def test_currencies_without_an_ecb_rate_are_bridged_and_say_so(code):
    found = to_eur(Decimal(1000), code, date(2023, 6, 1))
    assert found is not None
    assert found.amount_eur > 0
    assert code == "BAM" or "annual average 2023" in found.source


def test_the_bridge_agrees_with_a_known_rate():
    # The National Bank of Serbia held about 117.2 RSD for one euro through 2023.
    assert abs(to_eur(Decimal("117200"), "RSD", date(2023, 6, 1)).amount_eur - 1000) < 5


def test_rub_has_an_ecb_rate_until_march_2022_only():
    assert "ECB euro reference rate" in to_eur(Decimal(1), "RUB", date(2022, 3, 1)).source
    assert "annual average 2022" in to_eur(Decimal(1), "RUB", date(2022, 3, 20)).source


@pytest.mark.parametrize(
    ("code", "on"),
    [("MDL", date(2013, 1, 1)), ("MDL", date(2031, 1, 1)), ("TMT", DAY), ("USD", date(1990, 1, 1)), ("HRK", DAY)],
)
def test_no_rate_of_the_time_is_no_conversion(code, on):
    assert to_eur(Decimal(1000), code, on) is None


def test_no_conversion_of_what_is_no_number():
    assert to_eur(Decimal("NaN"), "EUR", DAY) is None
    assert to_eur(Decimal("Infinity"), "USD", DAY) is None


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_euro_stays_euro_to_the_cent(amount):
    assert to_eur(amount, "EUR", DAY).amount_eur == amount


@given(st.decimals(min_value=0, max_value=10**12, places=2), st.sampled_from(["USD", "RSD", "MDL", "BAM", "JPY"]))
def test_conversion_follows_the_stated_rate(amount, code):
    found = to_eur(amount, code, DAY)
    assert abs(found.amount_eur * found.rate - amount) <= found.rate * Decimal("0.0051")
