"""The bulk rating of lines: their keys, the join of their cases, and everything that follows from likelihood (METHOD 1.5-1.8)."""

from __future__ import annotations

from datetime import date

from duecare.identify.arithmetic import (
    BANDS,
    LEVELS,
    band_rank,
    confidence,
    due_diligence_rank,
    likelihood,
    named,
    number,
    priority,
    purchasing_part,
    rising_level,
    ruled,
    salience,
    step_level,
)
from duecare.identify.factors import AND, READINGS, same_case
from duecare.identify.method import Method
from duecare.register.engine import Step

SURE = "('declared', 'mapped', 'human')"


def keyed_lines(method: Method, *, with_parties: bool, with_terms: bool, with_rulings: bool) -> str:
    """Lines with the keys of their cases. Levels that the line itself declares are whole numbers, -1 where it says nothing."""
    p = method.purchasing
    months = "coalesce(CAST(date_diff('day', l.start_date, l.end_date) AS DOUBLE) / 30.4375, l.duration_months)"
    period = (
        f"CASE WHEN l.bid_days IS NULL AND l.procedure = 'direct' THEN {p.Q4_direct} "
        f"WHEN l.bid_days IS NULL AND l.procedure LIKE '%(accelerated)' THEN {p.Q4_accelerated} "
        f"ELSE {step_level('l.bid_days', p.Q4_bid_days, more_is_worse=False)} END"
    )
    subcontracting = f"CASE WHEN l.subcontract_share <= 0 THEN 0 WHEN l.subcontract_share < {number(p.B2_one_tier_share)} THEN 1 WHEN l.subcontract_share IS NULL THEN -1 ELSE 2 END"
    levels = {
        "Q1": step_level("l.price_weight", p.Q1_price_weight),
        "Q4": period,
        "Q6": step_level("l.payment_days", p.Q6_payment_days),
        "Q8": step_level(months, p.Q8_months, more_is_worse=False),
    }
    party = "CASE WHEN l.supplier_id IN (SELECT supplier_id FROM observations WHERE supplier_id IS NOT NULL) THEN l.supplier_id ELSE '' END"
    ruled = "LEFT JOIN line_rulings AS r ON r.line_id = l.line_id" if with_rulings else ""
    return f"""
SELECT l.*, coalesce(l.country, '') AS place, coalesce(l.origin_country, '') AS origin, {subcontracting} AS subcontracting,
       {party if with_parties else "''"} AS party, {_TERMS if with_terms else f"'{AND}'"} AS terms, {"coalesce(r.ruling, '')" if with_rulings else "''"} AS ruling,
       {", ".join(f"coalesce({level}, -1) AS {name}" for name, level in levels.items())}
FROM classified_lines AS l {ruled}
"""


_OBSERVED_TERMS = "SELECT {0} FROM observations WHERE {0} IS NOT NULL AND factor LIKE 'Q%'"
_TERMS = " || ".join(
    (
        f"CASE WHEN l.supplier_id IN ({_OBSERVED_TERMS.format('supplier_id')}) THEN l.supplier_id ELSE '' END",
        f"'{AND}'",
        f"CASE WHEN l.country IN ({_OBSERVED_TERMS.format('country')}) THEN l.country ELSE '' END",
    )
)
"""The supplier and the country of a line where somebody observed the buyer's terms (Q) with them."""


def side_steps() -> list[Step]:
    """Each kind of case with everything a line takes from it: one join per side."""
    return [
        Step(
            "work_sides",
            "SELECT c.*, f.S, f.at_work, w.* EXCLUDE (case_id) FROM work_cases AS c "
            "JOIN profile_facts AS f ON f.profile = c.profile LEFT JOIN work_worst AS w ON w.case_id = c.work_case",
        ),
        Step(
            "origin_sides",
            "SELECT c.*, f.asks_origin, w.* EXCLUDE (case_id) FROM origin_cases AS c "
            "JOIN profile_facts AS f ON f.profile = c.profile LEFT JOIN origin_worst AS w ON w.case_id = c.origin_case",
        ),
        Step(
            "buying_sides",
            "SELECT c.*, q.* EXCLUDE (buying_case) FROM buying_cases AS c "
            "JOIN buying_levels AS q ON q.buying_case = c.buying_case",
        ),
    ]


