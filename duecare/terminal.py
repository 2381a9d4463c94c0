"""What a person sees in the terminal: progress, the ledger and the top of the list, all on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import yaml

from duecare.errors import WrongUsage

if TYPE_CHECKING:
    from duecare.cycle import Assessed
    from duecare.records.request import Progress as Read
    from duecare.register.intake import Outcome


SHOWN = 12


class Progress:
    """A progress line with rate and time left, drawn only on a terminal; silent in pipes, files and CI."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, read: Read) -> None:
        """Show how far reading has come."""
        if self._bar is None:
            return
        if self._task is None:
            self._task = self._bar.add_task("Reading", total=read.bytes_total)
        name = Path(read.file).name
        shown = f"Reading {read.files_done + 1} of {read.files_total}: {name[:40]}"
        self._bar.update(self._task, completed=read.bytes_done, total=read.bytes_total, description=shown)

    def step(self, message: str) -> None:
        """Say which step begins."""
        if self._bar is not None:
            self._bar.console.print(message, highlight=False, markup=False)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich import progress
            from rich.console import Console

            console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
            columns = (progress.BarColumn(), progress.DownloadColumn(), progress.TransferSpeedColumn())
            text = progress.TextColumn("{task.description}", markup=False)
            self._bar = progress.Progress(
                text, *columns, progress.TimeRemainingColumn(), console=console, transient=True
            )
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def read_defaults(pairs: Sequence[str]) -> dict[str, str]:
    """``country=RS`` pairs as a mapping; raises ``WrongUsage`` for anything else."""
    split = [pair.partition("=") for pair in pairs]
    if wrong := [pair for pair, (name, _, value) in zip(pairs, split, strict=True) if not name or not value]:
        raise WrongUsage(f"--default takes FIELD=VALUE, such as country=RS; {wrong[0]!r} was given.")
    return {name.strip(): value.strip() for name, _, value in split}


