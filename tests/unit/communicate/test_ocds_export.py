"""What is written as OCDS follows the standard, says nothing of persons, and reads back as the same lines."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from duecare import cycle
from duecare.communicate.ocds_export import Exported, export_ocds, ocid_of
from duecare.communicate.ocds_release import release_of
from duecare.errors import CannotAnswer, WrongUsage
from duecare.records.ocds.fields import decode_release
from duecare.records.ocds.release import ReleaseReader
from duecare.records.ocds.standard import json_schema
from duecare.records.staging import LINE_COLUMNS
from duecare.register.lines import TYPES
from duecare.settings import Limits, Settings

Json = dict[str, Any]
DAY = date(2026, 11, 1)
SCHEMA = jsonschema_rs.validator_for(json_schema())
PACKAGE = jsonschema_rs.validator_for(json_schema(package=True))
NEVER_BACK = {"row", "locator", "line_id", "version", "content_sha256", "structure", "raw", "gaps"}
NOT_HELD = NEVER_BACK | {"origin_country", "payment_days", "translations", "notice"}
KINDS = dict(TYPES)

FULL: Json = {
    "line_id": "0123456789abcdef0123",
    "ocid": "ocds-x-1",
    "lot": "LOT-0001",
    "contract_id": "CON-1",
    "buyer": "City of Lyon",
    "supplier_name": "Alpha SARL; Beta SARL",
    "supplier_id": "FR-1; FR-2",
    "supplier_country": "FR",
    "country": "FR",
    "country_basis": "declared",
    "title": "Nettoyage des bureaux",
    "description": "Nettoyage | Vitres",
    "cpv": "90919200 90911300",
    "unspsc": "76111500",
    "hs": "3402",
    "other_codes": "GSIN:N5810",
    "quantity": Decimal("3.500000000000"),
    "unit": "month",
    "unit_price": Decimal("1000.250000000000"),
    "amount": Decimal("90071992547.010000000055"),
    "currency": "EUR",
    "award_date": date(2025, 3, 1),
    "start_date": date(2025, 4, 1),
    "end_date": date(2026, 3, 31),
    "procedure": "open (accelerated)",
    "tenderers": 4,
    "price_weight": 60.0,
    "subcontract_share": 12.5,
    "bid_days": 35,
    "phase": "contract",
    "language": "fr",
    "documents": "awardNotice contractSigned",
    "procurement_category": "services",
    "buyer_type": "ra",
    "buyer_activity": "health",
    "estimated_amount": Decimal("90071992548.000000000000"),
    "lowest_bid": Decimal("100.000000000000"),
    "highest_bid": Decimal("200.500000000000"),
    "duration_months": 12.0,
    "renewals": 2,
    "framework": "fa-wo-rc",
    "objectives": "soc-obj work-cond own-code",
    "reserved": "res-ws",
    "exclusion_grounds": "crime-org human-traffic",
}


def line(**told: Any) -> Json:
    return dict.fromkeys(TYPES) | told


def read_back(release: Json) -> list[Json]:
    reader = ReleaseReader({}, DAY, Limits())
    text = msgspec.json.Encoder(decimal_format="number").encode(release)
    written = b"".join(reader.read(decode_release(text), 1, "line 1")).decode()
    assert not reader.problems
    found = csv.reader(io.StringIO(written, newline=""))
    return [dict(zip(LINE_COLUMNS, row, strict=True)) for row in found]


def typed(told: Json) -> Json:
    """A line in which numbers compare by their value; empty is left out."""
    found = {}
    for name, value in told.items():
        if name in NOT_HELD or value in (None, ""):
            continue
        is_number = KINDS[name].startswith(("DECIMAL", "DOUBLE", "BIGINT"))
        found[name] = Decimal(str(value)) if is_number else str(value)
    return found


def assert_valid(release: Json) -> None:
    text = msgspec.json.Encoder(decimal_format="number").encode(release)
    assert [str(wrong) for wrong in SCHEMA.iter_errors(msgspec.json.decode(text))] == []


def assert_same(*lines: Json, but: frozenset[str] = frozenset()) -> None:
    release = release_of(lines, str(lines[0]["ocid"]), "2026-11-01")
    assert_valid(release)

    def kept(found: Json) -> Json:
        return {name: value for name, value in typed(found).items() if name not in but}

    back = sorted(map(kept, read_back(release)), key=str)
    assert back == sorted(map(kept, lines), key=str)


def test_a_full_line_comes_back() -> None:
    assert_same(line(**FULL))


@pytest.mark.parametrize(
    "told",
    [
        {"lot": None, "price_weight": 100.0},
        {"phase": "implementation"},
        {"phase": "award"},
        {"phase": "award", "framework": "dps-list", "reserved": "res-exec", "renewals": 0},
        {"framework": "yes", "procedure": "by invitation", "buyer_activity": "port"},
        {"framework": "no", "subcontract_share": 0.0, "country_basis": "buyer", "price_weight": 100.0},
        {"subcontract_share": 1.0, "duration_months": 1.5, "start_date": None, "end_date": None},
        {"estimated_amount": None, "lowest_bid": None, "tenderers": None, "currency": None, "unit_price": None},
        dict.fromkeys(("amount", "estimated_amount", "currency", "unit_price", "lowest_bid", "highest_bid")),
    ],
)
def test_kinds_of_lines_come_back(told: Json) -> None:
    assert_same(line(**FULL | told))


@pytest.mark.parametrize("lot", [None, "1"])
def test_a_planned_line_comes_back(lot: str | None) -> None:
    of_awards = (
        "supplier_name",
        "supplier_id",
        "supplier_country",
        "award_date",
        "subcontract_share",
        "duration_months",
    )
    told = FULL | dict.fromkeys(of_awards) | {"phase": "tender", "lot": lot, "price_weight": None, "documents": None}
    told |= {"amount": FULL["estimated_amount"], "gaps": "amount", "documents": "tenderNotice"}
    assert_same(line(**told))


def test_lots_of_one_award_are_one_award_and_come_back() -> None:
    first = line(**FULL | {"phase": "award", "title": "Lot one"})
    without_money = dict.fromkeys(("amount", "currency", "estimated_amount", "lowest_bid", "highest_bid"))
    other = line(**FULL | without_money | {"phase": "award", "title": "Lot two", "lot": "LOT-0000", "gaps": "amount"})
    release = release_of([other, first], "ocds-x-1", "2026-11-01")
    assert [award["relatedLots"] for award in release["awards"]] == [["LOT-0001", "LOT-0000"]]
    assert_same(first, other)


def test_several_awards_come_back() -> None:
    told = {"lot": None, "price_weight": None, "estimated_amount": None, "lowest_bid": None, "highest_bid": None}
    first = line(**FULL | told)
    second = line(
        **FULL | told | {"contract_id": "CON-2", "title": "Vitres", "description": "Autre", "amount": Decimal(7)}
    )
    third = line(**FULL | told | {"contract_id": "CON-3", "supplier_name": "Gamma; Alpha", "supplier_id": "FR-3; FR-1"})
    assert_same(first, second, third)


def test_a_natural_person_stays_unnamed() -> None:
    told = line(**FULL | {"supplier_name": "Jo Doe", "supplier_id": "TAX-77", "supplier_is_person": "yes"})
    release = release_of([told], "o", "2026-11-01")
    text = json.dumps(release, default=str)
    assert "Jo Doe" not in text
    assert "TAX-77" not in text
    assert release["withheldInformation"][0]["rationale"] == "The supplier is a natural person."
    assert read_back(release)[0]["supplier_is_person"] == "yes"
    assert read_back(release)[0]["supplier_country"] == "FR"
    assert_valid(release)


def test_translations_are_written_beside_the_title() -> None:
    told = json.dumps({"de": {"title": "Reinigung"}, "x1": {"title": "no tag"}, "it": {"description": "solo"}})
    release = release_of([line(**FULL | {"translations": told})], "o", "2026-11-01")
    assert {name: text for name, text in release["tender"].items() if name.startswith("title")} == {
        "title": "Nettoyage des bureaux",
        "title_de": "Reinigung",
    }
    assert_valid(release)


def test_date_tag_and_id_of_a_release() -> None:
    lines = [
        line(**FULL | {"version": "2025-03-02T08:00:00+01:00 123-2025"}),
        line(**FULL | {"version": "2025-02-01", "phase": "tender"}),
    ]
    release = release_of(lines, "o#1", "2026-11-01")
    assert (release["date"], release["tag"]) == ("2025-03-02T08:00:00+01:00", ["tender", "contract"])
    assert "#" not in release["id"]
    assert release["id"] != release_of(lines[:1], "o#1", "2026-11-01")["id"]
    assert release_of([line(ocid="o", phase="tender")], "o", "2026-11-01")["date"] == "2026-11-01T00:00:00Z"


def test_ocids() -> None:
    assert ocid_of("ocds-abc-1", "ocds-mine") == "ocds-abc-1"
    assert ocid_of("12ab", "ocds-mine") == "ocds-mine-12ab"
    assert ocid_of("12ab", "") == "12ab"


WORDS = some.sampled_from(["Cleaning", "Уборка | зданий", "Été, à l’office", "清潔服務"])
FIXED = {
    "contract_id",
    "phase",
    "lot",
    "ocid",
    "line_id",
    "translations",
    "currency",
    "country",
    "supplier_country",
    "language",
}
BY_KIND = {
    "DECIMAL(38,12)": some.decimals("0.01", "999999999", places=2),
    "BIGINT": some.integers(0, 300),
    "DOUBLE": some.integers(0, 100).map(float),
    "DATE": some.dates(date(2000, 1, 1), date(2026, 1, 1)),
}
OPTIONAL = {name: BY_KIND.get(kind, WORDS) for name, kind in TYPES.items() if name not in FIXED | NEVER_BACK}
OPTIONAL["procurement_category"] = some.sampled_from(["goods", "services", "works"])
LINES = some.fixed_dictionaries(
    {
        "contract_id": some.sampled_from(["A", "B", "C"]),
        "phase": some.sampled_from(["planning", "tender", "award", "contract", "implementation"]),
        "lot": some.none() | some.sampled_from(["1", "2"]),
    },
    optional=OPTIONAL,
)


@settings(max_examples=150, deadline=None)
@given(some.lists(LINES, min_size=1, max_size=4), some.sampled_from(["EUR", "RSD"]), some.sampled_from(["XK", "FR"]))
def test_any_lines_give_a_valid_release(told: list[Json], currency: str, country: str) -> None:
    lines = [
        line(line_id=f"{number:020d}", ocid="o", currency=currency, country=country, supplier_country=country, **one)
        for number, one in enumerate(told)
    ]
    release = release_of(lines, "o", "2026-11-01")
    assert_valid(release)
    assert release == release_of(lines, "o", "2026-11-01")


def test_a_release_that_breaks_the_standard_is_not_written(tmp_path: Path) -> None:
    broken = line(ocid="o", line_id="1", contract_id="A", phase="award", procurement_category="wares")
    with pytest.raises(CannotAnswer, match="tender/mainProcurementCategory"):
        export_ocds([broken], tmp_path / "a.jsonl", DAY)
    assert list(tmp_path.iterdir()) == []


def test_only_two_endings(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match=r"\.jsonl"):
        export_ocds([], tmp_path / "a.csv", DAY)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    text = (
        "contract_id;buyer;supplier_name;title;amount;currency;award_date;country\n"
        "K-1;Office;Alpha Ltd;Cleaning;1000.50;EUR;2025-03-01;RS\nK-2;Office;Beta Ltd;Guards;7;EUR;2025-03-02;RS\n"
    )
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    release = {
        "ocid": "ocds-x-9",
        "date": "2025-01-01T00:00:00Z",
        "buyer": {"name": "Office"},
        "tender": {"id": "t", "title": "Coffee"},
        "awards": [{"id": "A", "value": {"amount": 12.25, "currency": "EUR"}, "date": "2025-01-02"}],
    }
    (tmp_path / "b.json").write_text(json.dumps([release]), encoding="utf-8")
    cycle.take_in([tmp_path / "a.csv", tmp_path / "b.json"], tmp_path / "register", Settings(), DAY)
    return tmp_path / "register"


def test_package_and_lines_of_a_register(register: Path, tmp_path: Path) -> None:
    def export(name: str) -> Exported:
        return cycle.export_ocds(register, tmp_path / name, Settings(), DAY, ocid_prefix="ocds-mine", publisher="City")

    done = export("out.json")
    assert (done.lines, done.releases, done.withheld) == (3, 3, 0)
    package = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [str(wrong) for wrong in PACKAGE.iter_errors(package)] == []
    assert package["publisher"] == {"name": "City"}
    export("out.jsonl")
    written = (tmp_path / "out.jsonl").read_bytes()
    assert [json.loads(one) for one in written.splitlines()] == package["releases"]
    assert sorted(one["ocid"][:9] for one in package["releases"]) == ["ocds-mine", "ocds-mine", "ocds-x-9"]
    export("out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == written


def test_the_exported_file_can_be_taken_in(register: Path, tmp_path: Path) -> None:
    cycle.export_ocds(register, tmp_path / "out.json", Settings(), DAY)
    taken = cycle.take_in([tmp_path / "out.json"], tmp_path / "other", Settings(), DAY)
    assert [(one.rows, one.accepted) for one in taken.files] == [(3, 3)]
    cycle.export_ocds(tmp_path / "other", tmp_path / "again.json", Settings(), DAY)
    first, again = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("out.json", "again.json"))
    assert again["releases"] == first["releases"]
