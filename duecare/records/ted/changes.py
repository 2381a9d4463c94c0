"""What a corrigendum (F14) or a modification of a contract (F20) changes, where the notice says it in numbers and codes.

Changed texts are left out, since corrigenda repeat meeting points, names and e-mail addresses in them; but for titles, and
for values where each of the two texts holds one number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from duecare.records.notices.notice import CODES, DEADLINE, PERIOD, TITLE, VALUE, Correction
from duecare.records.ted.forms import Written
from duecare.records.ted.objects import codes_of
from duecare.records.ted.tree import Element, Faults, amount, as_written, currency, day, each, first, has, name_of, told

DATE, CPV, AMOUNT, TEXT = "date", "cpv", "amount", "text"
_PLACES = {
    ("IV.2.2", DATE): (DEADLINE, False),
    ("II.2.7", DATE): (PERIOD, True),
    ("II.1.2", CPV): (CODES, False),
    ("II.2.2", CPV): (CODES, True),
    ("II.1.5", TEXT): (VALUE, False),
    ("II.1.7", TEXT): (VALUE, False),
    ("II.2.6", TEXT): (VALUE, True),
    ("V.2.4", TEXT): (VALUE, True),
    ("II.1.1", TEXT): (TITLE, False),
    ("II.2.1", TEXT): (TITLE, True),
}
"""What a section of the form is in a line, and whether each lot has its own."""
_IN_NO_LINE = frozenset({("IV.2.7", DATE), ("IV.2.6", DATE), ("IV.2.3", DATE)})
"""Days of opening, of validity of tenders and of invitations: no line says them, so nothing in it is out of date."""
_AMOUNTS = re.compile(r"[0-9][0-9 \u00a0.,]*")
_THOUSANDS, _FRACTION = re.compile(r"[.,](?=[0-9]{3}(?:[.,]|$))"), re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``old`` and ``new``: ISO day, CPV codes separated by one space, or amount and currency; empty for texts."""

    section: str
    lot: str
    what: str
    old: str = ""
    new: str = ""


def read_changes(root: Element) -> tuple[Change, ...]:
    """The changes of a notice in the order of publication, none for one that changes nothing."""
    for form in each(root, "FORM_SECTION"):
        for entry in form:
            if name_of(entry) in ("F14_2014", "F20_2014") and entry.get("CATEGORY") == "ORIGINAL":
                return tuple(_corrections(entry) + _modifications(entry, []))
    return ()


def corrections_of(notice: Written) -> tuple[Correction, ...]:
    """What a corrigendum changes, in the words of lines; one that fits none of them for each change that does not."""
    if name_of(notice.original) != "F14_2014":
        return ()
    changes = each(notice.original, "CHANGES", "CHANGE")
    found = [_said(one, change) for change in changes for one in _correction(change) if not _is_in_no_line(one)]
    return tuple(dict.fromkeys(found))


def _said(change: Change, element: Element) -> Correction:
    what, is_of_lot = _PLACES.get((change.section, change.what), ("", False))
    old, new = change.old, change.new
    if what in (TITLE, VALUE):
        old, new = (told(first(element, value, "TEXT")) for value in ("OLD_VALUE", "NEW_VALUE"))
    if what == VALUE:
        old, new = _only_amount(old), _only_amount(new)
    if not what or not new:
        return Correction(lot=change.lot)
    return Correction(what, change.lot, is_of_lot, old, new)


def _only_amount(text: str) -> str:
    """The one number of a text such as "Value excluding VAT: 1 200 000.00 EUR"; three digits after a mark are thousands."""
    found = [one.strip(" \u00a0.,") for one in _AMOUNTS.findall(text)]
    if len(found) != 1:
        return ""
    plain = _THOUSANDS.sub("", re.sub(r"[ \u00a0]", "", found[0])).replace(",", ".")
    return plain if _FRACTION.fullmatch(plain) else ""


def _is_in_no_line(change: Change) -> bool:
    return (change.section, change.what) in _IN_NO_LINE


def value_before_and_after(form: Element) -> tuple[Element | None, Element | None]:
    """Section VII.2.3 of F20: the value of the contract before and after it was modified."""
    modified = first(form, "MODIFICATIONS_CONTRACT", "INFO_MODIFICATIONS")
    values = first(modified, "VALUES")
    values = modified if values is None else values
    return first(values, "VAL_TOTAL_BEFORE"), first(values, "VAL_TOTAL_AFTER")


def _corrections(form: Element) -> list[Change]:
    return [one for change in each(form, "CHANGES", "CHANGE") for one in _correction(change)]


def _correction(change: Element) -> list[Change]:
    where = first(change, "WHERE")
    section, lot = as_written(first(where, "SECTION")).rstrip(")"), told(first(where, "LOT_NO"))
    old, new = first(change, "OLD_VALUE"), first(change, "NEW_VALUE")
    found = []
    if has(old, "DATE") or has(new, "DATE"):
        found.append(Change(section, lot, DATE, day(first(old, "DATE")), day(first(new, "DATE"))))
    if has(old, "CPV_MAIN", "CPV_ADDITIONAL") or has(new, "CPV_MAIN", "CPV_ADDITIONAL"):
        found.append(Change(section, lot, CPV, _cpv(old), _cpv(new)))
    return found or [Change(section, lot, TEXT)]


def _cpv(value: Element | None) -> str:
    return " ".join(dict.fromkeys((*codes_of(value, "CPV_MAIN"), *codes_of(value, "CPV_ADDITIONAL"))))


def _modifications(form: Element, faults: Faults) -> list[Change]:
    before, after = value_before_and_after(form)
    if before is None and after is None:
        return []
    old, new = (f"{amount(one, faults)} {currency(one)}".strip() for one in (before, after))
    return [Change("VII.2.3", told(first(form, "AWARD_CONTRACT", "LOT_NO")), AMOUNT, old, new)]
