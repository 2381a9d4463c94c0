"""The hostile corpus as a fixture: made anew for every test session from a seed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def corpus() -> ModuleType:
    """The package that makes the hostile files: ``make_cases(seed)`` and the limits that they are meant for."""
    folder = Path(__file__).with_name("corpus")
    spec = importlib.util.spec_from_file_location("hostile_corpus", folder / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
