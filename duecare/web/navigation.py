"""The navigation: by question and by phase of procurement, made of what the registered pages say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.urls import reverse

from duecare.communicate.i18n import msgid
from duecare.web.routes import OPEN, ROUTES, SIGNED_IN, Entry, Route, reaches

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
    """One entry as a person sees it; ``here`` where it is the page they are on."""

    text: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    code: str
    title: str
    links: list[Link]


def navigation(request: HttpRequest) -> list[Group]:
    """What this person can go to, group by group; a group without entries is left out."""
    shown: dict[str, list[Link]] = {code: [] for code in GROUPS}
    for entry, route, address in entries(len(ROUTES)):
        if _visible(request, route):
            shown[entry.group].append(Link(entry.text, address, address == request.path))
    return [Group(code, GROUPS[code], links) for code, links in shown.items() if links]


@lru_cache(maxsize=4)
def entries(_routes: int) -> list[tuple[Entry, Route, str]]:
    """(entry, route, address) of all pages in the navigation, in order; made anew when routes have been added."""
    found = [(entry, route) for route in ROUTES.values() for entry in route.nav]
    found.sort(key=lambda pair: (list(GROUPS).index(pair[0].group), pair[0].order, pair[0].text))
    return [(entry, route, reverse(route.name)) for entry, route in found]


def _visible(request: HttpRequest, route: Route) -> bool:
    if isinstance(route.need, str):
        return route.need == OPEN or (route.need == SIGNED_IN and request.person is not None)  # type: ignore[attr-defined]
    return request.person is not None and reaches(request, route.need)  # type: ignore[attr-defined]
