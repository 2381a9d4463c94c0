"""Read a zip so that nothing in it can lie: structure, names, sizes and check sums are verified against each other.

The standard library reads the directory; here every entry is compared with its own header and inflated to its exact end,
because readers that trust different parts of a lying zip see different files. Source: PKWARE APPNOTE 6.3.10, and the
overlap bomb of D. Fifield, "A better zip bomb", WOOT 2019.
"""

from __future__ import annotations

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from duecare.records.faults import refused
from duecare.settings import Limits

_CHUNK_BYTES = 1024 * 1024
_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_DESCRIPTOR_FLAG = 0x8
_STORED, _DEFLATED = 0, 8
_BYTES_PER_NAME = 1024
_JUNK = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
ANY_SIZE = Limits(unpacked_bytes=1 << 62, unpacked_ratio=1 << 30)
"""For one member whose declared size was checked against the archive's budget before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a zip: name, where its packed bytes are, and what they must unpack to."""

    name: str
    place: int
    packed: int
    size: int
    crc: int
    method: int


class Budget:
    """Counts what comes out of a packed file of ``packed`` bytes and refuses (ARCHIVE_BOMB) what is too much."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._left = min(limits.unpacked_bytes, limits.unpacked_ratio * packed)
        self._detail = f"Accepted are {limits.unpacked_bytes:,} bytes and {limits.unpacked_ratio} times the size of the packed file."

    def spend(self, size: int) -> None:
        """Count ``size`` unpacked bytes."""
        self._left -= size
        if self._left < 0:
            raise refused("ARCHIVE_BOMB", detail=self._detail)


def list_entries(path: Path, limits: Limits) -> list[Entry]:
    """The files of a zip in the order of its directory, structure verified; folders are left out.

    Raises BAD_ARCHIVE, ARCHIVE_BOMB (members, overlaps, declared sizes), ARCHIVE_ENCRYPTED, ARCHIVE_UNSAFE_PATH,
    BAD_FILENAME, DUP_MEMBER and EMPTY_FILE.
    """
    most = max(limits.archive_members, limits.notice_members)
    with path.open("rb") as file:
        directory = _check_end(file, most)
        infos = _read_directory(path)
        if not infos:
            raise refused("EMPTY_FILE", detail="The archive holds no file.")
        if len(infos) > (most if only_notices(info.orig_filename for info in infos) else limits.archive_members):
            raise _too_many(limits.archive_members)
        for info in infos:
            _check_name(info)
        check_names_differ(info.orig_filename for info in infos)
        entries = [_entry(file, info) for info in infos]
        _check_layout(file, entries, infos, directory)
    budget = Budget(path.stat().st_size, limits)
    for info in infos:
        budget.spend(info.file_size)
    return [entry for entry, info in zip(entries, infos, strict=True) if not info.is_dir()]


def only_notices(names: Iterable[str]) -> bool:
    """Whether every file, folders and what systems add unasked aside, has the ending of an XML notice."""
    files = [name.casefold() for name in names if not name.endswith("/") and not is_junk(name)]
    return bool(files) and "[content_types].xml" not in files and all(name.endswith(".xml") for name in files)


def is_junk(name: str) -> bool:
    """Whether macOS or Windows adds files of this name unasked (``__MACOSX``, ``.DS_Store``, ``Thumbs.db``)."""
    lowered = name.casefold()
    return lowered.startswith(_JUNK[0]) or lowered.rpartition("/")[2] in _JUNK


def whole(file: IO[bytes], entry: Entry) -> bytes:
    """All bytes of one entry, verified as ``inflate`` does."""
    return b"".join(inflate(file, entry, Budget(max(entry.size, 1), ANY_SIZE)))


def inflate(file: IO[bytes], entry: Entry, budget: Budget) -> Iterator[bytes]:
    """The unpacked bytes of an entry in parts; raises BAD_ARCHIVE unless size, end and CRC are exactly as declared."""
    file.seek(entry.place)
    size, crc, left = 0, 0, entry.packed
    inflater = zlib.decompressobj(-15)
    while left:
        part = file.read(min(left, _CHUNK_BYTES))
        if not part:
            raise _damaged(entry.name, "it ends too early")
        left -= len(part)
        for piece in pieces(inflater, part) if entry.method == _DEFLATED else (part,):
            budget.spend(len(piece))
            size += len(piece)
            if size > entry.size:
                raise _damaged(entry.name, "it unpacks to more than is declared")
            crc = zlib.crc32(piece, crc)
            yield piece
        if inflater.unused_data or (inflater.eof and left):
            raise _damaged(entry.name, "its data end before their declared end")
    if entry.method == _DEFLATED and not inflater.eof:
        raise _damaged(entry.name, "its data do not come to an end")
    if size != entry.size or crc != entry.crc:
        raise _damaged(entry.name, "its check sum or size is wrong")


def pieces(inflater: zlib._Decompress, part: bytes) -> Iterator[bytes]:
    """What ``part`` inflates to, in parts of at most 1 MiB, to the last byte that it gives; raises BAD_ARCHIVE."""
    try:
        piece = inflater.decompress(part, _CHUNK_BYTES)
        yield piece
        while not inflater.eof and (inflater.unconsumed_tail or len(piece) == _CHUNK_BYTES):
            piece = inflater.decompress(inflater.unconsumed_tail, _CHUNK_BYTES)
            yield piece
    except zlib.error:
        raise refused("BAD_ARCHIVE", detail="Its data cannot be unpacked.") from None


def _check_end(file: IO[bytes], most: int) -> int:
    """Check that the end record closes the file exactly; returns where the directory starts as it says."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 65_557))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        record = tail[place : place + _END.size]
        if len(record) == _END.size:
            _, disk, first, here, count, length, start, comment = _END.unpack(record)
            if place + _END.size + comment == len(tail):
                return _directory_start(disk, first, here, count, length, start, most)
        place = tail.rfind(b"PK\x05\x06", 0, place)
    raise refused("BAD_ARCHIVE", detail="It does not end as a zip ends; it may be cut off or have something behind it.")


