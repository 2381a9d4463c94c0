"""Texts of any script as one row of small numbers: 26 folded letters, a digit sign and spaces, so that scripts meet.

Letters lose accents and case and become their nearest Latin letter, one for one (ш and š are both ``s``), so that Serbian in
either script, Ukrainian, Russian and the Slavic languages written in Latin letters share what is learned. Works on all texts at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Small = NDArray[np.uint8]

LONGEST_TEXT = 400
"""characters of a text that are read; what is bought stands at the beginning"""
SPACE, DIGIT, NEW_TEXT, NOTHING = 0, 27, 254, 255
KNOWN_CODE_POINTS = 0x2000
_NEW_LINE = 10

_OWN = dict(zip("đðøłßæœıþħəɛ", "ddolsaoithae", strict=True))
_CYRILLIC = dict(
    zip("абвгдежзийклмнопрстуфхцчшщыэюяєіїґёўљњџђћјѕѓќ", "abvgdezzijklmnoprstufhccssyeuaeiigeulnddcjdgk", strict=True)
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψως", "avgdeziqiklmnxoprstyfhpos", strict=True))
_ARMENIAN = dict(zip("աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև", "abgdezeytzilhtkhjgcmjnsocpjrsvtrcwpqofe", strict=True))
_GEORGIAN = dict(zip("აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", "abgdevztiklmnopzrstufqgyscctjthjh", strict=True))
_NEAREST = _OWN | _CYRILLIC | _GREEK | _ARMENIAN | _GEORGIAN
_PAIRS = (("љ", "lj"), ("њ", "nj"), ("џ", "dž"), ("Љ", "lj"), ("Њ", "nj"), ("Џ", "dž"))
"""Serbian letters that are two in the other script"""
_UNSEEN = "ьъЬЪ'’ʼ`´\u00ad"


@dataclass(frozen=True, slots=True)
class Letters:
    """All texts behind each other, each after a space; ``text`` (same length) is the number of the text a letter is of.

    ``letter`` is 0 for a space, 1-26 for a letter, 27 for a digit. The very last space belongs to no text.
    """

    letter: Small
    text: NDArray[np.int32]


def read_letters(texts: Sequence[str]) -> Letters:
    """Fold texts, each cut to ``LONGEST_TEXT`` characters; runs of other signs become one space. Never raises."""
    joined = "\n".join(text[:LONGEST_TEXT].replace("\n", " ") for text in texts)
    for one, two in _PAIRS:
        joined = joined.replace(one, two)
    points = np.frombuffer(f"\n{joined}\n".encode("utf-32-le", "surrogatepass"), np.uint32)
    letter = _TABLE[np.minimum(points, KNOWN_CODE_POINTS - 1)]
    letter[points == _NEW_LINE] = NEW_TEXT
    letter = letter[letter != NOTHING]
    starts = letter == NEW_TEXT
    letter[starts] = SPACE
    kept = _needed(letter, starts)
    return Letters(letter[kept], np.cumsum(starts[kept], dtype=np.int32) - 1)


def _needed(letter: Small, starts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a sign is a letter, the start of a text, or the single space between two words."""
    space = letter == SPACE
    needed: NDArray[np.bool_] = ~space | starts
    inside = space & ~starts
    needed[1:] |= inside[1:] & ~space[:-1]
    needed[:-1] &= ~(inside[:-1] & (starts[1:]))
    return needed


def _folded(character: str) -> int:
    if unicodedata.combining(character) or character in _UNSEEN:
        return NOTHING
    low = character.lower()[:1]
    base = _NEAREST.get(low) or unicodedata.normalize("NFKD", low)[:1].lower()
    base = _NEAREST.get(base, base)
    if "a" <= base <= "z":
        return ord(base) - ord("a") + 1
    return DIGIT if base.isdigit() else SPACE


def _table() -> Small:
    return np.array([_folded(chr(point)) for point in range(KNOWN_CODE_POINTS)], np.uint8)


_TABLE = _table()
