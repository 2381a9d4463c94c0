"""What the standard itself says of its fields: names, types, how they merge, closed lists; and the JSON schema of it.

Everything is in ``schema_1_1_5.yaml``; nothing of the standard's own files is shipped. Merging, the names that are reported as
unused or unknown, and the validation of what we export all derive from this one statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
_FILE = Path(__file__).with_name("schema_1_1_5.yaml")
_TAG = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
"""A language tag, more simply than BCP 47 and nothing that it allows is left out."""
_SCALARS: dict[str, list[str]] = {
    "text": ["string"],
    "id": ["string", "integer"],
    "number": ["number"],
    "integer": ["integer"],
    "yesno": ["boolean"],
    "day": ["string"],
    "uri": ["string"],
    "share": ["number"],
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object. ``kind`` is a scalar's word or the name of an object; ``origin`` is core, later or extensions."""

    kind: str
    origin: str
    is_list: bool = False
    is_required: bool = False
    is_omitted: bool = False
    is_whole: bool = False
    is_translated: bool = False
    codes: str = ""


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Standard:
    """All objects with their fields, and the closed lists by name."""

    objects: Mapping[str, Fields]
    codes: Mapping[str, frozenset[str]]
    about: Mapping[str, Any]

    def fields_of(self, field: Field | None) -> Fields | None:
        """The fields of the object that a field holds, ``None`` for a scalar, for anything and for no field."""
        return self.objects.get(field.kind) if field else None

    def is_replaced_whole(self, field: Field) -> bool:
        """Whether a later release replaces this list: it says so, holds no objects, or objects without an id."""
        inner = self.objects.get(field.kind)
        return field.is_whole or inner is None or "id" not in inner


def field_named(fields: Fields, name: str) -> Field | None:
    """The field of this name, also where the name is that of a translation (``title_fr``)."""
    found = fields.get(name)
    if found is None and "_" in name:
        base, _, tag = name.partition("_")
        other = fields.get(base)
        if other and other.is_translated and re.fullmatch(_TAG, tag):
            return other
    return found


@cache
def standard() -> Standard:
    """The statement, read once."""
    told = yaml.load(_FILE.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    objects: dict[str, dict[str, Field]] = {}
    for origin in ("core", "later", "extensions"):
        for name, lines in told[origin].items():
            fields = objects.setdefault(name, {})
            for line in lines.splitlines():
                field_name, *words = line.split()
                if field_name in fields and origin != "extensions":
                    raise ValueError(f"{name}/{field_name} is stated twice.")
                fields.setdefault(field_name, _field(words, origin))
    codes = {name: frozenset(words.split()) for name, words in told["codes"].items()}
    found = Standard(objects, codes, {"standard": told["standard"], "profile": told["profile"]})
    _check(found)
    return found


def _field(words: list[str], origin: str) -> Field:
    kind, *marks = words
    named = dict(mark.partition("=")[::2] for mark in marks)
    if wrong := set(named) - {"required", "omit", "whole", "translated", "of"}:
        raise ValueError(f"Unknown marks: {sorted(wrong)}.")
    return Field(
        kind.strip("[]"),
        origin,
        kind.startswith("["),
        "required" in named,
        "omit" in named,
        "whole" in named,
        "translated" in named,
        named.get("of", ""),
    )


def _check(found: Standard) -> None:
    for name, fields in found.objects.items():
        for field_name, field in fields.items():
            is_known = field.kind in _SCALARS or field.kind == "any" or field.kind in found.objects
            if not is_known or (field.codes and field.codes not in found.codes):
                raise ValueError(f"{name}/{field_name} has a type or a list of codes that is not stated.")


def paths(start: str = "Release") -> Iterator[tuple[str, Field]]:
    """Every path of the standard with its field, without positions: ``awards/items/unit/value/amount``."""
    found = standard()
    waiting: list[tuple[str, str, tuple[str, ...]]] = [(start, "", (start,))]
    while waiting:
        name, before, within = waiting.pop()
        for field_name, field in found.objects[name].items():
            path = f"{before}{field_name}"
            yield path, field
            if field.kind in found.objects and field.kind not in within:
                waiting.append((field.kind, f"{path}/", (*within, field.kind)))


def json_schema(*, package: bool = False) -> Json:
    """The statement as a JSON schema (draft 7) of a release, or of a release package; fields that it does not name are errors."""
    found = standard()
    definitions = {name: _schema_of_object(fields, found) for name, fields in found.objects.items()}
    release = {"$ref": "#/definitions/Release"}
    schema: Json = {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions}
    if not package:
        return schema | release
    about = {"uri": {"type": "string", "format": "uri"}, "version": {"const": "1.1"}, "publishedDate": _DAY}
    about |= {"publisher": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}
    about |= {"license": {"type": "string"}, "publicationPolicy": {"type": "string"}}
    about |= {"extensions": {"type": "array", "items": {"type": "string"}}}
    releases = {"type": "array", "minItems": 1, "items": release, "uniqueItems": True}
    wanted = ["uri", "publisher", "publishedDate", "releases", "version"]
    shape = {"type": "object", "required": wanted, "properties": about | {"releases": releases}}
    return schema | shape | {"additionalProperties": False}


_DAY: Json = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$"}


def _schema_of_object(fields: Fields, found: Standard) -> Json:
    schema: Json = {"type": "object", "additionalProperties": False}
    schema["properties"] = {name: _schema_of(field, found) for name, field in fields.items()}
    if translated := [name for name, field in fields.items() if field.is_translated]:
        schema["patternProperties"] = {f"^({'|'.join(translated)})_{_TAG}$": {"type": ["string", "null"]}}
    if required := [name for name, field in fields.items() if field.is_required]:
        schema["required"] = required
    return schema


def _schema_of(field: Field, found: Standard) -> Json:
    one: Json
    if field.kind in found.objects:
        one = {"$ref": f"#/definitions/{field.kind}"}
    elif field.kind == "any":
        one = {"type": ["array", "boolean", "null", "number", "object", "string"]}
    else:
        one = _scalar(field, found, may_be_null=not (field.is_required or field.is_list))
    omit: Json = {"omitWhenMerged": True} if field.is_omitted else {}
    if not field.is_list:
        return one | omit
    schema: Json = {"type": "array", "items": one} | omit
    if field.kind in found.objects:
        schema["uniqueItems"] = True
    return (
        schema | ({"minItems": 1} if field.is_required else {}) | ({"wholeListMerge": True} if field.is_whole else {})
    )


def _scalar(field: Field, found: Standard, *, may_be_null: bool) -> Json:
    one: Json = dict(_DAY) if field.kind == "day" else {}
    one["type"] = [*_SCALARS[field.kind], *(["null"] if may_be_null else [])]
    if field.kind == "share":
        one |= {"minimum": 0, "maximum": 1}
    if field.kind == "uri":
        one["format"] = "uri"
    if field.is_required and field.kind in ("text", "id"):
        one["minLength"] = 1
    if field.codes:
        one["enum"] = [*sorted(found.codes[field.codes]), *([None] if may_be_null else [])]
    return one
