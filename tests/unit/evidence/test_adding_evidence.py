"""`evidence add`: what is recognised, what is refused, and that a refused file leaves nothing behind."""

import zipfile
from datetime import date

import pytest
import xlsxwriter

from duecare.errors import FileRefused, WrongUsage
from duecare.evidence.countries import country_codes
from duecare.evidence.loaders.adding import add_evidence
from duecare.evidence.loaders.known import recognise
from duecare.evidence.loaders.untrusted import MOST_BYTES, MOST_UNPACKED_BYTES
from duecare.evidence.packs import COLUMNS, load_packs

DAY = date(2026, 11, 23)
OBSERVATIONS = (
    "factor,country,category,supplier_id,stage,value,grade,observed_on,valid_until,source_title,source_url,note\n"
)
VISIT = "W1,Serbia,CAT03,,SITE,3,E2,2026-03-01,2027-03-01,Site visit,,seen on site\n"


def goods_xml(pairs, extra=""):
    one = (
        "<Good><Good_Name>{}</Good_Name><Good_Sector>Agriculture</Good_Sector><Countries><Country><Country_Name>{}</Country_Name>"
        "<Country_Region>x</Country_Region><Child_Labor>Yes</Child_Labor><Forced_Labor>{}</Forced_Labor>"
        "<Forced_Child_Labor>No</Forced_Child_Labor>" + extra + "</Country></Countries></Good>"
    )
    return "<Goods>" + "".join(one.format(*pair) for pair in pairs) + "</Goods>"


PAIRS = [(f"Good {number}", country, "Yes") for number, country in enumerate(country_codes()[:120])]


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_newer_list_of_goods_is_used_at_once_and_again_adds_nothing(tmp_path):
    file, target = write(tmp_path, "goods_2026.xml", goods_xml(PAIRS)), tmp_path / "evidence"
    state = add_evidence(file, target, as_of=DAY)
    assert (state.id, state.edition, state.status, state.rows, state.place) == (
        "dol_goods",
        "2026",
        "in force",
        120,
        "added",
    )
    assert len(load_packs(DAY, target).table("listed_goods")) == 120
    assert add_evidence(file, target, as_of=DAY) == state
    assert [one.name for one in target.iterdir()] == ["dol_goods-2026"]


def test_the_same_edition_with_other_content_is_refused(tmp_path):
    target = tmp_path / "evidence"
    add_evidence(write(tmp_path, "goods_2026.xml", goods_xml(PAIRS)), target, as_of=DAY)
    with pytest.raises(WrongUsage, match="other content"):
        add_evidence(write(tmp_path, "goods_2026.xml", goods_xml(PAIRS[:110])), target, as_of=DAY)


def test_a_file_without_a_year_needs_the_edition(tmp_path):
    file = write(tmp_path, "goods.xml", goods_xml(PAIRS))
    with pytest.raises(WrongUsage, match="--edition"):
        add_evidence(file, tmp_path / "evidence", as_of=DAY)
    assert add_evidence(file, tmp_path / "evidence", as_of=DAY, edition="2024").edition == "2024"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><Goods>&a;</Goods>', "XML_FORBIDDEN"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><Goods/>', "XML_FORBIDDEN"),
        ("<Goods><Good>", "MALFORMED_XML"),
        ("", "EMPTY_FILE"),
        (goods_xml(PAIRS[:50]), "NO_ROWS"),
        (goods_xml([*PAIRS, ("Tea", "Atlantis", "Yes")]), "BAD_COUNTRY"),
        (goods_xml([*PAIRS, ("Tea", "India", "Maybe")]), "BAD_TYPE"),
        (goods_xml(PAIRS, "<New_Flag>Yes</New_Flag>"), "BAD_TYPE"),
        (goods_xml(PAIRS, "<Derived_Country>China</Derived_Country>"), "MISSING_FIELD"),
    ],
)
def test_a_bad_list_of_goods_is_refused_and_leaves_nothing(tmp_path, text, code):
    target = tmp_path / "evidence"
    with pytest.raises(FileRefused) as caught:
        add_evidence(write(tmp_path, "goods_2026.xml", text), target, as_of=DAY)
    assert caught.value.code == code
    assert not target.exists()


def test_the_newer_table_form_of_the_list_is_read(tmp_path):
    table = "Country/Area,Good,Exploitation Type\n" + "".join(
        f"{country},{good},Child Labor & Forced Labor\n" for good, country, _flag in PAIRS
    )
    add_evidence(write(tmp_path, "list_2026.csv", table), tmp_path / "evidence", as_of=DAY)
    found = load_packs(DAY, tmp_path / "evidence").table("listed_goods")
    assert len(found) == 120
    assert all(row[COLUMNS["listed_goods"].index("value")] == 4 for row in found)


