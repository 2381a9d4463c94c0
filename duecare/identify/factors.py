"""Steps from evidence to group levels: P, W and B by pattern, G by place, X by origin, Q by what the buyer does.

Everything is resolved once per distinct case (METHOD 1.3-1.4), never per line. Four readings travel side by side: ``lo``,
``value``, ``hi`` and ``worst``, the last with each answer that the line itself leaves open at its worst.
"""

from __future__ import annotations

from duecare.identify.arithmetic import (
    LOWERED,
    RAISED,
    exact,
    lowers_too_far,
    mix,
    mix_rows,
    number,
    raises_nothing,
    ruled,
)
from duecare.identify.method import Method
from duecare.identify.overrides import picked
from duecare.register.engine import Step

MOST_SUBCONTRACTING = 2.0  # a share of the work says nothing of a second tier, so it is never more than level 2
READINGS = ("lo", "value", "hi", "worst")
STATES = {"open_case": "'F4'", "alleged": "'A', 'F4'", "own_practice": "'OWN'", "unanswered": "'R3'"}
"""What is the case or is not (METHOD 1.5 F4, 1.7 A, 1.8), by the column that says so, with the observations that say it."""
PRESSING = "('Q1', 'Q2', 'Q3', 'Q6', 'Q7')"
"""The buyer's own practices by which it contributes to a harm (METHOD 1.8)."""
AND = "|"


CASES: dict[str, tuple[str, ...]] = {
    "work": ("profile", "place", "subcontracting", "party", "ruling"),
    "origin": ("profile", "origin", "party", "ruling"),
    "buying": ("profile", "Q1", "Q4", "Q6", "Q8", "terms", "ruling"),
}
"""What decides the stages at the place of work, the stages before it, and the buyer's own practices."""


def same_case(name: str, case: str, **changed: str) -> str:
    """Condition that a line ``l`` belongs to a case, column by column."""
    return " AND ".join(f"{case}.{column} = {changed.get(column, f'l.{column}')}" for column in CASES[name])


def case_steps(*, with_rulings: bool) -> list[Step]:
    """Distinct cases of the lines; and each case at each stage of its profile."""
    return [
        *(Step(f"{name}_cases", _cases(name, with_rulings=with_rulings)) for name in CASES),
        Step("stage_cases", _STAGE_CASES),
    ]


def _cases(name: str, *, with_rulings: bool) -> str:
    columns = ", ".join(CASES[name])
    model = columns.replace("ruling", "'' AS ruling")
    ruled = f" UNION SELECT DISTINCT {model} FROM keyed_lines WHERE ruling <> ''" if with_rulings else ""
    return f"""
SELECT CAST(row_number() OVER (ORDER BY {columns}) AS INTEGER) AS {name}_case, {columns}
FROM (SELECT DISTINCT {columns} FROM keyed_lines{ruled}) AS distinct_cases
"""


_STAGE_CASES = """
SELECT CAST(row_number() OVER (ORDER BY side, case_id, stage) AS INTEGER) AS exposure, *
FROM (
  SELECT 'work' AS side, c.work_case AS case_id, c.profile, s.stage, c.subcontracting, c.party, c.ruling,
         c.place AS country, c.place AS setting, CASE WHEN c.place = '' THEN 1 ELSE 0 END AS asks_place
  FROM work_cases AS c JOIN profile_stages AS s ON s.profile = c.profile WHERE s.place = 'work'
  UNION ALL
  SELECT 'origin', c.origin_case, c.profile, s.stage, -1, c.party, c.ruling,
         CASE WHEN s.place = 'origin' THEN c.origin ELSE '' END,
         CASE WHEN s.place = 'origin' AND c.origin <> '' THEN c.origin
              WHEN t.stage IS NOT NULL THEN '~' || s.profile || '/' || s.stage ELSE '' END,
         CASE WHEN s.place = 'origin' AND c.origin = '' THEN 1 ELSE 0 END
  FROM origin_cases AS c JOIN profile_stages AS s ON s.profile = c.profile
  LEFT JOIN (SELECT DISTINCT profile, stage FROM profile_origins) AS t ON t.profile = s.profile AND t.stage = s.stage
  WHERE s.place <> 'work'
) AS cases
"""


