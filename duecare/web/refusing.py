"""What an act refused, beside the field of the form that it named."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from duecare.errors import DuecareError


def refused(form: Any, error: DuecareError) -> None:
    """Add the act's sentence to the form: ``field: sentence`` to that field, where the form has it, else to the form.

    The whole sentence is the message id, the field's name with it, so it is translated first and cut afterwards.
    """
    name, _, sentence = str(error).partition(": ")
    known = name in form.fields and sentence
    said = form.tr.t(str(error))
    text = said.partition(": ")[2] or said if known else said
    form.add_error(name if known else None, ValidationError(text[:1].upper() + text[1:], code="act"))
