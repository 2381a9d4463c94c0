"""The straight path: one function per verb, each on one screen. The command line and later doors call only this."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from duecare import __version__
from duecare.errors import CannotAnswer, FileRefused, WrongUsage
from duecare.records.admission import admit
from duecare.records.request import Progress, Request
from duecare.register.intake import Intake, Outcome
from duecare.register.store import Register
from duecare.settings import Settings

if TYPE_CHECKING:
    from duecare.communicate.ocds_export import Exported
    from duecare.identify.overrides import Ruling
    from duecare.identify.reviewing import Keep, Wish
    from duecare.identify.view import FindingsView
    from duecare.register.engine import Engine

Tier2 = Literal["auto", "on", "off"]
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
            outcomes = tuple(admit(reading, intake) for reading in read_files(listed, staging, request, progress))
    return TakeIn(_take_in_id(outcomes, request), outcomes)


def identify(
    folder: Path,
    settings: Settings,
    as_of: date,
    *,
    overrides: Path | Sequence[Ruling] | None = None,
    structure: str | None = None,
    notify: Callable[[str], None] = lambda _step: None,
) -> Path:
    """Rate every line of the register as of a day and keep the result as a run; returns the run's folder.

    ``overrides`` are a YAML file or rulings as the record holds them. The same lines, evidence, method, overrides and day
    give the same run, byte for byte. Raises ``CannotAnswer`` when there is nothing to rate.
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
    from duecare.register.reviews import read_book, standing
    from duecare.register.runs import write_run

    register, method, profiles = Register.existing(folder), load_method(), load_profiles()
    rulings = read_overrides(overrides) if isinstance(overrides, Path) else overrides or ()
    counted, not_applied = sift(rulings, method, as_of)
    evidence = load_packs(as_of, folder / "evidence")
    with register.writing() as staging, Engine(settings, spill=staging) as engine:
        see_lines(engine, register, structure)
        notify("Finding out what each line buys ...")
        decided = standing(read_book(folder))
        classify_lines(engine, classify_many, decided)
        notify("Rating the lines ...")
        score(engine, evidence, profiles, method, as_of, counted)
        view = FindingsView(engine, method, as_of)
        ledger = register.ledger()
        about = about_run(view, ledger, evidence, profiles, method, as_of, counted, not_applied, structure, decided)
        return write_run(register, engine, staging, about, RESULTS)


@dataclass(frozen=True)
class Reported:
    """What was written, and the list at the top of it: rank, line, title, supplier, office, band, act and why."""

    run: str
    paths: tuple[Path, ...]
    top: tuple[dict[str, Any], ...]
    bands: dict[str, int]
    overrides_not_applied: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Assessed:
    """The main job's result: what was read, the run, and what was written."""

    taken: TakeIn
    reported: Reported
    register: Path

    def as_json(self) -> dict[str, Any]:
        """The document that ``assess --json`` prints."""
        files = [asdict(outcome) | {"reasons": list(outcome.reasons)} for outcome in self.taken.files]
        written = [str(path) for path in self.reported.paths]
        shown = {"run": self.reported.run, "bands": self.reported.bands, "list": list(self.reported.top)}
        shown["overrides_not_applied"] = list(self.reported.overrides_not_applied)
        return shown | {"written": written, "register": str(self.register), "files": files}


def assess(
    files: Sequence[Path],
    out: Path,
    settings: Settings,
    as_of: date,
    *,
    register: Path | None = None,
    capacity: int | None = None,
    structure: str | None = None,
    language: str = "en",
    overrides: Path | None = None,
    column_map: Mapping[str, Any] | None = None,
    defaults: Mapping[str, str] | None = None,
    sheet: str | None = None,
    progress: Notify | None = None,
    notify: Callable[[str], None] = lambda _step: None,
) -> Assessed:
    """Take in, identify and report in one go. Without ``register`` a fresh one in ``out`` holds only these files."""
    folder = register or _fresh(out / "register")
    taken = take_in(
        files, folder, settings, as_of, column_map=column_map, defaults=defaults, sheet=sheet, progress=progress
    )
    _answerable(taken)
    run = identify(folder, settings, as_of, overrides=overrides, structure=structure, notify=notify)
    notify("Writing the report ...")
    ledger = [asdict(outcome) | {"file": Path(outcome.file).name} for outcome in taken.files]
    written = report(folder, out, settings, run=run.name, capacity=capacity, language=language, ledger=ledger)
    return Assessed(taken, written, folder)


def report(
    folder: Path,
    out: Path,
    settings: Settings,
    *,
    run: str | None = None,
    capacity: int | None = None,
    language: str = "en",
    ledger: Sequence[Mapping[str, object]] | None = None,
) -> Reported:
    """Write the report files of a run (the newest, without ``run``) into ``out``.

    ``capacity`` is how many items the office can work on. ``ledger`` are the files to account for; without it those that
    the run was made of.
    """
    from duecare.communicate.from_run import bands_of, report_input, top_of_list
    from duecare.communicate.report import write_reports

    with _seen_run(folder, settings, run) as (view, about):
        files = ledger if ledger is not None else about["ledger"]
        given = report_input(view, about, files, DEFAULT_CAPACITY if capacity is None else capacity, folder=out)
        paths = write_reports(given, out, language)
        return Reported(about["id"], paths, top_of_list(given), bands_of(given), tuple(about["overrides_not_applied"]))


