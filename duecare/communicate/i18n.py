"""The six languages of the report: catalogues, plural forms, dates, numbers, money and country names.

Texts are English message ids with named placeholders (``"{lines} of {all}"``). Catalogues are plain ``.po`` files under
``locale/<language>/duecare.po``, read once per process (about 0.05 s each); a missing text falls back to English, and a
test makes sure that none is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from string import Formatter

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from duecare.errors import WrongUsage
from duecare.evidence.countries import country_codes, country_name

LANGUAGES: tuple[str, ...] = ("en", "fr", "de", "it", "ru", "es")
LOCALE_FOLDER = Path(__file__).with_name("locale")
_LOCALES = {"en": "en_GB", "fr": "fr_FR", "de": "de_DE", "it": "it_IT", "ru": "ru_RU", "es": "es_ES"}

Said = str | Mapping[str, object]
"""A sentence as it travels: a message id, or ``{"sentence": id, "params": {...}}`` with values for its placeholders."""


def msgid(text: str) -> str:
    """Mark a text for translation where it is defined; it is translated where it is shown."""
    return text


def placeholders(text: str) -> set[str]:
    """Names of the placeholders of a message."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@dataclass(frozen=True, slots=True)
class Texts:
    """One catalogue: message id to its forms (one form, or the plural forms in the language's order)."""

    forms: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]


@lru_cache(maxsize=len(LANGUAGES))
def read_texts(language: str) -> Texts:
    """The catalogue of a language; English has no file because its message ids are its texts."""
    if language not in LANGUAGES:
        raise WrongUsage(f"There are no texts in the language {language!r}. Languages: {', '.join(LANGUAGES)}.")
    if language == "en":
        return Texts({}, lambda count: int(count != 1))
    with (LOCALE_FOLDER / language / "duecare.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    forms = {}
    for message in catalog:
        key, said = (message.id[0] if message.pluralizable else message.id), message.string
        texts = tuple(said) if isinstance(said, tuple | list) else (said,)
        if key and all(texts):
            forms[str(key)] = tuple(str(text) for text in texts)
    return Texts(forms, c2py(catalog.plural_expr))


class Translator:
    """Everything that depends on the reader's language. Deterministic: no clock, no environment."""

    def __init__(self, language: str = "en") -> None:
        self.language, self._texts = language, read_texts(language)
        self._locale = Locale.parse(_LOCALES[language])

    def t(self, text: str, /, **params: object) -> str:
        """The text in this language with its placeholders filled; numbers are written the language's way."""
        said = self._texts.forms.get(text, (text,))[0]
        return said.format_map({name: self._shown(name, value) for name, value in params.items()}) if params else said

    def n(self, one: str, many: str, count: int, /, **params: object) -> str:
        """The right plural form for ``count``; ``{count}`` is filled with the number."""
        forms = self._texts.forms.get(one)
        said = forms[self._texts.plural(count)] if forms else (one if count == 1 else many)
        return said.format_map({name: self._shown(name, value) for name, value in {"count": count, **params}.items()})

    def say(self, said: Said) -> str:
        """A sentence that came with a finding: its message id translated, its values localised."""
        if isinstance(said, str):
            return self.t(said)
        params = said.get("params")
        if not isinstance(params, Mapping) or not params:
            return self.t(str(said["sentence"]))
        template = str(said["template"]) if "template" in said else str(said["sentence"])
        return self.t(template, **{str(name): value for name, value in params.items()})

    def _shown(self, name: str, value: object) -> str:
        if isinstance(value, bool) or value is None:
            return str(value)
        if isinstance(value, int):
            return self.count(value)
        if isinstance(value, float | Decimal):
            return self.level(float(value))
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, list | tuple):
            return ", ".join(self._shown(name, one) for one in value)
        text = str(value)
        if name in {"country", "countries"} and len(text) == 2 and text.isupper():
            return self.country(text)
        if name == "date" and len(text) == 10:
            return self.day(date.fromisoformat(text))
        return self._texts.forms.get(text, (text,))[0] if name in _TRANSLATED_PARAMETERS else text

    def count(self, number: int) -> str:
        """A whole number with the language's thousands separator."""
        return _count(number, self._locale)

    def level(self, number: float) -> str:
        """A level or score with one decimal (METHOD 1.5, display rule)."""
        return _level(number, self._locale)

    def money(self, amount: Decimal | str, currency: str) -> str:
        """An amount without cents; the exact amount is in the findings files."""
        return str(
            format_currency(Decimal(amount), currency, format="#,##0 ¤¤", currency_digits=False, locale=self._locale)
        )

    def day(self, day: date) -> str:
        """A calendar day in words."""
        return _day(day, self._locale)

    def country(self, alpha2: str) -> str:
        """A country's name as the United Nations write it; a code that nobody knows is shown as it is."""
        preferred = PREFERRED_NAMES.get((alpha2, self.language))
        if preferred or alpha2 not in _countries():
            return preferred or alpha2
        return country_name(alpha2, self.language)


@lru_cache(maxsize=10_000)
def _level(number: float, locale: Locale) -> str:
    return str(format_decimal(Decimal(repr(number)), format="0.0", locale=locale))


@lru_cache(maxsize=10_000)
def _count(number: int, locale: Locale) -> str:
    return str(format_decimal(number, locale=locale))


@lru_cache(maxsize=10_000)
def _day(day: date, locale: Locale) -> str:
    return str(format_date(day, format="long", locale=locale))


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(country_codes())


PREFERRED_NAMES = {
    ("BA", "en"): "Bosnia and Herzegovina",
    ("CI", "en"): "Côte d’Ivoire",
    ("CD", "en"): "Democratic Republic of the Congo",
    ("KG", "ru"): "Кыргызстан",
    ("KG", "fr"): "Kirghizistan",
    ("MM", "en"): "Myanmar",
    ("MM", "ru"): "Мьянма",
}
"""Names where the common locale data differ from what the United Nations and the OSCE write."""

_TRANSLATED_PARAMETERS = frozenset({"factor", "factors", "good", "target"})


def render_sentence(sentence: str, params: Mapping[str, object], language: str) -> str:
    """One sentence of a finding in a language: its message id with localised values."""
    return Translator(language).say({"sentence": sentence, "params": params})
