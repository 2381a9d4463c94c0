"""The proof of a block never calls a faulty text clean, and does call ordinary text clean."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from duecare.records.cells import CellFault
from duecare.records.ocds import checked
from duecare.records.ocds.structure import Prover

KEYS = some.sampled_from(
    ["a", "b", "id", "title", "procurementMethodDetails", "submissionMethodDetails", '"', "\\", ":{", "é"]
)
TEXTS = some.text('":{}[]\\,aé 1', max_size=6)


def written(value: object, spaces: str) -> str:
    """JSON of pairs (for objects, which may repeat a key), lists and texts, with blanks here and there."""
    if isinstance(value, tuple):
        pairs = [f"{json.dumps(key)}{spaces}:{spaces}{written(one, spaces)}" for key, one in value]
        return "{" + f",{spaces}".join(pairs) + "}"
    if isinstance(value, list):
        return f"[{spaces}" + ",".join(written(one, spaces) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


VALUES = some.recursive(
    TEXTS | some.integers(0, 9),
    lambda inner: some.lists(inner, max_size=3) | some.lists(some.tuples(KEYS, inner), max_size=4).map(tuple),
    max_leaves=25,
)


def is_faulty(text: str, depth: int) -> bool:
    try:
        checked.decode(text.encode(), depth)
    except CellFault:
        return True
    return False


@given(some.lists(VALUES, min_size=1, max_size=4), some.sampled_from(["", "", " "]), some.integers(1, 8))
def test_what_is_proven_is_clean(values: list[object], spaces: str, depth: int) -> None:
    texts = [written(value, spaces) for value in values]
    names = Prover(depth).prove("\n".join(texts).encode())
    if any(is_faulty(text, depth) for text in texts):
        assert names is None


@given(some.lists(some.dictionaries(KEYS, TEXTS | some.dictionaries(KEYS, TEXTS)), min_size=1, max_size=4))
def test_ordinary_objects_are_proven(values: list[object]) -> None:
    block = "\n".join(json.dumps(value, ensure_ascii=False) for value in values).encode()
    keys_with_escapes = b'\\":' in block.replace(b"\\\\", b"") or b'\\\\":' in block or b'{\\"' in block
    if not keys_with_escapes:
        assert Prover(64).prove(block) is not None


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"b":{"a":1},"a":2}',
        b'{"a":"{","a":"}"}',
        b'{"a":{},"b":[{}],"a":1}',
        b'{"x":"\\"","a":1,"a":2}',
        b'{"x":"\\\\","a":1,"a":2}',
        b'{"procurementMethodDetails":1,"y":2,"procurementMethodDetails":3}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":"\xff"}',
        b"[" * 65 + b"]" * 65,
        b'{"a" :1,"b":2}',
    ],
)
def test_doubts(text: bytes) -> None:
    assert Prover(64).prove(text) is None
    assert Prover(64).prove(b'{"fine":[1]}\n' + text + b'\n{"fine":2}') is None


def test_many_lines_and_long_keys() -> None:
    line = {
        f"a_rather_long_key_{number}": {"id": number, "procurementMethodDetails": "x", "submissionMethodDetails": "y"}
        for number in range(50)
    }
    block = "\n".join([json.dumps(line, separators=(",", ":"))] * 200).encode()
    names = Prover(64).prove(block)
    assert names is not None
    assert len(names) == 200 * 50 * 4
    assert len(np.unique(names)) < 50 * 4
