"""A backup is of one moment, whole or nothing, opens with its key only, and gives back the same record, ledger and files."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from casebook_home import NOW

from duecare.casebook import audit, backup_archive
from duecare.casebook.home import Home
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage
from duecare.jobs.backup import back_up, ledger_digest, ledger_of, restore
from duecare.jobs.verify import verify_backup, verify_home
from duecare.register.reviews import Decision, Person, Said, read_book, write_decision
from duecare.register.store import Register
from duecare.settings import Settings

SECRET, RECIPIENT = backup_archive.new_key()
EVIDENCE = b"a certificate"
DIGEST = hashlib.sha256(EVIDENCE).hexdigest()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(f"# created: today\n# public key: {RECIPIENT}\n{SECRET}\n")
    return path


@pytest.fixture
def filled(home: Home) -> Home:
    """A home with something of everything."""
    from duecare.casebook.models import EvidenceFile, Structure

    actor = Actor(None, at=NOW, via="cli")
    with written(actor, "test.office", kind="structure") as note:
        office = Structure.objects.create(name="Bureau à Génève", names=["Bureau", "Офис"], at=NOW)
        note(office.oid, {"names": 2})
    EvidenceFile.objects.create(
        structure=office, sha256=DIGEST, name="c.pdf", media_type="application/pdf", bytes=13, title="C", issuer="I",
        grade="E2", dated=date(2026, 1, 1), at=NOW,
    )  # fmt: skip
    (home.files / DIGEST).write_bytes(EVIDENCE)
    (home.uploads / "x").mkdir()
    (home.uploads / "x" / "a.csv").write_text("1")
    (home.uploads / ".part-y").write_text("half")
    Register.open(home.register)
    _decide(home, 1)
    return home


def _decide(home: Home, number: int) -> None:
    decision = Decision(
        at=datetime(2026, 1, 1, tzinfo=UTC), verb="accept", scope="text", said=Said(title=f"T{number}"),
        people=(Person("KM"),), profile="CAT01",
    )  # fmt: skip
    write_decision(home.register, decision)


def test_what_was_backed_up_is_given_back(filled: Home, tmp_path: Path, key: Path) -> None:
    from duecare.casebook.models import EvidenceFile, Structure

    made = back_up(filled, tmp_path / "b.age", [RECIPIENT], NOW)
    assert verify_backup(made.path, key).faults == ()
    contents = restore(made.path, tmp_path / "new", key)

    new = Home(tmp_path / "new")
    assert audit.head().digest == made.head.digest == contents["head"]["digest"]
    assert Structure.objects.get().names == ["Bureau", "Офис"]
    assert EvidenceFile.objects.get().dated == date(2026, 1, 1)
    assert (new.files / DIGEST).read_bytes() == EVIDENCE
    assert (new.uploads / "x" / "a.csv").read_text() == "1"
    assert not (new.uploads / ".part-y").exists()
    assert len(read_book(new.register)) == 1
    assert new.secret() == filled.secret()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    whole = verify_home(new, Settings())
    assert (whole.faults, whole.ledger) == ((), made.ledger)
    with written(Actor(None, at=NOW), "test.after"):
        pass
    assert audit.verify().fault == ""


@pytest.fixture
def another_postgresql(postgresql_server: str) -> str:
    """The address of a database in which nothing is yet."""
    import psycopg

    from duecare.casebook.models.kept import new_oid

    name = f"t{new_oid()}"
    with psycopg.connect(postgresql_server, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return postgresql_server.replace("/postgres?", f"/{name}?")


def test_a_record_moves_between_databases(filled: Home, tmp_path: Path, key: Path, another_postgresql: str) -> None:
    """From SQLite and from PostgreSQL, into an empty PostgreSQL database."""
    from django.db import connection

    from duecare.casebook.models import Structure

    made = back_up(filled, tmp_path / "b.age", [RECIPIENT], NOW)
    restore(made.path, tmp_path / "new", key, another_postgresql)

    assert connection.vendor == "postgresql"
    assert (audit.verify().fault, audit.head().digest) == ("", made.head.digest)
    assert Structure.objects.get().name == "Bureau à Génève"
    assert not Home(tmp_path / "new").database.exists()
    with pytest.raises(CannotAnswer, match="holds a record already"):
        restore(made.path, tmp_path / "again", key, another_postgresql)
    assert not (tmp_path / "again").exists()


def test_a_backup_under_load_holds_all_that_was_acknowledged_before(home: Home, tmp_path: Path, key: Path) -> None:
    """Writers go on during the copy; what they had acknowledged when it began is in it, and its log is a whole chain."""
    from duecare.casebook.models import Structure

    Register.open(home.register)
    acknowledged: list[str] = []
    with _writers(home, acknowledged):
        _until_at_least(acknowledged, 20)
        before = list(acknowledged)
        made = back_up(home, tmp_path / "b.age", [RECIPIENT], NOW)
        ahead = len(acknowledged)
    restore(made.path, tmp_path / "new", key)

    there = set(Structure.objects.values_list("oid", flat=True))
    whole = verify_home(Home(tmp_path / "new"), Settings())
    assert set(before) <= there
    assert len(there) == made.head.number
    assert (whole.faults, whole.head.digest, whole.ledger) == ((), made.head.digest, made.ledger)
    assert ahead >= len(before)


def test_a_restored_ledger_is_the_same(filled: Home, tmp_path: Path, key: Path) -> None:
    from duecare import cycle

    file = tmp_path / "a.csv"
    file.write_text(
        "contract_id,buyer,supplier_name,title,cpv,country,amount,currency,award_date\n"
        "A-1,North,Shine,Cleaning,90919200-4,RS,12000.50,EUR,2026-01-15\n"
    )
    cycle.take_in([file], filled.register, Settings(), date(2026, 11, 1))
    run = cycle.identify(filled.register, Settings(), date(2026, 11, 1))
    made = back_up(filled, tmp_path / "b.age", [RECIPIENT], NOW)
    restore(made.path, tmp_path / "new", key)

    register = tmp_path / "new" / "register"
    assert ledger_digest(ledger_of(register)) == ledger_digest(ledger_of(filled.register)) == made.ledger
    assert cycle.identify(register, Settings(), date(2026, 11, 1)).name == run.name
    for path in run.iterdir():
        assert (register / "runs" / run.name / path.name).read_bytes() == path.read_bytes()
    lines = next((register / "lines").iterdir())
    lines.unlink()
    assert "has lost the lines of a.csv" in verify_home(Home(tmp_path / "new"), Settings()).faults[0]
    lines.write_bytes(b"PAR1")
    assert "are unreadable" in verify_home(Home(tmp_path / "new"), Settings()).faults[0]


def test_without_a_recipient_it_is_refused_unless_said(filled: Home, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="--plain"):
        back_up(filled, tmp_path / "b.tgz", [], NOW)
    made = back_up(filled, tmp_path / "b.tgz", [], NOW, plain=True)

    assert verify_backup(made.path, None).faults == ()
    restore(made.path, tmp_path / "new", None)
    assert Home(tmp_path / "new").secret() != filled.secret()


def test_a_wrong_recipient_and_a_taken_name_are_refused(filled: Home, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="age1"):
        back_up(filled, tmp_path / "b.age", ["age1notakey"], NOW)
    (tmp_path / "b.age").write_text("mine")
    with pytest.raises(WrongUsage, match="there already"):
        back_up(filled, tmp_path / "b.age", [RECIPIENT], NOW)
    assert (tmp_path / "b.age").read_text() == "mine"


def test_another_key_does_not_open_it(filled: Home, tmp_path: Path, key: Path) -> None:
    made = back_up(filled, tmp_path / "b.age", [RECIPIENT], NOW)
    key.write_text(backup_archive.new_key()[0])

    with pytest.raises(CannotAnswer, match="cannot be opened with this key"):
        restore(made.path, tmp_path / "new", key)
    with pytest.raises(WrongUsage, match="encrypted"):
        verify_backup(made.path, None)
    key.write_text("no key")
    with pytest.raises(WrongUsage, match="AGE-SECRET-KEY"):
        verify_backup(made.path, key)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("damage", ["cut", "flip", "longer"])
def test_damage_shows_and_leaves_nothing(filled: Home, tmp_path: Path, key: Path, damage: str, *, plain: bool) -> None:
    made = back_up(filled, tmp_path / "b", [] if plain else [RECIPIENT], NOW, plain=plain)
    content = bytearray(made.path.read_bytes())
    if damage == "flip":
        content[-6] ^= 1  # in the middle, some bits of packed data mean nothing
    made.path.write_bytes(
        content[: -len(content) // 3] if damage == "cut" else content + (b"x" * 64) * (damage == "longer")
    )

    with pytest.raises(CannotAnswer):
        restore(made.path, tmp_path / "new", key)
    assert [path.name for path in tmp_path.iterdir() if "new" in path.name or "restor" in path.name] == []


def test_a_home_is_never_overwritten(filled: Home, tmp_path: Path, key: Path) -> None:
    made = back_up(filled, tmp_path / "b.age", [RECIPIENT], NOW)

    with pytest.raises(WrongUsage, match="there already"):
        restore(made.path, filled.folder, key)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "files/../../x", "other/x", "files\\x", ""])
def test_a_member_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(CannotAnswer, match="no backup"):
        backup_archive.checked(name)


def test_a_hostile_archive_cannot_write_outside(tmp_path: Path) -> None:
    import io
    import tarfile

    path = tmp_path / "evil.tgz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("files/../../evil")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(CannotAnswer, match="no backup"):
        restore(path, tmp_path / "a" / "new", None)
    link = tarfile.TarInfo("files/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(link)
    with pytest.raises(CannotAnswer, match="no plain file"):
        restore(path, tmp_path / "a" / "new", None)
    assert list((tmp_path / "a").iterdir()) == []


def test_what_is_not_whole_is_told(filled: Home) -> None:
    kept = audit.Head(9, "0" * 64)
    (filled.files / DIGEST).write_bytes(b"another")
    book = filled.folder / "register.reviews.jsonl"
    _decide(filled, 2)
    book.write_text(book.read_text().replace("T1", "T9"))

    faults = verify_home(filled, Settings(), kept).faults

    assert [("evidence file" in one, "entry 9 was exported" in one, "does not follow" in one) for one in faults] == [
        (False, True, False),
        (True, False, False),
        (False, False, True),
    ]
    (filled.files / DIGEST).unlink()
    assert any("is missing" in one for one in verify_home(filled, Settings()).faults)


def test_a_backup_that_was_killed_leaves_nothing_for_long(filled: Home, tmp_path: Path) -> None:
    (filled.folder / ".backup-old").mkdir()
    back_up(filled, tmp_path / "b.age", [RECIPIENT], NOW)

    assert list(filled.folder.glob(".backup-*")) == []


class _writers:
    """Three threads that make offices, one after the other, and note each once it is acknowledged."""

    def __init__(self, home: Home, acknowledged: list[str]) -> None:
        self._home, self._acknowledged, self._stop = home, acknowledged, threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(3)]

    def _write(self, number: int) -> None:
        from django.db import connections

        from duecare.casebook.models import Structure

        step = 0
        while not self._stop.is_set():
            step += 1
            with written(Actor(None, at=NOW + timedelta(seconds=step)), "test.office", kind="structure") as note:
                office = Structure.objects.create(name=f"Office {number} {step}", at=NOW)
                note(office.oid)
            self._acknowledged.append(office.oid)
        connections.close_all()

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_given: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def _until_at_least(acknowledged: list[str], count: int) -> None:
    import time

    deadline = time.monotonic() + 30
    while len(acknowledged) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Leave no connection to a home that was restored."""
    yield
    from django.db import connections

    connections.close_all()
