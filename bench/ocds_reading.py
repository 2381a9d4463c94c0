"""Reading OCDS JSON lines with every check on, against counting their fields with ocdscardinal, in the same run.

Usage: python bench/ocds_reading.py [--lines 100000] [--repeats 3] [--workers 2] [--folder DIR] [--keep]

Both read the same file, one after the other, several times; the best of each counts. Printed: lines, MB, MB/s of both, their
ratio, processor time of both per line (which other work on the machine disturbs less), the most memory of our whole process tree,
and whether rows, lines and the sum of the amounts are what was made.
Goals: at least 1.2 times the anchor at 100 thousand lines, 2.0 times at a million, 0.5 GB.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent))
import make_ocds

from duecare.records.ocds import read_ocds
from duecare.records.ocds.structure_compiled import CompiledProver, prover_for
from duecare.records.request import Request
from duecare.records.staging import LINE_COLUMNS, Summary
from duecare.settings import Limits

GOALS = {100_000: 1.2, 1_000_000: 2.0}
MOST_MEMORY = 500_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="duecare-bench-", dir=chosen.folder))
    try:
        return run(folder, chosen.lines, chosen.repeats, chosen.workers)
    finally:
        if not chosen.keep:
            shutil.rmtree(folder)


def run(folder: Path, lines: int, repeats: int, workers: int) -> int:
    path = folder / "releases.jsonl"
    make_ocds.write(path, lines)
    megabytes = path.stat().st_size / 1e6
    say(f"{lines:,} lines, {megabytes:,.0f} MB, {path.stat().st_size / lines:,.0f} bytes a line")
    ours, anchor, memory = [], [], 0
    costs: dict[str, list[float]] = {"ours": [], "anchor": []}
    for _ in range(repeats):
        staging = folder / "staging"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        request = Request(Limits(), date(2026, 11, 1), workers=workers)
        before = processor_seconds()
        summary, seconds, peak = watched(lambda staging=staging, request=request: read_ocds(path, staging, request))
        costs["ours"].append(processor_seconds() - before)
        ours.append(seconds)
        memory = max(memory, peak)
        before = processor_seconds()
        anchor.append(timed(lambda: coverage(path)))
        costs["anchor"].append(processor_seconds() - before)
        say(f"  ours {megabytes / ours[-1]:6.1f} MB/s   anchor {megabytes / anchor[-1]:6.1f} MB/s")
    assert isinstance(summary, Summary)
    is_right = check(staging, summary, lines)
    ratio = min(anchor) / min(ours)
    say(f"ours {megabytes / min(ours):.1f} MB/s, anchor {megabytes / min(anchor):.1f} MB/s, ratio {ratio:.2f}")
    each = {name: min(found) / lines * 1e6 for name, found in costs.items()}
    say(f"processor microseconds a line: ours {each['ours']:.1f}, anchor {each['anchor']:.1f}")
    say(
        f"compiled proof: {'yes' if prover_for(path, 64).__class__ is CompiledProver else 'no (pip install duecare[fast])'}"
    )
    say(f"most memory of the process tree {memory / 1e6:,.0f} MB; rows and sums {'right' if is_right else 'WRONG'}")
    goal = GOALS.get(lines)
    if goal is not None:
        say(f"goal {goal}: {'met' if ratio >= goal and memory <= MOST_MEMORY else 'NOT met'}")
    return 0 if is_right else 1


def check(staging: Path, summary: Summary, lines: int) -> bool:
    """Rows as made, one line for each process, and amounts that add up to the cent to those of the source."""
    amounts = Decimal(0)
    count = 0
    place = LINE_COLUMNS.index("amount")
    import csv

    for part in staging.glob("lines-*.csv"):
        with part.open(newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                amounts += Decimal(row[place] or 0)
                count += 1
    expected_count, expected_sum = make_ocds.expected(lines)
    say(
        f"  rows {summary.rows:,} parked {summary.quarantined:,} merged {summary.merged:,} lines {count:,} sum {amounts:,}"
    )
    return (summary.rows, summary.quarantined, count, amounts) == (lines, 0, expected_count, expected_sum)


def coverage(path: Path) -> object:
    import ocdscardinal

    return ocdscardinal.coverage(str(path))


def processor_seconds() -> float:
    """User and system time of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def watched(work: Callable[[], object]) -> tuple[object, float, int]:
    """Result, seconds and the largest sum of resident memory of this process and its children, looked at 20 times a second."""
    tree, peak, done = psutil.Process(), 0, threading.Event()

    def look() -> None:
        nonlocal peak
        while not done.wait(0.05):
            found = 0
            for process in (tree, *tree.children(recursive=True)):
                try:
                    found += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak = max(peak, found)

    watcher = threading.Thread(target=look)
    watcher.start()
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    return result, seconds, peak


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
