"""Every error that a user can meet: what happened, where, what is allowed, what to do next, and the exit code."""

from __future__ import annotations

import errno

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class DuecareError(Exception):
    """Base of the errors that are shown as one clear message instead of a traceback. ``exit_code`` is the door's."""

    exit_code = 1


class WrongUsage(DuecareError):
    """The command or call itself is wrong: an option, a value, a file that does not exist."""

    exit_code = 2


class FileRefused(DuecareError):
    """A whole file was refused; nothing of it was taken in.

    ``code`` is one of ``records.faults.CODES``; ``row`` counts from 1 as an editor or spreadsheet shows it.
    """

    exit_code = 3

    def __init__(self, code: str, message: str, *, row: int | None = None, field: str = "", value: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.row, self.field, self.value = code, message, row, field, value


class CannotAnswer(DuecareError):
    """The request is right but cannot be answered with what is there; the message says what is missing."""

    exit_code = 4


def disk_fault(error: BaseException) -> str:
    """What a person can do where the disk is full or read-only; empty for every other error.

    An engine reports such a fault as its own kind of error, so its words are looked at too.
    """
    number = error.errno if isinstance(error, OSError) else None
    words = "" if isinstance(error, DuecareError) else str(error).lower()
    if number in _FULL or "no space left" in words or "file too large" in words or "disk is full" in words:
        return "The disk is full. What was kept before is still there; make room and do it again."
    if number in _CLOSED or "read-only file system" in words or "permission denied" in words:
        return "The folder cannot be written to. What is there can be read; allow writing and do it again."
    return ""
