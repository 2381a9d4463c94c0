"""Packed files are verified to the last byte: what comes out is exactly what went in, or the file is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.errors import FileRefused
from duecare.records import archive, unpack
from duecare.settings import Limits

PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
CONTENT = b"".join(b"%d;Office;Firm %d\r\n" % (number, number * 7919) for number in range(400))


def unpacked(kind: str, packed: bytes, folder: Path, limits: Limits | None = None) -> bytes:
    source = folder / f"packed.{kind}"
    source.write_bytes(packed)
    return unpack.unpack_stream(source, kind, folder / "unpacked", limits or Limits()).read_bytes()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in members.items():
            whole.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("kind", PACKERS)
def test_one_and_several_members_come_out_whole(kind: str, tmp_path: Path) -> None:
    pack = PACKERS[kind]
    assert unpacked(kind, pack(CONTENT), tmp_path) == CONTENT
    assert unpacked(kind, pack(CONTENT) + pack(b"more") + pack(CONTENT), tmp_path) == CONTENT + b"more" + CONTENT


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("size", [1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024])
def test_sizes_around_the_chunk_come_out_whole(kind: str, size: int, tmp_path: Path) -> None:
    content = (CONTENT * (size // len(CONTENT) + 1))[:size]
    assert unpacked(kind, PACKERS[kind](content), tmp_path, Limits(unpacked_ratio=2000)) == content


@pytest.mark.parametrize("kind", PACKERS)
def test_every_shorter_file_is_refused(kind: str, tmp_path: Path) -> None:
    packed = PACKERS[kind](CONTENT[:300])
    for length in range(6, len(packed)):
        with pytest.raises(FileRefused) as caught:
            unpacked(kind, packed[:length], tmp_path)
        assert caught.value.code == "BAD_ARCHIVE"


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(sorted(PACKERS)), place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_flipped_bit_never_changes_what_comes_out(
    kind: str, place: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    packed = bytearray(PACKERS[kind](CONTENT))
    packed[place % len(packed)] ^= 1 << bit
    try:
        out = unpacked(kind, bytes(packed), tmp_path_factory.mktemp("flip"))
    except FileRefused as error:
        assert error.code in ("BAD_ARCHIVE", "ARCHIVE_BOMB")  # noqa: PT017
        return
    assert out == CONTENT


@settings(max_examples=300, deadline=None)
@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_flipped_bit_never_changes_what_comes_out_of_a_zip(
    place: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("flip")
    packed = bytearray(zipped(**{"a.csv": CONTENT, "b.csv": b"x;y\r\n" * 9}))
    packed[place % len(packed)] ^= 1 << bit
    (folder / "t.zip").write_bytes(packed)
    try:
        members = unpack.unpack_zip(folder / "t.zip", folder / "members", Limits())
    except FileRefused:
        return
    assert [Path(member.path).read_bytes() for member in members] == [CONTENT, b"x;y\r\n" * 9]


@pytest.mark.parametrize("kind", PACKERS)
def test_size_and_ratio_limits_hold_at_their_edge(kind: str, tmp_path: Path) -> None:
    packed = PACKERS[kind](CONTENT)
    assert unpacked(kind, packed, tmp_path, Limits(unpacked_bytes=len(CONTENT))) == CONTENT
    for limits in (Limits(unpacked_bytes=len(CONTENT) - 1), Limits(unpacked_ratio=1)):
        with pytest.raises(FileRefused) as caught:
            unpacked(kind, packed, tmp_path, limits)
        assert caught.value.code == "ARCHIVE_BOMB"


def test_members_of_a_zip_are_named_hashed_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(zipped(**{"year/b.csv": b"1;2", "a.csv": b"3;4"}))
    members = unpack.unpack_zip(tmp_path / "t.zip", tmp_path / "members", Limits())
    assert [(member.name, member.size) for member in members] == [("year/b.csv", 3), ("a.csv", 3)]
    assert [member.sha256 for member in members] == [sha256(b"1;2").hexdigest(), sha256(b"3;4").hexdigest()]


def test_what_operating_systems_add_unasked_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(
        zipped(**{"a.csv": b"1;2", "__MACOSX/._a.csv": b"\x00\x05", "x/.DS_Store": b"\x00"})
    )
    members = unpack.unpack_zip(tmp_path / "t.zip", tmp_path / "members", Limits())
    assert [member.name for member in members] == ["a.csv"]
    assert len(list((tmp_path / "members").iterdir())) == 1


def test_a_workbook_in_a_zip_is_no_nested_archive(tmp_path: Path) -> None:
    book = zipped(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"})
    (tmp_path / "t.zip").write_bytes(zipped(**{"a.xlsx": book}))
    assert [member.name for member in unpack.unpack_zip(tmp_path / "t.zip", tmp_path / "members", Limits())] == [
        "a.xlsx"
    ]


def test_one_member_is_found_by_the_name_it_was_reported_under(tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(zipped(**{"b.csv": b"short", "x/b.csv": b"long"}))
    out = unpack.unpack_one(tmp_path / "t.zip", "t.zip/x/b.csv", tmp_path / "out", Limits())
    assert out.read_bytes() == b"long"


@pytest.mark.parametrize("members", [999, 1000, 1001])
def test_a_zip_holds_at_most_a_thousand_members(members: int, tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(zipped(**{f"{number}.csv": b"1;2" for number in range(members)}))
    if members <= 1000:
        assert len(archive.list_entries(tmp_path / "t.zip", Limits())) == members
        return
    with pytest.raises(FileRefused) as caught:
        archive.list_entries(tmp_path / "t.zip", Limits())
    assert caught.value.code == "ARCHIVE_BOMB"


@settings(max_examples=60, deadline=None)
@given(
    contents=st.dictionaries(
        st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.csv", fullmatch=True), st.binary(max_size=300), min_size=1, max_size=5
    )
)
def test_any_honest_zip_comes_out_whole(contents: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("zip")
    magic = (b"\x1f\x8b", b"BZh", b"\xfd7z", b"7z", b"Rar", b"PK", b"\x28\xb5", b"\x04\x22", b"\x5d\x00")
    contents = {name: b"." + content if content.startswith(magic) else content for name, content in contents.items()}
    (folder / "t.zip").write_bytes(zipped(**contents))
    try:
        members = unpack.unpack_zip(folder / "t.zip", folder / "members", Limits())
    except FileRefused as error:  # names that differ in nothing but what a file system ignores
        assert error.code == "DUP_MEMBER"  # noqa: PT017
        return
    assert {member.name: Path(member.path).read_bytes() for member in members} == contents
