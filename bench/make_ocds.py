"""Make OCDS 1.1 releases as JSON lines, about 5.3 KB each: seeded, in eight languages, for the reading benchmark.

Six hundred different processes are written out in full from word lists; every line is one of them with its own
identifiers, dates, amounts and names of parties set in, so that a million lines are made in a minute and no two are alike.

Usage: python bench/make_ocds.py OUT.jsonl --lines 100000 [--seed 7] [--repeat-share 0.01]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

COUNTRIES = {
    "en": ("GB", "GBP", "London"),
    "fr": ("FR", "EUR", "Lyon"),
    "de": ("DE", "EUR", "Köln"),
    "it": ("IT", "EUR", "Forlì"),
    "ru": ("KZ", "KZT", "Алматы"),
    "es": ("ES", "EUR", "Vitoria"),
    "sr": ("RS", "RSD", "Нови Сад"),
    "uk": ("UA", "UAH", "Львів"),
}

GOODS = {
    "90910000": {
        "en": "Cleaning of office buildings",
        "fr": "Nettoyage des immeubles de bureaux",
        "de": "Reinigung der Bürogebäude",
        "it": "Pulizia degli edifici per uffici",
        "ru": "Уборка административных зданий",
        "es": "Limpieza de edificios de oficinas",
        "sr": "Чишћење пословних зграда",
        "uk": "Прибирання адміністративних будівель",
    },
    "79710000": {
        "en": "Guarding of premises day and night",
        "fr": "Gardiennage des locaux jour et nuit",
        "de": "Bewachung der Gebäude bei Tag und Nacht",
        "it": "Vigilanza dei locali giorno e notte",
        "ru": "Круглосуточная охрана помещений",
        "es": "Vigilancia de locales día y noche",
        "sr": "Чување објеката дању и ноћу",
        "uk": "Цілодобова охорона приміщень",
    },
    "30213100": {
        "en": "Portable computers with accessories",
        "fr": "Ordinateurs portables et accessoires",
        "de": "Tragbare Rechner mit Zubehör",
        "it": "Computer portatili con accessori",
        "ru": "Переносные компьютеры с принадлежностями",
        "es": "Ordenadores portátiles y accesorios",
        "sr": "Преносни рачунари са опремом",
        "uk": "Переносні комп'ютери з приладдям",
    },
    "45233140": {
        "en": "Repair of the municipal road",
        "fr": "Réfection de la voirie communale",
        "de": "Instandsetzung der Gemeindestraße",
        "it": "Rifacimento della strada comunale",
        "ru": "Ремонт муниципальной дороги",
        "es": "Reparación de la vía municipal",
        "sr": "Поправка општинског пута",
        "uk": "Ремонт муніципальної дороги",
    },
    "15860000": {
        "en": "Coffee, tea and related products",
        "fr": "Café, thé et produits connexes",
        "de": "Kaffee, Tee und zugehörige Waren",
        "it": "Caffè, tè e prodotti affini",
        "ru": "Кофе, чай и сопутствующие товары",
        "es": "Café, té y productos afines",
        "sr": "Кафа, чај и сродни производи",
        "uk": "Кава, чай і супутні товари",
    },
    "18110000": {
        "en": "Work uniforms for staff",
        "fr": "Tenues de travail du personnel",
        "de": "Dienstkleidung für das Personal",
        "it": "Divise da lavoro per il personale",
        "ru": "Рабочая форма для сотрудников",
        "es": "Uniformes de trabajo para el personal",
        "sr": "Радне униформе за особље",
        "uk": "Робоча форма для працівників",
    },
}

ENDINGS = {
    "en": "Ltd",
    "fr": "SARL",
    "de": "GmbH",
    "it": "S.r.l.",
    "ru": "ТОО",
    "es": "S.L.",
    "sr": "д.о.о.",
    "uk": "ТОВ",
}
SYLLABLES = {
    "latin": ("ma", "ri", "to", "vel", "san", "dor", "ka", "lin", "be", "nor", "tes", "gra"),
    "cyrillic": ("ма", "ри", "то", "вел", "сан", "дор", "ка", "лин", "бе", "нор", "тес", "гра"),
}
WORDS = {
    language: " ".join(texts[language] for texts in GOODS.values()).lower().replace(",", "").split()
    for language in COUNTRIES
}
PROCESSES = 600
SHARE_OF_LANGUAGES = ("en", "en", "en", "fr", "de", "it", "ru", "es", "es", "sr", "uk", "en")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--repeat-share", type=float, default=0.01, help="share of lines that update an earlier ocid")
    chosen = parser.parse_args()
    write(chosen.out, chosen.lines, seed=chosen.seed, repeat_share=chosen.repeat_share)
    size = chosen.out.stat().st_size
    sys.stdout.write(f"{chosen.lines:,} lines, {size / 1e6:,.0f} MB, {size / chosen.lines:,.0f} bytes a line\n")


def write(path: Path, lines: int, *, seed: int = 7, repeat_share: float = 0.01) -> None:
    """Write ``lines`` releases to ``path``; a share of them has the ocid of an earlier line and a later date."""
    patterns = _patterns(seed)
    with path.open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as out:
        for number, values in enumerate(_values(lines, seed, repeat_share)):
            out.write(patterns[values["N"] % PROCESSES] % {**values, "R": number})


def expected(lines: int, *, seed: int = 7, repeat_share: float = 0.01) -> tuple[int, Decimal]:
    """How many contract lines the releases give once updates are merged, and the exact sum of their amounts."""
    latest: dict[int, tuple[str, Decimal]] = {}
    for values in _values(lines, seed, repeat_share):
        day, amount = str(values["D"]), Decimal(str(values["A"]))
        if values["N"] not in latest or latest[values["N"]][0] <= day:
            latest[values["N"]] = day, amount
    return len(latest), sum((amount for _, amount in latest.values()), Decimal(0))


def _values(lines: int, seed: int, repeat_share: float) -> Iterator[dict[str, Any]]:
    source = random.Random(seed)
    for number in range(lines):
        process, day = number, source.randrange(1, 28)
        if number > 1000 and source.random() < repeat_share:
            process, day = number - source.randrange(1, 1000), 28
        year = 2019 + process % 6
        yield {
            "N": process,
            "Y": year,
            "Z": year + 1,
            "D": f"{day:02d}",
            "A": f"{source.randrange(900, 4_000_000)}.{source.randrange(100):02d}",
            "B": source.randrange(1000, 4_000_000),
            "Q": source.randrange(1, 900),
            "S": process % 40_000,
            "T": source.randrange(1, 14),
        }


def _patterns(seed: int) -> list[str]:
    source = random.Random(f"patterns {seed}")
    return [_pattern(source, number) for number in range(PROCESSES)]


def _pattern(source: random.Random, number: int) -> str:
    language = SHARE_OF_LANGUAGES[number % len(SHARE_OF_LANGUAGES)]
    release = _release(source, language, number)
    text = json.dumps(release, ensure_ascii=False, separators=(",", ":")).replace("%", "%%")
    for name in "NRYZDABQST":
        text = text.replace(f'"<#{name}>"', f"%({name})s").replace(f"<{name}>", f"%({name})s")
    return text + "\n"


def _name(source: random.Random, language: str) -> str:
    alphabet = SYLLABLES["cyrillic" if language in ("ru", "sr", "uk") else "latin"]
    return "".join(source.choices(alphabet, k=source.randrange(2, 5))).capitalize()


def _prose(source: random.Random, language: str, words: int) -> str:
    return " ".join(source.choices(WORDS[language], k=words)).capitalize() + "."


def _party(source: random.Random, language: str, roles: list[str], id_: str, name: str) -> dict[str, object]:
    country, _, town = COUNTRIES[language]
    return {
        "name": name,
        "id": id_,
        "identifier": {"scheme": f"{country}-REG", "id": id_[-9:], "legalName": name},
        "address": {
            "streetAddress": f"{_name(source, language)} {source.randrange(1, 200)}",
            "locality": town,
            "postalCode": str(source.randrange(10000, 99999)),
            "countryName": country,
        },
        "contactPoint": {"name": "Contracts office", "email": "office@example.org", "telephone": "+00 000 0000"},
        "roles": roles,
    }


def _item(source: random.Random, language: str, code: str, number: int) -> dict[str, object]:
    country, currency, town = COUNTRIES[language]
    return {
        "id": str(number + 1),
        "description": GOODS[code][language] + ": " + _prose(source, language, 5),
        "classification": {"scheme": "CPV", "id": code, "description": GOODS[code]["en"]},
        "additionalClassifications": [{"scheme": "UNSPSC", "id": str(source.randrange(10_000_000, 95_000_000))}],
        "quantity": "<#Q>",
        "unit": {"name": "unit", "value": {"amount": source.randrange(1, 9000) / 100, "currency": currency}},
        "deliveryAddress": {"locality": town, "countryName": country},
    }


def _document(source: random.Random, language: str, number: int, kind: str) -> dict[str, object]:
    return {
        "id": f"{number}",
        "documentType": kind,
        "title": _prose(source, language, 4),
        "url": f"https://procurement.example.org/<Y>/<N>/{kind}/{number}.pdf",
        "datePublished": "<Y>-03-<D>T09:00:00Z",
        "format": "application/pdf",
        "language": language,
    }


def _release(source: random.Random, language: str, number: int) -> dict[str, object]:
    currency = COUNTRIES[language][1]
    code = source.choice(list(GOODS))
    items = [_item(source, language, code, n) for n in range(source.choice((1, 2, 2, 3)))]
    buyer = f"{_name(source, language)} {_name(source, language)}"
    supplier = f"{_name(source, language)} <S> {ENDINGS[language]}"
    title = f"{GOODS[code][language]} <N>"
    release: dict[str, object] = {
        "ocid": "ocds-x7dcmk-<N>",
        "id": "ocds-x7dcmk-<N>-<R>",
        "date": "<Y>-06-<D>T12:00:00Z",
        "tag": ["tender", "award", "contract"],
        "initiationType": "tender",
        "language": language,
        "parties": [
            _party(source, language, ["buyer", "procuringEntity"], f"BUY-{number:05d}", buyer),
            _party(source, language, ["supplier", "tenderer"], "SUP-<S>", supplier),
        ],
        "buyer": {"id": f"BUY-{number:05d}", "name": buyer},
        "tender": {
            "id": "T-<N>",
            "title": title,
            "description": _prose(source, language, source.randrange(30, 60)),
            "status": "complete",
            "items": items,
            "value": {"amount": "<#B>", "currency": currency},
            "procurementMethod": source.choice(("open", "open", "open", "selective", "limited", "direct")),
            "procurementMethodDetails": _prose(source, language, 3),
            "mainProcurementCategory": source.choice(("goods", "works", "services")),
            "awardCriteria": source.choice(("priceOnly", "bestProposal", "ratedCriteria")),
            "tenderPeriod": {"startDate": "<Y>-02-01T00:00:00Z", "endDate": "<Y>-03-<D>T12:00:00Z"},
            "numberOfTenderers": "<#T>",
            "documents": [
                _document(source, language, n, kind)
                for n, kind in enumerate(
                    source.sample(("tenderNotice", "biddingDocuments", "technicalSpecifications"), 3)
                )
            ],
        },
        "awards": [
            {
                "id": "A-<N>",
                "title": title,
                "status": "active",
                "date": "<Y>-05-<D>T00:00:00Z",
                "value": {"amount": "<#A>", "currency": currency},
                "suppliers": [{"id": "SUP-<S>", "name": supplier}],
            }
        ],
        "contracts": [
            {
                "id": "C-<N>",
                "awardID": "A-<N>",
                "title": title,
                "description": _prose(source, language, 12),
                "status": "active",
                "period": {"startDate": "<Y>-06-01T00:00:00Z", "endDate": "<Z>-05-31T00:00:00Z"},
                "value": {"amount": "<#A>", "currency": currency},
                "dateSigned": "<Y>-05-<D>T00:00:00Z",
                "items": [_item(source, language, code, n) for n in range(1)],
                "documents": [_document(source, language, 1, "contractSigned")],
            }
        ],
    }
    return release


if __name__ == "__main__":
    main()
