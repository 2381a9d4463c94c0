"""The header line: where it stands, which of its words we know, and which column of the file feeds which canonical one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from duecare.errors import FileRefused
from duecare.records.cells import bare, check_text, is_empty, printable
from duecare.records.column_map import CANONICAL, REQUIRED, ColumnMap, ColumnRule
from duecare.records.faults import CODES, refused
from duecare.records.spreadsheet.rows import HEAD_ROWS, Cell, Row, letters
from duecare.settings import Limits

IGNORED_PREFIX = "duecare_"
_BRACKETS = re.compile(r"\s*[(\[{]([^)\]}]*)[)\]}]\s*")
_IN_CURRENCY = re.compile(r"(?i)[\s,_-]+(?:in |en |em |v |в |у |u )?([A-Z]{3}|[€£₴₽₺])$")
_NUMBER = re.compile(r"[\d\s.,'%€$£-]+")
WORD_MEANS_CURRENCY = frozenset({"amount", "unit_price"})


@cache
def known_words() -> Mapping[str, str]:
    """Canonical column by bare header word, in all languages; a canonical name stands for itself."""
    table: dict[str, dict[str, list[str]]] = _word_list("duecare.records", "header_words.yaml")
    words = {bare(str(word)): name for name, languages in table.items() for each in languages.values() for word in each}
    return words | {bare(name): name for name in table}


@cache
def cell_words() -> Mapping[str, Mapping[str, Sequence[str]] | Sequence[str]]:
    """The content of ``cell_words.yaml``: procurement methods, words of totals rows, suffixes of headers."""
    found: Mapping[str, Mapping[str, Sequence[str]] | Sequence[str]] = _word_list(
        "duecare.records.spreadsheet", "cell_words.yaml"
    )
    return found


def _word_list(package: str, name: str) -> Any:
    """Our own list, as texts (``no`` is a word here), by the fast loader where it is there."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return yaml.load(files(package).joinpath(name).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  texts only


@cache
def _suffixes() -> tuple[str, ...]:
    return tuple(sorted((bare(word) for word in cell_words()["suffixes"]), key=len, reverse=True))


def recognise(text: str) -> tuple[str, str]:
    """Canonical column and currency that a header names, such as ``Amount (EUR)``; empty where it is not known."""
    words = known_words()
    if name := words.get(bare(text)):
        return name, ""
    inside = " ".join(_BRACKETS.findall(text)).strip()
    outside = _BRACKETS.sub(" ", text).strip()
    currency = inside if _is_currency(inside) else ""
    if (found := _IN_CURRENCY.search(outside)) and _is_currency(found[1]):
        outside, currency = outside[: found.start()], found[1]
    name = words.get(bare(outside)) or words.get(_without_suffix(bare(outside)), "")
    return name, currency if name in WORD_MEANS_CURRENCY else ""


def _without_suffix(key: str) -> str:
    for suffix in _suffixes():
        if key.endswith(suffix) and len(key) > len(suffix):
            return key[: -len(suffix)]
    return key


def _is_currency(text: str) -> bool:
    from duecare.evidence.money import CurrencyFault, resolve_currency  # needs its tables only here

    if not text or len(text) > 4 or (text.isascii() and text.isalpha() and not text.isupper()):
        return False
    try:
        resolve_currency(text)
    except CurrencyFault:
        return False
    return True


@cache
def _contacts() -> tuple[str, ...]:
    return tuple(bare(word) for word in cell_words()["contacts"])


def is_contact(header: str) -> bool:
    """Whether a column holds how to reach a person (METHOD 8: such cells are never stored)."""
    key = bare(header)
    return any(word in key for word in _contacts())


@dataclass(frozen=True, slots=True)
class Pick:
    """Where one canonical column comes from: indices of columns with a rule, or one constant text."""

    indices: tuple[int, ...] = ()
    rule: ColumnRule = field(default_factory=lambda: ColumnRule(("",)))
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the columns of one table mean. ``names`` are the headers made unique, ``number`` is the header's row."""

    number: int
    names: tuple[str, ...]
    picks: Mapping[str, Pick]
    ignored: tuple[str, ...]
    banner: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
    contacts: frozenset[int] = frozenset()
    """indices of columns whose cells are not kept"""


def header_score(row: Row, chosen: ColumnMap) -> int:
    """How many different canonical columns a row names, with those of the map."""
    texts = {cell.strip() for cell in row if isinstance(cell, str) and cell.strip()}
    mapped = {source for rule in chosen.columns.values() for source in rule.sources}
    found = {recognise(text)[0] for text in texts if len(text) <= 120} - {""}
    return len(found) + len(texts & mapped)


def find_header(head: Sequence[tuple[int, Row]], chosen: ColumnMap) -> int:
    """Index of the header in ``head``. Raises ``FileRefused`` NO_HEADER when no row looks like one."""
    if chosen.header_row is not None:
        for index, (number, _row) in enumerate(head):
            if number == chosen.header_row:
                return index
        raise refused("NO_HEADER", row=chosen.header_row, detail="The map names a line that is not there.")
    rows = [row for _number, row in head[:HEAD_ROWS]]
    scores = [header_score(row, chosen) for row in rows]
    if scores and max(scores) >= 2:
        return scores.index(max(scores))
    for index, row in enumerate(rows):
        if _looks_like_header(row, max(map(len, rows))):
            return index
    raise refused("NO_HEADER", row=head[0][0] if head else None)


def _looks_like_header(row: Row, width: int) -> bool:
    if not all(isinstance(cell, str) for cell in row):
        return False
    texts = [text for cell in row if (text := str(cell).strip())]
    if len(texts) < max(2, width * 0.6) or len(set(texts)) < len(texts):
        return False
    return not any(_NUMBER.fullmatch(text) or len(text) > 60 for text in texts)


