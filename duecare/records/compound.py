"""Look at an old binary workbook (XLS, an OLE2 compound file) from outside: whether it is one, is locked or has macros.

Source: [MS-CFB] 2.6 (directory entries of 128 bytes, name length at 64, type at 66, start sector at 116) and [MS-XLS]
2.4.117 (FilePass). Names are found by scanning, so that damaged sector chains cannot lead astray.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

from duecare.records.faults import refused

_ENTRY_BYTES = 128
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_FILEPASS = 0x2F
_LOCKED = ("EncryptedPackage", "EncryptionInfo", "EncryptedSummary")
_MACROS = ("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros")
_WORKBOOK = ("Workbook", "Book")


def kind(path: Path) -> str:
    """``xls``; raises ENCRYPTED_FILE, FORBIDDEN_TYPE (macros, other documents), BAD_ARCHIVE or TRUNCATED."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if len(content) < 1536:
            raise refused("TRUNCATED", detail="A workbook is never that short.")
        _look_at_directory(content)
        if any(_has(content, name) for name in _LOCKED):
            raise refused("ENCRYPTED_FILE")
        if any(_has(content, name) for name in _MACROS):
            raise refused("FORBIDDEN_TYPE", detail="It holds macros.")
        starts = [start for name in _WORKBOOK for start in _entries(content, name)]
        if not starts:
            raise refused("FORBIDDEN_TYPE", detail="It is an older Office document without a workbook in it.")
        for start in starts:
            _look_at_stream(content, start)
    return "xls"


def _look_at_directory(content: mmap.mmap) -> None:
    """Refuse a file whose directory of streams lies behind its end, or whose sector size is impossible."""
    shift, first = struct.unpack_from("<H", content, 30)[0], struct.unpack_from("<I", content, 48)[0]
    if shift not in (9, 12):
        raise refused("BAD_ARCHIVE", detail="Its sector size is impossible.")
    if (first + 1) << shift >= len(content):
        raise refused("TRUNCATED", detail="Its directory lies behind the end of the file.")


def _has(content: mmap.mmap, name: str) -> bool:
    return next(_entries(content, name), None) is not None


def _entries(content: mmap.mmap, name: str) -> Iterator[int]:
    """The start sectors of all directory entries of this name."""
    wanted = name.encode("utf-16-le") + b"\x00\x00"
    place = content.find(wanted)
    while place >= 0:
        entry = content[place : place + _ENTRY_BYTES]
        if place % _ENTRY_BYTES == 0 and len(entry) == _ENTRY_BYTES:
            length, what = struct.unpack_from("<HB", entry, 64)
            if length == len(wanted) and what in (_STORAGE, _STREAM, _ROOT):
                yield struct.unpack_from("<I", entry, 116)[0]
        place = content.find(wanted, place + 1)


def _look_at_stream(content: mmap.mmap, start: int) -> None:
    """Refuse a workbook stream that lies behind the end of the file, or whose first records say that it is locked."""
    shift = struct.unpack_from("<H", content, 30)[0]
    place = (start + 1) << shift
    if place >= len(content):
        raise refused("TRUNCATED", detail="Its workbook lies behind the end of the file.")
    end = min(place + (1 << shift), len(content))
    while place + 4 <= end:
        number, length = struct.unpack_from("<HH", content, place)
        if number == _FILEPASS:
            raise refused("ENCRYPTED_FILE")
        place += 4 + length
