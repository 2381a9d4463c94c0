"""Our merging gives what the library of the standard's makers gives, on any releases of the standard's shape."""

from __future__ import annotations

import warnings
from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from ocdsmerge.merge import CompiledRelease
from ocdsmerge.rules import get_merge_rules

from duecare.records.ocds.merging import latest_of_versions, merge
from duecare.records.ocds.standard import json_schema, paths, standard

WORDS = some.sampled_from(["", "a", "b"])
CODES = some.lists(some.fixed_dictionaries({"id": WORDS, "scheme": WORDS}), max_size=2)
VALUES = some.dictionaries(some.sampled_from(["amount", "currency"]), some.integers(0, 3) | WORDS, max_size=2)


def objects(**fields: Any) -> Any:
    return some.fixed_dictionaries({"id": some.sampled_from(["1", "2"])}, optional=fields)


def lists(one: Any) -> Any:
    return some.lists(one, max_size=2, unique_by=lambda found: found["id"])


ITEMS = lists(objects(description=WORDS, additionalClassifications=CODES, quantity=some.none() | some.integers(0, 3)))
LOTS = some.lists(some.sampled_from(["1", "2"]), max_size=2)
CRITERIA = some.fixed_dictionaries(
    {}, optional={"criteria": some.lists(some.dictionaries(some.just("type"), WORDS, max_size=1), max_size=2)}
)
STATISTICS = lists(objects(measure=WORDS, value=some.integers(0, 3)))
DEALS = lists(objects(title=some.none() | WORDS, value=VALUES, items=ITEMS, relatedLots=LOTS))
RELEASES = some.fixed_dictionaries(
    {"ocid": some.just("o"), "id": WORDS, "date": some.sampled_from(["2024-01-01", "2024-01-02", "2024-01-03"])},
    optional={
        "tag": some.lists(WORDS, max_size=2),
        "language": some.none() | WORDS,
        "parties": lists(objects(name=WORDS, roles=some.lists(WORDS, max_size=2))),
        "tender": some.fixed_dictionaries(
            {},
            optional={
                "title": WORDS,
                "items": ITEMS,
                "value": VALUES,
                "lots": lists(objects(title=WORDS, awardCriteria=CRITERIA)),
            },
        ),
        "bids": some.fixed_dictionaries({}, optional={"statistics": STATISTICS}),
        "awards": DEALS,
        "contracts": DEALS,
        "x_list": lists(objects(name=WORDS)),
        "x_words": some.lists(WORDS, max_size=2),
    },
)


def rules_of_library() -> Any:
    """The library's own derivation of the rules, from the statement written as a JSON schema."""
    schema = json_schema()
    return get_merge_rules({"definitions": schema["definitions"], **schema["definitions"]["Release"]})


RULES = rules_of_library()


def by_library(releases: list[Any]) -> Any:
    compiled = CompiledRelease(merge_rules=RULES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for release in sorted(releases, key=lambda one: one["date"]):
            compiled.append(release)
    return compiled.asdict()


@given(some.lists(RELEASES, min_size=1, max_size=4))
def test_same_as_the_library(releases: list[Any]) -> None:
    expected = {key: one for key, one in by_library(releases).items() if key not in ("id", "tag")}
    assert without_empty(merge(releases)) == without_empty(expected)


REPLACED = """
parties/roles parties/additionalIdentifiers tender/submissionMethod tender/additionalProcurementCategories
buyer/additionalIdentifiers tender/procuringEntity/additionalIdentifiers tender/tenderers/additionalIdentifiers
awards/suppliers/additionalIdentifiers tender/items/additionalClassifications awards/items/additionalClassifications
contracts/items/additionalClassifications tender/amendment/changes tender/amendments/changes awards/amendment/changes
awards/amendments/changes contracts/amendment/changes contracts/amendments/changes relatedProcesses/relationship
contracts/relatedProcesses/relationship contracts/implementation/transactions/payer/additionalIdentifiers
contracts/implementation/transactions/payee/additionalIdentifiers
"""


def test_rules_are_those_of_the_official_schema() -> None:
    """The lists of the core that official release schema 1.1.5 replaces whole, written down by hand from it."""
    core = {path for path, field in paths() if field.origin == "core"}
    whole = {"/".join(path) for path, rule in RULES.items() if rule == "wholeListMerge"}
    in_core = {path for path in whole & core if all(part in core for part in parents(path))}
    assert in_core == set(REPLACED.split())
    # The library does not see what stands beside a reference, as with the publisher of version 1.2.
    assert {path for path, rule in RULES.items() if rule == "omitWhenMerged"} == {
        (name,) for name in ("id", "date", "tag", "links")
    }


def parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def test_ours_derives_the_same_rules_as_the_library() -> None:
    ours = {path for path, field in paths() if field.is_list and standard().is_replaced_whole(field)}
    nested = {path for path in ours if any(parent in ours for parent in parents(path))}
    theirs = {"/".join(path) for path, rule in RULES.items() if rule == "wholeListMerge"}
    assert theirs == ours - nested - {"tag", "links"}


def without_empty(value: Any) -> Any:
    """The library leaves objects out that became empty."""
    if type(value) is dict:
        kept = {key: without_empty(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in ({}, [])}
    return [without_empty(one) for one in value] if type(value) is list else value


def test_what_the_standard_leaves_open() -> None:
    first = {"date": "1", "tender": {"title": "a", "items": [{"x": 1}]}, "x": {"a": 1}, "y": [{"id": 1}], "z": 1}
    later = {"date": "2", "tender": {"title": None, "items": [{"x": 2}]}, "x": "text", "y": [1], "z": {"a": 2}}
    assert merge([later, first]) == {
        "date": "2",
        "tender": {"items": [{"x": 1}, {"x": 2}]},
        "x": "text",
        "y": [1],
        "z": {"a": 2},
    }


def test_sources_stay_as_they_are() -> None:
    first = {"date": "1", "awards": [{"id": "1", "title": "a"}]}
    merge([first, {"date": "2", "awards": [{"id": "1", "title": "b"}]}])
    assert first == {"date": "1", "awards": [{"id": "1", "title": "a"}]}


def test_last_values_of_a_versioned_release() -> None:
    versioned = {
        "ocid": "o",
        "tender": {"title": [{"releaseDate": "1", "value": "a"}, {"releaseDate": "2", "value": None}]},
    }
    assert latest_of_versions(versioned) == {"ocid": "o", "tender": {}}
