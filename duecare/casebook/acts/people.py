"""Who has which role where, and which offices there are and how the data write them (METHOD 7.1, 8.5).

Nobody gives or takes their own roles, save the one person of a one-user home; the last administrator of the whole organisation
stays one. People come in by ``organising.invite``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from duecare.casebook.access import EVERYWHERE, Need
from duecare.casebook.models import Assignment, Person, Structure
from duecare.casebook.models.people import ROLES
from duecare.casebook.writing import Actor, written
from duecare.errors import WrongUsage

if TYPE_CHECKING:
    from django.db.models import QuerySet

WRITE, SEE = Need("PEOPLE", "write"), Need("PEOPLE", "read")
LANGUAGES = ("en", "fr", "de", "it", "ru", "es")
MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Office:
    """An office as somebody describes it. ``names`` is how the data write it, beside ``name``."""

    name: str
    country: str = ""
    legal_regime: str = ""
    languages: Sequence[str] = ()
    names: Sequence[str] = ()
    capacity: int | None = None


def assign(
    actor: Actor, person: Person, role: str, structure: Structure | None, since: date, until: date | None = None
) -> Assignment:
    """Give a person a role in one office, or in the whole organisation without one, from a day to a day.

    Raises ``WrongUsage`` for one's own roles, a role that there is not, days that do not fit or a role that is held already;
    ``NotAllowed`` without the right to change people there.
    """
    actor.must(WRITE, structure.oid if structure else None)
    _not_oneself(actor, person)
    if role not in ROLES:
        raise WrongUsage(f"role: one of {', '.join(ROLES)}, not {role!r}.")
    if until is not None and until < since:
        raise WrongUsage("until: the last day lies before the first.")
    with written(actor, "role.give", kind="person", structure=structure.oid if structure else None) as note:
        held = Assignment.objects.filter(person=person, role=role, structure=structure)
        if any(one.until is None or one.until >= since for one in held):
            raise WrongUsage("role: the person has this role there already.")
        given = Assignment(
            person=person, role=role, structure=structure, since=since, until=until, at=actor.at, by=actor.person
        )
        _kept(actor, given)
        note(person.oid, {"role": role})
    return given


def end(actor: Actor, assignment: Assignment, last: date) -> Assignment:
    """End a role with a day, which is its last; from the day before its first on it never counted."""
    actor.must(WRITE, assignment.structure_id)
    _not_oneself(actor, assignment.person)
    with written(actor, "role.end", kind="person", structure=assignment.structure_id) as note:
        fresh = Assignment.objects.select_for_update().get(pk=assignment.pk)
        if fresh.until is not None and fresh.until <= last:
            raise WrongUsage("until: the role ends earlier already.")
        fresh.until = max(last, fresh.since - timedelta(days=1))
        _someone_stays(fresh.person, fresh, actor.day)
        _kept(actor, fresh)
        note(fresh.person_id, {"role": fresh.role, "until": fresh.until.isoformat()})
    return fresh


def rest(actor: Actor, person: Person) -> None:
    """Put a person to rest: they can no longer sign in, their sessions and keys end; what they did stays."""
    actor.must(WRITE)
    _not_oneself(actor, person)
    with written(actor, "person.rest", kind="person") as note:
        _someone_stays(person, None, actor.day)
        Person.objects.filter(pk=person.pk).update(is_active=False, sessions_since=actor.at)
        note(person.oid)


def wake(actor: Actor, person: Person) -> None:
    """Let a person sign in again with the roles that have not ended."""
    actor.must(WRITE)
    _not_oneself(actor, person)
    with written(actor, "person.wake", kind="person") as note:
        Person.objects.filter(pk=person.pk).update(is_active=True)
        note(person.oid)


def end_sessions_of(actor: Actor, person: Person) -> None:
    """End all sessions of another person, such as after the loss of a device."""
    actor.must(WRITE)
    with written(actor, "person.end_sessions", kind="person") as note:
        Person.objects.filter(pk=person.pk).update(sessions_since=actor.at)
        note(person.oid)


def visible(actor: Actor) -> QuerySet[Person]:
    """The people whom this person may see: who has or had a role in an office within reach, or in the whole organisation."""
    from django.db.models import Q

    offices = actor.reach.structures(SEE)
    kept = Person.objects.prefetch_related("assignments__structure")
    if EVERYWHERE in offices:
        return kept
    return (
        kept.filter(Q(assignments__structure__in=offices) | Q(assignments__structure=None)).distinct()
        if offices
        else kept.none()
    )


# --- offices -------------------------------------------------------------------------------------------------------------


def add_office(actor: Actor, office: Office) -> Structure:
    """Enter an office. Raises ``WrongUsage`` for a name that another office has or is written as."""
    actor.must(WRITE)
    with written(actor, "structure.add", kind="structure") as note:
        structure = Structure(at=actor.at, by=actor.person)
        _describe(structure, office)
        _kept(actor, structure)
        note(structure.oid, structure=structure.oid)
    return structure


def describe_office(actor: Actor, structure: Structure, office: Office) -> Structure:
    """Change what is said of an office; every earlier version is kept."""
    actor.must(WRITE, structure.oid)
    with written(actor, "structure.describe", kind="structure", structure=structure.oid) as note:
        fresh = Structure.objects.select_for_update().get(pk=structure.pk)
        if set(office.names) - set(fresh.names) or office.name != fresh.name:
            actor.must(WRITE)  # a name opens the data of that name, so the whole organisation's administrator gives it
        _describe(fresh, office)
        _kept(actor, fresh)
        note(fresh.oid)
    return fresh


def name_in_data(actor: Actor, structure: Structure, written_as: str) -> Structure:
    """Say that the data write an office this way: its lines belong to the office from now on."""
    return describe_office(actor, structure, _with_name(structure, written_as))


def unmapped(found: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Names in the data with their number of lines that belong to no office yet, most lines first."""
    known = {name for structure in Structure.objects.all() for name in (structure.name, *structure.names)}
    return sorted(
        ((name, lines) for name, lines in found if name and name not in known), key=lambda pair: (-pair[1], pair[0])
    )


