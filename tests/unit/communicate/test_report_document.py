"""The printed report: tagged, titled, in the reader's language, and unmoved by whatever a title holds."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest

from duecare.communicate.document import contents, write_document
from duecare.communicate.page import Page

TITLES = [
    "Ծառայություններ",
    "მომსახურება",
    "χαρτί",
    "清洁服务",
    "تنظيف",
    "😀 \x07\u202e",
    "#set page(width: 1pt)",
    "$x$ *b* _i_ `c` @ref <label>",
]


@pytest.mark.parametrize("title", TITLES)
def test_any_script_makes_a_document(fictional, tmp_path, title):
    run = fictional.make_run(20, 2)
    findings = [finding | {"title": title, "supplier": title} for finding in run.findings]
    target = tmp_path / "report.pdf"
    write_document(Page(replace(run, findings=findings), "en"), target)
    assert target.read_bytes().startswith(b"%PDF-1.7")
    assert b"StructTreeRoot" in target.read_bytes()


def test_order_is_that_of_the_page(fictional):
    told = contents(Page(fictional.make_run(40, 5), "de"))
    assert told["lang"] == "de"
    assert told["first"] == "Diese Woche: 5 Punkte"
    assert [item["rank"] for item in told["items"]] == ["1", "2", "3", "4", "5"]
    keys = [key for key in told if key in {"items", "left", "heat", "ledger", "unknown", "sources", "limits"}]
    assert keys == ["items", "left", "heat", "ledger", "unknown", "sources", "limits"]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_text_can_be_read_out(fictional, tmp_path):
    target = tmp_path / "report.pdf"
    write_document(Page(fictional.make_run(40, 3, hostile=True), "ru"), target)
    text = subprocess.run(["pdftotext", str(target), "-"], capture_output=True, text=True, check=True).stdout
    assert "На этой неделе: 3 пункта" in text
    assert "%" not in text
