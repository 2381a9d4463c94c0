"""The method once more in plain Python, line by line: what the SQL must equal. It lives here and nowhere in the product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WEIGHTS = {"P": 0.30, "G": 0.15, "W": 0.25, "B": 0.20, "Q": 0.10}
CORE = {
    "P": ["P1", "P2"],
    "W": ["W1", "W3", "W8", "W10"],
    "B": ["B1", "B2", "B3", "B9"],
    "G": ["G1", "G3", "G4"],
    "Q": ["Q1", "Q2", "Q6"],
}
MORE_CORE = {"goods": {"P": ["P6"], "Q": ["Q3"]}, "services": {"P": ["P7"], "Q": ["Q7"]}}
GRADES = {"E4": 0.0, "E3": 0.25, "E2": 0.5, "E1": 1.0}
Triple = tuple[float, float, float]
UNKNOWN: Triple = (1.0, 2.5, 4.0)
ENDS = range(3)


def md(share: float, values: Sequence[float]) -> float:
    return share * max(values) + (1 - share) * sum(values) / len(values)


def likelihood(P: float, X: float | None, G: float, W: float, B: float, Q: float) -> float:
    mean = sum(WEIGHTS[k] * v for k, v in {"P": P, "G": G, "W": W, "B": B, "Q": Q}.items())
    return 0.6 * max(v for v in (P, X, W, B) if v is not None) + 0.4 * mean


def steps(value: float | None, ends: Sequence[float], less_is_worse: bool = False) -> int | None:
    if value is None:
        return None
    return next((i for i, end in enumerate(ends) if (value >= end if less_is_worse else value <= end)), 4)


def kind_of(profile: Mapping[str, Any]) -> str:
    return "goods" if profile["kind"] == "goods" else "services"


def mixed(levels: Iterable[Triple]) -> Triple:
    listed = list(levels)
    lo, point, hi = (md(0.5, [level[end] for level in listed]) for end in ENDS)
    return lo, point, hi


def prior(stage: Mapping[str, Any], group: str) -> Triple:
    point = max(stage[group], 1.0)
    return min(max(stage[f"{group}_lo"], 1.0), point), point, max(stage[f"{group}_hi"], 1.0)


def known_factors(
    world: Any, line: Mapping[str, Any], profile: str, stage: Mapping[str, Any], country: str, at_work: bool
) -> dict[str, tuple[float, float, float, str]]:
    found: dict[str, tuple[float, float, float, str]] = {}
    share = line["subcontract_share"]
    if at_work and share is not None:
        level = 0 if share <= 0 else 1 if share < 20 else 2
        found["B2"] = (max(level, 1) - 0.5, max(float(level), 1.0), min(max(level + 0.5, 1.0), 4.0), "E2")
    for o in world.observations():
        scope = {"profile": profile, "stage": stage["stage"], "country": country, "supplier_id": line["supplier_id"]}
        if any(o[k] is not None and o[k] != v for k, v in scope.items()) or o["factor"][0] not in "PWB":
            continue
        point = o["value"] if o["grade"] in ("E3", "E4") else max(o["value"], 1.0)
        rival = found.get(o["factor"])
        if rival is None or (o["grade"], o["value"]) > (rival[3], rival[1]):
            found[o["factor"]] = (max(o["lo"], 0.0), point, min(max(o["hi"], point), 4.0), o["grade"])
    return found


def group(
    world: Any,
    line: Mapping[str, Any],
    profile: Mapping[str, Any],
    stage: Mapping[str, Any],
    letter: str,
    country: str,
    at_work: bool,
) -> Triple:
    from_profile = prior(stage, letter)
    half = (max(stage[f"{letter}_hi"], 1.0) - max(stage[f"{letter}_lo"], 1.0)) / 2
    known = {
        f: v
        for f, v in known_factors(world, line, profile["profile"], stage, country, at_work).items()
        if f[0] == letter
    }
    core = CORE[letter] + MORE_CORE[kind_of(profile)].get(letter, [])
    levels = []
    for factor in [*core, *(f for f in known if f not in core)]:
        if factor in known:
            lo, point, hi, _ = known[factor]
            levels.append((max(lo, point - half), point, min(hi, point + half)))
        else:
            levels.append(from_profile)
    return mixed(levels)


def of_country(world: Any, country: str) -> Triple:
    facts = {f["factor"]: (f["lo"], f["value"], f["hi"]) for f in world.country_factors() if f["country"] == country}
    return mixed(facts.get(factor, UNKNOWN) for factor in [*CORE["G"], *(f for f in facts if f not in CORE["G"])])


def G_of(world: Any, country: str, typical: Sequence[str]) -> Triple:
    if country:
        return of_country(world, country)
    if not typical:
        return UNKNOWN
    levels = [of_country(world, c) for c in typical]
    return min(v[0] for v in levels), sum(v[1] for v in levels) / len(levels), max(v[2] for v in levels)


def X_of(world: Any, goods: Sequence[str], country: str) -> tuple[Triple, Triple] | None:
    """Levels and the X2 part of them, ``None`` where no goods are looked up."""
    whole = [s for s in world.state_imposed() if s["good"] == "*" and s["country"] == country]
    if not goods:
        return (tuple(max(s[e] for s in whole) for e in ("lo", "value", "hi")), (0.0, 0.0, 0.0)) if whole else None  # type: ignore[return-value]
    listed = [row for row in world.listed_goods() if row["good"] in goods]
    if not world.listed_goods():
        levels: list[Triple] = [UNKNOWN]
    elif country:
        levels = [(0.0, 0.0, 0.0), *((r["lo"], r["value"], r["hi"]) for r in listed if r["country"] == country)]
    else:
        levels = [(0.0, 0.0, 0.0), *((1.0, 3.0, 4.0) if r["forced_labour"] else (1.0, 2.0, 2.0) for r in listed)]
    state = [s for s in world.state_imposed() if s["good"] in goods and country in ("", s["country"])]
    by_state = [((s["lo"], s["value"], s["hi"]) if country else (0.0, 0.0, s["hi"]), s["factor"]) for s in state]
    levels += [level for level, _ in by_state] + [(s["lo"], s["value"], s["hi"]) for s in whole]
    imposed = [level for level, factor in by_state if factor == "X2"] or [(0.0, 0.0, 0.0)]
    return tuple(max(v[e] for v in levels) for e in ENDS), tuple(max(v[e] for v in imposed) for e in ENDS)  # type: ignore[return-value]


def Q_of(line: Mapping[str, Any], profile: Mapping[str, Any]) -> Triple:
    from_profile = (max(profile["Q_lo"], 1.0), max(profile["Q"], 1.0), max(profile["Q_hi"], 1.0))
    known: dict[str, int | None] = {
        "Q1": steps(line["price_weight"], (40, 50, 60, 80)),
        "Q6": steps(line["payment_days"], (15, 30, 45, 60)),
    }
    if known["Q1"] is not None and not profile["labour_intensive"]:
        known["Q1"] = min(known["Q1"], 3)
    known["Q4"] = (
        2
        if line["bid_days"] is None and line["procedure"] in ("direct", "open (accelerated)")
        else steps(line["bid_days"], (40, 30, 15, 7), less_is_worse=True)
    )
    core = CORE["Q"] + MORE_CORE[kind_of(profile)]["Q"]
    levels = []
    for factor in dict.fromkeys([*core, "Q4"]):
        level = known.get(factor)
        if level is not None:
            point = max(float(level), 1.0)
            levels.append((point - 0.5, point, min(point + 0.5, 4.0)))
        elif factor in core:
            levels.append(from_profile)
    return mixed(levels)


def rate(world: Any, line: Mapping[str, Any]) -> dict[str, Any]:
    """L with its interval and leading value per stage, S, SAL and PRI of one line."""
    profile = next(p for p in world.rows["profiles"] if p["profile"] == line["profile"])
    Q, stages = Q_of(line, profile), {}
    own = [s for s in world.rows["profile_stages"] if s["profile"] == line["profile"]]
    heaviest = max(s["P"] for s in own)
    for stage in own:
        keys = {"profile": line["profile"], "stage": stage["stage"]}
        goods = [g["good"] for g in world.rows["profile_goods"] if all(g[k] == v for k, v in keys.items())]
        typical = [o["country"] for o in world.rows["profile_origins"] if all(o[k] == v for k, v in keys.items())]
        at_work = stage["place"] == "work"
        country = (
            line["country"] or "" if at_work else (line["origin_country"] or "") if stage["place"] == "origin" else ""
        )
        groups = {g: group(world, line, profile, stage, g, country, at_work) for g in "PWB"}
        groups["G"] = G_of(world, country, [] if at_work else typical)
        X = None if at_work else X_of(world, goods, country)
        levels = []
        for e in ENDS:
            raw = likelihood(
                groups["P"][e], X[0][e] if X else None, groups["G"][e], groups["W"][e], groups["B"][e], Q[e]
            )
            floor = max(
                2.5 if profile["documented"] >= 4 and stage["P"] >= heaviest else 0.0,
                1.5 if round(groups["G"][e], 9) >= 3.5 else 0.0,
                3.25 if X and X[1][e] >= 4 else 0.0,
                2.5 if profile["profile"] == "UNKNOWN" and e > 0 else 0.0,
            )
            levels.append(max(raw, floor))
        stages[stage["stage"]] = levels
    lo, L, hi = (max(levels[e] for levels in stages.values()) for e in ENDS)
    harms = [h for h in world.rows["profile_harms"] if h["profile"] == line["profile"]]
    S = max((md(0.6, [h["scale"], h["scope"], h["irremediability"]]) for h in harms), default=0.0)
    SAL = S * (0.5 + 0.125 * L)
    return {
        "L_lo": lo,
        "L": L,
        "L_hi": hi,
        "S": S,
        "SAL": SAL,
        "PRI": min(4.0, SAL + 0.2 * (Q[1] >= 3)),
        "stages": stages,
    }


def judged(model: float, said: Sequence[Any]) -> float:
    """A level after experts judged it (METHOD 1.10): the best lowering if not too far, then the highest raise if it is one."""
    lowerings = sorted((r for r in said if r.direction == "lower"), key=lambda r: (r.grade, r.value))
    level = model
    if lowerings and lowerings[-1].value >= model - 1 - 1e-9:
        level = lowerings[-1].value
    raises = [r.value for r in said if r.direction == "raise"]
    if raises and max(raises) >= model:
        level = max(model, level, *raises)
    return level
