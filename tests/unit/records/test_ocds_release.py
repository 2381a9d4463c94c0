"""What one OCDS release means: one test for each rule of the reading map."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import msgspec
import pytest

from duecare.records.ocds.fields import as_release, decode_any, decode_release
from duecare.records.ocds.release import ReleaseReader
from duecare.records.ocds.types import Problem, tidy
from duecare.records.staging import LINE_COLUMNS, content_hash, line_id
from duecare.settings import Limits

AS_OF = date(2026, 11, 1)


def base() -> dict[str, Any]:
    return {
        "ocid": "ocds-x-1",
        "id": "1",
        "date": "2024-06-01T00:00:00Z",
        "tag": ["contract"],
        "language": "en-GB",
        "parties": [
            {"id": "B1", "name": "Office", "roles": ["buyer"], "address": {"countryName": "Serbia"}},
            {
                "id": "S1",
                "name": "Firm",
                "roles": ["supplier"],
                "identifier": {"scheme": "GB-COH", "id": "7"},
                "contactPoint": {"name": "Jo Doe", "email": "jo@example.org"},
            },
        ],
        "buyer": {"id": "B1", "name": "Office"},
        "tender": {
            "id": "T1",
            "title": "Cleaning of offices",
            "procurementMethod": "open",
            "awardCriteria": "priceOnly",
            "numberOfTenderers": 4,
            "tenderPeriod": {"startDate": "2024-02-01T00:00:00Z", "endDate": "2024-03-02T10:00:00Z"},
            "items": [{"id": "1", "classification": {"scheme": "CPV", "id": "90910000"}, "quantity": 2}],
            "documents": [{"id": "1", "documentType": "tenderNotice"}],
        },
        "awards": [
            {
                "id": "A1",
                "date": "2024-05-01",
                "suppliers": [{"id": "S1", "name": "Firm"}],
                "value": {"amount": 100, "currency": "EUR"},
            }
        ],
        "contracts": [
            {
                "id": "C1",
                "awardID": "A1",
                "value": {"amount": 1234.50, "currency": "EUR"},
                "period": {"startDate": "2024-06-01", "endDate": "2025-05-31"},
            }
        ],
    }


def read(release: dict[str, Any], **defaults: str) -> tuple[list[dict[str, str]], list[str]]:
    reader = ReleaseReader(defaults, AS_OF, Limits())
    text = json.dumps(release).encode()
    problems: list[Problem] = []
    try:
        typed = decode_release(text)
    except msgspec.ValidationError:
        tidied, problems = tidy(decode_any(text))
        typed = as_release(tidied)
    lines = b"".join(reader.read(typed, 3, "line 3"))
    codes = [problem[0] for problem in problems + reader.problems]
    rows = csv.reader(io.StringIO(lines.decode(), newline=""))
    return [] if codes else [dict(zip(LINE_COLUMNS, row, strict=True)) for row in rows], codes


def one(release: dict[str, Any], **defaults: str) -> dict[str, str]:
    lines, codes = read(release, **defaults)
    assert codes == []
    assert len(lines) == 1
    return lines[0]


def test_award_and_contract_become_one_line() -> None:
    line = one(base())
    expected = {
        "row": "3",
        "locator": "line 3",
        "version": "2024-06-01T00:00:00Z",
        "ocid": "ocds-x-1",
        "contract_id": "C1",
        "buyer": "Office",
        "supplier_name": "Firm",
        "supplier_id": "S1",
        "supplier_country": "GB",
        "country": "RS",
        "country_basis": "buyer",
        "title": "Cleaning of offices",
        "cpv": "90910000",
        "quantity": "2",
        "amount": "1234.5",
        "currency": "EUR",
        "award_date": "2024-05-01",
        "start_date": "2024-06-01",
        "end_date": "2025-05-31",
        "procedure": "open",
        "tenderers": "4",
        "price_weight": "100",
        "bid_days": "30",
        "phase": "contract",
        "language": "en",
        "documents": "tenderNotice",
        "gaps": "",
    }
    assert {name: line[name] for name in expected} == expected


def test_identity_and_content_are_those_of_staging() -> None:
    line = one(base())
    assert line["line_id"] == line_id("ocds-x-1", "A1", "")
    hashed = [line[name] for name in LINE_COLUMNS[LINE_COLUMNS.index("ocid") : LINE_COLUMNS.index("gaps")]]
    assert line["content_sha256"] == content_hash(hashed)


def test_money_keeps_every_published_digit() -> None:
    reader = ReleaseReader({}, AS_OF, Limits())
    text = b'{"ocid":"o","awards":[{"id":"a","value":{"amount":12345678901.123456789,"currency":"EUR"}}]}'
    assert b'"12345678901.123456789"' in reader.read(decode_release(text), 1, "line 1")[0]


@pytest.mark.parametrize("amount", [None, 0, 0.0, "", "-"])
def test_missing_or_zero_amount_is_a_gap_not_a_fault(amount: object) -> None:
    release = base()
    release["contracts"][0]["value"]["amount"] = amount
    release["awards"][0].pop("value")
    line = one(release)
    assert line["amount"] == line["currency"] == ""
    assert "amount" in line["gaps"].split()


def test_estimate_of_the_tender_is_marked() -> None:
    release = base()
    del release["contracts"][0]["value"], release["awards"][0]["value"]
    release["tender"]["value"] = {"amount": 99, "currency": "USD"}
    line = one(release)
    assert (line["amount"], line["currency"], line["gaps"]) == ("99", "USD", "amount")


@pytest.mark.parametrize(
    ("text", "code", "gaps"), [("mdl", "MDL", ""), ("MNX", "MXN", ""), ("", "", "currency"), (None, "", "currency")]
)
def test_currencies_of_the_wild(text: str | None, code: str, gaps: str) -> None:
    release = base()
    release["contracts"][0]["value"]["currency"] = text
    line = one(release)
    assert (line["currency"], line["gaps"]) == (code, gaps)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": {"amount": -5, "currency": "EUR"}}, "NEGATIVE_AMOUNT"),
        ({"value": {"amount": 1e30, "currency": "EUR"}}, "ABSURD_AMOUNT"),
        ({"value": {"amount": 5, "currency": "QQQ"}}, "UNKNOWN_CURRENCY"),
        ({"value": {"amount": 5, "currency": "$"}}, "AMBIGUOUS_CURRENCY"),
        ({"value": {"amount": 5, "currency": "DEM"}}, "RETIRED_CURRENCY"),
        ({"value": {"amount": "12,5", "currency": "EUR"}}, "BAD_TYPE"),
        ({"value": [1, 2]}, "BAD_TYPE"),
        ({"period": {"startDate": "2024-06-01", "endDate": "2023-06-01"}}, "DATE_ORDER"),
        ({"period": {"startDate": "2024-13-01"}}, "BAD_DATE"),
        ({"period": {"startDate": "0207-05-15T00:00:00Z"}}, "ABSURD_DATE"),
        ({"period": {"startDate": {"year": 2024}}}, "BAD_TYPE"),
        ({"title": "a\u0000b"}, "NUL_BYTES"),
        ({"title": "a\u0007b"}, "CONTROL_CHAR"),
        ({"title": "a\u001fb"}, "CONTROL_CHAR"),
        ({"title": "a" + "\u0301" * 9}, "COMBINING_FLOOD"),
        ({"description": "x" * 70_000}, "CELL_TOO_LARGE"),
        ({"id": "x" * 201}, "CELL_TOO_LARGE"),
    ],
)
def test_faults_park_the_release(change: dict[str, Any], code: str) -> None:
    release = base()
    release["contracts"][0] |= change
    lines, codes = read(release)
    assert lines == []
    assert code in codes


def test_award_after_today_is_a_fault() -> None:
    release = base()
    release["awards"][0]["date"] = "2026-11-02"
    assert read(release) == ([], ["FUTURE_DATE"])


@pytest.mark.parametrize("ocid", [None, "", [], {}])
def test_a_release_without_ocid_is_parked(ocid: object) -> None:
    release = base() | {"ocid": ocid}
    assert read(release)[1] == ["MISSING_FIELD"]


def test_each_award_is_a_line_with_its_own_contracts() -> None:
    release = base()
    release["awards"].append({"id": "A2", "suppliers": [{"id": "S2", "name": "Other"}]})
    release["contracts"] += [
        {"id": "C2", "awardID": "A2", "value": {"amount": 10, "currency": "EUR"}},
        {"id": "C3", "awardID": "A2", "value": {"amount": 5.25, "currency": "EUR"}},
        {"id": "C4", "awardID": "A2", "status": "cancelled", "value": {"amount": 7, "currency": "EUR"}},
        {"id": "C5", "awardID": "A9", "value": {"amount": 1, "currency": "EUR"}},
    ]
    lines, _ = read(release)
    assert [(line["contract_id"], line["supplier_name"], line["amount"]) for line in lines] == [
        ("C1", "Firm", "1234.5"),
        ("C2", "Other", "15.25"),
        ("C5", "Firm", "1"),
    ]


def test_unsuccessful_awards_leave_the_planned_line() -> None:
    release = base() | {"contracts": []}
    release["awards"][0]["status"] = "unsuccessful"
    assert one(release)["phase"] == "tender"


def test_one_line_for_each_lot_and_the_value_once() -> None:
    release = base()
    release["tender"]["lots"] = [{"id": "L1", "title": "North side"}, {"id": "L2", "title": "South"}]
    release["awards"][0]["relatedLots"] = ["L1", "L2"]
    lines, _ = read(release)
    assert [(line["lot"], line["amount"], line["gaps"]) for line in lines] == [
        ("L1", "1234.5", ""),
        ("L2", "", "amount currency"),
    ]
    assert len({line["line_id"] for line in lines}) == 2
    assert "North side" in lines[0]["description"]


def test_planned_lines_for_each_lot_of_a_tender() -> None:
    release = base() | {"awards": [], "contracts": []}
    release["tender"]["lots"] = [{"id": 1, "value": {"amount": 5, "currency": "EUR"}}, {"id": 2}]
    lines, _ = read(release)
    assert [(line["lot"], line["phase"], line["amount"]) for line in lines] == [
        ("1", "tender", "5"),
        ("2", "tender", ""),
    ]


def test_planning_only() -> None:
    planning = {"budget": {"project": "New school", "amount": {"amount": 7, "currency": "EUR"}}}
    line = one({"ocid": "o", "planning": planning})
    assert (line["phase"], line["title"], line["amount"], line["contract_id"]) == ("planning", "New school", "7", "o")


def test_codes_of_all_items_go_to_their_columns() -> None:
    release = base()
    release["tender"]["items"] = [
        {
            "classification": {"scheme": "Common Procurement Vocabulary 2008", "id": "45000000-7"},
            "additionalClassifications": [
                {"scheme": "x_UNSPSC", "id": "43 21 15 08"},
                {"scheme": "HS", "id": "8471"},
                {"scheme": "CPVS", "id": "AA01"},
                {"scheme": "GSIN", "id": 5810},
                {"scheme": "CPV", "id": ""},
            ],
        },
        {"classification": {"scheme": "ДК021", "id": "45000000-7"}},
        {"classification": {"scheme": "cpv", "id": "90910000"}},
    ]
    line = one(release)
    found = [line[name] for name in ("cpv", "unspsc", "hs", "other_codes")]
    assert found == ["45000000-7 90910000", "43211508", "8471", "CPVS:AA01 GSIN:5810"]


def test_place_of_delivery_before_the_buyer_before_the_default() -> None:
    release = base()
    release["tender"]["items"][0]["deliveryAddress"] = {"countryName": "FRA"}
    line = one(release, country="Italy")
    assert (line["country"], line["country_basis"]) == ("FR", "declared")
    del release["tender"]["items"][0]["deliveryAddress"]
    release["tender"]["deliveryLocation"] = {"gazetteer": {"scheme": "NUTS", "identifiers": ["EL30"]}}
    assert one(release)["country"] == "GR"
    del release["tender"]["deliveryLocation"], release["parties"][0]["address"]
    line = one(release, country="Italy", structure="Field office")
    assert (line["country"], line["country_basis"], line["structure"]) == ("IT", "default", "Field office")


def test_buyer_from_roles_and_procuring_entity() -> None:
    release = base() | {"buyer": None}
    assert one(release)["buyer"] == "Office"
    release["parties"] = []
    release["tender"]["procuringEntity"] = {"name": "Entity"}
    assert one(release)["buyer"] == "Entity"


def test_numbers_as_ids_and_single_objects_for_lists_are_mended() -> None:
    release = base()
    release["awards"] = release["awards"][0] | {"id": 17, "suppliers": {"name": "Alone"}}
    release["contracts"][0] |= {"id": 18, "awardID": 17}
    line = one(release)
    assert (line["contract_id"], line["supplier_name"], line["line_id"]) == (
        "18",
        "Alone",
        line_id("ocds-x-1", "17", ""),
    )


def test_payment_days_and_subcontracting() -> None:
    release = base()
    release["contracts"][0]["implementation"] = {
        "milestones": [{"id": "m", "dueDate": "2024-07-01T00:00:00Z"}],
        "transactions": [
            {"date": "2024-08-15T00:00:00Z", "relatedImplementationMilestone": {"id": "m"}},
            {"date": "2024-07-02", "invoiceDate": "2024-07-01"},
            {"date": "rubbish", "dueDate": "2024-07-01"},
        ],
    }
    release["awards"][0]["subcontracting"] = {"minimumPercentage": 0.1, "maximumPercentage": 0.25}
    line = one(release)
    assert (line["payment_days"], line["subcontract_share"], line["phase"]) == ("45", "25", "implementation")


def test_weights_of_criteria() -> None:
    release = base()
    price = {"type": "price", "numbers": [{"number": 60, "weight": "percentageExact"}]}
    release["tender"]["awardCriteria"] = {"criteria": [price, {"type": "quality"}]}
    assert one(release)["price_weight"] == "60"


def test_repeated_award_ids_do_not_share_a_line_id() -> None:
    release = base() | {"contracts": []}
    release["awards"] = [release["awards"][0], dict(release["awards"][0])]
    lines, _ = read(release)
    assert len({line["line_id"] for line in lines}) == 2


def test_quotation_marks_and_line_breaks_survive_as_csv() -> None:
    release = base()
    release["tender"]["title"] = 'The "big"\nroof, “north” – Ґанок'
    assert one(release)["title"] == 'The "big" roof, “north” – Ґанок'


def test_contact_points_are_nowhere() -> None:
    lines, _ = read(base())
    assert not any("Jo Doe" in value or "@" in value for line in lines for value in line.values())