def test_a_full_tier_table_gives_tiers_and_no_absence(tmp_path):
    table = "country,year,tier\n" + "".join(
        f"{country},2026,Tier {1 + number % 3}\n" for number, country in enumerate(country_codes()[:60])
    )
    table += "Somalia,2026,Special Case\n"
    add_evidence(write(tmp_path, "tiers.csv", table), tmp_path / "evidence", as_of=DAY)
    tiers = {
        row[0]: row[2] for row in load_packs(DAY, tmp_path / "evidence").table("country_factors") if row[1] == "G1"
    }
    assert len(tiers) == 60
    assert set(tiers.values()) == {1, 2, 4}
    assert "SO" not in tiers
    before = load_packs(date(2024, 12, 1), tmp_path / "evidence")
    assert len([row for row in before.table("country_factors") if row[1] == "G1"]) > 150
    assert before.state("tip").edition == "2024"


def test_own_measures_stand_beside_the_shipped_ones(tmp_path):
    header = "factor,good,country,region,authorities,status,observed_on,publisher,title,url,locator"
    table = f"{header}\nX3,Toys,CN,,,open,2026-10-01,European Commission,Investigation,https://example.org,case 1\n"
    add_evidence(write(tmp_path, "measures.csv", table), tmp_path / "evidence", as_of=DAY)
    found = load_packs(DAY, tmp_path / "evidence").table("state_imposed")
    assert len(found) == len(load_packs(DAY).table("state_imposed")) + 1
    assert ("Toys", "CN", "X3", 3.0) in {row[:4] for row in found}


@pytest.mark.parametrize(("tier", "code"), [("4", "BAD_TYPE"), ("", "BAD_TYPE"), ("0", "BAD_TYPE")])
def test_an_unknown_tier_is_refused(tmp_path, tier, code):
    with pytest.raises(FileRefused) as caught:
        add_evidence(
            write(tmp_path, "tiers.csv", f"country,year,tier\nSerbia,2026,{tier}\n"), tmp_path / "evidence", as_of=DAY
        )
    assert caught.value.code == code


def test_ratings_of_the_rights_index_become_g3(tmp_path):
    table = "Country,Country_Code,Rating\n" + "".join(
        f",{country},{'5+' if country == 'BY' else 2}\n" for country in country_codes()[:150]
    )
    add_evidence(write(tmp_path, "index_2026.csv", table), tmp_path / "evidence", as_of=DAY)
    ratings = {
        row[0]: row[2] for row in load_packs(DAY, tmp_path / "evidence").table("country_factors") if row[1] == "G3"
    }
    assert (ratings["BY"], ratings["AT"]) == (4, 1)


def test_newer_governance_indicators_replace_the_fallback(tmp_path):
    table = "code,countryname,year,indicator,estimate,pctrank,nsource\n" + "".join(
        f"{country},x,{year},rl,0.1,{rank},5\n{country},x,{year},va,0.1,1,5\n"
        for country in country_codes()[:120]
        for year, rank in ((2023, 10), (2024, 95))
    )
    add_evidence(write(tmp_path, "wgi.csv", table), tmp_path / "evidence", as_of=DAY)
    found = {row[0]: row for row in load_packs(DAY, tmp_path / "evidence").table("country_factors") if row[1] == "G4"}
    assert len(found) == 120
    assert found["AL"][2:6] == (0.0, 0.0, 0.25, "E3")


def test_own_observations_reach_their_table(tmp_path):
    state = add_evidence(write(tmp_path, "own.csv", OBSERVATIONS + VISIT), tmp_path / "evidence", as_of=DAY)
    assert (state.kind, state.rows) == ("observations", 1)
    assert load_packs(DAY, tmp_path / "evidence").table("observations")[0][:9] == (
        "W1",
        "RS",
        "CAT03",
        None,
        "SITE",
        3.0,
        2.5,
        3.5,
        "E2",
    )
    add_evidence(write(tmp_path, "own.csv", OBSERVATIONS + VISIT.replace("W1", "W8")), tmp_path / "evidence", as_of=DAY)
    add_evidence(
        write(tmp_path, "own.csv", OBSERVATIONS + VISIT.replace(",3,", ",1,")), tmp_path / "evidence", as_of=DAY
    )
    evidence = load_packs(DAY, tmp_path / "evidence")
    assert {row[0] for row in evidence.table("observations")} == {"W1", "W8"}
    assert len(evidence.facts("W1")) == 2
    assert next(row for row in evidence.table("observations") if row[0] == "W1")[7] == 4  # contested


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("W1", "Z9"), "factor"), ((",3,E2", ",9,E2"), "value"), ((",3,E2", ",nan,E2"), "value"), ((",3,E2", ",0,E2"), "value"), (("E2", "E0"), "grade"),
        (("SITE", "MOON"), "stage"), (("Serbia", "Atlantis"), "country"), (("2027-03-01", "2025-03-01"), "valid_until"), (("2026-03-01", "March"), "observed_on"),
        (("Site visit", ""), "source_title"),
    ],
)  # fmt: skip
def test_a_bad_observation_names_its_field(tmp_path, change, field):
    with pytest.raises(FileRefused) as caught:
        add_evidence(
            write(tmp_path, "own.csv", OBSERVATIONS + VISIT.replace(*change)), tmp_path / "evidence", as_of=DAY
        )
    assert caught.value.field == field


