"""Large text files are written by several processes, each with its own part of the file and of the staging folder."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict

import msgspec

from duecare.records.column_map import ColumnMap
from duecare.records.faults import refused
from duecare.records.request import Request
from duecare.records.spreadsheet.conventions import Conventions
from duecare.records.spreadsheet.header import Plan
from duecare.records.spreadsheet.lines import Counts, LineMaker
from duecare.records.spreadsheet.rows import Place, Source
from duecare.records.staging import Staging

SMALLEST_SHARE = 8
"""Blocks per process below which another process does not pay."""


def take_all(
    source: Source, plan: Plan, chosen: ColumnMap, found: Conventions, skip: int, request: Request, staging: Staging
) -> Counts:
    """Write all rows of ``source``; raises ``FileRefused`` NO_ROWS when there is none."""
    places = source.places()
    workers = min(request.workers, len(places) // SMALLEST_SHARE)
    if workers < 2:
        counts = _take(source, plan, chosen, found, request, staging, None, None, skip)
    else:
        counts = _take_in_parallel(source, plan, chosen, found, skip, request, staging, places, workers)
    if not counts.lines + counts.quarantined:
        raise refused("NO_ROWS", row=plan.number)
    return counts


def _take(
    source: Source,
    plan: Plan,
    chosen: ColumnMap,
    found: Conventions,
    request: Request,
    staging: Staging,
    start: Place | None,
    stop: Place | None,
    skip: int,
) -> Counts:
    maker = LineMaker(plan, chosen, found, source.sheet, request, staging)
    for block in source.blocks(start, stop):
        maker.take(block, skip)
        skip = 0
    return maker.counts


def _take_in_parallel(
    source: Source,
    plan: Plan,
    chosen: ColumnMap,
    found: Conventions,
    skip: int,
    request: Request,
    staging: Staging,
    places: list[Place],
    workers: int,
) -> Counts:
    """Fork one process for every share but the first, which this process takes."""
    cuts = [places[len(places) * each // workers] for each in range(1, workers)]
    shares: list[tuple[Place | None, Place | None]] = list(zip([None, *cuts], [*cuts, None], strict=True))
    running = []
    for part, (start, stop) in enumerate(shares[1:], 1):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _be_a_worker(writing, staging, part, lambda its, a=start, b=stop: _take(source, plan, chosen, found, request, its, a, b, 0))  # type: ignore[misc]
        os.close(writing)
        running.append((pid, reading))
    counts = _take(source, plan, chosen, found, request, staging, *shares[0], skip)
    for pid, reading in running:
        _add(counts, staging, pid, reading)
    return counts


def _be_a_worker(writing, staging, part, take) -> None:  # type: ignore[no-untyped-def]
    """Take one share into an own part of the staging folder, say the counts, end. Never returns."""
    status = 1
    try:
        with Staging(staging.folder, f"{part}") as own:
            counts = take(own)
        os.write(writing, msgspec.json.encode({"counts": asdict(counts), "codes": dict(own.codes)}))
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def _add(counts: Counts, staging: Staging, pid: int, reading: int) -> None:
    with open(reading, "rb") as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(pid, 0)
    if status != 0 or not said:
        raise MemoryError("A reading process ended early.")
    told = msgspec.json.decode(said)
    for name, number in told["counts"].items():
        setattr(counts, name, getattr(counts, name) + number)
    staging.codes.update(told["codes"])
