"""Write duecare/evidence/data/countries.tsv: codes and names of every country, from the CLDR data inside Babel.

Run `python bench/make_country_names.py` after an update of Babel. Source: Unicode CLDR (Unicode License v3). One line
per country and language: alpha-2, language, name; the pseudo languages `alpha3` and `numeric` hold the codes.
"""

from __future__ import annotations

from pathlib import Path

from babel import Locale
from babel.core import get_global

TARGET = Path(__file__).resolve().parents[1] / "duecare" / "evidence" / "data" / "countries.tsv"
# The six languages of the interface, the state languages of the OSCE area, and two large languages of origin countries.
LANGUAGES = """
en fr de it ru es sr sr_Latn uk sq ro pl pt nl bg cs sk sl hr bs mk hu el tr fi sv nb nn da is et lv lt ga ca eu gl
lb be kk ky uz uz_Cyrl tg tk az hy ka mn mt rm ar zh
"""
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
# Codes of states that no longer exist (East Germany, South Yemen, metropolitan France as a territory ...).
OBSOLETE = {"DDR", "278", "280", "YMD", "720", "886", "FXX", "249", "XKK", "230", "736"}


def main() -> None:
    """Write the table in a fixed order, so that a new edition shows as a small difference."""
    english = Locale("en").territories
    codes = sorted(c for c in english if len(c) == 2 and c.isalpha() and c not in NOT_COUNTRIES)
    lines = [f"{code}\t{kind}\t{text}" for code in codes for kind, text in _codes(code)]
    for language in LANGUAGES.split():
        names = Locale.parse(language).territories
        lines += [f"{code}\t{language.replace('_', '-')}\t{names[code]}" for code in codes if names.get(code)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(codes)} countries, {len(lines)} lines, {TARGET.stat().st_size} bytes")


def _codes(code: str) -> list[tuple[str, str]]:
    current = {"alpha3": [], "numeric": []}
    for alias, targets in get_global("territory_aliases").items():
        if list(targets) == [code] and len(alias) == 3 and alias not in OBSOLETE:
            current["numeric" if alias.isdigit() else "alpha3"].append(alias)
    return [(kind, alias) for kind, aliases in current.items() for alias in sorted(aliases)]


if __name__ == "__main__":
    main()
