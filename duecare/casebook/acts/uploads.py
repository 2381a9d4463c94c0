"""Files that are sent in to be taken in: kept, looked at, mapped, asked to be taken in, or discarded again."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.acts import work
from duecare.casebook.arriving import Arriving, plain_name, settle_folder
from duecare.casebook.home import Home
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duecare.casebook.models import Job, SavedMap, Structure, Upload

SEND = (Need("WORK", "write"), Need("BIZ", "write"))
"""Sending files in is work, and what they say of contracts is business: it takes both rights in the office."""
SEE = (Need("WORK", "read"), Need("BIZ", "read"))


def offices(actor: Actor, needs: Sequence[Need]) -> frozenset[str]:
    """Ids of the offices in which all needs are met; holds ``EVERYWHERE`` for the whole organisation."""
    reached = [actor.reach.structures(need) for need in needs]
    everywhere = frozenset({EVERYWHERE})
    if all(EVERYWHERE in found for found in reached):
        return everywhere
    named = [found for found in reached if EVERYWHERE not in found]
    return frozenset.intersection(*named)


def uploads_seen(actor: Actor) -> QuerySet[Upload]:
    """The files sent in that a person may see, newest first; discarded ones are left out."""
    from duecare.casebook.models import Upload

    reached = offices(actor, SEE)
    every = Upload.objects.select_related("structure", "by", "job").filter(discarded=None)
    return every if EVERYWHERE in reached else every.filter(structure__in=reached)


def upload_seen(actor: Actor, oid: str) -> Upload:
    """One file sent in; raises ``CannotAnswer`` alike where it is not there and where it is others'."""
    upload = uploads_seen(actor).filter(oid=oid).first()
    if upload is None:
        raise CannotAnswer("There is no such file.")
    return upload


def stored(upload: Upload) -> Path:
    """Where the bytes of a file lie; its name in an order of work is this path inside of ``uploads``."""
    return _home().uploads / upload.oid / upload.name


def keep(actor: Actor, structure: Structure | None, name: str, arrived: Arriving) -> Upload:
    """Keep a settled file for an office, or for the whole organisation without one. The same bytes again are the same upload, as long as it was not discarded.

    Raises ``WrongUsage`` for an empty file and ``NotAllowed`` without the rights of ``SEND`` in the office.
    """
    from duecare.casebook.models import Upload
    from duecare.casebook.models.kept import new_oid

    office = structure.oid if structure is not None else None
    for need in SEND:
        actor.must(need, office)
    if not arrived.bytes:
        raise WrongUsage("The file is empty. Check that it was saved completely.")
    same = Upload.objects.filter(structure=structure, sha256=arrived.sha256, discarded=None).first()
    if same is not None and stored(same).is_file():
        arrived.drop()
        return same
    oid, safe = new_oid(), plain_name(name)
    folder = _home().uploads / oid
    folder.mkdir(mode=0o700)
    try:
        arrived.move(folder / safe)
        settle_folder(folder.parent)
        with written(actor, "upload.keep", kind="upload", structure=office) as note:
            said = {"sha256": arrived.sha256, "bytes": arrived.bytes}
            upload = Upload.objects.create(
                oid=oid, structure=structure, name=safe, at=actor.at, by=actor.person, **said
            )
            note(upload.oid, said)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return upload


def looked(actor: Actor, upload: Upload, answer: Mapping[str, Any]) -> Upload:
    """Keep what the confined process saw in a file."""
    with written(actor, "upload.look", kind="upload", structure=upload.structure_id) as note:
        upload.looked = dict(answer)
        upload.save(update_fields=["looked"])
        note(upload.oid)
    return upload


def headings(upload: Upload) -> str:
    """A digest of the file's headings in their order; empty where it has none or was not looked at."""
    guesses = upload.looked.get("proposal", {}).get("guesses", [])
    text = "\x1f".join(guess["header"] for guess in guesses)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() if text else ""


def saved_map(upload: Upload) -> SavedMap | None:
    """The column map that the office used last for a file with these headings."""
    from duecare.casebook.models import SavedMap

    digest = headings(upload)
    return SavedMap.objects.filter(structure=upload.structure_id, headings=digest).first() if digest else None


def take_in(
    actor: Actor,
    upload: Upload,
    column_map: Mapping[str, Any] | None = None,
    defaults: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> Job:
    """Ask for a file to be taken in; its column map is kept for the office's next file with these headings.

    While an earlier request for the same file is under way, that one is returned. Raises what ``work.ask`` raises.
    """
    for need in SEND:
        actor.must(need, upload.structure_id)
    if upload.job is not None and upload.job.state in work.WAITING:
        return upload.job
    chosen = {"column_map": dict(column_map) if column_map else None, "defaults": dict(defaults or {}), "sheet": sheet}
    job = work.ask(actor, "take-in", {"files": [f"{upload.oid}/{upload.name}"], **chosen}, upload.structure)
    with written(actor, "upload.take_in", kind="upload", structure=upload.structure_id) as note:
        upload.job, upload.chosen = job, chosen
        upload.save(update_fields=["job", "chosen"])
        if column_map:
            _save_map(actor, upload, chosen)
        note(upload.oid, {"job": job.oid})
    return job


def _save_map(actor: Actor, upload: Upload, chosen: Mapping[str, Any]) -> None:
    from duecare.casebook.models import SavedMap

    if digest := headings(upload):
        kept = SavedMap.objects.filter(structure=upload.structure_id, headings=digest).first()
        kept = kept or SavedMap(structure=upload.structure, headings=digest)
        kept.content, kept.defaults = chosen["column_map"], chosen["defaults"]
        kept.at, kept.by = actor.at, actor.person
        kept.save()


def is_in_register(upload: Upload) -> bool:
    """Whether rows of this file were taken in or parked."""
    job = upload.job
    if job is None or job.state != "done":
        return False
    return any(one["status"] != "file_refused" for one in job.result.get("files", ()))


def discard(actor: Actor, upload: Upload) -> None:
    """Delete a file of which nothing was taken in. Raises ``CannotAnswer`` where it is being or was taken in."""
    for need in SEND:
        actor.must(need, upload.structure_id)
    if is_in_register(upload) or (upload.job is not None and upload.job.state in work.WAITING):
        raise CannotAnswer(
            "This file was taken in or is being taken in. It stays, so that its parked rows can be given back."
        )
    with written(actor, "upload.discard", kind="upload", structure=upload.structure_id) as note:
        upload.discarded = actor.at
        upload.save(update_fields=["discarded"])
        note(upload.oid)
    shutil.rmtree(stored(upload).parent, ignore_errors=True)


def _home() -> Home:
    from django.conf import settings

    home: Home = settings.DUECARE_HOME
    return home
