"""Evidence files: what they are and what they are worth; the bytes lie outside of the database, named by their digest."""

from __future__ import annotations

from django.db import models

from duecare.casebook.models.contracts import Contract
from duecare.casebook.models.kept import Kept
from duecare.casebook.models.people import Structure

CLASSES = ("PUB", "BIZ", "COST", "AGG", "PSE", "SEN", "CASE")
GRADES = ("E0", "E1", "E2", "E3", "E4")


class EvidenceFile(Kept):
    """One file that supports what is said. ``data_class`` is a class of METHOD 8.2 and says who may open it."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="files")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    bytes = models.PositiveBigIntegerField()
    title = models.CharField(max_length=300)
    issuer = models.CharField(max_length=300)
    grade = models.CharField(max_length=2, choices=[(grade, grade) for grade in GRADES])
    dated = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    data_class = models.CharField(max_length=4, choices=[(one, one) for one in CLASSES], default="BIZ")
    contested = models.BooleanField(default=False)

    class Meta:
        ordering = ("-at", "oid")
