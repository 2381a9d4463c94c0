"""Findings and ledger as files for machines and spreadsheets: CSV, XLSX, JSON and a data package that describes them.

Text that a spreadsheet would read as a formula is disarmed. All files have the same bytes for the same run.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import msgspec
import xlsxwriter

from duecare.communicate.columns import COLUMNS, Column
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.items import Item, confidence_word, sentence_of
from duecare.communicate.report_input import Finding, ReportInput
from duecare.communicate.stored import StoredFindings, read_items

SHEET_ROWS = 1_048_575
CELL_CHARS = 32_767
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")


def disarmed(text: str) -> str:
    """The text with an apostrophe in front when a spreadsheet could take it for a formula; lone surrogates replaced."""
    clean = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return f"'{clean}" if clean.lstrip(" \u00a0").startswith(FORMULA_STARTS) else clean


def row(item: Item, tr: Translator) -> list[str | float | None]:
    """One finding in the order of ``COLUMNS``; ``None`` is unknown."""
    worst = item.worst_stage
    values: dict[str, Any] = {
        **msgspec.structs.asdict(item),
        "category_title": tr.t(item.category_title or item.category),
        "highest_stage": worst.stage if worst else None,
        "confidence_word": confidence_word(item) or None,
        "reasons": " | ".join(tr.say(sentence_of(reason)) for reason in item.reasons) or None,
        "facts": " ".join(dict.fromkeys(fact for reason in item.reasons for fact in reason.facts)) or None,
        "gaps": " | ".join(tr.say(sentence_of(gap)) for gap in item.gaps) or None,
        "unknown_fields": " ".join(dict.fromkeys(gap.field for gap in item.gaps if gap.field)) or None,
        "question": tr.say(item.question) if item.question else None,
        "action": tr.say(item.action) if item.action else None,
    }
    return [_cell(values[column.name]) for column in COLUMNS]


def _cell(value: object) -> str | float | None:
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return str(value)
    return float(value) if isinstance(value, int | float) else str(value)


def write_csv(items: Iterable[Item], target: Path, tr: Translator) -> None:
    """UTF-8, comma, one header line, empty cell for unknown; scores with all their digits."""
    with target.open("w", encoding="utf-8", newline="", errors="replace") as file:
        writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
        writer.writerow([column.name for column in COLUMNS])
        for item in items:
            writer.writerow(
                ["" if v is None else disarmed(v) if isinstance(v, str) else repr(v) for v in row(item, tr)]
            )


def write_findings_json(given: ReportInput, target: Path) -> None:
    """``{"run": id, "findings": [...]}``, one finding a line, exactly as given; what is stored there already stays."""
    if isinstance(given.findings, StoredFindings) and given.findings.path == target:
        return
    with target.open("wb") as file:
        file.write(b'{"run":' + msgspec.json.encode(given.run.id) + b',"findings":[')
        for number, finding in enumerate(given.findings):
            file.write((b",\n" if number else b"\n") + _json(finding))
        file.write(b"\n]}\n")


def write_ledger(given: ReportInput, target: Path) -> None:
    """``{"run": id, "files": [...]}`` as `take-in --json` prints it."""
    target.write_bytes(_json({"run": given.run.id, "files": list(given.ledger)}, indent=True) + b"\n")


def _json(value: object, *, indent: bool = False) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2 if indent else None, default=str)
    return text.encode("utf-8", "replace")


def write_xlsx(items: Iterable[Item], given: ReportInput, target: Path, tr: Translator) -> None:
    """Five sheets: findings, stages, gaps, sources, about. Text cells are text, never formulas or links."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        book.set_properties({"title": tr.t("Findings"), "created": datetime.combine(given.run.as_of, time())})
        sheets = _Sheets(book, tr)
        for number, item in enumerate(items):
            if number < SHEET_ROWS:
                sheets.add(item)
        sheets.sources(given)
        sheets.about(given)
        sheets.finish()


