"""What an organisation observed itself, from a CSV file to the findings: levels of workers, supplier and its own terms, and what is the case."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

LINES = """contract_id,buyer,supplier_name,supplier_id,title,cpv,country,amount,currency,award_date
A-1,Office North,Shine d.o.o.,RS-1,Cleaning of offices,90919200-4,RS,12000.50,EUR,2026-01-15
A-2,Office North,Glanz GmbH,AT-2,Cleaning of offices,90919200-4,RS,12000.50,EUR,2026-01-15
A-3,Office North,Our own guest house,OWN-3,Household staff of the residence,98513310-8,AT,9000,EUR,2026-02-15
"""
OBSERVED = """factor,country,profile,supplier_id,stage,value,grade,observed_on,valid_until,source_title
Q2,,,RS-1,,4,E2,2026-03-01,2027-03-01,Cost sheet against the award price
Q7,,,RS-1,,4,E3,2026-03-01,2027-03-01,Contract without a price revision
W3,,CAT03,RS-1,SITE,4,E3,2026-04-01,2027-04-01,Interviews of the inspectorate
B9,,,RS-1,,4,E3,2026-04-01,2027-04-01,Court file
OWN,,,OWN-3,,1,E3,2026-05-01,2027-05-01,Report of the ombudsperson
"""


def run(*arguments: object, code: int = 0) -> str:
    command = [sys.executable, "-m", "duecare", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, encoding="utf-8")
    assert done.returncode == code, done.stderr[-3000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("observed")
    (folder / "lines.csv").write_text(LINES, encoding="utf-8")
    (folder / "own.csv").write_text(OBSERVED, encoding="utf-8")
    register = folder / "register"
    run("evidence", "add", folder / "own.csv", "--register", register, "--as-of", "2026-11-01")
    asked = ("--out", folder / "out", "--register", register, "--as-of", "2026-11-01")
    run("assess", folder / "lines.csv", *asked)
    items = json.loads((folder / "out" / "findings.json").read_text("utf-8"))["findings"]
    explained = run("explain", "A-1", "--register", register)
    page = (folder / "out" / "report.html").read_text("utf-8")
    return {item["contract_id"]: item for item in items} | {"explained": explained, "page": page}


def group(item: dict[str, Any], name: str) -> dict[str, float]:
    site = next(stage for stage in item["stages"] if stage["stage"] == "SITE")
    level: dict[str, float] = site["groups"][name]
    return level


@pytest.mark.parametrize("name", ["W", "B", "Q"])
def test_what_was_observed_of_a_supplier_moves_its_groups_and_no_one_elses(found: dict[str, Any], name: str) -> None:
    observed, other = group(found["A-1"], name), group(found["A-2"], name)
    assert observed["point"] > other["point"]
    assert observed["hi"] - observed["lo"] < other["hi"] - other["lo"]


def test_own_terms_that_press_are_a_contribution(found: dict[str, Any]) -> None:
    assert [found[line]["involvement"] for line in ("A-1", "A-2", "A-3")] == ["CONTRIBUTE", "LINKED", "CAUSE"]


def test_every_observation_that_counts_is_cited_with_its_source(found: dict[str, Any]) -> None:
    facts = {fact for reason in found["A-1"]["reasons"] for fact in reason["facts"]}
    assert any(".RS-1" in fact or "RS-1" in fact for fact in facts)
    assert [reason["code"] for reason in found["A-3"]["reasons"] if reason["code"] == "OWN"] == ["OWN"]
    assert "Interviews of the inspectorate" in found["explained"]
    assert "Report of the ombudsperson" in found["page"]


def test_a_gap_that_was_observed_is_no_gap_any_more(found: dict[str, Any]) -> None:
    said = {line: " ".join(gap["sentence"] for gap in found[line]["gaps"]) for line in ("A-1", "A-2")}
    for words in ("price against fair cost", "price revision when wages rise", "recruitment fees or debt"):
        assert words in said["A-2"]
        assert words not in said["A-1"]
