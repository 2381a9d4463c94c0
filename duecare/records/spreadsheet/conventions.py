"""How a file writes numbers, dates and shares: gathered from every row before any doubtful cell is decided."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duecare.records.cells import (
    COMMA,
    COMMA_STYLE,
    DMY,
    MDY,
    POINT,
    POINT_STYLE,
    date_evidence,
    number_evidence,
    split_amount,
)
from duecare.records.spreadsheet.header import Plan
from duecare.records.spreadsheet.rows import Cell, RowBlock

DATES = ("award_date", "start_date", "end_date")
MONEY = ("amount", "unit_price")
COUNTS = ("tenderers", "bid_days", "payment_days")
SHARES = ("price_weight", "subcontract_share")
_LINES = (
    (re.compile(r"^[0-9]+$", re.MULTILINE), 0),
    (re.compile(f"^{POINT_STYLE.pattern}$", re.MULTILINE), POINT),
    (re.compile(f"^{COMMA_STYLE.pattern}$", re.MULTILINE), COMMA),
)
FRACTION, ABOVE_ONE, EXACTLY_ONE = 1, 2, 4
_MOST_REMEMBERED = 200_000


@dataclass
class Conventions:
    """Bits per column (see ``records.cells``), the scale of shares, and what else is known of all rows."""

    bits: dict[str, int] = field(default_factory=dict)
    scale: dict[str, int] = field(default_factory=dict)
    amounts_name_currency: bool = False
    rows: int = 0
    widths: Counter[int] = field(default_factory=Counter)
    only_empty_beyond: bool = True
    last: tuple[int, int, str] = (0, 0, "")
    """number, width and first cell of the last row"""
    _seen: dict[str, set[str]] = field(default_factory=dict)
    _patterns: dict[str, list[tuple[re.Pattern[str], int]]] = field(default_factory=dict)

    def look(self, plan: Plan, block: RowBlock) -> None:
        """Gather from the rows of one block that stand below the header."""
        numbers, rows, _above = block.below(plan.number)
        if rows:
            self.last = (numbers[-1], len(rows[-1]), str(rows[-1][0]) if rows[-1] else "")
        widths = Counter(map(len, rows))
        self.widths.update(widths)
        self.rows += len(rows)
        width = len(plan.names)
        if self.only_empty_beyond and any(each > width for each in widths):
            self.only_empty_beyond = all(cell == "" for row in rows for cell in row[width:])
        for name in (*MONEY, "quantity", *COUNTS):
            if texts := _texts(plan, name, rows):
                self._look_at_numbers(name, texts)
        for name in DATES:
            for text in self._new(name, _texts(plan, name, rows)):
                self.bits[name] = self.bits.get(name, 0) | date_evidence(text)
        for name in SHARES:
            for text in self._new(name, _texts(plan, name, rows, typed=True)):
                self._look_at_share(name, text)

    def _new(self, name: str, texts: Iterable[str]) -> set[str]:
        seen = self._seen.setdefault(name, set())
        fresh = set(texts) - seen
        if len(seen) < _MOST_REMEMBERED:
            seen |= fresh
        return fresh

    def _look_at_numbers(self, name: str, texts: Sequence[str]) -> None:
        rest = "\n".join(texts)
        known, patterns = self.bits.get(name, 0), self._patterns.setdefault(name, list(_LINES))
        for pattern, bit in list(patterns):
            if not rest.strip("\n"):
                break
            rest, times = pattern.subn("", rest)
            known |= bit if times else 0
            if times * 2 > len(texts):
                patterns.sort(key=lambda each, first=pattern: each[0] is not first)  # type: ignore[misc]
        for text in set(rest.split("\n")) if rest.strip("\n") else ():
            number, beside = split_amount(text) if name in MONEY else (text, "")
            known |= number_evidence(number)
            self.amounts_name_currency |= bool(beside) and name == "amount"
        self.bits[name] = known

    def _look_at_share(self, name: str, text: str) -> None:
        found = re.fullmatch(r"[+]?([0-9]+)(?:[.,]([0-9]+))?", text.strip())
        if not found:
            return
        whole, rest = int(found[1]), (found[2] or "").strip("0")
        bit = ABOVE_ONE if whole > 1 or (whole == 1 and rest) else EXACTLY_ONE if whole else FRACTION if rest else 0
        self.scale[name] = self.scale.get(name, 0) | bit

    def as_told(self) -> dict[str, object]:
        """What another process needs to know, as plain values."""
        return {
            "bits": self.bits,
            "scale": self.scale,
            "amounts_name_currency": self.amounts_name_currency,
            "rows": self.rows,
            "widths": [[width, times] for width, times in self.widths.items()],
            "only_empty_beyond": self.only_empty_beyond,
            "last": self.last,
        }

    def add(self, told: Mapping[str, Any]) -> None:
        """Add what was gathered from the share of the file behind this one."""
        for mine, its in ((self.bits, told["bits"]), (self.scale, told["scale"])):
            for name, bits in its.items():
                mine[name] = mine.get(name, 0) | bits
        self.amounts_name_currency |= told["amounts_name_currency"]
        self.rows += told["rows"]
        self.widths.update(dict(map(tuple, told["widths"])))
        self.only_empty_beyond &= told["only_empty_beyond"]
        self.last = tuple(told["last"]) if told["rows"] else self.last

    def decimal_sign(self, name: str) -> str:
        """What the column's decimal sign is, empty when there is no or contradictory evidence."""
        return {POINT: ".", COMMA: ","}.get(self.bits.get(name, 0) & (POINT | COMMA), "")

    def order(self, name: str) -> str:
        """The order of day and month in a column of dates, empty when there is no or contradictory evidence."""
        return {DMY: "dmy", MDY: "mdy"}.get(self.bits.get(name, 0) & (DMY | MDY), "")


def _texts(plan: Plan, name: str, rows: Sequence[Sequence[Cell]], *, typed: bool = False) -> list[str]:
    """Text cells of one column (typed cells of a workbook leave no doubt; shares need them for their scale)."""
    pick = plan.picks.get(name)
    if pick is None or not pick.indices:
        return []
    if pick.rule.is_plain():
        index = pick.indices[0]
        cells = [row[index] for row in rows if len(row) > index]
        if not typed:
            return [cell for cell in cells if isinstance(cell, str)]
        return [
            cell if isinstance(cell, str) else format(cell, ".15g") if isinstance(cell, float) else str(cell)
            for cell in cells
        ]
    last = max(pick.indices)
    return [pick.rule.apply(tuple(str(row[index]) for index in pick.indices)) for row in rows if len(row) > last]
