"""The log shows every change, gap and cut; the database refuses to change what people judged."""

from __future__ import annotations

import threading

import pytest
from casebook_home import NOW

from duecare.casebook import audit
from duecare.casebook.writing import Actor, queued, written


def _write(count: int) -> None:
    actor = Actor(None, at=NOW, via="cli")
    for number in range(count):
        with written(actor, "test.write", kind="thing") as note:
            note(f"object{number}", {"step": number})


def test_a_chain_verifies(home: object) -> None:
    _write(5)

    found = audit.verify()

    assert (found.fault, found.head.number) == ("", 5)


def test_an_empty_log_verifies(home: object) -> None:
    assert audit.verify().head.number == 0


def test_a_changed_entry_shows(home: object) -> None:
    _write(5)
    _tamper("UPDATE casebook_auditentry SET act = 'test.other' WHERE number = 3")

    assert audit.verify().number == 3
    assert "was changed" in audit.verify().fault


def test_a_missing_entry_shows(home: object) -> None:
    _write(5)
    _tamper("DELETE FROM casebook_auditentry WHERE number = 3")

    assert audit.verify().fault == "Entry 3 is missing."


def test_a_cut_end_shows_with_an_exported_head(home: object) -> None:
    _write(5)
    kept = audit.head()
    _tamper("DELETE FROM casebook_auditentry WHERE number > 3")

    assert audit.verify().fault == ""
    assert "entry 5 was exported" in audit.verify(kept).fault


def test_a_time_is_part_of_the_chain(home: object) -> None:
    _write(2)
    _tamper("UPDATE casebook_auditentry SET at = '2020-01-01 00:00:00+00:00' WHERE number = 2")

    assert audit.verify().number == 2


@pytest.mark.parametrize("statement", ["UPDATE casebook_auditentry SET act = 'x'", "DELETE FROM casebook_auditentry"])
def test_the_database_refuses_to_change_the_log(home: object, statement: str) -> None:
    from django.db import DatabaseError, connection

    _write(1)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_change_that_fails_leaves_no_entry(home: object) -> None:
    def fail() -> None:
        with written(Actor(None, at=NOW), "test.write") as note:
            note("object")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail()

    assert audit.head().number == 0


def test_many_writers_wait_for_each_other(home: object) -> None:
    from django.db import connections

    def work() -> None:
        _write(10)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (audit.verify().fault, audit.head().number) == ("", 80)


def test_one_thread_writes_one_change_at_a_time(home: object) -> None:
    with pytest.raises(RuntimeError, match="one change"), queued(), queued():
        pass


def _tamper(statement: str) -> None:
    """As somebody who owns the file could: without the triggers."""
    from django.db import connection

    with connection.cursor() as cursor:
        for event in ("update", "delete"):
            name = f"casebook_auditentry_no_{event}"
            on = " ON casebook_auditentry" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")
        cursor.execute(statement)
