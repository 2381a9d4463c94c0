"""The record as files that can be kept and put back: a copy of the SQLite file, or every table as JSON lines.

Both are of one moment, while others write: SQLite's own online copy reads one snapshot, PostgreSQL one repeatable-read
transaction. JSON lines can be put back into either kind of database.
"""

# ruff: noqa: SLF001 - Django's Meta API is public and has an underscore
from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from duecare.casebook.home import Home
from duecare.errors import CannotAnswer

if TYPE_CHECKING:
    from django.db.models import Model

SQLITE_FILE: Final = "casebook.sqlite3"
TABLES: Final = "casebook"
BLOCK: Final = 2_000


def copy_record(home: Home, folder: Path) -> list[Path]:
    """Write the open record as of this moment into ``folder``; returns the files that were written."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return [copy_sqlite(home.database, folder / SQLITE_FILE)]
    (folder / TABLES).mkdir()
    return list(write_tables(folder / TABLES))


def copy_sqlite(source: Path, target: Path) -> Path:
    """A copy of one snapshot of an SQLite file, whoever writes to it meanwhile."""
    with closing(sqlite3.connect(source, timeout=20)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there, pages=-1)
        there.execute("PRAGMA journal_mode=DELETE")
    return target


def write_tables(folder: Path) -> Iterator[Path]:
    """Write each table of the open database as JSON lines, all of one moment."""
    from django.db import connection, transaction

    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in kept_models():
            path = folder / f"{model._meta.db_table}.jsonl"
            _write_table(model, path)
            yield path


def read_tables(folder: Path) -> int:
    """Put the tables that ``write_tables`` wrote into the open database, which must hold no record; returns the rows.

    Raises ``CannotAnswer`` where somebody's record is there already.
    """
    from django.core.management.color import no_style
    from django.db import connection, transaction

    models = kept_models()
    if any(model._base_manager.exists() for model in models if model._meta.app_label == "casebook"):
        raise CannotAnswer("This database holds a record already; a backup is put back into an empty one only.")
    with transaction.atomic():
        for model in reversed(models):
            if model._meta.app_label != "casebook":  # what setting up the tables put there
                model._base_manager.all().delete()
        rows = sum(_read_table(model, folder / f"{model._meta.db_table}.jsonl") for model in models)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
    return rows


def count_rows() -> int:
    """Read how many rows all tables of the open record have."""
    return sum(model._base_manager.count() for model in kept_models())


def kept_models() -> list[type[Model]]:
    """Every table of the record but the list of migrations, in an order of their own."""
    from django.apps import apps

    models = apps.get_models(include_auto_created=True)
    return sorted(
        (one for one in models if one._meta.managed and not one._meta.proxy), key=lambda model: model._meta.db_table
    )


def migrations() -> list[str]:
    """The migrations that the open record has, as ``application.name``."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _write_table(model: type[Model], path: Path) -> None:
    """Values as Django writes them for exchange, one row a line."""
    fields = model._meta.concrete_fields
    rows = model._base_manager.order_by("pk").iterator(chunk_size=BLOCK)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            line = [None if getattr(row, f.attname) is None else f.value_to_string(row) for f in fields]
            file.write(json.dumps(dict(zip((f.attname for f in fields), line, strict=True)), ensure_ascii=False) + "\n")


def _read_table(model: type[Model], path: Path) -> int:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    count = 0
    with path.open(encoding="utf-8") as file:
        for line in file:
            values = json.loads(line)
            if set(values) != set(fields):
                raise CannotAnswer(
                    f"{path.name} has other columns than this version of duecare. Install the one that wrote it."
                )
            row = model(**{name: _value(fields[name], text) for name, text in values.items()})
            row.save_base(raw=True, force_insert=True)
            count += 1
    return count


def _value(field: Any, text: Any) -> object:
    """A stored text as the field's value; a JSON field and a foreign key read their own way."""
    from django.db.models import JSONField

    if text is None:
        return None
    if isinstance(field, JSONField):
        return text
    return getattr(field, "target_field", field).to_python(text)
