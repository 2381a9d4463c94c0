"""Back a home up while everything runs, and put it back: the record, the register, the files, each whole.

The order makes it one consistent state. The record comes first, so every file that it names is there when files follow.
Of the register, the ledger comes first, and only what it lists counts; of the book of decisions, its whole lines. A
file that is still being written has a name that begins with a dot and is left out; what a running job had made is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from duecare import __version__
from duecare.casebook import audit, backup
from duecare.casebook.backup_archive import Packing, checked, packing, unpack
from duecare.casebook.home import Home
from duecare.casebook.opening import open_casebook
from duecare.errors import WrongUsage
from duecare.register.reviews import book_beside
from duecare.register.store import Register

KEPT_ASIDE = ("lines", "quarantine", "aside", "marks")
"""Folders of the register in which a file of the ledger has its parts."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: members, bytes of the file, the head of the log and the digest of the register's ledger."""

    path: Path
    members: int
    bytes: int
    head: audit.Head
    ledger: str


def back_up(home: Home, to: Path, recipients: Sequence[str], at: datetime, *, plain: bool = False) -> Backup:
    """Write everything of a home whose record is open into one file, encrypted to the recipients' keys.

    Without recipients it is refused unless ``plain`` is said; the key that signs sessions is then left out. Raises
    ``WrongUsage`` for both, for a wrong key and for a file that is there.
    """
    if not recipients and not plain:
        raise WrongUsage(
            "A backup holds names and evidence, so it is encrypted: --recipient age1... (make a key with `duecare backup-key FILE`), "
            "or say --plain."
        )
    about: dict[str, Any] = {"duecare": __version__, "made": at.isoformat(), "migrations": backup.migrations()}
    with _own_folder(home) as folder:
        record = backup.copy_record(home, folder)
        head = _head_of(folder)
        ledger = _ledger(home)
        about |= {"head": asdict(head), "ledger": ledger_digest(ledger)}
        with packing(to, recipients, about) as pack:
            for path in record:
                pack.add(str(path.relative_to(folder)), path)
            if recipients:
                pack.add("secret.key", home.folder / "secret.key")
            _pack_register(pack, home, ledger)
            _pack_rest(pack, home)
    return Backup(to, len(pack.entries), to.stat().st_size, head, about["ledger"])


def restore(source: Path, home: Path, identity: Path | None, database: str = "") -> dict[str, Any]:
    """Put a backup into a folder that is not there yet, and open it; returns the list of contents.

    ``database`` is the address of an empty PostgreSQL database to put the record into, empty for SQLite in the home. The
    folder appears only once everything in the backup was checked. Raises ``WrongUsage`` where it is there already.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise WrongUsage(f"{home} is there already. A backup is put back into a new folder only.")
    home.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=home.parent, prefix=".restoring-"))
    try:
        contents = _unpack_to(source, identity, part)
        _put_record(Home.open(part), database)
        if (part / "register" / "register.json").is_file():
            Register.open(part / "register")  # makes the folders that are empty, which a backup does not hold
        for name in (".writer", ".worker"):
            (part / name).unlink(missing_ok=True)
        _settle(part)
        part.rename(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    open_casebook(Home.open(home), database)
    return contents


def contents_of(source: Path, identity: Path | None, record: Path) -> dict[str, Any]:
    """Check a whole backup; its record is left in the folder ``record``, everything else is only read."""
    return _unpack_to(source, identity, record, lambda name: name.startswith("casebook"))


def ledger_digest(ledger: dict[str, bytes]) -> str:
    """One digest of a register's ledger: of its names and contents in order."""
    digest = hashlib.sha256()
    for name in sorted(ledger):
        digest.update(f"{name} {hashlib.sha256(ledger[name]).hexdigest()}\n".encode())
    return digest.hexdigest()


def ledger_of(register: Path) -> dict[str, bytes]:
    """The ledger's entries as they are on the disk, by name; none where there is no register."""
    return {path.name: path.read_bytes() for path in sorted((register / "ledger").glob("*.json"))}


