"""One person on one machine without a password: the connection is from a process of the same user.

The system's own table of connections (``/proc/net/tcp`` and ``tcp6``) says which user each end on this machine belongs
to. The person is signed in by themselves only where every live connection to our port is of our own user; then any
request that can receive an answer is. Otherwise, and on systems without the table, the link that was printed in the
terminal signs in. Names of other hosts are refused before (DNS rebinding), other pages of the browser by the token of forms.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
TIME_WAIT = "06"
TOKEN_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection: the port it is connected to, its user, and whether a process still holds it."""

    to_port: int
    user: int
    is_held: bool


def ends(text: str) -> Iterator[End]:
    """The ends in one of the system's tables; connections that only wait for their time to pass are left out."""
    for line in text.splitlines()[1:]:
        parts = line.split()
        if parts[3] != TIME_WAIT:
            yield End(int(parts[2].rpartition(":")[2], 16), int(parts[7]), parts[9] != "0")


def all_are_ours(port: int, user: int, tables: tuple[Path, ...] = TABLES) -> bool:
    """Whether there is a held connection to this port of this machine, and all of them are the user's."""
    try:
        found = [end for table in tables if table.exists() for end in ends(table.read_text("ascii"))]
    except (OSError, ValueError, IndexError):
        return False
    held = [end.user == user for end in found if end.to_port == port and end.is_held]
    return bool(held) and all(held)


def is_ours(request: HttpRequest) -> bool:
    """Whether this request comes from a process of our own user on this machine, not passed on by a proxy."""
    passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip"))
    if request.META.get("REMOTE_ADDR") != "127.0.0.1" or passed_on:
        return False
    return all_are_ours(settings.DUECARE_DOOR.port, os.getuid())


def is_start_token(given: str) -> bool:
    """Whether this is the token of the link that was printed in the terminal."""
    kept: str = settings.DUECARE_DOOR.start_token
    return len(kept) >= TOKEN_CHARACTERS and hmac.compare_digest(kept.encode(), given.encode("utf-8", "replace"))
