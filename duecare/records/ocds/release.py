"""Read one OCDS release, as parsed JSON, into contract lines: the whole meaning of the format is here.

One line per award (with the contracts that name it), one per lot where an award relates to several; a contract without an
award gives its own line; a release with neither gives one planned line per lot of the tender, or one for the tender or
the planning. Cancelled and unsuccessful awards bought nothing and give no line of their own.

What is read strictly (a fault parks the release) and what leniently (unknown, with a gap) follows what publishers do:

* strict: identifiers, JSON types of used fields, amounts below zero or absurd, the currency of a known amount, award
  dates and contract periods, control characters and sizes of every text that goes on;
* lenient: missing or zero amounts, missing parties and titles, countries that no list knows, tender periods, payments.

The code is written for speed (a million releases in about a minute on two cores): it takes the types for granted, and
wrong ones end in a ``TypeError`` or ``AttributeError`` or in a join that fails. ``types.tidy`` then checks every used field,
reports what is wrong, mends what may be mended (numbers as identifiers), and the same code reads the tidied release.

Contact points, e-mails, telephone numbers and street addresses are never read. Sources: OCDS 1.1.5 reference,
https://standard.open-contracting.org/1.1/en/schema/reference/, and METHOD appendix A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from operator import itemgetter
from typing import Any

from duecare.records.cells import EMPTY_WORDS, SUSPECT, check_text, printable
from duecare.records.ocds import extensions
from duecare.records.ocds.types import Json, Problem, shown, tidy
from duecare.records.ocds.values import (
    COUNTRIES,
    CURRENCIES,
    DAYS,
    PROCEDURES,
    SCHEMES,
    CurrencyFault,
    Remembered,
    is_absurd,
    plain_number,
)
from duecare.records.staging import LINE_COLUMNS
from duecare.settings import Limits

NOT_BOUGHT = frozenset({"cancelled", "unsuccessful"})
SHOULD_HOLD = [
    "buyer",
    "supplier_name",
    "supplier_country",
    "country",
    "title",
    "cpv",
    "amount",
    "currency",
    "award_date",
    "start_date",
    "end_date",
]
MOST_DESCRIPTIONS = 20
"""Descriptions of items that are joined to the line's description."""
MOST_TOLD = 8_000
"""Characters of all descriptions together, so that many items do not make a cell too large."""
PRICE_ONLY = frozenset({"priceOnly", "lowestCost"})
_ID_COLUMNS = ("ocid", "lot", "contract_id", "supplier_id")
_HASHED = LINE_COLUMNS[LINE_COLUMNS.index("ocid") : LINE_COLUMNS.index("gaps")]
_AT = {name: place for place, name in enumerate(_HASHED)}
_should_hold = itemgetter(*(_AT[name] for name in SHOULD_HOLD))
_USUAL = bytes(
    {*range(0x20, 0x7F), *range(0x80, 0xC0), *range(0xC3, 0xCC), *range(0xCE, 0xD2), 0xD3, 0xD4, 0xD5} - {0x22}
)
"""Bytes of UTF-8 that begin or continue no character of ``cells.SUSPECT``, without the quotation mark."""
_SEPARATORS = b"\x1f" * (len(_HASHED) - 1)
"""What is left of usual values: the marks between them. A value that holds such a mark itself is looked at."""
_OFTEN_HARMLESS = bytes({0xC2, 0xCC, 0xCD, 0xD2, 0xD6, 0xD7, *range(0xD8, 0xF5)})
"""First bytes of characters of which a few are suspicious and most are not, such as dashes and typographic quotes."""
_GAP_PLACES = tuple((name, _AT[name]) for name in SHOULD_HOLD)


