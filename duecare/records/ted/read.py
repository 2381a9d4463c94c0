"""Read one TED notice, of R2.0.8 or R2.0.9, into the words that it shares with eForms."""

from __future__ import annotations

from dataclasses import dataclass, replace

from duecare.records.notices.notice import COMPETITION, CORRECTION, OTHER, PLANNING, Lot, Notice, Party, Texts
from duecare.records.ted.awards import awards_of, numbered, placed
from duecare.records.ted.changes import corrections_of
from duecare.records.ted.codes import (
    ACCELERATED,
    ACCELERATED_CODES,
    ACTIVITIES,
    LEGAL_TYPES,
    PROCEDURES,
    PROCEDURES_OF_CODE,
)
from duecare.records.ted.earlier import (
    Fields,
    awards_of_earlier,
    buyer_of,
    category_in,
    description_of,
    fields_of,
    first_of,
    lots_of_earlier,
    references_in,
    title_of,
    whole_of,
)
from duecare.records.ted.forms import Written, written
from duecare.records.ted.header import Header, header_of, publication_number
from duecare.records.ted.modifications import modified
from duecare.records.ted.objects import category_of, lot_of_object, lots_of
from duecare.records.ted.parties import parties_of, party_of
from duecare.records.ted.tree import (
    Element,
    Faults,
    attribute,
    day,
    days_between,
    each,
    first,
    name_of,
    texts,
    told,
)

SOURCE = "ted"
_ACTIVITIES = ("CA_ACTIVITY", "CE_ACTIVITY")
_EARLIER_ACTIVITIES = ("TYPE_OF_ACTIVITY", "ACTIVITY_OF_CONTRACTING_ENTITY")
_DEADLINES = ("RECEIPT_LIMIT_DATE", "TIME_LIMIT_CHP")


@dataclass(frozen=True, slots=True)
class _Body:
    """Sections I to VI of a form, in the same words for both editions."""

    buyer: Party
    joint_buyers: tuple[Party, ...]
    legal_type: str
    activity: str
    category: str
    method: str
    is_accelerated: bool
    dispatched: str
    deadline: str
    references: tuple[str, ...]
    titles: Texts
    descriptions: Texts
    lots: tuple[Lot, ...]


def read_ted(root: Element) -> Notice:
    """The notice below a ``TED_EXPORT`` element, parsed by ``notices.xml``.

    ``id`` and the numbers of other notices are publication numbers (``000776-2017``). ``procedure`` is the number of the
    competition: a result, modification or corrigendum takes the one it refers to. Never raises for what a notice says:
    what is wrong with it is in ``faults``.
    """
    faults: Faults = []
    header = header_of(root, faults)
    notice = written(root, faults)
    if notice is None:
        return _empty(header, faults)
    body = (_earlier if notice.form.is_earlier else _current)(notice, header, faults)
    return _notice(notice, header, body, faults)


def _notice(notice: Written, header: Header, body: _Body, faults: Faults) -> Notice:
    kind = notice.form.kind
    referred = body.references[0] if body.references else ""
    starts_anew = kind in (PLANNING, COMPETITION, OTHER)
    return Notice(
        source=SOURCE,
        id=header.id,
        procedure=header.id if starts_anew else referred or header.id,
        version=header.published,
        kind=kind,
        form=notice.form.number,
        language=notice.entries[0].language,
        buyer=body.buyer,
        buyer_type=body.legal_type,
        buyer_activity=body.activity,
        procurement_category=body.category,
        procurement_method=body.method,
        is_accelerated=body.is_accelerated,
        bid_days=days_between(body.dispatched, body.deadline) if kind == COMPETITION else "",
        titles=body.titles,
        descriptions=body.descriptions,
        lots=body.lots,
        joint_buyers=body.joint_buyers,
        dispatched=body.dispatched if kind == COMPETITION else "",
        deadline=body.deadline if kind == COMPETITION else "",
        corrections=corrections_of(notice) if kind == CORRECTION else (),
        corrects=(referred,) if kind == CORRECTION and referred else (),
        continues="" if kind == CORRECTION else referred,
        faults=tuple(dict.fromkeys(faults)),
    )


def _empty(header: Header, faults: Faults) -> Notice:
    return Notice(
        source=SOURCE,
        id=header.id,
        procedure=header.id,
        version=header.published,
        kind=OTHER,
        faults=tuple(dict.fromkeys(faults)),
    )


