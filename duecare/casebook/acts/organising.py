"""How a record begins: the organisation's name, the one person of a machine, and people who are invited by a link."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from duecare.casebook.access import Need
from duecare.casebook.models import Assignment, Invitation, Person, Setting, Structure
from duecare.casebook.models.people import ROLES
from duecare.casebook.writing import Actor, written
from duecare.errors import CannotAnswer, WrongUsage

LOCAL_ADDRESS = "local@localhost"
INVITATION_DAYS = 7
PEOPLE = Need("PEOPLE", "write")


def setting(name: str, otherwise: Any = None) -> Any:
    """The value of a setting, or ``otherwise`` where nobody set it."""
    kept = Setting.objects.filter(name=name).values_list("value", flat=True).first()
    return otherwise if kept is None else kept


def set_setting(actor: Actor, name: str, value: Any) -> Setting:
    """Set one value (JSON); needs people and settings (``PEOPLE`` write) for the whole organisation."""
    actor.must(PEOPLE)
    with written(actor, "setting.set", kind="setting") as note:
        kept = Setting.objects.filter(name=name).first() or Setting(name=name)
        kept.value, kept.at, kept.by = value, actor.at, actor.person
        kept.save()
        note(kept.oid, {"name": name})
    return kept


def name_organisation(actor: Actor, name: str) -> Setting:
    """Give the organisation its name; raises ``WrongUsage`` for none or one of more than 200 characters."""
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise WrongUsage("The name of the organisation must have 1 to 200 characters.")
    return set_setting(actor, "organisation", name)


def add_office(actor: Actor, name: str, country: str = "", names: list[str] | None = None) -> Structure:
    """Add an office; ``names`` is how the data write it. Raises ``WrongUsage`` for a name that is taken or empty."""
    actor.must(PEOPLE)
    name = " ".join(name.split())
    if not name or len(name) > 200 or Structure.objects.filter(name=name).exists():
        raise WrongUsage("An office needs a name of 1 to 200 characters that no other office has.")
    with written(actor, "structure.add", kind="structure") as note:
        office = Structure.objects.create(
            name=name, country=country, names=names or [name], at=actor.at, by=actor.person
        )
        note(office.oid, structure=office.oid)
    return office


def local_person(at: datetime) -> Person:
    """The one person of a home that is used on one machine, with every role; made when missing."""
    person = Person.objects.filter(is_local=True).first()
    if person is not None:
        return person
    with written(Actor(None, at=at, via="cli"), "person.local", kind="person") as note:
        person = Person.objects.create_user(LOCAL_ADDRESS, None, joined=at, is_local=True)
        for role in ROLES:
            Assignment.objects.create(person=person, role=role, structure=None, since=at.date(), at=at, by=person)
        note(person.oid)
    return person


def has_administrator(at: datetime) -> bool:
    """Whether somebody who can sign in looks after people and roles."""
    rows = Assignment.objects.filter(
        role="ADM", structure=None, person__is_active=True, person__is_local=False, since__lte=at.date()
    )
    return any(row.until is None or row.until >= at.date() for row in rows)


def invite(
    actor: Actor, address: str, role: str, structure: Structure | None = None, name: str = ""
) -> tuple[Person, str]:
    """Enter a person with a first role and make their one-time link; returns the person and the link's token.

    Inviting a known address gives it the role and a new link. ``actor.person`` empty: the command line of the machine.
    Raises ``WrongUsage`` for an address or role that is none, ``NotAllowed`` without ``PEOPLE`` write there.
    """
    address = address.strip()
    if role not in ROLES:
        raise WrongUsage(f"There is no role {role!r}. Roles: {', '.join(ROLES)}.")
    if not _is_address(address):
        raise WrongUsage(f"{address!r} is not an e-mail address.")
    office = structure.oid if structure else None
    if actor.person is not None:
        _may_invite(actor, address, office)
    token = secrets.token_urlsafe(32)
    with written(actor, "person.invite", kind="person", structure=office) as note:
        person = Person.objects.filter(email__iexact=address).first()
        person = person or Person.objects.create_user(address, None, joined=actor.at, name=name)
        held = {"person": person, "role": role, "structure": structure}
        if not Assignment.objects.filter(**held, until=None).exists():
            Assignment.objects.create(**held, since=actor.day, at=actor.at, by=actor.person)
        _link(actor, person, token)
        note(person.oid, {"role": role})
    return person, token


def _may_invite(actor: Actor, address: str, office: str | None) -> None:
    """A link opens an account with all its roles, so only the whole organisation's administrator makes one for somebody known."""
    actor.must(PEOPLE, office)
    known = Person.objects.filter(email__iexact=address).first()
    if known is not None and known == actor.person:
        raise WrongUsage("Nobody changes their own roles. Another administrator must do it.")
    if known is not None:
        actor.must(PEOPLE)


def new_link(actor: Actor, person: Person) -> str:
    """Another one-time link for a person who lost the password or the second step; earlier links no longer work."""
    actor.must(PEOPLE)
    token = secrets.token_urlsafe(32)
    with written(actor, "person.link", kind="person") as note:
        _link(actor, person, token)
        note(person.oid)
    return token


def _link(actor: Actor, person: Person, token: str) -> None:
    Invitation.objects.filter(person=person, used=None).update(used=actor.at)
    until = actor.at + timedelta(days=INVITATION_DAYS)
    Invitation.objects.create(person=person, digest=_digest(token), until=until, at=actor.at, by=actor.person)


def invited(token: str, at: datetime) -> Invitation | None:
    """The invitation behind a link, where it is unused and not too old."""
    kept = Invitation.objects.select_related("person").filter(digest=_digest(token), used=None, until__gte=at).first()
    return kept if kept is not None and kept.person.is_active else None


def accept(token: str, password: str, at: datetime) -> Person:
    """Set the password of the person behind a link and use the link up; all earlier sessions end.

    The second step is taken away, because a new link is given where a device was lost.
    Raises ``CannotAnswer`` for a link that is used, too old or none of ours.
    """
    from allauth.mfa.models import Authenticator

    kept = invited(token, at)
    if kept is None:
        raise CannotAnswer("This link has been used or is too old. Ask your administrator for a new one.")
    person = kept.person
    with written(Actor(person, at=at), "person.accept", kind="person") as note:
        if not Invitation.objects.filter(pk=kept.pk, used=None).update(used=at):
            raise CannotAnswer("This link has been used or is too old. Ask your administrator for a new one.")
        person.set_password(password)
        person.sessions_since = at
        person.save()
        Authenticator.objects.filter(user=person).delete()
        note(person.oid)
    return person


def end_sessions(actor: Actor) -> None:
    """End all sessions of the person who asks, everywhere."""
    assert actor.person is not None
    with written(actor, "person.end_sessions", kind="person") as note:
        Person.objects.filter(pk=actor.person.pk).update(sessions_since=actor.at)
        note(actor.person.oid)


def describe_self(
    actor: Actor, *, name: str | None = None, language: str | None = None, hours_per_week: Any = None
) -> None:
    """Change the name, language or hours of the person who asks; what is ``None`` stays."""
    assert actor.person is not None
    given = {"name": name, "language": language, "hours_per_week": hours_per_week}
    changed = {field: value for field, value in given.items() if value is not None}
    with written(actor, "person.describe", kind="person") as note:
        for field, value in changed.items():
            setattr(actor.person, field, value)
        actor.person.save(update_fields=list(changed))
        note(actor.person.oid, {"fields": sorted(changed)})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _is_address(text: str) -> bool:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
