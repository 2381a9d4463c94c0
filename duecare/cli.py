"""The command line: a thin skin over ``duecare.cycle``. JSON on stdout, progress and messages on stderr.

Exit codes: 0 done, 2 wrong usage, 3 an input file was refused, 4 the request cannot be answered, 1 a defect of ours.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from cyclopts import App, CycloptsError, Parameter

from duecare import __version__
from duecare.errors import DuecareError, WrongUsage

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
app.command(quarantine)
app.command(evidence)

Files = Annotated[list[Path], Parameter(help="Files, or folders of files: OCDS, CSV, XLSX, XLS, ODS, also packed.")]
RegisterFolder = Annotated[Path, Parameter(name="--register", help="Folder of the register; made when missing.")]
AsOf = Annotated[date | None, Parameter(name="--as-of", help="Day that counts as today, YYYY-MM-DD.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON document on stdout.")]
MapFile = Annotated[Path | None, Parameter(name="--map", help="A saved column map (see `duecare map`).")]
Default = Annotated[
    list[str] | None,
    Parameter(name="--default", negative="", help="A value for all rows of a file that leave it empty: country=RS."),
]
Sheet = Annotated[
    str | None, Parameter(name="--sheet", help="The sheet of a workbook; otherwise the one with a header.")
]
Language = Annotated[str, Parameter(name="--lang", help="Language of the report: en fr de it ru es.")]
Overrides = Annotated[Path | None, Parameter(name="--overrides", help="YAML file of ratings changed by local experts.")]
Structure = Annotated[str | None, Parameter(name="--structure", help="Only the contract lines of this office.")]
Capacity = Annotated[
    int | None, Parameter(name="--capacity", help="How many items the office can work on: the list has this many.")
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
            _settings(),
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


def _settings() -> Settings:
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
    sys.exit(code if isinstance(code, int) else 0)


def _say(error: DuecareError, hint: str = "") -> int:
    sys.stderr.write(f"duecare: {error}\n" + (f"{hint}\n" if hint else ""))
    return error.exit_code
