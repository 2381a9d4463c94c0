"""Blocks of rows to contract lines: whole columns at a time, every fault of a row collected, nothing dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from itertools import compress, repeat
from typing import cast

import msgspec

from duecare.evidence.money import CurrencyFault, resolve_currency, to_eur
from duecare.records.cells import CellFault, bare, check_text, is_empty, printable, split_amount
from duecare.records.column_map import CANONICAL, REQUIRED, ColumnMap
from duecare.records.faults import Fault, fault
from duecare.records.request import Request
from duecare.records.spreadsheet.columns import make_column, to_text
from duecare.records.spreadsheet.conventions import Conventions
from duecare.records.spreadsheet.header import Pick, Plan, cell_words, is_header_again
from duecare.records.spreadsheet.rows import Cell, Row, RowBlock, letters
from duecare.records.staging import LINE_COLUMNS, Staging

_OCID, _GAPS = LINE_COLUMNS.index("ocid"), LINE_COLUMNS.index("gaps")
_ONLY_OF_NOTICES = len(LINE_COLUMNS) - LINE_COLUMNS.index("raw") - 1
_ABSURD_EUR, _LARGE, _ABSURD_UNITS = Decimal(10) ** 12, 10**11, Decimal(10) ** 13
NOT_KEPT = "(not kept)"
Values = list["str | CellFault"]


@dataclass
class Counts:
    """What one process did: rows with a line, parked rows, totals rows below the contracts."""

    lines: int = 0
    quarantined: int = 0
    totals: int = 0

    def add(self, others: Mapping[str, int]) -> None:
        """Add what another process did."""
        for name, number in others.items():
            setattr(self, name, getattr(self, name) + number)


class LineMaker:
    """Turns blocks of one table into lines and faults in ``staging``."""

    def __init__(
        self, plan: Plan, chosen: ColumnMap, found: Conventions, sheet: str, request: Request, staging: Staging
    ) -> None:
        self.plan, self.sheet, self.request, self.staging = plan, sheet, request, staging
        self.width = full_width(plan, found)
        self.counts = Counts()
        limits, as_of = request.limits, request.as_of
        self.columns = {
            name: make_column(name, pick.rule if pick.indices else None, chosen, found, as_of, limits)
            for name, pick in plan.picks.items()
            if name != "currency"
        }
        self.in_amounts = found.amounts_name_currency
        self.names = plan.names + tuple(f"column {letters(i)}" for i in range(len(plan.names), self.width))
        self._template = _template(self.names)

    # -- rows of a block -------------------------------------------------------------------------------------------------

    def take(self, block: RowBlock) -> None:
        """Write the lines of a block and park its faulty rows."""
        below, rest, above = block.below(self.plan.number)
        numbers, rows = list(below), list(rest)
        if block.broken or set(map(len, rows)) != {self.width}:
            broken = {index - above: code for index, code in block.broken.items() if index >= above}
            numbers, rows = self._of_right_width(numbers, rows, broken)
        if not rows:
            return
        faults: dict[int, list[Fault]] = {}
        if block.suspect or block.large:
            self._check_texts(numbers, rows, faults)
        values = self._values(rows)
        for name, column in values.items():
            self._collect(name, column, numbers, rows, faults)
        self._check_order(values, numbers, rows, faults)
        keep = self._park(numbers, rows, faults) if faults else None
        self._write(numbers, rows, values, keep)

    def _of_right_width(
        self, numbers: list[int], rows: list[Row], broken: dict[int, str]
    ) -> tuple[list[int], list[Row]]:
        right_numbers, right_rows = [], []
        for index, (number, row) in enumerate(zip(numbers, rows, strict=True)):
            if index not in broken and is_blank(row):
                continue
            if index not in broken and len(row) == self.width:
                right_numbers.append(number)
                right_rows.append(row)
            elif index in broken:
                self._park_row([self._fault(broken[index], number, row)])
            elif is_header_again(self.plan, row):
                self._park_row([self._fault("REPEATED_HEADER", number, row)])
            else:
                detail = f"It has {len(row)} cells, the header {self.width}."
                self._park_row([self._fault("COLUMN_COUNT", number, row, value=str(len(row)), detail=detail)])
        return right_numbers, right_rows

    def _check_texts(self, numbers: list[int], rows: list[Row], faults: dict[int, list[Fault]]) -> None:
        most = self.request.limits.cell_bytes
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and column not in self.plan.contacts and (found := check_text(cell, most)):
                    faults.setdefault(index, []).append(
                        self._cell_fault(found, self.names[column], numbers[index], row, column)
                    )

    def _values(self, rows: list[Row]) -> dict[str, Values]:
        by_column: list[tuple[Cell, ...]] = list(zip(*rows, strict=True))
        values: dict[str, Values] = {}
        for name, column in self.columns.items():
            values[name] = list(map(column.__getitem__, self._cells(self.plan.picks[name], by_column, len(rows))))
        values["currency"] = self._currencies(by_column, values, len(rows))
        return values

    def _cells(self, pick: Pick, by_column: list[tuple[Cell, ...]], count: int) -> Iterable[Cell | tuple[Cell, ...]]:
        if not pick.indices:
            return repeat(pick.constant or "", count)
        if len(pick.indices) == 1:
            return by_column[pick.indices[0]]
        return zip(*(by_column[index] for index in pick.indices), strict=True)

    def _currencies(self, by_column: list[tuple[Cell, ...]], values: dict[str, Values], count: int) -> Values:
        days = [day if isinstance(day, str) else "" for day in values["award_date"]]
        pick = self.plan.picks.get("currency")
        if pick is not None and not self.in_amounts and pick.rule.is_plain() and not self.sheet:
            plain = cast("Iterable[str]", self._cells(pick, by_column, count))
            return list(map(currency_of, plain, repeat(""), days))
        if pick is None:
            texts: Iterable[str] = repeat("", count)
        elif pick.indices and not pick.rule.is_plain():
            joined = ((each if isinstance(each, tuple) else (each,)) for each in self._cells(pick, by_column, count))
            texts = (pick.rule.apply(tuple(map(to_text, cells))) for cells in joined)
        else:
            texts = (to_text(cell) for cell in self._cells(pick, by_column, count))  # type: ignore[arg-type]
        beside: Iterable[str] = repeat("", count)
        if self.in_amounts:
            amounts = self._cells(self.plan.picks["amount"], by_column, count)
            beside = [split_amount(cell)[1] if isinstance(cell, str) else "" for cell in amounts]
        return [currency_of(text, by, day) for text, by, day in zip(texts, beside, days, strict=True)]

    # -- faults ----------------------------------------------------------------------------------------------------------

    def _collect(
        self, name: str, column: Values, numbers: list[int], rows: list[Row], faults: dict[int, list[Fault]]
    ) -> None:
        known = self.columns.get(name)
        if known is not None and not known.faulty:
            return
        indices = self.plan.picks[name].indices if name in self.plan.picks else ()
        for index, value in enumerate(column):
            if isinstance(value, CellFault):
                found = self._cell_fault(value, name, numbers[index], rows[index], indices[0] if indices else None)
                faults.setdefault(index, []).append(found)

    def _check_order(
        self, values: dict[str, Values], numbers: list[int], rows: list[Row], faults: dict[int, list[Fault]]
    ) -> None:
        starts, ends = values.get("start_date"), values.get("end_date")
        if starts and ends:
            for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
                if isinstance(start, str) and isinstance(end, str) and end < start and end:
                    at = self.plan.picks["end_date"].indices
                    wrong = CellFault("DATE_ORDER", end, f"The start is {start}.")
                    faults.setdefault(index, []).append(
                        self._cell_fault(wrong, "end_date", numbers[index], rows[index], at[0] if at else None)
                    )
        for index, amount in enumerate(values["amount"]):
            if (
                isinstance(amount, str)
                and len(amount) > 11
                and _is_absurd(amount, values["currency"][index], values["award_date"][index])
            ):
                at = self.plan.picks["amount"].indices
                wrong = CellFault("ABSURD_AMOUNT", amount)
                faults.setdefault(index, []).append(
                    self._cell_fault(wrong, "amount", numbers[index], rows[index], at[0] if at else None)
                )

    def _park(self, numbers: list[int], rows: list[Row], faults: dict[int, list[Fault]]) -> list[bool]:
        """Park faulty rows, except blank and totals rows; which rows are kept."""
        keep = [True] * len(rows)
        for index in sorted(faults):
            keep[index] = False
            row = rows[index]
            if is_blank(row):
                continue
            if self._is_total(row):
                self.counts.totals += 1
                self.staging.aside(numbers[index], {"totals row": self._told(self.names, row)})
            elif is_header_again(self.plan, row):
                self._park_row([self._fault("REPEATED_HEADER", numbers[index], row)])
            else:
                self._park_row(faults[index])
        return keep

    def _is_total(self, row: Row) -> bool:
        """A word such as "Total" stands first, a number follows, and the cells that name a contract are empty."""
        filled = [to_text(cell).strip() for cell in row if not is_empty(to_text(cell))]
        if len(filled) < 2 or len(filled) * 2 > len(row) + 1 or not says_total(filled[0]):
            return False
        sources = {name: self.plan.picks[name].indices for name in REQUIRED if name in self.plan.picks}
        empty = [name for name, indices in sources.items() if all(is_empty(to_text(row[i])) for i in indices)]
        return len(empty) >= 4 and any(any(c.isdigit() for c in text) for text in filled[1:])

    def _cell_fault(self, found: CellFault, name: str, number: int, row: Row, column: int | None) -> Fault:
        return self._fault(
            found.code, number, row, field=name, value=printable(found.value), detail=found.detail, column=column
        )

    def _fault(
        self,
        code: str,
        number: int,
        row: Row,
        *,
        field: str = "",
        value: str = "",
        detail: str = "",
        column: int | None = None,
    ) -> Fault:
        place = f"{self.sheet}!{letters(column or 0)}{number}" if self.sheet else f"line {number}"
        return fault(code, number, field=field, value=value, locator=place, raw=self._raw(row), detail=detail)

    def _raw(self, row: Row) -> str:
        names = self.names + tuple(f"column {letters(i)}" for i in range(len(self.names), len(row)))
        return msgspec.json.encode(self._told(names, row)).decode()

    def _told(self, names: Sequence[str], row: Row) -> dict[str, str]:
        """Header and cell of a row, safe to store, without ways to reach a person."""
        contacts = self.plan.contacts
        cells = (NOT_KEPT if index in contacts else printable(to_text(cell)) for index, cell in enumerate(row))
        return dict(zip(names, cells, strict=False))

    def _park_row(self, faults: Sequence[Fault]) -> None:
        self.staging.quarantine(faults)
        self.counts.quarantined += 1

    # -- lines -----------------------------------------------------------------------------------------------------------

    def _write(self, numbers: list[int], rows: list[Row], values: dict[str, Values], keep: list[bool] | None) -> None:
        if keep is not None:
            numbers, rows = list(compress(numbers, keep)), list(compress(rows, keep))
            values = {name: list(compress(column, keep)) for name, column in values.items()}
        if not rows:
            return
        published = [self._published(name, values, len(rows)) for name in LINE_COLUMNS[_OCID:_GAPS]]
        hashes = [
            sha256("\x1f".join(each).encode("utf-8", "surrogatepass")).hexdigest()[:32]
            for each in zip(*published, strict=False)
        ]
        at = {name: index for index, name in enumerate(LINE_COLUMNS[_OCID:_GAPS])}
        keys = zip(published[at["structure"]], published[at["buyer"]], published[at["contract_id"]], strict=False)
        ids = [sha256("\x1f".join(key).encode("utf-8", "surrogatepass")).hexdigest()[:20] for key in keys]
        locators = [f"{self.sheet}!A{number}" if self.sheet else f"line {number}" for number in numbers]
        texts = [
            _quoted(column) if name in _TEXTS else column
            for name, column in zip(LINE_COLUMNS[_OCID:_GAPS], published, strict=True)
        ]
        places = _quoted(locators) if self.sheet else locators
        raws = self._raws(rows)
        self.staging.text(
            "\n".join(
                map(
                    ",".join,
                    zip(
                        map(str, numbers),
                        places,
                        ids,
                        repeat(""),
                        hashes,
                        *texts,
                        self._gaps(values, len(rows)),
                        raws,
                        *[repeat("")] * _ONLY_OF_NOTICES,
                        strict=False,
                    ),
                )
            )
            + "\n"
        )
        self.counts.lines += len(rows)

    def _published(self, name: str, values: dict[str, Values], count: int) -> Sequence[str]:
        if name == "phase":
            return ["contract"] * count
        if name == "country_basis":
            return self._country_basis(values, count)
        return values.get(name, [""] * count)  # type: ignore[return-value]  # faulty rows are gone

    def _country_basis(self, values: dict[str, Values], count: int) -> Sequence[str]:
        pick = self.plan.picks.get("country")
        if pick is None:
            return [""] * count
        word = "declared" if pick.indices else "default"
        return [word if country else "" for country in values["country"]]

    def _gaps(self, values: dict[str, Values], count: int) -> Iterable[str]:
        """Names of the columns that the file has and this row leaves empty (an amount of zero is one)."""
        partly = {name: values[name] for name in CANONICAL if name in values and "" in values[name]}
        if not any(any(column) for column in partly.values()):
            return repeat(" ".join(partly), count)
        patterns = zip(*([not value for value in column] for column in partly.values()), strict=True)
        text: dict[tuple[bool, ...], str] = {}
        return [
            text[pattern] if pattern in text else text.setdefault(pattern, " ".join(compress(partly, pattern)))
            for pattern in patterns
        ]

    def _raws(self, rows: list[Row]) -> Iterable[str]:
        """Every row as a JSON object of header and cell, quoted as a CSV cell."""
        columns: Iterable[Iterable[Cell]] = zip(*rows, strict=True)
        texts = (list(map(to_text, column)) if self.sheet else cast("Sequence[str]", column) for column in columns)
        kept = ([NOT_KEPT] * len(rows) if index in self.plan.contacts else text for index, text in enumerate(texts))
        return map(self._template.__mod__, zip(*map(_json_cells, kept), strict=True))


def _template(names: Sequence[str]) -> str:
    """Format text of a JSON object with one place for every column, quoted as a CSV cell."""
    keys = (msgspec.json.encode(name).decode().replace('"', '""').replace("%", "%%") for name in names)
    return '"{' + ",".join(f'{key}:""%s""' for key in keys) + '}"'


_NEEDS_ESCAPE = re.compile('["\\\\\x00-\x1f\x7f]')


def _json_cells(column: Sequence[str]) -> Sequence[str]:
    """Cells as the inside of JSON texts, quotation marks doubled for CSV; most columns need no look at each cell."""
    if not _NEEDS_ESCAPE.search("".join(column)):
        return column
    encode = msgspec.json.Encoder().encode
    return [encode(cell).decode()[1:-1].replace('"', '""') if _NEEDS_ESCAPE.search(cell) else cell for cell in column]


_TEXTS = frozenset(
    {
        "contract_id",
        "structure",
        "buyer",
        "supplier_name",
        "supplier_id",
        "title",
        "description",
        "cpv",
        "unspsc",
        "hs",
        "unit",
        "procedure",
    }
)
"""Columns of words; all others hold numbers, dates and codes that need no quotation marks."""
_NEEDS_QUOTES = re.compile('[",\r\n]')


def _quoted(column: Sequence[str]) -> Sequence[str]:
    """Cells of one CSV column, quoted where they must be; most columns need no look at each cell."""
    if not _NEEDS_QUOTES.search("\t".join(column)):
        return column
    return ['"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell for cell in column]


def full_width(plan: Plan, found: Conventions) -> int:
    """Cells of a row: as many as the header has, or more where every row ends with the same empty cells."""
    usual = found.widths.most_common(1)[0][0] if found.widths else 0
    width = len(plan.names)
    return usual if usual > width and found.only_empty_beyond and set(found.widths) <= {0, usual} else width


def is_blank(row: Row) -> bool:
    """True when no cell holds anything but white space."""
    return all(isinstance(cell, str) and not cell.strip() for cell in row)


@lru_cache(maxsize=1024)
def says_total(text: str) -> bool:
    """Whether a cell names a line of totals, in any of the languages of the header words."""
    words = cell_words()["totals"]
    key = bare(text)
    return any(key == bare(word) for word in words) or any(
        bare(text.split(end)[0]) in map(bare, words) for end in (":", " ", "(") if end in text
    )


@lru_cache(maxsize=65536)
def currency_of(text: str, beside: str, day: str) -> str | CellFault:
    """ISO code from the currency column and from the sign in the amount cell, which must agree."""
    on = date.fromisoformat(day) if day else None
    text = "" if is_empty(text) else text.strip()
    if not text and not beside:
        return CellFault("MISSING_FIELD", "")
    try:
        code = resolve_currency(text or beside, on)
    except CurrencyFault as found:
        allowed = f"It may be {', '.join(found.allowed)}." if found.allowed else ""
        return CellFault(
            found.code if text or found.code != "UNKNOWN_CURRENCY" else "BAD_NUMBER", printable(text or beside), allowed
        )
    return _agrees(code, text, beside)


def _agrees(code: str, text: str, beside: str) -> str | CellFault:
    if not text or not beside:
        return code
    try:
        other: tuple[str, ...] = (resolve_currency(beside),)
    except CurrencyFault as found:
        if found.code == "UNKNOWN_CURRENCY":
            return CellFault("BAD_NUMBER", printable(beside), "Only a currency may stand beside the amount.")
        other = found.allowed
    if code in other:
        return code
    return CellFault(
        "AMBIGUOUS_CURRENCY", printable(beside), f"The amount says {beside!r}, the currency column {text!r}."
    )


def _is_absurd(amount: str, currency: str | CellFault, day: str | CellFault) -> bool:
    value = Decimal(amount)
    if value < _LARGE:
        return False
    if value.adjusted() > 20:  # no rate makes this small, and more digits than a conversion keeps would stop it
        return True
    if (
        isinstance(currency, str)
        and isinstance(day, str)
        and (euro := to_eur(value, currency, date.fromisoformat(day)))
    ):
        return euro.amount_eur >= _ABSURD_EUR
    return value >= _ABSURD_UNITS
