"""The readers on the official files: what they give is what is shipped, and what may not be shipped loads."""

import csv
import gzip
import importlib
from datetime import date
from pathlib import Path

import pytest

import duecare.evidence
from duecare.evidence.loaders.adding import add_evidence
from duecare.evidence.loaders.sector_tables import read_sector_totals, read_shilling, read_wiod
from duecare.evidence.packs import load_packs

pytestmark = pytest.mark.real_data
DAY = date(2026, 11, 23)
PACKS = Path(duecare.evidence.__file__).parent / "packs"
FILES = {
    "dol_goods": "dol_goods_edition_2022.xml",
    "dol_findings": "dol_countries_reporting_2022.xml",
    "tip": "tip_tier2wl_tier3_2014_2025.csv",
    "ilo_ratifications": "ilo_core_conventions_2026.csv",
    "usgs_mines": "usgs_mcs2025_world_subset.csv",
    "import_partners": "factbook_import_partners.csv",
    "exchange_rates": "factbook_exchange_rates_usd.csv",
}


def shipped(name):
    with next((PACKS / name).glob("*.csv")).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)]


@pytest.fixture
def governance(shared, tmp_path):
    path = tmp_path / "wgi.csv"
    path.write_bytes(gzip.decompress((shared / "data/evidence/wgi_1996_2019.csv.gz").read_bytes()))
    return path


@pytest.mark.parametrize(("name", "file"), FILES.items())
def test_the_shipped_facts_are_what_the_reader_reads(shared, name, file):
    reader = importlib.import_module(f"duecare.evidence.packs.{name}.read")
    assert [reader.COLUMNS, *reader.read(shared / "data/evidence" / file)] == shipped(name)


def test_the_shipped_rule_of_law_is_what_the_reader_reads(governance):
    reader = importlib.import_module("duecare.evidence.packs.wgi_rule_of_law.read")
    assert [reader.COLUMNS, *reader.read(governance)] == shipped("wgi_rule_of_law")


def test_xml_and_csv_of_the_list_of_goods_agree(shared):
    reader = importlib.import_module("duecare.evidence.packs.dol_goods.read")
    xml, table = (
        reader.read(shared / "data/evidence" / name)
        for name in ("dol_goods_edition_2022.xml", "tvpra_2022_goods_country.csv")
    )
    assert {row[:-1] for row in xml} == {row[:-1] for row in table}


@pytest.mark.parametrize(
    ("file", "kind", "rows"),
    [("dol_goods_edition_2016.xml", "dol_goods", 379), ("dol_goods_edition_2020.xml", "dol_goods", 438), ("tvpra_2022_goods_country.csv", "dol_goods", 467),
     ("dol_countries_reporting_2022.xml", "dol_findings", 131), ("tip_tier2wl_tier3_2014_2025.csv", "tip", 1296),
     ("ilo_core_conventions_2026.csv", "ilo_ratifications", 187), ("ituc_rights_index_2026.csv", "ituc_rights_index", 151),
     ("gsi_2023.xlsx", "gsi", 656)],
)  # fmt: skip
def test_official_files_are_recognised_and_added(shared, tmp_path, file, kind, rows):
    state = add_evidence(shared / "data/evidence" / file, tmp_path, as_of=DAY)
    assert (state.id, state.rows) == (kind, rows)


def test_governance_indicators_are_recognised_and_added(governance, tmp_path):
    state = add_evidence(governance, tmp_path / "evidence", as_of=DAY)
    assert (state.id, state.edition, state.rows, state.grade) == ("wgi_rule_of_law", "2019", 209, "E1")


def test_the_rights_index_and_the_slavery_index_reach_their_tables(shared, tmp_path):
    for name in ("ituc_rights_index_2026.csv", "gsi_2023.xlsx"):
        add_evidence(shared / "data/evidence" / name, tmp_path, as_of=DAY)
    evidence = load_packs(DAY, tmp_path)
    ratings = {row[0]: row[2] for row in evidence.table("country_factors") if row[1] == "G3"}
    assert len(ratings) == 151
    assert (ratings["RS"], ratings["BY"], ratings["DE"]) == (3, 4, 1)
    measures = {row[1] for row in evidence.table("context")}
    assert "vulnerability" in measures
    assert not [row for row in evidence.table("country_factors") if "gsi" in row[6]]


def test_an_older_official_edition_does_not_replace_a_newer_one(shared, tmp_path):
    add_evidence(shared / "data/evidence/dol_goods_edition_2016.xml", tmp_path, as_of=DAY)
    assert load_packs(DAY, tmp_path).state("dol_goods").edition == "2022"
    assert len(load_packs(date(2017, 1, 1), tmp_path).table("listed_goods")) == 379


def test_every_country_of_every_official_file_resolves(shared):
    from duecare.evidence.countries import resolve_country

    unknown = {
        "none",
        "Congo",
        "Saint Martin",
        "The",
        "The Dominican",
        "Virgin Islands",
        "Tobago",
        "Barbuda",
        "French Southern and Antarctic Lands",
    }
    unknown |= {
        "C&ocirc;te d'Ivoire",
        "Svalbard (sometimes referred to as Spitsbergen, the largest island in the archipelago)",
    }
    columns = {"country", "iso3", "partner", "country_iso", "Country", "Country_Code"}
    for file in sorted((shared / "data/evidence").glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            texts = {row[name] for row in csv.DictReader(opened) for name in columns & row.keys()}
        assert {text for text in texts if resolve_country(text) is None} <= unknown, file.name


def test_tables_by_industry_load(shared):
    wiod = read_wiod(shared / "data/evidence/wiod_wiot_2011.RData")
    assert (wiod.year, len(wiod.regions), len(wiod.industries)) == (2011, 41, 35)
    assert {"CN", "DE", "US", "RoW"} <= set(wiod.regions)
    sold = wiod.intermediate.sum() + wiod.final.sum()
    assert abs(sold / wiod.output.sum() - 1) < 0.001
    estimates = read_shilling(shared / "data/evidence/shilling_forced_labour_2018.xlsx")
    assert len({row[1] for row in estimates}) == 57
    assert 110 <= len({row[0] for row in estimates}) <= 121
    assert read_sector_totals(shared / "data/evidence/gems_2021.xlsx")["Construction"] == 2.8
