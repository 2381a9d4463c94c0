"""A contract's thread: reasons, measures, clauses, checks, findings, remedies, each answering the one before."""

from __future__ import annotations

from django.db import models

from duecare.casebook.models.kept import Kept
from duecare.casebook.models.people import Person, Structure

LINK_KINDS = ("reason", "measure", "clause", "check", "finding", "remedy")
LINK_STATES = ("planned", "running", "done", "late", "dropped")


class Contract(Kept):
    """A contract that somebody works on; ``line_id`` names its line in the register, ``key`` is the same in every run."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="contracts")
    key = models.CharField(max_length=300, unique=True)
    contract_id = models.CharField(max_length=300, blank=True)
    line_id = models.CharField(max_length=64, db_index=True)
    title = models.TextField(blank=True)
    manager = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    focal_point = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("title", "key")


class ThreadLink(Kept):
    """One link of a contract's thread. ``answers`` is the link that it follows from; never changed once written."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in LINK_KINDS])
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by")
    code = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    run = models.CharField(max_length=64, blank=True)
    owner_role = models.CharField(max_length=3, blank=True)
    due = models.DateField(null=True, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    """Ids of evidence files."""

    class Meta:
        ordering = ("at", "oid")


class ThreadEvent(Kept):
    """What became of a link: its state from this moment on, with a note."""

    link = models.ForeignKey(ThreadLink, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=8, choices=[(state, state) for state in LINK_STATES])
    note = models.TextField(blank=True)
    evidence = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("at", "oid")
