"""Steps from group levels to exposures: likelihood of each stage in four readings, its floors, drivers and open questions."""

from __future__ import annotations

from duecare.evidence.profiles import UNKNOWN
from duecare.identify.arithmetic import LOWERED, exact, mix, number, ruled, stage_part
from duecare.identify.factors import READINGS, STATES
from duecare.identify.method import Method
from duecare.identify.overrides import FLOORS, picked
from duecare.register.engine import Step

GROUPS = ("P", "X", "W", "B", "G")


def exposure_steps(method: Method) -> list[Step]:
    """``exposures`` (one row per case and stage), ``widest`` (unknown factors by effect), and the worst of each side."""
    return [
        Step("documented_stages", _DOCUMENTED),
        Step("exposure_models", _MODELS),
        Step("ruled_stages", picked("exposure, target", _RULED_STAGES)),
        Step("exposure_groups", _groups(method)),
        Step("exposures", _exposures(method)),
        Step("widest", _widest(method)),
        *(Step(f"{side}_worst", _worst_of(side)) for side in ("work", "origin")),
    ]


_DOCUMENTED = """
SELECT s.profile, s.stage, CASE WHEN s.P >= t.P THEN f.documented ELSE 0 END AS P1
FROM profile_stages AS s JOIN profiles AS f ON f.profile = s.profile
JOIN (SELECT profile, max(P) AS P FROM profile_stages GROUP BY profile) AS t ON t.profile = s.profile
"""  # a list speaks of a category: its floor binds the stage with the heaviest hazard, not the shop at the end

_LEVELS = (*((g, READINGS) for g in "PWB"), *((g, ("lo", "value", "hi")) for g in "GX"))

_MODELS = f"""
SELECT c.exposure, c.side, c.case_id, c.profile, c.stage, c.country, c.setting, c.asks_place, c.ruling, p.pattern,
       {", ".join(f"{g}_{reading}" for g, readings in _LEVELS for reading in readings)}, d.P1,
       {", ".join(f"coalesce(g.{state}, 0) AS {state}" for state in STATES)}, x.state_lo, x.state_value, x.state_hi
FROM stage_cases AS c
JOIN patterns AS p ON p.profile = c.profile AND p.stage = c.stage AND p.subcontracting = c.subcontracting
 AND p.party = c.party AND p.ruling = c.ruling AND p.at_work = CASE WHEN c.side = 'work' THEN 1 ELSE 0 END
 AND (p.seen_place = c.country OR (p.seen_place = '' AND c.country NOT IN (SELECT seen_place FROM patterns WHERE seen_place <> '')))
JOIN documented_stages AS d ON d.profile = c.profile AND d.stage = c.stage
JOIN pattern_groups AS g ON g.pattern = p.pattern
JOIN (SELECT setting, lo AS G_lo, value AS G_value, hi AS G_hi FROM settings_g) AS s ON s.setting = c.setting
LEFT JOIN x_levels AS x ON x.exposure = c.exposure
"""  # every group level of every exposure as the model has it, side by side

_RULED_STAGES = """
SELECT c.exposure, r.* FROM stage_cases AS c
JOIN ruling_parts AS r ON r.ruling = c.ruling AND coalesce(r.stage, c.stage) = c.stage AND NOT r.is_factor
"""


def _groups(method: Method) -> str:
    """The same with the experts' level wherever one counts."""
    levels = ", ".join(
        f"{ruled(method, {r: f'm.{g}_{r}' for r in readings}, f'r{g}.', reading)} AS {g}_{reading}"
        for g, readings in _LEVELS
        for reading in readings
    )
    waived = ", ".join(f"r{floor}.{LOWERED}_value AS waived_{floor}" for floor in FLOORS)
    rulings = " ".join(
        f"LEFT JOIN ruled_stages AS r{g} ON r{g}.exposure = m.exposure AND r{g}.target = '{g}'"
        for g in (*GROUPS, *FLOORS)
    )
    return f"""
SELECT m.exposure, m.side, m.case_id, m.profile, m.stage, m.country, m.setting, m.asks_place, m.ruling, m.pattern,
       {levels}, {waived}, m.P1, {", ".join(f"m.{state}" for state in STATES)}, m.state_lo, m.state_value, m.state_hi
FROM exposure_models AS m {rulings}
"""


