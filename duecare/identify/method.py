"""The method as versioned data: weights, thresholds, priors and floors, each block with its reason; unknown keys are errors."""

from __future__ import annotations

import hashlib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from duecare.errors import WrongUsage
from duecare.terms import Band

METHODS = files("duecare.identify") / "methods"
NEWEST = "2026-11"

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Score = Annotated[float, msgspec.Meta(ge=0, le=4)]
Steps = tuple[float, float, float, float]
GradeName = Literal["E1", "E2", "E3", "E4"]
GroupName = Literal["P", "G", "W", "B", "Q"]


class _Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    why: Annotated[str, msgspec.Meta(min_length=20)]


class _Interval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: Score
    lo: Score
    hi: Score


class Scale(_Block, frozen=True):
    """Half-widths by grade, the interval of what nobody knows, and who may say that a factor is absent."""

    half_width: dict[GradeName, Share]
    unknown: _Interval
    least_without_proof: Score
    grades_that_prove_absence: tuple[GradeName, ...]


class Groups(_Block, frozen=True):
    """Which factors form a group and which of them are core."""

    worst_share: Share
    core: dict[GroupName, tuple[str, ...]]
    core_for_goods: dict[GroupName, tuple[str, ...]]
    core_for_services: dict[GroupName, tuple[str, ...]]
    more: dict[GroupName, tuple[str, ...]]


class Likelihood(_Block, frozen=True):
    """How groups make the likelihood of a stage."""

    worst_share: Share
    weights: dict[GroupName, Share]


class Floor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which level of its factor a floor binds, and what it leaves at least."""

    at: Score
    least: Score


class Floors(_Block, frozen=True):
    """The floors F1 to F4, and what a line keeps while nobody knows what it buys."""

    F1: Floor
    F2: Floor
    F3: Floor
    F4: Floor
    unknown_category: Score


class Bands(_Block, frozen=True):
    """Lower ends of the bands."""

    MODERATE: Score
    HIGH: Score
    VERY_HIGH: Score


class Confidence(_Block, frozen=True):
    """Lower ends of HIGH and MEDIUM confidence, and how blanks count for due diligence."""

    high: Share
    medium: Share
    blanks_at_worst: bool
    blanks_from: Band
    classification: Share


class Listing(_Block, frozen=True):
    """Levels of X1 where the origin is unknown; the level of a listed pair comes with its fact."""

    forced_somewhere: Score
    child_somewhere: Score


class Purchasing(_Block, frozen=True):
    """Steps from what a line declares to levels of Q1, Q4, Q6, Q8 and B2."""

    grade: GradeName
    Q1_price_weight: Steps
    Q1_most_without_labour: int
    Q4_bid_days: Steps
    Q4_direct: int
    Q4_accelerated: int
    Q6_payment_days: Steps
    Q8_months: Steps
    B2_one_tier_share: float


class Severity(_Block, frozen=True):
    """How the components of a harm mix."""

    worst_share: Share


class Salience(_Block, frozen=True):
    """How likelihood moves severity."""

    base: float
    per_level: float


class Priority(_Block, frozen=True):
    """What is added to salience, and what may never be cut."""

    A: float
    K: float
    T: float
    K_from: Score
    window_days: int
    tender_days: int
    plan_days: int
    mandatory_severity: Score
    contributing_from: Score


class Leverage(_Block, frozen=True):
    """Weights, steps and routes of leverage."""

    weights: dict[str, Share]
    loss_per_tier: float
    least: float
    tier: dict[Literal["SITE", "LOG", "MANU", "PROC", "RAW"], int]
    unknown: Score
    rights_before_signature: Score
    spend_share_percent: Steps
    months_left: Steps
    tenderers: Steps
    offices: Steps
    contracts: Steps
    direct: Score
    build: Score


class Residual(_Block, frozen=True):
    """How much a measure counts by how far it is shown to work, and what no measure takes away."""

    credit: dict[Literal["planned", "written", "operating", "verified", "corroborated"], Share]
    least_remaining: Share
    pass_through: Share
    least_share: Share
    kept: Floor


class OverrideRules(_Block, frozen=True):
    """Limits of local overrides."""

    most_lowering: float
    lowering_grades: tuple[GradeName, ...]
    waiving_grades: tuple[GradeName, ...]
    reason_characters: int
    expires_within_days: int
    bias_share: Share
    bias_from: int


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of the whole method. ``id`` is its name; two methods with one name must be the same file."""

    id: str
    title: str
    valid_from: date
    scale: Scale
    groups: Groups
    likelihood: Likelihood
    floors: Floors
    bands: Bands
    confidence: Confidence
    listing: Listing
    purchasing: Purchasing
    severity: Severity
    salience: Salience
    priority: Priority
    leverage: Leverage
    residual: Residual
    overrides: OverrideRules

    @property
    def digest(self) -> str:
        """SHA-256 over every number and reason: the parameter-set id of METHOD 1.11."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


def load_method(name: str = NEWEST) -> Method:
    """A method that duecare ships, by name, or a file of the user's own; raises ``WrongUsage`` with what is wrong."""
    shipped = METHODS / f"{name}.yaml"
    if shipped.is_file():
        return _read(shipped.read_bytes(), name)
    if Path(name).is_file():
        return _read(Path(name).read_bytes(), name)
    known = ", ".join(sorted(entry.name.removesuffix(".yaml") for entry in METHODS.iterdir()))
    raise WrongUsage(f"There is no method {name!r}. Methods that come with duecare: {known}; or name a YAML file.")


def _read(content: bytes, name: str) -> Method:
    try:
        method = msgspec.yaml.decode(content, type=Method, strict=False)
    except msgspec.DecodeError as error:
        raise WrongUsage(f"The method {name} cannot be read: {error}. Compare it with the method {NEWEST}.") from error
    _check(method, name)
    return method


def _check(method: Method, name: str) -> None:
    """What types cannot say: weights that sum to one, bands that rise, intervals around their point."""
    unknown, bands = method.scale.unknown, method.bands
    faults = {
        "the likelihood weights do not sum to 1": abs(sum(method.likelihood.weights.values()) - 1) > 1e-9,
        "the leverage weights do not sum to 1": abs(sum(method.leverage.weights.values()) - 1) > 1e-9,
        "the bands do not rise": not 0 < bands.MODERATE < bands.HIGH < bands.VERY_HIGH < 4,
        "a measure that is only planned counts": method.residual.credit.get("planned") != 0,
        "a degree of proof has no credit": len(method.residual.credit) != 5,
        "the unknown interval does not hold its point": not unknown.lo <= unknown.value <= unknown.hi,
        "a grade has no half-width": set(method.scale.half_width) != {"E1", "E2", "E3", "E4"},
    }
    if broken := [fault for fault, there in faults.items() if there]:
        raise WrongUsage(f"The method {name} cannot be used: {'; '.join(broken)}.")
