"""The log of a running installation: one JSON object a line on stderr, with known fields only, so that no person gets in.

A field that is not listed here is left out, whatever it holds; texts of exceptions are never written, because they can
quote what somebody sent in: a defect is told by its kind and by where in the code it happened.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

FIELDS: Final = (
    "kind",
    "job",
    "state",
    "attempt",
    "seconds",
    "act",
    "status",
    "route",
    "method",
    "fault",
    "where",
    "number",
)
"""Fields that a line may hold beside ``at``, ``level``, ``from`` and ``event``: codes, counts and random ids."""
_LONGEST = 300
FRAMES = 12


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; ``event`` is the record's constant message, never filled with values."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; fields that are not known are dropped, an exception is told without its text."""
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "from": record.name}
        line["event"] = _short(record.msg) if record.name.partition(".")[0] == "duecare" else "said by a library"
        line |= {name: _short(record.__dict__[name]) for name in FIELDS if name in record.__dict__}
        if record.exc_info and record.exc_info[0] is not None:
            line |= told(record.exc_info[0], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def told(kind: type[BaseException], trace: TracebackType | None) -> dict[str, str]:
    """What a log may hold of an exception: its kind, and file, line and function of the last calls."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return {"fault": kind.__name__, "where": where}


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send everything that is logged in this process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _short(value: object) -> object:
    return value if isinstance(value, int | float | None) else str(value)[:_LONGEST]
