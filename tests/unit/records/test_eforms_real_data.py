"""Every eForms notice of the shared data: none fails, all are accounted for, and a plain second reading agrees."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from duecare.errors import FileRefused
from duecare.records.eforms import read_eforms, unknown_elements
from duecare.records.notices.notice import MODIFICATION, RESULT, Notice
from duecare.records.notices.places import country_code
from duecare.records.notices.xml import EFORMS, family, parse
from duecare.settings import Limits

pytestmark = pytest.mark.real_data
SHARED = Path(__file__).resolve().parents[4] / "shared"

PARKED_ON_PURPOSE = re.compile(r"INVALID_(can|cn|pin-only)_24_(stage-[12]|empty|minimal)\.xml$")
"""Examples of the SDK without an edition, a notice id, a procedure or a lot id."""
GROUP = "a tender for a group of lots stands with the lot whose result names it"
UNLINKED = "the contract names no tender of the lot whose winner was chosen; the result of the lot does"
TOTAL = "the only award of the notice has the value of the notice (BT-161)"
ONCE = "every winner of a framework carries the value of the whole notice, which counts once"
EXPLAINED = {
    r"sdk.*can_24_maximal\.xml": (4, GROUP),
    r"sdk.*can_25_withheld_lots\.xml": (4, UNLINKED),
    r"v1\.8.*can-desg_24\.xml": (1, UNLINKED),
    r"v1\.8.*can-social_2[35]\.xml": (2, UNLINKED),
    r"(sdk__ex|v1\.9).*can-social_24\.xml": (2, UNLINKED),
    r"v1\.(9|10).*can-social_2[35]\.xml": (3, TOTAL),
    r"eforms_sdk__.*veat_2[345]\.xml": (3, TOTAL),
    r"can-social_2024-111341\.xml": (1, TOTAL),
    r"2023-OJS165-00522031\.xml": (1, TOTAL),
    r"can-social_2023-653024\.xml": (1, ONCE),
}
"""Notices in which the plain reading differs from the reader: how many, and why the reader is right."""


def documents(shared: Path) -> Iterator[tuple[str, bytes]]:
    with ZipFile(shared / "data/procurement/eforms_notices.zip") as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


@pytest.fixture(scope="module")
def taken() -> list[tuple[str, Any, Notice]]:
    """Name, document and notice of every file that is eForms at all."""
    found = []
    for name, content in documents(SHARED):
        try:
            root = parse(content, Limits())
            assert family(root) == EFORMS
        except FileRefused:
            continue
        found.append((name, root, read_eforms(root)))
    return found


def test_all_notices_are_read_parked_or_refused_for_a_reason(
    shared: Path, taken: list[tuple[str, Any, Notice]]
) -> None:
    read = Counter(notice.kind for _, _, notice in taken if not notice.faults)
    parked = {name for name, _, notice in taken if notice.faults}
    refused = {name for name, _ in documents(shared)} - {name for name, _, _ in taken}
    assert all(PARKED_ON_PURPOSE.search(name) for name in parked)
    assert len(refused) == 4, "four files are fragments of somebody's tests, with the root element Notice"
    assert (sum(read.values()), len(parked)) == (248, 10)
    assert read == {"competition": 115, "result": 85, "planning": 30, "modification": 16, "other": 1, "correction": 1}


def test_no_element_of_a_real_notice_is_unknown(taken: list[tuple[str, Any, Notice]]) -> None:
    assert Counter(name for _, root, _ in taken for name in unknown_elements(root)) == {}


# The second reading: XPath over the published document, starting at the contracts, where the reader starts at the lots.


def steps(path: str) -> str:
    return "/".join(f"*[local-name()='{step}']" for step in path.split("/"))


def text(node: Any, path: str) -> str:
    return str(node.xpath(f"string({steps(path)})")).strip()


def nodes(node: Any, path: str) -> list[Any]:
    return list(node.xpath(f".//*[local-name()='NoticeResult']/{steps(path)}"))


def countries(root: Any, tender: Any) -> tuple[str, ...]:
    """Sorted countries of the organisations that made a tender."""
    party = text(tender, "TenderingParty/ID")
    members = [one for one in nodes(root, "TenderingParty") if text(one, "ID") == party]
    keys = [str(key).strip() for one in members for key in one.xpath(f"{steps('Tenderer/ID')}/text()")]
    companies = {text(one, "PartyIdentification/ID"): one for one in root.xpath(".//*[local-name()='Company']")}
    path = "PostalAddress/Country/IdentificationCode"
    return tuple(sorted(country_code(text(companies[key], path)) for key in keys if key in companies))


Row = tuple[str, tuple[str, ...], Decimal | None]


def plain_awards(root: Any) -> Counter[Row]:
    """Lot, countries of the winners and value of each tender that a contract names, if the lot was not closed."""
    closed = {
        text(one, "TenderLot/ID")
        for one in nodes(root, "LotResult")
        if text(one, "TenderResultCode") in ("open-nw", "clos-nw")
    }
    found: Counter[Row] = Counter()
    for contract in nodes(root, "SettledContract"):
        for reference in contract.xpath(f"{steps('LotTender/ID')}/text()"):
            for tender in nodes(root, "LotTender"):
                lot = text(tender, "TenderLot/ID")
                if text(tender, "ID") == reference.strip() and lot not in closed:
                    value = text(tender, "LegalMonetaryTotal/PayableAmount")
                    found[lot, countries(root, tender), Decimal(value) if value else None] += 1
    return found


def read_awards(notice: Notice) -> Counter[Row]:
    awards = [(lot.id, award) for lot in notice.lots for award in lot.awards if award.is_awarded]
    return Counter(
        (
            "" if lot == "MISSING" else lot,
            tuple(sorted(party.country for party in award.suppliers)),
            Decimal(award.amount) if award.amount else None,
        )
        for lot, award in awards
    )


def results(taken: list[tuple[str, Any, Notice]]) -> list[tuple[str, Any, Notice]]:
    return [one for one in taken if one[2].kind in (RESULT, MODIFICATION) and not one[2].faults]


def test_winners_and_values_agree_with_a_plain_reading_or_are_explained(taken: list[tuple[str, Any, Notice]]) -> None:
    differ = [name for name, root, notice in results(taken) if plain_awards(root) != read_awards(notice)]
    found = {pattern: sum(bool(re.search(pattern, name)) for name in differ) for pattern in EXPLAINED}
    assert found == {pattern: number for pattern, (number, _) in EXPLAINED.items()}
    assert [name for name in differ if not any(re.search(pattern, name) for pattern in EXPLAINED)] == []
    assert sum(sum(plain_awards(root).values()) for _, root, _ in results(taken)) > 120


def plain_counts(root: Any) -> dict[str, set[str]]:
    """How many tenders each lot received, where the notice lets it be known."""
    found: dict[str, set[str]] = {}
    for result in nodes(root, "LotResult"):
        counts = result.xpath(steps("ReceivedSubmissionsStatistics"))
        every = [
            one for one in counts if text(one, "StatisticsCode") == "tenders" and not one.xpath(steps("FieldsPrivacy"))
        ]
        every = every or [one for one in counts if len(counts) == 1 and not one.xpath(steps("StatisticsCode"))]
        found.setdefault(text(result, "TenderLot/ID"), set()).update(text(one, "StatisticsNumeric") for one in every)
    return found


def test_counts_of_tenders_agree_with_a_plain_reading(taken: list[tuple[str, Any, Notice]]) -> None:
    lots = 0
    for name, root, notice in results(taken):
        plain = plain_counts(root)
        for lot in notice.lots:
            told = {award.tenderers for award in lot.awards if award.tenderers}
            assert told == plain.get(lot.id or "MISSING", set()), (name, lot.id)
            lots += bool(told)
    assert lots == 68


def test_no_contact_of_a_real_notice_is_read(taken: list[tuple[str, Any, Notice]]) -> None:
    secrets = ("Contact/Telephone", "Contact/ElectronicMail", "Contact/Name", "PostalAddress/StreetName")
    for name, root, notice in taken:
        parties = [notice.buyer, *(party for lot in notice.lots for award in lot.awards for party in award.suppliers)]
        told = {text for party in parties for text in (party.name, party.identifier)}
        companies = root.xpath(".//*[local-name()='Company']")
        names = {text(one, path) for one in companies for path in ("PartyName/Name", "PartyLegalEntity/CompanyID")}
        hidden = {str(one).strip() for path in secrets for one in root.xpath(f".//{steps(path)}/text()")}
        owners = {str(one).strip() for one in root.xpath(".//*[local-name()='UltimateBeneficialOwner']//text()")}
        assert not told & ((hidden | owners) - names - {""}), name


def test_reading_takes_no_longer_than_a_notice_in_a_hundred_and_fiftieth_of_a_second(shared: Path) -> None:
    everything = [content for name, content in documents(shared) if b":ubl:schema:xsd:" in content[:4000]]
    start = time.process_time()
    for content in everything:
        read_eforms(parse(content, Limits()))
    assert len(everything) / (time.process_time() - start) > 150