def spend_steps(method: Method) -> list[Step]:
    """What the data say about leverage: share of an office's spend with a supplier, contracts with it, offices that share it."""
    rules = method.leverage
    share = rising_level("100 * round(s.spend / nullif(t.spend, 0), 6)", rules.spend_share_percent)
    spend = """
SELECT coalesce(structure, buyer, '') AS office, coalesce(supplier_id, supplier_name, '') AS supplier,
       coalesce(currency, '') AS currency, CAST(sum(amount) AS DOUBLE) AS spend, count(*) AS contracts
FROM classified_lines GROUP BY 1, 2, 3
"""
    shares = f"""
SELECT s.office, s.supplier, s.currency, coalesce({share}, {number(rules.unknown)}) AS spend_level,
       {rising_level("s.contracts", rules.contracts)} AS relationship_level, {rising_level("o.offices", rules.offices)} AS offices_level
FROM spend AS s
JOIN (SELECT office, currency, sum(spend) AS spend FROM spend GROUP BY office, currency) AS t
  ON t.office = s.office AND t.currency = s.currency
JOIN (SELECT supplier, count(*) AS offices FROM (SELECT DISTINCT supplier, office FROM spend) AS pairs GROUP BY supplier) AS o
  ON o.supplier = s.supplier
WHERE s.supplier <> ''
"""
    return [Step("spend", spend), Step("spend_shares", shares)]


def ratings(method: Method, as_of: date, *, with_rulings: bool) -> str:
    """The finding of every line: joins of its cases, then likelihood, then everything that follows from it."""
    return f"""
WITH joined AS ({_joined(method, as_of, with_rulings=with_rulings)}),
rated AS ({_rated(method, with_rulings=with_rulings)}),
judged AS ({_judged(method)})
{_published(method)}
"""


def _joined(method: Method, as_of: date, *, with_rulings: bool) -> str:
    """Every line with its three cases, its time and what is known about leverage."""
    worst = [f"greatest(w.{k}_{r}, o.{k}_{r}) AS {k}_{r}" for k in ("part", "floor") for r in READINGS]
    worst.append("greatest(w.part_guard, o.part_guard) AS part_guard")
    day = f"CAST('{as_of.isoformat()}' AS DATE)"
    said = "TRY_CAST(left(l.version, 10) AS DATE)"
    model = (
        "greatest(mw.part_value, mo.part_value) AS model_part, greatest(mw.floor_value, mo.floor_value) AS model_floor, "
        "mq.Q_value AS model_Q, rl.* EXCLUDE (ruling)"
        if with_rulings
        else "CAST(NULL AS DOUBLE) AS model_Q"
    )
    sure = number(method.confidence.classification)
    return f"""
SELECT l.line_id, l.ruling, w.S AS profile_S, w.work_case, o.origin_case, q.buying_case, {", ".join(worst)},
       w.part_value AS place_part, w.floor_value AS place_floor, w.lead AS place_lead, w.lead_floor AS place_lead_floor,
       o.part_value AS origin_part, o.floor_value AS origin_floor, o.lead AS origin_lead, o.lead_floor AS origin_lead_floor,
       q.Q_lo, q.Q_value, q.Q_hi, q.Q_worst, greatest(w.alleged, o.alleged) AS alleged,
       CASE WHEN l.how IN {SURE} OR l.confidence >= {sure} THEN 0 ELSE 1 END AS unsure,
       CASE WHEN l.phase IN ('planning', 'tender') AND (l.end_date < {day} OR {said} < {day} - INTERVAL 1 DAY
                 * CASE l.phase WHEN 'tender' THEN {method.priority.tender_days} ELSE {method.priority.plan_days} END) THEN 'past'
            WHEN l.phase = 'planning' THEN 'plan' WHEN l.phase = 'tender' THEN 'tender'
            WHEN l.end_date < {day} THEN 'ended' WHEN l.start_date > {day} OR l.award_date > {day} THEN 'award'
            WHEN l.end_date <= {day} + INTERVAL {method.priority.window_days} DAY THEN 'ending'
            WHEN l.end_date IS NULL THEN 'open' ELSE 'running' END AS timing,
       {model}
FROM keyed_lines AS l
LEFT JOIN work_sides AS w ON {same_case("work", "w")}
LEFT JOIN origin_sides AS o ON {same_case("origin", "o")}
LEFT JOIN buying_sides AS q ON {same_case("buying", "q")}
{_model_joins() if with_rulings else ""}
"""


def _model_joins() -> str:
    """What the model says without the overrides of a line, for the lines that have any."""
    cases = " ".join(
        f"LEFT JOIN {name}_sides AS {alias} ON l.ruling <> '' AND {same_case(name, alias, ruling=chr(39) * 2)}"
        for name, alias in (("work", "mw"), ("origin", "mo"), ("buying", "mq"))
    )
    return f"""
{cases}
LEFT JOIN ruling_lines AS rl ON rl.ruling = l.ruling
"""


