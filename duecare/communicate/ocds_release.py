"""Contract lines of one process as one OCDS release, in the words of the profile OCDS for eForms.

What is said of the process is said once: where lines differ in it, the first line that says anything counts. Names and numbers of
natural persons are not written. Sources: OCDS 1.1.5 and https://standard.open-contracting.org/profiles/eforms/ ; what cannot be
written is listed in docs/reference/export-ocds.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import zip_longest
from typing import Any

from duecare.records.ocds.conditions import DAYS_OF_A_MONTH
from duecare.records.ocds.eforms_codes import (
    ACTIVITY,
    FRAMEWORKS,
    FUNCTION,
    FUNCTIONS,
    GOALS,
    LEGAL_TYPE,
    PURCHASING_SYSTEMS,
    RESERVATIONS,
    RESERVED_EXECUTION,
    STRATEGIES,
)
from duecare.records.ocds.standard import standard

Json = dict[str, Any]
Line = Mapping[str, Any]
"""A line of the register by column; empty is ``None``."""
AWARDED = ("award", "contract", "implementation")
WITHHELD = "The supplier is a natural person."
_ACCELERATED = " (accelerated)"
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?)?")
_TAG = re.compile(r"[A-Za-z]{2,3}")
_OF_AN_AWARD = (
    "phase",
    "award_date",
    "start_date",
    "end_date",
    "supplier_name",
    "supplier_id",
    "documents",
)
_HUNDRED = Decimal(100)


def release_of(lines: Sequence[Line], ocid: str, day: str) -> Json:
    """One release of all lines of a process, in their order. ``day`` (ISO) is its date where no line has a version."""
    process = _Process(lines)
    release: Json = {"ocid": ocid, "id": "", "date": _date(lines, day), "tag": _tags(lines), "initiationType": "tender"}
    release |= _filled({"language": process.first("language"), "parties": [], "buyer": process.buyer()})
    release["tender"] = process.tender(ocid)
    awards = [_award(together, process) for together in _together(lines)]
    release |= _filled({"awards": [award for award, _ in awards]})
    release |= _filled({"contracts": [contract for _, contract in awards if contract]})
    release |= _filled({"bids": _filled({"statistics": _statistics(lines)})})
    release |= _filled({"parties": process.parties, "withheldInformation": process.withheld})
    if not process.parties:
        release.pop("parties", None)
    text = json.dumps(release, sort_keys=True, default=str).encode("utf-8", "surrogatepass")
    return release | {"id": f"{ocid}-{sha256(text).hexdigest()[:12]}".replace("#", "-")}


class _Process:
    """What the lines of one process share, and the parties that are met while its parts are written."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.parties: list[Json] = []
        self.withheld: list[Json] = []
        self.titles = {line["title"] for line in lines}
        self.descriptions = {line["description"] for line in lines}

    def first(self, column: str, lines: Iterable[Line] | None = None) -> Any:
        """The first value of a column that is known."""
        return next((line[column] for line in lines or self.lines if line[column] is not None), None)

    def buyer(self) -> Json | None:
        name = self.first("buyer")
        kinds = [_class(LEGAL_TYPE, self.first("buyer_type")), _activity(self.first("buyer_activity"))]
        country = next((line["country"] for line in self.lines if line["country_basis"] == "buyer"), None)
        party = _filled({"name": name, "address": _address(country)})
        party |= _filled({"details": _filled({"classifications": [kind for kind in kinds if kind]})})
        if not party:
            return None
        self.parties.append({"id": "buyer", **party, "roles": ["buyer"]})
        return _filled({"id": "buyer", "name": name})

    def suppliers(self, line: Line) -> list[Json]:
        """References to the suppliers of a line, who become parties; a natural person stays unnamed."""
        if line["supplier_is_person"] == "yes":
            return [self._person(line)]
        names, ids = ([] if not line[name] else line[name].split("; ") for name in ("supplier_name", "supplier_id"))
        found = []
        for name, key in zip_longest(names, ids):
            party = _filled({"name": name, "address": _address(line["supplier_country"])})
            found.append(self._party(party, key))
        return found

    def _party(self, party: Json, key: str | None) -> Json:
        for known in self.parties:
            same = {name: value for name, value in known.items() if name not in ("id", "roles")}
            if same == party and known["roles"] == ["supplier"] and key in (None, known["id"]):
                return _filled({"id": known["id"], "name": party.get("name")})
            if key == known["id"] and "supplier" in known["roles"]:
                return _filled({"id": key, "name": party.get("name")})
        taken = {known["id"] for known in self.parties}
        number = len(taken)
        wanted = key or f"supplier-{number}"
        while wanted in taken:
            wanted, number = f"{key or 'supplier'}-{number}", number + 1
        self.parties.append({"id": wanted, **party, "roles": ["supplier"]})
        return _filled({"id": wanted, "name": party.get("name")})

    def _person(self, line: Line) -> Json:
        key = f"person-{len(self.parties)}"
        self.parties.append(
            {"id": key, **_filled({"address": _address(line["supplier_country"])}), "roles": ["supplier"]}
            | {"details": {"scale": "selfEmployed"}}
        )
        self.withheld.append({"id": key, "field": "parties/name", "name": "Supplier name", "rationale": WITHHELD})
        return {"id": key}

    def tender(self, ocid: str) -> Json:
        lines = self.lines
        announced = [line for line in lines if line["phase"] not in AWARDED]
        keys = {line["contract_id"] for line in announced}
        tender: Json = {"id": (keys.pop() if len(keys) == 1 else None) or ocid}
        if len(self.titles) == 1:
            tender |= _words(lines[0], "title")
        if len(self.descriptions) == 1:
            tender |= _filled({"description": lines[0]["description"]})
        tender["status"] = "complete" if all(line["phase"] in AWARDED for line in lines) else _STATUS[lines[0]["phase"]]
        tender |= _procedure(self.first("procedure")) | _period_of_bids(self.first("bid_days"))
        whole = [line for line in lines if line["lot"] is None]
        lots: dict[str, list[Line]] = {}
        for line in lines:
            if line["lot"] is not None:
                lots.setdefault(line["lot"], []).append(line)
        if whole:
            tender |= self._asked(whole) | _price(self.first("price_weight", whole)) | self._planned(whole)
            tender |= _filled({"numberOfTenderers": self.first("tenderers", whole)})
        kinds = " ".join(_codes(line["documents"] for line in announced))
        tender |= _filled({"items": _items(announced), "documents": _documents(kinds)})
        tender |= _filled({"lots": [self._lot(key, of_lot) for key, of_lot in lots.items()]})
        grounds = _codes(line["exclusion_grounds"] for line in lines)
        tender |= _filled({"exclusionGrounds": _filled({"criteria": [{"type": code} for code in grounds]})})
        return tender

    def _lot(self, key: str, lines: list[Line]) -> Json:
        lot: Json = {"id": key}
        if len(self.titles) > 1:
            lot |= _words(lines[0], "title")
        if len(self.descriptions) > 1 and len(lines) == 1:
            lot |= _filled({"description": lines[0]["description"]})
        lot |= self._asked(lines) | self._planned(lines)
        if criteria := _criteria(self.first("price_weight", lines)):
            lot["awardCriteria"] = {"criteria": criteria}
        return lot

    def _planned(self, lines: list[Line]) -> Json:
        """The estimate of a lot or tender, its declared length, and the period of a line that is only planned."""
        line = lines[0]
        is_estimate = "amount" in (line["gaps"] or "").split()
        estimate = line["amount"] if is_estimate and line["amount"] is not None else line["estimated_amount"]
        is_one = len(lines) == 1 or all(one["estimated_amount"] == line["estimated_amount"] for one in lines)
        found = _filled({"value": _value(estimate, line["currency"]) if is_one else None})
        is_planned = line["phase"] not in AWARDED
        period = _period(line["start_date"], line["end_date"]) if is_planned else {}
        found |= _filled({"contractPeriod": period | _days(self.first("duration_months", lines))})
        return found

    def _asked(self, lines: list[Line]) -> Json:
        """Category, framework, renewals, objectives and reservations of a lot or of a tender without lots."""
        found = _filled({"mainProcurementCategory": self.first("procurement_category", lines)})
        found |= _techniques(self.first("framework", lines))
        renewals = self.first("renewals", lines)
        if renewals is not None:
            found["hasRenewal"] = renewals > 0
            found |= {"renewal": {"maximumRenewals": renewals}} if renewals else {}
        if goals := _codes(line["objectives"] for line in lines):
            sustainability = [{"goal": GOALS.get(goal, goal), "strategies": [*STRATEGIES]} for goal in goals]
            found |= {"hasSustainability": True, "sustainability": sustainability}
        if (reserved := self.first("reserved", lines)) == RESERVED_EXECUTION:
            found["contractTerms"] = {"reservedExecution": True}
        elif reserved:
            found["otherRequirements"] = {"reservedParticipation": [RESERVATIONS.get(reserved, reserved)]}
        return found


