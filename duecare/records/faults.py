"""What can be wrong with a file or a row: the published codes, each with a sentence and what to do.

The codes are a contract with users and other programs: a code is never renamed and never changes its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

from duecare.errors import FileRefused
from duecare.register.repeats import CONFLICT, REPEATED

CODES: dict[str, str] = {
    "EMPTY_FILE": "The file is empty. Export it again and check that it was saved completely.",
    "NO_ROWS": "There is a header but no row below it. Check the export's filter or the sheet.",
    "NO_HEADER": "No header line was found in the first 50 lines. Put the column names in one line above the data.",
    "DUP_HEADER": "Two columns have the same name. Rename or delete one of them.",
    "MISSING_COLUMN": "A required column was not found. Rename a column, or save a column map with `duecare map FILE`.",
    "COLUMN_COUNT": "The row has another number of cells than the header. Look for a separator inside an unquoted text.",
    "UNCLOSED_QUOTE": "A quotation mark opens a text and is never closed. Close it or delete it.",
    "STRAY_QUOTE": "There is text after a closing quotation mark. Double the quotation marks inside the text.",
    "TRUNCATED": "The file ends in the middle. Copy or export it again.",
    "REPEATED_HEADER": "The header line appears again between the rows. Delete the repeated line.",
    "MISSING_FIELD": "A required cell is empty. Fill it in.",
    "BAD_NUMBER": "This is not a number. Write digits with one decimal sign, such as 1234.50.",
    "AMBIGUOUS_NUMBER": "This can be read as two different numbers. Write it without a thousands separator.",
    "NONFINITE": "Infinity and NaN are not amounts. Write the amount or leave the row out.",
    "NEGATIVE_AMOUNT": "The amount is below zero. Write the contract's amount; book corrections elsewhere.",
    "ABSURD_AMOUNT": "The amount is larger than any public contract. Check the decimal sign and the currency.",
    "BAD_DATE": "This is not a date of the calendar. Write it as YYYY-MM-DD.",
    "AMBIGUOUS_DATE": "Day and month cannot be told apart. Write it as YYYY-MM-DD or say the order in a column map.",
    "FUTURE_DATE": "The award lies in the future. Check the year.",
    "ABSURD_DATE": "The date lies outside of 1990 to 2100. Check the year.",
    "DATE_ORDER": "The contract ends before it starts. Check both dates.",
    "UNKNOWN_CURRENCY": "This is no ISO 4217 currency code. Write a code such as EUR.",
    "AMBIGUOUS_CURRENCY": "This sign stands for several currencies. Write the ISO 4217 code, such as USD.",
    "RETIRED_CURRENCY": "This currency no longer existed on the award date. Write the currency of the contract.",
    "BAD_COUNTRY": "This country is not known. Write a name or an ISO 3166 code, such as RS.",
    "BAD_ENCODING": "The bytes are not text in the file's encoding. Save the file as UTF-8.",
    "NUL_BYTES": "There are NUL bytes in the text. Export the file again as text.",
    "CONTROL_CHAR": "There is a control character in the text. Delete it.",
    "LONE_SURROGATE": "There is half of a character pair in the text. Export it again as UTF-8.",
    "COMBINING_FLOOD": "There are very many combining marks on one letter. Delete them.",
    "CELL_TOO_LARGE": "The cell holds more text than is accepted. Shorten it.",
    "LINE_TOO_LONG": "The line is longer than is accepted. Check the line ends of the export.",
    "TOO_LARGE": "The file is larger, or costs more to read, than is accepted. Split it.",
    "TOO_MANY_COLUMNS": "There are more columns than are accepted. Delete the columns that are not needed.",
    "TOO_DEEP": "The JSON or XML is nested deeper than is accepted. Check the export.",
    "DUP_ID": REPEATED,
    "DUP_CONFLICT": CONFLICT.format(elsewhere=""),
    "DUP_KEY": "A JSON object has the same key twice, so its value is uncertain. Keep one.",
    "DUP_MEMBER": "The archive holds two files of the same name. Pack it again.",
    "MALFORMED_JSON": "This is not valid JSON. Export it again.",
    "MALFORMED_XML": "This is not well-formed XML. Export it again.",
    "XML_FORBIDDEN": "The XML declares a document type or entities, which is not accepted. Remove the declaration.",
    "BAD_TYPE": "The value has the wrong JSON type. See the OCDS schema for the type of this field.",
    "TYPE_MISMATCH": "The file's content is not what its name says. Give it the right ending.",
    "UNKNOWN_FORMAT": "The format was not recognised. Accepted are OCDS JSON, eForms and TED XML, CSV, TSV, XLSX, XLS and ODS.",
    "FORBIDDEN_TYPE": "This kind of file is not accepted, for example with macros. Save it as XLSX or CSV.",
    "BAD_FILENAME": "The file's name has characters that are not accepted. Rename it.",
    "BAD_ARCHIVE": "The packed file is damaged: its check sum or structure is wrong. Copy or pack it again.",
    "ARCHIVE_BOMB": "The packed file unpacks to more than is accepted. Unpack it and split it.",
    "ARCHIVE_NESTED": "The archive holds another archive. Pack the files directly.",
    "ARCHIVE_ENCRYPTED": "The archive is protected by a password. Pack it without one.",
    "ARCHIVE_UNSAFE_PATH": "The archive holds a path that leads outside of it. Pack the files without folders.",
    "ENCRYPTED_FILE": "The file is protected by a password. Save it without one.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row. ``row`` counts from 1 as an editor or spreadsheet shows it.

    ``locator`` says where exactly (``line 7``, ``Sheet1!C7``, ``line 3 /awards/0/value/amount``); ``raw`` keeps the row
    as it was read, so that nothing is lost.
    """

    code: str
    row: int
    message: str
    field: str = ""
    value: str = ""
    locator: str = ""
    raw: str = ""


def fault(
    code: str, row: int, *, field: str = "", value: str = "", locator: str = "", raw: str = "", detail: str = ""
) -> Fault:
    """A fault with its published sentence; ``detail`` adds what is allowed here, as a full sentence."""
    sentence = " ".join(part for part in (_read_as(field, value), CODES[code], detail) if part)
    return Fault(code, row, sentence, field, value[:200], locator, raw)


def refused(code: str, *, row: int | None = None, field: str = "", value: str = "", detail: str = "") -> FileRefused:
    """The error that refuses the whole file, to be raised by the reader; nothing of the file is taken in."""
    sentence = " ".join(part for part in (_read_as(field, value), CODES[code], detail) if part)
    return FileRefused(code, sentence, row=row, field=field, value=value[:200])


def _read_as(field: str, value: str) -> str:
    if not field and not value:
        return ""
    shown = value if len(value) <= 80 else value[:77] + "..."
    return f"{field}: {shown!r} was read." if field else f"{shown!r} was read."
