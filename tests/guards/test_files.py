"""What must never be in a file of this repository: paths of a machine, index hosts, secrets, persons, swollen modules."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEXTS = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".po",
    ".csv",
    ".tsv",
    ".json",
    ".html",
    ".css",
    ".txt",
    ".lock",
    ".in",
    ".sh",
    "",
}
LONGEST_MODULE = 500
EMPTY_NAMES = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "service",
    "services",
    "common",
    "core",
    "misc",
}


def committed() -> list[Path]:
    """All files that are, or are about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True).stdout
    return [REPOSITORY / name for name in listed.split("\0") if name and (REPOSITORY / name).is_file()]


WEIGHTS = REPOSITORY / "duecare" / "records" / "text_model" / "weights"
FILES = committed()
TEXT_FILES = [path for path in FILES if path.suffix in TEXTS]
MODULES = [path for path in FILES if path.suffix == ".py"]
# The patterns are put together here so that this file does not match itself.
MACHINE_PATHS = r"(?<![\w.])/(?:{})/\w".format(
    "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers", "mn" + "t"])
)
INDEX_HOSTS = "|".join(
    ["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", "index" + "-url", "yarn" + r"pkg\.com"]
)
SECRETS = "|".join(
    [
        "-----BEGIN [A-Z ]*PRIV" + "ATE KEY",
        "AK" + r"IA[0-9A-Z]{16}",
        "gh" + r"[pousr]_[0-9A-Za-z]{30}",
        "xo" + r"x[bap]-\d{5}",
    ]
)
MAIL_ADDRESSES = r"[\w.+-]+@[\w-]+\.[\w.-]*[a-z]{2}"
RESERVED_MAIL = r"@(?:[\w-]+\.)*(?:example(?:\.(?:org|com|net))?|invalid|test|localhost)$"
PHONE_NUMBERS = r"(?<![\w.+-])\+[1-9]\d{0,2}[ (/-]+\d[\d ()/-]{6,}\d(?![\w.])"
RESERVED_PHONE = r"\+" + r"44 7700 900 ?\d{3}$"
"""Numbers that are kept free for made-up people."""


def lines_with(pattern: str, files: list[Path]) -> list[str]:
    """``file:line: match`` for every match, with places as a person looks for them."""
    found = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            found += [f"{path.relative_to(REPOSITORY)}:{number}: {match[0]}" for match in re.finditer(pattern, line)]
    return found


def test_there_is_something_to_guard() -> None:
    assert len(MODULES) > 20
    assert REPOSITORY / "duecare" / "terms.py" in FILES


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATHS, "see /ro" + "ot/x"),
        (INDEX_HOSTS, "https://py" + "pi.org/simple"),
        (SECRETS, "-----BEGIN RSA PRIV" + "ATE KEY-----"),
        (MAIL_ADDRESSES, "write to someone@" + "somewhere.at"),
        (PHONE_NUMBERS, "call +4" + "3 1 234 56 78"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: str, text: str) -> None:
    assert re.search(pattern, text)


def test_no_path_of_a_machine() -> None:
    assert lines_with(MACHINE_PATHS, TEXT_FILES) == []


def test_no_host_of_a_package_index() -> None:
    assert lines_with(INDEX_HOSTS, TEXT_FILES) == []


def test_no_secret() -> None:
    assert lines_with(SECRETS, TEXT_FILES) == []


def test_no_mail_address_of_anybody() -> None:
    found = lines_with(MAIL_ADDRESSES, TEXT_FILES)

    assert [line for line in found if not re.search(RESERVED_MAIL, line)] == []


def test_no_phone_number() -> None:
    found = lines_with(PHONE_NUMBERS, TEXT_FILES)

    assert [line for line in found if not re.search(RESERVED_PHONE, line)] == []


def test_no_note_to_do_something_later() -> None:
    assert (
        lines_with(r"\b(?:TO" + r"DO|FIX" + r"ME)\b", [path for path in MODULES if path.parent.name != "guards"]) == []
    )


def test_no_module_is_swollen() -> None:
    written = [path for path in MODULES if path.parent.name != "migrations"]  # those are made from the models
    lengths = {str(path.relative_to(REPOSITORY)): len(path.read_text("utf-8").splitlines()) for path in written}

    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_name_that_says_nothing() -> None:
    parts = {part for path in MODULES for part in (*path.relative_to(REPOSITORY).parts[:-1], path.stem)}

    assert parts & EMPTY_NAMES == set()


def test_no_file_is_too_large_to_review() -> None:
    large = {
        str(path.relative_to(REPOSITORY)): path.stat().st_size
        for path in FILES
        if path.stat().st_size > 1_000_000 and path.parent != WEIGHTS
    }
    assert large == {}


def test_learned_weights_are_small_enough_and_their_model_card_says_so() -> None:
    """Weights cannot be read by a reviewer: what is reviewed is the command that makes them and what was measured."""
    card = (REPOSITORY / "docs" / "reference" / "text-model.md").read_text(encoding="utf-8")
    files = [path for path in FILES if path.parent == WEIGHTS and path.suffix == ".npz"]
    assert files
    assert sum(path.stat().st_size for path in files) <= 15_000_000
    assert [path.name for path in files if path.name not in card] == []