def group_steps(method: Method, *, with_rulings: bool) -> list[Step]:
    """Patterns (what decides P, W and B of a stage), their factors and their groups."""
    return [
        Step("patterns", _PATTERNS),
        Step("pattern_known", _known(method)),
        Step("factor_models", _factor_models(method, with_rulings=with_rulings)),
        *_factor_steps(method, with_rulings=with_rulings),
        Step("pattern_states", _PATTERN_STATES),
        Step("pattern_groups", _pattern_groups(method, with_rulings=with_rulings)),
    ]


_SEEN = "(SELECT DISTINCT country FROM observations WHERE country IS NOT NULL AND factor NOT LIKE 'G%')"

_PATTERNS = f"""
SELECT CAST(row_number() OVER (ORDER BY profile, stage, subcontracting, party, ruling, seen_place) AS INTEGER) AS pattern, *
FROM (
  SELECT DISTINCT c.profile, c.stage, c.subcontracting, c.party, c.ruling, coalesce(o.country, '') AS seen_place,
         CASE WHEN c.side = 'work' THEN 1 ELSE 0 END AS at_work
  FROM stage_cases AS c LEFT JOIN {_SEEN} AS o ON o.country = c.country
) AS distinct_patterns
"""


def _known(method: Method) -> str:
    """Levels that somebody knows, the strongest per pattern and factor: the best grade, else the worst level.

    A public list of the category (P1) is not among them: the prior of group P was set knowing it, so it counts once, as floor
    F1 (METHOD's own cleaning example keeps P at 3).
    """
    least = number(method.scale.least_without_proof)
    declared = method.purchasing.grade
    proven = f"(CASE WHEN w.proves_absence THEN o.value ELSE greatest(o.value, {least}) END)"
    return f"""
WITH found AS (
  SELECT p.pattern, 'B2' AS factor, CAST(p.subcontracting AS DOUBLE) AS value, greatest(p.subcontracting, {least}) - w.half_width AS lo,
         p.subcontracting + w.half_width AS hi, w.grade, '' AS fact_id, 'declared' AS basis
  FROM patterns AS p JOIN half_widths AS w ON w.grade = '{declared}' WHERE p.subcontracting >= 0
  UNION ALL
  SELECT p.pattern, o.factor, o.value, o.lo, o.hi, o.grade, o.fact_id, 'observed'
  FROM patterns AS p JOIN observations AS o
    ON coalesce(o.profile, p.profile) = p.profile AND coalesce(o.stage, p.stage) = p.stage
   AND coalesce(o.country, p.seen_place) = p.seen_place AND coalesce(o.supplier_id, p.party) = p.party
), ordered AS (
  SELECT *, row_number() OVER (PARTITION BY pattern, factor ORDER BY grade DESC, value DESC, fact_id) AS choice
  FROM found
)
SELECT o.pattern, o.factor, o.grade, o.fact_id, o.basis, {proven} AS value, least(greatest(o.lo, 0), {proven}) AS lo,
       least(greatest(o.hi, {proven}), 4) AS hi, o.hi - o.value > w.half_width AS contested
FROM ordered AS o JOIN half_widths AS w ON w.grade = o.grade WHERE o.choice = 1
"""


