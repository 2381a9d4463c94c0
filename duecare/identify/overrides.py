"""Local tailoring: experts' values beside the model's, under the rules of METHOD 1.10, from a YAML file.

Whatever is not applied is listed with the rule that it breaks; nothing is dropped silently and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from duecare.errors import WrongUsage
from duecare.identify.arithmetic import EXACT, LOWERED, RAISED
from duecare.identify.method import GradeName, Method
from duecare.register.engine import Engine, Step

GROUPS = ("P", "X", "G", "W", "B", "Q")
LINE_TARGETS = ("L", "S", "LEV")
FLOORS = ("F1", "F2")
"""Floors that may be lowered where three functions agree on strong evidence; F3 and F4 never (METHOD 1.10)."""
FOCAL_POINT, LEGAL, MANAGEMENT = "focal_point", "legal", "senior_management"
WAIVING: tuple[str, ...] = (LEGAL, FOCAL_POINT, MANAGEMENT)
QUALIFIED = ("focal_point", "procurement", "legal", "senior_management", "human_rights", "field_expert")

Role = Literal["focal_point", "procurement", "legal", "senior_management", "human_rights", "field_expert"]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Approver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who judged: the function counts; the name or staff number is kept but never shown in a report."""

    role: Role
    author: Text


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One piece of evidence behind an override."""

    title: Text
    publisher: Text
    date: date
    grade: GradeName
    locator: str = ""


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which lines (and which stage) an override is about; every key given must match."""

    line_id: str | None = None
    contract_id: str | None = None
    structure: str | None = None
    profile: str | None = None
    supplier_id: str | None = None
    country: str | None = None
    stage: Literal["RAW", "PROC", "MANU", "LOG", "SITE"] | None = None


class Ruling(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One override as written: an expert's value for a factor, a group, L, S or LEV, or for what a floor leaves at least."""

    id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_.-]{1,40}$")]
    target: Annotated[str, msgspec.Meta(pattern="^(L|S|LEV|F[1-4]|[PXGWBQ]|[PWB][0-9]{1,2})$")]
    where: Where
    value: Annotated[float, msgspec.Meta(ge=0, le=4)]
    direction: Literal["raise", "lower"]
    reason: Text
    evidence: Annotated[tuple[Proof, ...], msgspec.Meta(min_length=1)]
    by: Annotated[tuple[Approver, ...], msgspec.Meta(min_length=1)]
    against: tuple[Approver, ...] = ()
    created: date
    expires: date
    workshop: str = ""
    dissent: str = ""

    @property
    def grade(self) -> GradeName:
        """The best grade among the evidence."""
        return max(proof.grade for proof in self.evidence)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    overrides: tuple[Ruling, ...]


@dataclass(frozen=True, slots=True)
class NotApplied:
    """An override that stands in the file but does not count, with the rule and what would help."""

    id: str
    rule: str
    sentence: str


def read_overrides(path: Path) -> tuple[Ruling, ...]:
    """Overrides of a YAML file; raises ``WrongUsage`` naming what cannot be read. Rules are checked by ``sift``."""
    try:
        rulings = msgspec.convert(msgspec.yaml.decode(path.read_bytes()), _File).overrides
    except msgspec.DecodeError as error:
        raise WrongUsage(
            f"{path.name}: {error}. See docs/how-to/overrides.md for a file that can be copied."
        ) from error
    ids = [ruling.id for ruling in rulings]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise WrongUsage(f"{path.name}: the id {twice[0]} is written twice. Give every override its own id.")
    return rulings


def rulings_of(entries: Iterable[Mapping[str, Any]]) -> tuple[Ruling, ...]:
    """Overrides from entries as they stand in an overrides file; raises ``msgspec.ValidationError`` for one that is none."""
    return msgspec.convert(list(entries), tuple[Ruling, ...])


def sift(rulings: Iterable[Ruling], method: Method, as_of: date) -> tuple[tuple[Ruling, ...], tuple[NotApplied, ...]]:
    """Overrides that count on a day, and those that do not with the rule they break (METHOD 1.10)."""
    applied, refused = [], []
    for ruling in rulings:
        broken = _broken_rule(ruling, method, as_of)
        if broken:
            refused.append(NotApplied(ruling.id, *broken))
        else:
            applied.append(ruling)
    return tuple(applied), tuple(refused)


