"""What a person should decide first about what was bought: unsure readings, ordered by the risk that is at stake.

At stake is how far apart the possible readings lie in risk, times the lines that the answer decides. Money has no part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from duecare.errors import CannotAnswer
from duecare.evidence.profiles import UNKNOWN, Profiles
from duecare.identify.bought import KEY, KEYED, Text, see_texts
from duecare.register.engine import Engine
from duecare.register.reviews import Said, Standing
from duecare.terms import Classified

CONFIRM_BELOW = 0.8
"""confidence under which a person confirms (METHOD 9, TRP16)"""
KEY_SHOWN = 12
"""hex digits of a text's key that people see and type"""
MOST_FOUND = 12

WHY = {
    "unknown": "Neither a code nor the words say what was bought.",
    "contradicted": "The words speak of a riskier purchase than the declared code.",
    "doubted": "The words speak of something else than the declared code.",
    "broad": "The declared code names a whole division only.",
    "unsure": "The words leave it open.",
    "mapped": "The code is of another list and does not say it exactly.",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that may have been bought, with its category's title and how risky it is (0-4, only to order readings)."""

    profile: str
    category: str
    title: str
    riskiness: float


@dataclass(frozen=True, slots=True)
class Open:
    """One text that waits for a person: what it says, what it may be, why it is unsure, and what is at stake."""

    key: str
    line_id: str
    lines: int
    said: Said
    language: str
    used: Reading
    how: str
    confidence: float
    contradicts: str
    others: tuple[Reading, ...]
    why: str
    sentence: str
    stake: float

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``review next --json``."""
        said = {name: getattr(self.said, name) for name in KEYED}
        plain = asdict(self)
        del plain["said"]
        return plain | said | {"key": self.key[:KEY_SHOWN]}


def waiting(
    engine: Engine,
    classify_many: Callable[[Iterable[Text]], Sequence[Classified]],
    decided: Standing,
    profiles: Profiles,
) -> list[Open]:
    """The queue over the view ``lines``: contradicted and unknown texts first, then by what is at stake, most first."""
    see_texts(engine)
    sql = f"SELECT text_key, line_id, lines, {', '.join(KEYED)}, language, nature FROM texts ORDER BY text_key"
    own = {key for _, key in decided.lines}
    rows = [row for block in engine.batches(sql) for row in block if row[0] not in decided.texts]
    answers = classify_many(row[3:10] for row in rows)
    found = []
    for row, one in zip(rows, answers, strict=True):
        lines = row[2] - sum(1 for _, key in decided.lines if key == row[0]) if row[0] in own else row[2]
        if lines > 0 and (one.confidence < CONFIRM_BELOW or one.contradicts):
            found.append(_open(row[0], row[1], lines, row[3:10], one, profiles))
    return sorted(found, key=lambda each: (each.why not in ("contradicted", "unknown"), -each.stake, each.key))


def narrow(engine: Engine, offices: Sequence[str]) -> None:
    """Leave only the lines of these offices, by the names that the data have for them, in the view ``lines``.

    All of them stay in the view ``lines_of_all``, for what is to be known of other offices' lines.
    """
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in offices) or "NULL"
    engine.execute("ALTER VIEW lines RENAME TO lines_of_all")
    engine.execute(
        f"CREATE TEMP VIEW lines AS SELECT * FROM lines_of_all WHERE coalesce(structure, buyer) IN ({names})"
    )


def find_said(engine: Engine, name: str) -> tuple[Said, str, str]:
    """What a line or key stands for: its text, the line id (empty for the key of a text) and the language.

    ``name`` is a line id, a contract id, the key of a text as the queue shows it, or the beginning (4 or more) of an id or
    key. Raises ``CannotAnswer`` for none or several texts.
    """
    said = ", ".join(f"coalesce({c}, '') AS {c}" for c in KEYED)
    rows = engine.rows(
        f"SELECT DISTINCT ON (text_key) text_key, line_id, {said}, coalesce(language, '') AS language, "
        "(line_id = ? OR contract_id = ? OR (length(?) >= 4 AND starts_with(line_id, ?))) AS by_line "
        f"FROM (SELECT *, {KEY} AS text_key FROM lines) AS l "
        "WHERE by_line OR (length(?) >= 4 AND starts_with(text_key, ?)) "
        f"ORDER BY text_key, line_id LIMIT {MOST_FOUND}",
        [name] * 6,
    )
    if len(rows) == 1:
        row = rows[0]
        return Said(**{c: row[c] for c in KEYED}), row["line_id"] if row["by_line"] else "", row["language"]
    if rows:
        named = "; ".join(f"{row['text_key'][:KEY_SHOWN]} {row['title'][:60]}" for row in rows)
        raise CannotAnswer(f"{name} stands for several texts. Name one by its key: {named}.")
    raise CannotAnswer(
        f"No line, contract or text is called {name}. `duecare review next` lists what waits, with keys."
    )


def readings(one: Classified, profiles: Profiles) -> Iterator[str]:
    """Profiles that a line may belong to, the one in use first: its alternatives, and all of a division named alone."""
    yield one.profile
    yield from one.alternatives
    if one.how == "declared" and len(one.cpv) == 2:
        inside = (p.id for p in profiles.by_id.values() if any(code.startswith(one.cpv) for code in p.cpv))
        yield from inside
    if one.profile == UNKNOWN:
        yield from (profiles.for_cpv(cpv).id for cpv, _ in one.guesses)


def risk_range(names: Iterable[str], profiles: Profiles) -> float:
    """How far apart readings lie in risk; what is ``UNKNOWN`` may be anything, whatever is guessed."""
    listed = list(names)
    possible = [profiles.riskiness[name] for name in (profiles.by_id if UNKNOWN in listed else listed)]
    return max(possible) - min(possible)


def _open(key: str, line_id: str, lines: int, text: Text, one: Classified, profiles: Profiles) -> Open:
    names = tuple(dict.fromkeys(readings(one, profiles)))
    why = _why(one)
    return Open(
        key, line_id, lines, Said(*text[:5]), text[5], _reading(one.profile, profiles), one.how, one.confidence,
        one.contradicts, tuple(_reading(name, profiles) for name in names[1:]), why, WHY[why],
        round(risk_range(names, profiles) * lines, 2),
    )  # fmt: skip


def _reading(name: str, profiles: Profiles) -> Reading:
    profile = profiles.by_id[name]
    return Reading(name, profile.category, profile.title, round(profiles.riskiness[name], 2))


def _why(one: Classified) -> str:
    if one.contradicts:
        return "contradicted"
    if one.profile == UNKNOWN:
        return "unknown"
    if one.how == "predicted":
        return "unsure"
    if one.alternatives and one.how == "declared" and len(one.cpv) > 2:
        return "doubted"
    return "mapped" if one.how == "mapped" else "broad"
