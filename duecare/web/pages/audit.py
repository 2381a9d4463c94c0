"""The audit log for internal audit and data protection: who did or read what; its chain can be proven, its head kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from duecare.casebook import audit
from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.models import AuditEntry, Person, Structure
from duecare.communicate.i18n import Translator, msgid
from duecare.web.routes import Entry, page
from duecare.web.tables import Column, Filters, Order, table

READ = Need("AUDIT", "read")
VIA = {"web": msgid("pages"), "api": msgid("programs"), "cli": msgid("command line"), "job": msgid("long work")}


def columns(names: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns, with people by name."""
    return (
        Column("number", msgid("Entry"), numeric=True),
        Column("at", msgid("When"), value=lambda row: row.at.isoformat(timespec="seconds"), sort=False),
        Column(
            "person",
            msgid("Who"),
            show=lambda row, tr: names.get(row.person, row.person) or tr.t("the machine"),
            name=lambda oid, tr: names.get(oid, oid) or tr.t("the machine"),
            facet=True,
            sort=False,
        ),
        Column("via", msgid("Through"), facet=True, sort=False, show=lambda row, tr: tr.t(VIA[row.via]), name=_way),
        Column("act", msgid("Act"), facet=True, sort=False),
        Column("kind", msgid("What"), facet=True, sort=False),
        Column("object", msgid("About what"), sort=False),
        Column("structure", msgid("Office"), show=lambda row, _tr: names.get(row.structure, row.structure), sort=False),
        Column("detail", msgid("Detail"), value=lambda row: _plain(row.detail), sort=False),
    )


def _way(code: str, tr: Translator) -> str:
    return tr.t(VIA[code])


def _plain(detail: Mapping[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False) if detail else ""


def _names() -> dict[str, str]:
    """People and offices by id."""
    return {one.oid: str(one) for one in (*Person.objects.all(), *Structure.objects.all())}


class Entries:
    """The log as a source of the table: counted and paged by the database, the newest first."""

    def __init__(self, offices: frozenset[str]) -> None:
        self.kept = (
            AuditEntry.objects.all() if EVERYWHERE in offices else AuditEntry.objects.filter(structure__in=offices)
        )

    def _left(self, filters: Filters) -> Any:
        kept = self.kept
        for name, values in filters.items():
            if name == "q":
                kept = kept.filter(object__startswith=" ".join(values)[:64])
            else:
                kept = kept.filter(**{f"{name}__in": values})
        return kept

    def count(self, filters: Filters) -> int:
        """How many entries the filters leave."""
        return int(self._left(filters).count())

    def page(self, filters: Filters, order: Order, start: int, n: int) -> Sequence[Any]:
        """Entries in the order of their numbers, upwards or downwards."""
        direction = "number" if order == ("number", False) else "-number"
        return list(self._left(filters).order_by(direction)[start : start + n])

    def choices(self, _filters: Filters) -> Mapping[str, Sequence[tuple[Any, int | None]]]:
        """The values of each facet."""
        named = ("person", "via", "act", "kind")
        return {
            name: [(value, None) for value in sorted(self.kept.order_by().values_list(name, flat=True).distinct())]
            for name in named
        }


@page("audit", "audit", READ, nav=Entry("record", msgid("Audit log"), 70))
def entries(request: HttpRequest) -> HttpResponse:
    """The entries, the newest first; reading them is an entry itself."""
    shown = table(
        request,
        columns(_names()),
        Entries(request.reach.structures(READ)),
        caption=msgid("Audit log"),
        searches=True,
        order=("number", True),
    )  # type: ignore[attr-defined]
    context = {"table": shown, "head": audit.head()}
    return shown.download or render(request, "audit.html", context)


@page("audit/verify", "audit-verify", READ)
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say whether it holds."""
    return render(request, "audit_verified.html", {"found": audit.verify()})


@page("audit/head", "audit-head", READ)
def head(request: HttpRequest) -> HttpResponse:
    """The last entry's number and digest as a small file, to be kept where nobody of this installation can change it."""
    last = audit.head()
    text = json.dumps(
        {"number": last.number, "digest": last.digest, "at": last.at.isoformat() if last.at else None}, indent=1
    )
    named = f"audit-head-{_day(last.at)}.json"
    return HttpResponse(
        text + "\n", content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{named}"'}
    )


def _day(at: Any) -> str:
    return at.date().isoformat() if at else date.min.isoformat()
