"""The shipped weights of tier 1: read, checked and made ready; arrays of numbers only, never code (no pickle)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from duecare.evidence.profiles import load_profiles

SHIPPED = files("duecare.records.text_model") / "weights" / "tier1.npz"
Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """A hashed bag of features through one hidden layer to leaves of the CPV tree.

    ``rows`` (2 ** bits + 1, hidden): what a feature adds to the hidden layer; the last row is zero. ``importance``: weight of a
    feature in the length of a text, 0 for one never seen. ``leaf_cpv``/``leaf_category``: a leaf is a CPV prefix and the
    category its codes have. ``temperature`` divides the scores so that probabilities are frequencies.
    """

    bits: int
    rows: Numbers
    importance: Numbers
    hidden_bias: Numbers
    out: Numbers
    out_bias: Numbers
    leaf_cpv: tuple[str, ...]
    leaf_category: tuple[str, ...]
    temperature: float


def read_weights(file: Traversable = SHIPPED) -> Weights:
    """Weights of a file; raises ``ValueError`` where shapes or names do not fit together."""
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
        data = {name: kept[name] for name in kept.files}
    importance = data["importance"].astype(np.float32)
    rows = np.zeros((len(data["rows"]) + 1, data["rows"].shape[1]), np.float32)
    np.multiply(data["rows"], data["scale"].astype(np.float32), out=rows[:-1])
    rows[:-1] *= importance[:, None]
    weights = Weights(
        bits=(len(rows) - 1).bit_length() - 1,
        rows=rows,
        importance=np.append(importance**2, np.float32(0)),
        hidden_bias=data["hidden_bias"].astype(np.float32),
        out=data["out"].astype(np.float32),
        out_bias=data["out_bias"].astype(np.float32),
        leaf_cpv=tuple(str(data["leaf_cpv"]).split()),
        leaf_category=tuple(name.strip("-") for name in str(data["leaf_category"]).split()),
        temperature=float(data["temperature"]),
    )
    _check(weights)
    return weights


def _check(weights: Weights) -> None:
    leaves, hidden = len(weights.leaf_cpv), weights.rows.shape[1]
    fits = weights.out.shape == (hidden, leaves) and len(weights.leaf_category) == leaves
    fits &= len(weights.rows) == 2**weights.bits + 1 == len(weights.importance)
    known = {profile.category for profile in load_profiles().by_id.values()} | {""}
    if not fits or not set(weights.leaf_category) <= known:
        raise ValueError(
            "The weights of the text model do not fit together: its file is damaged or of another edition."
        )
