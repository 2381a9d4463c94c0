"""Read official files that somebody brings, as untrusted input: limited in size, no DTD, no entities, no macros, no network."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from duecare.errors import FileRefused

MOST_BYTES = 32 * 1024 * 1024
MOST_UNPACKED_BYTES = 256 * 1024 * 1024
MOST_CELLS = 4_000_000
MOST_CELL_CHARS = 65_536
SHEETS = {".xlsx", ".xls", ".ods"}
TEXTS = {".csv", ".tsv", ".txt"}
Row = dict[str, str]


def read_bytes(path: Path) -> bytes:
    """The whole file; raises ``FileRefused`` for an empty one and for one above 32 MiB."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise FileRefused("TOO_LARGE", f"{path.name} has {size} bytes; an evidence file may have {MOST_BYTES}.")
    if size == 0:
        raise FileRefused("EMPTY_FILE", f"{path.name} is empty. Export or download it again.")
    return path.read_bytes()


def harmless_parser() -> etree.XMLParser:
    """A new parser of XML from anybody: no DTD, no entities, no network, libxml2's limits on; elements and texts only."""
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def read_xml(path: Path) -> Any:
    """Root element; raises ``FileRefused`` for a DTD, an entity or XML that is not well-formed."""
    content = read_bytes(path)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content:
        raise FileRefused("XML_FORBIDDEN", f"{path.name} declares a document type, which is not accepted.")
    try:
        root = etree.fromstring(content, harmless_parser())
    except etree.XMLSyntaxError as error:
        raise FileRefused("MALFORMED_XML", f"{path.name} is not well-formed XML: {error}.") from error
    if root.getroottree().docinfo.doctype:
        raise FileRefused("XML_FORBIDDEN", f"{path.name} declares a document type, which is not accepted.")
    return root


def read_rows(path: Path, sheet: str | None = None, header_row: int = 0) -> list[Row]:
    """Rows of a CSV or of one sheet (the first one) as header-to-text; ``#`` holds the row as a spreadsheet counts it."""
    grid = list(read_grid(path, sheet))
    if len(grid) <= header_row + 1:
        raise FileRefused("NO_ROWS", f"{path.name} has no rows below its header.")
    header = [cell.strip() for cell in grid[header_row]]
    body = enumerate(grid[header_row + 1 :], start=header_row + 2)
    return [{**dict(zip(header, row, strict=False)), "#": str(number)} for number, row in body if any(row)]


def read_grid(path: Path, sheet: str | None = None) -> Iterator[list[str]]:
    """Cells as text, row by row; a whole number of a spreadsheet has no ".0"."""
    if path.suffix.lower() in SHEETS:
        return _sheet(path, sheet)
    if path.suffix.lower() not in TEXTS:
        raise FileRefused(
            "UNKNOWN_FORMAT", f"{path.name} is no CSV, sheet or XML. Unpack it, or give it the right ending."
        )
    return _text(path)


def sheet_names(path: Path) -> list[str]:
    """Names of the sheets; empty for a file that is no workbook."""
    return _workbook(path).sheet_names if path.suffix.lower() in SHEETS else []


def _workbook(path: Path) -> Any:
    content = read_bytes(path)
    _refuse_bomb(path, content)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except CalamineError as error:
        raise FileRefused("UNKNOWN_FORMAT", f"{path.name} is no readable workbook: {error}.") from error


def _refuse_bomb(path: Path, content: bytes) -> None:
    """A packed workbook says in its directory how large it unpacks; beyond the limit it is not opened."""
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise FileRefused("BAD_ARCHIVE", f"{path.name} is no readable workbook: {error}.") from error
    if unpacked > MOST_UNPACKED_BYTES:
        raise FileRefused(
            "ARCHIVE_BOMB", f"{path.name} unpacks to {unpacked} bytes; {MOST_UNPACKED_BYTES} are accepted."
        )


def _sheet(path: Path, sheet: str | None) -> Iterator[list[str]]:
    book = _workbook(path)
    chosen = book.get_sheet_by_name(sheet or book.sheet_names[0])
    if chosen.total_height * chosen.total_width > MOST_CELLS:
        raise FileRefused("TOO_LARGE", f"{path.name}, sheet {chosen.name}: more than {MOST_CELLS} cells.")
    for row in chosen.iter_rows():
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:MOST_CELL_CHARS].strip()


def _text(path: Path) -> Iterator[list[str]]:
    content = read_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise FileRefused("NUL_BYTES", f"{path.name} holds NUL bytes. Export it again as text.")
    try:
        delimiter = csv.Sniffer().sniff(text[:4096], ",;\t").delimiter
    except csv.Error:
        delimiter = ","
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield [cell[:MOST_CELL_CHARS].strip() for cell in row]
