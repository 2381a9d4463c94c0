"""Every package that duecare needs has a licence that lets a public body pass the tool on, and the page says which."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "licences.md").read_text(encoding="utf-8")
STATED = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", PAGE, flags=re.MULTILINE))
ACCEPTED = r"MIT|BSD|Apache|MPL|Mozilla Public|PSF|Python Software Foundation|ISC|Zlib|0BSD|CC0|Unlicense"
REFUSED = r"\b(?:A?GPL|LGPL|SSPL|BUSL|Proprietary|Commercial)|NonCommercial|-NC"

LOOKED_AT = {
    "psycopg": "LGPL-3.0-only",
    "qrcode": "BSD License, Other/Proprietary License",
}
"""Accepted by name, as stated and no further: psycopg is an optional driver used as it is; qrcode's own text is BSD."""


def test_the_page_is_what_the_installed_packages_declare() -> None:
    code = "import make_licences; print(make_licences.page(), end='')"
    now = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY / "bench", capture_output=True, text=True, check=True, timeout=60
    ).stdout
    installed = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", now, flags=re.MULTILINE))

    assert {name: licence for name, licence in installed.items() if STATED.get(name) != licence} == {}


@pytest.mark.parametrize("name", sorted(set(STATED) - {"package"}))
def test_the_licence_is_accepted(name: str) -> None:
    if STATED[name] == LOOKED_AT.get(name):
        return
    assert re.search(ACCEPTED, STATED[name])
    assert not re.search(REFUSED, STATED[name])


@pytest.mark.parametrize("name", sorted(set(STATED) - {"package"}))
def test_the_package_is_in_a_lock_file(name: str) -> None:
    locked = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "locks").glob("*.lock"))

    assert re.search(rf"^{re.escape(name)}==", locked, flags=re.MULTILINE)


def test_the_project_ships_the_licence_it_states() -> None:
    text = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = "Apache-2.0"' in (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
