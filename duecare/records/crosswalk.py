"""Published codes to category profiles: CPV 2008 and 2003 in the ways offices write them, UNSPSC and HS (METHOD 3.0).

Codes are matched by longest prefix after stripping trailing zeros; check digits are neither computed nor required. Several
codes give the riskiest reading; a code as broad as a division gives a profile with low confidence, for title words to refine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import msgspec

from duecare.evidence.profiles import UNKNOWN, Profiles, load_profiles

CONFIDENCE = {2: 0.6, 3: 0.8, 4: 0.88, 5: 0.9}
"""by significant digits of a CPV code: a division says little (METHOD 9, TRP16: below 0.8 a person confirms)"""
CONFIDENCE_DEEP = 0.92
CONFIDENCE_OLD = 0.7
"""for a CPV 2003 code, mapped by the majority reading of its prefix"""
CONFIDENCE_OTHER = 0.8
"""for UNSPSC and HS; a chapter or segment alone counts as a division"""
_SPACED = re.compile(r"\b(\d{2})[ .](\d{3})[ .](\d{3})\b")
_DOTTED = re.compile(r"(?<=\d)\.(?=\d)")
_CODE = re.compile(r"(?<!\d)(\d{1,9})(?:\s?-\s?(\d))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the published codes say. ``others`` are profiles of further codes, least risky last.

    ``cpv`` is the prefix of CPV 2008 that the code means, empty where a code of another list lies in several divisions.
    """

    profile: str
    how: str
    confidence: float
    code: str
    broad: bool = False
    others: tuple[str, ...] = ()
    cpv: str = ""


NOTHING_DECLARED = Declared(UNKNOWN, "unknown", 0.0, "")


@lru_cache(maxsize=200_000)
def read_codes(cpv: str, unspsc: str, hs: str) -> Declared:
    """The riskiest reading of the published codes; CPV first, then UNSPSC, then HS; nothing usable is ``unknown``."""
    profiles = load_profiles()
    for readings in (
        _read_cpv(cpv, profiles),
        _read_other("unspsc", unspsc, profiles),
        _read_other("hs", hs, profiles),
    ):
        known = {found.profile: found for found in readings if found.profile != UNKNOWN}
        if known:
            return _riskiest(list(known.values()), profiles)
    return NOTHING_DECLARED


def normal_cpv(text: str) -> Iterator[str]:
    """CPV codes in the text as 8 digits: with or without check digit, spaced, dotted, shortened, or short of its first 0."""
    for digits, check in _CODE.findall(_DOTTED.sub("", _SPACED.sub(r"\1\2\3", text))):
        if len(digits) == 9 and not check:
            yield digits[:8]
        elif len(digits) == 7 and digits[0] in "39" and load_profiles().for_cpv("0" + digits).id != UNKNOWN:
            yield "0" + digits
        elif len(digits) <= 8:
            yield digits.rjust(2, "0").ljust(8, "0")


def significant_digits(code: str) -> int:
    """How many digits of an 8-digit CPV code say something; at least 2."""
    return max(2, len(code.rstrip("0")))


def _read_cpv(text: str, profiles: Profiles) -> list[Declared]:
    return [_one_cpv(code, profiles) for code in normal_cpv(text)] if text else []


def _one_cpv(code: str, profiles: Profiles) -> Declared:
    digits = significant_digits(code)
    old = load_old_codes()
    for length in range(digits, 1, -1):
        if newer := old.get(code[:length]):
            confidence = CONFIDENCE[2] if digits == 2 else CONFIDENCE_OLD
            return Declared(profiles.for_cpv(newer).id, "mapped", confidence, code, digits == 2, cpv=newer)
    found = profiles.for_cpv(code)
    confidence = CONFIDENCE.get(digits, CONFIDENCE_DEEP)
    return Declared(found.id, "declared", confidence, code, digits == 2, cpv=code[:digits])


def _read_other(scheme: str, text: str, profiles: Profiles) -> list[Declared]:
    found = []
    for code in re.findall(r"\d{2,10}", text.replace(".", "")) if text else ():
        profile, prefix = profiles.longest("unspsc" if scheme == "unspsc" else "hs", code)
        broad = len(prefix) <= 2
        confidence = CONFIDENCE[2] if broad else CONFIDENCE_OTHER
        found.append(Declared(profile.id, "mapped", confidence, code, broad, cpv=common_prefix(profile.cpv)))
    return found


def _riskiest(readings: list[Declared], profiles: Profiles) -> Declared:
    order = sorted(readings, key=lambda found: (-profiles.riskiness[found.profile], found.profile))
    first = order[0]
    others = tuple(found.profile for found in order[1:])
    return replace(first, broad=first.broad and not others, others=others)


def common_prefix(codes: Sequence[str]) -> str:
    """The digits that all codes begin with, at least two; empty where they lie in several divisions or there are none."""
    shared = ""
    for digits in zip(*codes, strict=False):
        if len(set(digits)) > 1:
            break
        shared += digits[0]
    return shared if len(shared) >= 2 else ""


@lru_cache(maxsize=1)
def load_old_codes() -> dict[str, str]:
    """Prefixes of CPV 2003 codes that the 2008 edition no longer has, with the 2008 prefix they went to."""
    return msgspec.yaml.decode((files("duecare.records") / "cpv_2003.yaml").read_bytes(), type=dict[str, str])
