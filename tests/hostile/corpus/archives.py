"""Packed files that are damaged, lie, overflow, lead out or hide something."""

from __future__ import annotations

import bz2
import io
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from duecare.settings import MIB

from .tables import (
    Case,
    as_csv,
    as_gz,
    as_zip,
    case,
    flip,
    good_table,
    set_flag,
)


def archive_cases(rng: random.Random) -> Iterator[Case]:
    good = as_csv(good_table(rng, 40))
    packers: dict[str, Callable[[bytes], bytes]] = {"gz": as_gz, "bz2": bz2.compress, "xz": lzma.compress}
    for kind, pack in packers.items():
        packed = pack(good)
        file = f"t.csv.{kind}"
        yield case(f"{kind}-cut", file, packed[:-5], "BAD_ARCHIVE")
        yield case(f"{kind}-cut-half", file, packed[: len(packed) // 2], "BAD_ARCHIVE")
        yield case(f"{kind}-head-only", file, packed[:8], "BAD_ARCHIVE")
        yield case(f"{kind}-bit-middle", file, flip(packed, len(packed) // 2), "BAD_ARCHIVE")
        yield case(f"{kind}-bit-end", file, flip(packed, -6), "BAD_ARCHIVE")
        yield case(f"{kind}-behind", file, packed + b"garbage", "BAD_ARCHIVE")
        yield case(f"{kind}-zeros-behind", file, packed + b"\x00" * 7, "BAD_ARCHIVE")
        yield case(f"{kind}-second-cut", file, packed + pack(good)[:-9], "BAD_ARCHIVE")
        yield case(f"{kind}-of-nothing", file, pack(b""), "EMPTY_FILE")
        yield case(f"{kind}-bomb-ratio", file, pack(b"\x00" * (3 * MIB)), "ARCHIVE_BOMB")
        yield case(f"{kind}-bomb-size", file, pack(rng.randbytes(MIB // 16) * 80), "ARCHIVE_BOMB")
        yield case(f"{kind}-in-gz", file + ".gz", as_gz(packed), "ARCHIVE_NESTED TYPE_MISMATCH")
        yield case(f"{kind}-zip-inside", f"t.zip.{kind}", pack(as_zip({"t.csv": good})), "ARCHIVE_NESTED")
        yield case(
            f"{kind}-tar-inside",
            f"t.tar.{kind}",
            pack(b"t.csv".ljust(257, b"\x00") + b"ustar\x0000" + b"\x00" * 1000),
            "ARCHIVE_NESTED UNKNOWN_FORMAT ARCHIVE_BOMB BAD_ARCHIVE",
        )
        yield case(f"{kind}-wrong-ending", f"t.csv.{'xz' if kind == 'gz' else 'gz'}", packed, "TYPE_MISMATCH")
        yield case(f"{kind}-called-csv", "t.csv", packed, "TYPE_MISMATCH")
        yield case(f"{kind}-exe-inside", f"t.csv.{kind}", pack(b"MZ\x90\x00" + rng.randbytes(4000)), "FORBIDDEN_TYPE")
    yield case("xz-no-check", "t.csv.xz", lzma.compress(good, check=lzma.CHECK_NONE), "BAD_ARCHIVE")
    yield case(
        "xz-memory", "t.csv.xz", _with_vast_dictionary(lzma.compress(good)), "ARCHIVE_BOMB BAD_ARCHIVE TOO_LARGE"
    )
    yield case("gz-lying-size", "t.csv.gz", as_gz(good)[:-4] + struct.pack("<I", 7), "BAD_ARCHIVE")
    yield from _zip_cases(rng, good)


def _with_vast_dictionary(packed: bytes) -> bytes:
    """Declare a dictionary of 4 GiB in the header of the first block of an xz file and make its check sum right."""
    size = (packed[12] + 1) * 4
    header = bytearray(packed[12 : 12 + size - 4])
    assert header[2:4] == b"\x21\x01"
    header[4] = 40
    return packed[:12] + bytes(header) + struct.pack("<I", zlib.crc32(header)) + packed[12 + size :]


def _zip_cases(rng: random.Random, good: bytes) -> Iterator[Case]:
    whole = as_zip({"t.csv": good})
    yield case("zip-cut", "t.zip", whole[:-10], "BAD_ARCHIVE")
    yield case("zip-half", "t.zip", whole[: len(whole) // 2], "BAD_ARCHIVE")
    yield case("zip-behind", "t.zip", whole + b"garbage", "BAD_ARCHIVE")
    yield case("zip-before", "t.zip", b"PK\x03\x04 something" + whole, "BAD_ARCHIVE")
    yield case("zip-bit", "t.zip", flip(whole, 30 + 5 + 40), "BAD_ARCHIVE")
    yield case("zip-empty", "t.zip", as_zip({}), "EMPTY_FILE")
    yield case("zip-empty-member", "t.zip", as_zip({"t.csv": b""}), "EMPTY_FILE")
    yield case("zip-only-folders", "t.zip", as_zip({"a/": b""}), "EMPTY_FILE")
    yield case("zip-bomb-ratio", "t.zip", as_zip({"t.csv": b"," * (3 * MIB)}), "ARCHIVE_BOMB")
    yield case(
        "zip-bomb-size", "t.zip", as_zip({f"{n}.csv": rng.randbytes(10_000) * 60 for n in range(10)}), "ARCHIVE_BOMB"
    )
    yield case("zip-bomb-members", "t.zip", as_zip({f"{n}.csv": good for n in range(60)}), "ARCHIVE_BOMB")
    yield case("zip-called-csv", "t.csv", whole, "TYPE_MISMATCH")
    yield case("zip-called-xlsx", "t.xlsx", whole, "TYPE_MISMATCH")
    for name, inner in (
        ("zip", whole),
        ("gz", as_gz(good)),
        ("bz2", bz2.compress(good)),
        ("xz", lzma.compress(good)),
        ("7z", b"7z\xbc\xaf'\x1c" + bytes(100)),
        ("rar", b"Rar!\x1a\x07\x00" + bytes(99)),
    ):
        yield case(f"zip-{name}-inside", "t.zip", as_zip({"a.csv": good, f"b.{name}": inner}), "ARCHIVE_NESTED")
        yield case(f"zip-{name}-inside-hidden", "t.zip", as_zip({"a.csv": inner}), "ARCHIVE_NESTED")
    for name, path in (
        ("up", "../t.csv"),
        ("up-deep", "a/../../t.csv"),
        ("root", "/etc/t.csv"),
        ("drive", "C:/t.csv"),
        ("backslash", "..\\t.csv"),
        ("share", "\\\\host\\t.csv"),
        ("double-slash", "a//t.csv"),
        ("dot", "./t.csv"),
    ):
        yield case(f"zip-path-{name}", "t.zip", as_zip({"ok.csv": good, path: good}), "ARCHIVE_UNSAFE_PATH")
    for name, path in (("bidi", "t\u202evsc.csv"), ("newline", "t\n.csv"), ("escape", "t\x1b[2J.csv")):
        yield case(f"zip-name-{name}", "t.zip", as_zip({path: good}), "BAD_FILENAME")
    yield case("zip-name-nul", "t.zip", whole.replace(b"t.csv", b"t\x00csv"), "BAD_FILENAME BAD_ARCHIVE")
    yield case("zip-twice", "t.zip", _twice("t.csv", "t.csv", good), "DUP_MEMBER")
    yield case("zip-twice-case", "t.zip", _twice("t.csv", "T.CSV", good), "DUP_MEMBER")
    yield case("zip-twice-accent", "t.zip", _twice("\u00e9.csv", "e\u0301.csv", good), "DUP_MEMBER")
    yield case("zip-link", "t.zip", _with_mode("t.csv", b"/etc/passwd", 0o120777), "ARCHIVE_UNSAFE_PATH")
    yield case("zip-device", "t.zip", _with_mode("t.csv", b"x", 0o020666), "ARCHIVE_UNSAFE_PATH")
    yield case("zip-encrypted", "t.zip", set_flag(whole, 0x1), "ARCHIVE_ENCRYPTED")
    yield case("zip-encrypted-strong", "t.zip", set_flag(whole, 0x41), "ARCHIVE_ENCRYPTED")
    yield case("zip-overlap", "t.zip", _overlapping(30), "ARCHIVE_BOMB BAD_ARCHIVE")
    yield case("zip-lying-name", "t.zip", whole.replace(b"t.csv", b"u.csv", 1), "BAD_ARCHIVE")
    yield case("zip-lying-size", "t.zip", _lie(whole, 24, len(good) - 50), "BAD_ARCHIVE")
    yield case("zip-lying-crc", "t.zip", _lie(whole, 16, 12345), "BAD_ARCHIVE")
    yield case("zip-lying-place", "t.zip", _lie(whole, 42, 3), "BAD_ARCHIVE")
    yield case("zip-hidden-entry", "t.zip", _hidden_entry(good), "BAD_ARCHIVE")
    yield case("zip-lzma", "t.zip", as_zip({"t.csv": good}, zipfile.ZIP_LZMA), "BAD_ARCHIVE")
    yield case(
        "zip-many-declared",
        "t.zip",
        whole[:-12] + struct.pack("<HHIIH", 60000, 60000, 100, 100, 0)[:12],
        "BAD_ARCHIVE ARCHIVE_BOMB",
    )


def _twice(first: str, second: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a" * len(first)), content)
        archive.writestr(zipfile.ZipInfo(second), content)
    if len(first.encode()) == len(second.encode()):
        return out.getvalue().replace(b"a" * len(first), first.encode())
    return as_zip({first: content, second: content})


def _with_mode(name: str, content: bytes, mode: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, mode << 16
        archive.writestr(info, content)
    return out.getvalue()


def _lie(packed: bytes, place: int, value: int) -> bytes:
    """Change a field of the first directory entry (16 CRC, 20 packed size, 24 size, 42 place)."""
    changed = bytearray(packed)
    struct.pack_into("<I", changed, packed.index(b"PK\x01\x02") + place, value)
    return bytes(changed)


def _overlapping(count: int) -> bytes:
    """Many entries that share one block of packed bytes, each name quoted as data of the one before (Fifield's way)."""
    content = zlib.compress(b"x" * 100_000, 9)[2:-4]
    crc = zlib.crc32(b"x" * 100_000)
    local = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(content), 100_000, 5, 0) + b"a.csv" + content
    )
    directory = b""
    for number in range(count):
        name = b"a.csv" if number == 0 else b"%05d" % number
        directory += (
            struct.pack(
                "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(content), 100_000, 5, 0, 0, 0, 0, 0, 0
            )
            + name
        )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + end


def _hidden_entry(content: bytes) -> bytes:
    """Two entries of which the directory lists the first only."""
    both = as_zip({"a.csv": content, "b.csv": content})
    start = both.index(b"PK\x01\x02")
    second = both.index(b"PK\x01\x02", start + 4)
    directory = both[start:second]
    return both[:start] + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), start, 0)
