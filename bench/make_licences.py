"""Write ``docs/licences.md``: the licence of every package that duecare needs, read from what is installed.

``python bench/make_licences.py`` rewrites the page. The licence is what the package declares: the licence expression, else the
licence classifiers, else the first line of the licence field of its metadata, else the first words of its licence file.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "licences.md"
HEAD = """# Licences of what duecare uses

duecare is under the Apache License 2.0 (`LICENSE`, `NOTICE`). None of the packages below is copied into the repository; they are
installed beside it. This page is written by `bench/make_licences.py` from the metadata of the installed packages, and
`tests/guards/test_licences.py` fails when a package is missing here, has another licence than stated, or has one that is not
on the short list of accepted licences. Why each was chosen: [decision 7](decisions/0007-dependencies.md).
"""


def declared_licence(package: Distribution) -> str:
    """The licence that a package declares in its metadata; raises ``ValueError`` when it declares none."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [
        text.rsplit(" :: ", 1)[1] for text in metadata.get_all("Classifier", []) if text.startswith("License ::")
    ]
    named = [name for name in classifiers if name != "OSI Approved"]
    if named:
        return ", ".join(named)
    if text := (metadata.get("License") or "").strip():
        return text.splitlines()[0]
    if title := _licence_file_title(package):
        return f"{title} (licence file)"
    raise ValueError(f"{metadata['Name']} declares no licence.")


def _licence_file_title(package: Distribution) -> str:
    """The first words of the licence file, where the metadata says nothing else."""
    for file in package.files or []:
        if "dist-info" in str(file) and file.name.upper().startswith("LICEN"):
            lines = [line.strip() for line in file.read_text().splitlines() if line.strip()]
            return " ".join(lines[:2] if lines[1].startswith("Version") else lines[:1])
    return ""


def needed(root: str, extra: str = "") -> dict[str, Distribution]:
    """Every installed package that ``root`` needs, directly or not, by normalised name; ``extra`` adds one of its extras."""
    found: dict[str, Distribution] = {}
    waiting = [name for name, wanted in requirements(distribution(root)) if wanted in ("", extra)]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # only needed on another system
        waiting += [other for other, wanted in requirements(found[name]) if not wanted]
    return dict(sorted(found.items()))


def requirements(package: Distribution) -> list[tuple[str, str]]:
    """(normalised name, extra) of what a package requires."""
    listed = []
    for text in package.requires or []:
        name = re.match(r"[A-Za-z0-9._-]+", text)
        extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", text)
        assert name
        listed.append((re.sub(r"[-_.]+", "-", name[0]).lower(), extra[1] if extra else ""))
    return listed


def page() -> str:
    """The whole page."""
    runtime, everything = needed("duecare"), needed("duecare", "dev")
    development = {name: package for name, package in everything.items() if name not in runtime}
    parts = [HEAD, "## Needed to run", _table(runtime), "## Needed to develop and test", _table(development)]
    return "\n".join(parts)


def _table(packages: dict[str, Distribution]) -> str:
    lines = [f"| {name} | {declared_licence(package)} |" for name, package in packages.items()]
    return "\n".join(["", "| package | licence as declared |", "|---|---|", *lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
