"""Write everything that a run tells: the page, the printed document, the findings files, the ledger and the data package."""

from __future__ import annotations

from pathlib import Path

from duecare.communicate import findings_files as files
from duecare.communicate.document import write_document
from duecare.communicate.i18n import Translator
from duecare.communicate.page import Page, render_page
from duecare.communicate.report_input import Chosen, FactLine, LeftOut, Pack, ReportInput, RunLine

__all__ = ["NAMES", "Chosen", "FactLine", "LeftOut", "Pack", "ReportInput", "RunLine", "write_reports"]

NAMES = ("report.html", "report.pdf", "findings.csv", "findings.xlsx", "findings.json", "ledger.json")
"""What is written, beside datapackage.json, which describes these."""


def write_reports(given: ReportInput, out_dir: Path, language: str = "en") -> tuple[Path, ...]:
    """Write all files into ``out_dir`` (made when missing) and return their paths; the same input gives the same bytes."""
    out_dir.mkdir(parents=True, exist_ok=True)
    page, tr = Page(given, language), Translator(language)
    (out_dir / "report.html").write_text(render_page(page), encoding="utf-8", errors="replace", newline="\n")
    write_document(page, out_dir / "report.pdf")
    files.write_csv(files.in_order(given.findings), out_dir / "findings.csv", tr)
    files.write_xlsx(files.in_order(given.findings), given, out_dir / "findings.xlsx", tr)
    files.write_findings_json(given, out_dir / "findings.json")
    files.write_ledger(given, out_dir / "ledger.json")
    files.write_datapackage(given, out_dir, NAMES)
    return tuple(out_dir / name for name in (*NAMES, "datapackage.json"))
