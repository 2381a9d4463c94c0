"""Hashed features of folded texts: n-grams of letters inside words, words, and pairs of words, for all texts at once.

Each feature is a 64-bit number multiplied into a table of ``2 ** bits`` rows (Weinberger et al. 2009, "Feature hashing").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duecare.records.text_model.letters import SPACE, Letters, read_letters

Keys = NDArray[np.uint64]
Places = NDArray[np.int64]
Rows = NDArray[np.int32]

LENGTHS = (3, 4, 5)
"""letters of an n-gram; the space before and after a word counts as a letter"""
BITS_OF_A_LETTER = np.uint64(5)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_BASE = 0x5851F42D4C957F2D
_INVERSE = pow(_BASE, -1, 2**64)


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of the table, text by text: those of text i are ``row[start[i]:start[i + 1]]``; a feature met twice is there twice."""

    row: Rows
    start: NDArray[np.int64]


def read_features(texts: Sequence[str], bits: int) -> Features:
    """Features of texts in their order, as rows of a table of ``2 ** bits`` rows; an empty text has none."""
    letters = read_letters(texts)
    found = [*_grams(letters), *_words(letters)]
    keys = np.concatenate([key for key, _ in found])
    owner = np.concatenate([letters.text[at] for _, at in found])
    order = np.argsort(owner, kind="stable")
    row = (keys >> np.uint64(64 - bits)).astype(np.int32)[order]
    counts = np.bincount(owner, minlength=len(texts)) if len(owner) else np.zeros(len(texts), np.int64)
    return Features(row, np.concatenate([[0], np.cumsum(counts)]))


def _grams(letters: Letters) -> list[tuple[Keys, Places]]:
    """(key, place of the first sign) of every n-gram with no space inside; a space may be its first or last sign."""
    wide = letters.letter.astype(np.uint64)
    is_space = letters.letter == SPACE
    places = np.arange(len(wide))
    last_space = np.maximum.accumulate(np.where(is_space, places, -1))
    found, rolled = [], wide
    for length in range(2, max(LENGTHS) + 1):
        rolled = (rolled[:-1] << BITS_OF_A_LETTER) | wide[length - 1 :]
        if length in LENGTHS:
            first = places[: len(rolled)]
            inside = last_space[length - 2 : -1] <= first
            at = np.flatnonzero(inside)
            found.append(((rolled[at] + np.uint64(length * 0x1234567)) * _MIX, at))
    return found


def _words(letters: Letters) -> list[tuple[Keys, Places]]:
    """(key, place of the first letter) of every word, and of every two words that follow each other in one text."""
    is_space = letters.letter == SPACE
    first = np.flatnonzero(is_space[:-1] & ~is_space[1:]) + 1
    after = np.flatnonzero(~is_space[:-1] & is_space[1:]) + 1
    total = np.zeros(len(is_space) + 1, np.uint64)
    np.cumsum(letters.letter.astype(np.uint64) * _powers(_BASE, len(is_space)), out=total[1:])
    word = (total[after] - total[first]) * _powers(_INVERSE, len(is_space))[first]
    word = (word ^ (word >> np.uint64(29))) * _MIX
    same = letters.text[first[1:]] == letters.text[first[:-1]]
    pair = (word[:-1] * np.uint64(31) + word[1:])[same] * _MIX
    return [(word * np.uint64(3) + np.uint64(7), first), (pair, first[:-1][same])]


def _powers(base: int, count: int) -> Keys:
    """1, base, base squared ... modulo 2 ** 64."""
    steps = np.full(max(count, 1), base, np.uint64)
    steps[0] = 1
    return np.multiply.accumulate(steps)[:count]
