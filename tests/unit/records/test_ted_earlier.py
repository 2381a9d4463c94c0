"""TED notices with the structure of R2.0.8: civil forms until 2016, those of defence until the end."""

from __future__ import annotations

import pytest
from ted_documents import R208, document, earlier, on

from duecare.records.notices.notice import COMPETITION, CORRECTION, OTHER, PLANNING, RESULT, Notice, Party
from duecare.records.ted import read_ted, unknown_elements

CPV = '<CPV><CPV_MAIN><CPV_CODE CODE="{main}"/></CPV_MAIN><CPV_ADDITIONAL><CPV_CODE CODE="79710000"/></CPV_ADDITIONAL></CPV>'


def object_of(
    inside: str, name: str = "DESCRIPTION_CONTRACT_INFORMATION", section: str = "OBJECT_CONTRACT_INFORMATION"
) -> str:
    return f"""<{section}><{name}><TITLE_CONTRACT><P>Cleaning of barracks</P></TITLE_CONTRACT>
      <TYPE_CONTRACT_LOCATION><TYPE_CONTRACT VALUE="SERVICES"/></TYPE_CONTRACT_LOCATION>
      <LOCATION_NUTS><LOCATION><P>Secret Lane</P></LOCATION><NUTS CODE="UKI23"/></LOCATION_NUTS>
      <SHORT_CONTRACT_DESCRIPTION><P>Daily.</P></SHORT_CONTRACT_DESCRIPTION>{CPV.format(main="90910000")}{inside}</{name}></{section}>"""


def award_of(inside: str = "", name: str = "AWARD_OF_CONTRACT", lot: str = "", winner: str = "Clean Ltd") -> str:
    placed = f"<LOT_NUMBER>{lot}</LOT_NUMBER>" if lot else ""
    who = f"""<ECONOMIC_OPERATOR_NAME_ADDRESS><CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME><ORGANISATION><OFFICIALNAME>{winner}</OFFICIALNAME>
      </ORGANISATION><ADDRESS>Secret Lane</ADDRESS><COUNTRY VALUE="EL"/><PHONE>1234567</PHONE>
      </CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME></ECONOMIC_OPERATOR_NAME_ADDRESS>"""
    return f"""<{name} ITEM="1"><CONTRACT_NUMBER>C-1</CONTRACT_NUMBER>{placed}<CONTRACT_AWARD_DATE>{on("2013-04-05")}</CONTRACT_AWARD_DATE>
      <OFFERS_RECEIVED_NUMBER>3</OFFERS_RECEIVED_NUMBER>{who if winner else ""}{inside}</{name}>"""


def cost(text: str, plain: str = "") -> str:
    shown = f' FMTVAL="{plain}"' if plain else ""
    return f"""<CONTRACT_VALUE_INFORMATION><COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE CURRENCY="EUR"><VALUE_COST{shown}>{text}</VALUE_COST>
      <EXCLUDING_VAT/></COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE></CONTRACT_VALUE_INFORMATION>"""


def read(*forms: str, **codes: str) -> Notice:
    notice = read_ted(document(*forms, namespace=R208, **codes))
    assert notice.faults == ()
    return notice


