"""One spreadsheet from file to staged lines: find the tables, learn their conventions, then write line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from duecare.errors import FileRefused
from duecare.records.cells import CellFault, bare
from duecare.records.column_map import ColumnMap, parse_map
from duecare.records.faults import refused
from duecare.records.request import Request
from duecare.records.spreadsheet.annotations import without_annotations
from duecare.records.spreadsheet.columns import make_column
from duecare.records.spreadsheet.conventions import Conventions
from duecare.records.spreadsheet.delimited import DelimitedText
from duecare.records.spreadsheet.encoding import find_encoding
from duecare.records.spreadsheet.header import Plan, header_score, make_plan, missing_columns, refuse_missing
from duecare.records.spreadsheet.lines import Counts, currency_of, full_width, is_blank, says_total
from duecare.records.spreadsheet.parallel import Table, take_all
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
        table = study(source, chosen, request)
        plan = table.plan
        _add(summary, take_all(table, request, staging))
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


def study(source: Source, chosen: ColumnMap, request: Request) -> Table:
    """Learn what a table's columns mean and how they are written. Reads the whole source once; raises ``FileRefused``."""
    head = source.head()
    if all(is_blank(row) for _number, row in head):
        raise refused("EMPTY_FILE", detail="There are only blank lines.")
    plan = make_plan(head, chosen, request.defaults, request.limits)
    missing = missing_columns(plan)
    if set(missing) - {"currency"}:
        refuse_missing(plan, missing, source.sheet)
    source.width = len(plan.names)
    _check_constants(plan, chosen, request)
    found, skip, last, count = Conventions(), 0, None, 0
    for block in source.blocks():
        above = sum(1 for number in islice(block.numbers, 64) if number <= plan.number) if not count else 0
        skip, count = (above, 1) if not count else (skip, count + 1)
        found.look(plan, block, above)
        last = (block.numbers[-1], block.rows[-1]) if block.rows else last
    if "currency" in missing and not found.amounts_name_currency:
        refuse_missing(plan, missing, source.sheet)
    _refuse_half_a_row(source, plan, found, last)
    return Table(source, plan, chosen, found, skip)


def _refuse_half_a_row(source: Source, plan: Plan, found: Conventions, last: tuple[int, Row] | None) -> None:
    """A last line that is shorter than all others and has no line end is what an interrupted copy leaves behind."""
    unfinished = getattr(source, "unfinished", "")
    width = full_width(plan, found)
    if not unfinished or last is None or found.rows < 2:
        return
    number, row = last
    if len(row) >= width or not row or says_total(str(row[0])):
        return
    if set(found.widths - Counter({len(row): 1})) <= {0, width}:
        raise refused("TRUNCATED", row=number, value=unfinished[-80:], detail="The last row is not complete.")


def _check_constants(plan: Plan, chosen: ColumnMap, request: Request) -> None:
    """A value that is given for the whole file must be right, or nothing of the file is read."""
    for name, pick in plan.picks.items():
        if pick.indices:
            continue
        if name == "currency":
            value = currency_of(pick.constant or "", "", "")
        else:
            value = make_column(name, None, chosen, Conventions(), request.as_of, request.limits)[pick.constant or ""]
        if isinstance(value, CellFault):
            detail = f"It was given for the whole file. {value.detail}".strip()
            raise refused(value.code, field=name, value=pick.constant or "", detail=detail)
