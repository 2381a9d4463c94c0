"""How often somebody may ask: a bucket of requests for each person, for each address, and a smaller one for signing in.

Counts live in the process and are forgotten with it; with several worker processes each counts for itself.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from threading import Lock

from django.http import HttpRequest, HttpResponse

from duecare.web.configuration import Door

MOST_BUCKETS = 20_000
BURST_SECONDS = 20
"""A bucket that has rested holds what may be asked in this time."""


class Buckets:
    """Token buckets by name; the longest unused are forgotten beyond ``MOST_BUCKETS``."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.size = per_minute / 60, max(5.0, per_minute * BURST_SECONDS / 60)
        self._clock, self._lock = clock, Lock()
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> int:
        """Take one token: 0 where there was one, otherwise the whole seconds until there is."""
        with self._lock:
            moment = self._clock()
            left, since = self._kept.pop(name, (self.size, moment))
            left = min(self.size, left + (moment - since) * self.rate)
            allowed = left >= 1
            self._kept[name] = (left - 1 if allowed else left, moment)
            if len(self._kept) > MOST_BUCKETS:
                self._kept.popitem(last=False)
        return 0 if allowed else max(1, ceil((1 - left) / self.rate))


class Limits:
    """The three buckets of one process."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.people, self.addresses = Buckets(door.requests_per_minute), Buckets(door.requests_per_minute)
        self.sign_ins = Buckets(door.sign_ins_per_minute)

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """429 with ``Retry-After`` where somebody asks too often."""
        person = request.person  # type: ignore[attr-defined]
        if person is not None:
            seconds = self.people.take(person.pk)
        else:
            address = address_of(request, self.door.proxies)
            seconds = self.addresses.take(address)
            if not seconds and request.method == "POST":
                seconds = self.sign_ins.take(address)
        return too_many(request, seconds) if seconds else None


def address_of(request: HttpRequest, proxies: int) -> str:
    """The address that asks: the peer's, or behind ``proxies`` trusted ones what the outermost of them saw.

    Addresses of the sixth version count by their network of 64 bits, which one household or office has to itself.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if proxies:
        chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        address = chain[-proxies] if len(chain) >= proxies else address
    return ":".join(address.split(":")[:4]) if address.count(":") > 1 else address


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The answer to somebody who asks too often."""
    from duecare.web import errors

    answer = errors.answer(request, 429)
    answer["Retry-After"] = str(seconds)
    return answer
