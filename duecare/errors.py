"""Every error that a user can meet: what happened, where, what is allowed, what to do next, and the exit code."""

from __future__ import annotations


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
