"""Invented TED notices for tests: small, in the structure of the published schema, no text of a real notice."""

from __future__ import annotations

from typing import Any

from duecare.records.notices.notice import Notice
from duecare.records.notices.xml import parse
from duecare.records.ted import read_ted
from duecare.settings import Limits

R209 = "http://publications.europa.eu/resource/schema/ted/R2.0.9/publication"
R208 = "http://publications.europa.eu/TED_schema/Export"
NUTS = "http://publications.europa.eu/resource/schema/ted/2021/nuts"

BUYER = """
<CONTRACTING_BODY>
  <ADDRESS_CONTRACTING_BODY>
    <OFFICIALNAME>Town of Example</OFFICIALNAME><NATIONALID>EX-1</NATIONALID><ADDRESS>1 Secret Street</ADDRESS>
    <TOWN>Example</TOWN><POSTAL_CODE>12345</POSTAL_CODE><COUNTRY VALUE="EL"/><CONTACT_POINT>Ms Secret</CONTACT_POINT>
    <PHONE>+30 1234567</PHONE><E_MAIL>secret@example.org</E_MAIL><FAX>+30 7654321</FAX><n:NUTS CODE="EL303"/>
    <URL_GENERAL>https://example.org</URL_GENERAL>
  </ADDRESS_CONTRACTING_BODY>
  <CA_TYPE VALUE="REGIONAL_AUTHORITY"/><CA_ACTIVITY VALUE="HEALTH"/>
</CONTRACTING_BODY>"""


