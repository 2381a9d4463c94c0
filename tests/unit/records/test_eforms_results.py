"""Who won what, for how much, among how many: the results of an eForms notice."""

from __future__ import annotations

import pytest
from eforms_documents import (
    contract,
    count,
    document,
    extended,
    hidden,
    lot,
    money,
    organisation,
    organisations,
    result,
    tender,
    tendering_party,
)

from duecare.records.eforms import read_eforms
from duecare.records.notices.notice import Award, Notice, Party

FIRMS = organisations(
    organisation("ORG-0001", "City"),
    organisation("ORG-0002", "Clean Ltd", "SRB", "RS-1"),
    organisation("ORG-0003", "Guards Ltd", "DEU", "DE-2"),
)
PARTIES = tendering_party("TPA-0001", "ORG-0002") + tendering_party("TPA-0002", "ORG-0003")


def read(results: str, *lots: str, kind: str = "can-standard", extension: str = "", firms: str = FIRMS) -> Notice:
    whole = f"<efac:NoticeResult>{results}</efac:NoticeResult>{firms}{extension}"
    body = "".join(lot(one) for one in lots or ("LOT-0001",))
    notice = read_eforms(document("ContractAwardNotice", kind, subtype="29", extension=whole, body=body))
    assert not notice.faults
    return notice


def awards(notice: Notice) -> dict[str, list[Award]]:
    return {one.id: list(one.awards) for one in notice.lots}


def only(notice: Notice) -> Award:
    (found,) = [award for one in notice.lots for award in one.awards]
    return found


def test_a_contract_on_a_tender_is_an_award_with_its_winner() -> None:
    concluded = "<cbc:AwardDate>2025-02-01Z</cbc:AwardDate><cbc:IssueDate>2025-02-12+01:00</cbc:IssueDate>"
    bids = (
        money("cbc:HigherTenderAmount", "900")
        + money("cbc:LowerTenderAmount", "500.50")
        + count("t-sme", "2")
        + count("tenders", "3")
    )
    award = only(
        read(
            result("LOT-0001", "selec-w", "TEN-0001 TEN-0002", "CON-0001", bids)
            + tender("TEN-0001", "LOT-0001", "TPA-0001", "500.50")
            + tender("TEN-0002", "LOT-0001", "TPA-0002", "900")
            + contract("CON-0001", "TEN-0001", "SC/2025/7", concluded)
            + PARTIES
        )
    )
    assert award == Award(
        number="SC/2025/7",
        contract_id="SC/2025/7",
        suppliers=(Party("Clean Ltd", "RS-1", "RS"),),
        amount="500.50",
        currency="EUR",
        date="2025-02-12",
        tenderers="3",
        lowest_bid="500.50",
        highest_bid="900",
    )


def test_the_decision_counts_where_no_contract_is_concluded_yet() -> None:
    decided = contract("CON-0001", "TEN-0001", more="<cbc:AwardDate>2025-02-01Z</cbc:AwardDate>")
    award = only(
        read(
            result("LOT-0001", "selec-w", "TEN-0001", "CON-0001") + tender("TEN-0001", "LOT-0001", "TPA-0001") + decided
        )
    )
    assert (award.date, award.number, award.contract_id) == ("2025-02-01", "CON-0001", "")


def test_the_date_of_the_whole_result_is_a_dummy_and_not_read() -> None:
    root = document(
        "ContractAwardNotice",
        "can-standard",
        extension=f"<efac:NoticeResult>{result('LOT-0001', 'selec-w')}</efac:NoticeResult>",
        body=lot() + "<cac:TenderResult><cbc:AwardDate>2000-01-01Z</cbc:AwardDate></cac:TenderResult>",
    )
    assert read_eforms(root).lots[0].awards[0].date == ""


