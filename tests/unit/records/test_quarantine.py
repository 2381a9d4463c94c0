"""The way back: an annotated file keeps every row, runs no formula, and reads again as if it had no annotations."""

from __future__ import annotations

import bz2
import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.errors import CannotAnswer, WrongUsage
from duecare.records.quarantine import export_annotated
from duecare.records.reading import Request, read_files
from duecare.records.spreadsheet.annotations import COLUMNS, neutralise, restore
from duecare.settings import Limits

REQUEST = Request(Limits(), date(2026, 11, 1), trusted_size=True)
HEADER = ["contract_id", "buyer", "supplier_name", "title", "amount", "currency", "award_date"]
ROWS = [
    ["C-1", "Office", "=Cmd()", "Cleaning; floors", "1200,50", "EUR", "2025-03-01"],
    ["C-2", "Office", "@Firm", "Guards", "many", "EUR", "2025-03-01"],
    ["C-3", "Office", "'=Firm", 'a "quoted"\r\nsecond line', "12,00", "EUR", "2025-03-02"],
    [],
    ["C-4", "Office", "+Firm", "-5 desks", "7,10", "XXQ", "2025-13-03"],
    ["C-5", "Office", "Firm", "", "8,20", "EUR", "2025-03-04"],
]
FIXED = {"C-2": ("amount", "5,00"), "C-4": ("currency", "EUR"), "C-5": ("title", "Sweeping")}


def as_csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([HEADER, *rows])
    return out.getvalue().encode("utf-8-sig")


def taken(path: Path, folder: Path) -> tuple[list[list[str]], Path, int]:
    """The staged lines without row numbers, the parked rows as the register keeps them, and how many rows there were."""
    folder.mkdir()
    (only,) = read_files([path], folder, REQUEST)
    assert only.refusal is None, only.refusal
    assert only.summary is not None
    lines = []
    for part in sorted(only.folder.glob("lines-*.csv")):
        with part.open(encoding="utf-8", newline="") as file:
            lines += [row[2:] for row in csv.reader(file)]
    parked = folder / "parked.jsonl"
    parked.write_bytes(b"".join(part.read_bytes() for part in sorted(only.folder.glob("quarantine-*.jsonl"))))
    return lines, parked, only.summary.rows


