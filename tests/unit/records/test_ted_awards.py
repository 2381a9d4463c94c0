"""Awards in TED: who won, for how much, of which lot."""

from __future__ import annotations

import pytest
from ted_documents import award, contractor, described, document, form, lot, read, values

from duecare.records.notices.notice import Award, Lot, Party
from duecare.records.ted import read_ted
from duecare.records.ted.awards import Placed, numbered, placed
from duecare.records.ted.parties import is_sole_trader

NO_WINNER = '<AWARD_CONTRACT ITEM="2"><LOT_NO>2</LOT_NO><NO_AWARDED_CONTRACT><PROCUREMENT_DISCONTINUED/></NO_AWARDED_CONTRACT></AWARD_CONTRACT>'
THREE_LOTS = [Lot(id="1", cpv=("1",)), Lot(id="2", cpv=("2",)), Lot(id="3", cpv=("3",))]


def test_an_award_says_winners_value_tenders_and_share_of_subcontracting() -> None:
    inside = "<TENDERS><NB_TENDERS_RECEIVED>4</NB_TENDERS_RECEIVED></TENDERS>" + values("1000.00", "1200")
    inside += '<LIKELY_SUBCONTRACTED/><VAL_SUBCONTRACTING CURRENCY="EUR">250</VAL_SUBCONTRACTING>'
    notice = read(
        form("F03_2014", described(), award(inside, contract="C-1", winner=contractor("Clean Ltd", "77", "UK")))
    )
    (won,) = notice.lots[0].awards
    assert won == Award(
        number="C-1 2020-01-05",
        contract_id="C-1",
        suppliers=(Party("Clean Ltd", "77", "GB"),),
        amount="1000.00",
        estimated_amount="1200",
        currency="EUR",
        date="2020-01-05",
        tenderers="4",
        subcontract_share="25",
    )


def test_values_beside_their_group_and_a_percentage_are_read_too() -> None:
    inside = """<NB_TENDERS_RECEIVED>2</NB_TENDERS_RECEIVED><VAL_TOTAL CURRENCY="EUR">10</VAL_TOTAL>
      <PCT_SUBCONTRACTING>12,5</PCT_SUBCONTRACTING>"""
    (won,) = read(form("F03_2014", described(), award(inside))).lots[0].awards
    assert (won.amount, won.tenderers, won.subcontract_share) == ("10", "2", "12.5")


def test_a_range_of_offers_is_no_amount() -> None:
    (won,) = read(form("F03_2014", described(), award(values(low="10", high="20")))).lots[0].awards
    assert (won.amount, won.lowest_bid, won.highest_bid, won.currency) == ("", "10", "20", "EUR")


def test_the_value_of_the_procurement_stands_in_for_the_only_award() -> None:
    total = '<VAL_TOTAL CURRENCY="EUR">500</VAL_TOTAL>'
    whole = described(more=total)
    (only,) = read(form("F03_2014", whole, award())).lots[0].awards
    assert (only.amount, only.currency) == ("500", "EUR")
    two = read(form("F03_2014", whole, award(), award(item="2"))).lots[0].awards
    assert [one.amount for one in two] == ["", ""]
    one_given = read(
        form("F03_2014", described(lot("", "1"), lot("", "2"), more=total), award(lot_number="1"), NO_WINNER)
    )
    assert [[one.amount for one in part.awards] for part in one_given.lots] == [["500"], [""]]


def test_a_bargain_purchase_has_the_price_that_was_paid() -> None:
    (won,) = (
        read(form("F06_2014", described(), award('<VAL_BARGAIN_PURCHASE CURRENCY="DKK">7</VAL_BARGAIN_PURCHASE>')))
        .lots[0]
        .awards
    )
    assert (won.amount, won.currency) == ("7", "DKK")


def test_a_lot_without_an_award_is_kept_as_such() -> None:
    notice = read(form("F03_2014", described(lot("", "1"), lot("", "2")), award(lot_number="1"), NO_WINNER))
    assert [[one.is_awarded for one in part.awards] for part in notice.lots] == [[True], [False]]


