"""Sessions in the record, read by one plain question: what ended anywhere is over here at once, and a page stays cheap."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone


class SessionStore(db.SessionStore):
    """Django's sessions in the database; only reading is done without its query builder (0.1 instead of 0.7 ms)."""

    def load(self) -> dict[str, Any]:
        """What the session holds; empty for one that is over or was never there."""
        moment = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_question(connection.vendor), [self.session_key, moment])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(row[0])
        return found


@lru_cache(maxsize=2)
def _question(_vendor: str) -> str:
    name = connection.ops.quote_name
    table = name(db.SessionStore.get_model_class()._meta.db_table)  # noqa: SLF001 - Django's public description of a model
    return f"SELECT {name('session_data')} FROM {table} WHERE {name('session_key')} = %s AND {name('expire_date')} > %s"
