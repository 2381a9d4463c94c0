"""What notices say about the lines of other notices: a later notice replaces, corrects or settles what an earlier one announced.

Marks are kept beside the lines of their file and applied when lines are looked at, so that the order in which files are
taken in makes no difference. A mark is ``kind`` and the keys that belong to it:

* ``replaces``: lines of the notice ``notice`` are obsolete;
* ``settles``: announcements (``below`` 1) and calls for tenders (``below`` 2) of ``procedure``, or of the earlier notice
  ``notice``, for the lot ``lot`` (all lots, where it is empty) are obsolete: the purchase is told of by a later notice;
* ``modifies``: the award of ``procedure``, or of ``notice``, with the number ``contract``, else the only one of ``supplier``,
  is obsolete: the notice of the modification tells of it as it is now;
* ``corrects``: a corrigendum changes ``what`` in the lines of ``notice`` and ``lot`` from ``old`` to ``new``
  (``register.corrections``); what cannot be applied gives them the gap ``corrected``;
* ``announces``: tenders for ``procedure`` could be made from ``dispatched`` to ``deadline`` (``register.bid_days``);
* ``heard``: row ``row`` of the file is a notice without lines, with the hash ``digest`` of all that it says.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from duecare.register.bid_days import Calls
from duecare.register.corrections import in_order, tell_corrections
from duecare.register.engine import Engine
from duecare.register.store import Register, settle

COLUMNS = ("kind", "procedure", "notice", "lot", "below", "contract", "supplier")
_OBSOLETING = ("replaces", "settles", "modifies")
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
    settle(together)
    together.replace(folder / f"{sha256}.jsonl")
    settle(folder)
    return len(parts)


def heard_before(staged: Path, heard: set[str], known: Sequence[int]) -> list[int]:
    """Rows of notices without lines that say word for word what a file taken in before said; ``known`` are left out.

    ``heard`` are the hashes of those before; the ones of this file are added.
    """
    found, new = [], set()
    for part in sorted(staged.glob("marks-*.jsonl")):
        with part.open(encoding="utf-8") as marks:
            for mark in map(json.loads, marks):
                if mark["kind"] == "heard":
                    new.add(mark["digest"])
                    found += [int(mark["row"])] if mark["digest"] in heard else []
    heard |= new
    return sorted(set(found) - set(known))


def heard_in(register: Register) -> set[str]:
    """The hashes of all notices without lines in the files taken in before."""
    return {mark["digest"] for mark in _marks(register) if mark["kind"] == "heard"}


def in_force(engine: Engine, register: Register, lines: str) -> str:
    """SQL for the lines of ``lines`` (a table expression) as they are in the light of all marks.

    Without those that a mark makes obsolete, with what corrigenda changed, and with the days to bid of their procedure.
    Without marks it is ``lines`` itself.
    """
    marks = [mark for mark in _marks(register) if mark["kind"] != "heard"]
    if not marks:
        return lines
    told = [[mark.get(name) or None for name in COLUMNS] for mark in marks if mark["kind"] in _OBSOLETING]
    engine.table("marks", dict.fromkeys(COLUMNS, "VARCHAR"), told)
    engine.execute(_OBSOLETE.format(lines=lines))
    corrections = in_order(marks)
    calls = Calls(marks, corrections)
    lines = tell_bid_days(engine, tell_corrections(engine, lines, corrections, calls), calls)
    return f"(SELECT * FROM {lines} WHERE line_id NOT IN (SELECT line_id FROM obsolete_lines))"


def tell_bid_days(engine: Engine, lines: str, calls: Calls) -> str:
    """SQL for ``lines`` in which calls have the days from first dispatch to last deadline, and their awards the same."""
    by_notice, by_procedure = calls.by_notice(), calls.by_procedure()
    if not by_notice:
        return lines
    schema = {"name": "VARCHAR", "days": "BIGINT"}
    engine.table("days_of_calls", schema, list(by_notice.items()))
    engine.table("days_of_procedures", schema, list(by_procedure.items()))
    return (
        f"(SELECT a.* REPLACE (coalesce(n.days, a.bid_days, p.days) AS bid_days) FROM {lines} AS a "
        "LEFT JOIN days_of_calls AS n ON n.name = a.notice AND a.phase = 'tender' "
        "LEFT JOIN days_of_procedures AS p ON p.name = a.ocid AND a.notice IS NOT NULL AND a.phase IN ('award', 'contract'))"
    )


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