def test_several_winners_stand_in_one_award_each_once() -> None:
    winner = contractor("A") + contractor("B", country="FR") + contractor("A") + contractor("***")
    (won,) = read(form("F03_2014", described(), award(winner=winner))).lots[0].awards
    assert [(party.name, party.country) for party in won.suppliers] == [("A", "GR"), ("B", "FR")]


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ('<VAL_TOTAL CURRENCY="EUR">a lot</VAL_TOTAL>', "BAD_NUMBER"),
        ('<VAL_TOTAL CURRENCY="EUR">-5</VAL_TOTAL>', "NEGATIVE_AMOUNT"),
    ],
)
def test_an_amount_that_is_none_is_a_fault(element: str, code: str) -> None:
    notice = read_ted(document(form("F03_2014", described(), award(element))))
    assert [fault[:2] for fault in notice.faults] == [(code, "VAL_TOTAL")]


@pytest.mark.parametrize(
    ("day", "code"), [("2020-02-30", "BAD_DATE"), ("0220-01-05", "ABSURD_DATE"), ("soon", "BAD_DATE")]
)
def test_a_day_of_award_that_is_none_is_a_fault(day: str, code: str) -> None:
    notice = read_ted(document(form("F03_2014", described(), award().replace("2020-01-05", day))))
    assert [fault[:3] for fault in notice.faults] == [(code, "DATE_CONCLUSION_CONTRACT", day)]


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("1", "1"),
        ("Lot 2", "2"),
        ("Lot nr 003", "3"),
        ("2 - the north", "2"),
        ("3.1B", "3"),
        ("1, 3", "1, 3"),
        ("Lots 1 and 2", "Lots 1 and 2"),
        ("1-3", "1-3"),
        ("1 - 1st district", "1"),
        ("17", "17"),
        ("", ""),
    ],
)
def test_awards_find_their_lots_however_they_are_written(named: str, found: str) -> None:
    lots = placed(THREE_LOTS, [Placed(named, Award(number="x"))], Lot(cpv=("0",)))
    (holder,) = [one for one in lots if one.awards]
    assert holder.id == found


def test_a_contract_for_several_lots_stands_once_for_all_of_them() -> None:
    lots = placed(THREE_LOTS, [Placed("1 and 3", Award(amount="9"))], Lot())
    assert [(one.id, one.cpv, len(one.awards)) for one in lots] == [
        ("1", ("1",), 0),
        ("2", ("2",), 0),
        ("3", ("3",), 0),
        ("1 and 3", ("1", "3"), 1),
    ]


def test_the_only_lot_takes_every_award() -> None:
    (only,) = placed(THREE_LOTS[:1], [Placed("7", Award()), Placed("", Award())], Lot())
    assert len(only.awards) == 2


def test_numbers_of_awards_last_beyond_one_notice_or_carry_its_number() -> None:
    awards = [
        Placed("1", Award(number="1", contract_id="A", date="2020-01-05")),
        Placed("2", Award(number="2", contract_id="B", date="2020-01-05")),
        Placed("3", Award(number="3", contract_id="B", date="2020-01-05")),
        Placed("4", Award(number="4", contract_id="C")),
    ]
    assert [one.award.number for one in numbered(awards, "000123-2020")] == [
        "A 2020-01-05",
        "000123-2020/2",
        "000123-2020/3",
        "000123-2020/4",
    ]


@pytest.mark.parametrize(
    "name",
    ["ЕТ „Иван Иванов“", "Tmi Maija Mallikas", "Jan Kowalski prowadzący działalność gospodarczą pod firmą Okna", "EIRL Dupont",
     "Bäckerei Muster e.K.", "Mizarstvo Novak s. p.", "Popescu Ion PFA", "Maria Rossi, impresa individuale", "Jane Doe, sole trader"],
)  # fmt: skip
def test_names_that_say_the_form_of_a_sole_trader_are_those_of_people(name: str) -> None:
    assert is_sole_trader(name)
    winner = contractor(name)
    (won,) = read(form("F03_2014", described(), award(winner=winner))).lots[0].awards
    assert won.suppliers[0].is_person


@pytest.mark.parametrize(
    "name",
    [
        "Verein e.V.",
        "Graham Ltd t/a Builders",
        "Rossi S.p.A.",
        "ETS Dupont SA",
        "Zakład Kowalski sp. z o.o.",
        "Fietsen BV",
    ],
)
def test_companies_and_associations_are_no_people(name: str) -> None:
    assert not is_sole_trader(name)


def test_kosovo_is_known_by_the_code_of_the_publications_office() -> None:
    (won,) = read(form("F03_2014", described(), award(winner=contractor("Clean Ltd", country="1A")))).lots[0].awards
    assert won.suppliers[0].country == "XK"
