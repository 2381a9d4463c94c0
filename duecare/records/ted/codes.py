"""The codes of TED in the words of duecare: procedures as OCDS says them, buyers and reservations as eForms does.

Sources: TED XML schema R2.0.9 and R2.0.8 (Publications Office, forms and code lists of CODED_DATA_SECTION); eForms code
lists buyer-legal-type, main-activity and reserved-procurement; OCDS for the European Union, procedure types.
"""

from __future__ import annotations

OPEN, SELECTIVE, LIMITED, DIRECT = "open", "selective", "limited", "direct"
"""OCDS: anyone may bid, invited after a call, a buyer's choice without a call, one supplier without competition."""

CATEGORIES = {"WORKS": "works", "SUPPLIES": "goods", "SERVICES": "services", "SERVICE": "services"}
"""``TYPE_CONTRACT`` and ``FD_...@CTYPE``."""
CATEGORIES_OF_NATURE = {"1": "works", "2": "goods", "4": "services"}
"""``NC_CONTRACT_NATURE``; 3 (combined), 8 and 9 are unknown."""

PROCEDURES: dict[str, str] = {
    **dict.fromkeys(("PT_OPEN", "F09_TYPE_PROCEDURE_OPEN", "PT_COMPETITIVE_TENDERING"), OPEN),
    **dict.fromkeys(("PT_RESTRICTED", "PT_ACCELERATED_RESTRICTED", "PT_ACCELERATED_RESTRICTED_CHOICE"), SELECTIVE),
    **dict.fromkeys(("PT_COMPETITIVE_DIALOGUE", "PT_INNOVATION_PARTNERSHIP", "PT_INVOLVING_NEGOTIATION"), SELECTIVE),
    **dict.fromkeys(("PT_COMPETITIVE_NEGOTIATION", "PT_NEGOTIATED_WITH_PRIOR_CALL", "PT_NEGOTIATED_CHOICE"), SELECTIVE),
    **dict.fromkeys(("PT_NEGOTIATED_WITH_COMPETITION", "PT_ACCELERATED_NEGOTIATED", "PT_NEGOTIATED"), SELECTIVE),
    **dict.fromkeys(("F02_PT_ACCELERATED_NEGOTIATED", "F17_PT_ACCELERATED_NEGOTIATED"), SELECTIVE),
    **dict.fromkeys(("PT_NEGOTIATED_WITH_PUBLICATION_CONTRACT_NOTICE",), SELECTIVE),
    **dict.fromkeys(("PT_AWARD_CONTRACT_WITH_PRIOR_PUBLICATION",), SELECTIVE),
    **dict.fromkeys(("PT_AWARD_CONTRACT_WITHOUT_CALL", "PT_AWARD_CONTRACT_WITHOUT_PUBLICATION"), LIMITED),
    **dict.fromkeys(("PT_NEGOTIATED_WITHOUT_PUBLICATION", "PT_NEGOTIATED_WITHOUT_COMPETITION"), LIMITED),
    **dict.fromkeys(("F03_PT_NEGOTIATED_WITHOUT_COMPETITION", "F06_PT_NEGOTIATED_WITHOUT_COMPETITION"), LIMITED),
    **dict.fromkeys(("F15_PT_NEGOTIATED_WITHOUT_COMPETITION", "F03_AWARD_WITHOUT_PRIOR_PUBLICATION"), LIMITED),
    **dict.fromkeys(("F06_AWARD_WITHOUT_PRIOR_PUBLICATION", "F15_AWARD_WITHOUT_PRIOR_PUBLICATION"), LIMITED),
    **dict.fromkeys(("F18_PT_NEGOTIATED_WITHOUT_PUBLICATION_CONTRACT_NOTICE",), LIMITED),
    **dict.fromkeys(("PT_DA_INTERNAL_OPERATOR", "PT_DA_MEDIUM_ENTERPRISE"), DIRECT),
    **dict.fromkeys(("PT_DA_RAILWAY_TRANSPORT", "PT_DA_SMALL_CONTRACT"), DIRECT),
}
"""The ticked element of section IV.1. "Involving negotiation" of F21 and F22 follows a call, so that it is selective."""
PROCEDURES_OF_CODE: dict[str, str] = {
    "1": OPEN,
    **dict.fromkeys(("2", "3", "4", "6", "B", "C", "G", "E"), SELECTIVE),
    **dict.fromkeys(("T", "V", "F"), LIMITED),
    "A": DIRECT,
}
"""``PR_PROC`` for forms without the element; 9, N and Z say nothing."""
ACCELERATED_CODES = frozenset({"3", "6"})
ACCELERATED = frozenset(
    {"ACCELERATED_PROC", "PT_ACCELERATED_RESTRICTED", "PT_ACCELERATED_RESTRICTED_CHOICE", "PT_ACCELERATED_NEGOTIATED"}
    | {"F02_PT_ACCELERATED_NEGOTIATED", "F17_PT_ACCELERATED_NEGOTIATED"}
)

