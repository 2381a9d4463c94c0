"""Two runs compared: lines whose band, due diligence or priority changed and why, new lines, vanished lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from duecare.identify.method import load_method
from duecare.identify.view import FindingsView, see_run
from duecare.register.engine import Engine, Step
from duecare.register.runs import about_run

PRIORITY_STEP = 0.05
LINE_INPUTS = (
    "country", "country_basis", "origin_country", "price_weight", "subcontract_share", "bid_days", "payment_days", "procedure",
    "start_date", "end_date", "supplier_id", "phase", "tenderers", "amount",
)  # fmt: skip

CAUSES = {
    "category": "The line is read as another category.",
    "inputs": "The line itself says something else: {fields}.",
    "overrides": "Other expert overrides count.",
    "method": "The method changed from {before} to {after}.",
    "as_of": "The day of the assessment changed from {before} to {after}.",
    "evidence": "The evidence in force changed: {groups}.",
    "profiles": "The category profiles changed from {before} to {after}.",
}


def diff_runs(engine: Engine, before: Path, after: Path) -> dict[str, Any]:
    """Differences of two run folders, each with the tables of ``risk.RESULTS`` and ``run.json``.

    ``run.json`` must say ``id``, ``method``, ``as_of``, ``packs`` and ``profiles``; they name the causes of a change.
    """
    about = {"before": about_run(before), "after": about_run(after)}
    for name, folder in (("before", before), ("after", after)):
        see_run(engine, folder)
        FindingsView(engine, load_method(about[name]["method"]), date.fromisoformat(about[name]["as_of"]))
        engine.run([Step(name, "SELECT * FROM details"), Step(f"{name}_stages", "SELECT * FROM line_stages")])
    return compare(engine, about["before"], about["after"])


def compare(engine: Engine, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Differences of the tables ``before``, ``after`` (rows of ``details``), ``before_stages`` and ``after_stages``.

    ``before`` and ``after`` hold what ``run.json`` says of the two runs.
    """
    engine.run(_steps())
    changed = engine.rows("SELECT * FROM changed_lines ORDER BY abs(L - L_before) DESC, line_id")
    lines = [_changed(row, before, after) for row in changed]
    counts = engine.rows(
        "SELECT (SELECT count(*) FROM before) AS before, (SELECT count(*) FROM after) AS after, "
        "(SELECT count(*) FROM before AS b JOIN after AS a ON a.line_id = b.line_id) AS both"
    )[0]
    gone = (
        "SELECT line_id, title, band FROM {there} WHERE line_id NOT IN (SELECT line_id FROM {other}) ORDER BY line_id"
    )
    return {
        "before": before["id"],
        "after": after["id"],
        "lines": counts,
        "bands_changed": sum(line["band_before"] != line["band"] for line in lines),
        "changed": lines,
        "new": engine.rows(gone.format(there="after", other="before")),
        "vanished": engine.rows(gone.format(there="before", other="after")),
    }


def _steps() -> list[Step]:
    inputs = ", ".join(f"b.{name} IS DISTINCT FROM a.{name} AS {name}_changed" for name in LINE_INPUTS)
    groups = ", ".join(f"max(abs(coalesce(a.{g}_value, 0) - coalesce(b.{g}_value, 0))) AS {g}_moved" for g in "PXGWBQ")
    return [
        Step(
            "moved_groups",
            f"SELECT a.line_id, {groups} FROM after_stages AS a JOIN before_stages AS b "
            "ON b.line_id = a.line_id AND b.stage = a.stage AND b.side = a.side GROUP BY a.line_id",
        ),
        Step(
            "changed_lines",
            f"SELECT a.line_id, a.title, b.band AS band_before, a.band, b.ddl AS ddl_before, a.ddl, b.L AS L_before, a.L, "
            f"b.PRI AS PRI_before, a.PRI, b.profile AS profile_before, a.profile, b.ruling AS ruling_before, a.ruling, "
            f"{inputs}, {', '.join(f'm.{g}_moved' for g in 'PXGWBQ')} "
            "FROM after AS a JOIN before AS b ON b.line_id = a.line_id LEFT JOIN moved_groups AS m ON m.line_id = a.line_id "
            f"WHERE a.band <> b.band OR a.ddl <> b.ddl OR abs(a.PRI - b.PRI) >= {PRIORITY_STEP}",
        ),
    ]


def _changed(row: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("line_id", "title", "band_before", "band", "ddl_before", "ddl", "L_before", "L", "PRI_before", "PRI")
    return {name: row[name] for name in shown} | {"why": list(_causes(row, before, after))}


def _causes(row: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """What differs between the two runs of this line, most direct cause first."""
    fields = [name for name in LINE_INPUTS if row[f"{name}_changed"]]
    groups = [g for g in "PXGWBQ" if (row[f"{g}_moved"] or 0) > 1e-9]
    packs = before.get("packs") != after.get("packs")
    found: dict[str, dict[str, Any] | None] = {
        "category": {} if row["profile_before"] != row["profile"] else None,
        "inputs": {"fields": ", ".join(fields)} if fields else None,
        "overrides": {} if row["ruling_before"] != row["ruling"] else None,
        "method": _moved("method", before, after),
        "evidence": {"groups": ", ".join(groups)} if packs and groups else None,
        "profiles": _moved("profiles", before, after),
        "as_of": _moved("as_of", before, after),
    }
    return [
        {"code": code, "sentence": CAUSES[code].format_map(params), "template": CAUSES[code], "params": params}
        for code, params in found.items()
        if params is not None
    ]


def _moved(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
    was, now = before.get(name), after.get(name)
    return {"before": was, "after": now} if was != now else None
