"""Every element of a notice is read, left aside on purpose or reported by name; and no missing part stops the reader."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from eforms_documents import (
    buyer,
    coded,
    contract,
    count,
    document,
    lot,
    money,
    organisation,
    organisations,
    result,
    tender,
    tendering_party,
)
from hypothesis import given
from hypothesis import strategies as st

from duecare.records.eforms import read_eforms, unknown_elements
from duecare.records.eforms.elements import IGNORED, USED, _pairs


def full() -> Any:
    results = result(
        "LOT-0001", "selec-w", "TEN-0001", "CON-0001", count("tenders", "2") + money("cbc:LowerTenderAmount", "4")
    )
    results += tender("TEN-0001", "LOT-0001", "TPA-0001", "5") + contract("CON-0001", "TEN-0001", "SC 1")
    results += tendering_party("TPA-0001", "ORG-0002")
    firms = organisations(organisation("ORG-0001", "City"), organisation("ORG-0002", "Clean Ltd"))
    project = "<cbc:Name>Cleaning</cbc:Name>" + coded("cbc:ProcurementTypeCode", "contract-nature", "services")
    project += '<cac:PlannedPeriod><cbc:DurationMeasure unitCode="YEAR">1</cbc:DurationMeasure></cac:PlannedPeriod>'
    return document(
        "ContractAwardNotice",
        "can-standard",
        extension=f"<efac:NoticeResult>{results}</efac:NoticeResult>{firms}",
        body=buyer() + lot(project=project),
    )


def test_a_notice_of_known_elements_has_no_unknown_ones() -> None:
    assert unknown_elements(full()) == ()


def test_a_new_element_is_reported_with_its_parent() -> None:
    project = "<cbc:WageFloorIndicator>true</cbc:WageFloorIndicator><cbc:Name><cbc:Name>in a text</cbc:Name></cbc:Name>"
    root = document(body=lot(project=project) + '<x:Foreign xmlns:x="urn:other"/>')
    assert unknown_elements(root) == ("Name/Name", "Notice/{urn:other}Foreign", "ProcurementProject/WageFloorIndicator")
    assert "ProcurementProject/WageFloorIndicator" in read_eforms(root).notes[0]
    assert read_eforms(full()).notes == ()


def test_no_element_is_both_read_and_ignored() -> None:
    ignored = [pair for listing in IGNORED.values() for pair in _pairs(listing)]
    assert len(ignored) == len(set(ignored))
    assert not set(ignored) & _pairs(USED)


def test_people_are_ignored_by_name() -> None:
    people = _pairs(IGNORED["Persons and ways to reach them, which are never read"])
    expected = {("Company", "Contact"), ("Organizations", "UltimateBeneficialOwner"), ("TouchPoint", "PartyName")}
    assert expected <= people


@given(st.data())
def test_no_missing_part_stops_the_reader(data: st.DataObject) -> None:
    root = deepcopy(full())
    for _ in range(data.draw(st.integers(1, 4))):
        parts = list(root.iterdescendants())
        part = parts[data.draw(st.integers(0, len(parts) - 1))]
        if data.draw(st.booleans()):
            part.getparent().remove(part)
        else:
            part.text = data.draw(st.sampled_from(["", " ", "unpublished", "-1", "LOT-0001", "1e999", "ORG-0001"]))
    notice = read_eforms(root)
    assert all(len(fault) == 4 for fault in notice.faults)
