"""Corrections of what was bought that need a second person; the book of decisions holds only what both have signed."""

from __future__ import annotations

from django.db import models

from duecare.casebook.models.kept import Kept
from duecare.casebook.models.people import Structure


class ReadingProposal(Kept):
    """A correction that goes below a sure reading: one person's word, until a second person signs or objects."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The office whose people may answer; empty: only those who reach the whole organisation."""
    key = models.CharField(max_length=32, db_index=True)
    line_id = models.CharField(max_length=64, blank=True)
    """Named where the correction is for one line alone."""
    title = models.TextField(blank=True)
    category = models.CharField(max_length=20, blank=True)
    cpv = models.CharField(max_length=20, blank=True)
    reason = models.TextField()
    role = models.CharField(max_length=3)

    class Meta:
        ordering = ("at", "oid")


class ReadingAnswer(Kept):
    """The second person's word on a proposed correction; ``number`` is its place in the book where they signed."""

    proposal = models.OneToOneField(ReadingProposal, on_delete=models.PROTECT, related_name="answer")
    role = models.CharField(max_length=3)
    agrees = models.BooleanField()
    note = models.TextField(blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
