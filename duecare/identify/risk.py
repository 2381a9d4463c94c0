"""Likelihood, severity, salience, priority and leverage of every contract line, as named steps over tables (METHOD 1.5-1.8).

``score`` reads the view ``classified_lines`` and leaves the tables of ``RESULTS``; a finding keeps the keys of the cases it
was made from, so that every view of it reads stored rows and repeats no arithmetic.
"""

from __future__ import annotations

from datetime import date

from duecare.errors import CannotAnswer
from duecare.identify.arithmetic import (
    BANDS,
    LEVELS,
    band_rank,
    confidence,
    confidence_rank,
    due_diligence_rank,
    leverage,
    likelihood,
    named,
    number,
    priority,
    purchasing_part,
    rising_level,
    route,
    salience,
    severity,
    step_level,
)
from duecare.identify.exposures import exposure_steps
from duecare.identify.factors import READINGS, buying_steps, case_steps, group_steps, listing_steps, place_steps
from duecare.identify.inputs import Evidence, Profiles, put_evidence, put_method, put_profiles
from duecare.identify.method import Method
from duecare.identify.overrides import Ruling, put_rulings
from duecare.register.engine import Engine, Step
from duecare.terms import Involvement

RESULTS: dict[str, str] = {
    "findings": "line_id",
    "exposures": "exposure",
    "widest": "exposure, choice",
    "pattern_factors": "pattern, grp, position",
    "country_levels": "country, position",
    "settings_g": "setting",
    "x_factors": "exposure, factor, value DESC, good, fact_id, basis",
    "buying_factors": "buying_case, position",
    "buying_levels": "buying_case",
    "profiles": "profile",
    "profile_origins": "profile, stage, country",
    "harms": "profile, S DESC, stage, scenario",
    "profile_acts": "profile, phase",
    "stage_reasons": "profile, stage",
}
"""What a run keeps, with the order in which it is written."""