def _factor_models(method: Method, *, with_rulings: bool) -> str:
    """One row per factor that counts: known ones, and unknown core ones at the prior of the profile's stage.

    With overrides also the others at that prior, the level that an expert's is compared with; ``counts`` is 0 there.
    """
    least = number(method.scale.least_without_proof)
    prior = {
        end: f"(CASE m.grp WHEN 'P' THEN s.P{end} WHEN 'W' THEN s.W{end} ELSE s.B{end} END)"
        for end in ("", "_lo", "_hi")
    }
    return f"""
WITH asked AS (
  SELECT p.pattern, m.grp, m.factor, m.position, {prior[""]} AS prior, greatest({prior["_lo"]}, {least}) AS prior_lo,
         greatest({prior["_hi"]}, {least}) AS prior_hi, p.at_work,
         CASE WHEN f.kind = 'goods' THEN m.core_goods ELSE m.core_services END AS core,
         CASE WHEN m.factor = 'P1' AND f.documented > 0 THEN 'listed' ELSE 'prior' END AS otherwise
  FROM patterns AS p JOIN profile_stages AS s ON s.profile = p.profile AND s.stage = p.stage
  JOIN profiles AS f ON f.profile = p.profile JOIN method_factors AS m ON m.grp IN ('P', 'W', 'B')
)
SELECT a.pattern, a.grp, a.factor, a.position, coalesce(k.basis, a.otherwise) AS basis, k.grade, k.fact_id,
       coalesce(greatest(k.lo, CASE WHEN k.contested THEN k.lo ELSE k.value - (a.prior_hi - a.prior_lo) / 2 END),
                least(a.prior_lo, greatest(a.prior, {least}))) AS lo,
       coalesce(k.value, greatest(a.prior, {least})) AS value,
       coalesce(least(k.hi, CASE WHEN k.contested THEN k.hi ELSE k.value + (a.prior_hi - a.prior_lo) / 2 END),
                a.prior_hi) AS hi,
       CASE WHEN k.value IS NULL AND a.factor = 'B2' AND a.at_work = 1 THEN greatest(a.prior, {number(MOST_SUBCONTRACTING)})
            ELSE coalesce(k.value, greatest(a.prior, {least})) END AS worst, (a.prior_hi - a.prior_lo) / 2 AS half,
       CASE WHEN k.value IS NOT NULL OR a.core = 1 THEN 1 ELSE 0 END AS counts
FROM asked AS a LEFT JOIN pattern_known AS k ON k.pattern = a.pattern AND k.factor = a.factor
{"" if with_rulings else "WHERE k.value IS NOT NULL OR a.core = 1"}
"""


_FACTOR = ("pattern", "grp", "factor", "position", "basis", "grade", "fact_id", "lo", "value", "hi", "worst")


def _factor_steps(method: Method, *, with_rulings: bool) -> list[Step]:
    """``pattern_factors``: the factors that count, each as the model has it or as experts do (METHOD 1.10)."""
    if not with_rulings:
        return [Step("pattern_factors", f"SELECT {', '.join(_FACTOR)} FROM factor_models")]
    least = number(method.scale.least_without_proof)
    rulings = f"""
SELECT p.pattern, r.target AS factor, r.ruling_id, r.direction, r.stage, r.grade, {_proven("r.value", "r", least)} AS value,
       least(r.lo, {_proven("r.value", "r", least)}) AS lo, greatest(r.hi, {_proven("r.value", "r", least)}) AS hi
FROM patterns AS p JOIN ruling_parts AS r ON r.ruling = p.ruling AND coalesce(r.stage, p.stage) = p.stage WHERE r.is_factor
"""
    return [
        Step("factor_rulings", rulings),
        Step("ruled_factors", picked("pattern, factor", "SELECT * FROM factor_rulings")),
        Step("pattern_factors", _ruled_factors(method)),
    ]


def _proven(value: str, grade: str, least: str) -> str:
    """A level below 1 says that the factor is absent, which only strong evidence shows."""
    return f"(CASE WHEN {grade}.proves_absence THEN {value} ELSE greatest({value}, {least}) END)"


