"""Read a few tiny files of our own before the forks, so that what the readers load on first use is loaded once for all files.

Without it every forked process loaded the tables of countries, currencies and header words again: 80 ms for each file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from duecare.records.messages import Job, Outcome
from duecare.records.request import Request
from duecare.settings import Limits

_TABLE = (
    "contract_id,buyer,supplier_name,supplier_country,title,cpv,amount,currency,award_date,country\n"
    "W-1,Office,Firm,Serbia,Cleaning,90910000,1200.50,EUR,2025-03-01,RS\n"
    "W-2,Office,Firm,Nowhere at all,Guards,79713000,many,$,03/04/2025,Deutschland\n"
)
_ITEM = '{"id":"1","classification":{"scheme":"CPV","id":"90910000"},"quantity":1}'
_VALUE = '{"amount":12.5,"currency":"EUR"}'
_RELEASE = (
    '{"ocid":"ocds-0-1","id":"1","date":"2025-03-01T00:00:00Z","tag":["contract"],"buyer":{"id":"B","name":"Office"},'
    '"parties":[{"id":"B","name":"Office","roles":["buyer"],"address":{"countryName":"Serbia"}}],'
    f'"tender":{{"id":"1","procurementMethod":"open","items":[{_ITEM}]}},'
    f'"awards":[{{"id":"1","date":"2025-03-01","suppliers":[{{"id":"S","name":"Firm"}}],"value":{_VALUE},"items":[{_ITEM}]}}],'
    f'"contracts":[{{"id":"1","awardID":"1","value":{_VALUE}}}]}}'
)
_NAMES = "urn:oasis:names:specification:ubl:schema:xsd:"
_EFORMS = (
    f'<ContractNotice xmlns="{_NAMES}ContractNotice-2" xmlns:a="{_NAMES}CommonAggregateComponents-2" '
    f'xmlns:c="{_NAMES}CommonBasicComponents-2"><c:CustomizationID>eforms-sdk-1.10</c:CustomizationID><c:ID>1</c:ID>'
    "<c:ContractFolderID>1</c:ContractFolderID><c:IssueDate>2025-03-01Z</c:IssueDate>"
    '<c:NoticeTypeCode listName="competition">cn-standard</c:NoticeTypeCode><c:NoticeLanguageCode>ENG</c:NoticeLanguageCode>'
    '<a:ProcurementProjectLot><c:ID schemeName="Lot">LOT-0001</c:ID><a:ProcurementProject><c:Name languageID="ENG">Cleaning</c:Name>'
    "</a:ProcurementProject></a:ProcurementProjectLot></ContractNotice>"
)
_TED = (
    '<TED_EXPORT xmlns="http://publications.europa.eu/resource/schema/ted/R2.0.9/publication" DOC_ID="000001-2021">'
    "<CODED_DATA_SECTION><REF_OJS><DATE_PUB>20210104</DATE_PUB></REF_OJS><NOTICE_DATA><NO_DOC_OJS>2021/S 001-000001</NO_DOC_OJS>"
    "</NOTICE_DATA></CODED_DATA_SECTION><FORM_SECTION>"
    '<F02_2014 CATEGORY="ORIGINAL" FORM="F02" LG="EN"><OBJECT_CONTRACT><TITLE><P>Cleaning</P></TITLE><OBJECT_DESCR/></OBJECT_CONTRACT>'
    "</F02_2014></FORM_SECTION></TED_EXPORT>"
)
_FILES = {
    "table.csv": _TABLE,
    "release.json": f'{{"version":"1.1","releases":[{_RELEASE},{_RELEASE}]}}',
    "lines.jsonl": f"{_RELEASE}\n{_RELEASE}\n",
    "eforms.xml": _EFORMS,
    "ted.xml": _TED,
}


def warm_up(work: Callable[[Job], Outcome]) -> list[Outcome]:
    """Do ``work`` on the tiny files in a temporary folder; the outcomes are for tests."""
    outcomes = []
    request = Request(Limits(), date(2026, 1, 1), workers=1)
    with tempfile.TemporaryDirectory(prefix="duecare-") as home:
        for number, (name, text) in enumerate(_FILES.items()):
            path, folder = Path(home, name), Path(home, str(number))
            path.write_text(text, encoding="utf-8")
            folder.mkdir()
            outcomes.append(work(Job(number, "read", name, str(path), str(folder), request)))
    return outcomes
