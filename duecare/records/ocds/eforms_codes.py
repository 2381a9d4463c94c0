"""The codes in which OCDS for eForms and eForms itself say the same thing, for reading and for writing.

Source: OCDS for eForms, field mappings (https://standard.open-contracting.org/profiles/eforms/latest/en/mapping/) of BT-06, BT-10,
BT-11, BT-71, BT-735, BT-765, BT-766, BT-774, BT-775 and BT-776, and the code list sustainabilityGoal; read 2026-11.
"""

from __future__ import annotations

FRAMEWORKS = {
    "fa-w-rc": "withReopeningCompetition",
    "fa-wo-rc": "withoutReopeningCompetition",
    "fa-mix": "withAndWithoutReopeningCompetition",
}
"""BT-765 to ``techniques/frameworkAgreement/method``."""
PURCHASING_SYSTEMS = {"dps-list": "closed", "dps-nlist": "open"}
"""BT-766 to ``techniques/dynamicPurchasingSystem/type``."""
RESERVATIONS = {"res-ws": "shelteredWorkshop", "res-pub-ser": "publicServiceMissionOrganization"}
"""BT-71 to ``otherRequirements/reservedParticipation``."""
RESERVED_EXECUTION = "res-exec"
"""BT-736, ``contractTerms/reservedExecution``."""
GOALS = {
    "env-imp": "environmental",
    "soc-obj": "social",
    "inn-pur": "economic.innovativePurchase",
    "biodiv-eco": "environmental.biodiversityProtectionRestoration",
    "circ-econ": "environmental.circularEconomy",
    "clim-adapt": "environmental.climateChangeAdaptation",
    "clim-mitig": "environmental.climateChangeMitigation",
    "pollu-prev": "environmental.pollutionPrevention",
    "water-mar": "environmental.waterResourcesProtection",
    "acc-all": "social.accessibility",
    "et-eq": "social.ethnicEquality",
    "gen-eq": "social.genderEquality",
    "hum-right": "social.humanRightsInSupplyChains",
    "opp": "social.disadvantagedEmploymentOpportunities",
    "work-cond": "social.laborRightsPromotion",
    "mar-nov": "economic.marketInnovationPromotion",
    "proc-innov": "economic.processInnovationPromotion",
    "prod-innov": "economic.productInnovationPromotion",
    "rd-act": "economic.researchDevelopmentActivities",
}
"""BT-06, BT-774, BT-775 and BT-776 to ``sustainability/goal``; any other code or goal stays as it is."""
STRATEGIES = ("awardCriteria", "contractPerformanceConditions", "selectionCriteria", "technicalSpecifications")
"""What OCDS for eForms says of the means, since eForms does not tell them apart."""
FUNCTIONS = {
    "gen-pub": "01",
    "defence": "02",
    "pub-os": "03",
    "econ-aff": "04",
    "env-pro": "05",
    "hc-am": "06",
    "health": "07",
    "rcr": "08",
    "education": "09",
    "soc-pro": "10",
}
"""BT-10 to the functions of government (COFOG); the other activities have the scheme ``eu-main-activity``."""
LEGAL_TYPE, ACTIVITY, FUNCTION = "TED_CA_TYPE", "eu-main-activity", "COFOG"
"""Schemes of the classifications of a buyer: BT-11, BT-10."""


def back(table: dict[str, str]) -> dict[str, str]:
    """The same table the other way round."""
    return {value: key for key, value in table.items()}
