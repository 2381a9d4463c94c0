"""What every test gets: no network, and the two kinds of skip that are allowed, by name."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

pytest_plugins = ["scoring_world"]
REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a browser test may talk, and only to its own browser on this machine."""
    if request.node.get_closest_marker("browser"):
        return

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("A test tried to use the network.")

    for name in ("connect", "connect_ex", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Where the third-party data or the browser is missing a test is skipped by name; in CI it fails by name instead."""
    missing = [what for marker, what in NEEDS.items() if item.get_closest_marker(marker) and not is_there(marker)]
    if missing:
        end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        end(f"{missing[0]}: {item.name}")


NEEDS = {
    "real_data": "no third-party data folder beside the checkout",
    "browser": "Debian's chromium is not installed",
}


def is_there(marker: str) -> bool:
    """Whether this machine has what tests with this marker need."""
    return SHARED.is_dir() if marker == "real_data" else shutil.which("chromium") is not None


@pytest.fixture
def shared() -> Path:
    """The folder of third-party data beside the checkout (tests that use it are marked ``real_data``)."""
    return SHARED
