"""A small world to score in: a few profiles, countries and listed goods whose numbers a reader can check by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from duecare.identify.inputs import PROFILE_TABLES
from duecare.identify.method import Method, load_method
from duecare.identify.overrides import Ruling
from duecare.identify.risk import score
from duecare.identify.view import FindingsView
from duecare.register.engine import Engine
from duecare.register.lines import TYPES

AS_OF = date(2026, 11, 1)
SCHEMA = {**TYPES, "file_sha256": "VARCHAR", "profile": "VARCHAR", "how": "VARCHAR", "confidence": "DOUBLE", "code": "VARCHAR", "contradicts": "VARCHAR", "alternatives": "VARCHAR", "decided": "DATE"}  # fmt: skip
HALF = {"E4": 0.0, "E3": 0.25, "E2": 0.5, "E1": 1.0}


def level(value: float, grade: str = "E3", fact_id: str = "fact") -> dict[str, Any]:
    half = HALF[grade]
    return {
        "value": value,
        "lo": max(0.0, value - half),
        "hi": min(4.0, value + half),
        "grade": grade,
        "fact_id": fact_id,
    }


class World:
    """Evidence and profiles as plain rows; the tests add what they need."""

    def __init__(self) -> None:
        self.evidence: dict[str, list[dict[str, Any]]] = {
            "country_factors": [],
            "listed_goods": [],
            "state_imposed": [],
            "observations": [],
        }
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in PROFILE_TABLES}

    def country(self, code: str, grade: str = "E3", **factors: float) -> None:
        for factor, value in factors.items():
            self.evidence["country_factors"].append(
                {"country": code, "factor": factor, **level(value, grade, f"{factor}.{code}")}
            )

    def listed(self, good: str, country: str, *, forced: bool = True, grade: str = "E3") -> None:
        flags = {"forced_labour": forced, "child_labour": not forced, "downstream": False}
        self.evidence["listed_goods"].append(
            {"good": good, "country": country, **flags, **level(4.0 if forced else 2.0, grade, f"X1.{good}.{country}")}
        )

    def state(self, good: str, country: str, factor: str = "X2", value: float = 4.0) -> None:
        self.evidence["state_imposed"].append(
            {"good": good, "country": country, "factor": factor, **level(value, "E3", f"{factor}.{good}.{country}")}
        )

    def observed(self, factor: str, value: float, grade: str = "E3", **scope: str) -> None:
        keys = {"country": None, "profile": None, "supplier_id": None, "stage": None}
        self.evidence["observations"].append(
            {"factor": factor, **keys, **scope, **level(value, grade, f"own.{factor}")}
        )

    def profile(
        self,
        name: str,
        kind: str = "service",
        q: tuple[float, float, float] = (2.0, 1.0, 3.0),
        documented: int = 0,
        **more: Any,
    ) -> None:
        self.rows["profiles"].append({
            "profile": name, "category": more.get("category", name), "category_title": name.title(), "kind": kind,
            "documented": documented, "documented_by": "a list" if documented else "", "labour_intensive": more.get("labour_intensive", kind != "goods"),
            "Q": q[0], "Q_lo": q[1], "Q_hi": q[2], "question": f"Who works on {name}?",
        })  # fmt: skip
        for phase in ("plan", "tender", "award", "contract", "deliver"):
            self.rows["profile_acts"].append({"profile": name, "phase": phase, "act": f"{phase}: act on {name}."})

    def stage(
        self,
        profile: str,
        stage: str,
        P: float,
        W: float,
        B: float,
        place: str = "work",
        half: float = 1.0,
        goods: Sequence[str] = (),
        origins: Sequence[str] = (),
    ) -> None:
        row: dict[str, Any] = {"profile": profile, "stage": stage, "place": place}
        for group, value in (("P", P), ("W", W), ("B", B)):
            row |= {
                group: value,
                f"{group}_lo": max(0.0, value - half),
                f"{group}_hi": min(4.0, value + half),
                f"{group}_reason": f"{group} of {profile}",
            }
        self.rows["profile_stages"].append(row)
        self.rows["profile_goods"] += [{"profile": profile, "stage": stage, "good": good} for good in goods]
        self.rows["profile_origins"] += [
            {"profile": profile, "stage": stage, "country": country} for country in origins
        ]

    def harm(self, profile: str, stage: str, scenario: str, scale: int, scope: int, irremediability: int) -> None:
        self.rows["profile_harms"].append({
            "profile": profile, "stage": stage, "scenario": scenario, "scale": scale, "scope": scope,
            "irremediability": irremediability, "reason": f"{scenario} at {stage}",
        })  # fmt: skip

    # what scoring asks for
    def country_factors(self) -> Iterable[Mapping[str, Any]]:
        return self.evidence["country_factors"]

    def listed_goods(self) -> Iterable[Mapping[str, Any]]:
        return self.evidence["listed_goods"]

    def state_imposed(self) -> Iterable[Mapping[str, Any]]:
        return self.evidence["state_imposed"]

    def observations(self) -> Iterable[Mapping[str, Any]]:
        return self.evidence["observations"]

    def tables(self) -> Mapping[str, Mapping[str, Sequence[Any]]]:
        return {
            name: {column: [row[column] for row in rows] for column in PROFILE_TABLES[name]}
            for name, rows in self.rows.items()
        }


def small_world() -> World:
    """Cleaning as in T-L1, coffee, consultancy, nothing known, solar panels; countries from good to bad."""
    world = World()
    world.country("AA", G1=1.0, G3=1.0, G4=1.0)
    world.country("MM", G1=2.0, G3=3.0, G4=2.0)
    world.country("ZZ", G1=4.0, G3=4.0, G4=4.0)
    world.profile("CLEAN")
    world.stage("CLEAN", "SITE", 3, 3, 3)
    world.harm("CLEAN", "SITE", "H1", 2, 3, 1)
    world.harm("CLEAN", "SITE", "H2", 4, 3, 3)
    world.profile("COFFEE", kind="goods", documented=3)
    world.stage("COFFEE", "RAW", 3, 3, 3, place="origin", goods=["Coffee"], origins=["MM", "ZZ"])
    world.stage("COFFEE", "MANU", 1, 1, 1, place="typical")
    world.harm("COFFEE", "RAW", "H3", 4, 4, 3)
    world.listed("Coffee", "ZZ")
    world.listed("Coffee", "MM", forced=False)
    world.profile("ADVICE", kind="knowledge", q=(1.0, 1.0, 2.0))
    world.stage("ADVICE", "SITE", 1, 1, 1)
    world.harm("ADVICE", "SITE", "H1", 1, 1, 1)
    world.profile("PANELS", kind="goods")
    world.stage("PANELS", "PROC", 2, 2, 2, place="origin", goods=["Polysilicon"], origins=["AA", "ZZ"])
    world.stage("PANELS", "SITE", 2, 2, 2)
    world.harm("PANELS", "PROC", "H2", 4, 4, 4)
    world.listed("Polysilicon", "ZZ")
    world.state("Polysilicon", "ZZ")
    world.profile("UNKNOWN", kind="goods", q=(2.5, 1.0, 4.0))
    world.stage("UNKNOWN", "SITE", 2.5, 2.5, 2.5, half=1.5)
    world.harm("UNKNOWN", "SITE", "H1", 2, 2, 2)
    return world


def full_line(**said: Any) -> dict[str, Any]:
    """A contract line with everything said, so that a test blanks or changes what it is about."""
    values: dict[str, Any] = dict.fromkeys(SCHEMA)
    values |= {
        "contract_id": "C1", "structure": "Mission", "buyer": "Organisation", "supplier_name": "Supplier", "supplier_id": "R-1",
        "country": "AA", "country_basis": "declared", "origin_country": "MM", "title": "Cleaning of offices", "description": "Daily",
        "cpv": "90911200", "unspsc": "76111501", "hs": "0901", "amount": "1000", "currency": "EUR", "award_date": "2025-01-10",
        "start_date": "2025-02-01", "end_date": "2028-02-01", "procedure": "open", "tenderers": 3, "price_weight": 60.0,
        "subcontract_share": 10.0, "bid_days": 35, "payment_days": 30, "phase": "contract", "file_sha256": "f" * 64, "locator": "line 2",
        "profile": "CLEAN", "how": "declared", "confidence": 1.0, "code": "90911200", "contradicts": None,
    }  # fmt: skip
    return values | said


Scored = Callable[..., FindingsView]


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def scored() -> Iterable[Scored]:
    """Score lines (dictionaries of columns) in a world; gives the view of the findings."""
    engines: list[Engine] = []

    def run(
        world: World,
        lines: Sequence[Mapping[str, Any]],
        rulings: tuple[Ruling, ...] = (),
        method: Method | None = None,
        as_of: date = AS_OF,
    ) -> FindingsView:
        engine = Engine()
        engines.append(engine)
        return score_in(engine, world, lines, rulings, method or load_method(), as_of)

    yield run
    for engine in engines:
        engine.close()


def score_in(
    engine: Engine,
    world: World,
    lines: Sequence[Mapping[str, Any]],
    rulings: tuple[Ruling, ...],
    method: Method,
    as_of: date = AS_OF,
) -> FindingsView:
    rows = [
        [line[c] if c != "line_id" else line["line_id"] or f"L{i:04}" for c in SCHEMA] for i, line in enumerate(lines)
    ]
    engine.table("classified_lines", SCHEMA, rows)
    score(engine, world, world, method, as_of, rulings)
    return FindingsView(engine, method, as_of, "run")
