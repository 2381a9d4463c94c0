"""What tests of the readers share: read one spreadsheet and look at its lines and its parked rows."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from duecare.records.request import Request
from duecare.records.spreadsheet import read_spreadsheet
from duecare.records.staging import LINE_COLUMNS, Staging, Summary
from duecare.settings import Limits

AS_OF = date(2026, 11, 1)


@dataclass
class Read:
    """What a reader left behind."""

    summary: Summary
    lines: list[dict[str, str]]
    parked: list[list[dict[str, Any]]]
    aside: list[dict[str, Any]]

    @property
    def codes(self) -> Counter[str]:
        return Counter(fault["code"] for faults in self.parked for fault in faults)


@pytest.fixture
def read_sheet(tmp_path: Path) -> Callable[..., Read]:
    """Read a file (or text, or bytes) and check that rows = lines + parked rows."""
    count = 0

    def read(content: Path | str | bytes, kind: str = "csv", **options: Any) -> Read:
        nonlocal count
        count += 1
        path = content if isinstance(content, Path) else tmp_path / f"file-{count}.csv"
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        folder = tmp_path / f"staged-{count}"
        folder.mkdir()
        limits = options.pop("limits", Limits())
        request = Request(
            limits=limits, as_of=options.pop("as_of", AS_OF), workers=options.pop("workers", 1), **options
        )
        with Staging(folder) as staging:
            summary = read_spreadsheet(path, kind, staging, request)
        found = Read(summary, _lines(folder), _json(folder, "quarantine"), _json(folder, "aside"))
        assert summary.rows == len(found.lines) + len(found.parked)
        assert summary.quarantined == len(found.parked)
        assert staging.codes == found.codes
        return found

    return read


def _lines(folder: Path) -> list[dict[str, str]]:
    lines = []
    for part in sorted(folder.glob("lines-*.csv")):
        with part.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                assert len(row) == len(LINE_COLUMNS)
                lines.append(dict(zip(LINE_COLUMNS, row, strict=True)))
    return lines


def _json(folder: Path, name: str) -> list[Any]:
    parts = sorted(folder.glob(f"{name}-*.jsonl"))
    return [json.loads(line) for part in parts for line in part.read_text("utf-8").split("\n") if line]
