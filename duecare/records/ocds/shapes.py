"""The shapes in which OCDS travels: releases, records, packages of both, lists of all of these, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from duecare.records.ocds.merging import latest_of_versions, merge

Json = dict[str, Any]

_PARTS = ("tender", "awards", "contracts", "planning", "parties", "buyer")
_HOLDS_RECORD = ("compiledRelease", "versionedRelease")


def releases_in(value: Any) -> Iterator[Json | None]:
    """The releases in one JSON value, one for each release or record; of a record without any only its ocid.

    ``None`` stands for something that is no object.
    """
    if type(value) is list:
        for one in value:
            yield from releases_in(one)
        return
    if type(value) is not dict:
        yield None
    elif is_record(value):
        yield release_of_record(value) or {"ocid": ""}
    elif "ocid" not in value and (name := package_list(value)):
        listed = value[name]
        for one in listed if type(listed) is list else [listed]:
            yield from releases_in(one)
    else:
        yield value


def looks_like_ocds(release: Json) -> bool:
    """Whether an object has anything of a release."""
    return "ocid" in release or any(name in release for name in _PARTS)


def is_record(value: Json) -> bool:
    """Whether an object is a record: all that is known of one process, with a compiled release or its releases."""
    if any(name in value for name in _HOLDS_RECORD):
        return True
    return "ocid" in value and "releases" in value and not any(name in value for name in _PARTS)


def package_list(value: Json) -> str:
    """The name of the list that a package holds, "" for what is no package."""
    return next((name for name in ("records", "releases") if name in value), "")


def release_of_record(record: Json) -> Json | None:
    """The compiled release of a record, else its releases merged, else the last values of its versioned release.

    ``None`` where it holds only links to its releases.
    """
    found = record.get("compiledRelease")
    if type(found) is not dict or not found:
        releases = record.get("releases")
        whole = [one for one in releases if _is_whole(one)] if type(releases) is list else []
        versions = record.get("versionedRelease")
        if whole:
            found = merge(whole) if len(whole) > 1 else whole[0]
        elif type(versions) is dict and versions:
            found = latest_of_versions(versions)
        elif type(versions) is list and versions and _is_whole(versions[-1]):
            found = versions[-1]
        else:
            return None
    if "ocid" not in found and "ocid" in record:
        found = {**found, "ocid": record["ocid"]}
    return dict(found)


def _is_whole(release: Any) -> bool:
    """A release itself, not only a link to it."""
    return type(release) is dict and any(name in release for name in _PARTS)
