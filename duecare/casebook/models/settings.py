"""What an organisation sets for itself, such as its name; every earlier value is kept."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords

from duecare.casebook.models.kept import Kept


class Setting(Kept):
    """One value by its name (``organisation``, ...); ``acts.organising`` says which there are."""

    name = models.CharField(max_length=60, unique=True)
    value = models.JSONField()
    history = HistoricalRecords()

    class Meta:
        ordering = ("name",)
