"""What a text says was bought: our word lists and the text model together, one answer with a confidence that was measured.

Without a declared code the model hears the words as evidence, so that its chance counts; sure words count where it has no
idea. Words may name the kind of purchase where the division stays the model's (measured on texts it had not seen). A risk
category is named from a low chance on, since a missed risk costs more than a look; anything else from 0.5 on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from duecare.evidence.profiles import UNKNOWN, Profile, Profiles
from duecare.records.crosswalk import common_prefix
from duecare.records.text_model import Beside, Guess, TextModel
from duecare.records.text_model.context import NO_WORDS, words_name
from duecare.records.words import Spoken, Words

REPAIR = "GEN-REPAIR"
REPAIRS = frozenset({REPAIR, "GEN-IT-REPAIR", "GEN-VEHICLE-REPAIR", "GEN-MEDICAL-REPAIR", "GEN-MACHINE-REPAIR"})
REPAIR_OF = {"CAT02": "GEN-IT-REPAIR", "CAT09": "GEN-VEHICLE-REPAIR", "GEN-MEDICAL": "GEN-MEDICAL-REPAIR"}


class Heard(NamedTuple):
    """What one text says, before its code is looked at.

    ``spoken`` are the words found, ``first`` the ones that name the purchase, ``mixed`` other categories that sure words
    speak of. ``guess`` is the model's answer, ``None`` for a text without letters.
    """

    spoken: tuple[Spoken, ...]
    first: Spoken | None
    mixed: tuple[str, ...]
    guess: Guess | None


AGREED, AGREED_MAYBE = 0.55, 0.45
"""least confidence where words and model name one category; above it the model's own chance was right as it is"""
WORDS_WIN = 0.35
"""confidence of sure words where the model is of another mind; measured: right in 35 of 100"""
MODEL_WINS, MODEL_WINS_RISK = (0.3, 0.5), (0.45, 0.6)
"""chance from which the model, which has heard the words too, is followed against one sure word and against several, and
where they name a risk category"""
MODEL_WINS_WITHIN, MODEL_WINS_LONG = 0.7, 0.9
"""the same within the model's division: against one word, and against a phrase of several"""
NO_IDEA = 0.3
"""chance of the model's division below which words of another one were right more often (23 against 15 in 100)"""
REFINED_BY_WORDS = 0.6
CLOSE = 4
"""digits of the model's prefix from which words that name a code below it only tell more closely what the model says"""
NAMED_FROM = 0.5
LENGTH_OF_DIVISION = 2
_EDGES = " \t\r\n0123456789-–—/.,:;#*()[]\"'«»"
"""signs and numbers around a text, which say nothing about what it buys"""
_RISK_CATEGORY = re.compile(r"CAT\d\d")


@cache
def risk_category(category: str) -> str:
    """``CAT01`` to ``CAT20`` of METHOD 3.1 as they are, any other category as nothing."""
    return category if _RISK_CATEGORY.fullmatch(category) else ""


def cpv_of(profile: Profile, guess: Guess | None) -> str:
    """The CPV prefix of a profile: the model's own where it lies in the profile, else what all codes of the profile share."""
    return _cpv_within(profile.cpv, guess.cpv if guess else "")


@cache
def _cpv_within(codes: tuple[str, ...], said: str) -> str:
    if said and any(said.startswith(code) for code in codes):
        return said
    if said and (inside := [code for code in codes if code.startswith(said)]):
        return common_prefix(inside) or said
    return common_prefix(codes) or (codes[0][:2] if codes else "")


@cache
def _reaches_into(codes: tuple[str, ...], division: str) -> bool:
    return any(code.startswith(division) for code in codes)


def _beside(read: Read, first: Spoken) -> Read:
    return read._replace(others=tuple(dict.fromkeys((first.profile, *read.others))))


def other_guesses(guess: Guess | None, cpv: str) -> tuple[tuple[str, float], ...]:
    """The model's three best readings of another division than the answer's."""
    if guess is None:
        return ()
    division = cpv[:2]
    others = [(one.cpv, one.confidence) for one in guess.alternatives if one.division != division]
    if guess.division != division:
        others.insert(0, (guess.cpv, guess.confidence))
    return tuple(others[:3])


def _left_over(guesses: tuple[tuple[str, float], ...], chance: float) -> tuple[tuple[str, float], ...]:
    """The same readings, with chances that are together at most what the answer leaves."""
    total = sum([sure for _, sure in guesses])
    if total <= chance:
        return guesses
    return tuple([(cpv, round(sure * chance / total, 4)) for cpv, sure in guesses])


