"""Which kind of notice it is, which edition of eForms it follows, and what must be there for it to be read at all."""

from __future__ import annotations

import re

from duecare.records.eforms.ubl import (
    AGGREGATE,
    BASIC,
    EFORMS_AGGREGATE,
    ID,
    Element,
    Faults,
    code,
    extended,
    first,
)
from duecare.records.notices.notice import COMPETITION, CORRECTION, MODIFICATION, OTHER, PLANNING, RESULT

LAST_MINOR = 15
"""The newest minor edition of SDK 1 that this reader was checked against; later ones are read with a remark."""
_SDK = re.compile(r"eforms-sdk-(\d{1,3})\.(\d{1,3})(?:\.\d+)?(?:#.*)?")
_NATIONAL = re.compile(r"eforms-[a-z]{2}-\d{1,3}(?:\.\d{1,3}){0,2}(?:#.*)?")
"""A nation's own tailoring, such as eforms-de-1.1: the same fields with more of them required."""

# BT-02 notice type. A notice in the competition for a social service or a design contest is a competition like another;
# the voluntary ex-ante transparency notice names the chosen winner, so that it is a result.
_OF_TYPE: dict[str, str] = {
    **dict.fromkeys(("pin-only", "pin-buyer", "pin-rtl", "pin-tran", "pmc"), PLANNING),
    **dict.fromkeys(("pin-cfc-standard", "pin-cfc-social", "cn-standard", "cn-social", "cn-desg"), COMPETITION),
    **dict.fromkeys(("qu-sy", "subco"), COMPETITION),
    **dict.fromkeys(("can-standard", "can-social", "can-desg", "can-tran", "veat"), RESULT),
    **dict.fromkeys(("can-modif", "compl"), MODIFICATION),
    **dict.fromkeys(("brin-ecs", "brin-eeig"), OTHER),
}
# OPP-070 notice subtype, for notices whose type only says that they change another (``corr`` of the first editions).
_OF_SUBTYPE: dict[str, str] = {
    **dict.fromkeys((*map(str, range(1, 10)), "T01", "E1", "E2"), PLANNING),
    **dict.fromkeys((*map(str, range(10, 25)), "CEI", "E3"), COMPETITION),
    **dict.fromkeys((*map(str, range(25, 38)), "T02", "E4"), RESULT),
    **dict.fromkeys(("38", "39", "40", "E5", "E6"), MODIFICATION),
    **dict.fromkeys(("X01", "X02"), OTHER),
}
_CORRECTION = "corr"
_NEEDS_PROCEDURE = (COMPETITION, RESULT, MODIFICATION)
"""Planning notices come before a procedure exists and have no BT-04."""


def subtype(root: Element) -> str:
    """OPP-070, such as ``29``; a nation's own variant of it (``N29``) counts as the same."""
    found = code(extended(root), f"{EFORMS_AGGREGATE}NoticeSubType", f"{BASIC}SubTypeCode")
    return found[1:] if found[:1] == "N" and found[1:].isdigit() else found


def kind_of(root: Element, faults: Faults) -> str:
    """Planning, competition, result, modification or other; an unknown type is a fault and not a guess."""
    type_code = code(root, f"{BASIC}NoticeTypeCode")
    found = _OF_SUBTYPE.get(subtype(root)) if type_code == _CORRECTION else _OF_TYPE.get(type_code)
    if found is None:
        detail = "This notice type (BT-02) is not known, so that it is uncertain what the notice does."
        faults.append(("UNKNOWN_FORMAT", "NoticeTypeCode", type_code[:200], detail))
        return OTHER
    return CORRECTION if found in _NEEDS_PROCEDURE and _only_says_what_changes(root) else found


def check(root: Element, kind: str, faults: Faults) -> None:
    """Add a fault for each thing without which a notice cannot be told from others or has nothing to say."""
    _check_edition(root, faults)
    required = [("ID", ID, "BT-701 identifies the notice.")]
    if kind in _NEEDS_PROCEDURE:
        required.append(
            ("ContractFolderID", f"{BASIC}ContractFolderID", "BT-04 ties the notices of a procedure together.")
        )
    for field, tag, detail in required:
        if not code(root, tag):
            faults.append(("MISSING_FIELD", field, "", detail))


def remarks(root: Element) -> tuple[str, ...]:
    """What a person should know about the edition of a notice that was read."""
    text = code(root, f"{BASIC}CustomizationID")
    if _NATIONAL.fullmatch(text):
        return (f"The national edition {text} of eForms is read by the rules of SDK 1.{LAST_MINOR}.",)
    found = _SDK.fullmatch(text)
    if found is None or int(found[1]) != 1 or int(found[2]) <= LAST_MINOR:
        return ()
    return (
        f"eForms SDK 1.{found[2]} is newer than 1.{LAST_MINOR}, the last one checked; read by the rules of that one.",
    )


def _only_says_what_changes(root: Element) -> bool:
    """A change (BT-758) of a notice that it does not repeat, as national portals make of older corrigenda."""
    has_change = first(extended(root), f"{EFORMS_AGGREGATE}Changes") is not None
    return has_change and first(root, f"{AGGREGATE}ProcurementProjectLot") is None


def _check_edition(root: Element, faults: Faults) -> None:
    text = code(root, f"{BASIC}CustomizationID")
    found = _SDK.fullmatch(text)
    if not text:
        faults.append(("MISSING_FIELD", "CustomizationID", "", "It names the edition of eForms (OPT-002)."))
    elif not _NATIONAL.fullmatch(text) and (found is None or int(found[1]) != 1):
        detail = (
            "Read are the editions of eForms SDK 1, such as eforms-sdk-1.13, and national ones, such as eforms-de-1.1."
        )
        faults.append(("UNKNOWN_FORMAT", "CustomizationID", text[:200], detail))
