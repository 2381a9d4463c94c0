"""Secrets of the second step, sealed with a key made from the home's own: a copy of the database alone is of no use."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from duecare.errors import CannotAnswer

PURPOSE = b"duecare: secrets of the second step"


def seal(text: str) -> str:
    """The text encrypted with authentication."""
    return _box().encrypt(text.encode("utf-8")).decode("ascii")


def unseal(sealed: str) -> str:
    """The text again; raises ``CannotAnswer`` where it was sealed with another home's key or was changed."""
    try:
        return _box().decrypt(sealed.encode("ascii")).decode("utf-8")
    except InvalidToken as error:
        raise CannotAnswer("A secret was sealed with another key: is secret.key the one of this home?") from error


def _box() -> Fernet:
    key = hashlib.scrypt(settings.SECRET_KEY.encode("utf-8"), salt=PURPOSE, n=2, r=8, p=1, dklen=32)
    return Fernet(base64.urlsafe_b64encode(key))
