"""What is imported is declared, and what is declared is imported and explained: no hidden and no idle dependency."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
DECISION = (REPOSITORY / "docs" / "decisions" / "0007-dependencies.md").read_text(encoding="utf-8").lower()


def distribution_name(requirement: str) -> str:
    """``babel`` of ``babel>=2.16,<3``."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def imported() -> dict[str, str]:
    """Distribution by the first product module that imports it; what only ``register`` needs for Spark is an extra."""
    known = packages_distributions()
    found: dict[str, str] = {}
    for path in sorted((REPOSITORY / "duecare").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += data_packages(node)
            for top in {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"duecare", ""}:
                for name in known.get(top, [top]):
                    found.setdefault(distribution_name(name), str(path.relative_to(REPOSITORY)))
    return found


def data_packages(node: ast.AST) -> list[str]:
    """The package named in ``files("package")``, whose data files are read without importing it."""
    is_files = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("files") and len(node.args) == 1
    if is_files and isinstance(node.args[0], ast.Constant):
        return [str(node.args[0].value)]
    return []


IMPORTED = imported()
DECLARED = {distribution_name(requirement) for requirement in PROJECT["dependencies"]}
OPTIONAL = {distribution_name(text) for name in ("fast", "spark", "linkage") for text in EXTRAS[name]}


def test_what_is_imported_is_declared() -> None:
    assert {name: where for name, where in IMPORTED.items() if name not in DECLARED | OPTIONAL} == {}


def test_what_is_declared_is_imported() -> None:
    assert DECLARED - set(IMPORTED) == set()


@pytest.mark.parametrize("name", sorted(DECLARED | OPTIONAL))
def test_a_dependency_is_explained(name: str) -> None:
    assert name in DECISION


def test_a_dependency_has_a_lower_and_an_upper_bound() -> None:
    assert [text for text in PROJECT["dependencies"] if not (">=" in text and "<" in text)] == []
