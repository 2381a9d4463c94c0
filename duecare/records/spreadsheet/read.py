"""One spreadsheet from file to staged lines: find the tables, learn their conventions, then write line by line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from duecare.errors import FileRefused
from duecare.records.cells import bare
from duecare.records.column_map import ColumnMap, parse_map
from duecare.records.faults import refused
from duecare.records.request import Request
from duecare.records.spreadsheet.annotations import without_annotations
from duecare.records.spreadsheet.delimited import DelimitedText
from duecare.records.spreadsheet.encoding import find_encoding
from duecare.records.spreadsheet.header import header_score, make_plan, missing_columns
from duecare.records.spreadsheet.lines import Counts, is_blank
from duecare.records.spreadsheet.rows import Source
from duecare.records.spreadsheet.table import study, take
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
        table = study(source, path.stat().st_size, chosen, request)
        plan = table.plan
        _add(summary, take(table, request, staging))
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


def _choose_sheets(
    sheets: list[tuple[Sheet, bool]], chosen: ColumnMap, request: Request
) -> tuple[list[Sheet], list[str]]:
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
