"""Files that people sent in to be taken in, and the column maps that an office saved for the next ones."""

from __future__ import annotations

from django.db import models

from duecare.casebook.models.kept import Kept
from duecare.casebook.models.people import Structure
from duecare.casebook.models.work import Job


class Upload(Kept):
    """One file that was sent in; its bytes lie in ``home.uploads/<oid>/<name>``."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="uploads", null=True, blank=True)
    """Empty for what is for the whole organisation: official lists."""
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=255)
    bytes = models.PositiveBigIntegerField()
    looked = models.JSONField(default=dict, blank=True)
    """What the confined process saw: ``proposal`` of a column map, or the ``refusal``; empty before it was asked."""
    chosen = models.JSONField(default=dict, blank=True)
    """How it was last taken in: ``column_map``, ``defaults`` and ``sheet``; the annotated file needs the same."""
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="uploads")
    discarded = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "oid")


class SavedMap(Kept):
    """The column map that an office used last for files with these headings."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="maps")
    headings = models.CharField(max_length=64)
    """Digest of the headings in their order, see ``acts.uploads``."""
    content = models.JSONField()
    defaults = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["structure", "headings"], name="one_map_each")]
