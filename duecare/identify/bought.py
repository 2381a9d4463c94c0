"""What each line buys: distinct texts are classified once, in Python, and joined back to all lines in the engine.

Leaves the view ``classified_lines``: every column of ``lines`` beside ``profile, how, confidence, code, contradicts``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from duecare.register.engine import Engine
from duecare.terms import Classified

Text = tuple[str, str, str, str, str]
"""Codes and words of a line as published: CPV, UNSPSC, HS, title, description; empty where nothing is said."""

READ = ("cpv", "unspsc", "hs", "title", "description")
SCHEMA = {
    "text_key": "VARCHAR",
    "profile": "VARCHAR",
    "how": "VARCHAR",
    "confidence": "DOUBLE",
    "code": "VARCHAR",
    "contradicts": "VARCHAR",
    "alternatives": "VARCHAR[]",
}


def classify_lines(engine: Engine, classify_many: Callable[[Iterable[Text]], Sequence[Classified]]) -> None:
    """Classify the distinct texts of the view ``lines`` and make the view ``classified_lines``."""
    said = ", ".join(f"coalesce({column}, '') AS {column}" for column in READ)
    key = "md5(concat_ws(chr(31), " + ", ".join(f"coalesce({column}, '')" for column in READ) + "))"
    texts = engine.rows(f"SELECT DISTINCT {key} AS text_key, {said} FROM lines ORDER BY text_key")
    answers = classify_many((row["cpv"], row["unspsc"], row["hs"], row["title"], row["description"]) for row in texts)
    engine.table("bought", SCHEMA, [_row(row["text_key"], one) for row, one in zip(texts, answers, strict=True)])
    engine.execute(
        "CREATE OR REPLACE TEMP VIEW classified_lines AS SELECT l.*, b.profile, b.how, b.confidence, b.code, b.contradicts "
        f"FROM (SELECT *, {key} AS text_key FROM lines) AS l JOIN bought AS b ON b.text_key = l.text_key"
    )


def _row(key: str, one: Classified) -> Sequence[object]:
    contradicts = one.contradicts or None
    return (key, one.profile, one.how, one.confidence, one.code or None, contradicts, list(one.alternatives))
