"""Write contract lines as OCDS: a release package or a release a line, every release validated before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import msgspec

from duecare.communicate.ocds_release import Json, Line, release_of
from duecare.errors import CannotAnswer, WrongUsage
from duecare.records.ocds.standard import json_schema, standard

if TYPE_CHECKING:
    from jsonschema_rs import Validator

PROFILE = "https://raw.githubusercontent.com/open-contracting-extensions/eforms/latest/schema/profile/extension.json"
"""Declares in a package which extensions its releases use, as OCDS wants it."""
_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True)
class Exported:
    """What was written: contract lines, releases, and suppliers whose names were withheld because they are persons."""

    path: Path
    lines: int
    releases: int
    withheld: int


def export_ocds(
    lines: Iterable[Line], out: Path, day: date, *, ocid_prefix: str = "", publisher: str = "duecare"
) -> Exported:
    """Write lines, which come grouped by ``process_key``, to ``out``: a package for ``.json``, a release a line for ``.jsonl``.

    The same lines, day and names give the same bytes. Raises ``WrongUsage`` for another ending and ``CannotAnswer`` where a
    release would not follow the standard, which is a defect of ours; then nothing is written.
    """
    if out.suffix not in (".json", ".jsonl"):
        raise WrongUsage(f"{out.name}: name the file .json for a release package or .jsonl for a release a line.")
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as file:
            head = _head(day, publisher) if out.suffix == ".json" else b""
            counts = _write(lines, file, head, day, ocid_prefix)
        part.replace(out)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return Exported(out, *counts)


def process_key(line: Line) -> str:
    """Lines of one process have its ocid; a line without one is a process of its own."""
    return str(line["ocid"] or line["line_id"])


def ocid_of(key: str, prefix: str) -> str:
    """The ocid of a process: its own, or what a publication of its own prefix calls it."""
    return f"{prefix}-{key}" if prefix and not key.startswith((f"{prefix}-", "ocds-")) else key


def _write(lines: Iterable[Line], file: IO[bytes], head: bytes, day: date, prefix: str) -> tuple[int, int, int]:
    """Lines, releases and withheld names; ``head`` is the beginning of a package, empty for a release a line."""
    check = _validator(json_schema())
    counted = releases = withheld = 0
    file.write(head)
    for key, group in groupby(lines, key=process_key):
        found = list(group)
        release = release_of(found, ocid_of(key, prefix), day.isoformat())
        text = _encode(release)
        _raise_first(check, msgspec.json.decode(text), release["ocid"])
        file.write((b",\n" if releases else b"") + text if head else text + b"\n")
        counted, releases = counted + len(found), releases + 1
        withheld += len(release.get("withheldInformation", ()))
    if head:
        file.write(b"\n]}\n")
    return counted, releases, withheld


def _head(day: date, publisher: str) -> bytes:
    """The package up to its list of releases, checked with a release that has only what is required."""
    about: Json = {"uri": f"urn:duecare:export:{day.isoformat()}", "version": "1.1"}
    about |= {
        "publishedDate": f"{day.isoformat()}T00:00:00Z",
        "publisher": {"name": publisher},
        "extensions": [PROFILE],
    }
    least = {"ocid": "x", "id": "x", "date": about["publishedDate"], "tag": ["tender"], "initiationType": "tender"}
    _raise_first(_validator(json_schema(package=True)), {**about, "releases": [least]}, "The package")
    return bytes(_encode(about)[:-1]) + b',"releases":[\n'


def _validator(schema: Json) -> Validator:
    import jsonschema_rs

    return jsonschema_rs.validator_for(schema)


def _raise_first(validator: Validator, value: Json, where: str) -> None:
    """Raises ``CannotAnswer`` with the first fault by the bundled statement of the standard, and where it is."""
    for wrong in validator.iter_errors(value):
        path = "/".join(str(step) for step in wrong.instance_path)
        version = standard().about["standard"]["version"]
        raise CannotAnswer(
            f"{where}: {path} does not follow OCDS {version}: {wrong.message[:300]}. Nothing was written."
        )


def as_lines(batches: Iterable[Sequence[Sequence[Any]]], columns: Sequence[str]) -> Iterator[Line]:
    """Rows of the register as lines by column; an empty text is unknown like ``None``."""
    for batch in batches:
        for row in batch:
            yield {name: None if value == "" else value for name, value in zip(columns, row, strict=True)}