_STATUS = {
    "planning": "planning",
    "tender": "active",
    "award": "active",
    "contract": "active",
    "implementation": "active",
}


def _together(lines: Sequence[Line]) -> list[list[Line]]:
    """Awarded lines; those of several lots under one id with the same supplier, days and so on are one award.

    The value of such an award stands on one of its lines, which comes first.
    """
    found: dict[tuple[Any, ...], list[Line]] = {}
    for number, line in enumerate(lines):
        if line["phase"] in AWARDED:
            key = (line["contract_id"], *(line[name] for name in _OF_AN_AWARD)) if line["lot"] else (number,)
            found.setdefault(key, []).append(line)
    awards = []
    for same in found.values():
        paid = [line for line in same if line["amount"] is not None and "amount" not in (line["gaps"] or "").split()]
        if len(paid) > 1 or len({line["lot"] for line in same}) < len(same):
            awards += [[line] for line in same]
        else:
            awards.append(paid + [line for line in same if line not in paid])
    return awards


def _award(lines: list[Line], process: _Process) -> tuple[Json, Json]:
    """An award with its contract, which is empty where there is none yet."""
    line = lines[0]
    key = line["contract_id"] or line["line_id"]
    if sum(1 for one in process.lines if one["contract_id"] == key) > len(lines):
        key = f"{key}-{line['line_id'][-8:]}"
    has_contract = line["phase"] != "award"
    award: Json = {"id": key, "status": "active"} | _filled({"date": _moment(line["award_date"])})
    if line["lot"] is None:
        award |= _words(line, "title") if len(process.titles) > 1 else {}
    if len(process.descriptions) > 1 and not (line["lot"] and _is_alone(line, process)):
        award |= _filled({"description": line["description"]})
    is_estimate = "amount" in (line["gaps"] or "").split()
    value = None if is_estimate else _value(line["amount"], line["currency"])
    period = _period(line["start_date"], line["end_date"])
    award |= _filled({"suppliers": process.suppliers(line), "items": _items(lines)})
    award |= _filled({"relatedLots": [one["lot"] for one in lines if one["lot"]]}) | _subcontracting(line)
    contract: Json = {}
    if has_contract:
        contract = {"id": line["contract_id"] or key, "awardID": key, "status": "active"}
        contract |= _filled({"period": period, "value": value})
        contract |= {"implementation": {"milestones": []}} if line["phase"] == "implementation" else {}
    else:
        award |= _filled({"value": value, "contractPeriod": period})
    return award | _filled({"documents": _documents(line["documents"])}), contract


