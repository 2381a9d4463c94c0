"""Bytes on their way in: written to a file of a random name, counted and digested, and gone unless somebody keeps them."""

from __future__ import annotations

import hashlib
import os
import secrets
import unicodedata
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from duecare.errors import FileRefused

PART = ".part-"
MOST_NAME_CHARACTERS = 120
LEFT_OVER = timedelta(days=1)
"""After this time nobody is still sending what a part file holds."""


class Arriving:
    """One file that is being received into ``folder``: ``write`` its bytes, ``settle`` it, then ``move`` or ``drop`` it.

    ``sha256`` and ``bytes`` are right once it is settled. A file above ``most`` bytes is refused (TOO_LARGE).
    """

    def __init__(self, folder: Path, most: int) -> None:
        self.path, self.most, self.bytes = folder / f"{PART}{secrets.token_hex(16)}", most, 0
        self._digest = hashlib.sha256()
        self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    @property
    def sha256(self) -> str:
        """The digest of what has been written, in hex."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Add bytes; raises ``FileRefused`` as soon as they are too many."""
        self.bytes += len(chunk)
        if self.bytes > self.most:
            self.drop()
            raise FileRefused(
                "TOO_LARGE", f"The file is larger than the {self.most:,} bytes that are accepted. Split it."
            )
        self._digest.update(chunk)
        self._file.write(chunk)

    def settle(self) -> Arriving:
        """Put the bytes on the disk for good; after this they survive a power cut."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self

    def move(self, target: Path) -> Path:
        """Give the settled file its place and name, whole or not at all; the name survives a power cut too."""
        self.path.replace(target)
        settle_folder(target.parent)
        return target

    def drop(self) -> None:
        """Forget it; does nothing once it was moved."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def settle_folder(folder: Path) -> None:
    """Make the names in a folder as lasting as the files' content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def plain_name(name: str) -> str:
    """A sender's file name without folders, hidden characters and leading dots, at most ``MOST_NAME_CHARACTERS`` long."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    seen = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    stem, dot, ending = " ".join(seen.split()).lstrip(". ").rpartition(".")
    short, room = f"{dot}{ending[:10]}", MOST_NAME_CHARACTERS - 11
    return f"{stem[:room]}{short}" if stem else (ending[:room] or "file")


def sweep_parts(folder: Path, at: datetime) -> int:
    """Delete what was left of transfers that were cut off with the whole machine; returns how many."""
    swept = 0
    for path in folder.glob(f"{PART}*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (at - LEFT_OVER).timestamp():
                path.unlink()
                swept += 1
    return swept
