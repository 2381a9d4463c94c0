"""Fence around the process that reads an untrusted file: no network, no other programs, limits, writes in one folder only.

Two fences stand one behind the other. The kernel's (resource limits, an empty network namespace, no new privileges) hold
whatever runs in the process. Python's audit hook also holds where the kernel grants no namespace, such as on macOS.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from duecare.settings import Limits

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "pty.",
    "ctypes.",
    "urllib.",
    "ftplib.",
    "smtplib.",
    "http.",
    "webbrowser.",
    "os.chmod",
    "os.chown",
    "os.link",
    "os.symlink",
)
_CHANGES_FILES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.utime")
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_fence: list[str] = []
"""The one folder that may be written to; the audit hook acts once it is set."""


def leave_network() -> bool:
    """Move this process and its children into an empty network namespace; False where the system does not permit it.

    Must run before any thread starts, which importing numpy does. Also gives up the right to gain privileges.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text, encoding="ascii")
    return True


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask the kernel for signal ``number`` when the parent ends, so that no reader outlives its run."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def install_hook() -> None:
    """Install the audit hook; it sleeps until ``confine`` names the folder. Hooks cannot be removed again."""
    sys.addaudithook(_judge)


def confine(folder: Path, limits: Limits) -> None:
    """Limit this process for good: memory, processor time, files, file size, no core dump, writes below ``folder``."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    _limit(resource.RLIMIT_NOFILE, limits.open_files)
    _limit(resource.RLIMIT_FSIZE, limits.staged_bytes)
    _limit(resource.RLIMIT_CPU, limits.seconds, limits.seconds + 5)
    _fence.append(os.path.realpath(folder) + os.sep)


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    _, allowed = resource.getrlimit(what)
    most = soft if hard is None else hard
    ceiling = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
    resource.setrlimit(what, (min(soft, ceiling), ceiling))


def _judge(event: str, details: tuple[Any, ...]) -> None:
    if not _fence:
        return
    if event == "open":
        _, _, flags = details
        if isinstance(flags, int) and flags & _WRITE_FLAGS:
            _must_be_inside(details[0])
    elif event in _CHANGES_FILES:
        _must_be_inside(details[0])
        if event == "os.rename":
            _must_be_inside(details[1])
    elif event.startswith(_FORBIDDEN):
        raise PermissionError(f"The reading process may not do {event}.")


def _must_be_inside(path: object) -> None:
    if isinstance(path, int):
        return
    text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
    if text == os.devnull or (os.path.realpath(text) + os.sep).startswith(_fence[0]):
        return
    raise PermissionError("The reading process may write in its own folder only.")