def _ledger(home: Home) -> dict[str, bytes]:
    if not (home.register / "register.json").is_file():
        return {}
    return ledger_of(Register.existing(home.register).folder)


def _pack_register(pack: Packing, home: Home, ledger: dict[str, bytes]) -> None:
    """The ledger as it was, the parts of its files, whole runs and packs, and the whole lines of the book beside it."""
    if (home.register / "register.json").is_file():
        pack.add("register/register.json", home.register / "register.json")
    for name, content in ledger.items():
        pack.add_bytes(f"register/ledger/{name}", content)
        for folder in KEPT_ASIDE:
            for path in sorted((home.register / folder).glob(f"{Path(name).stem}.*")):
                pack.add(f"register/{folder}/{path.name}", path)
    for run in sorted((home.register / "runs").glob("*/run.json")):
        _pack_folder(pack, run.parent, home.folder)
    for edition in sorted((home.register / "evidence").glob("[!.]*/")):
        _pack_folder(pack, edition, home.folder)
    book = book_beside(home.register)
    if book.is_file():
        pack.add(book.name, book, most=_whole_lines(book))


def _pack_rest(pack: Packing, home: Home) -> None:
    for folder in (home.files, home.uploads, home.jobs):
        _pack_folder(pack, folder, home.folder)


def _pack_folder(pack: Packing, folder: Path, base: Path) -> None:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(base)
        if not path.is_symlink() and path.is_file() and not any(part.startswith(".") for part in inside.parts):
            with suppress(FileNotFoundError):  # cleared away since it was listed: nothing names it
                pack.add(str(inside), path)


def _whole_lines(book: Path) -> int:
    """How many bytes of a book of lines are whole lines."""
    return book.read_bytes().rfind(b"\n") + 1


@contextmanager
def _own_folder(home: Home) -> Iterator[Path]:
    """A folder in the home for the copy of the record; what an earlier backup that was killed left behind is removed."""
    for left_over in home.folder.glob(".backup-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=home.folder, prefix=".backup-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _head_of(folder: Path) -> audit.Head:
    """The head of the log in the copy of the record, not in the record, which has gone on meanwhile."""
    copy = folder / backup.SQLITE_FILE
    if copy.is_file():
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as record:
            query = "SELECT number, digest FROM casebook_auditentry ORDER BY number DESC LIMIT 1"
            found = record.execute(query).fetchone()
    else:
        last = _last_line(folder / backup.TABLES / "casebook_auditentry.jsonl")
        found = (int(last["number"]), last["digest"]) if last else None
    return audit.Head(*found) if found else audit.Head(0, audit.FIRST)


def _last_line(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as lines:
        last = deque(lines, maxlen=1)
    found: dict[str, Any] = json.loads(last[0]) if last else {}
    return found


def _unpack_to(
    source: Path, identity: Path | None, folder: Path, wanted: Callable[[str], bool] = bool
) -> dict[str, Any]:
    opened: list[BinaryIO] = []

    def keep(name: str) -> BinaryIO | None:
        while opened:
            opened.pop().close()
        if not wanted(checked(name)):
            return None
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened.append(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))
        return opened[-1]

    try:
        return unpack(source, identity, keep)
    finally:
        while opened:
            opened.pop().close()


def _put_record(home: Home, database: str) -> None:
    """Bring the record from a backup into the kind of database that is wanted."""
    tables, copy = home.folder / backup.TABLES, home.database
    if database and copy.is_file():
        open_casebook(home)
        tables.mkdir()
        list(backup.write_tables(tables))
    if tables.is_dir():
        if database:
            copy.unlink(missing_ok=True)
        open_casebook(home, database)
        backup.read_tables(tables)
        shutil.rmtree(tables)
    else:
        open_casebook(home, database)
    from django.db import connections

    connections.close_all()


def _settle(folder: Path) -> None:
    """Make everything below a folder as lasting as its name will be."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