def _is_alone(line: Line, process: _Process) -> bool:
    return sum(1 for one in process.lines if one["lot"] == line["lot"]) == 1


def _items(lines: list[Line]) -> list[Json]:
    """One item for each line that has a code, a quantity or a place of delivery."""
    found: list[Json] = []
    for line in lines:
        codes = [{"scheme": "CPV", "id": code} for code in (line["cpv"] or "").split()]
        codes += [{"scheme": "UNSPSC", "id": code} for code in (line["unspsc"] or "").split()]
        codes += [{"scheme": "HS", "id": code} for code in (line["hs"] or "").split()]
        for text in (line["other_codes"] or "").split():
            scheme, _, code = text.partition(":")
            codes += [{"scheme": scheme, "id": code}] if code else []
        codes = [code for place, code in enumerate(codes) if code not in codes[:place]]
        item = _filled({"classification": codes[0] if codes else None, "additionalClassifications": codes[1:]})
        item |= _filled({"quantity": _number(line["quantity"]), "unit": _unit(line)})
        if line["country_basis"] in ("declared", "default"):
            item |= _filled({"deliveryAddresses": [_address(line["country"])]})
        if item:
            found.append({"id": str(len(found) + 1), **item} | _filled({"relatedLot": line["lot"]}))
    return found


def _unit(line: Line) -> Json:
    return _filled({"name": line["unit"], "value": _value(line["unit_price"], line["currency"])})


def _statistics(lines: Sequence[Line]) -> list[Json]:
    """Number of tenders, lowest and highest valid one, for each lot once."""
    found: dict[tuple[str, str | None], Json] = {}
    for line in lines:
        measures = ("bids", line["tenderers"]), ("lowestValidBidValue", line["lowest_bid"])
        for measure, value in (*measures, ("highestValidBidValue", line["highest_bid"])):
            if value is not None and (measure, line["lot"]) not in found:
                money = _filled({"currency": line["currency"]}) if measure != "bids" else {}
                told = {"id": str(len(found) + 1), "measure": measure, "value": _number(value), **money}
                found[measure, line["lot"]] = told | _filled({"relatedLot": line["lot"]})
    return list(found.values())


