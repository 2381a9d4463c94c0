"""Invented notices, written by us in both XML families from the same facts, for tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape

TED_SPACE = "http://publications.europa.eu/resource/schema/ted/R2.0.9/publication"
NUTS_SPACE = "http://publications.europa.eu/resource/schema/ted/2021/nuts"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_THREE = {"en": "ENG", "de": "DEU", "fr": "FRA", "sr": "SRP"}
_ALPHA_3 = {"AT": "AUT", "DE": "DEU", "RS": "SRB", "XK": "XKX", "GR": "GRC"}
_TED_NATURE = {"works": "WORKS", "goods": "SUPPLIES", "services": "SERVICES"}
_UBL_NATURE = {"works": "works", "goods": "supplies", "services": "services"}


@dataclass(frozen=True)
class Won:
    """One award of a lot; without ``winner`` the lot was closed without one."""

    winner: str = "Glanz GmbH"
    country: str = "AT"
    amount: str = "125000.50"
    contract: str = "C-7"
    date: str = "2021-03-04"
    tenders: str = "3"


@dataclass(frozen=True)
class Part:
    """One lot."""

    number: str = "1"
    title: str = "Cleaning of the offices"
    told: str = "Daily cleaning of four office buildings."
    cpv: tuple[str, ...] = ("90919200", "90911300")
    nuts: str = "AT130"
    months: str = "24"
    estimate: str = "130000"
    price_weight: str = "60"
    won: Won | None = None


@dataclass(frozen=True)
class Facts:
    """What one notice says. ``number`` is the publication number of TED, ``procedure`` what eForms call so."""

    number: str = "123456-2021"
    procedure: str = "3f6f1d1c-0000-4000-8000-000000000001"
    notice: str = "9a4b7099-0000-4000-8000-000000000001"
    issued: str = "2021-03-10"
    buyer: str = "Stadt Nordheim"
    country: str = "AT"
    title: str = "Cleaning services"
    nature: str = "services"
    language: str = "en"
    parts: tuple[Part, ...] = field(default_factory=lambda: (Part(),))
    refers: str = ""


def competition(**said: object) -> Facts:
    """A call for tenders for one lot."""
    return replace(Facts(), **said)  # type: ignore[arg-type]


def result(**said: object) -> Facts:
    """The award of that lot, a year later."""
    return replace(
        Facts(
            number="654321-2022",
            notice="9a4b7099-0000-4000-8000-000000000002",
            issued="2022-03-10",
            parts=(Part(won=Won()),),
        ),
        **said,  # type: ignore[arg-type]
    )


def ted(facts: Facts) -> bytes:
    """A notice in TED R2.0.9: F03 where a lot has an award, else F02."""
    is_result = any(part.won for part in facts.parts)
    form = "F03_2014" if is_result else "F02_2014"
    number, _, year = facts.number.partition("-")
    compact = facts.issued.replace("-", "")
    reference = f"<REF_NOTICE><NO_DOC_OJS>{_ojs(facts.refers)}</NO_DOC_OJS></REF_NOTICE>" if facts.refers else ""
    earlier = f"<NOTICE_NUMBER_OJ>{_ojs(facts.refers)}</NOTICE_NUMBER_OJ>" if facts.refers else ""
    parts = "".join(_ted_part(part, facts, place) for place, part in enumerate(facts.parts, 1))
    awards = "".join(_ted_award(part, place) for place, part in enumerate(facts.parts, 1) if part.won)
    language = facts.language.upper()
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><TED_EXPORT xmlns="{TED_SPACE}" xmlns:n2021="{NUTS_SPACE}" '
        f'DOC_ID="{facts.number}" EDITION="{year}050"><CODED_DATA_SECTION><REF_OJS><COLL_OJ>S</COLL_OJ>'
        f"<NO_OJ>50</NO_OJ><DATE_PUB>{compact}</DATE_PUB></REF_OJS><NOTICE_DATA>"
        f"<NO_DOC_OJS>{_ojs(f'{number}-{year}')}</NO_DOC_OJS><LG_ORIG>{language}</LG_ORIG>"
        f'<ISO_COUNTRY VALUE="{facts.country}"/>{reference}</NOTICE_DATA><CODIF_DATA>'
        f"<DS_DATE_DISPATCH>{compact}</DS_DATE_DISPATCH>"
        f'<TD_DOCUMENT_TYPE CODE="{"7" if is_result else "3"}">Notice</TD_DOCUMENT_TYPE></CODIF_DATA></CODED_DATA_SECTION>'
        f'<FORM_SECTION><{form} CATEGORY="ORIGINAL" FORM="{form[:3]}" LG="{language}"><CONTRACTING_BODY>'
        f"<ADDRESS_CONTRACTING_BODY><OFFICIALNAME>{escape(facts.buyer)}</OFFICIALNAME><TOWN>Nordheim</TOWN>"
        f'<COUNTRY VALUE="{facts.country}"/><CONTACT_POINT>Ms Contact Person</CONTACT_POINT>'
        f"<E_MAIL>person@example.org</E_MAIL></ADDRESS_CONTRACTING_BODY>"
        f'<CA_TYPE VALUE="REGIONAL_AUTHORITY"/><CA_ACTIVITY VALUE="GENERAL_PUBLIC_SERVICES"/></CONTRACTING_BODY>'
        f"<OBJECT_CONTRACT><TITLE><P>{escape(facts.title)}</P></TITLE>"
        f'<CPV_MAIN><CPV_CODE CODE="{facts.parts[0].cpv[0]}"/></CPV_MAIN>'
        f'<TYPE_CONTRACT CTYPE="{_TED_NATURE[facts.nature]}"/><SHORT_DESCR><P>see section II.2.4)</P></SHORT_DESCR>'
        f"{'<LOT_DIVISION/>' if len(facts.parts) > 1 else '<NO_LOT_DIVISION/>'}{parts}</OBJECT_CONTRACT>"
        f"<PROCEDURE><PT_OPEN/>{earlier}</PROCEDURE>{awards}"
        f"<COMPLEMENTARY_INFO><DATE_DISPATCH_NOTICE>{facts.issued}</DATE_DISPATCH_NOTICE></COMPLEMENTARY_INFO>"
        f"</{form}></FORM_SECTION></TED_EXPORT>"
    ).encode()


def _ojs(number: str) -> str:
    """``123456-2021`` as the Official Journal writes it."""
    digits, _, year = number.partition("-")
    return f"{year}/S 050-{digits}"


def _ted_part(part: Part, facts: Facts, place: int) -> str:
    more = "".join(f'<CPV_ADDITIONAL><CPV_CODE CODE="{code}"/></CPV_ADDITIONAL>' for code in part.cpv)
    number = f"<LOT_NO>{part.number}</LOT_NO>" if len(facts.parts) > 1 else ""
    value = "" if part.won else f'<VAL_OBJECT CURRENCY="EUR">{part.estimate}</VAL_OBJECT>'
    quality = 100 - int(part.price_weight)
    return (
        f'<OBJECT_DESCR ITEM="{place}"><TITLE><P>{escape(part.title)}</P></TITLE>{number}{more}'
        f'<n2021:NUTS CODE="{part.nuts}"/><SHORT_DESCR><P>{escape(part.told)}</P></SHORT_DESCR><AC><AC_QUALITY>'
        f"<AC_CRITERION>Quality</AC_CRITERION><AC_WEIGHTING>{quality}</AC_WEIGHTING></AC_QUALITY><AC_PRICE>"
        f"<AC_WEIGHTING>{part.price_weight}</AC_WEIGHTING></AC_PRICE></AC>{value}"
        f'<DURATION TYPE="MONTH">{part.months}</DURATION></OBJECT_DESCR>'
    )


def _ted_award(part: Part, place: int) -> str:
    won = part.won
    assert won is not None
    head = f"<LOT_NO>{part.number}</LOT_NO><TITLE><P>{escape(part.title)}</P></TITLE>"
    if not won.winner:
        return f'<AWARD_CONTRACT ITEM="{place}">{head}<NO_AWARDED_CONTRACT><PROCUREMENT_UNSUCCESSFUL/></NO_AWARDED_CONTRACT></AWARD_CONTRACT>'
    return (
        f'<AWARD_CONTRACT ITEM="{place}"><CONTRACT_NO>{escape(won.contract)}</CONTRACT_NO>{head}<AWARDED_CONTRACT>'
        f"<DATE_CONCLUSION_CONTRACT>{won.date}</DATE_CONCLUSION_CONTRACT><TENDERS><NB_TENDERS_RECEIVED>{won.tenders}"
        f"</NB_TENDERS_RECEIVED></TENDERS><CONTRACTORS><CONTRACTOR><ADDRESS_CONTRACTOR><OFFICIALNAME>{escape(won.winner)}"
        f'</OFFICIALNAME><COUNTRY VALUE="{won.country}"/></ADDRESS_CONTRACTOR></CONTRACTOR></CONTRACTORS>'
        f'<VALUES><VAL_TOTAL CURRENCY="EUR">{won.amount}</VAL_TOTAL></VALUES></AWARDED_CONTRACT></AWARD_CONTRACT>'
    )


def eforms(facts: Facts, edition: str = "1.10", version: str = "01") -> bytes:
    """The same notice in eForms: subtype 29 where a lot has an award, else 16."""
    is_result = any(part.won for part in facts.parts)
    root = "ContractAwardNotice" if is_result else "ContractNotice"
    language = _THREE[facts.language]
    lots = "".join(_eforms_lot(part, language, facts.nature) for part in facts.parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{UBL}{root}-2" xmlns:cac="{UBL}CommonAggregateComponents-2" '
        f'xmlns:cbc="{UBL}CommonBasicComponents-2" xmlns:ext="{UBL}CommonExtensionComponents-2" '
        'xmlns:efac="http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1" '
        'xmlns:efbc="http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1" '
        'xmlns:efext="http://data.europa.eu/p27/eforms-ubl-extensions/1">'
        f"<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>"
        f"{_eforms_results(facts, language) if is_result else ''}<efac:NoticeSubType>"
        f'<cbc:SubTypeCode listName="notice-subtype">{29 if is_result else 16}</cbc:SubTypeCode></efac:NoticeSubType>'
        f"<efac:Organizations>{_organisation('ORG-0001', facts.buyer, facts.country)}{_winners(facts)}</efac:Organizations>"
        f"</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
        f"<cbc:UBLVersionID>2.3</cbc:UBLVersionID><cbc:CustomizationID>eforms-sdk-{edition}</cbc:CustomizationID>"
        f'<cbc:ID schemeName="notice-id">{facts.notice}</cbc:ID><cbc:ContractFolderID>{facts.procedure}</cbc:ContractFolderID>'
        f"<cbc:IssueDate>{facts.issued}Z</cbc:IssueDate><cbc:IssueTime>10:00:00Z</cbc:IssueTime>"
        f"<cbc:VersionID>{version}</cbc:VersionID><cbc:RegulatoryDomain>32014L0024</cbc:RegulatoryDomain>"
        f'<cbc:NoticeTypeCode listName="{"result" if is_result else "competition"}">{"can" if is_result else "cn"}-standard</cbc:NoticeTypeCode>'
        f"<cbc:NoticeLanguageCode>{language}</cbc:NoticeLanguageCode><cac:ContractingParty><cac:ContractingPartyType>"
        f'<cbc:PartyTypeCode listName="buyer-legal-type">ra</cbc:PartyTypeCode></cac:ContractingPartyType>'
        f'<cac:ContractingActivity><cbc:ActivityTypeCode listName="authority-activity">gen-pub</cbc:ActivityTypeCode>'
        f"</cac:ContractingActivity><cac:Party><cac:PartyIdentification>"
        f'<cbc:ID schemeName="organization">ORG-0001</cbc:ID></cac:PartyIdentification></cac:Party></cac:ContractingParty>'
        f'<cac:TenderingProcess><cbc:ProcedureCode listName="procurement-procedure-type">open</cbc:ProcedureCode>'
        f'</cac:TenderingProcess><cac:ProcurementProject><cbc:ID schemeName="InternalID">1</cbc:ID>'
        f'<cbc:Name languageID="{language}">{escape(facts.title)}</cbc:Name>'
        f'<cbc:Description languageID="{language}">see section II.2.4)</cbc:Description>'
        f'<cbc:ProcurementTypeCode listName="contract-nature">{_UBL_NATURE[facts.nature]}</cbc:ProcurementTypeCode>'
        f"{_codes(facts.parts[0].cpv[:1])}</cac:ProcurementProject>{lots}</{root}>"
    ).encode()


def _codes(cpv: tuple[str, ...]) -> str:
    main, *more = (f'<cbc:ItemClassificationCode listName="cpv">{code}</cbc:ItemClassificationCode>' for code in cpv)
    additional = "".join(
        f"<cac:AdditionalCommodityClassification>{code}</cac:AdditionalCommodityClassification>" for code in more
    )
    return f"<cac:MainCommodityClassification>{main}</cac:MainCommodityClassification>{additional}"


def _organisation(number: str, name: str, country: str) -> str:
    return (
        f'<efac:Organization><efac:Company><cac:PartyIdentification><cbc:ID schemeName="organization">{number}</cbc:ID>'
        f"</cac:PartyIdentification><cac:PartyName><cbc:Name>{escape(name)}</cbc:Name></cac:PartyName><cac:PostalAddress>"
        f'<cac:Country><cbc:IdentificationCode listName="country">{_ALPHA_3[country]}</cbc:IdentificationCode></cac:Country>'
        f"</cac:PostalAddress><cac:Contact><cbc:Name>Ms Contact Person</cbc:Name><cbc:Telephone>number of a person</cbc:Telephone>"
        f"<cbc:ElectronicMail>person@example.org</cbc:ElectronicMail></cac:Contact></efac:Company></efac:Organization>"
    )


def _winners(facts: Facts) -> str:
    won = [(place, part.won) for place, part in enumerate(facts.parts, 1) if part.won and part.won.winner]
    return "".join(_organisation(f"ORG-1{place:03d}", each.winner, each.country) for place, each in won)


def _eforms_results(facts: Facts, language: str) -> str:
    said = [_eforms_result(part, place) for place, part in enumerate(facts.parts, 1) if part.won]
    return f"<efac:NoticeResult>{''.join(''.join(kind) for kind in zip(*said, strict=True))}</efac:NoticeResult>"


def _eforms_result(part: Part, place: int) -> tuple[str, str, str, str]:
    won, lot = part.won, f'<efac:TenderLot><cbc:ID schemeName="Lot">{_lot_id(part)}</cbc:ID></efac:TenderLot>'
    assert won is not None
    if not won.winner:
        closed = (
            f'<efac:LotResult><cbc:ID schemeName="result">RES-{place:04d}</cbc:ID>'
            f'<cbc:TenderResultCode listName="winner-selection-status">clos-nw</cbc:TenderResultCode>{lot}</efac:LotResult>'
        )
        return closed, "", "", ""
    tender = f'<efac:LotTender><cbc:ID schemeName="tender">TEN-{place:04d}</cbc:ID>'
    contract = f'<efac:SettledContract><cbc:ID schemeName="contract">CON-{place:04d}</cbc:ID>'
    party = f'<efac:TenderingParty><cbc:ID schemeName="tendering-party">TPA-{place:04d}</cbc:ID>'
    return (
        (
            f'<efac:LotResult><cbc:ID schemeName="result">RES-{place:04d}</cbc:ID>'
            '<cbc:TenderResultCode listName="winner-selection-status">selec-w</cbc:TenderResultCode>'
            f"{tender}</efac:LotTender><efac:ReceivedSubmissionsStatistics>"
            '<efbc:StatisticsCode listName="received-submission-type">tenders</efbc:StatisticsCode>'
            f"<efbc:StatisticsNumeric>{won.tenders}</efbc:StatisticsNumeric></efac:ReceivedSubmissionsStatistics>"
            f"{contract}</efac:SettledContract>{lot}</efac:LotResult>"
        ),
        (
            f'{tender}<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">{won.amount}</cbc:PayableAmount>'
            f"</cac:LegalMonetaryTotal>{party}</efac:TenderingParty>{lot}</efac:LotTender>"
        ),
        (
            f"{contract}<cbc:AwardDate>{won.date}Z</cbc:AwardDate><efac:ContractReference><cbc:ID>{escape(won.contract)}</cbc:ID>"
            f"</efac:ContractReference>{tender}</efac:LotTender></efac:SettledContract>"
        ),
        f'{party}<efac:Tenderer><cbc:ID schemeName="organization">ORG-1{place:03d}</cbc:ID></efac:Tenderer></efac:TenderingParty>',
    )


def _lot_id(part: Part) -> str:
    return f"LOT-{int(part.number):04d}"


def _eforms_lot(part: Part, language: str, nature: str) -> str:
    value = (
        ""
        if part.won
        else (
            '<cac:RequestedTenderTotal><cbc:EstimatedOverallContractAmount currencyID="EUR">'
            f"{part.estimate}</cbc:EstimatedOverallContractAmount></cac:RequestedTenderTotal>"
        )
    )
    quality = 100 - int(part.price_weight)
    criteria = "".join(
        f"<cac:SubordinateAwardingCriterion><ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>"
        f'<efac:AwardCriterionParameter><efbc:ParameterCode listName="number-weight">per-exa</efbc:ParameterCode>'
        f"<efbc:ParameterNumeric>{weight}</efbc:ParameterNumeric></efac:AwardCriterionParameter></efext:EformsExtension>"
        "</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
        f'<cbc:AwardingCriterionTypeCode listName="award-criterion-type">{kind}</cbc:AwardingCriterionTypeCode>'
        "</cac:SubordinateAwardingCriterion>"
        for kind, weight in (("price", part.price_weight), ("quality", quality))
    )
    return (
        f'<cac:ProcurementProjectLot><cbc:ID schemeName="Lot">{_lot_id(part)}</cbc:ID><cac:TenderingTerms><cac:AwardingTerms>'
        f"<cac:AwardingCriterion>{criteria}</cac:AwardingCriterion></cac:AwardingTerms></cac:TenderingTerms>"
        f'<cac:TenderingProcess><cac:ContractingSystem><cbc:ContractingSystemTypeCode listName="framework-agreement">none'
        '</cbc:ContractingSystemTypeCode></cac:ContractingSystem></cac:TenderingProcess><cac:ProcurementProject><cbc:ID schemeName="InternalID">1</cbc:ID>'
        f'<cbc:Name languageID="{language}">{escape(part.title)}</cbc:Name>'
        f'<cbc:Description languageID="{language}">{escape(part.told)}</cbc:Description>'
        f'<cbc:ProcurementTypeCode listName="contract-nature">{_UBL_NATURE[nature]}</cbc:ProcurementTypeCode>{value}{_codes(part.cpv)}'
        f'<cac:RealizedLocation><cac:Address><cbc:CountrySubentityCode listName="nuts-lvl3">{part.nuts}'
        f'</cbc:CountrySubentityCode><cac:Country><cbc:IdentificationCode listName="country">AUT</cbc:IdentificationCode>'
        f"</cac:Country></cac:Address></cac:RealizedLocation><cac:PlannedPeriod>"
        f'<cbc:DurationMeasure unitCode="MONTH">{part.months}</cbc:DurationMeasure></cac:PlannedPeriod>'
        f"</cac:ProcurementProject></cac:ProcurementProjectLot>"
    )
