"""In which of the six languages a request is answered: the person's, the one chosen in this browser, the browser's own."""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest

from duecare.communicate.i18n import LANGUAGES, Translator

COOKIE = "language"
NAMES = {"en": "English", "fr": "Français", "de": "Deutsch", "it": "Italiano", "ru": "Русский", "es": "Español"}
"""Each language by its own name, as a reader looks for it."""


@lru_cache(maxsize=len(LANGUAGES))
def translator(language: str) -> Translator:
    """The one translator of a language in this process."""
    return Translator(language)


def language_of(request: HttpRequest, preferred: str = "") -> str:
    """A language that the application speaks, ``preferred`` being the signed-in person's."""
    chosen = request.COOKIES.get(COOKIE, "")
    if preferred in LANGUAGES:
        return preferred
    return chosen if chosen in LANGUAGES else accepted(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=512)
def accepted(header: str) -> str:
    """The best of the six for a browser's ``Accept-Language`` (at most 200 characters are read); English otherwise."""
    best, weight = "en", 0.0
    for part in header[:200].split(","):
        name, _, rest = part.strip().partition(";")
        quality = _quality(rest)
        code = name.split("-")[0].strip().lower()
        if code in LANGUAGES and quality > weight:
            best, weight = code, quality
    return best


def _quality(text: str) -> float:
    name, _, number = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(number)))
    except ValueError:
        return 0.0
