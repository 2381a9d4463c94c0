"""From a run's stored tables to what the report is made of: findings, the list, packs and facts as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from duecare.communicate.i18n import Said, msgid
from duecare.communicate.report_input import Chosen, FactLine, LeftOut, Pack, ReportInput, RunLine
from duecare.communicate.stored import store
from duecare.identify.priority import PriorityList, rank
from duecare.identify.sentences import FACTORS
from duecare.identify.view import FindingsView

ORDER = "PRI DESC, S DESC, award_date NULLS FIRST, line_id"
"""The order of METHOD 1.7 as ``items.Item.order`` has it."""
LEVEL_OF_COUNTRY = msgid("{factor}, {country}: level {level}")
LISTED = msgid("{good}, {country}: listed, level {level}")
OBSERVED = msgid("{factor}: level {level}")
LISTED_FOR = frozenset({"X1", "X2", "X3"})
ANY_GOOD = "*"
"""The scope of a measure against all goods of a country."""


def report_input(
    view: FindingsView,
    about: Mapping[str, Any],
    ledger: Sequence[Mapping[str, object]],
    capacity: int,
    options: Mapping[str, str] | None = None,
    *,
    folder: Path | None = None,
) -> ReportInput:
    """Everything the report needs of one run. ``about`` is the content of ``run.json``, ``ledger`` the files read.

    With ``folder`` the findings go to ``findings.json`` in it as they come and are read from there, so that none is held.
    """
    listed = rank(view, capacity)
    bands, leading = Counter[str](), dict[str, Mapping[str, Any]]()
    seen = _noted(view.items(order_by=ORDER), bands, {one.line_id for one in listed.chosen}, leading)
    findings: Collection[Mapping[str, Any]] = (
        store(seen, about["id"], folder / "findings.json") if folder is not None else list(seen)
    )
    return ReportInput(
        findings=findings,
        bands=bands,
        leading=leading,
        chosen=[_chosen(one) for one in listed.chosen],
        left_out=_left_out(listed),
        ledger=ledger,
        packs=[_pack(one) for one in about["packs"]],
        facts={one["id"]: _fact(one) for one in about["facts"]},
        run=RunLine(
            about["id"],
            about["method"],
            date.fromisoformat(about["as_of"]),
            about["code_version"],
            about["structure"] or "",
        ),
        options=dict(options or {}),
        capacity=capacity,
        lines_seen=about["lines"],
    )


def _noted(
    items: Iterable[dict[str, Any]], bands: Counter[str], wanted: set[str], leading: dict[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The same items; on the way bands are counted and the wanted ones kept by line id."""
    for item in items:
        bands[item["band"]] += 1
        if item["line_id"] in wanted:
            leading[item["line_id"]] = item
        yield item


def _chosen(one: Any) -> Chosen:
    return Chosen(one.line_id, one.rank, one.act, one.why, one.mandatory, one.role, one.by, len(one.lines))


def _left_out(listed: PriorityList) -> list[LeftOut]:
    return [LeftOut(one.sentence, one.lines, one.examples) for one in listed.left_out if one.lines]


def _pack(one: Mapping[str, Any]) -> Pack:
    return Pack(
        id=one["id"],
        publisher=one["publisher"],
        title=one["title"],
        edition=one["edition"],
        licence=one["licence"],
        retrieved=date.fromisoformat(one["retrieved"]),
        valid_until=date.fromisoformat(one["valid_until"]),
        expired=one["status"] == "expired",
        facts=one["rows"],
        url=one["url"],
    )


def _fact(one: Mapping[str, Any]) -> FactLine:
    return FactLine(
        id=one["id"],
        pack=one["pack"],
        says=_says(one),
        publisher=one["publisher"],
        title=one["title"],
        edition=one["edition"],
        date=date.fromisoformat(one["valid_from"]),
        licence=one["licence"],
        locator=one["locator"],
        url=one["url"],
        grade=one["grade"],
    )


def _says(one: Mapping[str, Any]) -> Said:
    scope = one["scope"]
    named = {"level": float(one["value"]), "factor": FACTORS.get(one["issue"], one["issue"])}
    if one["issue"] in LISTED_FOR and scope.get("good", ANY_GOOD) != ANY_GOOD:
        return {"sentence": LISTED, "params": {**named, "good": scope["good"], "country": scope.get("country", "")}}
    if "country" in scope:
        return {"sentence": LEVEL_OF_COUNTRY, "params": {**named, "country": scope["country"]}}
    return {"sentence": OBSERVED, "params": named}


def top_of_list(given: ReportInput) -> tuple[dict[str, Any], ...]:
    """The list as a terminal or another program reads it, in its order."""
    by_id = given.leading
    fields = ("title", "supplier", "structure", "category_title", "band", "L", "L_lo", "L_hi", "confidence_band", "PRI")
    return tuple(
        {"rank": one.rank, "line_id": one.line_id, "mandatory": one.mandatory, "lines": one.lines}
        | {name: by_id[one.line_id][name] for name in fields}
        | {"action": one.act, "question": by_id[one.line_id]["question"], "role": one.role}
        for one in given.chosen
    )


def bands_of(given: ReportInput) -> dict[str, int]:
    """How many lines are in each band, the highest first."""
    return {band: given.bands[band] for band in ("VERY_HIGH", "HIGH", "MODERATE", "LOW") if given.bands.get(band)}
