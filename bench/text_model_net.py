"""The two networks of the text model and how they learn: a hashed bag of features, and a head on sentence embeddings.

Loss of a text is -log of the summed chance of all leaves that count as right, so that a coarse label teaches what it knows.
Inner loops are compiled (numba); everything is seeded, on one thread, and comes out the same again on the same machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from bench.text_model_labels import Targets

Numbers = NDArray[np.float32]
LEAK = np.float32(0.1)


@dataclass(frozen=True, slots=True)
class Bag:
    """Features of texts (rows of a table, text by text) with their values, already divided by the length of the text."""

    row: NDArray[np.int32]
    value: Numbers
    start: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start) - 1


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn; ``drop``: share of features (or inputs) left out of each look at a text."""

    epochs: int
    rate: float
    rate_out: float
    drop: float
    drop_hidden: float
    batch: int = 128
    seed: int = 7


@numba.njit(fastmath=True, cache=True)
def _seed(seed):
    np.random.seed(seed)


@numba.njit(fastmath=True, cache=True)
def _forward(which, row, value, start, table, drop, kept, out):
    out[:] = 0
    n = 0
    for i in range(len(which)):
        for j in range(start[which[i]], start[which[i] + 1]):
            kept[n] = drop == 0 or np.random.random() > drop
            if kept[n]:
                amount = value[j] * np.float32(1 / (1 - drop))
                for k in range(table.shape[1]):
                    out[i, k] += amount * table[row[j], k]
            n += 1


@numba.njit(fastmath=True, cache=True)
def _backward(which, row, value, start, table, seen, drop, kept, slope, rate):
    n = 0
    for i in range(len(which)):
        size = np.float32(0)
        for k in range(table.shape[1]):
            size += slope[i, k] * slope[i, k]
        size /= table.shape[1]
        for j in range(start[which[i]], start[which[i] + 1]):
            if kept[n]:
                amount = value[j] * np.float32(1 / (1 - drop))
                seen[row[j]] += amount * amount * size
                step = np.float32(rate) * amount / np.sqrt(seen[row[j]])
                for k in range(table.shape[1]):
                    table[row[j], k] -= step * slope[i, k]
            n += 1