def test_a_consortium_names_its_leader_first_and_no_subcontractor() -> None:
    lead = "<efac:Tenderer><cbc:ID>ORG-0003</cbc:ID><efbc:GroupLeadIndicator>true</efbc:GroupLeadIndicator></efac:Tenderer>"
    below = "<efac:SubContractor><cbc:ID>ORG-0001</cbc:ID></efac:SubContractor>"
    together = tendering_party("TPA-0001", "ORG-0002", lead + below)
    award = only(
        read(result("LOT-0001", "selec-w", "TEN-0001") + tender("TEN-0001", "LOT-0001", "TPA-0001") + together)
    )
    assert [one.name for one in award.suppliers] == ["Guards Ltd", "Clean Ltd"]


def test_a_natural_person_is_marked() -> None:
    person = organisation(
        "ORG-0002", "A. Person", more="<efbc:NaturalPersonIndicator>true</efbc:NaturalPersonIndicator>"
    )
    results = result("LOT-0001", "selec-w", "TEN-0001") + tender("TEN-0001", "LOT-0001", "TPA-0001") + PARTIES
    assert only(read(results, firms=organisations(person))).suppliers[0].is_person
    assert not only(read(results)).suppliers[0].is_person


@pytest.mark.parametrize("status", ["clos-nw", "open-nw"])
def test_a_lot_without_a_winner_keeps_how_many_tried(status: str) -> None:
    results = result("LOT-0001", status, "TEN-0001", more=count("tenders", "1")) + tender(
        "TEN-0001", "LOT-0001", "TPA-0001", "7"
    )
    award = only(read(results + PARTIES + contract("CON-0001", "TEN-0001")))
    assert (award.is_awarded, award.tenderers, award.suppliers, award.amount) == (False, "1", (), "")


def test_every_winner_of_a_framework_is_an_award_told_apart() -> None:
    both = tender("TEN-0001", "LOT-0001", "TPA-0001", "10") + tender("TEN-0002", "LOT-0001", "TPA-0002", "20")
    results = (
        result("LOT-0001", "selec-w", "TEN-0001 TEN-0002", "CON-0001")
        + both
        + contract("CON-0001", "TEN-0001 TEN-0002", "FA 1")
    )
    found = awards(read(results + PARTIES))["LOT-0001"]
    assert [(one.number, one.amount, one.suppliers[0].country) for one in found] == [
        ("FA 1", "10", "RS"),
        ("FA 1 (2)", "20", "DE"),
    ]


def test_the_tenders_own_lot_decides_when_the_results_of_lots_mix_them_up() -> None:
    crossed = result("LOT-0001", "selec-w", "TEN-0002", "CON-0001") + result(
        "LOT-0002", "selec-w", "TEN-0001", "CON-0001"
    )
    both = tender("TEN-0001", "LOT-0001", "TPA-0001", "10") + tender("TEN-0002", "LOT-0002", "TPA-0002", "20")
    found = awards(read(crossed + both + contract("CON-0001", "TEN-0001 TEN-0002") + PARTIES, "LOT-0001", "LOT-0002"))
    assert {key: [one.amount for one in value] for key, value in found.items()} == {
        "LOT-0001": ["10"],
        "LOT-0002": ["20"],
    }


def test_a_contract_without_tenders_takes_those_of_the_lot_whose_winner_was_chosen() -> None:
    results = result("LOT-0001", "selec-w", "TEN-0001", "CON-0001") + contract("CON-0001", "", "SC 1")
    award = only(read(results + tender("TEN-0001", "LOT-0001", "TPA-0001", "10") + PARTIES))
    assert (award.number, award.amount, award.suppliers[0].name) == ("SC 1", "10", "Clean Ltd")


def test_one_result_for_each_winner_of_the_same_lot() -> None:
    results = "".join(result("LOT-0001", "selec-w", f"TEN-000{one}", "CON-0001") for one in (1, 2))
    both = tender("TEN-0001", "LOT-0001", "TPA-0001", "10") + tender("TEN-0002", "LOT-0001", "TPA-0002", "20")
    found = awards(read(results + both + contract("CON-0001", "TEN-0001 TEN-0002") + PARTIES))
    assert [one.amount for one in found["LOT-0001"]] == ["10", "20"]


