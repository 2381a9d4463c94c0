"""Which codes a line's items carry: CPV, UNSPSC, customs codes and others, by the name that a publisher gives the scheme."""

from __future__ import annotations

from duecare.records.ocds.fields import Item
from duecare.records.ocds.values import SCHEMES


def codes_of(items: list[Item]) -> tuple[str, str, str, str]:
    """CPV, UNSPSC, HS and other codes of all items, each once, in their order. Blanks within a code are taken out."""
    found: dict[str, list[str]] = {"cpv": [], "unspsc": [], "hs": []}
    cpv, unspsc = found["cpv"], found["unspsc"]
    for item in items:
        listed = item.additional_classifications
        if one := item.classification:
            listed = [one, *listed] if listed else [one]
        for one in listed or ():
            if code := one.id:
                scheme = one.scheme
                codes = (
                    cpv
                    if scheme == "CPV"
                    else unspsc
                    if scheme == "UNSPSC"
                    else found.setdefault(SCHEMES[scheme or ""], [])
                )
                if code not in codes:
                    plain = code if code.isalnum() else "".join(code.split())
                    if plain and plain not in codes:
                        codes.append(plain)
    other = "" if len(found) == 3 else " ".join(prefix + code for prefix in [*found][3:] for code in found[prefix])
    return " ".join(cpv), " ".join(unspsc), " ".join(found["hs"]), other
