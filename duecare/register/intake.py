"""Take a reader's staging files into the register: typed, without repeats, all or nothing, with an exact ledger.

A row of the source is accepted, quarantined or a duplicate, never two of them: ``rows = accepted + quarantined +
duplicates``. Two rows that claim one contract with different content are both parked, because nobody but the office
knows which is right; a row that repeats another one word for word is counted once.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from duecare.errors import DuecareError
from duecare.register.engine import Engine, Step
from duecare.register.lines import TYPES
from duecare.register.marks import heard_before, heard_in, keep_marks
from duecare.register.repeats import CONFLICT, REPEATED
from duecare.register.store import Register, settle, write_whole
from duecare.settings import Settings

REASONS_SHOWN = 1000
STAGED = "staged.parquet"
LONGEST_LINE = 192 * 2**20


@dataclass(frozen=True)
class Admission:
    """What the door asks the register to admit: one file that was read into ``folder`` without being refused."""

    file: str
    sha256: str
    size: int
    format: str
    rows: int
    quarantined: int
    folder: Path
    merged: int = 0
    totals_rows: int = 0
    ignored_fields: tuple[str, ...] = ()
    unknown_fields: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    repeated: tuple[int, ...] = ()
    settings_digest: str = ""


@dataclass(frozen=True)
class Outcome:
    """The ledger's answer for one file, as ``take-in --json`` prints it."""

    file: str
    sha256: str
    format: str
    status: str
    rows: int
    accepted: int
    quarantined: int
    duplicates: int
    reasons: tuple[dict[str, Any], ...] = ()
    codes: dict[str, int] = field(default_factory=dict)
    lines: int = 0