def _broken_rule(ruling: Ruling, method: Method, as_of: date) -> tuple[str, str] | None:
    """The first rule that an override breaks, as (rule, sentence)."""
    rules = method.overrides
    if len(ruling.reason.strip()) < rules.reason_characters:
        return (
            "reason",
            f"The reason has {len(ruling.reason.strip())} characters; {rules.reason_characters} are needed.",
        )
    if ruling.where == Where(stage=ruling.where.stage):
        return "scope", "It names no line, contract, office, category, supplier or country; an override is local."
    if ruling.target in (*LINE_TARGETS, "Q") and ruling.where.stage:
        return "scope", f"{ruling.target} is about the whole line; leave the stage out."
    if not 0 <= (ruling.expires - ruling.created).days <= rules.expires_within_days:
        return "expiry", f"It must expire within 12 months of {ruling.created}; it says {ruling.expires}."
    if ruling.created > as_of:
        return "expiry", f"It was created on {ruling.created}, after the day of this run."
    if ruling.expires < as_of:
        return "expiry", f"It expired on {ruling.expires}; renew it with fresh evidence or remove it."
    if ruling.target in ("F1", "F2", "F3", "F4") and (broken := _broken_waiver(ruling, method)):
        return broken
    if ruling.direction == "lower" and ruling.against:
        return "objection", f"{len(ruling.against)} of those who may sign object; a lowering counts where nobody does."
    return _broken_lowering(ruling, method) if ruling.direction == "lower" else None


def _broken_waiver(ruling: Ruling, method: Method) -> tuple[str, str] | None:
    """What keeps a floor where it is: F1 and F2 take legal, focal point and senior management and evidence of E3."""
    rules = method.overrides
    if ruling.target not in FLOORS:
        return "floor", f"{ruling.target} is never waived: it stands for state-imposed forced labour or an open case."
    if ruling.direction != "lower":
        return "floor", "A floor is only ever lowered; to raise a rating, name L or a factor."
    people: dict[str, str] = {approver.role: approver.author for approver in ruling.by}
    if not set(WAIVING) <= set(people) or len({people[role] for role in WAIVING}) < len(WAIVING):
        return "three functions", "A floor needs legal, the focal point and senior management, three persons."
    if ruling.grade not in rules.waiving_grades:
        return "evidence", f"A floor needs evidence of grade E3 or better; the best here is {ruling.grade}."
    least = getattr(method.floors, ruling.target).least - rules.most_lowering
    if ruling.value < least:
        return "one level", f"An override may lower by at most {rules.most_lowering:g} level, here to {least:g}."
    return None


def _broken_lowering(ruling: Ruling, method: Method) -> tuple[str, str] | None:
    """Two functions, the focal point among them, and evidence that carries (METHOD 1.10)."""
    roles = {approver.role for approver in ruling.by}
    people = {approver.author for approver in ruling.by}
    if len(roles) < 2 or len(people) < 2:
        return "two functions", "Lowering needs two persons from different functions."
    if FOCAL_POINT not in roles:
        return "focal point", "Lowering needs the focal point as one of the two."
    if ruling.grade not in method.overrides.lowering_grades:
        return "evidence", f"Lowering needs evidence of grade E2 or better; the best here is {ruling.grade}."
    proven = ruling.grade in method.scale.grades_that_prove_absence or ruling.target in FLOORS
    if ruling.value < method.scale.least_without_proof and not proven:
        return "absence", "A level below 1 says that the factor is absent, which needs evidence of grade E3 or E4."
    return None


def put_rulings(engine: Engine, rulings: Sequence[Ruling]) -> bool:
    """Make the tables of overrides and find the lines that each is about; true when there is any.

    ``line_rulings`` (line_id, ruling) joins the ids of all overrides of a line; ``ruling_parts``, ``ruling_targets`` and
    ``ruling_lines`` say what such a combination changes.
    """
    schema = {f.name: "VARCHAR" for f in msgspec.structs.fields(Where)}
    rows = [
        [
            *(getattr(r.where, name) for name in schema),
            r.id,
            r.target,
            r.value,
            r.direction,
            r.grade,
            _is_factor(r.target),
        ]
        for r in rulings
    ]
    more = {"ruling_id": "VARCHAR", "target": "VARCHAR", "value": "DOUBLE", "direction": "VARCHAR", "grade": "VARCHAR"}
    engine.table("rulings", schema | more | {"is_factor": "BOOLEAN"}, rows)
    engine.run([Step("ruled_lines", _RULED_LINES), *(Step(name, sql) for name, sql in _RULING_STEPS.items())])
    return bool(rulings)


