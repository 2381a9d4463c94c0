"""The template engine: Jinja2, everything escaped, an unknown name is an error, one environment for each language.

A template is called ``NAME.html`` and lies in ``templates/NAME.html.jinja``. ``t``, ``n``, ``say``, ``tr`` and ``words``
are known everywhere, also in imported macros, because each language has its own environment; compiled code is shared.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from jinja2 import Template as Compiled
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from duecare import __version__
from duecare.casebook.access import Reach
from duecare.communicate import pictures, words
from duecare.web import first_start, forms, languages
from duecare.web.navigation import address, here, navigation
from duecare.web.routes import ROUTES
from duecare.web.static_files import static

FOLDER = Path(__file__).with_name("templates")


class _Compiled(BytecodeCache):
    """Compiled templates in memory: each is compiled once, not once for each language."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()
HIDDEN, BACK, CUT = (secrets.token_hex(16) for _ in range(3))
"""Places in a drawn frame; nobody outside of the process knows them, so that no name can hold one."""
MOST_SIDES = 1_000
_SIDES: dict[tuple[str, Reach, bool, int, str], Markup] = {}


@lru_cache(maxsize=len(languages.NAMES))
def environment(language: str) -> Environment:
    """The environment of one language."""
    engine = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_COMPILED,
    )
    tr = languages.translator(language)
    engine.globals.update(
        t=tr.t,
        n=tr.n,
        say=tr.say,
        tr=tr,
        words=words,
        url=url,
        static=static,
        language_names=languages.NAMES,
        interval_bar=pictures.interval_bar,
        share_bar=pictures.share_bar,
        version=__version__,
        organisation=first_start.organisation,
        navigation=navigation,
        side=side,
        drawn_frame=frame,
        flashed=get_messages,
        providers=providers,
        drawn_code=drawn_code,
        control=forms.control,
        label_of=forms.label_of,
        help_of=forms.help_of,
        errors_of=forms.errors_of,
        is_tick=forms.is_tick,
        is_group=forms.is_group,
    )
    return engine


def url(name: str, **given: object) -> str:
    """The path of a route by its name."""
    return address(name, **given)


def side(request: HttpRequest) -> Markup:
    """The navigation beside a page, drawn once for each language, set of entries and page."""
    key = (request.tr.language, request.reach, request.person is not None, len(ROUTES), here(request))  # type: ignore[attr-defined]
    drawn = _SIDES.get(key)
    if drawn is None:
        template = environment(key[0]).get_template("side.html.jinja")
        drawn = Markup(template.render(groups=navigation(request), here=key[-1]))  # noqa: S704 - a drawn template
        if len(_SIDES) >= MOST_SIDES:
            _SIDES.clear()
        _SIDES[key] = drawn
    return drawn


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page, drawn: the end of its head, its bar and its foot."""

    head: Markup
    bar: Markup
    foot: Markup


def frame(request: HttpRequest, person: Any, hidden: Markup) -> Frame:
    """The frame of a page; drawn once for each language and person, then the form's ``hidden`` field and its way back are put in."""
    tr, name = request.tr, "" if person is None else str(person.name or person.email)  # type: ignore[attr-defined]
    is_local = person is not None and person.is_local
    head, bar, foot = _frame(tr.language, first_start.organisation(), name, person is not None, is_local)
    back = escape(request.get_full_path() if request.method == "GET" else "/")
    return Frame(Markup(head), Markup(bar.replace(HIDDEN, hidden).replace(BACK, back)), Markup(foot))  # noqa: S704 - drawn templates


@lru_cache(maxsize=500)
def _frame(language: str, organisation: str, name: str, is_person: bool, is_local: bool) -> list[str]:  # noqa: FBT001 - a key
    drawn = environment(language).get_template("frame.html.jinja")
    shown = {"called": organisation, "name": name, "is_person": is_person, "is_local": is_local}
    return drawn.render(**shown, hidden=HIDDEN, back=BACK, cut=CUT).split(CUT)


def providers() -> list[tuple[str, str]]:
    """(name, address) of the organisation's own sign-in, where it is set up."""
    single = settings.DUECARE_DOOR.single_sign_on
    return [(single.name, url("openid_connect_login", provider_id="organisation"))] if single else []


def drawn_code(text: str, label: str) -> Markup:
    """The text as a square to be scanned by a phone: a picture without style of its own, named by ``label``."""
    import qrcode
    from qrcode.image.svg import SvgPathImage

    drawn = qrcode.make(text, image_factory=SvgPathImage, border=0).to_string(encoding="unicode")
    return Markup('<svg role="img" aria-label="{}" ').format(label) + Markup(drawn.partition("<svg ")[2])  # noqa: S704 - a drawn code


class Pages(BaseEngine):
    """Django's door to the templates: ``render(request, "NAME.html", context)``."""

    app_dirname = None

    def __init__(self, params: dict[str, Any]) -> None:
        params = dict(params)
        params.pop("OPTIONS", None)
        super().__init__(params)

    def get_template(self, template_name: str) -> Page:
        """The template of this name; raises ``TemplateDoesNotExist`` so that Django asks the next engine."""
        if not template_name.endswith(".html") or not _is_there(template_name):
            raise TemplateDoesNotExist(template_name, backend=self)
        return Page(template_name)


@lru_cache(maxsize=1000)
def _is_there(name: str) -> bool:
    try:
        environment("en").get_template(f"{name}.jinja")
    except TemplateNotFound as missing:
        if missing.name != f"{name}.jinja":
            raise
        return False
    return True


class Page:
    """One template; rendered in the language of the request."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
        """The HTML text."""
        language = request.tr.language if request is not None and hasattr(request, "tr") else "en"
        compiled: Compiled = environment(language).get_template(f"{self.name}.jinja")
        return compiled.render({**(context or {}), **(around(request) if request is not None else {})})


def around(request: HttpRequest) -> dict[str, Any]:
    """What every page knows of its request."""
    return {
        "request": request,
        "person": getattr(request, "person", None),
        "token": lru_cache(maxsize=1)(lambda: token(request)),
    }


def token(request: HttpRequest) -> Markup:
    """The hidden field that a form needs to be accepted."""
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(request))
