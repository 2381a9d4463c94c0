"""What a purchase asks for, read from OCDS: category, buyer, estimates, bids, length, framework, objectives, reservations."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from duecare.records.ocds import eforms_codes
from duecare.records.ocds.fields import decode_release
from duecare.records.ocds.release import ReleaseReader
from duecare.records.ocds.standard import standard
from duecare.records.staging import LINE_COLUMNS
from duecare.settings import Limits

Json = dict[str, Any]


def lines(**told: Any) -> list[dict[str, str]]:
    reader = ReleaseReader({}, date(2026, 11, 1), Limits())
    text = json.dumps({"ocid": "o-1", **told}).encode()
    written = b"".join(reader.read(decode_release(text), 1, "line 1")).decode()
    assert not reader.problems
    return [dict(zip(LINE_COLUMNS, row, strict=True)) for row in csv.reader(io.StringIO(written, newline=""))]


def of_tender(**told: Any) -> dict[str, str]:
    return lines(tender={"id": "t", **told})[0]


@pytest.mark.parametrize(
    ("told", "column", "expected"),
    [
        ({"mainProcurementCategory": "works"}, "procurement_category", "works"),
        ({"additionalProcurementCategories": ["x", "consultingServices"]}, "procurement_category", "services"),
        ({"mainProcurementCategory": {"a": 1}}, "procurement_category", ""),
        ({"contractPeriod": {"durationInDays": 365}}, "duration_months", "12"),
        ({"contractPeriod": {"durationInDays": 45}}, "duration_months", "1.5"),
        ({"contractPeriod": {"durationInDays": "45"}}, "duration_months", ""),
        ({"contractPeriod": {"durationInDays": 0}}, "duration_months", ""),
        ({"hasRenewal": False}, "renewals", "0"),
        ({"hasRenewal": True, "renewal": {"maximumRenewals": 3}}, "renewals", "3"),
        ({"renewal": {"maximumRenewals": 1.5}}, "renewals", ""),
        ({"techniques": {"hasFrameworkAgreement": True}}, "framework", "yes"),
        ({"techniques": {"frameworkAgreement": {"method": "withReopeningCompetition"}}}, "framework", "fa-w-rc"),
        ({"techniques": {"hasFrameworkAgreement": False}}, "framework", "no"),
        ({"techniques": {"hasFrameworkAgreement": False, "frameworkAgreement": {"method": "x"}}}, "framework", "no"),
        ({"techniques": {"dynamicPurchasingSystem": {"type": "closed"}}}, "framework", "dps-list"),
        ({"techniques": {"hasFrameworkAgreement": True, "frameworkAgreement": {"method": ["a"]}}}, "framework", "yes"),
        ({"techniques": "yes"}, "framework", ""),
        (
            {"sustainability": [{"goal": "social.laborRightsPromotion"}, {"goal": "own goal"}, {"goal": 4}, 5]},
            "objectives",
            "work-cond own-goal",
        ),
        ({"sustainability": {"goal": "social"}}, "objectives", ""),
        ({"otherRequirements": {"reservedParticipation": ["shelteredWorkshop", "sme"]}}, "reserved", "res-ws"),
        ({"otherRequirements": {"reservedParticipation": ["sme"]}}, "reserved", "sme"),
        ({"contractTerms": {"reservedExecution": True}}, "reserved", "res-exec"),
        ({"contractTerms": {"reservedExecution": "yes"}}, "reserved", ""),
        (
            {"exclusionGrounds": {"criteria": [{"type": "crime-org"}, {"type": "human-traffic"}]}},
            "exclusion_grounds",
            "crime-org human-traffic",
        ),
        ({"value": {"amount": 12.50, "currency": "EUR"}}, "estimated_amount", "12.5"),
    ],
)
def test_one_column_of_a_tender(told: Json, column: str, expected: str) -> None:
    assert of_tender(**told)[column] == expected


def test_a_lot_says_it_better_than_its_tender() -> None:
    lots = [
        {"id": "1", "mainProcurementCategory": "goods", "techniques": {"hasFrameworkAgreement": True}},
        {"id": "2", "contractPeriod": {"durationInDays": 61}},
    ]
    tender = {"id": "t", "mainProcurementCategory": "services", "hasRenewal": False, "lots": lots}
    found = [
        (one["procurement_category"], one["framework"], one["renewals"], one["duration_months"])
        for one in lines(tender=tender)
    ]
    assert found == [("goods", "yes", "0", ""), ("services", "", "0", "2")]


def test_bids_of_a_lot_and_of_a_tender() -> None:
    statistics = [
        {"id": "1", "measure": "bids", "value": 4, "relatedLot": "1"},
        {"id": "2", "measure": "lowestValidBidValue", "value": 10.5, "currency": "EUR", "relatedLot": "1"},
        {"id": "3", "measure": "highestValidBidValue", "value": 20, "currency": "USD", "relatedLot": "1"},
        {"id": "4", "measure": "highestValidBidValue", "value": 30, "currency": "EUR", "relatedLots": ["2"]},
        {"id": "5", "measure": "bids", "value": 9},
        {"id": "6", "measure": ["bids"], "value": 9},
    ]
    value = {"amount": 12, "currency": "EUR"}
    awards = [{"id": f"A{lot}", "relatedLots": [lot], "value": value} for lot in ("1", "2", "3")]
    tender = {"lots": [{"id": one} for one in ("1", "2", "3")], "numberOfTenderers": 6}
    found = lines(tender=tender, awards=awards, bids={"statistics": statistics})
    assert [(one["tenderers"], one["lowest_bid"], one["highest_bid"]) for one in found] == [
        ("4", "10.5", ""),
        ("6", "", "30"),
        ("6", "", ""),
    ]
    without_lots = lines(
        awards=awards[:1], bids={"statistics": [statistics[4], {"measure": "lowestValidBidValue", "value": -1}]}
    )
    assert (without_lots[0]["tenderers"], without_lots[0]["lowest_bid"]) == ("9", "")
    assert lines(awards=awards[:1], bids=[1])[0]["tenderers"] == ""


def test_estimates_beside_an_amount() -> None:
    value = {"amount": 12, "currency": "EUR"}
    assert of_award(value, {"amount": 15.0, "currency": "EUR"}) == ("12", "15.0")
    assert of_award(value, {"amount": 15, "currency": "USD"}) == ("12", "")
    assert of_award(value, {"amount": 0, "currency": "EUR"}) == ("12", "")
    assert of_award(value, {"amount": -1, "currency": "EUR"}) == ("12", "")
    assert of_award(value, {"amount": 1000}) == ("12", "1000")
    assert of_award(value, {"amount": 15}, maximumValue={"amount": 99, "currency": "EUR"}) == ("12", "99")
    assert of_award(value, {"amount": 15}, estimatedValue={"amount": 98, "currency": "EUR"}, maximumValue="x") == (
        "12",
        "98",
    )


def of_award(value: Json, estimate: Json, **more: Any) -> tuple[str, str]:
    line = lines(tender={"value": estimate}, awards=[{"id": "A", "value": value, **more}])[0]
    return line["amount"], line["estimated_amount"]


def test_an_estimate_for_several_awards_is_repeated_for_none() -> None:
    awards = [{"id": one, "value": {"amount": 5, "currency": "EUR"}} for one in "AB"]
    found = lines(tender={"value": {"amount": 50, "currency": "EUR"}}, awards=awards)
    assert [one["estimated_amount"] for one in found] == ["", ""]


def test_kind_and_activity_of_the_buyer_and_sole_traders() -> None:
    codes = [
        {"scheme": "TED_CA_TYPE", "id": "body-pl"},
        {"scheme": "COFOG", "id": "GF07"},
        {"scheme": "eu-main-activity", "id": "port"},
        {"scheme": 1, "id": 2},
    ]
    parties = [
        {"id": "B", "name": "Office", "roles": ["buyer"], "details": {"classifications": codes}},
        {"id": "S", "name": "Jo Doe", "details": {"scale": "selfEmployed"}},
    ]
    awards = [{"id": "1", "suppliers": [{"id": "S"}]}, {"id": "2", "suppliers": [{"id": "F", "name": "Firm"}]}]
    found = lines(parties=parties, buyer={"id": "B"}, awards=awards)
    assert [(one["buyer_type"], one["buyer_activity"], one["supplier_is_person"]) for one in found] == [
        ("body-pl", "health", "yes"),
        ("body-pl", "health", ""),
    ]


def test_codes_are_those_of_the_standard() -> None:
    codes = standard().codes
    assert set(eforms_codes.FRAMEWORKS.values()) == codes["frameworkAgreementMethod"]
    assert set(eforms_codes.PURCHASING_SYSTEMS.values()) == codes["dynamicPurchasingSystemType"]
    for table in (eforms_codes.GOALS, eforms_codes.FUNCTIONS, eforms_codes.RESERVATIONS):
        assert eforms_codes.back(eforms_codes.back(table)) == table
