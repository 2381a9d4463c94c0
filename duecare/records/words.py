"""Title words: which kind of purchase the words of a title speak of, in many languages at once.

The words are ours, one YAML file per language in ``keywords/``. A phrase is made of word patterns (``clean*`` begins with,
``*reinigung`` ends with, ``*reinig*`` contains); the longest phrase at a place wins and uses up its words, so that
"cleaning machine" never speaks of cleaning services. Upper case and accents do not matter. Nobody says which language a
title is in: its words and letters vote, and only phrases of the languages with most votes (and of ``any``) count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files

import msgspec

NOTHING = "NOTHING"
"""Profile name of phrases that only use up their words, such as "guard rail"."""
ANY = "any"
"""language of phrases that count in every title"""
VOTE_BITS = 8
"""more than READ_WORDS fits in; a byte, so that counting is quick"""
READ_CHARACTERS, READ_WORDS = 400, 50
"""how much of a text is looked at: its head names the purchase"""
MOST_KNOWN = 300_000
"""words remembered; beyond that the memory starts anew"""
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h",
                          "ё": "е", "ґ": "г", "’": "'", "ʼ": "'", "`": "'"})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_INNER_APOSTROPHE = re.compile(r"(?<=[а-яіїєћђљњџј])['’ʼ](?=[а-яіїєћђљњџј])")
_SERBIAN = (
    ("lj", "љ"),
    ("nj", "њ"),
    ("dž", "џ"),
    *zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One kind of purchase that a title speaks of, with a phrase of ``words`` words; ``sure`` ones decide alone."""

    profile: str
    sure: bool
    words: int
    phrase: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What it speaks of, its patterns, its language as a bit.

    ``rank``: the longest phrase comes first, then the sure ones, then the ones with the longest stems.
    """

    spoken: Spoken
    atoms: tuple[int, ...]
    language: int
    rank: tuple[int, bool, int, str]


@dataclass(frozen=True, slots=True)
class _Word:
    """What is known of one word: the patterns it fits, the phrases it begins, the languages it votes for."""

    atoms: frozenset[int]
    longer: Mapping[int, tuple[_Phrase, ...]]
    """by the pattern of their second word"""
    alone: tuple[_Phrase, ...]
    votes: int
    """a sum of ``1 << VOTE_BITS * language``"""
    little: bool
    """does not part the words of a phrase"""
    begins: bool
    """begins a phrase or is one"""


_NOTHING_FITS: frozenset[int] = frozenset()


class Language(msgspec.Struct, forbid_unknown_fields=True):
    """One word list.

    ``little`` words, ``common`` words and ``letters`` tell the language; the little words are passed over in phrases.
    """

    language: str
    sure: dict[str, list[str]]
    maybe: dict[str, list[str]] = {}
    little: str = ""
    common: str = ""
    letters: str = ""
    also_cyrillic: bool = False


def fold(word: str) -> str:
    """The word without upper case and accents, in the letters that the word lists are compared in."""
    word = word.casefold()
    if word.isascii():
        return word
    word = unicodedata.normalize("NFKD", word.translate(_LETTERS))
    return "".join(c for c in word if not unicodedata.combining(c))


def split(text: str) -> list[str]:
    """Words of the first ``READ_CHARACTERS`` of a text, in lower case; a digit or a sign ends a word."""
    text = text[:READ_CHARACTERS].lower()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if "'" in text or "’" in text or "ʼ" in text:
            text = _INNER_APOSTROPHE.sub("", text)
    return _WORD.findall(text)[:READ_WORDS]


@dataclass
class Words:
    """The compiled lists. Reading costs one look-up per word; a word not seen before is taken apart once."""

    _phrases: dict[int, list[_Phrase]] = field(default_factory=dict)
    _exact: dict[str, int] = field(default_factory=dict)
    _begins: dict[str, int] = field(default_factory=dict)
    _ends: dict[str, int] = field(default_factory=dict)
    _inside: dict[str, int] = field(default_factory=dict)
    _little: dict[str, int] = field(default_factory=dict)
    _common: dict[str, int] = field(default_factory=dict)
    _letters: dict[str, int] = field(default_factory=dict)
    _known: dict[str, _Word] = field(default_factory=dict)
    _languages: int = 0
    _count: int = 0

    def add_language(self, given: Language) -> None:
        """Take in one list; raises ``ValueError`` where a pattern is not one word of at least 2 letters."""
        bit = 0 if given.language == ANY else 1 << self._languages
        vote = 0 if given.language == ANY else 1 << VOTE_BITS * self._languages
        self._languages += given.language != ANY
        for word in given.common.split():
            self._common[fold(word)] = self._common.get(fold(word), 0) | vote
        for letter in given.letters:
            self._letters[letter] = self._letters.get(letter, 0) | vote
        for sure, lists in ((True, given.sure), (False, given.maybe)):
            for profile, phrase in ((p, phrase) for p, phrases in lists.items() for phrase in phrases):
                self.add(profile, phrase, sure=sure, language=bit)
                if given.also_cyrillic:
                    self.add(profile, _in_cyrillic(phrase), sure=sure, language=bit)

    def note_little(self, word: str, vote: int) -> None:
        """Remember a word that is passed over in titles and phrases but tells the language."""
        self._little[fold(word)] = self._little.get(fold(word), 0) | vote

    def add(self, profile: str, text: str, *, sure: bool, language: int) -> None:
        """Take in one phrase; little words in it are passed over as they are in titles."""
        parts = _INNER_APOSTROPHE.sub("", text).replace("-", " ").split()
        atoms = tuple(self._atom(part, text) for part in parts if len(part) > 1 and fold(part) not in self._little)
        if not atoms:
            raise ValueError(f"The phrase {text!r} under {profile} has no word of its own.")
        phrase = _Phrase(Spoken(profile, sure, len(atoms), text), atoms, language, (len(atoms), sure, len(text), text))
        self._phrases.setdefault(atoms[0], []).append(phrase)

    def read(self, text: str) -> list[Spoken]:
        """What the text speaks of, in reading order; phrases that name ``NOTHING`` are left out."""
        known, content, votes, speaks = self._known, [], 0, False
        for word in split(text):
            entry = known.get(word) or self._look_up(word)
            votes += entry.votes
            if not entry.little:
                content.append(entry)
                speaks = speaks or entry.begins
        return _match(content, _most(votes)) if speaks else []

    def _atom(self, pattern: str, phrase: str) -> int:
        stem = fold(pattern.strip("*"))
        if len(stem) < 2 or not stem.isalpha():
            raise ValueError(f"{pattern!r} in {phrase!r} must be one word of at least 2 letters.")
        table = {
            (False, False): self._exact, (False, True): self._begins, (True, False): self._ends, (True, True): self._inside,
        }[pattern.startswith("*"), pattern.endswith("*")]  # fmt: skip
        if stem not in table:
            table[stem] = self._count
            self._count += 1
        return table[stem]

    def _look_up(self, word: str) -> _Word:
        folded = fold(word)
        atoms = [] if folded in self._little else self._fitting(folded)
        votes = self._little.get(folded, 0) | self._common.get(folded, 0)
        for letter in set(word) & self._letters.keys():
            votes |= self._letters[letter]
        little = not atoms and (len(folded) <= 3 or folded in self._little)
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        self._known[word] = entry = self._entry(atoms, votes, little)
        return entry

    def _fitting(self, word: str) -> list[int]:
        found = [self._exact[word]] if word in self._exact else []
        begins = self._begins
        found += [begins[word[:cut]] for cut in range(2, len(word) + 1) if word[:cut] in begins]
        if word.endswith(self._endings):
            found += [atom for stem, atom in self._ends.items() if word.endswith(stem)]
        return found + [atom for stem, atom in self._inside.items() if stem in word]

    @cached_property
    def _endings(self) -> tuple[str, ...]:
        return tuple(self._ends)

    def _entry(self, atoms: list[int], votes: int, little: bool) -> _Word:  # noqa: FBT001
        starting = sorted(
            (p for atom in atoms for p in self._phrases.get(atom, ())), key=lambda p: p.rank, reverse=True
        )
        longer: dict[int, tuple[_Phrase, ...]] = {}
        for phrase in starting:
            if phrase.language:
                votes |= 1 << VOTE_BITS * (phrase.language.bit_length() - 1)
            if len(phrase.atoms) > 1:
                longer[phrase.atoms[1]] = (*longer.get(phrase.atoms[1], ()), phrase)
        alone = tuple(p for p in starting if len(p.atoms) == 1)
        return _Word(frozenset(atoms), longer, alone, votes, little, bool(longer or alone))


def _most(votes: int) -> int:
    """The languages with most votes, as bits; all of them where nothing voted."""
    if not votes:
        return -1
    counts = votes.to_bytes((votes.bit_length() + VOTE_BITS - 1) // VOTE_BITS, "little")
    most, chosen, at = max(counts), 0, -1
    while (at := counts.find(most, at + 1)) >= 0:
        chosen |= 1 << at
    return chosen


def _match(content: Sequence[_Word], languages: int) -> list[Spoken]:
    found, place, end = [], 0, len(content)
    while place < end:
        word = content[place]
        place += 1
        if not word.begins:
            continue
        best = None
        if place < end and word.longer and not content[place].atoms.isdisjoint(word.longer):
            best = _longest(word, content, place - 1, languages)
        if best is None:
            for phrase in word.alone:
                if not phrase.language or phrase.language & languages:
                    best = phrase
                    break
            else:
                continue
        if best.spoken.profile != NOTHING:
            found.append(best.spoken)
        place += len(best.atoms) - 1
    return found


def _longest(word: _Word, content: Sequence[_Word], place: int, languages: int) -> _Phrase | None:
    best, longer = None, word.longer
    for second in content[place + 1].atoms:
        for phrase in longer.get(second, ()):
            if (
                (not phrase.language or phrase.language & languages)
                and (len(phrase.atoms) == 2 or _goes_on(phrase, content, place))
                and (best is None or phrase.rank > best.rank)
            ):
                best = phrase
    return best


def _goes_on(phrase: _Phrase, content: Sequence[_Word], place: int) -> bool:
    following = content[place + 2 : place + len(phrase.atoms)]
    return len(following) == len(phrase.atoms) - 2 and all(
        atom in there.atoms for atom, there in zip(phrase.atoms[2:], following, strict=True)
    )


def compile_words(languages: Iterable[Language]) -> Words:
    """One reader for all given lists; little words of all languages are known before the first phrase is taken in."""
    words, lists = Words(), list(languages)
    for number, given in enumerate(one for one in lists if one.language != ANY):
        for word in given.little.split():
            words.note_little(word, 1 << VOTE_BITS * number)
    for given in lists:
        words.add_language(given)
    return words


@lru_cache(maxsize=1)
def load_words() -> Words:
    """The word lists that duecare ships; an unknown key in a file is an error."""
    return compile_words(shipped_languages())


def shipped_languages() -> list[Language]:
    """The word lists as written, one per language, in the order of their file names."""
    folder = files("duecare.records") / "keywords"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return [msgspec.yaml.decode(f.read_bytes(), type=Language) for f in found]


def _in_cyrillic(phrase: str) -> str:
    for latin, cyrillic in _SERBIAN:
        phrase = phrase.replace(latin, cyrillic)
    return phrase