def softmax(scores: Numbers) -> Numbers:
    """Chances of each row of scores."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def slope_of_scores(chances: Numbers, right: Numbers, weight: Numbers) -> tuple[Numbers, float]:
    """(slope of the loss by the scores, summed loss)."""
    among = chances * right
    total = np.maximum(among.sum(axis=1, keepdims=True), 1e-9)
    return (chances - among / total) * weight[:, None], float(-(np.log(total[:, 0]) * weight).sum())


class BagNet:
    """Table of rows -> leaky hidden layer -> leaves. Adagrad; one step size per row of the table."""

    def __init__(self, rows: int, hidden: int, leaves: int, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.table = self.random.standard_normal((rows, hidden), dtype=np.float32) * np.float32(0.1)
        self.bias = np.zeros(hidden, np.float32)
        self.out = self.random.standard_normal((hidden, leaves), dtype=np.float32) / np.float32(hidden**0.5)
        self.out_bias = np.zeros(leaves, np.float32)
        self._seen = np.full(rows, 1e-3, np.float32)
        self._steps = [np.full_like(part, 1e-3) for part in (self.out, self.out_bias, self.bias)]

    def hidden(self, bag: Bag) -> Numbers:
        """(texts, hidden) before the leak."""
        found = np.empty((len(bag), self.table.shape[1]), np.float32)
        kept = np.empty(len(bag.row), np.bool_)
        _forward(np.arange(len(bag)), bag.row, bag.value, bag.start, self.table, 0.0, kept, found)
        return found + self.bias

    def scores(self, bag: Bag) -> Numbers:
        """(texts, leaves)."""
        hidden = self.hidden(bag)
        return np.where(hidden > 0, hidden, LEAK * hidden) @ self.out + self.out_bias

    def learn(self, bag: Bag, right: Targets, weight: Numbers, plan: Plan, say: Callable[[int, float], None]) -> None:
        """``plan.epochs`` looks at every text in a new order, ever slower; ``say`` hears (epoch, loss)."""
        _seed(plan.seed)
        for epoch in range(plan.epochs):
            order = self.random.permutation(len(bag))
            slower = np.float32(1 - epoch / plan.epochs)
            parts = [order[i : i + plan.batch] for i in range(0, len(order), plan.batch)]
            loss = sum(self._step(part, bag, right, weight[part], plan, slower) for part in parts)
            say(epoch, loss / float(weight.sum()))

    def _step(self, part, bag, right, weight, plan, slower) -> float:  # type: ignore[no-untyped-def]
        features = int((bag.start[part + 1] - bag.start[part]).sum())
        kept = np.empty(features, np.bool_)
        hidden = np.empty((len(part), self.table.shape[1]), np.float32)
        _forward(part, bag.row, bag.value, bag.start, self.table, plan.drop, kept, hidden)
        hidden += self.bias
        gate = np.where(hidden > 0, np.float32(1), LEAK)
        gate *= (self.random.random(gate.shape, dtype=np.float32) > plan.drop_hidden) / np.float32(1 - plan.drop_hidden)
        active = hidden * gate
        pattern = right.pattern[right.which[part]]
        slope, loss = slope_of_scores(softmax(active @ self.out + self.out_bias), pattern, weight)
        inner = (slope @ self.out.T) * gate
        slopes = (active.T @ slope / len(part), slope.mean(axis=0), inner.mean(axis=0))
        _backward(
            part, bag.row, bag.value, bag.start, self.table, self._seen, plan.drop, kept, inner, plan.rate * slower
        )
        for whole, seen, step in zip((self.out, self.out_bias, self.bias), self._steps, slopes, strict=True):
            seen += step * step
            whole -= plan.rate_out * slower * step / np.sqrt(seen)
        return loss


class Head:
    """Sentence embedding -> hidden layer -> leaves; Adam with weight decay."""

    def __init__(self, inputs: int, hidden: int, leaves: int, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        first = self.random.standard_normal((inputs, hidden), dtype=np.float32) * np.float32((2 / inputs) ** 0.5)
        last = self.random.standard_normal((hidden, leaves), dtype=np.float32) / np.float32(hidden**0.5)
        self.parts = [first, np.zeros(hidden, np.float32), last, np.zeros(leaves, np.float32)]
        self._mean = [np.zeros_like(part) for part in self.parts]
        self._square = [np.zeros_like(part) for part in self.parts]
        self._count = 0

    def scores(self, vectors: Numbers) -> Numbers:
        """(texts, leaves)."""
        first, bias, last, last_bias = self.parts
        return np.maximum(vectors @ first + bias, 0) @ last + last_bias

    def learn(
        self, vectors: Numbers, right: Targets, weight: Numbers, plan: Plan, say: Callable[[int, float], None]
    ) -> None:
        """As ``BagNet.learn``."""
        for epoch in range(plan.epochs):
            order = self.random.permutation(len(vectors))
            loss = 0.0
            for i in range(0, len(order), plan.batch):
                part = order[i : i + plan.batch]
                rate = plan.rate * (1 - (epoch + i / len(order)) / plan.epochs) + 1e-5
                loss += self._step(
                    vectors[part], right.pattern[right.which[part]], weight[part], plan.drop_hidden, rate
                )
            say(epoch, loss / float(weight.sum()))

    def _step(self, inputs: Numbers, right: Numbers, weight: Numbers, drop: float, rate: float) -> float:
        first, bias, last, last_bias = self.parts
        before = inputs @ first + bias
        gate = (before > 0) * (self.random.random(before.shape, dtype=np.float32) > drop) / np.float32(1 - drop)
        active = before * gate
        slope, loss = slope_of_scores(softmax(active @ last + last_bias), right, weight)
        slope /= weight.sum()
        inner = (slope @ last.T) * gate
        self._adam((inputs.T @ inner, inner.sum(axis=0), active.T @ slope, slope.sum(axis=0)), rate)
        return loss

    def _adam(self, slopes: tuple[Numbers, ...], rate: float) -> None:
        self._count += 1
        for part, slope, mean, square in zip(self.parts, slopes, self._mean, self._square, strict=True):
            mean += np.float32(0.1) * (slope - mean)
            square += np.float32(0.001) * (slope * slope - square)
            certain = np.sqrt(square / (1 - 0.999**self._count)) + np.float32(1e-8)
            part -= np.float32(rate) * (mean / np.float32(1 - 0.9**self._count)) / certain
            if part.ndim == 2:
                part *= np.float32(1 - rate * 1e-3)