class Read(NamedTuple):
    """The answer of one text: profile and how sure it is, other profiles; CPV prefix, chance of its division, other prefixes.

    ``profile`` is ``UNKNOWN`` where nothing is sure enough to rate by, also where a prefix is guessed. ``by_words`` says that
    words of our lists name this profile's category.
    """

    profile: str
    confidence: float
    others: tuple[str, ...] = ()
    cpv: str = ""
    division_confidence: float = 0.0
    guesses: tuple[tuple[str, float], ...] = ()
    by_words: bool = False


class Named(NamedTuple):
    """Words found in a text, the ones that name the purchase, and other categories that sure words speak of."""

    spoken: tuple[Spoken, ...]
    first: Spoken | None
    mixed: tuple[str, ...]


NOTHING_NAMED = Named((), None, ())


def evidence(first: Spoken | None) -> str:
    """The words that name a purchase, as evidence for the model."""
    return words_name(first.profile, first.sure, first.words) if first else NO_WORDS


class Namer:
    """Finds the words of our lists that name what a text buys."""

    def __init__(self, words: Words, profiles: Profiles) -> None:
        self.words, self.profiles = words, profiles

    def name(self, title: str, description: str = "") -> Named:
        """The words of the title, or of the description where it says nothing, which are less sure then."""
        spoken = self.words.read(title) if title else []
        if not spoken and description:
            spoken = [replace(one, sure=False) for one in self.words.read(description)]
        if not spoken:
            return NOTHING_NAMED
        first, mixed = self._chosen(spoken)
        return Named(tuple(spoken), first, mixed)

    def _category_of(self, profile: str) -> str:
        return self.profiles.by_id[profile].category

    def _chosen(self, spoken: list[Spoken]) -> tuple[Spoken, tuple[str, ...]]:
        """The first sure words name the purchase, else the first others; what else is spoken of are alternatives."""
        first = (
            self._repaired(spoken)
            if spoken[0].profile == REPAIR
            else spoken[0]
            if spoken[0].sure
            else next((s for s in spoken if s.sure), spoken[0])
        )
        if len(spoken) == 1 and spoken[0] is first:
            return first, ()
        category = self._category_of(first.profile)
        others = [s.profile for s in spoken if s.sure and self._category_of(s.profile) != category]
        return first, tuple(dict.fromkeys(others)) if others else ()

    def _repaired(self, spoken: list[Spoken]) -> Spoken:
        """Repair of goods is not their purchase; upkeep of a garden, a road or a program is that kind of service."""
        thing = next((s for s in spoken if s.sure and s.profile != REPAIR), spoken[0])
        if self.profiles.by_id[thing.profile].kind != "goods":
            return thing
        category = self.profiles.by_id[thing.profile].category
        return replace(thing, profile=REPAIR_OF.get(category, REPAIR))


