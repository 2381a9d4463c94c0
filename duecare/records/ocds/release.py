"""Read one OCDS release, as parsed JSON, into contract lines: the whole meaning of the format is here.

One line per award (with the contracts that name it), one per lot where an award relates to several; a contract without an
award gives its own line; a release with neither gives one planned line per lot of the tender, or one for the tender or
the planning. Cancelled and unsuccessful awards bought nothing and give no line of their own.

What is read strictly (a fault parks the release) and what leniently (unknown, with a gap) follows what publishers do:

* strict: identifiers, JSON types of used fields, amounts below zero or absurd, the currency of a known amount, award
  dates and contract periods, control characters and sizes of every text that goes on;
* lenient: missing or zero amounts, missing parties and titles, countries that no list knows, tender periods, payments.

The code is written for speed (a million releases in about half a minute on two cores): types are checked by the decoder
(``fields``), and values that repeat are read once.

Contact points, e-mails, telephone numbers and street addresses are never read. Sources: OCDS 1.1.5 reference,
https://standard.open-contracting.org/1.1/en/schema/reference/, and METHOD appendix A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256

from duecare.records.ocds import conditions, extensions
from duecare.records.ocds.codes import codes_of
from duecare.records.ocds.extensions import LANGUAGE_CODES, country_in, country_of_register
from duecare.records.ocds.fields import Award, Contract, Item, Lot, Organization, Period, Release, Tender
from duecare.records.ocds.gaps import gaps_of
from duecare.records.ocds.strict import SEPARATORS, USUAL, StrictValues
from duecare.records.ocds.types import MOST_COUNTED
from duecare.records.ocds.values import (
    COUNTRIES,
    CURRENCIES,
    DAYS,
    PROCEDURES,
    is_absurd,
)
from duecare.settings import Limits

NOT_BOUGHT = frozenset({"cancelled", "unsuccessful"})
MOST_DESCRIPTIONS = 20
"""Descriptions of items that are joined to the line's description."""
MOST_TOLD = 8_000
"""Characters of all descriptions together, so that many items do not make a cell too large."""
_WEIGHTS = {"priceOnly": "100", "lowestCost": "100"}
_NO_TENDER, _NO_AWARD, _NO_CONTRACT, _NO_LOT, _NOBODY = Tender(), Award(), Contract(), Lot(), Organization()


