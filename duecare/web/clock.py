"""The moment of a request: the web application is a door and may look at the clock, in this one place."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(tz=UTC)
