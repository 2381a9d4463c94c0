"""Merge the releases of one contracting process into what is known today, offline.

The rules are those of OCDS 1.1.5 (https://standard.open-contracting.org/1.1/en/schema/merging/, release schema 1.1.5, read
2026-11): objects merge field by field, lists of objects by ``id``, other lists and those named here are replaced whole, and
what describes the single release is left out. Lists of objects that the standard does not know merge by ``id`` too. The library
``ocdsmerge`` is the oracle of the tests.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

OMITTED = frozenset({"id", "date", "tag", "publisher", "links"})
_REPLACED_WHOLE = """
parties/roles parties/additionalIdentifiers tender/submissionMethod tender/additionalProcurementCategories
buyer/additionalIdentifiers tender/procuringEntity/additionalIdentifiers tender/tenderers/additionalIdentifiers
awards/suppliers/additionalIdentifiers tender/items/additionalClassifications awards/items/additionalClassifications
contracts/items/additionalClassifications tender/amendment/changes tender/amendments/changes awards/amendment/changes
awards/amendments/changes contracts/amendment/changes contracts/amendments/changes awards/relatedLots contracts/relatedLots
tender/documents/relatedLots awards/documents/relatedLots contracts/documents/relatedLots relatedProcesses/relationship
"""
REPLACED_WHOLE = frozenset(_REPLACED_WHOLE.split())
"""Lists that a later release replaces whole, as paths without positions."""


def merge(releases: list[Json]) -> Json:
    """The compiled release of releases of one ocid, ordered by date and then as given.

    An empty value changes nothing, ``null`` takes a field away. Where a later release changes a value into an object or a
    list, or the other way round, the later one stands: the standard does not define it.
    """
    compiled: Json = {}
    for release in sorted(releases, key=_date):
        _merge_object(compiled, {key: one for key, one in release.items() if key not in OMITTED}, "")
        compiled["date"] = release.get("date")
    return compiled


def _date(release: Json) -> str:
    found = release.get("date")
    return found if type(found) is str else ""


def _merge_object(known: Json, later: Json, path: str) -> None:
    for key, value in later.items():
        inner = f"{path}/{key}" if path else key
        kind = type(value)
        if value is None:
            known.pop(key, None)
        elif kind is dict:
            if value:
                before = known.get(key)
                known[key] = before = before if type(before) is dict else {}
                _merge_object(before, value, f"{inner}")
        elif kind is list and inner not in REPLACED_WHOLE and all(type(one) is dict for one in value):
            if value:
                before = known.get(key)
                known[key] = _merge_list(before if type(before) is list else [], value, inner)
        else:
            known[key] = value


def _merge_list(known: list[Any], later: list[Json], path: str) -> list[Any]:
    """Objects of the same ``id`` become one; those without an id are added."""
    by_id = {str(one["id"]): one for one in known if type(one) is dict and "id" in one}
    for one in later:
        key = str(one["id"]) if "id" in one else None
        before = by_id.get(key) if key is not None else None
        if before is None:
            before = {}
            known.append(before)
            if key is not None:
                by_id[key] = before
        _merge_object(before, one, path)
    return known


def latest_of_versions(value: Any) -> Any:
    """What a versioned release says last: lists of ``{releaseID, releaseDate, releaseTag, value}`` give their last value."""
    if type(value) is dict:
        latest = {key: latest_of_versions(one) for key, one in value.items()}
        return {key: one for key, one in latest.items() if one is not None}
    if type(value) is list:
        if value and all(type(one) is dict and "value" in one and "releaseDate" in one for one in value):
            return value[-1]["value"]
        return [latest_of_versions(one) for one in value]
    return value
