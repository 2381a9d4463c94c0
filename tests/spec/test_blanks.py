"""Blank fields on lines of every kind of purchase: what is not known is said, buys no less care and is never called low."""

from __future__ import annotations

import random
from typing import Any

import pytest
from scoring_world import AS_OF, SCHEMA, full_line, score_in, small_world

from duecare.evidence.packs import load_packs
from duecare.evidence.profiles import UNKNOWN, load_profiles
from duecare.identify.method import load_method
from duecare.identify.risk import score
from duecare.identify.view import FindingsView
from duecare.register.engine import Engine

BLANKABLE = (
    "country", "origin_country", "price_weight", "subcontract_share", "bid_days", "payment_days", "start_date", "end_date", "cpv",
    "title", "supplier_id", "procedure", "description", "unspsc", "hs",
)  # fmt: skip
SHARE = 0.3
BANDS = ("LOW", "MODERATE", "HIGH", "VERY_HIGH")
CARE = ("BASIC", "STANDARD", "HEIGHTENED", "INTENSIVE")


def told_lines() -> list[dict[str, Any]]:
    """One line for every profile, with all its fields filled in at random but always the same way."""
    pick = random.Random(20261101)
    return [
        full_line(
            profile=profile,
            country=pick.choice(["DE", "NO", "RS", "TM", "US"]),
            origin_country=pick.choice(["DE", "CN", "IN", "BR", "TR"]),
            price_weight=pick.choice([0.0, 45.0, 70.0, 100.0]),
            subcontract_share=pick.choice([0.0, 10.0, 60.0]),
            bid_days=pick.choice([5, 20, 60]),
            payment_days=pick.choice([10, 40, 90]),
            end_date=pick.choice(["2025-05-01", "2026-12-01", "2029-01-01"]),
        )
        for profile in load_profiles().by_id
        if profile != UNKNOWN
        for _ in range(3)
    ]


def blanked(line: dict[str, Any], pick: random.Random) -> tuple[dict[str, Any], set[str]]:
    """The line with about a third of its fields empty; without code and title nobody knows what was bought."""
    fields = {name for name in BLANKABLE if pick.random() < SHARE}
    said = line | dict.fromkeys(fields)
    if {"cpv", "title", "unspsc", "hs"} <= fields or {"cpv", "title"} <= fields:
        said |= {"profile": UNKNOWN, "how": "unknown", "confidence": 0.0}
    return said, fields


@pytest.fixture(scope="module")
def pairs() -> list[tuple[dict[str, Any], dict[str, Any], set[str]]]:
    """Every finding with all fields filled in, the finding of the blanked line, and what was blanked."""
    pick = random.Random(7)
    told = told_lines()
    silent, fields = zip(*(blanked(line, pick) for line in told), strict=True)
    lines = [line | {"line_id": f"L{n:05}"} for n, line in enumerate((*told, *silent))]
    with Engine() as engine:
        engine.table("classified_lines", SCHEMA, [[line[c] for c in SCHEMA] for line in lines])
        score(engine, load_packs(AS_OF), load_profiles(), load_method(), AS_OF)
        items = {item["line_id"]: item for item in FindingsView(engine, load_method(), AS_OF, "run").items()}
    found = [items[f"L{n:05}"] for n in range(len(lines))]
    return list(zip(found[: len(told)], found[len(told) :], fields, strict=True))


def test_a_lower_band_after_blanking_names_a_blank_and_keeps_high_care(pairs: Any) -> None:
    lowered = 0
    for before, after, fields in pairs:
        if BANDS.index(after["band"]) < BANDS.index(before["band"]):
            lowered += 1
            assert fields & {gap["field"] for gap in after["gaps"]}
            high = before["band"] in ("HIGH", "VERY_HIGH")
            assert not high or CARE.index(after["ddl"]) >= BANDS.index(before["band"]), (before["profile"], fields)
    assert lowered > 10


def test_what_nobody_can_name_is_never_called_low_or_moderate(pairs: Any) -> None:
    unknown = [after for _, after, _ in pairs if after["category"] == UNKNOWN]
    assert len(unknown) > 20
    for item in unknown:
        assert item["band"] in ("HIGH", "VERY_HIGH")
        assert item["ddl"] in ("HEIGHTENED", "INTENSIVE")
        assert item["confidence_band"] == "LOW"
        assert item["L_lo"] < 1.5
        assert item["gaps"][0]["code"] == "NO_CATEGORY"
        assert item["question"] == "What exactly was bought?"


def test_good_terms_and_a_good_country_say_nothing_of_an_unknown_purchase() -> None:
    said = full_line(
        profile=UNKNOWN, how="unknown", confidence=0.0, country="AA", price_weight=0.0, payment_days=0, bid_days=90
    )
    with Engine() as engine:
        item = next(score_in(engine, small_world(), [said], (), load_method()).items())
    assert (item["L"], item["band"]) == (2.5, "HIGH")
    assert item["reasons"][0]["code"] == "U"
    assert item["reasons"][0]["contribution"] > 0
