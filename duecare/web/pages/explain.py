"""Every number of a finding with what it is made of: stages, groups, factors, the formula, and each source with its link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duecare.casebook.acts import decisions
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.reading_room import Room
from duecare.web.findings import Cited, Seen, cited
from duecare.web.room import READ, found_line, offices_of
from duecare.web.routes import page

BASES = {
    "prior": msgid("not known: prior of the category"),
    "listed": msgid("public list"),
    "somewhere": msgid("listed for some origin, this one unknown"),
    "unlisted": msgid("origin not on the list (level 0 for the list only)"),
    "observed": msgid("own observation"),
    "declared": msgid("declared in the notice or contract"),
    "fact": msgid("published source"),
    "override": msgid("value of local experts"),
}
BECAUSE = {
    "band": msgid("because of the likelihood"),
    "confidence": msgid("one step more, because little is known"),
    "blanks": msgid("at least heightened, because what would decide it was left blank"),
}
FLOORS = {
    "F1": msgid("A public list calls this category very high risk: not below high."),
    "F2": msgid("The country is at the end of the scale: not below moderate."),
    "F3": msgid("Forced labour imposed by a state: very high."),
    "F4": msgid("A case is open at this site: very high until it is resolved."),
    "U": msgid("What was bought is not known: not below high."),
}
SCENARIOS = {
    "H1": msgid("wages and hours"),
    "H2": msgid("forced labour and trafficking"),
    "H3": msgid("child labour"),
    "H4": msgid("death, injury or illness"),
    "H5": msgid("violence and harassment"),
    "H6": msgid("no freedom of association"),
}


@dataclass(frozen=True)
class Formula:
    """The likelihood of a stage written out: ``worst`` and ``mean`` are texts of numbers."""

    worst: str
    mean: str
    worst_share: float
    mean_share: float


@page("contracts/<str:line_id>/explain", "contract-explain", READ, objects="line")
def explain(request: HttpRequest, line_id: str) -> HttpResponse:
    """The whole arithmetic of one line."""
    room, item = found_line(request, line_id)
    if decisions.waiting(request.actor, [line_id], room.id):
        return redirect("contract", line_id=line_id)
    explained = room.explained(offices_of(request), line_id)
    if explained is None:
        raise Http404
    tr: Translator = request.tr  # type: ignore[attr-defined]
    numbers = {fact: number for number, fact in enumerate(explained["sources"], start=1)}
    context = {
        "seen": Seen(item, room, tr),
        "explained": explained,
        "numbers": numbers,
        "sources": by_source(numbers, room),
        "formulas": [formula_of(stage, room) for stage in explained["stages_explained"]],
        "method": room.method,
        "room": room,
        "bases": BASES,
        "because": BECAUSE,
        "floors": FLOORS,
        "scenarios": SCENARIOS,
        "group_names": words.GROUPS,
    }
    return render(request, "explain.html", context)


def by_source(numbers: Mapping[str, int], room: Room) -> list[tuple[Cited, list[tuple[int, str, str]]]]:
    """Each source once, with (number, fact, place in the source) of what it says here."""
    found: dict[Cited, list[tuple[int, str, str]]] = {}
    for fact, number in numbers.items():
        source = cited(room.facts[fact])
        found.setdefault(replace(source, locator="", day=None), []).append((number, fact, source.locator))
    first = {key: room.facts[places[0][1]].valid_from for key, places in found.items()}
    return [(replace(key, day=first[key]), places) for key, places in found.items()]


def formula_of(stage: Mapping[str, Any], room: Room) -> Formula:
    """The stored numbers of a stage as the formula of METHOD 1.5 has them, with two decimals so that they can be checked."""
    weights, share = room.method.likelihood.weights, room.method.likelihood.worst_share
    level = {group["group"]: group["value"] for group in stage["groups"]}
    worst = ", ".join(f"{name} {level[name]:.2f}" for name in ("P", "X", "W", "B") if level.get(name) is not None)
    mean = " + ".join(f"{weights[name]:.2f} × {level[name]:.2f}" for name in ("P", "G", "W", "B", "Q"))
    return Formula(worst, mean, share, round(1 - share, 10))
