"""A simulated power cut: what was not flushed is lost in part, in any order, and what was acknowledged is still there.

The same trace of writes is cut at many moments. Of what a file was given after its last flush any part may have reached the
disk, in blocks of 512 bytes. With a weaker ``synchronous`` the same simulation loses acknowledged acts, which shows that it
would notice.
"""

from __future__ import annotations

import base64
import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from duecare.casebook import audit
from duecare.jobs.verify import entries_of

PROCESS = Path(__file__).resolve().parents[1] / "power_cut_process.py"
CUTS = 60
BLOCK = 512


def traced(migrated: Path, folder: Path, synchronous: str) -> list[list[Any]]:
    """What SQLite did to the files of a record while acts were written to it."""
    shutil.copytree(migrated, folder / "home")
    command = [sys.executable, str(PROCESS), str(folder / "home"), str(folder / "trace"), synchronous]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    assert sorted(path.name for path in folder.iterdir()) == ["home", "trace"]
    return [json.loads(line) for line in (folder / "trace").read_text("ascii").splitlines()]


class Disk:
    """Files as they surely are (flushed) and what may have been done to them since."""

    def __init__(self, first: dict[str, bytes]) -> None:
        self._flushed = {name: bytearray(content) for name, content in first.items()}
        self._pending: dict[str, list[list[Any]]] = {}

    def take(self, step: list[Any]) -> None:
        """One step of the trace."""
        if step[0] == "sync":
            for one in self._pending.pop(step[1], []):
                _apply(self._flushed.setdefault(step[1], bytearray()), one)
        elif step[0] != "acknowledged":
            self._pending.setdefault(step[1], []).append(step)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes]:
        """What is found when the power comes back: of each pending write no block, some blocks or all."""
        found = {name: bytearray(content) for name, content in self._flushed.items()}
        for name, steps in self._pending.items():
            file = found.setdefault(name, bytearray())
            share = chance.choice((0.0, 0.5, 0.9, 1.0))
            for step in chance.sample(steps, len(steps)):
                for part in _blocks(step):
                    if chance.random() < share:
                        _apply(file, part)
        return {name: bytes(content) for name, content in found.items()}


def _blocks(step: list[Any]) -> list[list[Any]]:
    if step[0] != "write":
        return [step]
    content = base64.b64decode(step[3])
    pieces = range(0, len(content), BLOCK)
    return [["write", step[1], step[2] + at, base64.b64encode(content[at : at + BLOCK])] for at in pieces]


def _apply(file: bytearray, step: list[Any]) -> None:
    if step[0] == "truncate":
        del file[step[2] :]
        return
    content, at = base64.b64decode(step[3]), step[2]
    file.extend(b"\0" * max(0, at + len(content) - len(file)))
    file[at : at + len(content)] = content


def losses(trace: list[list[Any]], migrated: Path, folder: Path) -> list[str]:
    """What is wrong after each of the cuts; nothing for a record that survives them all."""
    chance, found = random.Random(7), []
    cuts = sorted(chance.sample(range(len(trace) // 10, len(trace)), CUTS))
    disk, acknowledged = Disk({"casebook.sqlite3": (migrated / "casebook.sqlite3").read_bytes()}), 0
    for number, step in enumerate(trace):
        disk.take(step)
        acknowledged = step[1] if step[0] == "acknowledged" else acknowledged
        if number in cuts:
            found.append(_fault(disk.after_a_cut(chance), acknowledged, folder / str(number)))
    return [fault for fault in found if fault]


def _fault(files: dict[str, bytes], acknowledged: int, folder: Path) -> str:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        with closing(sqlite3.connect(folder / "casebook.sqlite3")) as record:
            if (said := record.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                return f"damaged: {said}"
            walked = audit.walk(entries_of(record))
    except sqlite3.DatabaseError as error:
        return f"damaged: {error}"
    if walked.fault:
        return walked.fault
    return "" if walked.head.number >= acknowledged else f"{acknowledged - walked.head.number} acknowledged acts lost"


def test_what_was_acknowledged_survives_a_power_cut(migrated: Path, tmp_path: Path) -> None:
    trace = traced(migrated, tmp_path, "as-it-is")

    assert sum(step[0] == "acknowledged" for step in trace) == 160
    assert any(step[:2] == ["write", "casebook.sqlite3"] for step in trace), "the log was never carried over"
    assert losses(trace, migrated, tmp_path / "cuts") == []


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_the_simulation_notices_weaker_flushing(migrated: Path, tmp_path: Path, synchronous: str) -> None:
    trace = traced(migrated, tmp_path, synchronous)

    assert any("acknowledged acts lost" in fault for fault in losses(trace, migrated, tmp_path / "cuts"))


def test_every_connection_of_the_record_flushes_fully(home: object) -> None:
    from django.db import connection

    queries = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        assert cursor.fetchone()[0] in (2, "on")