def test_a_tender_for_a_group_of_lots_has_one_value_counted_once() -> None:
    results = "".join(result(f"LOT-000{one}", "selec-w", "TEN-0001", "CON-0001") for one in (1, 2))
    group = tender("TEN-0001", "GLO-0001", "TPA-0001", "100", scheme="LotsGroup")
    found = awards(read(results + group + contract("CON-0001", "TEN-0001") + PARTIES, "LOT-0001", "LOT-0002"))
    assert [[(one.amount, one.suppliers[0].name) for one in found[key]] for key in ("LOT-0001", "LOT-0002")] == [
        [("100", "Clean Ltd")],
        [("", "Clean Ltd")],
    ]


def test_a_modification_names_the_notice_it_changes_and_has_contracts_without_results_of_lots() -> None:
    changed = "<efac:ContractModification><efbc:ChangedNoticeIdentifier>342558-2018</efbc:ChangedNoticeIdentifier></efac:ContractModification>"
    results = tender("TEN-0001", "LOT-0001", "TPA-0001", "6430000") + contract("CON-0001", "TEN-0001", "SC 1") + PARTIES
    notice = read(results, kind="can-modif", extension=changed)
    assert (notice.kind, notice.continues, notice.replaces) == ("modification", "342558-2018", ())
    assert (only(notice).amount, only(notice).number) == ("6430000", "SC 1")


def test_a_result_for_a_lot_that_is_not_described_is_kept_with_what_the_procedure_says() -> None:
    results = result("LOT-0009", "selec-w", "TEN-0001") + tender("TEN-0001", "LOT-0009", "TPA-0001", "5") + PARTIES
    assert [(key, len(value)) for key, value in awards(read(results)).items()] == [("LOT-0001", 0), ("LOT-0009", 1)]


def test_the_only_lot_takes_a_result_that_names_none() -> None:
    results = result("MISSING", "selec-w", "TEN-0001") + tender("TEN-0001", "", "TPA-0001", "5") + PARTIES
    assert [(key, len(value)) for key, value in awards(read(results)).items()] == [("LOT-0001", 1)]


TOTAL = money("cbc:TotalAmount", "1000")


def test_the_value_of_the_notice_is_that_of_its_only_award() -> None:
    results = result("LOT-0001", "selec-w", "TEN-0001") + tender("TEN-0001", "LOT-0001", "TPA-0001")
    assert only(read(TOTAL + results)).amount == "1000"
    assert only(read(hidden("not-val") + TOTAL + results)).amount == ""


def test_a_value_of_the_notice_written_with_every_winner_is_counted_once() -> None:
    both = tender("TEN-0001", "LOT-0001", "TPA-0001", "1000.00") + tender("TEN-0002", "LOT-0001", "TPA-0002", "1000.00")
    results = (
        TOTAL + result("LOT-0001", "selec-w", "TEN-0001 TEN-0002") + both + contract("CON-0001", "TEN-0001 TEN-0002")
    )
    assert [one.amount for one in awards(read(results))["LOT-0001"]] == ["1000.00", ""]


def test_a_frameworks_ceiling_is_an_estimate_and_no_amount() -> None:
    values = money("cbc:MaximumValueAmount", "9000") + money("efbc:ReestimatedValueAmount", "7000")
    results = result(
        "LOT-0001",
        "selec-w",
        "TEN-0001",
        more=f"<efac:FrameworkAgreementValues>{values}</efac:FrameworkAgreementValues>",
    )
    notice = read(results + tender("TEN-0001", "LOT-0001", "TPA-0001"))
    assert (notice.lots[0].estimated_amount, notice.lots[0].currency, only(notice).amount) == ("7000", "EUR", "")


