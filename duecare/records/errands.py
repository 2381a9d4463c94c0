"""Other work on files that nobody has checked: propose a column map, read new evidence. Always in a confined process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import msgspec

from duecare.records.messages import Job
from duecare.records.quarantine import run_errand
from duecare.records.request import Request


def propose(file: Path, request: Request) -> dict[str, Any]:
    """A proposed column map: ``yaml`` as it can be saved, and the ``proposal`` with guesses, samples and what is missing."""
    return _answer("propose", file, request, {})


def read_evidence(file: Path, target: Path, request: Request, kind: str | None, edition: str) -> dict[str, Any]:
    """Read an official file or own observations into a new pack folder below ``target``; the state of the pack."""
    asked = {"target": str(target.absolute()), "kind": kind or "", "edition": edition}
    return _answer("evidence", file, request, asked)


def _answer(kind: str, file: Path, request: Request, asked: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="duecare-") as folder:
        job = Job(1, kind, file.name, str(file.absolute()), folder, request, asked=asked)
        written, _ = run_errand(job)
        answer: dict[str, Any] = msgspec.json.decode(written.read_bytes())
        return answer
