"""All addresses: every module of ``web.pages`` and ``web.api`` registers its own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from duecare.web import api, pages, routes

for _part in (pages, api):
    for _module in iter_modules(_part.__path__):
        import_module(f"{_part.__name__}.{_module.name}")

urlpatterns = routes.patterns()

handler400 = "duecare.web.errors.bad"
handler403 = "duecare.web.errors.forbidden"
handler404 = "duecare.web.errors.missing"
handler500 = "duecare.web.errors.broken"
