"""What waits for a person, in which order, what they may decide, and that it wins in every later rating."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from duecare import cycle
from duecare.errors import CannotAnswer, WrongUsage
from duecare.evidence.profiles import UNKNOWN, load_profiles
from duecare.identify.bought import KEYED, classify_lines, nature_of
from duecare.identify.decisions import Asked, choice, decide
from duecare.identify.method import load_method
from duecare.identify.queue import find_said, readings, risk_range, waiting
from duecare.identify.reviewing import LABELLED, Wish
from duecare.records.crosswalk import common_prefix
from duecare.register.engine import Engine
from duecare.register.reviews import Decision, Person, Said, Standing, book_beside, standing
from duecare.settings import Settings
from duecare.terms import Classified

AT = datetime(2026, 11, 3, 10, 30, tzinfo=UTC)
DAY = date(2026, 11, 5)
PROFILES, METHOD = load_profiles(), load_method()
ONE = (Person("KM", "procurement"),)
TWO = (Person("FP", "focal_point"), Person("KM", "procurement"))
LONG = "The buyer and the focal point read the contract: it is a study of cleaning and nobody cleans under it, at any site."
COLUMNS = dict.fromkeys(("line_id", "contract_id", "language", "procurement_category", *KEYED), "VARCHAR")
SURE = Classified("CAT03", "declared", 0.95, "90910000", cpv="9091")
READINGS = {
    "guards?": Classified("CAT04", "predicted", 0.5, "79410000", "79410000", ("GEN-CONSULTANCY",)),
    "nothing": Classified(UNKNOWN, "unknown", 0.0),
    "lawyers?": Classified("GEN-LEGAL", "predicted", 0.6, alternatives=("GEN-AUDIT",)),
    "works?": Classified("CAT06", "predicted", 0.6, alternatives=("GEN-DESIGN",)),
    "sure": SURE,
}


def by_title(rows: Any) -> Sequence[Classified]:
    return [READINGS[row[3]] for row in rows]


@pytest.fixture
def lines() -> Any:
    titles = ["sure", "lawyers?", "works?", "works?", "nothing", "guards?", "lawyers?"]
    with Engine() as engine:
        rows = [(f"L{n:03}", f"C{n}", None, None, None, None, None, title, None) for n, title in enumerate(titles)]
        engine.table("lines", COLUMNS, rows)
        yield engine


def decision(**given: Any) -> Decision:
    values: dict[str, Any] = {
        "at": AT, "verb": "correct", "scope": "text", "said": Said(title="works?"), "profile": "GEN-DESIGN", "people": ONE,
    }  # fmt: skip
    return Decision(**(values | given))


def queue(engine: Engine, decided: Standing | None = None) -> list[Any]:
    return waiting(engine, by_title, decided or Standing(), PROFILES)


# --- the queue -----------------------------------------------------------------------------------------------------------


def test_all_lines_of_a_text_must_say_its_nature(lines: Any) -> None:
    asked: dict[str, str] = {}

    def noting(rows: Any) -> Sequence[Classified]:
        texts = list(rows)
        asked.update({row[3]: row[6] for row in texts})
        return by_title(texts)

    lines.execute("UPDATE lines SET procurement_category = 'works' WHERE title <> 'sure' AND line_id <> 'L006'")
    classify_lines(lines, noting)

    assert asked == {"sure": "", "lawyers?": "", "works?": "works", "nothing": "works", "guards?": "works"}
    assert nature_of(lines, Said(title="works?").key) == "works"
    assert nature_of(lines, Said(title="no such text").key) == ""


def test_unknown_and_contradicted_come_first_then_what_decides_most_risk(lines: Engine) -> None:
    found = queue(lines)

    assert [each.said.title for each in found] == ["nothing", "guards?", "works?", "lawyers?"]
    assert [each.why for each in found] == ["unknown", "contradicted", "unsure", "unsure"]
    works = found[2]
    apart = PROFILES.riskiness["CAT06"] - PROFILES.riskiness["GEN-DESIGN"]
    assert (works.lines, works.stake) == (2, round(2 * apart, 2))


def test_what_is_decided_waits_no_more(lines: Engine) -> None:
    of_text = standing([decision()])
    of_line = standing([decision(scope="line", line_id="L002")])

    assert "works?" not in [each.said.title for each in queue(lines, of_text)]
    assert [each.lines for each in queue(lines, of_line) if each.said.title == "works?"] == [1]


def test_a_division_alone_may_be_anything_in_it() -> None:
    names = list(readings(Classified("GEN-BUSINESS", "declared", 0.6, "79000000", cpv="79"), PROFILES))

    assert names[0] == "GEN-BUSINESS"
    assert {"CAT04", "CAT16", "GEN-LEGAL"} <= set(names)
    assert risk_range(names, PROFILES) > risk_range(["GEN-LEGAL", "GEN-AUDIT"], PROFILES)
    assert risk_range([UNKNOWN], PROFILES) == max(PROFILES.riskiness.values()) - min(PROFILES.riskiness.values())


@pytest.mark.parametrize(("name", "line"), [("L005", "L005"), ("C5", "L005"), ("KEY", "")])
def test_a_text_is_found_by_line_contract_or_key(lines: Engine, name: str, line: str) -> None:
    key = Said(title="guards?").key[:12]

    said, line_id, _ = find_said(lines, key if name == "KEY" else name)
    assert (said, line_id) == (Said(title="guards?"), line)


def test_a_name_of_none_or_several_says_so(lines: Engine) -> None:
    lines.execute("INSERT INTO lines (line_id, contract_id, title) VALUES ('L900', 'C5', 'sure')")

    with pytest.raises(CannotAnswer, match="review next"):
        find_said(lines, "nobody")
    with pytest.raises(CannotAnswer, match="several texts"):
        find_said(lines, "C5")


# --- what may be decided -------------------------------------------------------------------------------------------------


def decided(
    machine: Classified, profile: str, people: Sequence[Person] = ONE, reason: str = "seen", **given: Any
) -> Decision:
    asked = Asked(Said(title="x"), "", "", "text")
    return decide(given.get("verb", "correct"), asked, machine, (profile, ""), people, reason, AT, PROFILES, METHOD)


def test_one_person_chooses_among_the_readings_and_may_raise() -> None:
    assert decided(READINGS["guards?"], "GEN-CONSULTANCY").lowers
    assert decided(READINGS["nothing"], "GEN-LEGAL").lowers
    assert not decided(SURE, "CAT06").lowers


def test_going_below_a_sure_reading_takes_two_functions_and_a_full_reason() -> None:
    with pytest.raises(CannotAnswer, match="two people"):
        decided(SURE, "GEN-LEGAL", ONE, LONG)
    with pytest.raises(CannotAnswer, match="two people"):
        decided(SURE, "GEN-LEGAL", (Person("A", "focal_point"), Person("A", "procurement")), LONG)
    with pytest.raises(CannotAnswer, match="two people"):
        decided(SURE, "GEN-LEGAL", (Person("A", "legal"), Person("B", "procurement")), LONG)
    with pytest.raises(CannotAnswer, match="takes 80"):
        decided(SURE, "GEN-LEGAL", TWO, "short")
    assert decided(SURE, "GEN-LEGAL", TWO, LONG).lowers


def test_an_alternative_of_a_sure_reading_may_be_chosen_by_one() -> None:
    unsure_of_kind = Classified("CAT03", "declared", 0.9, "90910000", alternatives=("GEN-PEST",), cpv="9091")

    assert decided(unsure_of_kind, "GEN-PEST").lowers


def test_what_is_missing_is_asked_for() -> None:
    with pytest.raises(WrongUsage, match="reason"):
        decided(SURE, "CAT06", reason="  ")
    with pytest.raises(WrongUsage, match="--by"):
        decided(SURE, "CAT06", (Person(" "),))
    with pytest.raises(WrongUsage, match="focal_point"):
        decided(SURE, "CAT06", (Person("A", "boss"),))
    with pytest.raises(CannotAnswer, match="nothing to accept"):
        decided(READINGS["nothing"], UNKNOWN, verb="accept")


@pytest.mark.parametrize(
    ("category", "cpv", "chosen"),
    [
        ("CAT04", "", ("CAT04", "797")),
        ("", "90910000-9", ("CAT03", "9091")),
        ("", "79713000", ("CAT04", "79713")),
        ("CAT03", "9091", ("CAT03", "9091")),
        ("GEN-LEGAL", "", ("GEN-LEGAL", common_prefix(PROFILES.by_id["GEN-LEGAL"].cpv))),
    ],
)
def test_a_category_or_a_code_is_enough(category: str, cpv: str, chosen: tuple[str, str]) -> None:
    assert choice(category, cpv, PROFILES) == chosen


@pytest.mark.parametrize(
    ("category", "cpv", "says"),
    [
        ("", "", "--category"), ("CAT99", "", "CAT01"), ("UNKNOWN", "", "CAT01"), ("", "00000000", "not one CPV"),
        ("", "90910000 45000000", "not one CPV"), ("CAT04", "90910000", "not CAT04"),
    ],
)  # fmt: skip
def test_a_choice_that_is_none_is_refused(category: str, cpv: str, says: str) -> None:
    with pytest.raises(WrongUsage, match=says):
        choice(category, cpv, PROFILES)


def test_a_common_prefix_has_at_least_a_division() -> None:
    assert [common_prefix(codes) for codes in (("9091", "90911"), ("79", "80"), ())] == ["9091", "", ""]


# --- it wins -------------------------------------------------------------------------------------------------------------


def rows_of(engine: Engine) -> dict[str, tuple[Any, ...]]:
    found = engine.rows("SELECT line_id, profile, how, confidence, contradicts, decided FROM classified_lines")
    return {row["line_id"]: tuple(row.values())[1:] for row in found}


def test_a_decision_wins_for_its_text_or_its_line(lines: Engine) -> None:
    for_guards = decision(said=Said(title="guards?"), profile="CAT04")
    classify_lines(
        lines,
        by_title,
        standing(
            [
                decision(),
                decision(scope="line", line_id="L001", said=Said(title="lawyers?"), profile="CAT16"),
                for_guards,
            ]
        ),
    )
    found = rows_of(lines)

    assert found["L002"] == found["L003"] == ("GEN-DESIGN", "human", 1.0, None, AT.date())
    assert found["L001"][:2] == ("CAT16", "human")
    assert found["L006"][:2] == ("GEN-LEGAL", "predicted")
    assert found["L005"] == ("CAT04", "human", 1.0, None, AT.date())


def test_without_decisions_nothing_changes(lines: Engine) -> None:
    classify_lines(lines, by_title)

    assert rows_of(lines)["L005"] == ("CAT04", "predicted", 0.5, "79410000", None)
    assert (
        lines.rows("SELECT alternatives FROM classified_lines WHERE line_id = 'L005'")[0]["alternatives"]
        == "GEN-CONSULTANCY"
    )


HEADER = "contract_id,buyer,supplier_name,title,cpv,country,amount,currency,award_date,end_date\n"
ROWS = (
    "A-1,North,Shine,Cleaning of offices,98390000,RS,12000.50,EUR,2026-01-15,2027-01-14\n"
    "A-2,North,Advice,Strategy consultancy,79410000-1,AT,9000,EUR,2026-02-15,2026-12-14\n"
    "A-3,South,Watch,svc misc Q3,,AM,33000,EUR,2026-03-01,2027-03-01\n"
    "A-4,South,Watch,svc misc Q3,,AM,3000,EUR,2026-03-01,2027-03-01\n"
)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    (tmp_path / "contracts.csv").write_text(HEADER + ROWS, encoding="utf-8")
    cycle.take_in([tmp_path / "contracts.csv"], tmp_path / "register", Settings(), DAY)
    return tmp_path / "register"


def classified(register: Path) -> dict[str, dict[str, Any]]:
    run = cycle.identify(register, Settings(), DAY)
    findings = cycle.published(register, Settings(), run.name)["findings"]
    return {
        item["contract_id"]: item["classified"]
        | {"profile": item["profile"], "reasons": item["reasons"], "run": item["run"]}
        for item in findings
    }


def test_a_decision_is_in_the_next_rating_and_survives_a_register_made_again(register: Path) -> None:
    before = classified(register)
    assert before["A-3"]["how"] == "unknown"
    done = cycle.review(
        register, Settings(), Wish("correct", "A-3", ONE, category="CAT04", reason="the contract says guards"), AT
    )
    assert (done["lines"], done["number"], done["lowers"]) == (2, 1, False)

    after = classified(register)
    assert after["A-3"]["run"] != before["A-3"]["run"]
    for name in ("A-3", "A-4"):
        assert (after[name]["profile"], after[name]["how"], after[name]["decided"]) == ("CAT04", "human", "2026-11-03")
        (said,) = [reason for reason in after[name]["reasons"] if reason["code"] == "DECIDED"]
        assert said["sentence"] == "A person decided on 2026-11-03 what was bought."
    assert after["A-2"] | {"run": ""} == before["A-2"] | {"run": ""}

    assert cycle.take_in([register.parent / "contracts.csv"], register.parent / "register", Settings(), DAY).files
    for path in sorted(register.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    register.rmdir()
    cycle.take_in([register.parent / "contracts.csv"], register, Settings(), DAY)
    assert classified(register) == after


def test_nobody_is_named_where_others_read_it(register: Path) -> None:
    cycle.review(
        register,
        Settings(),
        Wish("correct", "A-3", (Person("Karla Muster", "procurement"),), category="CAT04", reason="a secret reason"),
        AT,
    )
    run = cycle.identify(register, Settings(), DAY)
    written = b"".join(path.read_bytes() for path in run.iterdir())
    shown = json.dumps(cycle.published(register, Settings(), run.name)) + cycle.explain(register, Settings(), "A-3")[1]

    assert json.loads((run / "run.json").read_text("utf-8"))["reviews"] | {"digest": ""} == {
        "texts": 1,
        "lines": 0,
        "lowering": 0,
        "digest": "",
    }
    for secret in ("Karla", "a secret reason"):
        assert secret.encode() not in written
        assert secret not in shown
    assert "A person decided on 2026-11-03" in shown


def test_accept_only_one_line_withdraw_and_list(register: Path) -> None:
    queue_before = cycle.review_next(register, Settings(), 10)
    assert [item["title"] for item in queue_before["items"]] == ["svc misc Q3", "Cleaning of offices"]
    cycle.review(register, Settings(), Wish("accept", "A-1", ONE), AT)
    cycle.review(register, Settings(), Wish("correct", "A-3", ONE, cpv="79710000", reason="guards", only_line=True), AT)
    after = classified(register)
    assert (after["A-1"]["profile"], after["A-1"]["how"], after["A-1"]["contradicts"]) == ("CAT03", "human", "")
    assert (after["A-3"]["how"], after["A-4"]["how"]) == ("human", "unknown")
    waiting_now = cycle.review_next(register, Settings(), 10)
    assert [(item["title"], item["lines"]) for item in waiting_now["items"]] == [("svc misc Q3", 1)]

    cycle.review(register, Settings(), Wish("withdraw", "A-3", ONE, only_line=True), AT)
    assert classified(register)["A-3"]["how"] == "unknown"
    made = cycle.review_list(register)
    assert [(one["verb"], one["counts"]) for one in made] == [("accept", True), ("correct", False), ("withdraw", False)]
    with pytest.raises(CannotAnswer, match="could be withdrawn"):
        cycle.review(register, Settings(), Wish("withdraw", "A-3", ONE), AT)
    key = queue_before["items"][0]["key"]
    with pytest.raises(CannotAnswer, match="key of a text"):
        cycle.review(register, Settings(), Wish("correct", key, ONE, category="CAT04", reason="x", only_line=True), AT)


def test_a_refused_decision_leaves_no_trace(register: Path) -> None:
    with pytest.raises(WrongUsage):
        cycle.review(register, Settings(), Wish("correct", "A-3", ONE, category="CAT04"), AT)
    assert not book_beside(register).exists()


def test_decisions_are_given_back_as_labelled_texts(register: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.csv"
    with pytest.raises(CannotAnswer, match="nothing to learn"):
        cycle.review_export(register, out)
    cycle.review(register, Settings(), Wish("correct", "A-3", ONE, cpv="79713000", reason="guards"), AT)

    assert cycle.review_export(register, out) == 1
    (row,) = csv.DictReader(out.read_text("utf-8").splitlines())
    assert tuple(row) == LABELLED
    assert (row["text"], row["cpv"], row["granularity"], row["source"]) == ("svc misc Q3", "79713000", "5", "review")
    with pytest.raises(WrongUsage, match="there already"):
        cycle.review_export(register, out)
