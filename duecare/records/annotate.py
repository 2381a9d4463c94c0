"""Write a user's own file again with what is wrong beside each parked row; runs in the confined process.

CSV gives CSV (same delimiter, UTF-8 with mark), workbooks give XLSX, OCDS gives JSON lines of the parked releases with a key
``duecare``. The first two hold all rows in their order, so that the fixed file can be taken in as a whole.
"""

from __future__ import annotations

import csv
import io
import json
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
import xlsxwriter

from duecare.records.column_map import parse_map
from duecare.records.detect import as_utf8
from duecare.records.faults import Fault
from duecare.records.messages import Job
from duecare.records.ocds.documents import rows_in
from duecare.records.ocds.rows import without_contacts
from duecare.records.spreadsheet.annotations import COLUMNS, neutralise, without_annotations
from duecare.records.spreadsheet.delimited import DelimitedText
from duecare.records.spreadsheet.encoding import find_encoding
from duecare.records.spreadsheet.rows import Cell, Row, Source
from duecare.records.spreadsheet.workbook import open_sheets

Notes = dict[tuple[str, int], tuple[str, str, str]]


def annotate(path: Path, kind: str, job: Job) -> Path:
    """Write the annotated copy of ``path``, which is of ``kind``, into the job's folder; returns its path."""
    parked = list(read_parked(Path(job.parked)))
    if kind in ("json", "jsonl"):
        return _write_releases(path, parked, job)
    if kind == "csv":
        return _write_text(path, parked, job)
    return _write_workbook(path, kind, parked, job)


def read_parked(path: Path) -> Iterator[list[Fault]]:
    """The parked rows of one file, each with all its faults."""
    decoder = msgspec.json.Decoder(list[Fault])
    with path.open("rb") as rows:
        for row in rows:
            yield decoder.decode(row)


def _notes(parked: Sequence[Sequence[Fault]]) -> Notes:
    """Code, field and message for each parked row, by sheet (empty for text) and row number."""
    notes: Notes = {}
    for faults in parked:
        key = faults[0].locator.rpartition("!")[0], faults[0].row
        before = notes.get(key, ("", "", ""))
        new = (
            " ".join(dict.fromkeys(fault.code for fault in faults)),
            " ".join(dict.fromkeys(fault.field for fault in faults if fault.field)),
            " ".join(fault.message for fault in faults),
        )
        notes[key] = tuple(" ".join(filter(None, pair)) for pair in zip(before, new, strict=True))  # type: ignore[assignment]
    return notes


def _header_row(head: Sequence[tuple[int, Row]], parked: Sequence[Sequence[Fault]]) -> int:
    """The row that holds the names under which the parked cells were kept; the first filled row when none was kept."""
    names: set[str] = set()
    for fault in (fault for faults in parked for fault in faults):
        try:
            kept = json.loads(fault.raw)
        except ValueError:
            continue
        names |= set(kept) if isinstance(kept, dict) else set()
    scored = [(sum(str(cell).strip() in names for cell in row), -number) for number, row in head]
    best = max(scored, default=(0, -1))
    filled = [number for number, row in head if any(str(cell).strip() for cell in row)]
    return -best[1] if best[0] else min(filled, default=1)


def _annotated(row: Row, number: int, header: int, note: tuple[str, str, str] | None, width: int) -> list[Cell]:
    """A row with our three cells: the names in the header, nothing above it, empty cells where nothing is wrong."""
    if number < header or (not row and note is None):
        return list(row)
    if number == header:
        return [*row, *COLUMNS]
    padded = [*row, *[""] * (width - len(row))] if note is None or "COLUMN_COUNT" not in note[0] else [*row]
    return [*padded, *(note or ("", "", ""))]


def _write_text(path: Path, parked: Sequence[Sequence[Fault]], job: Job) -> Path:
    chosen = parse_map(job.request.column_map)
    encoding = find_encoding(path, chosen.encoding or job.request.defaults.get("encoding"))
    text = DelimitedText(path, encoding, job.request.limits, chosen.delimiter)
    source, out = without_annotations(text), Path(job.folder, "annotated.csv")
    notes, header = _notes(parked), _header_row(source.head(), parked)
    width = next((len(row) for number, row in source.head() if number == header), 0)
    with out.open("w", encoding="utf-8-sig", errors="surrogatepass", newline="") as file:
        if text.first_line == 2:
            file.write(f"sep={text.delimiter}\r\n")
        writer = csv.writer(file, delimiter=text.delimiter, lineterminator="\r\n")
        for block in source.blocks():
            for number, row in zip(block.numbers, block.rows, strict=True):
                cells = _annotated(row, number, header, notes.get(("", number)), width)
                _write_row(writer, file, cells)
    return out


