"""Which column of a user's file holds what: a saved, checked YAML map, and a proposal of one for a new file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from duecare.errors import WrongUsage

if TYPE_CHECKING:
    from duecare.records.spreadsheet.proposal import Proposal

REQUIRED = ("contract_id", "buyer", "supplier_name", "title", "amount", "currency", "award_date")
OPTIONAL = (
    "structure",
    "supplier_id",
    "supplier_country",
    "country",
    "origin_country",
    "description",
    "cpv",
    "unspsc",
    "hs",
    "quantity",
    "unit",
    "unit_price",
    "start_date",
    "end_date",
    "procedure",
    "tenderers",
    "price_weight",
    "subcontract_share",
    "bid_days",
    "payment_days",
)
CANONICAL = REQUIRED + OPTIONAL
ORDERS = ("dmy", "mdy", "ymd")


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """How one canonical column is made: the header(s) it comes from, joined by ``join`` where there are several.

    ``after`` and ``until`` (the first of several) cut a part out of a packed cell (``every``: all such parts, joined by
    ``"; "``). ``empty`` are further texts that mean "nothing", ``values`` translates codes, ``pad`` fills with zeros from
    the left. White space inside a text counts as one space when it is compared.
    """

    sources: tuple[str, ...]
    join: str = "/"
    after: str = ""
    until: tuple[str, ...] = ()
    every: bool = False
    empty: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    pad: int = 0

    def is_plain(self) -> bool:
        """True when the cell of one column is taken as it is."""
        return len(self.sources) == 1 and not (self.after or self.until or self.empty or self.values or self.pad)

    def apply(self, cells: tuple[str, ...]) -> str:
        """The text of the canonical column from the cells of ``sources``; empty when nothing is left."""
        parts = [self._one(cell) for cell in cells]
        return self.join.join(parts) if any(parts) else ""

    def _one(self, cell: str) -> str:
        text = self._cut(cell.strip())
        if self.empty or self.values:
            plain = " ".join(text.split())
            if plain in self.empty:
                return ""
            for code, meaning in self.values:
                if plain == code:
                    return meaning
        return text.zfill(self.pad) if text and self.pad else text

    def _cut(self, text: str) -> str:
        pieces = text.split(self.after)[1:] if self.after else [text]
        for end in self.until:
            pieces = [piece.split(end, 1)[0] for piece in pieces]
        return "; ".join(piece.strip() for piece in (pieces if self.every else pieces[:1]) if piece.strip())


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A saved column map. All names of columns are canonical; ``headers`` are compared as the file writes them."""

    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    date_order: Mapping[str, str] = field(default_factory=dict)
    decimal: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    only: bool = False
    exponents: bool = False
    about: str = ""


_KEYS = frozenset(
    {
        "columns",
        "constants",
        "date_order",
        "decimal",
        "sheet",
        "header_row",
        "encoding",
        "delimiter",
        "only",
        "exponents",
        "about",
    }
)
_RULE_KEYS = frozenset({"from", "join", "after", "until", "every", "empty", "values", "pad"})