def read_yaml(path: Path | None) -> dict[str, Any] | None:
    """A column map that a user names, as texts: a column called ``no`` is no truth value. Raises ``WrongUsage``."""
    if path is None:
        return None
    try:
        document = yaml.load(path.read_text("utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506  texts only
    except FileNotFoundError:
        raise WrongUsage(f"There is no file {path}. Check the name and the folder.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WrongUsage(f"{path} is not a YAML file in UTF-8: {error}") from None
    if not isinstance(document, dict):
        raise WrongUsage(f"{path} must hold a YAML mapping, such as `columns:` with lines below it.")
    return document


def show_ledger(outcomes: Sequence[Outcome]) -> None:
    """What became of each file, in words, with the first reasons."""
    for outcome in outcomes:
        say(f"{outcome.file}: {_in_words(outcome)}")
        for reason in outcome.reasons[:3] if outcome.status != "accepted" else ():
            say(f"    {_where(reason)}{reason['code']}. {reason['message']}")
    parked = sum(outcome.quarantined for outcome in outcomes)
    if parked:
        say("Parked rows come back in your own file with `duecare quarantine export FILE`.")


def show_list(done: Assessed) -> None:
    """The top of the list: what, where, how sure, and the next act; then where the report is."""
    reported = done.reported
    counted = ", ".join(f"{number} {band}" for band, number in reported.bands.items())
    say(f"\n{sum(reported.bands.values())} contract lines were rated: {counted}.")
    say("What to do first (a rating is a reason to look, never an accusation):\n")
    for item in reported.top[:SHOWN]:
        level = f"{item['band']} {item['L']:.1f} ({item['L_lo']:.1f} to {item['L_hi']:.1f}), confidence {item['confidence_band']}"
        more = f" and {item['lines'] - 1} more lines" if item["lines"] > 1 else ""
        say(f"{item['rank']:3}. {item['category_title']}: {item['title'][:80]}{more}")
        say(f"     {item['structure']}; {item['supplier'] or 'supplier not known'}; line {item['line_id']}")
        say(f"     {level}")
        say(f"     Next: {item['action']}")
    if len(reported.top) > SHOWN:
        say(f"     ... {len(reported.top) - SHOWN} more are in the report.")
    for one in reported.overrides_not_applied:
        say(f"Override {one['id']} does not count ({one['rule']}): {one['sentence']}")
    say(f"\nThe report is {reported.paths[0]}")
    say(f"Look behind a rating with `duecare explain LINE --register {done.register}`")


def show_diff(found: Mapping[str, Any]) -> None:
    """Changed lines with their causes, on stdout: this is the answer itself."""
    for line in found["changed"]:
        why = "; ".join(str(cause["sentence"]) for cause in line["why"]) or "no cause was found"
        sys.stdout.write(f"{line['line_id']}  {line['band_before']} -> {line['band']}  {line['title'] or ''}: {why}\n")
    counts = {name: len(value) for name, value in found.items() if isinstance(value, list)}
    sys.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()) + "\n")


def show_queue(found: Mapping[str, Any]) -> None:
    """The texts that wait for a person, on stdout: what they say, what they may be, and what to type."""
    for item in found["items"]:
        codes = ", ".join(f"{name} {item[name]}" for name in ("cpv", "unspsc", "hs") if item[name]) or "no code"
        sys.stdout.write(f"{item['key']}  {item['title'][:100] or item['description'][:100] or '(no words)'}\n")
        sys.stdout.write(f"    {codes}; {item['lines']} lines, one of them {item['line_id']}. {item['sentence']}\n")
        sys.stdout.write(f"    In use: {_reading(item['used'])} ({item['how']}, {item['confidence']:.2f})\n")
        if others := "; ".join(_reading(one) for one in item["others"][:6]):
            sys.stdout.write(f"    It may be: {others}\n")
    say(
        f"{found['waiting']} texts of {found['lines']} lines wait. Decide with `duecare review accept KEY` or `correct KEY`."
    )


def show_decision(done: Mapping[str, Any]) -> None:
    """What was kept, and for how many lines it counts."""
    lower = " It is less risky than the reading before." if done["lowers"] else ""
    what = f"{done['category_title']} [{done['profile']}]" if done["profile"] else "withdrawn"
    say(f"Decision {done['number']}: {what}, for {done['lines']} lines, from the next `duecare identify` on.{lower}")


def show_decisions(made: Sequence[Mapping[str, Any]]) -> None:
    """All decisions, one a line, on stdout."""
    for one in made:
        people = ", ".join(f"{person['by']} {person['role']}".strip() for person in one["people"])
        what = one["profile"] or "-"
        counts = "counts" if one["counts"] else "replaced"
        sys.stdout.write(
            f"{one['number']:4} {one['at'][:10]} {one['verb']:8} {one['key']} {what:14} {counts:8} {people}: "
            f"{one['said']['title'][:60]}{' - ' if one['reason'] else ''}{one['reason']}\n"
        )


def _reading(one: Mapping[str, Any]) -> str:
    return f"{one['title']} [{one['profile']}]"


def show_proposal(proposal: Mapping[str, Any]) -> None:
    """What the proposed map is sure of and what it could not find."""
    for guess in proposal["proposal"]["guesses"]:
        meaning = f"{guess['column']} ({guess['why']})" if guess["column"] else "kept aside"
        say(f"  {guess['header'][:40]:40} -> {meaning}")
    if missing := proposal["proposal"]["missing"]:
        say(f"Not found: {', '.join(missing)}. Name their headings in the map, or give --default FIELD=VALUE.")


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet; a user's corrected map is never overwritten."""
    if path.exists():
        raise WrongUsage(f"{path} is there already. Name another file, or delete it first.")
    path.write_text(text, encoding="utf-8")


def say(text: str) -> None:
    """One line on stderr."""
    sys.stderr.write(text + "\n")


def _in_words(outcome: Outcome) -> str:
    if outcome.status == "file_refused":
        return "refused, nothing of it was taken in"
    counts: Mapping[str, int] = {
        "accepted": outcome.accepted,
        "parked": outcome.quarantined,
        "repeated": outcome.duplicates,
    }
    return f"{outcome.rows} rows, " + ", ".join(f"{number} {word}" for word, number in counts.items())


def _where(reason: Mapping[str, Any]) -> str:
    return f"row {reason['row']}: " if reason.get("row") else ""
