"""What the product's code must hold to, as far as a syntax tree shows it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PRODUCT = REPOSITORY / "duecare"
MODULES = sorted(PRODUCT.rglob("*.py"))
TREES = {str(path.relative_to(REPOSITORY)): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
DOORS = {
    "duecare/cli.py",
    "duecare/cli_web.py",
    "duecare/cli_casebook.py",
    "duecare/__main__.py",
    "duecare/terminal.py",
}
DOORS |= {"duecare/web/clock.py", "duecare/web/running.py", "duecare/web/server.py", "duecare/jobs/surroundings.py"}
WRITTEN_BY_DJANGO = "duecare/casebook/migrations/0"
CLOCKS = {"now", "utcnow", "today", "time", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time"}
UNSAFE_IMPORTS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
HEAVY = (
    "duckdb",
    "numpy",
    "lxml",
    "typst",
    "babel",
    "python_calamine",
    "xlsxwriter",
    "jinja2",
    "currency_converter",
    "django",
    "pydantic",
)
IMPORT_SECONDS = 0.5


def public_definitions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of its public classes."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                inner = (child for child in node.body if isinstance(child, kinds) and child.name != "Meta")
                yield from (child for child in inner if not child.name.startswith("_"))


def calls(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """(line, owner, name) of every call ``name(...)`` or ``owner.name(...)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.lineno, "", node.func.id
            elif isinstance(node.func, ast.Attribute):
                owner = node.func.value
                yield node.lineno, owner.id if isinstance(owner, ast.Name) else "", node.func.attr


def loads_beyond_safe_yaml(tree: ast.Module) -> Iterator[int]:
    """Lines of ``yaml`` calls that could make objects: anything but ``safe_load`` and ``load`` with a plain loader."""
    plain = re.compile(r"\b(?:C?SafeLoader|C?BaseLoader)\b")
    nodes = list(ast.walk(tree))
    own = {node.name for node in nodes if isinstance(node, ast.ClassDef) and plain.search(ast.unparse(node))}
    own |= {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and plain.search(ast.unparse(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes:
        if isinstance(node, ast.Call) and re.fullmatch(r"yaml\.(?!safe_)\w*load\w*", ast.unparse(node.func)):
            given = [ast.unparse(argument) for argument in (*node.args[1:], *(word.value for word in node.keywords))]
            if not any(plain.search(argument) or argument in own for argument in given):
                yield node.lineno


def test_an_unsafe_loader_is_seen() -> None:
    unsafe = "yaml.load(t)\nyaml.load(t, Loader=yaml.Loader)\nyaml.unsafe_load(t)\nyaml.full_load(t)\nyaml.load_all(t, yaml.FullLoader)"
    safe = (
        "yaml.safe_load(t)\nyaml.load(t, Loader=yaml.CSafeLoader)\nplain = yaml.BaseLoader\nyaml.load(t, Loader=plain)"
    )

    assert list(loads_beyond_safe_yaml(ast.parse(unsafe))) == [1, 2, 3, 4, 5]
    assert list(loads_beyond_safe_yaml(ast.parse(safe))) == []


@pytest.mark.parametrize("name", TREES)
def test_a_module_opens_with_what_it_is_for(name: str) -> None:
    tree = TREES[name]

    assert not tree.body or ast.get_docstring(tree), f"{name} has no docstring"


@pytest.mark.parametrize("name", [name for name in TREES if not name.startswith(WRITTEN_BY_DJANGO)])
def test_what_is_public_is_explained(name: str) -> None:
    silent = [
        f"{name}:{node.lineno} {node.name}" for node in public_definitions(TREES[name]) if not ast.get_docstring(node)
    ]

    assert silent == []


@pytest.mark.parametrize("name", sorted(set(TREES) - DOORS))
def test_only_doors_look_at_the_environment(name: str) -> None:
    looks = [
        f"{name}:{node.lineno}"
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv")
    ]

    assert looks == []


@pytest.mark.parametrize("name", sorted(set(TREES) - DOORS))
def test_only_doors_look_at_the_calendar(name: str) -> None:
    looks = [
        f"{name}:{line} {owner}.{called}()"
        for line, owner, called in calls(TREES[name])
        if owner in CLOCK_OWNERS and called in CLOCKS
    ]

    assert looks == []


@pytest.mark.parametrize("name", TREES)
def test_nothing_is_unpickled_or_evaluated(name: str) -> None:
    tree = TREES[name]
    imported = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    evaluated = [
        f"{name}:{line} {called}" for line, owner, called in calls(tree) if not owner and called in ("eval", "exec")
    ]
    unsafe_yaml = [f"{name}:{line}" for line in loads_beyond_safe_yaml(tree)]

    assert imported & UNSAFE_IMPORTS == set()
    assert evaluated + unsafe_yaml == []


@pytest.mark.parametrize("name", TREES)
def test_no_shell(name: str) -> None:
    shells = [
        f"{name}:{node.value.lineno}"
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.keyword)
        and node.arg == "shell"
        and isinstance(node.value, ast.Constant)
        and node.value.value
    ]

    assert shells == []


@pytest.mark.parametrize("name", [name for name in TREES if not name.startswith("duecare/records/")])
def test_zero_is_not_taken_for_unknown(name: str) -> None:
    """``if not amount`` is true for 0 and for nothing: unknown must be asked for with ``is None`` (HOUSE, never 5).

    Readers are left out: there an amount is text, in which only nothing is false.
    """
    numbers = {"amount", "price_weight", "subcontract_share", "tenderers", "level", "payment_days", "bid_days"}
    taken = [
        f"{name}:{node.lineno} not {node.operand.id}"
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.Not)
        and isinstance(node.operand, ast.Name)
        and node.operand.id in numbers
    ]

    assert taken == []


def in_a_new_process(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_import_is_quick() -> None:
    code = "import time; start = time.perf_counter(); import duecare; print(time.perf_counter() - start)"
    in_a_new_process(code)  # compiles and fills the file cache

    assert min(float(in_a_new_process(code)) for _ in range(3)) < IMPORT_SECONDS


@pytest.mark.parametrize("module", ["duecare", "duecare.cli"])
def test_a_door_opens_without_heavy_packages(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"

    assert in_a_new_process(code).split() == []
