"""The folder of one organisation: its record, its register, its files. Everything that a backup must hold lies in it."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("files", "uploads", "jobs")


@dataclass(frozen=True, slots=True)
class Home:
    """One organisation's folder. ``Home.open`` makes it, readable by its owner alone, when it is missing."""

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> Home:
        """The home in this folder, made when missing."""
        home = cls(folder.resolve())
        home.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in FOLDERS:
            (home.folder / name).mkdir(exist_ok=True, mode=0o700)
        return home

    @property
    def database(self) -> Path:
        """The SQLite file of the record, where no other database is set."""
        return self.folder / "casebook.sqlite3"

    @property
    def register(self) -> Path:
        """The rebuildable register; the book of classification decisions lies beside it (``register.reviews``)."""
        return self.folder / "register"

    @property
    def files(self) -> Path:
        """Evidence files, each named by the digest of its bytes."""
        return self.folder / "files"

    @property
    def uploads(self) -> Path:
        """Files as people sent them in, to be taken in or corrected."""
        return self.folder / "uploads"

    @property
    def jobs(self) -> Path:
        """One folder for each job: its parameters, its progress and what it made."""
        return self.folder / "jobs"

    @property
    def writer_lock(self) -> Path:
        """The file whose lock is the one queue of writers."""
        return self.folder / ".writer"

    def secret(self) -> str:
        """The key that signs sessions: 64 random bytes in hex, made once, readable by the owner alone."""
        path = self.folder / "secret.key"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text("ascii")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(64))
            file.flush()
            os.fsync(file.fileno())
        return path.read_text("ascii")