def test_a_contract_notice_of_the_earlier_edition() -> None:
    more = """<NOTICE_INVOLVES VALUE="ESTABLISHMENT_FRAMEWORK_AGREEMENT"/>"""
    quantity = """<QUANTITY_SCOPE><NATURE_QUANTITY_SCOPE><TOTAL_QUANTITY_OR_SCOPE><P>Ten houses.</P></TOTAL_QUANTITY_OR_SCOPE>
      <COSTS_RANGE_AND_CURRENCY CURRENCY="GBP"><RANGE_VALUE_COST><LOW_VALUE FMTVAL="1000">1 000</LOW_VALUE>
      <HIGH_VALUE FMTVAL="2000">2 000</HIGH_VALUE></RANGE_VALUE_COST></COSTS_RANGE_AND_CURRENCY></NATURE_QUANTITY_SCOPE>
      <RECURRENT_CONTRACT><NUMBER_POSSIBLE_RENEWALS>2</NUMBER_POSSIBLE_RENEWALS></RECURRENT_CONTRACT></QUANTITY_SCOPE>
      <PERIOD_WORK_DATE_STARTING><MONTHS>24</MONTHS></PERIOD_WORK_DATE_STARTING>"""
    conditions = (
        "<LEFTI_CONTRACT><RESERVED_CONTRACTS><RESTRICTED_TO_SHELTERED_WORKSHOPS/></RESERVED_CONTRACTS></LEFTI_CONTRACT>"
    )
    way = f"""<PROCEDURE_DEFINITION_CONTRACT_NOTICE><TYPE_OF_PROCEDURE><TYPE_OF_PROCEDURE_DETAIL_FOR_CONTRACT_NOTICE><PT_OPEN/>
      </TYPE_OF_PROCEDURE_DETAIL_FOR_CONTRACT_NOTICE></TYPE_OF_PROCEDURE><AWARD_CRITERIA_CONTRACT_NOTICE_INFORMATION>
      <AWARD_CRITERIA_DETAIL><MOST_ECONOMICALLY_ADVANTAGEOUS_TENDER><CRITERIA_STATED_BELOW>
      <CRITERIA_DEFINITION><ORDER_C>1</ORDER_C><CRITERIA>Price</CRITERIA><WEIGHTING>40</WEIGHTING></CRITERIA_DEFINITION>
      <CRITERIA_DEFINITION><ORDER_C>2</ORDER_C><CRITERIA>Team</CRITERIA><WEIGHTING>60</WEIGHTING></CRITERIA_DEFINITION>
      </CRITERIA_STATED_BELOW></MOST_ECONOMICALLY_ADVANTAGEOUS_TENDER></AWARD_CRITERIA_DETAIL>
      </AWARD_CRITERIA_CONTRACT_NOTICE_INFORMATION><ADMINISTRATIVE_INFORMATION_CONTRACT_NOTICE>
      <RECEIPT_LIMIT_DATE>{on("2020-02-14")}<TIME>12:00</TIME></RECEIPT_LIMIT_DATE></ADMINISTRATIVE_INFORMATION_CONTRACT_NOTICE>
      </PROCEDURE_DEFINITION_CONTRACT_NOTICE><COMPLEMENTARY_INFORMATION_CONTRACT_NOTICE>
      <NOTICE_DISPATCH_DATE>{on("2020-01-10")}</NOTICE_DISPATCH_DATE></COMPLEMENTARY_INFORMATION_CONTRACT_NOTICE>"""
    body = object_of(more).replace("</OBJECT_CONTRACT_INFORMATION>", quantity + "</OBJECT_CONTRACT_INFORMATION>")
    forms = earlier("CONTRACT", body, conditions, way, number="2")
    notice = read(forms)
    assert (notice.kind, notice.form, notice.language, notice.procurement_method) == (COMPETITION, "F02", "en", "open")
    assert notice.buyer == Party("Town of Example", "EX-1", "GB")
    assert (notice.buyer_type, notice.buyer_activity, notice.procurement_category) == ("cga", "defence", "services")
    assert (notice.bid_days, notice.titles) == ("35", {"en": "Cleaning of barracks"})
    (only,) = notice.lots
    assert (only.id, only.cpv, only.countries, only.places) == ("", ("90910000", "79710000"), ("GB",), ("UKI23",))
    assert (only.estimated_amount, only.currency, only.duration_months, only.renewals) == ("2000", "GBP", "24", "2")
    assert (only.framework, only.reserved, only.price_weight) == ("yes", "res-ws", "40")
    assert "secret" not in repr(notice).casefold()
    assert unknown_elements(document(forms, namespace=R208)) == ()


def test_lots_stand_in_annex_b() -> None:
    annex = "".join(
        f"""<F02_ANNEX_B><LOT_NUMBER>{number}</LOT_NUMBER><LOT_TITLE>{title}</LOT_TITLE><LOT_DESCRIPTION><P>Text.</P></LOT_DESCRIPTION>
        <CPV><CPV_MAIN><CPV_CODE CODE="{code}"/></CPV_MAIN></CPV></F02_ANNEX_B>"""
        for number, title, code in (("1", "North", "90911000"), ("2", "South", "90911200"))
    )
    divided = f"<F02_DIVISION_INTO_LOTS><F02_DIV_INTO_LOT_YES>{annex}</F02_DIV_INTO_LOT_YES></F02_DIVISION_INTO_LOTS>"
    notice = read(earlier("CONTRACT", object_of(divided), number="2"))
    assert [(one.id, one.titles["en"], one.cpv, one.countries) for one in notice.lots] == [
        ("1", "North", ("90911000",), ("GB",)),
        ("2", "South", ("90911200",), ("GB",)),
    ]


