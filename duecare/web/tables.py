"""One helper for every table: sort, facets, search, paging, a permalink, and CSV, XLSX and JSON of the whole view.

    shown = table(request, COLUMNS, rows, caption=msgid("Contracts"))
    return shown.download or render(request, "contracts.html", {"table": shown})

and ``{{ parts.table(table) }}`` in the template. ``rows`` is a sequence of Python rows (mappings or objects), or a
``Source`` that counts and pages by itself (SQL). What is asked for stands in the address alone, so that every view is a link.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from markupsafe import Markup

from duecare.communicate.i18n import Translator
from duecare.web.table_files import FORMATS, download

PER_PAGE = 50
MOST_CHOICES = 60
MOST_PAGE = 1_000_000
Filters = Mapping[str, tuple[str, ...]]
"""Chosen values by facet; the words of the search stand under ``q``."""
Order = tuple[str, bool]
"""The key of the column to sort by, and whether downwards; an empty key for the source's own order."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``title`` is a message id.

    ``value`` gives a row's plain value (by itself the row's key or attribute ``key``), which is sorted by and exported;
    ``show`` gives what stands in the cell (text is escaped, ``Markup`` is not; by itself the value in the reader's
    language); ``name`` says a facet's value in words. ``facet`` offers the values to choose from.
    """

    key: str
    title: str
    value: Callable[[Any], Any] | None = None
    show: Callable[[Any, Translator], Any] | None = None
    name: Callable[[Any, Translator], str] | None = None
    sort: bool = True
    numeric: bool = False
    facet: bool = False
    shown: bool = True

    def value_of(self, row: Any) -> Any:
        """The plain value."""
        if self.value is not None:
            return self.value(row)
        return row[self.key] if isinstance(row, Mapping) else getattr(row, self.key)

    def cell_of(self, row: Any, tr: Translator) -> Any:
        """What stands in the cell."""
        if self.show is not None:
            return self.show(row, tr)
        value = self.value_of(row)
        return (
            Markup('<span class="date">{}</span>').format(said(value, tr))
            if isinstance(value, date)
            else said(value, tr)
        )

    def name_of(self, value: Any, tr: Translator) -> str:
        """A facet's value in words."""
        return self.name(value, tr) if self.name is not None else said(value, tr) or tr.t("not known")


class Source(Protocol):
    """Rows that are counted, chosen and paged elsewhere (SQL)."""

    def count(self, filters: Filters) -> int:
        """How many rows the filters leave."""

    def page(self, filters: Filters, order: Order, start: int, n: int) -> Sequence[Any]:
        """``n`` rows from ``start`` in this order; an order by a key that is not a column's never comes."""

    def choices(self, filters: Filters) -> Mapping[str, Sequence[tuple[Any, int | None]]]:
        """By facet: its values with the number of rows each would leave (or nothing), most first."""


