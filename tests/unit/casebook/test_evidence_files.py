"""Evidence files lie outside of the database by their digest, and are given out only whole and only to whom they are open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from coming_in import actor, arriving, document, office

from duecare.casebook import audit
from duecare.casebook.access import NotAllowed
from duecare.casebook.acts import files
from duecare.errors import CannotAnswer, FileRefused, WrongUsage

ABOUT = files.About("Payroll check", "Labour inspectorate", date(2026, 9, 1), "E3")
PDF = b"%PDF-1.7 harmless %%EOF"


def _file(home, person, structure, about=ABOUT, content=PDF):
    return files.file_evidence(person, structure, arriving(home, content, "files"), "Bericht.pdf", about)


def test_bytes_lie_under_their_digest_and_are_shared(home) -> None:
    vienna = office()
    first, second = (_file(home, actor("PO", vienna), vienna) for _ in range(2))

    assert first.oid != second.oid
    assert [each.name for each in home.files.iterdir()] == [first.sha256]
    assert (home.files / first.sha256).read_bytes() == PDF
    assert first.media_type == "application/pdf"
    assert files.download_name(first) == f"evidence-{first.oid[:8]}.pdf"


def test_a_refused_file_leaves_no_row(home) -> None:
    vienna = office()
    coming = arriving(home, document(word__vbaProject=b"macro"), "files")
    with pytest.raises(FileRefused):
        files.file_evidence(actor("PO", vienna), vienna, coming, "a.docx", ABOUT)
    coming.drop()

    assert not files.files_seen(actor("PO", vienna)).exists()
    assert list(home.files.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"issuer": "x" * 301}, "issuer"),
        ({"grade": "E5"}, "grade"),
        ({"data_class": "KEY"}, "data_class"),
        ({"dated": date(2026, 11, 25)}, "dated"),
        ({"valid_to": date(2026, 8, 31)}, "valid_to"),
    ],
)
def test_what_is_said_of_a_file_must_make_sense(home, change, field: str) -> None:
    vienna = office()
    with pytest.raises(WrongUsage, match=f"^{field}:"):
        _file(home, actor("PO", vienna), vienna, replace(ABOUT, **change))


@pytest.mark.parametrize(
    ("data_class", "files_it", "reads", "does_not"),
    [
        ("PUB", "PO", "ADM", None),
        ("BIZ", "FP", "RQ", "IV"),
        ("COST", "FIN", "LG", "RQ"),
        ("SEN", "IV", "IV", "FP"),
        ("CASE", "FP", "IV", "PO"),
    ],
)
def test_the_class_says_who_may_read(home, data_class: str, files_it: str, reads: str, does_not: str | None) -> None:
    vienna = office()
    kept = _file(home, actor(files_it, vienna), vienna, replace(ABOUT, data_class=data_class))

    found, opened = files.open_file(actor(reads, vienna), kept.oid)
    with opened:
        assert (found, opened.read()) == (kept, PDF)
    if does_not:
        with pytest.raises(CannotAnswer, match="There is no such file"):
            files.open_file(actor(does_not, vienna), kept.oid)
        assert not files.files_seen(actor(does_not, vienna)).exists()


def test_who_may_not_file_a_class(home) -> None:
    vienna = office()
    for role, data_class in (("RQ", "BIZ"), ("PO", "CASE"), ("PO", "PSE"), ("ADM", "PUB"), ("CM", "COST")):
        with pytest.raises(NotAllowed):
            _file(home, actor(role, vienna), vienna, replace(ABOUT, data_class=data_class))


def test_another_offices_file_answers_like_a_missing_one(home) -> None:
    vienna, kyiv = office(), office("Kyiv")
    kept = _file(home, actor("PO", vienna), vienna)

    said = []
    for oid in (kept.oid, "a" * 26):
        with pytest.raises(CannotAnswer) as raised:
            files.open_file(actor("PO", kyiv), oid)
        said.append(str(raised.value))
    assert said[0] == said[1]


def test_reading_is_in_the_log_before_the_bytes_are_opened(home, monkeypatch) -> None:
    vienna = office()
    kept = _file(home, actor("FP", vienna), vienna, replace(ABOUT, data_class="CASE"))
    (home.files / kept.sha256).unlink()
    before = audit.head().number
    with pytest.raises(CannotAnswer, match="missing on the disk"):
        files.open_file(actor("FP", vienna), kept.oid)
    assert audit.head().number == before + 1

    def full(*_given, **_more):
        raise CannotAnswer("The disk is full.")

    monkeypatch.setattr(audit, "record_read", full)
    with pytest.raises(CannotAnswer, match="full"):
        files.open_file(actor("FP", vienna), kept.oid)


def test_changed_bytes_are_not_given_out_and_a_new_copy_puts_them_right(home) -> None:
    vienna = office()
    kept = _file(home, actor("PO", vienna), vienna)
    path = home.files / kept.sha256
    path.write_bytes(PDF.replace(b"harmless", b"forged!!"))

    with pytest.raises(CannotAnswer, match="were changed on the disk"):
        files.open_file(actor("PO", vienna), kept.oid)
    _file(home, actor("PO", vienna), vienna)
    with files.open_file(actor("PO", vienna), kept.oid)[1] as opened:
        assert opened.read() == PDF


def test_a_contested_file_says_so(home) -> None:
    vienna = office()
    kept = _file(home, actor("PO", vienna), vienna)

    assert files.contest(actor("CM", vienna), kept.oid).contested
    with pytest.raises(NotAllowed):
        files.contest(actor("RQ", vienna), kept.oid)
