"""The fictional run, for the unit tests of the report."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def fictional() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fictional_run", Path(__file__).with_name("fictional_run.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
