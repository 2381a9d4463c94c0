"""Countries: every code and spelling that a source uses leads to one key, and a doubtful one to none."""

import csv
import gzip
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.evidence.countries import OSCE_STATES, country_codes, country_name, resolve_country

KOSOVO = [
    "XK",
    "XKX",
    "KSV",
    "KOS",
    "xk",
    "Kosovo",
    "Kosovo*",
    "Kosova",
    "Косово",
    "1A0",
    "Kosovo (UNSCR 1244/99)",
    "Republic of Kosovo",
]
SPELLINGS = {
    "RS": [
        "RS",
        "srb",
        "688",
        "Serbia",
        "Serbie",
        "Serbien",
        "Сербия",
        "Србија",
        "Srbija",
        "SRBIJA",
        "Сербія",
        "Republika Srbija",
        "Serbia ",
    ],
    "MD": [
        "Moldova, Republic of",
        "Republic of Moldova",
        "Moldova (Republic of)",
        "Молдавия",
        "Moldavie",
        "Republica Moldova",
        "MDA",
    ],
    "TR": ["Türkiye", "Turkey", "Turkiye", "Türkiye / Turkey", "Türkei", "Турция", "Turska", "Turqia"],
    "VN": ["Viet Nam", "Vietnam", "VNM"],
    "MM": ["Burma", "Myanmar", "Myanmar (Burma)", "MMR"],
    "GQ": ["Guinea, Equatorial", "Equatorial Guinea"],
    "SS": ["Sudan, South"],
    "HK": ["Hong Kong SAR, China", "Hong Kong, China"],
    "MK": [
        "Macedonia, former Yugoslav Republic of",
        "Macedonia, the former Yugoslav Republic of",
        "Macedonia (the former Yugoslav Republic of)",
        "Macedonia, The Former Yugoslav Rep. of",
        "FYROM",
        "Macedonia",
        "North Macedonia",
        "FYR Macedonia",
        "Северна Македонија",
        "Maqedonia e Veriut",
    ],
    "CZ": ["Czechia", "Czech Republic", "Česká republika", "Tschechien"],
    "VA": ["Holy See", "Vatican City State", "Holy See (Vatican City State)"],
    "CI": ["Côte d'Ivoire", "Côte d’Ivoire", "Cote d'Ivoire", "Ivory Coast"],
    "KP": ["DPRK", "Korea, Dem. Rep.", "North Korea", "Democratic People's Republic of Korea", "КНДР"],
    "KR": ["Korea, Rep.", "South Korea", "Korea (Republic of)", "Republic of Korea", "S. Korea"],
    "CD": ["DRC", "ZAR", "Congo, Dem. Rep.", "Congo (Kinshasa)", "Congo, Democratic Republic of the", "COD"],
    "CG": ["Congo, Rep.", "Republic of Congo", "Congo (Brazzaville)"],
    "GR": ["EL", "GR", "GRC", "Hellas", "Ελλάδα", "Греция"],
    "GB": ["UK", "uk", "GBR", "United Kingdom", "England", "Великобритания"],
    "RO": ["ROM", "ROU", "România", "Rumänien"],
    "AD": ["ADO", "AND", "Andorra"],
    "TL": ["TMP", "Timor-Leste", "East Timor"],
    "PS": ["WBG", "PSE", "West Bank and Gaza"],
    "US": ["USA", "U.S.A.", "United States of America", "США", "САД", "Statele Unite", "Vereinigte Staaten", "840"],
    "RU": ["Russian Federation", "Россия", "РФ", "Russland", "Rusia"],
    "TW": ["Republic of China", "Taiwan, Province of China"],
    "BS": ["Bahamas, The", "Bahamas"],
    "SZ": ["Swaziland", "Eswatini (formerly Swaziland)"],
    "KG": ["Kyrgyz Republic", "Киргизия", "Кыргызстан"],
    "CH": ["Schweiz/Suisse", "Svizzera", "Швейцария"],
    "UA": ["Україна", "Украина", "Ucraina", "Ukraina"],
}


@pytest.mark.parametrize("text", KOSOVO)
def test_kosovo_has_one_key(text):
    assert resolve_country(text) == "XK"


@pytest.mark.parametrize(("key", "texts"), SPELLINGS.items())
def test_spellings_of_sources_resolve(key, texts):
    assert {text: resolve_country(text) for text in texts} == dict.fromkeys(texts, key)


@pytest.mark.parametrize(
    "text",
    [
        "USSR",
        "SUN",
        "SU",
        "Soviet Union",
        "YU",
        "YUG",
        "Yugoslavia",
        "SCG",
        "Serbia and Montenegro",
        "CS",
        "DDR",
        "Netherlands Antilles (former)",
    ],
)
def test_a_state_that_is_gone_has_no_key(text):
    assert resolve_country(text) is None


