"""Every route asked by every role: in the thing's own office, in another one, in the whole organisation, and by nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from whole_world import MARKS, World

TABLE = Path(__file__).with_name("access_table.tsv")
HEAD = ("route", "method", "objects", "need", "nobody")
LEAVES_OUT = {"end-sessions", "account_logout"}
"""Writing to these ends the session that asks."""
BODIES: dict[str, Any] = {
    "PUT api-actions-oid": {
        "title": "x",
        "objective": "OBJ1",
        "owner_role": "PO",
        "start": "2026-01-01",
        "due": "2026-02-01",
        "version": 999,
    },
    "PUT api-engagements-oid": {
        "supplier": "x",
        "kind": "meeting",
        "planned": "2026-01-01",
        "topic": "x",
        "version": 999,
    },
    "PUT api-trainings-oid": {
        "module": "TR1",
        "title": "x",
        "held": "2026-01-01",
        "hours": 1,
        "reached": {"PO": 1},
        "version": 999,
    },
    "PUT api-contracts-oid-people": {},
    "POST api-contracts-oid-links": {"kind": "dance", "text": "none"},
    "POST api-links-oid-events": {"state": "dance"},
    "POST api-findings-line-estimate": {},
    "POST api-findings-line-decisions": {"kind": "dance", "what": "none", "why": "none"},
    "POST api-overrides-oid-words": {"role": "XX", "agrees": True},
    "POST api-overrides-oid-withdrawal": {"reason": "no"},
    "POST api-reratings-oid": {"role": "XX", "value": 1, "reason": "none at all"},
    "POST api-workshops-oid-items": {"lines": ["nothing"]},
    "POST api-workshop-items-oid-ratings": {"role": "XX", "value": 1},
    "POST api-workshop-items-oid-reveal": {},
    "PUT api-structures-oid": {"name": "Office North", "country": "RS", "capacity": 0},
    "PUT api-people-oid": {"is_active": True},
    "PUT api-assignments-oid": {"until": "2030-01-01"},
    "POST api-uploads-oid-take-in": {"defaults": {"nothing": "none"}},
    "POST api-proposals-oid": {"agrees": False},
    "POST api-reviews-key": {"verb": "accept"},
    "POST api-quarantine-sha256-code": {"verdict": "dance"},
}
"""Bodies of the right shape whose content is refused, so that nothing changes and yet the thing must be reached."""


@dataclass(frozen=True, slots=True)
class Row:
    """The answers to one method of a route: by role in the own office, in another one, everywhere; and to nobody."""

    route: str
    method: str
    objects: str
    need: str
    nobody: int
    by_role: dict[str, tuple[int, ...]]


def load_routes() -> dict[str, Any]:
    """All routes as a server has them."""
    import_module("duecare.web.urls")
    from duecare.web.routes import ROUTES

    return ROUTES


@contextmanager
def quiet() -> Iterator[None]:
    """Nobody is drawn to estimate first (it depends on ids made by chance), and thousands of refusals fill no log."""
    from duecare.casebook.acts import decisions

    said = logging.getLogger("django.request")
    before, said.disabled = said.disabled, True
    try:
        with mock.patch.object(decisions, "is_asked", return_value=False):
            yield
    finally:
        said.disabled = before


def walk(world: World) -> list[Row]:
    """Ask everything; reading first, so that writing changes no answer to it."""
    with quiet():
        return _walked(world)


def _walked(world: World) -> list[Row]:
    from django.test import Client

    from duecare.casebook.access import roles

    clients = {(role, where): world.client(role, where) for role in roles() for where in ("north", "all")}
    nobody = Client()
    found = []
    for route, method in asked():
        named = address_parts(route, world)
        by_role = {role: tuple(_answers(route, method, named, clients, role)) for role in roles()}
        found.append(
            Row(
                route.name,
                method,
                route.objects or "",
                need_of(route, method),
                ask(nobody, route, method, named["north"]),
                by_role,
            )
        )
    return found


def asked() -> list[tuple[Any, str]]:
    """(route, method) of everything, in a fixed order: reading before writing."""
    every = [(route, method) for route in load_routes().values() for method in route.methods]
    every = [(route, method) for route, method in every if not (route.name in LEAVES_OUT and method != "GET")]
    return sorted(every, key=lambda pair: (pair[1] != "GET", pair[0].name, pair[1]))


def need_of(route: Any, method: str) -> str:
    need = route.needed_for(method)
    return need if isinstance(need, str) else f"{need.data_class} {need.act}"


def _answers(route: Any, method: str, named: dict[str, dict[str, str]], clients: Any, role: str) -> Iterator[int]:
    yield ask(clients[role, "north"], route, method, named["north"])
    if named["north"] != named["south"]:
        yield ask(clients[role, "north"], route, method, named["south"])
    yield ask(clients[role, "all"], route, method, named["south"])


def address_parts(route: Any, world: World) -> dict[str, dict[str, str]]:
    """What the address of a route names, for a thing of the north and one of the south."""
    parts = [part.strip("<>").split(":")[-1] for part in route.path.split("/") if part.startswith("<")]
    return {office: {part: _part(part, route, world, office) for part in parts} for office in MARKS}


def _part(part: str, route: Any, world: World, office: str) -> str:
    if part in ("line", "line_id"):
        return world.ids["line"][office]
    kind = PARTS.get((route.name, part), KINDS.get(route.objects, route.objects))
    if part in ("oid", "item") and kind in world.ids:
        return world.ids[kind][office]
    if part in FIXED:
        return FIXED[part]
    raise KeyError(f"{route.name}: what is {part} of kind {kind}? Teach tests/web/access_walk.py to make one.")


FIXED = {
    "name": "report.html",
    "file": "report.html",
    "number": "0",
    "token": "none",
    "code": "AMOUNT",
    "before": "0" * 32,
    "after": "0" * 32,
    "sha256": "0" * 64,
    "key": "0" * 12,
    "provider_id": "organisation",
}
"""Parts of an address that name nothing of an office."""
PARTS = {("contract-event", "oid"): "link"}
KINDS = {"second rating": "case", "office asked about": "structure", "own key": "key"}
"""Parts of an address that name another kind of thing than the route's own."""