def _levels(method: Method) -> dict[str, str]:
    """Likelihood of a line in each reading."""
    levels = {r: likelihood(method, f"part_{r}", f"Q_{r}", f"floor_{r}") for r in READINGS}
    levels["worst"] = f"CASE WHEN unsure = 1 THEN {levels['hi']} ELSE {levels['worst']} END"
    return levels | {"guard": likelihood(method, "part_guard", "Q_lo", "floor_lo")}


def _met(method: Method) -> str:
    """Lines with the likelihood that an expert's value for L meets."""
    return f"SELECT *, {', '.join(f'{sql} AS met_{r}' for r, sql in _levels(method).items())} FROM joined"


def met_by_rulings(method: Method, as_of: date) -> str:
    """Lines that experts judged, with the values of L and S that their own meet (``left_out``)."""
    return f"""
WITH joined AS ({_joined(method, as_of, with_rulings=True)}), met AS ({_met(method)})
SELECT line_id, ruling, met_value, profile_S FROM met WHERE ruling <> ''
"""


def _rated(method: Method, *, with_rulings: bool) -> str:
    """Likelihood in each reading, the leading stage, and an expert's value for L or S where one is given."""
    levels, S, model, source = _levels(method), "profile_S", "CAST(NULL AS DOUBLE)", "joined"
    if with_rulings:
        model, source = likelihood(method, "model_part", "model_Q", "model_floor"), f"({_met(method)}) AS met"
        met = {r: f"met_{r}" for r in levels}
        levels = {r: _above_floor(r, ruled(method, met, "L_", r)) for r in levels}
        S = ruled(method, {"value": "profile_S"}, "S_", "value")
    names = {"value": "L"} | {r: f"L_{r}" for r in ("lo", "hi", "worst", "guard")}
    return f"""
SELECT *, {S} AS S, {", ".join(f"{sql} AS {names[r]}" for r, sql in levels.items())}, {model} AS model_L, {lead(method)} AS exposure
FROM {source}
"""


def _above_floor(reading: str, level: str) -> str:
    """An expert's L is never below the floors."""
    floor = {"guard": "floor_lo"}.get(reading, f"floor_{reading}")
    return f"least({number(4.0)}, greatest({floor}, {level}))"


def lead(method: Method) -> str:
    """The exposure with the highest likelihood; at the place of work where both sides are equal."""
    Q = purchasing_part(method, "Q_value")
    level = {side: f"greatest({side}_part + {Q}, {side}_floor)" for side in ("place", "origin")}
    of_side = {
        side: f"CASE WHEN {side}_floor > {side}_part + {Q} THEN {side}_lead_floor ELSE {side}_lead END"
        for side in level
    }
    return (
        f"CASE WHEN place_part IS NULL OR {level['origin']} > {level['place']} "
        f"THEN {of_side['origin']} ELSE {of_side['place']} END"
    )


def _judged(method: Method) -> str:
    """Ranks of bands, both confidences, and the flags of priority."""
    conf, guard = confidence("L_lo", "L_hi"), confidence("L_guard", "L_hi")
    opened = "timing IN ('plan', 'tender', 'award', 'ending')"
    return f"""
SELECT *, {band_rank(method, "L")} AS band_rank, {band_rank(method, "L_worst")} AS worst_rank,
       {conf} AS confidence, {guard} AS guard_confidence, CASE WHEN alleged >= 1 THEN 1 ELSE 0 END AS A,
       CASE WHEN Q_value >= {number(method.priority.K_from)} THEN 1 ELSE 0 END AS K, CASE WHEN {opened} THEN 1 ELSE 0 END AS T
FROM rated
"""


def _published(method: Method) -> str:
    """What is stored of a finding; everything else follows from it and is computed when it is asked for (``details``)."""
    plain = due_diligence_rank(method, "band_rank", "confidence")
    guarded = due_diligence_rank(method, "worst_rank", "guard_confidence")
    from_rank = BANDS.index(method.confidence.blanks_from) if method.confidence.blanks_at_worst else len(BANDS)
    level = f"CASE WHEN worst_rank >= {from_rank} THEN greatest({plain}, {guarded}) ELSE {plain} END"
    return f"""
SELECT line_id, L, L_lo, L_hi, {named("band_rank", BANDS)} AS band, {named(f"({level})", LEVELS)} AS ddl, S,
       {priority(method, salience(method, "S", "L"), "A", "K", "T")} AS PRI, CAST(A AS TINYINT) AS A, CAST(K AS TINYINT) AS K,
       CAST(T AS TINYINT) AS T, timing, exposure, work_case, origin_case, buying_case, ruling, model_L,
       CASE WHEN ruling <> '' THEN profile_S END AS model_S
FROM judged
"""
