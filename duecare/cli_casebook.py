"""The command line of the record and its upkeep: back up, put back, verify, the audit log, long work. A thin skin like ``duecare.cli``."""

from __future__ import annotations

import json as as_json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from duecare.cli import Json, home_folder, now, print_json, settings
from duecare.errors import CannotAnswer, WrongUsage

if TYPE_CHECKING:
    from duecare.casebook.audit import Head
    from duecare.casebook.home import Home
    from duecare.jobs.verify import Whole

audit = App(name="audit", help="The log of what was written and of what restricted things were read.")
jobs = App(name="jobs", help="Long work: what waits, the worker that does it, and how the installation is.")

HomeFolder = Annotated[
    Path | None,
    Parameter(name="--home", help="Folder of the organisation; otherwise DUECARE_HOME, or ~/.local/share/duecare."),
]
Identity = Annotated[Path | None, Parameter(name="--identity", help="File with your secret key.")]


def backup(
    *,
    to: Annotated[Path, Parameter(name="--to", help="The file to write; it must not be there yet.")],
    recipient: Annotated[
        list[str] | None,
        Parameter(name="--recipient", negative="", help="Public key (age1...) that may open it; several may be named."),
    ] = None,
    plain: Annotated[bool, Parameter(name="--plain", negative="", help="Do not encrypt.")] = False,
    home: HomeFolder = None,
    json: Json = False,
) -> int:
    """Write everything of a home into one encrypted file, while everything runs."""
    from duecare.jobs.backup import back_up

    opened = _opened(home)
    made = back_up(opened, to, recipient or [], now(), plain=plain)
    if json:
        print_json(
            {
                "written": str(to),
                "files": made.members,
                "bytes": made.bytes,
                "head": asdict(made.head),
                "ledger": made.ledger,
            }
        )
    _say(f"Written: {to}, {made.members:,} files, {made.bytes:,} bytes. The log stands at entry {made.head.number:,}.")
    return 0


def backup_key(
    file: Annotated[Path, Parameter(help="Where to write the secret key; it must not be there yet.")],
    /,
    *,
    json: Json = False,
) -> int:
    """Make a key for backups: the secret part goes into FILE, the public part is printed."""
    from duecare.casebook.backup_archive import new_key

    secret, public = new_key()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise WrongUsage(f"{file} is there already. Name another file.") from None
    with os.fdopen(handle, "w", encoding="ascii") as written:
        written.write(f"# public key: {public}\n{secret}\n")
    if json:
        print_json({"recipient": public, "written": str(file)})
    else:
        sys.stdout.write(f"{public}\n")
    _say(f"{file} opens backups made for this key. Keep it away from this machine; without it no backup can be opened.")
    return 0


def restore(
    *,
    source: Annotated[Path, Parameter(name="--from", help="The backup.")],
    home: Annotated[Path, Parameter(name="--home", help="A folder that is not there yet.")],
    identity: Identity = None,
    json: Json = False,
) -> int:
    """Put a backup into a new home; a home that is there is never touched."""
    from duecare.jobs.backup import restore as put_back

    contents = put_back(source, home, identity, settings().database)
    if json:
        print_json({"home": str(home), **{key: contents[key] for key in ("made", "duecare", "head", "ledger")}})
    _say(f"The home {home} is as it was on {contents['made']}; its log stands at entry {contents['head']['number']:,}.")
    return 0


def verify(
    *,
    home: HomeFolder = None,
    backup: Annotated[Path | None, Parameter(name="--backup", help="A backup instead of a home.")] = None,
    identity: Identity = None,
    head: Annotated[Path | None, Parameter(name="--head", help="An exported head of the log.")] = None,
    json: Json = False,
) -> int:
    """Check that a home, or a backup, is whole: database, log, evidence files, register, book of decisions."""
    from duecare.jobs.verify import verify_backup, verify_home

    if backup is not None:
        return _show(verify_backup(backup, identity), json=json)
    return _show(verify_home(_opened(home), settings(), _read_head(head)), json=json)


@audit.command(name="verify")
def audit_verify(
    *,
    head: Annotated[Path | None, Parameter(name="--head", help="A head that was exported earlier.")] = None,
    home: HomeFolder = None,
    json: Json = False,
) -> int:
    """Walk the whole log: a change, a gap or, against an exported head, a cut shows."""
    from duecare.casebook.audit import verify as walk

    _opened(home)
    found = walk(_read_head(head))
    if json:
        print_json({"entries": found.head.number, "digest": found.head.digest, "fault": found.fault})
    if found.fault:
        raise CannotAnswer(f"The log is not whole. {found.fault}")
    _say(f"The log is whole: {found.head.number:,} entries.")
    return 0