class TextReader:
    """Hears texts with the word lists and the text model, and makes one answer of both."""

    def __init__(self, words: Words, profiles: Profiles, model: TextModel) -> None:
        self.namer, self.profiles, self.model = Namer(words, profiles), profiles, model
        self._categories = {name: profile.category for name, profile in profiles.by_id.items()}
        self._codes = {
            category: tuple(code for p in profiles.by_id.values() if p.category == category for code in p.cpv)
            for category in self._categories.values()
        }
        self._profiles_at: dict[str, str] = {}

    def hear_many(
        self, titles: Sequence[str], descriptions: Sequence[str], natures: Sequence[str | None]
    ) -> list[Heard]:
        """One ``Heard`` per title with its description; the words of a description count where the title's say nothing.

        ``natures``: goods, services, works or "" of each; with ``None`` the model is asked for the bare text, without
        the words found in it, which then check each other.
        """
        whole = [
            " . ".join([part for text in both if (part := text.strip(_EDGES))])
            for both in zip(titles, descriptions, strict=True)
        ]
        named = [self.namer.name(*both) for both in zip(titles, descriptions, strict=True)]
        beside = [
            None if nature is None else Beside(evidence(one.first), nature)
            for one, nature in zip(named, natures, strict=True)
        ]
        guesses = self.model.guess_many(whole, beside=beside)
        return [
            Heard(one.spoken, one.first, one.mixed, guess if text else None)
            for one, text, guess in zip(named, whole, guesses, strict=True)
        ]

    def read(self, heard: Heard) -> Read:
        """Put words and model together; see the module's first lines."""
        first, guess = heard.first, heard.guess
        if guess is None:
            return Read(UNKNOWN, 0.0)
        by_model = self._by_model(heard, guess)
        if first is None:
            return by_model
        said, modelled = self._category(first.profile), self._category(by_model.profile)
        if said == modelled:
            return self._by_words(
                heard, first, max(by_model.confidence, AGREED if first.sure else AGREED_MAYBE), by_model
            )
        if not first.sure and self._refine(first, by_model):
            return self._by_words(heard, first, AGREED_MAYBE, by_model)
        if first.profile in REPAIRS and (REPAIR_OF.get(modelled) == first.profile or self._refine(first, by_model)):
            return self._by_words(heard, first, REFINED_BY_WORDS, by_model)
        if not first.sure or modelled in {self._category(name) for name in heard.mixed}:
            return _beside(by_model, first)
        if self._refine(first, by_model):
            return self._by_words(heard, first, REFINED_BY_WORDS, by_model)
        wins = by_model.confidence >= self._needed_against(heard, said)
        return _beside(by_model, first) if wins else self._by_words(heard, first, WORDS_WIN, by_model)

    def _needed_against(self, heard: Heard, said: str) -> float:
        """The chance from which the model is followed against sure words; a risk category and several words ask for more."""
        one, several = MODEL_WINS_RISK if risk_category(said) else MODEL_WINS
        words = sum(spoken.words for spoken in heard.spoken if spoken.sure and self._category(spoken.profile) == said)
        return several if words > 1 else one

    def _refine(self, first: Spoken, by_model: Read) -> bool:
        """Whether the words say what it is within the model's division, and the model is not sure of something else in it.

        Words are a closer reading where they name a kind with codes below a deep prefix of the model (toner among parts of
        copiers), a risk category with codes below any prefix of it, or are several and name something riskier.
        """
        if not _reaches_into(self.profiles.by_id[first.profile].cpv, by_model.cpv[:2]):
            return False
        if (
            first.sure
            and len(by_model.cpv) >= CLOSE
            and _reaches_into(self.profiles.by_id[first.profile].cpv, by_model.cpv)
        ):
            return True
        modelled = risk_category(self._category(by_model.profile))
        if first.sure and not modelled and self._is_closer(first, by_model):
            return True
        named = modelled or len(by_model.cpv) > LENGTH_OF_DIVISION
        return not named or by_model.confidence < (MODEL_WINS_LONG if first.words > 1 else MODEL_WINS_WITHIN)

    def _is_closer(self, first: Spoken, by_model: Read) -> bool:
        category, risk = self._category(first.profile), self.profiles.riskiness
        if first.words > 1 and risk[first.profile] > risk[by_model.profile]:
            return True
        return bool(risk_category(category)) and _reaches_into(self._codes[category], by_model.cpv)

    def _by_model(self, heard: Heard, guess: Guess) -> Read:
        """The model's profile: of its risk category where it names one, else of its prefix where that is sure enough."""
        at_prefix = self._profile_at(guess.cpv)
        profile, sure = at_prefix, guess.confidence
        if category := risk_category(guess.category):
            sure = guess.category_confidence
            profile = at_prefix if self._category(at_prefix) == category else category
        elif guess.confidence < NAMED_FROM:
            profile = UNKNOWN
        others = tuple([name for name in heard.mixed if name != profile]) if heard.mixed else ()
        return Read(profile, sure, others, guess.cpv, guess.confidence, other_guesses(guess, guess.cpv))

    def _by_words(self, heard: Heard, first: Spoken, sure: float, by_model: Read) -> Read:
        """The words' reading; what the model says instead is an alternative, with what chance the words leave to it.

        Words of another division than the model's name the kind of purchase; the division stays the model's, which has
        heard the words too, unless it has no idea.
        """
        guess, profile = heard.guess, self.profiles.by_id[first.profile]
        cpv = cpv_of(profile, guess)
        others = heard.mixed
        if by_model.profile != UNKNOWN and self._category(by_model.profile) != profile.category:
            others = tuple(dict.fromkeys((*others, by_model.profile)))
        if guess is None or (cpv[:2] != guess.division and guess.confidence < NO_IDEA):
            guesses = _left_over(other_guesses(guess, cpv), 1 - sure)
            return Read(first.profile, sure, others, cpv, sure if cpv else 0.0, guesses, by_words=True)
        cpv = cpv if cpv[:2] == guess.division else guess.cpv
        return Read(first.profile, sure, others, cpv, guess.confidence, other_guesses(guess, cpv), by_words=True)

    def _profile_at(self, cpv: str) -> str:
        if (found := self._profiles_at.get(cpv)) is None:
            found = self._profiles_at[cpv] = self.profiles.for_cpv(cpv).id
        return found

    def _category(self, profile: str) -> str:
        return self._categories[profile]
