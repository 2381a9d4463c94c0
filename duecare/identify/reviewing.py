"""A person's side of classification: what waits, what is decided, what was decided, and what a model can learn from it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from duecare.errors import CannotAnswer
from duecare.evidence.profiles import Profiles, load_profiles
from duecare.identify.bought import KEY, Text, nature_of
from duecare.identify.decisions import Asked, choice, decide
from duecare.identify.method import load_method
from duecare.identify.queue import KEY_SHOWN, find_said, waiting
from duecare.records.crosswalk import common_prefix, significant_digits
from duecare.register.engine import Engine
from duecare.register.reviews import Decision, Person, Verb, read_book, standing, write_decision
from duecare.terms import Classified

Keep = Callable[[Callable[[], int]], int]
Classify = Callable[[Iterable[Text]], Sequence[Classified]]
LABELLED = (
    "source", "notice_id", "country", "lang", "kind", "text", "cpv", "value", "currency", "cpv_valid", "granularity", "split",
)  # fmt: skip
"""Columns of a labelled file as ``bench/train_text_model.py`` reads it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for: the verb, the line or key it is about, what was bought, who, why, and for which lines.

    ``only_line`` limits the decision to the line that was named; otherwise it holds for every line with these codes and words.
    """

    verb: Verb
    name: str
    people: tuple[Person, ...]
    category: str = ""
    cpv: str = ""
    reason: str = ""
    only_line: bool = False


def next_to_review(engine: Engine, folder: Path, classify_many: Classify, most: int) -> dict[str, Any]:
    """The first ``most`` texts of the queue over the view ``lines``, how many wait, and how many lines they decide."""
    decided = standing(read_book(folder))
    found = waiting(engine, classify_many, decided, load_profiles())
    lines = sum(each.lines for each in found)
    return {"waiting": len(found), "lines": lines, "items": [each.as_json() for each in found[:most]]}


def written_at_once(write: Callable[[], int]) -> int:
    """Keep a decision without anything around it."""
    return write()


def review(
    engine: Engine,
    folder: Path,
    classify_many: Classify,
    wish: Wish,
    at: datetime,
    keep: Keep = written_at_once,
    *,
    narrowed: bool = False,
) -> dict[str, Any]:
    """Make one decision and keep it; returns it as it was written, with its number and how many lines it is about.

    ``keep`` is called with the function that writes it into the book, so that a door can put its own log around it.
    ``narrowed``: the view ``lines`` holds the lines of some offices (``queue.narrow``); then a decision for all lines
    that say the same raises ``CannotAnswer`` where other offices have some of them.
    """
    profiles, method = load_profiles(), load_method()
    said, line_id, language = find_said(engine, wish.name)
    if wish.only_line and not line_id:
        raise CannotAnswer(
            f"{wish.name} is the key of a text. Name a line where the decision is to hold for one line only."
        )
    asked = Asked(said, line_id if wish.only_line else "", language, "line" if wish.only_line else "text")
    text = (said.cpv, said.unspsc, said.hs, said.title, said.description, language, nature_of(engine, said.key))
    (machine,) = classify_many([text])
    chosen = _chosen(folder, wish, asked, machine, profiles)
    decision = decide(wish.verb, asked, machine, chosen, wish.people, wish.reason, at, profiles, method)
    if narrowed and not wish.only_line:
        _check_alone(engine, asked)
    number = keep(lambda: write_decision(folder, decision))
    return as_json(number, decision, profiles, counts=wish.verb != "withdraw") | {"lines": _lines(engine, asked)}


def decisions(folder: Path) -> list[dict[str, Any]]:
    """Every decision of the book, oldest first, each with whether it counts today."""
    made = read_book(folder)
    counting = {id(decision) for decision in standing(made).all()}
    profiles = load_profiles()
    return [as_json(n, decision, profiles, counts=id(decision) in counting) for n, decision in enumerate(made, 1)]


def export_labels(folder: Path, out: Path) -> int:
    """Write the decisions that count as labelled texts for retraining (``LABELLED``); returns how many rows were written.

    Only decisions with a CPV prefix and words can teach. Nobody's name is written. The file must not be there yet.
    """
    rows = [row for decision in standing(read_book(folder)).all() for row in _labelled(decision)]
    if not rows:
        raise CannotAnswer("No decision with words and a CPV code counts yet, so there is nothing to learn from.")
    with out.open("x", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, LABELLED, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def as_json(number: int, decision: Decision, profiles: Profiles, *, counts: bool) -> dict[str, Any]:
    """Plain values of a decision; names of people are there, so this is for the people of the office and not for reports."""
    plain: dict[str, Any] = msgspec.to_builtins(decision)
    title = profiles.by_id[decision.profile].title if decision.profile else ""
    return {"number": number, "key": decision.said.key[:KEY_SHOWN], "counts": counts, "category_title": title} | plain


def _chosen(folder: Path, wish: Wish, asked: Asked, machine: Classified, profiles: Profiles) -> tuple[str, str]:
    if wish.verb == "accept":
        return machine.profile, machine.cpv or common_prefix(profiles.by_id[machine.profile].cpv)
    if wish.verb == "correct":
        return choice(wish.category, wish.cpv, profiles)
    counting = standing(read_book(folder))
    there = (asked.line_id, asked.said.key) in counting.lines if asked.line_id else asked.said.key in counting.texts
    if not there:
        raise CannotAnswer(f"Nothing was decided about {wish.name} that could be withdrawn. See `duecare review list`.")
    return "", ""


def _check_alone(engine: Engine, asked: Asked) -> None:
    others = f"SELECT 1 AS one FROM lines_of_all WHERE {KEY} = ? AND line_id NOT IN (SELECT line_id FROM lines) LIMIT 1"
    if engine.rows(others, [asked.said.key]):
        raise CannotAnswer(
            "Lines of other offices say the same, so this would decide about them too. Decide for this line alone, or ask "
            "somebody who works for the whole organisation."
        )


def _lines(engine: Engine, asked: Asked) -> int:
    if asked.line_id:
        return 1
    return int(engine.rows(f"SELECT count(*) AS n FROM lines WHERE {KEY} = ?", [asked.said.key])[0]["n"])


def _labelled(decision: Decision) -> list[dict[str, str]]:
    """One row for the title and one for the description; the text's key stands for the notice, so that both stay together."""
    if not decision.cpv:
        return []
    cpv = decision.cpv.ljust(8, "0")
    same = {
        "source": "review",
        "notice_id": decision.said.key,
        "lang": decision.language,
        "cpv": cpv,
        "cpv_valid": "True",
    }
    same |= {"granularity": str(significant_digits(cpv)), "split": "train"}
    told = (("title", decision.said.title), ("description", decision.said.description))
    return [dict.fromkeys(LABELLED, "") | same | {"kind": kind, "text": text} for kind, text in told if text]
