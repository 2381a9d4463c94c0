"""My list and the portfolio as people of different roles and offices get them."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from casebook_home import NOW
from rated import NORTH, SOUTH

PAGES = [
    "/week",
    "/portfolio",
    "/portfolio/heat",
    "/portfolio/heat?across=country",
    "/portfolio/map",
    "/phases/plan",
    "/phases/deliver",
    "/compare",
]
READERS = ["PO", "RQ", "CM", "FP", "LG", "FIN", "SM", "DPO", "IA"]
OTHERS = ["IV", "SAG", "ADM"]


@pytest.mark.parametrize("address", PAGES)
def test_who_reads_risk_records_sees_it_and_nobody_else(rated: Any, client_for: Any, address: str) -> None:
    assert {role: client_for(role).get(address).status_code for role in READERS} == dict.fromkeys(READERS, 200)
    assert {role: client_for(role).get(address).status_code for role in OTHERS} == dict.fromkeys(OTHERS, 403)
    assert client_for(None).get(address).status_code == 302


@pytest.mark.parametrize("address", PAGES)
def test_before_anything_was_rated_each_page_says_so(home: Any, client_for: Any, address: str) -> None:
    answer = client_for("PO").get(address)
    assert answer.status_code == 200
    assert "yet" in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_nothing_of_another_office_is_on_any_page(rated: Any, client_for: Any, address: str) -> None:
    mine, theirs = client_for("PO").get(address).content.decode(), client_for("PO-south").get(address).content.decode()
    assert SOUTH not in mine
    assert NORTH not in theirs


def test_a_filter_by_another_office_finds_nothing(rated: Any, client_for: Any) -> None:
    found = rows(client_for("PO").get("/portfolio", {"office": SOUTH, "format": "json"}))
    assert found == []


def rows(answer: Any) -> list[dict[str, Any]]:
    return json.loads(b"".join(answer.streaming_content))


def test_files_hold_the_whole_view_in_its_order_with_plain_values(rated: Any, client_for: Any) -> None:
    from duecare.communicate.reading_room import Asked

    found = rows(client_for("PO").get("/portfolio", {"band": "HIGH", "format": "json"}))
    expected = rated.page(Asked(frozenset({NORTH}), {"band": ("HIGH",)}), size=500)
    assert [row["line_id"] for row in found] == [row["line_id"] for row in expected]
    assert found[0]["level"] == expected[0]["L"]
    text = b"".join(client_for("PO").get("/portfolio?format=csv").streaming_content).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == rated.count(Asked(frozenset({NORTH})))


@pytest.mark.parametrize(
    "query",
    [
        "sort=title",
        "sort=-band",
        "sort=ends",
        "sort=category",
        "q=cleaning",
        "band=HIGH&care=INTENSIVE",
        "country=",
        "page=3",
        "band=%00",
    ],
)
def test_sorting_searching_and_facets_answer(rated: Any, client_for: Any, query: str) -> None:
    assert client_for("SM").get(f"/portfolio?{query}").status_code == 200


def test_no_page_calls_anything_clean_or_gives_a_percentage_of_risk(rated: Any, client_for: Any, line_of: Any) -> None:
    line = line_of(NORTH)
    for address in (*PAGES, f"/contracts/{line}", f"/contracts/{line}/explain"):
        text = client_for("SM").get(address).content.decode().lower()
        assert "slavery-free" not in text
        assert "% risk" not in text
        assert "risk %" not in text


def test_offices_stand_in_the_order_of_their_names(rated: Any, client_for: Any, people: dict[str, Any]) -> None:
    people["SM"].assignments.update(structure=None)
    text = client_for("SM").get("/portfolio/heat").content.decode()
    heads = text[text.index("<thead>") : text.index("</thead>")]
    assert heads.index("Bureau de liaison") < heads.index(NORTH) < heads.index(SOUTH) < heads.index("Warsaw")
    assert "not ranked" in text


def test_phases_hold_their_contracts_only(rated: Any, client_for: Any) -> None:
    found = rows(client_for("CM").get("/phases/deliver?format=json"))
    assert {row["timing"] for row in found} <= {"running", "open", "ending"}
    assert rows(client_for("CM").get("/phases/deliver", {"timing": "ended", "format": "json"})) == []


# --- my list -------------------------------------------------------------------------------------------------------------


def week(client_for: Any, role: str) -> dict[str, Any]:
    return _context(client_for(role), "/week")


def _context(client: Any, address: str) -> dict[str, Any]:
    """What a page was made of."""
    from duecare.web import engine

    kept: dict[str, Any] = {}
    before = engine.Page.render

    def render(self: Any, context: Any = None, request: Any = None) -> str:
        kept.update(context or {})
        return before(self, context, request)

    engine.Page.render = render
    try:
        assert client.get(address).status_code == 200
    finally:
        engine.Page.render = before
    return kept


def test_the_list_fits_the_hours_and_keeps_what_must_not_be_cut(
    rated: Any, client_for: Any, people: dict[str, Any]
) -> None:
    people["CM"].hours_per_week = 3
    people["CM"].save()
    found = week(client_for, "CM")
    mine = found["week"]
    assert mine.used <= 3
    assert all(card.who == "contract manager" for card in found["cards"])
    everything = [*mine.now, *mine.must, *mine.later, *mine.others]
    mandatory = [one for one in mine.listed.chosen if one.mandatory]
    assert {one.line_id for one in mandatory} <= {one.line_id for one in everything}
    assert {one.line_id for one in mine.later if one.mandatory} == set()


def test_hours_that_nobody_has_said_are_assumed_aloud(rated: Any, client_for: Any) -> None:
    assert "are assumed" in client_for("CM").get("/week").content.decode()


def test_a_decision_puts_an_item_off_until_its_finding_changes(
    rated: Any, client_for: Any, people: dict[str, Any]
) -> None:
    from duecare.casebook.access import reach_of
    from duecare.casebook.acts.decisions import Verdict, decide
    from duecare.casebook.models import Decision
    from duecare.casebook.writing import Actor
    from duecare.web.room import line_of as line

    first = week(client_for, "CM")["week"].now[0].line_id
    item = rated.item(None, first)
    actor = Actor(people["CM"], reach_of(people["CM"], NOW.date()), NOW)
    until = NOW.date() + timedelta(days=200)
    decide(
        actor,
        line(item),
        item,
        Verdict("defer", "Looked at after the tender", "The site opens only in spring next year.", until),
    )
    after = week(client_for, "CM")
    assert [short.chosen.line_id for short in after["put_off"]] == [first]
    assert first not in [one.line_id for one in after["week"].now]
    older = item | {"run": "an older run", "band": "LOW"}
    decide(
        actor.later(NOW + timedelta(hours=1)),
        line(older),
        older,
        Verdict("defer", "Looked at later", "The site opens only in spring next year.", until),
    )
    again = week(client_for, "CM")
    assert Decision.objects.count() == 2
    assert [card.again for card in again["cards"] if card.chosen.line_id == first] == [("band",)]


def test_what_was_promised_for_this_week_stands_first(rated: Any, client_for: Any, people: dict[str, Any]) -> None:
    from duecare.casebook.access import reach_of
    from duecare.casebook.acts.contracts import Wish, add_link
    from duecare.casebook.writing import Actor
    from duecare.web import clock
    from duecare.web.room import line_of as line

    found = week(client_for, "CM")["week"].now[0].line_id
    actor = Actor(people["CM"], reach_of(people["CM"], NOW.date()), NOW)
    day = clock.now().date()
    for text, role, late in (("Send the staffing annex", "CM", 1), ("Not mine", "LG", 1), ("Not yet", "CM", -60)):
        wish = Wish(
            "measure", text, reason=("P_PROFILE", "Night work"), owner_role=role, due=day - timedelta(days=late)
        )
        add_link(actor, line(rated.item(None, found)), wish)
    due = week(client_for, "CM")["due"]
    assert [(one.text, one.late) for one in due] == [("Send the staffing annex", True)]


# --- two runs ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_runs(home: Any, offices: dict[str, Any], tmp_path: Any) -> Any:
    """A register of its own with two runs of three offices."""
    from datetime import date

    from rated import SAMPLE

    from duecare import cycle
    from duecare.settings import Settings

    cycle.take_in([SAMPLE / "skopje.xls", SAMPLE / "yerevan.csv"], home.register, Settings(), date(2026, 11, 24))
    runs = [cycle.identify(home.register, Settings(), day).name for day in (date(2025, 6, 1), date(2026, 11, 24))]
    for key, written in (("north", NORTH), ("south", SOUTH)):
        offices[key].names = [written]
        offices[key].save()
    return runs


def test_two_runs_are_compared_within_ones_offices(
    two_runs: list[str], client_for: Any, people: dict[str, Any]
) -> None:
    mine, theirs = (
        _context(client_for("PO"), "/compare")["found"],
        _context(client_for("PO-south"), "/compare")["found"],
    )
    people["SM"].assignments.update(structure=None)
    whole = _context(client_for("SM"), "/compare")["found"]
    assert {row["office"] for row in mine["changed"]} == {NORTH}
    assert {row["office"] for row in theirs["changed"]} == {SOUTH}
    assert len(whole["changed"]) == len(mine["changed"]) + len(theirs["changed"]) > 20
    assert mine["both"] + theirs["both"] == whole["both"]
    text = client_for("PO").get("/compare?changed.page=2").content.decode()
    assert SOUTH not in text
    assert "The day of the assessment changed" in text


def test_a_run_that_there_is_not_is_missing(two_runs: list[str], client_for: Any) -> None:
    assert client_for("PO").get("/compare", {"before": "0" * 32}).status_code == 404
    assert client_for("PO").get("/compare", {"before": two_runs[1], "after": two_runs[0]}).status_code == 200


def test_a_comparison_is_a_file_too(two_runs: list[str], client_for: Any) -> None:
    found = rows(client_for("PO").get("/compare?changed.format=json"))
    assert {row["office"] for row in found} == {NORTH}
