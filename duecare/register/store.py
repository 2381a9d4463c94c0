"""The register's folder: what was taken in, file by file, and the runs made from it. Everything in it can be rebuilt.

A file's ledger entry is written last; lines, parked rows and kept-aside fields without one do not count, so an
interrupted take-in leaves no half state and can simply be run again.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from duecare.errors import CannotAnswer, WrongUsage

LAYOUT = 1


class Register:
    """One register folder. ``Register.open`` makes it when it is missing; ``Register.existing`` never does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def open(cls, folder: Path) -> Register:
        """The register in this folder, made when missing; raises ``WrongUsage`` for a folder that is something else."""
        if folder.exists() and not folder.is_dir():
            raise WrongUsage(f"{folder} is a file; name a folder for the register.")
        mark = folder / "register.json"
        if folder.is_dir() and not mark.exists() and any(folder.iterdir()):
            raise WrongUsage(f"{folder} holds other files; name an empty or new folder for the register.")
        for name in ("lines", "quarantine", "aside", "ledger", "runs", "evidence", "staging"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        if not mark.exists():
            write_whole(mark, json.dumps({"layout": LAYOUT}) + "\n")
        return cls.existing(folder)

    @classmethod
    def existing(cls, folder: Path) -> Register:
        """The register in this folder; raises ``WrongUsage`` when there is none or its layout is newer."""
        mark = folder / "register.json"
        if not mark.is_file():
            raise WrongUsage(f"There is no register in {folder}. Make one with `duecare take-in FILES --register DIR`.")
        layout = json.loads(mark.read_text("utf-8")).get("layout")
        if layout != LAYOUT:
            raise WrongUsage(f"The register in {folder} has layout {layout}; this version of duecare reads {LAYOUT}.")
        return cls(folder)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the register's one writer lock and give a private staging folder, emptied afterwards."""
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotAnswer("Another take-in or run is writing to this register. Wait until it ends.") from None
            _empty(self.folder / "staging")
            private = Path(tempfile.mkdtemp(dir=self.folder / "staging"))
            try:
                yield private
            finally:
                shutil.rmtree(private, ignore_errors=True)

    def ledger(self) -> list[dict[str, Any]]:
        """The ledger entries of all files taken in, in the order of their names and digests."""
        entries = [json.loads(path.read_text("utf-8")) for path in sorted((self.folder / "ledger").glob("*.json"))]
        return sorted(entries, key=lambda entry: (entry["file"], entry["sha256"]))

    def entry(self, sha256: str) -> dict[str, Any] | None:
        """The ledger entry of the file with this digest, or ``None`` when it was never taken in."""
        path = self.folder / "ledger" / f"{sha256}.json"
        return json.loads(path.read_text("utf-8")) if path.is_file() else None

    def line_files(self) -> list[Path]:
        """The Parquet files that hold accepted lines, in a fixed order."""
        return [
            self.folder / "lines" / f"{entry['sha256']}.parquet"
            for entry in sorted(self.ledger(), key=lambda entry: str(entry["sha256"]))
            if entry["accepted"]
        ]

    def runs(self) -> list[Path]:
        """The folders of complete runs, newest last."""
        found = [path.parent for path in (self.folder / "runs").glob("*/run.json")]
        return sorted(found, key=lambda path: (path / "run.json").stat().st_mtime_ns)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that after a crash it is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(path)
    settle(path.parent)


def settle(*paths: Path) -> None:
    """Put what was written to files, or the names in folders, on the disk for good, so that a power cut cannot take it."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _empty(folder: Path) -> None:
    for left_over in folder.iterdir():
        shutil.rmtree(left_over, ignore_errors=True)
