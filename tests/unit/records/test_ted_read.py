"""TED notices of R2.0.9: what each form says, in the words that TED shares with eForms."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ted_documents import (
    R208,
    award,
    contractor,
    described,
    document,
    earlier,
    form,
    lot,
    procedure,
    read,
    sent,
    values,
)

from duecare.records.faults import CODES
from duecare.records.notices.notice import COMPETITION, CORRECTION, MODIFICATION, OTHER, PLANNING, RESULT, Party
from duecare.records.ted import read_changes, read_ted, unknown_elements
from duecare.records.ted.changes import AMOUNT, CPV, DATE, TEXT, Change

DEADLINE = "<DATE_RECEIPT_TENDERS>2020-02-14</DATE_RECEIPT_TENDERS>"


def test_a_contract_notice_says_who_buys_what_where_and_how() -> None:
    conditions = """<VAL_OBJECT CURRENCY="EUR">250000.00</VAL_OBJECT><DURATION TYPE="MONTH">36</DURATION><NO_RENEWAL/>
      <CPV_ADDITIONAL><CPV_CODE CODE="90911000"/></CPV_ADDITIONAL>"""
    notice = read(
        form("F02_2014", described(lot(conditions)), procedure(f"<PT_OPEN/><FRAMEWORK/>{DEADLINE}"), sent()),
        PR_PROC="1",
    )
    assert (notice.source, notice.id, notice.procedure) == ("ted", "000123-2020", "000123-2020")
    assert (notice.version, notice.kind, notice.form, notice.language) == ("2020-01-15", COMPETITION, "F02", "en")
    assert notice.buyer == Party("Town of Example", "EX-1", "GR")
    assert (notice.buyer_type, notice.buyer_activity) == ("ra", "health")
    assert (notice.procurement_category, notice.procurement_method) == ("services", "open")
    assert notice.bid_days == "35"  # from the day of dispatch, 10 January, to 14 February
    assert notice.titles == {"en": "Cleaning of schools"}
    (only,) = notice.lots
    assert (only.id, only.cpv) == ("", ("90910000", "90911000"))
    assert (only.countries, only.places) == (("GR",), ("EL303",))
    assert (only.estimated_amount, only.currency) == ("250000.00", "EUR")
    assert (only.duration_months, only.renewals, only.framework) == ("36", "0", "yes")


def test_people_and_addresses_are_nowhere_in_what_is_read() -> None:
    notice = read(form("F03_2014", described(), procedure("<PT_OPEN/>"), award(values("1")), sent()))
    assert "secret" not in repr(notice).casefold()
    assert "1234567" not in repr(notice)


@pytest.mark.parametrize(
    ("name", "declared", "kind"),
    [
        ("F01_2014", "PRI_ONLY", PLANNING),
        ("F01_2014", "PRI_CALL_COMPETITION", COMPETITION),
        ("F02_2014", "", COMPETITION),
        ("F03_2014", "", RESULT),
        ("F04_2014", "PER_REDUCING_TIME_LIMITS", PLANNING),
        ("F04_2014", "PER_CALL_COMPETITION", COMPETITION),
        ("F05_2014", "", COMPETITION),
        ("F06_2014", "", RESULT),
        ("F07_2014", "QSU_CALL_COMPETITION", COMPETITION),
        ("F08_2014", "", PLANNING),
        ("F12_2014", "", COMPETITION),
        ("F13_2014", "", RESULT),
        ("F14_2014", "", CORRECTION),
        ("F15_2014", "", RESULT),
        ("F20_2014", "", MODIFICATION),
        ("F21_2014", "PRI_ONLY", PLANNING),
        ("F21_2014", "CONTRACT", COMPETITION),
        ("F21_2014", "AWARD_CONTRACT", RESULT),
        ("F22_2014", "QSU_ONLY", COMPETITION),
        ("F22_2014", "AWARD_CONTRACT", RESULT),
        ("F23_2014", "PRI", COMPETITION),
        ("F23_2014", "CONCESSION_AWARD_CONTRACT", RESULT),
        ("F24_2014", "", COMPETITION),
        ("F25_2014", "", RESULT),
        ("T01", "", PLANNING),
        ("T02", "", RESULT),
    ],
)
def test_every_form_has_its_place_in_a_procedure(name: str, declared: str, kind: str) -> None:
    notice_type = f'<NOTICE TYPE="{declared}"/>' if declared else ""
    element = "MOVE" if name[0] == "T" else name
    notice = read(form(element, notice_type, described(), sent(), number=name[:3]))
    assert (notice.form, notice.kind) == (name[:3], kind)
    assert len(notice.lots) == (0 if kind == CORRECTION else 1)


@pytest.mark.parametrize("name", ["F26_2014", "CONTRACT_SURPRISE"])
def test_an_unknown_form_is_a_fault_and_no_guess(name: str) -> None:
    notice = read_ted(document(form(name, described())))
    assert (notice.kind, notice.lots) == (OTHER, ())
    assert [(code, field, value) for code, field, value, _ in notice.faults] == [
        ("UNKNOWN_FORMAT", "FORM_SECTION", name)
    ]


def test_a_notice_that_names_its_winner_is_a_result_whatever_type_was_ticked() -> None:
    declared = '<NOTICE TYPE="PRI_ONLY"/>'
    assert read(form("F21_2014", declared, described(), award(values("5")))).kind == RESULT
    assert read(form("F21_2014", declared, described())).kind == PLANNING


def test_an_unknown_type_of_notice_is_a_fault() -> None:
    notice = read_ted(document(form("F21_2014", '<NOTICE TYPE="SURPRISE"/>', described())))
    assert [fault[:3] for fault in notice.faults] == [("UNKNOWN_FORMAT", "NOTICE", "SURPRISE")]


def test_a_notice_without_number_day_or_form_says_all_that_is_missing() -> None:
    root = document()
    del root.attrib["DOC_ID"]
    for name in ("NO_DOC_OJS", "DATE_PUB"):
        next(root.iter(f"{{*}}{name}")).text = ""
    assert [fault[:2] for fault in read_ted(root).faults] == [
        ("MISSING_FIELD", "DOC_ID"),
        ("MISSING_FIELD", "DATE_PUB"),
        ("MISSING_FIELD", "FORM_SECTION"),
    ]


@pytest.mark.parametrize(
    ("ticked", "code", "method", "is_accelerated"),
    [
        ("<PT_OPEN/>", "1", "open", False),
        ("<PT_OPEN/><ACCELERATED_PROC><P>urgent</P></ACCELERATED_PROC>", "1", "open", True),
        ("<PT_RESTRICTED/>", "2", "selective", False),
        ("<PT_COMPETITIVE_NEGOTIATION/>", "B", "selective", False),
        ("<PT_COMPETITIVE_DIALOGUE/>", "C", "selective", False),
        ("<PT_INNOVATION_PARTNERSHIP/>", "G", "selective", False),
        ("<PT_NEGOTIATED_WITH_PRIOR_CALL/>", "4", "selective", False),
        ("<PT_INVOLVING_NEGOTIATION/>", "B", "selective", False),
        ("<PT_AWARD_CONTRACT_WITHOUT_CALL><D_OUTSIDE_SCOPE/></PT_AWARD_CONTRACT_WITHOUT_CALL>", "T", "limited", False),
        ("<DIRECTIVE_2014_24_EU><PT_NEGOTIATED_WITHOUT_PUBLICATION/></DIRECTIVE_2014_24_EU>", "T", "limited", False),
        ("<PT_AWARD_CONTRACT_WITH_PRIOR_PUBLICATION/>", "E", "selective", False),
        ("<PT_DA_SMALL_CONTRACT/>", "A", "direct", False),
        ("", "3", "selective", True),
        ("", "9", "", False),
    ],
)
def test_procedures_are_said_as_ocds_says_them(ticked: str, code: str, method: str, is_accelerated: bool) -> None:
    notice = read(form("F15_2014", described(), procedure(ticked)), PR_PROC=code)
    assert (notice.procurement_method, notice.is_accelerated) == (method, is_accelerated)


def test_a_result_belongs_to_the_procedure_of_the_competition_that_it_names() -> None:
    notice = read(
        form(
            "F03_2014",
            described(),
            procedure("<PT_OPEN/><NOTICE_NUMBER_OJ>2019/S 123-456789</NOTICE_NUMBER_OJ>"),
            award(),
        )
    )
    assert (notice.procedure, notice.continues, notice.id) == ("456789-2019", "456789-2019", "000123-2020")


def test_a_competition_after_a_prior_information_starts_a_procedure_of_its_own() -> None:
    notice = read(
        form("F02_2014", described(), procedure("<PT_OPEN/><NOTICE_NUMBER_OJ>2019/S 7-1234</NOTICE_NUMBER_OJ>"))
    )
    assert (notice.procedure, notice.continues) == ("000123-2020", "001234-2019")


def test_lots_keep_their_own_codes_places_and_titles() -> None:
    first = lot('<CPV_ADDITIONAL><CPV_CODE CODE="90911200"/></CPV_ADDITIONAL>', "1", "Offices", "1", "EL301")
    second = lot('<VAL_OBJECT CURRENCY="EUR">5</VAL_OBJECT>', "2", "***", "2", "UKI23")
    more = '<VAL_ESTIMATED_TOTAL CURRENCY="EUR">90</VAL_ESTIMATED_TOTAL>'
    notice = read(form("F02_2014", described(first, second, more=more), procedure("<PT_OPEN/>")))
    one, two = notice.lots
    assert (one.id, one.titles, one.cpv, one.countries) == ("1", {"en": "Offices"}, ("90910000", "90911200"), ("GR",))
    assert (one.estimated_amount, two.estimated_amount) == ("", "5")  # the total is not the value of each lot
    assert (two.id, two.titles, two.countries) == ("2", {}, ("GB",))
    assert {one.framework, two.framework} == {"no"}


def test_planned_contracts_of_one_notice_are_told_apart() -> None:
    notice = read(
        form(
            "F01_2014",
            '<NOTICE TYPE="PRI_ONLY"/>',
            described(lot("", "1"), title="Roads", kind="WORKS", item="1"),
            described(lot("", "1"), lot("", "1", item="2"), title="Bread", kind="SUPPLIES", item="2"),
        )
    )
    assert [(one.id, one.titles["en"], one.procurement_category) for one in notice.lots] == [
        ("1/1", "Roads", "works"),
        ("2/1", "Bread", "goods"),
        ("2/1 #2", "Bread", "goods"),
    ]


def test_texts_are_kept_in_every_language_the_original_first() -> None:
    translated = form(
        "F02_2014", described(lot("", "1", "Büros"), title="Reinigung"), language="DE", category="TRANSLATION"
    )
    original = form("F02_2014", described(lot("", "1", "Bureaux"), title="Nettoyage"), language="FR")
    notice = read(translated, original)
    assert notice.language == "fr"
    assert list(notice.titles.items()) == [("fr", "Nettoyage"), ("de", "Reinigung")]
    assert notice.lots[0].titles == {"fr": "Bureaux", "de": "Büros"}


@pytest.mark.parametrize(
    ("conditions", "reserved"),
    [
        ("<RESTRICTED_SHELTERED_WORKSHOP/>", "res-ws"),
        ("<RESTRICTED_SHELTERED_PROGRAM/>", "res-exec"),
        ("<RESERVED_ORGANISATIONS_SERVICE_MISSION/>", "res-pub-ser"),
        ("", ""),
    ],
)
def test_reserved_contracts_carry_the_code_of_eforms(conditions: str, reserved: str) -> None:
    notice = read(form("F21_2014", '<NOTICE TYPE="CONTRACT"/>', described(), f"<LEFTI>{conditions}</LEFTI>"))
    assert notice.lots[0].reserved == reserved


def test_social_standards_of_passenger_transport_are_an_objective() -> None:
    standards = "<LEFTI><SOCIAL_STANDARDS><P>Collective agreement applies.</P></SOCIAL_STANDARDS></LEFTI>"
    assert read(form("MOVE", described(), standards, number="T02")).lots[0].objectives == ("work-cond",)
    assert (
        read(form("MOVE", described(), standards.replace("Collective agreement applies.", "N/A"), number="T02"))
        .lots[0]
        .objectives
        == ()
    )


@pytest.mark.parametrize(
    ("unit", "number", "months"),
    [("MONTH", "0024", "24"), ("DAY", "730", "24"), ("YEAR", "2", "24"), ("DAY", "10", "0.3"), ("MONTH", "many", "")],
)
def test_durations_become_months(unit: str, number: str, months: str) -> None:
    notice = read(form("F02_2014", described(lot(f'<DURATION TYPE="{unit}">{number}</DURATION>'))))
    assert notice.lots[0].duration_months == months


def test_a_design_contest_names_its_winners_and_the_prize() -> None:
    results = """<RESULTS><AWARDED_PRIZE><DATE_DECISION_JURY>2020-01-03</DATE_DECISION_JURY>
      <PARTICIPANTS><NB_PARTICIPANTS>7</NB_PARTICIPANTS></PARTICIPANTS><WINNERS><WINNER><ADDRESS_WINNER>
      <OFFICIALNAME>Drawing Office</OFFICIALNAME><COUNTRY VALUE="FR"/></ADDRESS_WINNER></WINNER></WINNERS>
      <VAL_PRIZE CURRENCY="EUR">6000</VAL_PRIZE></AWARDED_PRIZE></RESULTS>"""
    (won,) = read(form("F13_2014", described(), results)).lots[0].awards
    assert won.suppliers == (Party("Drawing Office", "", "FR"),)
    assert (won.amount, won.tenderers, won.date, won.number) == ("6000", "7", "2020-01-03", "000123-2020/1")
    (none,) = (
        read(
            form(
                "F13_2014",
                described(),
                "<RESULTS><NO_AWARDED_PRIZE><PROCUREMENT_UNSUCCESSFUL/></NO_AWARDED_PRIZE></RESULTS>",
            )
        )
        .lots[0]
        .awards
    )
    assert not none.is_awarded


CHANGES = """<CHANGES>
  <CHANGE><WHERE><SECTION>IV.2.2)</SECTION></WHERE><OLD_VALUE><DATE>2020-02-01</DATE><TIME>12:00</TIME></OLD_VALUE>
    <NEW_VALUE><DATE>2020-02-20</DATE></NEW_VALUE></CHANGE>
  <CHANGE><WHERE><SECTION>II.1.2</SECTION><LOT_NO>3</LOT_NO></WHERE><OLD_VALUE><CPV_MAIN><CPV_CODE CODE="90910000"/></CPV_MAIN></OLD_VALUE>
    <NEW_VALUE><CPV_MAIN><CPV_CODE CODE="79710000"/></CPV_MAIN></NEW_VALUE></CHANGE>
  <CHANGE><WHERE><SECTION>VI.3</SECTION></WHERE><OLD_VALUE><NOTHING/></OLD_VALUE>
    <NEW_VALUE><TEXT><P>Ask Ms Secret.</P></TEXT></NEW_VALUE></CHANGE></CHANGES>"""


def test_a_corrigendum_names_the_notice_and_what_can_be_read_of_its_changes() -> None:
    root = document(
        form("F14_2014", described(), sent(more="<NOTICE_NUMBER_OJ>2019/S 243-600541</NOTICE_NUMBER_OJ>"), CHANGES)
    )
    notice = read_ted(root)
    assert (notice.kind, notice.corrects, notice.procedure, notice.lots) == (
        CORRECTION,
        ("600541-2019",),
        "600541-2019",
        (),
    )
    assert read_changes(root) == (
        Change("IV.2.2", "", DATE, "2020-02-01", "2020-02-20"),
        Change("II.1.2", "3", CPV, "90910000", "79710000"),
        Change("VI.3", "", TEXT),
    )


def test_a_modification_tells_the_contract_as_concluded_and_its_new_value() -> None:
    modified = f"""<MODIFICATIONS_CONTRACT><DESCRIPTION_PROCUREMENT><CPV_MAIN><CPV_CODE CODE="79710000"/></CPV_MAIN>
      <n:NUTS CODE="EL304"/><SHORT_DESCR><P>Also guards.</P></SHORT_DESCR><VALUES><VAL_TOTAL CURRENCY="EUR">20</VAL_TOTAL></VALUES>
      <CONTRACTORS>{contractor("CLEAN LTD.")}{contractor("Guards Inc")}</CONTRACTORS></DESCRIPTION_PROCUREMENT>
      <INFO_MODIFICATIONS><VALUES><VAL_TOTAL_BEFORE CURRENCY="EUR">100</VAL_TOTAL_BEFORE>
      <VAL_TOTAL_AFTER CURRENCY="EUR">120</VAL_TOTAL_AFTER></VALUES></INFO_MODIFICATIONS></MODIFICATIONS_CONTRACT>"""
    concluded = award(values("100"), contract="C-7", winner=contractor("Clean Ltd"))
    forms = form(
        "F20_2014",
        described(lot("", "1")),
        procedure("<NOTICE_NUMBER_OJ>2019/S 1-77</NOTICE_NUMBER_OJ>"),
        concluded,
        modified,
    )
    notice = read(forms)
    (only,) = notice.lots
    assert (notice.kind, notice.procedure) == (MODIFICATION, "000077-2019")
    assert (only.cpv, only.places, only.descriptions) == (("79710000",), ("EL304",), {"en": "Also guards."})
    (contract,) = only.awards
    assert (contract.amount, contract.modified_amount, contract.currency) == ("100", "120", "EUR")
    assert contract.estimated_amount == ""
    assert [party.name for party in contract.suppliers] == ["Clean Ltd", "Guards Inc"]
    assert contract.number == "C-7 2020-01-05"
    assert read_changes(document(forms)) == (Change("VII.2.3", "", AMOUNT, "100 EUR", "120 EUR"),)


def test_a_corrigendum_without_a_number_corrects_nothing() -> None:
    notice = read(form("F14_2014", described(), sent()))
    assert (notice.corrects, notice.procedure) == ((), "000123-2020")


def test_the_namespace_of_an_edition_makes_no_difference() -> None:
    forms = form("F02_2014", described(), procedure("<PT_OPEN/>"))
    assert read(forms) == read(forms, namespace=R208) == read(forms, namespace="ted/R2.0.9.S02/publication")


FULL = (
    form(
        "F03_2014",
        described(lot('<DURATION TYPE="MONTH">3</DURATION>', "1"), lot("<AC><AC_PRICE/></AC>", "2")),
        procedure("<PT_OPEN/><FRAMEWORK/><NOTICE_NUMBER_OJ>2019/S 123-456789</NOTICE_NUMBER_OJ>"),
        award(values("1", "2"), "1", "C-1"),
        award(values(low="1", high="3"), "2", item="2"),
        sent(),
    ),
    form(
        "F20_2014", described(), award(), "<MODIFICATIONS_CONTRACT><DESCRIPTION_PROCUREMENT/></MODIFICATIONS_CONTRACT>"
    ),
    form("F14_2014", described(), sent(), CHANGES),
    earlier("CONTRACT_AWARD", "<AWARD_OF_CONTRACT><LOT_NUMBER>1</LOT_NUMBER><CPV/></AWARD_OF_CONTRACT>", number="3"),
)


@given(st.sampled_from(FULL), st.integers(0, 2**32))
def test_a_damaged_notice_is_read_or_has_published_faults(whole: str, seed: int) -> None:
    """Elements are lost, emptied, renamed and moved at random: nothing may be raised, whatever is left."""
    root, chance = document(whole), Random(seed)
    for element in list(root.iter()):
        parent = element.getparent()
        if parent is None or chance.random() > 0.15:
            continue
        damage = chance.choice(("lost", "emptied", "renamed", "moved", "filled"))
        if damage == "lost":
            parent.remove(element)
        elif damage == "emptied":
            element.clear()
        elif damage == "renamed":
            element.tag = chance.choice(list(root.iter())).tag
        elif damage == "moved":
            root.append(element)
        else:
            element.text = chance.choice(("-1", "9" * 30, "***", "2020-13-45", "\u0662", "1-999999", "0"))
    notice = read_ted(root)
    assert {code for code, *_ in notice.faults} <= set(CODES)
    assert isinstance(read_changes(root), tuple)
    assert isinstance(unknown_elements(root), tuple)
