"""A fictional run of a fictional organisation: seeded, in the shape of findings.json, for the tests of the report."""

from __future__ import annotations

import random
from datetime import date
from hashlib import sha256

from duecare.communicate.report_input import Chosen, FactLine, LeftOut, Pack, ReportInput, RunLine

AS_OF = date(2026, 11, 1)
OFFICES = {
    "Almaty office": "KZ", "Belgrade mission": "RS", "Bishkek office": "KG", "Chisinau mission": "MD", "Dushanbe office": "TJ",
    "Pristina mission": "XK", "Rome bureau": "IT", "Sarajevo mission": "BA", "Skopje mission": "MK", "Tirana presence": "AL",
    "Vienna secretariat": "AT", "Warsaw institution": "PL",
}  # fmt: skip
PLACE = "work"
CATEGORIES = [
    ("CAT03", "Cleaning", "SITE", 3, ("Office cleaning, {o}", "Reinigung der Büroräume", "Уборка служебных помещений"), ""),
    ("CAT04", "Security guards", "SITE", 3, ("Guard services, three posts", "Услуги охраны объекта"), ""),
    ("CAT06", "Construction", "SITE", 4, ("Renovation of the second floor", "Реконструкція даху"), ""),
    ("CAT05", "Hotels and conferences", "SITE", 3, ("Hotel rooms for a workshop", "Hôtel et salle de conférence"), ""),
    ("CAT01", "Coffee", "RAW", 3, ("Coffee beans, 40 kg", "Caffè in grani"), "BR"),
    ("CAT02", "Mobile phones and IT hardware", "MANU", 3, ("Laptops, 25 pieces", "Мобильные телефоны"), "CN"),
    ("CAT07", "Textiles and uniforms", "MANU", 3, ("Uniforms for guards and drivers", "Uniformes"), "BD"),
    ("CAT08", "Protective equipment", "MANU", 4, ("Nitrile gloves, 200 boxes",), "MY"),
    ("CAT10", "Solar panels", "RAW", 4, ("Photovoltaic modules, 30 kWp",), ""),
    ("GEN_SOFT", "Software", "SITE", 1, ("Licences for office software", "Softwarepflege"), ""),
    ("GEN_CONS", "Consultancy", "SITE", 1, ("Legal advice on host agreement", "Консультационные услуги"), ""),
    ("GEN_UTIL", "Electricity and water", "SITE", 1, ("Electricity supply",), ""),
]  # fmt: skip
HOSTILE = '<script>alert("x")</script> =1+1 &amp; "quoted" \u202eright\u202c {{ 7*7 }} {name} #strike[x] $a$'


def _interval(lo: float, point: float, hi: float) -> dict:
    return {"lo": lo, "point": point, "hi": hi}


def finding(number: int, rng: random.Random, *, title: str | None = None) -> dict:
    """One line with levels that roughly follow its category."""
    office = rng.choice(list(OFFICES))
    category, name, stage, level, titles, origin = rng.choice(CATEGORIES)
    point = max(0.4, min(3.9, level - 0.4 + rng.random() * 0.6))
    lo, hi = max(0.0, point - rng.random() * 0.6), min(4.0, point + rng.random() * 0.9)
    band = "LOW" if point < 1.5 else "MODERATE" if point < 2.5 else "HIGH" if point < 3.25 else "VERY_HIGH"
    confidence = 1 - (hi - lo) / 4
    severe = 3.7 if level >= 3 else 1.8
    salience = severe * (0.5 + 0.125 * point)
    place = "work" if stage == "SITE" else "origin" if origin else "typical"
    country = OFFICES[office]
    stages = [
        {
            "stage": stage, "place": place, "countries": [country] if stage == "SITE" else [origin] if origin else ["CN", "MY"],
            "L": point, "L_lo": lo, "L_hi": hi, "floors": ["F1"] if level == 4 else [],
            "groups": {"P": _interval(level, level, level), "X": _interval(0, 0, 0), "G": _interval(1, 1.5, 2), "W": _interval(2, level, 4),
                       "B": _interval(2, 2.5, 3.5), "Q": _interval(1, 2, 4)},
        },
        {"stage": "LOG", "place": "work", "countries": [country], "L": 1.4, "L_lo": 1.0, "L_hi": 2.4, "groups": {"P": _interval(1, 2, 3)}},
    ]  # fmt: skip
    line_id = sha256(f"line {number}".encode()).hexdigest()[:20]
    return {
        "line_id": line_id, "contract_id": f"C-{2024 + number % 3}-{number:04d}", "structure": office,
        "title": title or rng.choice(titles).replace("{o}", office), "supplier": f"Fictional supplier {number % 97}",
        "category": category, "category_title": name, "stages": stages, "L": point, "L_lo": lo, "L_hi": hi, "band": band,
        "confidence": round(confidence, 4), "confidence_band": "HIGH" if confidence >= 0.85 else "MEDIUM" if confidence >= 0.65 else "LOW",
        "S": severe, "SAL": salience, "PRI": min(4.0, salience + 0.2 * (number % 2)),
        "ddl": {"LOW": "BASIC", "MODERATE": "STANDARD", "HIGH": "HEIGHTENED", "VERY_HIGH": "INTENSIVE"}[band],
        "route": "DIRECT" if stage == "SITE" else "COLLECTIVE", "involvement": "CONTRIBUTE" if number % 7 == 0 else "LINKED",
        "reasons": [
            {"code": "P", "sentence": "The category itself carries risk at this stage.", "facts": ["dol-coffee-br"] if category == "CAT01" else [], "contribution": 0.9},
            {"code": "W", "sentence": "Many workers in such services depend on one employer.", "facts": [f"wgi-{country}"], "contribution": 0.6},
            {"code": "G", "sentence": "Country setting: {country}", "template": "Country setting: {country}", "params": {"country": country}, "facts": [f"wgi-{country}"], "contribution": 0.2},
        ],
        "gaps": [{"code": "UNKNOWN", "field": field, "sentence": "Nobody has filled this in."} for field in rng.sample(["origin_country", "subcontract_share", "price_weight", "payment_days"], 2)],
        "question": "Who employs the people who do the work, and how many of them work for subcontractors?" if band in ("HIGH", "VERY_HIGH") else "",
        "action": "Ask for the cost sheet and check it against the minimum wage." if band in ("HIGH", "VERY_HIGH") else "",
        "run": "r" * 16, "country": country, "origin_country": origin or None, "amount": f"{rng.randint(900, 400000)}.50", "currency": "EUR",
        "award_date": f"2025-0{1 + number % 9}-1{number % 9}",
    }  # fmt: skip


