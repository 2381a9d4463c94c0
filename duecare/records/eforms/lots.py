"""Lots and planned parts: what is bought together, where, for how long and on which conditions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from duecare.records.eforms.criteria import price_weight
from duecare.records.eforms.ubl import (
    AGGREGATE,
    BASIC,
    EFORMS_BASIC,
    ID,
    Element,
    Faults,
    amount,
    code,
    day,
    each,
    extended,
    first,
    listed,
    number,
    texts,
)
from duecare.records.notices.notice import Lot
from duecare.records.notices.places import country_code, country_of_nuts

CATEGORIES = {"services": "services", "supplies": "goods", "works": "works"}
"""BT-23; a notice that says ``combined`` does not say which prevails."""
_PROJECT = f"{AGGREGATE}ProcurementProject"
_TERMS, _PROCESS = f"{AGGREGATE}TenderingTerms", f"{AGGREGATE}TenderingProcess"
_CPV = f"{BASIC}ItemClassificationCode"
_MAIN_CPV = (f"{AGGREGATE}MainCommodityClassification", _CPV)
_MORE_CPV = (f"{AGGREGATE}AdditionalCommodityClassification", _CPV)
_ADDRESS = (f"{AGGREGATE}RealizedLocation", f"{AGGREGATE}Address")
_TOTAL = f"{AGGREGATE}RequestedTenderTotal"
_ADDITIONAL_TYPE = (f"{AGGREGATE}ProcurementAdditionalType", f"{BASIC}ProcurementTypeCode")
_SYSTEM = (f"{AGGREGATE}ContractingSystem", f"{BASIC}ContractingSystemTypeCode")
_REQUIREMENT = (
    f"{AGGREGATE}TendererQualificationRequest",
    f"{AGGREGATE}SpecificTendererRequirement",
    f"{BASIC}TendererRequirementTypeCode",
)
_EXECUTION = (f"{AGGREGATE}ContractExecutionRequirement", f"{BASIC}ExecutionRequirementCode")
_DEADLINES = (f"{AGGREGATE}TenderSubmissionDeadlinePeriod", f"{AGGREGATE}ParticipationRequestReceptionPeriod")
_OBJECTIVES = {
    "strategic-procurement": "strategic",  # BT-06
    "social-objective": "social",  # BT-775
    "environmental-impact": "environmental",  # BT-774
    "innovative-acquisition": "innovative",  # BT-776
    "accessibility": "accessibility",  # BT-754
    "gpp-criteria": "green",  # BT-805
}
_SAY_NOTHING = frozenset({"", "none", "no"})
_MONTHS = {
    "MONTH": Decimal(1),
    "YEAR": Decimal(12),
    "WEEK": Decimal(7) / (Decimal("365.25") / 12),
    "DAY": 1 / (Decimal("365.25") / 12),
}
_GROUP = "LotsGroup"


@dataclass(frozen=True, slots=True)
class Procedure:
    """What the procedure as a whole says, for lots that do not say it themselves."""

    project: Element | None
    exclusion_grounds: tuple[str, ...]
    is_single: bool


def lots_of(root: Element, faults: Faults) -> list[Lot]:
    """Every lot (``LOT-``) and planned part (``PAR-``) of a notice; groups of lots are no lots.

    A lot without an id is a fault (BT-137): results could not be told apart.
    """
    found = [one for one in root.iterchildren(f"{AGGREGATE}ProcurementProjectLot") if not _is_group(one)]
    grounds = exclusion_grounds(first(root, _TERMS))
    procedure = Procedure(first(root, _PROJECT), grounds, is_single=len(found) == 1)
    return [_lot(one, procedure, faults) for one in found]


def lot_of_procedure(root: Element, lot_id: str) -> Lot:
    """A lot that a result names and the notice does not describe: what the procedure says is all that is known."""
    procedure = Procedure(first(root, _PROJECT), exclusion_grounds(first(root, _TERMS)), is_single=False)
    countries, places = _places(procedure.project, None)
    return Lot(
        id=lot_id,
        cpv=_cpv(None, procedure.project),
        procurement_category=category(procedure.project),
        countries=countries,
        places=places,
        exclusion_grounds=procedure.exclusion_grounds,
    )


def category(project: Element | None) -> str:
    """BT-23 as services, goods or works."""
    return CATEGORIES.get(code(project, f"{BASIC}ProcurementTypeCode"), "")


def exclusion_grounds(terms: Element | None) -> tuple[str, ...]:
    """BT-67 as published, such as ``human-traffic`` or ``exg-crim-traff``, each once."""
    return tuple(dict.fromkeys(listed(terms, "exclusion-ground", *_REQUIREMENT))) if terms is not None else ()


def deadlines(root: Element, faults: Faults) -> list[str]:
    """The day on which each lot stops receiving tenders (BT-131) or else requests to participate (BT-1311)."""
    found = []
    for lot in root.iterchildren(f"{AGGREGATE}ProcurementProjectLot"):
        process = first(lot, _PROCESS)
        days = [day(first(process, period, f"{BASIC}EndDate"), faults) for period in _DEADLINES]
        found.append(next((one for one in days if one), ""))
    return [one for one in found if one]


def estimate(project: Element | None, faults: Faults) -> tuple[str, str]:
    """BT-27 with its currency, else the highest that a framework may cost (BT-271)."""
    total = first(project, _TOTAL)
    value = amount(first(total, f"{BASIC}EstimatedOverallContractAmount"), faults)
    return value if value[0] else amount(first(extended(total), f"{EFORMS_BASIC}FrameworkMaximumAmount"), faults)


def _lot(element: Element, procedure: Procedure, faults: Faults) -> Lot:
    project, terms = first(element, _PROJECT), first(element, _TERMS)
    process = first(element, _PROCESS)
    period = first(project, f"{AGGREGATE}PlannedPeriod")
    money = estimate(project, faults)
    if not money[0] and procedure.is_single:
        money = estimate(procedure.project, faults)
    countries, places = _places(project, procedure.project)
    quantity = first(project, f"{BASIC}EstimatedOverallContractQuantity")
    quantity_text = number(quantity, faults)
    lot_id = code(element, ID)
    if not lot_id:
        faults.append(("MISSING_FIELD", "ProcurementProjectLot/ID", "", "BT-137 tells the lots apart."))
    return Lot(
        id=lot_id,
        titles=texts(project, f"{BASIC}Name"),
        descriptions=texts(project, f"{BASIC}Description"),
        cpv=_cpv(project, procedure.project),
        procurement_category=category(project) or category(procedure.project),
        countries=countries,
        places=places,
        quantity=quantity_text,
        unit=(quantity.get("unitCode") or "") if quantity is not None and quantity_text else "",
        estimated_amount=money[0],
        currency=money[1],
        start_date=day(first(period, f"{BASIC}StartDate"), faults),
        end_date=day(first(period, f"{BASIC}EndDate"), faults),
        duration_months=_months(first(period, f"{BASIC}DurationMeasure"), faults),
        renewals=number(first(project, f"{AGGREGATE}ContractExtension", f"{BASIC}MaximumNumberNumeric"), faults),
        price_weight=price_weight(terms, faults),
        framework=_framework(process),
        objectives=_objectives(project),
        reserved=_reserved(terms),
        exclusion_grounds=tuple(dict.fromkeys((*exclusion_grounds(terms), *procedure.exclusion_grounds))),
    )


def _is_group(lot: Element) -> bool:
    identifier = first(lot, ID)
    return identifier is not None and identifier.get("schemeName") == _GROUP


def _cpv(project: Element | None, whole: Element | None) -> tuple[str, ...]:
    """BT-262 and BT-263 of the lot; where it has no main code, those of the procedure before its own."""
    main = [one.text for one in each(project, *_MAIN_CPV) if one.text]
    more = [one.text for one in each(project, *_MORE_CPV) if one.text]
    if not main:
        main = [one.text for tags in (_MAIN_CPV, _MORE_CPV) for one in each(whole, *tags) if one.text]
    return tuple(dict.fromkeys(text.strip() for text in (*main, *more) if text.strip()))


def _places(project: Element | None, whole: Element | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Countries (BT-5141, else from BT-5071) and NUTS codes; of the procedure where the lot names no country."""
    countries: dict[str, None] = {}
    places: dict[str, None] = {}
    for address in each(project, *_ADDRESS):
        nuts = code(address, f"{BASIC}CountrySubentityCode")
        named = country_code(code(address, f"{AGGREGATE}Country", f"{BASIC}IdentificationCode"))
        if country := named or country_of_nuts(nuts):
            countries[country] = None
        if nuts and country_of_nuts(nuts):
            places[nuts] = None
    if not countries and whole is not None:
        return _places(whole, None)
    return tuple(countries), tuple(places)


