"""One spreadsheet from file to staged lines: find the tables, learn their conventions, then write line by line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from duecare.errors import FileRefused
from duecare.records.cells import bare
from duecare.records.column_map import ColumnMap, parse_map
from duecare.records.faults import refused
from duecare.records.request import Request
from duecare.records.spreadsheet.annotations import without_annotations
from duecare.records.spreadsheet.conventions import Conventions
from duecare.records.spreadsheet.delimited import DelimitedText
from duecare.records.spreadsheet.encoding import find_encoding
from duecare.records.spreadsheet.header import Plan, header_score, make_plan, missing_columns, refuse_missing
from duecare.records.spreadsheet.lines import Counts, LineMaker, _says_total, full_width, is_blank
from duecare.records.spreadsheet.parallel import take_all
from duecare.records.spreadsheet.rows import Row, Source
from duecare.records.spreadsheet.workbook import Sheet, open_sheets
from duecare.records.staging import Staging, Summary


def read_spreadsheet(path: Path, format: str, staging: Staging, request: Request) -> Summary:  # noqa: A002  the word of the interface
    """Read one CSV, XLSX, XLS or ODS file into ``staging``; rows = lines written + quarantined.

    ``format`` is ``csv``, ``xlsx``, ``xls`` or ``ods``. Blank and totals rows are no rows. Raises ``FileRefused`` when the
    structure, the encoding or the header makes the whole file unreadable.
    """
    chosen = parse_map(request.column_map)
    sources, notes = _sources(path, format, chosen, request)
    summary = Summary(format=format)
    ignored: list[str] = []
    for source in map(without_annotations, sources):
        plan, found, skip = study(source, chosen, request)
        counts = take_all(source, plan, chosen, found, skip, request, staging)
        _add(summary, counts)
        ignored += [name for name in plan.ignored if name not in ignored]
        notes += [note for note in plan.notes if note not in notes]
        for number, text in plan.banner:
            staging.aside(number, {"above the header": text})
    summary.ignored_fields, summary.notes = tuple(ignored), tuple(notes)
    return summary


def _add(summary: Summary, counts: Counts) -> None:
    summary.rows += counts.lines + counts.quarantined
    summary.quarantined += counts.quarantined
    summary.totals_rows += counts.totals


def _sources(path: Path, kind: str, chosen: ColumnMap, request: Request) -> tuple[Sequence[Source], list[str]]:
    if kind == "csv":
        if path.stat().st_size == 0:
            raise refused("EMPTY_FILE")
        encoding = find_encoding(path, chosen.encoding or request.defaults.get("encoding"))
        text = DelimitedText(path, encoding, request.limits, chosen.delimiter)
        return [text], [encoding.note] if encoding.note else []
    return _choose_sheets(open_sheets(path, kind, request.limits), chosen, request)


def _choose_sheets(sheets: list[tuple[Sheet, bool]], chosen: ColumnMap, request: Request) -> tuple[list[Sheet], list[str]]:
    """The named sheet, else every visible sheet with all required columns, else the one that names most of them."""
    wanted = request.sheet or chosen.sheet
    if wanted:
        named = [sheet for sheet, _visible in sheets if bare(sheet.sheet) == bare(wanted)]
        if not named:
            have = ", ".join(sheet.sheet for sheet, _visible in sheets)
            raise refused("NO_HEADER", field="sheet", value=wanted, detail=f"There is no such sheet. Sheets: {have}.")
        return named[:1], []
    filled = [(sheet, visible) for sheet, visible in sheets if any(not is_blank(row) for _number, row in sheet.head())]
    if not filled:
        raise refused("EMPTY_FILE", detail="No sheet holds anything.")
    complete = [sheet for sheet, visible in filled if visible and _is_complete(sheet, chosen, request)]
    best = complete or [max(filled, key=lambda pair: (_score(pair[0], chosen), pair[1]))[0]]
    names = [sheet.sheet for sheet in best]
    left = [sheet.sheet for sheet, _visible in filled if sheet.sheet not in names]
    notes = [f"Sheets read: {', '.join(names)}."] if len(names) > 1 else []
    return best, notes + ([f"Sheets not read: {', '.join(left)}."] if left else [])


def _is_complete(sheet: Sheet, chosen: ColumnMap, request: Request) -> bool:
    try:
        plan = make_plan(sheet.head(), chosen, request.defaults, request.limits)
    except FileRefused:
        return False
    return set(missing_columns(plan)) <= {"currency"}


def _score(sheet: Sheet, chosen: ColumnMap) -> int:
    return max((header_score(row, chosen) for _number, row in sheet.head()), default=0)


def study(source: Source, chosen: ColumnMap, request: Request) -> tuple[Plan, Conventions, int]:
    """Plan, conventions and the number of rows up to the header. Reads the whole source once; raises ``FileRefused``."""
    head = source.head()
    if all(is_blank(row) for _number, row in head):
        raise refused("EMPTY_FILE", detail="There are only blank lines.")
    plan = make_plan(head, chosen, request.defaults, request.limits)
    missing = missing_columns(plan)
    if set(missing) - {"currency"}:
        refuse_missing(plan, missing, source.sheet)
    source.width = len(plan.names)
    found, skip, last, count = Conventions(), 0, None, 0
    for block in source.blocks():
        above = sum(1 for number in islice(block.numbers, 64) if number <= plan.number) if not count else 0
        skip, count = (above, 1) if not count else (skip, count + 1)
        found.look(plan, block, above)
        last = block.rows[-1] if block.rows else last
    if "currency" in missing and not found.amounts_name_currency:
        refuse_missing(plan, missing, source.sheet)
    _refuse_half_a_row(source, plan, found, last)
    return plan, found, skip


def _refuse_half_a_row(source: Source, plan: Plan, found: Conventions, last: Row | None) -> None:
    """A last line that is shorter than all others and has no line end is what an interrupted copy leaves behind."""
    unfinished = getattr(source, "unfinished", "")
    width = full_width(plan, found)
    if not unfinished or last is None or len(last) >= width or found.rows < 2 or _says_total(str(last[0]) if last else ""):
        return
    others = found.widths - type(found.widths)({len(last): 1})
    if set(others) <= {0, width}:
        raise refused("TRUNCATED", value=unfinished[-80:], detail="The last row is not complete.")
