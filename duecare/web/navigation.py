"""The navigation: by question and by phase of procurement, made of what the registered pages say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.urls import reverse

from duecare.casebook.access import Reach
from duecare.communicate.i18n import msgid
from duecare.web.routes import OPEN, ROUTES, Entry, Route

QUESTIONS = "ask"
GROUPS = {
    QUESTIONS: msgid("Questions"),
    "plan": msgid("Plan"),
    "tender": msgid("Tender"),
    "contract": msgid("Contract"),
    "deliver": msgid("Deliver"),
    "close": msgid("Close"),
    "record": msgid("Record and settings"),
}
"""Groups in the order in which they stand; the five in the middle are the phases of procurement."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry: a message id and an address."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    code: str
    title: str
    links: tuple[Link, ...]


@lru_cache(maxsize=20_000)
def address(name: str, **given: object) -> str:
    """The path of a route by its name and the values in it; kept, because a table asks for dozens."""
    return reverse(name, kwargs=given or None)


def navigation(request: HttpRequest) -> tuple[Group, ...]:
    """What this person can go to, group by group; a group without entries is left out."""
    is_signed_in = request.person is not None  # type: ignore[attr-defined]
    return _reached(request.reach, len(ROUTES), is_signed_in=is_signed_in)  # type: ignore[attr-defined]


@lru_cache(maxsize=500)
def _reached(reach: Reach, _routes: int, *, is_signed_in: bool) -> tuple[Group, ...]:
    shown: dict[str, list[Link]] = {code: [] for code in GROUPS}
    for entry, route in _entries():
        if _visible(route, reach, is_signed_in=is_signed_in):
            shown[entry.group].append(Link(entry.text, reverse(route.name)))
    return tuple(Group(code, GROUPS[code], tuple(links)) for code, links in shown.items() if links)


def here(request: HttpRequest) -> str:
    """The path of the request where an entry may lead to it, and nothing on other pages."""
    return request.path if request.path in _addresses(len(ROUTES)) else ""


@lru_cache(maxsize=8)
def _addresses(_routes: int) -> frozenset[str]:
    return frozenset(reverse(route.name) for _, route in _entries())


def _entries() -> list[tuple[Entry, Route]]:
    found = [(entry, route) for route in ROUTES.values() for entry in route.nav]
    return sorted(found, key=lambda pair: (list(GROUPS).index(pair[0].group), pair[0].order, pair[0].text))


def _visible(route: Route, reach: Reach, *, is_signed_in: bool) -> bool:
    if isinstance(route.need, str):
        return is_signed_in or route.need == OPEN
    return is_signed_in and reach.may_somewhere(route.need)
