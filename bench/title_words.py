"""How well title words, with the text model, find the purchase: precision and recall per category and language against buyers' own codes.

Usage: ``python -m bench.title_words PATH/labelled_cpv_train.csv.gz [--contradictions N]``; the file has the columns text, cpv,
lang. Labels are noisy and many texts name only a place. The text model has learned from most of the labelled file, so over all of
it the figures flatter; ``bench/classify_lines.py --labelled`` measures on the notices that were kept out.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from duecare.evidence.profiles import load_profiles
from duecare.records.classify import classify_many
from duecare.records.crosswalk import read_codes
from duecare.terms import Classified

TEN = frozenset({"CAT02", "CAT03", "CAT04", "CAT06", "CAT07", "CAT08", "CAT11", "CAT13", "CAT15", "CAT16"})
SURE = 0.6


def main() -> None:
    """Print the tables; sampled contradictions are for a person to read and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--contradictions", type=int, default=0)
    given = parser.parse_args()
    with gzip.open(given.file, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found, seconds = _timed(rows)
    print(f"{len(rows):,} texts, {len(rows) / seconds:,.0f} texts/s of processor time, first reading")
    _agreement(rows, found)
    _contradictions(rows, given.contradictions)


def _timed(rows: list[dict[str, str]]) -> tuple[list[Classified], float]:
    classify_many([("", "", "", "warm up", "")])
    start = time.process_time()
    found = classify_many(("", "", "", row["text"], "") for row in rows)
    return found, time.process_time() - start


def _agreement(rows: list[dict[str, str]], found: list[Classified]) -> None:
    by_id = load_profiles().by_id
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, words in zip(rows, found, strict=True):
        declared = read_codes(row["cpv"], "", "")
        if declared.broad:
            continue
        truth = by_id[declared.profile].category
        said = by_id[words.profile].category if words.confidence > SURE else ""
        for key in (truth, f"ten, {row['lang']}", "ten") if truth in TEN else (truth,):
            counts[key]["there"] += 1
            counts[key]["right"] += said == truth
        for key in (said, f"ten, {row['lang']}", "ten") if said in TEN else (said,):
            counts[key]["said"] += 1
    for key in sorted(key for key in counts if key.startswith(("CAT", "ten"))):
        n = counts[key]
        print(f"{key:16} n {n['there']:6} precision {_share(n, 'said')} recall {_share(n, 'there')}")


def _share(counts: Counter[str], of: str) -> str:
    return f"{counts['right'] / counts[of]:.2f}" if counts[of] else "   -"


def _contradictions(rows: Iterable[dict[str, str]], shown: int) -> None:
    coded = list(rows)
    found = classify_many((row["cpv"], "", "", row["text"], "") for row in coded)
    overruled = [(row, words) for row, words in zip(coded, found, strict=True) if words.contradicts]
    print(f"{len(overruled):,} codes overruled by their title ({len(overruled) / len(coded):.4f} of the rows)")
    for row, words in random.Random(1).sample(overruled, min(shown, len(overruled))):
        print(row["lang"], row["cpv"], words.profile, "instead of", words.alternatives[0], "|", row["text"][:100])


if __name__ == "__main__":
    main()
