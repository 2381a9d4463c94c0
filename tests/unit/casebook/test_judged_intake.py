"""Verdicts on parked rows, and decisions about what was bought that stand in the book and in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from casebook_home import NOW
from coming_in import actor, office

from duecare.casebook import audit
from duecare.casebook.access import NotAllowed
from duecare.casebook.acts import quarantine, readings
from duecare.errors import CannotAnswer, WrongUsage

FILE = "f" * 64
WANTED = readings.Wanted("abcdef012345", "The words are a name and no purchase of labour.", category="CAT20")


def test_the_newest_verdict_counts_and_older_ones_stay(home) -> None:
    from duecare.casebook.models import QuarantineReview

    vienna = office()
    for minute, verdict in enumerate(("ask", "fix")):
        person = actor("PO", vienna).later(NOW + timedelta(minutes=minute))
        quarantine.judge(person, FILE, verdict, structure=vienna, code="BAD_DATE")

    assert quarantine.newest([FILE])[FILE, "BAD_DATE", ""].verdict == "fix"
    assert QuarantineReview.objects.count() == 2


def test_rows_stay_out_only_with_a_reason(home) -> None:
    vienna = office()
    with pytest.raises(WrongUsage, match="note"):
        quarantine.judge(actor("PO", vienna), FILE, "leave", structure=vienna, code="BAD_DATE")
    with pytest.raises(WrongUsage, match="code"):
        quarantine.judge(actor("PO", vienna), FILE, "fix", structure=vienna)
    with pytest.raises(NotAllowed):
        quarantine.judge(actor("RQ", vienna), FILE, "fix", structure=vienna, code="BAD_DATE")
    with pytest.raises(NotAllowed):
        quarantine.judge(actor("PO", vienna), FILE, "fix", structure=None, code="BAD_DATE")


def test_a_decision_has_its_number_in_the_log(home) -> None:
    from duecare.casebook.models import AuditEntry

    vienna = office()
    assert readings.keep(actor("PO", vienna), vienna, lambda: 7, {"key": "abc"}) == 7
    last = AuditEntry.objects.last()
    assert (last.act, last.object, last.detail["number"]) == ("reading.decide", "abc", 7)
    with pytest.raises(NotAllowed):
        readings.keep(actor("RQ", vienna), vienna, lambda: 8, {})


def test_a_book_that_refuses_leaves_no_entry(home) -> None:
    before = audit.head()
    with pytest.raises(ZeroDivisionError):
        readings.keep(actor("PO"), None, lambda: 1 // 0, {})
    assert audit.head() == before


def test_two_different_people_sign(home) -> None:
    vienna = office()
    first, second = actor("PO", vienna), actor("FP", vienna)
    waiting = readings.propose(first, vienna, WANTED)
    written = []

    with pytest.raises(WrongUsage, match="another person"):
        readings.answer(first, waiting, agrees=True, write=lambda: written.append(1) or 1)
    kept = readings.answer(second, waiting, agrees=True, write=lambda: written.append(1) or 1)

    assert (kept.number, kept.role, written) == (1, "FP", [1])
    assert not readings.proposals_seen(second).exists()
    with pytest.raises(CannotAnswer):
        readings.answer(second, waiting, agrees=True, write=lambda: written.append(1) or 1)
    assert written == [1]


def test_an_objection_needs_words_and_writes_nothing(home) -> None:
    vienna = office()
    waiting = readings.propose(actor("PO", vienna), vienna, WANTED)
    with pytest.raises(WrongUsage, match="note"):
        readings.answer(actor("FP", vienna), waiting, agrees=False)
    assert readings.answer(actor("FP", vienna), waiting, agrees=False, note="It is labour.").number is None


def test_another_offices_proposal_is_not_there(home) -> None:
    vienna, kyiv = office(), office("Kyiv")
    waiting = readings.propose(actor("PO", vienna), vienna, WANTED)
    with pytest.raises(CannotAnswer):
        readings.proposal_seen(actor("FP", kyiv), waiting.oid)
    with pytest.raises(NotAllowed):
        readings.answer(actor("FP", kyiv), waiting, agrees=False, note="x")
    assert readings.proposal_seen(actor("FP"), waiting.oid) == waiting


def test_a_role_is_ones_own(home) -> None:
    vienna = office()
    assert readings.role_of(actor("LG", vienna), vienna) == "LG"
    with pytest.raises(WrongUsage):
        readings.role_of(actor("LG", vienna), vienna, "FP")
