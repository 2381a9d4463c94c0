"""Which fields of a source are not used: their names are listed, so that nothing a publisher says goes unnoticed."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from duecare.records.ocds.types import RELEASE

_KEY_END = int.from_bytes(b'":', "little")
_QUOTES = np.uint64(0x2222222222222222)
_ONES, _HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_PLACES = 20
MOST_PATHS = 500
_ALL_OF_FIRST, _ONE_IN = 64, 16
"""Blocks, of a quarter of a megabyte each, that are all looked at, and the share that is looked at later."""
_READ_WHOLE = frozenset({"procedure", "awardCriteria", "implementation", "subcontracting", "compiledRelease"})
_ENVELOPE = frozenset({"releases", "records", "compiledRelease", "ocid"})


class FieldNames:
    """Collects the paths of fields that are not used.

    Walking every value would cost as much as reading it. The last eight letters of every key of a block are compared with
    those met before instead; only a block with a new ending is walked. So every name is listed with the paths where it
    was met first, and a name may stand for a longer one of the same ending. After the first blocks only one in sixteen is
    looked at: a name that a large file holds a few times only may go unlisted (its values are in the source all the same).
    """

    def __init__(self) -> None:
        self.paths: dict[str, None] = {}
        self._seen = np.zeros(1 << _PLACES, bool)
        self._blocks = 0

    def look(self, written: bytes) -> None:
        """Look at values that ``checked.encode_fast`` wrote, one on each line."""
        self._blocks += 1
        if self._blocks > _ALL_OF_FIRST and self._blocks % _ONE_IN:
            return
        array = np.frombuffer(b"        " + written, np.uint8)
        places = self._new_places(array)
        if not len(places):
            return
        self._seen[places] = True
        for line in written.split(b"\n"):
            self.look_at(msgspec.json.decode(line))

    def _new_places(self, array: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint64]]:
        even, odd = array[: len(array) & ~1].view("<u2"), array[1 : 1 + (len(array) - 1 & ~1)].view("<u2")
        ends = np.concatenate((np.flatnonzero(even == _KEY_END) * 2, np.flatnonzero(odd == _KEY_END) * 2 + 1))
        words = np.ndarray((len(array) - 7,), "<u8", array, strides=(1,))[ends - 8]
        quotes = words ^ _QUOTES
        quotes = (quotes - _ONES) & ~quotes & _HIGHS  # the high bit of each byte that is a quotation mark
        for bits in (8, 16, 32):
            quotes |= quotes >> np.uint64(bits)
        words &= ~((quotes >> np.uint64(7)) * np.uint64(255))  # letters after the last quotation mark only
        spread = (words * _SPREAD) >> np.uint64(64 - _PLACES)
        new: np.ndarray[Any, np.dtype[np.uint64]] = spread[~self._seen[spread]]
        return new

    def look_at(self, value: Any) -> None:
        """Walk one value and note the paths that are not used."""
        if len(self.paths) < MOST_PATHS:
            self._walk(value, RELEASE, "")

    def _walk(self, value: Any, known: Any, path: str) -> None:
        if type(value) is list:
            for one in value:
                self._walk(one, known[0] if type(known) is list else known, path)
        elif type(value) is dict and type(known) is dict:
            for key, one in value.items():
                inner = known.get(key) or (RELEASE if key in _ENVELOPE and not path else None)
                if inner is None:
                    self.paths[f"{path}{key}"] = None
                elif key not in _READ_WHOLE or key == "compiledRelease":
                    self._walk(one, inner, "" if key in _ENVELOPE else f"{path}{key}/")


__all__ = ["MOST_PATHS", "FieldNames"]
