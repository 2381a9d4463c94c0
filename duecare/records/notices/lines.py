"""Turn a notice into contract lines and into marks on the lines of other notices: the whole meaning of both is here.

One line for each award of a lot; one planned line for each lot that is announced; a lot that was closed without an award
bought nothing and gives no line. The identity of a line is procedure, award and lot, so that a later notice about the same
award gives the same line in a newer version.

What is strict (a fault parks the notice) and what lenient follows OCDS: strict are identifiers, texts, amounts, currencies
and the dates of awards and contracts; lenient (unknown, with a gap) is what is missing, zero or only an estimate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter

from duecare.records.cells import SUSPECT, check_text, printable
from duecare.records.notices.notice import (
    COMPETITION,
    CORRECTED,
    CORRECTION,
    MODIFICATION,
    OTHER,
    PLANNING,
    RESULT,
    Award,
    Correction,
    Lot,
    Notice,
    Party,
    Texts,
)
from duecare.records.notices.text import without_contacts
from duecare.records.ocds.values import CURRENCIES, DAYS, PROCEDURES, CurrencyFault, is_absurd
from duecare.records.request import Request
from duecare.records.staging import LINE_COLUMNS, SHOULD_HOLD, content_hash, line_id

Problem = tuple[str, str, str, str]
Line = list[str | int]
Mark = dict[str, str]
NATURAL_PERSON = "natural person"
"""Stands where the name of a natural person is not to be seen: a sole trader's name is personal data (METHOD 8.2)."""
NOTHING_ELSE_SUPERSEDED, PLANS, PLANS_AND_TENDERS = "0", "1", "2"
"""Which lines of a procedure a notice makes obsolete: none, announcements, or also calls for tenders."""
_PHASES = {PLANNING: "planning", COMPETITION: "tender", RESULT: "award", MODIFICATION: "contract"}
_SUPERSEDES = {COMPETITION: PLANS, RESULT: PLANS_AND_TENDERS, MODIFICATION: PLANS_AND_TENDERS}
_METHODS = {
    "restricted": "selective",
    "neg-w-call": "selective",
    "comp-dial": "selective",
    "innovation": "selective",
    "comp-tend": "open",
    "neg-wo-call": "limited",
    "oth-single": "selective",
    "exp-int-rail": "selective",
}
"""Procurement procedure types of eForms in the words of OCDS (OCDS for eForms, BT-105); ``oth-mult`` stays as it is."""
_HASHED = LINE_COLUMNS[LINE_COLUMNS.index("ocid") : LINE_COLUMNS.index("gaps")]
_OF_NOTICES = LINE_COLUMNS[LINE_COLUMNS.index("raw") + 1 :]
"""Columns that only notices fill; they count for the hash of a line where they say something."""
_MOST_CORRECTED = 2_000
"""Characters of a value that a corrigendum changes; what is longer is not applied."""
_IDS = ("ocid", "lot", "contract_id", "notice")
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
_LINE_MARKS = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]|  |^ | $")
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_MOST_TOLD = 8_000
"""Characters of all descriptions of a line together."""
_MOST_TRANSLATED = 30_000
_should_hold = itemgetter(*SHOULD_HOLD)


