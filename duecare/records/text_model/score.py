"""Hidden layer and leaf scores of many texts: the inner loop, kept to table look-ups and two matrix products."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from duecare.records.text_model.features import Features, WordFeatures
from duecare.records.text_model.weights import Numbers, Weights

LEAK = np.float32(0.1)
"""slope of the hidden layer below zero"""


def hidden_layer(features: WordFeatures, weights: Weights) -> Numbers:
    """(texts, hidden): the sum of the rows of each text, divided by the length of its vector of importances."""
    words, of_words = _sums(features.words, weights.rows, weights.importance)
    said, of_said = _sums(features.said, _with_blank(words), np.append(of_words, np.float32(0)))
    pairs, of_pairs = _sums(features.pairs, weights.rows, weights.importance)
    length = np.maximum(np.sqrt(of_said + of_pairs), np.float32(1e-6))
    hidden: Numbers = (said + pairs) / length[:, None] + weights.hidden_bias
    return hidden


def _with_blank(rows: Numbers) -> Numbers:
    return np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])


def _sums(features: Features, rows: Numbers, importance: Numbers) -> tuple[Numbers, Numbers]:
    """Sums of rows and of importances by text; the last row of both tables is zero."""
    counts = np.diff(features.start)
    blank = len(rows) - 1
    sums, lengths = np.zeros((len(counts), rows.shape[1]), np.float32), np.zeros(len(counts), np.float32)
    order = np.argsort(counts, kind="stable")
    for some in _alike(order, counts):
        width = int(counts[some[-1]])
        if not width:
            continue
        places = features.start[some][:, None] + np.arange(width)
        row = np.where(np.arange(width) < counts[some][:, None], features.row.take(places, mode="clip"), blank)
        lengths[some] = importance[row].sum(axis=1)
        sums[some] = (np.ones((len(some), 1, width), np.float32) @ rows[row])[:, 0]
    return sums, lengths


def _alike(order: NDArray[np.int64], counts: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Texts with about the same number of features together, so that few look-ups are padding."""
    steps = np.unique(np.linspace(0, len(order), max(2, len(order) // 128 + 1)).astype(int))
    return [order[a:b] for a, b in pairwise(steps)] if len(order) and len(counts) else []


def leaf_scores(hidden: Numbers, weights: Weights) -> Numbers:
    """(texts, leaves): scores before they become chances."""
    active = np.where(hidden > 0, hidden, LEAK * hidden)
    found: Numbers = active @ weights.out + weights.out_bias
    return found


def chances(scores: Numbers, sharpness: float = 1.0) -> Numbers:
    """(texts, leaves): chance of each leaf; scores are multiplied by ``sharpness`` first. Reuses the memory of ``scores``."""
    scores *= np.float32(sharpness)
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores
