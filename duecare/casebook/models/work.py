"""Long work: what was asked for, how far it is, and how it ended."""

from __future__ import annotations

from django.db import models

from duecare.casebook.models.kept import Kept
from duecare.casebook.models.people import Structure

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")


class Job(Kept):
    """One piece of long work. ``beat`` is when its worker was last alive; a job without a live worker is run again."""

    kind = models.CharField(max_length=20)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    parameters = models.JSONField(default=dict)
    state = models.CharField(
        max_length=9, choices=[(state, state) for state in JOB_STATES], default="queued", db_index=True
    )
    step = models.CharField(max_length=200, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    started = models.DateTimeField(null=True, blank=True)
    beat = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    cancel_asked = models.BooleanField(default=False)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "oid")
