"""Every fault that bytes of JSON can have is found, wherever it is, and clean text is proven clean."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec import Raw

from duecare.records.cells import CellFault
from duecare.records.ocds import checked

FAULTS = [
    (b'{"a":1,"a":2}', "DUP_KEY"),
    (b'{"x":{"y":[{"a" : 1, "b":{}, "a" :2}]}}', "DUP_KEY"),
    (b'{"a":1,"\\u0061":2}', "DUP_KEY"),
    (b'{"a":"x\\u003a","b":1,"b":2}', "DUP_KEY"),
    (b'{"a":NaN}', "NONFINITE"),
    (b'{"a":[-Infinity]}', "NONFINITE"),
    (b'{"a":"\xff"}', "BAD_ENCODING"),
    (b'{"ignored":{"deep":["\xc3\x28"]}}', "BAD_ENCODING"),
    (b'{"a":"\xed\xa0\x80"}', "LONE_SURROGATE"),
    (b'{"a":"\\ud800"}', "LONE_SURROGATE"),
    (b'{"a":"\\udc00\\ud800"}', "LONE_SURROGATE"),
    (b'{"a":"\x01"}', "CONTROL_CHAR"),
    (b'{"a":"\x00"}', "NUL_BYTES"),
    (b'{"a":', "TRUNCATED"),
    (b'{"a":"xx', "TRUNCATED"),
    (b'{"a":1', "TRUNCATED"),
    (b'{"a":1} x', "MALFORMED_JSON"),
    (b'{"a":1,}', "MALFORMED_JSON"),
    (b"{'a':1}", "MALFORMED_JSON"),
    (b'{"a":01}', "MALFORMED_JSON"),
    (b"[" * 65 + b"]" * 65, "TOO_DEEP"),
    (b'{"a":' * 70 + b"1" + b"}" * 70, "TOO_DEEP"),
    (b'{"b":1,"a":' * 70 + b"1" + b',"c":[]}' * 70, "TOO_DEEP"),
    (b"[" * 100_000, "TOO_DEEP"),
    (b'{"a":' + b"9" * 5000 + b"}", "ABSURD_AMOUNT"),
]


@pytest.mark.parametrize(("text", "code"), FAULTS)
def test_each_fault_has_its_code(text: bytes, code: str) -> None:
    with pytest.raises(CellFault) as found:
        checked.decode(text, 64)
    assert found.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 64 + b"]" * 64,
        b'{"a" : " : ", "b":"\\":", "c":":{}[]"}',
        '{"é":"Ґ – \\u00e9 \\" \\n"}'.encode(),
        b'{"a":18446744073709551617,"b":1e999}',
    ],
)
def test_clean_text_is_decoded(text: bytes) -> None:
    assert checked.decode(text, 64) is not None


def test_numbers_keep_their_digits() -> None:
    found = checked.decode(b'{"a":0.10000000000000000555,"b":12,"c":1E5}', 64)
    assert found == {"a": Raw(b"0.10000000000000000555"), "b": 12, "c": Raw(b"1E5")}


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=4), inner, max_size=5),
    max_leaves=30,
)


@given(VALUES, some.booleans(), some.sampled_from([None, 1, "\t"]))
def test_any_json_decodes_to_what_it_says(value: object, ascii_only: bool, indent: object) -> None:
    try:
        text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()  # type: ignore[arg-type]
    except UnicodeEncodeError:
        return
    if ascii_only and "\\ud" in text.decode():
        with pytest.raises(CellFault, match="LONE_SURROGATE") if not is_encodable(value) else nullcontext():
            assert checked.decode(text, 64) == value
        return
    assert checked.decode(text, 64) == value


def is_encodable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@given(some.lists(some.tuples(some.text('ab:\\"', max_size=2), some.text('":{}[]\\', max_size=5)), max_size=6))
def test_a_repeated_key_is_always_found(pairs: list[tuple[str, str]]) -> None:
    text = "{" + ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs) + "}"
    keys = [key for key, _ in pairs]
    if len(set(keys)) == len(keys):
        assert checked.decode(text.encode(), 64) == dict(pairs)
    else:
        with pytest.raises(CellFault, match="DUP_KEY"):
            checked.decode(text.encode(), 64)


@given(some.text('{}[]"a\\', max_size=300))
def test_depth_by_the_slow_scan_bounds_the_proof(text: str) -> None:
    whole = json.dumps([text, [[text]]]).encode()
    assert checked.depth_of(whole.decode()) == 3
    assert checked.decode(whole, 64) == [text, [[text]]]
