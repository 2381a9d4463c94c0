"""Packages of notices end to end: one row each, parked alone, the newest version wins, nothing is counted twice."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from notice_texts import Facts, Part, Won, competition, eforms, result, ted

from duecare import cycle
from duecare.errors import WrongUsage
from duecare.records import archive
from duecare.records.notices import package
from duecare.records.request import Request
from duecare.register.engine import Engine
from duecare.register.intake import Outcome
from duecare.register.lines import see_lines
from duecare.register.marks import COLUMNS
from duecare.register.store import Register
from duecare.settings import Limits, Settings

AS_OF = date(2026, 11, 1)
TABLE = (
    b"contract_id,buyer,supplier_name,title,amount,currency,award_date,country\n1,B,S,Cleaning,5.00,EUR,2025-01-02,AT\n"
)
SECOND = "3f6f1d1c-0000-4000-8000-000000000002"


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


class World:
    """A register and what was taken into it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, 0

    def take(self, name: str, content: bytes, limits: Limits | None = None, workers: int = 2) -> Outcome:
        self.files += 1
        path = self.folder / f"{self.files}" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        settings = Settings(limits=limits or Limits(), workers=workers)
        (outcome,) = cycle.take_in([path], self.folder / "register", settings, AS_OF).files
        assert outcome.rows == outcome.accepted + outcome.quarantined + outcome.duplicates
        return outcome

    def lines(self) -> list[dict[str, Any]]:
        with Engine() as engine:
            see_lines(engine, Register.existing(self.folder / "register"))
            return engine.rows("SELECT * FROM lines ORDER BY ocid, lot, phase, line_id")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("write", [ted, eforms])
def test_one_notice_is_one_row(world: World, write: Any) -> None:
    outcome = world.take("notice.xml", write(result()))
    assert (outcome.status, outcome.rows, outcome.lines, outcome.format) == ("accepted", 1, 1, "xml")
    (line,) = world.lines()
    assert (line["supplier_name"], str(line["award_date"]), line["locator"]) == (
        "Glanz GmbH",
        "2021-03-04",
        "notice.xml",
    )


@pytest.mark.parametrize(
    ("name", "pack", "kind"),
    [
        ("day.zip", zipped, "xml.zip"),
        ("day.tar", tarred, "xml.tar"),
        ("day.tar.gz", lambda members: gzip.compress(tarred(members)), "xml.tar.gz"),
        ("day.tgz", lambda members: gzip.compress(tarred(members)), "xml.tar.gz"),
        ("notice.xml.gz", lambda members: gzip.compress(next(iter(members.values()))), "xml.gz"),
    ],
)
def test_a_package_is_one_file_of_the_ledger(world: World, name: str, pack: Any, kind: str) -> None:
    members = {"2021/a.xml": ted(result()), "2021/b.xml": eforms(result(procedure=SECOND))}
    outcome = world.take(name, pack(members))
    count = 1 if name == "notice.xml.gz" else 2
    assert (outcome.status, outcome.rows, outcome.lines, outcome.format) == ("accepted", count, count, kind)
    if count == 2:
        assert {line["locator"] for line in world.lines()} == {"2021/a.xml", "2021/b.xml"}


def test_a_broken_notice_is_parked_alone_with_its_name(world: World) -> None:
    members = {
        "a.xml": ted(result()),
        "b.xml": ted(result())[:-40],
        "c.xml": b"<Notice/>",
        "d.xml": b"",
        "e.xml": b"<!DOCTYPE a><a/>",
    }
    outcome = world.take("day.zip", zipped(members))
    assert (outcome.rows, outcome.accepted, outcome.quarantined) == (5, 1, 4)
    parked = next((world.folder / "register" / "quarantine").iterdir()).read_text().splitlines()
    found = {fault["locator"]: fault["code"] for row in parked for fault in json.loads(row)}
    assert found == {
        "b.xml": "MALFORMED_XML",
        "c.xml": "UNKNOWN_FORMAT",
        "d.xml": "EMPTY_FILE",
        "e.xml": "XML_FORBIDDEN",
    }


def test_a_package_without_a_single_notice_is_refused_with_the_commonest_reason(world: World) -> None:
    outcome = world.take("day.zip", zipped({"a.xml": b"<Notice/>", "b.xml": b"<Notice/>", "c.xml": b"<a>"}))
    assert (outcome.status, list(outcome.codes)) == ("file_refused", ["UNKNOWN_FORMAT"])
    assert "MALFORMED_XML 1, UNKNOWN_FORMAT 2" in outcome.reasons[0]["message"]


