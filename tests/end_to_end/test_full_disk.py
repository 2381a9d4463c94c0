"""A full disk and a read-only one: a clear sentence, nothing lost, reading still works, and it goes on once there is room."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from duecare.casebook import audit
from duecare.casebook.home import Home
from duecare.casebook.opening import open_casebook
from duecare.jobs.backup import ledger_digest, ledger_of

HEADER = "contract_id,buyer,supplier_name,title,cpv,country,amount,currency,award_date"
WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from duecare.casebook.home import Home
from duecare.casebook.opening import open_casebook
from duecare.casebook.writing import Actor, written
from duecare.casebook import audit
from duecare.errors import DuecareError
open_casebook(Home(Path(sys.argv[1])), migrate=False)
try:
    for number in range(int(sys.argv[2])):
        with written(Actor(None, at=datetime(2026, 11, 24, tzinfo=UTC)), "test.write") as note:
            note(f"object{number}", {"text": "x" * 2000})
        print("acknowledged", flush=True)
except DuecareError as error:
    print(error)
print("read", audit.head().number, audit.verify().fault or "whole")
"""


@pytest.fixture
def home(migrated: Path, tmp_path: Path) -> Home:
    shutil.copytree(migrated, tmp_path / "home")
    return Home.open(tmp_path / "home")


def small_files(most: int) -> None:
    """In the child: no file may grow beyond ``most`` bytes, which is how a full disk looks to a program."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def run(*arguments: object, most: int | None = None, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, *(str(argument) for argument in arguments)]
    limit = None if most is None else lambda: small_files(most)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, preexec_fn=limit)


def read_only(folder: Path) -> tuple[str, ...]:
    """What to put before a command so that it sees the folder on a read-only disk, the administrator too."""
    script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'
    return ("unshare", "-rm", "sh", "-c", script, "sh", str(folder))


def contracts(folder: Path, rows: int) -> Path:
    lines = [f"A-{row},North,S{row},Cleaning {row},90919200-4,RS,{row + 1},EUR,2026-01-15" for row in range(rows)]
    (folder / "a.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    return folder / "a.csv"


def test_a_full_disk_refuses_a_write_with_a_sentence_and_keeps_all_others(home: Home) -> None:
    done = run("-c", WRITE, home.folder, 500, most=1_500_000)

    *acknowledged, sentence, read = done.stdout.splitlines()
    assert (set(acknowledged), len(acknowledged) > 10) == ({"acknowledged"}, True), done.stderr[-2000:]
    assert "The disk is full or failing. Nothing was changed" in sentence
    assert read == f"read {len(acknowledged)} whole"
    open_casebook(home, migrate=False)
    assert (audit.verify().fault, audit.head().number) == ("", len(acknowledged))
    assert run("-c", WRITE, home.folder, 2).stdout.splitlines()[-1] == f"read {len(acknowledged) + 2} whole"


def test_a_read_only_disk_can_be_read(home: Home) -> None:
    assert run("-c", WRITE, home.folder, 3).stdout.splitlines()[-1] == "read 3 whole"
    done = run("-c", WRITE, home.folder, 3, before=read_only(home.folder))

    assert "read-only" in done.stdout, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "read 3 whole"
    assert "acknowledged" not in done.stdout


@pytest.mark.parametrize("most", [20_000, 200_000])
def test_a_full_disk_stops_a_take_in_with_a_sentence_and_it_goes_on_later(tmp_path: Path, most: int) -> None:
    file, register = contracts(tmp_path, 3000), tmp_path / "r"
    taking = ("-m", "duecare", "take-in", file, "--register", register, "--as-of", "2026-11-01", "--json")
    stopped = run(*taking, most=most)

    assert stopped.returncode in (3, 4), stopped.stderr[-3000:]
    assert "Traceback" not in stopped.stderr
    assert "full" in stopped.stderr or "TOO_LARGE" in stopped.stdout, stopped.stderr
    assert ledger_of(register) == {}
    again = run(*taking)
    assert json.loads(again.stdout)["files"][0]["accepted"] == 3000
    clean = run(*taking[:4], "--register", tmp_path / "clean", *taking[6:])
    assert clean.returncode == 0
    assert ledger_digest(ledger_of(register)) == ledger_digest(ledger_of(tmp_path / "clean"))


def test_a_read_only_register_can_be_read(tmp_path: Path) -> None:
    file, register = contracts(tmp_path, 3), tmp_path / "r"
    assert run("-m", "duecare", "take-in", file, "--register", register).returncode == 0
    assert run("-m", "duecare", "identify", "--register", register, "--as-of", "2026-11-01").returncode == 0
    closed = read_only(register)
    stopped = run("-m", "duecare", "identify", "--register", register, "--as-of", "2026-11-02", before=closed)
    line = json.loads(run("-m", "duecare", "explain", "A-1", "--register", register, "--json", before=closed).stdout)

    assert stopped.returncode == 4, stopped.stderr[-2000:]
    assert "cannot be written to" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert line["band"]
