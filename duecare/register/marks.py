"""What notices say about the lines of other notices: a later notice replaces, corrects or settles what an earlier one announced.

Marks are kept beside the lines of their file and applied when lines are looked at, so that the order in which files are
taken in makes no difference. A mark is ``kind`` and the keys that belong to it:

* ``replaces``: lines of the notice ``notice`` are obsolete;
* ``settles``: announcements (``below`` 1) and calls for tenders (``below`` 2) of ``procedure``, or of the earlier notice
  ``notice``, for the lot ``lot`` (all lots, where it is empty) are obsolete: the purchase is told of by a later notice;
* ``modifies``: the award of ``procedure``, or of ``notice``, with the number ``contract``, else the only one of ``supplier``,
  is obsolete: the notice of the modification tells of it as it is now;
* ``corrects``: something about the lines of ``notice`` was changed by a corrigendum; they get the gap ``corrected``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from duecare.register.engine import Engine
from duecare.register.store import Register

COLUMNS = ("kind", "procedure", "notice", "lot", "below", "contract", "supplier")
CORRECTED = "corrected"
"""The gap of a line whose notice was amended by a corrigendum."""
_RANK = "CASE phase WHEN 'planning' THEN 0 WHEN 'tender' THEN 1 ELSE 2 END"


def keep_marks(staged: Path, register: Register, sha256: str) -> int:
    """Move the marks of one file that was read into ``staged`` to the register; returns how many parts had any."""
    parts = sorted(staged.glob("marks-*.jsonl"))
    if not parts:
        return 0
    folder = register.folder / "marks"
    folder.mkdir(exist_ok=True)
    together = staged / "marks.all"
    with together.open("wb") as out:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out)
    together.replace(folder / f"{sha256}.jsonl")
    return len(parts)


def without_superseded(engine: Engine, register: Register, lines: str) -> str:
    """SQL for the lines of ``lines`` (a table expression) that no mark makes obsolete, corrected ones said to be so.

    Without marks it is ``lines`` itself.
    """
    marks = [[mark.get(name) or None for name in COLUMNS] for mark in _marks(register)]
    if not marks:
        return lines
    engine.table("marks", dict.fromkeys(COLUMNS, "VARCHAR"), marks)
    engine.execute(_OBSOLETE.format(lines=lines))
    corrected = "SELECT notice FROM marks WHERE kind = 'corrects'"
    gaps = f"CASE WHEN notice IN ({corrected}) THEN concat_ws(' ', gaps, '{CORRECTED}') ELSE gaps END AS gaps"
    return f"(SELECT * REPLACE ({gaps}) FROM {lines} WHERE line_id NOT IN (SELECT line_id FROM obsolete_lines))"


_OBSOLETE = f"""
CREATE OR REPLACE TEMP TABLE obsolete_lines AS
WITH announced AS (
  SELECT line_id, ocid, lot, notice, phase, contract_id, supplier_name, {_RANK} AS rank FROM {{lines}} WHERE notice IS NOT NULL
), modifications AS (
  SELECT row_number() OVER () AS nth, * FROM (SELECT DISTINCT * FROM marks WHERE kind = 'modifies')
), candidates AS (
  SELECT m.nth, a.line_id, CASE WHEN a.contract_id = m.contract THEN 0 ELSE 1 END AS tier FROM modifications AS m
  JOIN announced AS a ON a.ocid = m.procedure
  WHERE a.phase = 'award' AND (m.lot = a.lot OR m.lot IS NULL OR a.lot IS NULL)
    AND (a.contract_id = m.contract OR a.supplier_name = m.supplier)
  UNION
  SELECT m.nth, a.line_id, CASE WHEN a.contract_id = m.contract THEN 0 ELSE 1 END AS tier FROM modifications AS m
  JOIN announced AS a ON a.notice = m.notice
  WHERE a.phase = 'award' AND (m.lot = a.lot OR m.lot IS NULL OR a.lot IS NULL)
    AND (a.contract_id = m.contract OR a.supplier_name = m.supplier)
), modified AS (
  SELECT line_id FROM candidates
  QUALIFY tier = min(tier) OVER (PARTITION BY nth) AND (tier = 0 OR count(*) OVER (PARTITION BY nth, tier) = 1)
), settled AS (
  SELECT a.line_id FROM announced AS a
  JOIN (SELECT DISTINCT procedure, lot, CAST(below AS INTEGER) AS below FROM marks WHERE kind = 'settles') AS m
    ON m.procedure = a.ocid AND a.rank < m.below AND (m.lot = a.lot OR m.lot IS NULL OR a.lot IS NULL)
  UNION ALL
  SELECT a.line_id FROM announced AS a
  JOIN (SELECT DISTINCT notice, lot, CAST(below AS INTEGER) AS below FROM marks WHERE kind = 'settles' AND notice IS NOT NULL) AS m
    ON m.notice = a.notice AND a.rank < m.below AND (m.lot = a.lot OR m.lot IS NULL OR a.lot IS NULL)
  UNION ALL
  SELECT a.line_id FROM announced AS a JOIN marks AS m ON m.kind = 'replaces' AND m.notice = a.notice
)
SELECT line_id FROM settled UNION SELECT line_id FROM modified
"""


def _marks(register: Register) -> Iterator[dict[str, str]]:
    for entry in register.ledger():
        path = register.folder / "marks" / f"{entry['sha256']}.jsonl"
        if entry["accepted"] and path.is_file():
            with path.open(encoding="utf-8") as marks:
                yield from map(json.loads, marks)
