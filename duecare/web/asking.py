"""Who asks, in which language and with what reach: ``request.person``, ``actor``, ``reach`` and ``tr`` for every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from duecare.casebook.access import Reach
from duecare.casebook.writing import Actor
from duecare.web import clock
from duecare.web.api import bearer
from duecare.web.configuration import IDLE_SECONDS, LONGEST_SECONDS
from duecare.web.known import reach_today, signed_in
from duecare.web.languages import language_of, translator
from duecare.web.limits import Limits

BEGAN, SEEN = "began", "seen"
NOTED_SECONDS = 60
"""A session notes at most once a minute that it was used: a write for every page would queue behind other writers."""


class Asking:
    """Middleware: session rules, then the person with their language, reach and request limits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.limits = Limits(settings.DUECARE_DOOR)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at = clock.now()
        by_key = bearer.has_key(request)
        key = bearer.key_of(request, at) if by_key else None
        person = (key.person if key else None) if by_key else person_of(request, at)
        request.__class__ = _asking(type(request))
        request.at, request.person, request.key = at, person, key  # type: ignore[attr-defined]
        request.tr = translator(language_of(request, person.language if person else ""))  # type: ignore[attr-defined]
        too_many = self.limits.refusal(request)
        return too_many or self.get_response(request)


class WithActor:
    """What a request knows beyond Django's; worked out when it is first asked for."""

    at: datetime
    person: Any
    key: Any
    """The key by which a program asks; nothing for a session."""

    @cached_property
    def reach(self) -> Reach:
        """What the person may see and do, where; by a key no more than the key is for."""
        if self.key is not None:
            return bearer.reach_by(self.key, self.at)
        return reach_today(self.person, self.at.date()) if self.person is not None else Reach()

    @cached_property
    def actor(self) -> Actor:
        """The person as the author of acts; every act of one request has one time."""
        return Actor(self.person, self.reach, self.at, via="api" if self.key is not None else "web")


_KINDS: dict[type, type] = {}


def _asking(kind: type) -> type:
    if kind not in _KINDS:
        _KINDS[kind] = type(kind.__name__, (WithActor, kind), {})
    return _KINDS[kind]


def person_of(request: HttpRequest, at: datetime) -> Any:
    """The signed-in person, or nothing; a session that is too old, idle or ended elsewhere is over."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    person = signed_in(request)
    if not person.is_authenticated:
        return None
    if person.is_active and _lives(request, person, at):
        return person
    logout(request)
    return None


def _lives(request: HttpRequest, person: Any, at: datetime) -> bool:
    began, seen = request.session.get(BEGAN), request.session.get(SEEN)
    if began is None or seen is None:
        return False
    moment = at.timestamp()
    if moment - began > LONGEST_SECONDS or moment - seen > IDLE_SECONDS:
        return False
    if person.sessions_since is not None and began < person.sessions_since.timestamp():
        return False
    if moment - seen >= NOTED_SECONDS:
        request.session[SEEN] = moment
    return True


def begin(sender: object, request: HttpRequest, **_more: object) -> None:
    """Note when a session began; Django has just given it a new key (signal ``user_logged_in``)."""
    moment = clock.now().timestamp()
    request.session[BEGAN], request.session[SEEN] = moment, moment


def idle_until(request: HttpRequest) -> datetime:
    """When the session ends if nothing more is asked for."""
    return request.at + timedelta(seconds=IDLE_SECONDS)  # type: ignore[attr-defined,no-any-return]
