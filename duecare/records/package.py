"""Tell a zip from a workbook, and verify every part of a workbook before a spreadsheet library sees it."""

from __future__ import annotations

from pathlib import Path
from typing import IO, NoReturn
from xml.parsers import expat

from duecare.records.archive import Budget, Entry, inflate, list_entries
from duecare.records.faults import refused
from duecare.settings import Limits

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_XML_ENDINGS = (".xml", ".rels", ".vml", ".rdf")
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
_MACRO_FOLDERS = ("basic/", "scripts/", "xl/macrosheets/", "xl/activex/", "xl/dialogsheets/")
_SMALL_PART = 1024 * 1024


def kind(path: Path, limits: Limits) -> str:
    """``xlsx`` or ``ods`` after every part was verified, or ``zip``, whose members are verified when they are unpacked.

    Raises what ``archive.list_entries`` raises, FORBIDDEN_TYPE (macros, other documents), ENCRYPTED_FILE, XML_FORBIDDEN
    and MALFORMED_XML.
    """
    names = {entry.name.casefold(): entry for entry in list_entries(path, limits)}
    with path.open("rb") as file:
        if "[content_types].xml" in names:
            return _workbook(file, names, path, limits)
        if "mimetype" in names and "content.xml" in names:
            return _open_document(file, names, path, limits)
    return "zip"


def _workbook(file: IO[bytes], names: dict[str, Entry], path: Path, limits: Limits) -> str:
    types = _whole(file, names["[content_types].xml"])
    _refuse_macros(names)
    if b"macroEnabled" in types or b"ms-excel.sheet.binary" in types or "xl/workbook.bin" in names:
        raise refused("FORBIDDEN_TYPE", detail="It is a workbook with macros or in the binary format.")
    if "xl/workbook.xml" not in names:
        raise refused("FORBIDDEN_TYPE", detail="It is an Office document without a workbook in it.")
    _verify(file, names, path, limits)
    return "xlsx"


def _open_document(file: IO[bytes], names: dict[str, Entry], path: Path, limits: Limits) -> str:
    if _whole(file, names["mimetype"]).strip() != _ODS:
        raise refused("FORBIDDEN_TYPE", detail="It is an OpenDocument file that is no spreadsheet.")
    _refuse_macros(names)
    manifest = names.get("meta-inf/manifest.xml")
    if manifest is not None and b"encryption-data" in _whole(file, manifest):
        raise refused("ENCRYPTED_FILE")
    _verify(file, names, path, limits)
    return "ods"


def _refuse_macros(names: dict[str, Entry]) -> None:
    for name in names:
        if name.endswith(_MACRO_PARTS) or name.startswith(_MACRO_FOLDERS):
            raise refused("FORBIDDEN_TYPE", field="part", value=name, detail="It holds macros or controls.")


def _whole(file: IO[bytes], entry: Entry) -> bytes:
    if entry.size > _SMALL_PART:
        raise refused("ARCHIVE_BOMB", field="part", value=entry.name, detail="This part is never that large.")
    return b"".join(inflate(file, entry, Budget(entry.size, Limits())))


def _verify(file: IO[bytes], names: dict[str, Entry], path: Path, limits: Limits) -> None:
    """Inflate every part to its end; parse the XML parts as a check, without keeping anything."""
    budget = Budget(path.stat().st_size, limits)
    for name, entry in names.items():
        parser = _strict_parser(entry.name) if name.endswith(_XML_ENDINGS) else None
        try:
            for piece in inflate(file, entry, budget):
                if parser:
                    parser.Parse(piece, False)  # noqa: FBT003
            if parser:
                parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            place = f"Line {error.lineno}: {expat.ErrorString(error.code)}."
            raise refused("MALFORMED_XML", field="part", value=entry.name, detail=place) from None


def _strict_parser(name: str) -> expat.XMLParserType:
    def refuse(*_declaration: object) -> NoReturn:
        raise refused("XML_FORBIDDEN", field="part", value=name)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser
