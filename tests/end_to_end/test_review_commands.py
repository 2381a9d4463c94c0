"""Reviewing from the command line: the unsure text is asked about, what a person says counts from the next run on, and can be exported."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HEADER = "contract_id,buyer,supplier_name,title,cpv,country,amount,currency,award_date,end_date"
ROWS = (
    "R-1,Office North,Shine d.o.o.,Cleaning of offices,90919200-4,RS,12000.50,EUR,2026-01-15,2027-01-14",
    "R-2,Office North,Alpha Ltd,Framework Northern Lights,,RS,9000,EUR,2026-02-15,2026-12-14",
)


def run(*arguments: object, code: int = 0) -> str:
    command = [sys.executable, "-m", "duecare", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, encoding="utf-8")
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    assert "Traceback" not in done.stderr
    return done.stdout


def reading(register: Path, line: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run("explain", line, "--register", register, "--json"))
    return told


def test_a_person_decides_and_it_counts_from_the_next_run_on(tmp_path: Path) -> None:
    (tmp_path / "contracts.csv").write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    register, out = tmp_path / "register", tmp_path / "labelled.csv"
    run("take-in", tmp_path / "contracts.csv", "--register", register)
    run("identify", "--register", register, "--as-of", "2026-11-01")

    asked = json.loads(run("review", "next", "--register", register, "--json"))
    assert "Framework Northern Lights" in json.dumps(asked)
    assert "Cleaning of offices" not in json.dumps(asked)

    by = ("--register", register, "--by", "Ana", "--role", "focal_point")
    run("review", "correct", "R-2", *by, "--category", "CAT04", "--cpv", "7971", "--reason", "These are guards.")
    run("identify", "--register", register, "--as-of", "2026-11-01")
    told = json.dumps(reading(register, "R-2"))
    assert '"human"' in told
    assert '"CAT04"' in told
    again = json.loads(run("review", "next", "--register", register, "--json"))
    assert "Framework Northern Lights" not in json.dumps(again)

    (tmp_path / "t.csv").write_text("text\nFramework Northern Lights\n", encoding="utf-8")
    [line] = run("classify", tmp_path / "t.csv", "--register", register, "--tier2", "off").splitlines()
    assert (json.loads(line)["how"], json.loads(line)["category"], json.loads(line)["division"]) == (
        "human",
        "CAT04",
        "79",
    )

    [made] = json.loads(run("review", "list", "--register", register, "--json"))["decisions"]
    assert "Ana" in json.dumps(made)
    run("review", "export", out, "--register", register)
    with out.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["text"] == "Framework Northern Lights"
    assert "Ana" not in out.read_text(encoding="utf-8")
