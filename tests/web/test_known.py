"""Who asks is looked up for every request: what ended counts at once, also where another process ended it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

BOTH = pytest.mark.parametrize("home", ["sqlite", "postgresql"], indirect=True)
TODAY = date(2026, 11, 24)


@BOTH
def test_a_person_is_the_same_as_by_the_record(people: dict[str, Any]) -> None:
    from duecare.casebook.models import Person
    from duecare.web import known

    kept = people["PO"]
    kept.hours_per_week, kept.sessions_since = Decimal("7.5"), datetime(2026, 11, 1, 8, 30, 1, 250_000, tzinfo=UTC)
    kept.save()
    for oid in (kept.oid, people["ADM"].oid):
        found, asked = known.person_of(oid), Person.objects.get(pk=oid)
        assert found is not None
        names = [field.attname for field in Person._meta.concrete_fields]
        assert {name: getattr(found, name) for name in names} == {name: getattr(asked, name) for name in names}
        assert found._state.db == "default"
        assert not found._state.adding
    assert known.person_of("a" * 26) is None


@BOTH
def test_a_reach_is_the_same_as_by_the_record(people: dict[str, Any], offices: dict[str, Any]) -> None:
    from duecare.casebook.access import Reach, reach_of
    from duecare.web import known

    kept = people["PO"]
    days = [(-9, 0), (0, None), (1, None), (-9, -1), (-9, 9)]
    for role, (since, until) in zip(("RQ", "CM", "FP", "LG", "IA"), days, strict=True):
        end = None if until is None else TODAY + timedelta(days=until)
        office = None if role == "IA" else offices["south"]
        kept.assignments.create(
            role=role, structure=office, since=TODAY + timedelta(days=since), until=end, at=datetime.now(tz=UTC)
        )
    for day in (TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=10), date(2025, 1, 1)):
        assert known.reach_today(kept, day) == reach_of(kept, day), day
    assert {held.role for held in known.reach_today(kept, TODAY).held} == {"PO", "RQ", "CM", "IA"}
    assert known.reach_today(kept, TODAY) is known.reach_today(kept, TODAY)
    kept.is_active = False
    assert known.reach_today(kept, TODAY) == Reach()


ENDS = {
    "a person at rest": ("UPDATE casebook_person SET is_active = 0 WHERE oid = ?", 302),
    "a person who is gone": ("UPDATE casebook_person SET oid = 'gone' WHERE oid = ?", 302),
    "sessions ended": ("UPDATE casebook_person SET sessions_since = '2999-01-01 00:00:00' WHERE oid = ?", 302),
    "a new password": ("UPDATE casebook_person SET password = 'another' WHERE oid = ?", 302),
    "sessions deleted": ("DELETE FROM django_session WHERE ? != ''", 302),
    "a role ended": ("UPDATE casebook_assignment SET until = '2026-01-02' WHERE person_id = ?", 403),
    "a role taken away": ("DELETE FROM casebook_assignment WHERE person_id = ?", 403),
}


@pytest.mark.parametrize("what", ENDS)
def test_what_another_process_ends_counts_at_the_next_request(
    home: Any, client_for: Callable[..., Any], people: dict[str, Any], what: str
) -> None:
    client, question = client_for("PO"), ENDS[what]
    assert [client.get("/portfolio").status_code for _ in range(2)] == [200, 200]
    with closing(sqlite3.connect(home.database, timeout=20)) as other:
        assert other.execute(question[0], [people["PO"].oid]).rowcount >= 1
        other.commit()

    assert client.get("/portfolio").status_code == question[1]


def test_a_new_role_counts_at_the_next_request(client_for: Callable[..., Any], people: dict[str, Any]) -> None:
    client = client_for("PO")
    before = client.get("/people").status_code
    people["PO"].assignments.create(role="ADM", since=date(2026, 1, 1), at=datetime.now(tz=UTC))

    assert (before, client.get("/people").status_code) == (403, 200)


def test_the_frame_is_each_persons_own(client_for: Callable[..., Any], people: dict[str, Any]) -> None:
    people["PO"].name = '<b>"Pat" & co</b>'
    people["PO"].save()
    first, second = client_for("PO"), client_for("FP")
    pages = [client.get("/account?x=%22%3Cb%3E").content.decode() for client in (first, second, first)]

    assert "&lt;b&gt;&#34;Pat&#34; &amp; co&lt;/b&gt;" in pages[0]
    assert "<b>&#34;" not in pages[0]
    assert '<b>"' not in pages[0]
    assert "Person FP" in pages[1]
    assert "Pat" not in pages[1]
    assert all('name="next" value="/account?x=%22%3Cb%3E"' in page for page in pages)
    tokens = [set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]{64})"', page)) for page in pages]
    assert [len(found) for found in tokens] == [1, 1, 1]
    assert len(set.union(*tokens)) == 3


def test_the_frame_speaks_the_persons_language(client_for: Callable[..., Any], people: dict[str, Any]) -> None:
    client = client_for("PO")
    english = client.get("/account").content.decode()
    people["PO"].language = "de"
    people["PO"].save()
    german = client.get("/account").content.decode()

    assert 'lang="en"' in english
    assert "Skip to the content" in english
    assert "Skip to the content" not in german
    assert "Zum Inhalt" in german
