"""Train the second tier of the text model: a head on sentence embeddings, and how much each tier counts.

    python -m bench.train_sentence_head LABELLED.csv.gz TITLES.csv.gz --scores SCORES.npz --vectors VECTORS.npz --out tier2.npz

``--scores`` is what ``bench.train_text_model --scores`` kept of folds 2-4; embeddings of all texts are made once (some 20 minutes
on two cores) and kept in ``--vectors``. Prints figures of each tier, of both, and of the mixture that is shipped.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.text_model_labels import Example, Leaves, read_examples, read_phrases, read_titles, targets
from bench.text_model_measure import report
from bench.text_model_net import Head, Numbers, Plan, softmax
from bench.train_text_model import LAST_LOOK, SEED, TUNING, Settings
from duecare.records.text_model.sentences import LONGEST, Sentences

PLAN = Plan(epochs=12, rate=2e-3, rate_out=0, drop=0, drop_hidden=0.4, batch=512)
HIDDEN = 320
TITLE_WEIGHT = 0.3


def main() -> None:
    """Embed, learn, mix, measure, write."""
    given = arguments()
    titles = read_titles(given.titles)
    codes = frozenset(code for code, _, _ in titles)
    examples = read_examples(given.labelled, codes)
    leaves = Leaves(codes, [e for e in examples if e.fold not in LAST_LOOK], given.least)
    more = [(c, t) for c, lang, t in titles if lang in {"en", "ru", "uk"} and c.endswith("0000")]
    more += [(code, phrase) for code, _, phrase in read_phrases()]
    kept = vectors_of([e.text for e in examples] + [t for _, t in more], given.vectors, make=not given.only_cached)
    out = LAST_LOOK if given.all else [*LAST_LOOK, *TUNING]
    learning = [e for e in examples if e.fold not in out and e.declared_2008 and key(e.text) in kept]
    extra = [(c, t) for c, t in more if key(t) in kept]
    head = learn(learning, extra, leaves, kept)
    measured = [e for e in examples if e.fold in (LAST_LOOK if given.all else TUNING) and e.declared_2008]
    mix = (given.own, given.theirs) if given.all else None
    own, theirs = measure(
        head, measured, leaves, kept, np.load(given.scores)["scores"], {e.text for e in learning}, mix
    )
    first, bias, last, last_bias = (part.astype(np.float16) for part in head.parts)
    np.savez_compressed(
        given.out,
        first=first,
        first_bias=bias,
        last=last,
        last_bias=last_bias,
        own=np.float32(own),
        theirs=np.float32(theirs),
    )


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("labelled", "titles"):
        parser.add_argument(name, type=Path)
    for name in ("--scores", "--vectors", "--out"):
        parser.add_argument(name, type=Path, required=name != "--scores")
    parser.add_argument("--least", type=float, default=Settings().least)
    parser.add_argument("--only-cached", action="store_true", help="leave out texts that have no embedding yet")
    parser.add_argument(
        "--all", action="store_true", help="learn from the tuning folds too, with --own and --theirs as found"
    )
    parser.add_argument("--own", type=float, default=0.5)
    parser.add_argument("--theirs", type=float, default=0.5)
    return parser.parse_args()


def key(text: str) -> int:
    """Number of a text as it is embedded."""
    return int.from_bytes(hashlib.sha256(text[:LONGEST].encode()).digest()[:8], "little")


def vectors_of(texts: Sequence[str], cache: Path, make: bool) -> dict[int, Numbers]:
    """Embeddings by key, from the cache and, when ``make``, made for what it lacks (and kept)."""
    known: dict[int, Numbers] = {}
    if cache.exists():
        with np.load(cache) as kept:
            known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
    missing = {key(text): text for text in texts if key(text) not in known} if make else {}
    if missing:
        known.update(zip(missing, Sentences().vectors(list(missing.values())).astype(np.float16), strict=True))
        np.savez(cache, keys=np.array(list(known), np.uint64), vectors=np.stack(list(known.values())))
    return known


def learn(learning: list[Example], extra: list[tuple[str, str]], leaves: Leaves, kept: dict[int, Numbers]) -> Head:
    """The head, on labelled texts, titles and phrases."""
    texts = [e.text for e in learning] + [t for _, t in extra]
    vectors = np.stack([kept[key(text)] for text in texts]).astype(np.float32)
    weight = np.array([e.weight for e in learning] + [TITLE_WEIGHT] * len(extra), np.float32)
    right = targets([e.cpv for e in learning] + [c for c, _ in extra], leaves)
    head = Head(vectors.shape[1], HIDDEN, len(leaves), SEED)
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0)
    vectors = (vectors - mean) / spread
    head.learn(vectors, right, weight, PLAN, lambda e, loss: print(f"epoch {e}: {loss:.3f}", flush=True))
    head.parts[0] /= spread[:, None]
    head.parts[1] -= mean @ head.parts[0]
    return head


def measure(
    head: Head,
    measured: list[Example],
    leaves: Leaves,
    kept: dict[int, Numbers],
    scores: Numbers,
    learned: set[str],
    mix: tuple[float, float] | None,
) -> tuple[float, float]:
    """The weights of both tiers (``mix``, or those with the least loss), and figures of each way to answer."""
    at = [i for i, e in enumerate(measured) if key(e.text) in kept]
    some = [measured[i] for i in at]
    right = targets([e.cpv for e in some], leaves)
    pattern, weight = right.pattern[right.which], np.array([e.weight for e in some])
    theirs = head.scores(np.stack([kept[key(e.text)] for e in some]).astype(np.float32))
    own = scores[at]

    def loss(pair: tuple[float, float]) -> float:
        chance = (softmax(own * np.float32(pair[0]) + theirs * np.float32(pair[1])) * pattern).sum(axis=1)
        return float(-(weight * np.log(np.maximum(chance, 1e-9))).sum() / weight.sum())

    steps = [step / 20 for step in range(6, 21)]
    best = mix or min(((a, b) for a in [0.0, *steps] for b in [0.0, *steps] if a + b), key=loss)
    first, second = min(((a, 0.0) for a in steps), key=loss), min(((0.0, b) for b in steps), key=loss)
    ways = {"tier 1": first, "embeddings alone": second, "both": best}
    found = {name: softmax(own * np.float32(a) + theirs * np.float32(b)) for name, (a, b) in ways.items()}
    names = sorted(set(leaves.division))
    sure = np.stack([found["tier 1"][:, leaves.division == n].sum(axis=1) for n in names], axis=1).max(axis=1)
    for limit in (0.4, 0.6, 0.8):
        name = f"embeddings below {limit} ({(sure < limit).mean():.0%} of texts)"
        found[name] = np.where((sure < limit)[:, None], found["both"], found["tier 1"])
    for name, chance in found.items():
        print(f"\n== {name}; weights {ways.get(name, best)}")
        report(chance, leaves, some, learned)
    return best


if __name__ == "__main__":
    main()
