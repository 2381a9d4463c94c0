"""What a contract line buys: its declared code first, cross-checked and refined by the words of its title (TRP16).

A code that its title clearly contradicts is named, and the riskier of the two readings is used. A confidence below 0.8 asks
a person to confirm; nothing readable is ``UNKNOWN``, which is not "low" (METHOD 3.0, 9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

import msgspec

from duecare.evidence.profiles import UNKNOWN, Profile, Profiles, load_profiles
from duecare.records.crosswalk import NOTHING_DECLARED, Declared, read_codes
from duecare.records.words import Spoken, Words, fold, load_words
from duecare.register.reviews import Standing
from duecare.terms import Classified

AGREES, REFINED = 0.95, 0.8
"""a code and its title say the same; the title tells what a division leaves open"""
TITLE_SURE, TITLE_MIXED, TITLE_MAYBE = 0.75, 0.65, 0.55
DESCRIPTION_LESS = 0.15
CONTRADICTED = 0.5
DOUBTED = 0.75
HIGH_FROM = 2.4
"""riskiness (Profiles.riskiness) from which a profile comes out HIGH whatever the place; only these overrule a code"""

REPAIR = "GEN-REPAIR"
REPAIRS = frozenset({REPAIR, "GEN-IT-REPAIR", "GEN-VEHICLE-REPAIR", "GEN-MEDICAL-REPAIR", "GEN-MACHINE-REPAIR"})
REPAIR_OF = {"CAT02": "GEN-IT-REPAIR", "CAT09": "GEN-VEHICLE-REPAIR", "GEN-MEDICAL": "GEN-MEDICAL-REPAIR"}

_DELIVERY = re.compile(
    r"\b(suppl|purchas|deliver|suminist|adquisi|compra|fourni|achat|liefer|beschaff|fornitur|acquist|furniz|bler"
    r"|fornec|aquisi|dostaw|dodav|levering|postav|постав|закуп|доставк|придб"
    r"|kit|spare|parts|pieza|piese|pjes|pieces|recambi|repuest|ricambi|ersatz|czesc|запчаст|запасн)"
)
"""Words of a delivery or of parts, without accents: then a code of goods means what it says, also beside repair."""


def classify(cpv: str, unspsc: str, hs: str, title: str, description: str) -> Classified:
    """Profile of one line. ``cpv`` may hold several codes; unknown texts are empty. See ``Classified`` for what comes back."""
    return _Reader().line(cpv, unspsc, hs, title, description)


def classify_many(rows: Iterable[Sequence[str]]) -> list[Classified]:
    """``classify`` for many distinct rows of (cpv, unspsc, hs, title, description), in their order."""
    line = _Reader().line
    return [line(*row[:5]) for row in rows]


def classify_texts(
    rows: Sequence[tuple[str, str, str]], decided: Standing | None = None, *, tier2: str = "auto", workers: int = 1
) -> list[Classified]:
    """Distinct rows of (text, language, declared CPV) as ``duecare classify`` reads them, in their order."""
    return classify_many([(cpv, "", "", text, "", language) for text, language, cpv in rows])


class _Reader:
    def __init__(self) -> None:
        self.profiles: Profiles = load_profiles()
        self.words: Words = load_words()
        self.alike = load_alike()

    def line(self, cpv: str, unspsc: str, hs: str, title: str, description: str) -> Classified:
        declared = read_codes(cpv, unspsc, hs)
        spoken = self.words.read(title) if title else []
        if declared is NOTHING_DECLARED:
            return self._by_words(spoken, description)
        if not spoken:
            return _as_declared(declared)
        if self._is_repair(declared, spoken, title):
            first, _ = self._chosen(spoken)
            alternatives = (declared.profile, *declared.others)
            return Classified(first.profile, declared.how, DOUBTED, declared.code, alternatives=alternatives)
        return self._cross_check(declared, spoken)

    def _by_words(self, spoken: list[Spoken], description: str) -> Classified:
        less = 0.0
        if not spoken and description:
            spoken, less = self.words.read(description), DESCRIPTION_LESS
        if not spoken:
            return Classified(UNKNOWN, "unknown", 0.0)
        first, others = self._chosen(spoken)
        sure = TITLE_MIXED if others else TITLE_SURE
        confidence = sure if first.sure else TITLE_MAYBE
        return Classified(first.profile, "predicted", round(confidence - less, 2), alternatives=others)

    def _chosen(self, spoken: list[Spoken]) -> tuple[Spoken, tuple[str, ...]]:
        """The first sure words name the purchase, else the first others; what else is spoken of are alternatives."""
        first = (
            self._repaired(spoken) if spoken[0].profile == REPAIR else next((s for s in spoken if s.sure), spoken[0])
        )
        category = self.profiles.by_id[first.profile].category
        others = (s.profile for s in spoken if s.sure and self.profiles.by_id[s.profile].category != category)
        return first, tuple(dict.fromkeys(others))

    def _repaired(self, spoken: list[Spoken]) -> Spoken:
        """Repair of goods is not their purchase; upkeep of a garden, a road or a program is that kind of service."""
        thing = next((s for s in spoken if s.sure and s.profile != REPAIR), spoken[0])
        if self.profiles.by_id[thing.profile].kind != "goods":
            return thing
        category = self.profiles.by_id[thing.profile].category
        return replace(thing, profile=REPAIR_OF.get(category, REPAIR))

    def _is_repair(self, declared: Declared, spoken: list[Spoken], title: str) -> bool:
        """Whether a code of goods names just what is repaired: the title begins with repair and speaks of no delivery."""
        first, _ = self._chosen(spoken)
        code = self.profiles.by_id[declared.profile]
        of_the_same = any(
            (s.sure and s.profile in REPAIRS) or self.profiles.by_id[s.profile].category == code.category
            for s in spoken[1:]
        )
        return (
            code.kind == "goods"
            and spoken[0].profile in REPAIRS
            and first.profile in REPAIRS
            and (spoken[0].sure or of_the_same)
            and not _DELIVERY.search(fold(title))
        )

    def _cross_check(self, declared: Declared, spoken: list[Spoken]) -> Classified:
        first, others = self._chosen(spoken)
        by_id = self.profiles.by_id
        categories = {by_id[name].category for name in (declared.profile, *declared.others)}
        if any(by_id[s.profile].category in categories for s in spoken):
            return _as_declared(declared, max(REFINED if declared.broad else AGREES, declared.confidence))
        if not first.sure:
            return _as_declared(declared)
        if declared.broad and (declared.how == "mapped" or self._within(first.profile, declared.code)):
            sure = REFINED if declared.how == "declared" else DOUBTED
            return Classified(
                first.profile, declared.how, sure, declared.code, alternatives=(declared.profile, *others)
            )
        if self._contradicts(declared, first, others):
            alternatives = (declared.profile, *declared.others)
            return Classified(first.profile, "predicted", CONTRADICTED, declared.code, declared.code, alternatives)
        doubted = min(DOUBTED, declared.confidence)
        return Classified(declared.profile, declared.how, doubted, declared.code, alternatives=(first.profile,))

    def _within(self, profile: str, code: str) -> bool:
        return any(prefix.startswith(code[:2]) for prefix in self.profiles.by_id[profile].cpv)

    def _contradicts(self, declared: Declared, first: Spoken, others: tuple[str, ...]) -> bool:
        """Clearly another and a riskier purchase: sure words, nothing else spoken of, and not a pair that goes together."""
        risk, code = self.profiles.riskiness, self.profiles.by_id[declared.profile]
        return (
            not others
            and risk[first.profile] >= HIGH_FROM
            and (declared.broad or risk[code.id] < HIGH_FROM)
            and ((first.profile, code.id) not in self.alike or (declared.broad and code.id == REPAIR))
            and _speaks_clearly(self.profiles.by_id[first.profile], first, code)
        )


def _speaks_clearly(title: Profile, first: Spoken, code: Profile) -> bool:
    """Whether the words can overrule the code: titles of studies, courses, policies and goods often name just an object.

    Measured on buyers' own titles (bench/title_words.py): single words beside such codes were mostly the object.
    """
    if title.kind == "goods":
        return code.kind == "goods"
    return first.words > 1 or code.kind in ("service", "works")


def _as_declared(declared: Declared, confidence: float | None = None) -> Classified:
    sure = declared.confidence if confidence is None else confidence
    return Classified(declared.profile, declared.how, sure, declared.code, alternatives=declared.others)


@lru_cache(maxsize=1)
def load_alike() -> frozenset[tuple[str, str]]:
    """Pairs (spoken of, declared) that go together in titles, so that the words are no contradiction."""
    raw = msgspec.yaml.decode((files("duecare.records") / "alike.yaml").read_bytes(), type=dict[str, list[str]])
    return frozenset((spoken, declared) for spoken, many in raw.items() for declared in many)
