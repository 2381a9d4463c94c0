"""The record as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Casebook(AppConfig):
    """Models of ``duecare.casebook.models``."""

    name = "duecare.casebook"
    label = "casebook"
    verbose_name = "casebook"
