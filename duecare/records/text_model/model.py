"""The text model: every text through hashed letters and words; unsure ones, where installed, through sentence embeddings too."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from duecare.records.text_model.context import Beside, read_context
from duecare.records.text_model.features import read_word_features
from duecare.records.text_model.guess import Guess, Tree
from duecare.records.text_model.nothing import says_nothing
from duecare.records.text_model.score import chances, hidden_layer, leaf_scores
from duecare.records.text_model.sentences import Head, Sentences, is_installed, read_head
from duecare.records.text_model.weights import Numbers, Weights, read_weights

Tier2 = Literal["auto", "on", "off"]
Asked = tuple[str, Beside | None]
BATCH = 8192
THREADS = 2
TIER_1, TIER_2 = "predicted", "predicted-2"
UNSURE = 0.7
"""a text whose division is less likely than this is read by its sentence embedding too"""
LEAST_WORDS = 3
"""letters that a text needs before an embedding can help"""


class TextModel:
    """Guesses CPV, division and category of texts. Make one with ``load_model``; it may be shared between threads."""

    def __init__(self, weights: Weights, second: tuple[Sentences, Head] | None = None) -> None:
        self._weights = weights
        self._tree = Tree(weights)
        self._second = second
        self._context = {
            tier: read_context(number, weights.leaf_cpv, weights.leaf_category)
            for tier, number in ((TIER_1, 1), *([(TIER_2, 2)] if second else []))
        }

    @property
    def has_second_tier(self) -> bool:
        """Whether unsure texts are read by their sentence embedding too."""
        return self._second is not None

    def guess_many(
        self,
        texts: Sequence[str],
        languages: Sequence[str] | None = None,  # noqa: ARG002
        beside: Sequence[Beside | None] | None = None,
    ) -> list[Guess]:
        """One guess per text, in order; equal texts are read once. ``languages`` (ISO 639-1, "" unknown) is not needed yet.

        Texts are best a title with its description behind it; only the first 400 characters count. ``beside`` is what else
        is known of each: words found, nature of the contract. Never raises for a text.
        """
        asked = list(zip(texts, beside or [None] * len(texts), strict=True))
        unique = list(dict.fromkeys(asked))
        parts = [unique[i : i + BATCH] for i in range(0, len(unique), BATCH)]
        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            found = [guess for part in pool.map(self._read, parts) for guess in part]
        answers = dict(zip(unique, found, strict=True))
        if self._second:
            answers.update(self._read_again([one for one in unique if _is_unsure(one[0], answers[one])]))
        return [answers[one] for one in asked]

    def _read(self, asked: Sequence[Asked]) -> list[Guess]:
        scores = self._scores([text for text, _ in asked]) * np.float32(1 / self._weights.temperature)
        return self._answered(scores, asked, TIER_1)

    def _read_again(self, asked: Sequence[Asked]) -> dict[Asked, Guess]:
        """Guesses of unsure texts from both tiers together."""
        found: dict[Asked, Guess] = {}
        for i in range(0, len(asked), BATCH):
            part = asked[i : i + BATCH]
            found.update(zip(part, self._answered(self._both([text for text, _ in part]), part, TIER_2), strict=True))
        return found

    def _answered(self, scores: Numbers, asked: Sequence[Asked], tier: str) -> list[Guess]:
        """Guesses by scores and by what stands beside the texts, where that is told."""
        at = [i for i, (_, beside) in enumerate(asked) if beside is not None]
        if at:
            context = self._context[tier]
            more = context.amounts([beside for _, beside in asked if beside is not None])
            if len(at) == len(asked):
                scores += more
                scores *= np.float32(context.sharpness)
            else:
                scores[at] = (scores[at] + more) * np.float32(context.sharpness)
        return self._tree.guesses(chances(scores), tier)

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
