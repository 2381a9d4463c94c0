"""Methods are strict files: every number has its reason, and what does not add up is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from duecare.errors import WrongUsage
from duecare.identify.method import METHODS, NEWEST, load_method

TEXT = (METHODS / f"{NEWEST}.yaml").read_text("utf-8")


def changed(folder: Path, old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    path = folder / "own.yaml"
    path.write_text(TEXT.replace(old, new), "utf-8")
    return str(path)


def test_the_shipped_method_loads_and_names_itself() -> None:
    assert load_method().id == NEWEST
    assert load_method().digest == load_method().digest


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  worst_share: 0.5\n", "  worst_share: 0.5\n  wrost: 1\n", "unknown field"),
        ("P: 0.30,", "P: 0.40,", "do not sum to 1"),
        ("  HIGH: 2.5\n", "  HIGH: 1.0\n", "do not rise"),
        ("{value: 2.5, lo: 1.0, hi: 4.0}", "{value: 2.5, lo: 3.0, hi: 4.0}", "does not hold its point"),
        ("  why: METHOD 1.5 step 5. Words, not probabilities.\n", "", "missing required field"),
    ],
)
def test_what_does_not_add_up_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(WrongUsage, match=says):
        load_method(changed(tmp_path, old, new))


def test_a_changed_number_is_another_method(tmp_path: Path) -> None:
    assert load_method(changed(tmp_path, "  T: 0.2\n", "  T: 0.3\n")).digest != load_method().digest


def test_an_unknown_name_says_which_are_known() -> None:
    with pytest.raises(WrongUsage, match=NEWEST):
        load_method("1999-01")
