"""Files that are sent in are kept whole or not at all, belong to one office, and are asked to be taken in once."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta

import pytest
from casebook_home import NOW
from coming_in import actor, arriving, office

from duecare.casebook import audit
from duecare.casebook.access import NotAllowed
from duecare.casebook.acts import uploads
from duecare.casebook.arriving import Arriving, plain_name, sweep_parts
from duecare.errors import CannotAnswer, FileRefused, WrongUsage

CSV = b"contract_id;title\n1;Cleaning\n"


def test_a_file_is_kept_with_its_digest(home) -> None:
    vienna = office()
    kept = uploads.keep(actor("PO", vienna), vienna, "Verträge.csv", arriving(home, CSV))

    path = uploads.stored(kept)
    assert path.read_bytes() == CSV
    assert path.parent.parent == home.uploads
    assert (kept.sha256, kept.bytes, kept.name) == (hashlib.sha256(CSV).hexdigest(), len(CSV), "Verträge.csv")
    assert audit.verify().head.number == 2
    assert [each.name for each in home.uploads.iterdir()] == [kept.oid]


def test_the_same_bytes_are_the_same_upload(home) -> None:
    vienna = office()
    first = uploads.keep(actor("PO", vienna), vienna, "a.csv", arriving(home, CSV))

    assert uploads.keep(actor("PO", vienna), vienna, "b.csv", arriving(home, CSV)) == first
    assert len(list(home.uploads.iterdir())) == 1


@pytest.mark.parametrize("role", ["RQ", "CM", "ADM", "IV", "SAG", "DPO"])
def test_who_may_not_send_files_in(home, role: str) -> None:
    vienna = office()
    coming = arriving(home, CSV)

    with pytest.raises(NotAllowed):
        uploads.keep(actor(role, vienna), vienna, "a.csv", coming)


def test_files_of_another_office_are_not_there(home) -> None:
    vienna, kyiv = office(), office("Kyiv")
    kept = uploads.keep(actor("PO", vienna), vienna, "a.csv", arriving(home, CSV))
    with pytest.raises(NotAllowed):
        uploads.keep(actor("PO", kyiv), vienna, "a.csv", arriving(home, CSV))

    with pytest.raises(CannotAnswer) as others:
        uploads.upload_seen(actor("PO", kyiv), kept.oid)
    with pytest.raises(CannotAnswer) as missing:
        uploads.upload_seen(actor("PO", kyiv), "a" * 26)
    assert str(others.value) == str(missing.value)
    assert uploads.upload_seen(actor("FP"), kept.oid) == kept
    assert not uploads.uploads_seen(actor("ADM")).exists()


def test_an_empty_file_and_one_that_is_too_large_leave_nothing(home) -> None:
    vienna = office()
    empty = arriving(home, b"")
    with pytest.raises(WrongUsage):
        uploads.keep(actor("PO", vienna), vienna, "a.csv", empty)
    empty.drop()
    large = Arriving(home.uploads, 10)
    with pytest.raises(FileRefused):
        large.write(b"x" * 11)

    assert list(home.uploads.iterdir()) == []


def test_a_record_that_cannot_be_written_leaves_no_bytes(home, monkeypatch) -> None:
    from duecare.casebook.models import Upload

    vienna = office()
    monkeypatch.setattr(Upload.objects, "create", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        uploads.keep(actor("PO", vienna), vienna, "a.csv", arriving(home, CSV))

    assert list(home.uploads.iterdir()) == []


def test_a_file_is_taken_in_by_one_job_and_its_map_is_kept(home) -> None:
    vienna = office()
    person = actor("PO", vienna)
    kept = uploads.keep(person, vienna, "a.csv", arriving(home, CSV))
    uploads.looked(person, kept, {"proposal": {"guesses": [{"header": "Nr"}, {"header": "Titel"}]}})
    job = uploads.take_in(person, kept, {"columns": {"contract_id": "Nr"}}, {"currency": "EUR"})

    assert uploads.take_in(person, kept) == job
    assert list(job.parameters["files"]) == [f"{kept.oid}/a.csv"]
    assert job.parameters["column_map"] == {"columns": {"contract_id": "Nr"}}
    assert uploads.saved_map(kept).content == {"columns": {"contract_id": "Nr"}}
    with pytest.raises(CannotAnswer):
        uploads.discard(person, kept)


def test_a_discarded_file_is_gone(home) -> None:
    vienna = office()
    person = actor("PO", vienna)
    kept = uploads.keep(person, vienna, "a.csv", arriving(home, CSV))
    uploads.discard(person, kept)

    assert list(home.uploads.iterdir()) == []
    assert not uploads.uploads_seen(person).exists()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\Liste.xlsx", "Liste.xlsx"),
        ("договоры 2026.csv", "договоры 2026.csv"),
        (".htaccess", "htaccess"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("\x00\x1f", "file"),
        ("", "file"),
        ("..", "file"),
        ("a/..", "file"),
        ("x" * 400 + ".csv", "x" * 109 + ".csv"),
    ],
)
def test_names_are_made_plain(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept
    assert len(plain_name(sent).encode()) < 255


def test_what_a_crash_left_is_swept_after_a_day(home) -> None:
    old, new = home.uploads / ".part-old", home.uploads / ".part-new"
    for path in (old, new):
        path.write_bytes(b"x")
    before = (NOW - timedelta(days=2)).timestamp()
    os.utime(old, (before, before))
    os.utime(new, (NOW.timestamp(), NOW.timestamp()))

    assert sweep_parts(home.uploads, NOW) == 1
    assert new.exists()