GAPS: dict[str, str] = {
    "cpv": "l.cpv IS NULL",
    "title": "l.title IS NULL",
    "country": "l.country IS NULL",
    "country_basis": "l.country_basis = 'buyer'",
    "origin_country": "l.origin_country IS NULL AND f.asks_origin = 1",
    "price_weight": "l.price_weight IS NULL",
    "subcontract_share": "l.subcontract_share IS NULL AND f.at_work = 1",
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

SURE = "('declared', 'mapped', 'human')"

KEPT = (
    "line_id, contract_id, ocid, lot, structure, buyer, supplier_name, supplier_id, supplier_country, country, country_basis, "
    "origin_country, title, cpv, amount, currency, award_date, start_date, end_date, procedure, tenderers, price_weight, "
    "subcontract_share, bid_days, payment_days, phase, file_sha256, locator, profile, how, contradicts"
).split(", ")
"""Columns of a classified line that a finding carries unchanged."""


def score(
    engine: Engine,
    evidence: Evidence,
    profiles: Profiles,
    method: Method,
    as_of: date,
    rulings: tuple[Ruling, ...] = (),
) -> None:
    """Score every row of ``classified_lines`` as of a day; leaves the tables of ``RESULTS`` in the engine.

    ``findings`` is a view, so that millions of lines stream to their file instead of being held. Raises ``CannotAnswer`` for
    lines of a profile that nobody wrote.
    """
    put_evidence(engine, evidence)
    put_profiles(engine, profiles)
    put_method(engine, method)
    with_rulings = put_rulings(engine, rulings, method)
    engine.run(
        [
            Step("profile_facts", _profile_facts(method)),
            Step("harms", _harms(method)),
            Step("stage_reasons", _STAGE_REASONS),
        ]
    )
    engine.execute(
        f"CREATE OR REPLACE TEMP VIEW keyed_lines AS {keyed_lines(engine, method, with_rulings=with_rulings)}"
    )
    _check_profiles(engine)
    current = bool(engine.rows("SELECT 1 AS one FROM listed_goods LIMIT 1"))
    engine.run(case_steps(with_rulings=with_rulings))
    engine.run([*group_steps(method), *place_steps(method), *listing_steps(method, list_is_current=current)])
    engine.run([*buying_steps(method), *exposure_steps(method), *_spend_steps(method)])
    engine.execute(f"CREATE OR REPLACE TEMP VIEW findings AS {findings(method, as_of, with_rulings=with_rulings)}")


_STAGE_REASONS = "SELECT profile, stage, place, P_reason, W_reason, B_reason FROM profile_stages"


def _check_profiles(engine: Engine) -> None:
    missing = engine.rows(
        "SELECT DISTINCT l.profile FROM keyed_lines AS l LEFT JOIN profile_facts AS f ON f.profile = l.profile "
        "WHERE f.profile IS NULL ORDER BY 1 LIMIT 5"
    )
    if missing:
        names = ", ".join(str(row["profile"]) for row in missing)
        raise CannotAnswer(f"Lines are classified as {names}, but there is no such category profile.")


def _profile_facts(method: Method) -> str:
    worst = severity(method, "scale", "scope", "irremediability")
    return f"""
SELECT p.*, coalesce(h.S, 0) AS S, s.at_work, s.asks_origin
FROM profiles AS p
LEFT JOIN (SELECT profile, max({worst}) AS S FROM profile_harms GROUP BY profile) AS h ON h.profile = p.profile
JOIN (SELECT profile, max(CASE WHEN place = 'work' THEN 1 ELSE 0 END) AS at_work,
             max(CASE WHEN place = 'origin' THEN 1 ELSE 0 END) AS asks_origin FROM profile_stages GROUP BY profile) AS s
  ON s.profile = p.profile
"""


def _harms(method: Method) -> str:
    return f"SELECT *, {severity(method, 'scale', 'scope', 'irremediability')} AS S FROM profile_harms"


def keyed_lines(engine: Engine, method: Method, *, with_rulings: bool) -> str:
    """Lines with the keys of their cases. Levels that the line itself declares are whole numbers, -1 where it says nothing."""
    p = method.purchasing
    months = "CAST(date_diff('day', l.start_date, l.end_date) AS DOUBLE) / 30.4375"
    period = f"CASE WHEN l.bid_days IS NULL AND l.procedure = 'direct' THEN {p.Q4_direct} ELSE {step_level('l.bid_days', p.Q4_bid_days, more_is_worse=False)} END"
    subcontracting = f"CASE WHEN l.subcontract_share <= 0 THEN 0 WHEN l.subcontract_share < {number(p.B2_one_tier_share)} THEN 1 WHEN l.subcontract_share IS NULL THEN -1 ELSE 2 END"
    levels = {
        "Q1": step_level("l.price_weight", p.Q1_price_weight),
        "Q4": period,
        "Q6": step_level("l.payment_days", p.Q6_payment_days),
        "Q8": step_level(months, p.Q8_months, more_is_worse=False),
    }
    known = bool(engine.rows("SELECT 1 AS one FROM observations WHERE supplier_id IS NOT NULL LIMIT 1"))
    party = "CASE WHEN l.supplier_id IN (SELECT supplier_id FROM observations WHERE supplier_id IS NOT NULL) THEN l.supplier_id ELSE '' END"
    ruled = "LEFT JOIN line_rulings AS r ON r.line_id = l.line_id" if with_rulings else ""
    return f"""
SELECT l.*, coalesce(l.country, '') AS place, coalesce(l.origin_country, '') AS origin, {subcontracting} AS subcontracting,
       {party if known else "''"} AS party, {"coalesce(r.ruling, '')" if with_rulings else "''"} AS ruling,
       {", ".join(f"coalesce({level}, -1) AS {name}" for name, level in levels.items())}
FROM classified_lines AS l {ruled}
"""


def _spend_steps(method: Method) -> list[Step]:
    """What the data say about leverage: share of an office's spend with a supplier, contracts with it, offices that share it."""
    supplier = "coalesce(supplier_id, supplier_name)"
    office = "coalesce(structure, buyer)"
    rules = method.leverage
    spend = f"""
SELECT {office} AS office, {supplier} AS supplier, currency, sum(CAST(amount AS DOUBLE)) AS spend, count(*) AS contracts
FROM classified_lines GROUP BY ALL
"""
    shares = f"""
SELECT s.office, s.supplier, s.currency,
       coalesce({rising_level("100 * round(s.spend / nullif(t.spend, 0), 6)", rules.spend_share_percent)}, {number(rules.unknown)}) AS spend_level,
       {rising_level("s.contracts", rules.contracts)} AS relationship_level, {rising_level("o.offices", rules.offices)} AS offices_level
FROM spend AS s
JOIN (SELECT office, currency, sum(spend) AS spend FROM spend GROUP BY office, currency) AS t
  ON t.office = s.office AND coalesce(t.currency, '') = coalesce(s.currency, '')
JOIN (SELECT supplier, count(DISTINCT office) AS offices FROM spend GROUP BY supplier) AS o ON o.supplier = s.supplier
"""
    return [Step("spend", spend), Step("spend_shares", shares)]


def findings(method: Method, as_of: date, *, with_rulings: bool) -> str:
    """The finding of every line: joins of its cases, then likelihood, then everything that follows from it."""
    return f"""
WITH joined AS ({_joined(method, as_of, with_rulings=with_rulings)}),
rated AS ({_rated(method, with_rulings=with_rulings)}),
judged AS ({_judged(method)})
{_published(method)}
"""


def _joined(method: Method, as_of: date, *, with_rulings: bool) -> str:
    worst = [f"greatest(w.{k}_{r}, o.{k}_{r}) AS {k}_{r}" for k in ("part", "floor") for r in READINGS]
    worst.append("greatest(w.part_guard, o.part_guard) AS part_guard")
    day = f"CAST('{as_of.isoformat()}' AS DATE)"
    sides = [
        f"{s}.part_{r} AS {n}_part_{r}, {s}.floor_{r} AS {n}_floor_{r}"
        for s, n in (("w", "place"), ("o", "origin"))
        for r in ("lo", "value", "hi")
    ]
    leads = (
        "w.lead AS work_lead, w.lead_floor AS work_lead_floor, o.lead AS origin_lead, o.lead_floor AS origin_lead_floor"
    )
    gaps = " + ".join(f"CASE WHEN {when} THEN {2**bit} ELSE 0 END" for bit, when in enumerate(GAPS.values()))
    model = (
        ", ".join(f"greatest(mw.{k}_value, mo.{k}_value) AS model_{k}" for k in ("part", "floor"))
        + ", mq.Q_value AS model_Q, "
        "rl.L AS ruled_L, rl.S AS ruled_S, rl.LEV AS ruled_LEV, rl.half_width AS ruled_width"
        if with_rulings
        else "CAST(NULL AS DOUBLE) AS ruled_LEV"
    )
    return f"""
SELECT {", ".join(f"l.{column}" for column in KEPT)}, l.confidence AS classification_confidence, l.ruling,
       l.Q1, l.Q6, f.S AS profile_S, f.category, f.category_title, f.kind, wc.work_case, oc.origin_case, bc.buying_case,
       {", ".join(worst)}, {", ".join(sides)}, {leads},
       q.Q_lo, q.Q_value, q.Q_hi, q.Q_worst, q.contributes,
       greatest(w.alleged, o.alleged) AS alleged, w.place_hi AS work_place_hi, w.place_lo AS work_place_lo,
       o.place_hi AS origin_place_hi, o.place_lo AS origin_place_lo, w.conditions_hi AS work_conditions_hi,
       w.conditions_lo AS work_conditions_lo, o.conditions_hi AS origin_conditions_hi, o.conditions_lo AS origin_conditions_lo,
       CASE WHEN l.how IN {SURE} OR l.confidence >= {number(method.confidence.classification)} THEN 0 ELSE 1 END AS unsure, {gaps} AS gap_bits,
       CASE WHEN l.phase = 'planning' THEN 'plan' WHEN l.phase = 'tender' THEN 'tender'
            WHEN l.end_date < {day} THEN 'ended' WHEN l.start_date > {day} OR l.award_date > {day} THEN 'award'
            WHEN l.end_date <= {day} + INTERVAL {method.priority.window_days} DAY THEN 'ending'
            WHEN l.end_date IS NULL THEN 'open' ELSE 'running' END AS timing,
       CAST(date_diff('day', {day}, l.end_date) AS DOUBLE) / 30.4375 AS months_left,
       s.spend_level, s.relationship_level, s.offices_level, {model}
FROM keyed_lines AS l
JOIN profile_facts AS f ON f.profile = l.profile
JOIN work_cases AS wc ON wc.profile = l.profile AND wc.place = l.place AND wc.subcontracting = l.subcontracting
 AND wc.party = l.party AND wc.ruling = l.ruling
JOIN origin_cases AS oc ON oc.profile = l.profile AND oc.origin = l.origin AND oc.party = l.party AND oc.ruling = l.ruling
JOIN buying_cases AS bc ON bc.profile = l.profile AND bc.Q1 = l.Q1 AND bc.Q4 = l.Q4 AND bc.Q6 = l.Q6 AND bc.Q8 = l.Q8
 AND bc.ruling = l.ruling
JOIN buying_levels AS q ON q.buying_case = bc.buying_case
LEFT JOIN work_worst AS w ON w.case_id = wc.work_case
LEFT JOIN origin_worst AS o ON o.case_id = oc.origin_case
LEFT JOIN spend_shares AS s ON s.office = coalesce(l.structure, l.buyer) AND s.supplier = coalesce(l.supplier_id, l.supplier_name)
 AND coalesce(s.currency, '') = coalesce(l.currency, '')
{_MODEL_JOINS if with_rulings else ""}
"""


_MODEL_JOINS = """
LEFT JOIN work_cases AS mwc ON l.ruling <> '' AND mwc.ruling = '' AND mwc.profile = l.profile AND mwc.place = l.place
 AND mwc.subcontracting = l.subcontracting AND mwc.party = l.party
LEFT JOIN origin_cases AS moc ON l.ruling <> '' AND moc.ruling = '' AND moc.profile = l.profile AND moc.origin = l.origin
 AND moc.party = l.party
LEFT JOIN buying_cases AS mbc ON l.ruling <> '' AND mbc.ruling = '' AND mbc.profile = l.profile AND mbc.Q1 = l.Q1
 AND mbc.Q4 = l.Q4 AND mbc.Q6 = l.Q6 AND mbc.Q8 = l.Q8
LEFT JOIN work_worst AS mw ON mw.case_id = mwc.work_case
LEFT JOIN origin_worst AS mo ON mo.case_id = moc.origin_case
LEFT JOIN buying_levels AS mq ON mq.buying_case = mbc.buying_case
LEFT JOIN ruling_lines AS rl ON rl.ruling = l.ruling
"""


def _rated(method: Method, *, with_rulings: bool) -> str:
    """Likelihood in each reading, per side and over all stages, with an expert's value for L, S or LEV where one is given."""
    levels = {r: likelihood(method, f"part_{r}", f"Q_{r}", f"floor_{r}") for r in READINGS}
    levels["worst"] = f"CASE WHEN unsure = 1 THEN {levels['hi']} ELSE {levels['worst']} END"
    levels["guard"] = likelihood(method, "part_guard", "Q_lo", "floor_lo")
    S = "profile_S"
    if with_rulings:
        levels = {r: _ruled_likelihood(method, levels["value"], r, sql) for r, sql in levels.items()}
        S = f"CASE WHEN ruled_S >= profile_S - {number(method.overrides.most_lowering)} THEN ruled_S ELSE profile_S END"
    names = {"value": "L"} | {r: f"L_{r}" for r in ("lo", "hi", "worst", "guard")}
    model = likelihood(method, "model_part", "model_Q", "model_floor") if with_rulings else "CAST(NULL AS DOUBLE)"
    sides = ", ".join(
        f"{likelihood(method, f'{side}_part_{r}', f'Q_{r}', f'{side}_floor_{r}')} AS L_{side}{'' if r == 'value' else '_' + r}"
        for side in ("place", "origin")
        for r in ("lo", "value", "hi")
    )
    leads = ", ".join(
        f"CASE WHEN {side}_floor_value > {side}_part_value + {purchasing_part(method, 'Q_value')} "
        f"THEN {lead}_lead_floor ELSE {lead}_lead END AS {side}_exposure"
        for side, lead in (("place", "work"), ("origin", "origin"))
    )
    return f"""
SELECT *, {S} AS S, {", ".join(f"{sql} AS {names[r]}" for r, sql in levels.items())}, {model} AS model_L, {sides}, {leads}
FROM joined
"""


def _ruled_likelihood(method: Method, model: str, reading: str, otherwise: str) -> str:
    """An expert's L with the width of its evidence, never below the floors and never more than the allowed step below."""
    width = {"lo": "- ruled_width", "guard": "- ruled_width", "hi": "+ ruled_width"}.get(reading, "")
    floor = {"guard": "floor_lo"}.get(reading, f"floor_{reading}")
    allowed = f"ruled_L >= {model} - {number(method.overrides.most_lowering)}"
    return f"CASE WHEN {allowed} THEN least(4, greatest(0, {floor}, ruled_L {width})) ELSE {otherwise} END"


def _judged(method: Method) -> str:
    """Ranks of band and confidence, the leading stage, the effect of each open answer, and what leverage is made of."""
    rules = method.leverage
    early = "timing IN ('plan', 'tender', 'award')"
    parts = {
        "contract_rights": f"CASE WHEN {early} THEN {number(rules.rights_before_signature)} ELSE {number(rules.unknown)} END",
        "remaining_duration": f"CASE WHEN {early} THEN 4 WHEN timing = 'ended' THEN 0 "
        f"ELSE coalesce({rising_level('months_left', rules.months_left)}, {number(rules.unknown)}) END",
        "market_alternatives": f"coalesce({rising_level('tenderers', rules.tenderers)}, {number(rules.unknown)})",
        "spend_share": f"coalesce(spend_level, {number(rules.unknown)})",
        "relationship": f"coalesce(relationship_level, {number(rules.unknown)})",
        "collaboration": f"coalesce(offices_level, {number(rules.unknown)})",
    }
    effects = {
        "country": _effect("work_place", "origin_part_value"),
        "origin_country": _effect("origin_place", "place_part_value"),
        "conditions": _effect("work_conditions", "origin_part_value"),
        "chain": _effect("origin_conditions", "place_part_value"),
        "buying": f"{purchasing_part(method, 'Q_hi')} - {purchasing_part(method, 'Q_lo')}",
    }
    opened = "timing IN ('plan', 'tender', 'award', 'ending')"
    conf, guard = confidence("L_lo", "L_hi"), confidence("L_guard", "L_hi")
    return f"""
SELECT *, {band_rank(method, "L")} AS band_rank, {band_rank(method, "L_hi")} AS band_hi_rank,
       {band_rank(method, "L_worst")} AS worst_rank, {conf} AS confidence, {guard} AS guard_confidence,
       CASE WHEN place_exposure IS NULL OR L_origin > L_place THEN origin_exposure ELSE place_exposure END AS exposure,
       {salience(method, "S", "L")} AS SAL,
       CASE WHEN alleged >= 1 THEN 1 ELSE 0 END AS A, CASE WHEN Q_value >= {number(method.priority.K_from)} THEN 1 ELSE 0 END AS K,
       CASE WHEN {opened} THEN 1 ELSE 0 END AS T,
       {", ".join(f"{sql} AS effect_{name}" for name, sql in effects.items())},
       {", ".join(f"{sql} AS part_{name}" for name, sql in parts.items())}
FROM rated
"""


def _effect(edge: str, other: str) -> str:
    """How far the likelihood moves between the ends of one open answer, the other side staying where it is."""
    return f"coalesce(greatest({edge}_hi, {other}) - greatest({edge}_lo, {other}), 0)"


def _published(method: Method) -> str:
    plain = due_diligence_rank(method, "j.band_rank", "j.confidence")
    guarded = (
        due_diligence_rank(method, "j.worst_rank", "j.guard_confidence") if method.confidence.blanks_at_worst else "0"
    )
    tiers = " ".join(f"WHEN '{stage}' THEN {tier}" for stage, tier in method.leverage.tier.items())
    names = (
        "spend_share",
        "contract_rights",
        "remaining_duration",
        "market_alternatives",
        "collaboration",
        "relationship",
    )
    model_lev = leverage(method, {n: f"j.part_{n}" for n in names}, f"CASE e.stage {tiers} END")
    lev = f"coalesce(j.ruled_LEV, {model_lev})"
    widest = "greatest(j.effect_country, j.effect_origin_country, j.effect_conditions, j.effect_chain, j.effect_buying)"
    asks = " ".join(
        f"WHEN j.effect_{name} >= {widest} THEN '{name}'"
        for name in ("origin_country", "conditions", "chain", "country")
    )
    ask = f"CASE WHEN j.unsure = 1 THEN 'category' {asks} WHEN j.Q1 < 0 THEN 'price_weight' WHEN j.Q6 < 0 THEN 'payment_days' ELSE 'chain' END"
    because = (
        f"CASE WHEN {guarded} > {plain} THEN 'blanks' WHEN {plain} > j.band_rank THEN 'confidence' ELSE 'band' END"
    )
    mandatory = f"j.band_rank = 3 AND j.S >= {number(method.priority.mandatory_severity)}"
    return f"""
SELECT {", ".join(f"j.{column}" for column in KEPT)}, j.classification_confidence, j.category, j.category_title, j.kind,
       j.L, j.L_lo, j.L_hi, {named("j.band_rank", BANDS)} AS band, {named("j.band_hi_rank", BANDS)} AS band_hi,
       j.confidence, {named(confidence_rank(method, "j.confidence"), ("LOW", "MEDIUM", "HIGH"))} AS confidence_band,
       {named(f"greatest({plain}, {guarded})", LEVELS)} AS ddl, {because} AS ddl_because,
       {confidence_rank(method, "j.confidence")} = 1 AND j.band_hi_rank > j.band_rank AS must_ask,
       j.S, j.SAL, {priority(method, "j.SAL", "j.A", "j.K", "j.T")} AS PRI, j.A, j.K, j.T, {mandatory} AS mandatory,
       e.stage AS stage, e.country AS stage_country, j.L_place, j.L_place_lo, j.L_place_hi, j.L_origin, j.L_origin_lo, j.L_origin_hi,
       j.exposure, j.place_exposure, j.origin_exposure, j.work_case, j.origin_case, j.buying_case, j.Q_value AS Q,
       {lev} AS LEV, {route(method, lev)} AS route,
       CASE WHEN j.contributes = 1 THEN '{Involvement.CONTRIBUTE}' ELSE '{Involvement.LINKED}' END AS involvement,
       {ask} AS ask, round({widest}, 4) AS ask_effect, j.timing, j.gap_bits, j.ruling, j.model_L, j.profile_S AS model_S
FROM judged AS j JOIN exposures AS e ON e.exposure = j.exposure
"""
