"""Speed of classification: 100,000 distinct texts through the command line, and ten million lines with them in the engine.

    python bench/classify_lines.py [--texts 100000] [--lines 10000000] [--labelled PATH/labelled_cpv_train.csv.gz]

The texts are made from a seed out of our own word lists: phrases of kinds of purchases with place names and numbers around
them. Anchors of the same run: reading the same CSV with ``csv.DictReader`` and writing it as JSON lines; the engine copying
the same lines. With ``--labelled`` the texts of a labelled file are measured for what they are: precision and recall per
category and the division, on the notices that are kept out of training (hash of source and notice, folds 0 and 1 of 20).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from duecare.evidence.profiles import load_profiles
from duecare.identify.bought import classify_lines
from duecare.records.classify import classify_many
from duecare.records.crosswalk import read_codes
from duecare.records.text_reading import risk_category
from duecare.records.words import shipped_languages
from duecare.register.engine import Engine
from duecare.settings import Settings

TEN = ("CAT03", "CAT04", "CAT06", "CAT11", "CAT07", "CAT02", "CAT16", "CAT13", "CAT15", "CAT08")
FOLDS, KEPT_OUT = 20, (0, 1)


def made_texts(count: int, seed: int = 7) -> list[str]:
    """Distinct texts of 30 to 120 characters, the same for the same seed."""
    draw = random.Random(seed)
    phrases = [
        phrase.replace("*", draw.choice(("a", "en", "s")))
        for language in shipped_languages()
        for many in language.sure.values()
        for phrase in many
    ]
    words = sorted({word for phrase in phrases for word in phrase.split() if len(word) > 3})
    found: dict[str, None] = {}
    while len(found) < count:
        around = " ".join(draw.choice(words) for _ in range(draw.randint(2, 7)))
        found[f"{draw.choice(phrases)} {around} {draw.randint(1, 9999)}".capitalize()] = None
    return list(found)


def through_the_command(texts: list[str], folder: Path) -> dict:
    """Wall-clock and processor seconds of ``duecare classify`` from process start to its last line, and its anchor."""
    path = folder / "texts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "lang"])
        writer.writerows([text, ""] for text in texts)
    start, before = time.perf_counter(), os.times()
    with (folder / "out.jsonl").open("wb") as out:
        subprocess.run([sys.executable, "-m", "duecare", "classify", path, "--json"], stdout=out, check=True)
    seconds, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    answered = [json.loads(line)["text"] for line in (folder / "out.jsonl").open(encoding="utf-8")]
    assert answered == texts
    return {
        "texts": len(texts),
        "seconds": round(seconds, 2),
        "processor_seconds": round(used, 2),
        "anchor_seconds": _anchor(path, folder),
    }


def _anchor(path: Path, folder: Path) -> float:
    start = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file, (folder / "anchor.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in csv.DictReader(file))
    return round(time.perf_counter() - start, 2)


def in_the_engine(texts: list[str], lines: int, folder: Path) -> dict:
    """Seconds and memory of classifying ``lines`` lines with these texts and writing the answer of every line."""
    source, out = folder / "lines.parquet", folder / "classified.parquet"
    with Engine(Settings(), spill=folder) as engine:
        engine.table("texts_given", {"n": "BIGINT", "title": "VARCHAR"}, list(enumerate(texts)))
        nothing = ", ".join(
            f"CAST(NULL AS VARCHAR) AS {name}"
            for name in ("cpv", "unspsc", "hs", "description", "language", "procurement_category")
        )
        engine.write_parquet(
            f"SELECT printf('%020x', i) AS line_id, t.title, {nothing} FROM range({lines}) AS r(i) JOIN texts_given AS t ON t.n = i % {len(texts)}",
            source,
        )
        start = time.perf_counter()
        engine.view_parquet("lines", [source])
        engine.write_parquet("lines", folder / "copy.parquet")
        anchor = time.perf_counter() - start
    start, used = time.perf_counter(), time.process_time()
    with Engine(Settings(), spill=folder) as engine:
        engine.view_parquet("lines", [source])
        classify_lines(engine, classify_many)
        engine.write_parquet("SELECT line_id, profile, how, confidence, contradicts FROM classified_lines", out)
        seconds, used = time.perf_counter() - start, time.process_time() - used
        engine.view_parquet("written", [out])
        assert engine.rows("SELECT count(*) AS n, count(DISTINCT line_id) AS lines FROM written") == [
            {"n": lines, "lines": lines}
        ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "lines": lines,
        "texts": len(texts),
        "seconds": round(seconds, 2),
        "processor_seconds": round(used, 2),
        "peak_gib": round(peak, 2),
        "anchor_seconds": round(anchor, 2),
    }


def how_good(file: Path) -> None:
    """Precision and recall per category and the division, from text alone, on notices that no training saw."""
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        rows = [row for row in csv.DictReader(opened) if _fold(row) in KEPT_OUT]
    profiles = load_profiles()
    found = classify_many(("", "", "", row["text"], "", row["lang"]) for row in rows)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, one in zip(rows, found, strict=True):
        declared = read_codes(row["cpv"], "", "")
        truth = risk_category(profiles.by_id[declared.profile].category)
        said = risk_category(profiles.by_id[one.profile].category)
        counts[truth]["there"] += 1
        counts[said]["said"] += 1
        counts[truth]["right"] += said == truth
        if row["cpv_valid"] == "True":
            first_three = [one.cpv[:2], *(cpv[:2] for cpv, _ in one.guesses)][:3]
            for key in ("division", f"division, {row['lang']}"):
                counts[key].update(there=1, right=row["cpv"][:2] == one.cpv[:2], three=row["cpv"][:2] in first_three)
    ten = Counter({name: sum(counts[category][name] for category in TEN) for name in ("there", "said", "right")})
    for category, n in [("ten", ten), *((category, counts[category]) for category in TEN)]:
        print(
            f"{category:6} n {n['there']:5} precision {_share(n, 'right', 'said')} recall {_share(n, 'right', 'there')}"
        )
    for key in sorted(key for key in counts if key.startswith("division")):
        n = counts[key]
        print(f"{key:14} n {n['there']:5} top-1 {_share(n, 'right', 'there')} top-3 {_share(n, 'three', 'there')}")


def _fold(row: dict[str, str]) -> int:
    return int(hashlib.sha256(f"{row['source']}|{row['notice_id']}".encode()).hexdigest()[:8], 16) % FOLDS


def _share(n: Counter[str], part: str, of: str) -> str:
    return f"{n[part] / n[of]:.3f}" if n[of] else "  -  "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--labelled", type=Path)
    given = parser.parse_args()
    texts = made_texts(given.texts)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(through_the_command(texts, Path(folder))), flush=True)
        print(json.dumps(in_the_engine(texts, given.lines, Path(folder))), flush=True)
    if given.labelled:
        how_good(given.labelled)


if __name__ == "__main__":
    main()
