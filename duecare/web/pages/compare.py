"""Two runs compared: which lines changed in likelihood, care or priority and why, which are new and which are gone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from markupsafe import Markup

from duecare import cycle
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.communicate.reading_room import EVERYTHING, Offices, reached
from duecare.register.runs import about_run
from duecare.register.store import Register
from duecare.web.room import READ, engine_settings, offices_of, room_of
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, Table, table

MOST_KEPT = 4
"""Comparisons kept in memory: runs never change, so a comparison never does."""
MOST_RUNS = 60


@page("compare", "compare", READ, nav=Entry("ask", msgid("What has changed since the last assessment?"), 40))
def compare(request: HttpRequest) -> HttpResponse:
    """The two newest runs, or the two that are asked for."""
    runs = known_runs()
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if len(runs) < 2:
        return render(request, "compare.html", {"runs": runs, "found": None})
    before, after = before or runs[1][0], after or runs[0][0]
    ids = {run for run, _ in runs}
    if before not in ids or after not in ids:
        raise Http404
    found = within(difference(before, after), offices_of(request), before, after)
    tables = tables_of(request, found)
    context = {"runs": runs, "found": found, "before": before, "after": after, "tables": tables}
    return next((one.download for one in tables if one.download), None) or render(request, "compare.html", context)


def known_runs() -> list[tuple[str, date]]:
    """(id, day) of the runs of this home, the newest first."""
    folder: Path = settings.DUECARE_HOME.register
    if not (folder / "register.json").is_file():
        return []
    runs = Register.existing(folder).runs()[-MOST_RUNS:]
    return [(run.name, date.fromisoformat(about_run(run)["as_of"])) for run in reversed(runs)]


_KEPT: OrderedDict[tuple[Path, str, str], dict[str, Any]] = OrderedDict()
_LOCK = Lock()


def difference(before: str, after: str) -> dict[str, Any]:
    """What ``cycle.diff`` says of two runs, worked out once; one at a time, because each holds both runs."""
    folder: Path = settings.DUECARE_HOME.register.resolve()
    key = (folder, before, after)
    with _LOCK:
        if key not in _KEPT:
            _KEPT[key] = cycle.diff(folder, engine_settings(), before, after)
            if len(_KEPT) > MOST_KEPT:
                _KEPT.popitem(last=False)
        return _KEPT[key]


def within(found: Mapping[str, Any], offices: Offices, before: str, after: str) -> dict[str, Any]:
    """The same for the lines that somebody reaches, with the office of each."""
    folder: Path = settings.DUECARE_HOME.register / "runs"
    there = {run: reached(folder / run, engine_settings(), offices) for run in (before, after)}
    office = there[before] | there[after]
    parts = {
        name: [row | {"office": office[row["line_id"]]} for row in found[name] if row["line_id"] in office]
        for name in ("changed", "new", "vanished")
    }
    both = sum(1 for line in there[before] if line in there[after])
    bands = sum(1 for row in parts["changed"] if row["band_before"] != row["band"])
    return {**parts, "both": both, "bands_changed": bands, "whole": offices is EVERYTHING}


def tables_of(request: HttpRequest, found: Mapping[str, Any]) -> list[Table]:
    """A table for what changed, what is new and what is gone."""
    room = room_of(request)
    there = (
        set(room.lines(offices_of(request), [row["line_id"] for name in ("changed", "new") for row in found[name]]))
        if room
        else set()
    )

    def title(row: Mapping[str, Any], tr: Translator) -> Markup | str:
        text = row["title"] or tr.t("Line without a title")
        linked = row["line_id"] in there
        return (
            Markup('<a href="{}">{}</a>').format(reverse("contract", kwargs={"line_id": row["line_id"]}), text)
            if linked
            else text
        )

    contract = Column("title", msgid("Contract"), show=title)
    office = Column("office", msgid("Office"), facet=True)
    band = Column("band", msgid("Likelihood"), show=_band, name=_band_name, facet=True)
    changed = (contract, Column("moved", msgid("Likelihood"), value=_moved_value, show=_moved), *MOVED, office)
    captions = {
        "changed": msgid("Changed"),
        "new": msgid("New in the later assessment"),
        "vanished": msgid("No longer in the later assessment"),
    }
    columns = {"changed": changed, "new": (contract, band, office), "vanished": (contract, band, office)}
    return [
        table(request, columns[name], found[name], caption=captions[name], name=name, per_page=20) for name in captions
    ]


def _band_name(value: Any, tr: Translator) -> str:
    return tr.t(words.BANDS[value]) if value in words.BANDS else str(value)


def _badge(code: str, tr: Translator) -> Markup:
    return Markup('<span class="band {}">{}</span>').format(code, tr.t(words.BANDS[code]))


def _band(row: Mapping[str, Any], tr: Translator) -> Markup:
    return _badge(row["band"], tr)


def _moved_value(row: Mapping[str, Any]) -> float:
    return float(row["L"] - row["L_before"])


def _moved(row: Mapping[str, Any], tr: Translator) -> Markup:
    before = Markup("{} {}").format(_badge(row["band_before"], tr), tr.level(row["L_before"]))
    after = Markup("{} {}").format(_badge(row["band"], tr), tr.level(row["L"]))
    return Markup('{} <span aria-hidden="true">→</span><span class="visually-hidden">{}</span> {}').format(
        before, tr.t("now"), after
    )


def _care(row: Mapping[str, Any], tr: Translator) -> str:
    before, after = tr.t(words.DILIGENCE[row["ddl_before"]]), tr.t(words.DILIGENCE[row["ddl"]])
    return after if before == after else f"{before} → {after}"


def _why(row: Mapping[str, Any], tr: Translator) -> Markup:
    return Markup('<span class="causes">{}</span>').format(" ".join(tr.say(cause) for cause in row["why"]))


MOVED = (
    Column("care", msgid("Care"), value=lambda row: row["ddl"], show=_care),
    Column(
        "why",
        msgid("Why"),
        value=lambda row: " ".join(cause["sentence"] for cause in row["why"]),
        show=_why,
        sort=False,
    ),
    Column("band", msgid("Likelihood now"), name=_band_name, facet=True, shown=False),
    Column("band_before", msgid("Likelihood before"), name=_band_name, facet=True, shown=False),
    Column("L_before", msgid("Level before"), numeric=True, shown=False),
    Column("L", msgid("Level now"), numeric=True, shown=False),
    Column("line_id", msgid("Line"), shown=False),
)
