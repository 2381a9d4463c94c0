"""What can be asked for as long work, and with which parameters: checked when it is asked for, and again before it is done.

An order names everything that the result depends on, the day too, so that the same order on the same register gives the
same bytes, however often it is interrupted and done again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

import msgspec

from duecare.errors import WrongUsage

Language = Literal["en", "fr", "de", "it", "ru", "es"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What all orders share: the day that counts as today."""

    as_of: date


class TakeIn(Order, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Read files into the register. ``files`` are paths inside of the home's ``uploads``; the rest as in ``cycle.take_in``."""

    files: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=1000)]
    column_map: dict[str, Any] | None = None
    defaults: dict[str, str] = {}
    sheet: str | None = None


class Identify(Order, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Rate every line of the register, with the overrides of the record that count."""


class Report(Order, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Write the report of a run, the newest without ``run``; ``capacity`` is how many items the list has."""

    run: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{0,64}$")] = ""
    capacity: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    language: Language = "en"


class Evidence(Order, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Add an official list or own observations to the register's evidence; ``file`` is a path inside of ``uploads``."""

    file: Name
    kind: str | None = None
    edition: str = ""


class ExportOcds(Order, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Write the register's lines as OCDS: one package, or a release a line."""

    ocid_prefix: str = ""
    publisher: Name = "duecare"
    packed_as: Literal["json", "jsonl"] = "json"


KINDS: dict[str, type[Order]] = {
    "take-in": TakeIn,
    "identify": Identify,
    "report": Report,
    "evidence": Evidence,
    "export-ocds": ExportOcds,
}
FOR_ALL = frozenset({"report", "evidence", "export-ocds"})
"""Kinds that read or change what belongs to every office: only who may do so in the whole organisation asks for them."""


def order_of(kind: str, parameters: Mapping[str, Any]) -> Order:
    """The parameters as an order; raises ``WrongUsage`` naming the field that is missing, unknown or wrong."""
    if kind not in KINDS:
        raise WrongUsage(f"There is no kind of work called {kind!r}. Known: {', '.join(KINDS)}.")
    try:
        order = msgspec.convert(dict(parameters), KINDS[kind])
    except msgspec.ValidationError as error:
        raise WrongUsage(f"This work cannot be asked for like that: {error}.") from None
    for name in uploads_of(order):
        _inside(name)
    return order


def uploads_of(order: Order) -> tuple[str, ...]:
    """The uploaded files that an order reads, as paths inside of ``uploads``."""
    if isinstance(order, TakeIn):
        return order.files
    return (order.file,) if isinstance(order, Evidence) else ()


def _inside(name: str) -> None:
    """Refuse a name that leads out of the folder of uploads."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or "\\" in name or "\0" in name or not parts or {"..", "."} & set(name.split("/")):
        raise WrongUsage(f"{name!r} is no path inside of the folder of uploads.")
