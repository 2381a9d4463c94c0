"""A finding in the reader's words, as pages show it: band, interval, drivers with their sources, what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duecare.communicate import words
from duecare.communicate.grids import field_name
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.items import Item, ReasonItem, confidence_word, read_item, sentence_of
from duecare.communicate.portfolio import stage_band
from duecare.communicate.reading_room import Room
from duecare.evidence.profiles import about_pack, load_profiles
from duecare.terms import Fact

DRIVERS = 3
"""How many drivers stand beside a band (METHOD 9, TRP19)."""
TIMINGS = {
    "plan": msgid("being planned"),
    "tender": msgid("in tender"),
    "award": msgid("being awarded"),
    "running": msgid("running"),
    "open": msgid("running, without a known end"),
    "ending": msgid("ends soon"),
    "ended": msgid("ended"),
    "past": msgid("ended some time ago"),
}
UNKNOWN = msgid("not known")


@dataclass(frozen=True)
class Cited:
    """One source behind a sentence."""

    publisher: str
    title: str
    edition: str
    day: date | None
    locator: str
    url: str
    licence: str


@dataclass(frozen=True)
class Driver:
    """One reason in words, with what it adds to the level and its sources. ``kept`` is the sentence as the record keeps it."""

    code: str
    text: str
    adds: float | None
    sources: tuple[Cited, ...]
    kept: str


@dataclass(frozen=True)
class StageSeen:
    """One stage: its name, where it is, its band; ``item`` has the numbers."""

    name: str
    place: str
    band: str
    item: Any


class Seen:
    """One finding in one language; ``item`` has the numbers."""

    def __init__(self, finding: Mapping[str, Any], room: Room, tr: Translator) -> None:
        self.item: Item = read_item(finding)
        self.room, self.tr = room, tr
        self.timing_code = str(finding["timing"])

    @property
    def title(self) -> str:
        """The line's own title, or that it has none."""
        return self.item.title or self.tr.t("Line without a title")

    @property
    def category(self) -> str:
        """What was bought, in words."""
        return self.tr.t(self.item.category_title or self.item.category)

    @property
    def place(self) -> str:
        """Where work or delivery is."""
        return self.tr.country(self.item.country) if self.item.country else self.tr.t(UNKNOWN)

    @property
    def origin(self) -> str:
        """Where the goods were made."""
        return self.tr.country(self.item.origin_country) if self.item.origin_country else self.tr.t(UNKNOWN)

    @property
    def amount(self) -> str:
        """The money, which is in no rating."""
        known = self.item.amount is not None and self.item.currency
        return self.tr.money(self.item.amount, str(self.item.currency)) if known else self.tr.t(UNKNOWN)  # type: ignore[arg-type]

    @property
    def days(self) -> list[tuple[str, str]]:
        """Award and end with their days, as far as they are known."""
        named = ((self.tr.t("Awarded"), self.item.award_date), (self.tr.t("Ends or ended"), self.item.end_date))
        return [(name, self.tr.day(date.fromisoformat(day[:10])) if day else self.tr.t(UNKNOWN)) for name, day in named]

    @property
    def timing(self) -> str:
        """In which time of its life the contract is."""
        return self.tr.t(TIMINGS[self.timing_code])

    @property
    def confidence(self) -> str:
        """How sure the rating is, in words."""
        return self.tr.t(words.CONFIDENCE[confidence_word(self.item)]) if self.item.confidence is not None else ""

    @property
    def reasons(self) -> list[Driver]:
        """All reasons, the strongest first."""
        return [self._driver(reason) for reason in self.item.reasons]

    @property
    def drivers(self) -> list[Driver]:
        """The three strongest."""
        return self.reasons[:DRIVERS]

    @property
    def gaps(self) -> list[str]:
        """What nobody has looked at, as sentences."""
        return [self.tr.say(sentence_of(gap)) for gap in self.item.gaps if not gap.field and gap.code != "MORE_UNKNOWN"]

    @property
    def empty_fields(self) -> list[str]:
        """Fields that nobody filled in."""
        return list(dict.fromkeys(field_name(gap.field, self.tr) for gap in self.item.gaps if gap.field))

    @property
    def question(self) -> str:
        """The one question whose answer would narrow the rating most."""
        return self.tr.say(self.item.question) if self.item.question else ""

    @property
    def act(self) -> str:
        """The next act."""
        return self.tr.say(self.item.action) if self.item.action else ""

    @property
    def when(self) -> str:
        """Why the act comes now."""
        return self.tr.say(self.item.action_timing) if self.item.action_timing else ""

    @property
    def stages(self) -> list[StageSeen]:
        """The stages, the highest first."""
        return [self._stage(stage) for stage in self.item.stages]

    def _stage(self, stage: Any) -> StageSeen:
        names = ", ".join(self.tr.country(code) for code in stage.countries)
        basis = self.tr.t(words.PLACES[stage.place]) if stage.place else ""
        place = self.tr.t("{countries} ({basis})", countries=names, basis=basis) if names and basis else names or basis
        return StageSeen(self.tr.t(words.STAGES[stage.stage]), place, stage_band(stage.L), stage)

    def _driver(self, reason: ReasonItem) -> Driver:
        facts = [cited(self.room.facts[fact]) for fact in reason.facts if fact in self.room.facts]
        sources = list(dict.fromkeys(facts))
        if not sources and reason.code.endswith("_PROFILE") and self.item.profile in load_profiles().by_id:
            sources = [profile_source(self.item.profile)]
        return Driver(
            reason.code, self.tr.say(sentence_of(reason)), reason.contribution, tuple(sources), reason.sentence
        )


def cited(fact: Fact) -> Cited:
    """The source of a fact."""
    source = fact.source
    return Cited(
        source.publisher,
        source.title,
        source.edition,
        fact.valid_from,
        source.locator,
        safe_address(source.url),
        source.licence,
    )


def profile_source(profile: str) -> Cited:
    """What a category profile says is cited as that profile."""
    pack = about_pack()
    where = f"{profile}; {load_profiles().by_id[profile].source}"
    return Cited(pack["publisher"], pack["title"], pack["edition"], pack["retrieved"], where, "", pack["licence"])


def safe_address(address: str) -> str:
    """An address that a link may lead to: https or http; anything else is shown as nothing."""
    return address if address.startswith(("https://", "http://")) else ""


def seen_all(findings: Sequence[Mapping[str, Any]], room: Room, tr: Translator) -> list[Seen]:
    """Several findings in words."""
    return [Seen(finding, room, tr) for finding in findings]
