"""What all hostile files are made of: good tables, the formats they are written in, and ways to damage bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

from duecare.settings import MIB, Limits

LIMITS = Limits(
    upload_bytes=8 * MIB,
    unpacked_bytes=4 * MIB,
    unpacked_ratio=200,
    archive_members=50,
    notice_members=80,
    columns=200,
    line_bytes=2 * MIB,
    memory_bytes=1024 * MIB,
    seconds=20,
    staged_bytes=256 * MIB,
)
HEADER = [
    "contract_id",
    "buyer",
    "supplier_name",
    "title",
    "amount",
    "currency",
    "award_date",
    "country",
    "start_date",
    "end_date",
]
GOOD_ROWS = 3
Table = list[list[str]]


@dataclass(frozen=True)
class Case:
    """One hostile file. ``codes``: at least one of them must be the refusal's or a parked row's."""

    name: str
    file: str
    content: bytes
    codes: frozenset[str]


def case(name: str, file: str, content: bytes, codes: str) -> Case:
    return Case(name, file, content, frozenset(codes.split()))


def good_table(rng: random.Random, rows: int = GOOD_ROWS) -> Table:
    words = ["Cleaning of offices", "Guards at the gate", "Paper, pens; and files", "Überholung", "Ремонт крыши"]
    table = [list(HEADER)]
    for number in range(rows):
        day = f"2025-{rng.randint(1, 12):02d}-{rng.randint(13, 28):02d}"
        bought = [f"C-{number + 1}", "Office North", f"Firm {rng.randint(1, 99)}", rng.choice(words)]
        paid = [f"{rng.randint(1000, 99999)}.{rng.randint(10, 99)}", "EUR", day, "RS", day, "2026-12-31"]
        table.append(bought + paid)
    return table


def as_csv(table: Table, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    def quoted(cell: str) -> str:
        return (
            '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in (delimiter, '"', "\n", "\r")) else cell
        )

    text = "".join(delimiter.join(map(quoted, row)) + "\r\n" for row in table)
    return text.encode(encoding, "surrogatepass")


def as_xlsx(table: Table) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2025, 1, 1, tzinfo=UTC)})
    sheet = book.add_worksheet("Contracts")
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell[:32767])
    book.close()
    return out.getvalue()


def as_xls(table: Table) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Contracts")
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell[:32767])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def _ods_content(table: Table, extra: str = "", prologue: str = "") -> str:
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in table
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<office:document-content {_ODS_NAMES}><office:body>'
        f'<office:spreadsheet><table:table table:name="Contracts">{rows}{extra}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )


def ods_parts(table: Table, extra: str = "", prologue: str = "") -> dict[str, bytes]:
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_TYPE}"/></manifest:manifest>'
    )
    content = _ods_content(table, extra, prologue)
    return {"mimetype": _ODS_TYPE.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}


def as_ods(table: Table) -> bytes:
    return as_zip(ods_parts(table))


def as_zip(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content, method)
    return out.getvalue()


def parts_of(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def as_gz(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


FORMATS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv": ("t.csv", as_csv),
    "semicolon": ("t.csv", lambda table: as_csv(table, ";")),
    "tsv": ("t.tsv", lambda table: as_csv(table, "\t")),
    "utf16": ("t.csv", lambda table: b"\xff\xfe" + as_csv(table, ";", "utf-16-le")),
    "xlsx": ("t.xlsx", as_xlsx),
    "xls": ("t.xls", as_xls),
    "ods": ("t.ods", as_ods),
    "gz": ("t.csv.gz", lambda table: as_gz(as_csv(table))),
    "bz2": ("t.csv.bz2", lambda table: bz2.compress(as_csv(table))),
    "xz": ("t.csv.xz", lambda table: lzma.compress(as_csv(table))),
    "zip": ("t.zip", lambda table: as_zip({"folder/t.csv": as_csv(table)})),
}
WORKBOOKS = frozenset({"xlsx", "xls", "ods"})


def flip(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 0x10
    return bytes(changed)


def set_flag(packed: bytes, flag: int) -> bytes:
    changed = bytearray(packed)
    changed[6] |= flag
    changed[packed.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)
