"""Published results: one folder per run with its tables and ``run.json``; a run is written whole and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duecare.errors import WrongUsage
from duecare.register.engine import Engine
from duecare.register.store import Register, settle, write_whole


def write_run(
    register: Register, engine: Engine, staging: Path, about: Mapping[str, Any], tables: Mapping[str, str]
) -> Path:
    """Write ``tables`` (name to sort key) and ``run.json`` as the run ``about["id"]``; gives the run's folder.

    The same run again is the same bytes, so a run that is already there is left as it is.
    """
    folder = register.folder / "runs" / str(about["id"])
    if (folder / "run.json").is_file():
        return folder
    fresh = staging / "run"
    fresh.mkdir()
    for name, order in tables.items():
        engine.write_parquet(name, fresh / f"{name}.parquet", order_by=order)
    settle(*fresh.iterdir())
    write_whole(fresh / "run.json", json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n")
    fresh.rename(folder)
    settle(folder.parent)
    return folder


def find_run(register: Register, run: str | None = None) -> Path:
    """The folder of a run by its id or the beginning of it; without one the newest. Raises ``WrongUsage``."""
    runs = register.runs()
    if not runs:
        raise WrongUsage("There is no run in this register yet. Make one with `duecare identify --register DIR`.")
    found = [folder for folder in runs if folder.name.startswith(run)] if run else runs[-1:]
    if len(found) != 1:
        names = ", ".join(folder.name for folder in runs[-10:])
        raise WrongUsage(f"{len(found)} runs match {run!r}. Runs in this register: {names}.")
    return found[0]


def about_run(folder: Path) -> dict[str, Any]:
    """The content of ``run.json``."""
    about: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
    return about
