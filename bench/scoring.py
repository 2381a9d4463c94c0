"""Speed of scoring: seeded classified lines with about a million distinct country x category pairs, and the cost of 10x more.

    python bench/scoring.py --rows 1000000 --rows 10000000

Prints seconds, rows per second, peak memory of the whole process tree, the ratio between the sizes, checks of rows and sums,
and the ratio to the anchor of the same run: the engine copying the same lines from Parquet to Parquet.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

from duecare.evidence.profiles import load_profiles
from duecare.identify.method import load_method
from duecare.identify.risk import RESULTS, score
from duecare.register.engine import Engine
from duecare.settings import Settings

AS_OF = date(2026, 11, 1)
COUNTRIES = [chr(65 + i // 26) + chr(65 + i % 26) for i in range(200)]
CODES = 5000


class SeededEvidence:
    """Country levels and listed pairs drawn by a fixed rule: speed, not truth."""

    def country_factors(self):
        for i, country in enumerate(COUNTRIES):
            for j, factor in enumerate(("G1", "G3", "G4")):
                if (i + j) % 7:
                    value = float((i * 3 + j) % 5) or 1.0
                    yield {"country": country, "factor": factor, **_level(value, f"{factor}.{country}")}

    def listed_goods(self):
        goods = sorted({good for p in load_profiles().by_id.values() for s in p.stages for good in s.goods})
        for i, good in enumerate(goods):
            for j in range(5):
                country, forced = COUNTRIES[(i * 17 + j * 29) % len(COUNTRIES)], (i + j) % 3 == 0
                row = _level(4.0 if forced else 2.0, f"listed.{i}.{j}")
                yield {
                    "good": good,
                    "country": country,
                    "child_labour": not forced,
                    "forced_labour": forced,
                    "downstream": False,
                } | row

    def state_imposed(self):
        return []

    def observations(self):
        return []


def _level(value: float, fact: str) -> dict:
    return {"value": value, "lo": max(0.0, value - 0.25), "hi": min(4.0, value + 0.25), "grade": "E3", "fact_id": fact}


def make_lines(rows: int, path: Path, seed: int = 7) -> None:
    """Write ``rows`` classified lines to a Parquet file; the same rows for the same seed."""
    profiles = sorted(load_profiles().by_id)
    with Engine(Settings()) as engine:
        engine.table(
            "codes", {"code": "INTEGER", "profile": "VARCHAR"}, [(i, profiles[i % len(profiles)]) for i in range(CODES)]
        )
        engine.table("places", {"n": "INTEGER", "country": "VARCHAR"}, list(enumerate(COUNTRIES)))

        def draw(salt: int, modulo: int) -> str:
            return f"CAST(hash(i * 1000 + {salt} + {seed}) % {modulo} AS INTEGER)"

        sql = f"""
SELECT substr(md5(CAST(i AS VARCHAR)), 1, 20) AS line_id, 'C' || i AS contract_id, CAST(NULL AS VARCHAR) AS ocid, CAST(NULL AS VARCHAR) AS lot,
       'Office ' || {draw(1, 12)} AS structure, 'Office ' || {draw(1, 12)} AS buyer, 'Supplier ' || {draw(2, 50000)} AS supplier_name,
       'S' || {draw(2, 50000)} AS supplier_id, p.country AS supplier_country, p.country, 'declared' AS country_basis,
       CASE WHEN {draw(3, 10)} < 6 THEN o.country END AS origin_country, 'Purchase of things number ' || {draw(4, 99999)} AS title,
       CAST(NULL AS VARCHAR) AS description, CAST(10000000 + c.code AS VARCHAR) AS cpv, CAST(NULL AS VARCHAR) AS unspsc, CAST(NULL AS VARCHAR) AS hs,
       CAST({draw(5, 1000000)} AS DECIMAL(38, 12)) AS amount, 'EUR' AS currency, DATE '2024-01-01' + {draw(6, 900)} AS award_date,
       DATE '2024-06-01' + {draw(6, 900)} AS start_date, DATE '2025-06-01' + {draw(7, 1500)} AS end_date, 'open' AS procedure,
       CAST({draw(8, 9)} AS BIGINT) AS tenderers, CASE WHEN {draw(9, 2)} = 0 THEN CAST({draw(10, 101)} AS DOUBLE) END AS price_weight,
       CASE WHEN {draw(11, 3)} = 0 THEN CAST({draw(12, 60)} AS DOUBLE) END AS subcontract_share, CAST({draw(13, 60)} AS BIGINT) AS bid_days,
       CAST(NULL AS BIGINT) AS payment_days, CAST(NULL AS DOUBLE) AS duration_months, 'contract' AS phase, CAST(NULL AS VARCHAR) AS version, 'f' AS file_sha256, 'line ' || i AS locator, c.profile,
       'declared' AS how, CAST(1 AS DOUBLE) AS confidence, '' AS code, '' AS contradicts, CAST(NULL AS VARCHAR) AS alternatives, CAST(NULL AS DATE) AS decided