def _with_name(structure: Structure, written_as: str) -> Office:
    said = {name: getattr(structure, name) for name in ("name", "country", "legal_regime", "languages", "capacity")}
    return Office(**said, names=[*structure.names, written_as])


def _describe(structure: Structure, office: Office) -> None:
    """Set the checked values; names in the data are kept exactly as written, for they must match exactly."""
    name = " ".join(office.name.split())
    if not name or len(name) > 200:
        raise WrongUsage("name: give the office a name of at most 200 characters.")
    if office.country and not (len(office.country) == 2 and office.country.isascii() and office.country.isupper()):
        raise WrongUsage("country: two capital letters (ISO 3166-1), or nothing.")
    if unknown := sorted(set(office.languages) - set(LANGUAGES)):
        raise WrongUsage(f"languages: one of {', '.join(LANGUAGES)}, not {unknown[0]!r}.")
    names = list(dict.fromkeys(one for one in office.names if one.strip() and one != name))
    if len(names) > MOST_NAMES or any(len(one) > 300 for one in names):
        raise WrongUsage(f"names: at most {MOST_NAMES} names of at most 300 characters.")
    _are_free(structure, {name, *names})
    structure.name, structure.country, structure.legal_regime = (
        name,
        office.country,
        " ".join(office.legal_regime.split())[:100],
    )
    structure.languages, structure.names, structure.capacity = list(office.languages), names, office.capacity


def _are_free(structure: Structure, names: set[str]) -> None:
    for other in Structure.objects.exclude(pk=structure.pk):
        if taken := sorted(names & {other.name, *other.names}):
            raise WrongUsage(f"names: {taken[0]!r} belongs to the office {other.name}.")


# --- rules ---------------------------------------------------------------------------------------------------------------


def _not_oneself(actor: Actor, person: Person) -> None:
    if actor.person is not None and actor.person.pk == person.pk and not person.is_local:
        raise WrongUsage("Nobody changes their own roles or puts themselves to rest. Another administrator must do it.")


def _someone_stays(person: Person, changed: Assignment | None, day: date) -> None:
    """Refuse what would leave nobody to look after people: an administrator everywhere, active, whose role has no last day."""
    lasting = Assignment.objects.filter(role="ADM", structure=None, person__is_active=True, until=None, since__lte=day)
    left = lasting.exclude(pk=changed.pk) if changed is not None else lasting.exclude(person=person)
    concerned = changed is None or (changed.role == "ADM" and changed.structure_id is None)
    was_one = lasting.filter(person=person).exists()
    if concerned and was_one and not left.exists():
        raise WrongUsage("This is the last administrator. Give somebody else the role first.")


def _kept(actor: Actor, changed: Assignment | Structure) -> None:
    """Save with its history signed."""
    changed._history_user, changed._history_date = actor.person, actor.at  # noqa: SLF001 - where the library looks
    changed.save()
