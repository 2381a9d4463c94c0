"""OCDS releases with one fault, in packages, lines and packed lines, and documents that are no OCDS."""

from __future__ import annotations

import json
from collections.abc import Iterator

from duecare.settings import MIB

from .tables import (
    Case,
    as_gz,
    case,
)


def release(number: int = 1) -> dict[str, object]:
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


def package(*releases: object) -> dict[str, object]:
    return {
        "uri": "https://example.org/p",
        "version": "1.1",
        "publishedDate": "2025-04-01T00:00:00Z",
        "publisher": {"name": "Example"},
        "releases": list(releases),
    }


def dump(value: object) -> str:
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


def ocds_cases() -> Iterator[Case]:
    for name, old, new, codes in _OCDS_EDITS:
        bad = dump(release(2))
        assert old in bad, name
        bad = bad.replace(old, new, 1)
        whole_package = dump(package("@@")).replace('"@@"', f"{dump(release(1))}, {bad}, {dump(release(3))}")
        lines = "".join(each + "\n" for each in (dump(release(1)), bad, dump(release(3))))
        yield case(f"json-{name}", "r.json", whole_package.encode(), codes)
        yield case(f"jsonl-{name}", "r.jsonl", lines.encode(), codes)
        yield case(f"jsonl-gz-{name}", "r.jsonl.gz", as_gz(lines.encode() + b"\n" * 50), codes + " ARCHIVE_BOMB")
    whole = dump(package(release(1), release(2))).encode()
    lines = "".join(dump(release(number)) + "\n" for number in range(1, 6)).encode()
    yield case("json-cut", "r.json", whole[:-40], "TRUNCATED MALFORMED_JSON")
    yield case("jsonl-cut", "r.jsonl", lines[:-40], "TRUNCATED MALFORMED_JSON")
    yield case("json-behind", "r.json", whole + b"garbage", "MALFORMED_JSON")
    yield case("json-no-releases", "r.json", dump(package()).encode(), "NO_ROWS")
    yield case("json-empty-object", "r.json", b"{}", "NO_ROWS UNKNOWN_FORMAT BAD_TYPE MISSING_FIELD")
    yield case("json-empty-list", "r.json", b"[]", "NO_ROWS UNKNOWN_FORMAT BAD_TYPE")
    yield case("json-number", "r.json", b"42", "BAD_TYPE UNKNOWN_FORMAT MALFORMED_JSON NO_ROWS")
    yield case("json-null", "r.json", b"null", "BAD_TYPE UNKNOWN_FORMAT MALFORMED_JSON NO_ROWS")
    yield case("json-text", "r.json", b'"text"', "BAD_TYPE UNKNOWN_FORMAT MALFORMED_JSON NO_ROWS")
    yield case("json-words", "r.json", b"this is not json", "MALFORMED_JSON TYPE_MISMATCH UNKNOWN_FORMAT")
    yield case(
        "json-other",
        "r.json",
        b'{"type": "FeatureCollection", "features": [{"id": 1}]}',
        "UNKNOWN_FORMAT MISSING_FIELD BAD_TYPE NO_ROWS",
    )
    yield case("json-releases-object", "r.json", dump({**package(), "releases": {"a": 1}}).encode(), "BAD_TYPE")
    yield case("json-releases-twice", "r.json", whole[:-1] + b', "releases": []}', "DUP_KEY")
    yield case("json-release-number", "r.json", dump(package(release(1), 7)).encode(), "BAD_TYPE MISSING_FIELD")
    yield case("jsonl-number", "r.jsonl", lines + b"7\n", "BAD_TYPE MISSING_FIELD MALFORMED_JSON")
    yield case("json-bad-utf8", "r.json", whole.replace(b"Office", b"Off\xffice", 1), "BAD_ENCODING MALFORMED_JSON")
    yield case(
        "jsonl-bad-utf8", "r.jsonl", lines.replace(b"Cleaning of", b"Cl\xc3(ing of", 1), "BAD_ENCODING MALFORMED_JSON"
    )
    yield case(
        "jsonl-overlong-utf8",
        "r.jsonl",
        lines.replace(b"Cleaning of", b"Cl\xc0\xafing of", 1),
        "BAD_ENCODING MALFORMED_JSON",
    )
    yield case(
        "jsonl-bad-utf8-aside",
        "r.jsonl",
        lines.replace(b'"language": "en"', b'"unknown": "e\xff"', 1),
        "BAD_ENCODING MALFORMED_JSON",
    )
    yield case(
        "json-utf16-cut",
        "r.json",
        b"\xff\xfe" + whole.decode().encode("utf-16-le") + b"\x7d",
        "BAD_ENCODING TRUNCATED MALFORMED_JSON",
    )
    yield case(
        "jsonl-long-line",
        "r.jsonl",
        lines + dump({**release(9), "note": "x" * (3 * MIB)}).encode(),
        "LINE_TOO_LONG CELL_TOO_LARGE",
    )
    yield case("json-too-large", "r.json", whole + b" " * (9 * MIB), "TOO_LARGE")
    yield case("json-brackets", "r.json", b"[" * MIB, "TOO_DEEP MALFORMED_JSON TRUNCATED")
    yield case(
        "json-digits",
        "r.json",
        b'{"releases": [' + b"9" * (4 * MIB) + b"]}",
        "BAD_TYPE MALFORMED_JSON ABSURD_AMOUNT LINE_TOO_LONG CELL_TOO_LARGE",
    )
