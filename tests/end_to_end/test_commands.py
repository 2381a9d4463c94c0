"""The commands as a user runs them: what they print, what they write, how they end, and that a second run is the same."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "sample"
HEADER = "contract_id,buyer,supplier_name,title,cpv,country,amount,currency,award_date,end_date"
ROWS = (
    "A-1,Office North,Shine d.o.o.,Cleaning of offices,90919200-4,RS,12000.50,EUR,2026-01-15,2027-01-14",
    "A-2,Office North,Advice GmbH,Strategy consultancy,79410000-1,AT,9000,EUR,2026-02-15,2026-12-14",
    "A-3,Office South,Watch Ltd,Security guards at the gate,79713000-5,AM,33000,EUR,2026-03-01,2027-03-01",
)


def run(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person in a plain terminal would."""
    command = [sys.executable, "-m", "duecare", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, encoding="utf-8")
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done


def written(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small assessment, made once."""
    folder = tmp_path_factory.mktemp("assessed")
    written(folder / "contracts.csv", *ROWS)
    run("assess", folder / "contracts.csv", "--out", folder / "out", "--as-of", "2026-11-01", "--capacity", 2)
    return folder


def findings(folder: Path) -> dict[str, dict[str, Any]]:
    document = json.loads((folder / "findings.json").read_text("utf-8"))
    return {item["contract_id"]: item for item in document["findings"]}


def test_the_main_job_writes_every_file_and_rates_as_the_field_expects(assessed: Path) -> None:
    names = {path.name for path in (assessed / "out").iterdir()}
    promised = {"report.html", "report.pdf", "findings.csv", "findings.xlsx", "findings.json"}
    assert promised | {"ledger.json", "datapackage.json"} <= names
    bands = {name: item["band"] for name, item in findings(assessed / "out").items()}
    assert bands["A-1"] in ("HIGH", "VERY_HIGH")
    assert bands["A-3"] in ("HIGH", "VERY_HIGH")
    assert bands["A-2"] in ("LOW", "MODERATE")


def test_a_finding_carries_the_promised_fields(assessed: Path) -> None:
    promised = [
        "line_id",
        "contract_id",
        "structure",
        "title",
        "supplier",
        "category",
        "stages",
        "L",
        "L_lo",
        "L_hi",
        "band",
        "confidence",
        "S",
        "SAL",
        "PRI",
        "ddl",
        "route",
        "involvement",
        "reasons",
        "gaps",
        "question",
        "action",
        "run",
    ]
    for item in findings(assessed / "out").values():
        assert set(promised) <= set(item)
        assert item["L_lo"] <= item["L"] <= item["L_hi"]
        assert item["reasons"]
        assert item["question"]
        assert item["action"]


def test_the_same_files_give_the_same_bytes(assessed: Path, tmp_path: Path) -> None:
    run("assess", assessed / "contracts.csv", "--out", tmp_path, "--as-of", "2026-11-01", "--capacity", 2)
    for name in ("findings.json", "findings.csv", "findings.xlsx", "report.html", "report.pdf", "ledger.json"):
        assert (tmp_path / name).read_bytes() == (assessed / "out" / name).read_bytes(), name


def test_assess_prints_one_document(assessed: Path, tmp_path: Path) -> None:
    done = run(
        "assess", assessed / "contracts.csv", "--out", tmp_path, "--as-of", "2026-11-01", "--capacity", 1, "--json"
    )
    document = json.loads(done.stdout)
    assert document["list"][0]["rank"] == 1
    assert document["files"][0]["accepted"] == 3
    assert "The report is" in done.stderr


def test_explain_shows_the_arithmetic_of_the_stored_row(assessed: Path) -> None:
    register = assessed / "out" / "register"
    item = findings(assessed / "out")["A-1"]
    explained = json.loads(run("explain", item["line_id"], "--register", register, "--json").stdout)
    assert explained["L"] == item["L"]
    text = run("explain", "A-1", "--register", register).stdout
    assert f"= {explained['stages_explained'][0]['raw']:.2f}" in text
    assert "Trafficking in Persons Report" in text


def test_take_in_prints_the_ledger_and_keeps_its_promise(tmp_path: Path) -> None:
    file = written(tmp_path / "c.csv", *ROWS, ROWS[0], "A-4,,Shine,Cleaning,,RS,x,EUR,2026-02-30,")
    done = run("take-in", file, "--register", tmp_path / "r", "--as-of", "2026-11-01", "--json")
    (entry,) = json.loads(done.stdout)["files"]
    assert entry["status"] == "rows_quarantined"
    assert (entry["rows"], entry["accepted"], entry["quarantined"], entry["duplicates"]) == (5, 3, 1, 1)
    codes = {reason["code"] for reason in entry["reasons"]}
    assert {"MISSING_FIELD", "BAD_NUMBER", "BAD_DATE", "DUP_ID"} == codes
    again = json.loads(run("take-in", file, "--register", tmp_path / "r", "--as-of", "2026-11-01", "--json").stdout)
    assert (again["files"][0]["accepted"], again["files"][0]["duplicates"]) == (0, 4)


def test_a_fixed_file_gives_the_same_result_as_a_clean_one(tmp_path: Path) -> None:
    clean = written(tmp_path / "clean.csv", *ROWS)
    dirty = written(tmp_path / "dirty.csv", *(row.replace("33000", "thirty") for row in ROWS))
    run("take-in", dirty, "--register", tmp_path / "r", "--as-of", "2026-11-01")
    run("quarantine", "export", dirty, "--register", tmp_path / "r", "--out", tmp_path / "fix.csv")
    with (tmp_path / "fix.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["duecare_code"] for row in rows] == ["", "", "BAD_NUMBER"]
    rows[2]["amount"] = "33000"
    with (tmp_path / "fixed.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    run("take-in", tmp_path / "fixed.csv", "--register", tmp_path / "r", "--as-of", "2026-11-01")
    for register, file in ((tmp_path / "r", None), (tmp_path / "r2", clean)):
        if file:
            run("take-in", file, "--register", register, "--as-of", "2026-11-01")
        run("identify", "--register", register, "--as-of", "2026-11-01")
        run("report", "--register", register, "--out", tmp_path / f"out-{register.name}")
    fixed, plain = findings(tmp_path / "out-r"), findings(tmp_path / "out-r2")
    unlike = ("run", "file_sha256", "locator")
    assert {k: {n: v for n, v in i.items() if n not in unlike} for k, i in fixed.items()} == {
        k: {n: v for n, v in i.items() if n not in unlike} for k, i in plain.items()
    }


def test_diff_names_lines_whose_band_changed_and_why(tmp_path: Path) -> None:
    file = written(tmp_path / "c.csv", *ROWS)
    run("take-in", file, "--register", tmp_path / "r", "--as-of", "2026-11-01")
    observed = tmp_path / "observations.csv"
    observed.write_text(
        "factor,country,category,supplier_id,stage,value,grade,observed_on,valid_until,source_title,source_url,note\n"
        "W1,,CAT03,,SITE,4,E3,2026-10-01,2027-10-01,Focal point's visit,,\n"
        "W3,,CAT03,,SITE,4,E3,2026-10-01,2027-10-01,Focal point's visit,,\n"
        "B3,,CAT03,,SITE,4,E3,2026-10-01,2027-10-01,Focal point's visit,,\n",
        encoding="utf-8",
    )
    first = json.loads(run("identify", "--register", tmp_path / "r", "--as-of", "2026-11-01", "--json").stdout)["run"]
    run("evidence", "add", observed, "--register", tmp_path / "r", "--as-of", "2026-11-01")
    second = json.loads(run("identify", "--register", tmp_path / "r", "--as-of", "2026-11-01", "--json").stdout)["run"]
    found = json.loads(run("diff", first, second, "--register", tmp_path / "r", "--json").stdout)
    assert [line["title"] for line in found["changed"]] == ["Cleaning of offices"]
    assert found["changed"][0]["band"] == "VERY_HIGH"
    assert found["changed"][0]["why"][0]["code"] == "evidence"


OVERRIDE = """
overrides:
- id: {id}
  target: {target}
  where: {{contract_id: A-1}}
  value: {value}
  direction: {direction}
  reason: >-
    The focal point and the contract manager interviewed half of the crew off site and saw all pay slips of a year.
  evidence:
  - {{title: Interview round, publisher: Office North, date: 2026-09-01, grade: E4}}
  by:
  - {{role: focal_point, author: FP-1}}
  - {{role: procurement, author: PO-3}}
  created: 2026-10-01
  expires: 2027-09-30
"""


@pytest.mark.parametrize(
    ("target", "value", "direction", "counts"),
    [("W", 2.0, "lower", True), ("W", 1.0, "lower", False), ("L", 1.0, "lower", False), ("L", 3.5, "raise", True)],
)
def test_local_knowledge_counts_by_the_rules_and_is_never_dropped_in_silence(
    assessed: Path, tmp_path: Path, target: str, value: float, direction: str, counts: bool
) -> None:
    (tmp_path / "local.yaml").write_text(
        OVERRIDE.format(id="north-1", target=target, value=value, direction=direction), encoding="utf-8"
    )
    overrides = ("--overrides", tmp_path / "local.yaml", "--as-of", "2026-11-01")
    done = run("assess", assessed / "contracts.csv", "--out", tmp_path / "out", *overrides)
    before, after = findings(assessed / "out")["A-1"], findings(tmp_path / "out")["A-1"]
    assert (after["L"] != before["L"]) == counts
    assert ("does not count" in done.stderr) == (not counts)
    if counts:
        assert after["override"]["model_L"] == before["L"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["assess"], 2, "FILES"),
        (["take-in", "absent.csv", "--register", "r"], 2, "no file"),
        (["identify", "--register", "absent"], 2, "no register"),
        (["assess", "empty.csv", "--out", "out"], 3, "EMPTY_FILE"),
        (["take-in", "empty.csv", "--register", "r"], 3, "EMPTY_FILE"),
        (["explain", "x", "--register", "absent"], 2, "no register"),
        (["report", "--register", "absent", "--out", "o"], 2, "no register"),
        (["take-in", "empty.csv", "--register", "r", "--as-of", "yesterday"], 2, "as-of"),
        (["take-in", "empty.csv", "--register", "r", "--default", "country"], 2, "FIELD=VALUE"),
    ],
)
def test_what_is_wrong_is_said_in_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.csv").touch()
    done = run(*arguments, code=code)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_register_cannot_be_rated(tmp_path: Path) -> None:
    file = written(tmp_path / "c.csv", "A-4,,Shine,Cleaning,,RS,x,EUR,2026-02-30,")
    run("take-in", file, "--register", tmp_path / "r", "--as-of", "2026-11-01")
    assert "no contract lines yet" in run("identify", "--register", tmp_path / "r", code=4).stderr


def test_one_office_only_and_an_office_that_does_not_exist(assessed: Path) -> None:
    register = assessed / "out" / "register"
    shown = run("identify", "--register", register, "--as-of", "2026-11-01", "--structure", "Office South", "--json")
    assert [item["contract_id"] for item in json.loads(shown.stdout)["findings"]] == ["A-3"]
    said = run("identify", "--register", register, "--structure", "Office West", code=4).stderr
    assert "Office North, Office South" in said


def test_stopping_leaves_nothing_half_done(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(400):
        written(folder / f"{number:03}.csv", *(f"N{number}-{row}" for row in ROWS))
    command = [sys.executable, "-m", "duecare", "take-in", str(folder), "--register", str(tmp_path / "r")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"})
    deadline = time.monotonic() + 60
    while not list((tmp_path / "r" / "ledger").glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "run the same command again" in said
    assert list((tmp_path / "r" / "staging").iterdir()) == []
    done = run("take-in", folder, "--register", tmp_path / "r", "--as-of", "2026-11-01", "--json")
    entries = json.loads(done.stdout)["files"]
    assert sum(entry["accepted"] + entry["duplicates"] for entry in entries) == 1200
    run("identify", "--register", tmp_path / "r", "--as-of", "2026-11-01")
    about = next((tmp_path / "r" / "runs").glob("*/run.json")).read_text("utf-8")
    assert json.loads(about)["lines"] == 1200


def test_the_map_command_proposes_and_never_overwrites(tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_text("Vertragsnummer;Lieferant;Betrag\n1;Firma;12,50\n", encoding="utf-8")
    done = run("map", file, "--out", tmp_path / "map.yaml")
    assert "supplier_name" in (tmp_path / "map.yaml").read_text("utf-8")
    assert "Not found" in done.stderr
    run("map", file, "--out", tmp_path / "map.yaml", code=2)


def test_help_and_version_are_immediate_and_plain() -> None:
    assert "take-in" in run("--help").stdout
    assert run("--version").stdout.strip() == "0.1.0"