def test_unknown_columns_of_observations_stop_the_file(tmp_path):
    with pytest.raises(FileRefused, match="worker_name"):
        add_evidence(
            write(tmp_path, "own.csv", OBSERVATIONS.replace("note", "worker_name") + VISIT),
            tmp_path / "evidence",
            as_of=DAY,
        )


def test_what_is_not_recognised_asks_for_the_kind(tmp_path):
    file = write(tmp_path, "list.csv", "a,b\n1,2\n")
    assert recognise(file) is None
    with pytest.raises(WrongUsage, match="--kind"):
        add_evidence(file, tmp_path / "evidence", as_of=DAY)
    with pytest.raises(WrongUsage, match="no kind"):
        add_evidence(file, tmp_path / "evidence", "gossip", as_of=DAY)
    with pytest.raises(WrongUsage, match="no file"):
        add_evidence(tmp_path / "nothing.csv", tmp_path / "evidence", as_of=DAY)


@pytest.mark.parametrize("name", ["list.xlsx", "list.ods", "list.xls"])
def test_a_false_workbook_is_refused(tmp_path, name):
    with pytest.raises(FileRefused) as caught:
        add_evidence(write(tmp_path, name, "this is no workbook"), tmp_path / "evidence", as_of=DAY)
    assert caught.value.code == "UNKNOWN_FORMAT"


@pytest.mark.parametrize("name", ["list.csv.gz", "list.RData", "list.exe"])
def test_another_kind_of_file_is_refused(tmp_path, name):
    with pytest.raises(FileRefused, match="Unpack it"):
        add_evidence(write(tmp_path, name, "x"), tmp_path / "evidence", as_of=DAY)


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(FileRefused) as caught:
        add_evidence(path, tmp_path / "evidence", as_of=DAY)
    assert caught.value.code == "TOO_LARGE"


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (MOST_UNPACKED_BYTES + 1))
    with pytest.raises(FileRefused) as caught:
        add_evidence(path, tmp_path / "evidence", as_of=DAY)
    assert caught.value.code == "ARCHIVE_BOMB"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7"])
def test_a_document_type_hides_in_no_encoding(tmp_path, encoding):
    path = tmp_path / "goods_2026.xml"
    path.write_bytes(
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "b">]><Goods>&a;</Goods>'.encode(encoding)
    )
    with pytest.raises(FileRefused):
        add_evidence(path, tmp_path / "evidence", as_of=DAY)


def workbook(tmp_path, name, sheets):
    path = tmp_path / name
    with xlsxwriter.Workbook(path) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def test_a_slavery_index_workbook_gives_numbers_to_show_and_no_level(tmp_path):
    header = [
        "Country",
        "Population",
        "Estimated prevalence of modern slavery per 1,000",
        "Total Vulnerability score (%)",
        "Government response total (%)",
    ]
    body = [[country, 1000, 1.5, 40.25, ""] for country in country_codes()[:110]]
    path = workbook(tmp_path, "index.xlsx", {"CONTENTS": [["x"]], "GSI 2028 summary data": [["Source"], header, *body]})
    state = add_evidence(path, tmp_path / "evidence", as_of=DAY, edition="2026")
    evidence = load_packs(DAY, tmp_path / "evidence")
    assert (state.kind, len(evidence.table("context"))) == ("context", 220)
    assert evidence.context()[0] | {"fact_id": ""} == {
        "country": "AD", "measure": "estimated prevalence of modern slavery", "value": 1.5, "unit": "per 1,000 people", "fact_id": "",
    }  # fmt: skip
    assert evidence.table("country_factors") == load_packs(DAY).table("country_factors")


def test_a_workbook_of_governance_indicators_is_read_from_its_sheet(tmp_path):
    rows = [["code", "countryname", "year", "indicator", "pctrank", "nsource"]]
    rows += [[country, "x", 2024, "rl", 42.5, 7] for country in country_codes()[:120]]
    path = workbook(tmp_path, "indicators.xlsx", {"About": [["x"]], "RuleofLaw": rows})
    assert add_evidence(path, tmp_path / "evidence", as_of=DAY).edition == "2024"
    found = [row for row in load_packs(DAY, tmp_path / "evidence").table("country_factors") if row[1] == "G4"]
    assert {row[2] for row in found} == {3.0}
