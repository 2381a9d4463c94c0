"""The JSON types of the OCDS fields that are read: checks them, mends what may be mended, reports the rest.

Only called where the decoder has tripped over a type, and for releases that were put together from several.
"""

from __future__ import annotations

from typing import Any, get_args, get_origin

import msgspec
from msgspec import Raw, Struct

from duecare.records.cells import EMPTY_WORDS, printable
from duecare.records.ocds.fields import Release

Json = dict[str, Any]
Problem = tuple[str, str, str, str]
"""Fault code, field as a JSON path, what was read, what is allowed."""

MOST_COUNTED = 100_000
_WANTED = {"text": "a text", "number": "a number", "count": "a whole number"}

TEXT, NUMBER, COUNT, ANY = "text", "number", "count", "any"
_SIMPLE: dict[Any, str] = {str: TEXT, Raw: NUMBER, int: COUNT, Any: ANY}
_SHAPES = frozenset({"releases", "records", "compiledRelease", "versionedRelease"})


def _table(struct: type[Struct]) -> Json:
    """The fields of a struct with their kinds: a word, a table for an object, a list of one kind for a list."""
    found = {one.encode_name: _kind(one.type) for one in msgspec.structs.fields(struct)}
    return {name: kind for name, kind in found.items() if name not in _SHAPES}


def _kind(declared: Any) -> Any:
    if declared in _SIMPLE:
        return _SIMPLE[declared]
    if get_origin(declared) is list:
        return [_kind(get_args(declared)[0])]
    if isinstance(declared, type):
        return _table(declared)
    return _kind(get_args(declared)[0])  # the other choice is that it is missing


RELEASE: Json = _table(Release)
"""Used fields by their names in JSON."""


def tidy(release: Json) -> tuple[Json, list[Problem]]:
    """A copy of the release in which every used field has its type, and what was wrong with the others.

    A number where an identifier or text belongs becomes its text; one object where a list of objects belongs becomes a list,
    and the other way round; an empty text, list or object where something else belongs is taken out; everything else of a
    wrong type is a BAD_TYPE problem and taken out.
    """
    problems: list[Problem] = []
    return _tidy_object(release, RELEASE, "", problems), problems


def _tidy_object(found: Json, types: Json, path: str, problems: list[Problem]) -> Json:
    """Only the used fields, so that nothing else has to be merged, written and read again, and the id to merge by."""
    kept: Json = {"id": found["id"]} if type(found.get("id")) in (str, int) else {}
    for key, kind in types.items():
        if key in found:
            value = found[key]
            if kind is TEXT and type(value) is str:
                kept[key] = value
                continue
            value = _tidy(value, kind, f"{path}/{key}" if path else key, problems)
            if value is not None or found[key] is None:  # null takes a field of an earlier release away
                kept[key] = value
            elif key == "id":
                kept.pop(key, None)
    return kept


def _tidy(value: Any, kind: Any, path: str, problems: list[Problem]) -> Any:
    if value is None or kind == ANY:
        return value
    if type(kind) is str:
        if kind == TEXT and type(value) is str:
            return value
        if type(value) in (int, Raw):
            return _tidy_number(value, kind)
    elif type(kind) is dict:
        if type(value) is list and len(value) == 1:
            value = value[0]
        if type(value) is dict:
            return _tidy_object(value, kind, path, problems)
    elif type(value) in (list, dict):
        listed = value if type(value) is list else [value] if value and type(kind[0]) is dict else []
        return [kept for one in listed if (kept := _tidy(one, kind[0], path, problems)) is not None]
    if not _is_empty(value):
        wanted = "an object" if type(kind) is dict else "a list" if type(kind) is list else _WANTED[kind]
        problems.append(("BAD_TYPE", path, shown(value), f"It is {wanted}."))
    return None


def _tidy_number(value: int | Raw, kind: str) -> Any:
    """A number as such, as the text that an identifier should be, or as nothing where a count has a fraction."""
    if kind == TEXT:
        return str(value, "ascii") if isinstance(value, Raw) else str(value)
    if kind == COUNT and (type(value) is not int or abs(value) > MOST_COUNTED):
        return None
    return value


def _is_empty(value: Any) -> bool:
    return value in ({}, []) or (type(value) is str and value.strip().lower() in EMPTY_WORDS)


def shown(value: Any) -> str:
    """A value of the wrong type for a message; the inside of objects and lists is not shown, it may name persons."""
    if type(value) in (dict, list):
        return "{...}" if type(value) is dict else "[...]"
    return printable(str(value)[:80])
