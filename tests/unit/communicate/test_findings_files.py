"""Findings as files: complete, the same bytes twice, described, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.communicate.columns import COLUMNS
from duecare.communicate.findings_files import disarmed
from duecare.communicate.report import NAMES, write_reports


@pytest.fixture(scope="module")
def written(fictional, tmp_path_factory):
    run, folder = fictional.make_run(60, 5, hostile=True), tmp_path_factory.mktemp("report")
    return run, folder, write_reports(run, folder, "en")


def test_all_files_are_there_and_the_same_twice(written, fictional, tmp_path):
    _, folder, paths = written
    assert {path.name for path in paths} == {*NAMES, "datapackage.json"} == {path.name for path in folder.iterdir()}
    for again in write_reports(fictional.make_run(60, 5, hostile=True), tmp_path, "en"):
        assert again.read_bytes() == (folder / again.name).read_bytes(), again.name


def test_json_holds_the_findings_as_given(written):
    run, folder, _ = written
    held = json.loads((folder / "findings.json").read_text("utf-8"))
    assert held == {"run": run.run.id, "findings": list(run.findings)}


def test_csv_holds_every_line_in_order_of_priority(written):
    run, folder, _ = written
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["line_id"] for row in rows} == {finding["line_id"] for finding in run.findings}
    priorities = [float(row["PRI"]) for row in rows]
    assert priorities == sorted(priorities, reverse=True)
    assert list(rows[0]) == [column.name for column in COLUMNS]
    by_id = {finding["line_id"]: finding for finding in run.findings}
    for row in rows:
        assert float(row["L"]) == by_id[row["line_id"]]["L"]
        assert row["amount"] == by_id[row["line_id"]]["amount"]
        assert row["origin_country"] == (by_id[row["line_id"]]["origin_country"] or "")


def test_workbook_has_its_sheets_and_no_formulas(written):
    run, folder, _ = written
    book = openpyxl.load_workbook(folder / "findings.xlsx")
    assert book.sheetnames == ["Findings", "Stages", "Gaps", "Sources", "About"]
    sheet = book["Findings"]
    assert sheet.max_row == 61
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref
    assert book["Stages"].max_row == 1 + sum(len(finding["stages"]) for finding in run.findings)
    assert book["Gaps"].max_row == 1 + sum(len(finding["gaps"]) for finding in run.findings)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert {"s", "n"} <= kinds
    with ZipFile(folder / "findings.xlsx") as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name or "hyperlink" in name.lower()]


def test_data_package_describes_every_file(written):
    _, folder, _ = written
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    table = next(resource for resource in package["resources"] if resource["path"] == "findings.csv")
    assert [field["name"] for field in table["schema"]["fields"]] == [column.name for column in COLUMNS]
    assert all(len(field["description"]) >= 8 for field in table["schema"]["fields"])
    assert [source["license"] for source in package["sources"]] == ["public domain", "CC BY 4.0"]


def test_ledger_is_the_take_in_ledger(written):
    run, folder, _ = written
    ledger = json.loads((folder / "ledger.json").read_text("utf-8"))
    assert ledger == {"run": run.run.id, "files": list(run.ledger)}
    for file in ledger["files"]:
        assert file["rows"] == file["accepted"] + file["quarantined"] + file["duplicates"]


@given(st.text())
def test_no_text_starts_a_formula(text):
    safe = disarmed(text)
    assert not safe.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "|"))
    assert safe.encode("utf-8").decode("utf-8") == safe


def test_plain_text_is_not_touched():
    assert disarmed("Guard services, three posts") == "Guard services, three posts"
    assert disarmed("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert disarmed("  +1") == "'  +1"
