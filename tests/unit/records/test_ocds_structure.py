"""The proof of a block never calls a faulty text clean, and does call ordinary text clean."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from duecare.records.cells import CellFault
from duecare.records.ocds import checked, structure_compiled
from duecare.records.ocds.structure import Prover
from duecare.records.ocds.structure_compiled import MOST_LEVELS, CompiledProver, prover_for

Kind = Callable[[int], Prover | CompiledProver]


def compiled(depth: int) -> CompiledProver:
    found = structure_compiled.scan()
    if found is None:
        pytest.skip("numba is not installed (pip install duecare[fast])")
    return CompiledProver(depth, found)


BOTH = pytest.mark.parametrize("prover", [Prover, compiled])
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


@BOTH
@settings(deadline=None)
@given(
    values=some.lists(VALUES, min_size=1, max_size=4),
    spaces=some.sampled_from(["", "", " "]),
    depth=some.integers(1, 8),
)
def test_what_is_proven_is_clean(prover: Kind, values: list[object], spaces: str, depth: int) -> None:
    texts = [written(value, spaces) for value in values]
    names = prover(depth).prove("\n".join(texts).encode())
    if any(is_faulty(text, depth) for text in texts):
        assert names is None


@BOTH
@settings(deadline=None)
@given(values=some.lists(some.dictionaries(KEYS, TEXTS | some.dictionaries(KEYS, TEXTS)), min_size=1, max_size=4))
def test_ordinary_objects_are_proven(prover: Kind, values: list[object]) -> None:
    block = "\n".join(json.dumps(value, ensure_ascii=False) for value in values).encode()
    inner = [one for value in values for one in value.values() if isinstance(one, dict)]  # type: ignore[attr-defined]
    keys_with_escapes = any(set('"\\') & set(key) for one in [*values, *inner] for key in one)  # type: ignore[attr-defined]
    if not keys_with_escapes:
        assert prover(64).prove(block) is not None


@BOTH
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
def test_doubts(prover: Kind, text: bytes) -> None:
    assert prover(64).prove(text) is None
    assert prover(64).prove(b'{"fine":[1]}\n' + text + b'\n{"fine":2}') is None


@BOTH
def test_many_lines_and_long_keys(prover: Kind) -> None:
    line = {
        f"a_rather_long_key_{number}": {"id": number, "procurementMethodDetails": "x", "submissionMethodDetails": "y"}
        for number in range(50)
    }
    block = "\n".join([json.dumps(line, separators=(",", ":"))] * 200).encode()
    names = prover(64).prove(block)
    assert names is not None
    assert len(names) == 200 * 50 * 4
    assert len(np.unique(names)) < 50 * 4


@settings(deadline=None)
@given(some.binary(max_size=12) | some.text(max_size=8).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_both_see_the_same_bytes_as_utf_8(raw: bytes) -> None:
    text = b'{"a":"' + raw.translate(None, b'"\\') + b'"}'
    try:
        text.decode()
    except UnicodeDecodeError:
        expected = None
    else:
        expected = 1
    for prover in (Prover(64), compiled(64)):
        found = prover.prove(text)
        assert (None if found is None else len(found)) == expected


@BOTH
def test_an_object_of_very_many_keys(prover: Kind) -> None:
    keys = [f"k{number}" for number in range(3000)]
    fine = json.dumps(dict.fromkeys(keys, 1), separators=(",", ":"))
    names = prover(64).prove(fine.encode())
    assert names is not None
    assert len(set(names.tolist())) == 3000
    assert prover(64).prove((fine[:-1] + ',"k0":2}').encode()) is None


@BOTH
def test_broken_text_is_never_proven_and_never_read_beyond(prover: Kind) -> None:
    for text in (b'{"a', b'{"a":"\\', b'{"a":"\xe2\x82', b'{"a":"\xf0'):
        assert compiled(64).prove(text) is None
    nothing = prover(64).prove(b"")
    assert nothing is not None
    assert len(nothing) == 0


def test_the_compiled_one_is_for_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}")
    assert isinstance(prover_for(path, 64), Prover)
    monkeypatch.setattr(structure_compiled, "LARGE_BYTES", 2)
    compiled(64)
    assert isinstance(prover_for(path, 64), CompiledProver)
    assert isinstance(prover_for(path, MOST_LEVELS + 1), Prover)
    monkeypatch.setattr(structure_compiled, "scan", lambda: None)
    assert isinstance(prover_for(path, 64), Prover)
