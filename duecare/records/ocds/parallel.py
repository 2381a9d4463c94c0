"""Run the parts of one file side by side in forked processes; each writes its own files and says its counts."""

from __future__ import annotations

import os
import warnings
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import msgspec

from duecare.records.ocds.rows import Counts

Take = Callable[[int], tuple[Counts, list[str]]]


def run_parts(take: Take, parts: int, folder: Path) -> list[tuple[Counts, list[str]]]:
    """``take(0) .. take(parts - 1)``, the first in this process; raises ``MemoryError`` if another one ends early."""
    running = [_start(take, number, folder) for number in range(1, parts)]
    try:
        results = [take(0)]
    finally:
        ends = [os.waitpid(pid, 0)[1] for pid in running]
    for number, status in enumerate(ends, 1):
        if status != 0:
            raise MemoryError(f"The reading process {number} ended early.")
        results.append(_heard(_told(folder, number), _index(folder, number)))
    return results


def _start(take: Take, number: int, folder: Path) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # other threads of this process hold no lock that is used here
        pid = os.fork()
    if pid == 0:
        _work(take, number, folder)
    return pid


def _work(take: Take, number: int, folder: Path) -> NoReturn:
    status = 1
    try:
        counts, names = take(number)
        with _index(folder, number).open("wb") as file:
            counts.index.tofile(file)
        numbers = [counts.rows, counts.quarantined, counts.strangers, counts.misshapen]
        said = {"numbers": numbers, "names": names}
        _told(folder, number).write_bytes(msgspec.json.encode(said))
        status = 0
    finally:
        os._exit(status)


def _heard(told: Path, index_file: Path) -> tuple[Counts, list[str]]:
    said = msgspec.json.decode(told.read_bytes())
    index = array("q")
    with index_file.open("rb") as file:
        index.frombytes(file.read())
    told.unlink()
    index_file.unlink()
    rows, quarantined, strangers, misshapen = said["numbers"]
    return Counts(rows, quarantined, strangers, misshapen, index), said["names"]


def _told(folder: Path, number: int) -> Path:
    return folder / f"part-{number}.json"


def _index(folder: Path, number: int) -> Path:
    return folder / f"part-{number}.index"
