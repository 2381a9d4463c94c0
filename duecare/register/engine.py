"""The one door to the analytical engine: named SQL steps over tables, today on DuckDB.

A step is plain SQL text made of our own names, never of a user's words, so that another engine can run it unchanged.
Nothing outside of ``duecare.register`` imports an engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import duckdb
import numpy as np

from duecare.settings import Settings


class Step(NamedTuple):
    """One named table made from earlier ones: ``CREATE TEMP TABLE name AS sql``."""

    name: str
    sql: str


class Engine:
    """A private in-memory engine for one job, used as a context manager. It spills to ``spill`` and never to the network."""

    def __init__(self, settings: Settings | None = None, spill: Path | None = None) -> None:
        settings = settings or Settings()
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{settings.engine_memory_bytes // 2**20}MiB",
                "threads": settings.engine_threads,
                "temp_directory": str(spill) if spill else "",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "preserve_insertion_order": False,
            },
        )
        # DuckDB 2.0.0 stops with "global dictionary column changed identity" when it joins tables of several row groups
        self._connection.execute("SET enable_caching_operators = false")

    def table(self, name: str, schema: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make a table from Python rows. ``schema`` maps column names to SQL types; ``None`` is unknown."""
        columns = list(zip(*rows, strict=True)) or [() for _ in schema]
        arrays = {name: _array(values, kind) for (name, kind), values in zip(schema.items(), columns, strict=True)}
        picked = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in schema.items())
        self._connection.register("rows_given", arrays)
        self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {picked} FROM rows_given")
        self._connection.unregister("rows_given")

    def view_parquet(self, name: str, paths: Sequence[Path], *, numbered: bool = False) -> None:
        """See Parquet files of the register as one table; the files must be ours, never a user's.

        ``numbered`` adds the column ``file_row_number``, from 0 within each file.
        """
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        options = "union_by_name=true, file_row_number=true" if numbered else "union_by_name=true"
        self._execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet([{files}], {options})")

    def run(self, steps: Sequence[Step]) -> None:
        """Run the steps in order; each makes one temporary table that later steps may read."""
        for step in steps:
            self._execute(f"CREATE OR REPLACE TEMP TABLE {step.name} AS {step.sql}")

    def keep(self, name: str, sql: str) -> None:
        """Make the table ``kept.name``, packed in memory (a ninth of the room), that every door to this engine sees."""
        self._execute("ATTACH IF NOT EXISTS ':memory:' AS kept (COMPRESS)")
        self._execute(f"CREATE OR REPLACE TABLE kept.{name} AS {sql}")
        self._execute("CHECKPOINT kept")

    def door(self) -> Engine:
        """Another door to the same engine, for another thread: it sees what ``keep`` made, not what ``run`` and the views did."""
        other = object.__new__(type(self))
        other._connection = self._connection.cursor()
        return other

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries, in the query's order."""
        with _stopping():
            result = self._connection.execute(sql, list(parameters))
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def batches(self, sql: str, size: int = 50_000) -> Iterable[list[tuple[Any, ...]]]:
        """The rows of a query as tuples, in blocks, for results that should not be held at once."""
        result = self._connection.execute(sql)
        while block := result.fetchmany(size):
            yield block

    def write_parquet(self, query: str, path: Path, order_by: str = "") -> None:
        """Write a table or query to one Parquet file; with ``order_by`` the bytes are the same for the same rows."""
        source = query if query.lstrip().upper().startswith("SELECT") else f"SELECT * FROM {query}"
        ordered = f"{source} ORDER BY {order_by}" if order_by else source
        target = str(path).replace("'", "''")
        self._execute(f"COPY ({ordered}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement of the register's own."""
        with _stopping():
            self._connection.execute(sql, list(parameters)).fetchall()

    def _execute(self, sql: str) -> None:
        with _stopping():
            self._connection.execute(sql).fetchall()

    def close(self) -> None:
        """Free the engine's memory and its spill files."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _stopping() -> Iterator[None]:
    """Ctrl-C inside of a query is Ctrl-C, not an error of the engine."""
    try:
        yield
    except (RuntimeError, duckdb.Error) as error:
        if "interrupt" in str(error).lower():
            raise KeyboardInterrupt from None
        raise


_NUMBERS = {"DOUBLE": np.float64, "INTEGER": np.int64, "BIGINT": np.int64}


def _array(values: Sequence[Any], kind: str) -> Any:
    if kind not in _NUMBERS:
        return np.array([*values, None], dtype=object)[:-1]  # the sentinel keeps lists of equal length one-dimensional
    unknown = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
    filled = np.fromiter((0 if value is None else value for value in values), dtype=_NUMBERS[kind], count=len(values))
    return np.ma.masked_array(filled, mask=unknown)
