"""The registry of pages and the one check that stands before each of them.

A page is a function ``(request, **parts of the address) -> HttpResponse`` under ``@page``. It is called only where the
person is signed in, one of their roles reaches its need somewhere, and a restricted reading is in the audit log. The
function itself looks objects up with ``found`` (or asks ``within``), so that what is out of reach answers like nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import URLPattern, path
from django.utils.http import urlencode

from duecare.casebook import audit
from duecare.casebook.access import Need, NotAllowed, is_restricted
from duecare.errors import CannotAnswer, WrongUsage
from duecare.web import errors
from duecare.web.api.answers import PROGRAMS, fault

OPEN: Literal["open"] = "open"
"""Need of a page that everybody may see, also without signing in."""
SIGNED_IN: Literal["signed in"] = "signed in"
"""Need of a page that every person has for themselves, whatever their roles (their account)."""

Wanted = Need | Literal["open", "signed in"]
View = Callable[..., HttpResponse]
SAFE = frozenset({"GET", "HEAD"})
Kept = TypeVar("Kept", bound=Model)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation: in which group (``navigation.GROUPS``), its message id, its place in the group."""

    group: str
    text: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class Route:
    """One address: what it needs to be read and to be written to, and the kind of object that its address names."""

    path: str
    name: str
    view: View
    need: Wanted
    writes: Wanted | None
    objects: str | None
    methods: tuple[str, ...]
    restricted: bool
    nav: tuple[Entry, ...] = field(default=())

    def needed_for(self, method: str) -> Wanted:
        """What a request with this method needs."""
        return self.need if method in SAFE or self.writes is None else self.writes


ROUTES: dict[str, Route] = {}
"""Every registered route by its name, API endpoints too."""


def page(
    address: str,
    name: str,
    need: Wanted,
    objects: str | None = None,
    methods: tuple[str, ...] = ("GET",),
    *,
    restricted: bool | None = None,
    writes: Wanted | None = None,
    nav: Entry | Iterable[Entry] = (),
) -> Callable[[View], View]:
    """Register a page. ``address`` is a Django path such as ``contracts/<str:key>``, ``name`` what ``url()`` knows it by.

    ``writes`` is what other methods than GET need; by itself the same class with the act ``write``. ``restricted``: each
    reading is written into the audit log before the answer; by itself so for the restricted classes of ``access.yaml``.
    ``objects`` names the kind of object in the address. ``nav``: where the page stands in the navigation.
    Raises ``ValueError`` for a name that is taken.
    """
    entries = (nav,) if isinstance(nav, Entry) else tuple(nav)

    def register(view: View) -> View:
        kept = not isinstance(need, str) and is_restricted(need.data_class) if restricted is None else restricted
        add(Route(address, name, view, need, writes or _written(need, methods), objects, methods, kept, entries))
        return view

    return register


def _written(need: Wanted, methods: tuple[str, ...]) -> Wanted | None:
    if set(methods) <= SAFE:
        return None
    return need if isinstance(need, str) else Need(need.data_class, "write")


def add(route: Route) -> None:
    """Put a route into the registry; raises ``ValueError`` for a name that is taken by another view."""
    taken = ROUTES.get(route.name)
    if taken is not None and taken.view is not route.view:
        raise ValueError(f"Two routes are called {route.name!r}: {taken.path!r} and {route.path!r}.")
    ROUTES[route.name] = route


def patterns(routes: Iterable[Route] | None = None) -> list[URLPattern]:
    """Django's patterns of the registered routes, each behind the check."""
    return [path(route.path, checked(route), name=route.name) for route in (routes or ROUTES.values())]


def checked(route: Route) -> View:
    """The view of a route behind the one check."""

    @wraps(route.view)
    def answer(request: HttpRequest, **given: Any) -> HttpResponse:
        request.route = route  # type: ignore[attr-defined]
        refused = refusal(request, route)
        if refused is not None:
            return refused
        if any("\0" in part for part in given.values() if isinstance(part, str)):
            raise Http404  # no database keeps such a text, so nothing has that name
        if holds_zero(request, route):
            return errors.bad(request)
        try:
            if route.restricted and request.method in SAFE:
                record(request, route, given)
            return route.view(request, **given)
        except (NotAllowed, CannotAnswer, WrongUsage) as why:
            return errors.said(request, why)

    return answer


def holds_zero(request: HttpRequest, route: Route) -> bool:
    """Whether a field of a sent form holds a zero byte; what receives files or JSON itself looks at that itself."""
    if request.method in SAFE or getattr(route.view, "csrf_exempt", False):
        return False
    return any("\0" in text for _, texts in request.POST.lists() for text in texts)


def refusal(request: HttpRequest, route: Route) -> HttpResponse | None:
    """The answer to somebody who may not: 405, the way to sign in, or 403 (raised); nothing where they may."""
    if request.method not in route.methods and not (request.method == "HEAD" and "GET" in route.methods):
        return _wrong_method(request, route)
    need = route.needed_for(request.method)
    if need == OPEN:
        return None
    if request.person is None:  # type: ignore[attr-defined]
        return to_sign_in(request)
    if not isinstance(need, str) and not reaches(request, need):
        raise PermissionDenied
    return None


def _wrong_method(request: HttpRequest, route: Route) -> HttpResponse:
    plain = HttpResponseNotAllowed(route.methods)
    if request.path.startswith(PROGRAMS):
        answer = fault(405)
        answer["Allow"] = plain["Allow"]
        return answer
    return plain


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody to the sign-in page, and back afterwards where they only wanted to read; a program gets 401."""
    if request.path.startswith(PROGRAMS):
        return fault(401)
    target = resolve_url("local-start" if settings.DUECARE_DOOR.one_user else "account_login")
    if request.method in SAFE:
        target += "?" + urlencode({"next": request.get_full_path()})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def reaches(request: HttpRequest, need: Need) -> bool:
    """Whether the person has this need in any office at all."""
    return request.reach.may_somewhere(need)  # type: ignore[attr-defined,no-any-return]


def record(request: HttpRequest, route: Route, given: dict[str, Any]) -> None:
    """Write a restricted reading into the audit log; a log that cannot be written refuses the answer."""
    named = str(next(iter(given.values()), ""))[:64]
    audit.record_read(request.actor, route.name, kind=route.objects or "", object_id=named)  # type: ignore[attr-defined]


def within(request: HttpRequest, structure: str | None, need: Need | None = None) -> None:
    """Answer 404 unless the person reaches this office (none: the whole organisation) with the need of this request."""
    wanted = need or request.route.needed_for(request.method)  # type: ignore[attr-defined]
    if not isinstance(wanted, str) and not request.reach.may(wanted, structure):  # type: ignore[attr-defined]
        raise Http404


def found(kind: type[Kept], request: HttpRequest, oid: str, need: Need | None = None) -> Kept:
    """The object with this id; one out of reach answers exactly like a missing one.

    ``need`` is by itself what the route needs for this method. Its office is ``structure``, or that of its contract.
    """
    from duecare.casebook.models.kept import OID_CHARACTERS

    if len(oid) != OID_CHARACTERS:
        raise Http404
    thing = kind.objects.filter(pk=oid).first()
    if thing is None:
        raise Http404
    within(request, office_of(thing), need)
    return thing


def office_of(thing: Model) -> str | None:
    """The office that an object of the record belongs to; nothing where it belongs to the whole organisation."""
    if hasattr(thing, "structure_id"):
        return thing.structure_id  # type: ignore[no-any-return]
    contract = getattr(thing, "contract", None)
    return None if contract is None else office_of(contract)
