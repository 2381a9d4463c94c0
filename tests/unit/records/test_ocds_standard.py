"""The statement of OCDS 1.1.5 holds together, and what derives from it is right."""

from __future__ import annotations

import msgspec
import pytest

from duecare.evidence.money import resolve_currency
from duecare.records.ocds.ignored import FieldNames, unknown_to_standard
from duecare.records.ocds.standard import field_named, json_schema, paths, standard
from duecare.records.ocds.structure import Prover
from duecare.records.ocds.types import RELEASE

KNOWN = dict(paths())
READ_ANYWAY = (
    "/countryCode",
    "contracts/subcontracting",
    "/deliveryAddress",
    "/deliveryLocation",
    "/roles",
    "/details",
    "lots/exclusionGrounds",
)
"""Fields that are read although neither the standard nor the profile has them there: publishers write them."""


def used(table: dict[str, object], before: str = "") -> list[str]:
    found = []
    for name, kind in table.items():
        inner = kind[0] if isinstance(kind, list) else kind
        found.append(before + name)
        if isinstance(inner, dict):
            found += used(inner, f"{before}{name}/")
    return found


def test_every_field_that_is_read_is_stated() -> None:
    strangers = [path for path in used(RELEASE) if path not in KNOWN and path.rpartition("/")[0] in {"", *KNOWN}]
    assert strangers
    assert {path for path in strangers if not path.endswith(READ_ANYWAY)} == set()


def test_a_translation_has_the_field_that_it_translates() -> None:
    fields = standard().objects["Tender"]
    assert field_named(fields, "title_fr") is field_named(fields, "title_zh-Hant") is fields["title"]
    assert field_named(fields, "status_fr") is None
    assert field_named(fields, "title_") is None


def test_closed_lists_hold_what_they_should() -> None:
    codes = standard().codes
    assert {name: len(found) for name, found in codes.items() if name in ("currency", "country", "releaseTag")} == {
        "currency": 306,
        "country": 250,
        "releaseTag": 16,
    }
    assert {resolve_currency(code) for code in ("EUR", "mdl", "SLE", "RSD", "UAH")} <= codes["currency"]


def test_names_unknown_to_the_standard_are_told_apart() -> None:
    found = (
        "tender/hasEnquiries",
        "tender/title_fr",
        "tender/mood",
        "x_new",
        "parties/details/scale",
        "parties/details/y",
    )
    assert unknown_to_standard(found) == ("tender/mood", "x_new", "parties/details/y")


def test_schema_names_nothing_twice_and_everything_it_refers_to() -> None:
    schema = json_schema(package=True)
    text = msgspec.json.encode(schema).decode()
    for name in schema["definitions"]:
        assert name in standard().objects
    assert all(f'"#/definitions/{one.kind}"' in text for one in KNOWN.values() if one.kind in standard().objects)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("title", "subtitle"),
        ("hasEnquiries", "pasEnquiries"),
        ("procurementMethodDetails", "mainProcurementMethodDetails"),
        ("additionalProcurementCategories", "anotherAdditionalProcurementCategories"),
        ("procurementMethodDetails", "procurementMyThodDetails"),
    ],
)
def test_no_name_hides_behind_one_with_the_same_ending(first: str, second: str) -> None:
    names, prover = FieldNames(), Prover(64)
    for name in (first, second, first):
        text = msgspec.json.encode({"tender": {f"x{name}": 1}})
        hashes = prover.prove(text)
        assert hashes is not None
        names.look(hashes, [text])
    assert list(names.paths) == [f"tender/x{first}", f"tender/x{second}"]


def test_same_name_gives_the_same_hash_wherever_it_stands() -> None:
    prover = Prover(64)
    long = "n" * 120
    block = msgspec.json.encode([{"ocid": 1, long: {"ocid": 2}}, {"a": {long: 3}}])
    hashes = prover.prove(block)
    assert hashes is not None
    assert len(hashes) == 5
    assert len(set(hashes.tolist())) == 3


def test_names_that_share_a_place_do_not_make_every_block_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duecare.records.ocds.ignored._BITS", 1)
    names, prover = FieldNames(), Prover(64)
    names._seen = names._seen[:2]
    text = msgspec.json.encode({"a": 1, "b": 2, "c": 3, "d": 4})
    hashes = prover.prove(text)
    assert hashes is not None
    names.look(hashes, [text])
    names.paths.clear()
    names.look(hashes, [text])
    assert not names.paths
