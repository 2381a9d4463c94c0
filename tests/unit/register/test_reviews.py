"""The book of people's decisions: appended, on the disk, never changed unnoticed, and the newest one counts."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from duecare.errors import CannotAnswer
from duecare.register.engine import Engine
from duecare.register.reviews import (
    Decision,
    Judged,
    Person,
    Said,
    book_beside,
    read_book,
    standing,
    write_decision,
)

AT = datetime(2026, 11, 3, 10, 30, tzinfo=UTC)
CLEANING = Said(cpv="98390000", title="Cleaning of offices")


def made(**given: Any) -> Decision:
    values: dict[str, Any] = {
        "at": AT, "verb": "correct", "scope": "text", "said": CLEANING, "profile": "CAT03", "cpv": "9091",
        "people": (Person("KM", "procurement"),), "reason": "The contract says so", "machine": Judged("GEN-PERSONAL", "declared", 0.6),
    }  # fmt: skip
    return Decision(**(values | given))


@pytest.fixture
def register(tmp_path: Path) -> Path:
    folder = tmp_path / "register"
    folder.mkdir()
    return folder


def test_the_book_lies_beside_the_register_so_that_making_it_again_keeps_it(register: Path) -> None:
    write_decision(register, made())
    register.rmdir()

    assert book_beside(register) == register.parent.resolve() / "register.reviews.jsonl"
    assert read_book(register) == (made(),)


def test_a_register_named_in_another_way_has_the_same_book(register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (register.parent / "link").symlink_to(register)
    monkeypatch.chdir(register)

    assert book_beside(Path()) == book_beside(register) == book_beside(register.parent / "link")


def test_what_was_written_is_read_as_it_was(register: Path) -> None:
    decisions = [
        made(reason="ä\n\u2028 'x'"),
        made(verb="accept", reason=""),
        made(verb="withdraw", profile="", cpv=""),
    ]
    numbers = [write_decision(register, decision) for decision in decisions]

    assert numbers == [1, 2, 3]
    assert list(read_book(register)) == decisions


def test_no_book_means_no_decisions(register: Path) -> None:
    assert read_book(register) == ()
    assert standing(()).digest == ""


def test_every_decision_is_on_the_disk_before_it_is_confirmed(register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), real(handle))[1])
    write_decision(register, made())

    assert len(synced) == 2  # the file and the folder that names it


@pytest.mark.parametrize(("old", "new"), [(b"CAT03", b"CAT04"), (b"The contract", b"My contract"), (b'"KM"', b'"XY"')])
def test_a_changed_line_is_noticed(register: Path, old: bytes, new: bytes) -> None:
    write_decision(register, made())
    write_decision(register, made(profile="CAT06"))
    book = book_beside(register)
    book.write_bytes(book.read_bytes().replace(old, new, 1))

    with pytest.raises(CannotAnswer, match="line 2 does not follow"):
        read_book(register)
    with pytest.raises(CannotAnswer, match="line 2 does not follow"):
        write_decision(register, made())


def test_a_lost_line_is_noticed(register: Path) -> None:
    for profile in ("CAT03", "CAT04", "CAT06"):
        write_decision(register, made(profile=profile))
    book = book_beside(register)
    first, _, third = book.read_bytes().splitlines(keepends=True)
    book.write_bytes(first + third)

    with pytest.raises(CannotAnswer, match="changed or lost"):
        read_book(register)


def test_a_line_that_is_no_decision_names_itself(register: Path) -> None:
    book_beside(register).write_bytes(b'{"number":1}\n')

    with pytest.raises(CannotAnswer, match="line 1"):
        read_book(register)


def test_a_line_that_never_ended_was_never_confirmed(register: Path) -> None:
    write_decision(register, made())
    book = book_beside(register)
    whole = book.read_bytes()
    book.write_bytes(whole + whole[: len(whole) // 2])

    assert read_book(register) == (made(),)
    assert write_decision(register, made(profile="CAT04")) == 2
    assert [decision.profile for decision in read_book(register)] == ["CAT03", "CAT04"]
    assert book.read_bytes().startswith(whole)


def test_several_people_write_at_once(register: Path) -> None:
    people = [threading.Thread(target=write_decision, args=(register, made(reason=f"reason {n}"))) for n in range(12)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert sorted(d.reason for d in read_book(register)) == sorted(f"reason {n}" for n in range(12))


def test_the_newest_decision_counts_and_can_be_withdrawn() -> None:
    first, second = made(), made(profile="CAT04", at=AT + timedelta(days=1))
    withdrawn = made(verb="withdraw", profile="", cpv="")

    assert standing([first, second]).of(CLEANING.key) == second
    assert standing([first, withdrawn]).of(CLEANING.key) is None
    assert standing([first, withdrawn, second]).of(CLEANING.key) == second


def test_a_line_of_its_own_comes_before_its_text_and_only_while_it_says_the_same() -> None:
    text, line = made(), made(scope="line", line_id="L1", profile="CAT04")
    counting = standing([text, line])

    assert counting.of(CLEANING.key, "L1") == line
    assert counting.of(CLEANING.key, "L2") == text
    assert counting.of(Said(title="Other").key, "L1") is None


def test_the_digest_says_what_counts_and_not_who_or_why() -> None:
    same = standing([made(reason="Another reason", people=(Person("XY"),))])

    assert standing([made()]).digest == same.digest
    assert standing([made(profile="CAT04")]).digest != same.digest


def test_the_key_is_the_one_of_the_bulk_step() -> None:
    from duecare.identify.bought import KEY, KEYED

    said = Said("90910000", "76111501", "", "Čišćenje – 'naïve'", "täglich\n")
    with Engine() as engine:
        engine.table("lines", dict.fromkeys(KEYED, "VARCHAR"), [[getattr(said, name) or None for name in KEYED]])

        assert engine.rows(f"SELECT {KEY} AS text_key FROM lines") == [{"text_key": said.key}]
