"""The straight path: one function per verb, each on one screen. The command line and later doors call only this."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from duecare import __version__
from duecare.errors import WrongUsage
from duecare.records.request import Progress, Reading, Request
from duecare.register.intake import Admission, Intake, Outcome, refusal
from duecare.register.store import Register
from duecare.settings import Settings

Notify = Callable[[Progress], None]


@dataclass(frozen=True)
class TakeIn:
    """What one take-in did: its run id (the same for the same input) and an outcome per file, in the order given."""

    run: str
    files: tuple[Outcome, ...]

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """The files of which nothing was taken in."""
        return tuple(outcome for outcome in self.files if outcome.status == "file_refused")


def take_in(
    files: Sequence[Path],
    folder: Path,
    settings: Settings,
    as_of: date,
    *,
    column_map: Mapping[str, Any] | None = None,
    defaults: Mapping[str, str] | None = None,
    sheet: str | None = None,
    progress: Notify | None = None,
) -> TakeIn:
    """Read files into the register at ``folder``: every row accepted, parked with a reason, or its file refused.

    ``as_of`` is the day from which an award date lies in the future. Raises ``WrongUsage`` for a file that does not
    exist; anything wrong inside of a file is an outcome, not an exception.
    """
    from duecare.records.reading import read_files

    request = Request(
        limits=settings.limits,
        as_of=as_of,
        column_map=dict(column_map) if column_map else None,
        defaults=dict(defaults or {}),
        sheet=sheet,
        workers=settings.workers,
        trusted_size=True,
    )
    listed = list(input_files(files))
    with Register.open(folder).writing() as staging:
        register = Register.existing(folder)
        with Intake(register, settings, staging) as intake:
            outcomes = tuple(_admit(reading, intake) for reading in read_files(listed, staging, request, progress))
    return TakeIn(_take_in_id(outcomes, request), outcomes)


def input_files(named: Sequence[Path]) -> Iterator[Path]:
    """The files named, and for a folder the files in it, by name; hidden files and a README are not data."""
    for path in named:
        if path.is_dir():
            inside = sorted(child for child in path.iterdir() if child.is_file())
            yield from (child for child in inside if not child.name.startswith(".") and child.stem != "README")
        elif path.exists():
            yield path
        else:
            raise WrongUsage(f"There is no file {path}. Check the name and the folder.")


def _admit(reading: Reading, intake: Intake) -> Outcome:
    if reading.refusal or reading.summary is None:
        fault = reading.refusal
        assert fault is not None
        reason = {"code": fault.code, "row": fault.row, "field": fault.field}
        return refusal(
            reading.file, reading.sha256, reading.format, reason | {"value": fault.value, "message": fault.message}
        )
    summary = reading.summary
    outcome = intake.admit(
        Admission(
            file=reading.file,
            sha256=reading.sha256,
            size=reading.size,
            format=reading.format or summary.format,
            rows=summary.rows,
            quarantined=summary.quarantined,
            folder=reading.folder,
            merged=summary.merged,
            totals_rows=summary.totals_rows,
            ignored_fields=tuple(summary.ignored_fields),
            notes=tuple(summary.notes),
        )
    )
    return replace(outcome, file=reading.file)


def _take_in_id(outcomes: Sequence[Outcome], request: Request) -> str:
    inputs = {"files": sorted(outcome.sha256 for outcome in outcomes), "version": __version__}
    asked = {"map": request.column_map, "defaults": request.defaults, "as_of": request.as_of.isoformat()}
    text = json.dumps(inputs | asked | {"sheet": request.sheet}, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
