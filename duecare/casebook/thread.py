"""A contract's thread read as a whole: which link answers which, what became of each, and where an answer is missing.

Reasons -> measures -> clauses -> checks -> findings -> remedies. Gaps are worked out when the thread is read, never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duecare.casebook.models import Contract, ThreadEvent, ThreadLink

ANSWERS: dict[str, tuple[str, ...]] = {
    "reason": (),
    "measure": ("reason", "finding"),
    "clause": ("measure", "reason"),
    "check": ("clause", "measure"),
    "finding": ("check",),
    "remedy": ("finding",),
}
"""What a link of each kind may answer. A measure may also answer a finding, because what a check shows is a new reason."""
STATES_AFTER: dict[str, tuple[str, ...]] = {
    "": ("planned", "running", "done", "late", "dropped"),
    "planned": ("running", "done", "late", "dropped"),
    "running": ("done", "late", "dropped"),
    "late": ("running", "done", "dropped"),
    "done": ("running",),
    "dropped": ("planned", "running"),
}
"""What a link's state may become; done and dropped can be taken up again, never unsaid."""
OVER = frozenset({"done", "dropped"})
GAPS = (
    "reason_without_measure",
    "measure_without_clause",
    "check_without_clause",
    "check_without_finding",
    "finding_without_remedy",
)


@dataclass(frozen=True)
class Step:
    """One link with what became of it, what it answers and what answers it."""

    link: ThreadLink
    events: tuple[ThreadEvent, ...]
    answers: ThreadLink | None
    answered_by: tuple[ThreadLink, ...]

    @property
    def state(self) -> str:
        """The state that was said last; empty for none. Reasons and findings have no state of their own."""
        return self.events[-1].state if self.events else ""

    def is_late(self, day: date) -> bool:
        """Whether its day has passed and it is neither done nor dropped."""
        return self.state not in OVER and self.link.due is not None and self.link.due < day

    @property
    def stands(self) -> bool:
        """Whether it still counts: it was not dropped."""
        return self.state != "dropped"


@dataclass(frozen=True, slots=True)
class Gap:
    """Where an answer is missing: a code of ``GAPS``, and the link that waits for one."""

    code: str
    link: ThreadLink


@dataclass(frozen=True)
class Thread:
    """All links of a contract by kind, in the order in which they were made, and the gaps between them."""

    steps: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())

    def of(self, kind: str) -> tuple[Step, ...]:
        """The links of one kind."""
        return tuple(step for step in self.steps if step.link.kind == kind)

    def gap_of(self, link: ThreadLink) -> tuple[str, ...]:
        """Codes of the gaps at a link."""
        return tuple(gap.code for gap in self.gaps if gap.link.pk == link.pk)

    def open_codes(self) -> frozenset[str]:
        """Codes of the reasons that are kept, such as ``P_PROFILE``, by which a run's drivers are matched."""
        return frozenset(step.link.code for step in self.of("reason") if step.link.code)


def thread_of(contract: Contract | None) -> Thread:
    """The thread of a contract; an empty one where nobody has worked on it. Three queries, whatever its length."""
    from duecare.casebook.models import ThreadEvent, ThreadLink

    if contract is None:
        return Thread()
    links = list(ThreadLink.objects.filter(contract=contract).select_related("by"))
    events = list(ThreadEvent.objects.filter(link__contract=contract).select_related("by"))
    return read_thread(links, events)


def read_thread(links: Sequence[ThreadLink], events: Sequence[ThreadEvent]) -> Thread:
    """The same from links and events that are in memory."""
    by_id = {link.pk: link for link in links}
    steps = tuple(
        Step(
            link,
            tuple(event for event in events if event.link_id == link.pk),
            by_id.get(link.answers_id or ""),
            tuple(other for other in links if other.answers_id == link.pk),
        )
        for link in links
    )
    return Thread(steps, tuple(_gaps(steps)))


def _gaps(steps: Sequence[Step]) -> Iterator[Gap]:
    standing = {step.link.pk: step for step in steps if step.stands}
    for step in standing.values():
        kinds = {other.kind for other in step.answered_by if other.pk in standing}
        if step.link.kind == "reason" and not kinds & {"measure", "clause"}:
            yield Gap("reason_without_measure", step.link)
        if step.link.kind == "measure" and "clause" not in kinds:
            yield Gap("measure_without_clause", step.link)
        if step.link.kind == "check" and not _has_clause(step, standing):
            yield Gap("check_without_clause", step.link)
        if step.link.kind == "check" and step.state == "done" and "finding" not in kinds:
            yield Gap("check_without_finding", step.link)
        if step.link.kind == "finding" and not kinds & {"remedy", "measure"}:
            yield Gap("finding_without_remedy", step.link)


def _has_clause(step: Step, standing: dict[str, Step]) -> bool:
    """Whether a clause that still counts allows a check: the one it answers, or one that answers the same measure."""
    above = step.answers
    if above is None or above.pk not in standing:
        return False
    if above.kind == "clause":
        return True
    return any(other.kind == "clause" and other.pk in standing for other in standing[above.pk].answered_by)


def kinds_after(kinds: Iterable[str]) -> tuple[str, ...]:
    """Kinds of links that can be added where links of ``kinds`` are there; a reason can always be."""
    there = set(kinds)
    return tuple(kind for kind, above in ANSWERS.items() if not above or there & set(above))
