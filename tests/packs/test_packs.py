"""Every shipped pack: complete, promising something, sourced, and saying what it does not cover."""

import csv
import re
import time
from datetime import date
from pathlib import Path

import pytest

import duecare.evidence
from duecare.evidence.countries import OSCE_STATES, country_codes
from duecare.evidence.packs import COLUMNS, READ_ELSEWHERE, load_packs
from duecare.evidence.promises import read_pack

DAY = date(2026, 11, 23)
PACKS = Path(duecare.evidence.__file__).parent / "packs"
FOLDERS = sorted(
    one for one in PACKS.iterdir() if one.is_dir() and one.name not in READ_ELSEWHERE and not one.name.startswith("_")
)
WITH_ROWS = [one for one in FOLDERS if one.name != "ecb"]
FORBIDDEN = ("gsi", "ituc", "wiod", "shilling", "gems")


def by_country(evidence, factor):
    return {row[0]: row for row in evidence.table("country_factors") if row[1] == factor}


def test_the_packs_of_the_first_edition_are_there():
    assert [one.name for one in FOLDERS] == [
        "dol_findings", "dol_goods", "ecb", "exchange_rates", "ilo_ratifications", "import_partners", "state_imposed", "tip", "usgs_mines",
        "wgi_rule_of_law",
    ]  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda one: one.name)
def test_a_pack_has_licence_day_of_retrieval_validity_and_a_readme_with_its_limits(folder):
    pack = read_pack(folder).pack
    assert pack.licence
    assert pack.published <= pack.retrieved
    assert pack.validity_months >= 12
    assert len(pack.validity_reason) >= 40
    assert re.match(r"https://[a-z0-9.-]+\.(gov|org|int|com|eu|europa\.eu)(/|$)", pack.url)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "## What it does not cover" in readme
    assert len(readme.split("## What it does not cover")[1]) > 100


@pytest.mark.parametrize("folder", WITH_ROWS, ids=lambda one: one.name)
def test_a_pack_with_rows_has_a_reader_and_promises(folder):
    pack = read_pack(folder).pack
    assert (folder / "read.py").is_file()
    assert pack.assertions is not None
    assert len(pack.assertions.must_hold) + len(pack.assertions.must_not_hold) >= 3


@pytest.mark.parametrize("folder", WITH_ROWS, ids=lambda one: one.name)
def test_facts_are_short_cells_and_countries_are_keys(folder):
    loaded = read_pack(folder)
    keys = set(country_codes())
    for row in loaded.rows:
        assert all(len(cell) <= 130 for cell in row.values()), row
        assert {row[name] for name in ("country", "partner", "input_country") if row.get(name)} <= keys


def test_nothing_is_shipped_that_we_may_not_give_away():
    names = {one.name for one in FOLDERS}
    assert not [name for name in names for word in FORBIDDEN if word in name]
    assert not {row[1] for row in load_packs(DAY).table("country_factors")} & {"G3"}


def test_no_row_twice():
    for folder in WITH_ROWS:
        with next(folder.glob("*.csv")).open(encoding="utf-8", newline="") as file:
            found = [tuple(row[:-1]) for row in csv.reader(file)]
        assert len(found) == len(set(found)), folder.name


def test_tip_absence_is_never_zero_and_unranked_states_have_no_row():
    tiers = by_country(load_packs(DAY), "G1")
    assert all(row[2] >= 1 and row[3] >= 1 - 0.25 for row in tiers.values())
    assert tiers["RS"][2:5] == (1.5, 1.0, 2.0)
    assert tiers["BY"][2] == 4
    assert tiers["TM"][2] == 3
    assert not {"VA", "LI", "MC", "SM", "AD", "SO", "YE", "LY"} & tiers.keys()


def test_every_osce_state_and_kosovo_has_some_geography_or_is_a_known_gap():
    evidence = load_packs(DAY)
    covered = {row[0] for row in evidence.table("country_factors")}
    assert (OSCE_STATES | {"XK"}) - covered == {"VA", "MC"} - covered
    core = {name: len(set(by_country(evidence, name)) & (OSCE_STATES | {"XK"})) for name in ("G1", "G2", "G4", "G8")}
    assert core["G1"] == 53
    assert core["G2"] >= 53
    assert core["G4"] >= 55
    assert core["G8"] >= 12


def test_known_facts():
    evidence = load_packs(DAY)
    goods = {row[:2]: dict(zip(COLUMNS["listed_goods"], row, strict=True)) for row in evidence.table("listed_goods")}
    assert goods["Cotton", "TM"]["forced_labour"]
    assert goods["Cotton", "TM"]["value"] == 4
    assert goods["Coffee", "VN"]["value"] == 2
    assert ("Cotton", "UZ") not in goods
    solar = goods["Solar Modules", "CN"]
    assert (solar["downstream"], solar["input_good"], solar["value"]) == (True, "Polysilicon", 4)
    assert goods["Lithium-Ion Batteries", "CN"]["value"] == 2
    assert sum(row["downstream"] for row in goods.values()) == 10
    assert by_country(evidence, "G2")["US"][2] == 4
    assert by_country(evidence, "G2")["RS"][2] == 1
    assert by_country(evidence, "G8")["AM"][2:5] == (3.0, 2.0, 4.0)


def test_shares_are_shares():
    evidence = load_packs(DAY)
    shares: dict[str, float] = {}
    for good, _country, share, _fact in evidence.table("production_shares"):
        assert 0 <= share <= 1
        shares[good] = shares.get(good, 0) + share
    assert len(shares) == 13
    assert all(total <= 1.001 for total in shares.values())
    assert all(0 < row[2] <= 1 for row in evidence.table("import_partners"))


def test_loading_all_packs_is_fast():
    load_packs(DAY)
    start = time.perf_counter()
    evidence = load_packs(DAY)
    for name in COLUMNS:
        evidence.table(name)
    assert time.perf_counter() - start < 1.0  # 0.1 s alone; other work may run beside the tests


def test_the_documented_coverage_is_the_coverage():
    page = (Path(__file__).resolve().parents[2] / "docs/reference/evidence.md").read_text(encoding="utf-8")
    evidence = load_packs(DAY)
    for words, countries in (("all countries", set(country_codes())), ("OSCE participating", OSCE_STATES | {"XK"})):
        (line,) = [line for line in page.splitlines() if line.startswith(f"| {words}")]
        stated = [int(re.match(r"\s*(\d+)", cell)[1]) for cell in line.split("|")[2:-1]]
        assert stated == [len(set(by_country(evidence, name)) & countries) for name in ("G1", "G2", "G3", "G4", "G8")]
    rows = {
        match[1]: int(match[2].replace(",", ""))
        for match in re.finditer(r"^\| `(\w+)` \|.*\| ([\d,]+) \|", page, re.MULTILINE)
    }
    assert rows == {one.id: one.rows for one in evidence.packs if one.id != "ecb"}
