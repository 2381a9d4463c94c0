"""Evidence files: filed with what they are worth, kept by their digest, given out only to whom their class is open."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

from duecare.casebook import audit
from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.arriving import Arriving, plain_name
from duecare.casebook.contents import ENDINGS, media_type
from duecare.casebook.home import Home
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duecare.casebook.models import Contract, EvidenceFile, Structure

LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class About:
    """What a person says of a file: title, who issued it, its day, grade (METHOD 6.5), class (METHOD 8.2), until when."""

    title: str
    issuer: str
    dated: date
    grade: str
    data_class: str = "BIZ"
    valid_to: date | None = None


def to_read(data_class: str) -> Need:
    """What reading a file of this class needs."""
    return Need(data_class, "read")


def to_file(data_class: str) -> Need:
    """What filing one needs; what is public is filed by those who write the business record."""
    return Need("BIZ" if data_class == "PUB" else data_class, "write")


def classes_to_file(actor: Actor) -> list[str]:
    """The classes that this person may file somewhere."""
    from duecare.casebook.models.files import CLASSES

    return [one for one in CLASSES if actor.reach.may_somewhere(to_file(one))]


def file_evidence(
    actor: Actor, structure: Structure, arrived: Arriving, name: str, about: About, contract: Contract | None = None
) -> EvidenceFile:
    """File a settled evidence file for an office or one of its contracts.

    The bytes are given their name first and are on the disk before the record speaks of them; the same bytes are kept
    once. Raises ``FileRefused`` for content that is not accepted, ``WrongUsage`` for what is said of it, ``NotAllowed``.
    """
    from duecare.casebook.models import EvidenceFile

    _check(about, actor.day)
    if contract is not None and contract.structure_id != structure.oid:
        raise WrongUsage("contract: this contract belongs to another office.")
    actor.must(to_file(about.data_class), structure.oid)
    kind = media_type(arrived.path, name)
    target = _path(arrived.sha256)
    if not _is_whole(target, arrived.sha256):
        arrived.move(target)
    arrived.drop()
    said = {"title": about.title.strip(), "issuer": about.issuer.strip(), "dated": about.dated, "grade": about.grade}
    with written(actor, "file.keep", kind="file", structure=structure.oid) as note:
        kept = EvidenceFile.objects.create(
            structure=structure, contract=contract, sha256=arrived.sha256, name=plain_name(name), media_type=kind,
            bytes=arrived.bytes, data_class=about.data_class, valid_to=about.valid_to, at=actor.at, by=actor.person, **said,
        )  # fmt: skip
        note(kept.oid, {"sha256": kept.sha256, "grade": kept.grade, "data_class": kept.data_class})
    return kept


def _check(about: About, today: date) -> None:
    from duecare.casebook.models.files import CLASSES, GRADES

    for field, text in (("title", about.title), ("issuer", about.issuer)):
        if not 0 < len(text.strip()) <= LONGEST_TITLE:
            raise WrongUsage(f"{field}: write 1 to {LONGEST_TITLE} characters.")
    if about.grade not in GRADES:
        raise WrongUsage(f"grade: one of {', '.join(GRADES)}.")
    if about.data_class not in CLASSES:
        raise WrongUsage(f"data_class: one of {', '.join(CLASSES)}.")
    if about.dated > today:
        raise WrongUsage("dated: the day lies in the future.")
    if about.valid_to is not None and about.valid_to < about.dated:
        raise WrongUsage("valid_to: this is before the file's own day.")


def files_seen(actor: Actor) -> QuerySet[EvidenceFile]:
    """The files that a person may know of, newest first: those whose class is open to them in the file's office."""
    from django.db.models import Q

    from duecare.casebook.models import EvidenceFile
    from duecare.casebook.models.files import CLASSES

    wanted = Q(pk__in=[])
    for one in CLASSES:
        reached = actor.reach.structures(to_read(one))
        wanted |= Q(data_class=one) if EVERYWHERE in reached else Q(data_class=one, structure__in=reached)
    return EvidenceFile.objects.select_related("structure", "contract", "by").filter(wanted)


def file_seen(actor: Actor, oid: str) -> EvidenceFile:
    """One file; raises ``CannotAnswer`` alike where it is not there and where its class is not open to the person."""
    kept = files_seen(actor).filter(oid=oid).first()
    if kept is None:
        raise CannotAnswer("There is no such file.")
    return kept


def open_file(actor: Actor, oid: str) -> tuple[EvidenceFile, IO[bytes]]:
    """The bytes of a file from the beginning, read against its digest first, so that changed ones are never given out.

    Every reading but that of what is public is in the log before this returns. Raises ``CannotAnswer`` for a file that is
    missing, of others, or not what was filed.
    """
    kept = file_seen(actor, oid)
    if kept.data_class != "PUB":
        audit.record_read(actor, "file.content", kind="file", object_id=kept.oid, structure=kept.structure_id)
    try:
        opened = _path(kept.sha256).open("rb")
    except FileNotFoundError:
        raise CannotAnswer("The bytes of this file are missing on the disk. Restore them from a backup.") from None
    if hashlib.file_digest(opened, "sha256").hexdigest() != kept.sha256:
        opened.close()
        raise CannotAnswer(
            "The bytes of this file were changed on the disk, so it is not given out. Restore it from a backup."
        )
    opened.seek(0)
    return kept, opened


def contest(actor: Actor, oid: str) -> EvidenceFile:
    """Mark a file as credibly contradicted (METHOD 6.5); what rests on it is as uncertain as if nobody had looked."""
    kept = file_seen(actor, oid)
    actor.must(to_file(kept.data_class), kept.structure_id)
    with written(actor, "file.contest", kind="file", structure=kept.structure_id) as note:
        kept.contested = True
        kept.save(update_fields=["contested"])
        note(kept.oid)
    return kept


def download_name(kept: EvidenceFile) -> str:
    """A name that says nothing and can do nothing: our own stem, and the ending of the content."""
    return f"evidence-{kept.oid[:8]}.{ENDINGS[kept.media_type]}"


def _is_whole(path: Path, sha256: str) -> bool:
    """Whether the same bytes are there already and unchanged; changed ones are put right by the new copy."""
    if not path.is_file():
        return False
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == sha256


def _path(sha256: str) -> Path:
    from django.conf import settings

    home: Home = settings.DUECARE_HOME
    return home.files / sha256
