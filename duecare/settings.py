"""Deployment settings, read once from the environment by the doors and passed on as an argument.

Sizes are bytes, times seconds. An unknown ``DUECARE_`` variable is an error: a misspelt limit must not fail silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from duecare.errors import WrongUsage

MIB = 1024 * 1024
GIB = 1024 * MIB
TEXTS: Final = frozenset({"home", "database"})
"""Settings that are words; all others are whole numbers."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input file may cost and contain. Each field can be set as ``DUECARE_<NAME>``, in bytes or counts."""

    upload_bytes: int = 200 * MIB
    """largest file that is not plain JSON lines or CSV named on the command line"""
    unpacked_bytes: int = 2 * GIB
    """most that a packed file may unpack to"""
    unpacked_ratio: int = 200
    """most unpacked bytes for one packed byte"""
    archive_members: int = 1000
    notice_members: int = 100_000
    """most files in an archive of nothing but XML notices"""
    cell_bytes: int = 64 * 1024
    id_chars: int = 200
    columns: int = 2000
    depth: int = 64
    line_bytes: int = 64 * MIB
    memory_bytes: int = 3 * GIB
    """address space of the process that parses one file"""
    seconds: int = 3600
    """processor time of the process that parses one file"""
    open_files: int = 64
    staged_bytes: int = 64 * GIB
    """largest file that the parsing process may write"""


@dataclass(frozen=True, slots=True)
class Settings:
    """All deployment settings. ``workers`` is the number of parsing processes for one large file."""

    limits: Limits = Limits()
    workers: int = 2
    engine_memory_bytes: int = 3 * GIB
    engine_threads: int = 2
    home: str = ""
    """folder of the organisation's record, register and files"""
    database: str = field(default="", repr=False)
    """address of a PostgreSQL database; empty for SQLite in the home. It can hold a password, so it is never shown."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from ``DUECARE_*`` variables; raises ``WrongUsage`` for an unknown name or a wrong value."""
    given = {k.removeprefix("DUECARE_").lower(): v for k, v in environment.items() if k.startswith("DUECARE_")}
    for_limits = {f.name for f in fields(Limits)}
    for_settings = {f.name for f in fields(Settings)} - {"limits"}
    if unknown := given.keys() - for_limits - for_settings:
        known = ", ".join(f"DUECARE_{name.upper()}" for name in sorted(for_limits | for_settings))
        names = ", ".join(f"DUECARE_{name.upper()}" for name in sorted(unknown))
        raise WrongUsage(f"Unknown setting {names}. Known settings: {known}.")
    numbers = {name: _whole_number(name, text) for name, text in given.items() if name not in TEXTS}
    limits = Limits(**{k: v for k, v in numbers.items() if k in for_limits})
    chosen = {k: v for k, v in numbers.items() if k in for_settings}
    words = {name: given[name] for name in TEXTS & given.keys()}
    return Settings(limits=limits, **chosen, **words)  # type: ignore[arg-type]  # each has the type of its field


def _whole_number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise WrongUsage(f"The setting DUECARE_{name.upper()} is {text!r}; it must be a whole number above 0.")
    return int(text)