def facts() -> dict[str, FactLine]:
    wgi = {
        f"wgi-{code}": FactLine(f"wgi-{code}", "wgi", "Rule of law, percentile 50 to 75", "World Bank", "Worldwide Governance Indicators", "2019", date(2020, 9, 1), "CC BY 4.0", f"row {code}", "https://example.org/wgi", "E2")
        for code in OFFICES.values()
    }  # fmt: skip
    coffee = FactLine(
        "dol-coffee-br",
        "dol",
        "Coffee from Brazil is listed for child labour and forced labour",
        "US Department of Labor",
        "List of Goods",
        "2022",
        date(2022, 9, 28),
        "public domain",
        "page 24",
        "",
        "E2",
    )
    return wgi | {"dol-coffee-br": coffee}


def ledger() -> list[dict]:
    def entry(file: str, kind: str, status: str, rows: int, accepted: int, reasons: list[dict]) -> dict:
        quarantined = len({reason["row"] for reason in reasons}) if accepted else rows
        return {"file": file, "sha256": sha256(file.encode()).hexdigest(), "format": kind, "status": status, "rows": rows,
                "accepted": accepted, "quarantined": quarantined, "duplicates": rows - accepted - quarantined, "reasons": reasons}  # fmt: skip

    bad = [{"code": "BAD_DATE", "row": 7, "field": "award_date", "value": "31.02.2025", "message": "-"},
           {"code": "BAD_DATE", "row": 9, "field": "award_date", "value": "soon", "message": "-"},
           {"code": "AMBIGUOUS_NUMBER", "row": 12, "field": "amount", "value": "1.234", "message": "-"}]  # fmt: skip
    return [
        entry("vienna.jsonl", "ocds", "accepted", 900, 900, []),
        entry("belgrade.xlsx", "xlsx", "rows_quarantined", 603, 600, bad),
        entry(
            "old.zip",
            "zip",
            "file_refused",
            0,
            0,
            [{"code": "ARCHIVE_ENCRYPTED", "row": None, "field": "", "value": "", "message": "-"}],
        ),
    ]


def make_run(lines: int = 1500, capacity: int = 10, *, hostile: bool = False) -> ReportInput:
    """A whole report input with that many lines."""
    rng = random.Random(20261101)
    findings = [finding(i, rng, title=HOSTILE if hostile and i % 50 == 3 else None) for i in range(lines)]
    best = sorted((f for f in findings if f["band"] in ("HIGH", "VERY_HIGH")), key=lambda f: (-f["PRI"], f["line_id"]))
    chosen = [
        Chosen(
            f["line_id"],
            rank,
            f["action"],
            "Highest priority with a contract change ahead.",
            rank == 1,
            "PO",
            date(2026, 11, 20),
        )
        for rank, f in enumerate(best[:capacity], 1)
    ]
    packs = [
        Pack(
            "dol",
            "US Department of Labor",
            "List of Goods",
            "2022",
            "public domain",
            date(2022, 9, 28),
            date(2024, 9, 28),
            expired=True,
        ),
        Pack("wgi", "World Bank", "Worldwide Governance Indicators", "2019", "CC BY 4.0", date(2020, 9, 1)),
    ]
    return ReportInput(
        findings=findings,
        chosen=chosen,
        left_out=[LeftOut("Lower priority than the last item on the list.", max(0, len(best) - len(chosen)))],
        ledger=ledger(),
        packs=packs,
        facts=facts(),
        run=RunLine("r" * 16, "2026-11", AS_OF, "0.1.0", organisation="A fictional organisation"),
        options={"capacity": str(capacity)},
        capacity=capacity,
    )
