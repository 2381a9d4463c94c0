"""Roles in the reader's words, with the two that no rating ever names."""

from __future__ import annotations

from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid

NAMES = words.ROLES | {"SAG": msgid("survivor advisory group"), "ADM": msgid("administrator")}


def role_name(role: str, tr: Translator) -> str:
    """A role in words."""
    return tr.t(NAMES[role])
