"""Reader of the US Department of Labor's list of goods (XML of any edition, or the same table as CSV or sheet)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from duecare.errors import FileRefused
from duecare.evidence.countries import resolve_country
from duecare.evidence.loaders.untrusted import Row, read_rows, read_xml

COLUMNS = (
    "good",
    "country",
    "child_labour",
    "forced_labour",
    "forced_child_labour",
    "input_good",
    "input_country",
    "locator",
)
# The file names the country of the input only; the input itself is in the text of the list.
INPUTS = {
    "Lithium-Ion Batteries": "Cobalt ore (heterogenite)",
    "Photovoltaic Ingots": "Polysilicon",
    "Photovoltaic Wafers": "Polysilicon",
    "Solar Cells": "Polysilicon",
    "Solar Modules": "Polysilicon",
    "Crude Palm Kernel Oil": "Palm Fruit",
    "Crude Palm Oil": "Palm Fruit",
    "Oleochemicals": "Palm Fruit",
    "Refined Palm Kernel Oil": "Palm Fruit",
    "Refined Palm Oil": "Palm Fruit",
}
FLAGS = {"yes": "1", "no": "0", "true": "1", "false": "0", "1": "1", "0": "0", "x": "1", "": "0"}
USED = {
    "Country_Name",
    "Child_Labor",
    "Forced_Labor",
    "Forced_Child_Labor",
    "Derived_Labor_Exploitation",
    "Derived_Country",
}
IGNORED = {"Country_Region"}
HEADERS = {
    "good": ("good", "good_name", "goods"),
    "country": ("country", "country_name", "country/area", "country or area"),
    "child": ("child_labor", "child labor", "child labour"),
    "forced": ("forced_labor", "forced labor", "forced labour"),
    "forced_child": ("forced_child_labor", "forced child labor", "forced_child_labor_eo13126"),
    "derived": ("derived_country",),
    "kind": ("exploitation type", "exploitation_type"),
}
FEWEST_PAIRS = 100


def read(path: Path) -> list[tuple[str, ...]]:
    """Rows of ``COLUMNS``, sorted; raises ``FileRefused`` for another file, an unknown element, country or flag."""
    rows = _from_xml(path) if path.suffix.lower() == ".xml" else _from_table(path)
    if len(rows) < FEWEST_PAIRS:
        raise FileRefused(
            "NO_ROWS", f"{path.name}: {len(rows)} pairs; the whole list of goods is needed, at least {FEWEST_PAIRS}."
        )
    return sorted(rows)


def _from_xml(path: Path) -> list[tuple[str, ...]]:
    root = read_xml(path)
    if root.tag != "Goods":
        raise FileRefused("UNKNOWN_FORMAT", f"{path.name} is not the list of goods: its first element is {root.tag}.")
    return [
        _pair(path, _text(good, "Good_Name"), _values(path, country), f"Good[{i}]/Countries/Country[{j}]")
        for i, good in enumerate(root.findall("Good"), start=1)
        for j, country in enumerate(good.findall("Countries/Country"), start=1)
    ]


def _values(path: Path, country: Any) -> Row:
    values = {child.tag: (child.text or "").strip() for child in country}
    if unknown := values.keys() - USED - IGNORED:
        raise FileRefused(
            "BAD_TYPE", f"{path.name} has elements that this reader does not know: {', '.join(sorted(unknown))}."
        )
    return {
        "country": values["Country_Name"],
        "child": values["Child_Labor"],
        "forced": values["Forced_Labor"],
        "forced_child": values["Forced_Child_Labor"],
        "derived": values.get("Derived_Country", "No"),
    }


def _from_table(path: Path) -> list[tuple[str, ...]]:
    found = []
    for row in read_rows(path):
        given = {" ".join(name.lower().split()): value for name, value in row.items()}
        cells = {key: next((given[name] for name in names if name in given), "") for key, names in HEADERS.items()}
        if not cells["good"] or not cells["country"]:
            raise FileRefused(
                "MISSING_COLUMN", f"{path.name} needs a good and a country in every row.", row=int(row["#"])
            )
        if cells["kind"]:
            cells["child"] = "yes" if "child labor" in cells["kind"].lower().replace("labour", "labor") else "no"
            cells["forced"] = "yes" if "forced" in cells["kind"].lower() else "no"
        found.append(_pair(path, cells["good"], cells, f"row {row['#']}"))
    return found


def _pair(path: Path, good: str, cells: Row, locator: str) -> tuple[str, ...]:
    flags = [_flag(path, cells[name], locator) for name in ("child", "forced", "forced_child")]
    derived = cells["derived"] if cells["derived"].lower() not in ("", "no") else ""
    if derived and good not in INPUTS:
        raise FileRefused(
            "MISSING_FIELD", f"{path.name}, {locator}: the listed input of {good} is not known to this reader."
        )
    inputs = (INPUTS[good], _country(path, derived, locator)) if derived else ("", "")
    return good, _country(path, cells["country"], locator), *flags, *inputs, locator


def _flag(path: Path, text: str, locator: str) -> str:
    if text.strip().lower() not in FLAGS:
        raise FileRefused("BAD_TYPE", f"{path.name}, {locator}: a flag is Yes or No, not {text!r}.")
    return FLAGS[text.strip().lower()]


def _country(path: Path, text: str, locator: str) -> str:
    country = resolve_country(text)
    if country is None:
        raise FileRefused(
            "BAD_COUNTRY", f"{path.name}, {locator}: the country {text!r} is not known.", field="country", value=text
        )
    return country


def _text(element: Any, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())
