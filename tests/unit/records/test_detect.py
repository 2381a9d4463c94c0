"""What a file is: the content decides, the name must agree, and known strangers are named."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.errors import FileRefused
from duecare.records import detect
from duecare.records.request import Request
from duecare.settings import Limits

TABLE = "contract_id;buyer;amount\r\nC-1;Office;12,50\r\n"
RELEASE = json.dumps({"ocid": "ocds-1", "id": "1"})


def found(folder: Path, name: str, content: bytes) -> str:
    path = folder / "file"
    path.write_bytes(content)
    try:
        return detect.detect(path, name)
    except FileRefused as error:
        return error.code


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", TABLE.encode(), "csv"),
        ("A.CSV", TABLE.encode(), "csv"),
        ("a.tsv", TABLE.encode(), "csv"),
        ("a.txt", TABLE.encode("cp1251"), "csv"),
        ("a.dat", TABLE.encode(), "csv"),
        ("contracts", TABLE.encode(), "csv"),
        ("a.csv", b"\xff\xfe" + TABLE.encode("utf-16-le"), "csv"),
        ("a.csv", TABLE.encode("utf-16-be"), "csv"),
        ("a.csv", b'"a";"b"\r\n"{x}";1\r\n', "csv"),
        ("a.csv", b"[id];name\r\n1;2\r\n", "csv"),
        ("a.csv", b"<Name>;<Amount>\r\n1;2\r\n", "csv"),
        ("a.csv", b"MZ number;name\r\n1;2\r\n", "csv"),
        ("a.json", RELEASE.encode(), "json"),
        ("a.json", b"\xef\xbb\xbf" + RELEASE.encode(), "json"),
        ("a.json", b"\xff\xfe" + RELEASE.encode("utf-16-le"), "json"),
        ("a.json", RELEASE.encode("utf-32-be"), "json"),
        ("a.json", b"\n\n [ {} ]", "json"),
        ("a.jsonl", RELEASE.encode() + b"\n", "jsonl"),
        ("a.ndjson", RELEASE.encode() + b"\n", "jsonl"),
        ("a.json", b"not json", "json"),
        ("a.json", TABLE.encode(), "TYPE_MISMATCH"),
        ("a.csv", RELEASE.encode(), "TYPE_MISMATCH"),
        ("a.pdf", TABLE.encode(), "TYPE_MISMATCH"),
        ("a.csv", b"", "EMPTY_FILE"),
        ("a.csv", b" \r\n \r\n", "EMPTY_FILE"),
        ("a.csv", b"%PDF-1.4", "FORBIDDEN_TYPE"),
        ("a.xls", b"<html><table>", "FORBIDDEN_TYPE"),
        ("a.xls", b"\r\n<TABLE border=1><tr>", "FORBIDDEN_TYPE"),
        ("a.xml", b"<ContractNotice xmlns='x'></ContractNotice>", "xml"),
        ("a.xml", b"<?xml version='1.0'?><!DOCTYPE a><a/>", "XML_FORBIDDEN"),
        ("a.xml", "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a><a/>".encode("utf-16"), "XML_FORBIDDEN"),
        ("a.csv", b"MZ\x00\x00" + bytes(600), "FORBIDDEN_TYPE"),
        ("a.csv", b"PAR1" + bytes(50), "UNKNOWN_FORMAT"),
        ("a.csv", bytes(range(256)) * 8, "UNKNOWN_FORMAT"),
        ("a.csv", bytes(257) + b"ustar" + bytes(250), "TYPE_MISMATCH"),
        ("a.zip", b"PK\x03\x04 no zip", "BAD_ARCHIVE"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "TRUNCATED"),
    ],
)
def test_content_decides_and_the_name_must_agree(name: str, content: bytes, kind: str, tmp_path: Path) -> None:
    assert found(tmp_path, name, content) == kind


@given(
    st.binary(min_size=1, max_size=2000),
    st.sampled_from(["a.csv", "a.json", "a.xlsx", "a.xls", "a.ods", "a.zip", "a.gz", "a"]),
)
def test_any_bytes_are_a_known_kind_or_refused(content: bytes, name: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        assert found(Path(folder), name, content) in {
            "csv", "json", "jsonl", "gz", "bz2", "xz", "zip", "EMPTY_FILE", "UNKNOWN_FORMAT", "FORBIDDEN_TYPE", "TYPE_MISMATCH",
            "BAD_ARCHIVE", "XML_FORBIDDEN", "TRUNCATED",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        ("Verträge 2025 (neu).csv", True), ("Договоры — 2025.xlsx", True), ("a'b & c.csv", True), ("=cmd.csv", True),
        ("x" * 196 + ".csv", True), ("x" * 197 + ".csv", False), ("a/b.csv", False), ("a\\b.csv", False), ("a\x00.csv", False),
        ("a\u202ecsv.exe", False), ("a\u2066.csv", False), ("a\ud800.csv", False), ("..", False), ("", False), ("a\u2029b", False),
    ],
)  # fmt: skip
def test_names_that_could_deceive_are_refused(name: str, fine: bool) -> None:
    if fine:
        detect.check_name(name)
        return
    with pytest.raises(FileRefused) as caught:
        detect.check_name(name)
    assert caught.value.code == "BAD_FILENAME"
    caught.value.message.encode("utf-8")


def test_only_plain_files_that_stream_may_be_larger_than_an_upload(tmp_path: Path) -> None:
    limits = Limits(upload_bytes=100)
    path = tmp_path / "a"
    path.write_bytes((RELEASE + "\n").encode() * 20)
    trusted, upload = (Request(limits, date(2026, 1, 1), trusted_size=known) for known in (True, False))
    for kind, request, fine in (
        ("csv", trusted, True),
        ("json", trusted, True),
        ("csv", upload, False),
        ("xlsx", trusted, False),
    ):
        if fine:
            detect.check_size(path, kind, request)
            continue
        with pytest.raises(FileRefused) as caught:
            detect.check_size(path, kind, request)
        assert caught.value.code == "TOO_LARGE"
    path.write_text(json.dumps(json.loads(RELEASE), indent=1) * 20, encoding="utf-8")
    with pytest.raises(FileRefused):
        detect.check_size(path, "json", trusted)


def test_json_in_utf16_is_copied_to_utf8_for_the_time_of_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xff\xfe" + RELEASE.encode("utf-16-le"))
    with detect.as_utf8(path, tmp_path) as text:
        assert text.read_text(encoding="utf-8") == RELEASE
    assert not text.exists()
    path.write_bytes(b"\xff\xfe" + RELEASE.encode("utf-16-le") + b"x")
    with pytest.raises(UnicodeDecodeError), detect.as_utf8(path, tmp_path):
        pass


def workbook(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in parts.items():
            whole.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}, "xlsx"),
        ({"[Content_Types].xml": b"<T/>", "word/document.xml": b"<w/>"}, "FORBIDDEN_TYPE"),
        ({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w>"}, "MALFORMED_XML"),
        ({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<!DOCTYPE w><w/>"}, "XML_FORBIDDEN"),
        ({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>", "xl/vbaProject.bin": b"x"}, "FORBIDDEN_TYPE"),
    ],
)
def test_a_workbook_is_verified_part_by_part(parts: dict[str, bytes], kind: str, tmp_path: Path) -> None:
    assert found(tmp_path, "a.xlsx", workbook(**parts)) == kind
