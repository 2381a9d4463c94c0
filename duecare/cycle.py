"""The straight path: one function per verb, each on one screen. The command line and later doors call only this."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duecare import __version__
from duecare.errors import WrongUsage
from duecare.records.request import Progress, Reading, Request
from duecare.register.intake import Admission, Intake, Outcome, refusal
from duecare.register.store import Register
from duecare.settings import Settings

if TYPE_CHECKING:
    from duecare.identify.view import FindingsView

Notify = Callable[[Progress], None]
DEFAULT_CAPACITY = 10
"""Items on the list where the office does not say how many it can work on."""


@dataclass(frozen=True)
class TakeIn:
    """What one take-in did: its run id (the same for the same input) and an outcome per file, in the order given."""

    run: str
    files: tuple[Outcome, ...]

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """The files of which nothing was taken in."""
        return tuple(outcome for outcome in self.files if outcome.status == "file_refused")


def take_in(
    files: Sequence[Path],
    folder: Path,
    settings: Settings,
    as_of: date,
    *,
    column_map: Mapping[str, Any] | None = None,
    defaults: Mapping[str, str] | None = None,
    sheet: str | None = None,
    progress: Notify | None = None,
) -> TakeIn:
    """Read files into the register at ``folder``: every row accepted, parked with a reason, or its file refused.

    ``as_of`` is the day from which an award date lies in the future. Raises ``WrongUsage`` for a file that does not
    exist; anything wrong inside of a file is an outcome, not an exception.
    """
    from duecare.records.reading import read_files

    request = Request(
        limits=settings.limits,
        as_of=as_of,
        column_map=dict(column_map) if column_map else None,
        defaults=dict(defaults or {}),
        sheet=sheet,
        workers=settings.workers,
        trusted_size=True,
    )
    listed = list(input_files(files))
    with Register.open(folder).writing() as staging:
        register = Register.existing(folder)
        with Intake(register, settings, staging) as intake:
            outcomes = tuple(_admit(reading, intake) for reading in read_files(listed, staging, request, progress))
    return TakeIn(_take_in_id(outcomes, request), outcomes)


def identify(
    folder: Path,
    settings: Settings,
    as_of: date,
    *,
    overrides: Path | None = None,
    structure: str | None = None,
    notify: Callable[[str], None] = lambda _step: None,
) -> Path:
    """Rate every line of the register as of a day and keep the result as a run; returns the run's folder.

    The same lines, evidence, method, overrides and day give the same run, byte for byte. Raises ``CannotAnswer`` when
    there is nothing to rate.
    """
    from duecare.evidence.packs import load_packs
    from duecare.evidence.profiles import load_profiles
    from duecare.identify.about import about_run
    from duecare.identify.bought import classify_lines
    from duecare.identify.method import load_method
    from duecare.identify.overrides import read_overrides, sift
    from duecare.identify.risk import RESULTS, score
    from duecare.identify.view import FindingsView
    from duecare.records.classify import classify_many
    from duecare.register.engine import Engine
    from duecare.register.lines import see_lines
    from duecare.register.runs import write_run

    register, method, profiles = Register.existing(folder), load_method(), load_profiles()
    counted, not_applied = sift(read_overrides(overrides) if overrides else (), method, as_of)
    evidence = load_packs(as_of, folder / "evidence")
    with register.writing() as staging, Engine(settings, spill=staging) as engine:
        see_lines(engine, register, structure)
        notify("Finding out what each line buys ...")
        classify_lines(engine, classify_many)
        notify("Rating the lines ...")
        score(engine, evidence, profiles, method, as_of, counted)
        view = FindingsView(engine, method)
        ledger = register.ledger()
        about = about_run(view, ledger, evidence, profiles, method, as_of, counted, not_applied, structure)
        return write_run(register, engine, staging, about, RESULTS)


def report(
    folder: Path,
    out: Path,
    settings: Settings,
    *,
    run: str | None = None,
    capacity: int = DEFAULT_CAPACITY,
    language: str = "en",
    ledger: Sequence[Mapping[str, object]] | None = None,
) -> tuple[Path, ...]:
    """Write the report files of a run (the newest, without ``run``) into ``out``; returns their paths.

    ``ledger`` are the files to account for; without it those that the run was made of.
    """
    from duecare.communicate.from_run import report_input
    from duecare.communicate.report import write_reports

    with _seen_run(folder, settings, run) as (view, about):
        given = report_input(view, about, ledger if ledger is not None else about["ledger"], capacity)
        return write_reports(given, out, language)


def explain(folder: Path, settings: Settings, line: str, run: str | None = None) -> tuple[dict[str, Any], str]:
    """The whole arithmetic of one line's finding, as data and as text. Raises ``CannotAnswer`` for an unknown line."""
    from duecare.identify.about import facts_of
    from duecare.identify.explain import as_text
    from duecare.identify.explain import explain as explain_line

    with _seen_run(folder, settings, run) as (view, about):
        explained = explain_line(view, line, facts_of(about).__getitem__)
        return explained, as_text(explained, view.method)


