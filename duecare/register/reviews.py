"""The book of what people decided about what was bought: append-only JSON lines beside the register, never overwritten.

It lies beside the register's folder and not in it, because everything in a register can be deleted and made again and a
person's judgement cannot. Every line names the digest of the line before it, so that a later change is noticed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from duecare.errors import CannotAnswer
from duecare.terms import Classified

K = TypeVar("K")
Verb = Literal["accept", "correct", "withdraw"]
Scope = Literal["text", "line"]
Words = Annotated[str, msgspec.Meta(min_length=1)]


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes and words of a line as published, which a decision is about; empty where nothing is said."""

    cpv: str = ""
    unspsc: str = ""
    hs: str = ""
    title: str = ""
    description: str = ""

    @property
    def key(self) -> str:
        """32 hex digits, the same for the same codes and words; ``identify.bought`` makes the same ones in bulk."""
        parts = (self.cpv, self.unspsc, self.hs, self.title, self.description)
        return hashlib.md5("\x1f".join(parts).encode("utf-8"), usedforsecurity=False).hexdigest()


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the machine had made of it when the person decided."""

    profile: str
    how: str
    confidence: float
    contradicts: str = ""
    alternatives: tuple[str, ...] = ()


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who decided: a name or staff code, kept in the book only, and the function, which a report may show."""

    by: Words
    role: str = ""


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the book: who decided when, on which text or line, what and why.

    ``scope`` is ``text`` (every line with these codes and words) or ``line`` (only ``line_id``, while it says this).
    ``profile`` is empty for ``withdraw``, which gives the word back to the machine. ``lowers`` says that the decision is
    less risky than what the machine had used.
    """

    at: datetime
    verb: Verb
    scope: Scope
    said: Said
    line_id: str = ""
    language: str = ""
    profile: str = ""
    cpv: str = ""
    people: Annotated[tuple[Person, ...], msgspec.Meta(min_length=1)]
    reason: str = ""
    lowers: bool = False
    machine: Judged | None = None


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    before: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions that count: the newest for each text, and for each line while it says what was decided on."""

    texts: dict[str, Decision] = field(default_factory=dict)
    lines: dict[tuple[str, str], Decision] = field(default_factory=dict)

    def of(self, key: str, line_id: str = "") -> Decision | None:
        """The decision that counts for a line: its own before that of its text."""
        return self.lines.get((line_id, key)) or self.texts.get(key)

    def all(self) -> list[Decision]:
        """Every decision that counts, in a stable order."""
        return [self.texts[key] for key in sorted(self.texts)] + [self.lines[key] for key in sorted(self.lines)]

    @property
    def digest(self) -> str:
        """16 hex digits of what counts, empty for none: part of a run's identity. Names and reasons have no part in it."""
        said = [(d.scope, d.said.key, d.line_id, d.profile, d.cpv, d.at.date().isoformat()) for d in self.all()]
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:16] if said else ""


def as_read(decision: Decision, machine: Classified | None = None) -> Classified:
    """A decision as a reading of what was bought; the declared code of the machine's reading stays beside it."""
    code = machine.code if machine else ""
    day = decision.at.date()
    return Classified(decision.profile, "human", 1.0, code, cpv=decision.cpv, division_confidence=1.0, decided=day)


def book_beside(register: Path) -> Path:
    """The path of the book for a register's folder: its sibling with the same name and ``.reviews.jsonl`` behind."""
    folder = register.resolve()
    return folder.with_name(f"{folder.name}.reviews.jsonl")


def read_book(register: Path) -> tuple[Decision, ...]:
    """All decisions ever written, oldest first; none where there is no book yet.

    Raises ``CannotAnswer`` where a line cannot be read or is not what was once written. A last line that never ended,
    because the machine stopped while it was written, was never confirmed and does not count.
    """
    book = book_beside(register)
    return tuple(kept.decision for kept in _read(book, book.read_bytes())) if book.is_file() else ()


def standing(decisions: Iterable[Decision]) -> Standing:
    """What counts of decisions in the order in which they were made: a newer one replaces or withdraws an older one."""
    counts = Standing()
    for decision in decisions:
        if decision.scope == "text":
            _replace(counts.texts, decision.said.key, decision)
        else:
            _replace(counts.lines, (decision.line_id, decision.said.key), decision)
    return counts


def write_decision(register: Path, decision: Decision) -> int:
    """Append one decision and make sure that it is on the disk; returns its number, from 1.

    Writers wait for each other. Raises ``CannotAnswer`` where the book was changed by other hands.
    """
    book = book_beside(register)
    with book.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        content = file.read()
        kept = _read(book, content)
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            file.truncate(whole)
        number = len(kept) + 1
        file.write(msgspec.json.encode(_Kept(number, _digest(content[:whole]), decision)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _settle(book.parent)
    return number


def _replace(counts: dict[K, Decision], key: K, decision: Decision) -> None:
    if decision.verb == "withdraw":
        counts.pop(key, None)
    else:
        counts[key] = decision


def _read(book: Path, content: bytes) -> list[_Kept]:
    kept: list[_Kept] = []
    before = b""
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        if not line.endswith(b"\n"):
            break
        try:
            one = msgspec.json.decode(line, type=_Kept)
        except msgspec.DecodeError as error:
            raise CannotAnswer(f"{book.name}, line {number}: {error}. Restore the file from a backup.") from None
        if (one.number, one.before) != (number, _digest(before)):
            raise CannotAnswer(
                f"{book.name}: line {number} does not follow what was written before it, so a line was changed or lost. "
                "Decisions are never changed; restore the file from a backup and correct with `duecare review correct`."
            )
        kept.append(one)
        before = line
    return kept


def _digest(content: bytes) -> str:
    """Of the last whole line."""
    last = content.splitlines(keepends=True)[-1:] if content else []
    return hashlib.sha256(last[0]).hexdigest()[:16] if last else ""


def _settle(folder: Path) -> None:
    """Make a new file's name as lasting as its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
