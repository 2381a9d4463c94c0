"""Workbooks: typed cells need no guess, merged words hold for all their rows, damaged and unsafe files are refused."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from odfdo import Cell, Document, Row, Table

from duecare.errors import FileRefused
from duecare.settings import Limits

HEADER = ["Vertragsnummer", "Auftraggeber", "Lieferant", "Gegenstand", "Betrag", "Währung", "Vergabedatum"]
DAY = dt.date(2021, 4, 3)
GOOD = ["V1", "Amt", "Firma", "Reinigung", 1234.5, "EUR", DAY]


def xlsx(
    path: Path, sheets: dict[str, Sequence[Sequence[object]]], merges: Sequence[tuple[int, int, int, int, str]] = ()
) -> Path:
    with xlsxwriter.Workbook(path) as book:
        as_date = book.add_format({"num_format": "dd.mm.yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(number, column, dt.datetime.combine(value, dt.time()), as_date)
                    elif value is not None:
                        sheet.write(number, column, value)
            for merge in merges:
                sheet.merge_range(*merge)
    return path


def test_types_banner_totals_and_other_sheets(read_sheet, tmp_path: Path) -> None:
    rows = [
        ["Liste 2021"],
        [],
        HEADER,
        GOOD,
        ["V2", "Amt", "Firma", "Wache", 0.1 + 0.2, "EUR", DAY],
        [7.0, *GOOD[1:4], 1.234, *GOOD[5:]],
    ]
    rows.append(["Summe", None, None, None, 5])
    found = read_sheet(xlsx(tmp_path / "a.xlsx", {"Hinweise": [["Bitte lesen"]], "Verträge": rows}), "xlsx")
    assert [(line["contract_id"], line["amount"], line["award_date"]) for line in found.lines] == [
        ("V1", "1234.5", "2021-04-03"),
        ("V2", "0.3", "2021-04-03"),
        ("7", "1.234", "2021-04-03"),
    ]
    assert found.lines[0]["row"] == "4"
    assert found.lines[0]["locator"] == "Verträge!A4"
    assert json.loads(found.lines[0]["raw"])["Vergabedatum"] == "2021-04-03"
    assert found.summary.totals_rows == 1
    assert found.summary.notes == ("Sheets not read: Hinweise.",)


def test_a_faulty_cell_is_located_by_sheet_and_letter(read_sheet, tmp_path: Path) -> None:
    rows = [HEADER, [*GOOD[:4], DAY, "EUR", 44289], [*GOOD[:4], "1.234", "EUR", DAY], [*GOOD[:4], "#REF!", "EUR", DAY]]
    found = read_sheet(xlsx(tmp_path / "a.xlsx", {"S": rows}), "xlsx")
    told = [[(fault["code"], fault["locator"]) for fault in faults] for faults in found.parked]
    assert told == [
        [("BAD_NUMBER", "S!E2"), ("BAD_DATE", "S!G2")],
        [("AMBIGUOUS_NUMBER", "S!E3")],
        [("BAD_NUMBER", "S!E4")],
    ]


def test_merged_words_hold_for_all_rows_but_amounts_are_not_repeated(read_sheet, tmp_path: Path) -> None:
    rows = [HEADER, *([f"V{n}", None, "Firma", "Reinigung", 5 if n == 3 else None, "EUR", DAY] for n in range(3))]
    rows[1][4] = None
    path = xlsx(tmp_path / "a.xlsx", {"S": rows}, [(1, 1, 3, 1, "Amt")])
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        as_date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADER)
        for number in range(1, 4):
            sheet.write_row(number, 0, [f"V{number}", None, "Firma", "Reinigung", None, "EUR"])
            sheet.write_datetime(number, 6, dt.datetime.combine(DAY, dt.time()), as_date)
        sheet.merge_range(1, 1, 3, 1, "Amt")
        sheet.merge_range(1, 4, 3, 4, "")
        sheet.write_number(1, 4, 900)
    found = read_sheet(path, "xlsx")
    assert [(line["contract_id"], line["buyer"], line["amount"]) for line in found.lines] == [("V1", "Amt", "900")]
    assert found.codes == {"MISSING_FIELD": 2}
    assert {fault["field"] for faults in found.parked for fault in faults} == {"amount"}


def test_all_complete_sheets_are_read_or_the_named_one(read_sheet, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"2020": [HEADER, GOOD], "2021": [HEADER, ["V2", *GOOD[1:]]]})
    assert [line["locator"] for line in read_sheet(path, "xlsx").lines] == ["2020!A2", "2021!A2"]
    assert [line["contract_id"] for line in read_sheet(path, "xlsx", sheet="2021").lines] == ["V2"]
    with pytest.raises(FileRefused) as found:
        read_sheet(path, "xlsx", sheet="2022")
    assert "2020, 2021" in found.value.message


def test_xls(read_sheet, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet, style = book.add_sheet("Alt"), xlwt.XFStyle()
    style.num_format_str = "DD.MM.YYYY"
    for column, (name, value) in enumerate(zip(HEADER, GOOD, strict=True)):
        sheet.write(0, column, name)
        sheet.write(1, column, value, *([style] if column == 6 else []))
    book.save(str(tmp_path / "a.xls"))
    (line,) = read_sheet(tmp_path / "a.xls", "xls").lines
    assert (line["amount"], line["award_date"], line["locator"]) == ("1234.5", "2021-04-03", "Alt!A2")


def test_ods(read_sheet, tmp_path: Path) -> None:
    document = Document("spreadsheet")
    document.body.clear()
    table = Table("Liste")
    for values in (HEADER, GOOD):
        row = Row()
        for value in values:
            row.append_cell(Cell(value))
        table.append_row(row)
    document.body.append(table)
    document.save(tmp_path / "a.ods")
    (line,) = read_sheet(tmp_path / "a.ods", "ods").lines
    assert (line["amount"], line["award_date"], line["locator"]) == ("1234.5", "2021-04-03", "Liste!A2")


def repacked(path: Path, change) -> Path:
    """The same workbook with changed parts."""
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        change(parts)
        for name, content in parts.items():
            new.writestr(name, content)
    return target


def refusal(read_sheet, path: Path, **options: object) -> str:
    with pytest.raises(FileRefused) as found:
        read_sheet(path, "xlsx", **options)
    return found.value.code


def test_damaged_and_unsafe_workbooks_are_refused(read_sheet, tmp_path: Path) -> None:
    good = xlsx(tmp_path / "a.xlsx", {"S": [HEADER, GOOD]})
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(good.read_bytes()[:-200])
    assert refusal(read_sheet, cut) == "TRUNCATED"
    assert refusal(read_sheet, repacked(good, lambda parts: parts.pop("xl/workbook.xml"))) == "TRUNCATED"
    assert (
        refusal(read_sheet, repacked(good, lambda parts: parts.update({"xl/vbaProject.bin": b"x"}))) == "FORBIDDEN_TYPE"
    )
    bomb = repacked(good, lambda parts: parts.update({"xl/media/zeros": bytes(30_000_000)}))
    assert refusal(read_sheet, bomb) == "ARCHIVE_BOMB"
    assert refusal(read_sheet, good, limits=Limits(archive_members=3)) == "ARCHIVE_BOMB"
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'
    assert refusal(read_sheet, repacked(good, lambda parts: parts.update({"xl/extra.xml": doctype}))) == "XML_FORBIDDEN"


def test_a_flipped_bit_is_found_by_the_check_sum(read_sheet, tmp_path: Path) -> None:
    good = xlsx(tmp_path / "a.xlsx", {"S": [HEADER, GOOD]})
    content = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as archive:
        part = archive.getinfo("xl/sharedStrings.xml")
    content[part.header_offset + 30 + len(part.filename) + part.compress_size // 2] ^= 0x10
    good.write_bytes(bytes(content))
    assert refusal(read_sheet, good) == "BAD_ARCHIVE"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "EMPTY_FILE"),
        ([HEADER], "NO_ROWS"),
        ([HEADER[:4], GOOD[:4]], "MISSING_COLUMN"),
        ([["x"], [1.0]], "NO_HEADER"),
    ],
)
def test_sheets_without_a_table_are_refused(read_sheet, tmp_path: Path, rows: list[list[object]], code: str) -> None:
    assert refusal(read_sheet, xlsx(tmp_path / "a.xlsx", {"S": rows})) == code
