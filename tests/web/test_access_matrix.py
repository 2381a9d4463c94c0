"""The whole matrix: every route of the application's own registry, every role, own and other offices, on both databases.

``access_table.tsv`` is written by ``bench/make_access_table.py`` and reviewed as ``docs/reference/access.md``. What the table must
hold whatever the code does (METHOD 8.5) is said here once more, from the role matrix and not from the routes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import access_walk
import pytest
import whole_world
from access_walk import Row
from whole_world import MARKS

BOTH = pytest.mark.parametrize("home", ["sqlite", "postgresql"], indirect=True)
SEEN_BY_NOBODY = ("PSE", "SEN", "CASE")
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def world(home: Any, register: Path) -> Any:
    """A record with something of every kind in two offices, over all routes as a server has them."""
    shutil.copytree(register, home.register)
    access_walk.load_routes()
    with access_walk.quiet():
        yield whole_world.make(home)


def table() -> dict[tuple[str, str], list[str]]:
    """(route, method) to the rest of its line."""
    lines = access_walk.TABLE.read_text("utf-8").splitlines()[1:]
    return {(line.split("\t")[0], line.split("\t")[1]): line.split("\t")[2:] for line in lines}


@BOTH
def test_every_route_answers_every_role_as_the_reviewed_table_says(world: Any) -> None:
    rows = access_walk.walk(world)
    written, reviewed = access_walk.as_tsv(rows).splitlines(), access_walk.TABLE.read_text("utf-8").splitlines()

    differs = [f"is      {line}" for line in written if line not in reviewed] + [
        f"was     {line}" for line in reviewed if line not in written
    ]
    assert not differs, "\n".join(
        [*sorted(differs, key=lambda text: text[8:]), "Look at it, then: python bench/make_access_table.py"]
    )
    check_rules(rows)


def check_rules(rows: list[Row]) -> None:
    """What must be so whatever the table says, from the role matrix alone."""
    from duecare.casebook.access import Need, grants

    for row in rows:
        where = f"{row.method} {row.route}"
        if row.need == "open":
            continue
        assert row.nobody in ((401,) if is_for_programs(row.route) else (302, 405)), (
            f"{where} answers nobody with {row.nobody}"
        )
        if row.need == "signed in":
            continue
        data_class, act = row.need.split(" ")
        for role, statuses in row.by_role.items():
            if not grants(role, Need(data_class, act)):  # type: ignore[arg-type]
                assert set(statuses) == {403}, f"{where}: {role} has no right to {row.need} and gets {statuses}"
            elif len(statuses) == 3 and row.objects not in SHARED and row.route not in BLIND:
                assert statuses[1] == 404, f"{where}: {role} of another office gets {statuses[1]}"


def is_for_programs(route: str) -> bool:
    """Whether a route's address is one of programs, who are told 401 instead of being sent to sign in."""
    path: str = access_walk.load_routes()[route].path
    return path.startswith("api/")


SHARED: frozenset[str] = frozenset({"person"})
"""Things that are not one office's."""
BLIND = frozenset({"api-reratings-oid", "second-rating"})
"""A blind second rating is for people of other offices only."""


def test_no_route_is_missing_from_the_reviewed_table() -> None:
    access_walk.load_routes()

    assert set(table()) == {(route.name, method) for route, method in access_walk.asked()}


def test_the_administrator_reads_nothing_of_contracts_or_workers() -> None:
    """METHOD 8.5: who runs the installation has no reading rights to restricted content."""
    from duecare.casebook.access import matrix, roles

    place = list(roles()).index("ADM") + 3
    wanted = [
        (key, cells[place])
        for key, cells in table().items()
        if cells[1].split(" ")[0] in ("BIZ", "COST", "JUDGE", "PLAN", "AUDIT", "AGG", *SEEN_BY_NOBODY)
    ]

    assert wanted
    assert {answer for _, answers in wanted for answer in answers.split("/")} == {"403"}
    assert {
        name for name in ("BIZ", "COST", "AGG", "PSE", "SEN", "CASE", "AUDIT") if matrix()[name]["ADM"] != "-"
    } == set()


def test_the_administrator_of_everything_reads_no_text_of_any_office_but_names(world: Any) -> None:
    """Asked everywhere, and looking at what is answered: the words of the offices stand in names of people alone."""
    client = world.client("ADM", "all")

    told = [
        (route.name, office)
        for route, method in access_walk.asked()
        for office in MARKS
        if method == "GET"
        and access_walk.need_of(route, method) != "PEOPLE read"
        and MARKS[office].encode() in read(client, route, access_walk.address_parts(route, world)[office])
    ]
    assert told == []


