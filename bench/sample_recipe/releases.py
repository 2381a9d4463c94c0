"""Write lines as OCDS 1.1 releases: packages, JSON lines, processes that were published in steps, open tenders."""

from __future__ import annotations

import copy
import json
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sample_recipe.lines import Line
from sample_recipe.sheets import Expected

AS_OF = date(2026, 11, 1)
PREFIX = "ocds-crv000"
CATEGORY = {"service": "services", "works": "works", "goods": "goods", "knowledge": "services"}


def make_releases(office: dict[str, Any], lines: list[Line]) -> tuple[list[dict[str, Any]], Expected]:
    """The office's releases in the order of publication, and the ledger that they must give."""
    chance = random.Random(f"duecare sample dirt {office['file']}")
    order = chance.sample(range(len(lines)), len(lines))
    marks = _marks(office, lines, order)
    expected = Expected()
    releases = []
    for index, line in enumerate(lines):
        mark = marks.get(index, "")
        if mark == "second lot":
            continue
        release = _release(office, line, mark, chance)
        if mark.startswith("lots with "):
            _add_lot(release, _release(office, lines[int(mark.rsplit(" ", 1)[1])], "", chance))
        steps = _in_steps(release, line) if mark == "steps" else [release]
        releases += steps
        expected.rows += len(steps)
        if mark in ("NEGATIVE_AMOUNT", "BAD_DATE"):
            expected.quarantined += 1
            expected.codes[mark] += 1
        if mark == "repeat":
            releases.append(copy.deepcopy(release))
            expected.rows += 1
            expected.duplicates += 1
    expected.accepted = expected.rows - expected.quarantined - expected.duplicates
    releases.sort(key=lambda release: (release["date"], release["id"]))
    return releases, expected


def write_package(office: dict[str, Any], releases: list[dict[str, Any]]) -> bytes:
    """One release package, indented as portals export it."""
    package = {
        "uri": f"https://rivers.example/ocds/{office['file']}",
        "version": "1.1",
        "publishedDate": "2026-10-30T18:00:00Z",
        "publisher": {"name": "Common Rivers Organisation"},
        "releases": releases,
    }
    return (json.dumps(package, ensure_ascii=False, indent=1, default=_number) + "\n").encode()


def write_lines(releases: list[dict[str, Any]]) -> bytes:
    """One release a line."""
    lines = (json.dumps(release, ensure_ascii=False, default=_number) + "\n" for release in releases)
    return "".join(lines).encode()


def _number(value: Any) -> Any:
    """Amounts as JSON numbers: whole ones without a decimal point."""
    assert isinstance(value, Decimal), value
    return int(value) if value == value.to_integral_value() else float(value)


def _marks(office: dict[str, Any], lines: list[Line], order: list[int]) -> dict[int, str]:
    """Which purchase gets which peculiarity; an open tender must be recent."""
    recent = sorted(order, key=lambda index: lines[index].values["award_date"])[-office["open_tenders"] * 3 :]
    tenders = [index for index in order if index in recent][: office["open_tenders"]]
    marks = dict.fromkeys(tenders, "tender")
    rest = iter([index for index in order if index not in marks])
    wanted = [dirt["code"] for dirt in office.get("dirt", ())]
    for mark, number in (("unknown", "unknown_amounts"), ("steps", "in_steps"), ("repeat", "repeats")):
        wanted += [mark] * office.get(number, 0)
    marks |= dict(zip(rest, wanted, strict=False))
    return marks | _pairs(office, lines, [index for index in order if index not in marks])


def _pairs(office: dict[str, Any], lines: list[Line], free: list[int]) -> dict[int, str]:
    """Purchases of one kind and one year that are put out as two lots of one process."""
    pairs: dict[int, str] = {}
    for index in free:
        same = (lines[index].key, lines[index].values["award_date"].year, lines[index].values["currency"])
        others = (
            other
            for other in free
            if other > index
            and other not in pairs
            and (lines[other].key, lines[other].values["award_date"].year, lines[other].values["currency"]) == same
        )
        other = next(others, None)
        if index not in pairs and other is not None and len(pairs) < 2 * office.get("two_lots", 0):
            pairs |= {index: f"lots with {other}", other: "second lot"}
    return pairs


