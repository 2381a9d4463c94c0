"""Rows as a source gives them, before anyone knows what the columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol

Cell = str | float | int | date | datetime | time | timedelta | bool
Row = Sequence[Cell]
HEAD_ROWS = 50
"""Banner lines may stand above the header; it must be one of the first so many lines."""


@dataclass(slots=True)
class RowBlock:
    """Some rows in file order. ``numbers`` are line or sheet rows; ``broken`` the code of rows with a fault of their own.

    ``suspect`` is true when a text of the block may hold control characters or too many marks, ``large`` when a cell may
    be larger than is accepted; the rows of other blocks need no closer look.
    """

    numbers: Sequence[int]
    rows: Sequence[Row]
    broken: dict[int, str] = field(default_factory=dict)
    suspect: bool = False
    large: bool = False

    def below(self, header: int) -> tuple[Sequence[int], Sequence[Row], int]:
        """Numbers and rows below the header's row, and how many rows were left out."""
        if not self.numbers or self.numbers[0] > header:
            return self.numbers, self.rows, 0
        above = sum(1 for number in self.numbers if number <= header)
        return self.numbers[above:], self.rows[above:], above


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block starts, so that reading can go on there: byte offset and line number."""

    offset: int
    line: int


class NoRowEnd(Exception):
    """A share of the file does not end where a row ends."""


class Source(Protocol):
    """One table of rows: a delimited text file or one sheet of a workbook. It can be read more than once."""

    sheet: str
    """name of the sheet, empty for a text file"""
    width: int
    """number of columns of the header once it is known, 0 before"""

    @property
    def unfinished(self) -> str:
        """The text behind the last line end of a text file, known once its end was read; empty when it ends with one."""
        ...

    def head(self) -> list[tuple[int, Row]]:
        """The first rows with their numbers, blank ones included."""
        ...

    def blocks(self, start: Place | None = None, stop: Place | None = None) -> Iterator[RowBlock]:
        """All rows, or those between two places that ``places`` named; raises ``NoRowEnd`` for a wrong cut."""
        ...

    def places(self, most: int) -> list[Place]:
        """Up to ``most`` places that cut the table into shares of about the same size."""
        ...


def letters(column: int) -> str:
    """The name of a sheet column counted from 0: A, B, ... Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
