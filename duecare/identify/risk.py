"""Scoring: from classified lines, evidence and profiles to findings, as named steps over tables (METHOD 1.5-1.8).

``score`` reads the view ``classified_lines`` and leaves the tables of ``RESULTS``; a finding keeps the keys of the cases it
was made from, so that every view of it reads stored rows and repeats no arithmetic.
"""

from __future__ import annotations

from datetime import date

from duecare.errors import CannotAnswer
from duecare.identify.arithmetic import severity
from duecare.identify.exposures import exposure_steps
from duecare.identify.factors import buying_steps, case_steps, group_steps, listing_steps, place_steps
from duecare.identify.inputs import Evidence, Profiles, put_evidence, put_method, put_profiles
from duecare.identify.method import Method
from duecare.identify.overrides import Ruling, put_rulings
from duecare.identify.ratings import keyed_lines, met_by_rulings, ratings, side_steps, spend_steps
from duecare.register.engine import Engine, Step

RESULTS: dict[str, str] = {
    "findings": "line_id",
    "classified_lines": "line_id",
    "work_sides": "work_case",
    "origin_sides": "origin_case",
    "buying_sides": "buying_case",
    "exposures": "exposure",
    "widest": "exposure, choice",
    "pattern_factors": "pattern, grp, position",
    "pattern_states": "pattern, factor",
    "country_levels": "country, position",
    "settings_g": "setting",
    "x_factors": "exposure, factor, value DESC, good, fact_id, basis",
    "buying_factors": "buying_case, position",
    "profile_facts": "profile",
    "profile_origins": "profile, stage, country",
    "profile_acts": "profile, phase",
    "harms": "profile, S DESC, stage, scenario",
    "stage_reasons": "profile, stage",
    "spend_shares": "office, supplier, currency",
    "ruling_lines": "ruling",
}
"""What a run keeps, with the order in which it is written."""


def score(
    engine: Engine,
    evidence: Evidence,
    profiles: Profiles,
    method: Method,
    as_of: date,
    rulings: tuple[Ruling, ...] = (),
) -> None:
    """Score every row of ``classified_lines`` as of a day; leaves the tables of ``RESULTS`` in the engine.

    ``rulings`` are overrides that passed ``overrides.sift``. ``findings`` is a view, so that millions of lines stream to their
    file instead of being held. Raises ``CannotAnswer`` for lines of a profile that nobody wrote.
    """
    put_evidence(engine, evidence)
    put_profiles(engine, profiles)
    put_method(engine, method)
    with_rulings = put_rulings(engine, rulings)
    engine.run([Step(name, sql) for name, sql in _profile_tables(method).items()])
    lines = keyed_lines(
        method, with_parties=_any(engine, _PARTIES), with_terms=_any(engine, _TERMS), with_rulings=with_rulings
    )
    engine.execute(f"CREATE OR REPLACE TEMP VIEW keyed_lines AS {lines}")
    engine.run(case_steps(with_rulings=with_rulings))
    _check_profiles(engine)
    current = _any(engine, "SELECT 1 AS one FROM listed_goods LIMIT 1")
    engine.run(
        [
            *group_steps(method, with_rulings=with_rulings),
            *place_steps(method),
            *listing_steps(method, list_is_current=current),
        ]
    )
    engine.run([*buying_steps(method), *exposure_steps(method), *side_steps(), *spend_steps(method)])
    rated = ratings(method, as_of, with_rulings=with_rulings)
    engine.execute(f"CREATE OR REPLACE TEMP VIEW findings AS {rated}")
    if with_rulings:
        engine.execute(f"CREATE OR REPLACE TEMP VIEW ruled_findings AS {met_by_rulings(method, as_of)}")


_TERMS = "SELECT 1 AS one FROM observations WHERE factor LIKE 'Q%' LIMIT 1"
_PARTIES = "SELECT 1 AS one FROM observations WHERE supplier_id IS NOT NULL LIMIT 1"


def _any(engine: Engine, sql: str) -> bool:
    return bool(engine.rows(sql))


def _check_profiles(engine: Engine) -> None:
    missing = engine.rows(
        "SELECT DISTINCT c.profile FROM origin_cases AS c LEFT JOIN profile_facts AS f ON f.profile = c.profile "
        "WHERE f.profile IS NULL ORDER BY 1 LIMIT 5"
    )
    if missing:
        names = ", ".join(str(row["profile"]) for row in missing)
        raise CannotAnswer(f"Lines are classified as {names}, but there is no such category profile.")


def _profile_tables(method: Method) -> dict[str, str]:
    """Profiles with their worst harm; harms with their severity; and the reasons written for each stage."""
    S = severity(method, "scale", "scope", "irremediability")
    return {
        "harms": f"SELECT *, {S} AS S FROM profile_harms",
        "profile_facts": """
SELECT p.*, coalesce(h.S, 0) AS S, s.at_work, s.asks_origin
FROM profiles AS p
LEFT JOIN (SELECT profile, max(S) AS S FROM harms GROUP BY profile) AS h ON h.profile = p.profile
JOIN (SELECT profile, max(CASE WHEN place = 'work' THEN 1 ELSE 0 END) AS at_work,
             max(CASE WHEN place = 'origin' THEN 1 ELSE 0 END) AS asks_origin FROM profile_stages GROUP BY profile) AS s
  ON s.profile = p.profile
""",
        "stage_reasons": "SELECT profile, stage, place, P_reason, W_reason, B_reason FROM profile_stages",
    }
