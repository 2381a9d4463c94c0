"""One canonical column: how its cells become the exact texts of a contract line, remembered by cell."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from duecare.records.cells import (
    COMMA_STYLE,
    CellFault,
    bare,
    is_empty,
    plain_date,
    plain_number,
    printable,
    split_amount,
)
from duecare.records.column_map import NUMBERS, REQUIRED, ColumnMap, ColumnRule
from duecare.records.spreadsheet.conventions import (
    ABOVE_ONE,
    COUNTS,
    DATES,
    EXACTLY_ONE,
    FRACTION,
    MONEY,
    SHARES,
    Conventions,
)
from duecare.records.spreadsheet.header import cell_words
from duecare.records.spreadsheet.rows import Cell
from duecare.settings import Limits

_MOST_REMEMBERED = 100_000
_CPV = re.compile(r"(?<!\d)\d{8}(?:-\d)?(?!\d)", re.ASCII)
_CODE_BREAK = re.compile(r"[\s;,|/]+")
_EXCEL_ERROR = re.compile(r"#(?:REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|N/A|SPILL!|CALC!|GETTING_DATA)", re.IGNORECASE)
MOST_TENDERERS = 100_000


class Column(dict[Cell | tuple[Cell, ...], "str | CellFault"]):
    """Cell to text or fault. Repeated cells cost one look-up; ``faulty`` tells whether a fault was ever found."""

    def __init__(
        self, name: str, convert: Callable[[str], str], rule: ColumnRule | None, typed: Callable[[Cell], str | None]
    ) -> None:
        super().__init__()
        self.name, self.faulty, self._required = name, False, name in REQUIRED
        self._convert, self._rule, self._typed = convert, None if rule is None or rule.is_plain() else rule, typed

    def __missing__(self, cell: Cell | tuple[Cell, ...]) -> str | CellFault:
        value: str | CellFault
        try:
            value = self._known(cell) if isinstance(cell, str) and self._rule is None else self._read(cell)
        except CellFault as found:
            value, self.faulty = found, True
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[cell] = value
        return value

    def _read(self, cell: Cell | tuple[Cell, ...]) -> str:
        if isinstance(cell, tuple):
            assert self._rule is not None
            return self._known(self._rule.apply(tuple(to_text(each) for each in cell)))
        if not isinstance(cell, str) and self._rule is None and (done := self._typed(cell)) is not None:
            return done
        text = to_text(cell)
        return self._known(text if self._rule is None else self._rule.apply((text,)))

    def _known(self, text: str) -> str:
        if is_empty(text):
            if self._required:
                raise CellFault("MISSING_FIELD", printable(text.strip()))
            return ""
        value = self._convert(text)
        if not value and self._required and self.name != "amount":
            raise CellFault("MISSING_FIELD", printable(text.strip()))
        return value


def to_text(cell: Cell) -> str:
    """A typed cell as text: numbers with the 15 digits that spreadsheets keep, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return exact_float(cell) if math.isfinite(cell) else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat(" ")
    return str(cell)


def exact_float(number: float) -> str:
    """The decimal number that a spreadsheet shows for a binary one (15 significant digits), without an exponent."""
    return f"{Decimal(format(number, '.15g')):f}"


def make_column(
    name: str, rule: ColumnRule | None, chosen: ColumnMap, found: Conventions, as_of: date, limits: Limits
) -> Column:
    """The column for one canonical name with what the file and the map say about its numbers and dates."""
    convert: Callable[[str], str]
    typed: Callable[[Cell], str | None] = _not_typed
    decimal, order, bits = chosen.decimal.get(name), chosen.date_order.get(name), found.bits.get(name, 0)
    if name in NUMBERS:
        convert, typed = _number_rules(name, decimal, bits, found.scale.get(name, 0), exponents=chosen.exponents)
    elif name in DATES:
        convert, typed = _date_rules(name, order, bits, as_of)
    elif name in ("contract_id", "supplier_id"):
        convert = _identifier(limits.id_chars)
    elif name in ("supplier_country", "country", "origin_country"):
        convert = _country
    elif name in ("cpv", "unspsc", "hs"):
        convert = _cpv if name == "cpv" else _codes
    else:
        convert = _procedure if name == "procedure" else _text(name)
    return Column(name, convert, rule, typed)


def _not_typed(_cell: Cell) -> str | None:
    return None


