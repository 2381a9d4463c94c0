"""Keys of programs: how one is made, told from another by its beginning, checked, and what it narrows its person's reach to.

A key is ``dc_PREFIX_SECRET``: the prefix finds its row and may be shown, the secret is 256 random bits of which only the
digest is kept. Because the secret cannot be guessed, a plain SHA-256 is enough (unlike for a password).
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from duecare.casebook.models.kept import new_oid

if TYPE_CHECKING:
    from duecare.casebook.access import Reach
    from duecare.casebook.models import ApiKey

PREFIX_CHARACTERS = 12
FORM = re.compile(r"dc_([a-z2-7]{12})_([A-Za-z0-9_-]{43})")
NO_KEY = "0" * 64
"""Compared with where there is no such key, so that both answers take the same time."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A key that was just made; ``key`` is shown once and kept nowhere, ``prefix`` and ``digest`` are stored."""

    key: str
    prefix: str
    digest: str


def fresh() -> Fresh:
    """A new key, from the system's random numbers."""
    prefix = new_oid()[:PREFIX_CHARACTERS]
    key = f"dc_{prefix}_{secrets.token_urlsafe(32)}"
    return Fresh(key, prefix, digest_of(key))


def digest_of(key: str) -> str:
    """SHA-256 of the whole key in hex: what is kept of it."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()


def holder_of(key: str, at: datetime) -> ApiKey | None:
    """The row of a key with its person, where it counts: not revoked, not over, its person active. Constant in time."""
    from duecare.casebook.models import ApiKey

    parts = FORM.fullmatch(key)
    row = ApiKey.objects.select_related("person").filter(prefix=parts[1]).first() if parts else None
    is_right = hmac.compare_digest(digest_of(key), row.digest if row else NO_KEY)
    return row if is_right and row is not None and counts(row, at) else None


def counts(row: ApiKey, at: datetime) -> bool:
    """Whether a key counts at this moment: to the end of its last day, unless revoked or its person was put to rest."""
    return row.revoked is None and at.date() <= row.until and row.person.is_active


def narrowed(reach: Reach, row: ApiKey) -> Reach:
    """The reach of a key's person, narrowed to what the key is for: one office, or reading alone."""
    return replace(reach, only=row.structure_id or "", reads_only=not row.writes)
