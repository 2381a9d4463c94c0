"""Decisions beside findings: what they need, what has changed since, and one's own estimate before the band is shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from casebook_home import NOW

from duecare.casebook.access import Held, NotAllowed, Reach
from duecare.errors import WrongUsage

DAY = NOW.date()
WHY = "The supplier showed payrolls of all posts for six months."
ITEM: dict[str, Any] = {
    "band": "HIGH", "L": 2.9, "L_lo": 2.0, "L_hi": 3.6, "S": 3.0, "SAL": 3.1, "PRI": 3.3, "ddl": "HEIGHTENED", "confidence_band": "MEDIUM",
    "reasons": [{"code": "P_PROFILE"}, {"code": "Q1"}], "gaps": [{"code": "NO_CPV"}], "override": None,
}  # fmt: skip


@pytest.fixture
def office(home: Any) -> Any:
    from duecare.casebook.models import Structure

    return Structure.objects.create(name="Office North", at=NOW)


@pytest.fixture
def officer(office: Any) -> Any:
    from duecare.casebook.models import Person
    from duecare.casebook.writing import Actor

    person = Person.objects.create_user("po@example.org", None, joined=NOW)
    return Actor(person, Reach(frozenset({Held("PO", office.oid)})), NOW)


def line(run: str = "r1") -> Any:
    from duecare.casebook.acts.contracts import Line

    return Line("l1", "C-1", "Cleaning", "Office North", run)


def verdict(kind: str = "act", what: str = "Ask for payrolls", why: str = WHY, expires: date | None = None) -> Any:
    from duecare.casebook.acts.decisions import Verdict

    return Verdict(kind, what, why, expires)


def test_a_decision_keeps_the_finding_as_it_stood(officer: Any) -> None:
    from duecare.casebook.acts.decisions import decide, latest
    from duecare.casebook.models import AuditEntry

    decision = decide(officer, line(), ITEM, verdict())
    assert (decision.run, decision.role, decision.finding["band"]) == ("r1", "PO", "HIGH")
    assert decision.finding["reasons"] == ["P_PROFILE", "Q1"]
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.object, WHY in str(entry.detail)) == ("decision.make", decision.oid, False)
    assert latest(decision.contract_id, "l1") == decision


def test_a_later_decision_replaces_the_earlier_one_and_both_stay(officer: Any) -> None:
    from duecare.casebook.acts.decisions import decide
    from duecare.casebook.models import Decision

    first = decide(officer, line(), ITEM, verdict())
    second = decide(officer.later(NOW + timedelta(hours=1)), line("r2"), ITEM, verdict("escalate"))
    assert second.replaces == first
    assert Decision.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"kind": "ignore"}, "kind"),
        ({"what": ""}, "what"),
        ({"why": "because"}, "why"),
        ({"why": "Ask Ana, +44 7700 900124, she knows all about it"}, "why"),
        ({"kind": "accept"}, "expires"),
        ({"kind": "defer", "expires": DAY}, "expires"),
        ({"kind": "close", "expires": DAY + timedelta(days=400)}, "expires"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(officer: Any, said: dict[str, Any], named: str) -> None:
    from duecare.casebook.acts.decisions import decide
    from duecare.casebook.models import Contract, Decision

    with pytest.raises(WrongUsage, match=f"^{named}: "):
        decide(officer, line(), ITEM, verdict(**said))
    assert (Decision.objects.count(), Contract.objects.count()) == (0, 0)


def test_readers_do_not_decide(officer: Any, office: Any) -> None:
    from duecare.casebook.acts.decisions import decide
    from duecare.casebook.writing import Actor

    for role in ("RQ", "FIN", "DPO", "IA", "IV", "SAG", "ADM"):
        with pytest.raises(NotAllowed):
            decide(Actor(officer.person, Reach(frozenset({Held(role, office.oid)})), NOW), line(), ITEM, verdict())


def test_a_decision_stands_until_its_day(officer: Any) -> None:
    from duecare.casebook.acts.decisions import decide, standing

    until = DAY + timedelta(days=30)
    decision = decide(officer, line(), ITEM, verdict("defer", expires=until))
    assert standing(["l1"], until) == {"l1": decision}
    assert standing(["l1"], until + timedelta(days=1)) == {}
    assert standing(["l2"], DAY) == {}


def test_what_has_changed_since_is_named(officer: Any) -> None:
    from duecare.casebook.acts.decisions import changed_since, decide

    decision = decide(officer, line(), ITEM, verdict())
    assert changed_since(decision, ITEM) == ()
    newer = ITEM | {
        "band": "VERY_HIGH",
        "L": 3.4,
        "PRI": 3.32,
        "reasons": [{"code": "P_PROFILE"}, {"code": "X1_FORCED"}],
    }
    found = {change.field: (change.before, change.after) for change in changed_since(decision, newer)}
    assert found == {"band": ("HIGH", "VERY_HIGH"), "L": (2.9, 3.4), "reasons": (["Q1"], ["X1_FORCED"])}
    assert [change.field for change in changed_since(decision, None)] == ["gone"]
    counted = ITEM | {"override": {"ids": ["O-1"]}}
    assert [change.field for change in changed_since(decision, counted)] == ["overrides"]


def test_one_in_ten_is_asked_and_always_the_same_one() -> None:
    from duecare.casebook.acts.decisions import is_asked

    asked = [number for number in range(5000) if is_asked("p" * 26, f"line{number}", "r1")]
    assert 400 < len(asked) < 600
    assert asked == [number for number in range(5000) if is_asked("p" * 26, f"line{number}", "r1")]
    assert asked != [number for number in range(5000) if is_asked("q" * 26, f"line{number}", "r1")]
    assert asked != [number for number in range(5000) if is_asked("p" * 26, f"line{number}", "r2")]


def first_asked(officer: Any) -> Any:
    """A line that this person is asked about."""
    from duecare.casebook.acts.contracts import Line
    from duecare.casebook.acts.decisions import is_asked

    found = next(f"line{number}" for number in range(500) if is_asked(officer.person.oid, f"line{number}", "r1"))
    return Line(found, "C-1", "Cleaning", "Office North", "r1")


def test_the_log_shows_that_somebody_was_asked_once(officer: Any) -> None:
    from duecare.casebook.acts.decisions import record_asked
    from duecare.casebook.models import AuditEntry

    for run in ("r1", "r1", "r2"):
        record_asked(officer, "l1", run)
    assert [entry.detail["run"] for entry in AuditEntry.objects.filter(act="estimate.ask", object="l1")] == ["r1", "r2"]


@pytest.mark.parametrize("band", ["LOW", ""])
def test_an_estimate_or_a_skip_is_kept_once_and_ends_the_waiting(officer: Any, band: str) -> None:
    from duecare.casebook.acts.decisions import own_estimate, waiting
    from duecare.casebook.models import OwnEstimate

    asked = first_asked(officer)
    assert waiting(officer, [asked.line_id, "another"], "r1") >= {asked.line_id}
    own_estimate(officer, asked, band, "HIGH")
    own_estimate(officer, asked, "VERY_HIGH", "HIGH")
    kept = OwnEstimate.objects.get()
    assert (kept.band, kept.shown_band) == (band, "HIGH")
    assert asked.line_id not in waiting(officer, [asked.line_id], "r1")


def test_an_estimate_is_a_band_or_nothing(officer: Any) -> None:
    from duecare.casebook.acts.decisions import own_estimate

    with pytest.raises(WrongUsage, match=r"^band: "):
        own_estimate(officer, first_asked(officer), "MAYBE", "HIGH")


def test_readers_are_not_asked(officer: Any, office: Any) -> None:
    from duecare.casebook.acts.decisions import waiting
    from duecare.casebook.writing import Actor

    reader = Actor(officer.person, Reach(frozenset({Held("IA", office.oid)})), NOW)
    assert waiting(reader, [first_asked(officer).line_id], "r1") == frozenset()
