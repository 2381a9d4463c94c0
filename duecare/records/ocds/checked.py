"""Decode one JSON text with every check, exactly and slowly: says which fault it has, or that it has none.

Used where ``structure`` could not prove a block clean. Keys are compared by Python's own parser, depth is counted mark by mark.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from duecare.records.cells import CellFault, printable
from duecare.records.ocds.fields import decode_any


def decode(text: bytes, most_depth: int) -> Any:
    """The value of one JSON text. Raises ``CellFault`` with the code of what is wrong with it."""
    _raise_fault(text, most_depth)
    return decode_any(text)


def _raise_fault(text: bytes, most_depth: int) -> None:
    """Find the fault that the fast way stumbled over; returns where there is none."""
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as wrong:
        shown = text[max(wrong.start - 20, 0) : wrong.end + 20].decode("utf-8", "backslashreplace")
        code = "LONE_SURROGATE" if _is_encoded_surrogate(text, wrong.start) else "BAD_ENCODING"
        raise CellFault(code, printable(shown), f"It is byte {wrong.start + 1} of this JSON text.") from None
    if depth_of(decoded) > most_depth:
        raise CellFault("TOO_DEEP", "", f"At most {most_depth} levels are accepted.")
    if "\x00" in decoded:
        raise CellFault("NUL_BYTES", "", f"It is character {decoded.index(chr(0)) + 1} of this JSON text.")
    try:
        value = json.loads(decoded, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=str)
    except json.JSONDecodeError as wrong:
        _raise_malformed(wrong)
    except CellFault:
        raise
    except ValueError:
        raise CellFault("ABSURD_AMOUNT", "", "A whole number has thousands of digits.") from None
    if surrogate := _lone_surrogate(value):
        raise CellFault("LONE_SURROGATE", surrogate)


def _is_encoded_surrogate(text: bytes, at: int) -> bool:
    return text[at] == 0xED and text[at + 1 : at + 2] >= b"\xa0"


def _raise_malformed(wrong: json.JSONDecodeError) -> NoReturn:
    shown = printable(wrong.doc[max(wrong.pos - 20, 0) : wrong.pos + 20])
    if wrong.msg.startswith("Invalid control character"):
        raise CellFault("CONTROL_CHAR", shown, f"It is character {wrong.pos + 1} of this JSON text.") from None
    if wrong.pos >= len(wrong.doc.rstrip()) or wrong.msg.startswith("Unterminated string"):
        raise CellFault("TRUNCATED", shown, "The JSON ends before it is complete.") from None
    if wrong.msg == "Extra data":
        raise CellFault("MALFORMED_JSON", shown, f"Something follows the JSON at character {wrong.pos + 1}.") from None
    raise CellFault("MALFORMED_JSON", shown, f"The fault is at character {wrong.pos + 1}.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        again = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise CellFault("DUP_KEY", printable(again[:80]))
    return found


def _no_constant(name: str) -> NoReturn:
    raise CellFault("NONFINITE", name)


def depth_of(text: str) -> int:
    """Deepest nesting of brackets outside of strings."""
    depth = most = 0
    for found in _MARKS.finditer(text):
        mark = found.group()
        if mark in "[{":
            depth += 1
            most = max(most, depth)
        elif mark in "]}":
            depth -= 1
    return most


_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def _lone_surrogate(value: Any) -> str:
    """The first half of a character pair in any text or key, written out, else ""."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if type(one) is dict:
            waiting += [*one, *one.values()]
        elif type(one) is list:
            waiting += one
        elif isinstance(one, str) and (found := _SURROGATE.search(one)):
            return printable(one[max(found.start() - 20, 0) : found.end() + 20])
    return ""


_SURROGATE = re.compile("[\ud800-\udfff]")
