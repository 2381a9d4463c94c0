"""Decode JSON with every check: bytes, keys, depth, numbers. Fast by a proof for many texts at once, exact in case of doubt.

msgspec checks the syntax and, because everything is decoded, all text; of two equal keys it keeps the last one. The proof that
no key was lost: written out again, the decoded value has as many colons as the source, provided that the source writes no
colon as an escape. A lost key takes its colon along, so that a whole block of lines can be proven together. Where the proof
fails, the slow reading of Python's own parser tells which text has what fault.

The depth is proven in the same way: the brackets of all kinds, counted along the source, never rise above the limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec
import numpy as np
import orjson

from duecare.records.cells import CellFault, printable
from duecare.records.ocds.values import Published

decode_fast = msgspec.json.Decoder(float_hook=Published).decode
encode_fast = orjson.dumps

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
_SCRATCH = 1 << 16
_EIGHT_ONES = np.uint64(0x0101010101010101)
_ESCAPED_COLON = re.compile(rb"\\u003[aA]")


def decode(text: bytes, most_depth: int) -> Any:
    """The value of one JSON text. Raises ``CellFault`` with the code of what is wrong with it."""
    try:
        value = decode_fast(text)
        if is_proven(text, encode_fast(value), most_depth):
            return value
    except (msgspec.DecodeError, UnicodeError, RecursionError, orjson.JSONEncodeError):
        pass
    _raise_fault(text, most_depth)
    return decode_fast(text)


def is_proven(source: bytes, written: bytes, most_depth: int) -> bool:
    """True where no object of the source has a key twice and none lies too deep; False means: look again, slowly."""
    if b"\\" in source and _ESCAPED_COLON.search(source):
        return False
    return _colons(source) == _colons(written) and _is_shallow(source, most_depth)


def _pieces(text: bytes) -> Iterator[Bytes]:
    """The text as arrays of at most ``_SCRATCH`` bytes, so that what is made of them stays in the processor's cache."""
    array = np.frombuffer(text, np.uint8)
    for start in range(0, len(array), _SCRATCH):
        yield array[start : start + _SCRATCH]


def _colons(text: bytes) -> int:
    return sum(int(np.count_nonzero(piece == 0x3A)) for piece in _pieces(text))


def _is_shallow(source: bytes, most_depth: int) -> bool:
    """Brackets open before each 64 bytes, plus those that open within them, stay within the limit.

    Closing brackets inside of texts could hide depth from this count; the recursion limit of the decoders (about 250 levels)
    then still holds, so that depth never costs more than a refusal.
    """
    depth, lowest, highest = 0, 0, 0
    for piece in _pieces(source):
        if len(piece) % 64:
            piece = np.concatenate((piece, np.zeros(64 - len(piece) % 64, np.uint8)))
        folded = piece & 0xDF  # { and } become [ and ]
        ups, downs = _count_by_64(folded == 0x5B), _count_by_64(folded == 0x5D)
        after = np.cumsum(ups - downs)
        highest = max(highest, depth + int((after + downs).max()))
        lowest = min(lowest, depth + int(after.min()))
        depth += int(after[-1])
    return highest - lowest <= most_depth


def _count_by_64(marks: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many of each 64 marks are set: of eight by counting bits, of eight of these by a multiplication."""
    counts = np.bitwise_count(marks.view("<u8")).view("<u8")
    summed: np.ndarray[Any, np.dtype[np.int64]] = ((counts * _EIGHT_ONES) >> np.uint64(56)).view(np.int64)
    return summed


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
        value = json.loads(decoded, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=Published)
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
