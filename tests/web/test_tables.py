"""The helper of all tables: order, facets, search, pages, permalink, files that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.communicate.i18n import Translator

ROWS = [
    {"name": "Beta", "band": "HIGH", "level": 2.75},
    {"name": "alpha", "band": "LOW", "level": 0.5},
    {"name": "=1+1", "band": "HIGH", "level": None},
    {"name": "Gamma", "band": None, "level": 3.5},
]


@pytest.fixture
def shown(home: Any) -> Callable[..., Any]:
    """Makes the table for an address."""
    from django.test import RequestFactory

    from duecare.web.tables import Column, table

    columns = [Column("name", "Title"), Column("band", "Band", facet=True), Column("level", "Level", numeric=True)]

    def made(query: str = "", rows: Any = ROWS, **more: Any) -> Any:
        request = RequestFactory().get(f"/lines?{query}")
        request.tr = Translator("en")
        return table(request, columns, rows, caption="Contract lines", **more)

    return made


def names(view: Any) -> list[str]:
    return [row[0].shown for row in view.rows]


def test_rows_stand_in_their_own_order_at_first(shown: Callable[..., Any]) -> None:
    assert names(shown()) == ["Beta", "alpha", "=1+1", "Gamma"]


def test_order_is_chosen_by_the_address_and_unknown_stands_last_both_ways(shown: Callable[..., Any]) -> None:
    assert names(shown("sort=name")) == ["=1+1", "alpha", "Beta", "Gamma"]
    assert names(shown("sort=level")) == ["alpha", "Beta", "Gamma", "=1+1"]
    assert names(shown("sort=-level")) == ["Gamma", "Beta", "alpha", "=1+1"]


@pytest.mark.parametrize(
    "query",
    [
        "sort=nothing",
        "sort=__class__",
        "page=0",
        "page=-4",
        "page=x",
        "page=99999999",
        "format=exe",
        "band=NOTHING&page=3",
    ],
)
def test_an_address_that_somebody_made_up_is_harmless(shown: Callable[..., Any], query: str) -> None:
    view = shown(query)

    assert view.page == 1
    assert view.download is None
    assert len(names(view)) == (0 if "NOTHING" in query else 4)


def test_facets_count_what_the_others_leave_and_two_values_add_up(shown: Callable[..., Any]) -> None:
    view = shown("band=HIGH&band=LOW")

    assert names(view) == ["Beta", "alpha", "=1+1"]
    (facet,) = view.facets
    assert [(c.value, c.text, c.count, c.chosen) for c in facet.choices] == [
        ("HIGH", "HIGH", 2, True),
        ("LOW", "LOW", 1, True),
        ("", "not known", 1, False),
    ]
    assert names(shown("band=")) == ["Gamma"]


def test_search_finds_rows_with_all_words(shown: Callable[..., Any]) -> None:
    assert names(shown("q=ALPHA+low", searches=True)) == ["alpha"]
    assert names(shown("q=alpha")) == ["Beta", "alpha", "=1+1", "Gamma"]


def test_pages_and_the_permalink_say_the_same_view_again(shown: Callable[..., Any]) -> None:
    view = shown("sort=-name&page=2&other=kept", per_page=3)
    again = shown(urlsplit(view.permalink).query, per_page=3)

    assert (view.pages, names(view)) == (2, ["=1+1"])
    assert names(again) == names(view)
    assert dict(parse_qsl(urlsplit(view.permalink).query)) == {"other": "kept", "sort": "-name", "page": "2"}
    assert "page" not in view.heads[0].address


def test_two_tables_of_one_page_keep_apart(shown: Callable[..., Any]) -> None:
    view = shown("a.sort=name&b.sort=-name&b.page=2", name="a")

    assert names(view)[0] == "=1+1"
    assert "b.page=2" in view.address(page=2)
    assert ("b.sort", "-name") in view.kept


def content(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def test_csv_holds_the_whole_view_and_nothing_that_runs(shown: Callable[..., Any]) -> None:
    answer = shown("format=csv&band=HIGH", per_page=1).download

    rows = list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig"))))
    assert rows == [["Title", "Band", "Level"], ["Beta", "HIGH", "2.75"], ["'=1+1", "HIGH", ""]]
    assert answer["Content-Disposition"] == 'attachment; filename="contract-lines.csv"'


def test_xlsx_and_json_hold_the_same(shown: Callable[..., Any]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(content(shown("format=xlsx").download))).active

    assert [[cell.value for cell in row] for row in sheet.iter_rows()][1:] == [
        ["Beta", "HIGH", 2.75],
        ["alpha", "LOW", 0.5],
        ["'=1+1", "HIGH", None],
        ["Gamma", None, 3.5],
    ]
    assert json.loads(content(shown("format=json").download)) == ROWS
    assert json.loads(content(shown("format=json", rows=[]).download)) == []


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_no_text_of_a_csv_begins_like_a_formula(texts: list[str]) -> None:
    from duecare.web.table_files import csv_parts

    whole = "".join(csv_parts(["a"] * len(texts), [texts])).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(whole, newline="")))[1]
    assert not any(cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in read)


class Numbers:
    """A source as SQL would be one: it answers for the page that is asked for, and nothing else."""

    def count(self, filters: Any) -> int:
        return 12_345

    def page(self, filters: Any, order: Any, start: int, n: int) -> list[dict[str, Any]]:
        return [{"name": f"n{i}", "band": "LOW", "level": 1.0} for i in range(start, min(start + n, 12_345))]

    def choices(self, filters: Any) -> dict[str, Any]:
        return {"band": [("LOW", None)]}


def test_a_source_is_asked_for_its_page_only_and_for_all_in_a_file(shown: Callable[..., Any]) -> None:
    assert names(shown("page=247", rows=Numbers()))[0] == "n12300"
    assert len(json.loads(content(shown("format=json", rows=Numbers()).download))) == 12_345


def test_a_day_stays_on_one_line_and_is_exported_plainly(shown: Callable[..., Any]) -> None:
    rows = [{"name": date(2026, 3, 1), "band": "LOW", "level": 1.0}]

    assert names(shown(rows=rows)) == ['<span class="date">1 March 2026</span>']
    assert json.loads(content(shown("format=json", rows=rows).download))[0]["name"] == "2026-03-01"
