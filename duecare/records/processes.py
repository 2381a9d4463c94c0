"""The parent's side of the reading processes: start the process that forks, send it jobs, hear how they ended."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from duecare.errors import CannotAnswer
from duecare.records.messages import Ended, Event, Job, Started

_PACKAGE_HOME = str(Path(__file__).resolve().parents[2])
_START = "import sys; sys.path.extend(sys.argv[1:]); from duecare.records.child import main; main()"
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}


class Processes:
    """A context manager around ``duecare.records.child``. On leaving, every reading process is dead, whatever happened."""

    def __init__(self) -> None:
        self._pids: dict[int, int] = {}
        self._heard = bytearray()
        self._decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)

    def __enter__(self) -> Self:
        # -I: nothing of the working folder, the user's site or PYTHON* is imported. What this process imports from
        # (a virtual environment, an editable install) is named instead; it is trusted as much as this process is.
        places = [place for place in (*sys.path, _PACKAGE_HOME) if place and Path(place).is_absolute()]
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own words
            [sys.executable, "-I", "-c", _START, *dict.fromkeys(places)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=_ENVIRONMENT,
        )
        assert self._process.stdout is not None
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pid in self._pids.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def send(self, job: Job) -> None:
        """Order one job; it starts at once."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(job) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._gone() from None

    def ended(self, seconds: float) -> list[Ended]:
        """The jobs that ended, after waiting for at most ``seconds`` for something to happen."""
        assert self._process.stdout is not None
        if not self._selector.select(seconds):
            return []
        part = os.read(self._process.stdout.fileno(), 1 << 20)
        if not part:
            raise self._gone()
        self._heard += part
        *lines, rest = bytes(self._heard).split(b"\n")
        self._heard = bytearray(rest)
        return [event for line in lines if (event := self._note(self._decoder.decode(line)))]

    def bytes_read(self, job: int) -> int:
        """How many bytes the process of ``job`` and those it forked have read so far; 0 where this cannot be known."""
        pid = self._pids.get(job)
        return 0 if pid is None else sum(_bytes_read(each) for each in (pid, *_forked_by(pid)))

    def _note(self, event: Event) -> Ended | None:
        if isinstance(event, Started):
            self._pids[event.id] = event.pid
            return None
        self._pids.pop(event.id, None)
        return event

    def _gone(self) -> CannotAnswer:
        assert self._process.stderr is not None
        self._process.kill()
        last = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return CannotAnswer(f"The reading process could not run: {''.join(last) or 'it ended without a word'}.")


def _bytes_read(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/io").read_text(encoding="ascii").split(maxsplit=2)[1])
    except (OSError, ValueError, IndexError):
        return 0


def _forked_by(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return []
