"""Notices from XML to a rating and back to OCDS, as a user does it on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import notice_texts
import pytest
from cyclopts import App

from duecare import cli


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would; it must succeed."""
    command = [sys.executable, "-m", "duecare", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, encoding="utf-8")
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of a competition and its result, rated."""
    folder = tmp_path_factory.mktemp("notices")
    with zipfile.ZipFile(folder / "day.zip", "w") as package:
        package.writestr("2021/competition.xml", notice_texts.eforms(notice_texts.competition()))
        package.writestr("2021/result.xml", notice_texts.eforms(notice_texts.result()))
    run("assess", folder / "day.zip", "--out", folder / "out", "--as-of", "2026-11-01")
    return folder


def lines(folder: Path) -> list[dict[str, Any]]:
    document = json.loads((folder / "out" / "findings.json").read_text("utf-8"))
    found: list[dict[str, Any]] = document["findings"]
    return found


def test_a_package_is_one_file_whose_rows_are_notices(assessed: Path) -> None:
    [file] = json.loads((assessed / "out" / "ledger.json").read_text("utf-8"))["files"]
    assert (file["rows"], file["accepted"], file["quarantined"], file["duplicates"]) == (2, 2, 0, 0)


def test_a_lot_is_counted_once_and_cleaning_is_high(assessed: Path) -> None:
    [line] = lines(assessed)
    assert line["supplier"] == "Glanz GmbH"
    assert line["category"] == "CAT03"
    assert line["band"] in ("HIGH", "VERY_HIGH")


def test_the_lines_go_back_as_ocds_and_can_be_taken_in_again(assessed: Path, tmp_path: Path) -> None:
    done = run(
        "export",
        "ocds",
        "--register",
        assessed / "out" / "register",
        "--out",
        tmp_path / "back.json",
        "--ocid-prefix",
        "ocds-abc123",
        "--as-of",
        "2026-11-01",
        "--json",
    )
    assert json.loads(done.stdout) | {"written": ""} == {"written": "", "lines": 1, "releases": 1, "persons_unnamed": 0}
    again = json.loads(run("take-in", tmp_path / "back.json", "--register", tmp_path / "register", "--json").stdout)
    assert (again["files"][0]["rows"], again["files"][0]["accepted"]) == (1, 1)


def test_every_command_prints_json_when_asked() -> None:
    asked = dict(_commands(cli.app))

    assert {"take-in", "review next", "audit verify", "web invite", "web", "jobs"} <= set(asked)
    assert [name for name, takes in asked.items() if "--json" not in takes] == []


def _commands(app: App, *path: str) -> Iterator[tuple[str, list[str]]]:
    """Every command with the names of what it takes; a group without a command of its own has only those in it."""
    for name in app:
        if not name.startswith("-"):
            if app[name].default_command is not None:
                yield " ".join((*path, name)), [a.name for a in app[name].assemble_argument_collection()]
            yield from _commands(app[name], *path, name)
