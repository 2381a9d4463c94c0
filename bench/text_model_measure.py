"""Figures of the text model: per division, language and category, with and without repeated texts, and how honest its chances are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.text_model_labels import Example, Leaves
from duecare.records.text_model.guess import CATEGORY_FROM

TEN = ("CAT02", "CAT03", "CAT04", "CAT06", "CAT07", "CAT08", "CAT11", "CAT13", "CAT15", "CAT16")
BINS = 15


def report(chance: NDArray[np.float32], leaves: Leaves, examples: Sequence[Example], learned: set[str]) -> None:
    """Print every figure of the model card for chances of leaves (texts, leaves)."""
    names = sorted(set(leaves.division))
    division = np.stack([chance[:, leaves.division == name].sum(axis=1) for name in names], axis=1)
    order = np.argsort(-division, axis=1)[:, :3]
    truth = np.array([e.cpv[:2] for e in examples])
    hits = np.array(names)[order] == truth[:, None]
    weight = np.array([e.weight**2 for e in examples])
    new = np.array([e.text not in learned for e in examples])
    print("what                 texts  top-1  top-3 | per notice: top-1  top-3")
    for name, mask in groups(examples, new):
        _line(name, hits[mask], weight[mask])
    sure = division.max(axis=1)
    for kind, w in (("texts", np.ones(len(sure))), ("notices", weight)):
        print(f"by {kind}: calibration error {calibration_error(sure, hits[:, 0], w):.3f}", end="; ")
        ranked = np.argsort(-sure)
        upto = np.cumsum(w[ranked]) <= 0.8 * w.sum()
        print(f"right at 80 % coverage {np.average(hits[ranked[upto], 0], weights=w[ranked[upto]]):.3f}")
    categories(chance, leaves, examples, weight)


def groups(examples: Sequence[Example], new: NDArray[np.bool_]) -> list[tuple[str, NDArray[np.bool_]]]:
    """All, those not learned from word for word, and every source and language with 30 texts."""
    found = [("all", np.ones(len(examples), bool)), ("not met before", new)]
    for of in ("source", "language"):
        met = np.array([getattr(e, of) for e in examples])
        found += [(str(name), met == name) for name in sorted(set(met)) if (met == name).sum() >= 30]
    return found


def _line(name: str, hits: NDArray[np.bool_], weight: NDArray[np.float64]) -> None:
    first, three = hits[:, 0], hits.any(axis=1)
    by_notice = np.average(first, weights=weight) * 100, np.average(three, weights=weight) * 100
    print(
        f"{name:20} {len(hits):5} {first.mean() * 100:6.1f} {three.mean() * 100:6.1f} | {by_notice[0]:6.1f} {by_notice[1]:6.1f}"
    )


def calibration_error(sure: NDArray[np.float32], right: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    """Expected calibration error over 15 equal bins."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        weight[bins == b].sum() * abs(np.average(right[bins == b] - sure[bins == b], weights=weight[bins == b]))
        for b in set(bins.tolist())
    ]
    return float(sum(gaps) / weight.sum())


def categories(
    chance: NDArray[np.float32], leaves: Leaves, examples: Sequence[Example], weight: NDArray[np.float64]
) -> None:
    """Recall and precision per risk category at the shipped threshold, and the best recall at precision 0.8.

    A text whose code is so short that it may mean several categories (90000000) is left out: its truth is not known.
    """
    kinds = [{leaves.leaves[leaf][1] for leaf in leaves.under(e.cpv)} for e in examples]
    clear = np.array([len(kind) == 1 for kind in kinds])
    chance, weight = chance[clear], weight[clear]
    examples = [e for e, plain in zip(examples, clear, strict=True) if plain]
    of_leaf = np.array([category for _, category in leaves])
    names = sorted(set(of_leaf) - {""})
    scores = np.stack([chance[:, of_leaf == name].sum(axis=1) for name in names], axis=1)
    truth = np.array([leaves.category(e.cpv) for e in examples])
    best = np.where(scores.max(axis=1) >= CATEGORY_FROM, np.array(names)[scores.argmax(axis=1)], "")
    print("category  texts  recall precision | recall at precision 0.8 | by notice: recall precision")
    for i, name in enumerate(names):
        there, said = truth == name, best == name
        if there.sum() < 5:
            continue
        recall, precision = (there & said).sum() / there.sum(), (there & said).sum() / max(said.sum(), 1)
        w = ((there & said) * weight).sum()
        star = "*" if name in TEN else " "
        print(
            f"{name}{star}   {there.sum():5}   {recall:.2f}   {precision:.2f} | {recall_at(scores[:, i], there, 0.8):.2f} | "
            f"{w / (there * weight).sum():.2f} {w / max((said * weight).sum(), 1e-9):.2f}"
        )


def recall_at(score: NDArray[np.float32], there: NDArray[np.bool_], precision: float) -> float:
    """The highest recall at which the precision still holds."""
    right = there[np.argsort(-score)]
    found = np.cumsum(right)
    holds = np.flatnonzero(found / np.arange(1, len(right) + 1) >= precision)
    return float(found[holds[-1]] / right.sum()) if len(holds) else 0.0


def calibration_plot(file: Path, ways: dict[str, tuple[NDArray[np.float32], NDArray[np.bool_]]]) -> None:
    """An SVG of said chance (across) against share that was right (up), ten steps; the size of a dot tells how many texts."""
    colours = ("#1f5fa8", "#b4541a")
    drawn = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 460 420" font-family="sans-serif" font-size="13" role="img">',
        "<title>Said chance of the division against the share that was right</title>",
        '<rect width="460" height="420" fill="#fff"/><path d="M60 360H440M60 360V20" stroke="#333" fill="none"/>',
        '<path d="M60 360L440 20" stroke="#999" stroke-dasharray="4 4"/>',
        '<text x="250" y="400" text-anchor="middle">said chance of the division</text>',
        '<text transform="translate(18 190) rotate(-90)" text-anchor="middle">share that was right</text>',
    ]
    for tenth in range(0, 11, 2):
        x, y = 60 + 38 * tenth, 360 - 34 * tenth
        drawn.append(f'<text x="{x}" y="378" text-anchor="middle">{tenth / 10}</text>')
        drawn.append(f'<text x="52" y="{y + 4}" text-anchor="end">{tenth / 10}</text>')
    for colour, (row, (name, (sure, right))) in zip(colours, enumerate(ways.items()), strict=False):
        drawn.append(f'<text x="80" y="{40 + 18 * row}" fill="{colour}">&#9679; {name}</text>')
        bins = np.minimum((sure * 10).astype(int), 9)
        spots = [
            (sure[bins == b].mean(), right[bins == b].mean(), (bins == b).mean())
            for b in range(10)
            if (bins == b).any()
        ]
        places = [(60 + 380 * float(s), 360 - 340 * float(r), 3 + 22 * float(n) ** 0.5) for s, r, n in spots]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y, _ in places)
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{colour}"/>')
        drawn += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.1f}" fill="{colour}" opacity=".6"/>' for x, y, r in places]
    file.write_text("\n".join([*drawn, "</svg>", ""]), encoding="utf-8")
