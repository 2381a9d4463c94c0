"""A table as a file: CSV, XLSX and JSON; text that a spreadsheet would run as a formula is disarmed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse

from duecare.communicate.findings_files import disarmed
from duecare.communicate.i18n import Translator

if TYPE_CHECKING:
    from duecare.web.tables import Column

FORMATS = ("csv", "xlsx", "json")
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
}
BLOCK = 500
MOST_XLSX_ROWS = 1_000_000
MOST_CELL = 32_000


def download(kind: str, columns: Sequence[Column], rows: Iterable[Any], tr: Translator, title: str) -> HttpResponse:
    """The file as an answer to be saved. Column names are in the reader's language, values plain (ISO dates, full numbers)."""
    names = [tr.t(column.title) for column in columns]
    values = ([plain(column.value_of(row)) for column in columns] for row in rows)
    if kind == "xlsx":
        answer = HttpResponse(xlsx(names, values, title), content_type=KINDS[kind])
    else:
        parts = csv_parts(names, values) if kind == "csv" else json_parts([column.key for column in columns], values)
        answer = StreamingHttpResponse(parts, content_type=KINDS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{file_name(title)}.{kind}"'
    return answer


def plain(value: Any) -> Any:
    """A value that a file can hold: text, number, truth or nothing."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value) if value == Decimal(repr(float(value))) else str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value))
    return str(value)


def csv_parts(names: Sequence[str], values: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV as Excel and others read it (byte order mark, CRLF), in pieces."""
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([disarmed(name) for name in names])
    for number, row in enumerate(values, 1):
        writer.writerow([_harmless(value) for value in row])
        if number % BLOCK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def json_parts(keys: Sequence[str], values: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A JSON list with one object a line, in pieces."""
    before = "[\n"
    for row in values:
        yield before + json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=True)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def xlsx(names: Sequence[str], values: Iterable[Sequence[Any]], title: str) -> bytes:
    """A workbook with one sheet; text cells are text, never formulas or links."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "table")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [disarmed(name) for name in names], book.add_format({"bold": True}))
        for number, row in zip(range(1, MOST_XLSX_ROWS), values, strict=False):
            sheet.write_row(number, 0, [_cell(value) for value in row])
    return buffer.getvalue()


def _harmless(value: Any) -> Any:
    return disarmed(value) if isinstance(value, str) else value


def _cell(value: Any) -> Any:
    kept = _harmless(value)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", kept)[:MOST_CELL] if isinstance(kept, str) else kept


def file_name(title: str) -> str:
    """A name for a file of letters, digits and hyphens; other letters are left out."""
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60] or "table"