def _ruled_factors(method: Method) -> str:
    """Factors with the experts' level wherever it counts; no interval is wider than the prior's.

    ``extra`` marks a factor that counts only because somebody raised it: it counts where it is no less than the mean of the
    others, since another number in a mean would lower the group.
    """
    model = {reading: f"m.{reading}" for reading in READINGS}
    near = ", ".join(
        f"greatest({k}_lo, {k}_value - half) AS {k}_lo, least({k}_hi, {k}_value + half) AS {k}_hi, {k}_value, {k}_ruling_id, {k}_grade"
        for k in (LOWERED, RAISED)
    )
    lowers = f"coalesce(NOT {lowers_too_far(method, f'r.{LOWERED}_value', 'm.value')}, FALSE)"
    raises = f"coalesce(NOT {raises_nothing(f'r.{RAISED}_value', 'm.value')}, FALSE)"

    def said(name: str, otherwise: str) -> str:
        return f"CASE WHEN {raises} THEN r.{RAISED}_{name} WHEN {lowers} THEN r.{LOWERED}_{name} ELSE {otherwise} END"

    readings = ", ".join(f"{ruled(method, model, 'r.', reading)} AS {reading}" for reading in READINGS)
    before = "OVER (PARTITION BY pattern, grp ORDER BY extra, value DESC, factor ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    return f"""
WITH near AS (
  SELECT r.pattern, r.factor, {near} FROM ruled_factors AS r JOIN factor_models AS m ON m.pattern = r.pattern AND m.factor = r.factor
), judged AS (
  SELECT m.pattern, m.grp, m.factor, m.position, CASE WHEN {raises} OR {lowers} THEN 'override' ELSE m.basis END AS basis,
         {said("grade", "m.grade")} AS grade, {said("ruling_id", "m.fact_id")} AS fact_id, {readings},
         CASE WHEN m.counts = 0 AND NOT {lowers} THEN 1 ELSE 0 END AS extra
  FROM factor_models AS m LEFT JOIN near AS r ON r.pattern = m.pattern AND r.factor = m.factor
  WHERE m.counts = 1 OR {raises} OR {lowers}
)
SELECT {", ".join(_FACTOR)}, extra FROM judged
QUALIFY extra = 0 OR {exact("value")} >= {exact(f"avg(value) {before}")}
"""


_PATTERN_STATES = f"""
SELECT pattern, factor, grade, fact_id FROM pattern_known WHERE value >= 1 AND factor IN ({", ".join(STATES.values())})
"""


def _pattern_groups(method: Method, *, with_rulings: bool) -> str:
    share = method.groups.worst_share
    mixed = _mix_raised if with_rulings else _mix_of
    columns = ", ".join(
        f"{exact(mixed(share, grp, reading))} AS {grp}_{reading}" for grp in "PWB" for reading in READINGS
    )
    states = ", ".join(
        f"max(CASE WHEN s.factor IN ({factors}) THEN 1 ELSE 0 END) AS {name}" for name, factors in STATES.items()
    )
    return f"""
