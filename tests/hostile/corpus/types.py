"""Files of other kinds under true and false names, and names that deceive."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .notices import dump, package, release
from .tables import (
    Case,
    as_csv,
    case,
    good_table,
)

OUTSIDE = '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def type_cases(rng: random.Random) -> Iterator[Case]:
    good = as_csv(good_table(rng, 5))
    noise = rng.randbytes(3000)
    for name, head in (
        ("exe", b"MZ\x90\x00\x03\x00"), ("elf", b"\x7fELF\x02"), ("pdf", b"%PDF-1.7\n"), ("png", b"\x89PNG\r\n\x1a\n"),
        ("jpg", b"\xff\xd8\xff\xe0"), ("gif", b"GIF89a"), ("rtf", b"{\\rtf1 "), ("sh", b"#!/bin/sh\n"),
        ("html", b"<!DOCTYPE html><html>"), ("php", b"<?php echo 1;"),
    ):  # fmt: skip
        yield case(f"type-{name}", f"t.{name}", head + noise, "FORBIDDEN_TYPE")
        yield case(f"type-{name}-called-csv", "t.csv", head + noise, "FORBIDDEN_TYPE")
        yield case(f"type-{name}-called-json", "t.json", head + noise, "FORBIDDEN_TYPE")
    for name, head in (
        ("7z", b"7z\xbc\xaf'\x1c"),
        ("parquet", b"PAR1"),
        ("sqlite", b"SQLite format 3\x00"),
        ("zst", b"\x28\xb5\x2f\xfd"),
        ("noise", b"\x01\x02"),
    ):
        yield case(f"type-{name}", f"t.{name}", head + noise, "UNKNOWN_FORMAT")
        yield case(f"type-{name}-called-csv", "t.csv", head + noise, "UNKNOWN_FORMAT")
    yield case("type-xml", "t.xml", b'<?xml version="1.0"?><notice><a>1</a></notice>', "UNKNOWN_FORMAT")
    yield case("type-xml-dtd", "t.xml", f'<?xml version="1.0"?>{OUTSIDE}<z>&x;</z>'.encode(), "XML_FORBIDDEN")
    yield case(
        "type-html-called-xls", "t.xls", b"<html><table><tr><td>contract_id</td></tr></table></html>", "FORBIDDEN_TYPE"
    )
    yield case("type-csv-called-json", "t.json", good, "TYPE_MISMATCH")
    yield case("type-csv-called-xlsx", "t.xlsx", good, "TYPE_MISMATCH")
    yield case("type-csv-called-xls", "t.xls", good, "TYPE_MISMATCH")
    yield case("type-csv-called-zip", "t.zip", good, "TYPE_MISMATCH")
    yield case("type-csv-called-exe", "t.exe", good, "TYPE_MISMATCH FORBIDDEN_TYPE")
    yield case("type-json-called-csv", "t.csv", dump(package(release())).encode(), "TYPE_MISMATCH")
    for name, file in (
        ("bidi", "invoice\u202evsc.csv"), ("isolate", "a\u2066b.csv"), ("newline", "a\nb.csv"), ("bell", "a\x07.csv"),
        ("backslash", "a\\b.csv"), ("long", "n" * 230 + ".csv"), ("zero-width", "a\u200bb.csv"), ("escape", "a\x1b[31m.csv"),
        ("blank", " "), ("line-separator", "a\u2028b.csv"),
    ):  # fmt: skip
        yield case(f"name-{name}", file, good, "BAD_FILENAME")
