"""The columns of a contract line in the register, with their types: the readers' staging order, made exact.

Numbers of money are exact decimals with twelve places; everything a source left empty is NULL.
"""

from __future__ import annotations

MONEY = "DECIMAL(38,12)"

TYPES: dict[str, str] = {
    "row": "BIGINT",
    "locator": "VARCHAR",
    "line_id": "VARCHAR",
    "version": "VARCHAR",
    "content_sha256": "VARCHAR",
    "ocid": "VARCHAR",
    "lot": "VARCHAR",
    "contract_id": "VARCHAR",
    "structure": "VARCHAR",
    "buyer": "VARCHAR",
    "supplier_name": "VARCHAR",
    "supplier_id": "VARCHAR",
    "supplier_country": "VARCHAR",
    "country": "VARCHAR",
    "country_basis": "VARCHAR",
    "origin_country": "VARCHAR",
    "title": "VARCHAR",
    "description": "VARCHAR",
    "cpv": "VARCHAR",
    "unspsc": "VARCHAR",
    "hs": "VARCHAR",
    "other_codes": "VARCHAR",
    "quantity": MONEY,
    "unit": "VARCHAR",
    "unit_price": MONEY,
    "amount": MONEY,
    "currency": "VARCHAR",
    "award_date": "DATE",
    "start_date": "DATE",
    "end_date": "DATE",
    "procedure": "VARCHAR",
    "tenderers": "BIGINT",
    "price_weight": "DOUBLE",
    "subcontract_share": "DOUBLE",
    "bid_days": "BIGINT",
    "payment_days": "BIGINT",
    "phase": "VARCHAR",
    "language": "VARCHAR",
    "documents": "VARCHAR",
    "gaps": "VARCHAR",
    "raw": "VARCHAR",
}
