"""The JSON types of the OCDS fields that are read: checks them, mends what may be mended, reports the rest.

Only called where the fast reading has tripped over a type. Written down from the OCDS 1.1.5 reference and extension registry.
"""

from __future__ import annotations

from typing import Any

from duecare.records.cells import EMPTY_WORDS, printable

Json = dict[str, Any]
Problem = tuple[str, str, str, str]
"""Fault code, field as a JSON path, what was read, what is allowed."""

TEXT, ANY = "text", "any"

_ADDRESS = {"countryName": TEXT, "country": TEXT, "countryCode": TEXT}
_IDENTIFIER = {"scheme": TEXT, "id": TEXT}
_PARTY = {"id": TEXT, "name": TEXT, "address": _ADDRESS, "identifier": _IDENTIFIER, "roles": [TEXT]}
_VALUE = {"amount": ANY, "currency": TEXT}
_PERIOD = {"startDate": TEXT, "endDate": TEXT}
_CODE = {"scheme": TEXT, "id": TEXT}
_PLACES = {"deliveryAddress": _ADDRESS, "deliveryAddresses": [_ADDRESS], "deliveryLocation": ANY}
_ITEM = _PLACES | {
    "description": TEXT,
    "classification": _CODE,
    "additionalClassifications": [_CODE],
    "quantity": ANY,
    "unit": {"name": TEXT, "value": _VALUE},
    "relatedLot": TEXT,
}
_DOCUMENTS = {"documents": [{"documentType": TEXT}]}
_WORDS = {"id": TEXT, "title": TEXT, "description": TEXT, "status": TEXT, "value": _VALUE}
_DEAL = _WORDS | _DOCUMENTS | {"items": [_ITEM], "suppliers": [_PARTY], "relatedLots": [TEXT], "subcontracting": {}}
_LOT = _WORDS | _PLACES | {"contractPeriod": _PERIOD, "awardCriteria": ANY}
_TENDER = (
    _WORDS
    | _DOCUMENTS
    | _PLACES
    | {
        "items": [_ITEM],
        "lots": [_LOT],
        "procuringEntity": _PARTY,
        "procurementMethod": TEXT,
        "procurementMethodDetails": TEXT,
        "procedure": {},
        "awardCriteria": ANY,
        "numberOfTenderers": ANY,
        "tenderers": [{}],
        "tenderPeriod": _PERIOD,
        "contractPeriod": _PERIOD,
    }
)
RELEASE: Json = {
    "ocid": TEXT,
    "id": TEXT,
    "date": TEXT,
    "language": TEXT,
    "parties": [_PARTY],
    "buyer": _PARTY,
    "planning": _DOCUMENTS | {"budget": {"amount": _VALUE}},
    "tender": _TENDER,
    "awards": [_DEAL | {"date": TEXT, "contractPeriod": _PERIOD}],
    "contracts": [_DEAL | {"awardID": TEXT, "dateSigned": TEXT, "period": _PERIOD, "implementation": {}}],
}
"""Used fields and their types; an object with fewer keys than the source has keeps the others as they are."""


def tidy(release: Json) -> tuple[Json, list[Problem]]:
    """A copy of the release in which every used field has its type, and what was wrong with the others.

    A number where an identifier or text belongs becomes its text; one object where a list of objects belongs becomes a list,
    and the other way round; an empty text, list or object where something else belongs is taken out; everything else of a
    wrong type is a BAD_TYPE problem and taken out.
    """
    problems: list[Problem] = []
    return _tidy_object(release, RELEASE, "", problems), problems


def _tidy_object(found: Json, types: Json, path: str, problems: list[Problem]) -> Json:
    kept = dict(found)
    for key, kind in types.items():
        if key in kept:
            value = _tidy(kept[key], kind, f"{path}/{key}" if path else key, problems)
            if value is None:
                del kept[key]
            else:
                kept[key] = value
    return kept


def _tidy(value: Any, kind: Any, path: str, problems: list[Problem]) -> Any:
    if value is None or kind == ANY:
        return value
    if kind == TEXT:
        if isinstance(value, str):
            return value
        if type(value) is int:
            return str(value)
    elif type(kind) is dict:
        if type(value) is list and len(value) == 1:
            value = value[0]
        if type(value) is dict:
            return _tidy_object(value, kind, path, problems)
    elif type(value) in (list, dict):
        listed = value if type(value) is list else [value] if value and type(kind[0]) is dict else []
        return [kept for one in listed if (kept := _tidy(one, kind[0], path, problems)) is not None]
    if not _is_empty(value):
        wanted = "a text" if kind == TEXT else "a list" if type(kind) is list else "an object"
        problems.append(("BAD_TYPE", path, shown(value), f"It is {wanted}."))
    return None


def _is_empty(value: Any) -> bool:
    return value in ({}, []) or (type(value) is str and value.strip().lower() in EMPTY_WORDS)


def shown(value: Any) -> str:
    """A value of the wrong type for a message; the inside of objects and lists is not shown, it may name persons."""
    if type(value) in (dict, list):
        return "{...}" if type(value) is dict else "[...]"
    return printable(str(value)[:80])