def _add_lot(release: dict[str, Any], other: dict[str, Any]) -> None:
    """Join another purchase to a release as its second lot, with its own award, contract and supplier."""
    for number, part in (("1", release), ("2", other)):
        lot = {"id": number, "title": part["tender"]["title"], "value": part["tender"]["value"]}
        if "awardCriteria" in part["tender"]:
            lot["awardCriteria"] = part["tender"].pop("awardCriteria")
        part["tender"]["lots"] = [lot]
        for item in (*part["tender"]["items"], *part["awards"][0]["items"]):
            item |= {"id": number, "relatedLot": number}
        for stage in (part["awards"][0], part["contracts"][0]):
            stage["relatedLots"] = [number]
        part["tender"].pop("value")
    release["tender"]["lots"] += other["tender"]["lots"]
    release["tender"]["items"] += other["tender"]["items"]
    release["awards"] += other["awards"]
    release["contracts"] += other["contracts"]
    known = {party["id"] for party in release["parties"]}
    release["parties"] += [party for party in other["parties"] if party["id"] not in known]
    release["date"] = max(release["date"], other["date"])


def _release(office: dict[str, Any], line: Line, mark: str, chance: random.Random) -> dict[str, Any]:
    values = line.values
    process = values["contract_id"]
    buyer = {"id": f"CRO-{office['country']}", "name": office["buyer"]}
    release: dict[str, Any] = {
        "ocid": f"{PREFIX}-{process}",
        "id": f"{process}-1",
        "date": _moment(values["award_date"] + timedelta(days=1)),
        "tag": ["tender"] if mark == "tender" else ["tender", "award", "contract"],
        "initiationType": "tender",
        "language": office["language"],
        "buyer": buyer,
        "parties": [buyer | {"roles": ["buyer"], "address": _address(office["country"], office["city"])}],
        "tender": _tender(office, line, mark, chance),
    }
    if mark != "tender":
        supplier = _supplier(line)
        release["parties"].append(
            supplier | {"roles": ["supplier"], "address": {"countryName": values["supplier_country"]}}
        )
        release["awards"] = [_award(line, supplier)]
        release["contracts"] = [_contract(line, office, chance)]
        if office.get("criteria") and values["subcontract_share"]:
            share = {"subcontract": True, "maximumPercentage": values["subcontract_share"] / 100}
            release["awards"][0]["subcontracting"] = share
    _spoil(release, office, mark, chance)
    return release


def _tender(office: dict[str, Any], line: Line, mark: str, chance: random.Random) -> dict[str, Any]:
    values = line.values
    days = chance.choice([10, 15, 22, 30, 35])
    opened = values["award_date"] - timedelta(days=days + 20)
    if mark == "tender":
        opened = AS_OF - timedelta(days=chance.randrange(2, 9))
    tender: dict[str, Any] = {
        "id": values["contract_id"],
        "title": values["title"],
        "status": "active" if mark == "tender" else "complete",
        "procurementMethod": values["procedure"],
        "mainProcurementCategory": CATEGORY[line.kind],
        "value": {"amount": values["amount"], "currency": values["currency"]},
        "tenderPeriod": {"startDate": _moment(opened), "endDate": _moment(opened + timedelta(days=days))},
        "items": [_item(line)],
    }
    if values["description"]:
        tender["description"] = values["description"]
    if mark == "tender":
        tender["contractPeriod"] = _period(line)
    else:
        tender["numberOfTenderers"] = values["tenderers"]
    if values["price_weight"]:
        tender["awardCriteria"] = _criteria(office, values["price_weight"])
    return tender


def _criteria(office: dict[str, Any], price_weight: int) -> Any:
    """A word of the standard's code list, or the criteria with their weights where the office publishes them."""
    if not office.get("criteria"):
        return "priceOnly" if price_weight == 100 else "ratedCriteria"
    price = {"type": "price", "numbers": [{"number": price_weight, "weight": "percentageExact"}]}
    quality = {"type": "quality", "numbers": [{"number": 100 - price_weight, "weight": "percentageExact"}]}
    return {"criteria": [price] if price_weight == 100 else [price, quality]}


