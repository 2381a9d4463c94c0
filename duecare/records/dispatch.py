"""What happens inside the confined process: find out what the file is, unpack and verify it, call its reader."""

from __future__ import annotations

import errno
import importlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from duecare.errors import FileRefused, WrongUsage
from duecare.records import archive, detect, tape, unpack
from duecare.records.faults import Fault, fault, refused
from duecare.records.messages import Job, Outcome
from duecare.records.staging import Staging, Summary
from duecare.records.warm_up import warm_up

_HEAVY = (
    "duecare.records.spreadsheet",
    "duecare.records.ocds",
    "duecare.records.notices.package",
    "duecare.records.annotate",
    "encodings.idna",
)
_IF_IT_FAILS = {
    "json": "MALFORMED_JSON",
    "jsonl": "MALFORMED_JSON",
    "xlsx": "BAD_ARCHIVE",
    "ods": "BAD_ARCHIVE",
    "xml": "MALFORMED_XML",
}
_SEE_REASONS = "The parked ones and their reasons are in `duecare take-in --json`."


def preload() -> None:
    """Import the readers and load their tables once, before the forks."""
    for name in _HEAVY:
        importlib.import_module(name)
    warm_up(work)


def prepare(job: Job) -> None:
    """Load what pays for a large file only, and can no longer be loaded behind the fence."""
    from duecare.records.ocds import structure_compiled

    if job.kind == "read" and ".json" in job.name.lower() and structure_compiled.is_worth_it(Path(job.path)):
        structure_compiled.scan()


def work(job: Job) -> Outcome:
    """Do one job. Whatever goes wrong in it becomes a refusal of this file with a sentence."""
    found: list[str] = []
    kinds: dict[str, Callable[[Job, list[str]], Outcome]] = {
        "read": _read,
        "read_member": _read_content,
        "annotate": _annotate,
        "propose": _propose,
        "evidence": _evidence,
        "texts": _texts,
    }
    try:
        return kinds[job.kind](job, found)
    except WrongUsage as error:
        return Outcome(wrong_usage=str(error))
    except BaseException as error:  # noqa: BLE001  a panic of a library is no Exception
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Outcome(disk_full=True)
        return Outcome(format=".".join(found), refusal=_as_refusal(error, found[0] if found else ""))


def _read(job: Job, found: list[str]) -> Outcome:
    path = Path(job.path)
    detect.check_name(job.name)
    kind = detect.detect(path, job.name, job.request.limits)
    detect.check_size(path, kind, job.request)
    if kind not in unpack.PACKED:
        return _read_content(job, found)
    found.append(kind)
    if kind == "tar":
        return _read_tar(path, job, found)
    if kind == "zip":
        entries = archive.list_entries(path, job.request.limits)
        if archive.only_notices(entry.name for entry in entries):
            from duecare.records.notices.package import read_zip

            found.insert(0, "xml")
            return Outcome(format="xml.zip", summary=read_zip(path, entries, Path(job.folder), job.request))
        members = unpack.unpack_zip(path, Path(job.folder, "members"), job.request.limits)
        return Outcome(format=kind, members=tuple(members))
    inner = unpack.unpack_stream(path, kind, Path(job.folder, "unpacked"), job.request.limits)
    try:
        if tape.is_tar(inner):
            found.insert(0, "tar")
            return _read_tar(inner, job, found)
        return _read_content(job, found, inner, detect.inner_name(job.name))
    finally:
        inner.unlink()


def _read_tar(path: Path, job: Job, found: list[str]) -> Outcome:
    """A tar is read when it is a package of notices, as publishers of notices make them, and for nothing else."""
    from duecare.records.notices.package import read_tar

    entries = tape.list_entries(path, job.request.limits)
    if not archive.only_notices(entry.name for entry in entries):
        detail = "This is a tar archive of other files than XML notices. Pack it as zip."
        raise refused("UNKNOWN_FORMAT", field="name", value=job.name, detail=detail)
    found.insert(0, "xml")
    return Outcome(format=".".join(found), summary=read_tar(path, entries, Path(job.folder), job.request))


def _read_content(job: Job, found: list[str], path: Path | None = None, name: str = "") -> Outcome:
    path, name = path or Path(job.path), name or job.name.rpartition("/")[2]
    detect.check_name(name)
    kind = detect.detect(path, name, job.request.limits)
    if kind in unpack.PACKED:
        raise detect.nested(name, kind)
    found.insert(0, kind)
    summary = _call_reader(path, kind, job, name)
    return Outcome(format=".".join(found), summary=summary)


def _call_reader(path: Path, kind: str, job: Job, name: str) -> Summary:
    folder = Path(job.folder)
    if kind == "xml":
        from duecare.records.notices.package import read_single

        return read_single(path, name, folder, job.request)
    if kind in ("json", "jsonl"):
        from duecare.records.ocds import read_ocds

        with detect.as_utf8(path, folder) as text:
            return read_ocds(text, folder, job.request)
    from duecare.records.spreadsheet import read_spreadsheet

    with Staging(folder) as staging:
        return read_spreadsheet(path, kind, staging, job.request)


