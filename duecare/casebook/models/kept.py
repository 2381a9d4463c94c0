"""What all objects of the record share: an id that cannot be guessed, and who made it when."""

from __future__ import annotations

import base64
import secrets

from django.db import models

OID_CHARACTERS = 26


def new_oid() -> str:
    """An id of 128 random bits as 26 lower-case letters and digits (base32)."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()


class Kept(models.Model):
    """An object of the record with its random id; ``at`` and ``by`` say when and by whom it was written."""

    oid = models.CharField(primary_key=True, max_length=OID_CHARACTERS, default=new_oid, editable=False)
    at = models.DateTimeField()
    by = models.ForeignKey("casebook.Person", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        abstract = True
