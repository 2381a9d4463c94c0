"""A contract's thread as a page shows it: each reason with what answers it below, and where an answer is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duecare.casebook.models import EvidenceFile, ThreadLink
from duecare.casebook.thread import STATES_AFTER, Step, Thread
from duecare.communicate.i18n import Translator, msgid
from duecare.web.findings import Driver

KINDS = {
    "reason": msgid("Reason"),
    "measure": msgid("Measure"),
    "clause": msgid("Clause in the contract"),
    "check": msgid("Check"),
    "finding": msgid("Finding of a check"),
    "remedy": msgid("Remedy"),
}
ADD = {
    "reason": msgid("Add a reason"),
    "measure": msgid("Add a measure"),
    "clause": msgid("Add a clause"),
    "check": msgid("Add a check"),
    "finding": msgid("Add a finding"),
    "remedy": msgid("Add a remedy"),
}
STATES = {
    "": "",
    "planned": msgid("planned"),
    "running": msgid("running"),
    "done": msgid("done"),
    "late": msgid("late"),
    "dropped": msgid("dropped"),
}
GAPS = {
    "reason_without_measure": (msgid("No measure answers this reason yet."), "measure"),
    "measure_without_clause": (msgid("No clause of the contract holds this measure yet."), "clause"),
    "check_without_clause": (msgid("You plan checks but no clause allows them."), "clause"),
    "check_without_finding": (msgid("The check is done, and nothing says what it found."), "finding"),
    "finding_without_remedy": (msgid("Nothing remedies this finding yet."), "remedy"),
}
"""Sentence of each gap, and the kind of link that would close it."""
FOLLOWS = {
    "reason": "measure",
    "measure": "check",
    "clause": "check",
    "check": "finding",
    "finding": "remedy",
    "remedy": "",
}
"""What is usually added next below a link without a gap."""
REASON = "reason:"
"""Before the code of a reason of the run that is not a link yet, where a form names what is answered."""


@dataclass(frozen=True)
class Missing:
    """An answer that is missing: the sentence, what to add, and what the new link answers."""

    text: str
    kind: str
    answers: str


@dataclass(frozen=True)
class Row:
    """One row of the thread, ``depth`` steps below its reason. ``step`` is empty for a reason of the run that nobody took up."""

    kind: str
    text: str
    depth: int
    ref: str
    step: Step | None = None
    state: str = ""
    late: bool = False
    answers: str = ""
    missing: tuple[Missing, ...] = ()
    files: tuple[EvidenceFile, ...] = ()
    states: tuple[str, ...] = ()
    driver: Driver | None = None
    events: tuple[Any, ...] = field(default=())

    @property
    def look(self) -> str:
        """The class of the row's mark."""
        return "gap" if self.missing else "late" if self.late else self.state


def rows_of(
    thread: Thread, drivers: Sequence[Driver], files: Mapping[str, EvidenceFile], day: date, tr: Translator
) -> list[Row]:
    """The rows in the order in which they are read. ``drivers`` are the run's reasons that ask for an answer."""
    steps = {step.link.pk: step for step in thread.steps}
    roots = [step for step in thread.steps if step.answers is None]
    taken_up = thread.open_codes()
    rows = [_of_run(driver, tr) for driver in drivers if driver.code not in taken_up]
    for root in roots:
        rows += _below(root, 0, thread, steps, _Seeing(files, day, tr))
    return rows


@dataclass(frozen=True)
class _Seeing:
    files: Mapping[str, EvidenceFile]
    day: date
    tr: Translator


def _of_run(driver: Driver, tr: Translator) -> Row:
    ref = REASON + driver.code
    sentence, kind = GAPS["reason_without_measure"]
    return Row("reason", driver.text, 0, ref, missing=(Missing(tr.t(sentence), kind, ref),), driver=driver)


def _below(step: Step, depth: int, thread: Thread, steps: Mapping[str, Step], seeing: _Seeing) -> Iterator[Row]:
    yield _row(step, depth, thread, seeing)
    for other in step.answered_by:
        yield from _below(steps[other.pk], depth + 1, thread, steps, seeing)


def _row(step: Step, depth: int, thread: Thread, seeing: _Seeing) -> Row:
    link, tr = step.link, seeing.tr
    return Row(
        kind=link.kind,
        text=tr.t(link.text) if link.kind == "reason" and link.code else link.text,
        depth=depth,
        ref=link.pk,
        step=step,
        state=step.state,
        late=step.is_late(seeing.day),
        answers=step.answers.text if step.answers else "",
        missing=tuple(_missing(code, step, tr) for code in thread.gap_of(link)),
        files=tuple(seeing.files[oid] for oid in _evidence(step) if oid in seeing.files),
        states=STATES_AFTER[step.state] if step.state else (),
        events=step.events,
    )


def _missing(code: str, step: Step, tr: Translator) -> Missing:
    """A clause that is missing for a check answers what the check answers, where that is a measure."""
    sentence, kind = GAPS[code]
    above: ThreadLink | None = step.answers if code == "check_without_clause" else step.link
    return Missing(tr.t(sentence), kind, above.pk if above is not None and above.kind != "clause" else "")


def _evidence(step: Step) -> list[str]:
    named = [*step.link.evidence, *(oid for event in step.events for oid in event.evidence)]
    return list(dict.fromkeys(named))