class _Sheets:
    """The open workbook and the next free row of each sheet."""

    def __init__(self, book: Any, tr: Translator) -> None:
        self._tr, self._rows = tr, dict[str, int]()
        self._head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#F5F7F9"}
        )
        self._text = book.add_format({"valign": "top", "text_wrap": True})
        self._quoted = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        self._number = book.add_format({"valign": "top", "num_format": "0.0"})
        self._money = book.add_format({"valign": "top", "num_format": "#,##0.00"})
        self._day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
        self._sheets = {
            "findings": self._open(book, tr.t("Findings"), [(tr.t(c.title), c.width) for c in COLUMNS]),
            "stages": self._open(book, tr.t("Stages"), [(tr.t(title), width) for title, width in STAGE_HEADS]),
            "gaps": self._open(book, tr.t("Gaps"), [(tr.t(title), width) for title, width in GAP_HEADS]),
            "sources": self._open(book, tr.t("Sources"), [(tr.t(title), width) for title, width in SOURCE_HEADS]),
            "about": self._open(book, tr.t("About"), [(tr.t("Name"), 26), (tr.t("Value"), 100)]),
        }

    def _open(self, book: Any, name: str, heads: Sequence[tuple[str, int]]) -> tuple[Any, int]:
        sheet = book.add_worksheet(name[:31])
        for column, (title, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, self._head)
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet, len(heads)

    def _write(self, name: str, values: Iterable[object], columns: Sequence[Column] = ()) -> None:
        sheet, _ = self._sheets[name]
        at = self._rows[name] = self._rows[name] + 1 if name in self._rows else 1
        if at > SHEET_ROWS:
            return
        for column, value in enumerate(values):
            kind = columns[column].type if columns else ""
            if isinstance(value, float) or (kind == "number" and value is not None):
                money = kind == "number" and isinstance(value, str)
                sheet.write_number(at, column, float(str(value)), self._money if money else self._number)
            elif kind == "date" and value is not None:
                sheet.write_datetime(at, column, date.fromisoformat(str(value)[:10]), self._day)
            elif value is not None and value != "":
                self._write_text(sheet, at, column, str(value))

    def _write_text(self, sheet: Any, at: int, column: int, text: str) -> None:
        clean = text.encode("utf-8", "replace").decode("utf-8")[:CELL_CHARS]
        sheet.write_string(at, column, clean, self._text if disarmed(clean) == clean else self._quoted)

    def add(self, item: Item) -> None:
        self._write("findings", row(item, self._tr), COLUMNS)
        for stage in item.stages:
            groups = [stage.groups[g].point if g in stage.groups else None for g in "PXGWBQ"]
            countries = " ".join(stage.countries)
            bounds = [stage.L, stage.L_lo, stage.L_hi]
            self._write(
                "stages",
                [
                    item.line_id,
                    item.title,
                    stage.stage,
                    countries,
                    stage.place,
                    *bounds,
                    *groups,
                    " ".join(stage.floors),
                ],
            )
        for gap in item.gaps:
            self._write("gaps", [item.line_id, item.title, gap.code, gap.field, self._tr.say(sentence_of(gap))])

    def sources(self, given: ReportInput) -> None:
        for fact in sorted(given.facts.values(), key=lambda fact: fact.id):
            told = [fact.id, self._tr.say(fact.says), fact.publisher, fact.title, fact.edition, fact.date.isoformat()]
            self._write("sources", [*told, fact.licence, fact.locator, fact.url, fact.grade])

    def about(self, given: ReportInput) -> None:
        run, tr = given.run, self._tr
        for name, value in (
            (tr.t("Run"), run.id),
            (tr.t("Method"), run.method),
            (tr.t("As of"), run.as_of.isoformat()),
            ("duecare", run.code_version),
            *((name, value) for name, value in sorted(given.options.items())),
            (tr.t("How to read this"), tr.t("A rating says where to look. It is not a finding about anybody.")),
            ("", tr.t("An empty cell means not known. Unknown is never read as low.")),
        ):
            self._write("about", [name, value])

    def finish(self) -> None:
        for name, (sheet, columns) in self._sheets.items():
            if name in self._rows:
                sheet.autofilter(0, 0, min(self._rows[name], SHEET_ROWS), columns - 1)


STAGE_HEADS = (
    (msgid("Line"), 22),
    (msgid("Title"), 40),
    (msgid("Stage"), 9),
    (msgid("Where"), 14),
    (msgid("Basis of the place"), 12),
    (msgid("Likelihood"), 9),
    (msgid("Likelihood from"), 9),
    (msgid("Likelihood to"), 9),
    *((group, 6) for group in "PXGWBQ"),
    (msgid("Floors"), 10),
)
GAP_HEADS = (
    (msgid("Line"), 22),
    (msgid("Title"), 40),
    (msgid("Code"), 16),
    (msgid("Field"), 20),
    (msgid("What is not known"), 80),
)
SOURCE_HEADS = (
    (msgid("Fact"), 26),
    (msgid("What it says"), 60),
    (msgid("Publisher"), 26),
    (msgid("Source"), 34),
    (msgid("Edition"), 12),
    (msgid("Date"), 12),
    (msgid("Licence"), 20),
    (msgid("Where in the source"), 24),
    (msgid("Address"), 40),
    (msgid("Grade"), 8),
)


def in_order(findings: Collection[Finding]) -> Iterator[Item]:
    """All findings as items in order of priority (METHOD 1.7); stored ones are in that order."""
    if isinstance(findings, StoredFindings):
        return findings.items()
    return iter(sorted(read_items(findings), key=lambda item: item.order))


def write_datapackage(given: ReportInput, folder: Path, names: Sequence[str]) -> None:
    """A frictionless data package: every file with its hash, every field with its meaning, sources with licences."""
    sources = [
        {
            "title": f"{pack.publisher}: {pack.title}, {pack.edition}",
            "path": pack.url,
            "license": pack.licence,
            "expired": pack.expired,
        }
        for pack in given.packs
    ]
    package: Mapping[str, object] = {
        "name": f"duecare-{given.run.as_of.isoformat()}",
        "title": "Contract lines ordered by risk to people",
        "description": "A rating says where to look. It is not a finding about anybody, and no probability. An empty cell is unknown.",
        "id": given.run.id,
        "created": given.run.as_of.isoformat(),
        "profile": "data-package",
        "method": given.run.method,
        "code_version": given.run.code_version,
        "sources": [{key: value for key, value in source.items() if value != ""} for source in sources],
        "resources": [_resource(folder / name) for name in names],
    }
    (folder / "datapackage.json").write_bytes(_json(package, indent=True) + b"\n")


def _resource(path: Path) -> dict[str, object]:
    kind = path.suffix.removeprefix(".")
    found: dict[str, object] = {
        "name": path.name.replace(".", "-"), "path": path.name, "format": kind, "mediatype": MEDIA[kind],
        "bytes": path.stat().st_size, "hash": f"sha256:{_digest(path)}",
    }  # fmt: skip
    if kind == "csv":
        fields = [{"name": c.name, "type": c.type, "description": c.description, **c.constraints} for c in COLUMNS]
        found |= {
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "schema": {"fields": fields, "missingValues": [""], "primaryKey": "line_id"},
        }
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return _hash(file)


def _hash(file: IO[bytes]) -> str:
    digest = sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
