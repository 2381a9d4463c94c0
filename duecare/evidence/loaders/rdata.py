"""Read numbers and texts out of an R data file (XDR, versions 2 and 3) without R and without running anything in it.

Only vectors, lists, symbols and their attributes are known; code, environments and promises are refused. Format: R Internals,
"Serialization Formats".
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from duecare.errors import FileRefused
from duecare.evidence.loaders.untrusted import read_bytes

MOST_BYTES = 256 * 1024 * 1024
DEEPEST = 32
UNPACKERS: tuple[tuple[bytes, Callable[[], Any]], ...] = (
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ", lzma.LZMADecompressor),
)
NIL, NIL_VALUE, REFERENCE = 0, 254, 255
SYMBOL, PAIRLIST, TEXT, LOGICAL, INTEGER, REAL, STRINGS, LIST = 1, 2, 9, 10, 13, 14, 16, 19


def read_rdata(path: Path) -> dict[str, Any]:
    """Objects by name: a list as a dict of its names, a vector as an array (with its ``dim``), texts as a list.

    Raises ``FileRefused`` for another format, for R code and for more than 256 MiB.
    """
    try:
        content = _unpacked(path, read_bytes(path))
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise FileRefused("BAD_ARCHIVE", f"{path.name} cannot be unpacked: {error}.") from error
    if content[:7] not in (b"RDX2\nX\n", b"RDX3\nX\n"):
        raise FileRefused("UNKNOWN_FORMAT", f"{path.name} is no R data file in the binary XDR form.")
    try:
        reader = _Reader(content, path.name)
        found = reader.item(0)
    except (struct.error, IndexError, TypeError, ValueError, OverflowError) as error:
        raise FileRefused("TRUNCATED", f"{path.name} is damaged: {error}.") from error
    if not isinstance(found, dict):
        raise FileRefused("UNKNOWN_FORMAT", f"{path.name} holds no named objects.")
    return found


def _unpacked(path: Path, content: bytes) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        with gzip.open(path) as file:
            found = file.read(MOST_BYTES + 1)
    else:
        make = next((make for start, make in UNPACKERS if content.startswith(start)), None)
        found = make().decompress(content, MOST_BYTES + 1) if make else content
    if len(found) > MOST_BYTES:
        raise FileRefused("ARCHIVE_BOMB", f"{path.name} unpacks to more than {MOST_BYTES} bytes.")
    return found


class _Reader:
    """One pass over the bytes; every length is checked against what is left."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content, self.name, self.at, self.symbols = content, name, 7, list[str]()
        version = self.integer()
        self.at += 8
        if version == 3:
            self.take(self.integer())

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.content):
            raise ValueError("a length points behind the end")
        self.at += size
        return self.content[self.at - size : self.at]

    def integer(self) -> int:
        return int(struct.unpack(">i", self.take(4))[0])

    def item(self, depth: int) -> Any:
        flags = self.integer()
        kind, attributes = flags & 0xFF, bool(flags & 0x200)
        if depth > DEEPEST:
            raise FileRefused("TOO_DEEP", f"{self.name} is nested deeper than {DEEPEST}.")
        if kind == PAIRLIST:
            return self.pairs(flags, depth)
        if kind == REFERENCE:
            return self.symbols[(flags >> 8 or self.integer()) - 1]
        value = self.plain(kind, depth)
        return _described(value, self.item(depth + 1)) if attributes else value

    def plain(self, kind: int, depth: int) -> Any:
        if kind in (NIL, NIL_VALUE):
            return {}
        if kind == TEXT:
            size = self.integer()
            return None if size == -1 else self.take(size).decode("utf-8")
        if kind == SYMBOL:
            self.symbols.append(str(self.item(depth + 1)))
            return self.symbols[-1]
        if kind in (LOGICAL, INTEGER):
            return np.frombuffer(self.take(4 * self.integer()), dtype=">i4").astype(np.int32)
        if kind == REAL:
            return np.frombuffer(self.take(8 * self.integer()), dtype=">f8").astype(np.float64)
        if kind in (STRINGS, LIST):
            return [self.item(depth + 1) for _ in range(self.integer())]
        raise FileRefused(
            "FORBIDDEN_TYPE", f"{self.name} holds an R object of type {kind}; only numbers, texts and lists are read."
        )

    def pairs(self, flags: int, depth: int) -> dict[str, Any]:
        """A chain of named values, read in a loop so that a long chain costs no depth."""
        found: dict[str, Any] = {}
        while flags & 0xFF == PAIRLIST:
            if flags & 0x200:
                self.item(depth + 1)
            name = self.item(depth + 1) if flags & 0x400 else str(len(found))
            found[str(name)] = self.item(depth + 1)
            flags = self.integer()
        return found


def _described(value: Any, attributes: dict[str, Any]) -> Any:
    """Names of a list make a dict, ``dim`` shapes a vector (R counts by columns)."""
    if isinstance(value, list) and isinstance(attributes.get("names"), list):
        return dict(zip(attributes["names"], value, strict=True))
    if isinstance(value, np.ndarray) and "dim" in attributes:
        return value.reshape(tuple(int(size) for size in attributes["dim"]), order="F")
    return value
