"""Evidence as of a day: expiry, newer editions, own observations, and no row for what is unknown."""

from datetime import date

import msgspec
import pytest

from duecare.evidence.packs import COLUMNS, BrokenPromise, load_packs
from duecare.terms import Grade

DAY = date(2026, 11, 23)


def rows(evidence, name, **wanted):
    columns = COLUMNS[name]
    found = [dict(zip(columns, row, strict=True)) for row in evidence.table(name)]
    return [row for row in found if all(row[column] == value for column, value in wanted.items())]


def factor(evidence, country, name):
    found = rows(evidence, "country_factors", country=country, factor=name)
    assert len(found) <= 1
    return found[0] if found else None


def add_pack(folder, name, kind, facts, **changes):
    described = {
        "kind": kind, "source_id": name, "publisher": "A ministry", "title": "A list", "edition": "2026", "published": date(2026, 9, 1),
        "retrieved": DAY, "licence": "open", "url": "https://example.org", "grade": "E3", "validity_months": 24, "validity_reason": "test",
    } | changes  # fmt: skip
    place = folder / f"{name}-{described['edition']}"
    place.mkdir(parents=True)
    (place / "pack.yaml").write_bytes(msgspec.yaml.encode(described))
    (place / "facts.csv").write_text(facts, encoding="utf-8")


GOODS = "good,country,child_labour,forced_labour,forced_child_labour,input_good,input_country,locator\n"


def test_trp14_an_expired_list_gives_no_row_and_says_since_when():
    evidence = load_packs(date(2029, 1, 1))
    state = evidence.state("dol_goods")
    assert (state.status, state.grade, state.expired_since) == ("expired", Grade.E0, date(2028, 9, 28))
    assert "expired on 2028-09-28" in state.sentence
    assert evidence.table("listed_goods") == []
    assert evidence.facts("X1") == []
    assert not evidence.is_usable("dol_goods")


def test_the_old_rule_of_law_is_a_dated_fallback():
    assert factor(load_packs(DAY), "RS", "G4")["grade"] == "E1"
    assert load_packs(DAY).state("wgi_rule_of_law").status == "aged"
    assert factor(load_packs(date(2028, 12, 30)), "RS", "G4") is not None
    assert factor(load_packs(date(2028, 12, 31)), "RS", "G4") is None


def test_a_pack_younger_than_the_day_asked_for_is_not_used():
    evidence = load_packs(date(2021, 6, 1))
    assert evidence.state("dol_goods").status == "not yet"
    assert evidence.table("listed_goods") == []
    assert factor(evidence, "RU", "G1")["fact_id"].startswith("tip/2020")


def test_the_tier_of_the_newest_report_of_the_day_counts():
    assert factor(load_packs(date(2024, 6, 23)), "SD", "G1")["value"] == 1.5  # 2023: neither Watch List nor Tier 3
    assert factor(load_packs(date(2024, 6, 24)), "SD", "G1")["value"] == 4  # 2024: Tier 3


def test_ratifications_count_from_their_year():
    before, after = (factor(load_packs(day), "AU", "G2")["value"] for day in (date(2021, 6, 1), DAY))
    assert before > after


def test_a_newer_edition_replaces_the_whole_list(tmp_path):
    add_pack(tmp_path, "dol_goods", "listed_goods", GOODS + "Tea,IN,1,0,0,,,row 2\n")
    evidence = load_packs(DAY, tmp_path)
    assert [row[:2] for row in evidence.table("listed_goods")] == [("Tea", "IN")]
    assert {(one.edition, one.status) for one in evidence.packs if one.id == "dol_goods"} == {
        ("2022", "superseded"),
        ("2026", "in force"),
    }
    assert evidence.state("dol_goods").edition == "2026"
    assert evidence.digest != load_packs(DAY).digest


def test_a_newer_edition_is_not_used_before_it_was_published(tmp_path):
    add_pack(tmp_path, "dol_goods", "listed_goods", GOODS + "Tea,IN,1,0,0,,,row 2\n")
    assert len(load_packs(date(2026, 8, 31), tmp_path).table("listed_goods")) == 467


