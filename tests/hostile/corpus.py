"""Makes hostile files: every format times every fault that makes sense in it, each with the codes that may answer it.

Everything is written by hand from a seed, so that a case is the same bytes on every machine. Limits are tightened, so that
"too large" is cheap to make.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

from duecare.settings import MIB, Limits

LIMITS = Limits(
    upload_bytes=8 * MIB,
    unpacked_bytes=4 * MIB,
    unpacked_ratio=200,
    archive_members=50,
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


@cache
def make_cases(seed: int = 20261101) -> list[Case]:
    """The whole corpus in a fixed order; names are unique."""
    rng = random.Random(seed)
    cases = [
        *_cell_cases(rng),
        *_text_cases(rng),
        *_ocds_cases(),
        *_archive_cases(rng),
        *_workbook_cases(rng),
        *_type_cases(rng),
    ]
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return cases


def _case(name: str, file: str, content: bytes, codes: str) -> Case:
    return Case(name, file, content, frozenset(codes.split()))


# -- tables and the formats they are written in ---------------------------------------------------------------------------


def _good_table(rng: random.Random, rows: int = GOOD_ROWS) -> Table:
    words = ["Cleaning of offices", "Guards at the gate", "Paper, pens; and files", "Überholung", "Ремонт крыши"]
    table = [list(HEADER)]
    for number in range(rows):
        day = f"2025-{rng.randint(1, 12):02d}-{rng.randint(13, 28):02d}"
        bought = [f"C-{number + 1}", "Office North", f"Firm {rng.randint(1, 99)}", rng.choice(words)]
        paid = [f"{rng.randint(1000, 99999)}.{rng.randint(10, 99)}", "EUR", day, "RS", day, "2026-12-31"]
        table.append(bought + paid)
    return table


def _csv(table: Table, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    def quoted(cell: str) -> str:
        return (
            '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in (delimiter, '"', "\n", "\r")) else cell
        )

    text = "".join(delimiter.join(map(quoted, row)) + "\r\n" for row in table)
    return text.encode(encoding, "surrogatepass")


def _xlsx(table: Table) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2025, 1, 1, tzinfo=UTC)})
    sheet = book.add_worksheet("Contracts")
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell[:32767])
    book.close()
    return out.getvalue()


def _xls(table: Table) -> bytes:
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


def _ods_parts(table: Table, extra: str = "", prologue: str = "") -> dict[str, bytes]:
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_TYPE}"/></manifest:manifest>'
    )
    content = _ods_content(table, extra, prologue)
    return {"mimetype": _ODS_TYPE.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}


def _ods(table: Table) -> bytes:
    return _zip(_ods_parts(table))


def _zip(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content, method)
    return out.getvalue()


def _parts(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _gz(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


FORMATS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv": ("t.csv", _csv),
    "semicolon": ("t.csv", lambda table: _csv(table, ";")),
    "tsv": ("t.tsv", lambda table: _csv(table, "\t")),
    "utf16": ("t.csv", lambda table: b"\xff\xfe" + _csv(table, ";", "utf-16-le")),
    "xlsx": ("t.xlsx", _xlsx),
    "xls": ("t.xls", _xls),
    "ods": ("t.ods", _ods),
    "gz": ("t.csv.gz", lambda table: _gz(_csv(table))),
    "bz2": ("t.csv.bz2", lambda table: bz2.compress(_csv(table))),
    "xz": ("t.csv.xz", lambda table: lzma.compress(_csv(table))),
    "zip": ("t.zip", lambda table: _zip({"folder/t.csv": _csv(table)})),
}
WORKBOOKS = frozenset({"xlsx", "xls", "ods"})

# -- one bad cell in one more row -----------------------------------------------------------------------------------------

_CELLS: tuple[tuple[str, str, str, str], ...] = (
    ("no-id", "contract_id", "", "MISSING_FIELD"),
    ("no-buyer", "buyer", "", "MISSING_FIELD"),
    ("no-supplier", "supplier_name", "  ", "MISSING_FIELD"),
    ("no-title", "title", "", "MISSING_FIELD"),
    ("word-amount", "amount", "many", "BAD_NUMBER"),
    ("two-points", "amount", "1.2.3", "BAD_NUMBER AMBIGUOUS_NUMBER"),
    ("hex-amount", "amount", "0x1F", "BAD_NUMBER"),
    ("exponent-bomb", "amount", "1e999999", "BAD_NUMBER ABSURD_AMOUNT"),
    ("formula-amount", "amount", "=1+1", "BAD_NUMBER"),
    ("nan", "amount", "NaN", "NONFINITE BAD_NUMBER"),
    ("infinity", "amount", "-Infinity", "NONFINITE BAD_NUMBER"),
    ("negative", "amount", "-12.50", "NEGATIVE_AMOUNT"),
    ("absurd", "amount", "9" * 19 + ".00", "ABSURD_AMOUNT"),
    ("digits-flood", "amount", "1" * 5000, "ABSURD_AMOUNT BAD_NUMBER CELL_TOO_LARGE"),
    ("no-day", "award_date", "2025-02-30", "BAD_DATE"),
    ("word-date", "award_date", "next Tuesday", "BAD_DATE"),
    ("two-dates", "award_date", "03/04/2025", "AMBIGUOUS_DATE"),
    ("future", "award_date", "2031-05-17", "FUTURE_DATE"),
    ("old", "award_date", "1066-10-14", "ABSURD_DATE BAD_DATE"),
    ("ends-before", "end_date", "2001-01-31", "DATE_ORDER"),
    ("no-currency", "currency", "QQQ", "UNKNOWN_CURRENCY"),
    ("dollar-sign", "currency", "$", "AMBIGUOUS_CURRENCY"),
    ("old-currency", "currency", "DEM", "RETIRED_CURRENCY"),
    ("no-country", "country", "Atlantis", "BAD_COUNTRY"),
    ("combining", "title", "Z" + "\u0301" * 400, "COMBINING_FLOOD"),
    ("long-id", "contract_id", "C" * 300, "CELL_TOO_LARGE"),
)
_LARGE_TEXT = " ".join(str(number * number) for number in range(10_000))
_TEXT_ONLY_CELLS: tuple[tuple[str, str, str, str], ...] = (
    ("bell", "title", "Clean\x07ing", "CONTROL_CHAR"),
    ("escape", "supplier_name", "Fi\x1b[31mrm", "CONTROL_CHAR"),
    ("nul", "title", "Clean\x00ing", "NUL_BYTES CONTROL_CHAR"),
    ("surrogate", "title", "Clean\ud800ing", "LONE_SURROGATE BAD_ENCODING"),
    ("large-cell", "title", _LARGE_TEXT, "CELL_TOO_LARGE"),
)


def _cell_cases(rng: random.Random) -> Iterator[Case]:
    for kind, (file, write) in FORMATS.items():
        faults = _CELLS if kind in WORKBOOKS else _CELLS + _TEXT_ONLY_CELLS
        for name, field, value, codes in faults:
            table = _good_table(rng)
            bad = list(table[-1])
            bad[0], bad[HEADER.index(field)] = "C-99", value
            place = rng.randint(1, len(table))
            yield _case(f"{kind}-{name}", file, write([*table[:place], bad, *table[place:]]), codes)


# -- whole text files -----------------------------------------------------------------------------------------------------


def _text_cases(rng: random.Random) -> Iterator[Case]:
    table = _good_table(rng, 12)
    good = _csv(table)
    lines = good.split(b"\r\n")
    for name, ending in (
        ("csv", "csv"),
        ("tsv", "tsv"),
        ("json", "json"),
        ("jsonl", "jsonl"),
        ("xlsx", "xlsx"),
        ("gz", "csv.gz"),
    ):
        yield _case(f"empty-{name}", f"e.{ending}", b"", "EMPTY_FILE")
    yield _case("blanks", "e.csv", b" \r\n\r\n\t\r\n", "EMPTY_FILE NO_HEADER")
    yield _case("mark-only", "e.csv", b"\xef\xbb\xbf", "EMPTY_FILE NO_HEADER")
    yield _case("header-only", "h.csv", lines[0] + b"\r\n", "NO_ROWS")
    yield _case("header-only-xlsx", "h.xlsx", _xlsx(table[:1]), "NO_ROWS")
    yield _case("header-only-ods", "h.ods", _ods(table[:1]), "NO_ROWS")
    yield _case("no-header", "h.csv", b"\r\n".join(lines[1:]), "NO_HEADER MISSING_COLUMN")
    yield _case("header-below-60-lines", "h.csv", b"note\r\n" * 60 + good, "NO_HEADER MISSING_COLUMN")
    yield _case(
        "prose", "h.txt", b"It was the best of times.\nIt was the worst of times.\n" * 20, "NO_HEADER MISSING_COLUMN"
    )
    for column in HEADER[:7]:
        without = [[cell for cell, name in zip(row, HEADER, strict=True) if name != column] for row in table]
        yield _case(f"without-{column}", "m.csv", _csv(without), "MISSING_COLUMN UNKNOWN_CURRENCY MISSING_FIELD")
    twice = [[*row, row[4]] for row in table]
    for kind in ("csv", "xlsx", "ods"):
        yield _case(f"amount-twice-{kind}", FORMATS[kind][0], FORMATS[kind][1](twice), "DUP_HEADER")
    for name, row in (
        ("short", b"C-50,Office"),
        ("long", lines[2] + b",x,y"),
        ("shifted", lines[2].replace(b",EUR,", b",E,UR,")),
    ):
        yield _case(f"row-{name}", "c.csv", b"\r\n".join([*lines[:3], row, *lines[3:]]), "COLUMN_COUNT")
    yield _case("header-again", "c.csv", b"\r\n".join([*lines[:4], lines[0], *lines[4:]]), "REPEATED_HEADER")
    yield _case("header-again-xlsx", "c.xlsx", _xlsx([*table[:4], table[0], *table[4:]]), "REPEATED_HEADER")
    yield _case(
        "open-quote", "q.csv", b"\r\n".join([*lines[:3], b'C-50,"Office, x', *lines[3:]]), "UNCLOSED_QUOTE COLUMN_COUNT"
    )
    yield _case("stray-quote", "q.csv", good.replace(b"Office North", b'"Off"ice North', 1), "STRAY_QUOTE")
    yield _case(
        "cut-in-quote", "q.csv", _csv(table)[: -len(lines[-2]) - 2] + b'C-50,"Office No', "TRUNCATED UNCLOSED_QUOTE"
    )
    yield _case("cut-in-row", "q.csv", good[:-30], "TRUNCATED COLUMN_COUNT")
    yield _case("bad-utf8-with-mark", "b.csv", b"\xef\xbb\xbf" + good + b"C-50,Of\xff\xfeice\r\n", "BAD_ENCODING")
    yield _case("odd-utf16", "b.csv", b"\xff\xfe" + _csv(table, ";", "utf-16-le") + b"\x41", "BAD_ENCODING TRUNCATED")
    yield _case(
        "half-pair-utf16",
        "b.csv",
        b"\xff\xfe" + _csv([*table, ["\ud83d", *table[1][1:]]], ";", "utf-16-le"),
        "LONE_SURROGATE BAD_ENCODING",
    )
    long_line = _csv([*table, ["C-50", "x" * (3 * MIB), *table[1][2:]]])
    yield _case("long-line", "l.csv", long_line, "LINE_TOO_LONG CELL_TOO_LARGE")
    yield _case(
        "line-without-end",
        "l.csv",
        lines[0] + b"\r\n" + b"x" * (5 * MIB),
        "LINE_TOO_LONG CELL_TOO_LARGE COLUMN_COUNT TRUNCATED NO_HEADER",
    )
    wide = [[*row, *[f"extra {n}" for n in range(400)]] for row in table]
    yield _case("wide", "w.csv", _csv(wide), "TOO_MANY_COLUMNS")
    yield _case("wide-xlsx", "w.xlsx", _xlsx(wide), "TOO_MANY_COLUMNS")
    yield _case("wide-ods", "w.ods", _ods(wide), "TOO_MANY_COLUMNS")
    yield _case("delimiters-flood", "w.csv", good + b"," * MIB + b"x", "COLUMN_COUNT TOO_MANY_COLUMNS LINE_TOO_LONG")
    yield _case(
        "quotes-flood",
        "q.csv",
        good + b'"' * (MIB - 1),
        "UNCLOSED_QUOTE STRAY_QUOTE TRUNCATED COLUMN_COUNT CELL_TOO_LARGE",
    )
    yield _case("nul-flood", "n.csv", good + b"\x00" * 4096, "NUL_BYTES UNKNOWN_FORMAT COLUMN_COUNT TRUNCATED")


# -- OCDS -----------------------------------------------------------------------------------------------------------------


def _release(number: int = 1) -> dict[str, object]:
    item = {"id": "1", "description": "Cleaning", "classification": {"scheme": "CPV", "id": "90910000"}, "quantity": 1}
    return {
        "ocid": f"ocds-abc123-{number}",
        "id": f"{number}",
        "date": "2025-03-01T00:00:00Z",
        "tag": ["award", "contract"],
        "initiationType": "tender",
        "language": "en",
        "buyer": {"id": "B1", "name": "Office North"},
        "tender": {"id": f"t{number}", "title": "Cleaning of offices", "items": [item], "numberOfTenderers": 3},
        "awards": [
            {
                "id": "a1",
                "title": "Cleaning",
                "status": "active",
                "date": "2025-03-01T00:00:00Z",
                "value": {"amount": 1200.5, "currency": "EUR"},
                "suppliers": [{"id": "S1", "name": "Firm 7"}],
                "items": [item],
            }
        ],
        "contracts": [
            {
                "id": "c1",
                "awardID": "a1",
                "dateSigned": "2025-03-05T00:00:00Z",
            }
        ],
    }


def _package(*releases: object) -> dict[str, object]:
    return {
        "uri": "https://example.org/p",
        "version": "1.1",
        "publishedDate": "2025-04-01T00:00:00Z",
        "publisher": {"name": "Example"},
        "releases": list(releases),
    }


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_OCDS_EDITS: tuple[tuple[str, str, str, str], ...] = (
    # name, text of the release that is replaced, replacement, codes
    ("ocid-object", '"ocid": "ocds-abc123-2"', '"ocid": {"a": 1}', "BAD_TYPE MISSING_FIELD"),
    ("ocid-empty", '"ocid": "ocds-abc123-2"', '"ocid": ""', "MISSING_FIELD"),
    ("ocid-missing", '"ocid": "ocds-abc123-2", ', "", "MISSING_FIELD"),
    ("ocid-long", '"ocid": "ocds-abc123-2"', '"ocid": "' + "o" * 400 + '"', "CELL_TOO_LARGE"),
    ("awards-object", '"awards": [', '"awards": {"x": [', "MALFORMED_JSON TRUNCATED"),
    ("awards-text", '"awards": [{"id"', '"awards": "none", "x": [{"id"', "BAD_TYPE"),
    ("suppliers-text", '"suppliers": [{"id": "S1", "name": "Firm 7"}]', '"suppliers": "Firm 7"', "BAD_TYPE"),
    ("value-number", '"value": {"amount": 1200.5, "currency": "EUR"}', '"value": 1200.5', "BAD_TYPE"),
    ("amount-words", '"amount": 1200.5', '"amount": "many"', "BAD_TYPE BAD_NUMBER"),
    ("amount-nan", '"amount": 1200.5', '"amount": NaN', "NONFINITE MALFORMED_JSON"),
    ("amount-infinity", '"amount": 1200.5', '"amount": 1e999', "NONFINITE BAD_NUMBER MALFORMED_JSON ABSURD_AMOUNT"),
    ("amount-absurd", '"amount": 1200.5', '"amount": 99999999999999999999', "ABSURD_AMOUNT"),
    ("amount-negative", '"amount": 1200.5', '"amount": -5', "NEGATIVE_AMOUNT"),
    ("currency-none", '"currency": "EUR"', '"currency": "QQQ"', "UNKNOWN_CURRENCY"),
    ("currency-list", '"currency": "EUR"', '"currency": ["EUR"]', "BAD_TYPE"),
    ("date-none", '"date": "2025-03-01T00:00:00Z", "value"', '"date": "2025-02-31T00:00:00Z", "value"', "BAD_DATE"),
    (
        "date-future",
        '"date": "2025-03-01T00:00:00Z", "value"',
        '"date": "2033-03-01T00:00:00Z", "value"',
        "FUTURE_DATE",
    ),
    ("date-number", '"date": "2025-03-01T00:00:00Z", "value"', '"date": 20250301, "value"', "BAD_TYPE BAD_DATE"),
    ("key-twice", '"status": "active"', '"status": "active", "id": "a2"', "DUP_KEY"),
    ("ocid-twice", '"id": "2", "date"', '"ocid": "ocds-abc123-9", "id": "2", "date"', "DUP_KEY"),
    ("surrogate", "Cleaning of offices", "Cleaning \\ud800 of", "LONE_SURROGATE MALFORMED_JSON"),
    ("nul", "Cleaning of offices", "Cleaning \\u0000 of", "NUL_BYTES CONTROL_CHAR"),
    ("bell", "Cleaning of offices", "Cleaning \\u0007 of", "CONTROL_CHAR"),
    ("raw-control", "Cleaning of offices", "Cleaning \x01 of", "MALFORMED_JSON CONTROL_CHAR"),
    ("combining", "Cleaning of offices", "Z" + "\u0301" * 400, "COMBINING_FLOOD"),
    ("large-cell", "Cleaning of offices", "x" * 70_000, "CELL_TOO_LARGE"),
    ("deep", '"language": "en"', '"deep": ' + "[" * 200 + "]" * 200, "TOO_DEEP"),
    ("very-deep", '"language": "en"', '"deep": ' + '{"a":' * 90_000 + "1" + "}" * 90_000, "TOO_DEEP MALFORMED_JSON"),
    ("comma", '"language": "en",', '"language": "en",,', "MALFORMED_JSON"),
    ("comment", '"language": "en",', '"language": "en", /* x */', "MALFORMED_JSON"),
    ("single-quotes", '"language": "en"', "'language': 'en'", "MALFORMED_JSON"),
)


def _ocds_cases() -> Iterator[Case]:
    for name, old, new, codes in _OCDS_EDITS:
        bad = _dump(_release(2))
        assert old in bad, name
        bad = bad.replace(old, new, 1)
        package = _dump(_package("@@")).replace('"@@"', f"{_dump(_release(1))}, {bad}, {_dump(_release(3))}")
        lines = "".join(each + "\n" for each in (_dump(_release(1)), bad, _dump(_release(3))))
        yield _case(f"json-{name}", "r.json", package.encode(), codes)
        yield _case(f"jsonl-{name}", "r.jsonl", lines.encode(), codes)
        yield _case(f"jsonl-gz-{name}", "r.jsonl.gz", _gz(lines.encode() + b"\n" * 50), codes + " ARCHIVE_BOMB")
    whole = _dump(_package(_release(1), _release(2))).encode()
    lines = "".join(_dump(_release(number)) + "\n" for number in range(1, 6)).encode()
    yield _case("json-cut", "r.json", whole[:-40], "TRUNCATED MALFORMED_JSON")
    yield _case("jsonl-cut", "r.jsonl", lines[:-40], "TRUNCATED MALFORMED_JSON")
    yield _case("json-behind", "r.json", whole + b"garbage", "MALFORMED_JSON")
    yield _case("json-no-releases", "r.json", _dump(_package()).encode(), "NO_ROWS")
    yield _case("json-empty-object", "r.json", b"{}", "NO_ROWS UNKNOWN_FORMAT BAD_TYPE MISSING_FIELD")
    yield _case("json-empty-list", "r.json", b"[]", "NO_ROWS UNKNOWN_FORMAT BAD_TYPE")
    yield _case("json-number", "r.json", b"42", "BAD_TYPE UNKNOWN_FORMAT MALFORMED_JSON NO_ROWS")
    yield _case("json-null", "r.json", b"null", "BAD_TYPE UNKNOWN_FORMAT MALFORMED_JSON NO_ROWS")
    yield _case("json-text", "r.json", b'"text"', "BAD_TYPE UNKNOWN_FORMAT MALFORMED_JSON NO_ROWS")
    yield _case("json-words", "r.json", b"this is not json", "MALFORMED_JSON TYPE_MISMATCH UNKNOWN_FORMAT")
    yield _case(
        "json-other",
        "r.json",
        b'{"type": "FeatureCollection", "features": [{"id": 1}]}',
        "UNKNOWN_FORMAT MISSING_FIELD BAD_TYPE NO_ROWS",
    )
    yield _case("json-releases-object", "r.json", _dump({**_package(), "releases": {"a": 1}}).encode(), "BAD_TYPE")
    yield _case("json-releases-twice", "r.json", whole[:-1] + b', "releases": []}', "DUP_KEY")
    yield _case("json-release-number", "r.json", _dump(_package(_release(1), 7)).encode(), "BAD_TYPE MISSING_FIELD")
    yield _case("jsonl-number", "r.jsonl", lines + b"7\n", "BAD_TYPE MISSING_FIELD MALFORMED_JSON")
    yield _case("json-bad-utf8", "r.json", whole.replace(b"Office", b"Off\xffice", 1), "BAD_ENCODING MALFORMED_JSON")
    yield _case(
        "jsonl-bad-utf8", "r.jsonl", lines.replace(b"Cleaning of", b"Cl\xc3(ing of", 1), "BAD_ENCODING MALFORMED_JSON"
    )
    yield _case(
        "jsonl-overlong-utf8",
        "r.jsonl",
        lines.replace(b"Cleaning of", b"Cl\xc0\xafing of", 1),
        "BAD_ENCODING MALFORMED_JSON",
    )
    yield _case(
        "jsonl-bad-utf8-aside",
        "r.jsonl",
        lines.replace(b'"language": "en"', b'"unknown": "e\xff"', 1),
        "BAD_ENCODING MALFORMED_JSON",
    )
    yield _case(
        "json-utf16-cut",
        "r.json",
        b"\xff\xfe" + whole.decode().encode("utf-16-le") + b"\x7d",
        "BAD_ENCODING TRUNCATED MALFORMED_JSON",
    )
    yield _case(
        "jsonl-long-line",
        "r.jsonl",
        lines + _dump({**_release(9), "note": "x" * (3 * MIB)}).encode(),
        "LINE_TOO_LONG CELL_TOO_LARGE",
    )
    yield _case("json-too-large", "r.json", whole + b" " * (9 * MIB), "TOO_LARGE")
    yield _case("json-brackets", "r.json", b"[" * MIB, "TOO_DEEP MALFORMED_JSON TRUNCATED")
    yield _case(
        "json-digits",
        "r.json",
        b'{"releases": [' + b"9" * (4 * MIB) + b"]}",
        "BAD_TYPE MALFORMED_JSON ABSURD_AMOUNT LINE_TOO_LONG CELL_TOO_LARGE",
    )


# -- packed files ---------------------------------------------------------------------------------------------------------


def _flip(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 0x10
    return bytes(changed)


def _archive_cases(rng: random.Random) -> Iterator[Case]:
    good = _csv(_good_table(rng, 40))
    packers: dict[str, Callable[[bytes], bytes]] = {"gz": _gz, "bz2": bz2.compress, "xz": lzma.compress}
    for kind, pack in packers.items():
        packed = pack(good)
        file = f"t.csv.{kind}"
        yield _case(f"{kind}-cut", file, packed[:-5], "BAD_ARCHIVE")
        yield _case(f"{kind}-cut-half", file, packed[: len(packed) // 2], "BAD_ARCHIVE")
        yield _case(f"{kind}-head-only", file, packed[:8], "BAD_ARCHIVE")
        yield _case(f"{kind}-bit-middle", file, _flip(packed, len(packed) // 2), "BAD_ARCHIVE")
        yield _case(f"{kind}-bit-end", file, _flip(packed, -6), "BAD_ARCHIVE")
        yield _case(f"{kind}-behind", file, packed + b"garbage", "BAD_ARCHIVE")
        yield _case(f"{kind}-zeros-behind", file, packed + b"\x00" * 7, "BAD_ARCHIVE")
        yield _case(f"{kind}-second-cut", file, packed + pack(good)[:-9], "BAD_ARCHIVE")
        yield _case(f"{kind}-of-nothing", file, pack(b""), "EMPTY_FILE")
        yield _case(f"{kind}-bomb-ratio", file, pack(b"\x00" * (3 * MIB)), "ARCHIVE_BOMB")
        yield _case(f"{kind}-bomb-size", file, pack(rng.randbytes(MIB // 16) * 80), "ARCHIVE_BOMB")
        yield _case(f"{kind}-in-gz", file + ".gz", _gz(packed), "ARCHIVE_NESTED TYPE_MISMATCH")
        yield _case(f"{kind}-zip-inside", f"t.zip.{kind}", pack(_zip({"t.csv": good})), "ARCHIVE_NESTED")
        yield _case(
            f"{kind}-tar-inside",
            f"t.tar.{kind}",
            pack(b"t.csv".ljust(257, b"\x00") + b"ustar\x0000" + b"\x00" * 1000),
            "ARCHIVE_NESTED UNKNOWN_FORMAT ARCHIVE_BOMB",
        )
        yield _case(f"{kind}-wrong-ending", f"t.csv.{'xz' if kind == 'gz' else 'gz'}", packed, "TYPE_MISMATCH")
        yield _case(f"{kind}-called-csv", "t.csv", packed, "TYPE_MISMATCH")
        yield _case(f"{kind}-exe-inside", f"t.csv.{kind}", pack(b"MZ\x90\x00" + rng.randbytes(4000)), "FORBIDDEN_TYPE")
    yield _case("xz-no-check", "t.csv.xz", lzma.compress(good, check=lzma.CHECK_NONE), "BAD_ARCHIVE")
    yield _case(
        "xz-memory", "t.csv.xz", _with_vast_dictionary(lzma.compress(good)), "ARCHIVE_BOMB BAD_ARCHIVE TOO_LARGE"
    )
    yield _case("gz-lying-size", "t.csv.gz", _gz(good)[:-4] + struct.pack("<I", 7), "BAD_ARCHIVE")
    yield from _zip_cases(rng, good)


def _with_vast_dictionary(packed: bytes) -> bytes:
    """Declare a dictionary of 4 GiB in the header of the first block of an xz file and make its check sum right."""
    size = (packed[12] + 1) * 4
    header = bytearray(packed[12 : 12 + size - 4])
    assert header[2:4] == b"\x21\x01"
    header[4] = 40
    return packed[:12] + bytes(header) + struct.pack("<I", zlib.crc32(header)) + packed[12 + size :]


def _zip_cases(rng: random.Random, good: bytes) -> Iterator[Case]:
    whole = _zip({"t.csv": good})
    yield _case("zip-cut", "t.zip", whole[:-10], "BAD_ARCHIVE")
    yield _case("zip-half", "t.zip", whole[: len(whole) // 2], "BAD_ARCHIVE")
    yield _case("zip-behind", "t.zip", whole + b"garbage", "BAD_ARCHIVE")
    yield _case("zip-before", "t.zip", b"PK\x03\x04 something" + whole, "BAD_ARCHIVE")
    yield _case("zip-bit", "t.zip", _flip(whole, 30 + 5 + 40), "BAD_ARCHIVE")
    yield _case("zip-empty", "t.zip", _zip({}), "EMPTY_FILE")
    yield _case("zip-empty-member", "t.zip", _zip({"t.csv": b""}), "EMPTY_FILE")
    yield _case("zip-only-folders", "t.zip", _zip({"a/": b""}), "EMPTY_FILE")
    yield _case("zip-bomb-ratio", "t.zip", _zip({"t.csv": b"," * (3 * MIB)}), "ARCHIVE_BOMB")
    yield _case(
        "zip-bomb-size", "t.zip", _zip({f"{n}.csv": rng.randbytes(10_000) * 60 for n in range(10)}), "ARCHIVE_BOMB"
    )
    yield _case("zip-bomb-members", "t.zip", _zip({f"{n}.csv": good for n in range(60)}), "ARCHIVE_BOMB")
    yield _case("zip-called-csv", "t.csv", whole, "TYPE_MISMATCH")
    yield _case("zip-called-xlsx", "t.xlsx", whole, "TYPE_MISMATCH")
    for name, inner in (
        ("zip", whole),
        ("gz", _gz(good)),
        ("bz2", bz2.compress(good)),
        ("xz", lzma.compress(good)),
        ("7z", b"7z\xbc\xaf'\x1c" + bytes(100)),
        ("rar", b"Rar!\x1a\x07\x00" + bytes(99)),
    ):
        yield _case(f"zip-{name}-inside", "t.zip", _zip({"a.csv": good, f"b.{name}": inner}), "ARCHIVE_NESTED")
        yield _case(f"zip-{name}-inside-hidden", "t.zip", _zip({"a.csv": inner}), "ARCHIVE_NESTED")
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
        yield _case(f"zip-path-{name}", "t.zip", _zip({"ok.csv": good, path: good}), "ARCHIVE_UNSAFE_PATH")
    for name, path in (("bidi", "t\u202evsc.csv"), ("newline", "t\n.csv"), ("escape", "t\x1b[2J.csv")):
        yield _case(f"zip-name-{name}", "t.zip", _zip({path: good}), "BAD_FILENAME")
    yield _case("zip-name-nul", "t.zip", whole.replace(b"t.csv", b"t\x00csv"), "BAD_FILENAME BAD_ARCHIVE")
    yield _case("zip-twice", "t.zip", _twice("t.csv", "t.csv", good), "DUP_MEMBER")
    yield _case("zip-twice-case", "t.zip", _twice("t.csv", "T.CSV", good), "DUP_MEMBER")
    yield _case("zip-twice-accent", "t.zip", _twice("\u00e9.csv", "e\u0301.csv", good), "DUP_MEMBER")
    yield _case("zip-link", "t.zip", _with_mode("t.csv", b"/etc/passwd", 0o120777), "ARCHIVE_UNSAFE_PATH")
    yield _case("zip-device", "t.zip", _with_mode("t.csv", b"x", 0o020666), "ARCHIVE_UNSAFE_PATH")
    yield _case("zip-encrypted", "t.zip", _set_flag(whole, 0x1), "ARCHIVE_ENCRYPTED")
    yield _case("zip-encrypted-strong", "t.zip", _set_flag(whole, 0x41), "ARCHIVE_ENCRYPTED")
    yield _case("zip-overlap", "t.zip", _overlapping(30), "ARCHIVE_BOMB BAD_ARCHIVE")
    yield _case("zip-lying-name", "t.zip", whole.replace(b"t.csv", b"u.csv", 1), "BAD_ARCHIVE")
    yield _case("zip-lying-size", "t.zip", _lie(whole, 24, len(good) - 50), "BAD_ARCHIVE")
    yield _case("zip-lying-crc", "t.zip", _lie(whole, 16, 12345), "BAD_ARCHIVE")
    yield _case("zip-lying-place", "t.zip", _lie(whole, 42, 3), "BAD_ARCHIVE")
    yield _case("zip-hidden-entry", "t.zip", _hidden_entry(good), "BAD_ARCHIVE")
    yield _case("zip-lzma", "t.zip", _zip({"t.csv": good}, zipfile.ZIP_LZMA), "BAD_ARCHIVE")
    yield _case(
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
    return _zip({first: content, second: content})


def _with_mode(name: str, content: bytes, mode: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, mode << 16
        archive.writestr(info, content)
    return out.getvalue()


def _set_flag(packed: bytes, flag: int) -> bytes:
    changed = bytearray(packed)
    changed[6] |= flag
    changed[packed.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)


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
    both = _zip({"a.csv": content, "b.csv": content})
    start = both.index(b"PK\x01\x02")
    second = both.index(b"PK\x01\x02", start + 4)
    directory = both[start:second]
    return both[:start] + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), start, 0)


# -- workbooks ------------------------------------------------------------------------------------------------------------

_BILLION = '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
_OUTSIDE = '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def _workbook_cases(rng: random.Random) -> Iterator[Case]:
    table = _good_table(rng, 20)
    for kind, file, parts, sheet in (
        ("xlsx", "t.xlsx", _parts(_xlsx(table)), "xl/worksheets/sheet1.xml"),
        ("ods", "t.ods", _ods_parts(table), "content.xml"),
    ):
        text = parts[sheet].decode()
        head, _, rest = text.partition("?>")
        packed = _zip(parts)
        yield _case(
            f"{kind}-entities", file, _zip({**parts, sheet: f"{head}?>{_BILLION}{rest}".encode()}), "XML_FORBIDDEN"
        )
        yield _case(
            f"{kind}-outside-entity",
            file,
            _zip({**parts, sheet: f"{head}?>{_OUTSIDE}{rest}".encode()}),
            "XML_FORBIDDEN",
        )
        utf16 = (f'<?xml version="1.0" encoding="UTF-16"?>{_BILLION}' + rest).encode("utf-16")
        yield _case(f"{kind}-entities-utf16", file, _zip({**parts, sheet: utf16}), "XML_FORBIDDEN")
        yield _case(f"{kind}-xml-cut", file, _zip({**parts, sheet: text[: len(text) // 2].encode()}), "MALFORMED_XML")
        yield _case(
            f"{kind}-xml-crossed", file, _zip({**parts, sheet: text.replace("</", "</x", 1).encode()}), "MALFORMED_XML"
        )
        yield _case(
            f"{kind}-xml-control",
            file,
            _zip({**parts, sheet: text.replace("</", "\x01</", 1).encode()}),
            "MALFORMED_XML",
        )
        yield _case(f"{kind}-bomb", file, _zip({**parts, "docProps/thumbnail.bin": bytes(3 * MIB)}), "ARCHIVE_BOMB")
        yield _case(f"{kind}-xml-bomb", file, _zip({**parts, sheet: (text + " " * (3 * MIB)).encode()}), "ARCHIVE_BOMB")
        yield _case(
            f"{kind}-many-parts", file, _zip({**parts, **{f"x/{n}.bin": b"x" for n in range(80)}}), "ARCHIVE_BOMB"
        )
        yield _case(f"{kind}-cut", file, packed[: len(packed) // 2], "BAD_ARCHIVE TRUNCATED")
        yield _case(f"{kind}-behind", file, packed + b"garbage", "BAD_ARCHIVE")
        yield _case(f"{kind}-bit", file, _flip(packed, packed.index(sheet.encode()) + len(sheet) + 60), "BAD_ARCHIVE")
        yield _case(f"{kind}-encrypted-part", file, _set_flag(packed, 0x1), "ENCRYPTED_FILE ARCHIVE_ENCRYPTED")
        yield _case(f"{kind}-unsafe-part", file, _zip({**parts, "../../evil.xml": b"<a/>"}), "ARCHIVE_UNSAFE_PATH")
        yield _case(f"{kind}-called-csv", "t.csv", packed, "TYPE_MISMATCH")
        yield _case(
            f"{kind}-without-sheet",
            file,
            _zip({name: part for name, part in parts.items() if name != sheet}),
            "BAD_ARCHIVE TRUNCATED EMPTY_FILE TYPE_MISMATCH NO_HEADER",
        )
    yield from _xlsx_cases(table)
    yield from _ods_cases(table)
    yield from _xls_cases(rng, table)


def _xlsx_cases(table: Table) -> Iterator[Case]:
    parts = _parts(_xlsx(table))
    sheet = "xl/worksheets/sheet1.xml"
    text = parts[sheet].decode()
    types = parts["[Content_Types].xml"]
    macro = types.replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    )
    yield _case("xlsx-macros", "t.xlsx", _zip({**parts, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "FORBIDDEN_TYPE")
    yield _case("xlsx-macro-type", "t.xlsx", _zip({**parts, "[Content_Types].xml": macro}), "FORBIDDEN_TYPE")
    yield _case(
        "xlsm", "t.xlsm", _zip({**parts, "[Content_Types].xml": macro, "xl/vbaProject.bin": b"x"}), "FORBIDDEN_TYPE"
    )
    yield _case("xlsx-macrosheet", "t.xlsx", _zip({**parts, "xl/macrosheets/sheet1.xml": b"<a/>"}), "FORBIDDEN_TYPE")
    yield _case("xlsb", "t.xlsb", _zip({"[Content_Types].xml": types, "xl/workbook.bin": b"x"}), "FORBIDDEN_TYPE")
    yield _case("xlsx-called-xlsm", "t.xlsm", _zip(parts), "TYPE_MISMATCH")
    yield _case(
        "docx", "t.docx", _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}), "FORBIDDEN_TYPE"
    )
    far = text.replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    yield _case(
        "xlsx-far-cell", "t.xlsx", _zip({**parts, sheet: far.encode()}), "TOO_LARGE TOO_MANY_COLUMNS BAD_ARCHIVE"
    )
    strings = parts["xl/sharedStrings.xml"].decode()
    lost = text.replace("<v>12</v>", "<v>4000000000</v>", 1)
    yield _case(
        "xlsx-lost-string", "t.xlsx", _zip({**parts, sheet: lost.encode()}), "BAD_ARCHIVE MISSING_FIELD MISSING_COLUMN"
    )
    wrong = strings.replace("C-1<", "C-1\u0301" + "\u0301" * 300 + "<", 1)
    yield _case(
        "xlsx-shared-flood", "t.xlsx", _zip({**parts, "xl/sharedStrings.xml": wrong.encode()}), "COMBINING_FLOOD"
    )


def _ods_cases(table: Table) -> Iterator[Case]:
    parts = _ods_parts(table)
    locked = parts["META-INF/manifest.xml"].replace(b'"/></', b'"><manifest:encryption-data/></manifest:file-entry></')
    yield _case("ods-locked", "t.ods", _zip({**parts, "META-INF/manifest.xml": locked}), "ENCRYPTED_FILE")
    yield _case("ods-macros", "t.ods", _zip({**parts, "Basic/Standard/Module1.xml": b"<a/>"}), "FORBIDDEN_TYPE")
    yield _case(
        "odt", "t.odt", _zip({**parts, "mimetype": b"application/vnd.oasis.opendocument.text"}), "FORBIDDEN_TYPE"
    )
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="{}"><text:p>x</text:p></table:table-cell>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    for name, rows, columns in (("rows", 1_000_000, 10), ("columns", 1, 16_000_000), ("both", 1_000_000, 16_000)):
        extra = row.format(rows, cell.format(columns))
        yield _case(
            f"ods-repeated-{name}",
            "t.ods",
            _zip(_ods_parts(table, extra)),
            "TOO_LARGE BAD_NUMBER TOO_MANY_COLUMNS BAD_ARCHIVE COLUMN_COUNT",
        )


def _xls_cases(rng: random.Random, table: Table) -> Iterator[Case]:
    good = _xls(table)
    book = good.index("Workbook".encode("utf-16-le"))
    start = (struct.unpack_from("<I", good, book + 116)[0] + 1) * 512
    first = 4 + struct.unpack_from("<H", good, start + 2)[0]
    locked = bytearray(good)
    struct.pack_into("<HH", locked, start + first, 0x2F, struct.unpack_from("<H", good, start + first + 2)[0])
    yield _case("xls-locked", "t.xls", bytes(locked), "ENCRYPTED_FILE")
    yield _case("xls-cut", "t.xls", good[: len(good) // 2], "TRUNCATED BAD_ARCHIVE")
    yield _case("xls-cut-head", "t.xls", good[:700], "TRUNCATED")
    yield _case("xls-called-xlsx", "t.xlsx", good, "TYPE_MISMATCH")
    yield _case("xls-called-csv", "t.csv", good, "TYPE_MISMATCH")
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
        yield _case(f"xls-{name}", "t.xls", content + bytes(entry) * 4, codes)
    yield _case("xls-noise", "t.xls", good[:512] + rng.randbytes(len(good)), "FORBIDDEN_TYPE BAD_ARCHIVE TRUNCATED")
    rnd = bytearray(good)
    for _ in range(60):
        rnd[rng.randrange(start, len(rnd))] ^= 0xFF
    yield _case("xls-header-noise", "t.xls", good[:30] + b"\xff\xff" + good[32:], "BAD_ARCHIVE")


# -- other types and names ------------------------------------------------------------------------------------------------


def _type_cases(rng: random.Random) -> Iterator[Case]:
    good = _csv(_good_table(rng, 5))
    noise = rng.randbytes(3000)
    for name, head in (
        ("exe", b"MZ\x90\x00\x03\x00"), ("elf", b"\x7fELF\x02"), ("pdf", b"%PDF-1.7\n"), ("png", b"\x89PNG\r\n\x1a\n"),
        ("jpg", b"\xff\xd8\xff\xe0"), ("gif", b"GIF89a"), ("rtf", b"{\\rtf1 "), ("sh", b"#!/bin/sh\n"),
        ("html", b"<!DOCTYPE html><html>"), ("php", b"<?php echo 1;"),
    ):  # fmt: skip
        yield _case(f"type-{name}", f"t.{name}", head + noise, "FORBIDDEN_TYPE")
        yield _case(f"type-{name}-called-csv", "t.csv", head + noise, "FORBIDDEN_TYPE")
        yield _case(f"type-{name}-called-json", "t.json", head + noise, "FORBIDDEN_TYPE")
    for name, head in (
        ("7z", b"7z\xbc\xaf'\x1c"),
        ("parquet", b"PAR1"),
        ("sqlite", b"SQLite format 3\x00"),
        ("zst", b"\x28\xb5\x2f\xfd"),
        ("noise", b"\x01\x02"),
    ):
        yield _case(f"type-{name}", f"t.{name}", head + noise, "UNKNOWN_FORMAT")
        yield _case(f"type-{name}-called-csv", "t.csv", head + noise, "UNKNOWN_FORMAT")
    yield _case("type-xml", "t.xml", b'<?xml version="1.0"?><notice><a>1</a></notice>', "UNKNOWN_FORMAT")
    yield _case("type-xml-dtd", "t.xml", f'<?xml version="1.0"?>{_OUTSIDE}<z>&x;</z>'.encode(), "XML_FORBIDDEN")
    yield _case(
        "type-html-called-xls", "t.xls", b"<html><table><tr><td>contract_id</td></tr></table></html>", "FORBIDDEN_TYPE"
    )
    yield _case("type-csv-called-json", "t.json", good, "TYPE_MISMATCH")
    yield _case("type-csv-called-xlsx", "t.xlsx", good, "TYPE_MISMATCH")
    yield _case("type-csv-called-xls", "t.xls", good, "TYPE_MISMATCH")
    yield _case("type-csv-called-zip", "t.zip", good, "TYPE_MISMATCH")
    yield _case("type-csv-called-exe", "t.exe", good, "TYPE_MISMATCH FORBIDDEN_TYPE")
    yield _case("type-json-called-csv", "t.csv", _dump(_package(_release())).encode(), "TYPE_MISMATCH")
    for name, file in (
        ("bidi", "invoice\u202evsc.csv"), ("isolate", "a\u2066b.csv"), ("newline", "a\nb.csv"), ("bell", "a\x07.csv"),
        ("backslash", "a\\b.csv"), ("long", "n" * 230 + ".csv"), ("zero-width", "a\u200bb.csv"), ("escape", "a\x1b[31m.csv"),
        ("blank", " "), ("line-separator", "a\u2028b.csv"),
    ):  # fmt: skip
        yield _case(f"name-{name}", file, good, "BAD_FILENAME")