@pytest.mark.parametrize(
    "text",
    ["Congo", "Конго", "Korea", "Virgin Islands", "Georgia (US state)", "Georgia, USA", "China (Hong Kong)", "America", "EU", "XX", "", " ", "n/a",
     "unknown", "Republic of", "8", "Atlantis", "x" * 500],
)  # fmt: skip
def test_what_is_not_certain_has_no_key(text):
    assert resolve_country(text) is None


def test_all_57_osce_states_have_every_code_and_name_in_the_languages_of_the_interface():
    assert len(OSCE_STATES) == 57
    for key in OSCE_STATES | {"XK"}:
        assert resolve_country(key) == resolve_country(key.lower()) == key
        for language in ("en", "fr", "de", "it", "ru", "es", "sr", "sr-Latn", "sq", "ro", "uk", "pl"):
            assert resolve_country(country_name(key, language)) == key, (key, language)


def test_every_iso_code_resolves_to_itself_and_has_an_english_name_that_resolves():
    assert len(country_codes()) == 250
    for key in country_codes():
        assert resolve_country(key) == key
    doubtful = {key for key in country_codes() if resolve_country(country_name(key)) != key}
    assert doubtful == {"MF"}  # "St. Martin" is French or Dutch


def test_alpha3_and_numeric_codes_are_those_of_iso():
    pairs = {
        "DEU": "DE",
        "CHE": "CH",
        "MNG": "MN",
        "TKM": "TM",
        "004": "AF",
        "070": "BA",
        "807": "MK",
        "499": "ME",
        "498": "MD",
        "SSD": "SS",
    }
    assert {code: resolve_country(code) for code in pairs} == pairs


def test_a_name_in_another_language_and_the_fallback():
    assert country_name("DE", "ru") == "Германия"
    assert country_name("DE", "xx") == "Germany"
    with pytest.raises(KeyError):
        country_name("ZZ")


@given(st.text(max_size=200))
def test_any_text_gives_a_key_or_none(text):
    found = resolve_country(text)
    assert found is None or re.fullmatch("[A-Z]{2}", found)


INVERTED = {
    "MD": "Moldova, Republic of", "GB": "United Kingdom of Great Britain and Northern Ireland (the)", "NL": "Netherlands, Kingdom of the",
    "US": "United States of America (the)", "RU": "Russian Federation (the)", "LU": "Luxembourg, Grand Duchy of", "MC": "Monaco, Principality of",
    "AD": "Andorra, Principality of", "BY": "Belarus, Republic of", "SM": "San Marino, Republic of", "DE": "Germany, Federal Republic of",
    "RS": "Serbia, Republic of", "XK": "Kosovo, Republic of", "IE": "Ireland, Republic of", "SK": "Slovak Republic", "BA": "Bosnia & Herzegovina",
}  # fmt: skip


def test_the_long_and_turned_names_of_lists_resolve():
    assert {text: resolve_country(text) for text in INVERTED.values()} == {text: key for key, text in INVERTED.items()}


def written_in(evidence):
    """Every name of a country that the official files write, with the code beside it where there is one."""
    for name, column, code in (("ilo_core_conventions_2026.csv", "country", "country_iso"), ("ituc_rights_index_2026.csv", "Country", "Country_Code"),
                               ("tip_tier2wl_tier3_2014_2025.csv", "country", "iso3"), ("factbook_import_partners.csv", "country", "iso3"),
                               ("tvpra_2022_goods_country.csv", "country", None)):  # fmt: skip
        with (evidence / name).open(encoding="utf-8-sig") as file:
            yield from {(row[column], row[code] if code else "") for row in csv.DictReader(file)}
    with gzip.open(evidence / "wgi_1996_2019.csv.gz", "rt", encoding="latin-1") as file:
        yield from {(row["Country/Territory"], row["Code"]) for row in csv.DictReader(file)}
    for file in evidence.glob("dol_goods_edition_*.xml"):
        yield from {(name, "") for name in re.findall("<Country_Name>([^<]+)<", file.read_text("utf-8"))}


NAMES_WITHOUT_A_KEY = {
    "Congo",
    "Netherlands Antilles (former)",
    "Saint Martin",
    "The Dominican",
    "Virgin Islands",
    "none",
}
"""Two countries, a state that is gone, two territories twice, half a name, no country: the code beside them is needed."""


@pytest.mark.real_data
def test_every_name_in_the_official_files_resolves_to_the_code_beside_it(shared):
    names = set(written_in(shared / "data/evidence"))
    found = {(name, code): resolve_country(html.unescape(name)) for name, code in names}
    assert {name for (name, _), key in found.items() if key is None} == NAMES_WITHOUT_A_KEY
    assert [
        (name, code, key) for (name, code), key in found.items() if key and resolve_country(code) not in (key, None)
    ] == []
    assert set(found.values()) >= (OSCE_STATES - {"VA", "MC"}) | {"XK"}
