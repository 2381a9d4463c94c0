"""The command line: a thin skin over ``duecare.cycle``. JSON on stdout, progress and messages on stderr.

Exit codes: 0 done, 2 wrong usage, 3 an input file was refused, 4 the request cannot be answered, 1 a defect of ours.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

from cyclopts import App, CycloptsError, Parameter

from duecare import __version__
from duecare.errors import CannotAnswer, DuecareError, WrongUsage, disk_fault

if TYPE_CHECKING:
    from duecare.register.intake import Outcome
    from duecare.settings import Settings

app = App(
    name="duecare",
    help="Find, prevent and follow up labour exploitation and human trafficking in what a public organisation buys.",
    version=__version__,
    exit_on_error=False,
    print_error=False,
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)
quarantine = App(name="quarantine", help="Rows that were parked because something in them is wrong.")
evidence = App(name="evidence", help="The dated facts that ratings rest on.")
export_to = App(name="export", help="What is in the register, in other systems' formats.")
app.command(quarantine)
app.command(export_to)
app.command(evidence)
app.command(
    "duecare.cli_review:reviews", name="review", help="What was bought, decided by a person where it is unsure."
)

app.command("duecare.cli_web:web", name="web", help="The application in the browser.")
for _name, _help in {
    "backup": "Write everything of a home into one encrypted file, while everything runs.",
    "backup-key": "Make a key for backups.",
    "restore": "Put a backup into a new home.",
    "verify": "Check that a home, or a backup, is whole.",
    "audit": "The log of what was written and of what restricted things were read.",
    "jobs": "Long work, and how the installation is.",
}.items():
    app.command(f"duecare.cli_casebook:{_name.replace('-', '_')}", name=_name, help=_help)

Files = Annotated[list[Path], Parameter(help="Files, or folders of files: OCDS, CSV, XLSX, XLS, ODS, also packed.")]
RegisterFolder = Annotated[Path, Parameter(name="--register", help="Folder of the register; made when missing.")]
AsOf = Annotated[date | None, Parameter(name="--as-of", help="Day that counts as today, YYYY-MM-DD.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON document on stdout.")]
MapFile = Annotated[Path | None, Parameter(name="--map", help="A saved column map (see `duecare map`).")]
Default = Annotated[
    list[str] | None,
    Parameter(name="--default", negative="", help="A value for a column that a file does not have: country=RS."),
]
Sheet = Annotated[
    str | None, Parameter(name="--sheet", help="The sheet of a workbook; otherwise the one with a header.")
]
Language = Annotated[str, Parameter(name="--lang", help="Language of the report: en fr de it ru es.")]
Overrides = Annotated[Path | None, Parameter(name="--overrides", help="YAML file of ratings changed by local experts.")]
Structure = Annotated[str | None, Parameter(name="--structure", help="Only the contract lines of this office.")]
RunName = Annotated[str | None, Parameter(name="--run", help="The id of a run; otherwise the newest.")]
Capacity = Annotated[
    int | None, Parameter(name="--capacity", help="How many items the office can work on: the list has this many.")
]

Tier2 = Annotated[
    Literal["auto", "on", "off"],
    Parameter(name="--tier2", help="Sentence embeddings for unsure texts: where installed, always, or never."),
]


@app.command(name="take-in")
def take_in(
    files: Files,
    /,
    *,
    register: RegisterFolder,
    column_map: MapFile = None,
    default: Default = None,
    sheet: Sheet = None,
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """Read files into a register: every row is accepted, parked with a reason, or its file refused."""
    from duecare import cycle, terminal

    with terminal.Progress() as progress:
        taken = cycle.take_in(
            files,
            register,
            settings(),
            as_of or today(),
            column_map=terminal.read_yaml(column_map),
            defaults=terminal.read_defaults(default or []),
            sheet=sheet,
            progress=progress,
        )
    if json:
        print_json({"run": taken.run, "files": [_outcome_json(outcome) for outcome in taken.files]})
    terminal.show_ledger(taken.files)
    return 3 if taken.refused else 0


@app.command
def assess(
    files: Files,
    /,
    *,
    out: Annotated[Path, Parameter(name="--out", help="Folder for the report and the findings files.")],
    capacity: Capacity = None,
    structure: Structure = None,
    as_of: AsOf = None,
    lang: Language = "en",
    register: Annotated[
        Path | None, Parameter(name="--register", help="Keep and add to this register; otherwise a fresh one in OUT.")
    ] = None,
    overrides: Overrides = None,
    column_map: MapFile = None,
    default: Default = None,
    sheet: Sheet = None,
    json: Json = False,
) -> int:
    """Take files in, rate every line and write the report: the main job in one go."""
    from duecare import cycle, terminal

    with terminal.Progress() as progress:
        done = cycle.assess(
            files,
            out,
            settings(),
            as_of or today(),
            register=register,
            capacity=capacity,
            structure=structure,
            language=lang,
            overrides=overrides,
            column_map=terminal.read_yaml(column_map),
            defaults=terminal.read_defaults(default or []),
            sheet=sheet,
            progress=progress,
            notify=progress.step,
        )
    terminal.show_ledger(done.taken.files)
    terminal.show_list(done)
    if json:
        print_json(done.as_json())
    return 3 if done.taken.refused else 0


@app.command
def identify(
    *,
    register: RegisterFolder,
    as_of: AsOf = None,
    overrides: Overrides = None,
    structure: Structure = None,
    json: Json = False,
) -> int:
    """Rate every contract line of the register as of a day and keep the result as a run."""
    from duecare import cycle, terminal

    with terminal.Progress() as progress:
        run = cycle.identify(
            register, settings(), as_of or today(), overrides=overrides, structure=structure, notify=progress.step
        )
    if json:
        print_json(cycle.published(register, settings(), run.name))
    terminal.say(f"Run {run.name} is in {run}.")
    return 0


@app.command
def report(
    *,
    register: RegisterFolder,
    out: Annotated[Path, Parameter(name="--out", help="Folder for the report and the findings files.")],
    run: RunName = None,
    capacity: Capacity = None,
    lang: Language = "en",
    json: Json = False,
) -> int:
    """Write the report of a run again, for another capacity or in another language."""
    from duecare import cycle, terminal

    written = cycle.report(register, out, settings(), run=run, capacity=capacity, language=lang)
    if json:
        print_json({"run": written.run, "written": [str(path) for path in written.paths], "bands": written.bands})
    terminal.say(f"The report is {written.paths[0]}.")
    return 0


@app.command
def explain(
    line: Annotated[
        str, Parameter(help="The id of a contract line, or the beginning of it, or the contract's own id.")
    ],
    /,
    *,
    register: RegisterFolder,
    run: RunName = None,
    json: Json = False,
) -> int:
    """Show the whole arithmetic of one line's rating, and the sources of every number."""
    from duecare import cycle

    explained, text = cycle.explain(register, settings(), line, run)
    if json:
        print_json(explained)
    else:
        sys.stdout.write(text + "\n")
    return 0


