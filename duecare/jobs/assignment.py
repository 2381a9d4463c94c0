"""What the worker hands to the process that does one job, and what it hears from it: plain values as JSON.

The assignment is written down once, when a job is first taken up, so that a second attempt does exactly the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from duecare.casebook.home import Home
from duecare.register.store import Register, write_whole
from duecare.settings import Settings

FILE = "assignment.json"


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One job with everything that it depends on: its order, rulings of the record, and the files that were there before."""

    job: str
    home: str
    kind: str
    parameters: dict[str, Any]
    settings: Settings
    rulings: list[dict[str, Any]] = []
    held: list[str] = []
    """Digests of the files in the register's ledger before the job began."""


class Said(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """One message of the child: how far it is, or how it ended (one of ``result``, ``error``, ``fault``)."""

    step: str = ""
    done: int = 0
    total: int | None = None
    result: dict[str, Any] | None = None
    error: str = ""
    fault: str = ""
    where: str = ""

    @property
    def is_end(self) -> bool:
        """Whether it is the last message."""
        return self.result is not None or bool(self.error or self.fault)


def assign(home: Home, job: str, kind: str, parameters: dict[str, Any], settings: Settings) -> Path:
    """The folder of a job with its assignment in it, written only when it is not there yet."""
    folder = home.jobs / job
    folder.mkdir(exist_ok=True, mode=0o700)
    if not (folder / FILE).is_file():
        plain = msgspec.structs.replace(_first(home, job, kind, parameters), settings=_without_secrets(settings))
        write_whole(folder / FILE, msgspec.json.encode(plain))
    return folder


def read_assignment(folder: Path) -> Assignment:
    """The assignment in a job's folder."""
    return msgspec.json.decode((folder / FILE).read_bytes(), type=Assignment)


def ledger_digests(home: Home) -> list[str]:
    """Digests of the files that are in the register, sorted; none where there is no register yet."""
    if not (home.register / "register.json").is_file():
        return []
    return sorted(str(entry["sha256"]) for entry in Register.existing(home.register).ledger())


def _first(home: Home, job: str, kind: str, parameters: dict[str, Any]) -> Assignment:
    from duecare.jobs.rulings import gather

    rulings = [msgspec.to_builtins(one) for one in gather().rulings] if kind == "identify" else []
    held = ledger_digests(home) if kind == "take-in" else []
    return Assignment(job, str(home.folder), kind, parameters, Settings(), rulings, held)


def _without_secrets(settings: Settings) -> Settings:
    from dataclasses import replace

    return replace(settings, database="", home="")
