"""A second reading of OCDS, slow and plain, that must give the same lines as the fast one on any release."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from duecare.evidence.countries import resolve_country
from duecare.evidence.money import CurrencyFault, resolve_currency
from duecare.records.ocds.fields import decode_release
from duecare.records.ocds.release import ReleaseReader
from duecare.records.ocds.structure import Prover
from duecare.records.staging import LINE_COLUMNS, content_hash
from duecare.settings import Limits

Json = dict[str, Any]
AS_OF = date(2026, 11, 1)
METHODS = {"open", "selective", "limited", "direct"}


class Faulty(Exception):
    pass


def oracle(text: str) -> list[dict[str, str]]:
    """The lines of one release with the columns that every line has; raises ``Faulty`` where it must be parked."""
    release = json.loads(text, parse_float=Decimal)
    tender, awards, contracts = (release.get(name) or type_() for name, type_ in PARTS)
    lines = []
    bought = []
    taken: list[int] = []
    for award in awards:
        if len(awards) == len(contracts) == 1:
            own = contracts
        else:
            own = [
                one
                for one in contracts
                if (award.get("id") or len(awards) == 1) and one.get("awardID") == award.get("id")
            ]
            own = [one for one in own if id(one) not in taken]
        taken += [id(one) for one in own]
        if own or award.get("status") not in ("cancelled", "unsuccessful"):
            bought.append((award, [one for one in own if one.get("status") != "cancelled"] or own))
    bought += [(NOTHING, [one]) for one in contracts if id(one) not in taken]
    for award, own in bought:
        alone = len(awards) == 1 if award is not NOTHING else not awards and len(contracts) == 1
        items = [item for deal in [award, *own] for item in deal.get("items") or []]
        items += (tender.get("items") or []) if alone or not items else []
        lines.append(line(release, tender, award, own, items))
    return lines or [line(release, tender, NOTHING, [], tender.get("items") or [])]


NOTHING: Json = {}
PARTS = (("tender", dict), ("awards", list), ("contracts", list))


def line(release: Json, tender: Json, award: Json, contracts: list[Json], items: list[Json]) -> dict[str, str]:
    first = contracts[0] if contracts else {}
    signed = day(award.get("date")) or day(first.get("dateSigned"))
    periods = [first.get("period"), award.get("contractPeriod"), tender.get("contractPeriod")]
    period = next((one for one in periods if one and any(one.values())), {})
    start, end = day(period.get("startDate")), day(period.get("endDate"))
    if signed > AS_OF.isoformat() or (end and end < start):
        raise Faulty
    values = [one for deal in contracts for one in [value(deal)]]
    amount = currency = ""
    if values and all(one[0] for one in values) and len({one[1] for one in values}) == 1:
        amount, currency = f"{sum(Decimal(one[0]) for one in values):f}", values[0][1]
    if len(contracts) == 1 and values[0][0]:
        amount, currency = values[0]
    if not amount:
        amount, currency = value(award)
    estimate = not amount
    if estimate:
        amount, currency = value(tender)
    supplier, country = suppliers(release, award, first)
    buyer = release.get("buyer") or {}
    told = {
        "ocid": release["ocid"],
        "contract_id": first.get("id") or award.get("id") or tender.get("id") or release["ocid"],
        "buyer": (buyer.get("name") or "").strip(),
        "supplier_name": supplier,
        "supplier_country": country,
        "title": title(tender, award, first),
        "cpv": codes(items, "CPV"),
        "unspsc": codes(items, "UNSPSC"),
        "amount": amount,
        "currency": currency,
        "award_date": signed,
        "start_date": start,
        "end_date": end,
        "procedure": tender.get("procurementMethod") or "",
        "tenderers": str(tender.get("numberOfTenderers") or ""),
        "price_weight": "100" if tender.get("awardCriteria") in ("priceOnly", "lowestCost") else "",
        "bid_days": bid_days(tender.get("tenderPeriod") or {}),
        "phase": phase(release, award, contracts),
        "documents": documents([tender, award, *contracts]),
    }
    missing = ["supplier_name", "supplier_country", "amount", "currency", "award_date", "start_date", "end_date"]
    told["gaps"] = " ".join(
        sorted([name for name in missing if not told[name]] + ["amount"] * (estimate and bool(amount)))
    )
    return told


def phase(release: Json, award: Json, contracts: list[Json]) -> str:
    if contracts:
        return "contract"
    return "award" if award is not NOTHING else "tender" if "tender" in release else "planning"


def day(text: str | None) -> str:
    if not text:
        return ""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        raise Faulty from None
    if not 1990 <= found.year <= 2100:
        raise Faulty
    return text[:10]


def value(deal: Json) -> tuple[str, str]:
    found = deal.get("value") or {}
    amount = found.get("amount")
    if amount is not None and Decimal(amount) < 0:
        raise Faulty
    if not amount:
        return "", ""
    try:
        currency = resolve_currency(found["currency"]) if found.get("currency") else ""
    except CurrencyFault:
        raise Faulty from None
    return f"{Decimal(amount):f}", currency


def suppliers(release: Json, award: Json, contract: Json) -> tuple[str, str]:
    parties = {party["id"]: party for party in release.get("parties") or [] if party.get("id")}
    found = award.get("suppliers") or contract.get("suppliers") or []
    names, countries = [], set()
    for one in found:
        party = parties.get(one.get("id")) or one
        names.append((one.get("name") or party.get("name") or "").strip())
        named_in = [(holder.get("address") or {}).get("countryName") for holder in (party, one)]
        countries.add(next((country for text in named_in if text and (country := resolve_country(text))), ""))
    named = [name for name in names if name]
    return "; ".join(dict.fromkeys(named)), countries.pop() if len(countries) == 1 else ""


def title(tender: Json, award: Json, contract: Json) -> str:
    general = tender.get("title") or ""
    special = contract.get("title") or award.get("title") or general
    return (special if len(special) > len(general) else general).strip()


def codes(items: list[Json], scheme: str) -> str:
    found = []
    for item in items:
        listed = [item.get("classification"), *(item.get("additionalClassifications") or [])]
        found += ["".join((one.get("id") or "").split()) for one in listed if one and one.get("scheme") == scheme]
    return " ".join(dict.fromkeys(code for code in found if code))


def bid_days(period: Json) -> str:
    try:
        start, end = (date.fromisoformat((period.get(key) or "")[:10]) for key in ("startDate", "endDate"))
    except ValueError:
        return ""
    if end < start or not (1990 <= start.year <= 2100 and 1990 <= end.year <= 2100):
        return ""
    return str((end - start).days)


def documents(holders: list[Json]) -> str:
    kinds = {one.get("documentType") for holder in holders for one in holder.get("documents") or []}
    return " ".join(sorted("_".join(kind.split()) for kind in kinds if kind))


def fast(text: str) -> list[dict[str, str]]:
    reader = ReleaseReader({}, AS_OF, Limits())
    assert Prover(64).prove(text.encode()) is not None
    lines = b"".join(reader.read(decode_release(text.encode()), 1, "line 1")).decode()
    if reader.problems:
        raise Faulty
    return [dict(zip(LINE_COLUMNS, row, strict=True)) for row in csv.reader(io.StringIO(lines, newline=""))]


def assert_same(text: str) -> None:
    try:
        expected = oracle(text)
    except Faulty:
        with pytest.raises(Faulty):
            fast(text)
        return
    found = fast(text)
    compared = set(expected[0]) - {"gaps"}
    assert [{name: one[name] for name in compared} for one in found] == [
        {name: one[name] for name in compared} for one in expected
    ]
    for one, other in zip(found, expected, strict=True):
        places = [one[name] for name in LINE_COLUMNS[LINE_COLUMNS.index("ocid") : LINE_COLUMNS.index("gaps")]]
        assert one["content_sha256"] == content_hash(places)
        gaps = set(one["gaps"].split()) - {"buyer", "country", "title", "cpv"}
        assert gaps == set(other["gaps"].split())


# -- generated releases ---------------------------------------------------------------------------------------------

DAYS = some.sampled_from(
    [None, "", "2024-01-31", "2025-12-31T10:00:00Z", "2024-02-29T00:00:00.000+02:00", "2027-01-01"]
)
ODD_DAYS = DAYS | some.sampled_from(["2023-02-29", "0001-01-01T00:00:00Z", "31/12/2024"])
WORDS = some.sampled_from([None, "", "Coffee", ' "Tea", hot ', "Уборка зданий", "Été à l’office", "清潔服務"])
AMOUNTS = some.sampled_from(
    ["null", "0", "0.00", "12", "12.50", "0.1000000000000000055", "900719925.4740993123", "1e3", "-3"]
)
CURRENCIES = some.sampled_from([None, "", "EUR", "mdl", "XQX"])


def maybe(**fields: some.SearchStrategy[Any]) -> some.SearchStrategy[Json]:
    return some.fixed_dictionaries({}, optional=fields)


VALUES = maybe(amount=AMOUNTS.map(lambda text: f"#{text}#"), currency=CURRENCIES)
CODES = maybe(scheme=some.sampled_from(["CPV", "UNSPSC", "GSIN"]), id=some.sampled_from(["", "90910000", "45 00", "7"]))
ITEMS = some.lists(maybe(classification=CODES, additionalClassifications=some.lists(CODES, max_size=2)), max_size=3)
COUNTRIES = some.sampled_from([None, "", "Serbia", "FR", "Ruritania"])
ORGANISATIONS = maybe(id=some.sampled_from(["S1", "S2"]), name=WORDS, address=maybe(countryName=COUNTRIES))
PERIODS = maybe(startDate=ODD_DAYS, endDate=ODD_DAYS)
DOCUMENTS = some.lists(maybe(documentType=some.sampled_from([None, "", "b", "a c"])), max_size=2)
DEAL: dict[str, Any] = {
    "title": WORDS,
    "status": some.sampled_from(["active", "cancelled", "unsuccessful"]),
    "value": VALUES,
    "items": ITEMS,
    "suppliers": some.lists(ORGANISATIONS, max_size=2),
    "documents": DOCUMENTS,
}
NUMBERS = some.sampled_from(["1", "2", "3"])
AWARDS = some.lists(
    maybe(id=NUMBERS, date=ODD_DAYS, contractPeriod=PERIODS, **DEAL), max_size=3, unique_by=lambda a: a.get("id")
)
CONTRACTS = some.lists(maybe(id=NUMBERS, awardID=NUMBERS, dateSigned=DAYS, period=PERIODS, **DEAL), max_size=3)
TENDERS = maybe(
    id=NUMBERS,
    title=WORDS,
    value=VALUES,
    items=ITEMS,
    documents=DOCUMENTS,
    procurementMethod=some.sampled_from(sorted(METHODS)),
    numberOfTenderers=some.sampled_from([None, 0, 3]),
    awardCriteria=some.sampled_from([None, "", "priceOnly", "lowestCost", "bestProposal"]),
    tenderPeriod=PERIODS,
    contractPeriod=PERIODS,
)
RELEASES = maybe(
    parties=some.lists(ORGANISATIONS, max_size=2, unique_by=lambda one: one.get("id")),
    buyer=maybe(name=some.sampled_from(["Office", " Office "])),
    tender=TENDERS,
    awards=AWARDS,
    contracts=CONTRACTS,
)


def as_text(release: Json) -> str:
    """JSON in which amounts stand exactly as sampled."""
    return json.dumps({"ocid": "o-1", **release}, ensure_ascii=False).replace('"#', "").replace('#"', "")


@settings(max_examples=400, deadline=None)
@given(RELEASES)
def test_any_release_reads_the_same_twice(release: Json) -> None:
    assert_same(as_text(release))


def made(seed: int) -> Iterator[str]:
    """Releases that are mostly filled in, as publishers write them."""
    source = random.Random(seed)
    for number in range(60):
        deals = [
            {
                "id": f"A{n}",
                "date": f"2024-0{source.randrange(1, 10)}-11",
                "title": source.choice(["Short", "A long title of an award"]),
                "value": {"amount": source.randrange(0, 10**9) / 100, "currency": source.choice(["EUR", "rsd", "UAH"])},
                "suppliers": [{"id": f"S{n}", "name": f"Firm {n}", "address": {"countryName": "UA"}}],
            }
            for n in range(source.randrange(4))
        ]
        contracts = [
            {"id": f"C{n}", "awardID": f"A{source.randrange(4)}", "value": {"amount": n + 1, "currency": "EUR"}}
            for n in range(source.randrange(5))
        ]
        yield json.dumps(
            {"ocid": f"o-{number}", "tender": {"title": "A title"}, "awards": deals, "contracts": contracts}
        )


@pytest.mark.parametrize("seed", range(5))
def test_made_releases_read_the_same_twice(seed: int) -> None:
    for text in made(seed):
        assert_same(text)
