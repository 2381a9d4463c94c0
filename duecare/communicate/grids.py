"""Tables of the portfolio: structures by categories, stages by categories, unknown fields by structures."""

from __future__ import annotations

from dataclasses import dataclass

from duecare.communicate import words
from duecare.communicate.i18n import Translator
from duecare.communicate.portfolio import STAGE_ORDER, Portfolio

WIDE = 14
"""With more structures than this they become the rows, and the categories with most flagged lines the columns."""
MOST_ROWS, MOST_CATEGORIES = 60, 10


@dataclass(frozen=True)
class GridCell:
    """Two short texts and a shade: a band code, or ``u0``-``u3`` for a share of unknown cells, or nothing."""

    top: str
    bottom: str
    shade: str


@dataclass(frozen=True)
class Grid:
    """A table: what the first column holds, the column names, and the rows with their names."""

    corner: str
    columns: list[str]
    rows: list[tuple[str, list[GridCell | None]]]
    left_out: int = 0


def heat_grid(portfolio: Portfolio, tr: Translator) -> Grid:
    """Highest band and flagged lines per category and structure; structures in alphabetical order."""
    structures, left_out = _structures(portfolio)
    ranked = sorted(portfolio.flagged_by_category, key=lambda c: (-portfolio.flagged_by_category[c], c))

    def cell(structure: str, category: str) -> GridCell | None:
        if (structure, category) not in portfolio.cells:
            return None
        found = portfolio.cells[structure, category]
        text = tr.t("{flagged} of {lines}", flagged=found.flagged, lines=found.lines)
        return GridCell(tr.t(words.BANDS[found.band]), text, found.band)

    names = {category: tr.t(portfolio.categories[category]) for category in ranked}
    if len(portfolio.structures) <= WIDE:
        rows = [(names[c], [cell(s, c) for s in structures]) for c in ranked]
        return Grid(tr.t("Category"), [_named(s, tr) for s in structures], rows, left_out)
    ranked = ranked[:MOST_CATEGORIES]
    by_structure = [(_named(s, tr), [cell(s, c) for c in ranked]) for s in structures]
    return Grid(tr.t("Office"), [names[c] for c in ranked], by_structure, left_out)


def stage_grid(portfolio: Portfolio, tr: Translator) -> Grid:
    """The highest band at each stage, per category with a flagged line."""
    ranked = sorted(portfolio.flagged_by_category, key=lambda c: (-portfolio.flagged_by_category[c], c))
    rows: list[tuple[str, list[GridCell | None]]] = []
    for category in ranked:
        bands = [portfolio.stages.get((category, stage)) for stage in STAGE_ORDER]
        cells = [GridCell(tr.t(words.BANDS[band]), "", band) if band else None for band in bands]
        rows.append((tr.t(portfolio.categories[category]), cells))
    return Grid(tr.t("Category"), [tr.t(words.STAGES[stage]) for stage in STAGE_ORDER], rows)


def unknown_grid(portfolio: Portfolio, tr: Translator) -> Grid:
    """How many lines leave a field unknown, per field and structure."""
    structures, left_out = _structures(portfolio)
    totals: dict[str, int] = {}
    for (_, name), lines in portfolio.unknown.items():
        totals[name] = totals.get(name, 0) + lines
    fields = sorted(totals, key=lambda name: (-totals[name], name))

    def cell(structure: str, name: str) -> GridCell | None:
        unknown, lines = portfolio.unknown[structure, name], portfolio.structures[structure]
        shade = "u0" if not unknown else f"u{1 + int(2.999 * unknown / lines)}"
        return GridCell(tr.t("{unknown} of {lines}", unknown=unknown, lines=lines), "", shade)

    if len(portfolio.structures) <= WIDE:
        rows = [(field_name(name, tr), [cell(s, name) for s in structures]) for name in fields]
        return Grid(tr.t("Field"), [_named(s, tr) for s in structures], rows, left_out)
    by_structure = [(_named(s, tr), [cell(s, name) for name in fields]) for s in structures]
    return Grid(tr.t("Office"), [field_name(name, tr) for name in fields], by_structure, left_out)


def field_name(name: str, tr: Translator) -> str:
    """A field in plain words; a field that has no word is shown by its own name."""
    return tr.t(words.FIELDS[name]) if name in words.FIELDS else name.replace("_", " ")


def _structures(portfolio: Portfolio) -> tuple[list[str], int]:
    most = sorted(portfolio.structures, key=lambda s: (-portfolio.structures[s], s))[:MOST_ROWS]
    return sorted(most, key=str.casefold), len(portfolio.structures) - len(most)


def _named(structure: str, tr: Translator) -> str:
    return structure or tr.t("office not named")
