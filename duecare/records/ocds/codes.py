"""Which codes a line's items carry: CPV, UNSPSC, customs codes and others, by the name that a publisher gives the scheme."""

from __future__ import annotations

from duecare.records.ocds.fields import Item
from duecare.records.ocds.values import SCHEMES


def codes_of(items: list[Item]) -> tuple[str, str, str, str]:
    """CPV, UNSPSC, HS and other codes of all items, each once, in their order."""
    found: dict[str, list[str]] = {"cpv": [], "unspsc": [], "hs": []}
    for item in items:
        if (one := item.classification) and one.id:
            _add_code(found, one.scheme, one.id)
        if more := item.additional_classifications:
            for one in more:
                if one.id:
                    _add_code(found, one.scheme, one.id)
    other = "" if len(found) == 3 else " ".join(prefix + code for prefix in [*found][3:] for code in found[prefix])
    return " ".join(found["cpv"]), " ".join(found["unspsc"]), " ".join(found["hs"]), other


def _add_code(found: dict[str, list[str]], scheme: str | None, code: str) -> None:
    """Blanks within a code are taken out."""
    codes = found.setdefault(SCHEMES[scheme or ""], []) if scheme != "CPV" else found["cpv"]
    if code not in codes:
        plain = code if code.isalnum() else "".join(code.split())
        if plain and plain not in codes:
            codes.append(plain)
