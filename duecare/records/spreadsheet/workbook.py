"""Sheets of XLSX, XLS and ODS files as sources of rows, after a check that the container is whole and harmless."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from duecare.errors import FileRefused
from duecare.records.cells import SUSPECT
from duecare.records.faults import refused
from duecare.records.spreadsheet.rows import HEAD_ROWS, Cell, Place, Row, RowBlock
from duecare.settings import Limits

BLOCK_ROWS = 4096
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NEEDED = {"xlsx": "xl/workbook.xml", "ods": "content.xml"}


class Sheet:
    """One sheet. Cells keep their types, so that a real date is a date and a number needs no guess."""

    width, unfinished = 0, ""

    def __init__(self, sheet: CalamineSheet, limits: Limits) -> None:
        self.sheet, self.limits = sheet.name, limits
        self._sheet = sheet
        self._first_row = sheet.start[0] if sheet.start else 0
        self.first_column = sheet.start[1] if sheet.start else 0
        self._fill = _fills(sheet)
        self._merged: dict[tuple[int, int], Cell] = {}

    def head(self) -> list[tuple[int, Row]]:
        """The first rows with their numbers in the sheet."""
        wanted = self._first_row + HEAD_ROWS + 2
        rows = self._sheet.to_python(skip_empty_area=False, nrows=wanted) if self._sheet.start else []
        block = RowBlock(range(1, len(rows) + 1), rows)
        self._fill_down(block)
        return [
            (number, row) for number, row in zip(block.numbers, block.rows, strict=True) if number > self._first_row
        ]

    def places(self, most: int) -> list[Place]:
        """A sheet is in memory and is read by one process."""
        del most
        return []

    def blocks(self, start: Place | None = None, stop: Place | None = None) -> Iterator[RowBlock]:
        """Blocks of rows with the sheet's own row numbers."""
        del start, stop
        rows: list[Row] = []
        first = self._first_row + 1
        if self._sheet.start is None:
            return
        number = first
        for row in self._sheet.iter_rows():
            rows.append(cast("list[Cell]", [""] * self.first_column + list(row)) if self.first_column else row)
            number += 1
            if len(rows) >= BLOCK_ROWS:
                yield self._block(rows, first)
                rows, first = [], number
        if rows:
            yield self._block(rows, first)

    def _block(self, rows: list[Row], first: int) -> RowBlock:
        block = RowBlock(range(first, first + len(rows)), rows)
        self._fill_down(block)
        texts = [cell for row in block.rows for cell in row if isinstance(cell, str)]
        block.suspect = SUSPECT.search("\n".join(texts)) is not None
        block.large = max(map(len, texts), default=0) > self.limits.cell_bytes // 4
        return block

    def _fill_down(self, block: RowBlock) -> None:
        """Words of a merged cell hold for all its rows; numbers and dates are not repeated: that would invent amounts."""
        if not self._fill:
            return
        numbers = block.numbers
        for top, column, bottom in self._fill:
            if bottom < numbers[0] or top > numbers[-1]:
                continue
            if top >= numbers[0] and column < len(block.rows[top - numbers[0]]):
                self._merged[top, column] = block.rows[top - numbers[0]][column]
            value = self._merged.get((top, column), "")
            if not isinstance(value, str) or not value:
                continue
            for number in range(max(top + 1, numbers[0]), min(bottom, numbers[-1]) + 1):
                row = list(block.rows[number - numbers[0]])
                if column < len(row) and row[column] == "" and any(cell != "" for cell in row):
                    row[column] = value
                    cast("list[Row]", block.rows)[number - numbers[0]] = row


def _fills(sheet: CalamineSheet) -> list[tuple[int, int, int]]:
    """Vertically merged ranges as (first row, column, last row), rows from 1."""
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]] = sheet.merged_cell_ranges or []
    return sorted(
        (top + 1, left, bottom + 1) for (top, left), (bottom, right) in ranges if bottom > top and left == right
    )


def open_sheets(path: Path, kind: str, limits: Limits) -> list[tuple[Sheet, bool]]:
    """All worksheets with rows, each with whether it is visible. Raises ``FileRefused`` for a damaged or unsafe file."""
    if kind in _NEEDED:
        check_container(path, kind, limits)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        return [
            (Sheet(workbook.get_sheet_by_name(each.name), limits), each.visible == SheetVisibleEnum.Visible)
            for each in workbook.sheets_metadata
            if getattr(each.typ, "name", str(each.typ)).endswith("WorkSheet")
        ]
    except PasswordError:
        raise refused("ENCRYPTED_FILE") from None
    except (CalamineError, OSError, ValueError) as error:
        code = "TRUNCATED" if "eof" in str(error).lower() or "end of file" in str(error).lower() else "BAD_ARCHIVE"
        raise refused(code, detail="The workbook cannot be read.") from error


def check_container(path: Path, kind: str, limits: Limits) -> None:
    """Read every member once: check sums, true sizes, no document type declarations, no macros, no password."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_list(members, kind, limits)
            left = min(limits.unpacked_bytes, path.stat().st_size * limits.unpacked_ratio)
            for member in members:
                left -= _check_member(archive, member, left)
    except zipfile.BadZipFile as error:
        code = "BAD_ARCHIVE" if "CRC" in str(error) else "TRUNCATED"
        raise refused(code, detail="The workbook is not a whole file.") from error
    except (zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise refused("BAD_ARCHIVE", detail="The workbook is damaged.") from error


def _check_list(members: Sequence[zipfile.ZipInfo], kind: str, limits: Limits) -> None:
    names = [member.filename for member in members]
    if len(names) > limits.archive_members:
        raise refused(
            "ARCHIVE_BOMB", detail=f"It has {len(names)} parts; at most {limits.archive_members} are accepted."
        )
    if len(set(names)) < len(names):
        raise refused("DUP_MEMBER")
    if any(member.flag_bits & 1 for member in members):
        raise refused("ENCRYPTED_FILE")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused("FORBIDDEN_TYPE", detail="The workbook holds macros.")
    if _NEEDED[kind] not in names:
        raise refused("TRUNCATED", detail=f"The part {_NEEDED[kind]} is missing.")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """True size of one part in bytes."""
    size, tail = 0, b""
    with archive.open(member) as part:
        while chunk := part.read(1 << 20):
            size += len(chunk)
            if size > left:
                raise _bomb()
            if member.filename.endswith((".xml", ".rels")) and _DOCTYPE.search(tail + chunk):
                raise refused("XML_FORBIDDEN", value=member.filename)
            tail = chunk[-10:]
    return size


def _bomb() -> FileRefused:
    return refused("ARCHIVE_BOMB", detail="The workbook unpacks to more than is accepted. Save it again or split it.")
