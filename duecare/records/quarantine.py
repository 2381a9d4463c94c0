"""Give a user's own file back, annotated with what is wrong with its parked rows, ready to be fixed and taken in again."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

from duecare.errors import CannotAnswer, FileRefused, WrongUsage
from duecare.records.messages import Job
from duecare.records.processes import Processes
from duecare.records.reading import understand
from duecare.records.request import Request
from duecare.records.staging import Summary
from duecare.settings import Limits

_ENDINGS = {"csv": ".csv", "json": ".jsonl", "jsonl": ".jsonl", "xlsx": ".xlsx", "xls": ".xlsx", "ods": ".xlsx"}


def export_annotated(
    original: Path, parked: Path, out: Path, summary: Summary | None = None, request: Request | None = None
) -> Path:
    """Write the annotated copy of ``original`` to ``out`` and return its path, with the ending of what was written.

    ``parked`` is the register's JSON lines of parked rows (one list of faults for each row). ``original`` may also name a
    member of a zip (``archive.zip/folder/member.csv``). ``request`` must be the one of the take-in where a column map or a
    sheet was given. The file is read in a confined process. Formula-like cells are neutralised, see
    ``spreadsheet.annotations``; the fixed file is taken in with the same result as a clean one. Raises ``WrongUsage`` when a
    file is missing, ``CannotAnswer`` when no row is parked, ``FileRefused`` when the original can no longer be read.
    """
    container = _existing(original)
    if not parked.is_file() or parked.stat().st_size == 0:
        raise CannotAnswer(f"No row of {original.name} is parked, so there is nothing to export.")
    asked = request or Request(limits=Limits(), as_of=date.max)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".duecare-") as folder:
        name = str(original.relative_to(container.parent))
        job = Job(1, "annotate", name, str(container.absolute()), folder, asked, str(parked.absolute()), "", summary)
        written, kind = run_errand(job)
        target = out.with_suffix(_ENDINGS[kind])
        shutil.move(written, target)
    return target


def _existing(original: Path) -> Path:
    """The file itself, or the zip that ``original`` names a member of."""
    for candidate in (original, *original.parents):
        if candidate.is_file():
            return candidate
    raise WrongUsage(f"{original} does not exist. The export needs the file as it was taken in.")


def run_errand(job: Job) -> tuple[Path, str]:
    """Do one job that writes one file, in a confined process; the file's path and the format that was found.

    Raises ``WrongUsage``, ``FileRefused`` and ``CannotAnswer`` as the work itself would.
    """
    with Processes() as processes:
        processes.send(job)
        while not (ended := processes.ended(1.0)):
            continue
    outcome = understand(ended[0], job.name)
    if refusal := outcome.refusal:
        raise FileRefused(
            refusal.code, refusal.message, row=refusal.row or None, field=refusal.field, value=refusal.value
        )
    if outcome.wrong_usage:
        raise WrongUsage(outcome.wrong_usage)
    if outcome.disk_full:
        raise CannotAnswer("There is no room left on the disk for what was to be written.")
    written = Path(outcome.written)
    if written.parent != Path(job.folder):
        raise CannotAnswer("The reading process answered with a path outside of its folder.")
    return written, outcome.format
