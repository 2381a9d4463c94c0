"""One table of a file: learn what its columns mean and how they are written, then write its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from duecare.records.cells import CellFault, printable
from duecare.records.column_map import ColumnMap
from duecare.records.faults import refused
from duecare.records.request import Request
from duecare.records.spreadsheet.columns import make_column
from duecare.records.spreadsheet.conventions import Conventions
from duecare.records.spreadsheet.header import Plan, make_plan, missing_columns, refuse_missing
from duecare.records.spreadsheet.lines import Counts, LineMaker, currency_of, full_width, is_blank, says_total
from duecare.records.spreadsheet.parallel import Share, shares_of, work_on
from duecare.records.spreadsheet.rows import NoRowEnd, Place, Source
from duecare.records.staging import Staging


@dataclass(frozen=True, slots=True)
class Table:
    """A source with what its columns mean, how they are written, and the shares in which it can be read."""

    source: Source
    plan: Plan
    chosen: ColumnMap
    found: Conventions
    shares: Sequence[Share]


def study(source: Source, size: int, chosen: ColumnMap, request: Request) -> Table:
    """Learn a table. Reads all of it once, so that no doubtful cell is decided early; raises ``FileRefused``."""
    head = source.head()
    if all(is_blank(row) for _number, row in head):
        raise refused("EMPTY_FILE", detail="There are only blank lines.")
    plan = make_plan(head, chosen, request.defaults, request.limits)
    missing = missing_columns(plan)
    if set(missing) - {"currency"}:
        refuse_missing(plan, missing, source.sheet)
    _check_constants(plan, chosen, request)
    source.width = len(plan.names)
    shares = shares_of(source, size, request.workers)
    try:
        found, unfinished = _learn(source, plan, shares)
    except NoRowEnd:
        shares = [(0, None, None)]
        found, unfinished = _learn(source, plan, shares)
    if "currency" in missing and not found.amounts_name_currency:
        refuse_missing(plan, missing, source.sheet)
    _refuse_half_a_row(unfinished, plan, found)
    return Table(source, plan, chosen, found, shares)


def _learn(source: Source, plan: Plan, shares: Sequence[Share]) -> tuple[Conventions, str]:
    def learn(_part: int, start: Place | None, stop: Place | None) -> dict[str, Any]:
        its = Conventions()
        for block in source.blocks(start, stop):
            its.look(plan, block)
        return {**its.as_told(), "unfinished": printable(source.unfinished[-80:]) if stop is None else ""}

    found, unfinished = Conventions(), ""
    for told in work_on(shares, learn):
        found.add(told)
        unfinished = told["unfinished"]
    return found, unfinished


def _check_constants(plan: Plan, chosen: ColumnMap, request: Request) -> None:
    """A value that is given for the whole file must be right, or nothing of the file is read."""
    for name, pick in plan.picks.items():
        if pick.indices:
            continue
        text = pick.constant or ""
        column = make_column(name, None, chosen, Conventions(), request.as_of, request.limits)
        value = currency_of(text, "", "") if name == "currency" else column[text]
        if isinstance(value, CellFault):
            detail = f"It was given for the whole file. {value.detail}".strip()
            raise refused(value.code, field=name, value=text, detail=detail)


def _refuse_half_a_row(unfinished: str, plan: Plan, found: Conventions) -> None:
    """A last line that is shorter than all others and has no line end is what an interrupted copy leaves behind."""
    number, length, first_cell = found.last
    width = full_width(plan, found)
    if not unfinished or found.rows < 2 or not 0 < length < width or says_total(first_cell):
        return
    if set(found.widths - Counter({length: 1})) <= {0, width}:
        raise refused("TRUNCATED", row=number, value=unfinished, detail="The last row is not complete.")


def take(table: Table, request: Request, staging: Staging) -> Counts:
    """Write all lines of a table into ``staging``; raises ``FileRefused`` NO_ROWS when there is no row."""

    def take_share(part: int, start: Place | None, stop: Place | None) -> dict[str, Any]:
        if part == 0:
            return {"counts": _take_share(table, request, staging, start, stop), "codes": {}}
        with Staging(staging.folder, f"{part}") as own:
            counts = _take_share(table, request, own, start, stop)
        return {"counts": counts, "codes": dict(own.codes)}

    counts = Counts()
    for told in work_on(table.shares, take_share):
        counts.add(told["counts"])
        staging.codes.update(told["codes"])
    if not counts.lines + counts.quarantined:
        raise refused("NO_ROWS", row=table.plan.number)
    return counts


def _take_share(
    table: Table, request: Request, staging: Staging, start: Place | None, stop: Place | None
) -> Mapping[str, int]:
    maker = LineMaker(table.plan, table.chosen, table.found, table.source.sheet, request, staging)
    for block in table.source.blocks(start, stop):
        maker.take(block)
    return asdict(maker.counts)
