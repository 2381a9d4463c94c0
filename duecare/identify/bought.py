"""What each line buys: distinct texts are classified once, in Python, and joined back to all lines in the engine.

Leaves the view ``classified_lines``: every column of ``lines`` beside ``profile, how, confidence, code, contradicts,
alternatives, decided``. What a person decided counts before anything a code or a text says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from duecare.register.engine import Engine
from duecare.register.reviews import Standing, as_read
from duecare.terms import Classified

Text = tuple[str, str, str, str, str, str, str]
"""Codes and words of a line as published: CPV, UNSPSC, HS, title, description, language, nature; empty where nothing is said."""

KEYED = ("cpv", "unspsc", "hs", "title", "description")
KEY = "md5(concat_ws(chr(31), " + ", ".join(f"coalesce({column}, '')" for column in KEYED) + "))"
"""SQL of the key of what a line says; ``reviews.Said.key`` is the same for one line."""
_SAID_NATURE = "coalesce(procurement_category, '')"
NATURE = f"CASE WHEN min({_SAID_NATURE}) = max({_SAID_NATURE}) THEN min({_SAID_NATURE}) ELSE '' END"
"""SQL of the nature of a text (goods, services, works), unknown where its lines do not all say the same."""
SCHEMA = {
    "text_key": "VARCHAR",
    "profile": "VARCHAR",
    "how": "VARCHAR",
    "confidence": "DOUBLE",
    "code": "VARCHAR",
    "contradicts": "VARCHAR",
    "alternatives": "VARCHAR",
    "decided": "DATE",
}
NOTHING_DECIDED = Standing()


def classify_lines(
    engine: Engine,
    classify_many: Callable[[Iterable[Text]], Sequence[Classified]],
    decided: Standing = NOTHING_DECIDED,
) -> None:
    """Classify the distinct texts of the view ``lines``, put what people decided in its place, and make the view."""
    see_texts(engine)
    texts = distinct_texts(engine)
    answers = classify_many(told for _, told in texts)
    rows = (
        _row(key, as_read(decided.texts[key], one) if key in decided.texts else one)
        for (key, _), one in zip(texts, answers, strict=True)
    )
    engine.table("bought", SCHEMA, rows)
    own = [(line_id, key, *_row(key, as_read(d))) for (line_id, key), d in sorted(decided.lines.items())]
    engine.table("bought_lines", {"line_id": "VARCHAR", "of_text": "VARCHAR"} | SCHEMA, own)
    engine.execute(f"CREATE OR REPLACE TEMP VIEW classified_lines AS {_joined(any_of_a_line=bool(own))}")


def see_texts(engine: Engine) -> None:
    """Make the table ``texts``: each text of the view ``lines`` once, with its key, a language and how many lines say it.

    Grouped and joined by the words themselves: a digest for each of ten million lines took twice as long.
    """
    said = ", ".join(f"coalesce({column}, '') AS {column}" for column in KEYED)
    grouped = f"SELECT {said}, min(coalesce(language, '')) AS language, {NATURE} AS nature, count(*) AS lines, min(line_id) AS line_id FROM lines GROUP BY ALL"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE texts AS SELECT {KEY} AS text_key, * FROM ({grouped}) AS grouped")


def distinct_texts(engine: Engine) -> list[tuple[str, Text]]:
    """The texts of the table ``texts`` with their keys, in the order of the keys; the language is the first declared."""
    sql = f"SELECT text_key, {', '.join(KEYED)}, language, nature FROM texts ORDER BY text_key"
    return [(row[0], row[1:]) for block in engine.batches(sql) for row in block]


def nature_of(engine: Engine, key: str) -> str:
    """The nature that the text of a key has in the view ``lines``."""
    (row,) = engine.rows(f"SELECT coalesce({NATURE}, '') AS nature FROM lines WHERE {KEY} = ?", [key])
    return str(row["nature"])


def _joined(*, any_of_a_line: bool) -> str:
    names = [name for name in SCHEMA if name != "text_key"]
    same = " AND ".join(f"coalesce(l.{column}, '') = t.{column}" for column in KEYED)
    picked = ", ".join([*(f"t.{column}" for column in ("text_key", *KEYED)), *(f"b.{name}" for name in names)])
    told = f"(SELECT {picked} FROM texts AS t JOIN bought AS b ON b.text_key = t.text_key) AS t ON {same}"
    if not any_of_a_line:
        return f"SELECT l.*, {', '.join(f't.{name}' for name in names)} FROM lines AS l JOIN {told}"
    chosen = (f"CASE WHEN o.line_id IS NULL THEN t.{name} ELSE o.{name} END AS {name}" for name in names)
    return (
        f"SELECT l.*, {', '.join(chosen)} FROM lines AS l JOIN {told} "
        "LEFT JOIN bought_lines AS o ON o.line_id = l.line_id AND o.of_text = t.text_key"
    )


def _row(key: str, one: Classified) -> Sequence[object]:
    contradicts = one.contradicts or None
    return (
        key, one.profile, one.how, one.confidence, one.code or None, contradicts, " ".join(one.alternatives) or None, one.decided,
    )  # fmt: skip
