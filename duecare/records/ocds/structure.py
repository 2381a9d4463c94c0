"""Prove of a block of JSON texts, whatever is in them, that no object has a key twice and that none lies too deep.

The decoder checks syntax also in what it skips, but it keeps the last of two equal keys and does not look at UTF-8 in skipped
texts. Decoding everything only to find that out costs more than all the rest, so the bytes of a whole block are looked at with
a few dozen vector operations: quotation marks tell what is inside of texts, brackets outside of them give the depth, colons
outside of them end a key, and each key is compared with the keys of its own object by a hash of all its letters. A proof that
fails says nothing: the caller then looks at each text slowly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Words = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.int64]]

_FRONT = b" " * 24
_QUOTES, _BACKSLASHES = np.uint64(0x2222222222222222), np.uint64(0x5C5C5C5C5C5C5C5C)
_ONES, _HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_FIRST, _SECOND, _THIRD = (np.uint64(x) for x in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_FOLD, _LONGEST_NAME = np.uint64(29), 128
_SLOT_BITS = 17
_SHIFT = np.uint64(64 - _SLOT_BITS)


class Prover:
    """Holds the table in which keys are looked up; one for each process."""

    def __init__(self, most_depth: int) -> None:
        self._most_depth = most_depth
        self._slots = np.zeros(1 << _SLOT_BITS, np.int32)

    def prove(self, block: bytes | memoryview) -> Words | None:
        """A hash of each key, the same for the same name, where the block is proven clean, else ``None``.

        ``block`` holds any number of syntactically correct JSON texts with white space between them.
        """
        block = bytes(block)
        if not block.isascii():
            try:
                block.decode()
            except UnicodeDecodeError:
                return None
        escapes = b"\\" in block
        if escapes:
            block = block.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        array = np.frombuffer(_FRONT + block, np.uint8)
        # [ ] { } and letters that stand nowhere in JSON but in texts
        marks = (array | 0x26) == 0x7F
        marks |= array == 0x3A
        places = (marks.view(np.uint8) > _inside(array)).nonzero()[0]
        kinds = array[places] | 0x20  # [ and ] become { and }
        closes = kinds == 0x7D
        depth = np.cumsum((kinds == 0x7B).view(np.int8) - closes.view(np.int8), dtype=np.int16)
        if len(depth) and (depth.max() > self._most_depth or depth.min() < 0):
            return None
        kept = (~closes).nonzero()[0]
        order = kept[depth[kept].astype(np.uint8).argsort(kind="stable")]
        colons = kinds[order] == 0x3A
        objects = (~colons).cumsum()[colons]  # at one depth, everything up to the next bracket belongs to one object
        return self._compare(array, places[order[colons]] - 1, objects, escapes=escapes)

    def _compare(self, array: Bytes, ends: Places, objects: Places, *, escapes: bool) -> Words | None:
        """Look whether two keys of one object are alike. ``ends`` are the places of their closing quotation marks.

        Keys go into slots by their last letters and their object, the last one stays. A key that finds another one in its
        slot, and that one, are compared in full: two that are alike are always among these.
        """
        if len(ends) == 0:
            return ends.astype(np.uint64)
        if (array[ends] != 0x22).any():
            return None  # a blank between key and colon
        words = np.ndarray((len(array) - 7,), "<u8", array, strides=(1,))
        names = _names(words, ends, escapes=escapes)
        if names is None:
            return None
        keys = names ^ (objects.astype(np.uint64) * _THIRD)
        slots = (keys * _FIRST) >> _SHIFT
        numbers = np.arange(len(slots), dtype=np.int32)
        self._slots[slots] = numbers
        others = self._slots[slots]
        displaced = (others != numbers).nonzero()[0]
        if len(displaced):
            doubtful = np.concatenate((displaced, others[displaced]))
            doubtful.sort()
            doubtful = doubtful[np.diff(doubtful, prepend=-1) != 0]
            alike = np.sort(keys[doubtful])
            if (alike[1:] == alike[:-1]).any():
                return None
        return names


def _names(words: Words, ends: Places, *, escapes: bool) -> Words | None:
    """A hash of every name, eight letters after the other from its end; ``None`` for one with an escape or a very long one."""
    near = words[ends - 8]
    quotes = _bytes_like(near, _QUOTES)
    near &= ~_up_to_last(quotes)
    if escapes and _bytes_like(near, _BACKSLASHES).any():
        return None
    hashes: Words = near * _FIRST
    longer, at = (quotes == 0).nonzero()[0], 16
    while len(longer):
        if at > _LONGEST_NAME:
            return None
        far = words[ends[longer] - at]
        quotes = _bytes_like(far, _QUOTES)
        far &= ~_up_to_last(quotes)
        if escapes and _bytes_like(far, _BACKSLASHES).any():
            return None
        hashes[longer] = (hashes[longer] ^ far ^ (hashes[longer] >> _FOLD)) * _SECOND
        longer, at = longer[quotes == 0], at + 8
    return hashes


def _inside(array: Bytes) -> Bytes:
    """1 from each opening quotation mark up to the byte before the closing one, by the parity of the marks so far."""
    bits = np.packbits(array == 0x22, bitorder="little")
    padded = np.zeros((len(bits) | 7) + 1, np.uint8)
    padded[: len(bits)] = bits
    words = padded.view("<u8")
    for shift in (1, 2, 4, 8, 16, 32):
        words ^= words << np.uint64(shift)
    odd_so_far = np.bitwise_xor.accumulate(words >> np.uint64(63))
    words[1:] ^= np.uint64(0) - odd_so_far[:-1]
    return np.unpackbits(padded, count=len(array), bitorder="little")


def _bytes_like(words: Words, pattern: np.uint64) -> Words:
    """The high bit of every byte that is that of the pattern, and perhaps of bytes above such a one."""
    different = words ^ pattern
    found: Words = (different - _ONES) & ~different & _HIGHS
    return found


def _up_to_last(marks: Words) -> Words:
    """All bits of every byte up to the highest one that is marked."""
    spread = marks | (marks >> np.uint64(8))
    spread |= spread >> np.uint64(16)
    spread |= spread >> np.uint64(32)
    filled: Words = (spread >> np.uint64(7)) * np.uint64(255)
    return filled
