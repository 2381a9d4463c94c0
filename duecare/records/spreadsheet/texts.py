"""Read a table of texts to classify: a column of texts, beside it a language, a declared code and a nature; runs in the confined process.

Each distinct row is kept once with its order in the file, so that a file of millions of rows with few texts stays small.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from duecare.records.cells import bare, check_text
from duecare.records.faults import refused
from duecare.records.request import Request
from duecare.records.spreadsheet.columns import to_text
from duecare.records.spreadsheet.delimited import DELIMITERS, DelimitedText
from duecare.records.spreadsheet.encoding import find_encoding
from duecare.records.spreadsheet.rows import Row, RowBlock, Source
from duecare.records.spreadsheet.workbook import open_sheets

NAMES: dict[str, tuple[str, ...]] = {
    "text": ("text", "title", "description", "texte", "texto", "titre", "titel", "titolo", "naziv"),
    "lang": ("lang", "language", "langue", "idioma", "sprache"),
    "cpv": ("cpv", "cpvcode", "cpv2008", "code"),
    "nature": ("nature", "procurementcategory", "mainprocurementcategory", "contractnature", "natureofcontract"),
}
"""Headings of the columns, the best first, without accents, spaces and upper case."""
NATURES = {
    "goods": "goods",
    "supplies": "goods",
    "supply": "goods",
    "services": "services",
    "service": "services",
    "works": "works",
}
"""Words for the nature of a contract; any other is read as unknown."""
ORDER_NAME = "order"


class Texts(msgspec.Struct):
    """Distinct rows of (text, language, code, nature); the file ``order`` beside it holds their numbers row by row as 32-bit ints."""

    rows: list[tuple[str, str, str, str]]
    count: int


def read_texts(path: Path, kind: str, folder: Path, request: Request) -> Path:
    """Read a CSV, XLSX, XLS or ODS file with a column ``text``; writes and returns ``answer.json`` with ``order`` beside it.

    Raises ``FileRefused`` for a file that cannot be read, has no column of texts, or has a row with more cells than headings.
    """
    source = _source(path, kind, request)
    header, number = _header(source)
    places = _places(header, number)
    seen: dict[tuple[str, str, str, str], int] = {}
    order = array("I")
    source.width = len(header)
    for block in source.blocks():
        _take(block.below(number), block, places, len(header), seen, order)
    (folder / ORDER_NAME).write_bytes(order.tobytes())
    written = folder / "answer.json"
    written.write_bytes(msgspec.json.encode(Texts(list(seen), len(order))))
    return written


def _take(
    below: tuple[Sequence[int], Sequence[Row], int],
    block: RowBlock,
    places: Sequence[int],
    width: int,
    seen: dict[tuple[str, str, str, str], int],
    order: array[int],
) -> None:
    numbers, rows, _ = below
    for number, row in zip(numbers, rows, strict=True):
        if not row:
            continue
        if len(row) > width and any(to_text(cell) for cell in row[width:]):
            raise refused("COLUMN_COUNT", row=number, detail=f"It has {len(row)} cells, the header has {width}.")
        text, language, code, nature = (_cell(row, place, suspect=block.suspect) for place in places)
        known = NATURES.get(nature.strip().lower(), "")
        order.append(seen.setdefault((text, language, code, known), len(seen)))


def _cell(row: Row, place: int, *, suspect: bool) -> str:
    if place < 0 or place >= len(row):
        return ""
    cell = row[place]
    text = cell if isinstance(cell, str) else to_text(cell)
    if suspect and (unfit := check_text(text)) and unfit.code == "LONE_SURROGATE":
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def _source(path: Path, kind: str, request: Request) -> Source:
    if path.stat().st_size == 0:
        raise refused("EMPTY_FILE")
    if kind == "csv":
        encoding = find_encoding(path)
        first = next(_first_lines(DelimitedText(path, encoding, request.limits, ",")), "")
        return DelimitedText(path, encoding, request.limits, _delimiter(first))
    sheets: list[Source] = [sheet for sheet, _ in open_sheets(path, kind, request.limits)]
    wanted = [sheet for sheet in sheets if request.sheet is None or bare(sheet.sheet) == bare(request.sheet)]
    if not wanted:
        have = ", ".join(sheet.sheet for sheet in sheets)
        raise refused("NO_HEADER", field="sheet", value=request.sheet or "", detail=f"Sheets: {have}.")
    return max(wanted, key=lambda sheet: any(_places_of(row)[0] >= 0 for _, row in sheet.head()[:1]))


def _first_lines(text: DelimitedText) -> Iterator[str]:
    """The head of the file as lines, whatever its delimiter is."""
    for _, row in text.head():
        line = ",".join(str(cell) for cell in row)
        if line.strip():
            yield line


def _delimiter(header: str) -> str | None:
    """The delimiter by which the header names a column of texts; ``None`` leaves the choice to the rows."""
    for delimiter in DELIMITERS:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        if _places_of(cells)[0] >= 0:
            return delimiter
    return None


def _header(source: Source) -> tuple[Row, int]:
    for number, row in source.head():
        if any(to_text(cell).strip() for cell in row):
            return row, number
    raise refused("NO_HEADER")


def _places(header: Row, number: int) -> list[int]:
    places = _places_of(header)
    if places[0] < 0:
        read = ", ".join(to_text(cell) for cell in header)[:200]
        detail = "A column called `text` is needed; `lang`, `cpv` and `nature` may stand beside it."
        raise refused("MISSING_COLUMN", row=number, field="text", value=read, detail=detail)
    return places


def _places_of(header: Row) -> list[int]:
    """Index of the columns text, lang, cpv and nature; -1 where there is none."""
    keys = [bare(to_text(cell)) for cell in header]
    return [next((keys.index(name) for name in names if name in keys), -1) for names in NAMES.values()]
