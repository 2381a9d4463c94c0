"""The commands of upkeep as a person runs them: what they print, what they write, how they end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from casebook_home import NOW

from duecare.casebook.home import Home
from duecare.casebook.opening import open_casebook
from duecare.casebook.writing import Actor, written


def run(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "duecare", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return done


@pytest.fixture
def home(migrated: Path, tmp_path: Path) -> Path:
    from django.db import connections

    shutil.copytree(migrated, tmp_path / "home")
    open_casebook(Home.open(tmp_path / "home"), migrate=False)
    for number in range(3):
        with written(Actor(None, at=NOW), "test.write", kind="thing") as note:
            note(f"object{number}")
    connections.close_all()
    return tmp_path / "home"


def test_a_backup_is_made_verified_and_put_back(home: Path, tmp_path: Path) -> None:
    key = run("backup-key", tmp_path / "key").stdout.strip()
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    made = json.loads(run("backup", "--home", home, "--to", tmp_path / "b", "--recipient", key, "--json").stdout)
    looked = json.loads(run("verify", "--backup", tmp_path / "b", "--identity", tmp_path / "key", "--json").stdout)
    back = json.loads(
        run(
            "restore", "--from", tmp_path / "b", "--home", tmp_path / "new", "--identity", tmp_path / "key", "--json"
        ).stdout
    )
    whole = json.loads(run("verify", "--home", tmp_path / "new", "--json").stdout)

    assert made["head"]["number"] == 3
    assert made["head"]["digest"] == looked["head"]["digest"] == back["head"]["digest"] == whole["head"]["digest"]
    assert made["ledger"] == looked["ledger"] == back["ledger"] == whole["ledger"]
    assert (looked["whole"], whole["whole"]) == (True, True)
    assert "is there already" in run("backup-key", tmp_path / "key", code=2).stderr
    assert "encrypted" in run("backup", "--home", home, "--to", tmp_path / "c", code=2).stderr


def test_a_cut_log_shows_against_its_exported_head(home: Path, tmp_path: Path) -> None:
    import sqlite3

    run("audit", "head", "--home", home, "--out", tmp_path / "head.json")
    assert "3 entries" in run("audit", "verify", "--home", home, "--head", tmp_path / "head.json").stderr
    exported = run("audit", "export", "--home", home, "--out", tmp_path / "log.jsonl", "--json").stdout
    assert json.loads(exported)["entries"] == len((tmp_path / "log.jsonl").read_text().splitlines()) == 3
    with sqlite3.connect(home / "casebook.sqlite3") as record:
        record.execute("DROP TRIGGER casebook_auditentry_no_delete")
        record.execute("DELETE FROM casebook_auditentry WHERE number = 3")
    record.close()
    run("audit", "verify", "--home", home)
    said = run("audit", "verify", "--home", home, "--head", tmp_path / "head.json", code=4).stderr
    assert "ends at entry 2; entry 3 was exported" in said
    (tmp_path / "head.json").write_text("{}")
    run("audit", "verify", "--home", home, "--head", tmp_path / "head.json", code=2)


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for command in ("verify", "jobs"):
        assert "There is no home" in run(command, "--home", tmp_path / "none", code=2).stderr
    assert not (tmp_path / "none").exists()


def test_the_worker_and_health_as_commands(home: Path) -> None:
    assert json.loads(run("jobs", "work", "--until-idle", "--home", home, "--json").stdout) == {"ended": 0}
    assert json.loads(run("jobs", "--home", home, "--json").stdout) == {"jobs": []}
    assert not json.loads(run("jobs", "health", "--home", home, "--json", code=4).stdout)["worker"]["alive"]
