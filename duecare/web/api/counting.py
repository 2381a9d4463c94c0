"""Whether a proposed override can ever count: the rules of METHOD 1.10 as ``identify.overrides`` has them, were all to sign it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from duecare.casebook.acts.overrides import FUNCTIONS, Check
from duecare.identify.method import load_method
from duecare.identify.overrides import Ruling, sift


def check_on(day: date) -> Check:
    """The check of a day."""

    def check(entry: Mapping[str, Any]) -> str:
        everybody = [
            {"role": function, "author": f"somebody of {function}"} for function in dict.fromkeys(FUNCTIONS.values())
        ]
        try:
            ruling = msgspec.convert(dict(entry) | {"by": [*entry["by"], *everybody]}, Ruling)
        except msgspec.ValidationError as error:
            return f"This cannot be an override: {error}."
        _, refused = sift([ruling], load_method(), day)
        return refused[0].sentence if refused else ""

    return check
