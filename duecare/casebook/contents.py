"""What an evidence file is, by its content alone: a short list is accepted, and nothing that could act on its reader.

Accepted: PDF without scripts or programs to start, pictures (PNG, JPEG, TIFF, WebP), office documents without macros, controls
or embedded programs (DOCX, XLSX, PPTX, ODT, ODS, ODP), and plain text with tables. Refused: HTML, SVG and all other markup
(XML is active when a browser opens it), programs, archives, old office formats (whether they hold macros cannot be told
without trusting a parser), anything encrypted as a whole.
"""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duecare.errors import FileRefused

ACCEPTED = "Accepted are PDF, PNG, JPEG, TIFF, WebP, DOCX, XLSX, PPTX, ODT, ODS, ODP, CSV and plain text."
_OFFICE = "application/vnd.openxmlformats-officedocument."
ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
    "image/webp": "webp",
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "text/csv": "csv",
    "text/plain": "txt",
}
"""Media type to the ending that a download gets; the sender's ending never counts."""

_MAGIC = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"))  # fmt: skip
_ACTS_IN_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_MARKUP = re.compile(
    rb"^\s*<(?:[!?/]|[A-Za-z])|<(?:script|svg|html|iframe|object|embed|!doctype|!entity)\b", re.IGNORECASE
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ACTIVE_PARTS = ("vbaproject", "vbadata", "macrosheets/", "dialogsheets/", "activex", "oleobject", "customui/")
_ACTIVE_FOLDERS = ("basic/", "scripts/")
_DIRECTORY_END = struct.Struct("<4s4H2IH")
MOST_PARTS, MOST_DIRECTORY, MOST_TYPES = 5_000, 2 * 2**20, 2**20
MOST_UNPACKED, MOST_RATIO = 2 * 2**30, 200
_HEAD = 64 * 1024
_CHUNK = 2**20


def media_type(path: Path, name: str = "") -> str:
    """The media type of a file's content, one of ``ENDINGS``; raises ``FileRefused`` with the reason for all else.

    ``name`` only tells a table from other plain text.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise FileRefused("EMPTY_FILE", "The file is empty. Check that it was saved completely.")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return _pdf(path) if kind == "application/pdf" else kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK"):
        return _office_document(path)
    return _text(path, head, name)


def _refused(why: str) -> FileRefused:
    return FileRefused("FORBIDDEN_TYPE", f"{why} {ACCEPTED}")


def _pdf(path: Path) -> str:
    """Look at everything outside of the packed streams; names may be written with escapes (``/J#53``)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        for part in _outside_of_streams(whole):
            plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part
            if found := _ACTS_IN_PDF.search(plain):
                raise _refused(f"The PDF can act when it is opened ({found[0].decode()}). Print it to a new PDF.")
    return "application/pdf"


def _outside_of_streams(whole: mmap.mmap) -> Iterator[bytes]:
    place = 0
    while (begin := whole.find(b"stream", place)) >= 0:
        yield whole[place:begin]
        end = whole.find(b"endstream", begin)
        if end < 0:
            place = begin + len(b"stream")
            break
        place = end + len(b"endstream")
    yield whole[place:]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The directory of a zip: every part's name in small letters, and the archive itself for its small parts."""

    archive: zipfile.ZipFile
    infos: dict[str, zipfile.ZipInfo]

    def small(self, name: str) -> bytes:
        """A part that must be small, unpacked to at most ``MOST_TYPES`` bytes."""
        with self.archive.open(self.infos[name]) as part:
            found = part.read(MOST_TYPES + 1)
        if len(found) > MOST_TYPES:
            raise FileRefused("ARCHIVE_BOMB", f"The part {name} unpacks to more than is accepted.")
        return found


def _office_document(path: Path) -> str:
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _office_kind(_Parts(archive, _infos(archive, path.stat().st_size)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise FileRefused("BAD_ARCHIVE", "The document is damaged. Save or copy it again.") from error


def _check_directory(path: Path) -> None:
    """Refuse a directory that would cost much to read, before anything reads it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _DIRECTORY_END.size:
        raise FileRefused("BAD_ARCHIVE", "The document is damaged: it ends too early. Save or copy it again.")
    _, _, _, _, parts, size, _, _ = _DIRECTORY_END.unpack_from(tail, at)
    if parts > MOST_PARTS or size > MOST_DIRECTORY:
        raise FileRefused("ARCHIVE_BOMB", f"The document has more than {MOST_PARTS:,} parts.")


def _infos(archive: zipfile.ZipFile, packed: int) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MOST_PARTS or unpacked > min(MOST_UNPACKED, MOST_RATIO * packed):
        raise FileRefused("ARCHIVE_BOMB", "The document unpacks to more than is accepted. Save its parts one by one.")
    if any(info.flag_bits & 0x1 for info in infos):
        raise FileRefused("ENCRYPTED_FILE", "The document is protected by a password. Save it without one.")
    named = {info.filename.casefold(): info for info in infos}
    if len(named) != len(infos):
        raise FileRefused("DUP_MEMBER", "The document holds two parts of the same name. Save it again.")
    return named


def _office_kind(parts: _Parts) -> str:
    for name in parts.infos:
        if any(word in name for word in _ACTIVE_PARTS) or name.startswith(_ACTIVE_FOLDERS):
            raise _refused(
                "The document holds macros, controls or an embedded program. Save it without them, or as PDF."
            )
    if "[content_types].xml" in parts.infos:
        return _open_xml(parts.small("[content_types].xml"))
    if "mimetype" in parts.infos and "content.xml" in parts.infos:
        kind = parts.small("mimetype").decode("ascii", "replace").strip()
        if kind in ENDINGS and kind.startswith("application/vnd.oasis."):
            return kind
    raise _refused("This is an archive or a document of another kind.")


def _open_xml(types: bytes) -> str:
    if re.search(rb"macroEnabled|vbaProject|\.binary\.", types, re.IGNORECASE):
        raise _refused("The document can hold macros. Save it as DOCX, XLSX or PPTX without macros, or as PDF.")
    for kind in ENDINGS:
        if kind.startswith(_OFFICE) and f"{kind}.main+xml".encode() in types:
            return kind
    raise _refused("This is an office document of another kind.")


def _text(path: Path, head: bytes, name: str) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused("The text is in UTF-16. Save it as UTF-8.")
    if head.startswith((b"#!", b"{\\rtf", b"\xd0\xcf\x11\xe0")):
        raise _refused("Programs, RTF and the old office formats are not accepted.")
    last = b""
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            if _CONTROLS.search(block):
                raise _refused("The content of the file is not known.")
            if _MARKUP.search(last + block if last else block.removeprefix(b"\xef\xbb\xbf")):
                raise _refused(
                    "HTML, SVG, XML and other markup are not accepted, because they can act when they are opened."
                )
            last = b"x" + block[-16:]
    return "text/csv" if name.lower().endswith((".csv", ".tsv")) else "text/plain"
