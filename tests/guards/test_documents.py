"""Documents are true to the tree: links lead somewhere, decisions are listed, shared words are explained, packs have pages."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from duecare.records.faults import CODES
from duecare.settings import Limits, Settings

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *REPOSITORY.glob("*.md"),
        *REPOSITORY.glob("docs/**/*.md"),
        *REPOSITORY.glob("duecare/**/*.md"),
        REPOSITORY / "sample/README.md",
    ]
)
DECISIONS = sorted((REPOSITORY / "docs" / "decisions").glob("[0-9]*.md"))
PACKS = sorted(path.parent for path in (REPOSITORY / "duecare" / "evidence" / "packs").glob("*/pack.yaml"))


def page(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def names_of(pages: list[Path]) -> list[str]:
    return [str(path.relative_to(REPOSITORY)) for path in pages]


@pytest.mark.parametrize("name", names_of(PAGES))
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page(name))
    inside = [target for target in targets if not re.match(r"[a-z]+:", target)]

    assert [target for target in inside if not ((REPOSITORY / name).parent / target).exists()] == []


def test_decisions_are_numbered_and_listed() -> None:
    index = page("docs/decisions/README.md")

    assert [path.name[:4] for path in DECISIONS] == [f"{number:04d}" for number in range(1, len(DECISIONS) + 1)]
    assert [path.name for path in DECISIONS if f"({path.name})" not in index] == []


@pytest.mark.parametrize("name", names_of(DECISIONS))
def test_a_decision_says_what_and_why(name: str) -> None:
    text = page(name)

    assert re.match(rf"# {int(Path(name).name[:4])}\. \S", text)
    assert re.search(r"\*\*(?:Decided\.|Why\.)\*\*|\| package \|", text)


def test_every_shared_word_is_in_the_glossary() -> None:
    tree = ast.parse(page("duecare/terms.py"))
    words = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    glossary = page("GLOSSARY.md")

    assert words
    assert [word for word in words if f"`{word}`" not in glossary] == []


def test_every_word_of_an_enumeration_is_in_the_glossary() -> None:
    from duecare import terms

    glossary = page("GLOSSARY.md")
    members = [
        m.value
        for kind in (terms.Grade, terms.Stage, terms.Band, terms.DueDiligence, terms.Route, terms.Involvement)
        for m in kind
    ]

    assert [word for word in members if f"`{word}`" not in glossary] == []


def test_the_architecture_names_every_module() -> None:
    modules = [
        path
        for path in (REPOSITORY / "duecare").rglob("*.py")
        if path.name not in ("__init__.py", "read.py") and path.parent.name != "migrations"
    ]
    text = page("ARCHITECTURE.md")

    assert [str(path.relative_to(REPOSITORY)) for path in modules if path.name not in text] == []


@pytest.mark.parametrize("name", names_of(PACKS))
def test_a_pack_has_a_page_that_says_what_it_does_not_cover(name: str) -> None:
    assert re.search(r"does not|not cover", page(f"{name}/README.md"))


def test_every_setting_is_documented() -> None:
    names = [
        f"DUECARE_{field.name.upper()}"
        for kind in (Limits, Settings)
        for field in fields(kind)
        if field.name != "limits"
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").rglob("*.md"))

    assert [name for name in names if name not in text] == []


def test_every_published_code_is_documented_in_its_own_words() -> None:
    listed = dict(re.findall(r"^\| ([A-Z_]+) \| (.+) \|$", page("docs/reference/codes.md"), flags=re.MULTILINE))

    assert listed == CODES
