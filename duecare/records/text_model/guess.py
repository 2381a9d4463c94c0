"""Answers of the text model, made from chances of leaves of the CPV tree."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from duecare.records.text_model.weights import Numbers, Weights

SURE_OF_DEPTH = 0.6
"""chance from which a longer CPV prefix is said"""
CATEGORY_FROM = 0.3
"""chance from which a risk category is said; low on purpose, since a missed risk costs more than a look"""
CATEGORY_FROM_OWN = {
    "CAT02": 0.35,
    "CAT03": 0.2,
    "CAT04": 0.15,
    "CAT08": 0.2,
    "CAT13": 0.35,
    "CAT15": 0.25,
    "CAT16": 0.2,
}
"""the same for categories that are said rightly in 80 of 100 from another chance on, or are nowhere (CAT08, CAT16)"""
DIVISION, DEEPEST, ALTERNATIVES = 2, 5, 3


class Alternative(msgspec.Struct, frozen=True):
    """Another reading: CPV prefix (digits, 2-5), division (2 digits) and the chance of the division, 0-1."""

    cpv: str
    division: str
    confidence: float


class Guess(msgspec.Struct, frozen=True):
    """The best reading of a text.

    ``cpv`` is the longest prefix it is sure of (2-5 digits), ``category`` one of CAT01-CAT20 or empty with its own chance
    ``category_confidence``, ``confidence`` the chance that ``division`` is right; ``how`` is ``predicted`` (linear model)
    or ``predicted-2`` (sentence embeddings too).
    """

    cpv: str
    division: str
    category: str
    confidence: float
    alternatives: tuple[Alternative, ...]
    how: str
    category_confidence: float = 0.0


class Tree:
    """Sums of leaf chances per prefix and per category; leaves are in the order of their prefixes."""

    def __init__(self, weights: Weights) -> None:
        leaves = np.array(weights.leaf_cpv)
        self.at: dict[int, tuple[NDArray[np.int64], list[str]]] = {}
        for depth in range(DIVISION, DEEPEST + 1):
            short = np.array([cpv[:depth] for cpv in leaves])
            first = np.flatnonzero(np.append(True, short[1:] != short[:-1]))
            self.at[depth] = first, [str(name) for name in short[first]]
        self.divisions = self.at[DIVISION][1]
        self.categories = sorted(set(weights.leaf_category))
        self._said_from = np.array([CATEGORY_FROM_OWN.get(name, CATEGORY_FROM) for name in self.categories], np.float32)
        self._in_category = np.array(
            [[name == category for category in self.categories] for name in weights.leaf_category], np.float32
        )

    def guesses(self, leaf: Numbers, how: str) -> list[Guess]:
        """One answer per row of leaf chances (texts, leaves); ``how`` says by which tier."""
        division = np.add.reduceat(leaf, self.at[DIVISION][0], axis=1)
        best = np.argsort(-division, axis=1)[:, : ALTERNATIVES + 1]
        chance = np.take_along_axis(division, best, axis=1).astype(float).round(4).tolist()
        cpv = self._prefixes(leaf, best[:, 0], division[np.arange(len(leaf)), best[:, 0]])
        category = leaf @ self._in_category
        which = self._categories(category)
        sure = category[np.arange(len(leaf)), which].astype(float).round(4).tolist()
        names = [self.categories[i] for i in which.tolist()]
        order = [[self.divisions[i] for i in row] for row in best.tolist()]
        return [
            Guess(c, o[0], n, p[0], tuple(map(Alternative, o[1:], o[1:], p[1:])), how, s if n else 0.0)
            for c, o, n, p, s in zip(cpv, order, names, chance, sure, strict=True)
        ]

    def _prefixes(self, leaf: Numbers, division: NDArray[np.int64], chance: Numbers) -> list[str]:
        """The longest prefix inside of the division whose chance is at least ``SURE_OF_DEPTH``, as its shorter ones' is then."""
        said = [self.divisions[i] for i in division.tolist()]
        rows = np.flatnonzero(chance >= SURE_OF_DEPTH)
        for depth in range(DIVISION + 1, DEEPEST + 1):
            first, names = self.at[depth]
            chance = np.add.reduceat(leaf[rows], first, axis=1)
            best = chance.argmax(axis=1)
            sure = np.flatnonzero(chance[np.arange(len(rows)), best] >= SURE_OF_DEPTH)
            rows = rows[sure]
            for i, j in zip(rows.tolist(), best[sure].tolist(), strict=True):
                if len(names[j]) == depth:
                    said[i] = names[j]
        return said

    def _categories(self, chance: Numbers) -> NDArray[np.int64]:
        """The likeliest category of those that reach the chance from which they are said, else none (the empty name)."""
        none = self.categories.index("")
        named = np.where(chance >= self._said_from, chance, np.float32(0))
        named[:, none] = np.float32(1e-9)
        best: NDArray[np.int64] = named.argmax(axis=1)
        return best
