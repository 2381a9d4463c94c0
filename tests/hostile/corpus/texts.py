"""Text files that are wrong as a whole: headers, rows, quotation marks, encodings, floods."""

from __future__ import annotations

import random
from collections.abc import Iterator

from duecare.settings import MIB

from .tables import (
    FORMATS,
    HEADER,
    Case,
    as_csv,
    as_ods,
    as_xlsx,
    case,
    good_table,
)


def text_cases(rng: random.Random) -> Iterator[Case]:
    table = good_table(rng, 12)
    good = as_csv(table)
    lines = good.split(b"\r\n")
    for name, ending in (
        ("csv", "csv"),
        ("tsv", "tsv"),
        ("json", "json"),
        ("jsonl", "jsonl"),
        ("xlsx", "xlsx"),
        ("gz", "csv.gz"),
    ):
        yield case(f"empty-{name}", f"e.{ending}", b"", "EMPTY_FILE")
    yield case("blanks", "e.csv", b" \r\n\r\n\t\r\n", "EMPTY_FILE NO_HEADER")
    yield case("mark-only", "e.csv", b"\xef\xbb\xbf", "EMPTY_FILE NO_HEADER")
    yield case("header-only", "h.csv", lines[0] + b"\r\n", "NO_ROWS")
    yield case("header-only-xlsx", "h.xlsx", as_xlsx(table[:1]), "NO_ROWS")
    yield case("header-only-ods", "h.ods", as_ods(table[:1]), "NO_ROWS")
    yield case("no-header", "h.csv", b"\r\n".join(lines[1:]), "NO_HEADER MISSING_COLUMN")
    yield case("header-below-60-lines", "h.csv", b"note\r\n" * 60 + good, "NO_HEADER MISSING_COLUMN")
    yield case(
        "prose", "h.txt", b"It was the best of times.\nIt was the worst of times.\n" * 20, "NO_HEADER MISSING_COLUMN"
    )
    for column in HEADER[:7]:
        without = [[cell for cell, name in zip(row, HEADER, strict=True) if name != column] for row in table]
        yield case(f"without-{column}", "m.csv", as_csv(without), "MISSING_COLUMN UNKNOWN_CURRENCY MISSING_FIELD")
    twice = [[*row, row[4]] for row in table]
    for kind in ("csv", "xlsx", "ods"):
        yield case(f"amount-twice-{kind}", FORMATS[kind][0], FORMATS[kind][1](twice), "DUP_HEADER")
    for name, row in (
        ("short", b"C-50,Office"),
        ("long", lines[2] + b",x,y"),
        ("shifted", lines[2].replace(b",EUR,", b",E,UR,")),
    ):
        yield case(f"row-{name}", "c.csv", b"\r\n".join([*lines[:3], row, *lines[3:]]), "COLUMN_COUNT")
    yield case("header-again", "c.csv", b"\r\n".join([*lines[:4], lines[0], *lines[4:]]), "REPEATED_HEADER")
    yield case("header-again-xlsx", "c.xlsx", as_xlsx([*table[:4], table[0], *table[4:]]), "REPEATED_HEADER")
    yield case(
        "open-quote", "q.csv", b"\r\n".join([*lines[:3], b'C-50,"Office, x', *lines[3:]]), "UNCLOSED_QUOTE COLUMN_COUNT"
    )
    yield case("stray-quote", "q.csv", good.replace(b"Office North", b'"Off"ice North', 1), "STRAY_QUOTE")
    yield case(
        "cut-in-quote", "q.csv", as_csv(table)[: -len(lines[-2]) - 2] + b'C-50,"Office No', "TRUNCATED UNCLOSED_QUOTE"
    )
    yield case("cut-in-row", "q.csv", good[:-30], "TRUNCATED COLUMN_COUNT")
    yield case("bad-utf8-with-mark", "b.csv", b"\xef\xbb\xbf" + good + b"C-50,Of\xff\xfeice\r\n", "BAD_ENCODING")
    yield case("odd-utf16", "b.csv", b"\xff\xfe" + as_csv(table, ";", "utf-16-le") + b"\x41", "BAD_ENCODING TRUNCATED")
    yield case(
        "half-pair-utf16",
        "b.csv",
        b"\xff\xfe" + as_csv([*table, ["\ud83d", *table[1][1:]]], ";", "utf-16-le"),
        "LONE_SURROGATE BAD_ENCODING",
    )
    long_line = as_csv([*table, ["C-50", "x" * (3 * MIB), *table[1][2:]]])
    yield case("long-line", "l.csv", long_line, "LINE_TOO_LONG CELL_TOO_LARGE")
    yield case(
        "line-without-end",
        "l.csv",
        lines[0] + b"\r\n" + b"x" * (5 * MIB),
        "LINE_TOO_LONG CELL_TOO_LARGE COLUMN_COUNT TRUNCATED NO_HEADER",
    )
    wide = [[*row, *[f"extra {n}" for n in range(400)]] for row in table]
    yield case("wide", "w.csv", as_csv(wide), "TOO_MANY_COLUMNS")
    yield case("wide-xlsx", "w.xlsx", as_xlsx(wide), "TOO_MANY_COLUMNS")
    yield case("wide-ods", "w.ods", as_ods(wide), "TOO_MANY_COLUMNS")
    yield case("delimiters-flood", "w.csv", good + b"," * MIB + b"x", "COLUMN_COUNT TOO_MANY_COLUMNS LINE_TOO_LONG")
    yield case(
        "quotes-flood",
        "q.csv",
        good + b'"' * (MIB - 1),
        "UNCLOSED_QUOTE STRAY_QUOTE TRUNCATED COLUMN_COUNT CELL_TOO_LARGE",
    )
    yield case("nul-flood", "n.csv", good + b"\x00" * 4096, "NUL_BYTES UNKNOWN_FORMAT COLUMN_COUNT TRUNCATED")
