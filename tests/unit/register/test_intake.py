"""Conservation at the gate: rows = accepted + quarantined + duplicates, whatever arrives and in whatever order."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duecare.errors import CannotAnswer, WrongUsage
from duecare.records.staging import LINE_COLUMNS, content_hash, line_id
from duecare.register.engine import Engine
from duecare.register.intake import Admission, Intake
from duecare.register.lines import TYPES
from duecare.register.store import Register
from duecare.settings import Settings

HASHED = LINE_COLUMNS[LINE_COLUMNS.index("ocid") : LINE_COLUMNS.index("notice") + 1]


def staged_line(row: int, contract_id: str = "C1", amount: str = "100.10", version: str = "") -> list[str]:
    values = dict.fromkeys(LINE_COLUMNS, "") | {"contract_id": contract_id, "buyer": "Office", "amount": amount}
    values["content_sha256"] = content_hash([values[name] for name in HASHED])
    values |= {"row": str(row), "line_id": line_id("", "Office", contract_id), "version": version}
    return [values[name] for name in LINE_COLUMNS]


def admission(folder: Path, lines: list[list[str]], name: str = "a", rows: int | None = None) -> Admission:
    folder = folder / f"staged-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lines-0.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    return Admission(f"{name}.csv", name * 8, 1, "csv", rows if rows is not None else len(lines), 0, folder)


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    register = Register.open(tmp_path / "register")
    with register.writing() as staging, Intake(register, Settings(), staging) as session:
        yield session


def test_the_register_types_are_the_staging_columns_in_the_same_order() -> None:
    assert tuple(TYPES) == LINE_COLUMNS


def test_a_clean_file_is_accepted_and_money_stays_exact(intake: Intake, tmp_path: Path) -> None:
    outcome = intake.admit(admission(tmp_path, [staged_line(2, "C1", "0.10"), staged_line(3, "C2", "1e2")]))
    assert (outcome.status, outcome.accepted, outcome.lines) == ("accepted", 2, 2)
    with Engine() as engine:
        engine.view_parquet("kept", intake._register.line_files())
        assert engine.rows("SELECT sum(amount)::VARCHAR AS total FROM kept") == [{"total": "100.100000000000"}]


def test_a_repeated_row_counts_once(intake: Intake, tmp_path: Path) -> None:
    outcome = intake.admit(admission(tmp_path, [staged_line(2), staged_line(3)]))
    assert (outcome.accepted, outcome.duplicates, outcome.quarantined) == (1, 1, 0)
    assert outcome.reasons[0]["code"] == "DUP_ID"
    assert outcome.reasons[0]["row"] == 3


def test_one_id_with_two_contents_parks_both_rows(intake: Intake, tmp_path: Path) -> None:
    outcome = intake.admit(admission(tmp_path, [staged_line(2), staged_line(3, amount="7"), staged_line(4, "C9")]))
    assert (outcome.status, outcome.accepted, outcome.quarantined) == ("rows_quarantined", 1, 2)
    assert outcome.codes == {"DUP_CONFLICT": 2}


def test_the_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    register = Register.open(tmp_path / "register")
    outcomes = []
    for _ in range(2):
        with register.writing() as staging, Intake(register, Settings(), staging) as session:
            outcomes.append(session.admit(admission(tmp_path, [staged_line(2), staged_line(3, "C2")])))
    assert [outcome.accepted for outcome in outcomes] == [2, 0]
    assert outcomes[1].duplicates == 2
    assert len(register.line_files()) == 1


def test_another_file_with_the_same_row_is_a_duplicate_and_with_another_amount_a_conflict(
    intake: Intake, tmp_path: Path
) -> None:
    intake.admit(admission(tmp_path, [staged_line(2), staged_line(3, "C2")]))
    outcome = intake.admit(admission(tmp_path, [staged_line(2), staged_line(3, "C2", "5")], "b"))
    assert (outcome.rows, outcome.accepted, outcome.quarantined, outcome.duplicates) == (2, 0, 1, 1)
    assert "taken in before" in outcome.reasons[0]["message"]


def test_a_newer_release_of_the_same_line_is_an_update_not_a_conflict(intake: Intake, tmp_path: Path) -> None:
    intake.admit(admission(tmp_path, [staged_line(1, version="2026-01-01")]))
    outcome = intake.admit(admission(tmp_path, [staged_line(1, amount="5", version="2026-02-01")], "b"))
    assert (outcome.accepted, outcome.quarantined) == (1, 0)


def test_an_interrupted_take_in_leaves_nothing_that_counts(tmp_path: Path) -> None:
    register = Register.open(tmp_path / "register")

    def interrupted() -> None:
        with register.writing() as staging:
            (staging / "half.csv").write_text("x", "utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert register.ledger() == []
    assert list((tmp_path / "register" / "staging").iterdir()) == []


def test_two_writers_at_once_are_told_to_wait(tmp_path: Path) -> None:
    register = Register.open(tmp_path / "register")
    with register.writing(), pytest.raises(CannotAnswer, match="Wait until it ends"), register.writing():
        pass


def test_a_folder_with_other_files_is_not_taken_for_a_register(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all", "utf-8")
    with pytest.raises(WrongUsage, match="holds other files"):
        Register.open(tmp_path)


def test_a_line_that_one_row_says_twice_is_one_line(intake: Intake, tmp_path: Path) -> None:
    outcome = intake.admit(admission(tmp_path, [staged_line(1), staged_line(1)], rows=1))
    assert (outcome.rows, outcome.accepted, outcome.lines) == (1, 1, 1)


def test_the_same_row_number_on_two_sheets_is_two_rows(intake: Intake, tmp_path: Path) -> None:
    lines = [staged_line(2, "C1"), staged_line(2, "C2"), staged_line(3, "C1")]
    for line, locator in zip(lines, ("Offices!A2", "Posts!A2", "Posts!A3"), strict=True):
        line[LINE_COLUMNS.index("locator")] = locator
    given = dataclasses.replace(admission(tmp_path, lines), format="xlsx")
    outcome = intake.admit(given)
    assert (outcome.rows, outcome.accepted, outcome.duplicates) == (3, 2, 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["1", "2"])), max_size=6), min_size=1, max_size=3
    )
)
def test_every_row_has_exactly_one_fate(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[str, str]]]
) -> None:
    folder = tmp_path_factory.mktemp("conservation")
    register = Register.open(folder / "register")
    with register.writing() as staging, Intake(register, Settings(), staging) as session:
        for number, rows in enumerate(files):
            lines = [staged_line(index + 2, name, amount) for index, (name, amount) in enumerate(rows)]
            outcome = session.admit(admission(folder, lines, "abc"[number]))
            assert outcome.rows == outcome.accepted + outcome.quarantined + outcome.duplicates == len(rows)
    for entry in register.ledger():
        parked = (register.folder / "quarantine" / f"{entry['sha256']}.jsonl").read_text("utf-8").splitlines()
        assert len(parked) == entry["quarantined"]
        assert all(json.loads(row) for row in parked)
