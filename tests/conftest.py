"""What every test gets: no network, and the two kinds of skip that are allowed, by name."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["scoring_world", "casebook_home"]
REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a browser test may talk, and only to its own browser on this machine."""
    if request.node.get_closest_marker("browser"):
        return

    for name in ("connect", "connect_ex", "bind"):
        monkeypatch.setattr(socket.socket, name, _only_inside(getattr(socket.socket, name)))


def _only_inside(call: Callable[..., object]) -> Callable[..., object]:
    """The same call for sockets that are files of this machine (the tests' own PostgreSQL), and none for others."""

    def guarded(self: socket.socket, *given: object) -> object:
        if self.family != socket.AF_UNIX:
            raise RuntimeError("A test tried to use the network.")
        return call(self, *given)

    return guarded


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
