"""The reading room: counts, facets and pages agree with the findings, and nobody sees a line of an office out of reach."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from duecare import cycle
from duecare.communicate.reading_room import EVERYTHING, FACETS, ORDERS, Asked, ReadingRooms, Room, reached
from duecare.settings import Settings

SAMPLE = Path(__file__).resolve().parents[3] / "sample"
AS_OF = date(2026, 11, 24)
OFFICE, OTHER = "Office Skopje", "Office Yerevan"


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading") / "register"
    files = [SAMPLE / "skopje.xls", SAMPLE / "yerevan.csv", SAMPLE / "belgrade.csv"]
    cycle.take_in(files, folder, Settings(), AS_OF)
    cycle.identify(folder, Settings(), AS_OF)
    return folder


@pytest.fixture(scope="module")
def rooms() -> ReadingRooms:
    return ReadingRooms()


@pytest.fixture(scope="module")
def room(rooms: ReadingRooms, register: Path) -> Room:
    found = rooms.newest(register, Settings())
    assert found is not None
    return found


@pytest.fixture(scope="module")
def items(register: Path) -> list[dict[str, Any]]:
    """The findings as the command line publishes them: the other way to the same numbers."""
    run = next((register / "runs").iterdir()).name
    return list(cycle.published(register, Settings(), run)["findings"])


def test_counts_are_those_of_the_published_findings(room: Room, items: list[dict[str, Any]]) -> None:
    assert room.count(Asked()) == len(items)
    assert room.bands(Asked()) == Counter(item["band"] for item in items)
    found = room.facets(Asked())
    assert found["office"] == Counter(item["structure"] for item in items)
    assert found["category"] == Counter(item["category"] for item in items)
    assert found["country"] == Counter(item["country"] or "" for item in items)
    assert set(found) == set(FACETS)


def test_a_facet_is_counted_as_if_it_were_not_narrowed_and_the_others_are(
    room: Room, items: list[dict[str, Any]]
) -> None:
    asked = Asked(facets={"band": ("HIGH",), "office": (OFFICE,)})
    found = room.facets(asked)
    assert found["band"] == Counter(item["band"] for item in items if item["structure"] == OFFICE)
    assert found["office"] == Counter(item["structure"] for item in items if item["band"] == "HIGH")
    both = [item for item in items if item["band"] == "HIGH" and item["structure"] == OFFICE]
    assert found["care"] == Counter(item["ddl"] for item in both)
    assert room.count(asked) == len(both)


def test_the_order_is_that_of_the_method_and_pages_fit_together(room: Room, items: list[dict[str, Any]]) -> None:
    ordered = sorted(items, key=lambda i: (-i["PRI"], -i["S"], i["award_date"] or "", i["line_id"]))
    pages = [row["line_id"] for start in range(0, len(items), 40) for row in room.page(Asked(), start=start, size=40)]
    assert pages == [item["line_id"] for item in ordered]
    assert [row["line_id"] for row in room.all(Asked())] == pages


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("falling", [True, False])
def test_every_order_holds_every_line_once(room: Room, items: list[dict[str, Any]], order: str, falling: bool) -> None:
    rows = room.page(Asked(), order, 0, 5000, falling=falling)
    assert {row["line_id"] for row in rows} == {item["line_id"] for item in items}
    assert len(rows) == len(items)
    half = room.page(Asked(), order, 30, 30, falling=falling)
    assert [row["line_id"] for row in half] == [row["line_id"] for row in rows[30:60]]


def test_words_are_looked_for_without_accents_and_all_must_be_there(room: Room, items: list[dict[str, Any]]) -> None:
    wanted = [
        i for i in items if "cleaning" in i["title"].lower() and "skopje" in f"{i['title']} {i['supplier']}".lower()
    ]
    assert wanted
    assert room.count(Asked(words="CLEÁNING skopje")) == len(wanted)
    assert room.count(Asked(words="cleaning nowhereatall")) == 0


@pytest.mark.parametrize(
    "words", ["'; DROP TABLE kept.findings; --", "%", "_", "\\", "\x00", "' OR 1=1", "🙂" * 50, "a " * 500]
)
def test_words_are_only_words(room: Room, words: str) -> None:
    before = room.count(Asked())
    assert room.count(Asked(words=words)) < before
    assert room.count(Asked(facets={"office": (words,)})) == 0
    assert room.line(EVERYTHING, words) is None
    assert room.count(Asked()) == before


def test_an_office_out_of_reach_is_nowhere(room: Room) -> None:
    theirs = room.page(Asked(frozenset({OTHER})), size=1)[0]
    mine = frozenset({OFFICE})
    assert room.line(mine, theirs["line_id"]) is None
    assert room.item(mine, theirs["line_id"]) is None
    assert room.explained(mine, theirs["line_id"]) is None
    assert room.lines(mine, [theirs["line_id"]]) == {}
    assert room.of_contract(mine, OTHER, theirs["contract_id"]) == []
    assert set(room.facets(Asked(mine))["office"]) == {OFFICE}
    assert {row["value"] for row in room.grid(Asked(mine), "office")} == {OFFICE}
    assert room.count(Asked(mine, {"office": (OTHER,)})) == 0
    listed = room.ranked(mine, 40)
    ids = [line for one in listed.chosen for line in one.lines] + [
        line for one in listed.left_out for line in one.examples
    ]
    assert set(room.lines(mine, ids)) == set(ids)
    assert room.count(Asked(frozenset())) == 0


def test_reaching_a_line_first_by_somebody_else_opens_it_to_nobody(room: Room) -> None:
    theirs = room.page(Asked(frozenset({OTHER})), size=1)[0]["line_id"]
    assert room.item(EVERYTHING, theirs) is not None
    assert room.item(frozenset({OFFICE}), theirs) is None


def test_an_item_is_the_published_one(room: Room, items: list[dict[str, Any]]) -> None:
    for item in items[:3]:
        assert room.item(EVERYTHING, item["line_id"]) == item


def test_the_grid_adds_up_and_stands_in_the_order_of_names(room: Room, items: list[dict[str, Any]]) -> None:
    rows = room.grid(Asked(), "office")
    assert sum(row["lines"] for row in rows) == len(items)
    keys = [(row["category"], row["value"]) for row in rows]
    assert keys == sorted(keys)


def test_places_hold_every_flagged_line_once(room: Room, items: list[dict[str, Any]]) -> None:
    flagged = sum(item["band"] in ("HIGH", "VERY_HIGH") for item in items)
    assert sum(lines for counts in room.places(Asked()).values() for lines in counts.values()) == flagged


def test_each_thread_has_its_own_door(room: Room) -> None:
    expected, found, faults = room.facets(Asked()), [], []

    def ask() -> None:
        try:
            line = room.page(Asked(), size=1)[0]["line_id"]
            found.append((room.facets(Asked()), room.item(EVERYTHING, line)))
        except Exception as fault:  # noqa: BLE001 - said by the test
            faults.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [facets for facets, _ in found] == [expected] * 8
    assert len({item["line_id"] for _, item in found if item}) == 1


@pytest.fixture
def growing(tmp_path: Path) -> Path:
    folder = tmp_path / "register"
    cycle.take_in([SAMPLE / "yerevan.csv"], folder, Settings(), AS_OF)
    return folder


def test_a_newer_run_is_seen_and_the_older_one_before_it(rooms: ReadingRooms, growing: Path) -> None:
    assert rooms.newest(growing, Settings()) is None
    first = cycle.identify(growing, Settings(), AS_OF)
    room = rooms.newest(growing, Settings())
    assert room is not None
    assert room.id == first.name
    assert rooms.newest(growing, Settings()) is room
    second = cycle.identify(growing, Settings(), date(2026, 11, 25))
    newer = rooms.newest(growing, Settings())
    assert newer is not None
    assert newer.id == second.name
    assert room.count(Asked()) == newer.count(Asked())


def test_no_register_is_no_room(rooms: ReadingRooms, tmp_path: Path) -> None:
    assert rooms.newest(tmp_path / "nothing", Settings()) is None


def test_lines_of_an_older_run_are_cut_to_the_offices_in_reach(register: Path, items: list[dict[str, Any]]) -> None:
    run = next((register / "runs").iterdir())
    assert reached(run, Settings(), EVERYTHING) == {item["line_id"]: item["structure"] for item in items}
    mine = reached(run, Settings(), frozenset({OFFICE}))
    assert set(mine.values()) == {OFFICE}
