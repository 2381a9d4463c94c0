"""What must not be written into the contract module: contact data and numbers of people (METHOD 8.6, rule 3).

Free text about a contract is read by many and kept for years; a telephone number or an identity number in it can put a worker
at risk. The check knows patterns, not people: a name alone is not found, so the form says beside it what does not belong there.
"""

from __future__ import annotations

import re
import unicodedata

from duecare.errors import WrongUsage

MOST_CHARACTERS = 5000
DIGITS_OF_A_PERSON = 10
"""Digits in a row, from which on a number is taken for one of a person: national numbers have 10 to 15, amounts fewer."""

_SEPARATED = r"[ .\-/()]{0,3}"
_PATTERNS: dict[str, re.Pattern[str]] = {
    "email": re.compile(
        r"[^\s@<>(),;:]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]+)+", re.IGNORECASE
    ),
    "iban": re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    "phone": re.compile(rf"(?:(?<![\w+])\+|(?<![\w.,/-])00|(?<![\w.,/-])\(?0)(?:{_SEPARATED}\d){{7,14}}(?!\d)"),
    "number": re.compile(
        rf"(?<![\w.,/-])\d{{{DIGITS_OF_A_PERSON},15}}(?![\w/-])"
        r"|\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b"  # Italian tax code
        r"|\b(?:\d{8}|[XYZ]\d{7})[TRWAGMYFPDXBNJZSQVHLCKE]\b"  # Spanish identity number
        r"|(?<![\w/-])[A-Z]{1,2} ?\d{7}(?![\w/-])",  # passports and identity cards
    ),
}
SENTENCES = {
    "email": "an e-mail address",
    "iban": "a bank account number",
    "phone": "a telephone number",
    "number": "an identity or passport number",
}
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2})?\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b")
_HIDDEN = dict.fromkeys(range(0x200B, 0x2010)) | {0xFEFF: None, 0x2060: None, 0xAD: None}


def found_in(text: str) -> tuple[str, ...]:
    """Codes of what looks like data of a person in a text, in the order of ``SENTENCES``; days of the calendar are none."""
    plain = _DATE.sub(" ", _digits(unicodedata.normalize("NFKC", text).translate(_HIDDEN)))
    return tuple(code for code in SENTENCES if _PATTERNS[code].search(plain))


def checked(**texts: str) -> dict[str, str]:
    """The texts without outer blanks, by field; raises ``WrongUsage`` naming the first field that cannot be kept."""
    return {name: _checked(name, text) for name, text in texts.items()}


def problem_of(text: str) -> str:
    """Why a text cannot be kept, as one sentence; empty where it can."""
    if len(text) > MOST_CHARACTERS:
        return f"The text has {len(text)} characters; at most {MOST_CHARACTERS} are kept."
    found = found_in(text)
    if not found:
        return ""
    return (
        f"This looks like {SENTENCES[found[0]]}. Leave out what names or reaches a person: many can read this, and it is kept for years. "
        "Nothing was saved."
    )


def _checked(name: str, text: str) -> str:
    plain = text.strip()
    if reason := problem_of(plain):
        raise WrongUsage(f"{name}: {reason}")
    return plain


def _digits(text: str) -> str:
    """Digits of every script as 0-9."""
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
