"""The wide view of findings: everything a reader sees of a line, computed from stored rows when it is asked for."""

from __future__ import annotations

from duecare.identify.arithmetic import (
    BANDS,
    band_rank,
    confidence_rank,
    exact,
    likelihood,
    named,
    number,
    purchasing_part,
)
from duecare.identify.method import Method
from duecare.identify.ratings import SURE
from duecare.terms import Involvement

GAPS: dict[str, str] = {
    "cpv": "l.cpv IS NULL",
    "title": "l.title IS NULL",
    "country": "l.country IS NULL",
    "country_basis": "l.country_basis = 'buyer'",
    "origin_country": "l.origin_country IS NULL AND o.asks_origin = 1",
    "price_weight": "l.price_weight IS NULL",
    "subcontract_share": "l.subcontract_share IS NULL AND w.at_work = 1",
    "bid_days": "l.bid_days IS NULL",
    "procedure": "l.procedure IS NULL",
    "payment_days": "l.payment_days IS NULL",
    "start_date": "l.start_date IS NULL",
    "end_date": "l.end_date IS NULL",
    "supplier_id": "l.supplier_id IS NULL",
    "amount": "l.amount IS NULL",
    "tenderers": "l.tenderers IS NULL",
    "phase": "l.phase IS NULL",
    "description": "l.description IS NULL",
    "unspsc": "l.unspsc IS NULL",
    "hs": "l.hs IS NULL",
}
"""Fields that feed a factor, a rating or a reading of what was bought, and when each is a gap; one bit of ``gap_bits`` each."""

LINE_FIELDS = (
    "line_id", "contract_id", "ocid", "lot", "structure", "buyer", "supplier_name", "supplier_id", "supplier_country", "country",
    "country_basis", "origin_country", "title", "description", "cpv", "unspsc", "hs", "amount", "currency", "award_date",
    "start_date", "end_date", "procedure", "tenderers", "price_weight", "subcontract_share", "bid_days", "payment_days", "phase",
    "file_sha256", "locator", "profile", "how", "confidence", "contradicts",
)  # fmt: skip
"""Columns that ``classified_lines`` must have; a run keeps the lines beside the findings, joined by ``line_id``."""


def details(method: Method) -> str:
    """One row per finding: the stored finding, its line, category, both sides, the widest open answer and the gaps.

    Reads the tables of ``risk.RESULTS``, in the engine or from a run's folder.
    """
    line = ", ".join(f"l.{name}" for name in LINE_FIELDS if name not in ("line_id", "confidence"))
    sides = ", ".join(
        f"{likelihood(method, f'{s}.part_{r}', f'q.Q_{r}', f'{s}.floor_{r}')} AS L_{name}{'' if r == 'value' else '_' + r}"
        for s, name in (("w", "place"), ("o", "origin"))
        for r in ("value", "lo", "hi")
    )
    gaps = " + ".join(f"CASE WHEN {when} THEN {2**bit} ELSE 0 END" for bit, when in enumerate(GAPS.values()))
    mandatory = f"f.band = 'VERY_HIGH' AND f.S >= {number(method.priority.mandatory_severity)}"
    medium = f"{confidence_rank(method, 'f.confidence')} = 1"
    return f"""
SELECT f.*, {line}, l.confidence AS classification_confidence, p.category, p.category_title, p.kind, p.question,
       {named(band_rank(method, "f.L_hi"), BANDS)} AS band_hi,
       {named(confidence_rank(method, "f.confidence"), ("LOW", "MEDIUM", "HIGH"))} AS confidence_band,
       {medium} AND {band_rank(method, "f.L_hi")} > {band_rank(method, "f.L")} AS must_ask, {mandatory} AS mandatory,
       {sides}, CASE WHEN w.part_value IS NULL THEN o.part_value ELSE w.part_value END AS nearest_part,
       q.Q_value AS Q, CASE WHEN q.contributes = 1 THEN '{Involvement.CONTRIBUTE}' ELSE '{Involvement.LINKED}' END AS involvement,
       {_ask(method)} AS ask, {gaps} AS gap_bits, e.country AS stage_country, e.setting AS stage_setting
FROM findings AS f
JOIN classified_lines AS l ON l.line_id = f.line_id
JOIN profile_facts AS p ON p.profile = l.profile
JOIN work_sides AS w ON w.work_case = f.work_case
JOIN origin_sides AS o ON o.origin_case = f.origin_case
JOIN buying_sides AS q ON q.buying_case = f.buying_case
JOIN exposures AS e ON e.exposure = f.exposure
"""


def _ask(method: Method) -> str:
    """The open answer that moves the likelihood most between its ends, everything else staying at its point."""
    effects = {
        "origin_country": _effect("o.place", "w.part_value"),
        "conditions": _effect("w.conditions", "o.part_value"),
        "chain": _effect("o.conditions", "w.part_value"),
        "country": _effect("w.place", "o.part_value"),
    }
    widest = f"greatest({', '.join(effects.values())}, {purchasing_part(method, '(q.Q_hi - q.Q_lo)')})"
    unsure = f"l.how NOT IN {SURE} AND l.confidence < {number(method.confidence.classification)}"
    cases = " ".join(f"WHEN {effect} >= {widest} THEN '{name}'" for name, effect in effects.items())
    return (
        f"CASE WHEN {unsure} THEN 'category' {cases} WHEN q.Q1 < 0 THEN 'price_weight' "
        f"WHEN q.Q6 < 0 THEN 'payment_days' ELSE 'chain' END"
    )


def _effect(edge: str, other: str) -> str:
    """How far the likelihood moves between the ends of one open answer, the other side staying where it is."""
    return exact(f"coalesce(greatest({edge}_hi, {other}) - greatest({edge}_lo, {other}), 0)")
