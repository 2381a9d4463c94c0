"""Fixtures with the sample organisation: its register is built once for the session and seen by the homes of single tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
AS_OF = date(2026, 11, 24)
NORTH, SOUTH = "Office Skopje", "Office Yerevan"
"""How the sample organisation writes the offices of the tests."""


@pytest.fixture(scope="session")
def sample_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register of the sample organisation with one run. Not to be written to."""
    from duecare import cycle
    from duecare.settings import Settings

    folder = tmp_path_factory.mktemp("sample") / "register"
    cycle.take_in([SAMPLE], folder, Settings(), AS_OF)
    cycle.identify(folder, Settings(), AS_OF)
    return folder


@pytest.fixture
def rated(home: Any, offices: dict[str, Any], sample_register: Path) -> Any:
    """The home with the sample's register; north is ``NORTH`` of the data, south ``SOUTH``. Gives the reading room."""
    from duecare.communicate.reading_room import ROOMS
    from duecare.settings import Settings

    home.register.symlink_to(sample_register)
    for key, written in (("north", NORTH), ("south", SOUTH)):
        offices[key].names = [written]
        offices[key].save()
    return ROOMS.newest(home.register, Settings())


@pytest.fixture
def line_of(rated: Any) -> Any:
    """``line_of(office, band=..., care=...)``: the id of the first finding of an office in the order of METHOD 1.7 that nobody is asked about."""
    from duecare.communicate.reading_room import Asked

    def found(office: str, number: int = 0, *, asked: str = "", **facets: str) -> str:
        from duecare.casebook.acts.decisions import is_asked

        rows = rated.page(Asked(frozenset({office}), {name: (value,) for name, value in facets.items()}), size=500)
        fits = (
            [row["line_id"] for row in rows if is_asked(asked, row["line_id"], rated.id)]
            if asked
            else [row["line_id"] for row in rows]
        )
        return fits[number]

    return found