def _months(measure: Element | None, faults: Faults) -> str:
    """BT-36 in months of 365.25 / 12 days, rounded to tenths; whole where weeks and days make whole months."""
    text = number(measure, faults)
    unit = _MONTHS.get(measure.get("unitCode") or "") if measure is not None else None
    if not text or unit is None:
        return ""
    months = (Decimal(text) * unit).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{months.normalize():f}" if months > 0 else ""


def _framework(process: Element | None) -> str:
    """BT-765 as published (``fa-wo-rc``), else the dynamic purchasing system of BT-766; "no" where both say none."""
    if process is None:
        return ""
    said = listed(process, "framework-agreement", *_SYSTEM) + listed(process, "dps-usage", *_SYSTEM)
    return next((one for one in said if one != "none"), "no" if said else "")


def _objectives(project: Element | None) -> tuple[str, ...]:
    """Codes of what the purchase is to achieve; ``other`` says of what (``social-other``), "none" is nothing."""
    found: dict[str, None] = {}
    for one in each(project, *_ADDITIONAL_TYPE):
        group = _OBJECTIVES.get(one.get("listName") or "")
        text = (one.text or "").strip()
        if group and text not in _SAY_NOTHING and text != "unpublished":
            found[f"{group}-other" if text == "other" else text] = None
    return tuple(found)


def _reserved(terms: Element | None) -> str:
    """BT-71 (who may take part, such as ``res-ws``), else ``res-exec`` where BT-736 reserves the execution."""
    if terms is None:
        return ""
    participation = [one for one in listed(terms, "reserved-procurement", *_REQUIREMENT) if one not in _SAY_NOTHING]
    execution = listed(terms, "reserved-execution", *_EXECUTION)
    return participation[0] if participation else "res-exec" if "yes" in execution else ""
