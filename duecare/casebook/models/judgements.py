"""What people judged: decisions, overrides with their signatures, workshops, blind ratings, parked rows (METHOD 1.10)."""

from __future__ import annotations

from django.db import models

from duecare.casebook.models.contracts import Contract
from duecare.casebook.models.kept import Kept
from duecare.casebook.models.people import Structure

DECISIONS = ("accept", "act", "escalate", "defer", "close")


class Decision(Kept):
    """What a person decided about a line's finding, with the finding as it stood, so that later runs can be compared."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="decisions")
    line_id = models.CharField(max_length=64, db_index=True)
    run = models.CharField(max_length=64)
    finding = models.JSONField()
    """band, L, L_lo, L_hi, S, SAL, PRI, ddl, confidence_band and the codes of reasons and gaps of that run."""
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in DECISIONS])
    what = models.TextField()
    why = models.TextField()
    role = models.CharField(max_length=3)
    expires = models.DateField(null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        ordering = ("at", "oid")


class Override(Kept):
    """An expert's value beside the model's. ``where`` and ``proofs`` have the shapes of ``identify.overrides``."""

    number = models.CharField(max_length=40, unique=True)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="overrides")
    title = models.TextField(blank=True)
    """What it is about in words that say nothing of value or direction: also what a blind second rating is shown."""
    category = models.CharField(max_length=5, blank=True)
    target = models.CharField(max_length=4)
    where = models.JSONField()
    model_value = models.FloatField(null=True, blank=True)
    value = models.FloatField()
    direction = models.CharField(max_length=5, choices=[("raise", "raise"), ("lower", "lower")])
    reason = models.TextField()
    proofs = models.JSONField()
    run = models.CharField(max_length=64, blank=True)
    role = models.CharField(max_length=3)
    created = models.DateField()
    expires = models.DateField()
    workshop = models.ForeignKey("Workshop", on_delete=models.PROTECT, null=True, blank=True, related_name="overrides")
    dissent = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "oid")


class OverrideSignature(Kept):
    """A second or third person's word on an override: they sign it or object to it, in one of their roles."""

    override = models.ForeignKey(Override, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=3)
    agrees = models.BooleanField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "oid")
        constraints = [models.UniqueConstraint(fields=["override", "by"], name="one_word_each")]


class OverrideWithdrawal(Kept):
    """The end of an override before its day, with the reason."""

    override = models.OneToOneField(Override, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()


class Rerating(Kept):
    """A blind second rating of an override's subject by a person of another office (METHOD 1.10, bias check)."""

    override = models.ForeignKey(Override, on_delete=models.PROTECT, related_name="reratings")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=3)
    value = models.FloatField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["override", "by"], name="one_rerating_each")]


class PeerReview(Kept):
    """Another office's look at an office most of whose overrides lower: how many there were then, and what was said."""

    reviewed = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="peer_reviews")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, related_name="+")
    """The office that looked; empty for the whole organisation."""
    role = models.CharField(max_length=3)
    counted = models.JSONField()
    what = models.TextField()

    class Meta:
        ordering = ("at", "oid")


class OwnEstimate(Kept):
    """What a person guessed before they saw the machine's band, asked for now and then against automation bias (TRP19)."""

    line_id = models.CharField(max_length=64, db_index=True)
    run = models.CharField(max_length=64)
    band = models.CharField(max_length=9, blank=True)
    """Empty where the person chose not to say."""
    shown_band = models.CharField(max_length=9)


class Workshop(Kept):
    """A round in which several experts rate the same lines: each alone first, then all see median and range."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="workshops")
    title = models.CharField(max_length=200)
    held = models.DateField()
    run = models.CharField(max_length=64)
    roles = models.JSONField(default=list)
    """Who took part, by role alone."""
    sources = models.TextField(blank=True)

    class Meta:
        ordering = ("-held", "oid")


class WorkshopItem(Kept):
    """One line that a workshop rates, with the model's value of that moment, shown only once it is revealed."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="items")
    line_id = models.CharField(max_length=64)
    title = models.TextField(blank=True)
    target = models.CharField(max_length=4, default="L")
    model_value = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "line_id", "target"], name="one_item_each")]


class WorkshopRating(Kept):
    """One expert's own rating of one item, written before anybody's is shown."""

    item = models.ForeignKey(WorkshopItem, on_delete=models.PROTECT, related_name="ratings")
    role = models.CharField(max_length=3)
    value = models.FloatField()
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "by"], name="one_rating_each")]


class WorkshopReveal(Kept):
    """The moment from which an item's ratings are seen: median, lowest and highest, and what some did not agree with."""

    item = models.OneToOneField(WorkshopItem, on_delete=models.PROTECT, related_name="reveal")
    median = models.FloatField()
    lowest = models.FloatField()
    highest = models.FloatField()
    ratings = models.PositiveIntegerField()
    dissent = models.TextField(blank=True)


class QuarantineReview(Kept):
    """What a person said of a parked row or a whole parked reason of a file."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, related_name="+")
    file_sha256 = models.CharField(max_length=64, db_index=True)
    row = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60, blank=True)
    verdict = models.CharField(max_length=8, choices=[(v, v) for v in ("fix", "leave", "ask")])
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "oid")