LEGAL_TYPES: dict[str, str] = {
    "MINISTRY": "cga",
    "NATIONAL_AGENCY": "body-pl-cga",
    "REGIONAL_AUTHORITY": "ra",
    "REGIONAL_AGENCY": "body-pl-ra",
    "BODY_PUBLIC": "body-pl",
    "EU_INSTITUTION": "eu-ins-bod-ag",
}
"""``CA_TYPE`` and ``TYPE_OF_CONTRACTING_AUTHORITY`` to BT-11. TED does not tell regional from local authorities."""
LEGAL_TYPES_OF_CODE = {
    "1": "cga",
    "N": "body-pl-cga",
    "3": "ra",
    "R": "body-pl-ra",
    "6": "body-pl",
    "5": "eu-ins-bod-ag",
}
"""``AA_AUTHORITY_TYPE``; 4 (utilities), 8, 9 and Z say nothing about the legal type."""

ACTIVITIES: dict[str, str] = {
    "GENERAL_PUBLIC_SERVICES": "gen-pub",
    "DEFENCE": "defence",
    "PUBLIC_ORDER_AND_SAFETY": "pub-os",
    "ENVIRONMENT": "env-pro",
    "ECONOMIC_AND_FINANCIAL_AFFAIRS": "econ-aff",
    "HEALTH": "health",
    "HOUSING_AND_COMMUNITY_AMENITIES": "hc-am",
    "SOCIAL_PROTECTION": "soc-pro",
    "RECREATION_CULTURE_AND_RELIGION": "rcr",
    "EDUCATION": "education",
    "PRODUCTION_TRANSPORT_DISTRIBUTION_GAS_HEAT": "gas-heat",
    "ELECTRICITY": "electricity",
    "EXPLORATION_EXTRACTION_GAS_OIL": "gas-oil",
    "EXPLORATION_EXTRACTION_COAL_OTHER_SOLID_FUEL": "solid-fuel",
    "WATER": "water",
    "POSTAL_SERVICES": "post",
    "RAILWAY_SERVICES": "rail",
    "URBAN_RAILWAY_TRAMWAY_TROLLEYBUS_BUS_SERVICES": "urttb",
    "PORT_RELATED_ACTIVITIES": "port",
    "AIRPORT_RELATED_ACTIVITIES": "airport",
}
"""``CA_ACTIVITY``, ``CE_ACTIVITY``, ``TYPE_OF_ACTIVITY`` and ``ACTIVITY_OF_CONTRACTING_ENTITY`` to BT-10 and BT-610."""

RESERVED: dict[str, str] = {
    "RESTRICTED_SHELTERED_WORKSHOP": "res-ws",
    "RESTRICTED_TO_SHELTERED_WORKSHOPS": "res-ws",
    "RESERVED_ORGANISATIONS_SERVICE_MISSION": "res-pub-ser",
}
"""Who may bid, as BT-71 says it: sheltered workshops; organisations with a public-service mission (F21 and F22)."""
RESERVED_EXECUTION = frozenset({"RESTRICTED_SHELTERED_PROGRAM", "RESTRICTED_TO_FRAMEWORK"})
"""The work is done in sheltered employment, whoever bids (BT-736)."""
EXECUTION = "res-exec"
FAIR_WORK = "work-cond"
"""What ``SOCIAL_STANDARDS`` of transport contracts (T02) asks for, in the words of BT-775."""
LOWEST_PRICE_CODE = "1"
"""``AC_AWARD_CRIT``: the lowest price decides."""
