"""The list of what is installed is the lock files' own, and the same bytes whenever it is made."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sbom", REPOSITORY / "bench" / "make_sbom.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_list_is_made_of_the_lock_files(maker: ModuleType) -> None:
    kept = (REPOSITORY / "docs" / "reference" / "sbom.cdx.json").read_text("utf-8")

    assert kept == maker.text(), "run python bench/make_sbom.py"


def test_every_pinned_package_is_listed_once(maker: ModuleType) -> None:
    lock = (REPOSITORY / "locks" / "runtime.lock").read_text("utf-8")
    pinned = sorted(name.lower() for name in re.findall(r"^([A-Za-z0-9.-]+)==", lock, flags=re.MULTILINE))
    listed = [one for one in json.loads(maker.text())["components"] if one["scope"] == "required"]

    assert sorted(one["name"] for one in listed) == pinned
    assert all(one["externalReferences"] for one in listed)
    assert len({one["bom-ref"] for one in listed}) == len(listed)
