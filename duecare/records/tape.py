"""Read the list of files in a tar so that nothing in it can lie or lead elsewhere; only plain files and folders are accepted.

Publishers of notices pack a day or a month as tar.gz. The standard library reads the headers and their check sums; here
names, kinds, places and the end are verified. Source: POSIX.1-2017, pax, "ustar interchange format".
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

from duecare.records.archive import Budget, Entry, check_member_name, check_names_differ
from duecare.records.faults import refused
from duecare.settings import Limits

_BLOCK = 512
_CHUNK_BYTES = 1024 * 1024


def is_tar(path: Path) -> bool:
    """Whether the first header is that of a tar of the POSIX or GNU kind."""
    with path.open("rb") as file:
        return file.read(_BLOCK)[257:262] == b"ustar"


def list_entries(path: Path, limits: Limits) -> list[Entry]:
    """The files of a tar in their order; folders are left out.

    Raises BAD_ARCHIVE (check sums, cut off, something behind the end), ARCHIVE_BOMB (members), ARCHIVE_UNSAFE_PATH (also
    links and devices), BAD_FILENAME, DUP_MEMBER and EMPTY_FILE.
    """
    entries, names = [], []
    try:
        with tarfile.open(path, "r:", errorlevel=2, encoding="utf-8", errors="strict") as tape:
            for member in _members(tape, limits):
                names.append(member.name)
                if member.isreg():
                    entries.append(Entry(member.name, member.offset_data, member.size, member.size, 0, 0))
            end = tape.offset
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        raise refused("BAD_ARCHIVE", detail=f"Its list of files cannot be read ({type(error).__name__}).") from None
    _check_end(path, end)
    check_names_differ(names)
    if not entries:
        raise refused("EMPTY_FILE", detail="The archive holds no file.")
    budget = Budget(path.stat().st_size, limits)
    for entry in entries:
        budget.spend(entry.size)
    return entries


def _members(tape: tarfile.TarFile, limits: Limits) -> Iterator[tarfile.TarInfo]:
    most = max(limits.archive_members, limits.notice_members)
    for number, member in enumerate(tape):
        if number >= most:
            raise refused("ARCHIVE_BOMB", detail=f"At most {most:,} files in one archive are accepted.")
        check_member_name(member.name)
        if not member.isreg() and not member.isdir():
            detail = "It is a link, a device or a file with holes."
            raise refused("ARCHIVE_UNSAFE_PATH", field="member", value=member.name, detail=detail)
        if member.issparse():
            raise refused("ARCHIVE_UNSAFE_PATH", field="member", value=member.name, detail="It is a file with holes.")
        yield member


def _check_end(path: Path, end: int) -> None:
    """Behind the last file there must be at least one empty block and nothing but zeros."""
    with path.open("rb") as file:
        file.seek(end)
        seen = False
        while part := file.read(_CHUNK_BYTES):
            seen = True
            if part.count(0) != len(part):
                raise refused("BAD_ARCHIVE", detail="There is something behind its last file that is no file.")
        if not seen:
            file.seek(0, 2)
            if file.tell() < end or end == 0:
                raise refused("BAD_ARCHIVE", detail="It ends too early.")
