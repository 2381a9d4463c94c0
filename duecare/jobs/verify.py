"""Whether a home, or a backup of one, is whole: the database, the log's chain, evidence files, the ledger, the book."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duecare.casebook import audit, backup
from duecare.casebook.home import Home
from duecare.errors import CannotAnswer, DuecareError
from duecare.jobs.backup import contents_of, ledger_digest, ledger_of
from duecare.register.reviews import read_book
from duecare.register.store import Register
from duecare.settings import Settings


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its name, how many were looked at, and what is wrong with it in sentences."""

    name: str
    looked_at: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that was looked at, with the log's head and the digest of the ledger, to compare with other copies."""

    checks: tuple[Check, ...]
    head: audit.Head
    ledger: str
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[str, ...]:
        """All faults; none for what is whole."""
        return tuple(fault for check in self.checks for fault in check.faults)


def verify_home(home: Home, settings: Settings, kept: audit.Head | None = None) -> Whole:
    """Look at everything of a home whose record is open; ``kept`` is an exported head of the log."""
    walked = audit.verify(kept)
    log = Check("log", walked.head.number, (walked.fault,) if walked.fault else ())
    checks = (_database(), log, _evidence(home), _ledger(home, settings), _book(home))
    return Whole(checks, walked.head, ledger_digest(ledger_of(home.register)))


def verify_backup(source: Path, identity: Path | None) -> Whole:
    """Read a whole backup: every member against its digest, then the database and the log's chain in it.

    Raises ``CannotAnswer`` where it cannot be read to its end. Nothing of it stays on this machine.
    """
    with tempfile.TemporaryDirectory(prefix="duecare-") as folder:
        contents = contents_of(source, identity, Path(folder))
        evidence = _evidence_in(contents["entries"])
        head = audit.Head(contents["head"]["number"], contents["head"]["digest"])
        members = Check("members", len(contents["entries"]))
        about = {key: contents[key] for key in ("duecare", "made", "migrations")}
        checks = (members, *_copy_checks(Path(folder), head), evidence)
        return Whole(checks, head, contents["ledger"], about)


def _database() -> Check:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            return Check("database", backup.count_rows())
        cursor.execute("PRAGMA integrity_check(10)")
        said = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        said += [
            f"{row[0]}: row {row[1]} names something in {row[2]} that is not there." for row in cursor.fetchall()[:10]
        ]
    return Check("database", 1, tuple(f"The database is damaged: {one}" for one in said))


def _evidence(home: Home) -> Check:
    from duecare.casebook.models import EvidenceFile

    wanted = sorted(set(EvidenceFile.objects.values_list("sha256", flat=True)))
    faults = [fault for sha256 in wanted if (fault := _evidence_fault(home.files / sha256))]
    return Check("evidence files", len(wanted), tuple(faults))


def _evidence_fault(path: Path) -> str:
    if not path.is_file():
        return f"The evidence file {path.name} is missing."
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return "" if found == path.name else f"The evidence file {path.name} was changed."


def _evidence_in(entries: dict[str, Any]) -> Check:
    files = {name.partition("/")[2]: entry[1] for name, entry in entries.items() if name.startswith("files/")}
    faults = [f"The evidence file {name} was changed before the backup." for name, sha in files.items() if name != sha]
    return Check("evidence files", len(files), tuple(faults))


def _ledger(home: Home, settings: Settings) -> Check:
    """Each entry's parts are there, and its lines are as many as it says."""
    if not (home.register / "register.json").is_file():
        return Check("ledger", 0)
    from duecare.register.engine import Engine

    register = Register.existing(home.register)
    ledger = register.ledger()
    with Engine(settings) as engine:
        faults = [fault for entry in ledger for fault in _entry_faults(register.folder, entry, engine)]
    return Check("ledger", len(ledger), tuple(faults))


def _entry_faults(folder: Path, entry: dict[str, Any], engine: Any) -> Iterator[str]:
    name, sha256 = entry["file"], entry["sha256"]
    parts = {"quarantine": f"{sha256}.jsonl", "aside": f"{sha256}.jsonl"}
    parts |= {"lines": f"{sha256}.parquet"} if entry["accepted"] else {}
    missing = [part for part, file in parts.items() if not (folder / part / file).is_file()]
    yield from (
        f"The register has lost the {part} of {name} ({sha256[:12]}). Take the file in again." for part in missing
    )
    if "lines" not in parts or "lines" in missing:
        return
    if (found := _lines_in(folder / "lines" / parts["lines"], engine)) != entry["lines"]:
        yield f"The register's lines of {name} ({sha256[:12]}) are {found}; its ledger says {entry['lines']}."


def _lines_in(path: Path, engine: Any) -> int | str:
    try:
        engine.view_parquet("looked_at", [path])
        return int(engine.rows("SELECT count(*) AS lines FROM looked_at")[0]["lines"])
    except Exception:  # noqa: BLE001 - whatever the engine says of a damaged file, it is damaged
        return "unreadable"


def _book(home: Home) -> Check:
    try:
        return Check("book of decisions", len(read_book(home.register)))
    except DuecareError as error:
        return Check("book of decisions", 0, (str(error),))


def _copy_checks(folder: Path, head: audit.Head) -> Iterator[Check]:
    """The database in a backup, and its log from the first entry to the head that the backup names."""
    copy = folder / backup.SQLITE_FILE
    if copy.is_file():
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as record:
            said = [row[0] for row in record.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
            yield Check("database", 1, tuple(said))
            found = audit.walk(entries_of(record)) if not said else audit.Verified(audit.Head(0, audit.FIRST))
    else:
        yield Check("database", len(list((folder / backup.TABLES).glob("*.jsonl"))))
        found = audit.walk(_lines(folder / backup.TABLES / "casebook_auditentry.jsonl"))
    fault = found.fault
    if not fault and (found.head.number, found.head.digest) != (head.number, head.digest):
        fault = "The log in the backup does not end where its list of contents says."
    yield Check("log", found.head.number, (fault,) if fault else ())


def entries_of(record: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """The entries of the log in a copy of the record, in order, as ``audit.walk`` reads them."""
    names = (*audit.FIELDS, "at", "digest")
    columns = ", ".join(f'"{name}"' for name in names)
    for row in record.execute(f"SELECT {columns} FROM casebook_auditentry ORDER BY number"):
        entry = dict(zip(names, row, strict=True))
        moment = datetime.fromisoformat(entry["at"])
        yield entry | {
            "detail": json.loads(entry["detail"]),
            "at": moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            yield entry | {"number": int(entry["number"]), "at": datetime.fromisoformat(entry["at"])}


def raise_for(whole: Whole) -> None:
    """Raise ``CannotAnswer`` with the first faults where something is not whole."""
    if whole.faults:
        raise CannotAnswer(
            " ".join(whole.faults[:5]) + (f" ({len(whole.faults)} in all.)" if len(whole.faults) > 5 else "")
        )
