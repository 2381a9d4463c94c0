"""What stands beside a text, as evidence for the model: words of our lists found in it, and the nature of the contract.

Each kind of evidence adds a learned amount to the scores of divisions and of risk categories, so that words, nature and
text make one answer whose chance was measured. Learned from texts the model had not seen (bench/train_context.py).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duecare.records.text_model.weights import Numbers

SHIPPED = files("duecare.records.text_model") / "weights" / "context.npz"
NATURES = ("goods", "services", "works")
NO_WORDS = "-"


class Beside(NamedTuple):
    """Evidence for one text: the ``words`` that name it (``words_name``, ``NO_WORDS``) and ``nature`` (goods, services, works or "")."""

    words: str
    nature: str = ""


def words_name(profile: str, sure: bool, count: int) -> str:  # noqa: FBT001
    """The name under which a phrase of ``count`` words that speaks of a profile is evidence."""
    return f"{profile}{'+' if sure else '?'}{min(count, 2)}"


@dataclass(frozen=True, slots=True)
class Context:
    """Amounts for leaf scores: one row per name of words and per nature, the last row of each zero for what was never met.

    ``sharpness`` multiplies the scores with all evidence, so that chances are frequencies.
    """

    names: dict[str, int]
    words: Numbers
    natures: Numbers
    sharpness: float

    def amounts(self, beside: Sequence[Beside]) -> Numbers:
        """(texts, leaves): what the evidence of each text adds to its scores."""
        unmet, unknown = len(self.words) - 1, len(NATURES)
        by_words = [self.names.get(one.words, unmet) for one in beside]
        by_nature = [NATURES.index(one.nature) if one.nature in NATURES else unknown for one in beside]
        found: Numbers = self.words[by_words]
        if any(number != unknown for number in by_nature):
            found = found + self.natures[by_nature]
        return found


def groups_of_leaves(cpv: Sequence[str], category: Sequence[str]) -> NDArray[np.float32]:
    """(groups, leaves): 1 where a leaf is of a division, then 1 where it is of a category; both in the order of their names."""
    division = [prefix[:2] for prefix in cpv]
    of_division = [[one == name for one in division] for name in sorted(set(division))]
    return np.array(of_division + [[one == name for one in category] for name in sorted(set(category))], np.float32)


def read_context(tier: int, cpv: Sequence[str], category: Sequence[str], file: Traversable = SHIPPED) -> Context:
    """The shipped amounts of a tier (1 or 2) for leaves; raises ``ValueError`` where they were learned for other leaves."""
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
        words, natures = (kept[f"{name}_{tier}"].astype(np.float32) for name in ("words", "natures"))
        names, sharpness = str(kept["names"]).split(), float(kept[f"sharpness_{tier}"])
    groups = groups_of_leaves(cpv, category)
    if words.shape != (len(names), len(groups)) or natures.shape != (len(NATURES), len(groups)):
        raise ValueError(
            "The amounts of words and natures do not fit the text model: a file of weights is of another edition."
        )
    return Context(
        {name: i for i, name in enumerate(names)}, _for_leaves(words, groups), _for_leaves(natures, groups), sharpness
    )


def _for_leaves(amounts: Numbers, groups: NDArray[np.float32]) -> Numbers:
    """Amounts of groups as amounts of leaves, with a row of zeros behind them."""
    return np.concatenate([amounts @ groups, np.zeros((1, groups.shape[1]), np.float32)])