@app.command
def diff(
    before: Annotated[str, Parameter(help="The id of a run, or the beginning of it.")],
    after: Annotated[str, Parameter(help="The id of a later run, or the beginning of it.")],
    /,
    *,
    register: RegisterFolder,
    json: Json = False,
) -> int:
    """List the lines whose band changed between two runs, and why."""
    from duecare import cycle, terminal

    found = cycle.diff(register, settings(), before, after)
    if json:
        print_json(found)
    else:
        terminal.show_diff(found)
    return 0


@app.command(name="map")
def propose_map(
    file: Annotated[Path, Parameter(help="A spreadsheet or CSV file.")],
    /,
    *,
    out: Annotated[
        Path | None, Parameter(name="--out", help="Write the proposed column map to this YAML file.")
    ] = None,
    sheet: Sheet = None,
    json: Json = False,
) -> int:
    """Propose a column map for a file: which heading holds what, and what is missing."""
    from duecare import cycle, terminal

    proposal = cycle.propose_map(file, settings(), today(), sheet)
    if out is not None:
        terminal.write_new(out, proposal["yaml"])
    if json:
        print_json(proposal)
    elif out is None:
        sys.stdout.write(proposal["yaml"])
    terminal.show_proposal(proposal)
    return 0


@app.command
def classify(
    file: Annotated[Path, Parameter(help="CSV, XLSX, XLS or ODS with a column text, and if you like lang and cpv.")],
    /,
    *,
    register: Annotated[
        Path | None, Parameter(name="--register", help="Use what people decided for the lines of this register.")
    ] = None,
    tier2: Tier2 = "auto",
    sheet: Sheet = None,
    json: Annotated[
        bool, Parameter(name="--json", negative="", help="JSON lines on stdout, which is the default.")
    ] = True,
) -> int:
    """Say what each text buys: one JSON line a row, with how it is known, how sure that is, and what else it may be."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes share the work, and forking allows no threads
    from duecare import cycle, terminal

    del json
    told = terminal.say
    for block in cycle.classify(file, settings(), today(), register=register, tier2=tier2, sheet=sheet, tell=told):
        sys.stdout.buffer.write(block)
    sys.stdout.flush()
    return 0


@quarantine.command(name="export")
def export(
    file: Annotated[Path, Parameter(help="The file that was taken in; a member of a zip as archive.zip/member.csv.")],
    /,
    *,
    register: RegisterFolder,
    out: Annotated[Path | None, Parameter(name="--out", help="Where to write the annotated file.")] = None,
    column_map: MapFile = None,
    sheet: Sheet = None,
    json: Json = False,
) -> int:
    """Give the user's own file back with the reasons beside each parked row, to be fixed and taken in again."""
    from duecare import cycle, terminal

    content = terminal.read_yaml(column_map)
    written = cycle.export_quarantine(file, register, settings(), today(), out, column_map=content, sheet=sheet)
    if json:
        print_json({"written": str(written)})
    terminal.say(f"Written: {written}. Correct the rows with a duecare_code and take the file in again.")
    return 0


