"""One key for every country: ISO 3166-1 alpha-2, or XK for Kosovo, from codes and names as sources write them.

Names and codes come from Unicode CLDR (data/countries.tsv, written by bench/make_country_names.py) and from our own table of
other spellings (data/country_aliases.tsv). A text that fits no country, several countries or a state that no longer exists
gives ``None``: a guess would silently move a line to another place.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

_OSCE = (
    "AD AL AM AT AZ BA BE BG BY CA CH CY CZ DE DK EE ES FI FR GB GE GR HR HU IE IS IT KG KZ LI LT LU LV MC MD ME MK MN MT NL "
    "NO PL PT RO RS RU SE SI SK SM TJ TM TR UA US UZ VA"
)
OSCE_STATES: frozenset[str] = frozenset(_OSCE.split())
"""The 57 participating States of the OSCE. Kosovo (XK) is not among them; OSCE has a mission there."""

LONGEST_NAME = 120
NOT_LETTERS = re.compile(r"[\W_]+")
FORMERLY = re.compile(r"^\s*(formerly|former|ex|also|or)\b", re.IGNORECASE)
_SHARED_WORDS = "congo kongo конго korea corea coree coreia koreja koreya корея кореја корэя america"
AMBIGUOUS = frozenset({*_SHARED_WORDS.split(), "virgin islands", "saint martin", "channel islands"})
"""Names that several countries share, in the form of ``_plain``."""

_FORMS_OF_STATE = """
the of a republic rep kingdom state states islamic federative federal federated democratic people s peoples socialist
bolivarian plurinational united arab sovereign commonwealth principality grand duchy republique royaume republica reino
repubblica regno republik konigreich republika kraljevina de du di da del della delle la le des d e republikasy
respublikasi respublika република краљевина республика республики королевство республіка рэспубліка
"""
FORM_WORDS = frozenset(_FORMS_OF_STATE.split())


@lru_cache(maxsize=16384)
def resolve_country(text: str) -> str | None:
    """The alpha-2 key of a code or name in any case and with or without accents, ``None`` where it is not certain."""
    if not text or len(text) > LONGEST_NAME:
        return None
    return _known(text) or _from_parts(text, _plain(text))


def country_name(alpha2: str, language: str = "en") -> str:
    """Name for people; falls back to English where CLDR has none. Raises ``KeyError`` for a key that is no country."""
    names = _names()
    return names.get((alpha2, language)) or names.get((alpha2, language.split("-")[0])) or names[alpha2, "en"]


@cache
def country_codes() -> tuple[str, ...]:
    """All keys: the 249 of ISO 3166-1 and XK, sorted."""
    return tuple(sorted({alpha2 for alpha2, _language in _names()}))


def _plain(text: str) -> str:
    """Lower case without accents and punctuation: "Côte d’Ivoire" becomes "cote d ivoire", "St. Lucia" "saint lucia"."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    if not folded.isascii():
        folded = "".join(c for c in folded if not unicodedata.combining(c))
    words = NOT_LETTERS.sub(" ", folded).split()
    return " ".join("saint" if word == "st" else word for word in words)


def _known(text: str) -> str | None:
    return _by_code().get(text.strip(" )\t\r\n").upper()) or _by_name().get(_plain(text))


def _from_parts(text: str, name: str) -> str | None:
    """Read "Serbia (Republic of)", "Norway, Kingdom of", "Republic of Armenia", "Guinea, Equatorial"."""
    head, *tail = re.split(r"[(*/]|,(?=[^,]*$)", text, maxsplit=1)
    rest = {word for part in tail for word in _plain(part).split()}
    if tail and (rest <= FORM_WORDS or _known(FORMERLY.sub("", tail[0])) == _known(head)):
        return _known(head)
    if tail and text[len(head)] == "," and (turned := _by_name().get(_plain(f"{tail[0]} {head}"))):
        return turned  # "Macedonia, former Yugoslav Republic of": lists of ISO, the UN and the World Bank put the key word first
    words = name.split()
    while words and words[0] in FORM_WORDS:
        words.pop(0)
        if found := _by_name().get(" ".join(words)):
            return found
    return None


def _table(name: str) -> Iterator[list[str]]:
    text = (files("duecare.evidence") / "data" / name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines())


@cache
def _rows() -> tuple[tuple[str, str, str], ...]:
    return tuple((alpha2, kind, name) for alpha2, kind, name in _table("countries.tsv"))


@cache
def _names() -> dict[tuple[str, str], str]:
    return {(alpha2, kind): name for alpha2, kind, name in _rows() if kind not in ("alpha3", "numeric")}


@cache
def _by_code() -> dict[str, str]:
    codes = {name: alpha2 for alpha2, kind, name in _rows() if kind in ("alpha3", "numeric")}
    codes |= {alpha2: alpha2 for alpha2, _kind, _name in _rows()}
    for alpha2, *aliases in _table("country_aliases.tsv"):
        codes |= {alias.upper(): alpha2 for alias in aliases}
    return codes


@cache
def _by_name() -> dict[str, str]:
    claims: defaultdict[str, set[str]] = defaultdict(set)
    for alpha2, name in {(alpha2, name) for (alpha2, _language), name in _names().items()}:
        claims[_plain(name)].add(alpha2)
        if "(" in name:
            claims[_plain(name.split("(")[0])].add(alpha2)
    for alpha2, *aliases in _table("country_aliases.tsv"):
        for alias in aliases:
            claims[_plain(alias)].add(alpha2)
    return {name: next(iter(keys)) for name, keys in claims.items() if len(keys) == 1 and name not in AMBIGUOUS}
