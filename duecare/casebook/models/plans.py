"""What an office plans and does: actions, talks with suppliers, trainings held (METHOD 7.3, 7.4, 7.6)."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords

from duecare.casebook.models.contracts import Contract
from duecare.casebook.models.kept import Kept
from duecare.casebook.models.people import Structure

OBJECTIVES = tuple(f"OBJ{number}" for number in range(1, 9))
ACTION_STATES = ("planned", "running", "done", "late", "dropped")


class Action(Kept):
    """One action of an office's plan, with every earlier version kept."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="actions")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    title = models.CharField(max_length=300)
    objective = models.CharField(max_length=4, choices=[(one, one) for one in OBJECTIVES])
    measure_code = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=5, blank=True)
    owner_role = models.CharField(max_length=3)
    start = models.DateField()
    due = models.DateField()
    budget_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    budget_currency = models.CharField(max_length=3, blank=True)
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    kpi = models.CharField(max_length=3, blank=True)
    baseline = models.CharField(max_length=100, blank=True)
    target = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8, choices=[(state, state) for state in ACTION_STATES], default="planned")
    dropped_because = models.TextField(blank=True)
    depends_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.JSONField(default=list, blank=True)
    risks = models.JSONField(default=list, blank=True)
    """Ids of the lines whose risk it addresses."""
    version = models.PositiveIntegerField(default=1)
    """Grows with each change; a form that was filled in on an older one is refused."""
    history = HistoricalRecords()

    class Meta:
        ordering = ("due", "oid")


class Engagement(Kept):
    """A talk with a supplier about labour conditions, planned or held."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="engagements")
    supplier = models.CharField(max_length=300)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="engagements")
    kind = models.CharField(max_length=10, choices=[(k, k) for k in ("meeting", "workshop", "letter", "visit", "call")])
    planned = models.DateField()
    held = models.DateField(null=True, blank=True)
    topic = models.CharField(max_length=300)
    outcome = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        ordering = ("-planned", "oid")


class Training(Kept):
    """A training or regional workshop that was held: how many people of each role it reached, never who."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="trainings")
    module = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    held = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    reached = models.JSONField(default=dict)
    """Role to number of people."""
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        ordering = ("-held", "oid")