@given(st.text(alphabet="'=+-@\t\r\nab;\"", max_size=6))
def test_neutralised_cells_run_nothing_and_come_back_unchanged(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def fix(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    for row in rows:
        if row and row[0] in FIXED:
            field, value = FIXED[row[0]]
            row[HEADER.index(field)] = value
            row[HEADER.index("award_date")] = row[HEADER.index("award_date")].replace("2025-13", "2025-03")
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    path.write_bytes(out.getvalue().encode("utf-8-sig"))


def clean_rows() -> list[list[str]]:
    rows = [list(row) for row in ROWS]
    for row in rows:
        if row and row[0] in FIXED:
            field, value = FIXED[row[0]]
            row[HEADER.index(field)] = value
            row[HEADER.index("award_date")] = row[HEADER.index("award_date")].replace("2025-13", "2025-03")
    return rows


def test_a_csv_comes_back_with_all_rows_and_reads_the_same(tmp_path: Path) -> None:
    original = tmp_path / "t.csv"
    original.write_bytes(as_csv(ROWS))
    lines, parked, rows = taken(original, tmp_path / "1")
    out = export_annotated(original, parked, tmp_path / "fix-me.csv")
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    exported = list(csv.reader(io.StringIO(out.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    assert exported[0] == [*HEADER, *COLUMNS]
    assert [row[0] if row else "" for row in exported[1:]] == [row[0] if row else "" for row in ROWS]
    assert (
        exported[5][-3:-1] == ["UNKNOWN_CURRENCY BAD_DATE", "currency award_date"]
        or exported[5][-3] == "BAD_DATE UNKNOWN_CURRENCY"
    )
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in exported for cell in row)
    assert taken(out, tmp_path / "2")[0] == lines
    assert taken(out, tmp_path / "3")[2] == rows


def test_the_fixed_file_gives_the_same_lines_as_a_clean_one(tmp_path: Path) -> None:
    original, clean = tmp_path / "t.csv", tmp_path / "clean.csv"
    original.write_bytes(as_csv(ROWS))
    clean.write_bytes(as_csv(clean_rows()))
    _, parked, _ = taken(original, tmp_path / "1")
    out = export_annotated(original, parked, tmp_path / "fix-me.csv")
    fix(out)
    fixed, parked_again, _ = taken(out, tmp_path / "2")
    assert parked_again.read_bytes() == b""
    assert fixed == taken(clean, tmp_path / "3")[0]


@pytest.mark.parametrize("kind", ["bz2", "zip"])
def test_packed_originals_come_back_unpacked(kind: str, tmp_path: Path) -> None:
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
            archive.writestr("north/t.csv", as_csv(ROWS))
        lines, parked, _ = taken(tmp_path / "t.zip", tmp_path / "1")
        original = tmp_path / "t.zip" / "north" / "t.csv"
    else:
        original = tmp_path / "t.csv.bz2"
        original.write_bytes(bz2.compress(as_csv(ROWS)))
        lines, parked, _ = taken(original, tmp_path / "1")
    out = export_annotated(original, parked, tmp_path / "fix-me.csv")
    assert taken(out, tmp_path / "2")[0] == lines


def test_rows_of_another_length_stay_faulty_until_they_are_fixed(tmp_path: Path) -> None:
    original = tmp_path / "t.csv"
    short, long = ["C-8", "Office", "Firm"], [*ROWS[0], "x", "y"]
    original.write_bytes(as_csv([ROWS[0], short, ["C-9", *long[1:]], ROWS[2]]))
    lines, parked, _ = taken(original, tmp_path / "1")
    out = export_annotated(original, parked, tmp_path / "fix-me.csv")
    again, parked_again, _ = taken(out, tmp_path / "2")
    assert again == lines
    codes = [json.loads(line)[0]["code"] for line in parked_again.read_text(encoding="utf-8").splitlines()]
    assert codes == ["COLUMN_COUNT", "COLUMN_COUNT"]
    padded = list(csv.reader(io.StringIO(out.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    width = max(map(len, padded))
    filled = io.StringIO(newline="")
    csv.writer(filled, delimiter=";").writerows([*row, *[""] * (width - len(row))] for row in padded)
    out.write_bytes(filled.getvalue().encode())  # as a spreadsheet program saves it
    again, parked_again, _ = taken(out, tmp_path / "3")
    assert again == lines
    assert len(parked_again.read_bytes().splitlines()) == 2


def test_a_workbook_comes_back_as_a_workbook_with_its_banner(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Contracts"
    sheet.append(["Contracts of 2025"])
    sheet.append([])
    sheet.append(HEADER)
    sheet.append(["C-1", "Office", "Firm", "Cleaning", 1200.5, "EUR", date(2025, 3, 1)])
    sheet.append(["C-2", "Office", "'=Firm", "-5 desks", "many", "EUR", date(2025, 3, 1)])
    sheet.append(["C-3", "Office", "x", "=SUM(1)", 12, "EUR", date(2025, 3, 2)])
    sheet["D6"].data_type = "s"
    book.save(tmp_path / "t.xlsx")
    lines, parked, rows = taken(tmp_path / "t.xlsx", tmp_path / "1")
    out = export_annotated(tmp_path / "t.xlsx", parked, tmp_path / "fix-me.csv")
    assert out.suffix == ".xlsx"
    page = openpyxl.load_workbook(out)["Contracts"]
    assert page["A1"].value == "Contracts of 2025"
    assert [page.cell(3, column).value for column in (8, 9, 10)] == list(COLUMNS)
    assert page["H5"].value == "BAD_NUMBER"
    assert (page["D6"].value, page["D6"].data_type) == ("=SUM(1)", "s") or page["D6"].quotePrefix
    assert (taken(out, tmp_path / "2")[0], taken(out, tmp_path / "3")[2]) == (lines, rows)


def release(number: int, amount: object) -> dict[str, object]:
    value = {"amount": amount, "currency": "EUR"}
    return {
        "ocid": f"ocds-abc-{number}",
        "id": "1",
        "date": "2025-03-01T00:00:00Z",
        "tag": ["contract"],
        "buyer": {"id": "B", "name": "Office"},
        "awards": [
            {
                "id": "1",
                "title": "Cleaning",
                "date": "2025-03-01",
                "suppliers": [{"id": "S", "name": "Firm"}],
                "value": value,
            }
        ],
        "parties": [
            {"id": "B", "roles": ["buyer"], "contactPoint": {"name": "A Person", "email": "a.person@example.org"}}
        ],
    }


@pytest.mark.parametrize("package", [True, False])
def test_parked_releases_come_back_as_json_lines_that_read_like_clean_ones(package: bool, tmp_path: Path) -> None:
    releases = [release(1, 12.5), release(2, "many"), release(3, 0.10)]
    original = tmp_path / ("t.json" if package else "t.jsonl")
    lines = "\n".join(map(json.dumps, releases))
    original.write_text(json.dumps({"version": "1.1", "releases": releases}) if package else lines, encoding="utf-8")
    _, parked, _ = taken(original, tmp_path / "1")
    conflict = {
        "code": "DUP_CONFLICT",
        "row": 3,
        "message": "Twice.",
        "field": "contract_id",
        "value": "",
        "raw": "ocds-abc-3",
    }
    conflict["locator"] = ("release 3" if package else "line 3") + " /awards/0"
    with parked.open("a", encoding="utf-8") as file:
        file.write(json.dumps([conflict]) + "\n")
    out = export_annotated(original, parked, tmp_path / "fix-me.csv")
    assert out.suffix == ".jsonl"
    text = out.read_text(encoding="utf-8")
    assert [json.loads(line)["ocid"] for line in text.splitlines()] == ["ocds-abc-2", "ocds-abc-3"]
    assert json.loads(text.splitlines()[0])["duecare"][0]["code"] in ("BAD_TYPE", "BAD_NUMBER")
    assert "a.person@example.org" not in text
    assert "0.1" in text.splitlines()[1]
    out.write_text(text.replace('"many"', "7.5"), encoding="utf-8")
    clean = tmp_path / "clean.jsonl"
    clean.write_text("\n".join(map(json.dumps, [release(2, 7.5), release(3, 0.10)])), encoding="utf-8")
    assert taken(out, tmp_path / "2")[0] == taken(clean, tmp_path / "3")[0]


def test_nothing_parked_and_missing_files_are_said(tmp_path: Path) -> None:
    original, parked = tmp_path / "t.csv", tmp_path / "parked.jsonl"
    original.write_bytes(as_csv(ROWS))
    parked.write_bytes(b"")
    with pytest.raises(CannotAnswer, match="nothing to export"):
        export_annotated(original, parked, tmp_path / "out.csv")
    with pytest.raises(WrongUsage, match="does not exist"):
        export_annotated(tmp_path / "gone.csv", parked, tmp_path / "out.csv")
