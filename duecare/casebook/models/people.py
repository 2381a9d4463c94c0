"""Offices, people, and who has which role where and since when (METHOD 7.1, 8.5)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from simple_history.models import HistoricalRecords

from duecare.casebook.models.kept import OID_CHARACTERS, Kept, new_oid

ROLES = ("PO", "RQ", "CM", "FP", "LG", "FIN", "SM", "DPO", "IV", "IA", "SAG", "ADM")


class Structure(Kept):
    """An executive structure (office) of the organisation; ``names`` is how the data write it."""

    name = models.CharField(max_length=200, unique=True)
    country = models.CharField(max_length=2, blank=True)
    legal_regime = models.CharField(max_length=100, blank=True)
    languages = models.JSONField(default=list, blank=True)
    names = models.JSONField(default=list, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=[])

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """Makes people for the sign-in library."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> Person:
        """A person with this address; without a password nobody can sign in by one."""
        person = Person(email=self.normalize_email(email), **more)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """By address, whatever its capitals."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who may sign in. Rights come from assignments alone: there are no superusers."""

    oid = models.CharField(primary_key=True, max_length=OID_CHARACTERS, default=new_oid, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="en")
    hours_per_week = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_local = models.BooleanField(default=False)
    """The one person of a home that is used on one machine without accounts."""
    joined = models.DateTimeField()
    sessions_since = models.DateTimeField(null=True, blank=True)
    """Sessions that began earlier are over."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = People()

    class Meta:
        ordering = ("name", "email")

    def __str__(self) -> str:
        return self.name or self.email


class Assignment(Kept):
    """A person's role in one office, or in the whole organisation where ``structure`` is empty, from a day to a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=3, choices=[(role, role) for role in ROLES])
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ("person", "role", "structure")


class Invitation(Kept):
    """A one-time link by which a person sets their password; only the digest of its token is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)


class ApiKey(Kept):
    """A key by which a program acts for a person, never with more than that person's rights; only its digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    writes = models.BooleanField(default=False)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    until = models.DateField()
    revoked = models.DateTimeField(null=True, blank=True)