def _current(notice: Written, header: Header, faults: Faults) -> _Body:
    form = notice.original
    body, procedure = first(form, "CONTRACTING_BODY"), first(form, "PROCEDURE")
    objects = [(one.language, first(one.element, "OBJECT_CONTRACT")) for one in notice.entries]
    info = first(form, "COMPLEMENTARY_INFO")
    method, is_accelerated = _method(procedure, header)
    referred = [told(one) for part in (procedure, info) for one in each(part, "NOTICE_NUMBER_OJ")]
    return _Body(
        buyer=party_of(first(body, "ADDRESS_CONTRACTING_BODY")),
        joint_buyers=parties_of(body, "ADDRESS_CONTRACTING_BODY_ADDITIONAL"),
        legal_type=LEGAL_TYPES.get(attribute(first(body, "CA_TYPE"), "VALUE"), header.legal_type),
        activity=next((code for name in _ACTIVITIES if (code := _activity(first(body, name)))), ""),
        category=category_of(objects[0][1], header),
        method=method,
        is_accelerated=is_accelerated,
        dispatched=day(first(info, "DATE_DISPATCH_NOTICE")) or header.dispatched,
        deadline=day(first(procedure, "DATE_RECEIPT_TENDERS")) or header.deadline,
        references=tuple(dict.fromkeys((*filter(None, map(publication_number, referred)), *header.references))),
        titles=texts((language, first(one, "TITLE")) for language, one in objects),
        descriptions=texts((language, first(one, "SHORT_DESCR")) for language, one in objects),
        lots=_current_lots(notice, header, faults),
    )


def _current_lots(notice: Written, header: Header, faults: Faults) -> tuple[Lot, ...]:
    if notice.form.kind == CORRECTION:
        return ()
    lots, awards = lots_of(notice, header, faults), awards_of(notice, faults)
    lots, awards = modified(notice, lots, awards, faults)
    return placed(lots, numbered(awards, header.id), lot_of_object(notice, header, ""))


def _earlier(notice: Written, header: Header, faults: Faults) -> _Body:
    fields = fields_of(notice.original)
    buyer = party_of(buyer_of(notice.original))
    legal_type = LEGAL_TYPES.get(
        attribute(first_of(fields, "TYPE_OF_CONTRACTING_AUTHORITY"), "VALUE"), header.legal_type
    )
    method, is_accelerated = _earlier_method(fields, header)
    in_languages = [(one.language, fields_of(one.element)) for one in notice.entries]
    lots = _earlier_lots(notice, header, faults)
    return _Body(
        buyer=buyer,
        joint_buyers=(),
        legal_type=legal_type,
        activity=next((code for name in _EARLIER_ACTIVITIES if (code := _activity(first_of(fields, name)))), ""),
        category=category_in(fields, header),
        method=method,
        is_accelerated=is_accelerated,
        dispatched=day(first_of(fields, "NOTICE_DISPATCH_DATE")) or header.dispatched,
        deadline=day(first_of(fields, *_DEADLINES)) or header.deadline,
        references=references_in(fields, header),
        titles=texts((language, title_of(one)) for language, one in in_languages) or (lots[0].titles if lots else {}),
        descriptions=texts((language, description_of(one)) for language, one in in_languages),
        lots=lots,
    )


def _earlier_lots(notice: Written, header: Header, faults: Faults) -> tuple[Lot, ...]:
    if notice.form.kind in (CORRECTION, OTHER):
        return ()
    lots, awards = lots_of_earlier(notice, header, faults), awards_of_earlier(notice, faults)
    whole = whole_of(notice, header, [])
    if len(awards) > 1 and any(one.lot for one in awards):
        lots = []  # forms of results do not describe their lots: each lot that an award names is the object's part
    return placed(lots, numbered(awards, header.id), replace(whole, estimated_amount="", currency=""))


def _method(procedure: Element | None, header: Header) -> tuple[str, bool]:
    """Section IV.1.1; the forms of F15 have it inside of the directive that applies."""
    boxes = list(procedure) if procedure is not None else []
    return _of_ticked([name_of(one) for one in (*boxes, *(part for box in boxes for part in box))], header)


def _earlier_method(fields: Fields, header: Header) -> tuple[str, bool]:
    declared = attribute(first_of(fields, "TYPE_OF_PROCEDURE_DETAIL"), "VALUE")
    return _of_ticked([*fields, declared], header)


def _of_ticked(ticked: list[str], header: Header) -> tuple[str, bool]:
    method = next((PROCEDURES[name] for name in ticked if name in PROCEDURES), "")
    is_accelerated = not ACCELERATED.isdisjoint(ticked) or header.procedure_code in ACCELERATED_CODES
    return method or PROCEDURES_OF_CODE.get(header.procedure_code, ""), is_accelerated


def _activity(element: Element | None) -> str:
    return ACTIVITIES.get(attribute(element, "VALUE"), "")