SELECT f.pattern, {columns}, {", ".join(f"max(o.{name}) AS {name}" for name in STATES)}
FROM pattern_factors AS f
LEFT JOIN (SELECT s.pattern, {states} FROM pattern_states AS s GROUP BY s.pattern) AS o ON o.pattern = f.pattern
GROUP BY f.pattern
"""


def _mix_of(share: float, grp: str, reading: str) -> str:
    return mix_rows(share, f"CASE WHEN f.grp = '{grp}' THEN f.{reading} END")


def _mix_raised(share: float, grp: str, reading: str) -> str:
    """The mix of a group, in no reading less than without the factors that count only because somebody raised them."""
    without = mix_rows(share, f"CASE WHEN f.grp = '{grp}' AND f.extra = 0 THEN f.{reading} END")
    return f"greatest({_mix_of(share, grp, reading)}, {without})"


def place_steps(method: Method) -> list[Step]:
    """Group G for every country that a stage may be in, for each profile's typical origins, and for no country at all."""
    unknown = method.scale.unknown
    share = method.groups.worst_share
    nowhere = f"{number(unknown.lo)} AS lo, {number(unknown.value)} AS value, {number(unknown.hi)} AS hi"
    countries = f"""
SELECT c.country, m.factor, m.position, CASE WHEN k.value IS NULL THEN 'prior' ELSE 'fact' END AS basis, k.grade, k.fact_id,
       coalesce(k.lo, {number(unknown.lo)}) AS lo, coalesce(k.value, {number(unknown.value)}) AS value,
       coalesce(k.hi, {number(unknown.hi)}) AS hi
FROM (SELECT setting AS country FROM stage_cases WHERE setting NOT LIKE '~%' AND setting <> ''
      UNION SELECT country FROM profile_origins) AS c
JOIN method_factors AS m ON m.grp = 'G'
LEFT JOIN (
  SELECT country, factor, value, lo, hi, grade, fact_id,
         row_number() OVER (PARTITION BY country, factor ORDER BY grade DESC, value DESC, fact_id) AS choice
  FROM (SELECT country, factor, value, lo, hi, grade, fact_id FROM country_factors
        UNION ALL SELECT country, factor, value, lo, hi, grade, fact_id FROM observations
        WHERE country IS NOT NULL AND factor LIKE 'G%' AND profile IS NULL AND supplier_id IS NULL) AS all_levels
) AS k ON k.country = c.country AND k.factor = m.factor AND k.choice = 1
WHERE k.value IS NOT NULL OR m.core_goods = 1
"""
    means = ", ".join(f"{exact(mix_rows(share, reading))} AS {reading}" for reading in ("lo", "value", "hi"))
    settings = f"""
WITH single AS (SELECT country AS setting, {means}, 0 AS unknown FROM country_levels GROUP BY country)
SELECT * FROM single
UNION ALL
SELECT '~' || o.profile || '/' || o.stage, min(s.lo), {exact("avg(s.value)")}, max(s.hi), 1
FROM profile_origins AS o JOIN single AS s ON s.setting = o.country GROUP BY o.profile, o.stage
UNION ALL
SELECT '', lo, value, hi, 1 FROM (SELECT {nowhere}) AS nowhere
"""
    return [Step("country_levels", countries), Step("settings_g", settings)]


