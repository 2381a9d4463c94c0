"""A pack that does not hold what it promises is refused, with pack, promise and finding named."""

import pytest

from duecare.evidence.promises import Assertions, BrokenPromise, Count, check, read_pack

ROWS = ({"good": "Coffee", "country": "BR"}, {"good": "Coffee", "country": "CI"}, {"good": "Cotton", "country": "TM"})
PACK = """
kind: listed_goods
publisher: A ministry
title: A list
edition: "2022"
published: 2022-09-28
retrieved: 2026-11-23
licence: public domain
url: https://example.org/list
grade: E3
validity_months: 24
validity_reason: An edition every two years.
assertions:
  rows: [1, 1]
"""
FACTS = "good,country,child_labour,forced_labour,forced_child_labour,input_good,input_country,locator\nCoffee,BR,1,1,0,,,row 2\n"


def test_kept_promises_pass():
    check(
        "list",
        Assertions((3, 3), (3, 3), (Count({"good": "Coffee"}, (2, 2)),), ({"country": "TM"},), ({"country": "UZ"},)),
        ROWS,
    )


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (Assertions(rows=(4, 9)), "list promises 4 to 9 rows; it holds 3"),
        (Assertions(rows=(3, 3), countries=(4, 4)), "4 to 4 countries; it holds 3"),
        (Assertions(rows=(3, 3), count=(Count({"good": "Coffee"}, (3, 3)),)), "rows with good = 'Coffee'; it holds 2"),
        (Assertions(rows=(3, 3), must_hold=({"country": "UZ"},)), "promises a row with country = 'UZ'; there is none"),
        (
            Assertions(rows=(3, 3), must_not_hold=({"country": "TM"},)),
            "promises no row with country = 'TM'; it holds 1",
        ),
        (Assertions(rows=(3, 3), must_hold=({"land": "UZ"},)), "names the column land"),
    ],
)
def test_a_broken_promise_names_pack_promise_and_finding(promise, words):
    with pytest.raises(BrokenPromise, match=words):
        check("list", promise, ROWS)


def _folder(tmp_path, pack=PACK, facts=FACTS):
    (tmp_path / "pack.yaml").write_text(pack, encoding="utf-8")
    (tmp_path / "facts.csv").write_text(facts, encoding="utf-8")
    return tmp_path


def test_the_digest_changes_with_every_byte(tmp_path):
    first = read_pack(_folder(tmp_path)).digest
    assert read_pack(_folder(tmp_path)).digest == first
    assert read_pack(_folder(tmp_path, facts=FACTS.replace("row 2", "row 3"))).digest != first
    assert read_pack(_folder(tmp_path, pack=PACK.replace("A list", "B list"))).digest != first


@pytest.mark.parametrize(
    "change",
    [("kind:", "kynd:"), ("grade: E3", "grade: E7"), ("2022-09-28", "yesterday"), ("licence: public domain\n", "")],
)
def test_a_description_with_an_unknown_missing_or_wrong_field_is_refused(tmp_path, change):
    with pytest.raises(BrokenPromise, match=r"pack.yaml cannot be read"):
        read_pack(_folder(tmp_path, pack=PACK.replace(*change)))
