"""Small eForms notices for tests, written by us: the parts that a test is about are given as XML, the rest is there."""

from __future__ import annotations

from typing import Any

from duecare.records.notices.xml import parse
from duecare.settings import Limits

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
EFORMS = "http://data.europa.eu/p27/eforms-ubl-extension"
SPACES = (
    f'xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2" '
    f'xmlns:ext="{UBL}CommonExtensionComponents-2" xmlns:efext="{EFORMS}s/1" '
    f'xmlns:efac="{EFORMS}-aggregate-components/1" xmlns:efbc="{EFORMS}-basic-components/1"'
)
NOTICE_ID = "11111111-2222-4333-8444-555555555555"
PROCEDURE = "99999999-2222-4333-8444-555555555555"


def document(
    root: str = "ContractNotice",
    kind: str = "cn-standard",
    *,
    sdk: str = "eforms-sdk-1.13",
    notice_id: str = NOTICE_ID,
    procedure: str = PROCEDURE,
    subtype: str = "16",
    extension: str = "",
    body: str = "",
) -> Any:
    """The root element of a notice of 1 April 2025, two hours past midnight in Tirana."""
    head = f"<efac:NoticeSubType>{tag('cbc:SubTypeCode', subtype)}</efac:NoticeSubType>"
    return parse(
        f"""<{root} xmlns="{UBL}{root}-2" {SPACES}>
          {extended(head + extension)}
          {tag("cbc:CustomizationID", sdk)}{tag("cbc:ID", notice_id)}{tag("cbc:ContractFolderID", procedure)}
          <cbc:IssueDate>2025-04-01+02:00</cbc:IssueDate><cbc:IssueTime>02:00:00+02:00</cbc:IssueTime>
          <cbc:VersionID>01</cbc:VersionID><cbc:NoticeTypeCode>{kind}</cbc:NoticeTypeCode>
          <cbc:NoticeLanguageCode>ENG</cbc:NoticeLanguageCode>{body}
        </{root}>""".encode(),
        Limits(),
    )


def tag(name: str, text: str) -> str:
    """An element with a text, nothing for no text."""
    return f"<{name}>{text}</{name}>" if text else ""


