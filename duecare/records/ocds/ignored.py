"""Which fields of a source are not used: their names are listed, so that nothing a publisher says goes unnoticed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from duecare.records.ocds.fields import decode_any
from duecare.records.ocds.structure import Words
from duecare.records.ocds.types import RELEASE

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_BITS = 20
MOST_PATHS = 500
_ENVELOPE = frozenset({"releases", "records", "compiledRelease", "versionedRelease", "ocid"})


class FieldNames:
    """Collects the paths of fields that are not used.

    Walking every value would cost more than reading it. The last eight letters of every key of a block, which the proof of its
    structure gives, are compared with those met before instead; only a block with a new ending is walked. So every name is
    listed with the paths where it was met first, and a name may stand for a longer one of the same ending.
    """

    def __init__(self) -> None:
        self.paths: dict[str, None] = {}
        self._seen = np.zeros(1 << _BITS, bool)

    def look(self, names: Words, texts: Sequence[bytes]) -> None:
        """Look at a block: the endings of its keys and its texts."""
        places = (names * _SPREAD) >> np.uint64(64 - _BITS)
        if self._seen[places].all():
            return
        self._seen[places] = True
        for text in texts:
            if text and not text.isspace():
                self.look_at(decode_any(text))

    def look_at(self, value: Any) -> None:
        """Walk one value and note the paths that are not used."""
        if len(self.paths) < MOST_PATHS:
            self._walk(value, RELEASE, "")

    def _walk(self, value: Any, known: Any, path: str) -> None:
        if type(value) is list:
            for one in value:
                self._walk(one, known[0] if type(known) is list else known, path)
        elif type(value) is dict and type(known) in (dict, list):
            table = known if type(known) is dict else known[0] if type(known[0]) is dict else {}
            for key, one in value.items():
                inner = table.get(key) or (RELEASE if key in _ENVELOPE and not path else None)
                if inner is None:
                    self.paths[f"{path}{key}"] = None
                else:
                    self._walk(one, inner, "" if key in _ENVELOPE else f"{path}{key}/")


__all__ = ["MOST_PATHS", "FieldNames"]
