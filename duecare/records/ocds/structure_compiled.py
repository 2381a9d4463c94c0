"""The proof of ``structure`` as one pass over the bytes, compiled by the optional package numba (``pip install duecare[fast]``).

It takes a fifth of the time of the vector operations, and says the same: their tests run over both. Loading it costs 0.4 seconds
of processor time, the first time on a machine 1.2, so it is for large files. numba keeps what it compiled beside this module.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from duecare.records.ocds.structure import Bytes, Prover, Words

Scan = Callable[[Bytes, Words, Words, int], int]

LARGE_BYTES = 128 << 20
"""From this size of a file on, loading pays."""
MOST_LEVELS = 120
WORD = 8
"""Bytes that are looked at together."""
_FAILED, _TOO_MANY = -1, -2
_MOST_KEYS = 1024


class CompiledProver:
    """Proves like ``Prover``, to which it hands what is too large for its own tables."""

    def __init__(self, most_depth: int, compiled: Scan) -> None:
        self._most_depth, self._scan = most_depth, compiled
        self._other = Prover(most_depth)
        self._names: Words = np.empty(1 << 16, np.uint64)

    def prove(self, block: bytes | memoryview) -> Words | None:
        """As ``Prover.prove``; what it gives holds until the next block."""
        if len(block) < WORD:
            block = bytes(block).ljust(WORD)
        if len(block) >= len(self._names):
            self._names = np.empty(2 * len(block), np.uint64)
        array = np.frombuffer(block, np.uint8)
        words = np.ndarray((len(array) - WORD + 1,), "<u8", array, strides=(1,))
        found = self._scan(array, words, self._names, self._most_depth)
        if found == _TOO_MANY:
            return self._other.prove(block)
        return None if found < 0 else self._names[:found]


def prover_for(path: Path, most_depth: int) -> Prover | CompiledProver:
    """The compiled prover for a large file where numba is there, else the other one."""
    compiled = scan() if is_worth_it(path) and most_depth <= MOST_LEVELS else None
    return CompiledProver(most_depth, compiled) if compiled else Prover(most_depth)


def is_worth_it(path: Path) -> bool:
    """Whether a file is so large that loading pays."""
    return path.stat().st_size >= LARGE_BYTES


@cache
def scan() -> Scan | None:
    """The compiled pass, ``None`` where numba is not installed or may not be loaded any more (behind the fence)."""
    try:
        from numba import njit, types
    except (ImportError, OSError):
        return None
    array = types.Array(types.uint8, 1, "C", readonly=True)
    words = types.Array(types.uint64, 1, "A", readonly=True, aligned=False)
    signature = types.int64(array, words, types.uint64[::1], types.int64)
    try:
        return _compiled(njit(signature, cache=True, nogil=True)(_pass))
    except (RuntimeError, OSError):  # nowhere to keep what was compiled
        return _compiled(njit(signature, nogil=True)(_pass))


def _compiled(found: Any) -> Scan:
    checked: Scan = found
    return checked


def _pass(block: Any, words: Any, names: Any, most_depth: Any) -> int:  # noqa: C901  one loop, compiled as it stands
    """How many keys the block has, their hashes in ``names``; below 0 where it is not proven.

    ``words`` are the eight bytes from each place of the block on: texts are skipped and names hashed by words, in which a byte
    is found by the carry of a subtraction. Keys of the open objects lie on one stack, each object's from its ``frames`` on; a
    new one is compared with those of its own.
    Plain integers of one type throughout: a mix of signed and unsigned would become floats.
    """
    end, word = np.uint64(block.size), np.uint64(8)
    last = end - word
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    seven, top_byte, fold = np.uint64(7), np.uint64(56), np.uint64(29)
    quotes, backslashes = np.uint64(0x2222222222222222), np.uint64(0x5C5C5C5C5C5C5C5C)
    ones, highs, order = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080), np.uint64(0x0001020304050607)
    first, second_factor = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
    frames = np.zeros(MOST_LEVELS + 2, np.int64)
    keys = np.empty(_MOST_KEYS, np.uint64)
    at = np.uint64(0)
    depth = top = count = 0
    while at < end:
        byte = block[at]
        at += one
        if byte == 34:  # a text, up to the next quotation mark that is not escaped
            start = at
            is_escaped = False
            while True:
                if at <= last:  # to the first quotation mark, backslash or byte above 127 of the next eight
                    near = words[at]
                    quoted, escaped = near ^ quotes, near ^ backslashes
                    marks = ((quoted - ones) & ~quoted) | ((escaped - ones) & ~escaped) | near
                    marks &= highs
                    if marks == 0:
                        at += word
                        continue
                    at += (((marks & (~marks + one)) >> seven) * order) >> top_byte
                elif at >= end:
                    return _FAILED
                byte = block[at]
                if byte == 34:
                    break
                if byte == 92:
                    is_escaped = True
                    at += two
                elif byte < 128:
                    at += one
                else:  # the well-formed sequences of UTF-8 (Unicode, table 3-7)
                    if at + three >= end:
                        return _FAILED
                    second, third, fourth = block[at + one], block[at + two], block[at + three]
                    if second < 0x80 or second > 0xBF or byte < 0xC2 or byte > 0xF4:
                        return _FAILED
                    if byte < 0xE0:
                        at += two
                    elif byte < 0xF0:
                        if (byte == 0xE0 and second < 0xA0) or (byte == 0xED and second > 0x9F):
                            return _FAILED
                        if third < 0x80 or third > 0xBF:
                            return _FAILED
                        at += three
                    else:
                        if (byte == 0xF0 and second < 0x90) or (byte == 0xF4 and second > 0x8F):
                            return _FAILED
                        if third < 0x80 or third > 0xBF or fourth < 0x80 or fourth > 0xBF:
                            return _FAILED
                        at += four
            stop = at
            at += one
            if at < end and block[at] == 58:  # a key
                at += one
                if is_escaped:
                    return _FAILED
                name = stop - start
                while start + word <= stop:
                    name = (name ^ words[start] ^ (name >> fold)) * first
                    start += word
                if start < stop:
                    near = np.uint64(0)
                    if start <= last:
                        near = words[start] & ((one << ((stop - start) * word)) - one)
                    else:
                        while stop > start:
                            stop -= one
                            near = (near << word) | np.uint64(block[stop])
                    name ^= near
                name = (name ^ (name >> fold)) * second_factor
                for other in range(frames[depth], top):
                    if keys[other] == name:
                        return _FAILED
                if top >= _MOST_KEYS or count >= names.size:
                    return _TOO_MANY
                keys[top] = name
                names[count] = name
                top += 1
                count += 1
        elif byte == 123 or byte == 91:
            depth += 1
            if depth > most_depth:
                return _FAILED
            frames[depth] = top
        elif byte == 125 or byte == 93:
            top = frames[depth]
            depth -= 1
            if depth < 0:
                return _FAILED
        elif byte == 58 or byte > 127:  # a blank between key and colon
            return _FAILED
    return count
