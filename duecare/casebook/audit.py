"""The hash-chained log of what was written and of what restricted things were read (METHOD 8.5, 8.6).

An entry is written in the same transaction as the change, or before the answer to a reading. Its digest covers all its
values and the digest before it, so a change, a gap or a swap shows; its head (number and digest) can be exported and kept
elsewhere, which makes cutting off the end show as well. Entries hold ids and codes, never content or names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duecare.casebook.models import AuditEntry
    from duecare.casebook.writing import Actor

FIRST = "0" * 64
BLOCK = 5_000


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: what one keeps outside to prove later that nothing was cut off."""

    number: int
    digest: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What ``verify`` found: the head, and the first fault with its entry's number, or none."""

    head: Head
    fault: str = ""
    number: int = 0


def digest_of(entry: Mapping[str, Any]) -> str:
    """The digest of an entry's values, ``before`` among them: SHA-256 of canonical JSON, in hex."""
    said = {name: entry[name] for name in FIELDS}
    at = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(said | {"at": at}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


FIELDS = ("number", "person", "via", "act", "kind", "object", "structure", "detail", "before")


def append(
    actor: Actor,
    act: str,
    *,
    kind: str = "",
    object_id: str = "",
    structure: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry at the end of the chain. Must run inside of ``writing.queued``, which holds the chain's place."""
    from duecare.casebook.models import AuditEntry

    last = head()
    entry = {
        "number": last.number + 1,
        "at": actor.at,
        "person": actor.person_id,
        "via": actor.via,
        "act": act,
        "kind": kind,
        "object": object_id,
        "structure": structure,
        "detail": json.loads(json.dumps(detail or {}, default=str)),
        "before": last.digest,
    }
    return AuditEntry.objects.create(**entry, digest=digest_of(entry))


def record_read(
    actor: Actor, what: str, *, kind: str = "", object_id: str = "", structure: str = "", purpose: str = ""
) -> None:
    """Write that something restricted is about to be read; returns only once the entry is on the disk."""
    from duecare.casebook.writing import queued

    with queued():
        append(
            actor,
            f"read.{what}",
            kind=kind,
            object_id=object_id,
            structure=structure,
            detail={"purpose": purpose} if purpose else {},
        )


def head() -> Head:
    """The last entry's number and digest; 0 and zeros for an empty log."""
    from duecare.casebook.models import AuditEntry

    last = AuditEntry.objects.order_by("-number").values_list("number", "digest", "at").first()
    return Head(*last) if last else Head(0, FIRST)


def verify(kept: Head | None = None) -> Verified:
    """Walk the whole chain; with ``kept``, an exported head, also prove that it still stands where it stood."""
    return walk(entries(), kept)


def entries() -> Iterator[dict[str, Any]]:
    """All entries in order, with all their values."""
    from duecare.casebook.models import AuditEntry

    yield from AuditEntry.objects.order_by("number").values(*FIELDS, "at", "digest").iterator(chunk_size=BLOCK)


def walk(entries: Iterable[Mapping[str, Any]], kept: Head | None = None) -> Verified:
    """Walk entries from the first, of the open record or of a copy, and stop at the first fault."""
    number, before, at = 0, FIRST, None
    for entry in entries:
        number += 1
        if entry["number"] != number:
            return Verified(Head(number - 1, before, at), f"Entry {number} is missing.", number)
        if entry["before"] != before:
            return Verified(Head(number - 1, before, at), f"Entry {number} does not follow entry {number - 1}.", number)
        if digest_of(entry) != entry["digest"]:
            return Verified(Head(number - 1, before, at), f"Entry {number} was changed.", number)
        before, at = entry["digest"], entry["at"]
        if kept and kept.number == number and kept.digest != before:
            return Verified(
                Head(number, before, at), f"Entry {number} is not the one whose digest was exported.", number
            )
    if kept and kept.number > number:
        return Verified(
            Head(number, before, at), f"The log ends at entry {number}; entry {kept.number} was exported.", number
        )
    return Verified(Head(number, before, at))
