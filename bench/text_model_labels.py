"""Labelled texts for training the text model: reading, cleaning of codes, an honest split, and leaves of the CPV tree.

A label is a set of leaves: a buyer who wrote 45000000 said "somewhere under 45", and any leaf there counts as right.
"""

from __future__ import annotations

import bisect
import csv
import gzip
import hashlib
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from duecare.evidence.profiles import load_profiles
from duecare.records.text_model.nothing import says_nothing

CPV_2003 = Path(__file__).parents[1] / "duecare" / "records" / "cpv_2003.yaml"
KEYWORDS = Path(__file__).parents[1] / "duecare" / "records" / "keywords"
PHRASES = Path(__file__).with_name("text_model_phrases.yaml")
DEEPEST = 5
_CATEGORY = re.compile(r"CAT\d\d")
FOLDS = 20
"""a notice belongs to one of 20 folds by its hash: 0-1 look at once at the end, 2-4 tune, 5-19 train"""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its CPV 2008 code, and where it is from; ``weight`` is small for a notice that repeats itself in many lots."""

    text: str
    cpv: str
    language: str
    source: str
    notice: str
    fold: int
    weight: float
    declared_2008: bool


def read_examples(file: Path, known: frozenset[str]) -> list[Example]:
    """Texts of a labelled CSV (columns source, notice_id, lang, text, cpv); unknown codes are dropped.

    Codes of 2003 are mapped and marked; nothing is learned or measured with them, since their divisions became several
    and offices wrote cleaning, design and repair alike under the same one.
    """
    held = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    rows = list(csv.DictReader(io.StringIO(held.decode("utf-8"), newline="")))
    old = {str(a): str(b) for a, b in yaml.safe_load(CPV_2003.read_text(encoding="utf-8")).items()}
    lots = Counter((row["source"], row["notice_id"]) for row in rows)
    found = (_example(row, _code(row["cpv"], known, old), known, lots) for row in rows)
    return [example for example in found if example.cpv in known and not says_nothing(example.text)]


def _example(row: dict[str, str], cpv: str, known: frozenset[str], lots: Counter[tuple[str, str]]) -> Example:
    where = (row["source"], row["notice_id"])
    fold = int(hashlib.sha256("|".join(where).encode()).hexdigest()[:8], 16) % FOLDS
    text = " ".join(row["text"].split())
    return Example(text, cpv, row["lang"], *where, fold, lots[where] ** -0.5, row["cpv"] in known)


def _code(cpv: str, known: frozenset[str], old: dict[str, str]) -> str:
    if cpv in known:
        return cpv
    new = next((old[cpv[:n]] for n in range(8, 1, -1) if cpv[:n] in old), cpv)
    return new.ljust(8, "0")


def read_titles(file: Path) -> list[tuple[str, str, str]]:
    """(code, language, title) of the official titles: one row per code, a column per language of two letters."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    languages = [name for name in rows[0] if len(name) == 2]
    return [(row["code"], language, row[language]) for row in rows for language in languages if row[language]]


def read_phrases(file: Path = PHRASES) -> list[tuple[str, str, str]]:
    """(code, language, phrase) of our own phrases for languages without official titles."""
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [
        (str(prefix).ljust(8, "0"), language, str(phrase))
        for prefix, by_language in written.items()
        for language, phrases in by_language.items()
        for phrase in phrases
    ]


def read_keywords(folder: Path = KEYWORDS) -> list[tuple[str, str, str]]:
    """(profile, language, word) of the word lists that the cross-check of declared codes uses; only sure words."""
    found = []
    for file in sorted(folder.glob("*.yaml")):
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
        for profile, words in written["sure"].items():
            found += [(profile, str(written["language"]), str(word).rstrip("*")) for word in words]
    return found


class Leaves:
    """Prefix-free parts of the CPV tree with enough examples, parted again where one part holds several risk categories."""

    def __init__(self, codes: Iterable[str], examples: Sequence[Example], least: float) -> None:
        self._codes = sorted(codes)
        self._profiles = load_profiles()
        nodes = self._nodes(examples, least)
        by_code = {code: (self._node(code, nodes), self.category(code)) for code in self._codes}
        self.leaves = sorted(set(by_code.values()))
        number = {leaf: i for i, leaf in enumerate(self.leaves)}
        self._leaf = [number[by_code[code]] for code in self._codes]
        self._of_profile: dict[str, set[int]] = defaultdict(set)
        for code, leaf in zip(self._codes, self._leaf, strict=True):
            self._of_profile[self._profiles.for_cpv(code).id].add(leaf)

    def category(self, code: str) -> str:
        """CATnn of a code, or "" for what belongs to none of the twenty."""
        found = self._profiles.for_cpv(code).category
        return found if _CATEGORY.fullmatch(found) else ""

    @staticmethod
    def _nodes(examples: Sequence[Example], least: float) -> set[str]:
        met: Counter[str] = Counter()
        for example in examples:
            for depth in range(3, DEEPEST + 1):
                if example.cpv[depth - 1] != "0":
                    met[example.cpv[:depth]] += example.weight  # type: ignore[assignment]
        return {prefix for prefix, weight in met.items() if weight >= least}

    @staticmethod
    def _node(code: str, nodes: set[str]) -> str:
        deep = [code[:n] for n in range(3, DEEPEST + 1) if code[:n] in nodes and code[n - 1] != "0"]
        return deep[-1] if deep else code[:2]

    def under(self, code: str) -> frozenset[int]:
        """Leaves that a code may mean: those of every code below it; one written with fewer digits means more of them.

        The id of a profile (``CAT03``) may stand for a code.
        """
        if code in self._of_profile:
            return frozenset(self._of_profile[code])
        prefix = code.rstrip("0").ljust(2, "0")
        first, last = bisect.bisect_left(self._codes, prefix), bisect.bisect_left(self._codes, prefix + "~")
        return frozenset(self._leaf[first:last])

    @cached_property
    def division(self) -> NDArray[np.str_]:
        """Division of each leaf."""
        return np.array([prefix[:2] for prefix, _ in self.leaves])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.leaves)

    def __len__(self) -> int:
        return len(self.leaves)


@dataclass(frozen=True, slots=True)
class Targets:
    """``pattern[which[i]]`` has a 1 for each leaf that counts as right for text i."""

    which: NDArray[np.int64]
    pattern: NDArray[np.float32]


def targets(codes: Sequence[str], leaves: Leaves) -> Targets:
    """Leaves that count as right for each code."""
    distinct = {code: i for i, code in enumerate(dict.fromkeys(codes))}
    pattern = np.zeros((len(distinct), len(leaves)), np.float32)
    for code, i in distinct.items():
        pattern[i, list(leaves.under(code))] = 1
    return Targets(np.array([distinct[code] for code in codes]), pattern)
