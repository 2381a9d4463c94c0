"""Rows of a delimited text file, strictly: quotes are either right or a fault, in constant memory, again from any place."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from duecare.errors import FileRefused
from duecare.records.cells import is_suspect
from duecare.records.faults import refused
from duecare.records.spreadsheet.encoding import CHUNK, Encoding
from duecare.records.spreadsheet.rows import HEAD_ROWS, NoRowEnd, Place, Row, RowBlock
from duecare.settings import Limits

DELIMITERS = (",", ";", "\t", "|", ":", "^", "~", "¦", "§", "#")
_LINE_END = re.compile("\r\n|\n|\r")
_SEP_LINE = re.compile('(?i)"?sep=([^\r\n])"?(?:\r\n|\n|\r)')
_HEAD_CHARACTERS = 1 << 18


class DelimitedText:
    """A CSV or TSV file as a source of rows. Structural faults that make the rest unreadable refuse the file.

    Raises ``FileRefused`` UNCLOSED_QUOTE, TRUNCATED, LINE_TOO_LONG while rows are read. Stray quotation marks park a row.
    """

    sheet, unfinished = "", ""

    def __init__(self, path: Path, encoding: Encoding, limits: Limits, delimiter: str | None = None) -> None:
        self.path, self.encoding, self.limits = path, encoding, limits
        self.width = 0
        start = self._opening()
        told = _SEP_LINE.match(start)
        self._skip = told.end() if told else 0
        self.first_line = 2 if told else 1
        self.delimiter = delimiter or (told[1] if told else find_delimiter(start))
        self._well_formed = _well_formed(self.delimiter)
        csv.field_size_limit(limits.line_bytes)

    def _opening(self) -> str:
        decoder = codecs.getincrementaldecoder(self.encoding.name)(self.encoding.errors)
        with self.path.open("rb") as file:
            file.seek(self.encoding.mark)
            return decoder.decode(file.read(_HEAD_CHARACTERS))

    def head(self) -> list[tuple[int, Row]]:
        """The first rows with their line numbers."""
        rows: list[tuple[int, Row]] = []
        for block in self.blocks():
            rows += zip(block.numbers, block.rows, strict=True)
            if len(rows) >= HEAD_ROWS + 2:
                break
        return rows[: HEAD_ROWS + 2]

    def places(self, most: int) -> list[Place]:
        """Up to ``most`` cuts of the file into equal shares at line ends outside of quotation marks.

        Where marks are not right a cut may be wrong; the share before it then does not end with a row, and says so.
        """
        if self.encoding.name.startswith(("utf-16", "utf-32")):
            return []
        cuts: list[Place] = []
        with self.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            targets = [size * share // (most + 1) for share in range(1, most + 1)]
            marks, line, offset = 0, 1, 0
            while targets and (chunk := file.read(CHUNK)):
                if offset + len(chunk) > targets[0] and (cut := _even_line_end(chunk, targets[0] - offset, marks)):
                    cuts.append(Place(offset + cut, line + chunk.count(b"\n", 0, cut)))
                    del targets[0]
                if chunk.count(b"\r") > chunk.count(b"\r\n") + chunk.endswith(b"\r"):
                    return []  # line ends of an old Mac: rows are numbered by one process
                marks += chunk.count(b'"')
                line += chunk.count(b"\n")
                offset += len(chunk)
        return cuts

    def blocks(self, start: Place | None = None, stop: Place | None = None) -> Iterator[RowBlock]:
        """Blocks of about one mebibyte of text."""
        begin = start or Place(self.encoding.mark, self.first_line)
        line, text, wait = begin.line, "", 0
        skip = self._skip if start is None else 0
        for chunk, last in self._chunks(begin.offset, stop):
            text += chunk[skip:]
            skip = 0
            if len(text) > self.limits.line_bytes + CHUNK:
                raise self._too_long(line)
            if len(text) < wait and not last:
                continue  # a row that did not end is looked at again when twice as much is there
            if last and stop is None and text and not text.endswith(("\n", "\r")):
                self.unfinished = text
                text += "\n"
            while True:
                end = self._end_of_good_rows(text, last=last)
                if end:
                    if end > self.limits.line_bytes and _has_long_line(text[:end], self.limits.line_bytes):
                        raise self._too_long(line)
                    yield self._parse(text[:end], line)
                    line += _count_lines(text[:end])
                    text = text[end:]
                broken = self._broken_row(text, line, last=last and stop is None) if '"' in text else None
                if broken is None:
                    break
                block, used = broken
                yield block
                line += _count_lines(text[:used])
                text = text[used:]
            if last and text:
                raise NoRowEnd
            wait = min(2 * len(text), self.limits.line_bytes) if len(text) > CHUNK else 0

    def _too_long(self, line: int) -> FileRefused:
        return refused("LINE_TOO_LONG", row=line, detail=f"At most {self.limits.line_bytes} bytes are accepted.")

    def _chunks(self, offset: int, stop: Place | None) -> Iterator[tuple[str, bool]]:
        """Decoded text, and whether it is the last."""
        decoder = codecs.getincrementaldecoder(self.encoding.name)(self.encoding.errors)
        left = None if stop is None else stop.offset - offset
        with self.path.open("rb") as file:
            file.seek(offset)
            held = ""
            while True:
                raw = file.read(CHUNK if left is None else min(CHUNK, left))
                left = None if left is None else left - len(raw)
                last = not raw or left == 0
                text = held + decoder.decode(raw, final=last)
                held = ""
                if not last and text.endswith("\r"):
                    text, held = text[:-1], "\r"
                yield text, last
                if last:
                    return

    def _end_of_good_rows(self, text: str, *, last: bool) -> int:
        if '"' in text:
            found = self._well_formed.match(text)
            return found.end() if found else 0
        if last:
            return len(text)
        return max(text.rfind("\n"), text.rfind("\r")) + 1

    def _parse(self, text: str, line: int) -> RowBlock:
        lines = io.StringIO(text, newline="")
        reader = csv.reader(lines, delimiter=self.delimiter)
        rows: list[Row] = list(reader)
        numbers: range | list[int] = range(line, line + len(rows))
        block = RowBlock(numbers, rows)
        if reader.line_num != len(rows):
            self._number_again(text, line, block)
        block.suspect = is_suspect(text)
        limit = self.limits.cell_bytes // 4
        block.large = len(text) > limit and (reader.line_num != len(rows) or _has_long_line(text, limit))
        return block

    def _number_again(self, text: str, line: int, block: RowBlock) -> None:
        """Line numbers where cells hold line ends, and a look at cells that may have swallowed rows."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        numbers, before = [], 0
        for row in reader:
            numbers.append(line + before)
            if reader.line_num - before > 2 and self._has_swallowed(row):
                raise refused("UNCLOSED_QUOTE", row=line + before, detail="A cell has swallowed whole rows.")
            before = reader.line_num
        block.numbers = numbers

    def _has_swallowed(self, row: list[str]) -> bool:
        """Whether a line inside a cell has as many delimiters as a row: then a quotation mark is missing before it."""
        if self.width < 4:
            return False
        return any(
            inner.count(self.delimiter) == self.width - 1
            for cell in row
            if "\n" in cell or "\r" in cell
            for inner in _LINE_END.split(cell)[1:-1]
        )

    def _broken_row(self, text: str, line: int, *, last: bool) -> tuple[RowBlock, int] | None:
        """The row at the start of ``text`` when its quotation marks are wrong; ``None`` when more text is needed."""
        walk = _Walk(text, self.delimiter)
        if not walk.run():
            if last or (walk.open_length() > self.limits.cell_bytes and self._swallows(text)):
                raise self._unclosed(text, line, last=last)
            return None
        whole = text[: walk.position]
        if self._swallows(whole):
            raise refused("UNCLOSED_QUOTE", row=line, detail="The cell goes on over whole rows.")
        return RowBlock([line], [walk.cells], {0: "STRAY_QUOTE"}, suspect=True, large=True), walk.position

    def _swallows(self, text: str) -> bool:
        lines = _LINE_END.split(text)
        return any(inner.count(self.delimiter) >= max(self.width - 1, 1) for inner in lines[1:-1])

    def _unclosed(self, text: str, line: int, *, last: bool) -> Exception:
        if last and self.unfinished and _count_lines(text) <= 1:
            return refused("TRUNCATED", row=line, detail="The last row ends inside a quoted cell.")
        return refused("UNCLOSED_QUOTE", row=line)


