"""Twelve random kills, a weakened disk, a full one and a read-only one: what was acknowledged is there, and nothing is half done."""

from __future__ import annotations

import random

import pytest
from survival_world import World

KILLS = {"take-in": 2, "identify": 1, "edit-plans": 4, "upload": 2, "migrate": 2}
"""How many processes are killed during what; writers are killed two at a time."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("world"), random.Random(20261124))
    world.prepare()
    return world


@pytest.mark.slow
@pytest.mark.parametrize("kind", KILLS)
def test_a_kill_loses_nothing_and_leaves_nothing_half_done(world: World, kind: str) -> None:
    while world.struck[kind] + world.late[kind] < KILLS[kind]:
        world.kill_once(kind)

    if kind in ("edit-plans", "upload"):
        assert world.acknowledged > 0
