"""The head of an eForms notice, its buyer and its lots, each by the business term that holds it."""

from __future__ import annotations

import pytest
from eforms_documents import (
    NOTICE_ID,
    PROCEDURE,
    buyer,
    coded,
    document,
    extended,
    lot,
    money,
    organisation,
    organisations,
    party,
)

from duecare.records.eforms import read_eforms
from duecare.records.notices.notice import Lot, Notice, Party

CPV = "<cac:{0}CommodityClassification><cbc:ItemClassificationCode>{1}</cbc:ItemClassificationCode></cac:{0}CommodityClassification>"
PLACE = "<cac:RealizedLocation><cac:Address>{}</cac:Address></cac:RealizedLocation>"
COUNTRY = "<cac:Country><cbc:IdentificationCode>{}</cbc:IdentificationCode></cac:Country>"
NUTS = "<cbc:CountrySubentityCode>{}</cbc:CountrySubentityCode>"


def read_lot(*, project: str = "", terms: str = "", process: str = "", body: str = "") -> Lot:
    notice = read_eforms(document(body=body + lot(project=project, terms=terms, process=process)))
    assert not notice.faults
    return notice.lots[0]


@pytest.mark.parametrize(
    ("root", "kind", "expected"),
    [
        ("PriorInformationNotice", "pin-only", "planning"),
        ("PriorInformationNotice", "pmc", "planning"),
        ("PriorInformationNotice", "pin-cfc-social", "competition"),
        ("ContractNotice", "cn-social", "competition"),
        ("ContractNotice", "qu-sy", "competition"),
        ("ContractAwardNotice", "can-standard", "result"),
        ("ContractAwardNotice", "veat", "result"),
        ("ContractAwardNotice", "can-modif", "modification"),
        ("ContractAwardNotice", "compl", "modification"),
    ],
)
def test_the_notice_type_says_what_a_notice_does(root: str, kind: str, expected: str) -> None:
    notice = read_eforms(document(root, kind, body=lot()))
    assert (notice.kind, notice.faults) == (expected, ())


def test_head_of_a_notice() -> None:
    publication = (
        "<efac:Publication><efbc:NoticePublicationID>00123456-2025</efbc:NoticePublicationID></efac:Publication>"
    )
    notice = read_eforms(document(extension=publication, body=lot()))
    assert (notice.source, notice.id, notice.procedure) == ("eforms", f"{NOTICE_ID}-01", PROCEDURE)
    assert (notice.version, notice.language, notice.form) == ("2025-04-01T00:00:00Z", "en", "16")
    assert (notice.publication, notice.replaces, notice.continues) == ("00123456-2025", (), "")


def test_a_portals_own_notice_number_goes_without_its_version_and_its_national_subtype_without_the_letter() -> None:
    notice = read_eforms(document(notice_id="2023-611830", subtype="N29", body=lot()))
    assert (notice.id, notice.form) == ("2023-611830", "29")


def test_planning_has_no_procedure_yet_and_stands_for_itself() -> None:
    notice = read_eforms(
        document("PriorInformationNotice", "pin-only", procedure="", body=lot("PAR-0001", scheme="Part"))
    )
    assert (notice.procedure, [one.id for one in notice.lots], notice.faults) == (NOTICE_ID, ["PAR-0001"], ())


def test_a_planning_notice_that_only_points_to_a_profile_has_no_lots_and_no_fault() -> None:
    notice = read_eforms(document("PriorInformationNotice", "pin-buyer", procedure=""))
    assert (notice.lots, notice.faults) == ((), ())


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"notice_id": ""}, "MISSING_FIELD", "ID"),
        ({"procedure": ""}, "MISSING_FIELD", "ContractFolderID"),
        ({"sdk": ""}, "MISSING_FIELD", "CustomizationID"),
        ({"sdk": "eforms-sdk-2.0"}, "UNKNOWN_FORMAT", "CustomizationID"),
        ({"kind": "cn-invented"}, "UNKNOWN_FORMAT", "NoticeTypeCode"),
        ({"body": ""}, "MISSING_FIELD", "ProcurementProjectLot"),
        ({"body": lot("")}, "MISSING_FIELD", "ProcurementProjectLot/ID"),
    ],
)
def test_a_notice_without_what_identifies_it_is_parked(change: dict[str, str], code: str, field: str) -> None:
    notice = read_eforms(document(**{"body": lot(), **change}))
    assert [fault[:2] for fault in notice.faults] == [(code, field)]


