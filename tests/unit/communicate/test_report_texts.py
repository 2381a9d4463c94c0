"""Six languages: no text is missing, no placeholder is lost, plural forms are right."""

from __future__ import annotations

import importlib.util
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duecare.communicate.i18n import LANGUAGES, Translator, placeholders, read_texts, render_sentence
from duecare.errors import WrongUsage

MAKER = Path(__file__).resolve().parents[3] / "bench" / "make_messages.py"


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("make_messages", MAKER)
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    return maker.messages()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_is_translated_with_its_placeholders(messages, language):
    forms = read_texts(language).forms
    keys = {message if isinstance(message, str) else message[0]: message for message in messages}
    missing = sorted(keys.keys() - forms.keys())
    assert not missing, f"{len(missing)} texts have no translation, first: {missing[:3]}; run bench/make_messages.py"
    for key, message in keys.items():
        wanted = placeholders(key) if isinstance(message, str) else placeholders(message[1])
        for said in forms[key]:
            given = placeholders(said)
            assert given == wanted or (isinstance(message, tuple) and given == wanted - {"count"}), (
                language,
                key,
                said,
            )


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_catalogue_holds_nothing_that_nobody_shows(messages, language):
    keys = {message if isinstance(message, str) else message[0] for message in messages}
    assert read_texts(language).forms.keys() <= keys


def test_plural_forms():
    russian = Translator("ru")
    shown = [russian.n("{count} line", "{count} lines", count) for count in (0, 1, 2, 5, 11, 21, 22, 112)]
    assert shown == [
        "0 позиций",
        "1 позиция",
        "2 позиции",
        "5 позиций",
        "11 позиций",
        "21 позиция",
        "22 позиции",
        "112 позиций",
    ]
    french = Translator("fr")
    assert [french.n("This week: one item", "This week: {count} items", count) for count in (0, 1, 2)] == [
        "Cette semaine : 0 point",
        "Cette semaine : 1 point",
        "Cette semaine : 2 points",
    ]


def test_numbers_money_dates_and_countries_follow_the_language():
    english, german, russian = Translator("en"), Translator("de"), Translator("ru")
    assert (english.level(2.8399), german.level(2.8399), russian.level(3)) == ("2.8", "2,8", "3,0")
    assert english.count(12345) == "12,345"
    assert german.count(12345) == "12.345"
    assert english.money(Decimal("1234567.89"), "EUR") == "1,234,568 EUR"
    assert english.day(date(2026, 11, 1)) == "1 November 2026"
    assert russian.day(date(2026, 11, 1)).startswith("1 ноября 2026")
    assert (english.country("XK"), german.country("BR"), russian.country("KG"), english.country("Q1")) == (
        "Kosovo",
        "Brasilien",
        "Кыргызстан",
        "Q1",
    )


def test_sentences_are_filled_and_values_are_not_read_as_patterns():
    assert render_sentence("{flagged} of {lines}", {"flagged": 2, "lines": 1200}, "de") == "2 von 1.200"
    assert render_sentence("row {row}", {"row": "{__class__}"}, "en") == "row {__class__}"


def test_an_unknown_language_is_refused():
    with pytest.raises(WrongUsage, match="en, fr, de, it, ru, es"):
        read_texts("xx")


def test_a_catalogue_is_read_fast():
    read_texts.cache_clear()
    start = time.perf_counter()
    read_texts("ru")
    assert time.perf_counter() - start < 0.5
