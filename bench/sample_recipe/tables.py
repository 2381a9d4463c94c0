"""Write rows as the files that offices send: delimited text, XLSX, XLS, ODS and a zip; the same rows give the same bytes."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from datetime import UTC, date, datetime, time
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt
from sample_recipe.sheets import Row

SAVED = (2026, 11, 1, 8, 0, 0)


def write_text(office: dict[str, Any], rows: list[Row]) -> bytes:
    """Delimited text in the office's encoding; a row with an unquoted delimiter is written as it was typed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=office["delimiter"], lineterminator="\r\n")
    if "first_line" in office:
        out.write(office["first_line"] + "\r\n")
    writer.writerow(office["columns"].values())
    for row in rows:
        cells = list(row.cells.values())
        if row.unquoted:
            out.write(office["delimiter"].join(cells) + "\r\n")
        else:
            writer.writerow(cells)
    return out.getvalue().encode(office["encoding"])


def write_zip(members: dict[str, bytes]) -> bytes:
    """A flat archive with a fixed date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, SAVED)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def write_gzip(content: bytes) -> bytes:
    """A gzip stream without name and time."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
        packed.write(content)
    return out.getvalue()


def write_xlsx(office: dict[str, Any], rows: list[Row]) -> bytes:
    """One sheet with banner, header, rows and totals; merged banner, merged cells and a second sheet where the office has them."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(*SAVED, tzinfo=UTC)})
    day, money, bold = (book.add_format({"num_format": code}) for code in ("dd.mm.yyyy", "#,##0.00", "General"))
    bold.set_bold()
    sheet = book.add_worksheet()
    top = len(office.get("banner", ()))
    for index, text in enumerate(office.get("banner", ())):
        if text:
            sheet.merge_range(index, 0, index, 7, text, bold)
    sheet.write_row(top, 0, office["columns"].values(), bold)
    for index, row in enumerate(rows, start=top + 1):
        for column, value in enumerate(row.cells.values()):
            _write_cell(sheet, index, column, value, {date: day, float: money})
    _merge(sheet, office, rows, top + 1)
    if "totals" in office:
        _write_totals(sheet, office, rows, top + 1 + len(rows), bold)
    for name, lines in office.get("second_sheet", {}).items():
        notes = book.add_worksheet(name)
        for index, line in enumerate(lines):
            notes.write_row(index, 0, line)
    book.close()
    return out.getvalue()


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), formats[date])
    elif isinstance(value, float):
        sheet.write_number(row, column, value, formats[float])
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def _merge(sheet: Any, office: dict[str, Any], rows: list[Row], top: int) -> None:
    merged = [index for index, row in enumerate(rows) if row.merged]
    if merged:
        field = office["merged_rows"]["field"]
        column = list(office["columns"]).index(field)
        sheet.merge_range(top + merged[0], column, top + merged[-1], column, rows[merged[0]].cells[field])


def _total(rows: list[Row]) -> float:
    return round(sum(row.cells["amount"] for row in rows if isinstance(row.cells["amount"], float)), 2)


def _write_totals(sheet: Any, office: dict[str, Any], rows: list[Row], row: int, bold: Any) -> None:
    sheet.write_string(row, 0, office["totals"], bold)
    sheet.write_number(row, list(office["columns"]).index("amount"), _total(rows), bold)


def write_xls(office: dict[str, Any], rows: list[Row]) -> bytes:
    """The old Excel format, one sheet, banner and totals."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Contracts")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    lines: list[list[Any]] = [[text] for text in office["banner"]]
    lines.append(list(office["columns"].values()))
    lines += [list(row.cells.values()) for row in rows]
    totals: list[Any] = [""] * len(office["columns"])
    totals[0], totals[list(office["columns"]).index("amount")] = office["totals"], _total(rows)
    for index, line in enumerate([*lines, totals]):
        for column, value in enumerate(line):
            if isinstance(value, date):
                sheet.write(index, column, value, day)
            elif value != "":
                sheet.write(index, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"'
)
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def write_ods(office: dict[str, Any], rows: list[Row]) -> bytes:
    """OpenDocument, one sheet; the banner spans eight columns as a merged cell."""
    span = 8
    covered = "<table:covered-table-cell/>" * (span - 1)
    banner = "".join(
        f'<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="{span}" '
        f'table:number-rows-spanned="1"><text:p>{escape(text)}</text:p></table:table-cell>{covered}</table:table-row>'
        for text in office["banner"]
    )
    totals: list[Any] = [""] * len(office["columns"])
    totals[0], totals[list(office["columns"]).index("amount")] = office["totals"], _total(rows)
    lines = [list(office["columns"].values()), *(list(row.cells.values()) for row in rows), totals]
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, line))}</table:table-row>" for line in lines)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Contratti">{banner}{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    parts = {"content.xml": content.encode(), "META-INF/manifest.xml": _ODS_MANIFEST.encode()}
    return write_zip({"mimetype": kind} | parts)


def _ods_cell(value: Any) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}">'
            f"<text:p>{value.strftime('%d/%m/%Y')}</text:p></table:table-cell>"
        )
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