class LineMaker:
    """Makes lines with one request's limits, day and defaults (``structure``, ``buyer``, ``country``)."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._today = request.as_of.isoformat()
        self._cell, self._id = request.limits.cell_bytes, request.limits.id_chars

    def read(self, notice: Notice, row: int, locator: str) -> tuple[list[Line], list[Mark], list[Problem]]:
        """Lines in the order of ``LINE_COLUMNS``, marks, and everything that is wrong; faults leave no line and no mark."""
        self._problems: list[Problem] = list(notice.faults)
        self._used: set[str] = set()
        if not notice.id or not notice.procedure:
            self._problems.append(("MISSING_FIELD", "notice", notice.id, "A notice has an id and a procedure."))
        lines = [] if notice.kind in (CORRECTION, OTHER) else list(self._lines(notice, row, locator))
        if self._problems:
            return [], [], list(dict.fromkeys(self._problems))
        return lines, list(_marks(notice)), []

    def _lines(self, notice: Notice, row: int, locator: str) -> Iterator[Line]:
        for lot in notice.lots:
            if notice.kind in (PLANNING, COMPETITION):
                yield self._line(notice, lot, None, row, locator)
                continue
            awarded = [award for award in lot.awards if award.is_awarded]
            for award in awarded:
                yield self._line(notice, lot, award, row, locator, alone=len(awarded) == 1)

    def _line(
        self, notice: Notice, lot: Lot, award: Award | None, row: int, locator: str, *, alone: bool = True
    ) -> Line:
        values = dict.fromkeys((*_HASHED, *_OF_NOTICES), "")
        values |= self._identity(notice, lot, award) | _parties(notice, award) | _place(notice, lot)
        values |= _words(notice, lot, award) | _terms(notice, lot, award)
        is_estimate = self._money(values, lot, award, alone=alone)
        self._dates(values, lot, award)
        self._defaults(values)
        self._check(values)
        gaps = [name for name, value in zip(SHOULD_HOLD, _should_hold(values), strict=True) if not value]
        if values["supplier_countries"] and award and all(party.country for party in award.suppliers):
            gaps.remove("supplier_country")
        if is_estimate and "amount" not in gaps:
            gaps.append("amount")
        natural = self._natural_key(values["ocid"], award.number if award else "", lot.id)
        cells = [values[name] for name in _HASHED]
        more = [values[name] for name in _OF_NOTICES]
        version = f"{notice.version} {notice.id}".strip()
        hashed = content_hash([*cells, *more] if any(more) else cells)
        return [row, locator, natural, version, hashed, *cells, " ".join(gaps), "", *more]

    def _natural_key(self, ocid: str, number: str, lot: str) -> str:
        """As ``staging.line_id``; what repeats within one notice gets a number of its own."""
        parts = (ocid, number, lot)
        found = line_id(*parts)
        while found in self._used:
            found = line_id(*parts, str(len(self._used)))
        self._used.add(found)
        return found

    def _identity(self, notice: Notice, lot: Lot, award: Award | None) -> dict[str, str]:
        contract = (award.contract_id or award.number) if award else ""
        return {
            "ocid": procedure_key(notice),
            "lot": lot.id,
            "contract_id": contract or lot.id or notice.procedure,
            "notice": notice.id,
            "phase": _PHASES[notice.kind],
        }

    def _money(self, values: dict[str, str], lot: Lot, award: Award | None, *, alone: bool) -> bool:
        """Fill amounts and currency; returns whether the amount is an estimate only.

        Where several awards share a lot its estimate is not repeated as the amount of each.
        """
        told = award or Award()
        currency = self._currency(told.currency if told.currency else lot.currency)
        amount = self._number(told.amount, "amount")
        same = not told.currency or not lot.currency or told.currency == lot.currency
        estimate = self._number(told.estimated_amount or (lot.estimated_amount if same else ""), "estimated_amount")
        is_estimate = not amount
        if not amount and alone:
            amount = estimate
        if len(amount) > 11 and is_absurd(amount, currency, ""):
            self._problems.append(("ABSURD_AMOUNT", "amount", amount, ""))
        for name in ("lowest_bid", "highest_bid"):
            bid = getattr(told, name)
            values[name] = bid if _NUMBER.fullmatch(bid) and Decimal(bid) > 0 else ""
        modified = self._number(told.modified_amount, "modified_amount")
        values |= {"amount": amount, "estimated_amount": estimate, "modified_amount": modified, "currency": currency}
        return is_estimate

    def _number(self, text: str, name: str) -> str:
        """Plain decimal text above zero; "" for none and for zero, which forms hold where nothing was filled in."""
        if not text:
            return ""
        if not _NUMBER.fullmatch(text):
            self._problems.append(("BAD_NUMBER", name, printable(text[:80]), ""))
            return ""
        if text[0] == "-" and text.strip("-0."):
            self._problems.append(("NEGATIVE_AMOUNT", name, text, ""))
            return ""
        return text if text.strip("-0.") else ""

    def _currency(self, text: str) -> str:
        if not text:
            return ""
        try:
            return str(CURRENCIES[text][0])
        except CurrencyFault as wrong:
            self._problems.append((wrong.code, "currency", printable(text[:80]), ""))
            return ""

    def _dates(self, values: dict[str, str], lot: Lot, award: Award | None) -> None:
        signed = self._day(award.date if award else "", "award_date")
        start, end = self._day(lot.start_date, "start_date"), self._day(lot.end_date, "end_date")
        if signed > self._today:
            self._problems.append(("FUTURE_DATE", "award_date", signed, f"It is after {self._today}."))
        if end and end < start:
            self._problems.append(("DATE_ORDER", "end_date", end, f"The start is {start}."))
        if (currency := values["currency"]) and signed and (gone := CURRENCIES[currency][1]) and gone <= signed:
            self._problems.append(("RETIRED_CURRENCY", "currency", currency, f"It ended on {gone}."))
        values |= {"award_date": signed, "start_date": start, "end_date": end}

    def _day(self, text: str, name: str) -> str:
        day = str(DAYS[text]) if text else ""
        if day[:1] in ("B", "A"):
            self._problems.append((day, name, printable(text[:80]), ""))
            return ""
        return day

    def _defaults(self, values: dict[str, str]) -> None:
        said = self.request.defaults
        values["structure"] = said.get("structure", "")
        values["buyer"] = values["buyer"] or said.get("buyer", "")
        if not values["country"] and (country := said.get("country", "")):
            values |= {"country": country, "country_basis": "default"}

    def _check(self, values: dict[str, str]) -> None:
        """Every text on one line and harmless (``cells.check_text``); identifiers of at most ``limits.id_chars``."""
        together = "\x1f".join(values.values())
        if _LINE_MARKS.search(together):
            values |= {name: " ".join(value.split()) for name, value in values.items()}
        if len(together) * 4 > self._cell or SUSPECT.search(together.replace("\x1f", "")):
            for name, value in values.items():
                if wrong := check_text(value, self._cell):
                    self._problems.append((wrong.code, name, wrong.value, wrong.detail))
        for name in _IDS:
            if len(values[name]) > self._id:
                detail = f"An identifier may have {self._id} characters."
                self._problems.append(("CELL_TOO_LARGE", name, printable(values[name][:80]), detail))


def procedure_key(notice: Notice) -> str:
    """The procedure of a notice as the ``ocid`` of its lines: ``ted:2019-123456`` or ``eforms:<uuid>``."""
    return f"{notice.source}:{notice.procedure}"


def _marks(notice: Notice) -> Iterator[Mark]:
    """What this notice says about lines of other notices, by the names in ``register.marks``."""
    own = {"by": notice.id, "version": notice.version}
    yield from ({"kind": "replaces", "notice": other} | own for other in notice.replaces if other != notice.id)
    for other in notice.corrects:
        if other != notice.id:
            said = dict.fromkeys(map(_correction, notice.corrections or (Correction(),)))
            yield from ({"kind": "corrects", "notice": other} | dict(one) | own for one in said)
    if notice.kind == COMPETITION and notice.dispatched:
        call = {"kind": "announces", "notice": notice.id, "procedure": procedure_key(notice)}
        days = {"dispatched": notice.dispatched, "deadline": notice.deadline, "publication": notice.publication}
        yield call | days | own
    below = _SUPERSEDES.get(notice.kind, NOTHING_ELSE_SUPERSEDED)
    if below == NOTHING_ELSE_SUPERSEDED:
        return
    if notice.kind == MODIFICATION:
        yield from _modified(notice, own)
    settled = [lot.id for lot in notice.lots if notice.kind == COMPETITION or lot.awards]
    for lot in dict.fromkeys(settled):
        mark = {"kind": "settles", "procedure": procedure_key(notice), "lot": lot, "below": below} | own
        yield mark | ({"notice": notice.continues} if notice.continues else {})


def _correction(said: Correction) -> tuple[tuple[str, str], ...]:
    """The change as parts of a mark; one that could not stand in a cell, or has no place there, says only its lot."""
    told = {"what": said.what, "old": without_contacts(said.old), "new": without_contacts(said.new)}
    if said.what not in CORRECTED or any(len(text) > _MOST_CORRECTED or SUSPECT.search(text) for text in told.values()):
        told = {}
    told |= {"lot": said.lot, "of_lot": "1" if said.is_of_lot else ""}
    return tuple((name, text) for name, text in told.items() if text)


def _modified(notice: Notice, own: Mark) -> Iterator[Mark]:
    """Which awards of an earlier result this modification tells of, where they have no number in common with it."""
    for lot in notice.lots:
        for award in lot.awards:
            names = _joined(party.name for party in award.suppliers)
            mark = {"kind": "modifies", "procedure": procedure_key(notice), "lot": lot.id, "supplier": names} | own
            yield mark | {"contract": award.contract_id, "notice": notice.continues}


def _parties(notice: Notice, award: Award | None) -> dict[str, str]:
    """Buyer and winners. Names of several winners are joined; a person among firms is not named at all."""
    suppliers = award.suppliers if award else ()
    people = [party for party in suppliers if party.is_person]
    mixed = bool(people) and len(people) < len(suppliers)
    shown = [Party(NATURAL_PERSON, "", one.country) if mixed and one.is_person else one for one in suppliers]
    countries = list(dict.fromkeys(party.country for party in shown))
    return {
        "buyer": notice.buyer.name,
        "joint_buyers": _joined(party.name for party in notice.joint_buyers),
        "supplier_name": _joined(party.name for party in shown),
        "supplier_id": _joined(party.identifier for party in shown),
        "supplier_country": countries[0] if len(countries) == 1 else "",
        "supplier_countries": " ".join(filter(None, countries)) if len(countries) > 1 else "",
        "supplier_is_person": "yes" if people else "",
        "tenderers": award.tenderers if award and _WHOLE.fullmatch(award.tenderers) else "",
    }


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _place(notice: Notice, lot: Lot) -> dict[str, str]:
    """The one country of performance; of several the buyer's, if it is among them, as the work is most likely there."""
    places = " ".join(dict.fromkeys(f"NUTS:{place}" for place in lot.places if place))
    countries = list(dict.fromkeys(country for country in lot.countries if country))
    home = notice.buyer.country
    if len(countries) == 1 or home in countries:
        country = countries[0] if len(countries) == 1 else home
        return {"country": country, "country_basis": "declared", "other_codes": places}
    if countries or not home:
        return {"other_codes": places}
    return {"country": home, "country_basis": "buyer", "other_codes": places}


