"""The columns of findings.csv: name, type, heading and meaning. The same list feeds XLSX and the data package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from duecare.communicate.i18n import msgid


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``type`` is a type of the Table Schema, ``width`` the width in a spreadsheet."""

    name: str
    type: str
    title: str
    description: str
    width: int = 14
    constraints: Mapping[str, object] = field(default_factory=dict)


LEVEL = {"constraints": {"minimum": 0, "maximum": 4}}


def _one_of(*words: str) -> dict[str, object]:
    return {"constraints": {"enum": list(words)}}


COLUMNS: tuple[Column, ...] = (
    Column("line_id", "string", msgid("Line"), "Identity of the contract line, the same in every run.", 22, {"constraints": {"required": True, "unique": True}}),
    Column("contract_id", "string", msgid("Contract"), "Contract id as published.", 18),
    Column("structure", "string", msgid("Office"), "Executive structure that buys, as published.", 22),
    Column("title", "string", msgid("Title"), "Title of the line as published.", 46),
    Column("supplier", "string", msgid("Supplier"), "Supplier as written in the source. To be named here is no accusation.", 28),
    Column("category", "string", msgid("Category code"), "Id of the category profile.", 12),
    Column("category_title", "string", msgid("Category"), "Title of the category profile.", 24),
    Column("country", "string", msgid("Place of work or delivery"), "ISO 3166-1 alpha-2 (XK: Kosovo); empty: not known.", 9),
    Column("origin_country", "string", msgid("Country of origin"), "Declared origin of goods, ISO 3166-1 alpha-2; empty: not known.", 9),
    Column("amount", "number", msgid("Amount"), "Amount as published, exact decimal. It plays no part in the priority.", 14),
    Column("currency", "string", msgid("Currency"), "ISO 4217.", 9),
    Column("award_date", "date", msgid("Award date"), "ISO date.", 12),
    Column("highest_stage", "string", msgid("Highest stage"), "Supply-chain stage with the highest likelihood: RAW, PROC, MANU, LOG, SITE.", 10),
    Column("L", "number", msgid("Likelihood"), "Likelihood index 0-4, ordinal, no probability.", 10, LEVEL),
    Column("L_lo", "number", msgid("Likelihood from"), "Lower bound of L given what is not known.", 10, LEVEL),
    Column("L_hi", "number", msgid("Likelihood to"), "Upper bound of L given what is not known.", 10, LEVEL),
    Column("band", "string", msgid("Rating"), "Band of L.", 12, _one_of("LOW", "MODERATE", "HIGH", "VERY_HIGH")),
    Column("confidence", "number", msgid("Confidence"), "1 - (L_hi - L_lo) / 4.", 10, {"constraints": {"minimum": 0, "maximum": 1}}),
    Column("confidence_word", "string", msgid("Confidence in words"), "HIGH from 0.85, MEDIUM from 0.65, else LOW.", 10, _one_of("LOW", "MEDIUM", "HIGH")),
    Column("S", "number", msgid("Severity"), "Severity of the worst harm scenario, 0-4.", 9, LEVEL),
    Column("SAL", "number", msgid("Salience"), "Severity led by likelihood, 0-4.", 9, LEVEL),
    Column("PRI", "number", msgid("Priority"), "Priority, 0-4; spend is not part of it.", 9, LEVEL),
    Column("ddl", "string", msgid("Care"), "Due-diligence level.", 13, _one_of("BASIC", "STANDARD", "HEIGHTENED", "INTENSIVE")),
    Column("route", "string", msgid("Way to act"), "How the buyer can move the risk.", 13, _one_of("DIRECT", "BUILD", "COLLECTIVE")),
    Column("involvement", "string", msgid("Involvement"), "How the buyer is connected to the harm.", 13, _one_of("CAUSE", "CONTRIBUTE", "LINKED")),
    Column("reasons", "string", msgid("Why"), "Reasons, largest contribution first, separated by ' | '.", 60),
    Column("facts", "string", msgid("Facts"), "Ids of the facts behind the reasons, separated by a space.", 24),
    Column("gaps", "string", msgid("What is not known"), "Sentences on what is not known, separated by ' | '.", 50),
    Column("unknown_fields", "string", msgid("Unknown fields"), "Names of the fields that are not known, separated by a space.", 24),
    Column("question", "string", msgid("The one question to ask"), "The question whose answer would change the rating most.", 50),
    Column("action", "string", msgid("Next step"), "The next act.", 50),
    Column("run", "string", msgid("Run"), "Id of the run that made this row.", 18),
)  # fmt: skip
