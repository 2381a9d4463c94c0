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


@dataclass(frozen=True, slots=True)
class WordFeatures:
    """The same features by distinct words, since words come again: those of a text are all of its words' and its own ``pairs``.

    ``words`` holds distinct words one by one; ``said`` holds numbers of words, text by text.
    """

    words: Features
    said: Features
    pairs: Features


def read_features(texts: Sequence[str], bits: int) -> Features:
    """Features of texts in their order, as rows of a table of ``2 ** bits`` rows; an empty text has none."""
    letters = read_letters(texts)
    single, pair = _pairs_too(_read_words(letters))
    return _by_text([*_grams(letters), single, pair], letters.text, len(texts), bits)


def read_word_features(texts: Sequence[str], bits: int) -> WordFeatures:
    """The features of ``read_features``, those of each distinct word only once."""
    letters = read_letters(texts)
    words = _read_words(letters)
    _, chosen, number = np.unique(words.key, return_index=True, return_inverse=True)
    alone = _cut_out(letters, words, chosen)
    single, _ = _pairs_too(_read_words(alone))
    _, pair = _pairs_too(words)
    counts = np.bincount(words.text, minlength=len(texts))
    return WordFeatures(
        _by_text([*_grams(alone), single], alone.text, len(chosen), bits),
        Features(number.astype(np.int32), np.concatenate([[0], np.cumsum(counts)])),
        _by_text([pair], letters.text, len(texts), bits),
    )


def _by_text(found: Sequence[tuple[Keys, Places]], text: Rows, count: int, bits: int) -> Features:
    """(key, place) of features as rows of the table, in the order of the ``count`` texts."""
    keys = np.concatenate([key for key, _ in found])
    owner = np.concatenate([text[at] for _, at in found])
    order = np.argsort(owner, kind="stable")
    row = (keys >> np.uint64(64 - bits)).astype(np.int32)[order]
    counts = np.bincount(owner, minlength=count) if len(owner) else np.zeros(count, np.int64)
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


@dataclass(frozen=True, slots=True)
class _Words:
    """Words in their order: a number that equal words share, where they begin and end, and the text they stand in."""

    key: Keys
    first: Places
    after: Places
    text: Rows


def _read_words(letters: Letters) -> _Words:
    is_space = letters.letter == SPACE
    first = np.flatnonzero(is_space[:-1] & ~is_space[1:]) + 1
    after = np.flatnonzero(~is_space[:-1] & is_space[1:]) + 1
    total = np.zeros(len(is_space) + 1, np.uint64)
    np.cumsum(letters.letter.astype(np.uint64) * _powers(_BASE, len(is_space)), out=total[1:])
    word = (total[after] - total[first]) * _powers(_INVERSE, len(is_space))[first]
    return _Words((word ^ (word >> np.uint64(29))) * _MIX, first, after, letters.text[first])


def _pairs_too(words: _Words) -> tuple[tuple[Keys, Places], tuple[Keys, Places]]:
    """(key, place of the first letter) of every word, and of every two words that follow each other in one text."""
    same = words.text[1:] == words.text[:-1]
    pair = (words.key[:-1] * np.uint64(31) + words.key[1:])[same] * _MIX
    return (words.key * np.uint64(3) + np.uint64(7), words.first), (pair, words.first[:-1][same])


def _cut_out(letters: Letters, words: _Words, chosen: Places) -> Letters:
    """The chosen words as texts of one word each."""
    first, length = words.first[chosen] - 1, words.after[chosen] - words.first[chosen] + 1
    start = np.cumsum(length) - length
    text = np.repeat(np.arange(len(chosen), dtype=np.int32), length)
    place = np.arange(len(text)) - start[text] + first[text]
    return Letters(np.append(letters.letter[place], np.uint8(SPACE)), np.append(text, np.int32(len(chosen))))


def _powers(base: int, count: int) -> Keys:
    """1, base, base squared ... modulo 2 ** 64."""
    steps = np.full(max(count, 1), base, np.uint64)
    steps[0] = 1
    return np.multiply.accumulate(steps)[:count]