class ReleaseReader(StrictValues):
    """Reads releases one after the other; ``problems`` tells what was wrong with the last one.

    ``defaults`` are the user's words for the whole file (``structure``, ``buyer``, ``country``).
    """

    def __init__(self, defaults: Mapping[str, str], as_of: date, limits: Limits) -> None:
        super().__init__(as_of, limits)
        self._structure, self._default_buyer = defaults.get("structure", ""), defaults.get("buyer", "")
        self._default_country = COUNTRIES[defaults.get("country", "")]

    def read(self, release: Release, row: int, locator: str) -> list[bytes]:
        """Lines as CSV records in the order of ``LINE_COLUMNS``, all cells quoted; none where ``problems`` is filled.

        They are put together here because a CSV writer takes longer for a line than everything else.
        """
        self.problems = []
        if not release.ocid:
            self.problems.append(("MISSING_FIELD", "ocid", "", "Every OCDS release has an ocid."))
            return []
        self._release, self._ocid, self._version = release, release.ocid, release.date or ""
        if self._version and DAYS[self._version][0] in "BA":
            self._version = ""
        self._tender = tender = release.tender or _NO_TENDER
        self._parties: dict[str | None, Organization] = {}
        for party in release.parties or ():
            if party.id:
                self._parties[party.id] = party
        self._used: set[str] = set()
        self._head = f'"{row}","{locator}'
        self._buyer, self._buyer_country = self._read_buyer()
        self._of_tender = self._read_tender(tender) if release.tender else ("", "", "", "")
        self._conditions = conditions.conditions_of(tender)
        self._language = LANGUAGE_CODES[release.language] if release.language else ""
        lines = self._awarded(release.awards or (), release.contracts or ())
        if not lines and not self.problems:
            lines = self._planned()
        return [] if self.problems else lines

    # -- what the release says once ------------------------------------------------------------------------------

    def _read_buyer(self) -> tuple[str, str]:
        reference = self._release.buyer or _NOBODY
        party = self._parties.get(reference.id) or reference
        name = reference.name or party.name
        if not name:
            party = self._with_role("buyer") or party
            reference = party if party.name else self._tender.procuring_entity or _NOBODY
            if not reference.name:
                reference = self._parties.get(reference.id) or self._with_role("procuringEntity") or _NOBODY
            name = reference.name or self._default_buyer
            party = self._parties.get(reference.id) or reference
        self._buyer_codes = conditions.buyer_codes(party.details) if party.details else ("", "")
        return name.strip(), country_in(party.address) or country_in(reference.address)

    def _read_tender(self, tender: Tender) -> tuple[str, str, str, str]:
        """Procedure, number of tenderers, weight of the price, days of the tender period."""
        method = PROCEDURES[tender.procurement_method or tender.procurement_method_details or ""]
        if tender.procedure and extensions.is_accelerated(tender.procedure):
            method = f"{method} (accelerated)".lstrip()
        weight = ""
        if criteria := tender.award_criteria:
            weight = _WEIGHTS.get(criteria, "") if type(criteria) is str else extensions.price_weight(criteria)
        if tender.lots and not weight:
            weight = extensions.price_weight_of_lots(tender.lots)
        count = tender.number_of_tenderers
        if count is None:
            count = extensions.named(tender.tenderers or [])
        days = ""
        if period := tender.tender_period:
            days = extensions.days_of(period)
        return method, str(count) if 0 < count <= MOST_COUNTED else "", weight, days

    # -- lines ---------------------------------------------------------------------------------------------------

    def _awarded(self, awards: Sequence[Award], contracts: Sequence[Contract]) -> list[bytes]:
        only = len(awards) == 1
        lines: list[bytes] = []
        if only and len(contracts) == 1:
            self._add_lines(lines, awards[0], [contracts[0]], only=True)
            return lines
        by_award: dict[str | None, list[Contract]] = {}
        for contract in contracts:
            by_award.setdefault(contract.award_id, []).append(contract)
        for award in awards:
            joined = by_award.pop(award.id, []) if award.id or only else []
            if joined or award.status not in NOT_BOUGHT:
                self._add_lines(lines, award, joined, only=only)
        for contract in contracts if by_award else ():
            if contract.award_id in by_award:
                self._add_lines(lines, _NO_AWARD, [contract], only=not awards and len(contracts) == 1)
        return lines

    def _add_lines(self, lines: list[bytes], award: Award, contracts: list[Contract], *, only: bool) -> None:
        tender = self._tender
        self._of_only_award = tender.value if only else None
        if len(contracts) > 1:
            contracts = [one for one in contracts if one.status != "cancelled"] or contracts
        items = list(award.items or ())
        for contract in contracts:
            items += contract.items or ()
        if only or not items:
            items += tender.items or ()
        if not tender.lots:
            lines.append(self._line(award, contracts, _NO_LOT, "", items, first=True))
            return
        known = {lot.id: lot for lot in tender.lots}
        for number, lot in enumerate(extensions.lots_of(award, contracts, items)):
            own = [item for item in items if item.related_lot in (None, lot)] if lot else items
            lines.append(self._line(award, contracts, known.get(lot) or _NO_LOT, lot, own or items, first=number == 0))

    def _planned(self) -> list[bytes]:
        items = list(self._tender.items or ())
        lines = []
        for lot in self._tender.lots or (_NO_LOT,):
            key = lot.id or ""
            own = [item for item in items if item.related_lot in (None, key)] if key else items
            lines.append(self._line(_NO_AWARD, [], lot, key, own, first=True))
        return lines

    def _line(
        self, award: Award, contracts: list[Contract], lot: Lot, lot_id: str, items: list[Item], *, first: bool
    ) -> bytes:
        """One line. Each part is read by its own small function; their order is the order of the columns."""
        self._is_person = ""
        contract = contracts[0] if contracts else _NO_CONTRACT
        key = award.id or contract.id or ""
        amount, currency, is_estimate = self._money(award, contracts, lot, first=first)
        award_date, start, end = self._dates(award, contract, lot)
        if currency and award_date and (gone := CURRENCIES[currency][1]) and gone <= award_date:
            self.problems.append(("RETIRED_CURRENCY", "value/currency", currency, f"It ended on {gone}."))
        if len(amount) > 11 and is_absurd(amount, currency, award_date):
            self.problems.append(("ABSURD_AMOUNT", "value/amount", amount, ""))
        procedure, tenderers, weight, bid_days = self._of_tender
        phase = self._phase(award, contract)
        payment = extensions.payment_days(contracts) if contract.implementation else ""
        asked = self._conditions if lot is _NO_LOT else conditions.of_lot(lot, self._conditions)
        lowest = highest = ""
        if bids := self._release.bids:
            counted, lowest, highest = conditions.bids_of(bids, lot_id, currency)
            tenderers = (counted if lot_id and counted else tenderers) or counted
        share = ""
        if award.subcontracting or contract.subcontracting:
            share = extensions.subcontract_share(award.subcontracting, contract.subcontracting)
        values = [
            self._ocid,
            lot_id,
            contract.id or key or self._tender.id or self._ocid,
            self._structure,
            self._buyer,
            *self._suppliers(award, contract),
            *self._country(items, lot),
            "",
            *self._words(award, contract, lot, items),
            *codes_of(items),
            *self._quantity(items),
            amount,
            currency,
            *(award_date, start, end),
            procedure,
            tenderers,
            weight,
            share,
            bid_days,
            payment,
            phase,
            self._language,
            self._documents(award, contracts),
            asked.category,
            *self._buyer_codes,
            self._estimate(award, lot, amount, currency, is_estimate=is_estimate),
            lowest,
            highest,
            conditions.months(
                contract.period, award.contract_period, lot.contract_period, self._tender.contract_period
            ),
            *asked[1:],
            *("", self._is_person, ""),
        ]
        return self._csv(values, key, lot_id, is_estimate=is_estimate)

    def _csv(self, values: list[str], key: str, lot_id: str, *, is_estimate: bool) -> bytes:
        content = "\x1f".join(values).encode("utf-8", "surrogatepass")
        if (unusual := content.translate(None, USUAL)) != SEPARATORS:
            values, content = self._looked_at(values, content, unusual)
        ocid = self._ocid
        ids = len(ocid) + len(lot_id) + len(values[2]) + len(values[6])
        if ids > self._most_id or len(content) > self._most_bytes:
            values, content = self._clean(values)
        digest = sha256(content).hexdigest()
        if unusual and b'"' in unusual:
            content = content.replace(b'"', b'""')
        natural = f"{ocid}\x1f{key}\x1f{lot_id}"  # as ``staging.line_id(ocid, award or contract id, lot)``
        if natural in self._used:
            natural = self._numbered(natural)
        self._used.add(natural)
        line_id = sha256(natural.encode("utf-8", "surrogatepass")).hexdigest()
        head = f'{self._head}","{line_id[:20]}","{self._version}","{digest[:32]}","'
        tail = f'","{gaps_of(values, is_estimate=is_estimate)}","",,,\n'
        return b"".join((head.encode(), content.replace(b"\x1f", b'","'), tail.encode()))

    def _numbered(self, natural: str) -> str:
        """A repeated id within the release gets a number."""
        text = natural
        while text in self._used:
            text = f"{natural}\x1f{len(self._used)}"
        return text

    # -- parts of a line -----------------------------------------------------------------------------------------

    def _phase(self, award: Award, contract: Contract) -> str:
        if contract is not _NO_CONTRACT:
            return "implementation" if contract.implementation else "contract"
        if award is not _NO_AWARD:
            return "award"
        return "tender" if self._release.tender else "planning"

    def _suppliers(self, award: Award, contract: Contract) -> tuple[str, str, str]:
        """Names, ids and country; several are joined by a semicolon, their country is kept where it is one."""
        found = award.suppliers or contract.suppliers
        if not found:
            planned = award is _NO_AWARD and contract is _NO_CONTRACT
            party = None if planned else self._with_role("supplier")
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

    def _supplier(self, reference: Organization) -> tuple[str, str, str]:
        party = self._parties.get(reference.id) or reference
        if party.details and conditions.is_person(party.details):
            self._is_person = "yes"
        return (
            (reference.name or party.name or "").strip(),
            reference.id or extensions.number_of_register(reference.identifier),
            country_in(party.address) or country_in(reference.address) or country_of_register(reference, party),
        )

    def _words(self, award: Award, contract: Contract, lot: Lot, items: list[Item]) -> tuple[str, str]:
        """The longer of the tender's title and the more special one of lot, contract or award; all else as description."""
        general = self._tender.title or ""
        special = lot.title or contract.title or award.title or general
        title, other = (special, general) if len(special) > len(general) else (general, special)
        descriptions = [item.description for item in items[:MOST_DESCRIPTIONS]]
        told = dict.fromkeys(
            (other, contract.description, award.description, lot.description, self._tender.description, *descriptions)
        )
        told.pop(None, None)
        told.pop("", None)
        if len(items) > 1 and sum(map(len, told)) > MOST_TOLD:  # type: ignore[arg-type]  # None was taken out
            told = extensions.first_of(told, MOST_TOLD)
        if not title:
            title = extensions.planning_title(self._release.planning) or next(iter(told), "") or ""
        told.pop(title, None)
        return title.strip(), " | ".join(told)  # type: ignore[arg-type]

    def _quantity(self, items: list[Item]) -> tuple[str, str, str]:
        if len(items) != 1:
            return "", "", ""
        unit = items[0].unit
        quantity = self._number(items[0].quantity, "items/quantity")
        if not unit:
            return quantity, "", ""
        price = self._number(unit.value.amount, "items/unit/value/amount") if unit.value else ""
        return quantity, unit.name or "", price

    def _money(self, award: Award, contracts: list[Contract], lot: Lot, *, first: bool) -> tuple[str, str, bool]:
        """Amount, currency and whether it is only an estimate.

        The value of several contracts of one award is their sum where all have one in the same currency; the value of an
        award for several lots stands on its first lot's line only, so that sums stay right.
        """
        if not first:
            return "", "", True
        found = "", ""
        if len(contracts) == 1:
            found = self._value(contracts[0].value, "contracts/value")
        elif contracts:
            found = extensions.add_up([self._value(one.value, "contracts/value") for one in contracts])
        if not found[0]:
            found = self._value(award.value, "awards/value")
        if found[0]:
            return *found, False
        planning = self._release.planning
        budget = planning.budget.amount if planning and planning.budget else None
        estimates = (lot.value, "lots/value"), (self._tender.value, "tender/value"), (budget, "planning/budget/amount")
        for value, path in estimates:
            if value and (estimate := self._value(value, path))[0]:
                return *estimate, True
        return "", "", True

    def _estimate(self, award: Award, lot: Lot, amount: str, currency: str, *, is_estimate: bool) -> str:
        if is_estimate:
            return amount
        if award.maximum_value or award.estimated_value:
            return conditions.estimate_of(award, currency)
        return conditions.estimate(lot.value if lot is not _NO_LOT else self._of_only_award, currency)

    def _dates(self, award: Award, contract: Contract, lot: Lot) -> tuple[str, str, str]:
        """Award, start and end as ISO days, "" where unknown, in their right order and the award not after today."""
        signed = start = end = ""
        if text := award.date or contract.date_signed:
            signed = DAYS[text]
            if signed[0] in "BA":
                signed = self._no_day(signed, text, "awards/date")
                if not signed and (text := contract.date_signed) and (signed := DAYS[text])[0] in "BA":
                    signed = self._no_day(signed, text, "contracts/dateSigned")
            if signed > self._today:
                self.problems.append(("FUTURE_DATE", "awards/date", signed, f"It is after {self._today}."))
        period = contract.period
        if not (period and (period.start_date or period.end_date)):
            period = self._other_period(award, lot)
        if period:
            if (text := period.start_date) and (start := DAYS[text])[0] in "BA":
                start = self._no_day(start, text, "contracts/period/startDate")
            if (text := period.end_date) and (end := DAYS[text])[0] in "BA":
                end = self._no_day(end, text, "contracts/period/endDate")
            if end < start and end:
                self.problems.append(("DATE_ORDER", "contracts/period/endDate", end, f"The start is {start}."))
        return signed, start, end

    def _other_period(self, award: Award, lot: Lot) -> Period | None:
        for period in (award.contract_period, lot.contract_period, self._tender.contract_period):
            if period and (period.start_date or period.end_date):
                return period
        return None

    def _country(self, items: list[Item], lot: Lot) -> tuple[str, str]:
        """Country of delivery and how it is known: declared by items, lot or tender, the buyer's, or the user's default."""
        for item in items:
            if (address := item.delivery_address) and (country := country_in(address)):
                return country, "declared"
        holders: tuple[Item | Lot | Tender, ...] = (*items, lot, self._tender)
        for holder in holders:
            if (holder.delivery_location or holder.delivery_addresses or holder.delivery_address) and (
                country := extensions.country_of_delivery(holder)
            ):
                return country, "declared"
        if self._buyer_country:
            return self._buyer_country, "buyer"
        return self._default_country, "default" if self._default_country else ""

    def _documents(self, award: Award, contracts: list[Contract]) -> str:
        kinds: list[str | None] = []
        for holder in (self._tender, award, *contracts, self._release.planning or _NO_TENDER):
            if documents := holder.documents:
                kinds += [document.document_type for document in documents]
        return str(extensions.KINDS[tuple(kinds)]) if kinds else ""

    def _with_role(self, role: str) -> Organization | None:
        found = [party for party in self._release.parties or () if role in (party.roles or ())]
        return found[0] if len(found) == 1 or (found and role != "supplier") else None
