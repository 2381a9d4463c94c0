"""Countries of a notice: from NUTS codes, from the three letters of eForms and from the two of TED, as one kind of code."""

from __future__ import annotations

import re
from functools import lru_cache

from duecare.evidence.countries import country_codes, resolve_country

_NUTS = re.compile(r"([A-Z]{2})([0-9A-Z]{0,3})")
_OF_EUROSTAT = {"EL": "GR", "UK": "GB"}
"""Eurostat's own two letters where they differ from ISO 3166-1 (Regulation (EC) 1059/2003)."""
_NO_COUNTRY = {"1A": "XK", "1A0": "XK", "UNK": "XK"}
"""Codes of Kosovo that are no ISO code: TED's ``1A``, the Publications Office's ``1A0``, the passport code of UNMIK."""


@lru_cache(maxsize=16384)
def country_of_nuts(code: str) -> str:
    """ISO 3166-1 alpha-2 of a NUTS code of any level and edition (``EL303`` gives ``GR``); "" for what is none.

    Also for codes that TED uses in its place: ``UK``, ``XK`` (Kosovo), countries outside of the EU (``RS``, ``RS110``).
    ``00`` (nowhere in particular) and words give "". NUTS 2021 and older editions share the country letters.
    """
    found = _NUTS.fullmatch(code.strip().upper())
    if found is None:
        return _NO_COUNTRY.get(code.strip().upper(), "")
    letters = _OF_EUROSTAT.get(found[1], found[1])
    return letters if letters in _codes() else ""


@lru_cache(maxsize=4096)
def country_code(code: str) -> str:
    """ISO 3166-1 alpha-2 (XK for Kosovo) of a code of two or three letters as eForms and TED write it; "" for none.

    Only codes, never names: ``SRB``, ``RS``, ``EL``, ``UK``, ``1A0``.
    """
    text = code.strip().upper()
    if text in _NO_COUNTRY:
        return _NO_COUNTRY[text]
    if not 2 <= len(text) <= 3 or not text.isascii() or not text.isalnum() or text.isdigit():
        return ""
    return resolve_country(text) or ""


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(country_codes())
