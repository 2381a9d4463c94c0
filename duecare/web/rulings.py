"""Overrides of the record through the eyes of the method: what counts today, what is still missing, which office mostly lowers.

The rules are those of ``identify.overrides`` alone; here they only get their words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from duecare.casebook.acts.overrides import FUNCTIONS, Check, as_written, is_withdrawn
from duecare.casebook.models import Override
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.identify.method import Method, load_method
from duecare.identify.overrides import bias, broken_at, rulings_of, sift

STATES = {
    "counts": msgid("counts"),
    "open": msgid("waits for a signature"),
    "objection": msgid("objected to"),
    "expired": msgid("expired"),
    "withdrawn": msgid("withdrawn"),
    "refused": msgid("not applied"),
}
RULES = {
    "reason": msgid("The reason is too short: at least 80 characters."),
    "scope": msgid("It must name a line, contract, category or supplier; a rating of the whole line has no stage."),
    "expiry": msgid("It must end within 12 months of its beginning."),
    "floor": msgid(
        "This floor is never lowered for state-imposed forced labour or an open case, and no floor is raised."
    ),
    "three functions": msgid("Legal, the focal point and senior management must sign: three persons."),
    "two functions": msgid("A second person, of another function, must sign."),
    "focal point": msgid("The focal point must sign."),
    "evidence": msgid("The evidence is not strong enough: lowering takes grade E2 or better, a floor E3 or better."),
    "one level": msgid("An override lowers by one level at most."),
    "direction": msgid(
        "A raise never lies below the model's value: to lower it, choose lower, which two persons sign."
    ),
    "absence": msgid("A level below 1 says that the factor is absent, which takes evidence of grade E3 or E4."),
    "objection": msgid("One of those who may sign objects; a lowering counts where nobody does."),
}
"""Sentence by rule of ``identify.overrides``."""
SIGNING = frozenset({"two functions", "focal point", "three functions"})
"""Rules that a further signature can meet."""
FIELDS = {
    "reason": "reason",
    "scope": "scope",
    "expiry": "expires",
    "evidence": "evidence",
    "one level": "value",
    "direction": "value",
    "absence": "value",
    "floor": "target",
}
TARGETS = {
    "L": msgid("Likelihood of the whole line"),
    "S": msgid("Severity"),
    "LEV": msgid("Leverage"),
    **words.GROUPS,
    "F1": msgid("Floor F1: what a documented list leaves at least"),
    "F2": msgid("Floor F2: what the country setting leaves at least"),
}
"""Targets that can be chosen from a list; a single factor is named by its code."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where an override stands on a day: a code of ``STATES`` and the rule that keeps it from counting, if any."""

    code: str
    rule: str = ""

    def text(self, tr: Translator) -> str:
        """The state in a word or two."""
        return tr.t(STATES[self.code])

    def why(self, tr: Translator) -> str:
        """What is missing or broken; empty where it counts."""
        return tr.t(RULES[self.rule]) if self.rule else ""


@lru_cache(maxsize=1)
def method() -> Method:
    """The present method."""
    return load_method()


def status_of(override: Override, day: date) -> Status:
    """Where an override stands on a day."""
    if is_withdrawn(override):
        return Status("withdrawn")
    if day > override.expires:
        return Status("expired")
    _, refused = sift(rulings_of([as_written(override)]), method(), day)
    if not refused:
        return Status("counts")
    rule = refused[0].rule
    return Status("open" if rule in SIGNING else "objection" if rule == "objection" else "refused", rule)


def lasting_fault(day: date, tr: Translator, model_value: float | None = None) -> Check:
    """The method's verdict for ``acts.overrides.propose``: what no signature could heal, named by the form's field.

    ``model_value`` is the model's own value of what is changed, where it is known.
    """

    def check(entry: Mapping[str, Any]) -> str:
        everybody = [{"role": role, "author": role} for role in dict.fromkeys(FUNCTIONS.values())]
        try:
            _, refused = sift(rulings_of([dict(entry) | {"by": everybody}]), method(), day)
        except msgspec.ValidationError as error:
            return str(error)
        rule = refused[0].rule if refused else ""
        if not rule and model_value is not None:
            rule = broken_at(model_value, entry["value"], entry["direction"], method())
        return f"{FIELDS[rule]}: {tr.t(RULES[rule])}" if rule else ""

    return check


def counted_by_office(overrides: Iterable[Override]) -> dict[str, dict[str, Any]]:
    """By office id ``raise``, ``lower`` and whether another office should look (``peer_review``); in no order of size."""
    entries = [as_written(one) | {"where": {"structure": one.structure_id}} for one in overrides]
    return {str(row.pop("structure")): row for row in bias(rulings_of(entries), method())}


def target_name(target: str, tr: Translator) -> str:
    """What an override changes, in words; a single factor by its group and code."""
    if target in TARGETS:
        return tr.t(TARGETS[target])
    group = words.GROUPS.get(target[:1])
    return f"{tr.t(group)}: {target}" if group else target
