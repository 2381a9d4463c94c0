"""``python bench/survival.py --kills 200``: kill -9 at random moments, look at what is left each time, run again, compare bytes.

Of take-in and identify either the worker or the process that does the job is killed; of three processes that edit plans at
once, or send in files, all; and the process that makes the record's tables. A kill that came after the work had ended
is counted apart and made good. The code is copied first, so that it stays the same while somebody works on it.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARES = {"take-in": 0.12, "identify": 0.08, "edit-plans": 0.33, "upload": 0.33, "migrate": 0.14}
"""Of the kills; a kill of a job costs the job again, a round of writers is three kills."""
REPOSITORY = Path(__file__).resolve().parents[1]


def main() -> None:
    """Kill, look, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=SHARES, help="all kills during this kind of work")
    parser.add_argument("--copied", action="store_true")
    asked = parser.parse_args()
    if not asked.copied:
        _in_a_copy()
        return
    from survival_world import World

    with tempfile.TemporaryDirectory(prefix="duecare-survival-") as folder:
        world = World(Path(folder), random.Random(asked.seed), writers=3)
        shares = {asked.only: 1.0} if asked.only else SHARES
        world.prepare(jobs=bool({"take-in", "identify"} & shares.keys()))
        took = ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in world.seconds.items())
        print(f"undisturbed: {took}", flush=True)
        for kind in shares:
            began = time.monotonic()
            while world.struck[kind] < asked.kills * shares[kind]:
                world.kill_once(kind)
            seconds = time.monotonic() - began
            print(f"{kind:11} {world.struck[kind]:4} kills, {world.late[kind]} too late, {seconds:.0f} s", flush=True)
        print(
            f"{sum(world.struck.values())} kills, {world.acknowledged:,} writes acknowledged before one, 0 lost, 0 half done"
        )


def _in_a_copy() -> None:
    """Run on a copy of the code: a run's id covers the code, so an edit in between would look like other bytes."""
    with tempfile.TemporaryDirectory(prefix="duecare-code-") as folder:
        for name in ("duecare", "tests"):
            shutil.copytree(REPOSITORY / name, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
        around = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, f"{folder}/tests"])}
        command = [sys.executable, str(Path(__file__)), "--copied", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env=around, cwd=folder, check=False).returncode)


main()