class Intake:
    """One take-in session: holds the writer lock's staging folder and what the register already knows of line ids."""

    def __init__(self, register: Register, settings: Settings, staging: Path) -> None:
        self._register = register
        self._engine = Engine(settings, spill=staging)
        self._heard: set[str] | None = None
        self._engine.execute("CREATE TEMP TABLE held (line_id VARCHAR, content_sha256 VARCHAR, version VARCHAR)")
        if files := register.line_files():
            self._engine.view_parquet("known_lines", files)
            self._engine.execute("INSERT INTO held SELECT line_id, content_sha256, version FROM known_lines")

    def admit(self, admission: Admission) -> Outcome:
        """Load, judge and store one file; the same file a second time adds nothing."""
        if known := self._register.entry(admission.sha256):
            return _already_there(known, self._parked(admission.sha256))
        if repeated := self._heard_before(admission):
            admission = replace(admission, repeated=(*admission.repeated, *repeated))
        self._load(admission)
        self._engine.run([_places(admission.format), *_judgement_steps(_has_versions(admission.format))])
        return self._store(admission)

    def _heard_before(self, admission: Admission) -> list[int]:
        """Rows without lines that an earlier file said in the same words; what this file says is remembered."""
        if not any(admission.folder.glob("marks-*.jsonl")):
            return []
        if self._heard is None:
            self._heard = heard_in(self._register)
        return heard_before(admission.folder, self._heard, admission.repeated)

    def _load(self, admission: Admission) -> None:
        """Type the staged lines into one Parquet file, so that judging them reads a few columns only."""
        files = [str(path).replace("'", "''") for path in sorted(admission.folder.glob("lines-*.csv"))]
        try:
            self._type_lines(admission, files, "")
        except duckdb.InvalidInputException as error:
            if "line size" not in str(error):
                raise DuecareError(f"{admission.file}: the staged lines could not be read: {error}") from error
            self._type_lines(admission, files, f", max_line_size={LONGEST_LINE}, buffer_size={2 * LONGEST_LINE}")
        self._engine.view_parquet("numbered", [admission.folder / STAGED], numbered=True)

    def _type_lines(self, admission: Admission, files: list[str], options: str) -> None:
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
        listed = ", ".join(f"'{name}'" for name in files)
        self._engine.write_parquet(
            f"SELECT *, '{admission.sha256}' AS file_sha256 FROM read_csv([{listed}], header=false, auto_detect=false, "
            f"delim=',', quote='\"', escape='\"', new_line='\\n', nullstr='', columns={{{columns}}}{options})",
            admission.folder / STAGED,
        )

    def _store(self, admission: Admission) -> Outcome:
        counts = self._engine.rows("SELECT outcome, count(*) AS rows FROM row_outcomes GROUP BY outcome")
        by_outcome = {row["outcome"]: int(row["rows"]) for row in counts}
        parked_before = list(_parked_rows(admission.folder))
        conflicts = [self._conflict(row) for row in self._engine.rows(_CONFLICTS)]
        quarantined = admission.quarantined + len(conflicts)
        duplicates = by_outcome.get("duplicate", 0) + len(admission.repeated)
        accepted = admission.rows - quarantined - duplicates
        lined = by_outcome.get("accepted", 0)
        if accepted < lined:
            raise DuecareError(f"{admission.file}: {admission.rows} rows were read but {lined} rows gave lines.")
        parked = sorted([*parked_before, *conflicts], key=lambda faults: int(faults[0]["row"]))
        lines = self._write(admission, parked, accepted=accepted)
        entry = _entry(admission, accepted=accepted, quarantined=quarantined, duplicates=duplicates, lines=lines)
        entry |= {"codes": _codes(parked), "duplicate_rows": self._duplicates(admission), "updates": self._updates()}
        entry["marks"] = keep_marks(admission.folder, self._register, admission.sha256)
        write_whole(self._register.folder / "ledger" / f"{admission.sha256}.json", json.dumps(entry, indent=1) + "\n")
        self._engine.execute("INSERT INTO held SELECT line_id, content_sha256, version FROM admitted")
        return _outcome(entry, parked)

    def _conflict(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        message = f"contract_id: {row['contract_id']!r} was read. {CONFLICT.format(elsewhere=row['elsewhere'])}"
        return [
            {"code": "DUP_CONFLICT", "row": row["row"], "message": message, "field": "contract_id"}
            | {"value": row["contract_id"] or "", "locator": row["locator"] or "", "raw": row["raw"] or ""}
        ]

    def _duplicates(self, admission: Admission) -> list[int]:
        found = self._engine.rows(
            f"SELECT row FROM row_outcomes WHERE outcome = 'duplicate' ORDER BY row LIMIT {REASONS_SHOWN}"
        )
        return sorted([*(int(row["row"]) for row in found), *admission.repeated])[:REASONS_SHOWN]

    def _updates(self) -> int:
        """How many admitted lines are other versions of lines that the register or the same file already holds."""
        again = "(SELECT count(*) FROM admitted WHERE line_id IN (SELECT line_id FROM held)) AS held"
        twice = "(SELECT count(*) - count(DISTINCT line_id) FROM admitted) AS here"
        counted = self._engine.rows(f"SELECT {again}, {twice}")[0]
        return int(counted["held"]) + int(counted["here"])

    def _write(self, admission: Admission, parked: list[list[dict[str, Any]]], *, accepted: int) -> int:
        folder, name = self._register.folder, admission.sha256
        count = "SELECT (SELECT count(*) FROM admitted) AS lines, (SELECT count(*) FROM placed) AS staged"
        lines, staged = (int(number) for number in self._engine.rows(count)[0].values())
        part = admission.folder / STAGED
        if lines < staged:
            part = admission.folder / "admitted.parquet"
            self._engine.write_parquet(_ADMITTED_LINES, part)
        if accepted:
            settle(part)
            part.replace(folder / "lines" / f"{name}.parquet")
        write_whole(folder / "quarantine" / f"{name}.jsonl", "".join(json.dumps(row) + "\n" for row in parked))
        with (admission.folder / "aside.all").open("wb") as together:
            for path in sorted(admission.folder.glob("aside-*.jsonl")):
                with path.open("rb") as part_file:
                    shutil.copyfileobj(part_file, together)
        settle(admission.folder / "aside.all")
        (admission.folder / "aside.all").replace(folder / "aside" / f"{name}.jsonl")
        settle(folder / "lines", folder / "aside")
        return lines

    def _parked(self, sha256: str) -> list[list[dict[str, Any]]]:
        path = self._register.folder / "quarantine" / f"{sha256}.jsonl"
        with path.open(encoding="utf-8") as rows:
            return [json.loads(row) for row in rows]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.close()


WORKBOOKS = ("xlsx", "xls", "ods")


def _places(kind: str) -> Step:
    """Number the rows of the source: row 7 of one sheet is not row 7 of another, which ``Sheet!A7`` tells apart."""
    sheet = "''"
    if kind.partition(".")[0] in WORKBOOKS:
        sheet = "coalesce(regexp_extract(locator, '^(.*)!', 1), '')"
    place = f"concat({sheet}, '!', CAST(row AS VARCHAR))"
    return Step(
        "placed",
        f"SELECT row, {place} AS place, line_id, content_sha256, version, file_row_number AS nth FROM numbered",
    )


def _has_versions(kind: str) -> bool:
    """Whether several rows of one file may say the same line in versions that follow each other: packages of notices."""
    return kind.partition(".")[0] == "xml"


def _judgement_steps(versions: bool) -> list[Step]:  # noqa: FBT001
    """Judge lines, then rows: a row is in conflict if any of its lines is, a duplicate only if all of them are."""
    told, same = ("line_id, version", "AND f.version IS NOT DISTINCT FROM s.version ") if versions else ("line_id", "")
    return [
        Step(
            "in_file",
            f"SELECT {told}, min(concat(lpad(CAST(row AS VARCHAR), 12, '0'), place)) AS first_place, "
            f"min(content_sha256) <> max(content_sha256) AS differs FROM placed GROUP BY {told}",
        ),
        Step(
            "judged_lines",
            "SELECT DISTINCT s.row, s.place, s.line_id, CASE WHEN f.differs THEN 'conflict' "
            "WHEN h.line_id IS NOT NULL AND h.same THEN 'duplicate' "
            "WHEN h.line_id IS NOT NULL AND NOT (s.version IS NOT NULL AND s.version <> coalesce(h.version, '')) "
            "THEN 'conflict' WHEN concat(lpad(CAST(s.row AS VARCHAR), 12, '0'), s.place) > f.first_place THEN 'duplicate' "
            "ELSE 'accepted' END AS outcome, h.line_id IS NOT NULL AS held "
            f"FROM placed s JOIN in_file f ON f.line_id = s.line_id {same}LEFT JOIN ("
            "SELECT g.line_id, bool_or(g.content_sha256 = t.content_sha256) AS same, max(g.version) AS version "
            "FROM held g JOIN placed t ON t.line_id = g.line_id GROUP BY g.line_id"
            ") h ON h.line_id = s.line_id",
        ),
        Step(
            "row_outcomes",
            "SELECT row, place, CASE WHEN bool_or(outcome = 'conflict') THEN 'conflict' "
            "WHEN bool_and(outcome = 'duplicate') THEN 'duplicate' ELSE 'accepted' END AS outcome, "
            "bool_or(held AND outcome = 'conflict') AS held FROM judged_lines GROUP BY row, place",
        ),
        Step(
            "admitted",
            "SELECT min(s.nth) AS nth, s.line_id, min(s.content_sha256) AS content_sha256, min(s.version) AS version "
            "FROM placed s JOIN row_outcomes r ON r.place = s.place "
            "JOIN judged_lines j ON j.place = s.place AND j.line_id = s.line_id "
            "WHERE r.outcome = 'accepted' AND j.outcome = 'accepted' GROUP BY s.place, s.line_id",
        ),
    ]


_ADMITTED_LINES = (
    "SELECT s.* EXCLUDE (file_row_number) FROM numbered AS s JOIN admitted AS a ON a.nth = s.file_row_number"
)

_CONFLICTS = (
    "SELECT s.row, min(l.contract_id) AS contract_id, min(l.locator) AS locator, "
    "min(CASE WHEN r.held THEN ' in a file taken in before' ELSE ' in this file' END) AS elsewhere, "
    "min(coalesce(l.raw, l.ocid)) AS raw "
    "FROM placed s JOIN numbered l ON l.file_row_number = s.nth JOIN row_outcomes r ON r.place = s.place WHERE r.outcome = 'conflict' "
    "GROUP BY s.row, s.place ORDER BY s.row, s.place"
)


def refusal(file: str, sha256: str, kind: str, reason: dict[str, Any]) -> Outcome:
    """The outcome of a file that was refused whole; nothing of it is kept."""
    shown = {key: reason.get(key) for key in ("code", "row", "field", "value", "message")}
    return Outcome(file, sha256, kind, "file_refused", 0, 0, 0, 0, (shown,), {str(reason["code"]): 1})


def _parked_rows(folder: Path) -> Iterator[list[dict[str, Any]]]:
    for path in sorted(folder.glob("quarantine-*.jsonl")):
        with path.open(encoding="utf-8") as rows:
            for row in rows:
                yield json.loads(row)


def _codes(parked: list[list[dict[str, Any]]]) -> dict[str, int]:
    """How many rows were parked for each code; a row with two codes counts for both."""
    counted: dict[str, int] = {}
    for faults in parked:
        for code in {str(fault["code"]) for fault in faults}:
            counted[code] = counted.get(code, 0) + 1
    return dict(sorted(counted.items()))


def _entry(admission: Admission, *, accepted: int, quarantined: int, duplicates: int, lines: int) -> dict[str, Any]:
    return {
        "file": Path(admission.file).name,
        "sha256": admission.sha256,
        "size": admission.size,
        "format": admission.format,
        "status": "rows_quarantined" if quarantined else "accepted",
        "rows": admission.rows,
        "accepted": accepted,
        "quarantined": quarantined,
        "duplicates": duplicates,
        "lines": lines,
        "merged": admission.merged,
        "totals_rows": admission.totals_rows,
        "ignored_fields": list(admission.ignored_fields),
        "unknown_fields": list(admission.unknown_fields),
        "notes": list(admission.notes),
        "settings": admission.settings_digest,
    }


def _outcome(entry: dict[str, Any], parked: list[list[dict[str, Any]]]) -> Outcome:
    reasons = [
        {key: fault[key] for key in ("code", "row", "field", "value", "message")} for row in parked for fault in row
    ]
    reasons += [_repeat(row) for row in entry["duplicate_rows"]]
    counts = {name: entry[name] for name in ("rows", "accepted", "quarantined", "duplicates", "lines", "codes")}
    return Outcome(
        file=entry["file"],
        sha256=entry["sha256"],
        format=entry["format"],
        status=entry["status"],
        reasons=tuple(reasons[:REASONS_SHOWN]),
        **counts,
    )


def _repeat(row: int) -> dict[str, Any]:
    return {"code": "DUP_ID", "row": row, "field": "contract_id", "value": "", "message": REPEATED}


def _already_there(entry: dict[str, Any], parked: list[list[dict[str, Any]]]) -> Outcome:
    """The same bytes again: what was parked stays parked, everything else is a duplicate."""
    again = entry | {"accepted": 0, "duplicates": entry["rows"] - entry["quarantined"], "lines": 0}
    return _outcome(again, parked)