def test_a_later_edition_is_read_with_a_remark_and_a_nations_own_without() -> None:
    later = read_eforms(document(sdk="eforms-sdk-1.40", body=lot()))
    assert later.faults == ()
    assert "1.40 is newer" in later.notes[0]
    assert read_eforms(document(sdk="eforms-sdk-1.7#extended#urn:fdc:example", body=lot())).notes == ()


def test_a_national_edition_is_read_with_a_remark() -> None:
    german = read_eforms(document(sdk="eforms-de-1.1", body=lot()))
    assert german.faults == ()
    assert "eforms-de-1.1" in german.notes[0]
    assert len(german.lots) == 1


CHANGE = """<efac:Changes><efbc:ChangedNoticeIdentifier>aaaa-01</efbc:ChangedNoticeIdentifier>
  <efac:ChangeReason><cbc:ReasonCode>{}</cbc:ReasonCode></efac:ChangeReason></efac:Changes>"""


def test_a_change_repeats_the_notice_and_replaces_the_one_it_names() -> None:
    notice = read_eforms(document(extension=CHANGE.format("update-add"), body=lot()))
    assert (notice.kind, notice.replaces, len(notice.lots)) == ("competition", ("aaaa-01",), 1)


def test_the_first_editions_call_a_change_corr_and_the_subtype_says_of_what() -> None:
    notice = read_eforms(document(kind="corr", extension=CHANGE.format("cor-buy"), body=lot()))
    assert (notice.kind, notice.faults) == ("competition", ())


def test_a_cancelled_notice_is_replaced_by_nothing() -> None:
    notice = read_eforms(document(extension=CHANGE.format("cancel"), body=lot()))
    assert (notice.replaces, notice.lots, notice.faults) == (("aaaa-01",), (), ())


def test_a_change_that_does_not_repeat_the_notice_only_corrects_it() -> None:
    notice = read_eforms(document(extension=CHANGE.format("update-add")))
    assert (notice.kind, notice.corrects, notice.replaces, notice.faults) == ("correction", ("aaaa-01",), (), ())


def test_a_business_registration_is_about_no_purchase() -> None:
    root = document("ContractNotice", "brin-ecs", procedure="")
    assert (read_eforms(root).kind, read_eforms(root).lots, read_eforms(root).faults) == ("other", (), ())


def read_buyer(extension: str, body: str) -> Notice:
    return read_eforms(document(extension=organisations(extension), body=body + lot()))


def test_the_buyer_is_found_by_reference_with_its_kind_and_activity() -> None:
    kind = (
        f"<cac:ContractingPartyType>{coded('cbc:PartyTypeCode', 'buyer-legal-type', 'la')}</cac:ContractingPartyType>"
    )
    does = f"<cac:ContractingActivity>{coded('cbc:ActivityTypeCode', 'authority-activity', 'health')}</cac:ContractingActivity>"
    body = f"<cac:ContractingParty>{kind}{does}<cac:Party>{party('ORG-0002')}</cac:Party></cac:ContractingParty>"
    both = organisation("ORG-0001", "Another") + organisation("ORG-0002", "City of Korçë", "ALB", "K 123")
    notice = read_buyer(both, body)
    assert notice.buyer == Party("City of Korçë", "K 123", "AL")
    assert (notice.buyer_type, notice.buyer_activity) == ("la", "health")


def test_a_touch_point_stands_for_its_organisation_because_its_own_name_may_be_a_person() -> None:
    touch = f"<efac:TouchPoint>{party('TPO-0001')}<cac:PartyName><cbc:Name>Petra Private</cbc:Name></cac:PartyName></efac:TouchPoint>"
    notice = read_buyer(organisation("ORG-0001", "City", touch=touch), buyer("TPO-0001"))
    assert notice.buyer.name == "City"


def test_of_several_buyers_the_leader_of_the_group_is_the_buyer() -> None:
    leads = "<efbc:GroupLeadIndicator>true</efbc:GroupLeadIndicator>"
    both = organisation("ORG-0001", "Village") + organisation("ORG-0002", "County", more=leads)
    assert read_buyer(both, buyer("ORG-0001") + buyer("ORG-0002")).buyer.name == "County"


def test_no_contact_street_or_owner_is_ever_read() -> None:
    told = repr(read_buyer(organisation("ORG-0001", "City"), buyer()))
    assert "City" in told
    for secret in ("Petra", "private.example", "1234567", "Secret Street", "Hiddenville", "Owner-Name"):
        assert secret not in told