class ReleaseReader:
    """Reads releases one after the other; ``problems`` tells what was wrong with the last one.

    ``defaults`` are the user's words for the whole file (``structure``, ``buyer``, ``country``).
    """

    def __init__(self, defaults: Mapping[str, str], as_of: date, limits: Limits) -> None:
        self._limits, self._most_id = limits, limits.id_chars
        self._today = as_of.isoformat()
        self._structure, self._default_buyer = defaults.get("structure", ""), defaults.get("buyer", "")
        self._default_country = COUNTRIES[defaults.get("country", "")]
        self.problems: list[Problem] = []

    def read(self, release: Json, row: int, locator: str) -> list[bytes]:
        """Lines as CSV records in the order of ``LINE_COLUMNS``, all cells quoted; none where ``problems`` is filled.

        They are put together here because a CSV writer takes longer for a line than everything else.
        """
        self.problems = []
        try:
            lines = self._lines(release, str(row), locator)
        except (TypeError, AttributeError):
            release, wrong = tidy(release)
            self.problems = []
            lines = self._lines(release, str(row), locator)
            self.problems += wrong
        return [] if self.problems else lines

    def _lines(self, release: Json, row: str, locator: str) -> list[bytes]:
        get = release.get
        ocid = get("ocid")
        if not ocid:
            allowed = "Every OCDS release has an ocid."
            if "links" in release:
                allowed = (
                    "The record holds only links to its releases; a record package with compiled releases is needed."
                )
            self.problems.append(("MISSING_FIELD", "ocid", "", allowed))
            return []
        self._release, self._ocid, self._version = release, ocid, get("date") or ""
        if self._version and DAYS[self._version][0] in "BA":
            self._version = ""
        self._tender = tender = get("tender") or {}
        self._listed = get("parties") or ()
        self._parties = {party.get("id"): party for party in self._listed}
        if None in self._parties or "" in self._parties:
            self._parties = {key: party for key, party in self._parties.items() if key}
        self._used: set[str] = set()
        self._head = f'"{row}","{locator}'
        self._buyer, self._buyer_country = self._read_buyer()
        self._of_tender = self._read_tender(tender) if tender else ("", "", "", "")
        language = get("language")
        self._language = extensions.LANGUAGE_CODES[language] if language else ""
        lines = self._awarded(get("awards") or (), get("contracts") or ())
        return lines if lines or self.problems else self._planned()

    # -- what the release says once ------------------------------------------------------------------------------

    def _read_buyer(self) -> tuple[str, str]:
        reference = self._release.get("buyer") or {}
        party = self._parties.get(reference.get("id")) or {}
        name = reference.get("name") or party.get("name")
        if not name:
            party = self._with_role("buyer") or party
            reference = party if party.get("name") else self._tender.get("procuringEntity") or {}
            if not reference.get("name"):
                reference = self._parties.get(reference.get("id")) or self._with_role("procuringEntity")
            name = reference.get("name") or self._default_buyer
            party = self._parties.get(reference.get("id")) or reference
        return name.strip(), self._country_in(party.get("address") or reference.get("address"))

    def _read_tender(self, tender: Json) -> tuple[str, str, str, str]:
        """Procedure, number of tenderers, weight of the price, days of the tender period."""
        get = tender.get
        method = PROCEDURES[get("procurementMethod") or get("procurementMethodDetails") or ""]
        if "procedure" in tender and extensions.is_accelerated(tender):
            method = f"{method} (accelerated)".lstrip()
        criteria = get("awardCriteria")
        if type(criteria) is str:
            weight = "100" if criteria in PRICE_ONLY else ""
        else:
            weight = extensions.price_weight(criteria) if criteria else ""
        if "lots" in tender and not weight:
            weight = extensions.price_weight_of_lots(tender)
        count = get("numberOfTenderers")
        if type(count) is not int:
            count = self._tenderers(count, tender)
        days = ""
        if (period := get("tenderPeriod")) and (start := period.get("startDate")) and (end := period.get("endDate")):
            days = extensions.PERIODS[start, end]
        return method, str(count) if 0 < count < 100_000 else "", weight, days

    def _tenderers(self, count: Any, tender: Json) -> int:
        if count:
            self.problems.append(("BAD_TYPE", "tender/numberOfTenderers", shown(count), "It is a whole number."))
        return extensions.named(tender.get("tenderers") or [])

    # -- lines ---------------------------------------------------------------------------------------------------

    def _awarded(self, awards: Sequence[Json], contracts: Sequence[Json]) -> list[bytes]:
        by_award: dict[str | None, list[Json]] = {}
        for contract in contracts:
            by_award.setdefault(contract.get("awardID"), []).append(contract)
        only = len(awards) == 1
        if only and len(contracts) == 1:
            by_award = {awards[0].get("id"): [contracts[0]]}
        lines: list[bytes] = []
        for award in awards:
            joined = by_award.pop(award.get("id"), []) if award.get("id") or only else []
            if joined or award.get("status") not in NOT_BOUGHT:
                self._add_lines(lines, award, joined, only=only)
        for contract in contracts if by_award else ():
            if contract.get("awardID") in by_award:
                self._add_lines(lines, {}, [contract], only=not awards and len(contracts) == 1)
        return lines

    def _add_lines(self, lines: list[bytes], award: Json, contracts: list[Json], *, only: bool) -> None:
        if len(contracts) > 1:
            contracts = [one for one in contracts if one.get("status") != "cancelled"] or contracts
        items = list(award.get("items") or ())
        for contract in contracts:
            items += contract.get("items") or ()
        if only or not items:
            items += self._tender.get("items") or ()
        if "lots" not in self._tender:
            lines.append(self._line(award, contracts, {}, "", items, first=True))
            return
        known = {lot.get("id"): lot for lot in self._tender["lots"] or ()}
        for number, lot in enumerate(extensions.lots_of(award, contracts, items)):
            own = [item for item in items if item.get("relatedLot") in (None, lot)] if lot else items
            lines.append(self._line(award, contracts, known.get(lot) or {}, lot, own or items, first=number == 0))

    def _planned(self) -> list[bytes]:
        items = list(self._tender.get("items") or ())
        lines = []
        lots: Sequence[Json] = self._tender.get("lots") or ({},)
        for lot in lots:
            key = lot.get("id") or ""
            own = [item for item in items if item.get("relatedLot") in (None, key)] if key else items
            lines.append(self._line({}, [], lot, key, own, first=True))
        return lines

    def _line(
        self, award: Json, contracts: list[Json], lot: Json, lot_id: str, items: list[Json], *, first: bool
    ) -> bytes:
        """One line. Each part is read by its own small function; their order is the order of the columns."""
        tender, contract = self._tender, contracts[0] if contracts else {}
        key = award.get("id") or contract.get("id") or ""
        amount, currency, is_estimate = self._money(award, contracts, lot, first=first)
        award_date, start, end = self._dates(award, contract, lot)
        if currency and award_date and (gone := CURRENCIES[currency][1]) and gone <= award_date:
            self.problems.append(("RETIRED_CURRENCY", "value/currency", currency, f"It ended on {gone}."))
        if len(amount) > 11 and is_absurd(amount, currency, award_date):
            self.problems.append(("ABSURD_AMOUNT", "value/amount", amount, ""))
        procedure, tenderers, weight, bid_days = self._of_tender
        phase = "contract" if contracts else "award" if award else "tender" if tender else "planning"
        payment = share = ""
        if "implementation" in contract:
            phase, payment = "implementation", extensions.payment_days(contracts)
        if "subcontracting" in award or "subcontracting" in contract:
            share = extensions.subcontract_share(award, contract)
        values = [
            *(self._ocid, lot_id, contract.get("id") or key or tender.get("id") or self._ocid),
            *(self._structure, self._buyer, *self._suppliers(award, contract), *self._country(items, lot), ""),
            *(*self._words(award, contract, lot, items), *_codes(items), *self._quantity(items), amount, currency),
            *(award_date, start, end, procedure, tenderers, weight, share, bid_days, payment, phase, self._language),
            self._documents(award, contracts),
        ]
        content = "\x1f".join(values).encode("utf-8", "surrogatepass")
        if (unusual := content.translate(None, _USUAL)) != _SEPARATORS:
            values, content = self._looked_at(values, content, unusual)
        ids = len(self._ocid) + len(lot_id) + len(values[2]) + len(values[6])
        if ids > self._most_id or len(content) > self._limits.cell_bytes:
            values, content = self._clean(values)
        digest = sha256(content).hexdigest()[:32]
        line_id = sha256(self._natural_key(key, lot_id)).hexdigest()[:20]
        if b'"' in unusual:
            content = content.replace(b'"', b'""')
        head = f'{self._head}","{line_id}","{self._version}","{digest}","'.encode()
        tail = f'","{_gaps(values, is_estimate=is_estimate)}",""\n'.encode()
        return head + content.replace(b"\x1f", b'","') + tail

    def _natural_key(self, key: str, lot: str) -> bytes:
        """As ``staging.line_id(ocid, award or contract id, lot)``; a repeated id within the release gets a number."""
        text = natural = f"{self._ocid}\x1f{key}\x1f{lot}"
        while text in self._used:
            text = f"{natural}\x1f{len(self._used)}"
        self._used.add(text)
        return text.encode("utf-8", "surrogatepass")

    # -- parts of a line -----------------------------------------------------------------------------------------

    def _suppliers(self, award: Json, contract: Json) -> tuple[str, str, str]:
        """Names, ids and country; several are joined by a semicolon, their country is kept where it is one."""
        found = award.get("suppliers") or contract.get("suppliers")
        if not found:
            party = self._with_role("supplier") if award or contract else {}
            return self._supplier(party) if party else ("", "", "")
        if len(found) == 1:
            return self._supplier(found[0])
        named = [self._supplier(one) for one in found]
        countries = {country for _, _, country in named}
        return (
            "; ".join(dict.fromkeys(name for name, _, _ in named if name)),
            "; ".join(dict.fromkeys(id_ for _, id_, _ in named if id_)),
            countries.pop() if len(countries) == 1 else "",
        )

    def _supplier(self, reference: Json) -> tuple[str, str, str]:
        id_ = reference.get("id")
        party = self._parties.get(id_) or reference
        country = self._country_in(party.get("address") or reference.get("address"))
        return (
            (reference.get("name") or party.get("name") or "").strip(),
            id_ or extensions.number_of_register(reference),
            country or extensions.country_of_register(reference, party),
        )

    def _words(self, award: Json, contract: Json, lot: Json, items: list[Json]) -> tuple[str, str]:
        """The longer of the tender's title and the more special one of lot, contract or award; all else as description."""
        general = self._tender.get("title") or ""
        special = lot.get("title") or contract.get("title") or award.get("title") or general
        title, other = (special, general) if len(special) > len(general) else (general, special)
        told = {other: None, contract.get("description"): None, award.get("description"): None}
        told[lot.get("description")] = told[self._tender.get("description")] = None
        for item in items[:MOST_DESCRIPTIONS]:
            told[item.get("description")] = None
        if len(items) > 1 and sum(len(text) for text in told if text) > MOST_TOLD:
            told = _first_of(told)
        if not title:
            title = extensions.planning_title(self._release) or next((text for text in told if text), "")
        for text in (title, None, ""):
            told.pop(text, None)
        return title.strip(), " | ".join(told)  # type: ignore[arg-type]  # None was taken out

    def _quantity(self, items: list[Json]) -> tuple[str, str, str]:
        if len(items) != 1:
            return "", "", ""
        unit = items[0].get("unit") or {}
        price = (unit.get("value") or {}).get("amount")
        price = self._number(price, "items/unit/value/amount")
        quantity = self._number(items[0].get("quantity"), "items/quantity")
        return _unless_zero(quantity), unit.get("name") or "", _unless_zero(price)

    def _money(self, award: Json, contracts: list[Json], lot: Json, *, first: bool) -> tuple[str, str, bool]:
        """Amount, currency and whether it is only an estimate.

        The value of several contracts of one award is their sum where all have one in the same currency; the value of an
        award for several lots stands on its first lot's line only, so that sums stay right.
        """
        if not first:
            return "", "", True
        found = "", ""
        if len(contracts) == 1:
            found = self._value(contracts[0].get("value"), "contracts/value")
        elif contracts:
            found = extensions.add_up([self._value(one.get("value"), "contracts/value") for one in contracts])
        if not found[0]:
            found = self._value(award.get("value"), "awards/value")
        if found[0]:
            return *found, False
        budget = extensions.budget(self._release) if "planning" in self._release else None
        for value, path in (
            *((lot.get("value"), "lots/value"), (self._tender.get("value"), "tender/value")),
            (budget, "planning/budget/amount"),
        ):
            if value and (estimate := self._value(value, path))[0]:
                return *estimate, True
        return "", "", True

    def _value(self, value: Json | None, path: str) -> tuple[str, str]:
        if not value:
            return "", ""
        amount = _unless_zero(self._number(value.get("amount"), path))
        text = value.get("currency")
        if not amount:
            return "", ""
        if not text or text.strip().lower() in EMPTY_WORDS:
            return amount, ""
        try:
            return amount, CURRENCIES[text][0]
        except CurrencyFault as wrong:
            allowed = f"Write one of {', '.join(wrong.allowed)}." if wrong.allowed else ""
            self.problems.append((wrong.code, f"{path}/currency", printable(text), allowed))
            return amount, ""

    def _number(self, value: Any, path: str) -> str:
        """Plain decimal text of a number of 0 or more, "" where there is none."""
        if value is None:
            return ""
        number = plain_number(value)
        if number is None:
            if type(value) is not str or value.strip().lower() not in EMPTY_WORDS:
                self.problems.append(("BAD_TYPE", path, shown(value), "It is a number."))
            return ""
        if number[0] == "-":
            if number.strip("-0."):
                self.problems.append(("NEGATIVE_AMOUNT", path, number, ""))
            return ""
        return number

    def _dates(self, award: Json, contract: Json, lot: Json) -> tuple[str, str, str]:
        """Award, start and end as ISO days, "" where unknown, in their right order and the award not after today."""
        signed = start = end = ""
        if text := award.get("date") or contract.get("dateSigned"):
            signed = DAYS[text]
            if signed[0] in "BA":
                signed = self._no_day(signed, text, "awards/date")
                if not signed and (text := contract.get("dateSigned")) and (signed := DAYS[text])[0] in "BA":
                    signed = self._no_day(signed, text, "contracts/dateSigned")
            if signed > self._today:
                self.problems.append(("FUTURE_DATE", "awards/date", signed, f"It is after {self._today}."))
        period = contract.get("period") or award.get("contractPeriod") or lot.get("contractPeriod")
        if period or (period := self._tender.get("contractPeriod")):
            if (text := period.get("startDate")) and (start := DAYS[text])[0] in "BA":
                start = self._no_day(start, text, "contracts/period/startDate")
            if (text := period.get("endDate")) and (end := DAYS[text])[0] in "BA":
                end = self._no_day(end, text, "contracts/period/endDate")
            if end < start and end:
                self.problems.append(("DATE_ORDER", "contracts/period/endDate", end, f"The start is {start}."))
        return signed, start, end

    def _no_day(self, code: str, text: str, path: str) -> str:
        if text.strip().lower() not in EMPTY_WORDS:
            self.problems.append((code, path, printable(text[:80]), ""))
        return ""

    def _country(self, items: list[Json], lot: Json) -> tuple[str, str]:
        """Country of delivery and how it is known: declared by items, lot or tender, the buyer's, or the user's default."""
        for item in items:
            if (address := item.get("deliveryAddress")) and (country := self._country_in(address)):
                return country, "declared"
        if lot or "deliveryAddresses" in self._tender or "deliveryLocation" in self._tender:
            items = [*items, lot, self._tender]
        for holder in items:
            if ("deliveryAddresses" in holder or "deliveryLocation" in holder) and (
                country := extensions.country_of_delivery(holder)
            ):
                return country, "declared"
        if self._buyer_country:
            return self._buyer_country, "buyer"
        return self._default_country, "default" if self._default_country else ""

    def _country_in(self, address: Json | None) -> str:
        if not address:
            return ""
        if (text := address.get("countryName")) and (country := COUNTRIES[text]):
            return str(country)
        return extensions.country_of_address(address)

    def _documents(self, award: Json, contracts: list[Json]) -> str:
        kinds: list[str] = []
        for holder in (self._tender, award, *contracts, self._release.get("planning") or {}):
            if documents := holder.get("documents"):
                kinds += [document.get("documentType") for document in documents]
        return _KINDS[tuple(kinds)] if kinds else ""

    def _with_role(self, role: str) -> Json:
        found = [party for party in self._listed if role in (party.get("roles") or ())]
        return found[0] if len(found) == 1 or (found and role != "supplier") else {}

    # -- hygiene -------------------------------------------------------------------------------------------------

    def _looked_at(self, values: list[str], content: bytes, unusual: bytes) -> tuple[list[str], bytes]:
        """The values again, cleaned where one of the unusual bytes is more than a quotation mark, a dash or the like."""
        rest = unusual.translate(None, b'"')
        if rest != _SEPARATORS and (
            rest.translate(None, _OFTEN_HARMLESS) != _SEPARATORS or SUSPECT.search("".join(values))
        ):
            return self._clean(values)
        return values, content

    def _clean(self, values: list[str]) -> tuple[list[str], bytes]:
        """Every text on one line, checked for characters and size (``cells.check_text``)."""
        cleaned = []
        for name, value in zip(_HASHED, values, strict=True):
            if wrong := check_text(value, self._limits.cell_bytes):
                self.problems.append((wrong.code, name, wrong.value, wrong.detail))
                value = ""
            cleaned.append(" ".join(value.split()))
        self._check_ids(cleaned)
        return cleaned, "\x1f".join(cleaned).encode("utf-8", "surrogatepass")

    def _check_ids(self, values: list[str]) -> None:
        for name in _ID_COLUMNS:
            value = values[_AT[name]]
            longest = max(map(len, value.split("; "))) if name == "supplier_id" and value else len(value)
            if longest > self._limits.id_chars:
                detail = f"An identifier may have {self._limits.id_chars} characters."
                self.problems.append(("CELL_TOO_LARGE", name, printable(value[:80]), detail))