def _even_line_end(chunk: bytes, start: int, marks: int) -> int:
    """Where the first line begins behind ``start`` before which the number of quotation marks is even; 0 for nowhere."""
    at = max(start, 0)
    while (at := chunk.find(b"\n", at) + 1) and at < len(chunk):
        if (marks + chunk.count(b'"', 0, at)) % 2 == 0:
            return at
    return 0


class _Walk:
    """One row, cell by cell, where the quotation marks are not right: a mark closes only before a delimiter or line end."""

    def __init__(self, text: str, delimiter: str) -> None:
        self.text, self.delimiter = text, delimiter
        self.cells: list[str] = []
        self.position, self.cell_start = 0, 0
        self._plain_end = re.compile(f"[{re.escape(delimiter)}\r\n]")

    def open_length(self) -> int:
        return len(self.text) - self.cell_start

    def run(self) -> bool:
        """Walk to the line end; False when the text ends before the row does."""
        while True:
            self.cell_start = self.position
            closed = self._quoted() if self.text.startswith('"', self.position) else self._unquoted()
            if not closed:
                return False
            if self.text.startswith(self.delimiter, self.position):
                self.position += 1
                continue
            ended = _LINE_END.match(self.text, self.position)
            assert ended is not None
            self.position = ended.end()
            return True

    def _unquoted(self) -> bool:
        found = self._plain_end.search(self.text, self.position)
        if found is None:
            return False
        self.cells.append(self.text[self.position : found.start()])
        self.position = found.start()
        return True

    def _quoted(self) -> bool:
        """A cell in quotation marks. After a stray one it ends at a closing mark on the same line or with the line."""
        at, line_end = self.position + 1, -1
        while True:
            at = self.text.find('"', at)
            if line_end >= 0 and (at < 0 or at > line_end):
                self.cells.append(self.text[self.position : line_end])
                self.position = line_end
                return True
            if at < 0 or at + 1 >= len(self.text):
                return False
            if self.text[at + 1] == '"':
                at += 2
            elif self.text[at + 1] in (self.delimiter, "\r", "\n"):
                self.cells.append(self.text[self.position + 1 : at].replace('""', '"'))
                self.position = at + 1
                return True
            else:
                at += 1
                ended = _LINE_END.search(self.text, at)
                line_end = ended.start() if ended else -1


