"""Our merging gives what the library of the standard's makers gives, on any releases of the standard's shape."""

from __future__ import annotations

import warnings
from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from ocdsmerge.merge import CompiledRelease

from duecare.records.ocds.merging import OMITTED, REPLACED_WHOLE, latest_of_versions, merge

WORDS = some.sampled_from(["", "a", "b"])
CODES = some.lists(some.fixed_dictionaries({"id": WORDS, "scheme": WORDS}), max_size=2)
VALUES = some.dictionaries(some.sampled_from(["amount", "currency"]), some.integers(0, 3) | WORDS, max_size=2)


def objects(**fields: Any) -> Any:
    return some.fixed_dictionaries({"id": some.sampled_from(["1", "2"])}, optional=fields)


def lists(one: Any) -> Any:
    return some.lists(one, max_size=2, unique_by=lambda found: found["id"])


ITEMS = lists(objects(description=WORDS, additionalClassifications=CODES, quantity=some.none() | some.integers(0, 3)))
DEALS = lists(objects(title=some.none() | WORDS, value=VALUES, items=ITEMS))
RELEASES = some.fixed_dictionaries(
    {"ocid": some.just("o"), "id": WORDS, "date": some.sampled_from(["2024-01-01", "2024-01-02", "2024-01-03"])},
    optional={
        "tag": some.lists(WORDS, max_size=2),
        "language": some.none() | WORDS,
        "parties": lists(objects(name=WORDS, roles=some.lists(WORDS, max_size=2))),
        "tender": some.fixed_dictionaries({}, optional={"title": WORDS, "items": ITEMS, "value": VALUES}),
        "awards": DEALS,
        "contracts": DEALS,
        "x_list": lists(objects(name=WORDS)),
        "x_words": some.lists(WORDS, max_size=2),
    },
)


def by_library(releases: list[Any]) -> Any:
    rules = {(name,): "omitWhenMerged" for name in OMITTED}
    rules |= {tuple(path.split("/")): "wholeListMerge" for path in REPLACED_WHOLE}
    compiled = CompiledRelease(merge_rules=rules)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for release in sorted(releases, key=lambda one: one["date"]):
            compiled.append(release)
    return compiled.asdict()


@given(some.lists(RELEASES, min_size=1, max_size=4))
def test_same_as_the_library(releases: list[Any]) -> None:
    expected = {key: one for key, one in by_library(releases).items() if key not in ("id", "tag")}
    assert without_empty(merge(releases)) == without_empty(expected)


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
