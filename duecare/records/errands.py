"""Other work on files that nobody has checked: propose a column map, read new evidence. Always in a confined process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import msgspec

from duecare.errors import WrongUsage
from duecare.records.messages import Job
from duecare.records.quarantine import run_errand
from duecare.records.request import Request


def propose(file: Path, request: Request) -> dict[str, Any]:
    """A proposed column map: ``yaml`` as it can be saved, and the ``proposal`` with guesses, samples and what is missing."""
    return _answer("propose", file, request, {})


def read_evidence(file: Path, target: Path, request: Request, kind: str | None, edition: str) -> dict[str, Any]:
    """Read an official file or own observations into a new pack folder below ``target``; the state of the pack.

    The same file again changes nothing. Raises ``WrongUsage`` where a pack of that name holds something else.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".adding-", dir=target) as folder:
        answer = _run("evidence", file, request, {"kind": kind or "", "edition": edition}, folder)
        (pack,) = (child for child in Path(folder, "packs").iterdir() if child.is_dir())
        there = target / pack.name
        if not there.exists():
            pack.rename(there)
        elif (there / "facts.csv").read_bytes() != (pack / "facts.csv").read_bytes():
            raise WrongUsage(f"{there.name} is there already with other content. Delete it, or name another --edition.")
    return answer


def _answer(kind: str, file: Path, request: Request, asked: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="duecare-") as folder:
        return _run(kind, file, request, asked, folder)


def _run(kind: str, file: Path, request: Request, asked: dict[str, str], folder: str) -> dict[str, Any]:
    job = Job(1, kind, file.name, str(file.absolute()), folder, request, asked=asked)
    written, _ = run_errand(job)
    answer: dict[str, Any] = msgspec.json.decode(written.read_bytes())
    return answer
