"""R data files: numbers and texts are read, code and damage are refused."""

import bz2
import gzip
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.errors import FileRefused
from duecare.evidence.loaders import rdata
from duecare.evidence.loaders.rdata import read_rdata
from duecare.evidence.loaders.sector_tables import read_wiod

HEAD = b"RDX2\nX\n" + struct.pack(">iii", 2, 0x30302, 0x20300)
NIL = struct.pack(">i", 254)


def text(word):
    return struct.pack(">ii", 9, len(word)) + word.encode()


def symbol(name):
    return struct.pack(">i", 1) + text(name)


def tagged(name, value, rest=NIL):
    return struct.pack(">i", 0x402) + symbol(name) + value + rest


def integers(*numbers, attributes=b""):
    flags = 13 | (0x200 if attributes else 0)
    return struct.pack(f">ii{len(numbers)}i", flags, len(numbers), *numbers) + attributes


def reals(*numbers):
    return struct.pack(f">ii{len(numbers)}d", 14, len(numbers), *numbers)


def texts(*words):
    return struct.pack(">ii", 16, len(words)) + b"".join(text(word) for word in words)


def listed(**items):
    names = tagged("names", texts(*items))
    return struct.pack(">ii", 19 | 0x200, len(items)) + b"".join(items.values()) + names


TABLE = listed(
    year=integers(2011), countries=texts("AUT", "RoW"), industries=texts("c1"), final=reals(1, 2), output=reals(3, 4),
    inter=integers(1, 2, 3, 4, attributes=tagged("dim", integers(2, 2))),
)  # fmt: skip


def write(tmp_path, content, name="table.RData"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("pack", [bytes, bz2.compress, gzip.compress])
def test_a_table_is_read_plain_or_packed(tmp_path, pack):
    found = read_wiod(write(tmp_path, pack(HEAD + tagged("table", TABLE))))
    assert (found.year, found.regions, found.industries) == (2011, ("AT", "RoW"), ("c1",))
    assert found.intermediate.tolist() == [[1, 3], [2, 4]]
    assert found.output.tolist() == [3, 4]


@pytest.mark.parametrize("kind", [3, 4, 5, 6, 7, 8, 20, 21, 25])
def test_code_and_environments_are_refused(tmp_path, kind):
    with pytest.raises(FileRefused) as caught:
        read_rdata(write(tmp_path, HEAD + tagged("x", struct.pack(">i", kind) + b"\0" * 64)))
    assert caught.value.code == "FORBIDDEN_TYPE"


def test_deep_nesting_is_refused(tmp_path):
    with pytest.raises(FileRefused) as caught:
        read_rdata(write(tmp_path, HEAD + tagged("x", struct.pack(">ii", 19, 1) * 1000)))
    assert caught.value.code == "TOO_DEEP"


def test_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rdata, "MOST_BYTES", 10_000)
    for pack in (bz2.compress, gzip.compress):
        with pytest.raises(FileRefused) as caught:
            read_rdata(write(tmp_path, pack(b"\0" * 20_000)))
        assert caught.value.code == "ARCHIVE_BOMB"


@pytest.mark.parametrize("size", range(0, len(HEAD + tagged("table", TABLE)) - 4, 7))
def test_a_cut_file_is_refused(tmp_path, size):
    with pytest.raises(FileRefused):
        read_rdata(write(tmp_path, (HEAD + tagged("table", TABLE))[:size]))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = write(tmp_path_factory.mktemp("r"), HEAD + content)
    try:
        found = read_rdata(path)
    except FileRefused:
        return
    assert isinstance(found, dict)


def test_a_damaged_packed_file_is_refused(tmp_path):
    packed = gzip.compress(HEAD + tagged("table", TABLE))
    for content in (packed[:40], packed[:-8], b"BZh91AY&SYbroken", b"\xfd7zXZ\x00broken"):
        with pytest.raises(FileRefused):
            read_rdata(write(tmp_path, content))