def read(client: Any, route: Any, named: dict[str, str]) -> bytes:
    """What a route gives to read."""
    from django.urls import reverse

    answer = access_walk.send(client, "GET", reverse(route.name, kwargs=named), route.name)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return content


def test_the_role_matrix_is_the_one_of_the_method() -> None:
    """METHOD 8.5 by hand, row for row, as far as a role reads or writes without a condition."""
    from duecare.casebook.access import Need, grants, roles

    order = ("PO", "RQ", "CM", "FP", "LG", "FIN", "SM", "DPO", "IV", "IA", "SAG")
    method = {
        "PUB": "r r r r r r r r r r r",
        "BIZ": "rw r rw rw r r r r - r -",
        "AGG": "r r rw rw r r r r w r -",
        "PSE": "- - - - - - - - - - -",
        "SEN": "- - - - - - - - rw - -",
        "CASE": "- - - rw - - - - rw - -",
    }
    for data_class, row in method.items():
        for role, rights in zip(order, row.split(), strict=True):
            given = "".join(
                letter for letter, act in (("r", "read"), ("w", "write")) if grants(role, Need(data_class, act))
            )  # type: ignore[arg-type]
            assert given == rights.replace("-", ""), f"{data_class} {role}"
    assert set(order) | {"ADM"} == set(roles())


@pytest.mark.parametrize("role", ["PO", "RQ", "CM", "FP", "LG", "FIN", "SM", "DPO", "IV", "IA", "SAG", "ADM"])
def test_no_page_tells_anything_of_another_office(world: Any, role: str) -> None:
    """Every text of the south's things holds a word of its own; no reading by somebody of the north gives it back."""
    client = world.client(role, "north")

    told = []
    for route, method in access_walk.asked():
        if method != "GET" or route.name in BLIND:
            continue
        content = read(client, route, access_walk.address_parts(route, world)["north"])
        told += [route.name] if MARKS["south"].encode() in content and not may_see_all(route) else []
    assert told == []


def address(route: Any, world: Any) -> str:
    from django.urls import reverse

    return reverse(route.name, kwargs=access_walk.address_parts(route, world)["north"])


def may_see_all(route: Any) -> bool:
    """Routes that show a case of another office on purpose, without its value: blind second ratings."""
    return route.name in ("second-ratings", "api-reratings")


@BOTH
def test_what_is_out_of_reach_answers_exactly_like_what_is_not_there(world: Any) -> None:
    from django.urls import reverse

    client, other = world.client("FP", "north"), {"oid": "a" * 26, "line": "0" * 20, "line_id": "0" * 20}
    asked = 0
    for route, method in access_walk.asked():
        named = access_walk.address_parts(route, world)
        parts = set(named["south"]) & set(other)
        if method != "GET" or named["north"] == named["south"] or not parts:
            continue
        there = access_walk.send(client, "GET", reverse(route.name, kwargs=named["south"]), route.name)
        if there.status_code != 404:
            continue
        missing = {part: other.get(part, value) for part, value in named["south"].items()}
        gone = access_walk.send(client, "GET", reverse(route.name, kwargs=missing), route.name)
        asked += 1
        assert gone.status_code == 404
        assert plain(there, named["south"]) == plain(gone, missing), route.name
        assert sorted(there.headers) == sorted(gone.headers)
    assert asked > 20


def plain(answer: Any, named: dict[str, str]) -> str:
    """The text of an answer without the address and the tokens of its forms."""
    import re

    text = answer.content.decode()
    for value in named.values():
        text = text.replace(value, "THING")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


@BOTH
def test_every_answer_of_every_route_has_the_headers(world: Any) -> None:
    """The content security policy and its companions, on what is answered, refused and missing alike."""
    client = world.client("FP", "north")
    for route, method in access_walk.asked():
        answer = access_walk.send(client, method, address(route, world), route.name)
        policy = answer.headers["Content-Security-Policy"]
        where = f"{method} {route.name}"
        answer.close()
        assert "default-src 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert "http" not in policy.replace("https:", "http:"), where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["X-Frame-Options"] == "DENY", where
        assert answer.headers["Referrer-Policy"] == "same-origin", where
        assert "no-store" in answer.headers["Cache-Control"], where
        assert "camera=()" in answer.headers["Permissions-Policy"], where
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", where
