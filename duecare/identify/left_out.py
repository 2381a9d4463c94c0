"""Overrides that count on the day of a run and yet not everywhere: where the model's value stays, and by which rule (METHOD 1.10).

It compares what scoring compared, with the same expressions of ``arithmetic``; one entry for each override, target and rule.
"""

from __future__ import annotations

from duecare.identify.arithmetic import lowers_too_far, raises_nothing
from duecare.identify.method import Method
from duecare.identify.overrides import LINE_TARGETS, NotApplied
from duecare.register.engine import Engine

_GROUP = " ".join(f"WHEN '{group}' THEN m.{group}_value" for group in "PWBGX")
_MET = {
    "factors": "SELECT r.ruling_id, r.factor AS target, r.direction, r.value, m.value AS model, f.factor IS NULL AS thinned "
    "FROM factor_rulings AS r JOIN factor_models AS m ON m.pattern = r.pattern AND m.factor = r.factor "
    "LEFT JOIN pattern_factors AS f ON f.pattern = r.pattern AND f.factor = r.factor",
    "stages": "SELECT r.ruling_id, r.target, r.direction, r.value, "
    f"CASE r.target {_GROUP} END, FALSE "
    "FROM ruling_parts AS r JOIN exposure_models AS m ON m.ruling = r.ruling AND coalesce(r.stage, m.stage) = m.stage "
    "WHERE NOT r.is_factor",
    "buying": "SELECT r.ruling_id, r.target, r.direction, r.value, m.Q_value, FALSE "
    "FROM ruling_parts AS r JOIN buying_cases AS c ON c.ruling = r.ruling JOIN buying_models AS m ON m.buying_case = c.buying_case "
    "WHERE r.target = 'Q'",
    "lines": "SELECT r.ruling_id, r.target, r.direction, r.value, "
    "CASE r.target WHEN 'L' THEN m.met_value WHEN 'S' THEN m.profile_S WHEN 'LEV' THEN d.model_LEV END, FALSE "
    "FROM ruling_parts AS r JOIN ruled_findings AS m ON m.ruling = r.ruling JOIN details AS d ON d.line_id = m.line_id "
    f"WHERE r.target IN ({', '.join(repr(target) for target in LINE_TARGETS)})",
}
"""Every override beside each value of the model that it meets: (ruling_id, target, direction, value, model, thinned).

``thinned``: a factor that nobody asked about, raised to less than the others of its group, which would only thin the mean.
"""


def left_out(engine: Engine, method: Method) -> tuple[NotApplied, ...]:
    """Overrides with the number of places in which the model's value stayed: a lowering too far, or a raise that would lower.

    Reads the tables that ``risk.score`` leaves with overrides and the view ``details``.
    """
    rule = (
        f"CASE WHEN direction = 'raise' AND (thinned OR {raises_nothing('value', 'model')}) THEN 'direction' "
        f"WHEN direction = 'lower' AND {lowers_too_far(method, 'value', 'model')} THEN 'one level' END"
    )
    rows = engine.rows(
        f"SELECT ruling_id, target, rule, count(*) AS places FROM (SELECT ruling_id, target, {rule} AS rule "
        f"FROM ({' UNION ALL '.join(_MET.values())}) AS met) AS judged WHERE rule IS NOT NULL "
        "GROUP BY ruling_id, target, rule ORDER BY ruling_id, target, rule"
    )
    sentences = {
        "one level": f"An override may lower by at most {method.overrides.most_lowering:g} level",
        "direction": "A raise never lowers",
    }
    return tuple(
        NotApplied(
            row["ruling_id"],
            row["rule"],
            f"{sentences[row['rule']]}; {row['target']} stays as the model has it in {row['places']} places.",
        )
        for row in rows
    )
