"""Reading files in confined processes: every ending becomes a reading, in order, and nothing is left behind."""

from __future__ import annotations

import io
import os
import signal
import time
import zipfile
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from duecare.errors import CannotAnswer, WrongUsage
from duecare.records import dispatch, reading
from duecare.records.messages import Ended, Job
from duecare.records.processes import Processes
from duecare.records.reading import Progress, Reading, Request, read_files
from duecare.records.warm_up import warm_up
from duecare.settings import Limits

REQUEST = Request(Limits(), date(2026, 11, 1), trusted_size=True)
HEADER = "contract_id,buyer,supplier_name,title,amount,currency,award_date\n"


def table(rows: int, name: str = "C") -> str:
    return HEADER + "".join(f"{name}-{n},Office,Firm {n},Cleaning,{n + 1}.50,EUR,2025-03-01\n" for n in range(rows))


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    folder = tmp_path / "staging"
    folder.mkdir()
    return folder


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_files_are_read_in_order_with_hash_size_format_and_cost(tmp_path: Path, staging: Path) -> None:
    paths = [written(tmp_path, f"{n}.csv", table(1 + (40 - n) * 20)) for n in range(40)]
    readings = list(read_files(paths, staging, REQUEST))
    assert [each.file for each in readings] == [path.name for path in paths]
    for path, each in zip(paths, readings, strict=True):
        assert (each.sha256, each.size) == (sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        assert each.refusal is None
        assert each.summary is not None
        assert each.summary.rows == path.read_text(encoding="utf-8").count("\n") - 1
        assert each.format == "csv"
        assert each.cost is not None
        assert each.cost.peak_bytes > 0
        assert (each.folder / "lines-0.csv").is_file()


def test_members_of_a_zip_are_readings_of_their_own_in_the_place_of_the_zip(tmp_path: Path, staging: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("north/a.csv", table(3))
        archive.writestr("b.csv", "prose, not a table")
        archive.writestr("c.csv", table(2))
    paths = [
        written(tmp_path, "1.csv", table(1)),
        written(tmp_path, "all.zip", out.getvalue()),
        written(tmp_path, "2.csv", table(1)),
    ]
    readings = list(read_files(paths, staging, REQUEST))
    assert [each.file for each in readings] == [
        "1.csv",
        "all.zip/north/a.csv",
        "all.zip/b.csv",
        "all.zip/c.csv",
        "2.csv",
    ]
    assert [each.refusal is None for each in readings] == [True, True, False, True, True]
    assert readings[1].sha256 == sha256(table(3).encode()).hexdigest()
    assert not list(staging.rglob("members/*"))


def test_many_zips_side_by_side_keep_their_order(tmp_path: Path, staging: Path) -> None:
    paths = []
    for number in range(4):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in range(100):
                archive.writestr(f"{member:03d}.csv", table(1))
        paths.append(written(tmp_path, f"{number}.zip", out.getvalue()))
    names = [each.file for each in read_files(paths, staging, REQUEST)]
    assert names == [f"{number}.zip/{member:03d}.csv" for number in range(4) for member in range(100)]


def test_what_is_no_ordinary_file_is_said_before_anything_is_read(tmp_path: Path, staging: Path) -> None:
    good = written(tmp_path, "good.csv", table(1))
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "gone")
    for name, word in (
        ("missing.csv", "does not exist"),
        ("staging", "is a folder"),
        ("pipe.csv", "not an ordinary file"),
        ("nowhere.csv", "a link that leads nowhere"),
        ("good.csv/x.csv", "does not exist"),
    ):
        with pytest.raises(WrongUsage, match=word):
            read_files([good, tmp_path / name], staging, REQUEST)
    with pytest.raises(WrongUsage, match="not an ordinary file"):
        read_files([Path(os.devnull)], staging, REQUEST)
    assert not list(staging.iterdir())


def test_a_link_to_an_ordinary_file_is_read(tmp_path: Path, staging: Path) -> None:
    written(tmp_path, "good.csv", table(2))
    (tmp_path / "link.csv").symlink_to("good.csv")
    (only,) = read_files([tmp_path / "link.csv"], staging, REQUEST)
    assert only.summary is not None
    assert only.summary.rows == 2


def test_nothing_of_the_working_folder_is_imported(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("csv", "json", "msgspec", "selectors"):
        written(tmp_path, f"{name}.py", "raise SystemExit('planted')")
    path = written(tmp_path, "good.csv", table(1))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend("")
    (only,) = read_files([Path(path.name)], staging, REQUEST)
    assert only.refusal is None


def test_closing_early_kills_the_readers_and_leaves_only_what_was_handed_out(tmp_path: Path, staging: Path) -> None:
    paths = [written(tmp_path, f"{n}.csv", table(1 if n == 0 else 60_000)) for n in range(6)]
    before = set(psutil.Process().children(recursive=True))
    readings = read_files(paths, staging, REQUEST)
    first = next(readings)
    readings.close()  # type: ignore[attr-defined]
    assert [path.name for path in staging.iterdir()] == [first.folder.name]
    assert set(psutil.Process().children(recursive=True)) <= before


def test_an_interrupt_while_waiting_leaves_nothing(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    path = written(tmp_path, "large.csv", table(100_000))
    with pytest.raises(KeyboardInterrupt):
        list(read_files([path], staging, REQUEST, progress=interrupt))
    assert not list(staging.iterdir())
    assert not [
        each for each in psutil.Process().children(recursive=True) if "records.child" in " ".join(each.cmdline())
    ]


def test_progress_counts_files_and_bytes_up_to_the_whole(tmp_path: Path, staging: Path) -> None:
    paths = [written(tmp_path, f"{n}.csv", table(2000)) for n in range(5)]
    told: list[Progress] = []
    list(read_files(paths, staging, REQUEST, told.append))
    assert told
    assert told[-1].files_done == told[-1].files_total == 5
    assert told[-1].bytes_done == told[-1].bytes_total == sum(path.stat().st_size for path in paths)
    assert [each.bytes_done for each in told] == sorted(each.bytes_done for each in told)


def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "a.csv", table(3))
    monkeypatch.setattr(reading, "_stamp_now", lambda _path: (1, 2, 3, 4))
    (only,) = read_files([path], staging, REQUEST)
    assert only.refusal is not None
    assert only.refusal.code == "TRUNCATED"
    assert not list(only.folder.iterdir())


def test_too_little_memory_refuses_the_file_and_the_next_one_is_read(tmp_path: Path, staging: Path) -> None:
    large = written(tmp_path, "large.csv", table(1) + f'C-9,Office,Firm,"{"x" * 60_000_000}",1,EUR,2025-03-01\n')
    small = written(tmp_path, "small.csv", table(1))
    limits = replace(REQUEST.limits, memory_bytes=320 * 1024 * 1024)
    first, second = read_files([large, small], staging, replace(REQUEST, limits=limits))
    assert first.refusal is not None
    assert first.refusal.code == "TOO_LARGE"
    assert "memory" in first.refusal.message
    assert not list(first.folder.iterdir())
    assert second.refusal is None


@pytest.mark.parametrize(
    ("status", "timed_out", "name", "code"),
    [
        (signal.SIGKILL, False, "a.csv", "TOO_LARGE"),
        (signal.SIGABRT, False, "a.xlsx", "TOO_LARGE"),
        (signal.SIGXCPU, False, "a.csv", "TOO_LARGE"),
        (signal.SIGKILL, True, "a.csv", "TOO_LARGE"),
        (signal.SIGSEGV, False, "a.xlsx", "BAD_ARCHIVE"),
        (signal.SIGSEGV, False, "a.json", "MALFORMED_JSON"),
        (signal.SIGBUS, False, "a.csv", "UNKNOWN_FORMAT"),
        (0, False, "a.csv", "UNKNOWN_FORMAT"),
        (256, False, "a.jsonl", "MALFORMED_JSON"),
    ],
)
def test_every_death_of_a_reader_is_a_refusal_with_a_sentence(
    status: int, timed_out: bool, name: str, code: str
) -> None:
    for words in (b"", b"{}garbage", b'{"format": 7}', b"[" * 100_000):
        refusal = reading.understand(Ended(1, int(status), timed_out, words, 0.1, 0.1, 1), name).refusal
        assert refusal is not None
        assert refusal.code == code
        assert refusal.message.endswith(".")


def test_the_files_that_warm_the_readers_up_are_good_ones() -> None:
    outcomes = warm_up(dispatch.work)
    assert [(each.format, each.refusal, each.summary.rows if each.summary else 0) for each in outcomes] == [
        ("csv", None, 2),
        ("json", None, 2),
        ("jsonl", None, 2),
        ("xml", None, 1),
        ("xml", None, 1),
    ]
    assert [each.summary.quarantined for each in outcomes if each.summary] == [1, 0, 0, 0, 0]


@pytest.mark.slow
def test_a_reader_that_waits_for_ever_is_stopped_by_the_clock(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    request = replace(REQUEST, limits=replace(REQUEST.limits, seconds=1))
    started = time.monotonic()
    with Processes() as processes:
        processes.send(Job(1, "read", "pipe.csv", str(tmp_path / "pipe.csv"), str(tmp_path), request))
        while not (ended := processes.ended(1.0)):
            assert time.monotonic() - started < 30
    assert ended[0].timed_out
    assert reading.understand(ended[0], "pipe.csv").refusal is not None


def test_a_process_that_cannot_start_is_an_error_with_its_reason(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duecare.records.processes._START", "raise SystemExit('no interpreter here')")
    with pytest.raises(CannotAnswer, match="no interpreter here"):
        list(read_files([written(tmp_path, "a.csv", table(1))], staging, REQUEST))


def test_large_files_use_all_workers_and_small_ones_run_side_by_side(tmp_path: Path, staging: Path) -> None:
    large = written(tmp_path, "large.csv", table(600_000))
    assert large.stat().st_size > reading._LARGE_FILE_BYTES
    small = [written(tmp_path, f"{n}.csv", table(5)) for n in range(3)]
    readings: list[Reading] = list(read_files([small[0], large, *small[1:]], staging, REQUEST))
    assert [each.summary.rows for each in readings if each.summary] == [5, 600_000, 5, 5]
    assert len(list(readings[1].folder.glob("lines-*.csv"))) == REQUEST.workers


def test_a_map_with_a_wrong_column_is_wrong_usage_and_not_a_refused_file(tmp_path: Path, staging: Path) -> None:
    request = replace(REQUEST, column_map={"columns": {"contract_id": ["number", False]}})
    with pytest.raises(WrongUsage, match="contract_id"):
        list(read_files([written(tmp_path, "a.csv", table(2))], staging, request))
