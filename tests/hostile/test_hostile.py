"""Hostile files: none is silently accepted, none crashes a run, none exceeds its limits, and every row is accounted for."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from duecare.records.faults import CODES
from duecare.records.reading import Reading, Request, read_files

AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="module")
def readings(corpus: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Reading]]:
    """Each case's readings, all files taken in by one call."""
    cases = corpus.make_cases()
    home, staging = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("staging")
    paths = []
    for number, case in enumerate(cases):
        folder = home / f"{number:04d}"
        folder.mkdir()
        paths.append(folder / case.file)
        paths[-1].write_bytes(case.content)
    request = Request(corpus.LIMITS, AS_OF, trusted_size=True, workers=2)
    found: dict[str, list[Reading]] = {case.name: [] for case in cases}
    for reading in read_files(paths, staging, request):
        index = int(reading.folder.relative_to(staging).parts[0])
        found[cases[index].name].append(reading)
    return found


def codes_of(readings: list[Reading]) -> set[str]:
    codes = {reading.refusal.code for reading in readings if reading.refusal}
    for reading in readings:
        for path in reading.folder.glob("quarantine-*.jsonl"):
            rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            codes |= {fault["code"] for faults in rows for fault in faults}
    return codes


def test_there_are_at_least_300_cases_and_every_code_of_a_file_or_row_is_among_them(corpus: ModuleType) -> None:
    cases = corpus.make_cases()
    assert len(cases) >= 300
    register_only = {"DUP_ID", "DUP_CONFLICT"}
    assert set(CODES) - set().union(*(case.codes for case in cases)) <= register_only


def test_the_corpus_is_the_same_bytes_for_the_same_seed(corpus: ModuleType) -> None:
    first, second = corpus.make_cases(1), corpus.make_cases.__wrapped__(1)
    assert [case.name for case in first] == [case.name for case in second]
    assert [a.name for a, b in zip(first, second, strict=True) if a != b] == []


def test_each_file_is_refused_or_its_bad_row_parked_with_an_expected_code(
    corpus: ModuleType, readings: dict[str, list[Reading]]
) -> None:
    wrong = {}
    for case in corpus.make_cases():
        got = codes_of(readings[case.name])
        if not got & case.codes:
            wrong[case.name] = f"expected {sorted(case.codes)}, got {sorted(got) or 'silence'}"
    assert wrong == {}


def test_no_reader_failed_with_an_error_of_its_own(readings: dict[str, list[Reading]]) -> None:
    failed = {name: reading.refusal.message for name, each in readings.items() for reading in each if reading.refusal and "fault of duecare" in reading.refusal.message}  # fmt: skip
    assert failed == {}


def test_every_row_is_a_line_or_parked(readings: dict[str, list[Reading]]) -> None:
    for name, each in readings.items():
        for reading in each:
            if reading.summary is None:
                assert not list(reading.folder.iterdir()), name
                continue
            parked = sum(len(path.read_bytes().splitlines()) for path in reading.folder.glob("quarantine-*.jsonl"))
            rows = set()
            for path in reading.folder.glob("lines-*.csv"):
                with path.open(encoding="utf-8", newline="") as lines:
                    rows |= {line[0] for line in csv.reader(lines)}
            assert parked == reading.summary.quarantined, name
            assert len(rows) + parked == reading.summary.rows, name


def test_no_file_costs_more_than_its_limits(corpus: ModuleType, readings: dict[str, list[Reading]]) -> None:
    for name, each in readings.items():
        for reading in each:
            assert reading.cost is not None, name
            assert reading.cost.processor_seconds < corpus.LIMITS.seconds, name
            assert reading.cost.peak_bytes < corpus.LIMITS.memory_bytes, name


def test_the_untouched_tables_are_accepted(corpus: ModuleType, tmp_path: Path) -> None:
    """The corpus proves nothing unless the same files without the fault are fine."""
    import random

    table = corpus.good_table(random.Random(7))
    paths = []
    for kind, (file, write) in corpus.FORMATS.items():
        path = tmp_path / kind / file
        path.parent.mkdir()
        path.write_bytes(write(table))
        paths.append(path)
    staging = tmp_path / "staging"
    staging.mkdir()
    for reading in read_files(paths, staging, Request(corpus.LIMITS, AS_OF, trusted_size=True)):
        assert reading.refusal is None, reading
        assert reading.summary is not None
        assert (reading.summary.rows, reading.summary.quarantined) == (corpus.GOOD_ROWS, 0), reading.file