@pytest.mark.parametrize(
    ("name", "awarded", "section"),
    [
        ("CONTRACT_AWARD", "AWARD_OF_CONTRACT", ""),
        ("CONTRACT_AWARD_DEFENCE", "AWARD_OF_CONTRACT_DEFENCE", ""),
        ("VOLUNTARY_EX_ANTE_TRANSPARENCY_NOTICE", "AWARD_OF_CONTRACT_DEFENCE", ""),
        ("CONTRACT_AWARD_UTILITIES", "AWARD_AND_CONTRACT_VALUE", "AWARD_CONTRACT_CONTRACT_AWARD_UTILITIES"),
    ],
)
def test_results_of_the_earlier_edition(name: str, awarded: str, section: str) -> None:
    shares = """<MORE_INFORMATION_TO_SUB_CONTRACTED><CONTRACT_LIKELY_SUB_CONTRACTED><EXCLUDING_VAT_PRCT FMTVAL="30">30</EXCLUDING_VAT_PRCT>
      </CONTRACT_LIKELY_SUB_CONTRACTED></MORE_INFORMATION_TO_SUB_CONTRACTED>"""
    before = """<PREVIOUS><NOTICE_NUMBER_OJ>2012/S 5-11</NOTICE_NUMBER_OJ></PREVIOUS><CNT_NOTICE_INFORMATION>
      <NOTICE_NUMBER_OJ>2012/S 144-330720</NOTICE_NUMBER_OJ></CNT_NOTICE_INFORMATION>"""
    won = award_of(cost("5 187 816,63") + shares, awarded)
    won = f"<{section}>{won}</{section}>" if section else won
    notice = read(earlier(name, object_of(""), before, won, number="3"))
    assert (notice.kind, notice.procedure, notice.continues) == (RESULT, "330720-2012", "330720-2012")
    (award,) = notice.lots[0].awards
    assert (award.amount, award.currency, award.date, award.tenderers) == ("5187816.63", "EUR", "2013-04-05", "3")
    assert (award.suppliers, award.subcontract_share) == ((Party("Clean Ltd", "", "GR"),), "30")
    assert award.number == "C-1 2013-04-05"


def test_utilities_write_the_winner_without_a_group_and_the_number_of_the_contract_otherwise() -> None:
    won = f"""<AWARD_AND_CONTRACT_VALUE><CONTRACT_NO>U-1</CONTRACT_NO><TITLE_CONTRACT><P>Pipes</P></TITLE_CONTRACT>
      <DATE_OF_CONTRACT_AWARD>{on("2013-04-05")}</DATE_OF_CONTRACT_AWARD><CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME_CHP>
      <ORGANISATION><OFFICIALNAME>Pipe SA</OFFICIALNAME></ORGANISATION><COUNTRY VALUE="FR"/></CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME_CHP>
      </AWARD_AND_CONTRACT_VALUE>"""
    (award,) = read(earlier("CONTRACT_AWARD_UTILITIES", object_of(""), won, number="6")).lots[0].awards
    assert (award.suppliers, award.contract_id, award.titles) == ((Party("Pipe SA", "", "FR"),), "U-1", {"en": "Pipes"})


def test_awards_of_several_lots_make_the_lots_that_the_form_does_not_describe() -> None:
    notice = read(
        earlier(
            "CONTRACT_AWARD", object_of(""), award_of(cost("10"), lot="1"), award_of(cost("20"), lot="2"), number="3"
        )
    )
    assert [(one.id, one.cpv, [award.amount for award in one.awards]) for one in notice.lots] == [
        ("1", ("90910000", "79710000"), ["10"]),
        ("2", ("90910000", "79710000"), ["20"]),
    ]


def test_the_total_value_is_that_of_the_only_award() -> None:
    total = """<TOTAL_FINAL_VALUE><COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE CURRENCY="EUR"><RANGE_VALUE_COST>
      <LOW_VALUE FMTVAL="1">1</LOW_VALUE><HIGH_VALUE FMTVAL="2">2</HIGH_VALUE></RANGE_VALUE_COST>
      </COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE></TOTAL_FINAL_VALUE>"""
    (award,) = read(earlier("CONTRACT_AWARD", object_of(total), award_of(), number="3")).lots[0].awards
    assert (award.amount, award.lowest_bid, award.highest_bid, award.currency) == ("", "1", "2", "EUR")


def test_a_section_without_winner_and_value_is_no_award() -> None:
    (award,) = read(earlier("CONTRACT_AWARD", object_of(""), award_of(winner=""), number="3")).lots[0].awards
    assert not award.is_awarded


def test_no_subcontracting_is_said_and_not_assumed() -> None:
    none = (
        "<MORE_INFORMATION_TO_SUB_CONTRACTED><NO_CONTRACT_LIKELY_SUB_CONTRACTED/></MORE_INFORMATION_TO_SUB_CONTRACTED>"
    )
    (said,) = read(earlier("CONTRACT_AWARD", object_of(""), award_of(none), number="3")).lots[0].awards
    (silent,) = read(earlier("CONTRACT_AWARD", object_of(""), award_of(), number="3")).lots[0].awards
    assert (said.subcontract_share, silent.subcontract_share) == ("0", "")


