"""Large text files are read by several processes, each with its own share of the file; what they find is added up."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import msgspec

from duecare.errors import FileRefused
from duecare.records.spreadsheet.rows import NoRowEnd, Place, Source

SMALLEST_SHARE_BYTES = 8 << 20
"""Below so many bytes per process another process does not pay."""

Share = tuple[int, Place | None, Place | None]
Work = Callable[[int, Place | None, Place | None], dict[str, Any]]
"""Part number, start, stop; gives plain values."""


def shares_of(source: Source, size: int, workers: int) -> list[Share]:
    """The shares of a table, one where it is small or cannot be cut."""
    count = min(workers, size // SMALLEST_SHARE_BYTES)
    cuts = source.places(count - 1) if count > 1 else []
    return [(part, start, stop) for part, (start, stop) in enumerate(zip([None, *cuts], [*cuts, None], strict=True))]


def work_on(shares: Sequence[Share], work: Work) -> list[dict[str, Any]]:
    """Do the first share here and each other one in a forked process; results in the order of the file.

    Raises what the first failing share raised: ``FileRefused``, ``NoRowEnd`` for a wrong cut, ``MemoryError`` where a
    process ended without a word.
    """
    running = [_fork(share, work) for share in shares[1:]]
    try:
        results = [work(*shares[0])]
    finally:
        said = [_hear(*each) for each in running]
    return results + [_opened(each) for each in said]


def _fork(share: Share, work: Work) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _be_a_worker(share, work, writing)
    os.close(writing)
    return pid, reading


def _be_a_worker(share: Share, work: Work, writing: int) -> NoReturn:
    status = 1
    try:
        with open(writing, "wb") as pipe:
            pipe.write(msgspec.json.encode(_told(share, work)))
        status = 0
    finally:
        os._exit(status)


def _told(share: Share, work: Work) -> dict[str, Any]:
    try:
        return {"done": work(*share)}
    except FileRefused as error:
        return {"refused": [error.code, error.message, error.row, error.field, error.value]}
    except NoRowEnd:
        return {"wrong cut": True}


def _hear(pid: int, reading: int) -> dict[str, Any]:
    with open(reading, "rb") as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(pid, 0)
    found: dict[str, Any] = msgspec.json.decode(said) if status == 0 and said else {}
    return found


def _opened(said: dict[str, Any]) -> dict[str, Any]:
    if "done" in said:
        done: dict[str, Any] = said["done"]
        return done
    if "refused" in said:
        code, message, row, field, value = said["refused"]
        raise FileRefused(code, message, row=row, field=field, value=value)
    if "wrong cut" in said:
        raise NoRowEnd
    raise MemoryError("A reading process ended early.")
