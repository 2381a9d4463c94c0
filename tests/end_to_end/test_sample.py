"""The sample: written by its recipe, small, and taken in exactly as its README promises."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "sample"
RECIPE = REPOSITORY / "bench" / "make_sample.py"
EXPECTED: dict[str, Any] = json.loads((RECIPE.parent / "sample_recipe" / "expected.json").read_text(encoding="utf-8"))
NUMBERS = ("rows", "accepted", "quarantined", "duplicates")


def written(folder: Path) -> list[Path]:
    """The sample as the recipe writes it now."""
    command = [sys.executable, str(RECIPE), "--out", str(folder), "--expected", str(folder / "expected.json")]
    subprocess.run(command, check=True, timeout=120)
    return sorted(path for path in folder.iterdir() if path.name != "expected.json")


def content(path: Path) -> Any:
    """What a file says, apart from how tightly it is packed (which depends on the machine's compression library)."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix in (".zip", ".xlsx", ".ods"):
        with zipfile.ZipFile(path) as archive:
            return [(entry.filename, entry.date_time, archive.read(entry)) for entry in archive.infolist()]
    return path.read_bytes()


def test_the_recipe_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    first, second = written(tmp_path / "first"), written(tmp_path / "second")

    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_files_are_what_the_recipe_writes(tmp_path: Path) -> None:
    now = written(tmp_path)
    committed = {path.name: content(path) for path in SAMPLE.iterdir() if path.is_file() and path.name != "README.md"}

    assert {path.name: content(path) for path in now} == committed
    assert json.loads((tmp_path / "expected.json").read_text(encoding="utf-8")) == EXPECTED


def test_the_sample_is_small_and_large_enough() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 1_500_000
    assert 1_400 <= sum(ledger["accepted"] for ledger in EXPECTED.values()) <= 1_800


@pytest.mark.parametrize("name", EXPECTED)
def test_the_readme_shows_the_expected_ledger(name: str) -> None:
    ledger = EXPECTED[name]
    line = next(
        line for line in (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines() if f"| {name} |" in line
    )
    cells = [cell.strip() for cell in line.strip("|").split("|")]

    assert [int(cell) for cell in cells[1:5]] == [ledger[number] for number in NUMBERS]
    assert set(re.findall(r"[A-Z_]{5,}", cells[5])) == set(ledger["codes"])


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the register of the sample."""
    return tmp_path_factory.mktemp("sample") / "register"


@pytest.fixture(scope="module")
def ledger(register: Path) -> dict[str, Any]:
    """What the command line says about each file of the sample, by name."""
    command = [sys.executable, "-m", "duecare", "take-in", str(SAMPLE), "--register", str(register)]
    done = subprocess.run([*command, "--as-of", "2026-11-01", "--json"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return {Path(entry["file"]).name: entry for entry in json.loads(done.stdout)["files"]}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_row_is_accounted_for_as_promised(ledger: dict[str, Any], name: str) -> None:
    told, promised = ledger[Path(name).name], EXPECTED[name]

    assert {number: told[number] for number in NUMBERS} == {number: promised[number] for number in NUMBERS}
    assert told["rows"] == told["accepted"] + told["quarantined"] + told["duplicates"]
    assert told["status"] == ("rows_quarantined" if promised["quarantined"] else "accepted")


@pytest.mark.parametrize("name", [name for name, ledger in EXPECTED.items() if ledger["codes"]])
def test_every_parked_row_says_what_is_wrong(ledger: dict[str, Any], name: str) -> None:
    parked = {
        (reason["row"], reason["code"]) for reason in ledger[Path(name).name]["reasons"] if reason["code"] != "DUP_ID"
    }
    codes = [code for _row, code in parked]

    assert {code: codes.count(code) for code in codes} == EXPECTED[name]["codes"]


def test_no_file_is_left_out(ledger: dict[str, Any]) -> None:
    assert set(ledger) == {Path(name).name for name in EXPECTED}


def test_every_column_of_every_office_is_understood(ledger: dict[str, Any], register: Path) -> None:
    entries = [json.loads(path.read_text(encoding="utf-8")) for path in (register / "ledger").glob("*.json")]
    ignored = {entry["file"]: entry["ignored_fields"] for entry in entries if entry["format"] not in ("json", "jsonl")}

    assert len(entries) == len(ledger)
    assert {file: fields for file, fields in ignored.items() if fields and "json" not in file} == {}
