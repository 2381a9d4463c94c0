"""Category profiles: complete, reasoned, and banded as the field's published lists say (METHOD 1.5, 3; TRP15)."""

from __future__ import annotations

import csv
import gzip
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from duecare.evidence.packs import load_packs
from duecare.evidence.profiles import PACK, PHASES, UNKNOWN, Profile, load_profiles, read_profiles
from duecare.terms import Stage

PROFILES = load_profiles()
PLACES = ((0, 1.0), (2.5, 2.5), (4, 4.0))
"""levels of geography and of purchasing practice that every band is checked at"""
CPV_GROUPS = """
03:1234 09:123 14:23456789 15:123456789 16:1345678 18:12345689 19:124567 22:12345689 24:1234569 30:12 31:1234567
32:2345 33:1679 34:12345679 35:12345678 37:3458 38:123456789 39:123578 41:1 42:123456789 43:12345678 44:12345689
45:12345 48:123456789 50:12345678 51:123456789 55:123459 60:123456 63:157 64:12 65:12345 66:1567 70:123 71:23456789
72:123456789 73:1234 75:123 76:123456 77:123456789 79:123456789 80:123456 85:123 90:45679 92:1234567 98:12359
"""
LISTED = {row["good"]: 2.0 for row in load_packs(date(2026, 11, 1)).listed_goods()} | {
    row["good"]: 3.0 for row in load_packs(date(2026, 11, 1)).listed_goods() if row["forced_labour"]
}
GROUPS = [division + third for part in CPV_GROUPS.split() for division, thirds in [part.split(":")] for third in thirds]
CATEGORIES = {f"CAT{n:02}" for n in range(1, 21)}
RISKY = {
    "cleaning": "90910000", "guarding": "79713000", "construction": "45000000", "catering": "55500000", "laundry": "98310000",
    "agency work": "79620000", "uniforms": "35811200", "ICT": "30213100", "gloves": "18424300", "solar": "09331200",
    "coffee": "15861000", "cocoa": "15840000", "tea": "15863000", "food": "15000000", "seafood": "03311000", "fruit": "03222000",
    "waste": "90511000", "landscaping": "77310000", "care": "85311100", "domestic": "98514000", "haulage": "60100000",
    "courier": "64120000", "moving": "98392000", "furniture": "39130000", "timber": "03410000", "stone": "44910000",
    "bricks": "44111100", "batteries": "31430000", "promotional": "22462000", "toys": "37520000", "balls": "37450000",
    "surgical": "33169000", "electronics": "32300000", "flowers": "03121200", "car wash": "50112300", "parking": "63712400",
    "events": "79952000", "hotels": "55110000", "vehicles": "34110000", "footwear": "18800000", "jewellery": "18500000",
    "metals": "14700000", "fishing": "77700000", "harvest": "77100000", "facility": "79993000", "office supplies": "30190000",
    "pens": "30192121", "sugar": "15831000", "rice": "03211300", "meat": "15110000", "cooking oil": "15411200", "wine": "15931000",
}  # fmt: skip
SAFE = {
    "consultancy": "79411000", "legal": "79100000", "audit": "79212000", "software": "48000000", "licences": "48218000",
    "insurance": "66510000", "banking": "66110000", "telecoms": "64212000", "training": "80500000", "research": "73000000",
    "memberships": "98110000", "electricity": "65310000", "water": "65100000", "gas": "09123000", "translation": "79530000",
    "works design": "71320000", "subscriptions": "22200000", "offices": "70310000", "IT": "72000000", "surveys": "79310000",
    "machinery": "42000000", "medicines": "33600000", "chemicals": "24000000", "vehicle repair": "50110000",
    "weapons": "35300000", "books": "22110000", "air travel": "60400000", "lotteries": "92350000", "health": "85110000",
    "milk": "15511000", "cheese": "15540000", "eggs": "03142500", "bread": "15811000", "flour": "15612000", "pasta": "15851000",
    "bottled water": "15981000", "soft drinks": "15982000",
}  # fmt: skip


def likelihood(profile: Profile, geography: float, practice: float) -> float:
    """METHOD 1.5 with priors only; a good of unknown origin counts as 3 where listed for forced labour, 2 for child labour (X1)."""
    worst = max(
        0.6 * max(s.P.value, s.W.value, s.B.value, *(LISTED.get(good, 0.0) for good in s.goods))
        + 0.4 * (0.30 * s.P.value + 0.15 * geography + 0.25 * s.W.value + 0.20 * s.B.value + 0.10 * practice)
        for s in profile.stages
    )
    return max(worst, 1.5) if geography >= 3.5 else worst


@pytest.mark.parametrize("code", GROUPS)
def test_every_cpv_group_has_a_profile(code: str) -> None:
    assert PROFILES.for_cpv(code).id != UNKNOWN
    assert PROFILES.for_cpv(code[:2] + "000000").id != UNKNOWN


