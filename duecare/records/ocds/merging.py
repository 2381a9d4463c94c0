"""Merge the releases of one contracting process into what is known today, offline.

The rules are those of OCDS 1.1.5 (https://standard.open-contracting.org/1.1/en/schema/merging/) and of the extensions of the
profile for eForms, as ``schema_1_1_5.yaml`` states them: objects merge field by field, lists of objects by ``id``, other lists
and those that the schema names are replaced whole, and what describes the single release is left out. Lists of objects that
the standard does not know merge by ``id`` too. The library ``ocdsmerge`` is the oracle of the tests.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from duecare.records.ocds.standard import standard

Json = dict[str, Any]
Rules = dict[str, tuple[bool, Any]]
"""Of the fields of an object that hold objects or lists: whether a list is replaced whole, and the rules of what is in it."""
_UNKNOWN: Rules = {}
"""The rules of objects that the standard does not know: lists of objects merge by id."""
_NO_RULE = (False, _UNKNOWN)


def merge(releases: list[Json]) -> Json:
    """The compiled release of releases of one ocid, ordered by date and then as given.

    An empty value changes nothing, ``null`` takes a field away. Where a later release changes a value into an object or a
    list, or the other way round, the later one stands: the standard does not define it.
    """
    compiled: Json = {}
    omitted, rules = _omitted(), _rules("Release")
    for release in sorted(releases, key=_date):
        _merge_object(compiled, {key: one for key, one in release.items() if key not in omitted}, rules)
        compiled["date"] = release.get("date")
    return compiled


def _date(release: Json) -> str:
    found = release.get("date")
    return found if type(found) is str else ""


@cache
def _omitted() -> frozenset[str]:
    return frozenset(name for name, field in standard().objects["Release"].items() if field.is_omitted)


@cache
def _rules(name: str) -> Rules:
    """The rules of an object and, within them, of everything below it; no object of the standard lies within itself."""
    found = standard()
    rules: Rules = {}
    for key, field in found.objects[name].items():
        if field.is_list or field.kind in found.objects:
            inner = _rules(field.kind) if field.kind in found.objects else _UNKNOWN
            rules[key] = (field.is_list and found.is_replaced_whole(field), inner)
    return rules


def _merge_object(known: Json, later: Json, rules: Rules) -> None:
    for key, value in later.items():
        kind = type(value)
        if kind is dict:
            if value:
                before = known.get(key)
                if type(before) is not dict:
                    known[key] = before = {}
                _merge_object(before, value, rules.get(key, _NO_RULE)[1])
        elif kind is list:
            is_whole, inner = rules.get(key, _NO_RULE)
            if is_whole or not all(type(one) is dict for one in value):
                known[key] = value
            elif value:
                before = known.get(key)
                known[key] = _merge_list(before if type(before) is list else [], value, inner)
        elif value is None:
            known.pop(key, None)
        else:
            known[key] = value


def _merge_list(known: list[Any], later: list[Json], rules: Rules) -> list[Any]:
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
        _merge_object(before, one, rules)
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
