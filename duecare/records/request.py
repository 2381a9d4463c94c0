"""What a door asks of the readers and what it gets back: values that travel between the parent and the reading process."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from duecare.records.faults import Fault
from duecare.records.staging import Summary
from duecare.settings import Limits


@dataclass(frozen=True, slots=True)
class Request:
    """How to read: limits, the day that "future" is measured from, and what the user says about the files.

    ``column_map`` is the content of a saved map, ``defaults`` fills canonical columns for the whole file, ``workers`` is
    the number of reading processes that may run side by side. ``trusted_size`` is for files named on the command line:
    plain CSV and JSON lines then stream without a size limit. Everything must be expressible as JSON.
    """

    limits: Limits
    as_of: date
    column_map: dict[str, Any] | None = None
    defaults: dict[str, str] = field(default_factory=dict)
    sheet: str | None = None
    workers: int = 2
    trusted_size: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What reading one file took: processor seconds, wall-clock seconds, and the largest resident memory in bytes."""

    processor_seconds: float
    seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, or one member of a zip (``archive.zip/folder/member.csv``), after reading: a summary or a refusal.

    ``sha256`` and ``size`` are of the file as named (of the unpacked member for a zip); ``folder`` holds what the reader
    staged and is empty after a refusal. ``format`` is what the content was found to be, such as ``csv`` or ``csv.gz``.
    """

    file: str
    sha256: str
    size: int
    summary: Summary | None
    refusal: Fault | None
    folder: Path
    format: str = ""
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come. ``bytes_done`` is measured by what the reading processes have read, so it is a guide."""

    file: str
    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    seconds: float
