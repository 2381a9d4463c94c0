"""What an evidence file is is found in its bytes, and what could act on its reader is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from coming_in import document, zipped

from duecare.casebook.contents import media_type
from duecare.errors import FileRefused

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nstream\n/JS /JavaScript\nendstream\ntrailer<<>>\n%%EOF"


def _type(tmp_path: Path, content: bytes, name: str = "file") -> str:
    (tmp_path / "file").write_bytes(content)
    return media_type(tmp_path / "file", name)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "contract.exe", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n rest", "x", "image/png"),
        (b"\xff\xd8\xff rest", "x.html", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8", "x", "image/webp"),
        (b"II*\x00 rest", "x", "image/tiff"),
        (b"a;b\r\n=1+1;\"x\"", "table.CSV", "text/csv"),
        ("Просмотр ведомости, 3 < 4".encode(), "заметка.txt", "text/plain"),
        (b"\xef\xbb\xbftext", "x", "text/plain"),
        (document(), "x.pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
            "x",
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)  # fmt: skip
def test_what_is_accepted(tmp_path: Path, content: bytes, name: str, kind: str) -> None:
    assert _type(tmp_path, content, name) == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b"<html><script>alert(1)</script>", "FORBIDDEN_TYPE"),
        (b"\xef\xbb\xbf  \n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "FORBIDDEN_TYPE"),
        (b"<?xml version='1.0'?><x/>", "FORBIDDEN_TYPE"),
        (b"harmless\n" * 200_000 + b"<SCRIPT>alert(1)</SCRIPT>", "FORBIDDEN_TYPE"),
        (b"x" * (2**20 - 3) + b"<script>", "FORBIDDEN_TYPE"),
        (b"#!/bin/sh\nrm -rf /", "FORBIDDEN_TYPE"),
        (b"MZ\x90\x00\x03 program", "FORBIDDEN_TYPE"),
        (b"\x7fELF\x02\x01", "FORBIDDEN_TYPE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1 old office", "FORBIDDEN_TYPE"),
        (b"{\\rtf1 text}", "FORBIDDEN_TYPE"),
        ("текст".encode("utf-16"), "FORBIDDEN_TYPE"),
        (b"\x1f\x8b\x08\x00", "FORBIDDEN_TYPE"),
        (b"%PDF-1.7 <</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", "FORBIDDEN_TYPE"),
        (b"%PDF-1.7 <</S/J#61vaScript/J#53 (x)>>", "FORBIDDEN_TYPE"),
        (b"%PDF-1.7 <</S/Launch/F(cmd.exe)>>", "FORBIDDEN_TYPE"),
        (zipped({"a.txt": b"text"}), "FORBIDDEN_TYPE"),
        (document(word__vbaProject=b"macro"), "FORBIDDEN_TYPE"),
        (document(word__embeddings__oleObject1=b"program"), "FORBIDDEN_TYPE"),
        (zipped({"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}), "FORBIDDEN_TYPE"),
        (document()[:-30], "BAD_ARCHIVE"),
        (zipped({"[Content_Types].xml": b"x", "bomb": b"\0" * 30_000_000}), "ARCHIVE_BOMB"),
        (zipped({f"{number}": b"" for number in range(5_001)}), "ARCHIVE_BOMB"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        _type(tmp_path, content, "evidence.pdf")

    assert refused.value.code == code


def test_a_part_that_lies_about_its_size_is_not_unpacked(tmp_path: Path) -> None:
    content = bytearray(document(main="x" * 3_000_000))
    directory = content.find(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (100).to_bytes(4, "little")

    with pytest.raises(FileRefused) as refused:
        _type(tmp_path, bytes(content))

    assert refused.value.code in ("BAD_ARCHIVE", "ARCHIVE_BOMB", "FORBIDDEN_TYPE")
