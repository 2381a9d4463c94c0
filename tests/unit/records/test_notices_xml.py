"""Hardened parsing: what is refused and with which code, and that no change of bytes makes a reader fail by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from notice_texts import Part, Won, competition, eforms, result, ted

from duecare.errors import FileRefused
from duecare.records.notices import xml
from duecare.records.notices.lines import LineMaker
from duecare.records.notices.package import read_notice
from duecare.records.request import Request
from duecare.settings import Limits

LIMITS = Limits()
REQUEST = Request(LIMITS, date(2026, 11, 1))
GOOD = [write(facts) for write in (ted, eforms) for facts in (competition(), result(), result(parts=(Part(won=Won()), Part(number="2", won=Won(winner="")))))]  # fmt: skip


def code(content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(FileRefused) as refusal:
        xml.parse(content, limits)
    return str(refusal.value.code)


def test_a_document_is_elements_only() -> None:
    root = xml.parse(b"<a><!-- one --><b>x<!-- two -->y</b><?go now?></a>", LIMITS)
    assert [node.tag for node in root.iter()] == ["a", "b"]
    assert root[0].text == "xy"


@pytest.mark.parametrize(
    "content",
    ["<a>ü</a>".encode(), b"\xef\xbb\xbf<a>\xc3\xbc</a>", '<?xml version="1.0" encoding="UTF-16"?><a>ü</a>'.encode("utf-16"),
     '<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>'.encode("latin-1"), "<a>ü</a>".encode("utf-16"),
     '<?xml version="1.0" encoding="windows-1252"?><a>ü</a>'.encode("cp1252")],
)  # fmt: skip
def test_declared_encodings_are_read(content: bytes) -> None:
    assert xml.parse(content, LIMITS).text == "ü"


def test_a_path_is_read_and_its_size_looked_at_first(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"<a/>")
    assert xml.parse(path, LIMITS).tag == "a"
    with path.open("ab") as file:
        file.truncate(xml.MOST_BYTES + 1)
    with pytest.raises(FileRefused, match="64"):
        xml.parse(path, LIMITS)


def test_depth_is_exact() -> None:
    limits = Limits(depth=5)
    assert xml.parse(b"<a>" * 5 + b"</a>" * 5, limits).tag == "a"
    assert code(b"<a>" * 6 + b"</a>" * 6, limits) == "TOO_DEEP"


def test_entities_that_need_no_declaration_are_fine() -> None:
    assert xml.parse(b"<a b='&lt;&#65;'>&amp;&#x41;</a>", LIMITS).text == "&A"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "EMPTY_FILE"),
        (b"<!DOCTYPE a><a/>", "XML_FORBIDDEN"),
        (b"<?xml version='1.0'?><!-- x --><?y?>\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "XML_FORBIDDEN"),
        (b"<a>&b;</a>", "MALFORMED_XML"),
        (b"<a>\x00</a>", "NUL_BYTES"),
        (b"<a>\xff</a>", "BAD_ENCODING"),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "BAD_ENCODING"),
        (b"<a b='" + b"x" * 11_000_000 + b"'/>", "TOO_LARGE"),
        (b"<a>" + b"x" * 11_000_000 + b"</a>", "TOO_LARGE"),
        (b"x" * (xml.MOST_BYTES + 1), "TOO_LARGE"),
    ],
)
def test_what_is_refused(content: bytes, expected: str) -> None:
    assert code(content) == expected


@pytest.mark.parametrize("root", [b"<TED_EXPORT/>", b'<x:Notice xmlns:x="urn:y"/>', b'<ContractNotice xmlns="ted/x"/>'])
def test_only_the_roots_of_both_families_are_known(root: bytes) -> None:
    with pytest.raises(FileRefused) as refusal:
        xml.family(xml.parse(root, LIMITS))
    assert refusal.value.code == "UNKNOWN_FORMAT"


def test_the_families() -> None:
    assert [xml.family(xml.parse(document, LIMITS)) for document in GOOD] == ["ted"] * 3 + ["eforms"] * 3


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(GOOD), st.integers(0, 20_000), st.integers(0, 80), st.binary(max_size=12))
def test_any_damage_is_a_notice_or_a_refusal(document: bytes, place: int, length: int, instead: bytes) -> None:
    start = place % len(document)
    damaged = document[:start] + instead + document[start + length :]
    try:
        notice = read_notice(damaged, REQUEST)
    except FileRefused:
        return
    lines, marks, problems = LineMaker(REQUEST).read(notice, 1, "a.xml")
    assert not problems or (lines, marks) == ([], [])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(GOOD), st.data())
def test_any_text_in_any_element_is_a_notice_or_a_refusal(document: bytes, data: st.DataObject) -> None:
    root = xml.parse(document, LIMITS)
    leaves = [node for node in root.iter() if len(node) == 0]
    leaf = data.draw(st.sampled_from(leaves))
    odd = st.sampled_from(
        ["", " ", "-1", "1e9", "99999999999999999999", "2021-13-45", "NaN", "0", "LOT-0001", "\u202e", "x" * 300]
    )
    leaf.text = data.draw(odd)
    for name in list(leaf.attrib):
        leaf.set(name, data.draw(odd))
    try:
        notice = read_notice(etree.tostring(root), REQUEST)
    except FileRefused:
        return
    LineMaker(REQUEST).read(notice, 1, "a.xml")