def _well_formed(delimiter: str) -> re.Pattern[str]:
    """Rows whose quotation marks are right, as many as there are; possessive, so that it never goes back."""
    mark = re.escape(delimiter)
    cell = f'(?:"[^"]*+(?:""[^"]*+)*+"|[^"{mark}\r\n]*+)'
    return re.compile(f"(?:{cell}(?:{mark}{cell})*+(?:\r\n|\n|\r))*+")


def _count_lines(text: str) -> int:
    crlf = text.count("\r\n")
    return text.count("\n") + text.count("\r") - crlf


def _has_long_line(text: str, limit: int) -> bool:
    return max(map(len, text.split("\n"))) > limit


def find_delimiter(start: str) -> str:
    """The delimiter by which the first lines fall into the same number of cells, most cells first."""
    lines = [line for line in _without_quoted(start).splitlines() if line.strip()][:HEAD_ROWS]
    if len(lines) > 1 and len(start) >= _HEAD_CHARACTERS // 2:
        lines = lines[:-1]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        usual, times = max(
            ((n, t) for n, t in counts.items() if n), key=lambda pair: (pair[1], pair[0]), default=(0, 0)
        )
        score = times / max(len(lines), 1) * usual**0.5
        if score > best_score * 1.001:
            best, best_score = delimiter, score
    return best


def _without_quoted(text: str) -> str:
    return re.sub(r'"[^"]*"', "", text)
