"""An office, people of two offices and files on their way in, for the tests of what comes in."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from casebook_home import NOW

from duecare.casebook.access import EVERYWHERE, Held, Reach
from duecare.casebook.arriving import Arriving
from duecare.casebook.writing import Actor, written


def office(name: str = "Office of Vienna") -> Any:
    """An office of the record."""
    from duecare.casebook.models import Structure

    with written(Actor(None, at=NOW, via="cli"), "test.office", kind="structure"):
        return Structure.objects.create(name=name, at=NOW)


def actor(role: str, structure: Any = None, name: str = "") -> Actor:
    """A person with one role in an office, or everywhere."""
    from duecare.casebook.models import Person

    address = f"{name or role.lower()}@example.org"
    person = Person.objects.filter(email=address).first() or Person.objects.create_user(address, None, joined=NOW)
    held = Held(role, structure.oid if structure else EVERYWHERE)
    return Actor(person, Reach(frozenset({held})), NOW)


def arriving(home: Any, content: bytes, folder: str = "uploads", most: int = 10_000_000) -> Arriving:
    """Content that was received and settled."""
    coming = Arriving(getattr(home, folder), most)
    coming.write(content)
    return coming.settle()


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def document(main: str = "wordprocessingml.document", **more: bytes) -> bytes:
    """A small office document; further parts by name with ``__`` for slashes."""
    kind = f'<Override ContentType="application/vnd.openxmlformats-officedocument.{main}.main+xml"/>'
    extra = {name.replace("__", "/"): content for name, content in more.items()}
    return zipped({"[Content_Types].xml": kind.encode(), "word/document.xml": b"<document/>"} | extra)
