"""Files over the API: sent in to be taken in, and evidence that is filed and given out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import FileResponse, HttpRequest
from pydantic import Field

from duecare.casebook.access import Need
from duecare.casebook.acts import files, uploads
from duecare.casebook.models import Contract
from duecare.casebook.models.files import CLASSES, GRADES
from duecare.errors import WrongUsage
from duecare.web.api.endpoints import endpoint
from duecare.web.api.reach import needed_office, one
from duecare.web.api.shapes import Asked, Made, Oid, Page, Short, Wish, paged
from duecare.web.api.work import JobOut
from duecare.web.receiving import Received, check, received

OID = {"type": "string", "pattern": "^[a-z2-7]{26}$"}
DAY = {"type": "string", "format": "date"}
SEE, WRITE = Need("WORK"), Need("WORK", "write")
FILE_SEE, FILE_WRITE = Need("PUB"), Need("SELF", "write")


class UploadOut(Made):
    """A file that was sent in."""

    structure: str = Field(validation_alias="structure_id")
    sha256: str
    name: str
    bytes: int
    job: str | None = Field(default=None, validation_alias="job_id")


class Reading(Wish):
    """How a file is to be read: a column map as in ``docs/reference/columns.md``, values for what it does not say, its sheet."""

    column_map: dict[str, Any] | None = None
    defaults: dict[str, Short] = Field(default_factory=dict)
    sheet: Short | None = None


@endpoint("POST", "uploads", WRITE, answers=UploadOut, status=201, receives="uploads", body={"structure": OID})
def send_in(request: HttpRequest) -> Any:
    """Send a file in for an office."""
    name, got = _one_file(request)
    office = needed_office(request, _text(request, "structure", 26))
    return uploads.keep(request.actor, office, name, got.arrived)


@endpoint("GET", "uploads", SEE, answers=Page[UploadOut])
def sent_in(request: HttpRequest, asked: Asked) -> Any:
    """The files sent in that you may see, newest first."""
    return paged(uploads.uploads_seen(request.actor), asked)


@endpoint("GET", "uploads/{oid}", SEE, answers=UploadOut, objects="upload")
def upload(request: HttpRequest, oid: Oid) -> Any:
    """One file that was sent in."""
    return uploads.upload_seen(request.actor, oid)


@endpoint("DELETE", "uploads/{oid}", WRITE, answers=None, status=204, objects="upload")
def discard(request: HttpRequest, oid: Oid) -> Any:
    """Delete a file of which nothing was taken in."""
    uploads.discard(request.actor, uploads.upload_seen(request.actor, oid))


@endpoint("POST", "uploads/{oid}/take-in", WRITE, answers=JobOut, status=202, objects="upload")
def take_in(request: HttpRequest, oid: Oid, how: Reading) -> Any:
    """Ask for a file to be taken in; the answer is the piece of work that does it."""
    there = uploads.upload_seen(request.actor, oid)
    return uploads.take_in(request.actor, there, how.column_map, how.defaults, how.sheet)


class FileOut(Made):
    """An evidence file: what it is and what it is worth."""

    structure: str = Field(validation_alias="structure_id")
    contract: str | None = Field(default=None, validation_alias="contract_id")
    sha256: str
    name: str
    media_type: str
    bytes: int
    title: str
    issuer: str
    grade: str
    dated: date
    valid_to: date | None = None
    data_class: str
    contested: bool


FILE_FIELDS: dict[str, Any] = {
    "structure": OID,
    "title": {"type": "string", "minLength": 1, "maxLength": 300},
    "issuer": {"type": "string", "minLength": 1, "maxLength": 300},
    "dated": DAY,
    "grade": {"type": "string", "enum": list(GRADES)},
    "data_class": {"type": "string", "enum": list(CLASSES), "default": "BIZ"},
    "valid_to": DAY | {"default": ""},
    "contract": OID | {"default": ""},
}


@endpoint("POST", "files", FILE_WRITE, answers=FileOut, status=201, receives="files", body=FILE_FIELDS)
def file_evidence(request: HttpRequest) -> Any:
    """File evidence for an office or one of its contracts."""
    name, got = _one_file(request)
    said = files.About(
        _text(request, "title", 300), _text(request, "issuer", 300), _day(request, "dated"), _text(request, "grade", 2),
        _text(request, "data_class", 4, "BIZ"), _day(request, "valid_to") if _text(request, "valid_to", 10, "") else None,
    )  # fmt: skip
    if said.data_class not in CLASSES:
        raise WrongUsage(f"data_class: one of {', '.join(CLASSES)}.")
    office = needed_office(request, _text(request, "structure", 26), files.to_file(said.data_class))
    named = _text(request, "contract", 26, "")
    contract = one(request, Contract.objects.all(), named, need=Need("BIZ")) if named else None
    return files.file_evidence(request.actor, office, got.arrived, name, said, contract)


@endpoint("GET", "files", FILE_SEE, answers=Page[FileOut])
def filed(request: HttpRequest, asked: Asked) -> Any:
    """The evidence files that you may know of, newest first."""
    return paged(files.files_seen(request.actor), asked)


@endpoint("GET", "files/{oid}", FILE_SEE, answers=FileOut, objects="file")
def file(request: HttpRequest, oid: Oid) -> Any:
    """One evidence file, without its bytes."""
    return files.file_seen(request.actor, oid)


@endpoint("GET", "files/{oid}/content", FILE_SEE, answers=None, objects="file")
def content(request: HttpRequest, oid: Oid) -> Any:
    """The bytes of an evidence file; reading them is written into the log first."""
    kept, opened = files.open_file(request.actor, oid)
    return FileResponse(
        opened, as_attachment=True, filename=files.download_name(kept), content_type="application/octet-stream"
    )


@endpoint("POST", "files/{oid}/contest", FILE_WRITE, answers=FileOut, status=201, objects="file")
def contest(request: HttpRequest, oid: Oid) -> Any:
    """Mark a file as credibly contradicted."""
    return files.contest(request.actor, oid)


def _one_file(request: HttpRequest) -> tuple[str, Received]:
    check(request)
    found = received(request, "file")
    if len(found) != 1:
        raise WrongUsage("file: send exactly one file.")
    return found[0].name or "file", found[0]


def _text(request: HttpRequest, name: str, most: int, otherwise: str | None = None) -> str:
    given = request.POST.get(name, otherwise)
    if given is None or len(given) > most or "\0" in given:
        raise WrongUsage(f"{name}: this field is missing or not understood.")
    return str(given)


def _day(request: HttpRequest, name: str) -> date:
    try:
        return datetime.strptime(_text(request, name, 10), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        raise WrongUsage(f"{name}: write the day as 2026-11-24.") from None