def ask(client: Any, route: Any, method: str, named: dict[str, str]) -> int:
    """The status of one request."""
    from django.urls import reverse

    answer = send(client, method, reverse(route.name, kwargs=named), route.name)
    answer.close()
    return int(answer.status_code)


def send(client: Any, method: str, address: str, name: str) -> Any:
    """One request, with a body where a program sends one."""
    call = getattr(client, method.lower())
    if address.startswith("/api/") and method in ("POST", "PUT"):
        return call(address, data=json.dumps(BODIES.get(f"{method} {name}", {})), content_type="application/json")
    return call(address)


# --- written down --------------------------------------------------------------------------------------------------------


def as_tsv(rows: list[Row]) -> str:
    """The table as text: a line for each method of a route."""
    from duecare.casebook.access import roles

    lines = ["\t".join((*HEAD, *roles()))]
    for row in rows:
        cells = ["/".join(str(status) for status in row.by_role[role]) for role in roles()]
        lines.append("\t".join((row.route, row.method, row.objects, row.need, str(row.nobody), *cells)))
    return "\n".join(lines) + "\n"


def as_markdown(rows: list[Row]) -> str:
    """The table to be read, by the first word of the routes' addresses."""
    from duecare.casebook.access import roles

    routes, groups = load_routes(), dict[str, list[Row]]()
    for row in sorted(rows, key=lambda row: (routes[row.route].path, row.method != "GET", row.method)):
        path = routes[row.route].path
        group = f"API: {path.split('/')[2]}" if path.startswith("api/") else f"Pages: {path.split('/')[0] or 'start'}"
        groups.setdefault(group, []).append(row)
    text = []
    for group in sorted(groups):
        text += [f"## {group}", "", f"| request | needs | {' | '.join(roles())} |", f"|---|---|{'---|' * len(roles())}"]
        for row in groups[group]:
            cells = " | ".join(shown(row.by_role[role]) for role in roles())
            text.append(f"| `{row.method} /{routes[row.route].path}` | {row.need} | {cells} |")
        text.append("")
    return "\n".join(text)


def shown(statuses: tuple[int, ...]) -> str:
    """Answers in signs; one where all are the same."""
    signs = [sign(status) for status in statuses]
    return signs[0] if len(set(signs)) == 1 else " ".join(signs)


def sign(status: int) -> str:
    if status in (400, 409, 422):
        return "in"
    return {403: "no", 404: "-"}.get(status, "yes")