def test_an_unknown_document_is_refused_by_the_name_of_its_root(world: World) -> None:
    outcome = world.take("a.xml", b'<invoice xmlns="urn:x"><total>1</total></invoice>')
    assert outcome.status == "file_refused"
    assert "'invoice' in the namespace 'urn:x'" in outcome.reasons[0]["message"]


def test_a_mixed_zip_is_read_member_by_member(world: World) -> None:
    path = world.folder / "mixed.zip"
    path.write_bytes(zipped({"a.xml": ted(result()), "t.csv": TABLE}))
    outcomes = cycle.take_in([path], world.folder / "register", Settings(), AS_OF).files
    assert [(outcome.file, outcome.format, outcome.rows) for outcome in outcomes] == [
        ("mixed.zip/a.xml", "xml", 1),
        ("mixed.zip/t.csv", "csv", 1),
    ]


def test_the_same_notice_twice_is_a_duplicate_within_and_across_files(world: World) -> None:
    closed = result(parts=(Part(won=Won(winner="")),), number="000001-2022")
    members = {"a.xml": ted(result()), "b.xml": ted(result()), "c.xml": ted(closed), "d.xml": ted(closed)}
    outcome = world.take("day.zip", zipped(members))
    assert (outcome.accepted, outcome.duplicates, outcome.lines) == (2, 2, 1)
    again = world.take("other.xml", ted(result()) + b"\n")
    assert (again.accepted, again.duplicates) == (0, 1)
    silent = world.take("silent.xml", ted(closed) + b"\n")
    assert (silent.accepted, silent.duplicates, silent.lines) == (0, 1, 0)
    both = world.take(
        "both.zip", zipped({"c.xml": ted(closed), "d.xml": ted(closed), "e.xml": ted(result(number="7-2022"))})
    )
    assert (both.accepted, both.duplicates) == (1, 2)


def test_the_same_notice_with_other_content_is_a_conflict(world: World) -> None:
    other = result(parts=(Part(won=Won(winner="Other AG")),))
    outcome = world.take("day.zip", zipped({"a.xml": eforms(result()), "b.xml": eforms(other)}))
    assert (outcome.quarantined, outcome.codes) == (2, {"DUP_CONFLICT": 2})


def test_a_later_version_or_edition_of_a_notice_wins_in_any_order(world: World) -> None:
    later = result(parts=(Part(won=Won(amount="1")),), issued="2022-05-01")
    newer = result(parts=(Part(won=Won(amount="2")),), issued="2022-05-01")
    members = {"b.xml": eforms(newer, version="02"), "c.xml": eforms(later, "1.9", "02"), "a.xml": eforms(result())}
    outcome = world.take("day.zip", zipped(members))
    assert (outcome.accepted, outcome.quarantined) == (3, 0)
    assert [str(line["amount"]).rstrip("0") for line in world.lines()] == ["2."]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("write", [ted, eforms])
def test_a_result_settles_what_was_announced_in_any_order_of_files(
    world: World, write: Any, order: tuple[int, int]
) -> None:
    lots = (Part(), Part(number="2", title="Windows"), Part(number="3", title="Snow"))
    won = (Part(won=Won()), replace(lots[1], won=Won(winner="")))
    announced, awarded = competition(parts=lots), result(parts=won, refers="123456-2021")
    files = [write(announced), write(awarded)]
    for number in order:
        world.take(f"{number}.xml", files[number])
    told = [(line["phase"], line["lot"]) for line in world.lines()]
    assert told == (
        [("award", "1"), ("tender", "3")] if write is ted else [("award", "LOT-0001"), ("tender", "LOT-0003")]
    )


def test_a_modification_replaces_the_award_that_it_tells_of(world: World) -> None:
    world.take("result.xml", ted(result(number="654321-2022")))
    register = Register.existing(world.folder / "register")
    (line,) = world.lines()
    mark = {
        "kind": "modifies",
        "notice": "654321-2022",
        "procedure": "ted:other",
        "lot": "",
        "contract": "other",
        "supplier": "Glanz GmbH",
    }
    assert set(mark) <= set(COLUMNS)
    (register.folder / "marks").mkdir(exist_ok=True)
    sha256 = register.ledger()[0]["sha256"]
    (register.folder / "marks" / f"{sha256}.jsonl").write_text(json.dumps(mark) + "\n")
    assert line["phase"] == "award"
    assert world.lines() == []


def test_a_natural_person_is_seen_as_one_and_not_by_name(world: World) -> None:
    outcome = world.take("result.xml", ted(result()))
    assert outcome.accepted == 1
    assert [line["supplier_name"] for line in world.lines()] == ["Glanz GmbH"]
    held = world.folder / "register" / "lines"
    with Engine() as engine:
        engine.view_parquet("held", list(held.iterdir()))
        target = world.folder / "person.parquet"
        engine.write_parquet("SELECT * REPLACE ('yes' AS supplier_is_person, '77' AS supplier_id) FROM held", target)
    target.replace(next(held.iterdir()))
    (line,) = world.lines()
    assert line["supplier_name"] == "natural person"
    assert line["supplier_id"] == f"person-{line['line_id']}"


