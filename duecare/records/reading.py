"""Read untrusted files, each in its own confined process; this parent never parses them.

The parent computes SHA-256, decides what runs side by side, and turns every ending of a process, including crashes and
limits, into a summary or a refusal. Limits and fences: docs/reference/limits.md.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Event as Flag

import msgspec

from duecare.errors import CannotAnswer, WrongUsage
from duecare.records.faults import Fault, fault
from duecare.records.messages import Ended, Job, Outcome
from duecare.records.processes import Processes
from duecare.records.request import Cost, Progress, Reading, Request

__all__ = ["Cost", "Progress", "Reading", "Request", "read_files"]

_LARGE_FILE_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_PROGRESS_SECONDS = 0.25
_MOST_WAITING = 256
Key = tuple[int, ...]


def read_files(
    paths: Sequence[Path], staging: Path, request: Request, progress: Callable[[Progress], None] | None = None
) -> Iterator[Reading]:
    """Read each file and yield its ``Reading`` in the order of ``paths``; a zip yields one for each member, by name.

    What was read is staged in a folder of its own below ``staging``, an existing empty folder. Raises ``WrongUsage``
    before anything is read when a path is missing or no ordinary file, ``CannotAnswer`` when there is no room on the
    disk. Closing the iterator, Ctrl-C included, kills the readers and removes what was staged but not yet yielded.
    """
    files = [_ordinary(Path(path)) for path in paths]
    return _Round(files, staging, request, progress).readings()


def _ordinary(path: Path) -> Path:
    """``path``, after a link if it is one, when it leads to an ordinary file; the message otherwise says what is there."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        what = "is a link that leads nowhere" if path.is_symlink() else "does not exist"
        raise WrongUsage(f"{path} {what}. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        raise WrongUsage(f"{path} cannot be opened: {getattr(error, 'strerror', None) or error}.") from None
    if stat.S_ISDIR(mode):
        raise WrongUsage(f"{path} is a folder. Name the files in it, for example {path}/*.csv.")
    if not stat.S_ISREG(mode):
        raise WrongUsage(
            f"{path} is not an ordinary file (a device, pipe or socket). Save its content as a file first."
        )
    if not os.access(path, os.R_OK):
        raise WrongUsage(f"{path} may not be read by you. Change its permissions or copy it.")
    return path.resolve() if path.is_symlink() else path.absolute()


@dataclass
class _Task:
    """One file or member on its way: what to read, where it is staged, and its hash as it comes."""

    key: Key
    name: str
    path: Path
    folder: Path
    size: int
    kind: str
    hash: Future[str]
    stamp: tuple[int, ...]
    unpacked_in: Path | None = None


class _Round:
    """One call of ``read_files``: tasks wait in order, run side by side, and are handed out in order."""

    def __init__(
        self, files: list[Path], staging: Path, request: Request, progress: Callable[[Progress], None] | None
    ) -> None:
        self._files, self._staging, self._request, self._progress = files, staging, request, progress
        self._order: deque[Key] = deque((number,) for number in range(len(files)))
        self._members: deque[_Task] = deque()
        self._unstarted = deque(range(len(files)))
        self._running: dict[int, _Task] = {}
        self._done: dict[Key, Reading] = {}
        self._sizes = [path.stat().st_size for path in files]
        self._bytes_done, self._files_done, self._jobs = 0, 0, 0
        self._stop_hashing = Flag()
        self._started = self._told = time.monotonic()

    def readings(self) -> Iterator[Reading]:
        with Processes() as processes, ThreadPoolExecutor(1, "sha256") as hashing:
            try:
                while self._order:
                    self._start_what_fits(processes, hashing)
                    self._hear(processes)
                    while self._order and self._order[0] in self._done:
                        yield self._hand_out()
            finally:
                self._stop_hashing.set()
                self._discard()

    def _start_what_fits(self, processes: Processes, hashing: ThreadPoolExecutor) -> None:
        """Small files run side by side; a large one waits for them and then has all workers for itself."""
        while self._members or self._unstarted:
            task = self._members[0] if self._members else None
            size = task.size if task else self._sizes[self._unstarted[0]]
            large = size > _LARGE_FILE_BYTES
            is_next = (task.key if task else (self._unstarted[0],)) == self._order[0]
            if len(self._running) >= (1 if large else self._request.workers) or (
                len(self._done) > _MOST_WAITING and not is_next
            ):
                return
            if any(running.size > _LARGE_FILE_BYTES for running in self._running.values()):
                return
            task = self._members.popleft() if self._members else self._new_task(self._unstarted.popleft(), hashing)
            self._start(task, processes, alone=large)

    def _new_task(self, number: int, hashing: ThreadPoolExecutor) -> _Task:
        path = self._files[number]
        folder = self._staging / f"{number:05d}"
        status = path.stat()
        digest = hashing.submit(_digest, path, self._stop_hashing)
        return _Task((number,), path.name, path, folder, status.st_size, "read", digest, _stamp(status))

    def _start(self, task: _Task, processes: Processes, *, alone: bool) -> None:
        task.folder.mkdir()
        self._jobs += 1
        self._running[self._jobs] = task
        request = self._request if alone else replace(self._request, workers=1)
        processes.send(Job(self._jobs, task.kind, task.name, str(task.path), str(task.folder), request))

    def _hear(self, processes: Processes) -> None:
        for ended in processes.ended(_PROGRESS_SECONDS):
            self._conclude(self._running.pop(ended.id), ended)
        self._tell(processes)

    def _conclude(self, task: _Task, ended: Ended) -> None:
        outcome = understand(ended, task.name)
        if outcome.disk_full:
            raise CannotAnswer(f"There is no room left on the disk of {self._staging}. Free some and try again.")
        if outcome.wrong_usage:
            raise WrongUsage(outcome.wrong_usage)
        if outcome.members:
            self._expand(task, outcome)
            return
        cost = Cost(ended.processor_seconds, ended.seconds, ended.peak_bytes)
        refusal = outcome.refusal
        if task.kind == "read" and _stamp_now(task.path) != task.stamp:
            refusal = fault("TRUNCATED", 0, detail="The file changed while it was read.")
        if refusal:
            _empty(task.folder)
        summary = None if refusal else outcome.summary
        self._done[task.key] = Reading(
            task.name, task.hash.result(), task.size, summary, refusal, task.folder, outcome.format, cost
        )
        self._count(task)
        if task.unpacked_in:
            task.path.unlink()

    def _expand(self, task: _Task, outcome: Outcome) -> None:
        """Put the members of a zip in the place of the zip."""
        tasks = []
        for number, member in enumerate(outcome.members):
            digest: Future[str] = Future()
            digest.set_result(member.sha256)
            name, folder = f"{task.name}/{member.name}", task.folder / f"{number:05d}"
            path = Path(member.path)
            tasks.append(
                _Task((*task.key, number), name, path, folder, member.size, "read_member", digest, (), path.parent)
            )
        position = self._order.index(task.key)
        del self._order[position]
        for each in reversed(tasks):
            self._order.insert(position, each.key)
        self._members = deque(sorted((*self._members, *tasks), key=lambda each: each.key))
        self._count(task)

    def _count(self, task: _Task) -> None:
        if task.kind == "read":
            self._files_done += 1
            self._bytes_done += task.size

    def _hand_out(self) -> Reading:
        return self._done.pop(self._order.popleft())

    def _tell(self, processes: Processes) -> None:
        now = time.monotonic()
        if self._progress is None or (now - self._told < _PROGRESS_SECONDS and self._running):
            return
        self._told = now
        under_way = sum(min(processes.bytes_read(job), task.size) for job, task in self._running.items())
        name = next((task.name for task in self._running.values()), "")
        done = min(self._bytes_done + under_way, sum(self._sizes))
        self._progress(Progress(name, self._files_done, len(self._files), done, sum(self._sizes), now - self._started))

    def _discard(self) -> None:
        """Remove what nobody has been given: running and waiting tasks, and results that were not handed out."""
        for task in (*self._running.values(), *self._members):
            shutil.rmtree(task.folder, ignore_errors=True)
        for reading in self._done.values():
            shutil.rmtree(reading.folder, ignore_errors=True)
        for number in range(len(self._files)):
            shutil.rmtree(self._staging / f"{number:05d}" / "members", ignore_errors=True)


def understand(ended: Ended, name: str) -> Outcome:
    """What the end of a reading process means for its file; a death becomes a refusal with a sentence."""
    if os.WIFSIGNALED(ended.status) or ended.timed_out:
        return Outcome(refusal=_why_it_died(ended, name))
    try:
        return msgspec.json.decode(ended.words, type=Outcome)
    except (msgspec.MsgspecError, RecursionError):
        return Outcome(refusal=_broken(name, "ended without an answer"))


def _why_it_died(ended: Ended, name: str) -> Fault:
    number = 0 if ended.timed_out else os.WTERMSIG(ended.status)
    if ended.timed_out or number == signal.SIGXCPU:
        return fault("TOO_LARGE", 0, detail="Reading it took longer than is allowed.")
    if number in (signal.SIGKILL, signal.SIGABRT):
        return fault("TOO_LARGE", 0, detail="Reading it needed more memory than is allowed.")
    return _broken(name, f"was stopped by signal {number}")


def _broken(name: str, what: str) -> Fault:
    codes = {
        ".xml": "MALFORMED_XML",
        ".json": "MALFORMED_JSON",
        ".jsonl": "MALFORMED_JSON",
        ".xlsx": "BAD_ARCHIVE",
        ".ods": "BAD_ARCHIVE",
    }
    return fault(codes.get(Path(name).suffix.lower(), "UNKNOWN_FORMAT"), 0, detail=f"Its reading process {what}.")


def _digest(path: Path, stop: Flag) -> str:
    """SHA-256 of a file in constant memory, as hexadecimal digits."""
    digest = sha256()
    with path.open("rb", buffering=0) as file:
        while part := file.read(_CHUNK_BYTES):
            if stop.is_set():
                return ""
            digest.update(part)
    return digest.hexdigest()


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _stamp_now(path: Path) -> tuple[int, ...]:
    try:
        return _stamp(path.stat())
    except FileNotFoundError:
        return ()


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