def published(folder: Path, settings: Settings, run: str) -> dict[str, Any]:
    """The findings of a run as findings.json holds them."""
    with _seen_run(folder, settings, run) as (view, about):
        return {"run": about["id"], "findings": list(view.items())}


def explain(folder: Path, settings: Settings, line: str, run: str | None = None) -> tuple[dict[str, Any], str]:
    """The whole arithmetic of one line's finding, as data and as text.

    ``line`` is a line id, the beginning of one, or a contract id. Raises ``CannotAnswer`` for none or several.
    """
    from duecare.identify.about import facts_of
    from duecare.identify.explain import as_text
    from duecare.identify.explain import explain as explain_line

    with _seen_run(folder, settings, run) as (view, about):
        explained = explain_line(view, view.line_named(line), facts_of(about).__getitem__)
        return explained, as_text(explained, view.method)


def diff(folder: Path, settings: Settings, before: str, after: str) -> dict[str, Any]:
    """Lines whose band, due diligence or priority differ between two runs, and why."""
    from duecare.identify.diff import diff_runs
    from duecare.register.engine import Engine
    from duecare.register.runs import find_run

    register = Register.existing(folder)
    with Engine(settings) as engine:
        return diff_runs(engine, find_run(register, before), find_run(register, after))


def propose_map(file: Path, settings: Settings, as_of: date, sheet: str | None = None) -> dict[str, Any]:
    """A proposed column map for one file: ``yaml`` to save, the ``columns`` recognised and what is ``missing``."""
    from duecare.records.errands import propose

    _existing(file)
    return propose(file, Request(settings.limits, as_of, sheet=sheet, trusted_size=True))


def export_quarantine(
    file: Path,
    folder: Path,
    settings: Settings,
    as_of: date,
    out: Path | None = None,
    *,
    column_map: Mapping[str, Any] | None = None,
    sheet: str | None = None,
) -> Path:
    """The user's own file with the reasons beside each parked row; returns the path that was written."""
    from duecare.records.quarantine import export_annotated

    register = Register.existing(folder)
    entry = _entry_of(file, register)
    target = out or file.with_name(f"{file.name.partition('.')[0]}-to-fix{file.suffix}")
    request = Request(settings.limits, as_of, column_map=dict(column_map) if column_map else None, sheet=sheet)
    return export_annotated(file, register.folder / "quarantine" / f"{entry['sha256']}.jsonl", target, request=request)


def export_ocds(
    folder: Path,
    out: Path,
    settings: Settings,
    as_of: date,
    *,
    ocid_prefix: str = "",
    publisher: str = "duecare",
    structure: str | None = None,
) -> Exported:
    """Write the register's lines as OCDS releases that follow the profile for eForms; ``as_of`` is the day of publication."""
    from duecare.communicate.ocds_export import as_lines, export_ocds
    from duecare.register.engine import Engine
    from duecare.register.lines import TYPES, see_lines

    register, columns = Register.existing(folder), list(TYPES)
    with register.writing() as spill, Engine(settings, spill=spill) as engine:
        see_lines(engine, register, structure)
        order = "coalesce(nullif(ocid, ''), line_id), lot NULLS FIRST, amount IS NULL, contract_id, line_id"
        batches = engine.batches(f"SELECT {', '.join(columns)} FROM lines ORDER BY {order}")
        lines = as_lines(batches, columns)
        return export_ocds(lines, out, as_of, ocid_prefix=ocid_prefix, publisher=publisher)


def add_evidence(
    file: Path, folder: Path, settings: Settings, as_of: date, *, kind: str | None = None, edition: str = ""
) -> dict[str, Any]:
    """Add an official list or own observations to the register's evidence; returns the state of the new pack."""
    from duecare.records.errands import read_evidence

    _existing(file)
    register = Register.open(folder)
    with register.writing():
        return read_evidence(file, register.folder / "evidence", Request(settings.limits, as_of), kind, edition)


def list_evidence(as_of: date, folder: Path | None = None) -> list[dict[str, Any]]:
    """The packs in use on a day, each with its state in one sentence."""
    from duecare.evidence.packs import load_packs

    packs = load_packs(as_of, folder / "evidence" if folder else None).packs
    return [asdict(pack) | {"sentence": pack.sentence} for pack in packs]


