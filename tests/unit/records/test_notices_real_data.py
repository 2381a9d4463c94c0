"""Every real notice through the front door: accounted for, parked only for a known reason, nobody's contact data kept."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from duecare import cycle
from duecare.register.engine import Engine
from duecare.register.intake import Outcome
from duecare.register.lines import see_lines
from duecare.register.store import Register
from duecare.settings import Settings

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

PACKAGES = ("ted_r209_notices_2016_2021.zip", "eforms_notices.zip")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Register, dict[str, Outcome]]:
    folder = tmp_path_factory.mktemp("notices") / "register"
    data = Path(__file__).resolve().parents[4] / "shared/data/procurement"
    files = cycle.take_in([data / name for name in PACKAGES], folder, Settings(), date(2026, 11, 1)).files
    return Register.existing(folder), {outcome.file: outcome for outcome in files}


def test_every_notice_is_accounted_for(taken: tuple[Register, dict[str, Outcome]]) -> None:
    ted, eforms = (taken[1][name] for name in PACKAGES)
    assert (ted.rows, ted.accepted, ted.quarantined, ted.duplicates) == (3055, 3055, 0, 0)
    assert (eforms.rows, eforms.accepted, eforms.quarantined, eforms.duplicates) == (262, 247, 14, 1)
    assert eforms.codes == {"MISSING_FIELD": 10, "UNKNOWN_FORMAT": 4}
    parked = "".join(path.read_text() for path in (taken[0].folder / "quarantine").iterdir())
    assert "fault of duecare" not in parked


def test_no_lot_is_counted_as_announced_and_as_awarded(taken: tuple[Register, dict[str, Outcome]]) -> None:
    with Engine() as engine:
        see_lines(engine, taken[0])
        twice = engine.rows(
            "SELECT a.ocid FROM lines AS a JOIN lines AS b ON a.ocid = b.ocid AND a.lot IS NOT DISTINCT FROM b.lot "
            "WHERE a.phase = 'tender' AND b.phase IN ('award', 'contract')"
        )
        seen = engine.rows("SELECT count(*) AS lines, count(DISTINCT line_id) AS ids FROM lines")[0]
    assert twice == []
    assert seen["lines"] == seen["ids"]


def test_nobody_can_be_written_to_or_named(taken: tuple[Register, dict[str, Outcome]]) -> None:
    """No mail address in any column, published texts included, and no person's name in what is looked at."""
    with Engine() as engine:
        see_lines(engine, taken[0])
        lines = engine.rows("SELECT * FROM lines")
        engine.view_parquet("held", taken[0].line_files())
        held = engine.rows("SELECT supplier_name FROM held WHERE supplier_is_person = 'yes'")
    people = {row["supplier_name"] for row in held if "natural person" not in row["supplier_name"]}
    assert people
    assert [row["line_id"] for row in lines if row["supplier_is_person"] and row["supplier_name"] in people] == []
    assert [row["line_id"] for row in lines if MAIL.search(json.dumps(row, default=str))] == []
