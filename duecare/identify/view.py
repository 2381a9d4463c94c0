"""Findings as readers get them: the items of findings.json, made from the stored tables of a run and nothing else.

Numbers come from SQL over the stored rows; this module only picks reasons, gaps, the question and the act, and says them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from duecare.errors import CannotAnswer
from duecare.identify import sentences
from duecare.identify.arithmetic import confidence, likelihood
from duecare.identify.details import GAPS, details
from duecare.identify.method import Method
from duecare.identify.risk import RESULTS
from duecare.identify.sentences import FACTORS, sentence
from duecare.register.engine import Engine

Row = Mapping[str, Any]
GROUPS = ("P", "X", "G", "W", "B")
MOST_REASONS, LEAST_CONTRIBUTION, MOST_FACTS = 5, 0.05, 5
ACTS = {
    "plan": "plan",
    "tender": "tender",
    "award": "award",
    "ending": "plan",
    "ended": "plan",
    "past": "plan",
    "running": "deliver",
    "open": "deliver",
}
BLOCK = 5_000


def see_run(engine: Engine, folder: Path) -> None:
    """See the tables of a run's folder in the engine."""
    for name in RESULTS:
        engine.view_parquet(name, [folder / f"{name}.parquet"])


class FindingsView:
    """The findings of one run whose tables (``risk.RESULTS``) are in the engine.

    ``as_of`` is the run's day and ``run`` the id that items carry.
    """

    def __init__(self, engine: Engine, method: Method, as_of: date, run: str = "") -> None:
        self.engine, self.method, self.run, self.as_of = engine, method, run, as_of
        engine.execute(f"CREATE OR REPLACE TEMP VIEW details AS {details(method, as_of)}")
        engine.execute(f"CREATE OR REPLACE TEMP VIEW line_stages AS {_stages(method, 'findings', 'f.line_id')}")

    def through(self, engine: Engine) -> FindingsView:
        """The same findings through another door of the engine, for another thread; small tables that were read are shared."""
        other = FindingsView(engine, self.method, self.as_of, self.run)
        vars(other).update({name: read for name, read in vars(self).items() if name not in vars(other)})
        return other

    def items(
        self, order_by: str = "PRI DESC, S DESC, award_date, line_id", where: str = "TRUE"
    ) -> Iterator[dict[str, Any]]:
        """Items of findings.json in an order; ``where`` is a condition on the columns of the view ``details``."""
        self.engine.execute(
            f"CREATE OR REPLACE TEMP TABLE asked AS SELECT *, CAST(row_number() OVER (ORDER BY {order_by}) AS BIGINT) AS n "
            f"FROM details WHERE {where} ORDER BY n"
        )
        self.engine.execute(
            f"CREATE OR REPLACE TEMP VIEW asked_stages AS {_stages(self.method, 'asked', 'f.line_id, f.n')}"
        )
        total = int(self.engine.rows("SELECT count(*) AS n FROM asked")[0]["n"])
        for start in range(0, total, BLOCK):
            block = f"n > {start} AND n <= {start + BLOCK}"
            stages: dict[str, list[Row]] = defaultdict(list)
            for row in self.engine.rows(f"SELECT * FROM asked_stages WHERE {block} ORDER BY n, L DESC, exposure"):
                stages[row["line_id"]].append(row)
            for row in self.engine.rows(f"SELECT * FROM asked WHERE {block} ORDER BY n"):
                yield self.item(row, stages[row["line_id"]])

    def one(self, line_id: str) -> tuple[Row, list[Row]] | None:
        """The stored row of a line in the wide view, and its stages; ``None`` when the run does not hold the line."""
        rows = self.engine.rows("SELECT * FROM details WHERE line_id = ?", [line_id])
        stages = self.engine.rows("SELECT * FROM line_stages WHERE line_id = ? ORDER BY L DESC, exposure", [line_id])
        return (rows[0], list(stages)) if rows else None

    def line_named(self, name: str) -> str:
        """The line that has this id, an id that begins with it, or this contract id; raises ``CannotAnswer`` otherwise."""
        found = self.engine.rows(
            "SELECT line_id, title FROM details WHERE line_id = ? OR contract_id = ? OR (length(?) >= 4 AND starts_with(line_id, ?)) "
            "ORDER BY line_id = ? DESC, line_id LIMIT 12",
            [name, name, name, name, name],
        )
        if found and (len(found) == 1 or found[0]["line_id"] == name):
            return str(found[0]["line_id"])
        if found:
            lines = "; ".join(f"{row['line_id']} {row['title'] or ''}" for row in found)
            raise CannotAnswer(f"Several lines are called {name}: {lines}.")
        raise CannotAnswer(f"The run holds no line or contract {name}. The findings files list the ids of all lines.")

    def item(self, row: Row, stages: list[Row]) -> dict[str, Any]:
        """One item of findings.json from its wide row and its stages."""
        known = {name: row[name] for name in _COPIED}
        return (
            known
            | {
                "contract_id": row["contract_id"] or "",
                "structure": row["structure"] or row["buyer"] or "",
                "title": row["title"] or "",
                "supplier": row["supplier_name"] or "",
                "stages": [self._stage(stage) for stage in stages],
                "amount": _plain(row["amount"]),
                "reasons": self.reasons(row, stages),
                "gaps": self.gaps(row),
                "question": self.question(row),
                "action": self.action(row),
                "action_timing": self.timing(row),
                "involvement": row["involvement"],
                "classified": {
                    "how": row["how"],
                    "confidence": row["classification_confidence"],
                    "contradicts": row["contradicts"] or "",
                    "alternatives": (row["alternatives"] or "").split(),
                    "decided": str(row["decided"]) if row["decided"] else None,
                },
                "override": self.override(row),
                "run": self.run,
            }
            | {name: str(row[name]) if row[name] else None for name in ("award_date", "start_date", "end_date")}
        )

    def _stage(self, stage: Row) -> dict[str, Any]:
        groups = {g: _interval(stage, g) for g in (*GROUPS, "Q") if stage[f"{g}_value"] is not None}
        return {
            "stage": stage["stage"],
            "place": "work" if stage["side"] == "work" else "origin" if stage["country"] else "typical",
            "countries": [stage["country"]] if stage["country"] else self._typical[stage["setting"]],
            "floors": str(stage["floors"]).split(),
            "groups": groups,
        } | {name: stage[name] for name in ("L", "L_lo", "L_hi", "confidence")}

    # --- reasons -----------------------------------------------------------------------------------------------------

    def reasons(self, row: Row, stages: list[Row]) -> list[dict[str, Any]]:
        """What drives the leading stage: binding floors, then factor groups by their contribution to L."""
        lead = next(stage for stage in stages if stage["exposure"] == row["exposure"])
        said_of = {g: self._group_reason(g, lead) for g in GROUPS} | {"Q": self._buying_reason(row)}
        shares = {group: float(lead[f"share_{group}"]) for group in said_of}
        drivers = sorted(((share, said_of[group]) for group, share in shares.items()), key=lambda driver: -driver[0])
        said = [(share, reason) for share, reason in drivers if reason]
        heavy = [driver for driver in said if driver[0] >= LEAST_CONTRIBUTION][:MOST_REASONS] or said[:1]
        reasons = [reason | {"contribution": round(share, 3)} for share, reason in heavy]
        return [*self._floors(lead), *reasons, *self._state_reasons(stages), *self._others(row)]

    def _group_reason(self, group: str, lead: Row) -> dict[str, Any] | None:
        if group == "X":
            return self._listing_reason(lead)
        if group == "G":
            return self._place_reason(lead)
        observed = [
            f
            for f in self.pattern_factors[lead["pattern"]]
            if f["grp"] == group and f["basis"] in ("observed", "declared")
        ]
        if observed and (top := max(observed, key=lambda f: f["value"]))["value"] >= lead[f"{group}_value"]:
            return _reason("OBSERVED", [top["fact_id"]], factor=FACTORS[top["factor"]]) | {"group": group}
        text = self._stage_reasons[lead["profile"], lead["stage"]][f"{group}_reason"]
        return {"code": f"{group}_PROFILE", "sentence": text, "params": {}, "facts": [], "group": group}

    def _listing_reason(self, lead: Row) -> dict[str, Any] | None:
        levels = [f for f in self.x_factors[lead["exposure"]] if f["value"] == lead["X_value"] and f["value"] > 0]
        if not levels:
            return None
        top = levels[0]
        facts = [
            f["fact_id"] for f in levels if f["fact_id"] and f["factor"] == top["factor"] and f["good"] == top["good"]
        ]
        named: dict[str, Any] = {"good": top["good"] or "", "country": lead["country"]}
        if top["basis"] == "observed":
            return _reason("X_OBSERVED", facts) | {"group": "X"}
        if top["basis"] == "prior":
            return _reason("X1_UNKNOWN", []) | {"group": "X"}
        if top["factor"] != "X1":
            code = top["factor"] if top["good"] else f"{top['factor']}_ALL"
            return _reason(code, facts, **(named if top["good"] else {"country": lead["country"]})) | {"group": "X"}
        kind = "FORCED" if top["value"] > self.method.listing.child_somewhere else "CHILD"
        if top["basis"] == "somewhere":
            return _reason(f"X1_SOMEWHERE_{kind}", facts, good=named["good"]) | {"group": "X"}
        return _reason(f"X1_{kind}", facts, **named) | {"group": "X"}

    def _place_reason(self, lead: Row) -> dict[str, Any]:
        if not lead["country"]:
            typical = self._typical[lead["setting"]]
            facts = [f["fact_id"] for country in typical[:3] for f in self.country_levels[country] if f["fact_id"]]
            said = _reason("G_TYPICAL", facts, countries=typical[:5]) if typical else _reason("G_UNKNOWN", [])
            return said | {"group": "G"}
        levels = [f for f in self.country_levels[lead["country"]] if f["fact_id"]]
        if not levels:
            return _reason("G_UNKNOWN", []) | {"group": "G"}
        levels.sort(key=lambda f: -f["value"])
        facts = [f["fact_id"] for f in levels]
        return _reason("G_COUNTRY", facts, country=lead["country"], factor=FACTORS[levels[0]["factor"]]) | {
            "group": "G"
        }

    def _buying_reason(self, row: Row) -> dict[str, Any] | None:
        declared = [f for f in self.buying_factors[row["buying_case"]] if f["basis"] != "prior" and f["value"] > 1]
        if not declared:
            return _reason("Q", []) | {"group": "Q"}
        found = max(declared, key=lambda f: (f["value"], -f["position"]))
        top = found["factor"]
        if found["basis"] == "observed":
            return _reason("OBSERVED", [found["fact_id"]], factor=FACTORS[top]) | {"group": "Q"}
        params: dict[str, Any] = {
            "Q1": {"weight": _short(row["price_weight"] or 0)},
            "Q4": {"days": row["bid_days"]},
            "Q6": {"days": row["payment_days"]},
            "Q8": {},
        }[top]
        if top == "Q4" and row["bid_days"] is None:
            direct = row["procedure"] == "direct"
            return _reason("Q4_DIRECT" if direct else "Q4_ACCELERATED", []) | {"group": "Q"}
        return _reason(top, [], **params) | {"group": "Q"}

    def _floors(self, lead: Row) -> list[dict[str, Any]]:
        """Floors of the leading stage, with what they add to the raw likelihood."""
        added = max(0.0, float(lead["L"]) - float(lead["raw"]))
        said = []
        for floor in str(lead["floors"]).split():
            params = {"country": lead["country"]} if floor == "F2" else {}
            if floor != "F2" or lead["country"]:
                facts = [s["fact_id"] for s in self.pattern_states[lead["pattern"]] if s["factor"] == floor]
                said.append(_reason(floor, facts, **params) | {"group": floor, "contribution": round(added, 3)})
        return said if added > 0 else []

    def _state_reasons(self, stages: list[Row]) -> list[dict[str, Any]]:
        """An open allegation, the buyer's own practice, an unanswered red flag: what changes duties and priority, not likelihood."""
        facts: dict[str, list[str]] = {}
        for stage in stages:
            for state in self.pattern_states[stage["pattern"]]:
                facts.setdefault(state["factor"], []).append(state["fact_id"])
        named = [code for code in ("OWN", "R3", "A") if code in facts]
        return [_reason(code, facts[code]) | {"group": "", "contribution": 0.0} for code in named]

    def _others(self, row: Row) -> list[dict[str, Any]]:
        said = [_reason("CONTRADICTS", [])] if row["contradicts"] else []
        said += [_reason("DECIDED", [], date=str(row["decided"]))] if row["decided"] else []
        return [reason | {"group": "", "contribution": 0.0} for reason in said]

    # --- what is not known -------------------------------------------------------------------------------------------

    def gaps(self, row: Row) -> list[dict[str, Any]]:
        """What the line does not say, then what nobody has looked at; the mandatory gap action first."""
        said: list[dict[str, Any]] = []
        if row["must_ask"]:
            widest = [FACTORS[f["factor"]] for f in self._widest[row["exposure"]]]
            said.append({"code": "WIDEST", "field": "", **sentence(sentences.FACTOR_GAPS["WIDEST"], factors=widest)})
        for bit, field in enumerate(GAPS):
            if int(row["gap_bits"]) & (1 << bit):
                said.append({"code": f"NO_{field.upper()}", "field": field, **sentence(sentences.GAPS[field])})
        return [*said, *self._factor_gaps(row)]

    def _factor_gaps(self, row: Row) -> list[dict[str, Any]]:
        lead = self._exposures[row["exposure"]]
        unknown: dict[str, list[str]] = {}
        for factor in self.pattern_factors[lead["pattern"]]:
            if factor["basis"] == "prior":
                unknown.setdefault(factor["grp"], []).append(FACTORS[factor["factor"]])
        if lead["country"]:
            places = [FACTORS[f["factor"]] for f in self.country_levels[lead["country"]] if f["basis"] == "prior"]
            unknown |= {"G": places} if places else {}
        if any(f["basis"] == "prior" for f in self.x_factors[row["exposure"]]):
            unknown["X"] = [FACTORS["X1"]]
        asked = {"Q1", "Q4", "Q6", "Q8"}  # these have a field of their own
        buying = [f["factor"] for f in self.buying_factors[row["buying_case"]] if f["basis"] == "prior" and f["counts"]]
        unknown["Q"] = [FACTORS[factor] for factor in buying if factor not in asked]
        known = [f["factor"] for f in self.pattern_factors[lead["pattern"]]] + [
            f["factor"] for f in self.country_levels[lead["country"] or ""]
        ]
        more = [FACTORS[f] for g in "PGWBQ" for f in self.method.groups.more[g] if f not in known and f not in asked]  # type: ignore[index]
        unknown["MORE"] = more
        return [
            {"code": f"{group}_UNKNOWN", "field": "", **sentence(sentences.FACTOR_GAPS[group], factors=factors)}
            for group, factors in unknown.items()
            if factors
        ]

    # --- what to do --------------------------------------------------------------------------------------------------

    def question(self, row: Row) -> str:
        """The one question whose answer would move the rating most."""
        own: str = row["question"]
        return sentences.QUESTIONS.get(row["ask"], own)

    def action(self, row: Row) -> str:
        """The next act of the category for the phase that the contract is in."""
        act: str = self._acts[row["profile"], ACTS[row["timing"]]]
        return act

    def timing(self, row: Row) -> dict[str, Any]:
        """Why the act comes now."""
        template = sentences.TIMING[row["timing"]]
        return sentence(template, date=str(row["end_date"])) if "{date}" in template else sentence(template)

    def override(self, row: Row) -> dict[str, Any] | None:
        """Both values where experts' values count, else nothing (METHOD 1.10)."""
        if not row["ruling"]:
            return None
        return {
            "ids": str(row["ruling"]).split(),
            "model_L": row["model_L"],
            "L": row["L"],
            "model_S": row["model_S"],
            "S": row["S"],
        }

    # --- small tables, read once -------------------------------------------------------------------------------------

    def _grouped(self, sql: str, *keys: str) -> dict[Any, list[Row]]:
        found: dict[Any, list[Row]] = defaultdict(list)
        for row in self.engine.rows(sql):
            found[row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)].append(row)
        return found

    @cached_property
    def _exposures(self) -> dict[int, Row]:
        return {row["exposure"]: row for row in self.engine.rows("SELECT * FROM exposures")}

    @cached_property
    def pattern_factors(self) -> dict[int, list[Row]]:
        """Factors of groups P, W and B by pattern."""
        return self._grouped("SELECT * FROM pattern_factors ORDER BY pattern, grp, position", "pattern")

    @cached_property
    def pattern_states(self) -> dict[int, list[Row]]:
        """What is the case and not how much, by pattern."""
        return self._grouped("SELECT * FROM pattern_states ORDER BY pattern, factor, fact_id", "pattern")

    @cached_property
    def country_levels(self) -> dict[str, list[Row]]:
        """Factors of group G by country."""
        return self._grouped("SELECT * FROM country_levels ORDER BY country, position", "country")

    @cached_property
    def x_factors(self) -> dict[int, list[Row]]:
        """Listings behind group X by exposure, the worst first."""
        order = "exposure, value DESC, factor, good, fact_id"
        return self._grouped(f"SELECT * FROM x_factors ORDER BY {order}", "exposure")

    @cached_property
    def buying_factors(self) -> dict[int, list[Row]]:
        """Factors of group Q by case."""
        return self._grouped("SELECT * FROM buying_factors ORDER BY buying_case, position", "buying_case")

    @cached_property
    def _widest(self) -> dict[int, list[Row]]:
        return self._grouped("SELECT * FROM widest ORDER BY exposure, choice", "exposure")

    @cached_property
    def _stage_reasons(self) -> dict[tuple[str, str], Row]:
        return {(row["profile"], row["stage"]): row for row in self.engine.rows("SELECT * FROM stage_reasons")}

    @cached_property
    def _acts(self) -> dict[tuple[str, str], str]:
        return {(row["profile"], row["phase"]): row["act"] for row in self.engine.rows("SELECT * FROM profile_acts")}

    @cached_property
    def _typical(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.engine.rows("SELECT * FROM profile_origins ORDER BY profile, stage, country"):
            found[f"~{row['profile']}/{row['stage']}"].append(row["country"])
        return found


_COPIED = (
    "line_id", "category", "category_title", "profile", "country", "origin_country", "currency", "L", "L_lo", "L_hi", "band",
    "confidence", "confidence_band", "S", "SAL", "PRI", "ddl", "ddl_because", "must_ask", "mandatory", "LEV", "route", "timing",
    "stage", "L_place", "L_place_lo", "L_place_hi", "L_origin", "L_origin_lo", "L_origin_hi", "A", "K", "T", "file_sha256", "locator",
)  # fmt: skip


def _stages(method: Method, findings: str, kept: str) -> str:
    """Every stage of every line of a table with its likelihood, groups, contributions and floors, and the columns kept of the line."""
    levels = {r: likelihood(method, f"e.part_{r}", f"q.Q_{r}", f"e.floor_{r}") for r in ("lo", "value", "hi")}
    raw = likelihood(method, "e.part_value", "q.Q_value", "0")
    neutral = f"CAST({method.scale.least_without_proof} AS DOUBLE)"
    share_q = f"{raw} - {likelihood(method, 'e.part_value', neutral, '0')}"
    return f"""
SELECT {kept}, e.*, q.Q_lo, q.Q_value, q.Q_hi, {levels["lo"]} AS L_lo, {levels["value"]} AS L, {levels["hi"]} AS L_hi,
       {confidence(levels["lo"], levels["hi"])} AS confidence, {raw} AS raw, {share_q} AS share_Q
FROM {findings} AS f
JOIN buying_sides AS q ON q.buying_case = f.buying_case
JOIN exposures AS e ON (e.side = 'work' AND e.case_id = f.work_case) OR (e.side = 'origin' AND e.case_id = f.origin_case)
"""


def _reason(code: str, facts: list[str], **params: Any) -> dict[str, Any]:
    return {
        "code": code,
        "facts": list(dict.fromkeys(fact for fact in facts if fact))[:MOST_FACTS],
        **sentence(sentences.REASONS[code], **params),
    }


def _interval(stage: Row, group: str) -> dict[str, float]:
    return {"lo": stage[f"{group}_lo"], "point": stage[f"{group}_value"], "hi": stage[f"{group}_hi"]}


def _plain(amount: Any) -> str | None:
    """A money amount as the shortest plain decimal text."""
    if amount is None:
        return None
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(number: Any) -> str:
    return f"{float(number):g}"