@audit.command(name="head")
def audit_head(
    *,
    out: Annotated[Path | None, Parameter(name="--out", help="Write it to this file; otherwise to stdout.")] = None,
    home: HomeFolder = None,
    json: Annotated[bool, Parameter(name="--json", negative="", help="JSON, which is the default.")] = True,
) -> int:
    """Export number, digest and time of the last entry, to be kept elsewhere and compared later."""
    from duecare.casebook.audit import head

    del json
    _opened(home)
    last = head()
    shown = {"number": last.number, "digest": last.digest, "at": last.at.isoformat() if last.at else None}
    if out is None:
        print_json(shown)
    else:
        _write_new(out, as_json.dumps(shown, indent=1) + "\n")
    return 0


@audit.command(name="export")
def audit_export(
    *,
    out: Annotated[Path, Parameter(name="--out", help="FILE.jsonl: one entry a line; it must not be there yet.")],
    home: HomeFolder = None,
    json: Json = False,
) -> int:
    """Write the whole log as JSON lines: ids and codes, no names and no content."""
    from duecare.casebook.audit import entries

    _opened(home)
    count = 0
    with _new(out) as file:
        for entry in entries():
            file.write(
                as_json.dumps(entry | {"at": entry["at"].isoformat(timespec="microseconds")}, ensure_ascii=False) + "\n"
            )
            count += 1
    if json:
        print_json({"written": str(out), "entries": count})
    _say(f"Written: {out}, {count:,} entries.")
    return 0


@jobs.default
def jobs_list(
    *,
    most: Annotated[int, Parameter(name="--n", help="How many, newest first.")] = 20,
    home: HomeFolder = None,
    json: Json = False,
) -> int:
    """List long work, newest first: what it is, how far it is, how it ended."""
    _opened(home)
    from duecare.casebook.models import Job

    shown = ("oid", "kind", "state", "step", "done", "total", "attempts", "at", "started", "ended", "error")
    rows = list(Job.objects.order_by("-at", "oid").values(*shown)[:most])
    if json:
        print_json({"jobs": rows})
    else:
        sys.stdout.writelines(
            f"{row['at']:%Y-%m-%d %H:%M}  {row['kind']:12} {row['state']:9} {row['error']}\n" for row in rows
        )
    return 0


@jobs.command(name="work")
def jobs_work(
    *,
    until_idle: Annotated[
        bool, Parameter(name="--until-idle", negative="", help="End when nothing waits any more.")
    ] = False,
    home: HomeFolder = None,
    json: Json = False,
) -> int:
    """Be the worker of a home: do what waits, one after the other, until stopped."""
    from duecare.jobs.log import log_to_stderr
    from duecare.jobs.worker import Stop, main

    log_to_stderr()
    stop = Stop()
    stop.on_signals()
    ended = main(_existing(home), settings().database, settings(), until_idle=until_idle, stop=stop)
    if json:
        print_json({"ended": ended})
    return 0


@jobs.command(name="health")
def jobs_health(*, home: HomeFolder = None, json: Json = False) -> int:
    """Say how the installation is; exit code 4 where something needs a person."""
    from duecare.jobs.health import health

    found = health(_opened(home), now())
    if json:
        print_json(found)
    else:
        parts = {name: part for name, part in found.items() if isinstance(part, dict)}
        sys.stdout.writelines(
            f"{'ok ' if part['ok'] else 'SEE'} {name}: {_figures(part)}\n" for name, part in parts.items()
        )
    return 0 if found["ok"] else CannotAnswer.exit_code


def _figures(part: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in part.items() if name != "ok")


def _existing(given: Path | None) -> Home:
    """The home named on the command line, in the environment, or the usual one; it must be there."""
    from duecare.casebook.home import Home

    folder = home_folder(given)
    if not (folder / "secret.key").is_file():
        raise WrongUsage(
            f"There is no home of duecare in {folder}. Name one with --home, or begin one with `duecare web`."
        )
    return Home.open(folder)


def _opened(given: Path | None) -> Home:
    """The home with its record open; its version is left as it is."""
    from duecare.casebook.opening import open_casebook

    home = _existing(given)
    open_casebook(home, settings().database, migrate=False)
    return home


def _read_head(path: Path | None) -> Head | None:
    from duecare.casebook.audit import Head

    if path is None:
        return None
    try:
        said = as_json.loads(path.read_text("utf-8"))
        return Head(
            int(said["number"]), str(said["digest"]), datetime.fromisoformat(said["at"]) if said["at"] else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise WrongUsage(f"{path} is no exported head; make one with `duecare audit head --out FILE`.") from None


def _show(whole: Whole, *, json: bool) -> int:
    if json:
        print_json(asdict(whole) | {"whole": not whole.faults})
    else:
        sys.stdout.writelines(f"{'ok ' if not c.faults else 'BAD'} {c.name}: {c.looked_at:,}\n" for c in whole.checks)
        sys.stdout.writelines(f"    {fault}\n" for fault in whole.faults)
    return CannotAnswer.exit_code if whole.faults else 0


def _new(path: Path) -> Any:
    try:
        return path.open("x", encoding="utf-8")
    except FileExistsError:
        raise WrongUsage(f"{path} is there already. Name another file.") from None


def _write_new(path: Path, text: str) -> None:
    with _new(path) as file:
        file.write(text)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