def _first_of(told: dict[str | None, None]) -> dict[str | None, None]:
    """The first texts, whole, up to ``MOST_TOLD`` characters together, but one at least."""
    kept: dict[str | None, None] = {}
    length = 0
    for text in told:
        if text and (not kept or length + len(text) < MOST_TOLD):
            kept[text] = None
            length += len(text)
    return kept


def _unless_zero(number: str) -> str:
    """Zero is what exports write for a number that is not known."""
    return "" if number[:1] == "0" and not number.strip("0.") else number


def _codes(items: list[Json]) -> tuple[str, str, str, str]:
    """CPV, UNSPSC, HS and other codes of all items, each once, in their order."""
    found: dict[str, dict[str, None]] = {}
    for item in items:
        if one := item.get("classification"):
            found.setdefault(SCHEMES[one.get("scheme") or ""], {})[one.get("id")] = None
        if more := item.get("additionalClassifications"):
            for one in more:
                found.setdefault(SCHEMES[one.get("scheme") or ""], {})[one.get("id")] = None
    columns = [_joined(found.pop(name)) if name in found else "" for name in ("cpv", "unspsc", "hs")]
    other = (
        " ".join(prefix + code for prefix, codes in found.items() for code in _joined(codes).split()) if found else ""
    )
    return columns[0], columns[1], columns[2], other


def _joined(codes: dict[str, None]) -> str:
    """Codes with one blank between them; blanks within a code are taken out, empty codes left out."""
    if None in codes or "" in codes:
        codes = {code: None for code in codes if code}
    joined = " ".join(codes)
    if joined.count(" ") != len(codes) - 1:
        return " ".join(dict.fromkeys(plain for code in codes if (plain := "".join(code.split()))))
    return joined


def _kinds(kinds: tuple[str | None, ...]) -> str:
    return " ".join(sorted({"_".join(kind.split()) for kind in kinds if kind}))


_KINDS = Remembered(_kinds)


def _gaps(values: list[str], *, is_estimate: bool) -> str:
    if not is_estimate and "" not in _should_hold(values):
        return ""
    gaps = [name for name, place in _GAP_PLACES if not values[place]]
    if "cpv" in gaps and (values[_AT["unspsc"]] or values[_AT["hs"]]):
        gaps.remove("cpv")
    if is_estimate and "amount" not in gaps:
        gaps.append("amount")
    return " ".join(gaps)
