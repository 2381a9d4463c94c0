"""Rules for a person's decision about what was bought: METHOD 1.10 as far as it is about a category and not about a rating.

A person who chooses among the readings that the code or the words allow says what was bought; a name and a reason are enough.
Going below a reading that is sure, to one that neither the code nor the words name, would lower a rating in another way, so
it takes what lowering an override takes: two people of different functions, the focal point among them, and a full reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from duecare.errors import CannotAnswer, WrongUsage
from duecare.evidence.profiles import UNKNOWN, Profiles
from duecare.identify.method import Method
from duecare.identify.overrides import FOCAL_POINT, QUALIFIED
from duecare.identify.queue import CONFIRM_BELOW, readings
from duecare.records.crosswalk import common_prefix, normal_cpv, significant_digits
from duecare.register.reviews import Decision, Judged, Person, Said, Scope, Verb
from duecare.terms import Classified


class SecondPersonNeeded(CannotAnswer):
    """One person alone cannot decide this: it takes two of different functions, the focal point among them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a decision is about: the text, the line it was named by (empty for all lines of the text), its language."""

    said: Said
    line_id: str
    language: str
    scope: Scope


def decide(
    verb: Verb,
    asked: Asked,
    machine: Classified,
    chosen: tuple[str, str],
    people: Sequence[Person],
    reason: str,
    at: datetime,
    profiles: Profiles,
    method: Method,
) -> Decision:
    """A decision that keeps the rules; ``chosen`` is (profile, CPV prefix) as ``choice`` gives it, empty for ``withdraw``.

    Raises ``WrongUsage`` where something is missing and ``CannotAnswer`` where the rules do not allow it, saying what would.
    """
    _check_people(people)
    profile, cpv = chosen
    lowers = bool(profile) and profiles.riskiness[profile] < profiles.riskiness[machine.profile]
    if verb == "accept" and profile == UNKNOWN:
        raise CannotAnswer(
            "What was bought is not known, so there is nothing to accept. Say it: `duecare review correct`."
        )
    if verb == "correct":
        _check_reason(reason)
    if lowers and _goes_beyond(machine, profile, profiles):
        _check_lowering(people, reason, method)
    judged = Judged(machine.profile, machine.how, machine.confidence, machine.contradicts, machine.alternatives)
    return Decision(
        at=at, verb=verb, scope=asked.scope, said=asked.said, line_id=asked.line_id, language=asked.language,
        profile=profile, cpv=cpv, people=tuple(people), reason=reason.strip(), lowers=lowers, machine=judged,
    )  # fmt: skip


def choice(category: str, cpv: str, profiles: Profiles) -> tuple[str, str]:
    """Profile and CPV prefix that a person named by a category (or profile), a CPV code, or both when they agree.

    Raises ``WrongUsage`` for names that do not exist and for a code of another category.
    """
    if not category and not cpv:
        raise WrongUsage("Say what was bought: --category, such as CAT03, or --cpv, such as 90910000.")
    by_code, prefix = _by_code(cpv, profiles) if cpv else ("", "")
    if not category:
        return by_code, prefix
    if category not in profiles.by_id or category == UNKNOWN:
        known = ", ".join(name for name in profiles.by_id if name.startswith("CAT") and "-" not in name)
        raise WrongUsage(
            f"There is no category {category}. The twenty are {known}; docs/explanation/categories.md has all."
        )
    if not by_code:
        return category, common_prefix(profiles.by_id[category].cpv)
    if profiles.by_id[by_code].category != profiles.by_id[category].category:
        raise WrongUsage(f"CPV {cpv} is {by_code}, not {category}. Name one of them, or a code of that category.")
    return (by_code if category == profiles.by_id[by_code].category else category), prefix


def _by_code(cpv: str, profiles: Profiles) -> tuple[str, str]:
    codes = list(normal_cpv(cpv))
    found = profiles.for_cpv(codes[0]).id if len(codes) == 1 else UNKNOWN
    if found == UNKNOWN:
        raise WrongUsage(f"{cpv!r} is not one CPV code of 2008. Write 2 to 8 digits, such as 90910000.")
    return found, codes[0][: significant_digits(codes[0])]


def _check_people(people: Sequence[Person]) -> None:
    for person in people:
        if not person.by.strip():
            raise WrongUsage(
                "Say who decides with --by: a name or a staff code. It is kept with the decision and in no report."
            )
        if person.role and person.role not in QUALIFIED:
            raise WrongUsage(f"--role is one of {', '.join(QUALIFIED)}; {person.role!r} was given.")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise WrongUsage("A correction needs its reason: --reason TEXT.")


def _goes_beyond(machine: Classified, profile: str, profiles: Profiles) -> bool:
    """Whether the machine was sure and did not name this reading itself."""
    sure = machine.confidence >= CONFIRM_BELOW and not machine.contradicts
    return sure and profile not in set(readings(machine, profiles))


def _check_lowering(people: Sequence[Person], reason: str, method: Method) -> None:
    roles = {person.role for person in people}
    if len({person.by.strip() for person in people}) < 2 or len(roles - {""}) < 2 or FOCAL_POINT not in roles:
        raise SecondPersonNeeded(
            "The code and the words agree on a riskier purchase. Going below it takes two people of different functions, the "
            "focal point among them, as for any rating that is lowered: --by NAME --role focal_point --second NAME --second-role ROLE."
        )
    if len(reason.strip()) < method.overrides.reason_characters:
        needed = method.overrides.reason_characters
        raise CannotAnswer(
            f"The reason has {len(reason.strip())} characters; going below a sure reading takes {needed}."
        )
