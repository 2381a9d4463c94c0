"""Learn what words of our lists and the nature of a contract add to the text model, on texts that a model had not seen.

    python -m bench.train_context LABELLED.csv.gz TITLES.csv.gz --vectors VECTORS.npz --out context.npz --natures TED.zip EFORMS.zip REGISTER.csv.gz

The notices are parted in three; each part is read by models that learned from the other two. On their scores the amounts
are learned (softmax regression, small weights preferred). Without ``--all`` folds 0-4 are left out of everything.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.text_model_labels import Example, Leaves, read_examples, read_phrases, read_titles, targets
from bench.text_model_natures import read_natures
from bench.text_model_net import Numbers, Plan, slope_of_scores, softmax
from bench.train_sentence_head import key, vectors_of
from bench.train_sentence_head import learn as learn_head
from bench.train_text_model import LAST_LOOK, TUNING, Settings, bag_of, extra_texts, learn
from duecare.evidence.profiles import load_profiles
from duecare.records.text_model.context import NATURES, NO_WORDS, groups_of_leaves
from duecare.records.text_reading import Namer, evidence
from duecare.records.words import load_words

PARTS, EPOCHS, BATCH, RATE, DECAY, SEED = 3, 12, 1024, 0.03, 1e-4, 1
NATURE_HIDDEN = 0.5
"""share of looks at a text that hide its nature, since most texts come without"""
PLAN = Plan(7, 0.3, 0.05, 0.4, 0.1)


@dataclass(frozen=True, slots=True)
class Unseen:
    """Texts that no model had learned: their scores by tier, names of words and natures as numbers (-1 unknown), right leaves."""

    scores: dict[int, Numbers]
    words: NDArray[np.int64]
    nature: NDArray[np.int64]
    pattern: NDArray[np.float32]
    which: NDArray[np.int64]
    weight: Numbers


def main() -> None:
    """Part, learn, score, fit, write."""
    given = arguments()
    titles = read_titles(given.titles)
    examples = read_examples(given.labelled, frozenset(code for code, _, _ in titles))
    kept = Settings()
    leaves = Leaves([c for c, _, _ in titles], [e for e in examples if e.fold not in LAST_LOOK], kept.least)
    out = LAST_LOOK if given.all else [*LAST_LOOK, *TUNING]
    examples = [e for e in examples if e.fold not in out and e.declared_2008]
    own, second = cross_scores(examples, titles, leaves, kept, vectors_of([], given.vectors, make=False))
    has_second = second.any(axis=1)
    names, words = names_of_words([e.text for e in examples])
    natures = read_natures(given.natures)
    nature = [natures.get((e.source, e.notice), "") for e in examples]
    right = targets([e.cpv for e in examples], leaves)
    first = own / np.float32(given.temperature)
    both = np.where(has_second[:, None], own * np.float32(given.own) + second * np.float32(given.theirs), first)
    unseen = Unseen(
        {1: first, 2: both},
        words,
        np.array([NATURES.index(one) if one else -1 for one in nature]),
        right.pattern,
        right.which,
        np.array([e.weight for e in examples], np.float32),
    )
    groups = groups_of_leaves([prefix for prefix, _ in leaves], [category for _, category in leaves])
    found: dict[str, object] = {"names": np.array(" ".join(names))}
    for tier, sharpness in ((1, given.sharpness_1), (2, given.sharpness_2)):
        by_words, by_nature = fit(unseen, tier, len(names), groups)
        found[f"words_{tier}"], found[f"natures_{tier}"] = by_words.astype(np.float16), by_nature.astype(np.float16)
        found[f"sharpness_{tier}"] = np.float32(sharpness)
    np.savez_compressed(given.out, **found)  # type: ignore[arg-type]
    print(f"{given.out.name}: {given.out.stat().st_size / 1e3:.0f} kB, {len(names)} names of words")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("labelled", "titles"):
        parser.add_argument(name, type=Path)
    for name in ("--vectors", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--natures", type=Path, nargs="*", default=[])
    parser.add_argument("--all", action="store_true", help="learn from the tuning folds too")
    for name, usual in (
        ("temperature", 1.15),
        ("own", 0.5),
        ("theirs", 0.4),
        ("sharpness-1", 0.9),
        ("sharpness-2", 0.95),
    ):
        parser.add_argument(f"--{name}", type=float, default=usual)
    return parser.parse_args()


def cross_scores(
    examples: Sequence[Example],
    titles: list[tuple[str, str, str]],
    leaves: Leaves,
    kept: Settings,
    vectors: dict[int, Numbers],
) -> tuple[Numbers, Numbers]:
    """Scores of both tiers for each text by models that learned without its part; zeros of tier 2 where there is no embedding."""
    own, second = (np.zeros((len(examples), len(leaves)), np.float32) for _ in range(2))
    more = extra_texts(titles, kept)
    short = [(c, t) for c, lang, t in titles if lang in {"en", "ru", "uk"} and c.endswith("0000")]
    short += [(code, phrase) for code, _, phrase in read_phrases()]
    short = [(c, t) for c, t in short if key(t) in vectors]
    for at, learning in _parts(examples):
        net, importance = learn(learning, more, leaves, kept, PLAN)
        own[at] = net.scores(bag_of([examples[i].text for i in at], kept.bits, importance))
        head = learn_head([e for e in learning if key(e.text) in vectors], short, leaves, vectors)
        seen = [i for i in at if key(examples[i].text) in vectors]
        second[seen] = head.scores(np.stack([vectors[key(examples[i].text)] for i in seen]).astype(np.float32))
    return own, second


def _parts(examples: Sequence[Example]) -> Iterator[tuple[list[int], list[Example]]]:
    """(numbers of the texts of a part, the examples of the others), part by part."""
    for part in range(PARTS):
        mine = [i for i, e in enumerate(examples) if e.fold % PARTS == part]
        yield mine, [e for e in examples if e.fold % PARTS != part]


def names_of_words(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """All names of words met, and the number of each text's name."""
    namer = Namer(load_words(), load_profiles())
    said = [evidence(namer.name(text).first) for text in texts]
    names = sorted({*said, NO_WORDS})
    number = {name: i for i, name in enumerate(names)}
    return names, np.array([number[name] for name in said])


