"""What changed between two runs, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scoring_world import Scored, World, full_line

from duecare.identify.diff import diff_runs
from duecare.identify.risk import RESULTS
from duecare.register.engine import Engine


def written(scored: Scored, world: World, lines: list[dict[str, Any]], folder: Path, **about: Any) -> Path:
    folder.mkdir()
    view = scored(world, lines)
    for name, order in RESULTS.items():
        view.engine.write_parquet(name, folder / f"{name}.parquet", order_by=order)
    said = {"id": folder.name, "method": "2026-11", "as_of": "2026-11-01", "packs": ["a"], "profiles": "1"}
    (folder / "run.json").write_text(json.dumps(said | about), "utf-8")
    return folder


def test_bands_that_changed_are_listed_with_their_causes(world: World, scored: Scored, tmp_path: Path) -> None:
    told = [
        full_line(line_id="coffee", profile="COFFEE", origin_country="AA"),
        full_line(line_id="same"),
        full_line(line_id="gone"),
    ]
    before = written(scored, world, told, tmp_path / "before")
    world.listed("Coffee", "AA")
    later = [told[0], told[1], full_line(line_id="new"), full_line(line_id="asked", profile="ADVICE")]
    after = written(scored, world, later, tmp_path / "after", packs=["b"])
    with Engine() as engine:
        found = diff_runs(engine, before, after)
    assert [line["line_id"] for line in found["changed"]] == ["coffee"]
    assert (found["changed"][0]["band_before"], found["changed"][0]["band"]) == ("HIGH", "VERY_HIGH")
    assert [cause["code"] for cause in found["changed"][0]["why"]] == ["evidence"]
    assert found["changed"][0]["why"][0]["params"] == {"groups": "X"}
    assert [row["line_id"] for row in found["new"]] == ["asked", "new"]
    assert [row["line_id"] for row in found["vanished"]] == ["gone"]


def test_a_line_that_says_something_else_is_the_cause(world: World, scored: Scored, tmp_path: Path) -> None:
    before = written(
        scored, world, [full_line(line_id="a", profile="PANELS", origin_country="AA")], tmp_path / "before"
    )
    after = written(scored, world, [full_line(line_id="a", profile="PANELS", origin_country="ZZ")], tmp_path / "after")
    with Engine() as engine:
        found = diff_runs(engine, before, after)
    assert found["bands_changed"] == 1
    assert found["changed"][0]["why"][0]["params"] == {"fields": "origin_country"}


def test_the_same_run_differs_in_nothing(world: World, scored: Scored, tmp_path: Path) -> None:
    folder = written(scored, world, [full_line()], tmp_path / "run")
    with Engine() as engine:
        found = diff_runs(engine, folder, folder)
    assert found["changed"] == found["new"] == found["vanished"] == []
