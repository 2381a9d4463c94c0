"""Buyers and winners: organisations by the technical id that the rest of a notice refers to; never a contact or an owner."""

from __future__ import annotations

from duecare.records.eforms.ubl import (
    AGGREGATE,
    BASIC,
    EFORMS_AGGREGATE,
    EFORMS_BASIC,
    ID,
    Element,
    code,
    each,
    extended,
    first,
    is_true,
    listed,
    told,
)
from duecare.records.notices.notice import Party
from duecare.records.notices.places import country_code

Organisations = dict[str, Party]

_ORGANISATION = (f"{EFORMS_AGGREGATE}Organizations", f"{EFORMS_AGGREGATE}Organization")
_IDENTIFIED = (f"{AGGREGATE}PartyIdentification", ID)
_BUYER = f"{AGGREGATE}ContractingParty"
_LEGAL_TYPE = (f"{AGGREGATE}ContractingPartyType", f"{BASIC}PartyTypeCode")
_ACTIVITY = (f"{AGGREGATE}ContractingActivity", f"{BASIC}ActivityTypeCode")


def organisations(root: Element) -> Organisations:
    """Every organisation by the ids of its company (``ORG-0001``) and of its touch points (``TPO-0001``).

    A touch point stands for its organisation: its own name is an office or, in real notices, a person (BT-500, BT-501,
    BT-514, BT-633).
    """
    found: Organisations = {}
    for organisation in each(extended(root), *_ORGANISATION):
        company = first(organisation, f"{EFORMS_AGGREGATE}Company")
        party = _party(company, is_person=is_true(organisation, f"{EFORMS_BASIC}NaturalPersonIndicator"))
        for place in (company, *each(organisation, f"{EFORMS_AGGREGATE}TouchPoint")):
            if key := code(place, *_IDENTIFIED):
                found.setdefault(key, party)
    return found


def buyer_of(root: Element, known: Organisations) -> tuple[Party, str, str]:
    """The buyer with its legal type (BT-11) and activity (BT-10); of several the leader of the group, else the first."""
    buyers = list(each(root, _BUYER))
    if not buyers:
        return Party(), "", ""
    buyer = _first_of(root, buyers)
    types = listed(buyer, "buyer-legal-type", *_LEGAL_TYPE) + listed(buyer, "buyer-contracting-type", *_LEGAL_TYPE)
    return known.get(_reference(buyer), Party()), types[0] if types else "", code(buyer, *_ACTIVITY)


def joint_buyers_of(root: Element, known: Organisations) -> tuple[Party, ...]:
    """The other buyers of a joint procurement, each once, in the order of publication; none that has no name."""
    buyers = list(each(root, _BUYER))
    if len(buyers) < 2:
        return ()
    own = known.get(_reference(_first_of(root, buyers)))
    found = dict.fromkeys(known.get(_reference(one), Party()) for one in buyers)
    return tuple(party for party in found if party.name and party != own)


def _first_of(root: Element, buyers: list[Element]) -> Element:
    leading = _leading(root)
    return next((one for one in buyers if _reference(one) in leading), buyers[0])


def _party(company: Element | None, *, is_person: bool) -> Party:
    address = first(company, f"{AGGREGATE}PostalAddress")
    return Party(
        name=told(company, f"{AGGREGATE}PartyName", f"{BASIC}Name"),
        identifier=told(company, f"{AGGREGATE}PartyLegalEntity", f"{BASIC}CompanyID"),
        country=country_code(code(address, f"{AGGREGATE}Country", f"{BASIC}IdentificationCode")),
        is_person=is_person,
    )


def _reference(buyer: Element) -> str:
    return code(buyer, f"{AGGREGATE}Party", *_IDENTIFIED)


def _leading(root: Element) -> set[str]:
    """Companies that lead a group of buyers (OPP-050 by its indicator)."""
    return {
        code(one, f"{EFORMS_AGGREGATE}Company", *_IDENTIFIED)
        for one in each(extended(root), *_ORGANISATION)
        if is_true(one, f"{EFORMS_BASIC}GroupLeadIndicator")
    }
