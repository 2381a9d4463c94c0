"""What TED's editors add to every notice: its number and days, the notices it refers to, and codes for its main facts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from duecare.records.ted.codes import CATEGORIES_OF_NATURE, LEGAL_TYPES_OF_CODE
from duecare.records.ted.tree import Element, Faults, attribute, day, each, first, told

_OJ_NUMBER = re.compile(r"([0-9]{4})\s*/\s*S\s*([0-9]{1,3})\s*-\s*([0-9]{1,8})")
_DOC_ID = re.compile(r"([0-9]{1,8})-([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Header:
    """``CODED_DATA_SECTION``. Numbers of notices are publication numbers such as ``000776-2017``."""

    id: str
    published: str
    dispatched: str
    deadline: str
    references: tuple[str, ...]
    category: str
    legal_type: str
    procedure_code: str
    criteria_code: str
    cpv: tuple[str, ...]
    places: tuple[str, ...]


def publication_number(text: str) -> str:
    """``000776-2017`` of ``2017/S 001-000776`` or of itself; "" for what is no number of a notice."""
    found = _OJ_NUMBER.fullmatch(text.strip())
    if found:
        return f"{found[3]:0>6}-{found[1]}"
    own = _DOC_ID.fullmatch(text.strip())
    return f"{own[1]:0>6}-{own[2]}" if own else ""


def header_of(root: Element, faults: Faults) -> Header:
    """The coded data of a notice; without a number and a day of publication it cannot be told from others."""
    coded = first(root, "CODED_DATA_SECTION")
    data, codes = first(coded, "NOTICE_DATA"), first(coded, "CODIF_DATA")
    number = publication_number(attribute(root, "DOC_ID")) or publication_number(told(first(data, "NO_DOC_OJS")))
    published = day(first(coded, "REF_OJS", "DATE_PUB"), faults)
    for field, value in (("DOC_ID", number), ("DATE_PUB", published)):
        if not value:
            faults.append(("MISSING_FIELD", field, "", "Number and day of publication tell notices apart."))
    places = [attribute(one, "CODE") for name in ("PERFORMANCE_NUTS", "ORIGINAL_NUTS") for one in each(data, name)]
    return Header(
        id=number,
        published=published,
        dispatched=day(first(codes, "DS_DATE_DISPATCH")),
        deadline=day(first(codes, "DT_DATE_FOR_SUBMISSION")),
        references=tuple(
            found for one in each(data, "REF_NOTICE", "NO_DOC_OJS") if (found := publication_number(told(one)))
        ),
        category=CATEGORIES_OF_NATURE.get(attribute(first(codes, "NC_CONTRACT_NATURE"), "CODE"), ""),
        legal_type=LEGAL_TYPES_OF_CODE.get(attribute(first(codes, "AA_AUTHORITY_TYPE"), "CODE"), ""),
        procedure_code=attribute(first(codes, "PR_PROC"), "CODE"),
        criteria_code=attribute(first(codes, "AC_AWARD_CRIT"), "CODE"),
        cpv=tuple(dict.fromkeys(attribute(one, "CODE") for one in each(data, "ORIGINAL_CPV"))),
        places=tuple(dict.fromkeys(places)),
    )
