"""Files of OCDS in all their shapes: exact counts, parked rows, merged updates, nothing lost and nothing twice."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from duecare.errors import FileRefused
from duecare.records.ocds import json_lines, read_ocds, updates
from duecare.records.request import Request
from duecare.records.staging import LINE_COLUMNS, Summary
from duecare.settings import Limits

Json = dict[str, Any]
Read = Callable[..., tuple[Summary, list[dict[str, str]], list[list[Json]]]]


def release(number: int, **more: object) -> Json:
    award = {"id": f"A{number}", "value": {"amount": number + 0.25, "currency": "EUR"}, "date": "2024-01-02"}
    return {
        "ocid": f"ocds-x-{number}",
        "id": f"r{number}",
        "date": "2024-01-03T00:00:00Z",
        "tender": {"id": "t", "title": f"Coffee {number}"},
        "awards": [award],
    } | more


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(text: str | bytes, name: str = "a.json", **request: Any) -> Any:
        path, folder = tmp_path / name, tmp_path / "staging"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        folder.mkdir()
        asked = Request(request.pop("limits", Limits()), date(2026, 11, 1), **request)
        summary = read_ocds(path, folder, asked)
        lines: list[dict[str, str]] = []
        for part in sorted(folder.glob("lines-*.csv")):
            with part.open(newline="", encoding="utf-8") as file:
                lines += [dict(zip(LINE_COLUMNS, row, strict=True)) for row in csv.reader(file)]
        parked = [
            json.loads(row)
            for part in sorted(folder.glob("quarantine-*.jsonl"))
            for row in part.read_text("utf-8").splitlines()
        ]
        assert len(parked) == summary.quarantined
        return summary, sorted(lines, key=lambda line: int(line["row"])), parked

    return run


RELEASES = [release(number) for number in range(3)]
RECORDS = [{"ocid": one["ocid"], "compiledRelease": one, "releases": [{"url": "x"}]} for one in RELEASES]
SHAPES = {
    "release package": json.dumps({"uri": "x", "releases": RELEASES}),
    "record package": json.dumps({"uri": "x", "records": RECORDS}),
    "list of releases": json.dumps(RELEASES),
    "list of records": json.dumps(RECORDS),
    "list of packages": json.dumps([{"releases": RELEASES[:1]}, {"releases": RELEASES[1:]}]),
    "JSON lines": "\n".join(json.dumps(one) for one in RELEASES),
    "JSON lines of records": "\n".join(json.dumps(one) for one in RECORDS) + "\n",
    "JSON lines with CRLF and blanks": "\n\n".join(json.dumps(one) + "\r" for one in RELEASES) + "\n \n",
    "pretty one after the other": "\n".join(json.dumps(one, indent=2) for one in RELEASES),
    "one after the other": "".join(json.dumps(one) for one in RELEASES),
    "pretty package": json.dumps({"releases": RELEASES}, indent=1),
    "BOM": "\ufeff" + json.dumps(RELEASES),
    "JSON lines with BOM": "\ufeff" + "\n".join(json.dumps(one) for one in RELEASES),
    "a release a line in a list": "[\n" + ",\n".join(json.dumps(one) for one in RELEASES) + "\n]",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_lines(read: Read, shape: str) -> None:
    summary, lines, _ = read(SHAPES[shape])
    assert (summary.rows, summary.quarantined) == (3, 0)
    assert [(line["ocid"], line["amount"]) for line in lines] == [
        ("ocds-x-0", "0.25"),
        ("ocds-x-1", "1.25"),
        ("ocds-x-2", "2.25"),
    ]


def test_rows_are_line_numbers_in_json_lines_and_places_in_documents(read: Read) -> None:
    _, lines, _ = read(SHAPES["JSON lines with CRLF and blanks"])
    assert [(line["row"], line["locator"]) for line in lines] == [("1", "line 1"), ("3", "line 3"), ("5", "line 5")]


def test_places_in_documents(read: Read) -> None:
    _, lines, _ = read(SHAPES["list of packages"])
    assert [line["locator"] for line in lines] == ["release 1", "release 2", "release 3"]


def test_records_without_compiled_release(read: Read) -> None:
    versions = {"ocid": "ocds-x-9", "tender": {"id": "t", "title": [{"releaseDate": "2024", "value": "Old"}]}}
    versions["tender"]["title"].append({"releaseDate": "2025", "releaseID": "2", "releaseTag": [], "value": "New"})  # type: ignore[index]
    records = [
        {"ocid": "ocds-x-1", "releases": [release(1), release(1, date="2024-02-01", tender={"title": "Tea"})]},
        {"ocid": "ocds-x-9", "versionedRelease": versions},
        {"ocid": "ocds-x-7", "releases": [{"url": "elsewhere", "tag": ["tender"], "date": "2024"}]},
    ]
    summary, lines, parked = read(json.dumps({"records": records}))
    assert [line["title"] for line in lines] == ["Tea", "New"]
    assert (summary.rows, parked[0][0]["code"], parked[0][0]["row"]) == (3, "MISSING_FIELD", 3)


def test_broken_lines_are_parked_and_the_others_read(read: Read) -> None:
    good = [json.dumps(release(number)).encode() for number in range(6)]
    good[1] = good[1][:-9]
    good[2] = good[2].replace(b'"tender"', b'"x":1,"x":2,"tender"')
    good[3] = good[3].replace(b"Coffee", b"Cof\xfee")
    good[4] = b'{"ocid":"ocds-x-4","awards":[{"id":"A4","value":{"amount":-1,"currency":"EUR"}}]}'
    summary, lines, parked = read(b"\n".join(good))
    assert (summary.rows, summary.quarantined, len(lines)) == (6, 4, 2)
    assert [(faults[0]["row"], faults[0]["code"]) for faults in parked] == [
        (2, "TRUNCATED"),
        (3, "DUP_KEY"),
        (4, "BAD_ENCODING"),
        (5, "NEGATIVE_AMOUNT"),
    ]
    assert parked[3][0]["raw"] == good[4].decode()
    assert all(faults[0]["locator"].startswith(f"line {faults[0]['row']}") for faults in parked)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (json.dumps({"releases": RELEASES})[:-20], "TRUNCATED"),
        (json.dumps({"releases": RELEASES}) + "]", "MALFORMED_JSON"),
        (json.dumps({"releases": RELEASES}).replace("Coffee 1", "\x02"), "CONTROL_CHAR"),
        ('{"releases":[],"releases":' + json.dumps(RELEASES) + "}", "DUP_KEY"),
        ('{"uri":1,"uri":2,"releases":' + json.dumps(RELEASES) + "}", "DUP_KEY"),
        ("[" * 100_000, "TOO_DEEP"),
        ('{"hello": 1}', "UNKNOWN_FORMAT"),
        ("[1, 2]", "UNKNOWN_FORMAT"),
        ("17", "UNKNOWN_FORMAT"),
        ('{"hello": 1}\n{"hello": 2}', "UNKNOWN_FORMAT"),
        ('{"releases": []}', "NO_ROWS"),
        ('{"releases": 5}', "BAD_TYPE"),
        ("  \n ", "EMPTY_FILE"),
        ("\n".join(json.dumps({"tender": {"id": number}}) for number in range(30)), "UNKNOWN_FORMAT"),
    ],
)
def test_broken_documents_refuse_the_file(read: Read, text: str, code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ('{"a":' * 70 + "1" + "}" * 70, "TOO_DEEP"),
        ('{"b":1,"b":1}', "DUP_KEY"),
        ('"\\ud800"', "LONE_SURROGATE"),
        ("[[1,{}],NaN]", "NONFINITE"),
    ],
)
def test_faults_in_fields_that_are_not_used(read: Read, inside: str, code: str) -> None:
    text = json.dumps(release(1)).replace('"tender"', f'"x_unused":{inside},"tender"')
    if code in ("NONFINITE", "LONE_SURROGATE"):  # these break the syntax
        with pytest.raises(FileRefused) as refusal:
            read(text)
        assert refusal.value.code == code
        return
    summary, lines, parked = read(text)
    assert (summary.rows, lines, parked[0][0]["code"]) == (1, [], code)


def test_a_fault_inside_one_release_of_a_package_parks_that_release(read: Read) -> None:
    text = json.dumps({"releases": RELEASES}).replace('"Coffee 1"', '"Coffee 1","title":"Tea"')
    summary, lines, parked = read(text)
    assert (summary.rows, len(lines), parked[0][0]["code"], parked[0][0]["row"]) == (3, 2, "DUP_KEY", 2)


def test_updates_are_merged_wherever_they_stand(read: Read) -> None:
    later = release(1, date="2024-05-01T00:00:00Z", id="r1b")
    later["awards"] = [{"id": "A1", "value": {"amount": 50, "currency": "EUR"}}]
    del later["tender"]
    text = "\n".join(json.dumps(one) for one in [later, release(2), release(1), release(3)])
    summary, lines, _ = read(text)
    assert (summary.rows, summary.merged, summary.quarantined) == (4, 1, 0)
    assert [(line["row"], line["ocid"], line["title"], line["amount"]) for line in lines] == [
        ("1", "ocds-x-1", "Coffee 1", "50"),
        ("2", "ocds-x-2", "Coffee 2", "2.25"),
        ("4", "ocds-x-3", "Coffee 3", "3.25"),
    ]
    assert lines[0]["award_date"] == "2024-01-02"


def test_the_same_release_twice_says_the_same_twice(read: Read) -> None:
    text = "\n".join(json.dumps(one) for one in [release(1), release(2), release(1)])
    summary, lines, _ = read(text)
    assert (summary.rows, summary.merged) == (3, 0)
    first, _, last = lines
    assert (first["row"], last["row"]) == ("1", "3")
    assert {name for name in LINE_COLUMNS if first[name] != last[name]} == {"row", "locator"}


def test_an_update_and_a_copy_of_an_older_release(read: Read) -> None:
    old, new = release(1), release(1, date="2024-05-01T00:00:00Z", tender={"title": "Tea"})
    _, lines, _ = read("\n".join(json.dumps(one) for one in [old, new, old]))
    assert [(line["row"], line["title"]) for line in lines] == [("2", "Tea"), ("3", "Tea")]
    assert lines[0]["content_sha256"] == lines[1]["content_sha256"]


def test_an_update_that_spoils_the_whole_is_parked(read: Read) -> None:
    first = release(1)
    first["awards"][0]["contractPeriod"] = {"startDate": "2024-06-01"}
    spoils = release(1, date="2024-05-01T00:00:00Z")
    spoils["awards"] = [{"id": "A1", "contractPeriod": {"endDate": "2024-02-01"}}]
    summary, lines, parked = read("\n".join(json.dumps(one) for one in [first, spoils]))
    assert (summary.rows, summary.quarantined, summary.merged) == (2, 1, 0)
    assert (lines[0]["row"], parked[0][0]["row"], parked[0][0]["code"]) == ("1", 2, "DATE_ORDER")


def test_updates_in_documents(read: Read) -> None:
    later = {"ocid": "ocds-x-1", "date": "2024-05-01", "tender": {"title": "Tea"}}
    summary, lines, _ = read(json.dumps({"releases": [release(1), later]}))
    assert (summary.merged, [line["title"] for line in lines]) == (1, ["Tea"])


def test_contacts_are_neither_staged_nor_in_raw_content(read: Read, tmp_path: Path) -> None:
    point = {"name": "Jo Doe", "email": "jo@example.org", "telephone": "+1 555"}
    bad = release(1, parties=[{"id": "b", "contactPoint": point}], buyer={"id": 5, "contactPoint": point})
    bad["awards"][0]["value"]["amount"] = -4
    read("\n".join(json.dumps(one) for one in [release(2), bad, release(3)]).replace("Coffee 3", "mail jo@example.org"))
    stored = b"".join(path.read_bytes() for path in (tmp_path / "staging").iterdir())
    assert b"Jo Doe" not in stored
    assert b"+1 555" not in stored


def test_unused_fields_are_listed_by_name(read: Read) -> None:
    more = {
        "x_new": 1,
        "parties": [{"id": "b", "contactPoint": {"name": "n"}, "details": {"scale": "sme", "url": "x", "mood": 1}}],
    }
    more["bids"] = {"details": [{"id": "1"}], "statistics": [{"measure": "bids", "value": 2, "notes": "n"}]}
    summary, _, _ = read(json.dumps([release(1, **more), release(2)]))
    ignored = {"bids/details", "bids/statistics/notes", "parties/contactPoint", "parties/details/url"}
    unknown = {"x_new", "parties/details/mood"}
    assert ignored | unknown <= set(summary.ignored_fields)
    assert set(summary.unknown_fields) == unknown
    assert not {"parties/details/scale", "bids/statistics/value"} & set(summary.ignored_fields)
    assert not {"ocid", "awards/value/amount", "tender/title"} & set(summary.ignored_fields)


def test_long_lines(read: Read) -> None:
    limits = Limits(line_bytes=300_000)
    padded = [release(1, padding="x" * 290_000), release(2, padding="y" * 310_000), release(3)]
    summary, lines, parked = read("\n".join(json.dumps(one) for one in padded), limits=limits)
    assert ([line["row"] for line in lines], parked[0][0]["code"], parked[0][0]["row"]) == (
        ["1", "3"],
        "LINE_TOO_LONG",
        2,
    )
    assert summary.rows == 3


def test_several_processes_give_what_one_gives(read: Read, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    releases = [release(number % 90, padding="é" * number) for number in range(100)]
    lines = [json.dumps(one, ensure_ascii=False) for one in releases]
    lines[40] = lines[40][:-1]
    lines[95] = lines[95].replace("0.25", "NaN").replace("5.25", "NaN")
    text = "\n".join(lines) + "\n"
    one = read(text, workers=1)
    (tmp_path / "staging").rename(tmp_path / "first")
    monkeypatch.setattr(json_lines, "SMALLEST_RANGE", 1000)
    several = read(text, workers=4)
    assert len(list((tmp_path / "staging").glob("lines-?-releases.csv"))) == 4
    assert several[0] == one[0]
    assert several[1] == one[1]
    assert sorted(several[2], key=lambda faults: faults[0]["row"]) == one[2]
    assert one[0].rows == 100


def test_merging_side_by_side_gives_what_one_process_gives(
    read: Read, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    releases = [release(number) for number in range(9)]
    releases += [release(number, date="2024-05-01T00:00:00Z", tender={"title": f"Tea {number}"}) for number in range(8)]
    releases[11]["awards"][0]["value"]["currency"] = "EUR"
    releases[12]["awards"] = [{"id": "A1", "contractPeriod": {"startDate": "2024-06-01", "endDate": "2024-02-01"}}]
    text = "\n".join(json.dumps(one) for one in releases)
    one = read(text, workers=1)
    before = {path.name: path.read_bytes() for path in (tmp_path / "staging").iterdir()}
    (tmp_path / "staging").rename(tmp_path / "first")
    monkeypatch.setattr(updates, "FEWEST_ENTRIES", 3)
    assert read(text, workers=4) == one
    assert {path.name: path.read_bytes() for path in (tmp_path / "staging").iterdir()} == before
    assert (one[0].merged, one[0].quarantined) == (7, 1)


def test_portions_keep_a_process_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "FEWEST_ENTRIES", 2)
    entries = [(0, hashed, row, 0, 0, 0, 0) for row, hashed in enumerate([1, 1, 1, 1, 1, 2, 3, 3])]
    for most in (1, 2, 3, 4, 9):
        found = updates.portions(entries, most)
        assert [entry for portion in found for entry in portion] == entries
        assert 0 < len(found) <= most
        assert all(a[-1][1] != b[0][1] for a, b in pairwise(found))
    assert [len(portion) for portion in updates.portions(entries, 4)] == [5, 1, 2]


def test_a_worker_that_dies_is_noticed(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "SMALLEST_RANGE", 100)
    take_range = json_lines.take_range

    def fail(path: Path, part: json_lines.Range, *rest: Any) -> None:
        if part.start:
            raise MemoryError
        take_range(path, part, *rest)

    monkeypatch.setattr(json_lines, "take_range", fail)
    with pytest.raises(MemoryError):
        read(SHAPES["JSON lines"], workers=2)
