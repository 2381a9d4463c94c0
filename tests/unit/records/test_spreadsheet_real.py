"""Real registers through the maps of the documentation: exact conservation, every parked row explained."""

from __future__ import annotations

import gzip
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from duecare.records.column_map import load_map

MAPS = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "maps"

FILES = {
    "kosovo_municipal": (
        "kosovo_municipal_2010_2016.csv",
        "",
        5482,
        {"MISSING_FIELD": 373, "BAD_DATE": 11, "BAD_NUMBER": 30, "CONTROL_CHAR": 1},
    ),
    "spain_euskadi": ("spain_euskadi_contracts_2015_2017.csv.gz", "", 25167, {"MISSING_FIELD": 2}),
    "worldbank_contracts": ("worldbank_awards.zip", "contracts.csv", 9535, {"MISSING_FIELD": 5768, "BAD_COUNTRY": 33}),
    "moldova_contracts": (
        "moldova_etenders.zip",
        "csv/contracts_csv.csv",
        15373,
        {"NEGATIVE_AMOUNT": 796, "CONTROL_CHAR": 10},
    ),
    "ted_awards": ("ted_r209_awards.csv", "", 4496, {"MISSING_FIELD": 1502, "CELL_TOO_LARGE": 6}),
}


def unpacked(folder: Path, name: str, member: str, target: Path) -> Path:
    path = folder / "procurement" / name
    if member:
        with zipfile.ZipFile(path) as archive:
            target.write_bytes(archive.read(member))
        return target
    if path.suffix == ".gz":
        target.write_bytes(gzip.decompress(path.read_bytes()))
        return target
    return path


@pytest.mark.real_data
@pytest.mark.parametrize("name", FILES)
def test_a_real_register_is_taken_in_whole(read_sheet, shared: Path, tmp_path: Path, name: str) -> None:
    file, member, rows, codes = FILES[name]
    path = unpacked(shared / "data", file, member, tmp_path / "real.csv")
    found = read_sheet(path, column_map=load_map(MAPS / f"{name}.yaml"))
    assert found.summary.rows == rows
    assert found.codes == Counter(codes)
    assert all(Decimal(line["amount"]) > 0 for line in found.lines if line["amount"])
    assert all(line["line_id"] and line["raw"] for line in found.lines)
