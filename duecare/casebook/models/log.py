"""The audit log: each entry holds the digest of the one before, so that nobody can change or drop one unnoticed."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One act on the record, or one reading of something restricted. People stand by id; no content, no names."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    person = models.CharField(max_length=26, db_index=True, blank=True)
    via = models.CharField(max_length=4)
    act = models.CharField(max_length=60)
    kind = models.CharField(max_length=30, blank=True)
    object = models.CharField(max_length=64, blank=True, db_index=True)
    structure = models.CharField(max_length=26, blank=True)
    detail = models.JSONField(default=dict)
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("number",)
