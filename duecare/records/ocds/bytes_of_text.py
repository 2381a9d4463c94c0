"""Tell from the bytes of many JSON texts whether any of them may hold characters that must be looked at one by one."""

from __future__ import annotations

import re

import numpy as np

_ESCAPES = re.compile(rb"\\[ubf]")
_LEADS_OF_THREE = {0x80: (0xAA, 0xAE), 0x81: (0xA6, 0xA9)}
"""Second byte after E2 and the range of third bytes that are bidirectional controls (U+202A-202E, U+2066-2069)."""


def _suspicious_pairs() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """1 for two bytes of UTF-8 that begin a character of ``cells.SUSPECT``, 2 where the third byte decides."""
    pairs = np.zeros(65536, np.uint8)
    pairs[0x7F00:0x8000] = 1
    for lead, first, last in (
        (0xC2, 0x80, 0x9F),  # C1 controls
        (0xCC, 0x80, 0xBF),
        (0xCD, 0x80, 0xAF),  # combining marks: general
        (0xD2, 0x83, 0x89),  # Cyrillic
        (0xD6, 0x80, 0xBF),
        (0xD7, 0x80, 0xBF),  # Hebrew
        (0xD9, 0x80, 0xBF),  # Arabic
        (0xE0, 0xB8, 0xB9),  # Thai
        (0xE1, 0x80, 0xBF),
        (0xE2, 0x83, 0x83),  # marks for symbols
        (0xEF, 0xB8, 0xB8),
        (0xEF, 0xBF, 0xBF),  # variation selectors, no characters
    ):
        pairs[(lead << 8) + first : (lead << 8) + last + 1] = 1
    for second in _LEADS_OF_THREE:
        pairs[(0xE2 << 8) + second] = 2
    return pairs


_PAIRS = _suspicious_pairs()


def needs_care(text: bytes) -> bool:
    """False only where no character of valid UTF-8 JSON ``text`` is in ``cells.SUSPECT``, written or escaped."""
    if b"\\" in text and _ESCAPES.search(text):
        return True
    if text.isascii():
        return b"\x7f" in text
    array = np.frombuffer(text, np.uint8)
    leads = (array >= 0xD2) | ((array & 0xFE) == 0xCC) | (array == 0xC2) | (array == 0x7F)
    places = np.flatnonzero(leads[:-2])
    kinds = _PAIRS[(array[places].astype(np.uint16) << 8) | array[places + 1]]
    if (kinds == 1).any():
        return True
    for place in places[kinds == 2]:
        first, last = _LEADS_OF_THREE[int(array[place + 1])]
        if first <= array[place + 2] <= last:
            return True
    return bool(leads[-2:].any())
