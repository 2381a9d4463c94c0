"""Write the list of modules in ``ARCHITECTURE.md``: each with the first sentence of its docstring."""

from __future__ import annotations

import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "ARCHITECTURE.md"
STARTS, ENDS = "<!-- modules: written by bench/make_module_list.py -->\n", "<!-- end of modules -->"
ORDER = ("duecare", "register", "casebook", "evidence", "records", "identify", "communicate", "jobs", "web")


def module_list() -> str:
    """One Markdown table per package, in import order from the ground up."""
    parts = []
    for package in ORDER:
        folder = REPOSITORY / "duecare" / package if package != "duecare" else REPOSITORY / "duecare"
        modules = sorted(folder.glob("*.py") if package == "duecare" else folder.rglob("*.py"))
        listed = [
            path for path in modules if path.name not in ("__init__.py", "read.py") and path.parent.name != "migrations"
        ]
        rows = [f"| `{path.relative_to(folder)}` | {first_sentence(path)} |" for path in listed]
        name = "duecare/" if package == "duecare" else f"duecare/{package}/"
        parts.append("\n".join([f"**{name}**", "", "| module | is for |", "|---|---|", *rows, ""]))
    return "\n".join(parts) + "\n"


def first_sentence(path: Path) -> str:
    """What a module says that it is for."""
    text = " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0].replace("``", "`").replace("|", "/")


if __name__ == "__main__":
    before, rest = PAGE.read_text(encoding="utf-8").split(STARTS)
    PAGE.write_text(before + STARTS + module_list() + ENDS + rest.split(ENDS)[1], encoding="utf-8")