def listing_steps(method: Method, *, list_is_current: bool) -> list[Step]:
    """Group X per exposure whose stage has goods to look up. Without a current list X is unknown, never 0."""
    unknown, x = method.scale.unknown, method.listing
    missing = f"""
SELECT DISTINCT c.exposure, 'X1' AS factor, 'prior' AS basis, CAST(NULL AS VARCHAR) AS grade, CAST(NULL AS VARCHAR) AS fact_id,
       CAST(NULL AS VARCHAR) AS good, {number(unknown.lo)} AS lo, {number(unknown.value)} AS value, {number(unknown.hi)} AS hi
FROM stage_cases AS c JOIN profile_goods AS g ON g.profile = c.profile AND g.stage = c.stage
"""
    somewhere = f"CASE WHEN l.forced_labour THEN {number(x.forced_somewhere)} WHEN l.child_labour THEN {number(x.child_somewhere)} ELSE 0 END"
    worst = (
        f"CASE WHEN l.forced_labour THEN {number(4.0)} WHEN l.child_labour THEN {number(x.child_somewhere)} ELSE 0 END"
    )
    listed = f"""
WITH asked AS (
  SELECT c.exposure, c.country, g.good FROM stage_cases AS c
  JOIN profile_goods AS g ON g.profile = c.profile AND g.stage = c.stage
)
SELECT a.exposure, 'X1' AS factor, 'listed' AS basis, l.grade, l.fact_id, l.good, l.lo, l.value, l.hi
FROM asked AS a JOIN listed_goods AS l ON l.good = a.good AND l.country = a.country
UNION ALL
SELECT a.exposure, 'X1', 'somewhere', l.grade, l.fact_id, l.good,
       least({number(unknown.lo)}, {somewhere}) AS lo, {somewhere}, {worst}
FROM asked AS a JOIN listed_goods AS l ON l.good = a.good WHERE a.country = ''
UNION ALL
SELECT DISTINCT a.exposure, 'X1', 'unlisted', CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), 0, 0, 0 FROM asked AS a
"""
    state = """
SELECT c.exposure, t.factor, 'fact', t.grade, t.fact_id, t.good,
       CASE WHEN c.country = '' THEN 0 ELSE t.lo END, CASE WHEN c.country = '' THEN 0 ELSE t.value END, t.hi
FROM stage_cases AS c JOIN profile_goods AS g ON g.profile = c.profile AND g.stage = c.stage
JOIN state_imposed AS t ON t.good = g.good AND (t.country = c.country OR c.country = '')
UNION ALL
SELECT c.exposure, t.factor, 'fact', t.grade, t.fact_id, CAST(NULL AS VARCHAR), t.lo, t.value, t.hi
FROM stage_cases AS c JOIN state_imposed AS t ON t.good = '*' AND t.country = c.country WHERE c.side = 'origin'
UNION ALL
SELECT c.exposure, o.factor, 'observed', o.grade, o.fact_id, CAST(NULL AS VARCHAR), o.lo, o.value, o.hi
FROM stage_cases AS c JOIN observations AS o ON o.factor LIKE 'X%' AND coalesce(o.profile, c.profile) = c.profile
 AND coalesce(o.stage, c.stage) = c.stage AND coalesce(o.country, c.country) = c.country
 AND coalesce(o.supplier_id, c.party) = c.party
"""
    floor = method.floors.F3.at
    levels = f"""
SELECT exposure, {exact("max(lo)")} AS X_lo, {exact("max(value)")} AS X_value, {exact("max(hi)")} AS X_hi,
       max(CASE WHEN factor = 'X2' THEN lo ELSE 0 END) >= {number(floor)} AS state_lo,
       max(CASE WHEN factor = 'X2' THEN value ELSE 0 END) >= {number(floor)} AS state_value,
       max(CASE WHEN factor = 'X2' THEN hi ELSE 0 END) >= {number(floor)} AS state_hi
FROM x_factors GROUP BY exposure
"""
    return [
        Step("x_factors", f"{listed if list_is_current else missing} UNION ALL {state}"),
        Step("x_levels", levels),
    ]


def _term(part: int) -> str:
    """The supplier (1) or the country (2) of a buying case where somebody observed the buyer's terms with it."""
    return f"split_part(c.terms, '{AND}', {part})"