def subcontracting(content: str, value: str = "200") -> str:
    term = f"<efac:SubcontractingTerm>{content}</efac:SubcontractingTerm>"
    results = result("LOT-0001", "selec-w", "TEN-0001") + tender("TEN-0001", "LOT-0001", "TPA-0001", value, term)
    return only(read(results)).subcontract_share


YES = "<efbc:TermCode>yes</efbc:TermCode>"
PART = "<efbc:TermPercent>30</efbc:TermPercent>"


@pytest.mark.parametrize(
    ("content", "value", "share"),
    [
        (YES + PART, "200", "30"),
        (YES + money("efbc:TermAmount", "50"), "200", "25"),
        (YES + money("efbc:TermAmount", "50", "SEK"), "200", ""),
        (YES + money("efbc:TermAmount", "50"), "", ""),
        (YES + money("efbc:TermAmount", "300"), "200", ""),
        ("<efbc:TermCode>no</efbc:TermCode>", "200", "0"),
        ("<efbc:TermCode>not-known</efbc:TermCode>", "200", ""),
        (YES, "200", ""),
        (hidden("sub-con") + "<efbc:TermCode>no</efbc:TermCode>", "200", ""),
        (hidden("sub-per") + YES + PART, "200", ""),
    ],
)
def test_the_share_that_is_given_on(content: str, value: str, share: str) -> None:
    assert subcontracting(content, value) == share


def bids(content: str) -> Award:
    return only(
        read(result("LOT-0001", "selec-w", "TEN-0001", more=content) + tender("TEN-0001", "LOT-0001", "TPA-0001", "5"))
    )


def test_only_the_count_of_all_tenders_counts() -> None:
    assert bids(count("t-sme", "4")).tenderers == ""
    assert bids(count("tenders", "0")).tenderers == "0"
    assert bids(count("", "4")).tenderers == "4", "a single count without its kind"
    assert bids(count("", "4") + count("t-sme", "1")).tenderers == ""


def test_withheld_and_masked_values_are_unknown() -> None:
    assert bids(hidden("ten-val-low") + money("cbc:LowerTenderAmount", "3")).lowest_bid == ""
    assert bids(count("tenders", "3", hidden("rec-sub-cou"))).tenderers == ""
    assert bids(count("tenders", "-1") + money("cbc:HigherTenderAmount", "-1")).highest_bid == ""
    value = result("LOT-0001", "selec-w", "TEN-0001") + tender(
        "TEN-0001", "LOT-0001", "TPA-0001", "5", hidden("win-ten-val")
    )
    assert only(read(value)).amount == ""


def test_whether_somebody_won_may_be_withheld_and_the_contract_still_says_it() -> None:
    results = result("LOT-0001", "clos-nw", "TEN-0001", "CON-0001", hidden("win-cho")) + tender(
        "TEN-0001", "LOT-0001", "TPA-0001", "5"
    )
    assert only(read(results + contract("CON-0001", "TEN-0001"))).is_awarded


def test_the_lowest_bid_of_another_currency_than_the_award_is_left_out() -> None:
    award = bids(money("cbc:LowerTenderAmount", "3", "SEK") + money("cbc:HigherTenderAmount", "9", "SEK"))
    assert (award.currency, award.lowest_bid, award.highest_bid) == ("EUR", "", "")


def test_a_zero_value_is_no_value() -> None:
    award = only(read(result("LOT-0001", "selec-w", "TEN-0001") + tender("TEN-0001", "LOT-0001", "TPA-0001", "0.00")))
    assert (award.amount, award.currency) == ("", "")


def test_ids_that_lead_nowhere_are_left_out() -> None:
    results = result("LOT-0001", "selec-w", "TEN-0404", "CON-0404") + contract("CON-0001", "TEN-0405")
    award = only(read(results + tender("TEN-0001", "LOT-0001", "TPA-0404", "5")))
    assert (award.is_awarded, award.suppliers, award.amount) == (True, (), "")


def test_an_extension_of_ubl_alone_holds_no_result() -> None:
    assert read_eforms(document(body=lot(project=extended("")))).lots[0].awards == ()