def _terms(notice: Notice, lot: Lot, award: Award | None) -> dict[str, str]:
    method = _METHODS.get(notice.procurement_method) or PROCEDURES[notice.procurement_method]
    if notice.is_accelerated:
        method = f"{method} (accelerated)".lstrip()
    return {
        "cpv": " ".join(dict.fromkeys(code for code in lot.cpv if code)),
        "quantity": _plain(lot.quantity),
        "unit": lot.unit if lot.quantity else "",
        "procedure": method,
        "price_weight": _share(lot.price_weight),
        "subcontract_share": _share(award.subcontract_share) if award else "",
        "bid_days": notice.bid_days if _WHOLE.fullmatch(notice.bid_days) else "",
        "procurement_category": lot.procurement_category or notice.procurement_category,
        "buyer_type": notice.buyer_type,
        "buyer_activity": notice.buyer_activity,
        "duration_months": _plain(lot.duration_months),
        "renewals": lot.renewals if _WHOLE.fullmatch(lot.renewals) else "",
        "framework": lot.framework,
        "objectives": " ".join(dict.fromkeys(lot.objectives)),
        "reserved": lot.reserved,
        "exclusion_grounds": " ".join(dict.fromkeys(lot.exclusion_grounds)),
    }


def _plain(text: str) -> str:
    return text if _NUMBER.fullmatch(text) and Decimal(text) > 0 else ""


