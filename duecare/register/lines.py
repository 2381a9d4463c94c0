"""The columns of a contract line in the register, with their types: the readers' staging order, made exact.

Numbers of money are exact decimals with twelve places; everything a source left empty is NULL.
"""

from __future__ import annotations

from duecare.errors import CannotAnswer
from duecare.register.engine import Engine
from duecare.register.marks import in_force
from duecare.register.store import Register

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
    "procurement_category": "VARCHAR",
    "buyer_type": "VARCHAR",
    "buyer_activity": "VARCHAR",
    "estimated_amount": MONEY,
    "lowest_bid": MONEY,
    "highest_bid": MONEY,
    "duration_months": "DOUBLE",
    "renewals": "BIGINT",
    "framework": "VARCHAR",
    "objectives": "VARCHAR",
    "reserved": "VARCHAR",
    "exclusion_grounds": "VARCHAR",
    "translations": "VARCHAR",
    "supplier_is_person": "VARCHAR",
    "notice": "VARCHAR",
    "gaps": "VARCHAR",
    "raw": "VARCHAR",
    "supplier_countries": "VARCHAR",
    "joint_buyers": "VARCHAR",
    "modified_amount": MONEY,
}

_IS_PERSON = "supplier_is_person = 'yes' AND supplier_name NOT LIKE '%natural person%'"
"""Among firms a person was never named: the reader wrote these words in place of the name."""
_NOBODY_NAMED = (
    f"REPLACE (CASE WHEN {_IS_PERSON} THEN 'natural person' ELSE supplier_name END AS supplier_name, "
    f"CASE WHEN {_IS_PERSON} THEN concat('person-', line_id) ELSE supplier_id END AS supplier_id)"
)
"""Persons are not told apart by name or number, and not linked from one line to the next (METHOD 8.6)."""


def see_lines(engine: Engine, register: Register, structure: str | None = None) -> None:
    """Make the view ``lines``: every accepted line once, in its newest version, with ``file_sha256``.

    What a later notice replaced or settled is not among them (``register.marks``); what a corrigendum changed is told in
    ``corrections``, a column that only this view has. The name and number of a natural
    person stay in the register's files: who looks at lines sees that it is one, and not which (METHOD 8.2).

    ``structure`` keeps the lines of one office. Raises ``CannotAnswer`` when nothing is left to look at.
    """
    files = register.line_files()
    if not files:
        raise CannotAnswer("The register holds no contract lines yet. Take files in with `duecare take-in FILES`.")
    engine.view_parquet("lines_held", files)
    engine.execute(
        f"CREATE OR REPLACE TEMP VIEW lines_all AS SELECT *{_missing_columns(engine)}, CAST(NULL AS VARCHAR) AS corrections FROM lines_held"
    )
    newest = "lines_all"
    if any(entry.get("updates") for entry in register.ledger()):
        order = "PARTITION BY line_id ORDER BY version DESC NULLS LAST, file_sha256"
        newest = f"(SELECT * FROM lines_all QUALIFY row_number() OVER ({order}) = 1)"
    if any(entry.get("marks") for entry in register.ledger()):
        newest = in_force(engine, register, newest)
    wanted = (
        "" if structure is None else f" WHERE coalesce(structure, buyer) = '{structure.replace(chr(39), chr(39) * 2)}'"
    )
    engine.execute(f"CREATE OR REPLACE TEMP VIEW lines AS SELECT * {_NOBODY_NAMED} FROM {newest}{wanted}")
    if structure is not None and not engine.rows("SELECT 1 AS one FROM lines LIMIT 1"):
        known = engine.rows("SELECT DISTINCT coalesce(structure, buyer) AS name FROM lines_all ORDER BY 1 LIMIT 20")
        names = ", ".join(str(row["name"]) for row in known)
        raise CannotAnswer(f"No contract line belongs to the office {structure!r}. Offices in the register: {names}.")


def _missing_columns(engine: Engine) -> str:
    """Columns that a register of an earlier edition does not hold yet, as unknown."""
    held = {row["column_name"] for row in engine.rows("DESCRIBE lines_held")}
    return "".join(f", CAST(NULL AS {kind}) AS {name}" for name, kind in TYPES.items() if name not in held)
