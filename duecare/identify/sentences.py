"""What a finding says: English message ids with named placeholders for reasons, gaps, questions and the timing of an act.

A sentence travels as ``{"sentence", "template", "params"}``: readable English, the message id to translate, and the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duecare.evidence.countries import country_codes, country_name

FACTORS: dict[str, str] = {
    "P1": "listing of the category",
    "P2": "share of labour in the price",
    "P3": "share of low-skilled work",
    "P4": "dirty or dangerous work",
    "P5": "seasonal peaks",
    "P6": "hazardous raw materials",
    "P7": "hidden work",
    "P8": "ingredients of unknown origin",
    "X1": "listing of the good and its origin",
    "X2": "forced labour imposed by a state",
    "X3": "trade measures",
    "G": "country where the work is done",
    "G1": "response to trafficking",
    "G2": "ratified labour conventions",
    "G3": "workers' rights in practice",
    "G4": "rule of law",
    "G5": "conflict and displacement",
    "G6": "rules on migration for work",
    "G7": "special economic zones",
    "G8": "labour inspection",
    "G9": "informal work",
    "W1": "share of migrant workers",
    "W2": "insecure status of workers",
    "W3": "recruitment fees or debt",
    "W4": "language of workers",
    "W5": "housing by the employer",
    "W6": "children and young workers",
    "W7": "discrimination and displacement",
    "W8": "workers' voice",
    "W9": "informal or bogus self-employment",
    "W10": "level of pay",
    "W11": "risks for women",
    "B1": "visibility of the chain",
    "B2": "depth of subcontracting",
    "B3": "share of agency workers",
    "B4": "piece rates and quotas",
    "B5": "platform or franchise work",
    "B6": "fragile or opaque supplier",
    "B7": "traders and brokers",
    "B8": "turnover of workers",
    "B9": "record of the supplier",
    "B10": "work at home or in informal workshops",
    "Q1": "weight of price",
    "Q2": "price against fair cost",
    "Q3": "lead time",
    "Q4": "time to bid",
    "Q5": "volatile volumes",
    "Q6": "delay of payment",
    "Q7": "price revision when wages rise",
    "Q8": "length of contracts",
    "Q9": "one-sided penalties",
    "Q10": "working hours asked for",
}
"""Factors of METHOD 1.4 in plain words."""

REASONS: dict[str, str] = {
    "X1_FORCED": "{good} from {country} is on a public list of goods made with forced labour.",
    "X1_CHILD": "{good} from {country} is on a public list of goods made with child labour.",
    "X1_SOMEWHERE_FORCED": "{good} is listed for forced labour in some countries, and where this one was made is not known.",
    "X1_SOMEWHERE_CHILD": "{good} is listed for child labour in some countries, and where this one was made is not known.",
    "X1_UNKNOWN": "No list of goods is in force, so nothing can be said about the goods and their origin.",
    "X2": "There is evidence of forced labour imposed by a state for {good} from {country}.",
    "X3": "A trade measure against forced labour concerns {good} from {country}.",
    "X2_ALL": "There is evidence that a state imposes forced labour on all goods from {country}.",
    "X3_ALL": "A trade measure against forced labour concerns all goods from {country}.",
    "X_OBSERVED": "Your own observation on the origin of the goods counts here.",
    "G_COUNTRY": "{country}: the weakest point in the protection of workers is {factor}.",
    "G_TYPICAL": "The origin is not known; goods of this kind usually come from {countries}.",
    "G_UNKNOWN": "The country is not known, so the country counts as neither good nor bad.",
    "OBSERVED": "An observation counts here: {factor}.",
    "B2": "{share} % of the contract is subcontracted.",
    "Q1": "Price carries {weight} % of the award, which presses on wages.",
    "Q4": "Bidders had {days} days, too short to price decent work.",
    "Q4_ACCELERATED": "The procedure was accelerated, which leaves bidders less time to price decent work.",
    "Q4_DIRECT": "The contract was awarded directly, without a period in which decent work could be priced.",
    "Q6": "Payment took up to {days} days, which suppliers pass on to workers.",
    "Q8": "Short contracts make workers' jobs insecure.",
    "Q": "Nothing is known about the buyer's own terms, which can press on wages.",
    "F1": "A public list calls this category very high risk, so the rating does not fall below HIGH.",
    "F2": "{country} is at the end of the scale, so the rating does not fall below MODERATE.",
    "F3": "Forced labour imposed by a state leaves no rating below VERY HIGH.",
    "F4": "A case is open at this site, so the rating stays VERY HIGH until it is resolved.",
    "U": "What was bought is not known, so the rating is not called moderate or low: HIGH stands until it is.",
    "OWN": "A practice of the buyer's own staff or site is observed to do the harm: stop it and remedy it.",
    "R3": "A red flag was left unanswered, so the buyer contributes to the harm until it acts.",
    "A": "A credible allegation is open.",
    "OVERRIDE": "Local experts set {target} to {value}; the model says {model}.",
    "CONTRADICTS": "The declared code and the words of the title say different things; the riskier reading counts.",
    "DECIDED": "A person decided on {date} what was bought.",
}
"""Why a rating is what it is, by code. Reasons of groups P, W and B are sentences of the category profile."""

GAPS: dict[str, str] = {
    "category": "Neither a code nor the title tells what was bought.",
    "cpv": "No procurement code is given, so what was bought is read from other fields.",
    "title": "No title is given, so the code cannot be checked against words.",
    "description": "No description is given, so it cannot be checked what the title leaves open.",
    "unspsc": "No UNSPSC code is given.",
    "hs": "No customs code is given.",
    "country": "The country of delivery or work is not known.",
    "country_basis": "The country is that of the buyer's address; where the work is done is not known.",
    "origin_country": "Where the goods were made or grown is not known.",
    "price_weight": "How much price counted in the award is not known.",
    "subcontract_share": "How much of the work is subcontracted is not known.",
    "bid_days": "How long bidders had is not known.",
    "procedure": "The kind of procedure is not known.",
    "payment_days": "How long suppliers waited for payment is not known.",
    "start_date": "The start of the contract is not known.",
    "end_date": "The end of the contract is not known.",
    "supplier_id": "The supplier has no register number, so its record cannot be looked up.",
    "amount": "The amount is not known.",
    "tenderers": "How many suppliers bid is not known.",
    "phase": "Whether the contract is planned, open or running is not known.",
}
"""What a line does not say, by field."""

FACTOR_GAPS: dict[str, str] = {
    "P": "Nobody has looked at the work itself: {factors}.",
    "W": "Nobody has looked at the workers: {factors}.",
    "B": "Nobody has looked at the supplier's business model: {factors}.",
    "G": "No source in force covers the country: {factors}.",
    "Q": "The buyer's own terms are not known: {factors}.",
    "X": "No list of goods in force covers the origin: {factors}.",
    "MORE": "Further factors that nobody has looked at: {factors}.",
    "WIDEST": "Find out first, because the rating could be higher: {factors}.",
}
"""What nobody has looked at, by factor group; ``WIDEST`` is the mandatory information-gap action of METHOD 1.5."""

QUESTIONS: dict[str, str] = {
    "origin_country": "In which country, and by which factory or farm, were the goods made?",
    "country": "In which country is the work done or the delivery made?",
    "category": "What exactly was bought?",
    "price_weight": "How much did price count in the award, and what counted besides?",
    "payment_days": "How many days after the invoice is the supplier paid?",
}
"""Questions about a field. All others are the question of the category profile."""

TIMING: dict[str, str] = {
    "plan": "The purchase is being planned: requirements can still be written.",
    "tender": "The tender is open: criteria and clauses can still be set.",
    "past": "This was announced long ago and what came of it is not known: find out before you act.",
    "award": "The contract has not started: agree the terms before work begins.",
    "ending": "The contract ends on {date}: prepare the next tender now.",
    "ended": "The contract ended on {date}: use what was learnt for the next tender.",
    "running": "The contract runs until {date}: ask and check now.",
    "open": "The end of the contract is not known: ask and check now.",
}
"""Why an act comes now, by the time of the contract."""


def sentence(template: str, **params: Any) -> dict[str, Any]:
    """A sentence with its English text; ``params`` must fill every placeholder. A list is shown separated by commas."""
    shown = {name: _shown(name, value) for name, value in params.items()}
    return {"sentence": template.format_map(shown), "template": template, "params": params}


def _shown(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(name, one) for one in value)
    if isinstance(value, float):
        return f"{value:.1f}"
    text = str(value)
    return country_name(text) if name in ("country", "countries") and text in country_codes() else text


def messages() -> list[str]:
    """Every English text once, in a stable order, for translation."""
    tables: tuple[Mapping[str, str], ...] = (REASONS, GAPS, FACTOR_GAPS, QUESTIONS, TIMING, FACTORS)
    return list(dict.fromkeys(text for table in tables for text in table.values()))
