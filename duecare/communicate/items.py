"""One finding as the report reads it: the contract of findings.json, checked at the border.

Fields that a source may leave empty are ``None`` when unknown; a missing field of the contract is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from duecare.communicate.i18n import Said
from duecare.communicate.words import FLAGGED


class Interval(msgspec.Struct, frozen=True):
    """A group level 0-4 with its bounds."""

    lo: float
    point: float
    hi: float


class StageItem(msgspec.Struct, frozen=True):
    """One exposure unit: the line at one stage. ``groups`` maps P X G W B Q to their levels."""

    stage: str
    L: float
    L_lo: float
    L_hi: float
    groups: dict[str, Interval] = {}
    place: str = ""
    countries: list[str] = []
    floors: list[str] = []


class ReasonItem(msgspec.Struct, frozen=True):
    """Why the number is what it is. ``sentence`` is a message id, ``params`` fill its placeholders."""

    code: str
    sentence: str
    facts: list[str] = []
    contribution: float | None = None
    params: dict[str, Any] = {}
    template: str = ""


class GapItem(msgspec.Struct, frozen=True):
    """What is not known, in which field."""

    code: str
    field: str
    sentence: str
    params: dict[str, Any] = {}
    template: str = ""


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Both values where local experts' values count (METHOD 1.10): they are always shown side by side."""

    ids: list[str]
    model_l: float = msgspec.field(name="model_L")
    L: float
    model_s: float | None = msgspec.field(name="model_S", default=None)
    S: float | None = None


class Item(msgspec.Struct, frozen=True):
    """One finding (one contract line)."""

    line_id: str
    contract_id: str
    structure: str
    title: str
    supplier: str
    category: str
    stages: list[StageItem]
    L: float | None
    L_lo: float | None
    L_hi: float | None
    band: str
    confidence: float | None
    S: float | None
    SAL: float | None
    PRI: float | None
    ddl: str
    route: str
    involvement: str
    reasons: list[ReasonItem]
    gaps: list[GapItem]
    question: str | dict[str, Any]
    action: str | dict[str, Any]
    run: str
    category_title: str = ""
    country: str | None = None
    origin_country: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    award_date: str | None = None
    end_date: str | None = None
    confidence_band: str = ""
    profile: str = ""
    language: str | None = None
    workers: float | None = None
    action_timing: dict[str, Any] | None = None
    override: Override | None = None
    L_place: float | None = None
    L_place_lo: float | None = None
    L_place_hi: float | None = None
    L_origin: float | None = None
    L_origin_lo: float | None = None
    L_origin_hi: float | None = None

    @property
    def flagged(self) -> bool:
        """Whether the line's band asks for more than standard care."""
        return self.band in FLAGGED

    @property
    def worst_stage(self) -> StageItem | None:
        """The stage with the highest likelihood (METHOD 1.5, rule 4)."""
        return max(self.stages, key=lambda stage: stage.L, default=None)

    @property
    def order(self) -> tuple[float, float, float, str, str]:
        """Sort key of METHOD 1.7, ascending: priority, severity, workers, date; the line id settles ties."""
        return (-(self.PRI or 0), -(self.S or 0), -(self.workers or 0), self.award_date or "", self.line_id)


def read_item(finding: Mapping[str, object]) -> Item:
    """The finding as a typed value; raises ``msgspec.ValidationError`` where the contract is broken."""
    return msgspec.convert(finding, Item, strict=False)


def sentence_of(item: ReasonItem | GapItem) -> Said:
    """The item's sentence as the translator takes it."""
    said: dict[str, object] = {"sentence": item.sentence, "params": item.params}
    return said | {"template": item.template} if item.template else said


def anchor(line_id: str) -> str:
    """An HTML id for a line; ids that are not plain letters and digits are hashed."""
    plain = (
        line_id
        if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", line_id)
        else sha256(line_id.encode("utf-8", "replace")).hexdigest()[:20]
    )
    return f"line-{plain}"


def confidence_word(item: Item) -> str:
    """HIGH, MEDIUM or LOW by METHOD 1.5; empty when there is no score."""
    if item.confidence_band or item.confidence is None:
        return item.confidence_band
    return "HIGH" if item.confidence >= 0.85 else "MEDIUM" if item.confidence >= 0.65 else "LOW"