def _write_row(writer: Any, file: io.TextIOBase, cells: Sequence[Cell]) -> None:
    if cells:
        writer.writerow([neutralise(cell) if isinstance(cell, str) else cell for cell in cells])
    else:
        file.write("\r\n")


def _write_workbook(path: Path, kind: str, parked: Sequence[Sequence[Fault]], job: Job) -> Path:
    out, notes = Path(job.folder, "annotated.xlsx"), _notes(parked)
    wanted = job.request.sheet or parse_map(job.request.column_map).sheet
    book = xlsxwriter.Workbook(
        str(out),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "tmpdir": job.folder,
            "default_date_format": "yyyy-mm-dd",
            "remove_timezone": True,
        },
    )
    text = book.add_format({"quote_prefix": True})
    for sheet, visible in open_sheets(path, kind, job.request.limits):
        if not visible and sheet.sheet != wanted:
            continue
        page = book.add_worksheet(sheet.sheet)
        mine = [faults for faults in parked if faults[0].locator.rpartition("!")[0] == sheet.sheet]
        _fill_page(page, without_annotations(sheet), mine, notes, text)
    book.close()
    return out


def _fill_page(page: Any, source: Source, mine: Sequence[Sequence[Fault]], notes: Notes, text: Any) -> None:
    header = _header_row(source.head(), mine) if mine else 1 << 30
    width = max((len(row) for _number, row in source.head()), default=0)
    for block in source.blocks():
        for number, row in zip(block.numbers, block.rows, strict=True):
            note = notes.get((source.sheet, number))
            for column, cell in enumerate(_annotated(row, number, header, note, width)):
                _write_cell(page, number - 1, column, cell, text)


def _write_cell(page: Any, row: int, column: int, cell: Cell, text: Any) -> None:
    if isinstance(cell, str):
        if cell:
            # A text cell is never run, so the sign that keeps it a text is enough; an own apostrophe must survive restore.
            runnable = neutralise(cell) != cell
            safe = neutralise(cell) if cell.startswith("'") else cell
            page.write_string(row, column, safe, text if runnable else None)
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, (datetime, date, time, timedelta)):
        page.write_datetime(row, column, cell)
    else:
        page.write_number(row, column, cell)


def _write_releases(path: Path, parked: Sequence[Sequence[Fault]], job: Job) -> Path:
    """The parked releases, each with a key ``duecare``; text that is no JSON object stands under ``duecare_raw``."""
    out = Path(job.folder, "annotated.jsonl")
    missing = {faults[0].row for faults in parked if _release(faults) is None}
    word = parked[0][0].locator.partition(" ")[0]
    with as_utf8(path, Path(job.folder)) as text:
        originals = dict(_originals(text, word, missing, job.request.limits.depth)) if missing else {}
    with out.open("wb") as file:
        for faults in parked:
            said = [{"code": f.code, "field": f.field, "message": f.message, "where": f.locator} for f in faults]
            own = _release(faults) or _decoded(originals.get(faults[0].row, ""))
            if own is None:
                raw = next((fault.raw for fault in faults if fault.raw), "")
                own = {"duecare_raw": msgspec.Raw(msgspec.json.encode(raw))}
            own.pop("duecare", None)
            file.write(msgspec.json.encode({**own, "duecare": said}) + b"\n")
    return out


def _release(faults: Sequence[Fault]) -> dict[str, msgspec.Raw] | None:
    return next((own for fault in faults if (own := _decoded(fault.raw)) is not None), None)


def _decoded(text: str) -> dict[str, msgspec.Raw] | None:
    """A JSON object whose values stay as they were written, so that no number changes; ``None`` for anything else."""
    try:
        return msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return None


def _originals(path: Path, word: str, rows: set[int], depth: int) -> Iterator[tuple[int, str]]:
    """The text of rows that the register did not keep, such as those that contradict each other, without contacts."""
    with path.open("rb") as file:
        texts = file if word == "line" else rows_in(file.read().removeprefix(BOM_UTF8), depth)
        for number, text in enumerate(texts, 1):
            if number in rows:
                yield number, without_contacts(text.decode("utf-8", "replace"))