@pytest.mark.parametrize(
    ("name", "number", "kind"),
    [
        ("PRIOR_INFORMATION", "F01", PLANNING),
        ("PERIODIC_INDICATIVE_UTILITIES", "F04", PLANNING),
        ("CONTRACT_UTILITIES", "F05", COMPETITION),
        ("QUALIFICATION_SYSTEM_UTILITIES", "F07", COMPETITION),
        ("BUYER_PROFILE", "F08", PLANNING),
        ("SIMPLIFIED_CONTRACT", "F09", COMPETITION),
        ("CONCESSION", "F10", COMPETITION),
        ("CONTRACT_CONCESSIONAIRE", "F11", COMPETITION),
        ("DESIGN_CONTEST", "F12", COMPETITION),
        ("RESULT_DESIGN_CONTEST", "F13", RESULT),
        ("PRIOR_INFORMATION_DEFENCE", "F16", PLANNING),
        ("CONTRACT_DEFENCE", "F17", COMPETITION),
        ("CONTRACT_CONCESSIONAIRE_DEFENCE", "F19", COMPETITION),
        ("PRIOR_INFORMATION_MOVE", "T01", PLANNING),
        ("CONTRACT_MOVE", "T02", RESULT),
    ],
)
def test_every_form_of_the_earlier_edition_gives_its_object(name: str, number: str, kind: str) -> None:
    notice = read(earlier(name, object_of(""), number=number.lstrip("F0")))
    assert (notice.form, notice.kind, notice.titles) == (number, kind, {"en": "Cleaning of barracks"})
    assert [one.cpv for one in notice.lots] == [("90910000", "79710000")]


def test_planned_contracts_may_repeat() -> None:
    planned = "".join(
        f"""<OBJECT_SUPPLY_SERVICE_PRIOR_INFORMATION ITEM="{number}"><TITLE_CONTRACT><P>{title}</P></TITLE_CONTRACT>
        <TYPE_CONTRACT VALUE="SUPPLIES"/><CPV><CPV_MAIN><CPV_CODE CODE="{code}"/></CPV_MAIN></CPV></OBJECT_SUPPLY_SERVICE_PRIOR_INFORMATION>"""
        for number, title, code in (("1", "Bread", "15811100"), ("2", "Milk", "15511000"))
    )
    whole = f"<OBJECT_SUPPLIES_SERVICES_PRIOR_INFORMATION>{planned}</OBJECT_SUPPLIES_SERVICES_PRIOR_INFORMATION>"
    notice = read(earlier("PRIOR_INFORMATION", whole, number="1"))
    assert [(one.id, one.titles["en"], one.cpv, one.procurement_category) for one in notice.lots] == [
        ("1", "Bread", ("15811100",), "goods"),
        ("2", "Milk", ("15511000",), "goods"),
    ]
    assert notice.titles == {"en": "Bread"}


def test_a_corrigendum_and_prose_have_no_lots() -> None:
    before = "<PROCEDURES_ICAR><NOTICE_NUMBER_OJ>2012/S 144-330720</NOTICE_NUMBER_OJ></PROCEDURES_ICAR>"
    corrected = read(earlier("ADDITIONAL_INFORMATION_CORRIGENDUM", object_of(""), before, number="14"))
    assert (corrected.kind, corrected.corrects, corrected.lots) == (CORRECTION, ("330720-2012",), ())
    prose = read(earlier("OTH_NOT", "<P>Only words.</P>", number="99"))
    assert (prose.kind, prose.lots) == (OTHER, ())


def test_the_price_alone_decides_where_the_notice_says_so() -> None:
    assert read(earlier("CONTRACT", object_of("<LOWEST_PRICE/>"), number="2")).lots[0].price_weight == "100"
    assert read(earlier("CONTRACT", object_of(""), number="2"), AC_AWARD_CRIT="1").lots[0].price_weight == "100"


def test_several_languages_of_the_earlier_edition() -> None:
    german = earlier(
        "CONTRACT",
        object_of("").replace("Cleaning of barracks", "Reinigung"),
        number="2",
        language="DE",
        category="TRANSLATION",
    )
    notice = read(german, earlier("CONTRACT", object_of(""), number="2"))
    assert list(notice.titles.items()) == [("en", "Cleaning of barracks"), ("de", "Reinigung")]