def test_several_processes_read_the_same_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "SMALLEST_SHARE_BYTES", 1000)
    path = world.folder / "day.zip"
    numbered = [f"{number:06d}-2021" for number in range(1, 40)]
    path.write_bytes(zipped({f"{number}.xml": ted(result(number=number)) for number in numbered} | {"bad.xml": b"<a>"}))
    found = []
    for workers in (1, 3):
        folder = world.folder / f"read-{workers}"
        folder.mkdir()
        summary = package.read_zip(
            path, archive.list_entries(path, Limits()), folder, Request(Limits(), AS_OF, workers=workers)
        )
        lines = sorted(line for part in folder.glob("lines-*.csv") for line in part.read_text().splitlines())
        found.append((summary, lines, len(list(folder.glob("lines-*.csv")))))
    (one, lines_of_one, parts_of_one), (many, lines_of_many, parts_of_many) = found
    assert (one, lines_of_one) == (many, lines_of_many)
    assert (parts_of_one, parts_of_many) == (1, 3)
    assert (one.rows, one.quarantined, len(lines_of_one)) == (40, 1, 39)


def test_notices_are_not_written_back(world: World) -> None:
    path = world.folder / "day.zip"
    path.write_bytes(zipped({"a.xml": ted(result()), "b.xml": b"<a>"}))
    cycle.take_in([path], world.folder / "register", Settings(), AS_OF)
    with pytest.raises(WrongUsage, match="corrected where they were published"):
        cycle.export_quarantine(path, world.folder / "register", Settings(), AS_OF)


def test_the_limit_of_members_is_one_of_its_own_for_notices(world: World) -> None:
    few = Limits(archive_members=2, notice_members=4)
    notices = {f"{number}.xml": ted(result(number=f"{number:06d}-2021")) for number in range(5)}
    assert world.take("five.zip", zipped(notices), few).codes == {"ARCHIVE_BOMB": 1}
    assert world.take("five.tar", tarred(notices), few).codes == {"ARCHIVE_BOMB": 1}
    four = dict(list(notices.items())[:4])
    assert world.take("four.zip", zipped(four), few).accepted == 4
    assert world.take("mixed.zip", zipped({**dict(list(four.items())[:2]), "t.csv": b"a,b\n1,2\n"}), few).codes == {
        "ARCHIVE_BOMB": 1
    }


def test_one_member_too_many_is_refused_at_the_shipped_limit(world: World) -> None:
    assert world.take("many.zip", zip_of_empty_members(100_001)).codes == {"ARCHIVE_BOMB": 1}


def zip_of_empty_members(count: int) -> bytes:
    """Written by hand: the standard library needs seconds for so many."""
    body, directory = bytearray(), bytearray()
    for number in range(count):
        name, content = f"{number:06d}.xml".encode(), b"<a/>"
        sizes = struct.pack("<3I2H", zlib.crc32(content), len(content), len(content), len(name), 0)
        directory += struct.pack("<4s6H", b"PK\x01\x02", 20, 20, 0, 0, 0, 33) + sizes
        directory += struct.pack("<3H2I", 0, 0, 0, 0, len(body)) + name
        body += struct.pack("<4s5H", b"PK\x03\x04", 20, 0, 0, 0, 33) + sizes + name + content
    start, length = len(body), len(directory)
    large = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, start + length, 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, length, start, 0)
    return bytes(body + directory + large + locator + end)


def test_a_register_of_an_earlier_edition_is_read_with_the_new_columns_unknown(world: World) -> None:
    world.take("result.xml", ted(result()))
    held = next((world.folder / "register" / "lines").iterdir())
    with Engine() as engine:
        engine.view_parquet("held", [held])
        target = world.folder / "old.parquet"
        engine.write_parquet("SELECT * EXCLUDE (duration_months, supplier_is_person) FROM held", target)
    target.replace(held)
    (line,) = world.lines()
    assert line["duration_months"] is None
    assert line["supplier_name"] == "Glanz GmbH"


def test_facts_are_written_as_they_are(world: World) -> None:
    """The generator of these tests writes what it is told, or the tests prove nothing."""
    world.take("a.xml", eforms(Facts(parts=(Part(told="See annex", months="7"),))))
    (line,) = world.lines()
    assert (line["duration_months"], line["phase"], str(line["amount"]).rstrip("0")) == (7.0, "tender", "130000.")
