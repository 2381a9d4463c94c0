"""Read JSON lines of any size in constant memory: byte ranges that end at line ends, one process for each."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

import numpy as np

from duecare.records.ocds.rows import RowWriter
from duecare.settings import Limits

CHUNK = 100_000
BLOCK_BYTES = 1 << 19
"""Read, then proven: switching between the two empties the processor's cache each time, so not too small."""
SMALLEST_RANGE = 8 << 20
"""Bytes per process below which another process does not pay."""
_KEPT_OF_LONG_LINE = 4096
_LATER_IS_SMALLER = 0.95


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes ``start`` to ``end`` of a file, which begin and end at a line."""

    start: int
    end: int


def ranges(path: Path, workers: int) -> list[Range]:
    """Cut a file into at most ``workers`` ranges of whole lines, later ones a little smaller: they first count lines."""
    size = path.stat().st_size
    parts = max(1, min(workers, size // SMALLEST_RANGE))
    with path.open("rb") as file:
        cuts = [len(BOM_UTF8) if file.read(len(BOM_UTF8)) == BOM_UTF8 else 0]
        for each in range(1, parts):
            file.seek(int(size * (each / parts) ** _LATER_IS_SMALLER))
            while (chunk := file.read(CHUNK)) and (found := chunk.find(b"\n")) < 0:
                pass
            cuts.append(file.tell() - len(chunk) + found + 1 if chunk else size)
    cuts = sorted({cut for cut in cuts if cut < size}) or [0]
    return [Range(start, end) for start, end in pairwise([*cuts, size])]


def _count_lines(file: IO[bytes], end: int) -> int:
    """Line ends before a place, so that rows are numbered as an editor does."""
    left, lines = end, 0
    file.seek(0)
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        lines += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == 0x0A))  # five times as fast as bytes.count
        left -= len(chunk)
    return lines


def take_range(path: Path, part: Range, writer: RowWriter, limits: Limits) -> None:
    """Read the lines of one range; blank lines are no rows, a line above the limit is parked with its beginning."""
    offset, most = part.start, min(BLOCK_BYTES, limits.line_bytes)
    with path.open("rb", buffering=0) as file:
        row = 1 + _count_lines(file, offset)
        while offset < part.end:
            file.seek(offset)
            block = file.read(min(most, part.end - offset))
            end = len(block) if offset + len(block) == part.end else block.rfind(b"\n") + 1
            if not end:
                offset = _take_long(file, writer, limits, row, offset, part.end)
                row += 1
                continue
            texts = block.split(b"\n")
            if end < len(block) or block.endswith(b"\n"):
                texts.pop()  # the beginning of the next block's first line, or nothing
            writer.take(block, texts, row, offset)
            row += len(texts)
            offset += end


def _take_long(file: IO[bytes], writer: RowWriter, limits: Limits, row: int, offset: int, end: int) -> int:
    """Read one line that is longer than a block, or park it where it is longer than accepted; gives where it ends."""
    file.seek(offset)
    pieces: list[bytes] = []
    length = 0
    while offset + length < end and (chunk := file.read(min(BLOCK_BYTES, end - offset - length))):
        stop = chunk.find(b"\n")
        if length <= limits.line_bytes:
            pieces.append(chunk if stop < 0 else chunk[:stop])
        length += len(chunk) if stop < 0 else stop
        if stop >= 0:
            break
    if length > limits.line_bytes:
        detail = f"It has {length:,} bytes; {limits.line_bytes:,} are accepted."
        writer.park(row, [("LINE_TOO_LONG", "", "", detail)], pieces[0][:_KEPT_OF_LONG_LINE])
    else:
        text = b"".join(pieces)
        writer.take(text, [text], row, offset)
    return offset + length + 1