def test_codes_and_texts_of_a_lot_in_every_language() -> None:
    texts = "<cbc:Name languageID='FRA'>Nettoyage</cbc:Name><cbc:Name languageID='NLD'>Schoonmaak</cbc:Name>"
    what = texts + "<cbc:Description languageID='FRA'>voir ci-dessus</cbc:Description>"
    read = read_lot(project=what + CPV.format("Main", "90911000") + CPV.format("Additional", "90919200"))
    assert read.titles == {"fr": "Nettoyage", "nl": "Schoonmaak"}
    assert (read.descriptions, read.cpv) == ({}, ("90911000", "90919200"))


def test_what_a_lot_does_not_say_is_taken_from_the_procedure() -> None:
    whole = coded("cbc:ProcurementTypeCode", "contract-nature", "supplies") + CPV.format("Main", "18100000")
    whole += PLACE.format(NUTS.format("EL303"))
    read = read_lot(body=f"<cac:ProcurementProject>{whole}</cac:ProcurementProject>")
    assert (read.procurement_category, read.cpv, read.countries) == ("goods", ("18100000",), ("GR",))


def test_places_of_performance_are_countries_and_nuts_codes() -> None:
    places = PLACE.format(NUTS.format("RS110") + COUNTRY.format("SRB")) + PLACE.format(COUNTRY.format("1A0"))
    read = read_lot(project=places + PLACE.format("<cbc:Region>anyw-eea</cbc:Region>"))
    assert (read.countries, read.places) == (("RS", "XK"), ("RS110",))


def test_quantity_estimate_and_renewals() -> None:
    project = f"""<cbc:EstimatedOverallContractQuantity unitCode="TNE">12.5</cbc:EstimatedOverallContractQuantity>
      <cac:RequestedTenderTotal>{money("cbc:EstimatedOverallContractAmount", "250000.00", "ALL")}</cac:RequestedTenderTotal>
      <cac:ContractExtension><cbc:MaximumNumberNumeric>2</cbc:MaximumNumberNumeric></cac:ContractExtension>"""
    read = read_lot(project=project)
    assert (read.quantity, read.unit, read.estimated_amount, read.currency) == ("12.5", "TNE", "250000.00", "ALL")
    assert read.renewals == "2"


def test_the_highest_cost_of_a_framework_stands_in_for_its_estimate() -> None:
    highest = extended(money("efbc:FrameworkMaximumAmount", "660000"))
    read = read_lot(project=f"<cac:RequestedTenderTotal>{highest}</cac:RequestedTenderTotal>")
    assert (read.estimated_amount, read.currency) == ("660000", "EUR")


@pytest.mark.parametrize(
    ("measure", "months"),
    [
        ("MONTH|18", "18"),
        ("YEAR|4", "48"),
        ("WEEK|26", "6"),
        ("DAY|365", "12"),
        ("DAY|45", "1.5"),
        ("HUR|5", ""),
        ("DAY|0", ""),
    ],
)
def test_durations_become_months(measure: str, months: str) -> None:
    unit, number = measure.split("|")
    period = (
        f'<cac:PlannedPeriod><cbc:DurationMeasure unitCode="{unit}">{number}</cbc:DurationMeasure></cac:PlannedPeriod>'
    )
    assert read_lot(project=period).duration_months == months


def test_dates_lose_their_zone_and_a_duration_without_end_is_unknown() -> None:
    period = "<cbc:StartDate>2025-09-01+02:00</cbc:StartDate><cbc:EndDate>2026-08-31Z</cbc:EndDate>"
    read = read_lot(
        project=f"<cac:PlannedPeriod>{period}<cbc:DescriptionCode>UNLIMITED</cbc:DescriptionCode></cac:PlannedPeriod>"
    )
    assert (read.start_date, read.end_date, read.duration_months) == ("2025-09-01", "2026-08-31", "")


@pytest.mark.parametrize(
    ("published", "read"),
    [
        ("open", "open"),
        ("restricted", "selective"),
        ("neg-w-call", "selective"),
        ("comp-dial", "selective"),
        ("innovation", "selective"),
        ("neg-wo-call", "limited"),
        ("oth-single", "oth-single"),
        ("unpublished", ""),
    ],
)
def test_procedures_in_the_words_of_ocds(published: str, read: str) -> None:
    process = f"<cac:TenderingProcess>{coded('cbc:ProcedureCode', 'procurement-procedure-type', published)}</cac:TenderingProcess>"
    assert read_eforms(document(body=process + lot())).procurement_method == read