def document(
    *forms: str, namespace: str = R209, number: str = "000123-2020", published: str = "20200115", **codes: str
) -> Any:
    """The root element of a notice: TED's own data and one form for each language."""
    coded = {"NC_CONTRACT_NATURE": "4", "PR_PROC": "9", "AC_AWARD_CRIT": "9", "AA_AUTHORITY_TYPE": "8"} | codes
    listed = "".join(f'<{name} CODE="{code}"/>' for name, code in coded.items())
    day, year = number.split("-")
    return parse(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<TED_EXPORT xmlns="{namespace}" xmlns:n="{NUTS}" DOC_ID="{number}" EDITION="{year}010">
  <TECHNICAL_SECTION><RECEPTION_ID>20-1-001</RECEPTION_ID></TECHNICAL_SECTION>
  <CODED_DATA_SECTION>
    <REF_OJS><COLL_OJ>S</COLL_OJ><NO_OJ>10</NO_OJ><DATE_PUB>{published}</DATE_PUB></REF_OJS>
    <NOTICE_DATA><NO_DOC_OJS>{year}/S 010-{day}</NO_DOC_OJS><ISO_COUNTRY VALUE="GR"/>
      <ORIGINAL_CPV CODE="90910000">Cleaning services</ORIGINAL_CPV></NOTICE_DATA>
    <CODIF_DATA><DS_DATE_DISPATCH>20200110</DS_DATE_DISPATCH>{listed}</CODIF_DATA>
  </CODED_DATA_SECTION>
  <FORM_SECTION>{"".join(forms)}</FORM_SECTION>
</TED_EXPORT>""".encode(),
        Limits(),
    )


def form(name: str, *sections: str, language: str = "EN", category: str = "ORIGINAL", number: str = "") -> str:
    """One form in one language, with the buyer as its first section."""
    attribute = number or name[:3]
    body = BUYER + "".join(sections)
    return f'<{name} CATEGORY="{category}" FORM="{attribute}" LG="{language}">{body}</{name}>'


def described(
    *lots: str, more: str = "", title: str = "Cleaning of schools", kind: str = "SERVICES", item: str = ""
) -> str:
    """Section II of R2.0.9: an object with its lots."""
    inside = "".join(lots) or lot()
    own = f' ITEM="{item}"' if item else ""
    return f"""<OBJECT_CONTRACT{own}><TITLE><P>{title}</P></TITLE><CPV_MAIN><CPV_CODE CODE="90910000"/></CPV_MAIN>
      <TYPE_CONTRACT CTYPE="{kind}"/><SHORT_DESCR><P>Daily cleaning.</P></SHORT_DESCR>{more}{inside}</OBJECT_CONTRACT>"""


def lot(inside: str = "", number: str = "", title: str = "", item: str = "1", nuts: str = "EL303") -> str:
    """One ``OBJECT_DESCR``."""
    named = f"<LOT_NO>{number}</LOT_NO>" if number else ""
    titled = f"<TITLE><P>{title}</P></TITLE>" if title else ""
    place = f'<n:NUTS CODE="{nuts}"/>' if nuts else ""
    return f'<OBJECT_DESCR ITEM="{item}">{titled}{named}{place}<SHORT_DESCR><P>Rooms.</P></SHORT_DESCR>{inside}</OBJECT_DESCR>'


def award(
    inside: str = "", lot_number: str = "", contract: str = "", winner: str = "", item: str = "1", title: str = ""
) -> str:
    """One ``AWARD_CONTRACT`` with a winner of Greece unless ``winner`` is given as addresses."""
    winners = winner or contractor("Clean Ltd")
    named = f"<CONTRACT_NO>{contract}</CONTRACT_NO>" if contract else ""
    placed = f"<LOT_NO>{lot_number}</LOT_NO>" if lot_number else ""
    titled = f"<TITLE><P>{title}</P></TITLE>" if title else ""
    return f"""<AWARD_CONTRACT ITEM="{item}">{named}{placed}{titled}<AWARDED_CONTRACT>
      <DATE_CONCLUSION_CONTRACT>2020-01-05</DATE_CONCLUSION_CONTRACT><CONTRACTORS>{winners}</CONTRACTORS>{inside}
      </AWARDED_CONTRACT></AWARD_CONTRACT>"""


def contractor(name: str, number: str = "", country: str = "EL") -> str:
    identifier = f"<NATIONALID>{number}</NATIONALID>" if number else ""
    return f"""<CONTRACTOR><ADDRESS_CONTRACTOR><OFFICIALNAME>{name}</OFFICIALNAME>{identifier}<ADDRESS>Secret Lane</ADDRESS>
      <COUNTRY VALUE="{country}"/><E_MAIL>secret@firm.example</E_MAIL></ADDRESS_CONTRACTOR><SME/></CONTRACTOR>"""


def values(total: str = "", estimated: str = "", low: str = "", high: str = "", currency: str = "EUR") -> str:
    money = f'<VAL_ESTIMATED_TOTAL CURRENCY="{currency}">{estimated}</VAL_ESTIMATED_TOTAL>' if estimated else ""
    money += f'<VAL_TOTAL CURRENCY="{currency}">{total}</VAL_TOTAL>' if total else ""
    if low:
        money += f'<VAL_RANGE_TOTAL CURRENCY="{currency}"><LOW>{low}</LOW><HIGH>{high}</HIGH></VAL_RANGE_TOTAL>'
    return f"<VALUES>{money}</VALUES>"


def procedure(inside: str) -> str:
    return f"<PROCEDURE>{inside}</PROCEDURE>"


def sent(day: str = "2020-01-10", more: str = "") -> str:
    return f"<COMPLEMENTARY_INFO>{more}<DATE_DISPATCH_NOTICE>{day}</DATE_DISPATCH_NOTICE></COMPLEMENTARY_INFO>"


def read(*forms: str, **given: str) -> Notice:
    """The notice of these forms; fails a test whose notice is not clean."""
    notice = read_ted(document(*forms, **given))
    assert notice.faults == ()
    return notice


def earlier(
    name: str, *sections: str, number: str, kind: str = "SERVICES", language: str = "EN", category: str = "ORIGINAL"
) -> str:
    """A form with the structure of R2.0.8, with the buyer as its first section."""
    buyer = """<CONTRACTING_AUTHORITY_INFORMATION><NAME_ADDRESSES_CONTACT_CONTRACT><CA_CE_CONCESSIONAIRE_PROFILE><ORGANISATION><OFFICIALNAME>Town of Example</OFFICIALNAME>
      <NATIONALID>EX-1</NATIONALID></ORGANISATION><ADDRESS>1 Secret Street</ADDRESS><COUNTRY VALUE="UK"/>
      <CONTACT_POINT>Ms Secret</CONTACT_POINT><ATTENTION>Mr Secret</ATTENTION><PHONE>+44 1234567</PHONE>
      <E_MAILS><E_MAIL>secret@example.org</E_MAIL></E_MAILS></CA_CE_CONCESSIONAIRE_PROFILE></NAME_ADDRESSES_CONTACT_CONTRACT>
      <TYPE_AND_ACTIVITIES><TYPE_OF_CONTRACTING_AUTHORITY VALUE="MINISTRY"/><TYPE_OF_ACTIVITY VALUE="DEFENCE"/></TYPE_AND_ACTIVITIES>
      </CONTRACTING_AUTHORITY_INFORMATION>"""
    body = f'<FD_{name} CTYPE="{kind}">{buyer}{"".join(sections)}</FD_{name}>'
    return f'<{name} CATEGORY="{category}" FORM="{number}" LG="{language}" VERSION="R2.0.8.S02.E01">{body}</{name}>'


def on(day: str) -> str:
    """A day as R2.0.8 writes it."""
    year, month, number = day.split("-")
    return f"<DAY>{number}</DAY><MONTH>{month}</MONTH><YEAR>{year}</YEAR>"
