"""Large text files are written by several processes, each with its own part of the file and of the staging folder."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import NoReturn

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


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file with what is known of it: what its columns mean, how they are written, where the data starts."""

    source: Source
    plan: Plan
    chosen: ColumnMap
    found: Conventions
    skip: int

    def take(self, request: Request, staging: Staging, start: Place | None = None, stop: Place | None = None) -> Counts:
        """Write the rows between two places (all by default) and park the faulty ones."""
        maker = LineMaker(self.plan, self.chosen, self.found, self.source.sheet, request, staging)
        skip = self.skip if start is None else 0
        for block in self.source.blocks(start, stop):
            maker.take(block, skip)
            skip = 0
        return maker.counts


def take_all(table: Table, request: Request, staging: Staging) -> Counts:
    """Write all rows of a table; raises ``FileRefused`` NO_ROWS when there is none."""
    places = table.source.places()
    workers = min(request.workers, len(places) // SMALLEST_SHARE)
    counts = (
        table.take(request, staging) if workers < 2 else _take_in_parallel(table, request, staging, places, workers)
    )
    if not counts.lines + counts.quarantined:
        raise refused("NO_ROWS", row=table.plan.number)
    return counts


def _take_in_parallel(table: Table, request: Request, staging: Staging, places: list[Place], workers: int) -> Counts:
    """Fork one process for every share but the first, which this process takes."""
    cuts = [places[len(places) * each // workers] for each in range(1, workers)]
    running = []
    for part, (start, stop) in enumerate(zip(cuts, [*cuts[1:], None], strict=True), 1):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _be_a_worker(table, request, staging, part, start, stop, writing)
        os.close(writing)
        running.append((pid, reading))
    counts = table.take(request, staging, None, cuts[0])
    for pid, reading in running:
        _add(counts, staging, pid, reading)
    return counts


def _be_a_worker(
    table: Table, request: Request, staging: Staging, part: int, start: Place, stop: Place | None, writing: int
) -> NoReturn:
    """Take one share into an own part of the staging folder, say the counts, end."""
    status = 1
    try:
        with Staging(staging.folder, f"{part}") as own:
            counts = table.take(request, own, start, stop)
        os.write(writing, msgspec.json.encode({"counts": asdict(counts), "codes": dict(own.codes)}))
        status = 0
    finally:
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
