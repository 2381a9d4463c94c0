"""Find out what a file is: its content decides, its name must agree.

Names are untrusted text too. The tables here are the whole list of what is accepted, what is known and refused, and which
endings go with what.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from duecare.errors import FileRefused
from duecare.records import compound, package
from duecare.records.faults import refused
from duecare.records.request import Request
from duecare.settings import Limits

MOST_NAME_CHARS = 200
_HEAD_BYTES = 64 * 1024
_CHUNK_CHARS = 1 << 20

_ENDINGS: dict[str, frozenset[str]] = {
    "csv": frozenset({"csv", "tsv", "txt", "tab"}),
    "json": frozenset({"json", "jsonl", "ndjson", "txt"}),
    "jsonl": frozenset({"json", "jsonl", "ndjson", "txt"}),
    "xlsx": frozenset({"xlsx"}),
    "xls": frozenset({"xls"}),
    "ods": frozenset({"ods"}),
    "gz": frozenset({"gz", "gzip", "tgz"}),
    "bz2": frozenset({"bz2"}),
    "xz": frozenset({"xz"}),
    "zip": frozenset({"zip"}),
    "xml": frozenset({"xml"}),
    "tar": frozenset({"tar"}),
}
_OTHER_ENDINGS = frozenset(
    (
        "7z",
        "bat",
        "bin",
        "bmp",
        "bz",
        "cmd",
        "com",
        "dll",
        "doc",
        "docm",
        "docx",
        "exe",
        "gif",
        "htm",
        "html",
        "jar",
        "jpeg",
        "jpg",
        "js",
        "lz4",
        "lzma",
        "msi",
        "odp",
        "odt",
        "parquet",
        "pdf",
        "php",
        "png",
        "ppt",
        "pptx",
        "ps1",
        "py",
        "rar",
        "rtf",
        "sh",
        "sql",
        "sqlite",
        "svg",
        "tif",
        "tiff",
        "vbs",
        "webp",
        "xlam",
        "xlsb",
        "xlsm",
        "xltm",
        "xltx",
        "zst",
    )
)
_CLAIMS = frozenset().union(*_ENDINGS.values(), _OTHER_ENDINGS)
_PACKED_ENDINGS = {"gz", "gzip", "bz2", "xz"}

_ACCEPTED_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
)
_FORBIDDEN_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xce\xfa\xed\xfe", "a program"),
    (b"#!", "a script"),
    (b"<?php", "a script"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG\r\n", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF87a", "an image"),
    (b"GIF89a", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"RIFF", "a picture, sound or film"),
    (b"OggS", "a sound or film"),
    (b"\x00asm", "a program"),
)
_UNKNOWN_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"7z\xbc\xaf'\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"\x04\x22\x4d\x18", "an LZ4 file"),
    (b"\x5d\x00\x00", "an LZMA file without check sum"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "a database"),
    (b"ARROW1", "an Arrow file"),
    (b"\x00\x01\x00\x00Stan", "an Access database"),
)
ARCHIVE_WORDS = ("archive", "Zstandard", "LZ4", "LZMA")
_MARKUP = re.compile(
    rb"\s*<(!|\?[A-Za-z]|(html|head|body|table|script)\b|[A-Za-z_][\w.:-]*(\s+[\w.:-]+\s*=|\s*/?>\s*(<|$)))", re.I
)
_WEB_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|table|script)", re.IGNORECASE)
_JSON_OPENS = re.compile(r"\s*(\{\s*[\"}]|\[\s*[\[{\]\"\-0-9tfn]|[\[{]\s*$)")
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def check_name(name: str) -> None:
    """Refuse (BAD_FILENAME) a name that could deceive a reader or a shell, or that no file system would keep."""
    if not name.strip() or name in (".", ".."):
        raise refused("BAD_FILENAME", field="name", value=name)
    if len(name) > MOST_NAME_CHARS:
        raise refused("BAD_FILENAME", field="name", value=name, detail=f"At most {MOST_NAME_CHARS} characters.")
    if "/" in name or "\\" in name:
        raise refused("BAD_FILENAME", field="name", value=name, detail="No slash or backslash.")
    hidden = [c for c in name if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in "\u200c\u200d"]
    if hidden:
        shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
        detail = f"It holds the hidden character U+{ord(hidden[0]):04X}."
        raise refused("BAD_FILENAME", field="name", value=shown, detail=detail)


def detect(path: Path, name: str, limits: Limits | None = None) -> str:
    """What the file is: csv, json, jsonl, xml, xlsx, xls, ods, gz, bz2, xz, zip or tar; raises ``FileRefused`` for all else."""
    limits = limits or Limits()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise refused("EMPTY_FILE")
    _refuse_known(head, name)
    kind = _kind(path, head, name, limits)
    ending = _ending(name)
    if ending in _CLAIMS and ending not in _ENDINGS[kind]:
        raise refused("TYPE_MISMATCH", field="name", value=name, detail=f"The content is {kind.upper()}.")
    return kind


def inner_name(name: str) -> str:
    """The name without the ending of its packing: ``a.csv`` for ``a.csv.gz``."""
    stem, dot, ending = name.rpartition(".")
    return stem if dot and ending.lower() in _PACKED_ENDINGS else name.removesuffix(".tgz")


def check_size(path: Path, kind: str, request: Request) -> None:
    """Refuse (TOO_LARGE) a file above the limit; plain CSV and JSON lines that the user named themselves have none."""
    size, most = path.stat().st_size, request.limits.upload_bytes
    streams = kind == "csv" or (kind in ("json", "jsonl") and size > most and is_json_lines(path, request.limits))
    if size <= most or (request.trusted_size and streams):
        return
    detail = (
        f"It has {size:,} bytes; {most:,} are accepted. Plain CSV and JSON lines may be larger on the command line."
    )
    raise refused("TOO_LARGE", detail=detail)


def is_json_lines(path: Path, limits: Limits) -> bool:
    """Whether the first line that is not blank is one whole JSON value and something follows it."""
    with path.open("rb") as file:
        line = b"\n"
        while line and not line.strip():
            line = file.readline(limits.line_bytes)
        try:
            msgspec.json.decode(line.removeprefix(codecs.BOM_UTF8), type=msgspec.Raw)
        except (msgspec.DecodeError, RecursionError):
            return False
        return line.endswith(b"\n")


def nested(name: str, kind: str) -> FileRefused:
    """The refusal of a packed file inside a packed file."""
    return refused(
        "ARCHIVE_NESTED", field="member", value=name, detail=f"It is {kind.upper()} inside of a packed file."
    )


def is_archive(head: bytes) -> bool:
    """Whether these first bytes are of any archive or packed file, a zip included (which may be a workbook)."""
    known = [magic for magic, _ in _ACCEPTED_MAGIC]
    known += [magic for magic, words in _UNKNOWN_MAGIC if any(word in words for word in ARCHIVE_WORDS)]
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", *known)) or head[257:262] == b"ustar"


@contextmanager
def as_utf8(path: Path, folder: Path) -> Iterator[Path]:
    """``path``, or for JSON in UTF-16 or UTF-32 a copy of it in UTF-8 below ``folder`` that lives as long as the block."""
    with path.open("rb") as file:
        encoding = text_encoding(file.read(_HEAD_BYTES))
    if encoding == "utf-8":
        yield path
        return
    copy = folder / "as-utf-8"
    try:
        with path.open(encoding=encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while part := source.read(_CHUNK_CHARS):
                target.write(part)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def text_encoding(head: bytes) -> str:
    """The Unicode encoding that the first bytes show, by mark or by where the zero bytes lie; else ``utf-8``."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    sample = head[: min(len(head), 4096) // 4 * 4]
    if len(sample) < 8:
        return "utf-8"
    zeros = [sample[place::4].count(0) / (len(sample) / 4) for place in range(4)]
    patterns = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return patterns.get(tuple(share > 0.4 for share in zeros), "utf-8")  # type: ignore[arg-type]


