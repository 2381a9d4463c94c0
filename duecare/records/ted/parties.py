"""Buyers and winners by name, national number and country; never who answers the telephone there.

TED has no field for natural persons. A party is marked as one where its own name says the legal form of a sole trader in
words that mean nothing else; names that merely look like those of people are not judged.
"""

from __future__ import annotations

import re

from duecare.records.notices.notice import Party
from duecare.records.notices.places import country_code, country_of_nuts
from duecare.records.ted.tree import Element, attribute, each, first, told

# Legal forms of people who trade on their own, as they stand in names. Not here: the German "e. V." and "Inh.", the
# Hungarian "e. v.", the English "t/a" and academic titles, which companies and associations have as well.
_WORDS = re.compile(
    r"""
    \bsole[ ](trader|proprietor)\b
    | \bentre(preneur|prise)[ ]individuelle?\b | \b(auto|micro)[ -]?entrepreneur(e|se)?\b
    | \beinzelunternehm(en|er|erin)\b | \beinzelfirma\b | \beingetragener?[ ]kauf(mann|frau)\b
    | \beenmanszaak\b | \benkeltmands(virksomhed|firma)\b | \benkeltpersonforetak\b | \benskild[ ]firma\b
    | \btoiminimi\b | (?<!\w)tmi(?!\w)
    | \b(ditta|impresa)[ ]individuale\b | \bpersona[ ]f[ií]sica\b | \btrabajadora?[ ]aut[óo]nom[oa]\b
    | \bempres[áa]ri[oa][ ]em[ ]nome[ ]individual\b
    | \bosob[ay][ ]fizyczn[aey]\b | \bprowadząc(a|y|ą)\b.{0,40}\bdziałalność[ ]gospodarczą\b
    | \bfyzick[áa][ ]osoba\b | \bživnostník\b | \begyéni[ ]vállalkozó\b
    | \bsamostojni[ ]podjetnik\b | \bobrt\b | \bpreduzetni(k|ca)\b | \bпредузетник\b
    | \bpersoan[ăa][ ]fizic[ăa]\b | \b[îi]ntreprinderea?[ ]individual[ăa]\b
    | \bедноличен[ ]търговец\b | \bиндивидуальный[ ]предприниматель\b | \bфізична[ ]особа\b
    | \bατομική[ ]επιχείρηση\b | \bindividuālais[ ]komersants\b | \bindividuali[ ]veikla\b | \bperson[ ]fizik\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SHORT_FORMS = re.compile(
    r"(?<!\w)(EIRL|FIE|PFA|P\.F\.A\.)(?!\w)|(?<!\w)e\. ?K(fm|fr)?\.(?!\w)|[ ,]s\. ?p\.$|(?<!\w)(ЕТ|ФОП|ИП) (?=[„“\"«]?[А-ЯІЇЄҐ])"
)
"""Abbreviations, whose capitals tell them from other words: France, Estonia, Romania, Germany, Slovenia, Bulgaria, Ukraine."""

_KOSOVO = "1A"
"""The Publications Office's code, alone or with further letters, while ISO has none."""
_NAMES = ("OFFICIALNAME", "NATIONALID")
_ORGANISATION = "ORGANISATION"


def is_sole_trader(name: str) -> bool:
    """Whether a name says that it is a person trading alone: "Kowalski, osoba fizyczna", "ЕТ „Иван Петров“"."""
    return _WORDS.search(name) is not None or _SHORT_FORMS.search(name) is not None


def country_at(code: str) -> str:
    """ISO 3166-1 alpha-2 of a country's or a place's code as TED writes it; "" for none."""
    return "XK" if code.startswith(_KOSOVO) else country_of_nuts(code) or country_code(code)


def party_of(address: Element | None) -> Party:
    """One organisation of an address in either edition; the street, the post code and the contact are not read."""
    if address is None:
        return Party()
    organisation = first(address, _ORGANISATION)
    holder = address if organisation is None else organisation
    name, number = (told(first(holder, field)) for field in _NAMES)
    if organisation is not None and not name and first(organisation, "OFFICIALNAME") is None:
        name = told(organisation)
    country = country_at(attribute(first(address, "COUNTRY"), "VALUE"))
    country = country or country_at(attribute(first(address, "NUTS"), "CODE"))
    return Party(name=name, identifier=number, country=country, is_person=is_sole_trader(name))


def parties_of(holder: Element | None, *path: str) -> tuple[Party, ...]:
    """The parties at the end of a path that say who they are, each once."""
    found = (party_of(address) for address in each(holder, *path))
    return tuple(dict.fromkeys(party for party in found if party.name or party.identifier))