def _floors(method: Method, reading: str) -> dict[str, tuple[str, str]]:
    """When each floor binds and what it leaves at least (METHOD 1.5 step 3), by name.

    ``U`` holds the point of a purchase that nobody can name at the middle of the scale; its lower end stays open.
    """
    f = method.floors
    nobody_knows = "FALSE" if reading == "lo" else f"profile = '{UNKNOWN}'"
    return {
        "F1": (f"P1 >= {number(f.F1.at)}", f"coalesce(waived_F1, {number(f.F1.least)})"),
        "F2": (f"G_{reading} >= {number(f.F2.at)}", f"coalesce(waived_F2, {number(f.F2.least)})"),
        "F3": (f"coalesce(state_{reading}, FALSE)", number(f.F3.least)),
        "F4": (f"open_case >= {number(f.F4.at)}", number(f.F4.least)),
        "U": (nobody_knows, number(f.unknown_category)),
    }


def _unless_waived(floor: str, when: str) -> str:
    """A floor that experts lowered is not named as binding; both values stand in the finding's override."""
    return f"{when} AND waived_{floor} IS NULL" if floor in FLOORS else when


def _floor(method: Method, reading: str) -> str:
    """The highest floor that binds, 0 without one."""
    cases = (f"CASE WHEN {when} THEN {least} ELSE 0 END" for when, least in _floors(method, reading).values())
    return f"greatest({', '.join(cases)})"


def _exposures(method: Method) -> str:
    parts = {r: stage_part(method, *(f"{k}_{r}" for k in GROUPS)) for r in READINGS}
    point = {k: f"{k}_value" for k in GROUPS}

    def reading_with(**changed: str) -> str:
        return exact(stage_part(method, *(point | changed).values()))

    parts["guard"] = stage_part(method, "P_lo", "X_guard", "W_lo", "B_lo", "G_lo")
    neutral = {k: number(method.scale.least_without_proof) for k in GROUPS} | {"X": number(0.0)}
    shares = ", ".join(
        f"{exact(parts['value'] + ' - ' + reading_with(**{k: neutral[k]}))} AS share_{k}" for k in GROUPS
    )
    open_ends = ", ".join(
        f"{exact(stage_part(method, *levels.values()))} AS {name}_{end}"
        for end in ("lo", "hi")
        for name, levels in (
            ("conditions", point | {k: f"{k}_{end}" for k in "PWB"}),
            ("place", point | {k: f"CASE WHEN asks_place = 1 THEN {k}_{end} ELSE {k}_value END" for k in "XG"}),
        )
    )
    floors = ", ".join(f"{_floor(method, r)} AS floor_{r}" for r in READINGS)
    binding = _floors(method, "value").items()
    names = " || ".join(
        f"CASE WHEN {_unless_waived(name, when)} THEN '{name} ' ELSE '' END" for name, (when, _) in binding
    )
    return f"""
WITH readings AS (
  SELECT *, CASE WHEN asks_place = 1 THEN {number(4.0)} ELSE G_value END AS G_worst,
         CASE WHEN asks_place = 1 THEN X_hi ELSE X_value END AS X_worst,
         CASE WHEN asks_place = 1 THEN greatest(X_lo, X_hi - {number(2 * method.scale.half_width["E3"])}) ELSE X_lo END AS X_guard,
         CASE WHEN asks_place = 1 THEN state_hi ELSE state_value END AS state_worst
  FROM exposure_groups
)
SELECT *, {", ".join(f"{exact(sql)} AS part_{r}" for r, sql in parts.items())}, {floors}, trim({names}) AS floors,
       {shares}, {open_ends}
FROM readings
"""


