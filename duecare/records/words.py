"""Title words: which kind of purchase the words of a title speak of, in many languages at once.

The words are ours, one YAML file per language in ``keywords/``. A phrase is made of word patterns (``clean*`` begins with,
``*reinigung`` ends with, ``*reinig*`` contains); the longest phrase at a place wins and uses up its words, so that
"cleaning machine" never speaks of cleaning services. Upper case and accents do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

NOTHING = "NOTHING"
"""Profile name of phrases that only use up their words, such as "guard rail"."""
READ_WORDS = 40
"""how many words of a title are looked at: the head of a title names the purchase"""
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h",
                          "ё": "е", "ґ": "г", "’": "'", "ʼ": "'", "`": "'"})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_INNER_APOSTROPHE = re.compile(r"(?<=[а-яіїєћђљњџј])'(?=[а-яіїєћђљњџј])")
_SERBIAN = (
    ("lj", "љ"),
    ("nj", "њ"),
    ("dž", "џ"),
    *zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True),
)
_LITTLE_WORDS: frozenset[str] = frozenset(
    """pour para avec dans sans sous aux und der die das des den dem mit von zur zum fur the and for with from dell dello
    della delle degli alla alle dei del las los por con una uno sobre nga per dhe nje pentru din prin lui sau pela pelo
    pelos pelas het een voor van met och til med fra jest przez oraz dla pri kod pod nad или для под при над""".split()
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One kind of purchase that a title speaks of. ``place`` counts words from 0; ``sure`` words decide alone."""

    profile: str
    sure: bool
    place: int
    phrase: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    profile: str
    sure: bool
    atoms: tuple[int, ...]
    text: str


class _Language(msgspec.Struct, forbid_unknown_fields=True):
    language: str
    sure: dict[str, list[str]]
    maybe: dict[str, list[str]] = {}
    also_cyrillic: bool = False


def fold(text: str) -> str:
    """Text without upper case and accents, in the letters that the word lists are compared in."""
    text = text.casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return _INNER_APOSTROPHE.sub("", text)


@dataclass
class Words:
    """The compiled lists. Reading is a few dictionary look-ups per word; words seen before cost one."""

    phrases: dict[int, list[_Phrase]] = field(default_factory=dict)
    _exact: dict[str, int] = field(default_factory=dict)
    _begins: dict[str, int] = field(default_factory=dict)
    _ends: dict[str, int] = field(default_factory=dict)
    _inside: dict[str, int] = field(default_factory=dict)
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _count: int = 0

    def add(self, profile: str, text: str, *, sure: bool) -> None:
        """Take in one phrase; raises ``ValueError`` for an empty one or a stem of fewer than 2 letters."""
        atoms = tuple(self._atom(part, text) for part in text.split())
        if not atoms:
            raise ValueError(f"An empty phrase stands under {profile}.")
        self.phrases.setdefault(atoms[0], []).append(_Phrase(profile, sure, atoms, text))

    def finish(self) -> None:
        """Order the phrases so that the longest, then the surest one is tried first."""
        for starting in self.phrases.values():
            starting.sort(key=lambda phrase: (-len(phrase.atoms), not phrase.sure))
        self._inside_pattern = re.compile(
            "|".join(sorted(map(re.escape, self._inside), key=len, reverse=True)) or r"(?!)"
        )

    def read(self, text: str) -> list[Spoken]:
        """What the text speaks of, in reading order; phrases that name ``NOTHING`` are left out."""
        known, content = self._known, []
        for word in _WORD.findall(fold(text)):
            atoms = known.get(word)
            if atoms is None:
                atoms = self._look_up(word)
            if atoms or (len(word) > 3 and word not in _LITTLE_WORDS):
                content.append(atoms)
                if len(content) == READ_WORDS:
                    break
        if not any(content):
            return []
        return list(self._match(content))

    def _match(self, content: Sequence[tuple[int, ...]]) -> Iterator[Spoken]:
        place, end = 0, len(content)
        while place < end:
            best = self._longest(content, place) if content[place] else None
            if best is None:
                place += 1
                continue
            if best.profile != NOTHING:
                yield Spoken(best.profile, best.sure, place, best.text)
            place += len(best.atoms)

    def _longest(self, content: Sequence[tuple[int, ...]], place: int) -> _Phrase | None:
        best: _Phrase | None = None
        for atom in content[place]:
            for phrase in self.phrases.get(atom, ()):
                if best is not None and (len(phrase.atoms), phrase.sure) <= (len(best.atoms), best.sure):
                    break
                following = content[place : place + len(phrase.atoms)]
                if len(following) == len(phrase.atoms) and all(
                    a in there for a, there in zip(phrase.atoms, following, strict=True)
                ):
                    best = phrase
                    break
        return best

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

    def _look_up(self, word: str) -> tuple[int, ...]:
        found = [self._exact[word]] if word in self._exact else []
        for cut in range(2, len(word) + 1):
            if (atom := self._begins.get(word[:cut])) is not None:
                found.append(atom)
            if (atom := self._ends.get(word[-cut:])) is not None:
                found.append(atom)
        if self._inside_pattern.search(word):
            found += [atom for stem, atom in self._inside.items() if stem in word]
        if len(self._known) > 300_000:
            self._known.clear()
        self._known[word] = atoms = tuple(found)
        return atoms


def compile_words(languages: Iterable[_Language]) -> Words:
    """One reader for all given languages; a Serbian list is also read in Cyrillic letters."""
    words = Words()
    for language in languages:
        for strength, lists in ((True, language.sure), (False, language.maybe)):
            for profile, phrase in ((p, phrase) for p, phrases in lists.items() for phrase in phrases):
                words.add(profile, phrase, sure=strength)
                if language.also_cyrillic:
                    words.add(profile, _in_cyrillic(phrase), sure=strength)
    words.finish()
    return words


@lru_cache(maxsize=1)
def load_words() -> Words:
    """The word lists that duecare ships; an unknown key in a file is an error."""
    return compile_words(shipped_languages())


def shipped_languages() -> list[_Language]:
    """The word lists as written, one per language, in the order of their file names."""
    folder = files("duecare.records") / "keywords"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return [msgspec.yaml.decode(f.read_bytes(), type=_Language) for f in found]


def _in_cyrillic(phrase: str) -> str:
    for latin, cyrillic in _SERBIAN:
        phrase = phrase.replace(latin, cyrillic)
    return phrase


Strength = Literal["sure", "maybe"]
