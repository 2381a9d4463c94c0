"""Errors that users meet: one family, an exit code each, and a refusal that says where."""

from __future__ import annotations

import pytest

from duecare import errors
from duecare.errors import CannotAnswer, DuecareError, FileRefused, WrongUsage
from duecare.records.faults import CODES, fault, refused


@pytest.mark.parametrize(("kind", "code"), [(DuecareError, 1), (WrongUsage, 2), (FileRefused, 3), (CannotAnswer, 4)])
def test_exit_codes_are_a_contract(kind: type[DuecareError], code: int) -> None:
    assert kind.exit_code == code


def test_every_error_is_one_of_the_family_with_its_own_exit_code() -> None:
    kinds = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, Exception)]

    assert all(issubclass(kind, DuecareError) for kind in kinds)
    assert len({kind.exit_code for kind in kinds}) == len(kinds)


def test_a_refusal_says_what_where_and_which_value() -> None:
    error = FileRefused("TRUNCATED", "The file ends in the middle.", row=7, field="amount", value="12")

    assert (error.code, error.row, error.field, error.value) == ("TRUNCATED", 7, "amount", "12")
    assert str(error) == error.message == "The file ends in the middle."


def test_a_refusal_of_the_whole_file_has_no_row() -> None:
    assert FileRefused("EMPTY_FILE", "The file is empty.").row is None


@pytest.mark.parametrize("code", CODES)
def test_a_published_code_says_what_happened_and_what_to_do(code: str) -> None:
    sentence = CODES[code]

    assert code == code.upper()
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert 20 <= len(sentence) <= 160


@pytest.mark.parametrize("code", CODES)
def test_a_message_shows_what_was_read_and_what_is_allowed(code: str) -> None:
    parked = fault(code, 3, field="amount", value="1O0", detail="Write 100.")
    stopped = refused(code, row=3, field="amount", value="1O0", detail="Write 100.")

    assert parked.message == str(stopped) == f"amount: '1O0' was read. {CODES[code]} Write 100."


def test_a_long_value_is_shown_short() -> None:
    parked = fault("CELL_TOO_LARGE", 1, field="title", value="x" * 5000)

    assert len(parked.value) == 200
    assert len(parked.message) < 300


def test_an_unknown_code_is_a_stop() -> None:
    with pytest.raises(KeyError):
        fault("NO_SUCH_CODE", 1)