@dataclass
class Rows:
    """Python rows as a source."""

    rows: Sequence[Any]
    columns: Sequence[Column]
    _left: dict[str, list[Any]] = field(default_factory=dict)

    def count(self, filters: Filters) -> int:
        """How many rows the filters leave."""
        return len(self._filtered(filters))

    def page(self, filters: Filters, order: Order, start: int, n: int) -> Sequence[Any]:
        """Rows from ``start``, unknown values last whatever the direction."""
        rows, (key, downwards) = self._filtered(filters), order
        if key:
            column = next(column for column in self.columns if column.key == key)
            known = [row for row in rows if column.value_of(row) is not None]
            unknown = [row for row in rows if column.value_of(row) is None]
            rows = sorted(known, key=lambda row: _comparable(column.value_of(row)), reverse=downwards) + unknown
        return rows[start : start + n]

    def choices(self, filters: Filters) -> Mapping[str, Sequence[tuple[Any, int | None]]]:
        """Counts of each facet with the other facets' choices applied, so that one can add a second value."""
        found = {}
        for column in self.columns:
            if column.facet:
                others = {key: values for key, values in filters.items() if key != column.key}
                counts = Counter(column.value_of(row) for row in self._filtered(others))
                found[column.key] = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
        return found

    def _filtered(self, filters: Filters) -> list[Any]:
        key = repr(sorted(filters.items()))
        if key not in self._left:
            self._left[key] = [row for row in self.rows if self._matches(row, filters)]
        return self._left[key]

    def _matches(self, row: Any, filters: Filters) -> bool:
        for column in self.columns:
            if column.key in filters and as_parameter(column.value_of(row)) not in filters[column.key]:
                return False
        words = " ".join(filters.get("q", ())).casefold().split()
        if not words:
            return True
        text = " ".join(str(column.value_of(row)) for column in self.columns).casefold()
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    value: str
    text: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet with its values; ``chosen`` those that are ticked."""

    key: str
    title: str
    choices: list[Choice]
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; ``address`` sorts by it, ``direction`` is how it is sorted now (as ARIA says it)."""

    title: str
    numeric: bool
    address: str
    direction: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is shown."""

    shown: Any
    numeric: bool


@dataclass
class Table:
    """A table as a template shows it (macro ``parts.table``)."""

    request: HttpRequest
    columns: Sequence[Column]
    source: Source
    caption: str
    prefix: str
    per_page: int
    searches: bool
    default: Order
    formats: tuple[str, ...] = FORMATS

    def __post_init__(self) -> None:
        self.tr: Translator = self.request.tr  # type: ignore[attr-defined]
        self.path, self.id = self.request.path, f"{self.prefix.rstrip('.') or 'main'}-table"
        self.filters, self.order = self._read_filters(), self._read_order()
        self.count = self.source.count(self.filters)
        self.pages = max(1, ceil(self.count / self.per_page))
        self.page = min(self._read_page(), self.pages)
        self.download = self._download()

    def _read_filters(self) -> dict[str, tuple[str, ...]]:
        given = {c.key: self.request.GET.getlist(self.prefix + c.key) for c in self.columns if c.facet}
        given["q"] = [self.query] if self.searches and self.query else []
        return {key: tuple(sorted(set(values))) for key, values in given.items() if values}

    @property
    def query(self) -> str:
        """The words of the search."""
        return " ".join(self.request.GET.get(self.prefix + "q", "")[:200].split())

    def _read_order(self) -> Order:
        text = self.request.GET.get(self.prefix + "sort", "")
        key = text.removeprefix("-")
        return (key, text.startswith("-")) if any(c.key == key and c.sort for c in self.columns) else self.default

    def _read_page(self) -> int:
        text = self.request.GET.get(self.prefix + "page", "1")
        return min(max(1, int(text)), MOST_PAGE) if text.isascii() and text.isdigit() and len(text) < 8 else 1

    @property
    def shown(self) -> list[Column]:
        """The columns that have a place on the page."""
        return [column for column in self.columns if column.shown]

    @property
    def rows(self) -> Iterator[list[Cell]]:
        """The rows of this page."""
        for row in self.source.page(self.filters, self.order, (self.page - 1) * self.per_page, self.per_page):
            yield [Cell(column.cell_of(row, self.tr), column.numeric) for column in self.shown]

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns."""
        return [self._head(column) for column in self.shown]

    def _head(self, column: Column) -> Head:
        here = self.order[0] == column.key
        downwards = not self.order[1] if here else column.numeric
        address = self.address(sort=("-" if downwards else "") + column.key) if column.sort else ""
        return Head(
            column.title, column.numeric, address, ("descending" if self.order[1] else "ascending") if here else ""
        )

    @property
    def facets(self) -> list[Facet]:
        """The facets with their values in words."""
        found = self.source.choices(self.filters) if any(column.facet for column in self.columns) else {}
        return [self._facet(column, found.get(column.key, ())) for column in self.columns if column.facet]

    def _facet(self, column: Column, values: Iterable[tuple[Any, int | None]]) -> Facet:
        chosen = self.filters.get(column.key, ())
        choices = []
        for value, count in list(values)[:MOST_CHOICES]:
            parameter = as_parameter(value)
            choices.append(Choice(parameter, column.name_of(value, self.tr), count, chosen=parameter in chosen))
        missing = [
            Choice(value, value or self.tr.t("not known"), 0, chosen=True)
            for value in chosen
            if all(c.value != value for c in choices)
        ]
        return Facet(column.key, column.title, choices + missing, chosen)

    @property
    def is_narrowed(self) -> bool:
        """Whether facets or a search leave rows out."""
        return bool(self.filters)

    @property
    def everything(self) -> str:
        """The address without facets and search."""
        return f"{self.path}?{urlencode(self.kept, doseq=True)}" if self.kept else self.path

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form of facets must carry along: other tables' parameters and this one's order."""
        own = {self.prefix + name for name in ("q", "page", "format", *(c.key for c in self.columns if c.facet))}
        return [(name, value) for name, values in self.request.GET.lists() if name not in own for value in values]

    def address(self, **changed: object) -> str:
        """The address of this view with something changed; changing the order goes back to the first page."""
        own: list[tuple[str, str]] = [
            (self.prefix + key, value) for key, values in sorted(self.filters.items()) for value in values
        ]
        if self.order != self.default:
            own.append((self.prefix + "sort", ("-" if self.order[1] else "") + self.order[0]))
        if self.page > 1 and "sort" not in changed:
            own.append((self.prefix + "page", str(self.page)))
        mine = {
            self.prefix + name for name in ("q", "page", "format", "sort", *(c.key for c in self.columns if c.facet))
        }
        others = [(name, value) for name, values in self.request.GET.lists() if name not in mine for value in values]
        replaced = {self.prefix + name: str(value) for name, value in changed.items()}
        pairs = others + [(name, value) for name, value in own if name not in replaced] + list(replaced.items())
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    @property
    def permalink(self) -> str:
        """The address of exactly this view."""
        return self.address()

    def _download(self) -> HttpResponse | None:
        wanted = self.request.GET.get(self.prefix + "format", "")
        if wanted not in self.formats:
            return None
        return download(wanted, self.columns, self.everything_in_order(), self.tr, self.tr.t(self.caption))

    def everything_in_order(self, block: int = 5_000) -> Iterator[Any]:
        """All rows of the view, read by blocks."""
        for start in range(0, self.count, block):
            yield from self.source.page(self.filters, self.order, start, block)


def table(
    request: HttpRequest,
    columns: Sequence[Column],
    rows: Sequence[Any] | Source,
    *,
    caption: str,
    name: str = "",
    per_page: int = PER_PAGE,
    searches: bool = False,
    order: Order = ("", False),
) -> Table:
    """A table of rows or of a source. ``caption`` is a message id; ``name`` tells two tables of one page apart.

    ``order`` is how it is sorted before anybody chooses. ``.download`` is an answer where a file is asked for.
    """
    source: Source = Rows(rows, columns) if isinstance(rows, Sequence) else rows
    return Table(request, columns, source, caption, f"{name}." if name else "", per_page, searches, order)


def as_parameter(value: Any) -> str:
    """A value as it stands in an address; unknown is empty."""
    return "" if value is None else str(value)


def said(value: Any, tr: Translator) -> str:
    """A plain value in the reader's language."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return tr.t("yes") if value else tr.t("no")
    if isinstance(value, int):
        return tr.count(value)
    if isinstance(value, float | Decimal):
        return tr.level(float(value))
    if isinstance(value, date | datetime):
        return tr.day(value)
    return ", ".join(said(one, tr) for one in value) if isinstance(value, list | tuple) else str(value)


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
