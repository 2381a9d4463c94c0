"""The whole arithmetic of one line from its stored rows, as plain values and as text: no second code path (HOUSE, principle 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from duecare.errors import CannotAnswer
from duecare.identify.method import Method
from duecare.identify.sentences import FACTORS
from duecare.identify.view import FindingsView
from duecare.terms import Fact

Row = Mapping[str, Any]
GROUP_NAMES = {
    "P": "product or service",
    "X": "listed origin",
    "G": "country",
    "W": "workforce",
    "B": "business model and chain",
    "Q": "the buyer's own practices",
}
BASES = {
    "prior": "not known: prior of the category",
    "listed": "public list",
    "somewhere": "listed for some origin, this one unknown",
    "unlisted": "origin not on the list (level 0 for the list only)",
    "observed": "own observation",
    "declared": "declared in the notice or contract",
    "fact": "published source",
    "override": "expert override",
}


def explain(view: FindingsView, line_id: str, fact: Callable[[str], Fact] | None = None) -> dict[str, Any]:
    """Everything behind a finding: the item, and per stage its factors, formula, floors and sources.

    ``fact`` looks up a fact by its id, for titles and editions. Raises ``CannotAnswer`` for a line that the run does not hold.
    """
    found = view.one(line_id)
    if found is None:
        raise CannotAnswer(f"The run holds no line {line_id}. `duecare identify --json` lists the ids of all lines.")
    row, stages = found
    item = view.item(row, stages)
    parts = [_stage(view, row, stage) for stage in stages]
    named = sorted({f["fact"] for part in parts for group in part["groups"] for f in group["factors"] if f["fact"]})
    sources = {one: _source(fact(one)) for one in named} if fact else {}
    return item | {
        "stages_explained": parts,
        "severity": _severity(view, row),
        "priority": {k: row[k] for k in ("SAL", "A", "K", "T", "PRI")},
        "due_diligence": {"level": row["ddl"], "because": row["ddl_because"]},
        "leverage": {"LEV": row["LEV"], "route": row["route"]},
        "sources": sources,
        "method": {"id": view.method.id, "digest": view.method.digest},
    }


def _stage(view: FindingsView, row: Row, stage: Row) -> dict[str, Any]:
    groups = [_group(group, stage, list(factors)) for group, factors in _factors(view, row, stage)]
    kept = ("stage", "side", "country", "L_lo", "L", "L_hi", "raw", "floors")
    return {key: stage[key] for key in kept} | {"leads": stage["exposure"] == row["exposure"], "groups": groups}


def _factors(view: FindingsView, row: Row, stage: Row) -> Iterator[tuple[str, list[Row]]]:
    pattern = view.pattern_factors[stage["pattern"]]
    yield from ((g, [f for f in pattern if f["grp"] == g]) for g in "PWB")
    yield "X", view.x_factors[stage["exposure"]]
    yield "G", view.country_levels[stage["country"]] if stage["country"] else []
    yield "Q", [f for f in view.buying_factors[row["buying_case"]] if f["counts"]]


def _group(group: str, stage: Row, factors: list[Row]) -> dict[str, Any]:
    return {
        "group": group,
        "name": GROUP_NAMES[group],
        "lo": stage[f"{group}_lo"],
        "value": stage[f"{group}_value"],
        "hi": stage[f"{group}_hi"],
        "contribution": stage[f"share_{group}"],
        "factors": [_factor(f) for f in factors],
    }


def _factor(factor: Row) -> dict[str, Any]:
    return {
        "factor": factor["factor"],
        "name": FACTORS[factor["factor"]],
        "lo": factor["lo"],
        "value": factor["value"],
        "hi": factor["hi"],
        "basis": factor["basis"],
        "grade": factor["grade"] or "E0",
        "good": factor.get("good"),
        "fact": factor.get("fact_id") or "",
    }


def _source(fact: Fact) -> dict[str, str]:
    source = fact.source
    return {
        "title": source.title,
        "publisher": source.publisher,
        "edition": source.edition,
        "date": fact.valid_from.isoformat(),
        "locator": source.locator,
        "url": source.url,
        "licence": source.licence,
        "note": fact.note,
    }


def _severity(view: FindingsView, row: Row) -> list[dict[str, Any]]:
    sql = "SELECT stage, scenario, scale, scope, irremediability, S, reason FROM harms WHERE profile = ? ORDER BY S DESC, stage, scenario"
    return view.engine.rows(sql, [row["profile"]])


def as_text(explained: Mapping[str, Any], method: Method) -> str:
    """The explanation as lines of text for a terminal; numbers with two decimals so that they can be checked by hand."""
    return "\n".join(
        [
            *_head(explained),
            "",
            *(line for s in explained["stages_explained"] for line in _stage_text(s, method)),
            *_tail(explained, method),
        ]
    )


def _head(e: Mapping[str, Any]) -> list[str]:
    return [
        f"{e['title']}  ({e['line_id']}, contract {e['contract_id']})",
        f"{e['structure']} buys from {e['supplier']}: {e['category_title']} [{e['profile']}]",
        f"Likelihood {e['band']}: {e['L']:.2f} between {e['L_lo']:.2f} and {e['L_hi']:.2f}",
        f"Confidence {e['confidence_band']} ({e['confidence']:.2f}); it leads at stage {e['stage']}",
    ]


def _stage_text(stage: Mapping[str, Any], method: Method) -> Iterator[str]:
    level = {g["group"]: g["value"] for g in stage["groups"]}
    weights, share = method.likelihood.weights, method.likelihood.worst_share
    place = stage["country"] or "place not known"
    yield f"Stage {stage['stage']} ({place}){' <- leads' if stage['leads'] else ''}"
    for group in stage["groups"]:
        yield from _group_text(group)
    worst = ", ".join(f"{k} {level[k]:.2f}" for k in ("P", "X", "W", "B") if level[k] is not None)
    mean = " + ".join(f"{weights[k]:.2f} x {level[k]:.2f}" for k in ("P", "G", "W", "B", "Q"))
    yield f"  {share} x worst of ({worst}) + {1 - share:.1f} x ({mean}) = {stage['raw']:.2f}"
    floors = f"; floor {stage['floors']}" if stage["floors"] else ""
    yield f"  L = {stage['L']:.2f} [{stage['L_lo']:.2f}, {stage['L_hi']:.2f}]{floors}"
    yield ""


def _group_text(group: Mapping[str, Any]) -> Iterator[str]:
    if group["value"] is None:
        return
    yield f"  {group['group']} {group['name']}: {group['value']:.2f} [{group['lo']:.2f}, {group['hi']:.2f}]"
    for f in group["factors"]:
        fact = f" <{f['fact']}>" if f["fact"] else ""
        yield f"      {f['factor']:4} {f['value']:.2f} [{f['lo']:.2f}, {f['hi']:.2f}] {f['grade']} {f['name']}: {BASES[f['basis']]}{fact}"


def _tail(e: Mapping[str, Any], method: Method) -> Iterator[str]:
    sal, p = method.salience, method.priority
    for harm in e["severity"]:
        yield (
            f"Severity {harm['scenario']} at {harm['stage']}: scale {harm['scale']:.0f}, scope {harm['scope']:.0f}, "
            f"irremediability {harm['irremediability']:.0f} -> {harm['S']:.2f}. {harm['reason']}"
        )
    flags = e["priority"]
    yield f"Salience = {e['S']:.2f} x ({sal.base} + {sal.per_level} x {e['L']:.2f}) = {e['SAL']:.2f}"
    yield (
        f"Priority = min(4, {e['SAL']:.2f} + {p.A} x {flags['A']} + {p.K} x {flags['K']} + {p.T} x {flags['T']}) = {e['PRI']:.2f} "
        "(spend has no part in it)"
    )
    yield f"Due diligence {e['ddl']} ({e['ddl_because']}); leverage {e['LEV']:.2f}: {e['route']}; {e['involvement']}"
    yield from (f"Why: {reason['sentence']} ({reason['contribution']:+.2f})" for reason in e["reasons"])
    yield from (f"Not known: {gap['sentence']}" for gap in e["gaps"])
    yield f"Ask first: {e['question']}"
    yield f"Next act: {e['action']} {e['action_timing']['sentence']}"
    for name, s in e["sources"].items():
        yield f"<{name}> {s['publisher']}: {s['title']}, edition {s['edition']} ({s['date']}), {s['locator']}"
