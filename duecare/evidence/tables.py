"""Statements of the packs as of a day, and the plain tables that bulk steps join with.

Every row of a table names its statement by ``fact_id``. A statement whose grade has aged to E0, or that is younger than the
day asked for, gives no row: unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from duecare.evidence import levels
from duecare.evidence.grading import aged, combine, later, level
from duecare.evidence.levels import Rated
from duecare.evidence.promises import Loaded, Row
from duecare.terms import Grade, Level, Source

COUNTRY_FACTORS = ("country", "factor", "value", "lo", "hi", "grade", "fact_id", "source_short")
LISTED_GOODS = (
    "good", "country", "child_labour", "forced_labour", "downstream", "input_good", "value", "lo", "hi", "grade", "fact_id",
)  # fmt: skip
STATE_IMPOSED = ("good", "country", "factor", "value", "lo", "hi", "grade", "fact_id")
REGIONAL_MEASURES = ("good", "country", "region", "factor", "value", "lo", "hi", "grade", "fact_id")
PRODUCTION_SHARES = ("good", "country", "share", "fact_id")
IMPORT_PARTNERS = ("country", "partner", "share", "fact_id")
OBSERVATIONS = ("factor", "country", "profile", "supplier_id", "stage", "value", "lo", "hi", "grade", "fact_id")
CONTEXT = ("country", "measure", "value", "unit", "fact_id")
TableRow = tuple[Any, ...]


class Statement(NamedTuple):
    """One row of a pack, rated. ``keys`` are the leading cells of its table, ``rated`` the level or the number."""

    id: str
    table: str
    issue: str
    scope: tuple[tuple[str, str], ...]
    keys: TableRow
    rated: Rated
    unit: str
    observed_on: date
    grade: Grade
    validity_months: int
    source: Source
    note: str = ""


def observed_on(loaded: Loaded) -> date:
    """The day that the facts of a pack describe."""
    return loaded.pack.observed or loaded.pack.published


def statements(loaded: Loaded, as_of: date) -> Iterator[Statement]:
    """All statements of a pack that are not younger than ``as_of``."""
    return (one for one in KINDS[loaded.pack.kind](loaded, as_of) if one.observed_on <= as_of)


def level_of(one: Statement, as_of: date) -> Level | None:
    """The level as of a day with the interval of its aged grade, ``None`` where nothing is left of it."""
    grade = aged(one.grade, one.observed_on, as_of, one.validity_months)
    if grade is Grade.E0:
        return None
    value, lo, hi = one.rated
    return level(value, grade, stated=(lo, hi), source=one.id)


def table_rows(table: str, known: Iterator[Statement], as_of: date) -> list[TableRow]:
    """Rows of one table, in the order of its columns, sorted."""
    if table == "observations":
        return _combined(known, as_of)
    rows: list[TableRow] = []
    for one in known:
        found = level_of(one, as_of) if one.unit == "level" else _number(one, as_of)
        if found is None:
            continue
        if isinstance(found, Level):
            tail: TableRow = (found.value, found.lo, found.hi, found.grade.value, one.id)
            rows.append((*one.keys, *tail, _short(one.source)) if table == "country_factors" else (*one.keys, *tail))
        else:
            rows.append((*one.keys, found, one.unit, one.id) if table == "context" else (*one.keys, found, one.id))
    return sorted(rows, key=repr)


def _number(one: Statement, as_of: date) -> float | None:
    return None if aged(one.grade, one.observed_on, as_of, one.validity_months) is Grade.E0 else one.rated[0]


def _short(source: Source) -> str:
    return f"{source.title}, {source.edition}"


def _combined(known: Iterator[Statement], as_of: date) -> list[TableRow]:
    by_scope: dict[TableRow, list[tuple[date, Level]]] = {}
    for one in known:
        if found := level_of(one, as_of):
            by_scope.setdefault(one.keys, []).append((one.observed_on, found))
    rows = [(*keys, *_winner(found)) for keys, found in by_scope.items()]
    return sorted(rows, key=repr)


def _winner(found: list[tuple[date, Level]]) -> TableRow:
    one = combine(each for _day, each in sorted(found, key=lambda pair: (pair[0], pair[1].source)))
    return one.value, one.lo, one.hi, one.grade.value, one.source


def _statement(
    loaded: Loaded, table: str, issue: str, scope: dict[str, str], keys: TableRow, rated: Rated, row: Row, **other: Any
) -> Statement:
    edition = other.pop("edition", loaded.pack.edition)
    name = ".".join(value for value in scope.values() if value)
    source = other.pop("source", None) or loaded.source(row["locator"])
    return Statement(
        f"{loaded.id}/{edition}#{issue}.{name}", table, issue, tuple(scope.items()), keys, rated,
        other.pop("unit", "level"), other.pop("observed", observed_on(loaded)), other.pop("grade", loaded.pack.grade),
        other.pop("validity", loaded.pack.validity_months), source, other.pop("note", ""),
    )  # fmt: skip


def _factor(loaded: Loaded, row: Row, factor: str, rated: Rated, note: str, **other: Any) -> Statement:
    country = row["country"]
    return _statement(
        loaded, "country_factors", factor, {"country": country}, (country, factor), rated, row, note=note, **other
    )


def newest_edition(loaded: Loaded, as_of: date) -> str | None:
    """The newest edition inside a pack that was published by a day."""
    known = [(day, name) for name, day in loaded.pack.editions.items() if day <= as_of]
    return max(known)[1] if known else None


def _tiers(loaded: Loaded, as_of: date) -> Iterator[Statement]:
    edition = newest_edition(loaded, as_of)
    for row in loaded.rows:
        if row["year"] == edition:
            note, day = f"tier {row['tier']}", loaded.pack.editions[edition]
            yield _factor(
                loaded, row, "G1", levels.trafficking_response(row["tier"]), note, edition=edition, observed=day,
                source=loaded.source(f"{row['locator']}, report of {edition}"),
            )  # fmt: skip


def _ratifications(loaded: Loaded, as_of: date) -> Iterator[Statement]:
    observed = min(observed_on(loaded), as_of)
    for row in loaded.rows:
        missing = [name for name in levels.FUNDAMENTAL if not _in_force(row[name], as_of.year)]
        note = f"not ratified: {', '.join(missing)}" if missing else "all 11 fundamental instruments ratified"
        yield _factor(loaded, row, "G2", levels.ratification_gaps(len(missing)), note, observed=observed)


def _in_force(years: str, year: int) -> bool:
    """Ratified by a year and not denounced by then; ``years`` is "", "1957" or "1958-1990"."""
    ratified, _, denounced = years.partition("-")
    return bool(ratified) and int(ratified) <= year and not (denounced and int(denounced) <= year)


def _ratings(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    for row in loaded.rows:
        yield _factor(loaded, row, "G3", levels.workers_rights(row["rating"]), f"rating {row['rating']}")


def _percentiles(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    for row in loaded.rows:
        note = f"percentile rank {row['percentile']} in {row['year']}, {row['sources']} sources"
        yield _factor(loaded, row, "G4", levels.rule_of_law(Decimal(row["percentile"])), note)


def _inspectors(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    for row in loaded.rows:
        if row["meets_advice"]:
            number = row["inspectors"] or "unknown number of"
            note = f"{number} labour inspectors, meets the ILO's technical advice: {row['meets_advice']}"
            yield _factor(loaded, row, "G8", levels.inspection(row["meets_advice"]), note)


def _listed_goods(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    flags = {
        (row["good"], row["country"]): (row["child_labour"] == "1", row["forced_labour"] == "1") for row in loaded.rows
    }
    for row in loaded.rows:
        listed_input = row["input_good"]
        child, forced = flags[(listed_input, row["input_country"]) if listed_input else (row["good"], row["country"])]
        rated = levels.listed_pair(child_labour=child, forced_labour=forced, downstream_of=listed_input)
        note = f"made from {listed_input} of {row['input_country']}" if listed_input else ""
        keys = (row["good"], row["country"], child, forced, bool(listed_input), listed_input)
        scope = {"good": row["good"], "country": row["country"]}
        yield _statement(loaded, "listed_goods", "X1", scope, keys, rated, row, note=note)


def _state_imposed(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    for row in loaded.rows:
        for region in {"", row["region"]}:
            part = bool(row["region"]) and not region
            if row["factor"] == "X2":
                rated = levels.state_imposed(int(row["authorities"]), part_of_country=part)
            else:
                rated = levels.trade_measure(row["status"], part_of_country=part)
            source = Source(
                row["publisher"], row["title"], row["url"], loaded.pack.licence, loaded.pack.retrieved, row["locator"]
            )
            scope = {"good": row["good"], "country": row["country"], "region": region}
            table = "regional_measures" if region else "state_imposed"
            keys = (*(value for value in scope.values() if value), row["factor"])
            note = f"the evidence is about {row['region']}" if part else ""
            observed = date.fromisoformat(row["observed_on"])
            yield _statement(
                loaded, table, row["factor"], scope, keys, rated, row, source=source, observed=observed, note=note
            )


def _shares(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    for row in loaded.rows:
        share, keys = float(row["share"]), (row["good"], row["country"])
        scope = {"good": row["good"], "country": row["country"]}
        note = f"{row['amount']} {row['unit']} in {row['year']}"
        yield _statement(loaded, "production_shares", "SHARE", scope, keys, (share,) * 3, row, unit="share", note=note)


def _partners(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    for row in loaded.rows:
        share, keys = float(row["share"]), (row["country"], row["partner"])
        scope = {"country": row["country"], "partner": row["partner"]}
        yield _statement(
            loaded,
            "import_partners",
            "IMPORT",
            scope,
            keys,
            (share,) * 3,
            row,
            unit="share",
            note=f"goods imports of {row['year']}",
        )


def _context(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    for row in loaded.rows:
        value, scope = float(row["value"]), {"country": row["country"], "measure": row["measure"]}
        yield _statement(
            loaded, "context", "CONTEXT", scope, (row["country"], row["measure"]), (value,) * 3, row, unit=row["unit"]
        )


def _observations(loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    for row in loaded.rows:
        observed, until = date.fromisoformat(row["observed_on"]), date.fromisoformat(row["valid_until"])
        months = next(count for count in range(1, 1201) if later(observed, count) >= until)
        scope = {name: row[name] for name in ("country", "profile", "supplier_id", "stage")}
        source = Source(
            loaded.pack.publisher,
            row["source_title"],
            row["source_url"],
            loaded.pack.licence,
            loaded.pack.retrieved,
            row["locator"],
        )
        value = float(row["value"])
        yield _statement(
            loaded, "observations", row["factor"], scope, (row["factor"], *(text or None for text in scope.values())),
            (value,) * 3, row, observed=observed, grade=Grade(row["grade"]), validity=months, source=source, note=row["note"],
        )  # fmt: skip


def _none(_loaded: Loaded, _as_of: date) -> Iterator[Statement]:
    return iter(())


KINDS: dict[str, Callable[[Loaded, date], Iterator[Statement]]] = {
    "tiers": _tiers,
    "ratifications": _ratifications,
    "ratings": _ratings,
    "percentiles": _percentiles,
    "inspectors": _inspectors,
    "listed_goods": _listed_goods,
    "state_imposed": _state_imposed,
    "shares": _shares,
    "partners": _partners,
    "context": _context,
    "observations": _observations,
    "rates": _none,  # read by evidence.money
    "package": _none,  # comes with a Python package
}
"""Every kind of pack, with what makes statements of its rows."""
