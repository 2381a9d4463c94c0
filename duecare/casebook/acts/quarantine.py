"""What people say of parked rows: that they are being fixed, may stay out, or that somebody must be asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from duecare.casebook.access import Need
from duecare.casebook.writing import Actor, written
from duecare.errors import WrongUsage

if TYPE_CHECKING:
    from duecare.casebook.models import QuarantineReview, Structure

JUDGE = Need("JUDGE", "write")
VERDICTS = ("fix", "leave", "ask")
LONGEST_NOTE = 2000


def judge(
    actor: Actor,
    file_sha256: str,
    verdict: str,
    *,
    structure: Structure | None,
    code: str = "",
    row: str = "",
    note: str = "",
) -> QuarantineReview:
    """Keep a verdict on a parked row, or on all rows that a file has parked for one ``code``.

    ``leave`` needs a note, because rows that stay out are rows that nobody rates. Raises ``WrongUsage``, ``NotAllowed``.
    """
    from duecare.casebook.models import QuarantineReview

    actor.must(JUDGE, structure.oid if structure else None)
    if verdict not in VERDICTS:
        raise WrongUsage(f"verdict: one of {', '.join(VERDICTS)}.")
    if not code and not row:
        raise WrongUsage("code: name the reason or the row that this is about.")
    if verdict == "leave" and not note.strip():
        raise WrongUsage("note: say why these rows may stay out.")
    if len(note) > LONGEST_NOTE:
        raise WrongUsage(f"note: at most {LONGEST_NOTE} characters.")
    about = {"file_sha256": file_sha256, "code": code, "row": row}
    with written(actor, "quarantine.judge", kind="quarantine", structure=structure.oid if structure else None) as said:
        kept = QuarantineReview.objects.create(
            structure=structure, verdict=verdict, note=note.strip(), at=actor.at, by=actor.person, **about
        )
        said(kept.oid, {"file": file_sha256, "code": code, "verdict": verdict})
    return kept


def newest(files: Iterable[str]) -> dict[tuple[str, str, str], QuarantineReview]:
    """The last verdict on each (file, code, row) of these files, by their digests."""
    from duecare.casebook.models import QuarantineReview

    found = QuarantineReview.objects.select_related("by").filter(file_sha256__in=list(files)).order_by("at", "oid")
    return {(one.file_sha256, one.code, one.row): one for one in found}