def _techniques(framework: str | None) -> Json:
    if framework is None:
        return {}
    if framework in PURCHASING_SYSTEMS:
        system = {"type": PURCHASING_SYSTEMS[framework]}
        return {"techniques": {"hasDynamicPurchasingSystem": True, "dynamicPurchasingSystem": system}}
    techniques: Json = {"hasFrameworkAgreement": framework != "no"}
    if framework in FRAMEWORKS:
        techniques["frameworkAgreement"] = {"method": FRAMEWORKS[framework]}
    return {"techniques": techniques}


def _procedure(text: str | None) -> Json:
    if text is None:
        return {}
    method = text.removesuffix(_ACCELERATED.strip()).strip()
    name = "procurementMethod" if method in standard().codes["method"] else "procurementMethodDetails"
    found = _filled({name: method})
    return found | ({"procedure": {"isAccelerated": True}} if method != text else {})


def _period_of_bids(days: int | None) -> Json:
    return {"tenderPeriod": {"durationInDays": days}} if days is not None else {}


def _price(weight: float | None) -> Json:
    if weight is None:
        return {}
    if weight >= 100:
        return {"awardCriteria": "priceOnly"}
    return {"awardCriteria": "ratedCriteria", "awardCriteriaDetails": f"Price: {_share(weight)} %"}


def _criteria(weight: float | None) -> list[Json]:
    if weight is None:
        return []
    share = _share(weight)
    shares = (("price", share), ("quality", _HUNDRED - share))
    return [
        {"type": kind, "numbers": [{"number": _number(number), "weight": "percentageExact"}]}
        for kind, number in shares
        if number
    ]


def _subcontracting(line: Line) -> Json:
    if line["subcontract_share"] is None:
        return {}
    share = _number(_share(line["subcontract_share"]) / _HUNDRED)
    told = {"minimumPercentage": share} | ({"maximumPercentage": share} if share else {})
    return {"hasSubcontracting": bool(share), "subcontracting": told}


def _words(line: Line, name: str) -> Json:
    """A text with its translations, as ``title`` and ``title_fr``."""
    found = _filled({name: line[name]})
    for language, texts in sorted(json.loads(line["translations"] or "{}").items()):
        if found and _TAG.fullmatch(language) and texts.get(name):
            found[f"{name}_{language}"] = texts[name]
    return found


def _documents(kinds: str | None) -> list[Json]:
    return [{"id": str(place), "documentType": kind} for place, kind in enumerate((kinds or "").split(), 1)]


def _class(scheme: str, code: str | None) -> Json | None:
    return {"scheme": scheme, "id": code} if code else None


def _activity(code: str | None) -> Json | None:
    return _class(FUNCTION, FUNCTIONS[code]) if code in FUNCTIONS else _class(ACTIVITY, code)


def _address(country: str | None) -> Json | None:
    """The country under the extension's name where its list has it, else under that of the core."""
    if not country:
        return None
    return {"country": country} if country in standard().codes["country"] else {"countryName": country}


def _value(amount: Decimal | None, currency: str | None) -> Json | None:
    return None if amount is None else {"amount": _number(amount)} | _filled({"currency": currency})


def _number(value: Decimal | int | None) -> Decimal | int | None:
    """An exact number without the zeros that the register's type adds."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else Decimal(f"{value.normalize():f}")


def _share(weight: float) -> Decimal:
    return Decimal(str(weight)).normalize()


def _period(start: Any, end: Any) -> Json:
    return _filled({"startDate": _moment(start), "endDate": _moment(end)})


def _days(months: float | None) -> Json:
    """A declared length in months as days, from which reading makes the same tenth of a month."""
    return {} if months is None else {"durationInDays": int((_share(months) * DAYS_OF_A_MONTH).to_integral_value())}


def _moment(day: Any) -> str | None:
    return None if day is None else f"{day}T00:00:00Z"


def _date(lines: Sequence[Line], day: str) -> str:
    found = [_MOMENT.match(line["version"] or "") for line in lines]
    moments = [f"{one[1]}T{one[2] or '00:00:00'}{one[3] or 'Z'}" for one in found if one]
    return max(moments, default=f"{day}T00:00:00Z")


def _tags(lines: Sequence[Line]) -> list[str]:
    phases = {line["phase"] for line in lines}
    return [phase for phase in ("planning", "tender", *AWARDED) if phase in phases]


def _codes(texts: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(code for text in texts for code in (text or "").split()))


def _filled(told: Json) -> Json:
    """Only what is known."""
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}
