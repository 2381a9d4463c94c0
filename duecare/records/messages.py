"""What the parent, the process that forks, and the reading processes say to each other: lines of JSON over pipes."""

from __future__ import annotations

import msgspec

from duecare.records.faults import Fault
from duecare.records.request import Request
from duecare.records.staging import Summary


class Job(msgspec.Struct, frozen=True):
    """One order to a reading process.

    ``read`` a file, ``read_member`` of an unpacked zip, ``annotate`` a file with its ``parked`` rows, ``propose`` a column
    map for it, read it as ``evidence`` with the words of ``asked``, or read its ``texts`` to be classified.

    ``name`` is the file's name as the user knows it, ``path`` where its bytes are, ``folder`` the only place to write.
    """

    id: int
    kind: str
    name: str
    path: str
    folder: str
    request: Request
    parked: str = ""
    out: str = ""
    summary: Summary | None = None
    asked: dict[str, str] = {}


class Member(msgspec.Struct, frozen=True):
    """One unpacked and verified member of a zip."""

    name: str
    path: str
    sha256: str
    size: int


class Outcome(msgspec.Struct, frozen=True):
    """What a reading process found: a summary, a refusal, or the members of a zip that are to be read next."""

    format: str = ""
    summary: Summary | None = None
    refusal: Fault | None = None
    members: tuple[Member, ...] = ()
    written: str = ""
    disk_full: bool = False
    wrong_usage: str = ""


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The process that works on job ``id``."""

    id: int
    pid: int


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """How the process of job ``id`` ended: wait status, whether it was stopped by the clock, its words and its cost."""

    id: int
    status: int
    timed_out: bool
    words: bytes
    processor_seconds: float
    seconds: float
    peak_bytes: int


Event = Started | Ended
