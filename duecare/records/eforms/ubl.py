"""Single values of an eForms element: texts by language, numbers, amounts, days, codes; what is withheld is unknown.

A notice hides a value either by naming it in a ``FieldsPrivacy`` group (BT-195 to BT-198) or, once published, by a mask:
``unpublished``, ``-1`` or a day in 1970. Both are unknown here. Source: eForms SDK 1.3-1.15, Commission Implementing
Regulation (EU) 2019/1780 as amended by (EU) 2022/2303.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from duecare.records.notices.notice import Texts
from duecare.records.notices.text import known, language_code

Element = Any
Faults = list[tuple[str, str, str, str]]

AGGREGATE = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
BASIC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
EXTENSION = "{urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2}"
EFORMS = "{http://data.europa.eu/p27/eforms-ubl-extensions/1}"
EFORMS_AGGREGATE = "{http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1}"
EFORMS_BASIC = "{http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1}"
_EXTENDED = (
    f"{EXTENSION}UBLExtensions",
    f"{EXTENSION}UBLExtension",
    f"{EXTENSION}ExtensionContent",
    f"{EFORMS}EformsExtension",
)
_PRIVACY = f"{EFORMS_AGGREGATE}FieldsPrivacy"
_HIDDEN_FIELD = f"{EFORMS_BASIC}FieldIdentifierCode"
ID = f"{BASIC}ID"

_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
_FIRST_DAY, _LAST_DAY = "1990-01-01", "2100-12-31"
_MASK = "unpublished"


def each(element: Element | None, *path: str) -> Iterator[Element]:
    """All elements at a path of tags below an element, in their order; none below ``None``."""
    if element is None:
        return
    if len(path) == 1:
        yield from element.iterchildren(path[0])
        return
    for child in element.iterchildren(path[0]):
        yield from each(child, *path[1:])


def first(element: Element | None, *path: str) -> Element | None:
    """The first element at a path of tags, or ``None``."""
    for tag in path:
        if element is None:
            return None
        element = next(element.iterchildren(tag), None)
    return element


def extended(element: Element | None) -> Element | None:
    """The part of an element that eForms adds to UBL, or ``None``."""
    return next(each(element, *_EXTENDED), None)


def withheld(element: Element | None) -> frozenset[str]:
    """Codes of the fields that an element, or the eForms part of it, says are not published (BT-195)."""
    if element is None:
        return frozenset()
    return frozenset(found.text for found in each(element, _PRIVACY, _HIDDEN_FIELD) if found.text)


def told(element: Element | None, *path: str) -> str:
    """The text at a path in one line, "" where there is none, a placeholder or a mask."""
    found = first(element, *path)
    if found is None or not found.text:
        return ""
    text = known(found.text)
    return "" if text.casefold() == _MASK else text


def code(element: Element | None, *path: str) -> str:
    """A code as published; unlike a text it may be a word such as ``no`` or ``none``."""
    found = first(element, *path)
    text = (found.text or "").strip() if found is not None else ""
    return "" if text.casefold() == _MASK else text


def listed(element: Element, list_name: str, *path: str) -> list[str]:
    """The codes of one code list among all elements at a path, without empty ones and masks."""
    found = (one.text.strip() for one in each(element, *path) if one.get("listName") == list_name and one.text)
    return [text for text in found if text and text.casefold() != _MASK]


def texts(element: Element | None, tag: str) -> Texts:
    """The text of every language, in the order of publication; the first of several in one language."""
    found: dict[str, str] = {}
    for one in each(element, tag):
        text = known(one.text)
        if text and text.casefold() != _MASK:
            found.setdefault(language_code(one.get("languageID") or ""), text)
    return found


def number(element: Element | None, faults: Faults) -> str:
    """Plain decimal text; "" for none or the mask ``-1``; what is no number is a fault (BAD_NUMBER)."""
    text = (element.text or "").strip() if element is not None else ""
    if not text or text.casefold() == _MASK:
        return ""
    if not _NUMBER.fullmatch(text):
        faults.append(("BAD_NUMBER", _name(element), text[:200], ""))
        return ""
    plain = _plain_number(text)
    return "" if plain == "-1" else plain


def amount(element: Element | None, faults: Faults) -> tuple[str, str]:
    """Amount and ISO 4217 code; nothing was paid for nothing, so that zero is unknown as in all readers."""
    found = number(element, faults)
    if element is None or not found.strip("0.-"):
        return "", ""
    return found, (element.get("currencyID") or "").strip().upper()


def day(element: Element | None, faults: Faults) -> str:
    """ISO date without the zone that eForms adds; "" for none and outside of 1990-2100 (masks); else BAD_DATE."""
    text = (element.text or "").strip() if element is not None else ""
    if not text or text.casefold() == _MASK:
        return ""
    found = _DAY.fullmatch(text)
    if found is None or not _is_day(found[1]):
        faults.append(("BAD_DATE", _name(element), text[:200], ""))
        return ""
    return found[1] if _FIRST_DAY <= found[1] <= _LAST_DAY else ""


def is_true(element: Element | None, *path: str) -> bool:
    """Whether an indicator is there and true."""
    return code(element, *path) in ("true", "1")


@lru_cache(maxsize=8192)
def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=8192)
def _plain_number(text: str) -> str:
    sign = "-" if text[0] == "-" else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole = whole.lstrip("0") or "0"
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
