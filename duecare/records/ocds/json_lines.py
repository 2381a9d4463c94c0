"""Read JSON lines of any size in constant memory: byte ranges that end at line ends, one process for each."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from duecare.records.ocds.rows import RowWriter
from duecare.settings import Limits

CHUNK = 1 << 20
BLOCK_LINES, BLOCK_BYTES = 128, 1 << 20
SMALLEST_RANGE = 8 << 20
"""Bytes per process below which another process does not pay."""
_KEPT_OF_LONG_LINE = 4096


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes ``start`` to ``end`` of a file, which begin and end at a line, and the number of the first line in it."""

    start: int
    end: int
    first_row: int


def ranges(path: Path, workers: int) -> list[Range]:
    """Cut a file into at most ``workers`` ranges of whole lines and count the lines before each."""
    size = path.stat().st_size
    parts = max(1, min(workers, size // SMALLEST_RANGE))
    with path.open("rb") as file:
        cuts = [len(BOM_UTF8) if file.read(len(BOM_UTF8)) == BOM_UTF8 else 0]
        for each in range(1, parts):
            file.seek(size * each // parts)
            while (chunk := file.read(CHUNK)) and (found := chunk.find(b"\n")) < 0:
                pass
            cuts.append(file.tell() - len(chunk) + found + 1 if chunk else size)
        cuts = sorted({cut for cut in cuts if cut < size}) or [0]
        rows = [1]
        for start, end in zip(cuts, cuts[1:], strict=False):
            rows.append(rows[-1] + _count_lines(file, start, end))
    return [Range(*one) for one in zip(cuts, [*cuts[1:], size], rows, strict=True)]


def _count_lines(file: IO[bytes], start: int, end: int) -> int:
    left, lines = end - start, 0
    file.seek(start)
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        lines += chunk.count(b"\n")
        left -= len(chunk)
    return lines


def take_range(path: Path, part: Range, writer: RowWriter, limits: Limits) -> None:
    """Read the lines of one range; blank lines are no rows, a line above the limit is parked with its beginning."""
    texts: list[bytes] = []
    rows: list[int] = []
    offsets: list[int] = []
    size = 0
    for row, offset, text, length in _lines(path, part, limits.line_bytes):
        if length > limits.line_bytes:
            detail = f"It has {length:,} bytes; {limits.line_bytes:,} are accepted."
            writer.park(row, [("LINE_TOO_LONG", "", "", detail)], text)
            continue
        texts.append(text)
        rows.append(row)
        offsets.append(offset)
        size += length
        if len(texts) == BLOCK_LINES or size > BLOCK_BYTES:
            writer.take(texts, rows, offsets)
            texts, rows, offsets, size = [], [], [], 0
    writer.take(texts, rows, offsets)


def _lines(path: Path, part: Range, most: int) -> Iterator[tuple[int, int, bytes, int]]:
    """Number, offset, text and length of each line that is not blank; of a line that is too long only the beginning."""
    row, offset, rest, skipped = part.first_row, part.start, b"", 0
    with path.open("rb") as file:
        file.seek(part.start)
        left = part.end - part.start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            pieces = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
            rest = pieces.pop()
            for text in pieces:
                length = len(text) + skipped
                if text and not text.isspace():
                    yield row, offset, text, length
                offset += length + 1
                row, skipped = row + 1, 0
            if len(rest) + skipped > most:
                skipped += len(rest) - _KEPT_OF_LONG_LINE
                rest = rest[:_KEPT_OF_LONG_LINE]
    if rest and not rest.isspace():
        yield row, offset, rest, len(rest) + skipped
