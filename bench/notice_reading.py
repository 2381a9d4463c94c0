"""Notices a second and core: XML to staged lines, against a bare parse of the same members by lxml, in the same run.

Usage: python bench/notice_reading.py [--package ZIP] [--notices 3000] [--repeats 3]

Without ``--package`` the TED notices of the third-party data beside the checkout are read; where they are missing this is
said and invented notices are read instead, always the same for a seed. Speed is of processor time of one process. Memory
is the peak of a process of its own after a tenth of the package and after all of it. Goals: 150 notices/s, memory flat.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from notice_texts import Part, Won, eforms, result, ted

from duecare.records import archive
from duecare.records.notices.package import read_zip
from duecare.records.request import Request
from duecare.records.staging import Summary
from duecare.settings import Limits

REAL = Path(__file__).resolve().parents[2] / "shared/data/procurement/ted_r209_notices_2016_2021.zip"
GOAL, MOST_GROWTH = 150, 20_000_000
LIMITS = Limits()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path)
    parser.add_argument("--notices", type=int, default=3000)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="duecare-bench-"))
    try:
        path = chosen.package or (REAL if REAL.is_file() else invented(folder, chosen.notices))
        return run(path, folder, chosen.repeats)
    finally:
        shutil.rmtree(folder)


def run(path: Path, folder: Path, repeats: int) -> int:
    entries = archive.list_entries(path, LIMITS)
    megabytes = sum(entry.size for entry in entries) / 1e6
    print(f"{path.name}: {len(entries):,} notices, {megabytes:,.0f} MB of XML")
    ours, bare = [], []
    for number in range(repeats):
        staging = folder / f"staging-{number}"
        staging.mkdir()
        summary, seconds = timed(lambda staging=staging: read(path, entries, staging))
        ours.append(len(entries) / seconds)
        bare.append(len(entries) / timed(lambda: parse_all(path, entries))[1])
        print(
            f"  ours {ours[-1]:7,.0f}/s   bare lxml parse {bare[-1]:7,.0f}/s   lines and all checks cost {bare[-1] / ours[-1]:.1f} parses"
        )
    small, large = (peak(path, entries[: len(entries) // part], folder / f"memory-{part}") for part in (10, 1))
    lines = sum(len(part.read_bytes().splitlines()) for part in (folder / "staging-0").glob("lines-*.csv"))
    print(f"rows {summary.rows:,}, parked {summary.quarantined:,}, lines {lines:,}")
    print(f"memory: {small / 1e6:,.0f} MB after a tenth, {large / 1e6:,.0f} MB after all")
    is_fast, is_flat = max(ours) >= GOAL, large - small < MOST_GROWTH
    print(f"goal {GOAL}/s: {'met' if is_fast else 'MISSED'}; memory flat: {'yes' if is_flat else 'NO'}")
    return 0 if is_fast and is_flat else 1


def read(path: Path, entries: list[archive.Entry], staging: Path) -> Summary:
    return read_zip(path, entries, staging, Request(LIMITS, date(2026, 11, 1), workers=1))


def parse_all(path: Path, entries: list[archive.Entry]) -> None:
    with path.open("rb") as file:
        for entry in entries:
            etree.fromstring(archive.whole(file, entry), etree.XMLParser(resolve_entities=False, no_network=True))


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    found = work()
    return found, time.process_time() - start


def peak(path: Path, entries: list[archive.Entry], folder: Path) -> int:
    """The largest resident memory of a forked process that reads these entries and nothing else, in bytes."""
    folder.mkdir()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            read(path, entries, folder)
            status = 0
        finally:
            os._exit(status)
    _, status, usage = os.wait4(pid, 0)
    assert status == 0
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def invented(folder: Path, count: int) -> Path:
    print("SKIPPED: the third-party TED notices are not beside this checkout; invented ones are read instead.")
    rng = random.Random(20261101)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(1, count + 1):
            lots = tuple(part(rng, place) for place in range(1, rng.randint(2, 8)))
            facts = result(number=f"{number:06d}-2021", notice=f"{number:08x}-0000-4000-8000-000000000000", parts=lots)
            package.writestr(f"{number % 12:02d}/{number:06d}.xml", (ted if number % 2 else eforms)(facts))
    path = folder / "invented.zip"
    path.write_bytes(out.getvalue())
    return path


def part(rng: random.Random, place: int) -> Part:
    bought, cpv = rng.choice([("Cleaning of offices", "90919200"), ("Guards", "79713000"), ("Uniforms", "18110000")])
    told = " ".join(
        rng.choice(["daily", "night", "all", "buildings", "with", "material", "two", "years"]) for _ in range(200)
    )
    won = Won(winner=f"Firm {rng.randint(1, 500)}", amount=f"{rng.randint(1000, 900_000)}", contract=f"C-{place}")
    return Part(number=str(place), title=f"{bought} {place}", told=told, cpv=(cpv,), won=won)


if __name__ == "__main__":
    sys.exit(main())