def unique_names(row: Row) -> tuple[str, ...]:
    """Header texts, made unique with a number behind; a column without a name is called by its letters."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for index, cell in enumerate(row):
        name = str(cell).strip().lstrip("\ufeff") or f"column {letters(index)}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def make_plan(head: Sequence[tuple[int, Row]], chosen: ColumnMap, defaults: Mapping[str, str], limits: Limits) -> Plan:
    """Decide what each column means. Raises ``FileRefused`` NO_HEADER, DUP_HEADER, MISSING_COLUMN, TOO_MANY_COLUMNS."""
    at = find_header(head, chosen)
    number, row = head[at]
    if len(row) > limits.columns:
        raise refused(
            "TOO_MANY_COLUMNS", row=number, value=str(len(row)), detail=f"At most {limits.columns} are accepted."
        )
    texts = [str(cell).strip().lstrip("\ufeff") for cell in row]
    for text in texts:
        if unfit := check_text(text, limits.cell_bytes):
            raise refused(unfit.code, row=number, field="header", value=unfit.value, detail=unfit.detail)
    picks = {name: _by_map(name, rule, texts, number) for name, rule in chosen.columns.items()}
    notes: list[str] = []
    if not chosen.only:
        _add_recognised(picks, texts, chosen, number, notes)
    for name, value in (dict(defaults) | dict(chosen.constants)).items():
        if name in CANONICAL and name not in picks:
            picks[name] = Pick(constant=value.strip())
    used = {index for pick in picks.values() for index in pick.indices}
    names = unique_names(row)
    ignored = tuple(
        name
        for index, name in enumerate(names)
        if index not in used and texts[index] and not texts[index].lower().startswith(IGNORED_PREFIX)
    )
    contacts = frozenset(index for index, text in enumerate(texts) if index not in used and is_contact(text))
    if contacts:
        notes.append(f"Ways to reach a person are not kept: {', '.join(names[index] for index in sorted(contacts))}.")
    banner = tuple(
        (n, text) for n, cells in head[:at] if (text := " | ".join(printable(str(c)) for c in cells if str(c).strip()))
    )
    return Plan(number, names, picks, ignored, banner, tuple(notes), contacts)


def _by_map(name: str, rule: ColumnRule, texts: Sequence[str], number: int) -> Pick:
    indices = []
    for source in rule.sources:
        found = [index for index, text in enumerate(texts) if text == source.strip()]
        found = found or [index for index, text in enumerate(texts) if bare(text) == bare(source)]
        if not found:
            shown = ", ".join(text for text in texts if text)
            raise refused(
                "MISSING_COLUMN",
                row=number,
                field=name,
                value=source,
                detail=f"The column map names it. Found: {shown}.",
            )
        if len(found) > 1:
            raise refused("DUP_HEADER", row=number, field=name, value=source)
        indices.append(found[0])
    return Pick(tuple(indices), rule)


def _add_recognised(
    picks: dict[str, Pick], texts: Sequence[str], chosen: ColumnMap, number: int, notes: list[str]
) -> None:
    taken = {index for pick in picks.values() for index in pick.indices}
    candidates: dict[str, list[tuple[int, str]]] = {}
    for index, text in enumerate(texts):
        if index in taken or not text or text.lower().startswith(IGNORED_PREFIX):
            continue
        name, currency = recognise(text)
        if name and name not in picks and name not in chosen.constants:
            candidates.setdefault(name, []).append((index, currency))
    for name, found in candidates.items():
        exact = [each for each in found if texts[each[0]].lower() == name]
        if len(found) > 1 and len(exact) != 1:
            shown = " and ".join(repr(texts[index]) for index, _ in found)
            detail = f"Both mean {name}: {shown}. Choose one in a column map (`duecare map FILE`)."
            raise refused("DUP_HEADER", row=number, field=name, value=texts[found[1][0]], detail=detail)
        index, currency = exact[0] if len(found) > 1 else found[0]
        picks[name] = Pick((index,), ColumnRule((texts[index],)))
        if len(found) > 1:
            notes.append(
                f"{name} was read from the column {texts[index]!r}; another column that could mean it was kept aside."
            )
        if currency and "currency" not in candidates and "currency" not in picks and name == "amount":
            picks["currency"] = Pick(constant=currency)
            notes.append(f"The currency {currency} was read from the header {texts[index]!r}.")


def missing_columns(plan: Plan) -> list[str]:
    """Required canonical columns that neither the file nor a constant gives."""
    return [name for name in REQUIRED if name not in plan.picks]


def refuse_missing(plan: Plan, missing: Sequence[str], sheet: str = "") -> None:
    """Raise ``FileRefused`` MISSING_COLUMN that names all missing columns and what was found."""
    shown = ", ".join(plan.names)
    detail = f"Missing: {', '.join(missing)}. Found: {shown if len(shown) <= 600 else shown[:597] + '...'}."
    place = f" In sheet {sheet!r}." if sheet else ""
    raise FileRefused("MISSING_COLUMN", f"{CODES['MISSING_COLUMN']} {detail}{place}", row=plan.number, field=missing[0])


def is_header_again(plan: Plan, row: Sequence[Cell]) -> bool:
    """True for a row that repeats the header: at least half of its filled cells are the header's own words."""
    same = sum(
        isinstance(c, str) and c.strip() != "" and bare(c) == bare(n) for c, n in zip(row, plan.names, strict=False)
    )
    filled = sum(not is_empty(str(cell)) for cell in row)
    return (same >= 3 and same * 2 >= filled) or (filled > 0 and same == filled)
