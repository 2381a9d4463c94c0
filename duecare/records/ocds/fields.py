"""The OCDS fields that are read, with their JSON types; everything else is skipped by the decoder.

Written down from the OCDS 1.1.5 reference and the extension registry. Decoding into these costs half of decoding into
dictionaries, and reading attributes a fraction of looking up keys. Numbers stay as their published bytes. What does not have
these types is mended or reported by ``types.tidy``.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from duecare.records.ocds.values import Published

Text = str | None
Number = Raw | UnsetType


class Address(Struct, rename="camel", gc=False):
    """Country of an address, under the names that releases give it."""

    country_name: Text = None
    country: Text = None
    country_code: Text = None


class Identifier(Struct, gc=False):
    """Number of an organisation in a register."""

    scheme: Text = None
    id: Text = None


class Organization(Struct, gc=False):
    """An organisation or a reference to one."""

    id: Text = None
    name: Text = None
    address: Address | None = None
    identifier: Identifier | None = None
    roles: list[str] | None = None
    details: Any = None


class Value(Struct, gc=False):
    """An amount of money."""

    amount: Number = UNSET
    currency: Text = None


class Period(Struct, rename="camel", gc=False):
    """Two dates."""

    start_date: Text = None
    end_date: Text = None
    duration_in_days: Any = None


class Classification(Struct, gc=False):
    """A code of a scheme."""

    scheme: Text = None
    id: Text = None


class Unit(Struct, gc=False):
    """Unit of an item and its price."""

    name: Text = None
    value: Value | None = None


class Document(Struct, rename="camel", gc=False):
    """Kind of a document."""

    document_type: Text = None


class Item(Struct, rename="camel", gc=False):
    """A thing that is bought."""

    description: Text = None
    classification: Classification | None = None
    additional_classifications: list[Classification] | None = None
    quantity: Number = UNSET
    unit: Unit | None = None
    related_lot: Text = None
    delivery_address: Address | None = None
    delivery_addresses: list[Address] | None = None
    delivery_location: Any = None


class _Terms(Struct, rename="camel", gc=False):
    """What a tender says of the whole purchase and a lot of its part."""

    id: Text = None
    title: Text = None
    description: Text = None
    value: Value | None = None
    contract_period: Period | None = None
    award_criteria: Any = None
    main_procurement_category: Any = None
    additional_procurement_categories: Any = None
    techniques: Any = None
    has_renewal: Any = None
    renewal: Any = None
    sustainability: Any = None
    other_requirements: Any = None
    contract_terms: Any = None
    exclusion_grounds: Any = None
    delivery_address: Address | None = None
    delivery_addresses: list[Address] | None = None
    delivery_location: Any = None


class Lot(_Terms, rename="camel", gc=False):
    """A part of a tender that is awarded on its own."""


class Tender(_Terms, rename="camel", gc=False):
    """What is to be bought and how."""

    documents: list[Document] | None = None
    items: list[Item] | None = None
    lots: list[Lot] | None = None
    procuring_entity: Organization | None = None
    procurement_method: Text = None
    procurement_method_details: Text = None
    procedure: Any = None
    number_of_tenderers: int | None = None
    tenderers: list[Organization] | None = None
    tender_period: Period | None = None


class Award(Struct, rename="camel", gc=False):
    """A decision for one or more suppliers."""

    id: Text = None
    title: Text = None
    description: Text = None
    status: Text = None
    date: Text = None
    value: Value | None = None
    documents: list[Document] | None = None
    items: list[Item] | None = None
    suppliers: list[Organization] | None = None
    related_lots: list[str] | None = None
    contract_period: Period | None = None
    subcontracting: Any = None
    estimated_value: Any = None
    maximum_value: Any = None


class Contract(Struct, rename="camel", gc=False):
    """A contract that follows an award."""

    id: Text = None
    award_id: Text = field(default=None, name="awardID")
    title: Text = None
    description: Text = None
    status: Text = None
    date_signed: Text = None
    value: Value | None = None
    documents: list[Document] | None = None
    items: list[Item] | None = None
    suppliers: list[Organization] | None = None
    related_lots: list[str] | None = None
    period: Period | None = None
    implementation: Any = None
    subcontracting: Any = None


class Budget(Struct, gc=False):
    """What is planned to be spent."""

    project: Text = None
    description: Text = None
    amount: Value | None = None


class Planning(Struct, gc=False):
    """What comes before a tender."""

    rationale: Text = None
    budget: Budget | None = None
    documents: list[Document] | None = None


class Release(Struct, rename="camel", gc=False):
    """One release, or a record or package, of which only is noted that it is one."""

    ocid: Text = None
    date: Text = None
    language: Text = None
    parties: list[Organization] | None = None
    buyer: Organization | None = None
    planning: Planning | None = None
    tender: Tender | None = None
    awards: list[Award] | None = None
    contracts: list[Contract] | None = None
    bids: Any = None
    releases: Number = UNSET
    records: Number = UNSET
    compiled_release: Number = UNSET
    versioned_release: Number = UNSET


decode_release = msgspec.json.Decoder(Release, float_hook=Published).decode
"""Raises ``msgspec.ValidationError`` for wrong types, ``msgspec.DecodeError`` for what is no JSON."""
decode_any = msgspec.json.Decoder(float_hook=Raw).decode
"""Dictionaries and lists in which every number with a fraction or an exponent is its published bytes."""


def as_release(tidied: dict[str, Any]) -> Release:
    """A dictionary whose used fields have the right types (``types.tidy``) as a release."""
    return decode_release(msgspec.json.encode(tidied))
