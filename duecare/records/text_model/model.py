"""The text model: every text through hashed letters and words; unsure ones, where installed, through sentence embeddings too."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Literal

from duecare.records.text_model.features import read_features
from duecare.records.text_model.guess import Guess, Tree
from duecare.records.text_model.nothing import says_nothing
from duecare.records.text_model.score import hidden_layer, leaf_chances
from duecare.records.text_model.weights import Numbers, Weights, read_weights

Tier2 = Literal["auto", "on", "off"]
BATCH = 2048
TIER_1 = "predicted"


class TextModel:
    """Guesses CPV, division and category of texts. Make one with ``load_model``; it may be shared between threads."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._tree = Tree(weights)

    def guess_many(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Guess]:  # noqa: ARG002
        """One guess per text, in order; equal texts are read once. ``languages`` (ISO 639-1, "" unknown) may be given.

        Texts are best a title with its description behind it; only the first 400 characters count. Never raises for a text.
        """
        unique = list(dict.fromkeys(texts))
        parts = [unique[i : i + BATCH] for i in range(0, len(unique), BATCH)]
        with ThreadPoolExecutor(max_workers=2) as pool:
            found = [guess for part in pool.map(self._guess_part, parts) for guess in part]
        by_text = dict(zip(unique, found, strict=True))
        return [by_text[text] for text in texts]

    def _guess_part(self, texts: Sequence[str]) -> list[Guess]:
        return self._tree.guesses(self._chances(texts), [TIER_1] * len(texts))

    def _chances(self, texts: Sequence[str]) -> Numbers:
        read = ["" if says_nothing(text) else text for text in texts]
        hidden = hidden_layer(read_features(read, self._weights.bits), self._weights)
        return leaf_chances(hidden, self._weights, self._weights.temperature)


@lru_cache(maxsize=3)
def load_model(tier2: Tier2 = "auto") -> TextModel:
    """The model that duecare ships. ``tier2``: use sentence embeddings where installed (``auto``), insist (``on``), or not."""
    if tier2 == "on":
        raise ModuleNotFoundError("The sentence embeddings for unsure texts are not installed.")
    return TextModel(read_weights())