def extended(content: str) -> str:
    """What eForms adds to an element of UBL."""
    return (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>"
        f"{content}</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )


def coded(name: str, list_name: str, code: str) -> str:
    """A code with the name of its list."""
    return f'<{name} listName="{list_name}">{code}</{name}>'


def lot(lot_id: str = "LOT-0001", *, project: str = "", terms: str = "", process: str = "", scheme: str = "Lot") -> str:
    """A lot (or part, or group of lots) with its three sides."""
    return f"""<cac:ProcurementProjectLot><cbc:ID schemeName="{scheme}">{lot_id}</cbc:ID>
      <cac:TenderingTerms>{terms}</cac:TenderingTerms><cac:TenderingProcess>{process}</cac:TenderingProcess>
      <cac:ProcurementProject>{project}</cac:ProcurementProject></cac:ProcurementProjectLot>"""


def party(key: str) -> str:
    """A reference to an organisation or a touch point."""
    return f"<cac:PartyIdentification><cbc:ID>{key}</cbc:ID></cac:PartyIdentification>"


def buyer(key: str = "ORG-0001") -> str:
    """A contracting party."""
    return f"<cac:ContractingParty><cac:Party>{party(key)}</cac:Party></cac:ContractingParty>"


def organisation(key: str, name: str, country: str = "ALB", number: str = "", more: str = "", touch: str = "") -> str:
    """An organisation with everything about its contact that must never be read."""
    return f"""<efac:Organization>{more}<efac:Company>{party(key)}
      <cac:PartyName><cbc:Name languageID="ENG">{name}</cbc:Name></cac:PartyName>
      <cac:PostalAddress><cbc:StreetName>Secret Street 7</cbc:StreetName><cbc:CityName>Hiddenville</cbc:CityName>
      <cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
      <cac:PartyLegalEntity><cbc:CompanyID>{number}</cbc:CompanyID></cac:PartyLegalEntity>
      <cac:Contact><cbc:Name>Petra Private</cbc:Name><cbc:Telephone>+355 1234567</cbc:Telephone>
      <cbc:ElectronicMail>petra@private.example</cbc:ElectronicMail></cac:Contact></efac:Company>{touch}</efac:Organization>"""


def organisations(*content: str) -> str:
    """The list of organisations, with an owner who must never be read."""
    owner = "<efac:UltimateBeneficialOwner><cbc:FamilyName>Owner-Name</cbc:FamilyName></efac:UltimateBeneficialOwner>"
    return f"<efac:Organizations>{''.join(content)}{owner}</efac:Organizations>"


def money(name: str, amount: str, currency: str = "EUR") -> str:
    """An amount with its currency."""
    return f'<{name} currencyID="{currency}">{amount}</{name}>'


def hidden(code: str) -> str:
    """A field that is not published yet (BT-195)."""
    reason = coded("cbc:ReasonCode", "non-publication-justification", "oth-int")
    field = coded("efbc:FieldIdentifierCode", "non-publication-identifier", code)
    return f"<efac:FieldsPrivacy>{field}{reason}</efac:FieldsPrivacy>"


def result(lot_id: str, status: str, tenders: str = "", contracts: str = "", more: str = "") -> str:
    """The result of a lot; tenders and contracts are ids with spaces between them."""
    named = "".join(f"<efac:LotTender><cbc:ID>{key}</cbc:ID></efac:LotTender>" for key in tenders.split())
    settled = "".join(
        f"<efac:SettledContract><cbc:ID>{key}</cbc:ID></efac:SettledContract>" for key in contracts.split()
    )
    return f"""<efac:LotResult>{tag("cbc:TenderResultCode", status)}{more}{named}{settled}
      <efac:TenderLot><cbc:ID>{lot_id}</cbc:ID></efac:TenderLot></efac:LotResult>"""


def tender(key: str, lot_id: str, by: str, value: str = "", more: str = "", scheme: str = "Lot") -> str:
    """A tender for a lot by a tendering party, in euro."""
    total = f"<cac:LegalMonetaryTotal>{money('cbc:PayableAmount', value)}</cac:LegalMonetaryTotal>" if value else ""
    return f"""<efac:LotTender>{more}<cbc:ID>{key}</cbc:ID>{total}
      <efac:TenderingParty><cbc:ID>{by}</cbc:ID></efac:TenderingParty>
      <efac:TenderLot><cbc:ID schemeName="{scheme}">{lot_id}</cbc:ID></efac:TenderLot></efac:LotTender>"""


def contract(key: str, tenders: str, reference: str = "", more: str = "") -> str:
    """A contract on tenders, ids with spaces between them."""
    named = "".join(f"<efac:LotTender><cbc:ID>{one}</cbc:ID></efac:LotTender>" for one in tenders.split())
    number = f"<efac:ContractReference><cbc:ID>{reference}</cbc:ID></efac:ContractReference>" if reference else ""
    return f"<efac:SettledContract><cbc:ID>{key}</cbc:ID>{more}{number}{named}</efac:SettledContract>"


def tendering_party(key: str, members: str, more: str = "") -> str:
    """Who made a tender together, ids with spaces between them."""
    named = "".join(f"<efac:Tenderer><cbc:ID>{one}</cbc:ID></efac:Tenderer>" for one in members.split())
    return f"<efac:TenderingParty><cbc:ID>{key}</cbc:ID>{named}{more}</efac:TenderingParty>"


def count(kind: str, number: str, more: str = "") -> str:
    """A count of submissions of one kind."""
    code = coded("efbc:StatisticsCode", "received-submission-type", kind) if kind else ""
    numeric = f"<efbc:StatisticsNumeric>{number}</efbc:StatisticsNumeric>"
    return f"<efac:ReceivedSubmissionsStatistics>{more}{code}{numeric}</efac:ReceivedSubmissionsStatistics>"
