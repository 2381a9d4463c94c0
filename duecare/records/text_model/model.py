"""The text model: every text through hashed letters and words; unsure ones, where installed, through sentence embeddings too."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from duecare.records.text_model.features import read_word_features
from duecare.records.text_model.guess import Guess, Tree
from duecare.records.text_model.nothing import says_nothing
from duecare.records.text_model.score import chances, hidden_layer, leaf_scores
from duecare.records.text_model.sentences import Head, Sentences, is_installed, read_head
from duecare.records.text_model.weights import Numbers, Weights, read_weights

Tier2 = Literal["auto", "on", "off"]
BATCH = 8192
THREADS = 2
TIER_1, TIER_2 = "predicted", "predicted-2"
UNSURE = 0.5
"""a text whose division is less likely than this is read by its sentence embedding too"""
LEAST_WORDS = 3
"""letters that a text needs before an embedding can help"""


class TextModel:
    """Guesses CPV, division and category of texts. Make one with ``load_model``; it may be shared between threads."""

    def __init__(self, weights: Weights, second: tuple[Sentences, Head] | None = None) -> None:
        self._weights = weights
        self._tree = Tree(weights)
        self._second = second

    @property
    def has_second_tier(self) -> bool:
        """Whether unsure texts are read by their sentence embedding too."""
        return self._second is not None

    def guess_many(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Guess]:  # noqa: ARG002
        """One guess per text, in order; equal texts are read once. ``languages`` (ISO 639-1, "" unknown) is not needed yet.

        Texts are best a title with its description behind it; only the first 400 characters count. Never raises for a text.
        """
        unique = list(dict.fromkeys(texts))
        parts = [unique[i : i + BATCH] for i in range(0, len(unique), BATCH)]
        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            found = [guess for part in pool.map(self._read, parts) for guess in part]
        by_text = dict(zip(unique, found, strict=True))
        if self._second:
            unsure = [text for text, guess in by_text.items() if _is_unsure(text, guess)]
            by_text.update(self._read_again(unsure))
        return [by_text[text] for text in texts]

    def _read(self, texts: Sequence[str]) -> list[Guess]:
        return self._tree.guesses(chances(self._scores(texts), 1 / self._weights.temperature), TIER_1)

    def _read_again(self, texts: Sequence[str]) -> dict[str, Guess]:
        """Guesses of unsure texts from both tiers together."""
        found: dict[str, Guess] = {}
        for i in range(0, len(texts), BATCH):
            part = texts[i : i + BATCH]
            found.update(zip(part, self._tree.guesses(chances(self._both(part)), TIER_2), strict=True))
        return found

    def _both(self, texts: Sequence[str]) -> Numbers:
        assert self._second
        sentences, head = self._second
        theirs = head.scores(sentences.vectors(texts))
        return self._scores(texts) * np.float32(head.own) + theirs * np.float32(head.theirs)

    def _scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        read = ["" if says_nothing(text) else text for text in texts]
        return leaf_scores(hidden_layer(read_word_features(read, self._weights.bits), self._weights), self._weights)


def _is_unsure(text: str, guess: Guess) -> bool:
    return guess.confidence < UNSURE and sum(map(str.isalpha, text)) >= LEAST_WORDS and not says_nothing(text)


@lru_cache(maxsize=3)
def load_model(tier2: Tier2 = "auto") -> TextModel:
    """The model that duecare ships; the same one again when asked again.

    ``tier2``: sentence embeddings where their package is installed (``auto``), always (``on``, which raises
    ``ModuleNotFoundError`` where it is not), or never (``off``).
    """
    if tier2 == "off" or (tier2 == "auto" and not is_installed()):
        return TextModel(read_weights())
    return TextModel(read_weights(), (Sentences(), read_head()))
