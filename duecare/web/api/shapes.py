"""The shapes that endpoints share: ids, texts of bounded length, pages of lists, and who made a thing when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Query, Schema
from pydantic import ConfigDict, Field

Oid = Annotated[str, Field(pattern=r"^[a-z2-7]{26}$", description="An id of the record: 26 letters and digits.")]
Line = Annotated[str, Field(pattern=r"^[\w.:~+-]{1,64}$", description="The id of a contract line.")]
Run = Annotated[str, Field(pattern=r"^[0-9a-f]{4,64}$", description="The id of a run.")]
Role = Annotated[str, Field(pattern=r"^[A-Z]{2,3}$", description="A role, such as PO or SM.")]
Short = Annotated[str, Field(max_length=300)]
Long = Annotated[str, Field(max_length=5000)]
Code = Annotated[str, Field(max_length=40)]
Level = Annotated[float, Field(ge=0, le=4, allow_inf_nan=False)]
One = TypeVar("One")


class Wish(Schema):
    """What a program sends: fields that are not known are an error."""

    model_config = ConfigDict(extra="forbid")


class Made(Schema):
    """What all objects of the record share: the id, and when and by whom it was written."""

    oid: str
    at: datetime
    by: str | None = Field(default=None, validation_alias="by_id", description="The id of a person.")


class Page(Schema, Generic[One]):
    """A part of a list: ``count`` is the length of the whole."""

    items: list[One]
    count: int
    page: int
    size: int


class Paging(Schema):
    """Which part of a list is wanted."""

    page: int = Field(default=1, ge=1, le=100_000)
    size: int = Field(default=50, ge=1, le=200)

    @property
    def start(self) -> int:
        """The place of the first item, from 0."""
        return (self.page - 1) * self.size


Asked = Annotated[Paging, Query(...)]


def paged(rows: Any, asked: Paging, shown: Callable[[Any], Any] = lambda row: row) -> dict[str, Any]:
    """The page of a query set or sequence that was asked for, each item as ``shown`` gives it."""
    count = len(rows) if isinstance(rows, Sequence) else rows.count()
    part = rows[asked.start : asked.start + asked.size]
    return {"items": [shown(row) for row in part], "count": count, "page": asked.page, "size": asked.size}
