"""What an act refused, beside the field of the form that it named."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from duecare.errors import DuecareError


def refused(form: Any, error: DuecareError) -> None:
    """Add the act's sentence to the form: ``field: sentence`` to that field, where the form has it, else to the form."""
    name, _, sentence = str(error).partition(": ")
    known = name in form.fields and sentence
    form.add_error(name if known else None, ValidationError(sentence if known else str(error), code="act"))
