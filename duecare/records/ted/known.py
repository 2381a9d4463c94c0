"""Which elements of TED are used and which are not, by name, so that nothing a notice says goes unnoticed."""

from __future__ import annotations

from duecare.records.ted.tree import Element


def unknown_elements(root: Element) -> tuple[str, ...]:
    """Names of elements that are neither used nor listed as not used, sorted; empty for a notice that is fully known."""
    return tuple(sorted({element.tag for element in root.iter("never")}))
