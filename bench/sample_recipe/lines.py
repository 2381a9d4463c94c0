"""Draw the contract lines of one office: the same seed gives the same lines."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import yaml
from sample_recipe.scripts import to_cyrillic, to_jekavian

HERE = Path(__file__).parent
LAST_AWARD = date(2026, 10, 28)
CENT = Decimal("0.01")


def read_yaml(name: str) -> Any:
    """One of the recipe's YAML files."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


CATALOGUE: dict[str, Any] = read_yaml("catalogue.yaml")
SUPPLIERS: dict[str, Any] = read_yaml("suppliers.yaml")
PHRASES: dict[str, Any] = read_yaml("phrases.yaml")
FITTING: dict[str, dict[str, str]] = read_yaml("codes.yaml")
RATES = {code: Decimal(rate) for code, rate in read_yaml("offices.yaml")["rates"].items()}


@dataclass
class Line:
    """One purchase in canonical terms; ``values`` holds canonical column names, ``None`` where the office says nothing."""

    key: str
    kind: str
    values: dict[str, Any]
    phase: str = "contract"
    steps: int = 1
    tags: set[str] = field(default_factory=set)


def draw_lines(office: dict[str, Any]) -> list[Line]:
    """All lines of one office's file, by award date, numbered in that order."""
    chance = random.Random(f"duecare sample 2026-11 {office['file']}")
    keys = _purchases(office, chance)
    lines = [_draw_line(office, key, chance) for key in keys]
    lines.sort(key=lambda line: (line.values["award_date"], line.key, line.values["amount"]))
    for number, line in enumerate(lines, start=1):
        year = line.values["award_date"].year
        line.values["contract_id"] = office["contract"].format(year=year, short_year=year % 100, number=number)
    _miscode(office, lines, chance)
    return lines


def _purchases(office: dict[str, Any], chance: random.Random) -> list[str]:
    allowed = [key for key in CATALOGUE if key in office.get("only", CATALOGUE) and key not in office.get("skip", ())]
    weights = [CATALOGUE[key]["weight"] for key in allowed]
    everything = allowed if office.get("buys_everything") else []
    wanted = [key for key, _code in office.get("miscoded", ())] + ["misc"] * office.get("misc_extra", 0)
    drawn = chance.choices(allowed, weights, k=office["lines"] - len(everything) - len(wanted))
    return [*everything, *drawn, *wanted]


def _draw_line(office: dict[str, Any], key: str, chance: random.Random) -> Line:
    entry = CATALOGUE[key]
    place = _place(office, chance)
    size = (chance.random() + chance.random()) / 2
    award = _award_date(chance)
    start = award + timedelta(days=chance.randrange(5, 46))
    end = start + timedelta(days=round(30.4 * chance.randint(*entry["months"])) - 1)
    number = _between(entry["number"][:2], size * chance.uniform(0.9, 1.0)) if "number" in entry else None
    quantity = max(1, round(number)) if number else None
    values = {
        "structure": office["structure"],
        "buyer": office["buyer"],
        "country": place["country"],
        "place": place["city"] if place.get("delivery") else None,
        "title": _title(office, key, place, start.year, quantity or chance.randrange(10, 60), chance),
        "description": _description(office, key, place, start.year, chance),
        "award_date": award,
        "start_date": start,
        "end_date": end,
        "quantity": quantity,
        "unit": PHRASES["units"][office["language"]][entry["number"][2]] if quantity else None,
    }
    values |= _price(office, entry, place, size, quantity, chance)
    values |= _supplier(office, entry, place, chance)
    values |= _codes(office, key, values["title"], chance)
    values |= _terms(office, entry, chance)
    values["origin_country"] = _origin(office, entry, chance)
    if values["description"] == values["title"]:
        values["description"] = None
    if office.get("script") == "cyrillic":
        written = ("title", "description", "supplier_name", "unit", "procedure", "origin_country")
        values |= {name: to_cyrillic(values[name]) for name in written if values[name]}
    return Line(key, entry["kind"], values)


def _place(office: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    drawn = chance.random()
    for post in office.get("posts", ()):
        if drawn < post["share"]:
            return post
        drawn -= post["share"]
    return office


def _award_date(chance: random.Random) -> date:
    """A working day, more of them recently: contracts of the last three years."""
    year = chance.choices([2024, 2025, 2026], [18, 36, 46])[0]
    first = date(year, 1, 8)
    last = LAST_AWARD if year == LAST_AWARD.year else date(year, 12, 19)
    day = first + timedelta(days=chance.randrange((last - first).days))
    return day - timedelta(days=max(0, day.weekday() - 4))


def _between(bounds: list[float], share: float) -> float:
    low, high = bounds
    return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))


def _price(
    office: dict[str, Any], entry: dict[str, Any], place: dict[str, Any], size: float, quantity: int | None, chance: Any
) -> dict[str, Any]:
    level = math.sqrt(office["level"]) if entry["kind"] == "goods" else office["level"]
    currency = place["currency"]
    for other, share in office.get("also_currency", {}).items():
        currency = other if chance.random() < share else currency
    local = Decimal(str(round(_between(entry["eur"], size) * level, 2))) * RATES[currency]
    if not quantity:
        return {"amount": _round(local), "currency": currency, "unit_price": None}
    unit_price = _round(local / quantity)
    return {"amount": (unit_price * quantity).quantize(CENT), "currency": currency, "unit_price": unit_price}


