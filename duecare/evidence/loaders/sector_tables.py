"""Readers of tables by industry that may not be shipped: an input-output table and two estimates of forced labour by sector.

They are for modelled supply chains. What they give is modelled, never mixed with what a supplier declared, and never a level.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.rdata import read_rdata
from duecare.evidence.loaders.untrusted import read_grid

REST_OF_WORLD = "RoW"
NUMBER = re.compile(r"\d+(\.\d+)?(e-?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InputOutput:
    """A world input-output table in the unit of its source: rows sell, columns buy, country by country, then industry.

    ``regions`` are alpha-2 keys or ``RoW``; ``intermediate`` has the shape (n, n) and ``output`` (n,), n = regions x industries.
    """

    year: int
    regions: tuple[str, ...]
    industries: tuple[str, ...]
    intermediate: np.ndarray[Any, np.dtype[np.float64]]
    final: np.ndarray[Any, np.dtype[np.float64]]
    output: np.ndarray[Any, np.dtype[np.float64]]


def read_wiod(path: Path) -> InputOutput:
    """The World Input-Output Database (release 2013) as an R data file; raises ``FileRefused`` where it does not add up."""
    found = next(iter(read_rdata(path).values()))
    try:
        regions, industries = found["countries"], tuple(found["industries"])
        parts = [np.asarray(found[name], dtype=np.float64) for name in ("inter", "final", "output")]
        year = int(found["year"][0])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise FileRefused("UNKNOWN_FORMAT", f"{path.name} is no world input-output table: {error!r}.") from error
    count = len(regions) * len(industries)
    if [part.shape[0] for part in parts] != [count] * 3 or parts[0].shape != (count, count):
        raise FileRefused("UNKNOWN_FORMAT", f"{path.name}: the tables do not have {count} rows.")
    return InputOutput(year, tuple(resolve_country(text) or REST_OF_WORLD for text in regions), industries, *parts)


def read_shilling(path: Path) -> list[tuple[str, str, str, float, str]]:
    """Rows (country, sector code, industry group, number as stated, locator) of the 140-region sector workbook.

    Regions that join several countries are left out; the workbook does not state the unit of its numbers.
    """
    header, *body = list(read_grid(path))
    if header[:2] != ["Number", "Code"] or len(header) < 50:
        raise FileRefused("NO_HEADER", f"{path.name} does not begin with Number, Code and the sectors.")
    sectors = [
        (i, name.split("-")[0], name.rsplit("-", 1)[1])
        for i, name in enumerate(header)
        if i > 3 and name.count("-") >= 2
    ]
    return [
        (country, code, group, float(row[i]), f"row {number}, {code}")
        for number, row in enumerate(body, start=2)
        if (country := _single(row[1], row[2]))
        for i, code, group in sectors
        if NUMBER.fullmatch(row[i])
    ]


def _single(code: str, name: str) -> str | None:
    """Country of a GTAP region; its own codes for joined regions begin with X."""
    return None if code.startswith("X") else resolve_country(code) or resolve_country(name)


def read_sector_totals(path: Path) -> dict[str, float]:
    """Millions of people in forced labour by sector, worldwide, from a sheet of two columns (Global Estimates 2021)."""
    rows = [row for row in read_grid(path) if len(row) >= 2]
    found = {row[0]: float(row[1]) for row in rows if NUMBER.fullmatch(row[1])}
    if not found or rows[0][:2] != ["Sector", "Forced labour"]:
        raise FileRefused("NO_HEADER", f"{path.name} does not begin with Sector and Forced labour.")
    return found
