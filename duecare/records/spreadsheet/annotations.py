"""The three columns that duecare adds to a user's own file, and the way back: reading such a file as if they were not there.

Cells that a spreadsheet program would run as a formula are exported behind an apostrophe. Which cells had one before is not
lost, because one is also added to a cell that already starts with apostrophes and such a sign: exactly one goes on and
exactly one comes off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from duecare.records.faults import CODES
from duecare.records.spreadsheet.rows import Cell, Place, Row, RowBlock, Source

CODE, FIELD, MESSAGE = COLUMNS = ("duecare_code", "duecare_field", "duecare_message")
_RUNNABLE = re.compile(r"'*[=+\-@\t\r\n]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n]")


def neutralise(text: str) -> str:
    """Put an apostrophe before what a spreadsheet program would take for a formula."""
    return "'" + text if _RUNNABLE.match(text) else text


def restore(text: str) -> str:
    """Undo ``neutralise``; every text that was not neutralised by it and needs no apostrophe stays as it is."""
    return text[1:] if _NEUTRALISED.match(text) else text


def without_annotations(source: Source) -> Source:
    """``source`` itself, or when its header has our columns, a view of it without them and with cells restored."""
    for number, row in source.head():
        if CODE in row:
            return _Plain(source, number, list(row).index(CODE))
    return source


class _Plain:
    """A source without our columns. Rows that had another number of cells than the header keep having one."""

    def __init__(self, source: Source, header: int, width: int) -> None:
        self._source, self._header, self._width = source, header, width
        self.sheet = source.sheet

    @property
    def width(self) -> int:
        """Columns of the header without ours."""
        return self._source.width - len(COLUMNS) if self._source.width else 0

    @width.setter
    def width(self, width: int) -> None:
        self._source.width = width + len(COLUMNS)

    @property
    def unfinished(self) -> str:
        """As the source says."""
        return self._source.unfinished

    def head(self) -> list[tuple[int, Row]]:
        """The first rows with their numbers."""
        return [(number, self._plain(number, row)) for number, row in self._source.head()]

    def places(self, most: int) -> list[Place]:
        """Places of the source: rows keep theirs."""
        return self._source.places(most)

    def blocks(self, start: Place | None = None, stop: Place | None = None) -> Iterator[RowBlock]:
        """Blocks of the source without our columns."""
        for block in self._source.blocks(start, stop):
            rows = [self._plain(number, row) for number, row in zip(block.numbers, block.rows, strict=True)]
            yield replace(block, rows=rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def _plain(self, number: int, row: Row) -> Row:
        if number < self._header or not row:
            return row
        width = self._width
        whole = len(row) == width + len(COLUMNS) and not _is_marker(row, width)
        if whole or number == self._header:
            own: Sequence[Cell] = row[:width]
        else:
            own = row[: self._end_of_own_cells(row)]
        return [restore(cell) if isinstance(cell, str) else cell for cell in own]

    def _end_of_own_cells(self, row: Row) -> int:
        """Where a row's own cells end: before our code, which moves when cells are missing or too many."""
        for place in range(len(row) - 1, -1, -1):
            if _is_marker(row, place):
                return place
        filled = max((place + 1 for place, cell in enumerate(row) if cell != ""), default=0)
        return max(filled, min(self._width, len(row)))


def _is_marker(row: Row, place: int) -> bool:
    cell = row[place]
    return isinstance(cell, str) and cell != "" and all(word in CODES for word in cell.split(" "))