def fit(unseen: Unseen, tier: int, names: int, groups: NDArray[np.float32]) -> tuple[Numbers, Numbers]:
    """Amounts of words (names, groups) and of natures (natures, groups); Adam, seeded."""
    amounts = [np.zeros((count, len(groups)), np.float32) for count in (names, len(NATURES) + 1)]
    mean, square = ([np.zeros_like(one) for one in amounts] for _ in range(2))
    random, steps = np.random.default_rng(SEED), 0
    for epoch in range(EPOCHS):
        order = random.permutation(len(unseen.words))
        for part in (order[i : i + BATCH] for i in range(0, len(order), BATCH)):
            steps += 1
            nature = np.where(random.random(len(part)) < NATURE_HIDDEN, -1, unseen.nature[part])
            said = (unseen.words[part], nature)
            scores = unseen.scores[tier][part] + (amounts[0][said[0]] + amounts[1][said[1]]) @ groups
            slope, _ = slope_of_scores(softmax(scores), unseen.pattern[unseen.which[part]], unseen.weight[part])
            inner = slope @ groups.T / unseen.weight[part].sum()
            for kind, decay in ((0, DECAY), (1, DECAY / 10)):
                step = np.zeros_like(amounts[kind])
                np.add.at(step, said[kind], inner)
                step += np.float32(decay) * amounts[kind]
                mean[kind] += np.float32(0.1) * (step - mean[kind])
                square[kind] += np.float32(0.001) * (step * step - square[kind])
                certain = np.sqrt(square[kind] / np.float32(1 - 0.999**steps)) + np.float32(1e-8)
                amounts[kind] -= np.float32(RATE * (1 - epoch / EPOCHS) / (1 - 0.9**steps)) * mean[kind] / certain
            amounts[1][-1] = 0
    return amounts[0], amounts[1][:-1]


if __name__ == "__main__":
    main()