def _directory_start(disk: int, first: int, here: int, count: int, length: int, start: int, most: int) -> int:
    large = 0xFFFF in (disk, first, here, count) or 0xFFFFFFFF in (length, start)
    if not large and (disk or first or here != count):
        raise refused("BAD_ARCHIVE", detail="It is a part of an archive in several parts.")
    if count not in (0xFFFF,) and count > most:
        raise _too_many(most)
    if length != 0xFFFFFFFF and length > most * _BYTES_PER_NAME:
        raise _too_many(most)
    return -1 if large else start


def _read_directory(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError, OSError, LookupError) as error:
        raise refused("BAD_ARCHIVE", detail=f"Its directory cannot be read ({type(error).__name__}).") from None


def check_member_name(name: str) -> None:
    """Refuse the name of a member that hides something (BAD_FILENAME) or leads out of its folder (ARCHIVE_UNSAFE_PATH)."""
    hidden = [c for c in name if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in "\u200c\u200d"]
    if hidden or not name.strip("/ ") or len(name) > 1000:
        raise refused("BAD_FILENAME", field="member", value=name.encode("utf-8", "backslashreplace").decode())
    parts = name.rstrip("/").split("/")
    drive = len(name) > 1 and name[1] == ":"
    if "\\" in name or drive or any(part in ("", ".", "..") for part in parts):
        raise refused("ARCHIVE_UNSAFE_PATH", field="member", value=name)


def _check_name(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    check_member_name(name)
    mode = stat.S_IFMT(info.external_attr >> 16)
    if info.create_system == 3 and mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refused("ARCHIVE_UNSAFE_PATH", field="member", value=name, detail="It is a link or a device.")
    if info.is_dir() and info.file_size:
        raise _damaged(name, "a folder has content")


def check_names_differ(names: Iterable[str]) -> None:
    """Refuse (DUP_MEMBER) names that differ only in case or accents' encoding would overwrite each other on many systems."""
    seen: set[str] = set()
    for name in names:
        key = unicodedata.normalize("NFC", name.rstrip("/")).casefold()
        if key in seen:
            raise refused("DUP_MEMBER", field="member", value=name)
        seen.add(key)


def _entry(file: IO[bytes], info: zipfile.ZipInfo) -> Entry:
    """The entry, after its own header was compared with the directory."""
    name = info.orig_filename
    file.seek(info.header_offset)
    header = file.read(_LOCAL.size)
    if len(header) != _LOCAL.size or header[:4] != b"PK\x03\x04":
        raise _damaged(name, "it is not where the directory says")
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
    if (flags | info.flag_bits) & _ENCRYPTED_FLAGS:
        raise refused("ARCHIVE_ENCRYPTED", field="member", value=name)
    if method != info.compress_type or file.read(name_length) != _raw_name(info):
        raise _damaged(name, "its header contradicts the directory")
    if method not in (_STORED, _DEFLATED):
        raise refused(
            "BAD_ARCHIVE", field="member", value=name, detail=f"Packing method {method} is not read; use deflate."
        )
    told = [(crc, info.CRC), (packed, info.compress_size), (size, info.file_size)]
    allowed = {0xFFFFFFFF} | ({0} if flags & _DESCRIPTOR_FLAG else set())
    if any(here != there and here not in allowed for here, there in told):
        raise _damaged(name, "its header contradicts the directory")
    place = info.header_offset + _LOCAL.size + name_length + extra_length
    return Entry(name, place, info.compress_size, info.file_size, info.CRC, method)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _check_layout(file: IO[bytes], entries: list[Entry], infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Entries must follow each other from the first byte on, without overlap and without hidden entries between them."""
    spans = sorted((info.header_offset, entry.place + entry.packed) for entry, info in zip(entries, infos, strict=True))
    if spans[0][0] != 0:
        raise refused("BAD_ARCHIVE", detail="There is something in front of the first entry.")
    limit = directory if directory >= 0 else None
    for (_, end), following in zip(spans, [start for start, _ in spans[1:]] + [limit], strict=True):
        if following is None:
            continue
        if end > following:
            raise refused("ARCHIVE_BOMB", detail="Its entries overlap.")
        file.seek(end)
        if file.read(min(4, following - end)) == b"PK\x03\x04":
            raise refused("BAD_ARCHIVE", detail="There is an entry that its directory does not list.")


def _damaged(name: str, what: str) -> Exception:
    return refused("BAD_ARCHIVE", field="member", value=name, detail=f"In detail: {what}.")


def _too_many(most: int) -> Exception:
    return refused("ARCHIVE_BOMB", detail=f"At most {most:,} files in one archive are accepted.")