def diff(folder: Path, settings: Settings, before: str, after: str) -> dict[str, Any]:
    """Lines whose band, due diligence or priority differ between two runs, and why."""
    from duecare.identify.diff import diff_runs
    from duecare.register.engine import Engine
    from duecare.register.runs import find_run

    register = Register.existing(folder)
    with Engine(settings) as engine:
        return diff_runs(engine, find_run(register, before), find_run(register, after))


@contextmanager
def _seen_run(folder: Path, settings: Settings, run: str | None) -> Iterator[tuple[FindingsView, dict[str, Any]]]:
    """The stored tables of a run in an engine, with what the run says of itself."""
    from duecare.identify.method import load_method
    from duecare.identify.view import FindingsView, see_run
    from duecare.register.engine import Engine
    from duecare.register.runs import about_run, find_run

    found = find_run(Register.existing(folder), run)
    about = about_run(found)
    with Engine(settings) as engine:
        see_run(engine, found)
        yield FindingsView(engine, load_method(about["method"]), about["id"]), about


def input_files(named: Sequence[Path]) -> Iterator[Path]:
    """The files named, and for a folder the files in it, by name; hidden files and a README are not data."""
    for path in named:
        if path.is_dir():
            inside = sorted(child for child in path.iterdir() if child.is_file())
            yield from (child for child in inside if not child.name.startswith(".") and child.stem != "README")
        elif path.exists():
            yield path
        else:
            raise WrongUsage(f"There is no file {path}. Check the name and the folder.")


def _admit(reading: Reading, intake: Intake) -> Outcome:
    if reading.refusal or reading.summary is None:
        fault = reading.refusal
        assert fault is not None
        reason = {"code": fault.code, "row": fault.row, "field": fault.field}
        return refusal(
            reading.file, reading.sha256, reading.format, reason | {"value": fault.value, "message": fault.message}
        )
    summary = reading.summary
    outcome = intake.admit(
        Admission(
            file=reading.file,
            sha256=reading.sha256,
            size=reading.size,
            format=reading.format or summary.format,
            rows=summary.rows,
            quarantined=summary.quarantined,
            folder=reading.folder,
            merged=summary.merged,
            totals_rows=summary.totals_rows,
            ignored_fields=tuple(summary.ignored_fields),
            notes=tuple(summary.notes),
        )
    )
    return replace(outcome, file=reading.file)


def _take_in_id(outcomes: Sequence[Outcome], request: Request) -> str:
    inputs = {"files": sorted(outcome.sha256 for outcome in outcomes), "version": __version__}
    asked = {"map": request.column_map, "defaults": request.defaults, "as_of": request.as_of.isoformat()}
    text = json.dumps(inputs | asked | {"sheet": request.sheet}, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
