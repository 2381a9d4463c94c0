"""Merge the releases of one contracting process into what is known today, offline.

The rules are those of OCDS 1.1.5 (https://standard.open-contracting.org/1.1/en/schema/merging/, release schema 1.1.5, read
2026-11): objects merge field by field, lists of objects by ``id``, other lists and those named here are replaced whole, and
what describes the single release is left out. Lists of objects that the standard does not know merge by ``id`` too.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

Json = dict[str, Any]

OMITTED = ("id", "date", "tag", "publisher", "links")
REPLACED_WHOLE = """
parties/roles parties/additionalIdentifiers tender/submissionMethod tender/additionalProcurementCategories
buyer/additionalIdentifiers tender/procuringEntity/additionalIdentifiers tender/tenderers/additionalIdentifiers
awards/suppliers/additionalIdentifiers tender/items/additionalClassifications awards/items/additionalClassifications
contracts/items/additionalClassifications tender/amendment/changes tender/amendments/changes awards/amendment/changes
awards/amendments/changes contracts/amendment/changes contracts/amendments/changes awards/relatedLots contracts/relatedLots
tender/documents/relatedLots awards/documents/relatedLots contracts/documents/relatedLots relatedProcesses/relationship
"""
"""Lists that a later release replaces whole, as paths without positions."""


@cache
def _rules() -> dict[tuple[str, ...], str]:
    omitted = {(name,): "omitWhenMerged" for name in OMITTED}
    return omitted | {tuple(path.split("/")): "wholeListMerge" for path in REPLACED_WHOLE.split()}


def merge(releases: list[Json]) -> Json:
    """The compiled release of releases of one ocid, ordered by date and then as given.

    Where a later release changes a value into an object or list, the later one stands alone: the standard does not define it.
    """
    from ocdsmerge.exceptions import OCDSMergeError, OCDSMergeWarning  # imports a third of a second of modules
    from ocdsmerge.merge import CompiledRelease

    ordered = sorted(releases, key=lambda release: _date(release))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OCDSMergeWarning)
        try:
            compiled = CompiledRelease(merge_rules=_rules())
            for release in ordered:
                compiled.append(release)
            return dict(compiled.asdict())
        except (OCDSMergeError, TypeError, AttributeError):
            return ordered[-1]


def _date(release: Json) -> str:
    found = release.get("date")
    return found if type(found) is str else ""


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
