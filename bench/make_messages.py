"""Collect every text that a reader can meet and bring the catalogues up to date; translations that exist are kept.

python bench/make_messages.py                 update locale/<language>/duecare.po, print what is missing
python bench/make_messages.py --missing it    print the missing texts of one language, one JSON list
python bench/make_messages.py --add it FILE   take in translations: a JSON object of message id and text (or plural forms)
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, FileSystemLoader, nodes

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from duecare.communicate.i18n import LANGUAGES, LOCALE_FOLDER  # noqa: E402
from duecare.evidence.profiles import load_profiles  # noqa: E402
from duecare.identify import priority, sentences  # noqa: E402
from duecare.records.faults import CODES  # noqa: E402

Message = str | tuple[str, str]
ONE, MANY = {"t", "msgid"}, {"n"}
REFUSALS = {"WrongUsage", "CannotAnswer", "NotAllowed"}
"""What the record refuses is shown on a page in the reader's language."""


def messages() -> dict[Message, str]:
    """Every message id (or pair of singular and plural) with the place it was first found, sorted by text."""
    found: dict[Message, str] = {}
    for place, message in _all():
        found.setdefault(message, place)
    return dict(sorted(found.items(), key=lambda pair: pair[0] if isinstance(pair[0], str) else pair[0][0]))


def _all() -> Iterator[tuple[str, Message]]:
    for package in ("communicate", "casebook", "web", "jobs"):
        for path in sorted((ROOT / "duecare" / package).rglob("*.py")):
            if path.parent.name != "migrations":
                yield from ((path.name, message) for message in _in_python(path))
        for path in sorted((ROOT / "duecare" / package).rglob("*.jinja")):
            yield from ((path.name, message) for message in _in_template(path))
    yield from (("faults.py", sentence) for sentence in CODES.values())
    yield from (("sentences.py", text) for text in sentences.messages())
    yield from (("priority.py", text) for table in (priority.WHY, priority.LEFT) for text in table.values())
    yield from (("profiles", text) for text in load_profiles().messages())


def _in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            yield from _calls(name, texts)
            if name in REFUSALS and "communicate" not in path.parts and texts:
                yield texts[0]


def _in_template(path: Path) -> Iterator[Message]:
    engine = Environment(loader=FileSystemLoader(path.parent), autoescape=True)
    for call in engine.parse(path.read_text("utf-8")).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name):
            yield from _calls(call.node.name, [a.value for a in call.args if isinstance(a, nodes.Const)])


def _calls(name: str, texts: list[str]) -> Iterator[Message]:
    if name in ONE and len(texts) == 1:
        yield texts[0]
    if name in MANY and len(texts) == 2:
        yield texts[0], texts[1]


def read_catalog(language: str) -> Catalog:
    path = LOCALE_FOLDER / language / "duecare.po"
    return read_po(BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)


def update(language: str, extra: dict[str, str | list[str]] | None = None) -> list[Message]:
    """Write the catalogue with exactly today's messages and return those without a translation."""
    old, extra = read_catalog(language), extra or {}
    new = Catalog(locale=language, project="duecare", header_comment="# Texts of duecare. Apache-2.0.", fuzzy=False)
    missing: list[Message] = []
    for message, place in messages().items():
        key = message if isinstance(message, str) else message[0]
        kept = old.get(message if isinstance(message, str) else key)
        said = extra.get(key, kept.string if kept else "")
        forms = said if isinstance(said, str) else tuple(said)
        if isinstance(message, tuple) and not forms:
            forms = ("",) * new.num_plurals
        if not forms or (isinstance(forms, tuple) and not all(forms)):
            missing.append(message)
        new.add(message, forms, locations=[(place, None)])
    buffer = BytesIO()
    write_po(buffer, new, width=0, sort_output=True, omit_header=True)
    head = f'# Texts of duecare in one language. Written by bench/make_messages.py; translations are edited here.\nmsgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {new.plural_forms}\\n"\n\n'
    target = LOCALE_FOLDER / language / "duecare.po"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(head + buffer.getvalue().decode("utf-8"), encoding="utf-8")
    return missing


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--missing"]:
        print(json.dumps(update(arguments[1]), ensure_ascii=False, indent=0))
        return
    given: dict[str, dict] = {}
    if arguments[:1] == ["--add"]:
        given = {arguments[1]: json.loads(Path(arguments[2]).read_text("utf-8"))}
    for language in list(given) or LANGUAGES[1:]:
        missing = update(language, given.get(language))
        print(f"{language}: {len(messages())} texts, {len(missing)} without a translation")


if __name__ == "__main__":
    main(sys.argv[1:])
