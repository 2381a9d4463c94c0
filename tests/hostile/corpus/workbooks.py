"""Workbooks with damaged, lying or forbidden parts."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from duecare.settings import MIB

from .tables import (
    Case,
    Table,
    as_xls,
    as_xlsx,
    as_zip,
    case,
    flip,
    good_table,
    ods_parts,
    parts_of,
    set_flag,
)
from .types import OUTSIDE

_BILLION = '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


def workbook_cases(rng: random.Random) -> Iterator[Case]:
    table = good_table(rng, 20)
    for kind, file, parts, sheet in (
        ("xlsx", "t.xlsx", parts_of(as_xlsx(table)), "xl/worksheets/sheet1.xml"),
        ("ods", "t.ods", ods_parts(table), "content.xml"),
    ):
        text = parts[sheet].decode()
        head, _, rest = text.partition("?>")
        packed = as_zip(parts)
        yield case(
            f"{kind}-entities", file, as_zip({**parts, sheet: f"{head}?>{_BILLION}{rest}".encode()}), "XML_FORBIDDEN"
        )
        yield case(
            f"{kind}-outside-entity",
            file,
            as_zip({**parts, sheet: f"{head}?>{OUTSIDE}{rest}".encode()}),
            "XML_FORBIDDEN",
        )
        utf16 = (f'<?xml version="1.0" encoding="UTF-16"?>{_BILLION}' + rest).encode("utf-16")
        yield case(f"{kind}-entities-utf16", file, as_zip({**parts, sheet: utf16}), "XML_FORBIDDEN")
        yield case(f"{kind}-xml-cut", file, as_zip({**parts, sheet: text[: len(text) // 2].encode()}), "MALFORMED_XML")
        yield case(
            f"{kind}-xml-crossed",
            file,
            as_zip({**parts, sheet: text.replace("</", "</x", 1).encode()}),
            "MALFORMED_XML",
        )
        yield case(
            f"{kind}-xml-control",
            file,
            as_zip({**parts, sheet: text.replace("</", "\x01</", 1).encode()}),
            "MALFORMED_XML",
        )
        yield case(f"{kind}-bomb", file, as_zip({**parts, "docProps/thumbnail.bin": bytes(3 * MIB)}), "ARCHIVE_BOMB")
        yield case(
            f"{kind}-xml-bomb", file, as_zip({**parts, sheet: (text + " " * (3 * MIB)).encode()}), "ARCHIVE_BOMB"
        )
        yield case(
            f"{kind}-many-parts", file, as_zip({**parts, **{f"x/{n}.bin": b"x" for n in range(80)}}), "ARCHIVE_BOMB"
        )
        yield case(f"{kind}-cut", file, packed[: len(packed) // 2], "BAD_ARCHIVE TRUNCATED")
        yield case(f"{kind}-behind", file, packed + b"garbage", "BAD_ARCHIVE")
        yield case(f"{kind}-bit", file, flip(packed, packed.index(sheet.encode()) + len(sheet) + 60), "BAD_ARCHIVE")
        yield case(f"{kind}-encrypted-part", file, set_flag(packed, 0x1), "ENCRYPTED_FILE ARCHIVE_ENCRYPTED")
        yield case(f"{kind}-unsafe-part", file, as_zip({**parts, "../../evil.xml": b"<a/>"}), "ARCHIVE_UNSAFE_PATH")
        yield case(f"{kind}-called-csv", "t.csv", packed, "TYPE_MISMATCH")
        yield case(
            f"{kind}-without-sheet",
            file,
            as_zip({name: part for name, part in parts.items() if name != sheet}),
            "BAD_ARCHIVE TRUNCATED EMPTY_FILE TYPE_MISMATCH NO_HEADER",
        )
    yield from _xlsx_cases(table)
    yield from _ods_cases(table)
    yield from _xls_cases(rng, table)


def _xlsx_cases(table: Table) -> Iterator[Case]:
    parts = parts_of(as_xlsx(table))
    sheet = "xl/worksheets/sheet1.xml"
    text = parts[sheet].decode()
    types = parts["[Content_Types].xml"]
    macro = types.replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    )
    yield case("xlsx-macros", "t.xlsx", as_zip({**parts, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "FORBIDDEN_TYPE")
    yield case("xlsx-macro-type", "t.xlsx", as_zip({**parts, "[Content_Types].xml": macro}), "FORBIDDEN_TYPE")
    yield case(
        "xlsm", "t.xlsm", as_zip({**parts, "[Content_Types].xml": macro, "xl/vbaProject.bin": b"x"}), "FORBIDDEN_TYPE"
    )
    yield case("xlsx-macrosheet", "t.xlsx", as_zip({**parts, "xl/macrosheets/sheet1.xml": b"<a/>"}), "FORBIDDEN_TYPE")
    yield case("xlsb", "t.xlsb", as_zip({"[Content_Types].xml": types, "xl/workbook.bin": b"x"}), "FORBIDDEN_TYPE")
    yield case("xlsx-called-xlsm", "t.xlsm", as_zip(parts), "TYPE_MISMATCH")
    yield case(
        "docx", "t.docx", as_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}), "FORBIDDEN_TYPE"
    )
    far = text.replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    yield case(
        "xlsx-far-cell", "t.xlsx", as_zip({**parts, sheet: far.encode()}), "TOO_LARGE TOO_MANY_COLUMNS BAD_ARCHIVE"
    )
    strings = parts["xl/sharedStrings.xml"].decode()
    lost = text.replace("<v>12</v>", "<v>4000000000</v>", 1)
    yield case(
        "xlsx-lost-string",
        "t.xlsx",
        as_zip({**parts, sheet: lost.encode()}),
        "BAD_ARCHIVE MISSING_FIELD MISSING_COLUMN",
    )
    wrong = strings.replace("C-1<", "C-1\u0301" + "\u0301" * 300 + "<", 1)
    yield case(
        "xlsx-shared-flood", "t.xlsx", as_zip({**parts, "xl/sharedStrings.xml": wrong.encode()}), "COMBINING_FLOOD"
    )


def _ods_cases(table: Table) -> Iterator[Case]:
    parts = ods_parts(table)
    locked = parts["META-INF/manifest.xml"].replace(b'"/></', b'"><manifest:encryption-data/></manifest:file-entry></')
    yield case("ods-locked", "t.ods", as_zip({**parts, "META-INF/manifest.xml": locked}), "ENCRYPTED_FILE")
    yield case("ods-macros", "t.ods", as_zip({**parts, "Basic/Standard/Module1.xml": b"<a/>"}), "FORBIDDEN_TYPE")
    yield case(
        "odt", "t.odt", as_zip({**parts, "mimetype": b"application/vnd.oasis.opendocument.text"}), "FORBIDDEN_TYPE"
    )
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="{}"><text:p>x</text:p></table:table-cell>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    for name, rows, columns in (("rows", 1_000_000, 10), ("columns", 1, 16_000_000), ("both", 1_000_000, 16_000)):
        extra = row.format(rows, cell.format(columns))
        yield case(
            f"ods-repeated-{name}",
            "t.ods",
            as_zip(ods_parts(table, extra)),
            "TOO_LARGE BAD_NUMBER TOO_MANY_COLUMNS BAD_ARCHIVE COLUMN_COUNT",
        )


def _xls_cases(rng: random.Random, table: Table) -> Iterator[Case]:
    good = as_xls(table)
    book = good.index("Workbook".encode("utf-16-le"))
    start = (struct.unpack_from("<I", good, book + 116)[0] + 1) * 512
    first = 4 + struct.unpack_from("<H", good, start + 2)[0]
    locked = bytearray(good)
    struct.pack_into("<HH", locked, start + first, 0x2F, struct.unpack_from("<H", good, start + first + 2)[0])
    yield case("xls-locked", "t.xls", bytes(locked), "ENCRYPTED_FILE")
    yield case("xls-cut", "t.xls", good[: len(good) // 2], "TRUNCATED BAD_ARCHIVE")
    yield case("xls-cut-head", "t.xls", good[:700], "TRUNCATED")
    yield case("xls-called-xlsx", "t.xlsx", good, "TYPE_MISMATCH")
    yield case("xls-called-csv", "t.csv", good, "TYPE_MISMATCH")
    for name, words, codes in (
        ("macros", "_VBA_PROJECT_CUR", "FORBIDDEN_TYPE"),
        ("package", "EncryptedPackage", "ENCRYPTED_FILE"),
        ("word", "WordDocument", "FORBIDDEN_TYPE"),
    ):
        entry = bytearray(128)
        wanted = words.encode("utf-16-le") + b"\x00\x00"
        entry[: len(wanted)] = wanted
        struct.pack_into("<HB", entry, 64, len(wanted), 2)
        content = (
            good if name == "macros" else good.replace("Workbook".encode("utf-16-le"), "Nothing!".encode("utf-16-le"))
        )
        yield case(f"xls-{name}", "t.xls", content + bytes(entry) * 4, codes)
    yield case("xls-noise", "t.xls", good[:512] + rng.randbytes(len(good)), "FORBIDDEN_TYPE BAD_ARCHIVE TRUNCATED")
    rnd = bytearray(good)
    for _ in range(60):
        rnd[rng.randrange(start, len(rnd))] ^= 0xFF
    yield case("xls-header-noise", "t.xls", good[:30] + b"\xff\xff" + good[32:], "BAD_ARCHIVE")
