"""Reader of the US Department of Labor's findings on child labour: number of labour inspectors and whether it is enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.untrusted import read_xml

COLUMNS = ("country", "inspectors", "meets_advice", "inspections", "advancement", "C138", "C182", "palermo", "locator")
FEWEST_ROWS = 50


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``; an empty cell is what the report does not know. ``meets_advice`` is Yes, No or empty."""
    root = read_xml(path)
    if root.tag != "Countries":
        raise FileRefused(
            "UNKNOWN_FORMAT", f"{path.name} is not the table of findings: its first element is {root.tag}."
        )
    rows = [_cells(path, i, country) for i, country in enumerate(root.findall("Country"), start=1)]
    if len(rows) < FEWEST_ROWS:
        raise FileRefused("NO_ROWS", f"{path.name}: {len(rows)} countries; the whole table is needed.")
    return sorted(row for row in rows if any(row[1:-1]))


def _cells(path: Path, number: int, element: Any) -> tuple[str, ...]:
    name = " ".join((element.findtext("Name") or "").split())
    country = resolve_country(name)
    if country is None:
        raise FileRefused("BAD_COUNTRY", f"{path.name}, Country[{number}]: {name!r} is not known.", value=name)
    enforcement = {
        tag: _value(element.find(f"Enforcements/{tag}"))
        for tag in ("Labor_Inspectors", "Labor_Inspectors_Intl_Standards", "Labor_Inspections")
    }
    inspectors, meets, inspections = enforcement.values()
    conventions = [
        _yes_no(_value(element.find(f"Conventions/{tag}")))
        for tag in ("C_138_Ratified", "C_182_Ratified", "Palermo_Ratified")
    ]
    advancement = (element.findtext("Advancement_Level") or "").strip()
    return (
        country,
        _count(inspectors),
        _yes_no(meets),
        _count(inspections),
        advancement,
        *conventions,
        f"Country[{number}]",
    )


def _value(element: Any) -> str:
    """Text of an element; of the line for all territories where a country has several."""
    if element is None:
        return ""
    for territory in element.findall("Territory"):
        if (territory.findtext("Territory_Name") or "").strip() == "All Territories":
            return (territory.findtext("Enforcement") or "").strip()
    return (element.text or "").strip()


def _count(text: str) -> str:
    digits = text.replace(",", "")
    return digits if digits.isascii() and digits.isdigit() else ""


def _yes_no(text: str) -> str:
    return text if text in ("Yes", "No") else ""