def _worst_of(side: str) -> str:
    """The worst stage of a case in each reading (METHOD 1.5 step 4), and which stages lead by level and by floor."""
    tops = [f"{kind}_{r}" for kind in ("part", "floor") for r in READINGS]
    tops += ["part_guard"] + [f"{edge}_{end}" for edge in ("conditions", "place") for end in ("lo", "hi")]
    return f"""
SELECT case_id, {", ".join(f"max({top}) AS {top}" for top in tops)}, {", ".join(f"max({state}) AS {state}" for state in STATES)}, max(asks_place) AS asks_place,
       min(CASE WHEN by_part = 1 THEN exposure END) AS lead, min(CASE WHEN by_floor = 1 THEN exposure END) AS lead_floor
FROM (
  SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY part_value DESC, exposure) AS by_part,
         row_number() OVER (PARTITION BY case_id ORDER BY floor_value DESC, part_value DESC, exposure) AS by_floor
  FROM exposures WHERE side = '{side}'
) AS ranked
GROUP BY case_id
"""


def _widest(method: Method) -> str:
    """The three unknown factors of each exposure with the widest effect on the interval of its likelihood (METHOD 1.5)."""
    share = method.groups.worst_share
    other = "CASE WHEN l.by_level = 1 THEN coalesce(t.second, 0) ELSE t.top END"

    def moved(end: str) -> str:
        return mix(share, f"greatest(l.{end}, {other})", f"l.total - l.value + l.{end}", "l.number")

    def effect(group: str, lo: str, hi: str) -> str:
        point = {k: f"e.{k}_value" for k in GROUPS}
        high, low = (stage_part(method, *(point | {group: value}).values()) for value in (hi, lo))
        return f"{high} - {low}"

    by_group = " ".join(f"WHEN '{g}' THEN {effect(g, 'm.at_lo', 'm.at_hi')}" for g in "PWB")
    return f"""
WITH levels AS (
  SELECT *, row_number() OVER (PARTITION BY pattern, grp ORDER BY value DESC, position) AS by_level,
         sum(value) OVER (PARTITION BY pattern, grp) AS total, count(*) OVER (PARTITION BY pattern, grp) AS number
  FROM pattern_factors
), tops AS (
  SELECT pattern, grp, max(CASE WHEN by_level = 1 THEN value END) AS top, max(CASE WHEN by_level = 2 THEN value END) AS second
  FROM levels GROUP BY pattern, grp
), moved AS (
  SELECT l.pattern, l.grp, l.factor, l.position, {moved("lo")} AS at_lo,
         {moved("hi")} AS at_hi
  FROM levels AS l JOIN tops AS t ON t.pattern = l.pattern AND t.grp = l.grp WHERE l.basis = 'prior'
), effects AS (
  SELECT e.exposure, m.factor, m.position, CASE m.grp {by_group} END AS effect
  FROM exposures AS e JOIN moved AS m ON m.pattern = e.pattern
  UNION ALL
  SELECT e.exposure, 'G', 100, {effect("G", "e.G_lo", "e.G_hi")} FROM exposures AS e WHERE e.setting = '' OR e.setting LIKE '~%'
  UNION ALL
  SELECT e.exposure, 'X1', 101, {effect("X", "e.X_lo", "e.X_hi")} FROM exposures AS e WHERE e.X_value IS NOT NULL
), ordered AS (
  SELECT exposure, factor, {exact("effect")} AS effect,
         row_number() OVER (PARTITION BY exposure ORDER BY {exact("effect")} DESC, position, factor) AS choice
  FROM effects WHERE effect > 0
)
SELECT exposure, factor, effect, CAST(choice AS INTEGER) AS choice FROM ordered WHERE choice <= 3
"""