def test_accelerated_is_a_code_of_its_list() -> None:
    reason = coded("cbc:ProcessReasonCode", "accelerated-procedure", "true")
    other = coded("cbc:ProcessReasonCode", "direct-award-justification", "true")
    for code, expected in ((reason, True), (other, False)):
        body = (
            f"<cac:TenderingProcess><cac:ProcessJustification>{code}</cac:ProcessJustification></cac:TenderingProcess>"
        )
        assert read_eforms(document(body=body + lot())).is_accelerated is expected


END = "<cac:{0}><cbc:EndDate>{1}</cbc:EndDate></cac:{0}>"


def test_the_shortest_tender_period_of_the_lots_counts_from_dispatch() -> None:
    long = lot("LOT-0001", process=END.format("TenderSubmissionDeadlinePeriod", "2025-05-06+02:00"))
    short = lot("LOT-0002", process=END.format("ParticipationRequestReceptionPeriod", "2025-04-16+02:00"))
    assert read_eforms(document(body=long)).bid_days == "35"
    assert read_eforms(document(body=long + short)).bid_days == "15"


def systems(*codes: str) -> str:
    lists = ("framework-agreement", "dps-usage")
    found = (coded("cbc:ContractingSystemTypeCode", name, code) for name, code in zip(lists, codes, strict=False))
    return "".join(f"<cac:ContractingSystem>{one}</cac:ContractingSystem>" for one in found)


@pytest.mark.parametrize(
    ("process", "expected"),
    [
        (systems("none", "none"), "no"),
        (systems("fa-wo-rc", "none"), "fa-wo-rc"),
        (systems("none", "dps-list"), "dps-list"),
        ("", ""),
    ],
)
def test_frameworks_and_purchasing_systems(process: str, expected: str) -> None:
    assert read_lot(process=process).framework == expected


def objective(list_name: str, code: str) -> str:
    return f"<cac:ProcurementAdditionalType>{coded('cbc:ProcurementTypeCode', list_name, code)}</cac:ProcurementAdditionalType>"


def test_objectives_are_codes_and_other_says_of_what() -> None:
    project = objective("strategic-procurement", "soc-obj") + objective("social-objective", "hum-right")
    project += objective("social-objective", "other") + objective("environmental-impact", "other")
    project += objective("accessibility", "none") + objective("contract-nature", "works")
    assert read_lot(project=project).objectives == ("soc-obj", "hum-right", "social-other", "environmental-other")


def requirement(list_name: str, code: str) -> str:
    named = coded("cbc:TendererRequirementTypeCode", list_name, code)
    return f"<cac:SpecificTendererRequirement>{named}</cac:SpecificTendererRequirement>"


def test_reserved_for_whom_or_only_in_its_execution() -> None:
    workshops = f"<cac:TendererQualificationRequest>{requirement('reserved-procurement', 'res-ws')}</cac:TendererQualificationRequest>"
    nobody = workshops.replace("res-ws", "none")
    execution = coded("cbc:ExecutionRequirementCode", "reserved-execution", "yes")
    execution = f"<cac:ContractExecutionRequirement>{execution}</cac:ContractExecutionRequirement>"
    assert read_lot(terms=workshops + execution).reserved == "res-ws"
    assert read_lot(terms=nobody + execution).reserved == "res-exec"
    assert read_lot(terms=nobody + execution.replace("yes", "no")).reserved == ""


def test_exclusion_grounds_of_the_procedure_hold_for_every_lot() -> None:
    grounds = requirement("exclusion-ground", "human-traffic") + requirement("exclusion-ground", "corruption")
    source = requirement("exclusion-grounds-source", "epo-notice")
    request = f"<cac:TendererQualificationRequest>{grounds}{source}</cac:TendererQualificationRequest>"
    read = read_lot(body=f"<cac:TenderingTerms>{request}</cac:TenderingTerms>")
    assert read.exclusion_grounds == ("human-traffic", "corruption")


def test_a_group_of_lots_is_no_lot() -> None:
    notice = read_eforms(document(body=lot("LOT-0001") + lot("GLO-0001", scheme="LotsGroup")))
    assert [one.id for one in notice.lots] == ["LOT-0001"]


def test_what_is_no_number_or_no_day_is_a_fault() -> None:
    project = "<cbc:EstimatedOverallContractQuantity>many</cbc:EstimatedOverallContractQuantity>"
    project += "<cac:PlannedPeriod><cbc:StartDate>31.12.2025</cbc:StartDate></cac:PlannedPeriod>"
    notice = read_eforms(document(body=lot(project=project)))
    assert sorted(fault[:3] for fault in notice.faults) == [
        ("BAD_DATE", "StartDate", "31.12.2025"),
        ("BAD_NUMBER", "EstimatedOverallContractQuantity", "many"),
    ]
