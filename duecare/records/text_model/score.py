"""Hidden layer and leaf scores of many texts: the inner loop, kept to table look-ups and two matrix products."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from duecare.records.text_model.features import Features
from duecare.records.text_model.weights import Numbers, Weights

LEAK = np.float32(0.1)
"""slope of the hidden layer below zero"""


def hidden_layer(features: Features, weights: Weights) -> Numbers:
    """(texts, hidden): the sum of the rows of each text, divided by the length of its vector of importances."""
    counts = np.diff(features.start)
    blank = len(weights.rows) - 1
    sums = np.zeros((len(counts), weights.rows.shape[1]), np.float32)
    order = np.argsort(counts, kind="stable")
    for some in _alike(order, counts):
        width = int(counts[some[-1]])
        if not width:
            continue
        places = features.start[some][:, None] + np.arange(width)
        row = np.where(np.arange(width) < counts[some][:, None], features.row.take(places, mode="clip"), blank)
        length = np.sqrt(weights.importance[row].sum(axis=1, keepdims=True))
        ones = np.ones((len(some), 1, width), np.float32)
        sums[some] = (ones @ weights.rows[row])[:, 0] / np.maximum(length, np.float32(1e-6))
    return sums + weights.hidden_bias


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
