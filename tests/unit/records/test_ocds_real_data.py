"""Real OCDS of a dozen publishers is taken in with exact counts; every parked row is explained in docs/reference."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from duecare.errors import FileRefused
from duecare.records.ocds import read_ocds
from duecare.records.request import Request
from duecare.records.staging import LINE_COLUMNS
from duecare.settings import Limits

EXPLAINED = {
    "mexico": {"BAD_DATE": 1, "ABSURD_DATE": 1, "FUTURE_DATE": 1, "DATE_ORDER": 7},
    "nigeria": {"DATE_ORDER": 4},
    "paraguay": {"MISSING_FIELD": 7},
    "moldova_etenders": {"CELL_TOO_LARGE": 1},
}
"""Rows parked by publisher and code; each was looked at (docs/reference/real-data-ocds.md)."""
REFUSED = {"tools": {"UNKNOWN_FORMAT": 2}, "moldova_etenders": {"UNKNOWN_FORMAT": 1}}
FILES = {"australia": 43, "canada": 63, "colombia": 31, "mexico": 464, "moldova": 102, "nigeria": 23, "paraguay": 160}
FILES |= {"taiwan": 31, "tools": 2, "uganda": 10, "uk-contracts-finder": 232, "ukraine": 22, "moldova_etenders": 3}


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as packed:
        for name in sorted(packed.namelist()):
            if name.endswith(".json"):
                yield name, packed.read(name)


def take(text: bytes, folder: Path) -> tuple[int, int, list[dict[str, str]], list[str]]:
    folder.mkdir()
    path = folder / "source.json"
    path.write_bytes(text)
    summary = read_ocds(path, folder, Request(Limits(), date(2026, 11, 1)))
    lines = []
    for part in folder.glob("lines-*.csv"):
        with part.open(newline="", encoding="utf-8") as file:
            lines += [dict(zip(LINE_COLUMNS, row, strict=True)) for row in csv.reader(file)]
    codes = []
    for part in folder.glob("quarantine-*.jsonl"):
        codes += [fault["code"] for row in part.read_text("utf-8").splitlines() for fault in json.loads(row)[:1]]
    return summary.rows, summary.quarantined, lines, codes


@pytest.mark.real_data
def test_every_publisher_is_read_with_exact_counts(shared: Path, tmp_path: Path) -> None:
    parked: dict[str, Counter[str]] = defaultdict(Counter)
    refused: dict[str, Counter[str]] = defaultdict(Counter)
    files: Counter[str] = Counter()
    for archive in ("ocds_real_examples.zip", "moldova_etenders.zip"):
        for number, (name, text) in enumerate(members(shared / "data" / "procurement" / archive)):
            source = name.split("/")[0] if archive.startswith("ocds") else "moldova_etenders"
            files[source] += 1
            try:
                rows, quarantined, lines, codes = take(text, tmp_path / f"{archive}-{number}")
            except FileRefused as refusal:
                refused[source][refusal.code] += 1
                continue
            assert rows == quarantined + len({line["row"] for line in lines})
            assert len(codes) == quarantined
            parked[source].update(codes)
            assert not any("@" in line[name] for line in lines for name in ("buyer", "supplier_id", "supplier_country"))
    assert dict(files) == FILES
    assert {source: dict(codes) for source, codes in parked.items() if codes} == EXPLAINED
    assert {source: dict(codes) for source, codes in refused.items()} == REFUSED


@pytest.mark.real_data
@pytest.mark.slow
def test_ocds_before_its_first_version_is_refused_clearly(shared: Path, tmp_path: Path) -> None:
    ((_, text),) = members(shared / "data" / "procurement" / "canada_ocds_pre1.0_compact.json.zip")
    with pytest.raises(
        FileRefused, match=r"None of its 43,086 releases has an ocid and the types of OCDS 1\.0 or 1\.1"
    ):
        take(text, tmp_path / "canada")
