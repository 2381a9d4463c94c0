"""Which codes a line's items carry: CPV, UNSPSC, customs codes and others, by the name that a publisher gives the scheme."""

from __future__ import annotations

from duecare.records.ocds.fields import Item
from duecare.records.ocds.values import SCHEMES


def codes_of(items: list[Item]) -> tuple[str, str, str, str]:
    """CPV, UNSPSC, HS and other codes of all items, each once, in their order. Blanks within a code are taken out."""
    cpv: list[str] = []
    unspsc: list[str] = []
    found: dict[str, list[str]] = {"cpv": cpv, "unspsc": unspsc, "hs": []}
    for item in items:
        first, others = item.classification, item.additional_classifications
        for one in (first, *others) if others else (first,):
            if one is None or not (code := one.id):
                continue
            scheme = one.scheme
            if scheme == "CPV":
                codes = cpv
            elif scheme == "UNSPSC":
                codes = unspsc
            else:
                codes = found.setdefault(SCHEMES[scheme or ""], [])
            if code not in codes:
                plain = code if code.isalnum() else "".join(code.split())
                if plain and plain not in codes:
                    codes.append(plain)
    hs = found["hs"]
    other = "" if len(found) == 3 else " ".join(prefix + code for prefix in [*found][3:] for code in found[prefix])
    return " ".join(cpv), " ".join(unspsc), " ".join(hs) if hs else "", other
