"""Single values of OCDS: numbers, days, currencies, countries, codes and identifiers, each read once and remembered.

A published number with a fraction or an exponent arrives as ``Published``, its decimal text, and never becomes a float.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from duecare.evidence.countries import resolve_country
from duecare.evidence.money import CurrencyFault, resolve_currency, retired_on, to_eur
from duecare.records.cells import EMPTY_WORDS, bare
from duecare.records.spreadsheet.header import cell_words

FIRST_DAY, LAST_DAY = "1990-01-01", "2100-12-31"
LARGE: Final = Decimal(10) ** 11
"""Amounts below this are never absurd, in any currency."""
ABSURD_EUR: Final = Decimal(10) ** 12
"""No public contract is known to have cost a million million euro."""
ABSURD_UNITS: Final = Decimal(10) ** 13
"""The same where the currency or the day is not known (as for spreadsheets)."""
MOST_REMEMBERED: Final = 100_000
LONGEST_REMEMBERED: Final = 200
MOST_DIGITS: Final = 30

_TIME = r"[Tt ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)? ?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?"
_DAY = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}})(?:{_TIME})?", re.ASCII)
_NO_LETTER = re.compile(r"[\W_]+")
_MISSPELT = {"MNX": "MXN"}
"""Codes that are no currency and that several publishers of that country are known to write for theirs."""


class Published(str):
    """A JSON number with a fraction or an exponent, as its published text."""

    __slots__ = ()


class Remembered(dict[Any, Any]):
    """A dictionary that reads what it has not met before and remembers it, up to a bound."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, key: Any) -> Any:
        value = self._read(key)
        if len(self) < MOST_REMEMBERED and len(key) < LONGEST_REMEMBERED:
            self[key] = value
        return value


def day_of(text: str) -> str:
    """ISO day of an ISO date with or without a time; the code of a fault (BAD_DATE, ABSURD_DATE) for anything else."""
    found = _DAY.fullmatch(text)
    if found is None:
        return "BAD_DATE"
    if not FIRST_DAY <= text[:10] <= LAST_DAY:
        return "ABSURD_DATE"
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return "BAD_DATE"
    return text[:10]


def plain_number(text: str) -> str | None:
    """Plain decimal text of JSON text that is a number: ``1.5e3`` becomes ``1500``, zero and ``null`` become "".

    ``None`` for anything else; what is empty in the ways that exports write it (``""``, ``"-"``, ``"n/a"``) is "" too.
    """
    if text[0] not in "-0123456789":
        is_empty = text == "null" or (text[0] == '"' and text[1:-1].strip().lower() in EMPTY_WORDS)
        return "" if is_empty else None
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        return f"1{'0' * MOST_DIGITS}"
    if not number:
        return ""
    if abs(number.adjusted()) > MOST_DIGITS:
        return "" if number.adjusted() < 0 else f"{'-' if number < 0 else ''}1{'0' * MOST_DIGITS}"
    return f"{number:f}"


def is_absurd(amount: str, currency: str, day: str) -> bool:
    """Whether no public contract can have cost this much; converted where the currency and the day are known."""
    if len(amount) < 12 or (value := Decimal(amount)) < LARGE:
        return False
    if value.adjusted() > 20:  # no rate makes this small, and more digits than a conversion keeps would stop it
        return True
    if currency and day and (euro := to_eur(value, currency, date.fromisoformat(day))):
        return euro.amount_eur >= ABSURD_EUR
    return value >= ABSURD_UNITS


def currency_of(text: str) -> tuple[str, str]:
    """ISO code and the day from which it is retired ("" for never); raises ``CurrencyFault``."""
    code = resolve_currency(_MISSPELT.get(text.strip().upper(), text))
    gone = retired_on(code)
    return code, gone.isoformat() if gone else ""


def country_of(text: str) -> str:
    """ISO 3166-1 alpha-2 of a name or code, "" where it is not certain."""
    return resolve_country(text) or ""


@cache
def _procedure_words() -> dict[str, str]:
    methods = cell_words()["procedure"]
    assert isinstance(methods, Mapping)
    return {bare(word): method for method, words in methods.items() for word in words}


def procedure_of(text: str) -> str:
    """open, selective, limited or direct where the words are known, else the text as published."""
    return _procedure_words().get(bare(text), text.strip())


def scheme_column(scheme: str) -> str:
    """``cpv``, ``unspsc`` or ``hs`` by the names that publishers use for a scheme, which may be whole sentences.

    Any other scheme gives the prefix of its codes among the other codes, such as ``GSIN:``.
    """
    words = set(_NO_LETTER.split(scheme.casefold()))
    joined = _NO_LETTER.sub("", scheme.casefold())
    if "cpvs" not in words and (
        words & {"cpv", "cpv2008", "cpv2003"} or "commonprocurementvoc" in joined or joined.startswith("дк021")
    ):
        return "cpv"
    if "unspsc" in joined or "standardproductsandservicescode" in joined:
        return "unspsc"
    if (
        words & {"hs", "hs2007", "hs2012", "hs2017", "hs2022"}
        or "harmonizedsystem" in joined
        or "harmonisedsys" in joined
    ):
        return "hs"
    return (re.sub(r"[\s:]+", "_", scheme.strip())[:60] or "unnamed") + ":"


DAYS, CURRENCIES, COUNTRIES = Remembered(day_of), Remembered(currency_of), Remembered(country_of)
PROCEDURES, SCHEMES = Remembered(procedure_of), Remembered(scheme_column)

__all__ = [
    "COUNTRIES",
    "CURRENCIES",
    "DAYS",
    "PROCEDURES",
    "SCHEMES",
    "CurrencyFault",
    "Published",
    "Remembered",
    "country_of",
    "currency_of",
    "day_of",
    "is_absurd",
    "plain_number",
    "procedure_of",
    "scheme_column",
]
