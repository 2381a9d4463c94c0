"""Deployment settings: read from a mapping, checked by name and value, never guessed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.errors import WrongUsage
from duecare.settings import GIB, MIB, Limits, Settings, read_settings

LIMIT_NAMES = [field.name for field in fields(Limits)]


def test_nothing_set_gives_the_documented_defaults() -> None:
    settings = read_settings({})

    assert settings == Settings()
    assert (settings.limits.upload_bytes, settings.limits.unpacked_bytes) == (200 * MIB, 2 * GIB)
    assert (settings.limits.unpacked_ratio, settings.limits.archive_members) == (200, 1000)
    assert (settings.limits.cell_bytes, settings.limits.id_chars) == (64 * 1024, 200)
    assert (settings.limits.columns, settings.limits.depth, settings.limits.line_bytes) == (2000, 64, 64 * MIB)


@given(name=st.sampled_from(LIMIT_NAMES), value=st.integers(min_value=1, max_value=2**62))
def test_each_limit_can_be_set(name: str, value: int) -> None:
    settings = read_settings({f"DUECARE_{name.upper()}": str(value)})

    assert getattr(settings.limits, name) == value
    assert [
        field for field in LIMIT_NAMES if field != name and getattr(settings.limits, field) != getattr(Limits(), field)
    ] == []


@pytest.mark.parametrize("name", ["workers", "engine_memory_bytes", "engine_threads"])
def test_each_setting_of_the_engine_can_be_set(name: str) -> None:
    assert getattr(read_settings({f"DUECARE_{name.upper()}": "7"}), name) == 7


def test_what_belongs_to_others_is_left_alone() -> None:
    assert read_settings({"PATH": "/bin", "WORKERS": "many", "XDUECARE_WORKERS": "no"}) == Settings()


@pytest.mark.parametrize("name", ["DUECARE_WORKER", "DUECARE_", "DUECARE_LIMITS", "DUECARE_UPLOAD_BYTE"])
def test_a_misspelt_setting_is_an_error_that_lists_the_known_ones(name: str) -> None:
    with pytest.raises(WrongUsage, match="Unknown setting") as raised:
        read_settings({name: "1"})

    assert name in str(raised.value)
    assert "DUECARE_UPLOAD_BYTES" in str(raised.value)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5", "1e6", "2 GB", " 3", "٣", "many", "0x10", "1_000"])
def test_a_value_that_is_no_whole_number_above_zero_is_an_error(value: str) -> None:
    with pytest.raises(WrongUsage, match="DUECARE_WORKERS") as raised:
        read_settings({"DUECARE_WORKERS": value})

    assert repr(value) in str(raised.value)


def test_settings_cannot_be_changed_by_those_who_get_them() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().workers = 3  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        Limits().depth = 3  # type: ignore[misc]


def test_where_the_record_lies_is_a_text_and_its_address_is_never_shown() -> None:
    address = "postgresql://me:secret@db.example.org/casebook"
    settings = read_settings({"DUECARE_HOME": "/var/lib/duecare", "DUECARE_DATABASE": address})

    assert (settings.home, settings.database) == ("/var/lib/duecare", address)
    assert "secret" not in repr(settings)