def _round(amount: Decimal) -> Decimal:
    """Three leading digits, as offers are made; below 100 to the cent."""
    if amount < 100:
        return max(amount.quantize(CENT, ROUND_HALF_UP), CENT)
    step = Decimal(10) ** (amount.adjusted() - 2)
    return ((amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(CENT)


def _title(
    office: dict[str, Any], key: str, place: dict[str, Any], year: int, quantity: int, chance: random.Random
) -> str:
    titles = read_titles(office["language"])[key]
    title = chance.choice(titles).format(city=place["city"], year=year, n=quantity)
    return to_jekavian(title) if office.get("jekavian") else title


def _description(
    office: dict[str, Any], key: str, place: dict[str, Any], year: int, chance: random.Random
) -> str | None:
    drawn = chance.random()
    if drawn > 0.4:
        return None
    plain = [title for title in read_titles(office["language"])[key] if "{n}" not in title]
    texts = plain if plain and drawn < 0.2 else PHRASES["descriptions"][office["language"]]
    text = str(chance.choice(texts)).format(city=place["city"], year=year)
    return to_jekavian(text) if office.get("jekavian") else text


_titles: dict[str, dict[str, list[str]]] = {}


def read_titles(language: str) -> dict[str, list[str]]:
    """The titles by kind of purchase in one language, read once."""
    if language not in _titles:
        _titles[language] = read_yaml(f"titles/{language}.yaml")
    return _titles[language]


def _supplier(office: dict[str, Any], entry: dict[str, Any], place: dict[str, Any], chance: Any) -> dict[str, Any]:
    """One of three local firms of the trade; now and then written in capitals, as in two systems of one office."""
    language, country = office["language"], place["country"]
    stems = SUPPLIERS["stems"]["cyrillic" if language in ("ru", "uk") and country != "MD" else "latin"]
    which = chance.randrange(3)
    index = random.Random(f"{country} {entry['sector']}").sample(range(len(stems)), 3)[which]
    word = SUPPLIERS["words"]["en" if country == "MD" else language][entry["sector"]]
    name = SUPPLIERS["forms"][country].format(name=f"{stems[index]} {word}")
    if chance.random() < 0.04:
        name = name.upper()
    trade = sorted(SUPPLIERS["words"]["en"]).index(entry["sector"]) + 1
    given = chance.random() < 0.8
    return {
        "supplier_name": name,
        "supplier_id": f"{country}-SAMPLE-{trade:02d}{which + 1}" if given else None,
        "supplier_country": country,
    }


def fitting_code(key: str, title: str) -> str | None:
    """The CPV code that the words of a title ask for, None where any code of the kind of purchase will do."""
    if key not in FITTING:
        return None
    found = (code for code, words in FITTING[key].items() if re.search(words, title, re.IGNORECASE))
    return next(found, CATALOGUE[key]["cpv"][0])


def _codes(office: dict[str, Any], key: str, title: str, chance: random.Random) -> dict[str, Any]:
    entry = CATALOGUE[key]
    codes: dict[str, Any] = {"cpv": None, "unspsc": None, "hs": None}
    system, has = office["codes"]["system"], chance.random() < office["codes"]["share"]
    any_code = chance.choice(entry["cpv"]) if entry["cpv"] else None
    cpv = fitting_code(key, title) or any_code
    if not has or system == "none":
        return codes
    if system == "unspsc":
        codes["unspsc"] = entry["unspsc"] or None
    elif system == "hs" and entry.get("hs"):
        codes["hs"] = FITTING["hs"].get(str(cpv), entry["hs"])
    else:
        codes["cpv"] = cpv
    return codes


def _terms(office: dict[str, Any], entry: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    weights = {
        "service": [60, 70, 80, 100],
        "works": [60, 80, 100],
        "goods": [50, 60, 80, 100],
        "knowledge": [30, 40, 50],
    }
    procedure = chance.choices(["open", "selective", "limited", "direct"], [45, 12, 15, 28])[0]
    labour = entry["kind"] in ("service", "works")
    words = PHRASES["procedures"].get(office["language"])
    return {
        "procedure": words[procedure] if words and office["writer"] not in ("package", "releases") else procedure,
        "tenderers": 1 if procedure == "direct" else chance.randrange(1, 8),
        "price_weight": chance.choice(weights[entry["kind"]]) if chance.random() < 0.7 else None,
        "subcontract_share": chance.randrange(0, 9) * 5 if labour and chance.random() < 0.6 else None,
    }


def _origin(office: dict[str, Any], entry: dict[str, Any], chance: random.Random) -> str | None:
    said = chance.random() < office["origin"]["share"]
    if not entry.get("origins") or not said:
        return None
    code = chance.choice(entry["origins"])
    style = office["origin"]["style"]
    return code if style == "code" else SUPPLIERS["countries"][style][code]


def _miscode(office: dict[str, Any], lines: list[Line], chance: random.Random) -> None:
    """Give some purchases the code of another kind, as happens (METHOD TRP16); titles stay right."""
    for key, code in office.get("miscoded", ()):
        candidates = [line for line in lines if line.key == key and "miscoded" not in line.tags]
        line = chance.choice(candidates)
        line.values |= {"cpv": code, "hs": None}
        line.tags.add("miscoded")
