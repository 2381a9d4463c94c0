"""Read an OCDS file into staged lines: JSON lines in parallel, documents release by release, updates merged at the end."""

from __future__ import annotations

import gc
import os
from codecs import BOM_UTF8
from pathlib import Path

import msgspec

from duecare.records.faults import refused
from duecare.records.ocds import documents, json_lines, updates
from duecare.records.ocds.ignored import unknown_to_standard
from duecare.records.ocds.parallel import run_parts
from duecare.records.ocds.rows import Counts, RowWriter
from duecare.records.ocds.structure_compiled import prover_for
from duecare.records.request import Request
from duecare.records.staging import Summary

_SAMPLE_LINES, _SAMPLE_BYTES = 64, 4 << 20
_BLOCK = 64
MOST_IGNORED = 500
MANY_ROWS = 20


def read_ocds(path: Path, staging_folder: Path, request: Request) -> Summary:
    """Read releases, records or packages of OCDS 1.0 and 1.1, as JSON, JSON lines or documents one after the other.

    Writes ``lines-*.csv``, ``quarantine-*.jsonl`` and ``aside-*.jsonl`` into ``staging_folder``. A broken line of JSON lines
    is parked; a broken document refuses the file (``FileRefused``). ``row`` is the line number in JSON lines, else the number
    of the release or record from 1.
    """
    was_enabled = gc.isenabled()
    gc.disable()  # parsed JSON has no cycles, and looking for them costs a fifth of the time
    try:
        if is_json_lines(path):
            return _read_lines(path, staging_folder, request)
        return _read_documents(path, staging_folder, request)
    finally:
        if was_enabled:
            gc.enable()


def is_json_lines(path: Path) -> bool:
    """Whether at least half of the first lines that are not blank are JSON objects or lists of their own.

    A broken line does not turn JSON lines into a broken document; one line alone is a document.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES).removeprefix(BOM_UTF8)
    is_whole = len(head) < _SAMPLE_BYTES - len(BOM_UTF8)
    lines = [line for line in head.split(b"\n") if line.strip()][: _SAMPLE_LINES + 1]
    if len(lines) < 2:
        return not is_whole and bool(lines) and _has_second_line(path)
    if not is_whole and len(lines) <= _SAMPLE_LINES:
        lines.pop()  # cut by the sample
    alone = [_stands_alone(line.strip()) for line in lines]
    return sum(alone) * 2 >= len(alone)


def _stands_alone(line: bytes) -> bool:
    return len(line) > 2 and line[:1] + line[-1:] in (b"{}", b"[]") and _is_json(line)


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _has_second_line(path: Path) -> bool:
    """For a first line larger than the sample: whether its end, then another line, come later."""
    with path.open("rb") as file:
        seen = False
        while chunk := file.read(_SAMPLE_BYTES):
            head, end, tail = chunk.partition(b"\n")
            if (seen and chunk.strip()) or (end and tail.strip()):
                return head.rstrip()[-1:] in (b"}", b"]", b"")
            seen = seen or bool(end)
    return False


def _read_lines(path: Path, folder: Path, request: Request) -> Summary:
    parts = json_lines.ranges(path, request.workers)
    summary = Summary(format="ocds-jsonl")
    prover = prover_for(path, request.limits.depth)  # before the fork, so that it is loaded once

    def take(number: int) -> tuple[Counts, list[str]]:
        with RowWriter(folder, f"{number}", request, "line", prover) as writer:
            json_lines.take_range(path, parts[number], writer, request.limits)
        return writer.counts, list(writer.names.paths)

    with path.open("rb") as file:

        def read_text(_row: int, offset: int, length: int) -> bytes:
            return os.pread(file.fileno(), length, offset)  # no place in the file that processes would share

        _finish(summary, run_parts(take, len(parts), folder), folder, request, "line", read_text)
    return summary


def _read_documents(path: Path, folder: Path, request: Request) -> Summary:
    text = path.read_bytes().removeprefix(BOM_UTF8)
    if not text.strip():
        raise refused("EMPTY_FILE")
    kept: list[bytes] = []
    with RowWriter(folder, "0", request, "release") as writer:
        for one in documents.rows_in(text, request.limits.depth):
            kept.append(one)
            if len(kept) % _BLOCK == 0:
                _take(writer, kept, len(kept) - _BLOCK)
        _take(writer, kept, len(kept) // _BLOCK * _BLOCK)
    if not writer.counts.rows:
        raise refused("NO_ROWS", detail="The package holds no release and no record.")
    summary = Summary(format="ocds-json")
    results = [(writer.counts, list(writer.names.paths))]
    _finish(summary, results, folder, request, "release", lambda row, _offset, _length: kept[row - 1])
    return summary


def _take(writer: RowWriter, kept: list[bytes], first: int) -> None:
    texts = kept[first:]
    if texts:
        writer.take(b"\n".join(texts), texts, first + 1, 0)


def _finish(
    summary: Summary,
    results: list[tuple[Counts, list[str]]],
    folder: Path,
    request: Request,
    word: str,
    read_text: updates.ReadText,
) -> None:
    """Sum the parts up and merge the releases of processes that occur in several rows."""
    summary.rows = sum(counts.rows for counts, _ in results)
    summary.quarantined = sum(counts.quarantined for counts, _ in results)
    _refuse_strangers(summary, [counts for counts, _ in results])
    names = sorted({name for _, found in results for name in found})
    summary.ignored_fields = tuple(names[:MOST_IGNORED])
    summary.unknown_fields = unknown_to_standard(summary.ignored_fields)
    merged, parked = updates.merge_repeated([counts.index for counts, _ in results], folder, request, word, read_text)
    summary.merged += merged
    summary.quarantined += parked


def _refuse_strangers(summary: Summary, parts: list[Counts]) -> None:
    """Refuse a file in which nothing is OCDS, and one of many rows that all have another shape (OCDS before 1.0)."""
    if summary.rows and sum(counts.strangers for counts in parts) >= summary.rows:
        raise refused("UNKNOWN_FORMAT", detail=documents.NO_OCDS)
    if summary.rows >= MANY_ROWS and sum(counts.misshapen for counts in parts) == summary.rows:
        detail = f"None of its {summary.rows:,} releases has an ocid and the types of OCDS 1.0 or 1.1."
        raise refused("UNKNOWN_FORMAT", detail=detail)