def test_there_are_272_groups_in_45_divisions() -> None:
    assert (len(GROUPS), len({group[:2] for group in GROUPS})) == (272, 45)


@pytest.mark.real_data
def test_every_code_of_the_official_list_has_a_profile(shared: Path) -> None:
    with gzip.open(shared / "data/codes/cpv2008_titles_26lang.csv.gz", "rt", encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert len(codes) == 9454
    assert [code for code in codes if PROFILES.for_cpv(code).id == UNKNOWN] == []


@pytest.mark.real_data
def test_goods_are_named_as_on_the_published_list(shared: Path) -> None:
    with (shared / "data/evidence/tvpra_2022_goods_country.csv").open(encoding="utf-8") as file:
        listed = {row["good"] for row in csv.DictReader(file)}
    named = {good for p in PROFILES.by_id.values() for s in p.stages for good in s.goods}
    assert named - listed == set()


@pytest.mark.parametrize(("geography", "practice"), PLACES)
@pytest.mark.parametrize("code", RISKY.values(), ids=RISKY.keys())
def test_what_published_lists_call_high_is_high_wherever(code: str, geography: float, practice: float) -> None:
    assert likelihood(PROFILES.for_cpv(code), geography, practice) >= 2.5


@pytest.mark.parametrize(("geography", "practice"), PLACES)
@pytest.mark.parametrize("code", SAFE.values(), ids=SAFE.keys())
def test_what_they_call_low_stays_below_high_wherever(code: str, geography: float, practice: float) -> None:
    assert likelihood(PROFILES.for_cpv(code), geography, practice) < 2.5


def test_a_third_of_the_groups_is_flagged() -> None:
    flagged = sum(likelihood(PROFILES.for_cpv(group), 2.5, 2.5) >= 2.5 for group in GROUPS) / len(GROUPS)
    assert 0.25 <= flagged <= 0.40


def test_an_unlisted_garment_factory_keeps_its_hazard() -> None:
    made = next(s for s in PROFILES.by_id["CAT07"].stages if s.stage is Stage.MANU)
    assert made.P.value >= 3
    assert made.place == "origin"


def test_the_twenty_categories_keep_the_priors_of_the_method() -> None:
    written = {
        ("CAT01", "RAW"): (3, 3, 3), ("CAT01", "PROC"): (2, 2, 3), ("CAT01", "MANU"): (1, 1, 1), ("CAT02", "RAW"): (4, 3, 4),
        ("CAT02", "PROC"): (3, 3, 3), ("CAT02", "MANU"): (3, 3, 3), ("CAT03", "SITE"): (3, 3, 3), ("CAT04", "SITE"): (3, 2, 3),
        ("CAT05", "SITE"): (3, 3, 3), ("CAT06", "SITE"): (4, 4, 4), ("CAT07", "RAW"): (4, 4, 4), ("CAT07", "PROC"): (3, 4, 4),
        ("CAT07", "MANU"): (3, 3, 3), ("CAT08", "MANU"): (4, 4, 3), ("CAT08", "RAW"): (3, 3, 4), ("CAT09", "RAW"): (4, 3, 4),
        ("CAT09", "PROC"): (3, 2, 3), ("CAT09", "MANU"): (1, 2, 2), ("CAT09-WASH", "SITE"): (4, 4, 4), ("CAT10", "RAW"): (4, 4, 4),
        ("CAT10", "SITE"): (3, 3, 3), ("CAT11", "SITE"): (2, 3, 3), ("CAT12", "SITE"): (2, 3, 4), ("CAT13", "SITE"): (3, 3, 3),
        ("CAT13", "PROC"): (4, 4, 4), ("CAT14", "SITE"): (3, 3, 3), ("CAT15", "RAW"): (4, 4, 4), ("CAT15", "PROC"): (3, 3, 3),
        ("CAT16", "SITE"): (3, 4, 4), ("CAT17", "RAW"): (3, 3, 4), ("CAT17", "MANU"): (2, 2, 3), ("CAT18", "SITE"): (3, 4, 2),
        ("CAT19", "RAW"): (2, 2, 4), ("CAT19", "SITE"): (2, 3, 3), ("CAT20", "RAW"): (2, 2, 3), ("CAT20", "MANU"): (3, 3, 4),
        ("CAT20", "SITE"): (2, 2, 2), ("CAT03-LAUNDRY", "SITE"): (3, 3, 2),
    }  # fmt: skip
    read = {(p.id, str(s.stage)): (s.P.value, s.W.value, s.B.value) for p in PROFILES.by_id.values() for s in p.stages}
    assert {key: read[key] for key in written} == written


def test_every_level_has_a_reason_and_an_interval_around_it() -> None:
    for profile in PROFILES.by_id.values():
        for stage in profile.stages:
            assert set(stage.reason) == {"P", "W", "B"}
            for level in (stage.P, stage.W, stage.B):
                assert 0 <= level.lo <= level.value <= level.hi <= 4
                assert level.hi > level.lo


def test_every_profile_asks_one_question_and_names_an_act_per_phase() -> None:
    for profile in PROFILES.by_id.values():
        assert profile.question.endswith(("?", "."))
        assert [phase for phase, _ in profile.next_acts] == list(PHASES)
        assert profile.category in PROFILES.by_id


def test_the_examples_of_severity_are_the_methods() -> None:
    cleaning = {h.scenario: (h.scale, h.scope, h.irremediability) for h in PROFILES.by_id["CAT03"].harms}
    coffee = {h.scenario: (h.scale, h.scope, h.irremediability) for h in PROFILES.by_id["CAT01"].harms}
    assert (cleaning["H1"], cleaning["H2"]) == ((2, 3, 1), (4, 3, 3))
    assert (coffee["H2"], coffee["H3"]) == ((4, 4, 3), (4, 4, 3))


def test_unknown_is_an_interval_and_not_low() -> None:
    unknown = PROFILES.by_id[UNKNOWN]
    assert all((s.P.lo, s.P.value, s.P.hi) == (1.0, 2.5, 4.0) for s in unknown.stages)
    assert PROFILES.for_cpv("00000000") is unknown


def test_messages_come_once_and_fit_a_line() -> None:
    messages = list(PROFILES.messages())
    assert len(messages) == len(set(messages))
    assert len({m.casefold().rstrip(".?") for m in messages}) == len(messages)
    assert max(map(len, PROFILES.messages("title", "question", "act"))) <= 140


def test_tables_have_one_row_per_part_and_even_columns() -> None:
    tables = PROFILES.tables()
    for columns in tables.values():
        assert len({len(column) for column in columns.values()}) == 1
    assert len(tables["profiles"]["profile"]) == len(PROFILES.by_id)
    assert set(tables["profile_stages"]["place"]) == {"work", "origin", "typical"}


@given(st.sampled_from(GROUPS), st.text("0123456789", max_size=5))
def test_a_longer_code_never_loses_its_profile(group: str, rest: str) -> None:
    assert PROFILES.for_cpv(group + rest).id != UNKNOWN


def test_the_page_shows_the_bands_that_the_profiles_have() -> None:
    page = (Path(__file__).parents[3] / "docs/explanation/categories.md").read_text(encoding="utf-8")
    for profile in PROFILES.by_id.values():
        values = " | ".join(f"{likelihood(profile, *place):.1f}" for place in PLACES)
        assert f"| {profile.id} | {profile.title} | {values} |" in page


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the pack that a test may spoil."""
    shutil.copytree(str(PACK), tmp_path / "pack")
    return tmp_path / "pack"


SPOILT = [
    ("{cat03}.profiles.0.colour", "green", "unknown field `colour`"),
    ("{cat03}.profiles.0.stages.0.P", [3], "length >= 2"),
    ("{cat03}.profiles.0.stages.0.P", [3, ""], "needs a reason"),
    ("{cat03}.profiles.0.stages.0.W", [5, "A reason."], "level from 0 to 4"),
    ("{cat03}.profiles.0.question", "x" * 141, "longer than 140"),
    ("{cat03}.profiles.0.cpv", ["9091x"], "not made of 2 to 8 digits"),
    ("{cat03}.profiles.0.cpv", ["7971"], "is claimed by"),
    ("{cat03}.profiles.2.id", "CAT04", "written twice"),
    ("{cat03}.profiles.0.next_acts", {"plan": "Plan."}, "not every phase"),
    ("{cat03}.profiles.0.harms.0.levels", [5, 1, 1], "not 1 to 4"),
    ("{cat03}.profiles.0.harms.0.stage", "RAW", "stage that is not there"),
    ("{cat03}.profiles.0.documented_by", "", "no list"),
    ("{cat03}.profiles.1.like", "CAT99", "not written anywhere"),
    ("pack.yaml.assertions.must_have", ["CAT21"], "which is missing"),
    ("pack.yaml.assertions.profiles_max", 20, "promises"),
]


@pytest.mark.parametrize(("where", "value", "complaint"), SPOILT)
def test_a_spoilt_pack_is_refused_with_the_reason(pack: Path, where: str, value: object, complaint: str) -> None:
    name, _, keys = where.replace("{cat03}", "profiles/cat03-cleaning.yaml").partition(".yaml.")
    file = pack / f"{name}.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    *path, last = [int(key) if key.isdigit() else key for key in keys.split(".")]
    place = content
    for key in path:
        place = place[key]
    place[last] = value
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_profiles(pack)


def test_a_key_written_twice_is_refused(pack: Path) -> None:
    (pack / "profiles/twice.yaml").write_text("profiles: []\nprofiles: []\n", encoding="utf-8")
    with pytest.raises(ValueError, match="written twice near line"):
        read_profiles(pack)