def _share(text: str) -> str:
    """A percentage of 0 to 100; anything else is unknown."""
    return text if _NUMBER.fullmatch(text) and 0 <= Decimal(text) <= 100 else ""


def _words(notice: Notice, lot: Lot, award: Award | None) -> dict[str, str]:
    """Title and description in the notice's language, else English, else the first; the other languages beside them."""
    sources: list[Texts] = [notice.titles, lot.titles, award.titles if award else {}]
    told: list[Texts] = [lot.descriptions, notice.descriptions]
    languages = list(dict.fromkeys(language for texts in (*sources, *told) for language in texts))
    own = notice.language if notice.language in languages else "en" if "en" in languages else next(iter(languages), "")
    title, description = _title_in(own, sources, told, fallback=True)
    others = {}
    for language in languages:
        if language and language != own:
            there = _title_in(language, sources, told, fallback=False)
            others[language] = {key: text for key, text in zip(("title", "description"), there, strict=True) if text}
    return {"title": title, "description": description, "language": own, "translations": _as_json(others)}


def _title_in(language: str, titles: Sequence[Texts], told: Sequence[Texts], *, fallback: bool) -> tuple[str, str]:
    """As in OCDS: the longer of the general and the more special title, everything else as the description."""

    def text(texts: Texts) -> str:
        found = texts.get(language, "") or (next(iter(texts.values()), "") if fallback else "")
        return without_contacts(found)

    general, special, awarded = (text(texts) for texts in titles)
    special = special or awarded or general
    title, other = (special, general) if len(special) > len(general) else (general, special)
    parts = dict.fromkeys(part for part in (other, *map(text, told), awarded) if part)
    title = title or next(iter(parts), "")
    parts.pop(title, None)
    kept: list[str] = []
    for part in parts:
        if kept and sum(map(len, kept)) + len(part) > _MOST_TOLD:
            break
        kept.append(part)
    return title, " | ".join(kept)


def _as_json(translations: Mapping[str, Mapping[str, str]]) -> str:
    """JSON of the other languages; without their descriptions where all together would make the cell too large."""
    found = {language: dict(texts) for language, texts in translations.items() if texts}
    if not found:
        return ""
    whole = json.dumps(found, ensure_ascii=False)
    if len(whole) <= _MOST_TRANSLATED:
        return whole
    titles = {language: {"title": texts["title"]} for language, texts in found.items() if "title" in texts}
    short = json.dumps(titles, ensure_ascii=False)
    return short if titles and len(short) <= _MOST_TRANSLATED else ""