def _annotate(job: Job, found: list[str]) -> Outcome:
    from duecare.records import annotate

    path, limits, target = Path(job.path), job.request.limits, Path(job.folder, "unpacked")
    kind = detect.detect(path, path.name, limits)
    if kind in ("xml", "tar") or (kind == "zip" and _is_package(path, job)):
        raise WrongUsage(f"{job.name} holds notices, which are corrected where they were published. {_SEE_REASONS}")
    if kind == "zip":
        path = unpack.unpack_one(path, job.name, target, limits)
        kind = detect.detect(path, job.name.rpartition("/")[2], limits)
    elif kind in unpack.PACKED:
        path = unpack.unpack_stream(path, kind, target, limits)
        kind = detect.detect(path, detect.inner_name(job.name), limits)
    found.append(kind)
    return Outcome(format=kind, written=str(annotate.annotate(path, kind, job)))


def _is_package(path: Path, job: Job) -> bool:
    return archive.only_notices(entry.name for entry in archive.list_entries(path, job.request.limits))


def _propose(job: Job, found: list[str]) -> Outcome:
    from duecare.records.column_map import propose

    path = Path(job.path)
    kind = detect.detect(path, job.name, job.request.limits)
    if kind in unpack.PACKED and kind != "zip":
        path = unpack.unpack_stream(path, kind, Path(job.folder, "unpacked"), job.request.limits)
        kind = detect.detect(path, detect.inner_name(job.name), job.request.limits)
    found.append(kind)
    if kind not in ("csv", "xlsx", "xls", "ods"):
        raise WrongUsage(f"{job.name} is {kind}; a column map is for CSV, XLSX, XLS and ODS files.")
    proposal = propose(path, kind, job.request.sheet)
    answer = {"yaml": proposal.as_yaml(), "proposal": proposal}
    return _answer(job, kind, answer)


def _texts(job: Job, found: list[str]) -> Outcome:
    from duecare.records.spreadsheet.texts import read_texts

    path, limits = Path(job.path), job.request.limits
    kind = detect.detect(path, job.name, limits)
    detect.check_size(path, kind, job.request)
    if kind in unpack.PACKED and kind != "zip":
        path = unpack.unpack_stream(path, kind, Path(job.folder, "unpacked"), limits)
        kind = detect.detect(path, detect.inner_name(job.name), limits)
    found.append(kind)
    if kind not in ("csv", "xlsx", "xls", "ods"):
        raise WrongUsage(f"{job.name} is {kind}; texts to classify stand in a CSV, XLSX, XLS or ODS file.")
    return Outcome(format=kind, written=str(read_texts(path, kind, Path(job.folder), job.request)))


def _evidence(job: Job, found: list[str]) -> Outcome:
    from duecare.evidence.loaders.adding import add_evidence

    found.append("evidence")
    asked = job.asked
    state = add_evidence(
        Path(job.path),
        Path(job.folder, "packs"),
        asked["kind"] or None,
        as_of=job.request.as_of,
        edition=asked["edition"],
    )
    return _answer(job, "evidence", {"sentence": state.sentence, "pack": state, "rows": state.rows})


def _answer(job: Job, kind: str, answer: dict[str, object]) -> Outcome:
    written = Path(job.folder, "answer.json")
    written.write_bytes(msgspec.json.encode(answer))
    return Outcome(format=kind, written=str(written))


def _as_refusal(error: BaseException, kind: str) -> Fault:
    """Turn any failure into one fault: the reader's own refusal as it is, limits as TOO_LARGE, the rest by its kind."""
    if isinstance(error, FileRefused):
        return Fault(error.code, error.row or 0, error.message, error.field, error.value)
    if isinstance(error, MemoryError):
        return fault("TOO_LARGE", 0, detail="Reading it needed more memory than is allowed.")
    if isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.EMFILE):
        return fault("TOO_LARGE", 0, detail="What it unpacks or reads to is larger than is allowed.")
    if isinstance(error, RecursionError):
        return fault("TOO_DEEP", 0)
    if isinstance(error, UnicodeError):
        return fault("BAD_ENCODING", 0)
    detail = f"The reader of this format failed at it ({type(error).__name__} {_where(error.__traceback__)})."
    return fault(
        _IF_IT_FAILS.get(kind, "UNKNOWN_FORMAT"), 0, detail=f"{detail} Please report this as a fault of duecare."
    )


def _where(trace: TracebackType | None) -> str:
    """Module and line where it failed; never the words of the error, which may quote the file."""
    place = ""
    with suppress(AttributeError):
        while trace is not None:
            place = f"in {Path(trace.tb_frame.f_code.co_filename).name} line {trace.tb_lineno}"
            trace = trace.tb_next
    return place


def failure(kind: str, detail: str) -> Fault:
    """The refusal of a file whose reader died without a word, by the kind that its name suggests."""
    return fault(_IF_IT_FAILS.get(kind, "UNKNOWN_FORMAT"), 0, detail=detail)