def test_an_older_edition_never_replaces_a_newer_one(tmp_path):
    add_pack(
        tmp_path,
        "dol_goods",
        "listed_goods",
        GOODS + "Tea,IN,1,0,0,,,row 2\n",
        published=date(2020, 9, 30),
        edition="2020",
    )
    assert len(load_packs(DAY, tmp_path).table("listed_goods")) == 467


def test_an_unknown_kind_of_pack_is_refused(tmp_path):
    add_pack(tmp_path, "gossip", "gossip", "a\n1\n")
    with pytest.raises(BrokenPromise, match="gossip"):
        load_packs(DAY, tmp_path)


OBSERVED = "factor,country,profile,supplier_id,stage,value,grade,observed_on,valid_until,source_title,source_url,note,locator\n"


def test_own_observations_accumulate_and_contradictions_are_contested(tmp_path):
    facts = (
        OBSERVED
        + "W1,RS,CAT03,,SITE,3,E2,2026-03-01,2027-03-01,Visit A,,,row 2\n"
        + "W1,RS,CAT03,,SITE,1,E3,2026-06-01,2027-06-01,Visit B,,,row 3\n"
        + "W8,,,S-1,,2,E2,2025-01-01,2026-01-01,Old paper,,,row 4\n"
        + "W8,,,S-2,,2,E1,2025-01-01,2026-01-01,Expired,,,row 5\n"
    )
    add_pack(tmp_path, "observations", "observations", facts)
    evidence = load_packs(DAY, tmp_path)
    contested, aged = evidence.table("observations")
    assert contested[:8] == ("W1", "RS", "CAT03", None, "SITE", 1.0, 0.75, 4.0)
    assert evidence.fact(contested[-1]).source.title == "Visit B"
    assert aged[:9] == ("W8", None, None, "S-1", None, 2.0, 1.0, 3.0, "E1")


def test_every_row_of_every_table_names_a_fact_with_source_and_locator():
    evidence = load_packs(DAY)
    for name, columns in COLUMNS.items():
        for row in evidence.table(name):
            assert len(row) == len(columns)
            fact = evidence.fact(row[columns.index("fact_id")])
            assert fact.source.publisher
            assert fact.source.locator
            assert fact.source.url.startswith("https://")
            assert fact.lo <= fact.value <= fact.hi
    with pytest.raises(KeyError):
        evidence.fact("nobody/2020#G1.XX")
    with pytest.raises(KeyError):
        evidence.table("secrets")


def test_rows_and_facts_say_the_same():
    evidence = load_packs(DAY)
    for row in rows(evidence, "country_factors"):
        fact = evidence.fact(row["fact_id"])
        assert (float(fact.value), float(fact.lo), float(fact.hi), fact.grade) == (
            row["value"],
            row["lo"],
            row["hi"],
            row["grade"],
        )


def test_the_same_day_gives_the_same_tables_and_digest():
    one, two = load_packs(DAY), load_packs(DAY)
    assert one.digest == two.digest
    assert {name: one.table(name) for name in COLUMNS} == {name: two.table(name) for name in COLUMNS}


def test_xinjiang_is_an_interval_for_china_and_a_level_for_the_region():
    evidence = load_packs(DAY)
    (country,) = rows(evidence, "state_imposed", good="Polysilicon", country="CN", factor="X2")
    (region,) = rows(evidence, "regional_measures", good="Polysilicon", country="CN", region="Xinjiang", factor="X2")
    assert (country["value"], country["lo"], country["hi"]) == (3, 1, 4)
    assert region["value"] == 4
    assert all(row["value"] < 4 for row in rows(evidence, "state_imposed", country="CN"))
    (cotton,) = rows(evidence, "state_imposed", good="Cotton", country="TM", factor="X2")
    assert cotton["value"] == 4


def test_methods_give_the_tables_as_mappings():
    evidence = load_packs(DAY)
    for name, columns in COLUMNS.items():
        mapped = getattr(evidence, name)()
        assert [tuple(row.values()) for row in mapped] == evidence.table(name)
        assert all(tuple(row) == columns for row in mapped)
