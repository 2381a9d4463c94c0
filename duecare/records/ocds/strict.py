"""Single values of a release that are read strictly: amounts, currencies, days, and texts that may stand in a cell.

What is wrong is noted in ``problems`` and the value left empty; the reader of releases parks the row then.
"""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec import UNSET

from duecare.records.cells import EMPTY_WORDS, SUSPECT, check_text, printable
from duecare.records.ocds.fields import Number, Value
from duecare.records.ocds.types import Problem, shown
from duecare.records.ocds.values import CURRENCIES, CurrencyFault, plain_number
from duecare.records.staging import LINE_COLUMNS
from duecare.settings import Limits

MOST_PUBLISHED = 100
"""Characters of a number; exactly written binary fractions have up to sixty."""
_ID_COLUMNS = ("ocid", "lot", "contract_id", "supplier_id")
HASHED = LINE_COLUMNS[LINE_COLUMNS.index("ocid") : LINE_COLUMNS.index("gaps")]
_AT = {name: place for place, name in enumerate(HASHED)}
USUAL = bytes(
    {*range(0x20, 0x7F), *range(0x80, 0xC0), *range(0xC3, 0xCC), *range(0xCE, 0xD2), 0xD3, 0xD4, 0xD5} - {0x22}
)
"""Bytes of UTF-8 that begin or continue no character of ``cells.SUSPECT``, without the quotation mark."""
SEPARATORS = b"\x1f" * (len(HASHED) - 1)
"""What is left of usual values: the marks between them. A value that holds such a mark itself is looked at."""
_OFTEN_HARMLESS = bytes({0xC2, 0xCC, 0xCD, 0xD2, 0xD6, 0xD7, *range(0xD8, 0xF5)})
"""First bytes of characters of which a few are suspicious and most are not, such as dashes and typographic quotes."""


class StrictValues:
    """Reads single values; ``problems`` tells what was wrong with those of the last release."""

    def __init__(self, as_of: date, limits: Limits) -> None:
        self._limits, self._most_id, self._most_bytes = limits, limits.id_chars, limits.cell_bytes
        self._today = as_of.isoformat()
        self.problems: list[Problem] = []

    def _value(self, value: Value | None, path: str) -> tuple[str, str]:
        if not value or not (amount := self._number(value.amount, path)):
            return "", ""
        text = value.currency
        if not text or text.strip().lower() in EMPTY_WORDS:
            return amount, ""
        try:
            return amount, CURRENCIES[text][0]
        except CurrencyFault as wrong:
            allowed = f"Write one of {', '.join(wrong.allowed)}." if wrong.allowed else ""
            self.problems.append((wrong.code, f"{path}/currency", printable(text), allowed))
            return amount, ""

    def _number(self, value: Number, path: str) -> str:
        """Plain decimal text of a number above 0; "" where there is none and for zero, which exports write for that."""
        if value is UNSET:
            return ""
        text = str(value, "utf-8")
        if len(text) > MOST_PUBLISHED:
            self.problems.append(("ABSURD_AMOUNT", path, text[:80], f"It has {len(text):,} characters."))
            return ""
        if text.replace(".", "", 1).isdigit():
            return text if text[0] != "0" or text.strip("0.") else ""
        number = plain_number(text)
        if number is None:
            self.problems.append(("BAD_TYPE", path, shown(msgspec.json.decode(value)), "It is a number."))
            return ""
        if number[:1] == "-":
            self.problems.append(("NEGATIVE_AMOUNT", path, number, ""))
            return ""
        return number

    def _no_day(self, code: str, text: str, path: str) -> str:
        if text.strip().lower() not in EMPTY_WORDS:
            self.problems.append((code, path, printable(text[:80]), ""))
        return ""

    def _looked_at(self, values: list[str], content: bytes, unusual: bytes) -> tuple[list[str], bytes]:
        """The values again, cleaned where one of the unusual bytes is more than a quotation mark, a dash or the like."""
        rest = unusual.translate(None, b'"')
        if rest != SEPARATORS and (
            rest.translate(None, _OFTEN_HARMLESS) != SEPARATORS or SUSPECT.search("".join(values))
        ):
            return self._clean(values)
        return values, content

    def _clean(self, values: list[str]) -> tuple[list[str], bytes]:
        """Every text on one line, checked for characters and size (``cells.check_text``)."""
        cleaned = []
        for name, value in zip(HASHED, values, strict=True):
            if wrong := check_text(value, self._limits.cell_bytes):
                self.problems.append((wrong.code, name, wrong.value, wrong.detail))
                value = ""
            cleaned.append(" ".join(value.split()))
        self._check_ids(cleaned)
        return cleaned, "\x1f".join(cleaned).encode("utf-8", "surrogatepass")

    def _check_ids(self, values: list[str]) -> None:
        for name in _ID_COLUMNS:
            value = values[_AT[name]]
            longest = max(map(len, value.split("; "))) if name == "supplier_id" and value else len(value)
            if longest > self._limits.id_chars:
                detail = f"An identifier may have {self._limits.id_chars} characters."
                self.problems.append(("CELL_TOO_LARGE", name, printable(value[:80]), detail))
