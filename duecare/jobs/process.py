"""The child process of one job, as the worker sees it: what it says, whether it lives, and its end."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from duecare.jobs.assignment import Said
from duecare.jobs.surroundings import for_children

_PIECE = 1 << 16


class Child:
    """A running job. Leaving the ``with`` block kills whatever of it is still there, its own children too."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module and a folder of ours
            [sys.executable, "-m", "duecare.jobs.child", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=for_children(),
            start_new_session=True,
        )
        self._heard, self._last, self._ended = b"", Said(), False

    @property
    def is_over(self) -> bool:
        """Whether the child has closed its line, which it does by ending."""
        return self._ended

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def hear(self, seconds: float) -> Said:
        """The newest message after waiting for at most so many seconds; an empty one where the child said nothing yet."""
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        if select.select([handle], [], [], seconds)[0]:
            piece = os.read(handle, _PIECE)
            self._ended = not piece
            *whole, self._heard = (self._heard + piece).split(b"\n")
            if whole:
                self._last = msgspec.json.decode(whole[-1], type=Said)
        elif self._process.poll() is not None:
            self._ended = True
        return self._last if not self._ended or self._last.is_end else Said()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
