"""Train the text model in one command: labelled texts and official CPV titles in, the shipped file of weights out.

    python -m bench.train_text_model LABELLED.csv.gz TITLES.csv.gz --out duecare/records/text_model/weights/tier1.npz

Needs numba beside what duecare needs. Without ``--all`` the folds 0-4 are left out (0-1 for one last look, 2-4 for tuning) and
figures of folds 2-4 are printed; with ``--all`` only 0-1 are left out, and their figures are the ones to tell others.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.text_model_labels import (
    Example,
    Leaves,
    read_examples,
    read_keywords,
    read_phrases,
    read_titles,
    targets,
)
from bench.text_model_measure import calibration_error, report
from bench.text_model_net import Bag, BagNet, Numbers, Plan, softmax
from duecare.evidence.profiles import load_profiles
from duecare.records.text_model.features import read_features

SEED = 7
STEP = 0.75
"""of a weight as it is written, in standard deviations of its column"""
LAST_LOOK, TUNING = range(2), range(2, 5)
DEEP_TITLES = 0.08
"""share of the official titles below the fourth digit that are used"""
RISKY_SERVICES = ("551", "552", "553", "555", "773", "796", "797", "905", "906", "909", "983", "985")
"""of these all titles are used: few offices write them in full, and they are what must not be missed"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was tried: networks whose scores are averaged, size of the table and of the hidden layer, examples a leaf needs, weights of texts that nobody bought with."""

    bits: int = 18
    hidden: int = 56
    nets: int = 2
    least: float = 25
    title_weight: float = 0.3
    phrase_weight: float = 1.0
    word_weight: float = 0.3
    deep_titles: float = DEEP_TITLES


def main() -> None:
    """Read, learn, measure, write."""
    given = arguments()
    titles = read_titles(given.titles)
    codes = frozenset(code for code, _, _ in titles)
    examples = read_examples(given.labelled, codes)
    kept = Settings(**{name: value for name, value in vars(given).items() if value is not None and name in NAMES})
    plan = Plan(given.epochs or 7, given.rate or 0.3, 0.05, given.drop if given.drop is not None else 0.4, 0.1)
    leaves = Leaves(codes, [e for e in examples if e.fold not in LAST_LOOK], kept.least)
    out = LAST_LOOK if given.all else [*LAST_LOOK, *TUNING]
    out = [] if given.everything else out
    learning = [e for e in examples if e.fold not in out and e.declared_2008]
    more = extra_texts(titles, kept)
    learned = [learn(learning, more, leaves, kept, replace(plan, seed=SEED + i)) for i in range(kept.nets)]
    net, importance = merged([one for one, _ in learned]), learned[0][1]
    temperature = given.temperature
    look = [e for e in examples if e.fold in (LAST_LOOK if given.all else TUNING) and e.declared_2008]
    if not given.everything:
        scores = net.scores(bag_of([e.text for e in look], kept.bits, importance))
        if not given.all:
            temperature = best_temperature(scores, leaves, look)
        if given.scores:
            np.savez(given.scores, scores=scores)
        print(f"temperature {temperature:.3f}")
        report(softmax(scores / temperature), leaves, look, {e.text for e in learning})
    write(given.out, net, importance, leaves, temperature)


