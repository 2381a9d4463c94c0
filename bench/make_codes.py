"""Write ``docs/reference/codes.md``: every published fault code with its sentence, from ``duecare.records.faults``."""

from __future__ import annotations

from pathlib import Path

from duecare.records.faults import CODES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "codes.md"
HEAD = """# Codes of faults in files and rows

Each row that is not taken in, and each file that is refused, says why with one of these codes. The codes are a contract: none is
ever renamed or changes its meaning. A message adds the field, what was read and, where that helps, what is allowed.

`duecare quarantine export FILE` gives the user's own file back with the codes and sentences beside each row. In OCDS data a
missing or zero amount is common: the line is kept, the amount stays unknown, and no code is given.

This page is written by `bench/make_codes.py`.

| code | what is wrong, and what to do |
|---|---|
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(f"| {code} | {sentence} |\n" for code, sentence in CODES.items())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