def _text(name: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        text = text.strip()
        if text.startswith("#") and _EXCEL_ERROR.fullmatch(text):
            raise CellFault("MISSING_FIELD", text, "The cell holds an error of the spreadsheet program.")
        return text

    read.__name__ = name
    return read


def _identifier(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        plain = " ".join(text.replace("\u200b", "").replace("\ufeff", "").split())
        if len(plain) > most:
            raise CellFault("CELL_TOO_LARGE", f"{plain[:80]}…", f"An identifier may have {most} characters.")
        if _EXCEL_ERROR.fullmatch(plain):
            raise CellFault("MISSING_FIELD", plain, "The cell holds an error of the spreadsheet program.")
        return plain

    return read


def _country(text: str) -> str:
    from duecare.evidence.countries import resolve_country  # the book loads its tables when it is first asked

    found = resolve_country(text.strip())
    if found is None:
        raise CellFault("BAD_COUNTRY", text.strip())
    return found


def _cpv(text: str) -> str:
    if found := _CPV.findall(text):
        return " ".join(dict.fromkeys(found))
    codes = _codes(text)
    if len(codes) == 7 and codes.isdigit() and codes[0] in "39":
        return "0" + codes  # a spreadsheet program took 03111000 for a number
    return codes


def _codes(text: str) -> str:
    parts = (part.strip(".") for part in _CODE_BREAK.split(text.strip()))
    return " ".join(dict.fromkeys(part for part in parts if any(c.isdigit() for c in part)))


@cache
def _procedures() -> Mapping[str, str]:
    methods = cell_words()["procedure"]
    assert isinstance(methods, Mapping)
    return {bare(word): method for method, words in methods.items() for word in words}


def _procedure(text: str) -> str:
    return _procedures().get(bare(text), text.strip())


def _number_rules(
    name: str, decimal: str | None, bits: int, scale: int, *, exponents: bool
) -> tuple[Callable[[str], str], Callable[[Cell], str | None]]:
    if name in SHARES:
        return _share(decimal, bits, scale), _typed_number(_checked_share(scale))
    check = _checked_count if name in COUNTS else _checked_amount if name == "amount" else _checked_number

    def read(text: str) -> str:
        if decimal is None and COMMA_STYLE.fullmatch(text):
            return check(name, text.replace(".", "").replace(",", "."), text)
        number = split_amount(text)[0] if name in MONEY and not exponents else text
        try:
            return check(name, plain_number(number.strip(), decimal, bits, exponents=exponents), text)
        except CellFault as found:
            raise CellFault(found.code, printable(text), found.detail) from None

    return read, _typed_number(lambda number, text: check(name, number, text))


def _typed_number(check: Callable[[str, str], str]) -> Callable[[Cell], str | None]:
    def read(cell: Cell) -> str | None:
        if isinstance(cell, float) and not math.isfinite(cell):
            raise CellFault("NONFINITE", str(cell))
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            text = to_text(cell)
            return check(text, text)
        raise CellFault("BAD_NUMBER", to_text(cell), "The cell is formatted as a date, a time or a truth value.")

    return read


def _checked_number(name: str, number: str, text: str) -> str:
    if number.startswith("-"):
        raise CellFault("NEGATIVE_AMOUNT" if name in MONEY else "BAD_NUMBER", text, "It may not be below zero.")
    return number


def _checked_amount(name: str, number: str, text: str) -> str:
    """Zero is what exports write for "not known"; the line stays, without an amount and with a gap."""
    number = _checked_number(name, number, text)
    return number if number.strip("0.") else ""


def _checked_count(name: str, number: str, text: str) -> str:
    whole, _point, rest = _checked_number(name, number, text).partition(".")
    if rest.strip("0") or int(whole) > MOST_TENDERERS:
        raise CellFault("BAD_NUMBER", text, "A whole number is expected.")
    return str(int(whole)) if name != "tenderers" or int(whole) else ""


def _share(decimal: str | None, bits: int, scale: int) -> Callable[[str], str]:
    check = _checked_share(scale)

    def read(text: str) -> str:
        stripped = text.strip()
        percent = stripped.endswith("%")
        number = plain_number(stripped.rstrip("%").strip(), decimal or ("," if "," in stripped else "."), bits)
        return _within(number, text) if percent else check(number, text)

    return read


def _checked_share(scale: int) -> Callable[[str, str], str]:
    """Shares as 0-100. A column holds fractions when no value is above one and one lies between zero and one."""
    fractions = bool(scale & FRACTION) and not scale & ABOVE_ONE

    def check(number: str, text: str) -> str:
        value = Decimal(number)
        doubtful = (0 < value < 1 and bool(scale & ABOVE_ONE)) or (value == 1 and scale == EXACTLY_ONE)
        if doubtful:
            raise CellFault(
                "AMBIGUOUS_NUMBER", text, "It may be a fraction or a percentage. Write a percentage from 0 to 100."
            )
        return _within(f"{value * 100:f}" if fractions else number, text)

    return check


def _within(number: str, text: str) -> str:
    if not 0 <= Decimal(number) <= 100:
        raise CellFault("BAD_NUMBER", text, "A share lies between 0 and 100 percent.")
    return number.rstrip("0").rstrip(".") if "." in number else number


def _date_rules(
    name: str, order: str | None, bits: int, as_of: date
) -> tuple[Callable[[str], str], Callable[[Cell], str | None]]:
    latest = as_of.isoformat()

    def read(text: str) -> str:
        day = plain_date(text, order, bits)
        if name == "award_date" and day > latest:
            raise CellFault("FUTURE_DATE", text, f"It is after {latest}.")
        return day

    def typed(cell: Cell) -> str | None:
        if isinstance(cell, date):
            return read(cell.strftime("%Y-%m-%d"))
        if (
            isinstance(cell, (int, float))
            and not isinstance(cell, bool)
            and re.fullmatch(r"(?:19|20)\d{6}", text := to_text(cell))
        ):
            return read(text)
        raise CellFault("BAD_DATE", to_text(cell), "The cell holds a number, not a date. Format the column as dates.")

    return read, typed