FROM (SELECT range AS i, {draw(20, CODES).replace("(i", "(range")} AS code, {draw(21, 200).replace("(i", "(range")} AS place,
             {draw(22, 30).replace("(i", "(range")} AS origin FROM range({rows})) AS drawn
JOIN codes AS c ON c.code = drawn.code JOIN places AS p ON p.n = drawn.place JOIN places AS o ON o.n = drawn.origin
"""
        engine.write_parquet(sql.strip(), path)


def score_file(lines: Path, out: Path) -> dict:
    """Score one file into ``out`` and check it; seconds are from opening the file to the last table written."""
    start = time.perf_counter()
    with Engine(Settings(), spill=out) as engine:
        engine.view_parquet("classified_lines", [lines])
        score(engine, SeededEvidence(), load_profiles(), load_method(), AS_OF)
        resolved = time.perf_counter()
        for name, order in RESULTS.items():
            if name == "classified_lines":
                continue  # the lines are the input; a run keeps a copy of them, which is not scoring
            engine.write_parquet(name, out / f"{name}.parquet", order_by="" if name == "findings" else order)
        seconds = time.perf_counter() - start
        used = sum(os.times()[:2])
        engine.view_parquet("written", [out / "findings.parquet"])
        checks = engine.rows(
            "SELECT count(*) AS findings, count(DISTINCT line_id) AS lines, round(sum(L), 3) AS sum_L, round(sum(PRI), 3) AS sum_PRI, "
            "count(*) FILTER (WHERE NOT L_lo <= L OR NOT L <= L_hi) AS outside FROM written"
        )[0]
        cases = {
            f"{n}_cases": engine.rows(f"SELECT count(*) AS n FROM {n}_cases")[0]["n"]
            for n in ("work", "origin", "buying")
        }
        reasons = engine.rows("SELECT count(*) AS n FROM exposures")[0]["n"]
        keys = engine.rows("SELECT count(*) AS n FROM (SELECT DISTINCT country, cpv FROM classified_lines)")[0]["n"]
    return {"seconds": round(seconds, 2), "processor_seconds": round(used, 1), "resolving": round(resolved - start, 2), "exposures": reasons,
            "country_x_category": keys, "megabytes": round((out / "findings.parquet").stat().st_size / 1e6)} | cases | checks  # fmt: skip


def copy_file(lines: Path, out: Path) -> float:
    """The anchor: seconds in which the same engine reads the same lines and writes them again, rating nothing."""
    start = time.perf_counter()
    with Engine(Settings(), spill=out) as engine:
        engine.view_parquet("classified_lines", [lines])
        engine.write_parquet("classified_lines", out / "copy.parquet")
    (out / "copy.parquet").unlink()
    return time.perf_counter() - start


def watched(rows: int, lines: Path, out: Path) -> dict:
    """The same in a process of its own, with the peak memory of the whole tree."""
    import psutil

    command = [sys.executable, __file__, "--score", str(lines), str(out)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak = [0]

    def watch() -> None:
        process = psutil.Process(child.pid)
        while child.poll() is None:
            try:
                tree = [process, *process.children(recursive=True)]
                peak[0] = max(peak[0], sum(p.memory_info().rss for p in tree))
            except psutil.Error:
                return
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = child.communicate()
    watcher.join()
    result = json.loads(output)
    assert result["findings"] == result["lines"] == rows, result
    assert result["outside"] == 0, result
    return {"rows": rows, "peak_gib": round(peak[0] / 2**30, 2)} | result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--keep", type=Path, help="keep the made lines in this folder and use them again")
    parser.add_argument("--score", nargs=2, type=Path, metavar=("LINES", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.score:
        print(json.dumps(score_file(*given.score), default=str))
        return
    results = []
    with tempfile.TemporaryDirectory() as made:
        for rows in given.rows or [1_000_000, 10_000_000]:
            lines = (given.keep or Path(made)) / f"lines-{rows}.parquet"
            if not lines.is_file():
                make_lines(rows, lines)
            out = Path(made) / f"out-{rows}"
            out.mkdir()
            anchor = copy_file(lines, out)
            scored = watched(rows, lines, out)
            results.append(
                scored | {"anchor_seconds": round(anchor, 2), "times_anchor": round(scored["seconds"] / anchor, 2)}
            )
            print(json.dumps(results[-1]), flush=True)
    for small, large in pairwise(results):
        print(
            f"{large['rows'] / small['rows']:.0f} x the lines cost {large['seconds'] / small['seconds']:.1f} x the time"
        )
    print(f"cores: {len(os.sched_getaffinity(0))}")


if __name__ == "__main__":
    main()
