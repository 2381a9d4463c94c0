"""What a corrigendum (F14) or a modification of a contract (F20) changes, where the notice says it in numbers and codes.

Changed texts are left out: corrigenda repeat meeting points, names and e-mail addresses in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from duecare.records.ted.objects import codes_of
from duecare.records.ted.tree import Element, Faults, amount, as_written, currency, day, each, first, has, name_of, told

DATE, CPV, AMOUNT, TEXT = "date", "cpv", "amount", "text"


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
