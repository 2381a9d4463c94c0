"""The wide view of findings: everything a reader sees of a line, computed from stored rows when it is asked for."""

from __future__ import annotations

from datetime import date

from duecare.evidence.profiles import UNKNOWN
from duecare.identify.arithmetic import (
    BANDS,
    LEVELS,
    band_rank,
    confidence,
    confidence_rank,
    due_diligence_rank,
    exact,
    leverage,
    likelihood,
    named,
    number,
    purchasing_part,
    rising_level,
    route,
    ruled,
    salience,
)
from duecare.identify.method import Method
from duecare.identify.ratings import SURE
from duecare.terms import Band, Involvement

GAPS: dict[str, str] = {
    "category": f"l.profile = '{UNKNOWN}'",
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
    "alternatives", "decided",
)  # fmt: skip
"""Columns that ``classified_lines`` must have; a run keeps the lines beside the findings, joined by ``line_id``."""


def details(method: Method, as_of: date) -> str:
    """One row per finding: the stored finding, its line, category, both sides, the widest open answer, leverage and the gaps.

    Reads the tables of ``risk.RESULTS``, in the engine or from a run's folder; ``as_of`` is the day of the run.
    """
    line = ", ".join(f"l.{name}" for name in LINE_FIELDS if name not in ("line_id", "confidence"))
    day = f"CAST('{as_of.isoformat()}' AS DATE)"
    gaps = " + ".join(f"CASE WHEN {when} THEN {2**bit} ELSE 0 END" for bit, when in enumerate(GAPS.values()))
    lev = ruled(method, {"value": "model_LEV"}, "r.LEV_", "value")
    return f"""
SELECT f.*, {line}, l.confidence AS classification_confidence, p.category, p.category_title, p.kind, p.question,
       {_judgement(method)}, {_sides(method)}, {salience(method, "f.S", "f.L")} AS SAL, e.stage, q.Q_value AS Q,
       CASE WHEN {_either("own_practice")} THEN '{Involvement.CAUSE}' WHEN q.contributes = 1 OR {_either("unanswered")}
            THEN '{Involvement.CONTRIBUTE}' ELSE '{Involvement.LINKED}' END AS involvement,
       {_leverage(method, day)} AS model_LEV, {lev} AS LEV, {route(method, "LEV")} AS route, {_ask(method)} AS ask, {gaps} AS gap_bits,
       e.country AS stage_country, e.setting AS stage_setting
FROM findings AS f
JOIN classified_lines AS l ON l.line_id = f.line_id
JOIN profile_facts AS p ON p.profile = l.profile
JOIN work_sides AS w ON w.work_case = f.work_case
JOIN origin_sides AS o ON o.origin_case = f.origin_case
JOIN buying_sides AS q ON q.buying_case = f.buying_case
JOIN exposures AS e ON e.exposure = f.exposure
LEFT JOIN ({_LEVERAGE_JUDGED}) AS r ON r.ruling = f.ruling
LEFT JOIN spend_shares AS s ON s.office = coalesce(l.structure, l.buyer, '')
 AND s.supplier = coalesce(l.supplier_id, l.supplier_name, '') AND s.currency = coalesce(l.currency, '')
"""


_LEVERAGE_JUDGED = """
SELECT * FROM ruling_lines
UNION ALL BY NAME SELECT CAST(NULL AS DOUBLE) AS LEV_lowered_value, CAST(NULL AS DOUBLE) AS LEV_raised_value WHERE FALSE
"""  # runs of before raises and lowerings were kept apart have no such columns


def _either(state: str) -> str:
    """Whether a state is the case at any stage of the line."""
    return f"coalesce(greatest(w.{state}, o.{state}), 0) >= 1"


def _judgement(method: Method) -> str:
    """Confidence, what lies behind the due-diligence level, and what must not be left out."""
    conf = confidence("f.L_lo", "f.L_hi")
    rank, high = band_rank(method, "f.L"), band_rank(method, "f.L_hi")
    plain = due_diligence_rank(method, rank, conf)
    because = f"CASE WHEN f.ddl <> {named(f'({plain})', LEVELS)} THEN 'blanks' WHEN {plain} > {rank} THEN 'confidence' ELSE 'band' END"
    mandatory = f"f.band = '{Band.VERY_HIGH}' AND f.S >= {number(method.priority.mandatory_severity)}"
    return (
        f"{named(high, BANDS)} AS band_hi, {conf} AS confidence, "
        f"{named(confidence_rank(method, conf), ('LOW', 'MEDIUM', 'HIGH'))} AS confidence_band, {because} AS ddl_because, "
        f"{confidence_rank(method, conf)} = 1 AND {high} > {rank} AS must_ask, {mandatory} AS mandatory"
    )


def _sides(method: Method) -> str:
    """Likelihood at the place of work and before it, apart."""
    return ", ".join(
        f"{likelihood(method, f'{s}.part_{r}', f'q.Q_{r}', f'{s}.floor_{r}')} AS L_{name}{'' if r == 'value' else '_' + r}"
        for s, name in (("w", "place"), ("o", "origin"))
        for r in ("value", "lo", "hi")
    )


def _leverage(method: Method, day: str) -> str:
    """``LEV`` from what the data say; a component that they do not say is unknown, not low."""
    rules = method.leverage
    unknown = number(rules.unknown)
    early = "f.timing IN ('plan', 'tender', 'award')"
    months = f"CAST(date_diff('day', {day}, l.end_date) AS DOUBLE) / 30.4375"
    left = f"coalesce({rising_level(months, rules.months_left)}, {unknown})"
    parts = {
        "contract_rights": f"CASE WHEN {early} THEN {number(rules.rights_before_signature)} ELSE {unknown} END",
        "remaining_duration": f"CASE WHEN {early} THEN 4 WHEN f.timing = 'ended' THEN 0 ELSE {left} END",
        "market_alternatives": f"coalesce({rising_level('l.tenderers', rules.tenderers)}, {unknown})",
        "spend_share": f"coalesce(s.spend_level, {unknown})",
        "relationship": f"coalesce(s.relationship_level, {unknown})",
        "collaboration": f"coalesce(s.offices_level, {unknown})",
    }
    tiers = " ".join(f"WHEN '{stage}' THEN {tier}" for stage, tier in rules.tier.items())
    return leverage(method, parts, f"CASE e.stage {tiers} END")


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
