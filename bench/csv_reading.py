"""Speed of reading a large CSV with every check on, against Python's csv.reader over the same file in the same run.

    python bench/csv_reading.py [--rows 1000000] [--workers 2] [--folder DIR]

The file is made from a seed: 25 columns, semicolons, decimal commas, local dates, quoted titles. The reader must give as
many lines as there are rows and the same sum of amounts as the generator wrote; otherwise the run fails.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Self

import psutil

from duecare.records.request import Request
from duecare.records.spreadsheet import read_spreadsheet
from duecare.records.staging import LINE_COLUMNS, Staging
from duecare.settings import Limits

HEADER = (
    "Vertragsnummer;Dienststelle;Auftraggeber;Lieferant;Lieferantennummer;Lieferantenland;Land;Ursprungsland;Titel;Beschreibung;CPV;"
    "UNSPSC;HS;Menge;Einheit;Einzelpreis;Auftragswert;Währung;Zuschlagsdatum;Vertragsbeginn;Vertragsende;Verfahrensart;"
    "Anzahl Angebote;Preisgewicht;Unterauftragsanteil"
)
THINGS = (
    "Reinigung",
    "Bewachung",
    "Kaffee",
    "Dienstkleidung",
    "Hotelzimmer",
    "Bauarbeiten",
    "Druckerpapier",
    "Software",
    "Schulung",
)


def comma(number: Decimal) -> str:
    """German writing: points between thousands, decimal comma."""
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


def make_file(path: Path, rows: int, seed: int = 20261101) -> Decimal:
    """Write the file and return the sum of its amounts."""
    chance = random.Random(seed)
    total = Decimal(0)
    suppliers = [f"Lieferant Nr. {n} GmbH" for n in range(20_000)]
    first = date(2015, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER + "\r\n")
        for n in range(rows):
            amount = Decimal(chance.randrange(10_000, 500_000_000)) / 100
            total += amount
            thing, place = chance.choice(THINGS), chance.randrange(4_000)
            start = first + timedelta(days=chance.randrange(3_600))
            supplier = chance.randrange(20_000)
            file.write(
                f"V-{n:08d};Büro {place % 12};Organisation;{suppliers[supplier]};DE{supplier:09d};DE;{('RS', 'UA', 'KZ', 'DE')[place % 4]};;"
                f'"{thing}; Los {n % 7} für ""Haus {place}""";{thing} nach Leistungsverzeichnis {n % 5000};{90910000 + place};;;'
                f"{1 + n % 40};Stück;{comma(amount / (1 + n % 40))};{comma(amount)};EUR;{start:%d.%m.%Y};{start:%d.%m.%Y};"
                f"{start + timedelta(days=365):%d.%m.%Y};Offenes Verfahren;{1 + n % 9};{40 + n % 60};{n % 30}\r\n"
            )
    return total


class PeakMemory:
    """Largest resident memory of this process and its children together, in bytes, sampled every 50 ms."""

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.05):
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak = max(self.peak, total)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self._stop.set()
        self._thread.join()


def anchor(path: Path) -> tuple[float, int]:
    """Seconds and rows of csv.reader alone over the same file."""
    start = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _row in csv.reader(file, delimiter=";"))
    return time.perf_counter() - start, rows - 1


def check(folder: Path, rows: int, total: Decimal) -> bool:
    """Whether the staged lines are as many as the rows and sum up to the same amount."""
    at = LINE_COLUMNS.index("amount")
    found, summed = 0, Decimal(0)
    for part in sorted(folder.glob("lines-*.csv")):
        with part.open(encoding="utf-8", newline="") as file:
            for line in csv.reader(file):
                found += 1
                summed += Decimal(line[at])
    print(f"check     rows {found:,} of {rows:,}, sum {summed:,} of {total:,}")
    return found == rows and summed == total


def main() -> int:
    parser = argparse.ArgumentParser(description="Speed of reading a large CSV.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        path, staged = folder / "large.csv", folder / "staged"
        staged.mkdir()
        total = make_file(path, options.rows)
        size = path.stat().st_size
        bare_seconds, bare_rows = anchor(path)
        request = Request(limits=Limits(), as_of=date(2026, 11, 1), workers=options.workers)
        start = time.perf_counter()
        with PeakMemory() as memory, Staging(staged) as staging:
            summary = read_spreadsheet(path, "csv", staging, request)
        seconds = time.perf_counter() - start
        print(f"file      {size / 1e6:,.0f} MB, {options.rows:,} rows, 25 columns, workers {options.workers}")
        print(
            f"anchor    csv.reader {bare_seconds:.1f} s, {bare_rows / bare_seconds:,.0f} rows/s, {size / 1e6 / bare_seconds:.0f} MB/s"
        )
        print(f"duecare   {seconds:.1f} s, {options.rows / seconds:,.0f} rows/s, {size / 1e6 / seconds:.0f} MB/s")
        print(
            f"ratio     {seconds / bare_seconds:.2f} x the anchor's time; memory of all processes {memory.peak / 2**20:,.0f} MiB"
        )
        print(f"ledger    rows {summary.rows:,}, quarantined {summary.quarantined:,}")
        return 0 if check(staged, options.rows, total) and summary.quarantined == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
