"""The database itself refuses to change or delete what a person judged, whoever asks: triggers on the append-only tables.

They are put back whenever a record is opened, because SQLite drops them where a later migration makes a table anew.
"""

from __future__ import annotations

REFUSAL = "append-only: what a person judged is never changed or deleted"
EVENTS = ("UPDATE", "DELETE")
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION duecare_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
"""


def protect() -> None:
    """Make the triggers that are missing; costs one query where all are there."""
    from django.db import connection, transaction

    if wanted := _missing():
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(_FUNCTION)
            for name, table, event in wanted:
                cursor.execute(_trigger(connection.vendor, name, table, event))


def _missing() -> list[tuple[str, str, str]]:
    from django.db import connection

    from duecare.casebook.models import APPEND_ONLY

    tables = [model._meta.db_table for model in APPEND_ONLY]  # noqa: SLF001 - Django's public name for it
    wanted = [(f"{table}_no_{event.lower()}", table, event) for table in tables for event in EVENTS]
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(listed[connection.vendor])
        there = {row[0] for row in cursor.fetchall()}
    return [one for one in wanted if one[0] not in there]


def _trigger(vendor: str, name: str, table: str, event: str) -> str:
    if vendor == "sqlite":
        return f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    every = "STATEMENT" if event == "DELETE" else "ROW"
    also = " OR TRUNCATE" if event == "DELETE" else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event}{also} ON {table} FOR EACH {every} EXECUTE FUNCTION duecare_append_only()"
    )
