"""What one cell says: hygiene of texts, exact numbers and dates, each refused with a published code when in doubt.

Nothing here guesses. A number or date that can be read in two ways is a fault unless the caller brings the decimal sign or
the order of day and month, which it takes from the rest of the column (``spreadsheet.conventions``) or from a column map.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST_COMBINING_MARKS = 8
EMPTY_WORDS = frozenset({"", "-", "--", "---", "–", "—", "n/a", "#n/a", "n.a.", "null", "(null)", "(blank)"})
"""What offices write into a cell that has nothing to say, in lower case. ``NA`` is not one of them: it is Namibia."""

_LONGEST_EMPTY = 8

POINT, COMMA, EITHER, LONG_POINT, LONG_COMMA = 1, 2, 4, 8, 16
DMY, MDY, UNSURE = 1, 2, 4

SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e31-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe2f]"
)
"""A text without any of these is clean; with one of them it must be looked at by ``check_text``."""
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\t\r\n", " ") | dict.fromkeys("’‘`´ʼ", "'"))
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]{1,2}|\.[0-9]{4,})?")
POINT_STYLE = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\.[0-9]{1,2}")
COMMA_STYLE = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]{1,2}")
"""Amounts with one or two decimals, which can be read in one way only."""
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?: [0-9]{3})+|(?:'[0-9]{3})+)(?:[.,][0-9]+)?")
_BOTH_SIGNS = re.compile(r"[0-9]{1,3}(?:(?:\.[0-9]{3})+,|(?:,[0-9]{3})+\.)[0-9]+")
_MANY_GROUPS = re.compile(r"[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})")
_ONE_SIGN = re.compile(r"([0-9]*)([.,])([0-9]+)")
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?[eE][+-]?[0-9]{1,2}")
_NONFINITE = frozenset({"nan", "inf", "infinity", "∞", "unendlich", "infini", "infinito", "бесконечность", "#div/0!"})
_AROUND = re.compile(
    r"(?P<before>[^\d\s.,'+()%−-][^\d+(%−-]{0,11}?)?\s*(?P<number>[(+−-]?\s*[0-9.,][0-9 .,']*[)−-]{0,2})\s*(?P<after>[^\d\s.,'][^\d]{0,11})?"
)

_TIME = r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2}|[AaPp]\.?[Mm]\.?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})\.?{_TIME}", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_LAST = re.compile(
    rf"(\d{{1,2}})([-/.,])\s?(\d{{1,2}})\2\s?(\d{{4}}|\d{{2}})\.?(?:\s*(?:г|р|god)\.?)?{_TIME}", re.ASCII
)
_DAY_WORD = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|°|\.)?[\s\-/.]*(?:de |di |of )?\s*([^\W\d_]+)\.?,?[\s\-/.]*(?:de |del |di )?\s*(\d{{4}}|\d{{2}})\.?(?:\s*(?:г|р|года|року|године|godine)\.?)?{_TIME}"
)
_WORD_DAY = re.compile(rf"([^\W\d_]+)\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}")


class CellFault(ValueError):
    """A cell that cannot be taken as it is: the code of ``records.faults``, what was read, and what is allowed here."""

    def __init__(self, code: str, value: str = "", detail: str = "") -> None:
        super().__init__(f"{code}: {value[:80]!r}")
        self.code, self.value, self.detail = code, value, detail


_INTERESTING = bytes(
    [*range(9), 11, 12, *range(14, 32), 127, 0xC2, 0xCC, 0xCD, 0xD2, 0xD6, 0xD9, 0xE0, 0xE1, 0xE2, 0xED, 0xEF]
)
_BORING = bytes(sorted(set(range(256)) - set(_INTERESTING)))
"""Bytes of UTF-8 that cannot belong to a character of ``SUSPECT``: dropping them is much faster than searching."""


def is_suspect(text: str) -> bool:
    """Whether any character of a text, however long, may be one that ``check_text`` refuses."""
    if not text.encode("utf-8", "surrogatepass").translate(None, _BORING):
        return False
    return SUSPECT.search(text) is not None


def is_empty(text: str) -> bool:
    """True for no text, white space, a dash or a word such as ``n/a`` that offices write for "nothing"."""
    text = text.strip()
    return len(text) <= _LONGEST_EMPTY and text.lower() in EMPTY_WORDS


def check_text(text: str, cell_bytes: int = 64 * 1024) -> CellFault | None:
    """The fault of a text that must not go on (NUL, control or bidi characters, half pairs, floods of marks, size)."""
    if len(text) * 4 > cell_bytes and len(text.encode("utf-8", "surrogatepass")) > cell_bytes:
        return CellFault("CELL_TOO_LARGE", printable(text[:80]), f"At most {cell_bytes} bytes are accepted in a cell.")
    if not SUSPECT.search(text):
        return None
    if "\x00" in text:
        return CellFault("NUL_BYTES", printable(text))
    if found := _SURROGATE.search(text):
        return CellFault("LONE_SURROGATE", printable(text), f"It is {printable(found.group())}.")
    if found := _CONTROL.search(text):
        return CellFault("CONTROL_CHAR", printable(text), f"It is U+{ord(found.group()):04X}.")
    return CellFault("COMBINING_FLOOD", printable(text[:80])) if _has_flood(text) else None


def _has_flood(text: str) -> bool:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > MOST_COMBINING_MARKS:
            return True
    return False


def printable(text: str) -> str:
    """The text with control characters and half pairs written out, safe to show and to store as UTF-8."""
    if not SUSPECT.search(text):
        return text
    return re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]", _escape, text
    )


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def split_amount(text: str) -> tuple[str, str]:
    """Number text and the currency sign, code or word beside it (``1 234,50 €`` gives ``1 234,50`` and ``€``)."""
    if POINT_STYLE.fullmatch(text) or COMMA_STYLE.fullmatch(text) or text.isdigit():
        return text, ""
    cleaned = text.translate(_SPACES).strip()
    found = _AROUND.fullmatch(cleaned)
    if found is None or (found["before"] and found["after"]):
        return cleaned, ""
    return found["number"].strip(), (found["before"] or found["after"] or "").strip()


def number_evidence(text: str) -> int:
    """What one number says about its column: bits of POINT, COMMA (the decimal sign), EITHER, and 3 or more decimals."""
    number = _unsigned(text.translate(_SPACES).strip())[0]
    if number.isdigit():
        return 0
    if _MANY_GROUPS.fullmatch(number):
        return COMMA if "." in number else POINT
    if _GROUPED.fullmatch(number) or _BOTH_SIGNS.fullmatch(number):
        return _sign_bits(number)
    one = _ONE_SIGN.fullmatch(number)
    if one is None:
        return 0
    return EITHER if _is_either(one) else _sign_bits(number)


def _sign_bits(number: str) -> int:
    point, comma = number.rfind("."), number.rfind(",")
    if point < 0 and comma < 0:
        return 0
    long = len(number) - max(point, comma) > 3
    if point > comma:
        return POINT | (LONG_POINT if long else 0)
    return COMMA | (LONG_COMMA if long else 0)


def _is_either(one: re.Match[str]) -> bool:
    before, _sign, after = one.groups()
    return len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")


def plain_number(text: str, decimal: str | None = None, evidence: int = 0, *, exponents: bool = False) -> str:
    """The number as plain decimal text (digits, optional point and leading minus), exact.

    ``decimal`` is a declared sign that every value must obey; ``evidence`` are the bits of the column, which decide only
    what would be ambiguous alone. ``1.2e+06`` is a fault unless ``exponents``: programs write so when they round. Raises
    ``CellFault`` BAD_NUMBER, AMBIGUOUS_NUMBER or NONFINITE.
    """
    if decimal != "," and _PLAIN.fullmatch(text):
        return text
    if decimal != "." and COMMA_STYLE.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if decimal != "," and POINT_STYLE.fullmatch(text):
        return text.replace(",", "")
    number, minus = _unsigned(text.translate(_SPACES).strip())
    if number.lower() in _NONFINITE:
        raise CellFault("NONFINITE", text)
    if _EXPONENT.fullmatch(number):
        if not exponents:
            raise CellFault(
                "BAD_NUMBER",
                text,
                "Programs write an exponent when they round. Write all digits, or say `exponents: true` in a column map.",
            )
        return ("-" if minus else "") + f"{Decimal(number.replace(',', '.')):f}"
    sign = _decimal_sign(number, text, decimal, evidence)
    whole = re.sub("[ '.,]" if not sign else "[ ']" + ("|," if sign == "." else r"|\."), "", number)
    plain = whole.replace(",", ".") if sign else whole
    plain = "0" + plain if plain.startswith(".") else plain
    return "-" + plain if minus and plain.strip("0.") else plain


def _unsigned(number: str) -> tuple[str, bool]:
    if number.startswith("(") and number.endswith(")"):
        return number[1:-1].strip(), True
    for ending in (",--", ".--", ",-", ".-", ",–", ".–", ",—", ".—"):
        if number.endswith(ending):
            number = number[: -len(ending)]
            break
    if number.endswith(("-", "−")):
        return number[:-1].strip(), True
    if number.startswith(("-", "−", "–", "+")):
        return number[1:].strip(), number[0] != "+"
    return number, False


def _decimal_sign(number: str, text: str, declared: str | None, evidence: int) -> str:
    """The decimal sign of this number, empty for a whole number."""
    if number.isascii() and number.isdigit():
        return ""
    if _MANY_GROUPS.fullmatch(number):
        sign, group = "", "." if "." in number else ","
        if declared == group:
            raise CellFault("BAD_NUMBER", text, f"The decimal sign of this column is {declared!r}.")
        return sign
    if _GROUPED.fullmatch(number) or _BOTH_SIGNS.fullmatch(number):
        bits = _sign_bits(number) & (POINT | COMMA)
        sign = {0: "", POINT: ".", COMMA: ","}[bits]
    elif one := _ONE_SIGN.fullmatch(number):
        sign = one.group(2)
        if _is_either(one):
            return _sign_or_group(sign, text, declared, evidence)
    else:
        raise CellFault("BAD_NUMBER", text)
    if declared and sign and sign != declared:
        raise CellFault("BAD_NUMBER", text, f"The decimal sign of this column is {declared!r}.")
    return sign


def _sign_or_group(sign: str, text: str, declared: str | None, evidence: int) -> str:
    """Decide ``1.234`` or ``1,234``: the sign when it marks decimals, empty when it groups thousands."""
    if declared:
        return sign if sign == declared else ""
    mine, other, long = (POINT, COMMA, LONG_POINT) if sign == "." else (COMMA, POINT, LONG_COMMA)
    if evidence & other and not evidence & mine:
        return ""
    if evidence & mine and not evidence & other and evidence & long:
        return sign
    raise CellFault("AMBIGUOUS_NUMBER", text, "The other numbers of the column do not decide it.")


def read_amount(text: str, decimal: str | None = None) -> Decimal:
    """The exact number of one text; ``decimal`` is ``.`` or ``,`` when it is known. Raises ``CellFault``."""
    number, _currency = split_amount(text)
    return Decimal(plain_number(number, decimal))


def date_evidence(text: str) -> int:
    """What one date says about its column: DMY, MDY, UNSURE (both orders give a date) or 0."""
    found = _YEAR_LAST.fullmatch(text.translate(_SPACES).strip())
    if found is None or found[2] == ".":
        return 0
    first, second, short = int(found[1]), int(found[3]), len(found[4]) == 2
    if first == second:
        return UNSURE if short else 0
    if second > 12 >= first:
        return MDY
    if first > 12 >= second and (not short or int(found[4]) > 31):
        return DMY
    return UNSURE


def plain_date(text: str, order: str | None = None, evidence: int = 0) -> str:
    """The day as ISO text. ``order`` is ``dmy``, ``mdy`` or ``ymd`` when declared; ``evidence`` are the column's bits.

    Dates with points are day first everywhere. Raises ``CellFault`` BAD_DATE, AMBIGUOUS_DATE or ABSURD_DATE.
    """
    return read_date(text, order, evidence).isoformat()


def read_date(text: str, order: str | None = None, evidence: int = 0) -> date:
    """The day of one text, see ``plain_date``; a time of day behind it is ignored."""
    cleaned = text.translate(_SPACES).strip()
    year, month, day = _parts(cleaned, text, order, evidence)
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellFault("ABSURD_DATE" if not 1 <= year <= 9999 else "BAD_DATE", text) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellFault("ABSURD_DATE", text)
    return found


def _parts(cleaned: str, text: str, order: str | None, evidence: int) -> tuple[int, int, int]:
    if found := _YEAR_FIRST.fullmatch(cleaned):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _COMPACT.fullmatch(cleaned):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _YEAR_LAST.fullmatch(cleaned):
        return _from_numbers(found, text, order, evidence)
    if found := _DAY_WORD.fullmatch(cleaned):
        return _year(found[3]), _month(found[2], text), int(found[1])
    if found := _WORD_DAY.fullmatch(cleaned):
        return int(found[3]), _month(found[1], text), int(found[2])
    raise CellFault("BAD_DATE", text)


def _from_numbers(found: re.Match[str], text: str, order: str | None, evidence: int) -> tuple[int, int, int]:
    first, second, third = int(found[1]), int(found[3]), found[4]
    if order == "ymd" and len(third) == 2:
        return _year(found[1]), second, int(third)
    if order not in ("dmy", "mdy"):
        order = "dmy" if found[2] == "." else _order_of(date_evidence(text), evidence, text)
    day, month = (first, second) if order == "dmy" else (second, first)
    return _year(third), month, day


def _order_of(own: int, column: int, text: str) -> str:
    if own in (0, DMY, MDY):
        return "mdy" if own == MDY else "dmy"
    known = column & (DMY | MDY)
    if known in (DMY, MDY):
        return "dmy" if known == DMY else "mdy"
    raise CellFault("AMBIGUOUS_DATE", text, "The other dates of the column do not decide it.")


def _year(text: str) -> int:
    """Four digits as they are; two digits mean 1990 to 2089."""
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 90 else 2000)


def _month(word: str, text: str) -> int:
    number = month_names().get(word.casefold())
    if number is None:
        raise CellFault("BAD_DATE", text, "The name of the month is not known.")
    return number


@cache
def month_names() -> dict[str, int]:
    """Names and short names of the months in the languages of the region, from Unicode CLDR through babel."""
    from babel import Locale  # imported where a month is written as a word: it costs start-up time

    names: dict[str, int] = {}
    for language in (
        "en",
        "fr",
        "de",
        "it",
        "ru",
        "es",
        "uk",
        "sr",
        "sr_Latn",
        "hr",
        "bs",
        "sq",
        "ro",
        "bg",
        "mk",
        "pl",
        "pt",
        "nl",
    ):
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    names.setdefault(name.casefold().rstrip("."), number)
    return names


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Lower case, without accents, spaces and punctuation: the key by which names of columns and words are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("№", "no"))
    return "".join(character for character in decomposed if character.isalnum())
