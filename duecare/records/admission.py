"""Hand what a reading process found in one file to the register: its staged rows, or why the file was refused."""

from __future__ import annotations

from dataclasses import replace

from duecare.records.request import Reading
from duecare.register.intake import Admission, Intake, Outcome, refusal


def admit(reading: Reading, intake: Intake) -> Outcome:
    """The outcome of one file: admitted by the register, or refused with its first fault."""
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
            unknown_fields=tuple(summary.unknown_fields),
            notes=tuple(summary.notes),
            repeated=tuple(summary.repeated),
        )
    )
    return replace(outcome, file=reading.file)
