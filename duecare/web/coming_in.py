"""Words and rules of what comes in: columns, steps of work, and the column map that a person makes on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.http import QueryDict

from duecare import cycle
from duecare.casebook.acts import uploads
from duecare.casebook.models import SavedMap, Upload
from duecare.casebook.writing import Actor
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.errors import FileRefused, WrongUsage
from duecare.records.column_map import CANONICAL, ORDERS, REQUIRED
from duecare.settings import Limits, Settings

FOR_ALL_ROWS = ("currency", "buyer", "country", "structure")
"""Columns that a person may give once for the whole file."""
ORDER_WORDS = {"dmy": msgid("day, month, year"), "mdy": msgid("month, day, year"), "ymd": msgid("year, month, day")}
SIGN_WORDS = {",": msgid("a comma: 1234,50"), ".": msgid("a point: 1234.50")}
KIND_WORDS = {
    "take-in": msgid("Take in a file"),
    "identify": msgid("Rate all contract lines"),
    "report": msgid("Write the report"),
    "evidence": msgid("Add an official list"),
    "export-ocds": msgid("Export as open contracting data"),
}
STATE_WORDS = {
    "queued": msgid("waiting"),
    "running": msgid("at work"),
    "done": msgid("done"),
    "failed": msgid("failed"),
    "cancelled": msgid("stopped"),
}
STEP_WORDS = {
    "": msgid("Waiting for its turn"),
    "wait": msgid("Waiting for other work on the register"),
    "read": msgid("Reading the file"),
    "classify": msgid("Finding out what each line buys"),
    "rate": msgid("Rating the lines"),
    "write": msgid("Writing files"),
}
VERDICT_WORDS = {
    "fix": msgid("is being fixed"),
    "leave": msgid("stays out"),
    "ask": msgid("somebody was asked"),
}


def limits() -> Limits:
    """What a file that was sent in may cost; never more than this door accepts."""
    usual = Limits()
    return Limits(upload_bytes=min(usual.upload_bytes, settings.DUECARE_DOOR.upload_bytes))


def look(actor: Actor, upload: Upload) -> Upload:
    """Let the confined process look at a file once, and keep what it saw; never reads the file here.

    ``looked`` is ``{"proposal": ...}`` for a table, ``{"no_map": True}`` for a file that needs no map, or ``{"refusal":
    {"code", "message"}}``.
    """
    if upload.looked:
        return upload
    answer: dict[str, Any]
    try:
        found = cycle.propose_map(uploads.stored(upload), Settings(limits=limits()), actor.day)
        answer = {"proposal": msgspec.to_builtins(found["proposal"])}
    except FileRefused as refused:
        answer = {"refusal": {"code": refused.code, "message": refused.message}}
    except WrongUsage:
        answer = {"no_map": True}
    return uploads.looked(actor, upload, answer)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the file with examples of its cells, the column chosen for it, and how that came about."""

    field: str
    header: str
    samples: tuple[str, ...]
    column: str
    how: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose on the page: columns by the number of the heading, values for all rows, dates and decimals."""

    columns: dict[int, str]
    defaults: dict[str, str]
    date_order: str = ""
    decimal: str = ""


def first_choice(upload: Upload, saved: SavedMap | None) -> Chosen:
    """What is chosen before anybody did: the office's last map for these headings, otherwise what was recognised."""
    guesses, names = _guesses(upload), upload.structure.names
    office = {"structure": names[0] if names else upload.structure.name}
    if saved is not None:
        place = {guess["header"]: number for number, guess in enumerate(guesses)}
        kept = saved.content.get("columns", {})
        columns = {place[header]: name for name, header in kept.items() if header in place}
        return Chosen(columns, saved.defaults, saved.content.get("date_order", ""), saved.content.get("decimal", ""))
    taken: dict[int, str] = {}
    for number, guess in sorted(enumerate(guesses), key=lambda pair: -pair[1]["confidence"]):
        if guess["column"] and guess["column"] not in taken.values():
            taken[number] = guess["column"]
    return Chosen(taken, {} if "structure" in taken.values() else office)


def read_choice(upload: Upload, given: QueryDict) -> Chosen:
    """What a person chose; values that are not offered count as nothing chosen."""
    count = len(_guesses(upload))
    columns = {n: given.get(f"c{n}", "") for n in range(count) if given.get(f"c{n}", "") in CANONICAL}
    defaults = {name: given.get(f"d_{name}", "").strip()[:200] for name in FOR_ALL_ROWS}
    order, sign = given.get("date_order", ""), given.get("decimal", "")
    return Chosen(
        columns,
        {name: value for name, value in defaults.items() if value},
        order if order in ORDERS else "",
        sign if sign in SIGN_WORDS else "",
    )


def headings(upload: Upload, chosen: Chosen, saved: SavedMap | None) -> list[Heading]:
    """The file's headings as the page shows them."""
    usual = first_choice(upload, None).columns
    found = []
    for number, guess in enumerate(_guesses(upload)):
        column = chosen.columns.get(number, "")
        how = "" if not column else "saved" if saved else "recognised" if usual.get(number) == column else "chosen"
        found.append(Heading(f"c{number}", guess["header"], tuple(guess["samples"]), column, how))
    return found


def faults(chosen: Chosen, tr: Translator, *, amounts_name_currency: bool) -> list[str]:
    """What is missing or twice, in sentences; none where the file can be taken in."""
    picked = list(chosen.columns.values())
    there = {*picked, *chosen.defaults} | ({"currency"} if amounts_name_currency else set())
    found = [tr.t("Missing: {name}.", name=tr.t(words.FIELDS[name])) for name in REQUIRED if name not in there]
    twice = sorted({name for name in picked if picked.count(name) > 1})
    return found + [tr.t("Chosen twice: {name}.", name=tr.t(words.FIELDS[name])) for name in twice]


def column_map(upload: Upload, chosen: Chosen) -> dict[str, Any]:
    """The map as ``cycle.take_in`` understands it; only what was chosen is read, everything else is kept aside."""
    guesses, proposal = _guesses(upload), upload.looked["proposal"]
    content: dict[str, Any] = {"columns": {name: guesses[n]["header"] for n, name in sorted(chosen.columns.items())}}
    content["only"] = True
    if proposal["sheet"]:
        content["sheet"] = proposal["sheet"]
    if proposal["header_row"] > 1:
        content["header_row"] = proposal["header_row"]
    if chosen.date_order:
        content["date_order"] = chosen.date_order
    if chosen.decimal:
        content["decimal"] = chosen.decimal
    return content


def defaults(chosen: Chosen) -> dict[str, str]:
    """Values for all rows, without those that a column of the file gives."""
    return {name: value for name, value in chosen.defaults.items() if name not in chosen.columns.values()}


def amounts_name_currency(upload: Upload) -> bool:
    """Whether the file's amounts say their currency themselves."""
    return "currency" not in upload.looked["proposal"]["missing"] and not any(
        guess["column"] == "currency" for guess in _guesses(upload)
    )


def offered(tr: Translator) -> list[tuple[str, str, bool]]:
    """The columns that a heading can be: code, name in words, and whether it is needed."""
    return [(name, tr.t(words.FIELDS[name]), name in REQUIRED) for name in CANONICAL]


def _guesses(upload: Upload) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = upload.looked.get("proposal", {}).get("guesses", [])
    return found