def _is_factor(target: str) -> bool:
    return target not in (*GROUPS, *LINE_TARGETS, *FLOORS)


def picked(keys: str, source: str) -> str:
    """What experts say of each of ``keys``: columns ``lowered_*`` and ``raised_*``, NULL where nobody does.

    Of several lowerings the one for this stage counts, then the best grade, then the highest value; of several raises the
    highest, so that nobody takes back by a raise what somebody else raised.
    """
    ends = ("lo", "value", "hi")
    columns = [f"max(CASE WHEN direction = 'lower' AND choice = 1 THEN {end} END) AS {LOWERED}_{end}" for end in ends]
    columns += [f"max(CASE WHEN direction = 'raise' THEN {end} END) AS {RAISED}_{end}" for end in ends]
    columns += [
        f"max(CASE WHEN direction = '{direction}' AND choice = 1 THEN {name} END) AS {kind}_{name}"
        for direction, kind in (("lower", LOWERED), ("raise", RAISED))
        for name in ("ruling_id", "grade")
    ]
    return f"""
SELECT {keys}, {", ".join(columns)}
FROM (
  SELECT *, row_number() OVER (
    PARTITION BY {keys}, direction ORDER BY CASE WHEN direction = 'raise' THEN value END DESC,
    CASE WHEN stage IS NULL THEN 1 ELSE 0 END, grade DESC, value DESC, ruling_id) AS choice
  FROM ({source}) AS said
) AS ordered GROUP BY {keys}
"""


def _of_lines() -> str:
    """What experts say of L, S and LEV, side by side."""
    return ", ".join(
        f"max(CASE WHEN target = '{target}' THEN {kind}_{end} END) AS {target}_{kind}_{end}"
        for target in LINE_TARGETS
        for kind in (LOWERED, RAISED)
        for end in ("lo", "value", "hi")
    )


_RULED_LINES = """
SELECT l.line_id, r.ruling_id FROM classified_lines AS l JOIN rulings AS r
  ON coalesce(r.line_id, l.line_id) = l.line_id AND (r.contract_id IS NULL OR r.contract_id = l.contract_id)
 AND (r.structure IS NULL OR r.structure = coalesce(l.structure, l.buyer)) AND coalesce(r.profile, l.profile) = l.profile
 AND (r.supplier_id IS NULL OR r.supplier_id = l.supplier_id) AND (r.country IS NULL OR r.country = l.country)
"""

_RULING_STEPS = {
    "line_rulings": "SELECT line_id, string_agg(ruling_id, ' ' ORDER BY ruling_id) AS ruling FROM ruled_lines GROUP BY line_id",
    "ruling_parts": """
SELECT DISTINCT c.ruling, r.ruling_id, r.target, r.is_factor, r.stage, r.direction, r.grade, r.value,
       greatest(r.value - w.half_width, 0) AS lo, least(r.value + w.half_width, 4) AS hi, w.proves_absence
FROM (SELECT DISTINCT ruling FROM line_rulings) AS c JOIN rulings AS r
  ON ' ' || c.ruling || ' ' LIKE '% ' || r.ruling_id || ' %' JOIN half_widths AS w ON w.grade = r.grade
""",
    "ruling_targets": picked("ruling, target", "SELECT * FROM ruling_parts WHERE NOT is_factor"),
    "ruling_lines": f"SELECT ruling, {_of_lines()} FROM ruling_targets GROUP BY ruling",
}


def bias(rulings: Sequence[Ruling], method: Method) -> list[dict[str, Any]]:
    """Overrides counted by office and direction, flagged where more than the allowed share lowers (METHOD 1.10)."""
    rules = method.overrides
    counted: dict[str, dict[str, int]] = {}
    for ruling in rulings:
        office = counted.setdefault(ruling.where.structure or "", {"raise": 0, "lower": 0})
        office[ruling.direction] += 1
    return [
        {
            "structure": office,
            **n,
            "peer_review": sum(n.values()) >= rules.bias_from and n["lower"] > rules.bias_share * sum(n.values()),
        }
        for office, n in sorted(counted.items())
    ]


def broken_at(model_value: float, value: float, direction: str, method: Method) -> str:
    """The rule for which a run would leave the model's value in one place (``left_out``), said before there is a run; or ""."""
    if direction == "raise":
        return "direction" if value < model_value else ""
    return "one level" if value < round(model_value - method.overrides.most_lowering, EXACT) else ""
