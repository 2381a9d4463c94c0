"""From a notice to contract lines and marks: one line per award, gaps, languages, persons, faults, and twins in two formats."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notice_texts import Part, Won, competition, eforms, result, ted

from duecare.records.notices.lines import LineMaker
from duecare.records.notices.notice import Award, Lot, Notice, Party
from duecare.records.notices.package import read_notice
from duecare.records.request import Request
from duecare.records.staging import LINE_COLUMNS
from duecare.settings import Limits

REQUEST = Request(Limits(), date(2026, 11, 1))
AWARD = Award(
    number="1", contract_id="C-1", suppliers=(Party("Firm"),), amount="10.5", currency="EUR", date="2025-01-02"
)
LOT = Lot(id="L1", titles={"de": "Reinigung"}, cpv=("90910000",), countries=("AT",), awards=(AWARD,))
NOTICE = Notice("eforms", "n-1", "p-1", "2025-01-03", "result", language="de", buyer=Party("Stadt", country="AT"), lots=(LOT,))  # fmt: skip
IDENTITY = {"line_id", "version", "content_sha256", "ocid", "lot", "notice", "contract_id"}


def lines_of(notice: Notice, request: Request = REQUEST) -> list[dict[str, str]]:
    lines, _, problems = LineMaker(request).read(notice, 1, "a.xml")
    assert problems == []
    return [dict(zip(LINE_COLUMNS, map(str, line), strict=True)) for line in lines]


def faults_of(notice: Notice) -> list[str]:
    lines, marks, problems = LineMaker(REQUEST).read(notice, 1, "a.xml")
    assert not problems or (lines, marks) == ([], [])
    return [code for code, *_ in problems]


def with_award(**said: object) -> Notice:
    return replace(NOTICE, lots=(replace(LOT, awards=(replace(AWARD, **said),)),))  # type: ignore[arg-type]


def with_lot(**said: object) -> Notice:
    return replace(NOTICE, lots=(replace(LOT, **said),))  # type: ignore[arg-type]


def test_an_award_gives_one_line_with_what_the_notice_and_its_lot_say() -> None:
    (line,) = lines_of(NOTICE)
    assert line["ocid"] == "eforms:p-1"
    assert (line["lot"], line["contract_id"], line["phase"]) == ("L1", "C-1", "award")
    assert (line["title"], line["language"], line["country"], line["country_basis"]) == (
        "Reinigung",
        "de",
        "AT",
        "declared",
    )
    assert (line["amount"], line["currency"], line["award_date"]) == ("10.5", "EUR", "2025-01-02")
    assert line["gaps"] == "supplier_country start_date end_date"


def test_the_identity_of_a_line_does_not_depend_on_the_notice_that_tells_of_it() -> None:
    later = replace(NOTICE, id="n-2", version="2025-06-01", kind="modification")
    before, after = lines_of(NOTICE)[0], lines_of(later)[0]
    assert before["line_id"] == after["line_id"]
    assert before["version"] < after["version"]
    assert before["content_sha256"] != after["content_sha256"]


def test_lots_of_an_announcement_are_planned_and_closed_lots_bought_nothing() -> None:
    lots = (LOT, replace(LOT, id="L2"))
    planned = lines_of(replace(NOTICE, kind="planning", lots=lots))
    assert [(line["lot"], line["phase"], line["supplier_name"]) for line in planned] == [
        ("L1", "planning", ""),
        ("L2", "planning", ""),
    ]
    assert lines_of(with_award(is_awarded=False)) == []


def test_winners_of_one_award_share_a_line_and_a_country_only_if_it_is_one() -> None:
    both = with_award(suppliers=(Party("A", "1", "AT"), Party("B", "2", "DE"), Party("A", "1", "AT")))
    (line,) = lines_of(both)
    assert (line["supplier_name"], line["supplier_id"], line["supplier_country"]) == ("A; B", "1; 2", "")
    assert (line["supplier_countries"], "supplier_country" in line["gaps"].split()) == ("AT DE", False)
    (same,) = lines_of(with_award(suppliers=(Party("A", "1", "AT"), Party("B", "2", "AT"))))
    assert (same["supplier_country"], same["supplier_countries"]) == ("AT", "")


def test_a_winner_whose_country_is_unknown_leaves_the_gap_beside_the_countries_that_are_known() -> None:
    (line,) = lines_of(with_award(suppliers=(Party("A", "1", "AT"), Party("B", "2", ""))))
    assert (line["supplier_country"], line["supplier_countries"]) == ("", "AT")
    assert "supplier_country" in line["gaps"].split()


def test_joint_buyers_stand_beside_the_first_one_which_stays_the_buyer() -> None:
    (line,) = lines_of(replace(NOTICE, joint_buyers=(Party("Land"), Party("Bund"), Party("Land"))))
    assert (line["buyer"], line["joint_buyers"]) == ("Stadt", "Land; Bund")


def test_the_value_after_a_modification_is_neither_the_amount_nor_an_estimate() -> None:
    (line,) = lines_of(with_award(modified_amount="12"))
    assert (line["amount"], line["modified_amount"], line["estimated_amount"]) == ("10.5", "12", "")


def test_a_person_is_marked_and_not_named_beside_firms() -> None:
    (alone,) = lines_of(with_award(suppliers=(Party("Maria Muster", "77", "AT", is_person=True),)))
    assert (alone["supplier_name"], alone["supplier_is_person"]) == ("Maria Muster", "yes")
    (mixed,) = lines_of(
        with_award(suppliers=(Party("Firm", "1", "AT"), Party("Maria Muster", "77", "AT", is_person=True)))
    )
    assert (mixed["supplier_name"], mixed["supplier_id"]) == ("Firm; natural person", "1")
    assert "Muster" not in "".join(mixed.values())


@pytest.mark.parametrize(
    ("language", "titles", "expected", "others"),
    [
        ("de", {"fr": "Nettoyage", "de": "Reinigung"}, ("Reinigung", "de"), {"fr": {"title": "Nettoyage"}}),
        ("hr", {"fr": "Nettoyage", "en": "Cleaning"}, ("Cleaning", "en"), {"fr": {"title": "Nettoyage"}}),
        ("hr", {"fr": "Nettoyage", "it": "Pulizia"}, ("Nettoyage", "fr"), {"it": {"title": "Pulizia"}}),
        ("", {"": "Cleaning"}, ("Cleaning", ""), None),
    ],
)
def test_the_title_is_in_the_language_of_the_notice_and_the_others_beside_it(
    language: str, titles: dict[str, str], expected: tuple[str, str], others: dict[str, object] | None
) -> None:
    (line,) = lines_of(replace(with_lot(titles=titles), language=language))
    assert (line["title"], line["language"]) == expected
    assert (json.loads(line["translations"]) if line["translations"] else None) == others


def test_an_estimate_stands_in_for_one_award_but_not_for_several() -> None:
    nothing = replace(AWARD, amount="")
    (line,) = lines_of(with_lot(estimated_amount="900", currency="EUR", awards=(nothing,)))
    assert (line["amount"], "amount" in line["gaps"].split()) == ("900", True)
    several = lines_of(with_lot(estimated_amount="900", currency="EUR", awards=(nothing, replace(nothing, number="2"))))
    assert [line["amount"] for line in several] == ["", ""]
    assert {line["estimated_amount"] for line in several} == {"900"}


def test_one_country_of_several_is_the_buyers_or_none() -> None:
    assert lines_of(with_lot(countries=("DE", "AT")))[0]["country"] == "AT"
    assert lines_of(with_lot(countries=("DE", "FR")))[0]["country"] == ""
    assert lines_of(with_lot(countries=()))[0]["country_basis"] == "buyer"


def test_defaults_fill_what_the_notice_leaves_open() -> None:
    request = replace(REQUEST, defaults={"structure": "North", "country": "RS", "buyer": "Office"})
    silent = replace(with_lot(countries=()), buyer=Party())
    (line,) = lines_of(silent, request)
    assert (line["structure"], line["country"], line["country_basis"], line["buyer"]) == (
        "North",
        "RS",
        "default",
        "Office",
    )


@pytest.mark.parametrize(
    ("notice", "code"),
    [
        (with_award(amount="-5"), "NEGATIVE_AMOUNT"),
        (with_award(amount="5,5"), "BAD_NUMBER"),
        (with_award(amount="9" * 16), "ABSURD_AMOUNT"),
        (with_award(currency="QQQ"), "UNKNOWN_CURRENCY"),
        (with_award(currency="DEM"), "RETIRED_CURRENCY"),
        (with_award(date="2027-01-01"), "FUTURE_DATE"),
        (with_award(date="1907-01-01"), "ABSURD_DATE"),
        (with_award(date="2025-02-30"), "BAD_DATE"),
        (with_award(contract_id="x" * 300), "CELL_TOO_LARGE"),
        (with_lot(start_date="2025-02-01", end_date="2025-01-01"), "DATE_ORDER"),
        (with_lot(descriptions={"de": "a\u202eb"}), "CONTROL_CHAR"),
        (with_lot(descriptions={"de": "x" * 70_000}), "CELL_TOO_LARGE"),
        (replace(NOTICE, id=""), "MISSING_FIELD"),
        (replace(NOTICE, faults=(("BAD_DATE", "a", "b", ""),)), "BAD_DATE"),
    ],
)
def test_a_fault_parks_the_whole_notice(notice: Notice, code: str) -> None:
    assert code in faults_of(notice)


def test_what_is_only_odd_is_unknown() -> None:
    odd = with_award(tenderers="some", lowest_bid="0", highest_bid="-1", subcontract_share="140", amount="0")
    (line,) = lines_of(odd)
    assert [line[name] for name in ("tenderers", "lowest_bid", "highest_bid", "subcontract_share", "amount")] == [
        ""
    ] * 5


def test_line_breaks_and_double_spaces_never_reach_a_cell() -> None:
    (line,) = lines_of(with_lot(titles={"de": "a\n b\t\u2028c  d "}))
    assert line["title"] == "a b c d"


def test_what_a_notice_says_about_others() -> None:
    def marks(notice: Notice) -> list[dict[str, str]]:
        return LineMaker(REQUEST).read(notice, 1, "a")[1]

    assert [(m["kind"], m["lot"], m["below"]) for m in marks(NOTICE)] == [("settles", "L1", "2")]
    assert marks(with_lot(awards=())) == []
    assert marks(replace(NOTICE, kind="competition"))[0]["below"] == "1"
    assert marks(replace(NOTICE, kind="planning")) == []
    corrigendum = replace(NOTICE, kind="correction", lots=(), corrects=("n-0",))
    assert [(m["kind"], m["notice"]) for m in marks(corrigendum)] == [("corrects", "n-0")]
    changed = replace(NOTICE, kind="planning", replaces=("n-0", "n-1"))
    assert [(m["kind"], m["notice"]) for m in marks(changed)] == [("replaces", "n-0")]
    modified = marks(replace(NOTICE, kind="modification", continues="n-0"))
    assert [(m["kind"], m.get("contract"), m.get("supplier")) for m in modified] == [
        ("modifies", "C-1", "Firm"),
        ("settles", None, None),
    ]


@given(st.lists(st.sampled_from(["1", "2", ""]), min_size=1, max_size=5))
def test_lines_of_one_notice_never_share_an_identity(numbers: list[str]) -> None:
    awards = tuple(replace(AWARD, number=number) for number in numbers)
    lines = lines_of(with_lot(awards=awards))
    assert len({line["line_id"] for line in lines}) == len(numbers)


LOTS = (
    Part(won=Won()),
    Part(number="2", title="Windows & façades", cpv=("90911300",), won=Won(winner="")),
    Part(number="3", title="Уборка снега", months="6", won=Won(winner="Zwei KG", amount="5000", contract="C-8")),
)


@pytest.mark.parametrize(
    "facts", [competition(), result(), result(parts=LOTS), competition(nature="works", language="de")]
)
def test_twins_in_both_formats_give_the_same_lines(facts: object) -> None:
    """Everything but the identifiers, which the formats write differently."""
    ours = lines_of(read_notice(ted(facts), REQUEST))  # type: ignore[arg-type]
    theirs = lines_of(read_notice(eforms(facts), REQUEST))  # type: ignore[arg-type]
    assert ours
    without = [[{k: v for k, v in line.items() if k not in IDENTITY} for line in lines] for lines in (ours, theirs)]
    assert without[0] == without[1]
    text = str(without)
    assert "person@example.org" not in text
    assert "Contact Person" not in text
    assert "II.2.4" not in text
