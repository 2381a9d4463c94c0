"""Walk a TED notice by element names, whatever the namespace of its edition, and read texts, numbers and days from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from duecare.records.notices.notice import Texts
from duecare.records.notices.text import known, plain

Element = Any
"""An element of lxml; the package has no types of its own."""
Faults = list[tuple[str, str, str, str]]
"""What is wrong with a notice: code of ``records.faults``, element, value, detail."""

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")
_ISO_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_BLANKS = re.compile(r"\s+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST_DIGITS = 7
_LONGEST_SHOWN = 200


def name_of(element: Element) -> str:
    """Local name of an element, "" of a comment or a processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def each(element: Element | None, *path: str) -> Iterator[Element]:
    """All elements at the end of a path of names."""
    if element is None:
        return
    head, *rest = path
    for found in element.iterchildren(f"{{*}}{head}"):
        if rest:
            yield from each(found, *rest)
        else:
            yield found


def first(element: Element | None, *path: str) -> Element | None:
    """The first element at the end of a path of names."""
    return next(each(element, *path), None)


def has(element: Element | None, *names: str) -> bool:
    """Whether an element has a child of one of these names: a ticked box of the form."""
    return any(first(element, name) is not None for name in names)


def attribute(element: Element | None, name: str) -> str:
    """An attribute without blanks at its ends, "" where there is none."""
    return "" if element is None else (element.get(name) or "").strip()


def told(element: Element | None) -> str:
    """The text of an element, its paragraphs joined; "" for none and for a placeholder such as "***"."""
    if element is None:
        return ""
    paragraphs = ["".join(part.itertext()) for part in element.iterchildren("{*}P")]
    return known(" ".join(paragraphs) if paragraphs else "".join(element.itertext()))


def as_written(element: Element | None) -> str:
    """The text of an element in one line, also where it would be a placeholder: the number of a section."""
    return "" if element is None else plain("".join(element.itertext()))


def texts(elements: Iterable[tuple[str, Element | None]]) -> Texts:
    """The text of the same element in several languages, those that say something."""
    return {language: text for language, element in elements if (text := told(element))}


def whole_number(element: Element | None) -> str:
    """A count such as the number of tenders, without leading zeros; "" for what is none."""
    text = told(element)
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else ""


def amount(element: Element | None, faults: Faults) -> str:
    """A value in money as plain decimal: ``FMTVAL`` where the element has it, else its text ("5 187 816,63").

    Text that is no number is a fault, since a wrong amount would be counted; so is one below zero.
    """
    if element is None:
        return ""
    text = attribute(element, "FMTVAL") or _BLANKS.sub("", "".join(element.itertext())).replace(",", ".")
    if not text:
        return ""
    if not _NUMBER.fullmatch(text):
        faults.append(("BAD_NUMBER", name_of(element), text[:_LONGEST_SHOWN], ""))
        return ""
    if text.startswith("-"):
        faults.append(("NEGATIVE_AMOUNT", name_of(element), text, ""))
        return ""
    return text


def currency(element: Element | None) -> str:
    """ISO 4217 code of a value."""
    code = attribute(element, "CURRENCY").upper()
    return code if _CURRENCY.fullmatch(code) else ""


def day(element: Element | None, faults: Faults | None = None) -> str:
    """ISO day of ``2017-01-03``, ``20170103`` or DAY, MONTH and YEAR; what is none is unknown and, if asked for, a fault."""
    if element is None:
        return ""
    text = _written_day(element)
    found = _ISO_DAY.match(text)
    if found is None:
        _add_bad_day("BAD_DATE", element, text, faults)
        return ""
    try:
        result = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        _add_bad_day("BAD_DATE", element, text, faults)
        return ""
    if not FIRST_DAY <= result <= LAST_DAY:
        _add_bad_day("ABSURD_DATE", element, text, faults)
        return ""
    return result.isoformat()


def days_between(start: str, end: str) -> str:
    """Whole days from one ISO day to another, "" where one is unknown or they are in the wrong order."""
    if not start or not end or end < start:
        return ""
    return str((date.fromisoformat(end) - date.fromisoformat(start)).days)


def _written_day(element: Element) -> str:
    year, month, number = (told(first(element, part)) for part in ("YEAR", "MONTH", "DAY"))
    return f"{year}-{month:0>2}-{number:0>2}" if year else told(element)


def _add_bad_day(code: str, element: Element, text: str, faults: Faults | None) -> None:
    if faults is not None and text:
        faults.append((code, name_of(element), text[:_LONGEST_SHOWN], ""))