def load_map(path: Path) -> dict[str, Any]:
    """The content of a saved map as plain values for a ``Request``; raises ``WrongUsage`` when it is not a valid map."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  texts only: no is no truth value
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WrongUsage(f"The column map {path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise WrongUsage(f"The column map {path.name} holds no keys. A map starts with `columns:`.")
    parse_map(content, path.name)
    return content


def parse_map(content: Mapping[str, Any] | None, name: str = "column map") -> ColumnMap:
    """Check the plain values of a map; raises ``WrongUsage`` for an unknown key, column or value."""
    content = content or {}
    _refuse_unknown(content, _KEYS, f"In the {name}", "key")
    columns = {key: _rule(key, value, name) for key, value in _table(content, "columns", name).items()}
    constants = {key: str(value) for key, value in _table(content, "constants", name).items() if value is not None}
    for keys in (columns, constants):
        _refuse_unknown(keys, frozenset(CANONICAL), f"In the {name}", "column")
    if both := sorted(columns.keys() & constants.keys()):
        raise WrongUsage(f"In the {name}, {', '.join(both)} stand under `columns` and under `constants`. Keep one.")
    return ColumnMap(
        columns,
        constants,
        _choices(content.get("date_order"), "date_order", ("award_date", "start_date", "end_date"), ORDERS, name),
        _choices(content.get("decimal"), "decimal", NUMBERS, (".", ","), name),
        _text(content, "sheet", name),
        _header_row(content.get("header_row"), name),
        _text(content, "encoding", name),
        _delimiter(content.get("delimiter"), name),
        _yes(content.get("only"), "only", name),
        _yes(content.get("exponents"), "exponents", name),
        str(content.get("about", "")),
    )


NUMBERS = (
    "amount",
    "unit_price",
    "quantity",
    "tenderers",
    "price_weight",
    "subcontract_share",
    "bid_days",
    "payment_days",
)


def _refuse_unknown(given: Mapping[str, Any], known: frozenset[str], where: str, what: str) -> None:
    if unknown := sorted(str(key) for key in given if key not in known):
        raise WrongUsage(f"{where}, the {what} {', '.join(unknown)} is not known. Known: {', '.join(sorted(known))}.")


def _table(content: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
    value = content.get(key) or {}
    if not isinstance(value, dict):
        raise WrongUsage(f"In the {name}, `{key}` must hold lines such as `title: Subject`.")
    return value


def _rule(key: str, value: object, name: str) -> ColumnRule:
    if isinstance(value, str):
        return ColumnRule((value,))
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return ColumnRule(tuple(value))
    if isinstance(value, dict) and "from" in value:
        _refuse_unknown(value, _RULE_KEYS, f"In the {name} under {key}", "key")
        whole = _rule(key, value["from"], name)
        translated = _table(value, "values", name)
        return ColumnRule(
            whole.sources,
            str(value.get("join", "/")),
            str(value.get("after", "")),
            _texts(value.get("until"), "until", name),
            _yes(value.get("every"), "every", name),
            tuple(" ".join(each.split()) for each in _texts(value.get("empty"), "empty", name)),
            tuple((" ".join(str(code).split()), str(meaning)) for code, meaning in translated.items()),
            _whole(value.get("pad", 0), "pad", name),
        )
    raise WrongUsage(f"In the {name}, {key} must name a header, a list of headers, or a block with `from`.")


def _choices(
    value: object, key: str, names: tuple[str, ...], allowed: tuple[str, ...], map_name: str
) -> dict[str, str]:
    """One choice for all columns, or one for each named column."""
    if value is None:
        return {}
    each = dict.fromkeys(names, value) if not isinstance(value, dict) else value
    _refuse_unknown(each, frozenset(names), f"In the {map_name} under {key}", "column")
    for choice in each.values():
        if choice not in allowed:
            raise WrongUsage(f"In the {map_name}, {key} is {choice!r}. Allowed: {', '.join(allowed)}.")
    return {str(column): str(choice) for column, choice in each.items()}


def _text(content: Mapping[str, Any], key: str, name: str) -> str | None:
    value = content.get(key)
    if value is None or isinstance(value, str):
        return value
    raise WrongUsage(f"In the {name}, {key} must be a text; put it in quotation marks.")


def _texts(value: object, key: str, name: str) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    each = value if isinstance(value, list) else [value]
    if all(isinstance(text, str) for text in each):
        return tuple(each)
    raise WrongUsage(f"In the {name}, {key} must be a text or a list of texts; put numbers in quotation marks.")


def _yes(value: object, key: str, name: str) -> bool:
    words = {"true": True, "yes": True, "false": False, "no": False, "none": False}
    if str(value).lower() in words:
        return words[str(value).lower()]
    raise WrongUsage(f"In the {name}, {key} must be true or false.")


def _whole(value: object, key: str, name: str) -> int:
    if str(value).isascii() and str(value).isdigit():
        return int(str(value))
    raise WrongUsage(f"In the {name}, {key} must be a whole number.")


def _header_row(value: object, name: str) -> int | None:
    if value is None:
        return None
    if number := _whole(value, "header_row", name):
        return number
    raise WrongUsage(f"In the {name}, header_row must be the number of the line with the column names, from 1.")


def _delimiter(value: object, name: str) -> str | None:
    words = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
    if value is None:
        return None
    text = words.get(str(value).lower(), str(value))
    if len(text) == 1 and text not in '"\r\n':
        return text
    raise WrongUsage(f"In the {name}, delimiter must be one character, or one of {', '.join(words)}.")


def propose(path: Path, format: str | None = None, sheet: str | None = None) -> Proposal:  # noqa: A002  the word of the interface
    """Look at a spreadsheet and propose a map, see ``spreadsheet.proposal``. Raises ``FileRefused``."""
    from duecare.records.spreadsheet.proposal import propose as look  # the reader imports this module

    return look(path, format, sheet)