NAMES = {"bits", "hidden", "nets", "least", "title_weight", "phrase_weight", "deep_titles"}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("titles", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scores", type=Path, help="keep the scores of the texts that were measured")
    parser.add_argument("--all", action="store_true", help="learn from the tuning folds too")
    parser.add_argument("--everything", action="store_true", help="learn from all folds")
    parser.add_argument("--temperature", type=float, default=1.0, help="with --all: the one found without it")
    for name in ("bits", "hidden", "nets", "epochs"):
        parser.add_argument(f"--{name}", type=int)
    for name in ("least", "title_weight", "phrase_weight", "deep_titles", "rate", "drop"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=float)
    return parser.parse_args()


def extra_texts(titles: list[tuple[str, str, str]], kept: Settings) -> list[tuple[str, str, float]]:
    """(code, text, weight) of official titles and of our phrases; deep titles are drawn by a seeded share."""
    random = np.random.default_rng(SEED)
    drawn = [
        (code, text, kept.title_weight)
        for code, _, text in titles
        if code.endswith("0000") or code.startswith(RISKY_SERVICES) or random.random() < kept.deep_titles
    ]
    own = [(code, text, kept.phrase_weight) for code, _, text in read_phrases()]
    known = set(load_profiles().by_id)
    words = [(profile, word, kept.word_weight) for profile, _, word in read_keywords() if profile in known]
    return drawn + own + words


def learn(
    examples: Sequence[Example], more: list[tuple[str, str, float]], leaves: Leaves, kept: Settings, plan: Plan
) -> tuple[BagNet, Numbers]:
    """The network and the importance of each feature."""
    texts = [e.text for e in examples] + [text for _, text, _ in more]
    cpv = [e.cpv for e in examples] + [code for code, _, _ in more]
    weight = np.array([e.weight for e in examples] + [w for _, _, w in more], np.float32)
    importance = importance_of(rows_of(texts, kept.bits)[0], len(texts), kept.bits)
    net = BagNet(2**kept.bits, kept.hidden, len(leaves), plan.seed)
    print(f"{len(examples)} labelled texts, {len(more)} titles and phrases, {len(leaves)} leaves", flush=True)
    bag = bag_of(texts, kept.bits, importance)
    net.learn(bag, targets(cpv, leaves), weight, plan, lambda e, loss: print(f"epoch {e}: {loss:.3f}", flush=True))
    return net, importance


def merged(nets: Sequence[BagNet]) -> BagNet:
    """One network whose scores are the mean of those of several: their hidden layers side by side."""
    net, count = nets[0], np.float32(len(nets))
    net.table = np.concatenate([one.table for one in nets], axis=1)
    net.bias = np.concatenate([one.bias for one in nets])
    net.out = np.concatenate([one.out for one in nets]) / count
    net.out_bias = sum(one.out_bias for one in nets) / count
    return net


def rows_of(texts: Sequence[str], bits: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Rows and starts of all texts, some thousand at a time."""
    parts = [read_features(texts[i : i + 4096], bits) for i in range(0, len(texts), 4096)]
    counts = np.concatenate([np.diff(part.start) for part in parts])
    return np.concatenate([part.row for part in parts]), np.concatenate([[0], np.cumsum(counts)])


def importance_of(row: NDArray[np.int32], texts: int, bits: int) -> Numbers:
    """Rarity of each row, log((1 + texts) / (1 + times met)) + 1 and never below 1; 0 for a row that no text has."""
    met = np.bincount(row, minlength=2**bits)
    found = np.maximum(np.log((1 + texts) / (1 + met)), 0) + 1
    return np.where(met, found, 0).astype(np.float16).astype(np.float32)


def bag_of(texts: Sequence[str], bits: int, importance: Numbers) -> Bag:
    """Features of texts as the shipped model weighs them."""
    row, start = rows_of(texts, bits)
    value = importance[row]
    owner = np.repeat(np.arange(len(texts)), np.diff(start))
    length = np.sqrt(np.bincount(owner, value.astype(np.float64) ** 2, minlength=len(texts)))
    return Bag(row, (value / np.maximum(length, 1e-6)[owner]).astype(np.float32), start)


def best_temperature(scores: Numbers, leaves: Leaves, look: Sequence[Example]) -> float:
    """The divisor of scores, of a grid, with which the chance of the division is most honest, by texts and by notices."""
    names = sorted(set(leaves.division))
    belongs = np.array([[name == of for name in names] for of in leaves.division], np.float32)
    truth = np.array([e.cpv[:2] for e in look])
    notices = np.array([e.weight**2 for e in look])

    def error(temperature: float) -> float:
        division = softmax(scores / np.float32(temperature)) @ belongs
        right = np.array(names)[division.argmax(axis=1)] == truth
        sure = division.max(axis=1)
        return calibration_error(sure, right, np.ones(len(sure))) + calibration_error(sure, right, notices)

    return min((step / 20 for step in range(14, 40)), key=error)


def write(file: Path, net: BagNet, importance: Numbers, leaves: Leaves, temperature: float) -> None:
    """The file of weights: the table in steps of three quarters of a column's spread; rows never met take no room.

    Steps a third as wide make the file half as large again and no answer better.
    """
    table = net.table * (importance > 0)[:, None]
    scale = table[importance > 0].std(axis=0) * STEP
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        file,
        rows=np.clip(np.round(table / scale), -127, 127).astype(np.int8),
        scale=scale.astype(np.float32),
        importance=importance.astype(np.float16),
        hidden_bias=net.bias,
        out=net.out.astype(np.float16),
        out_bias=net.out_bias.astype(np.float16),
        leaf_cpv=np.array(" ".join(prefix for prefix, _ in leaves)),
        leaf_category=np.array(" ".join(category or "-" for _, category in leaves)),
        temperature=np.float32(temperature),
    )
    print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