def buying_steps(method: Method) -> list[Step]:
    """Group Q per distinct case of price weight, tender period, payment delay and contract length."""
    least, p = number(method.scale.least_without_proof), method.purchasing
    cap = f"CASE WHEN f.labour_intensive THEN c.Q1 ELSE least(c.Q1, {p.Q1_most_without_labour}) END"
    declared = {"Q1": cap, "Q4": "c.Q4", "Q6": "c.Q6", "Q8": "CASE WHEN f.kind = 'service' THEN c.Q8 ELSE -1 END"}
    picked = " ".join(f"WHEN '{factor}' THEN {level}" for factor, level in declared.items())
    askable = ", ".join(f"'{factor}'" for factor in declared)
    factors = f"""
WITH asked AS (
  SELECT c.buying_case, m.factor, m.position, f.Q, f.Q_lo, f.Q_hi, w.half_width, w.grade,
         CASE WHEN m.factor = 'Q1' AND NOT f.labour_intensive THEN {number(float(p.Q1_most_without_labour))} ELSE {number(4.0)} END AS most,
         CASE m.factor {picked} ELSE -1 END AS declared,
         CASE WHEN m.factor IN ({askable}) AND NOT (m.factor = 'Q8' AND f.kind <> 'service') THEN 1 ELSE 0 END AS askable,
         CASE WHEN f.kind = 'goods' THEN m.core_goods ELSE m.core_services END AS core
  FROM buying_cases AS c JOIN profiles AS f ON f.profile = c.profile
  JOIN method_factors AS m ON m.grp = 'Q' JOIN half_widths AS w ON w.grade = '{p.grade}'
), found AS (
  SELECT buying_case, factor, 'declared' AS basis, grade, CAST(NULL AS VARCHAR) AS fact_id, greatest(declared, {least}) AS value,
         greatest(declared, {least}) - half_width AS lo, greatest(declared, {least}) + half_width AS hi, FALSE AS contested
  FROM asked WHERE declared >= 0
  UNION ALL
  SELECT c.buying_case, o.factor, 'observed', o.grade, o.fact_id,
         CASE WHEN w.proves_absence THEN o.value ELSE greatest(o.value, {least}) END, o.lo, o.hi, o.hi - o.value > w.half_width
  FROM buying_cases AS c JOIN observations AS o ON o.factor LIKE 'Q%' AND coalesce(o.profile, c.profile) = c.profile
   AND coalesce(o.supplier_id, {_term(1)}) = {_term(1)} AND coalesce(o.country, {_term(2)}) = {_term(2)}
  JOIN half_widths AS w ON w.grade = o.grade
), known AS (
  SELECT *, row_number() OVER (PARTITION BY buying_case, factor ORDER BY grade DESC, value DESC, basis, fact_id) AS choice FROM found
)
SELECT a.buying_case, a.factor, a.position, coalesce(k.basis, 'prior') AS basis, k.grade, k.fact_id,
       CASE WHEN a.core = 1 OR k.value IS NOT NULL THEN 1 ELSE 0 END AS counts,
       CASE WHEN k.value IS NULL THEN greatest(a.Q_lo, {least}) WHEN k.basis = 'declared' THEN k.lo
            ELSE least(k.value, greatest(k.lo, CASE WHEN k.contested THEN k.lo ELSE k.value - (a.Q_hi - a.Q_lo) / 2 END)) END AS lo,
       coalesce(k.value, greatest(a.Q, {least})) AS value,
       CASE WHEN k.value IS NULL THEN greatest(a.Q_hi, {least}) WHEN k.basis = 'declared' THEN least(k.hi, 4)
            ELSE greatest(k.value, least(k.hi, CASE WHEN k.contested THEN k.hi ELSE k.value + (a.Q_hi - a.Q_lo) / 2 END)) END AS hi,
       coalesce(k.value, CASE WHEN a.askable = 1 THEN greatest(a.Q, a.most) ELSE greatest(a.Q, {least}) END) AS worst
FROM asked AS a LEFT JOIN known AS k ON k.buying_case = a.buying_case AND k.factor = a.factor AND k.choice = 1
WHERE a.core = 1 OR k.value IS NOT NULL OR a.askable = 1
"""
    share = method.groups.worst_share
    mixes = {r: _counted(share, r) for r in ("lo", "value", "hi")} | {"worst": mix_rows(share, "f.worst")}
    press = f"max(CASE WHEN basis <> 'prior' AND factor IN {PRESSING} AND f.value >= {number(method.priority.contributing_from)} THEN 1 ELSE 0 END)"
    models = f"""
SELECT f.buying_case, {", ".join(f"{exact(sql)} AS Q_{reading}" for reading, sql in mixes.items())}, {press} AS contributes
FROM buying_factors AS f GROUP BY f.buying_case
"""
    model = {reading: f"m.Q_{reading}" for reading in READINGS}
    levels = f"""
SELECT m.buying_case, {", ".join(f"{ruled(method, model, 'r.', reading)} AS Q_{reading}" for reading in mixes)}, m.contributes
FROM buying_models AS m JOIN buying_cases AS c ON c.buying_case = m.buying_case
LEFT JOIN ruling_targets AS r ON r.ruling = c.ruling AND r.target = 'Q'
"""
    return [Step("buying_factors", factors), Step("buying_models", models), Step("buying_levels", levels)]


def _counted(share: float, reading: str) -> str:
    value = f"CASE WHEN counts = 1 THEN f.{reading} END"
    return mix(share, f"max({value})", f"sum({value})", "sum(counts)")
