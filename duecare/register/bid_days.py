"""How many days tenders could be made in a procedure, from its call for tenders to everything that is told of it later.

A call says when it was dispatched and until when tenders are received. A notice that replaces it, or a corrigendum, moves
the deadline, not the first day. The award says neither: it takes the days of the call that is in the same register.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Mark = Mapping[str, str]
_VERSION_OF_UUID = re.compile(r"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})-[0-9]{2}")
DEADLINE = "deadline"


@dataclass(slots=True)
class Call:
    """One call for tenders. ``days`` are whole days, ``None`` where the deadline is unknown or before the first day."""

    notice: str
    procedure: str
    dispatched: str
    deadline: str
    version: str
    is_replaced: bool = False

    @property
    def days(self) -> int | None:
        """From the first dispatch to the deadline as it is told last."""
        if not self.deadline or self.deadline < self.dispatched:
            return None
        return (date.fromisoformat(self.deadline) - date.fromisoformat(self.dispatched)).days


class Calls:
    """The calls for tenders among the marks of a register; ``corrections`` are its ``corrects`` marks, oldest first."""

    def __init__(self, marks: Sequence[Mark], corrections: Iterable[Mark]) -> None:
        self._calls: dict[str, Call] = {}
        self._names: dict[str, str] = {}
        self._moved: set[tuple[str, str, str]] = set()
        for mark in sorted((one for one in marks if one["kind"] == "announces"), key=_order):
            self._calls[_number(mark["notice"])] = Call(
                mark["notice"], mark["procedure"], mark["dispatched"], mark.get("deadline", ""), mark.get("version", "")
            )
            if publication := mark.get("publication"):
                self._names[_number(publication)] = _number(mark["notice"])
        self._begin_with_the_first(marks)
        for mark in corrections:
            self._move(mark)
        self._marks = marks

    def is_moved(self, mark: Mark) -> bool:
        """Whether the deadline of a call was moved as this ``corrects`` mark says."""
        return (_number(mark["notice"]), mark.get("old", ""), mark.get("new", "")) in self._moved

    def by_notice(self) -> dict[str, int]:
        """Days by the id of the call."""
        return {call.notice: call.days for call in self._calls.values() if call.days is not None}

    def by_procedure(self) -> dict[str, int]:
        """Days by procedure (``ocid``): the shortest of its calls, also through earlier notices that its notices name."""
        own: dict[str, int] = {}
        for call in self._calls.values():
            if call.days is not None and not call.is_replaced:
                own[call.procedure] = min(own.get(call.procedure, call.days), call.days)
        named: dict[str, list[str]] = {}
        told_by: dict[str, str] = {}
        for mark in self._marks:
            if mark["kind"] in ("settles", "modifies"):
                told_by[_number(mark.get("by", ""))] = mark["procedure"]
                if mark.get("notice"):
                    named.setdefault(mark["procedure"], []).append(_number(mark["notice"]))
        found = dict(own)
        for procedure in named:
            days = self._through(procedure, own, named, told_by)
            if days is not None:
                found[procedure] = days
        return found

    def _through(
        self, procedure: str, own: Mapping[str, int], named: Mapping[str, list[str]], told_by: Mapping[str, str]
    ) -> int | None:
        """From a modification to its award to the call: at each step the notice that is named, never in a circle."""
        seen: set[str] = set()
        waiting = [procedure]
        while waiting:
            at = waiting.pop(0)
            if at in own:
                return own[at]
            seen.add(at)
            for number in named.get(at, ()):
                call = self._calls.get(self._names.get(number, number))
                if call is not None and call.days is not None:
                    return call.days
                if (further := told_by.get(number)) and further not in seen:
                    waiting.append(further)
        return None

    def _begin_with_the_first(self, marks: Sequence[Mark]) -> None:
        """A call that replaces another one, or is a later version of it, leaves the first day as it was."""
        earlier: dict[str, list[str]] = {}
        for mark in marks:
            if mark["kind"] == "replaces":
                earlier.setdefault(_number(mark.get("by", "")), []).append(_number(mark["notice"]))
        latest: dict[str, str] = {}
        for key in self._calls:
            if version := _VERSION_OF_UUID.fullmatch(key):
                if version[1] in latest:
                    earlier.setdefault(key, []).append(latest[version[1]])
                latest[version[1]] = key
        first = {key: self._first_day(key, earlier) for key in self._calls}
        for key, call in self._calls.items():
            call.dispatched = first[key]
            for other in earlier.get(key, ()):
                if other in self._calls:
                    self._calls[other].is_replaced = True

    def _first_day(self, key: str, earlier: Mapping[str, list[str]]) -> str:
        seen, waiting = {key}, [key]
        while waiting:
            for other in earlier.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return min(self._calls[one].dispatched for one in seen if one in self._calls)

    def _move(self, mark: Mark) -> None:
        call = self._calls.get(_number(mark["notice"]))
        if call is None or mark.get("what") != DEADLINE or mark.get("lot"):
            return
        old, new = mark.get("old", ""), mark.get("new", "")
        if new >= call.dispatched and new and call.deadline in ("", old):
            call.deadline = new
            self._moved.add((_number(mark["notice"]), old, new))


def _order(mark: Mark) -> tuple[str, str]:
    return mark.get("version", ""), mark["notice"]


def _number(notice: str) -> str:
    """Publication numbers are written with and without zeros before them."""
    return notice.lstrip("0")
