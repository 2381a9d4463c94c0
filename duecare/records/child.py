"""The process that forks one confined reading process per file, so that imports are paid for once.

It never looks into a file. It reads jobs from standard input, reports to standard output, watches the clock, and ends with
its parent. ``duecare.records.processes`` starts it with ``python -I``.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import msgspec

from duecare.records import confine
from duecare.records.messages import Ended, Event, Job, Outcome, Started

_MOST_WORDS = 16 * 1024 * 1024
_POLL_SECONDS = 0.05


@dataclass
class _Running:
    job: Job
    pid: int
    started: float
    deadline: float
    pipe: int
    words: bytearray = field(default_factory=bytearray)
    timed_out: bool = False


def main() -> None:
    """Serve jobs until standard input ends; then stop every reading process."""
    confine.die_with_parent(signal.SIGTERM)
    confine.leave_network()
    from duecare.records import dispatch

    dispatch.preload()
    confine.install_hook()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nursery = _Nursery()
    signal.signal(signal.SIGTERM, nursery.stop)
    nursery.serve()


class _Nursery:
    """The running reading processes, by the descriptor of the pipe that each one answers on."""

    def __init__(self) -> None:
        self._running: dict[int, _Running] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(0, selectors.EVENT_READ)
        self._orders = bytearray()
        self._decoder = msgspec.json.Decoder(Job)

    def serve(self) -> None:
        os.set_blocking(0, False)
        while True:
            for key, _ in self._selector.select(_POLL_SECONDS if self._running else None):
                if key.fd != 0:
                    self._listen(self._running[key.fd])
                elif not self._take_orders():
                    self.stop()
            self._look_at_clock()

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Kill every reading process with all that it started, and end."""
        for running in self._running.values():
            _kill(running.pid)
            os.kill(running.pid, signal.SIGKILL)
        os._exit(0)

    def _take_orders(self) -> bool:
        part = os.read(0, 1 << 16)
        self._orders += part
        while (end := self._orders.find(b"\n")) >= 0:
            line = bytes(self._orders[:end])
            del self._orders[: end + 1]
            self._start(self._decoder.decode(line))
        return bool(part)

    def _start(self, job: Job) -> None:
        hear, speak = os.pipe()
        pid = os.fork()
        if pid == 0:
            _be_the_reader(job, speak)
        os.close(speak)
        now = time.monotonic()
        running = _Running(job, pid, now, now + 2 * job.request.limits.seconds + 10, hear)
        self._running[hear] = running
        self._selector.register(hear, selectors.EVENT_READ)
        _report(Started(job.id, pid))

    def _listen(self, running: _Running) -> None:
        part = os.read(running.pipe, 1 << 16)
        if part and len(running.words) <= _MOST_WORDS:
            running.words += part
            return
        self._end(running, _kill_and_wait(running.pid) if part else _wait_briefly(running.pid))

    def _look_at_clock(self) -> None:
        """End what ran out of time, and what died while a process that it had started still holds its pipe."""
        now = time.monotonic()
        for running in list(self._running.values()):
            ended = os.wait4(running.pid, os.WNOHANG)
            if ended[0]:
                self._drain(running)
                self._end(running, ended)
            elif now > running.deadline:
                running.timed_out = True
                self._end(running, _kill_and_wait(running.pid))

    def _drain(self, running: _Running) -> None:
        os.set_blocking(running.pipe, False)
        try:
            while (part := os.read(running.pipe, 1 << 16)) and len(running.words) <= _MOST_WORDS:
                running.words += part
        except BlockingIOError:
            return

    def _end(self, running: _Running, ended: tuple[int, int, object]) -> None:
        _kill(running.pid)
        self._selector.unregister(running.pipe)
        os.close(running.pipe)
        del self._running[running.pipe]
        _, status, usage = ended
        cpu = usage.ru_utime + usage.ru_stime  # type: ignore[attr-defined]
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)  # type: ignore[attr-defined]
        words = bytes(running.words)
        _report(Ended(running.job.id, status, running.timed_out, words, cpu, time.monotonic() - running.started, peak))


def _be_the_reader(job: Job, speak: int) -> None:
    """What the forked process does: shut the doors, read, answer, end. Never returns."""
    status = 1
    try:
        os.setsid()
        confine.die_with_parent()
        _keep_only(speak)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        from duecare.records import dispatch

        dispatch.prepare(job)
        confine.confine(Path(job.folder), job.request.limits)
        _say(speak, dispatch.work(job))
        status = 0
    finally:
        os._exit(status)


def _keep_only(descriptor: int) -> None:
    """Close every other descriptor; standard input, output and error become the null device."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX") if descriptor > 4096 else 4096)


def _say(speak: int, outcome: Outcome) -> None:
    words = memoryview(msgspec.json.encode(outcome))
    while words:
        words = words[os.write(speak, words) :]


def _report(event: Event) -> None:
    words = memoryview(msgspec.json.encode(event) + b"\n")
    while words:
        words = words[os.write(1, words) :]


def _kill(pid: int) -> None:
    """Kill the process group that the reader leads: the reader and whatever it forked."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _kill_and_wait(pid: int) -> tuple[int, int, object]:
    _kill(pid)
    os.kill(pid, signal.SIGKILL)  # also before it has become a leader
    return os.wait4(pid, 0)


def _wait_briefly(pid: int) -> tuple[int, int, object]:
    """The end of a process that has said its last word and should be gone in a moment."""
    patience = time.monotonic() + 1
    while time.monotonic() < patience:
        if (ended := os.wait4(pid, os.WNOHANG))[0]:
            return ended
        time.sleep(0.0002)
    return _kill_and_wait(pid)


if __name__ == "__main__":
    main()
