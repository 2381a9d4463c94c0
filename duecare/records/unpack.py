"""Unpack gz, bz2, xz and zip to files, verified to the last byte before anything is parsed, within the limits."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol

from duecare.records import archive, detect
from duecare.records.archive import Budget, Entry
from duecare.records.faults import refused
from duecare.records.messages import Member
from duecare.settings import Limits

PACKED = frozenset({"gz", "bz2", "xz", "zip", "tar"})
_CHUNK_BYTES = 1024 * 1024
_XZ_MEMORY_BYTES = 256 * 1024 * 1024


class _Inflater(Protocol):
    """What the three unpackers have in common; each stops at the end of one member or stream."""

    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def unpack_stream(path: Path, kind: str, target: Path, limits: Limits) -> Path:
    """Unpack a gz, bz2 or xz file of one or more members into ``target``; returns ``target``.

    Raises BAD_ARCHIVE (check sum, cut off, something behind the end, no check sum at all) and ARCHIVE_BOMB.
    """
    budget = Budget(path.stat().st_size, limits)
    try:
        with path.open("rb") as file, target.open("wb") as out:
            for piece in _stream(file, kind):
                budget.spend(len(piece))
                out.write(piece)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        if isinstance(error, lzma.LZMAError) and "emory" in str(error):
            raise refused("ARCHIVE_BOMB", detail="Unpacking it needs more memory than is accepted.") from None
        raise refused("BAD_ARCHIVE") from None
    if target.stat().st_size == 0:
        raise refused("EMPTY_FILE", detail="It unpacks to nothing.")
    return target


def unpack_zip(path: Path, folder: Path, limits: Limits) -> list[Member]:
    """Unpack all members of a zip into ``folder`` under numbers as names, and verify them; nothing of a bad zip is kept.

    Folders in the zip are accepted: they only make the member's name longer. What macOS and Windows add unasked
    (``__MACOSX``, ``.DS_Store``, ``Thumbs.db``) is verified and left out.
    """
    entries = archive.list_entries(path, limits)
    budget = Budget(path.stat().st_size, limits)
    folder.mkdir()
    members = []
    with path.open("rb") as file:
        for number, entry in enumerate(entries):
            member = _unpack_entry(file, entry, folder / f"{number:05d}", budget)
            if archive.is_junk(entry.name):
                Path(member.path).unlink()
            else:
                _refuse_nested(Path(member.path), entry.name, limits)
                members.append(member)
    if not members:
        raise refused("EMPTY_FILE", detail="The archive holds no file.")
    return members


def unpack_one(path: Path, name: str, target: Path, limits: Limits) -> Path:
    """Unpack the member of a zip that ``name`` ends with (``archive.zip/folder/member.csv``) into ``target``."""
    wanted = [entry for entry in archive.list_entries(path, limits) if name.endswith("/" + entry.name)]
    if not wanted:
        raise refused("BAD_ARCHIVE", field="member", value=name, detail="The archive holds no member of this name.")
    longest = max(wanted, key=lambda entry: len(entry.name))
    with path.open("rb") as file:
        _unpack_entry(file, longest, target, Budget(path.stat().st_size, limits))
    return target


def _unpack_entry(file: IO[bytes], entry: Entry, target: Path, budget: Budget) -> Member:
    digest = sha256()
    with target.open("wb") as out:
        for piece in archive.inflate(file, entry, budget):
            digest.update(piece)
            out.write(piece)
    return Member(entry.name, str(target), digest.hexdigest(), entry.size)


def _refuse_nested(path: Path, name: str, limits: Limits) -> None:
    with path.open("rb") as file:
        head = file.read(512)
    if detect.is_archive(head) and (not head.startswith(b"PK") or _is_plain_zip(path, limits)):
        raise refused("ARCHIVE_NESTED", field="member", value=name)


def _is_plain_zip(path: Path, limits: Limits) -> bool:
    names = {entry.name.casefold() for entry in archive.list_entries(path, limits)}
    return not names & {"[content_types].xml", "mimetype"}


def _stream(file: IO[bytes], kind: str) -> Iterator[bytes]:
    """The unpacked pieces of all members; what follows a member must be another whole one, in xz also null padding."""
    part = file.read(_CHUNK_BYTES)
    while part:
        inflater = _inflater(kind)
        while not inflater.eof:
            if not part:
                raise refused("BAD_ARCHIVE", detail="It ends too early.")
            yield from _decompress(inflater, part)
            part = inflater.unused_data if inflater.eof else file.read(_CHUNK_BYTES)
        if kind == "xz" and getattr(inflater, "check", None) == lzma.CHECK_NONE:
            raise refused("BAD_ARCHIVE", detail="It has no check sum, so damage could not be noticed.")
        part = part or file.read(_CHUNK_BYTES)


def _decompress(inflater: _Inflater, part: bytes) -> Iterator[bytes]:
    if hasattr(inflater, "unconsumed_tail"):
        yield from archive.pieces(inflater, part)  # type: ignore[arg-type]
        return
    yield inflater.decompress(part, _CHUNK_BYTES)
    while not inflater.eof and not inflater.needs_input:  # type: ignore[attr-defined]
        yield inflater.decompress(b"", _CHUNK_BYTES)


def _inflater(kind: str) -> _Inflater:
    if kind == "gz":
        return zlib.decompressobj(31)  # type: ignore[return-value]
    if kind == "bz2":
        return bz2.BZ2Decompressor()  # type: ignore[return-value]
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)  # type: ignore[return-value]