def _kind(path: Path, head: bytes, name: str, limits: Limits) -> str:
    for magic, kind in _ACCEPTED_MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK"):
        return package.kind(path, limits)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return compound.kind(path)
    if head[257:262] == b"ustar":
        return "tar"
    return _text_kind(head, name)


def _refuse_known(head: bytes, name: str) -> None:
    for magic, words in _FORBIDDEN_MAGIC:
        if head.startswith(magic):
            raise refused("FORBIDDEN_TYPE", field="name", value=name, detail=f"This is {words}.")
    if head.startswith((b"MZ", b"BM")) and b"\x00" in head[:512]:
        raise refused("FORBIDDEN_TYPE", field="name", value=name, detail="This is a program or an image.")
    for magic, words in _UNKNOWN_MAGIC:
        if head.startswith(magic):
            raise refused("UNKNOWN_FORMAT", field="name", value=name, detail=f"This is {words}.")


def _text_kind(head: bytes, name: str) -> str:
    encoding = text_encoding(head)
    is_xml = _is_xml(head.removeprefix(codecs.BOM_UTF8), name)
    if not is_xml and encoding == "utf-8" and _is_binary(head):
        raise refused("UNKNOWN_FORMAT", field="name", value=name, detail="It is neither text nor a known format.")
    text = head.decode(encoding, "replace").lstrip("\ufeff")
    if is_xml or (encoding != "utf-8" and _is_xml(text.encode("utf-8", "replace"), name)):
        return "xml"
    if not text.strip() and len(head) < _HEAD_BYTES:
        raise refused("EMPTY_FILE", detail="There are only blanks in it.")
    if _JSON_OPENS.match(text[:4096]) or (_ending(name) in ("json", "jsonl", "ndjson") and not _is_table(text)):
        return "jsonl" if _ending(name) in ("jsonl", "ndjson") else "json"
    return "csv"


def _is_binary(head: bytes) -> bool:
    """More than one control byte in twenty is no text in any encoding that offices use."""
    allowed = b"\t\n\r\x0c\x1a\x1b\x85"
    control = sum(head.count(bytes([byte])) for byte in range(32) if byte not in allowed)
    return control > max(len(head) // 20, 8)


def _is_table(text: str) -> bool:
    lines = [line for line in text.splitlines()[:3] if line.strip()]
    return len(lines) > 1 and any(all(mark in line for line in lines) for mark in ",;\t|")


def _is_xml(head: bytes, name: str) -> bool:
    """Whether these bytes begin an XML document; refuses web pages and declarations of types and entities."""
    if not _MARKUP.match(head):
        return False
    if _WEB_PAGE.search(head[:4096]):
        detail = "This is a web page, whatever its ending. Open it in a spreadsheet and save it as XLSX."
        raise refused("FORBIDDEN_TYPE", field="name", value=name, detail=detail)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise refused("XML_FORBIDDEN", field="name", value=name)
    return True


def _ending(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""