def _item(line: Line) -> dict[str, Any]:
    values = line.values
    item: dict[str, Any] = {"id": "1", "description": values["title"]}
    if values["cpv"]:
        item["classification"] = {"scheme": "CPV", "id": values["cpv"]}
    if values["quantity"]:
        unit = {"name": values["unit"], "value": {"amount": values["unit_price"], "currency": values["currency"]}}
        item |= {"quantity": values["quantity"], "unit": unit}
    if values["place"]:
        item["deliveryAddress"] = {"locality": values["place"], "countryName": values["country"]}
    if values["origin_country"]:
        item["originCountry"] = values["origin_country"]
    return item


def _award(line: Line, supplier: dict[str, Any]) -> dict[str, Any]:
    values = line.values
    return {
        "id": f"{values['contract_id']}-A",
        "title": values["title"],
        "status": "active",
        "date": _moment(values["award_date"]),
        "value": {"amount": values["amount"], "currency": values["currency"]},
        "suppliers": [supplier],
        "items": [_item(line)],
        "contractPeriod": _period(line),
    }


def _contract(line: Line, office: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    values = line.values
    contract: dict[str, Any] = {
        "id": values["contract_id"],
        "awardID": f"{values['contract_id']}-A",
        "status": "active" if values["end_date"] >= AS_OF else "terminated",
        "period": _period(line),
        "value": {"amount": values["amount"], "currency": values["currency"]},
        "dateSigned": _moment(min(values["award_date"] + timedelta(days=1), date(2026, 10, 30))),
        "documents": [{"id": "1", "documentType": "contractSigned", "title": "contract"}],
    }
    due = values["start_date"] + timedelta(days=60)
    paid = due + timedelta(days=chance.choice([-5, 0, 12, 25, 40, 75]))
    if chance.random() < office.get("payments", 0) and paid < AS_OF - timedelta(days=10):
        share = (values["amount"] / 4).quantize(Decimal("0.01"))
        payment = {"id": "1", "date": _moment(paid), "value": {"amount": share, "currency": values["currency"]}}
        contract["implementation"] = {
            "milestones": [{"id": "invoice-1", "type": "financing", "dueDate": _moment(due)}],
            "transactions": [payment | {"relatedImplementationMilestone": {"id": "invoice-1"}}],
        }
    return contract


def _spoil(release: dict[str, Any], office: dict[str, Any], mark: str, chance: random.Random) -> None:
    if mark == "unknown":
        zero = chance.random() < 0.3
        for part in (release["tender"], release["awards"][0], release["contracts"][0]):
            part["value"] = {"amount": 0, "currency": part["value"]["currency"]} if zero else {}
            if not zero:
                del part["value"]
    for dirt in office.get("dirt", ()):
        if dirt["code"] == mark == "NEGATIVE_AMOUNT":
            for part in (release["awards"][0], release["contracts"][0]):
                part["value"]["amount"] = int(dirt["value"])
        if dirt["code"] == mark == "BAD_DATE":
            release["awards"][0]["date"] = dirt["value"]


def _in_steps(release: dict[str, Any], line: Line) -> list[dict[str, Any]]:
    """The same process as it was published: the tender first, then the award, then the contract."""
    tender, award, contract = (copy.deepcopy(release) for _ in range(3))
    opened = datetime.fromisoformat(release["tender"]["tenderPeriod"]["startDate"].replace("Z", "+00:00")).date()
    tender |= {"id": f"{release['id'][:-2]}-1", "date": _moment(opened), "tag": ["tender"]}
    tender["tender"]["status"] = "active"
    del tender["tender"]["numberOfTenderers"]
    for name in ("awards", "contracts"):
        del tender[name]
    tender["parties"] = tender["parties"][:1]
    award |= {
        "id": f"{release['id'][:-2]}-2",
        "date": _moment(line.values["award_date"]),
        "tag": ["award", "tenderUpdate"],
    }
    del award["contracts"]
    contract |= {"id": f"{release['id'][:-2]}-3", "tag": ["contract"]}
    del contract["tender"], contract["awards"]
    return [tender, award, contract]


def _supplier(line: Line) -> dict[str, Any]:
    name = line.values["supplier_name"]
    return {"id": line.values["supplier_id"] or name, "name": name}


def _address(country: str, city: str) -> dict[str, str]:
    return {"locality": city, "countryName": country}


def _period(line: Line) -> dict[str, str]:
    return {"startDate": _moment(line.values["start_date"]), "endDate": _moment(line.values["end_date"])}


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