@export_to.command(name="ocds")
def export_ocds(
    *,
    register: RegisterFolder,
    out: Annotated[
        Path, Parameter(name="--out", help="FILE.json for a release package, FILE.jsonl for a release a line.")
    ],
    ocid_prefix: Annotated[
        str, Parameter(name="--ocid-prefix", help="Your OCDS prefix, for processes that have no ocid of their own.")
    ] = "",
    publisher: Annotated[str, Parameter(name="--publisher", help="Who publishes the file.")] = "duecare",
    structure: Structure = None,
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """Write the contract lines back as OCDS releases, following OCDS for eForms; natural persons stay unnamed."""
    from duecare import cycle, terminal

    done = cycle.export_ocds(
        register,
        out,
        settings(),
        as_of or today(),
        ocid_prefix=ocid_prefix,
        publisher=publisher,
        structure=structure,
    )
    if json:
        counts = {"lines": done.lines, "releases": done.releases, "persons_unnamed": done.withheld}
        print_json({"written": str(done.path), **counts})
    withheld = f" {done.withheld:,} suppliers are natural persons and stay unnamed." if done.withheld else ""
    terminal.say(f"Written: {done.path}, {done.lines:,} lines in {done.releases:,} releases.{withheld}")
    return 0


@evidence.command(name="add")
def add(
    file: Annotated[Path, Parameter(help="An official list, index or table, or your own observations as CSV.")],
    /,
    *,
    register: RegisterFolder,
    kind: Annotated[str | None, Parameter(name="--kind", help="What it is, where it is not recognised.")] = None,
    edition: Annotated[str, Parameter(name="--edition", help="Its year, where the file does not say it.")] = "",
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """Add a newer official list or your own observations to the evidence of this register."""
    from duecare import cycle, terminal

    added = cycle.add_evidence(file, register, settings(), as_of or today(), kind=kind, edition=edition)
    if json:
        print_json(added)
    terminal.say(f"{added['sentence']} {added['rows']} rows.")
    return 0


@evidence.command(name="list")
def list_evidence(
    *,
    register: Annotated[
        Path | None, Parameter(name="--register", help="Also the evidence added to this register.")
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """List the evidence packs, how old they are and what they are worth on a day."""
    from duecare import cycle

    packs = cycle.list_evidence(as_of or today(), register)
    if json:
        print_json({"packs": packs})
    else:
        sys.stdout.writelines(f"{pack['id']:20} {pack['grade']}  {pack['sentence']}\n" for pack in packs)
    return 0


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    shown = asdict(outcome)
    return shown | {"reasons": list(shown["reasons"])}


def print_json(document: object) -> None:
    """One JSON document on stdout, readable and in a fixed key order."""
    import json

    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n")


def today() -> date:
    """The day on this machine's calendar; only the doors look at a clock."""
    return datetime.now(tz=UTC).astimezone().date()


def now() -> datetime:
    """The moment, in UTC, to the second: when a person decided."""
    return datetime.now(tz=UTC).replace(microsecond=0)


def home_folder(given: Path | None) -> Path:
    """The organisation's folder: as named on the command line, else in the environment, else the usual one of this user."""
    if given is not None:
        return given
    if named := settings().home:
        return Path(named)
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "duecare"


def settings() -> Settings:
    """Deployment settings from the environment."""
    from duecare.settings import read_settings

    return read_settings(os.environ)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code; an error a user can meet is one clear message."""
    try:
        code = app(arguments)
    except CycloptsError as error:
        code = _say(WrongUsage(str(error)), f"See `duecare {'--help'}`.")
    except DuecareError as error:
        code = _say(error)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Nothing was left half done; run the same command again.\n")
        code = 130
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader of our output went away
        code = 0
    except Exception as error:  # what an engine says of a full disk has a class of its own
        if not (sentence := disk_fault(error)):
            raise
        code = _say(CannotAnswer(sentence))
    sys.exit(code if isinstance(code, int) else 0)


def _say(error: DuecareError, hint: str = "") -> int:
    sys.stderr.write(f"duecare: {error}\n" + (f"{hint}\n" if hint else ""))
    return error.exit_code
