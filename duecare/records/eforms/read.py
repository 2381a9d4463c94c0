"""Read one eForms notice: its head, buyer, lots and results, each by its business term (BT), into a ``Notice``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

from duecare.records.eforms.elements import unknown_elements
from duecare.records.eforms.kinds import check, kind_of, remarks, subtype
from duecare.records.eforms.lots import category, deadlines, lot_of_procedure, lots_of
from duecare.records.eforms.parties import buyer_of, joint_buyers_of, organisations
from duecare.records.eforms.results import Results, results_of
from duecare.records.eforms.ubl import (
    AGGREGATE,
    BASIC,
    EFORMS_AGGREGATE,
    EFORMS_BASIC,
    ID,
    Element,
    Faults,
    code,
    day,
    each,
    extended,
    first,
    listed,
    texts,
    told,
    withheld,
)
from duecare.records.notices.notice import COMPETITION, CORRECTION, MODIFICATION, RESULT, Lot, Notice
from duecare.records.notices.text import language_code

_PROCESS = f"{AGGREGATE}TenderingProcess"
_REASON = (f"{AGGREGATE}ProcessJustification", f"{BASIC}ProcessReasonCode")
_MOST_NAMED = 20
_CHANGED = f"{EFORMS_BASIC}ChangedNoticeIdentifier"
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = re.compile(r"(\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
# BT-105 in the words of OCDS. What is called "other" stays as published: nothing says how open it was.
_METHODS = {
    "open": "open",
    "restricted": "selective",
    "neg-w-call": "selective",
    "comp-dial": "selective",
    "innovation": "selective",
    "neg-wo-call": "limited",
}


def read_eforms(root: Element) -> Notice:
    """The notice below an lxml root element; what makes it unreadable is in ``faults``, nothing is raised.

    Source: eForms SDK 1.3-1.15 (https://docs.ted.europa.eu/eforms/), fields by their BT and OPT numbers.
    """
    faults: Faults = []
    kind = kind_of(root, faults)
    check(root, kind, faults)
    known = organisations(root)
    changed = _named(root, "Changes")
    buyer, buyer_type, activity = buyer_of(root, known)
    issued = day(first(root, f"{BASIC}IssueDate"), faults)
    notice_id = code(root, ID)
    ends = deadlines(root, faults) if kind == COMPETITION else []
    project, process = first(root, f"{AGGREGATE}ProcurementProject"), first(root, _PROCESS)
    lots = _lots(root, kind, results_of(root, known, faults), faults)
    return Notice(
        source="eforms",
        id=_versioned(notice_id, code(root, f"{BASIC}VersionID")),
        procedure=code(root, f"{BASIC}ContractFolderID") or notice_id,
        version=_moment(issued, code(root, f"{BASIC}IssueTime")),
        kind=kind,
        form=subtype(root),
        language=language_code(code(root, f"{BASIC}NoticeLanguageCode")),
        buyer=buyer,
        buyer_type=buyer_type,
        buyer_activity=activity,
        procurement_category=category(project),
        procurement_method=_method(process),
        is_accelerated=_is_accelerated(process),
        bid_days=_shortest(issued, ends),
        titles=texts(project, f"{BASIC}Name"),
        descriptions=texts(project, f"{BASIC}Description"),
        lots=tuple(lots),
        replaces=() if kind == CORRECTION else changed,
        corrects=changed if kind == CORRECTION else (),
        continues=_continues(root, process, kind),
        faults=tuple(dict.fromkeys(faults)),
        publication=_publication_number(root),
        notes=(*remarks(root), *_unread(root)),
        joint_buyers=joint_buyers_of(root, known),
        dispatched=issued if kind == COMPETITION else "",
        deadline=min(ends, default=""),
    )


def _unread(root: Element) -> tuple[str, ...]:
    """What nobody decided about yet is said and not dropped in silence."""
    unknown = unknown_elements(root)
    if not unknown:
        return ()
    return (f"Elements that are not known were not read: {', '.join(unknown[:_MOST_NAMED])}.",)


def _publication_number(root: Element) -> str:
    """Number in the Official Journal (OPP-010, such as ``00559670-2025``), "" where the notice does not carry it."""
    return told(extended(root), f"{EFORMS_AGGREGATE}Publication", f"{EFORMS_BASIC}NoticePublicationID")


def _lots(root: Element, kind: str, results: Results, faults: Faults) -> list[Lot]:
    """Lots with their awards; a notice of a procedure that describes no lot has nothing to say (BT-137).

    A change that cancels the notice (BT-140) repeats the lots that are no longer bought: it replaces them by none.
    """
    lots = lots_of(root, faults)
    described = {lot.id for lot in lots}
    if "" in results.awards and len(lots) == 1:
        results.awards.setdefault(lots[0].id, []).extend(results.awards.pop(""))
    lots += [lot_of_procedure(root, one) for one in results.awards if one not in described]
    if _is_cancelled(root):
        return []
    if not lots and kind in (COMPETITION, RESULT, MODIFICATION):
        faults.append(("MISSING_FIELD", "ProcurementProjectLot", "", "The notice describes no lot (BT-137)."))
    return [_with_results(lot, results) for lot in lots]


def _is_cancelled(root: Element) -> bool:
    changes = first(extended(root), f"{EFORMS_AGGREGATE}Changes")
    return code(changes, f"{EFORMS_AGGREGATE}ChangeReason", f"{BASIC}ReasonCode") == "cancel"


def _with_results(lot: Lot, results: Results) -> Lot:
    ceiling = results.ceilings.get(lot.id)
    if ceiling and not lot.estimated_amount:
        lot = replace(lot, estimated_amount=ceiling[0], currency=ceiling[1])
    return replace(lot, awards=tuple(results.awards.get(lot.id, ())))


def _method(process: Element | None) -> str:
    published = code(process, f"{BASIC}ProcedureCode")
    if "pro-typ" in withheld(extended(process)):
        return ""
    return _METHODS.get(published, published)


def _is_accelerated(process: Element | None) -> bool:
    """BT-106."""
    if process is None or "pro-acc" in withheld(extended(process)):
        return False
    return "true" in listed(process, "accelerated-procedure", *_REASON)


def _shortest(issued: str, ends: list[str]) -> str:
    """Days from dispatch (BT-05) to the earliest deadline; the shortest time is the one that matters for the risk."""
    if not issued or not ends:
        return ""
    days = min(date.fromisoformat(end).toordinal() for end in ends) - date.fromisoformat(issued).toordinal()
    return str(days) if days >= 0 else ""


def _versioned(notice_id: str, version: str) -> str:
    """BT-701 as other notices name it: with the version (BT-757) where it is a UUID, ``da4d46e9-...-01``."""
    return f"{notice_id}-{version}" if version and _UUID.fullmatch(notice_id) else notice_id


def _moment(issued: str, time: str) -> str:
    """BT-05 in UTC, so that the texts sort by time; without a zone it counts as UTC, without a time it is a date."""
    found = _TIME.fullmatch(time)
    if not issued or found is None:
        return issued
    try:
        moment = datetime.fromisoformat(f"{issued}T{found[1]}{found[2] or 'Z'}")
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return issued


def _named(root: Element, group: str) -> tuple[str, ...]:
    """Notices that a change (BT-758) or a modification (BT-1501) names."""
    found = (told(one, _CHANGED) for one in each(extended(root), f"{EFORMS_AGGREGATE}{group}"))
    return tuple(dict.fromkeys(one for one in found if one))


def _continues(root: Element, process: Element | None, kind: str) -> str:
    """The notice whose contract is modified, else the earlier notice of the procedure (OPP-090, BT-125)."""
    if kind == MODIFICATION and (changed := _named(root, "ContractModification")):
        return changed[0]
    return told(process, f"{AGGREGATE}NoticeDocumentReference", ID)
