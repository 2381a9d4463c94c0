"""Write the sample organisation into ``sample/``: thirteen files of twelve offices, the same bytes every time.

``python bench/make_sample.py [--out FOLDER]`` writes the data files, the ledger that duecare must give for them
(``bench/sample_recipe/expected.json`` unless ``--expected`` says otherwise) and its table in ``sample/README.md``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from sample_recipe import tables
from sample_recipe.lines import draw_lines, read_yaml
from sample_recipe.releases import make_releases, write_lines, write_package
from sample_recipe.sheets import Expected, Row, count, make_rows

REPOSITORY = Path(__file__).resolve().parents[1]
EXPECTED = Path(__file__).parent / "sample_recipe" / "expected.json"
TABLE_STARTS, TABLE_ENDS = "<!-- ledger: written by bench/make_sample.py -->\n", "<!-- end of ledger -->"


def make_sample(out: Path) -> dict[str, Any]:
    """Write all files into ``out`` and return the expected ledger by file name (zip members as ``archive.zip/member``)."""
    out.mkdir(parents=True, exist_ok=True)
    expected: dict[str, Any] = {}
    for office in read_yaml("offices.yaml")["files"]:
        content, ledgers = write_office(office)
        (out / office["file"]).write_bytes(content)
        expected |= {name: ledger.as_json() for name, ledger in ledgers.items()}
    return expected


def write_office(office: dict[str, Any]) -> tuple[bytes, dict[str, Expected]]:
    """One office's file and the ledger that duecare must give for it."""
    lines = draw_lines(office)
    writer = office["writer"]
    if writer in ("package", "releases"):
        releases, expected = make_releases(office, lines)
        content = write_package(office, releases) if writer == "package" else write_lines(releases)
        content = tables.write_gzip(content) if office["file"].endswith(".gz") else content
        return content, {office["file"]: expected}
    rows = make_rows(office, lines, typed=writer in ("xlsx", "xls", "ods"))
    if writer == "zip":
        return _write_zip(office, rows)
    write = {"csv": tables.write_text, "xlsx": tables.write_xlsx, "xls": tables.write_xls, "ods": tables.write_ods}[
        writer
    ]
    return write(office, rows), {office["file"]: count(rows)}


def _write_zip(office: dict[str, Any], rows: list[Row]) -> tuple[bytes, dict[str, Expected]]:
    """A file for some years each; a repeated contract comes again in the last file, as when years are closed."""
    parts = {name: [row for row in rows if row.year in years] for name, years in office["members"].items()}
    first, last = list(parts)
    moved = [row for row in parts[first] if row.outcome == "duplicate"]
    parts[first] = [row for row in parts[first] if row.outcome != "duplicate"]
    parts[last] += moved
    content = tables.write_zip({name: tables.write_text(office, part) for name, part in parts.items()})
    return content, {f"{office['file']}/{name}": count(part) for name, part in parts.items()}


def ledger_table(expected: dict[str, Any]) -> str:
    """The expected ledger as a Markdown table with a line of sums."""
    numbers = ("rows", "accepted", "quarantined", "duplicates")
    lines = [
        "| file | rows | accepted | quarantined | duplicates | codes of quarantined rows |",
        "|---|---|---|---|---|---|",
    ]
    for name, ledger in expected.items():
        codes = ", ".join(code if times == 1 else f"{code} {times}" for code, times in ledger["codes"].items())
        lines.append(f"| {name} | {' | '.join(str(ledger[number]) for number in numbers)} | {codes or '-'} |")
    sums = (str(sum(ledger[number] for ledger in expected.values())) for number in numbers)
    return "\n".join([*lines, f"| all | {' | '.join(sums)} | |"]) + "\n"


def _write_table(readme: Path, expected: dict[str, Any]) -> None:
    before, rest = readme.read_text(encoding="utf-8").split(TABLE_STARTS)
    after = rest.split(TABLE_ENDS)[1]
    readme.write_text(before + TABLE_STARTS + ledger_table(expected) + TABLE_ENDS + after, encoding="utf-8")


def main() -> None:
    """Write the sample, the expected ledger and its table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=REPOSITORY / "sample")
    arguments.add_argument("--expected", type=Path, default=EXPECTED)
    chosen = arguments.parse_args()
    expected = make_sample(chosen.out)
    chosen.expected.write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")
    readme = chosen.out / "README.md"
    if readme.exists():
        _write_table(readme, expected)


if __name__ == "__main__":
    main()