def classify(
    file: Path,
    settings: Settings,
    as_of: date,
    *,
    register: Path | None = None,
    tier2: Tier2 = "auto",
    sheet: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[bytes]:
    """What each row of a file of texts buys, as blocks of JSON lines in the order of the rows.

    What people decided for a register counts where its folder is given. Nothing is kept of the file. ``tell`` hears what
    is good to know; raises ``CannotAnswer`` where ``tier2`` is ``on`` and cannot be used.
    """
    from concurrent.futures import ThreadPoolExecutor

    from duecare.records.classify import choose_tier, classify_texts, load_readers
    from duecare.records.text_file import answers, read_text_file
    from duecare.register.reviews import read_book, standing

    _existing(file)
    with ThreadPoolExecutor(1) as meanwhile:
        meanwhile.submit(load_readers)
        texts = read_text_file(file, Request(settings.limits, as_of, sheet=sheet, trusted_size=True))
    decided = standing(read_book(Register.existing(register).folder)) if register else None
    tier = choose_tier(tier2, len(texts.rows), tell)
    # the embeddings have threads of their own, which forking does not allow
    workers = settings.workers if tier == "off" else 1
    return answers(texts, partial(classify_texts, decided=decided, tier2=tier), workers)


def review_next(folder: Path, settings: Settings, most: int, offices: Sequence[str] | None = None) -> dict[str, Any]:
    """The texts of a register that wait for a person, ordered by the risk at stake: the first ``most`` of them.

    ``offices`` leaves only the lines of these offices, by the names that the data have for them.
    """
    from duecare.identify.reviewing import next_to_review
    from duecare.records.classify import classify_many

    with _seen_lines(folder, settings, offices) as engine:
        return next_to_review(engine, folder, classify_many, most)


def review(
    folder: Path,
    settings: Settings,
    wish: Wish,
    at: datetime,
    *,
    offices: Sequence[str] | None = None,
    keep: Keep | None = None,
) -> dict[str, Any]:
    """Keep what a person decided about what was bought; it counts from the next ``identify`` on.

    ``offices`` and ``keep`` as in ``review_next`` and ``identify.reviewing.review``.
    """
    from duecare.identify.reviewing import review as review_one
    from duecare.identify.reviewing import written_at_once
    from duecare.records.classify import classify_many

    with _seen_lines(folder, settings, offices) as engine:
        kept, narrowed = keep or written_at_once, offices is not None
        return review_one(engine, folder, classify_many, wish, at, kept, narrowed=narrowed)


def review_list(folder: Path) -> list[dict[str, Any]]:
    """All decisions about what was bought, oldest first, each with whether it counts today."""
    from duecare.identify.reviewing import decisions

    return decisions(Register.existing(folder).folder)


def review_export(folder: Path, out: Path) -> int:
    """Write the decisions that count as labelled texts for retraining; returns how many."""
    from duecare.identify.reviewing import export_labels

    if out.exists():
        raise WrongUsage(f"{out} is there already. Name another file, or delete it first.")
    return export_labels(Register.existing(folder).folder, out)


@contextmanager
def _seen_lines(folder: Path, settings: Settings, offices: Sequence[str] | None = None) -> Iterator[Engine]:
    """The accepted lines of a register as the view ``lines``, those of some offices where they are named."""
    from duecare.identify.queue import narrow
    from duecare.register.engine import Engine
    from duecare.register.lines import see_lines

    register = Register.existing(folder)
    with Engine(settings) as engine:
        see_lines(engine, register)
        if offices is not None:
            narrow(engine, offices)
        yield engine


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
        as_of = date.fromisoformat(about["as_of"])
        yield FindingsView(engine, load_method(about["method"]), as_of, about["id"]), about


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


def _existing(file: Path) -> None:
    if not file.is_file():
        raise WrongUsage(f"There is no file {file}. Check the name and the folder.")


def _entry_of(file: Path, register: Register) -> dict[str, Any]:
    """The ledger entry of a file, by its content, or by its name for a member of a zip."""
    if file.is_file():
        with file.open("rb") as opened:
            entry = register.entry(hashlib.file_digest(opened, "sha256").hexdigest())
        if entry is not None:
            return entry
    named = [entry for entry in register.ledger() if entry["file"] == file.name]
    if file.is_file() or len(named) != 1:
        raise WrongUsage(f"{file} was not taken into this register, or was changed since. Take it in first.")
    return named[0]


def _fresh(folder: Path) -> Path:
    """A register of our own making is emptied; anything else in its place is an error."""
    if folder.exists():
        Register.existing(folder)
        shutil.rmtree(folder)
    return folder


def _answerable(taken: TakeIn) -> None:
    """Without a single accepted row there is nothing to report: say why, as the first refusal does."""
    if any(outcome.accepted or outcome.duplicates for outcome in taken.files):
        return
    for outcome in taken.refused:
        reason = outcome.reasons[0]
        message = f"{outcome.file}: {reason['code']}. {reason['message']}"
        raise FileRefused(reason["code"], message, row=reason["row"])
    raise CannotAnswer("No row of these files could be used: all are parked. See the reasons with `duecare take-in`.")


def _take_in_id(outcomes: Sequence[Outcome], request: Request) -> str:
    inputs = {"files": sorted(outcome.sha256 for outcome in outcomes), "version": __version__}
    asked = {"map": request.column_map, "defaults": request.defaults, "as_of": request.as_of.isoformat()}
    text = json.dumps(inputs | asked | {"sheet": request.sheet}, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
