"""How an endpoint is made: one line above a function enters it into the registry of routes and into the OpenAPI document.

``@endpoint("GET", "actions", Need("PLAN"), answers=Page[ActionOut])``: the path is below ``/api/v1/``. All methods of one
path share one route; what methods other than GET need is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.parser import Parser

from duecare.casebook.access import is_restricted
from duecare.web.api.answers import CODES, fault
from duecare.web.api.faults import Fault, teach
from duecare.web.receiving import receiving_into
from duecare.web.routes import OPEN, ROUTES, SAFE, Route, View, Wanted, add

BASE = "api/v1/"
_FAULT = {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}}
FAULTS = {str(status): {"description": CODES[status], "content": _FAULT} for status in CODES if status != 500}
ABOUT = (
    "Everything that the pages do. Say who asks with `Authorization: Bearer KEY` (a key is made on the page of your account; it never "
    "gives more than your own roles) or with the session of a browser and its form token in `X-CSRFToken`. Lists are paged with `page` and "
    "`size`. What belongs to an office that you do not work for answers exactly like what does not exist. Errors are `{code, message, field}`."
)


class StrictJson(Parser):
    """Reads a body strictly: JSON in UTF-8 alone, no NaN, no lone surrogate, no zero byte in any text."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain values; raises ``HttpError`` 415 or 400."""
        if request.content_type != "application/json":
            raise HttpError(415, "The body must be sent as application/json.")
        try:
            found = msgspec.json.decode(request.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise HttpError(400, "") from None
        if any("\0" in text for text in _texts(found)):
            raise HttpError(400, "A text holds a zero byte.")
        return found


def _texts(value: Any) -> Iterator[str]:
    """All texts in plain values, keys too."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting.extend((*one.keys(), *one.values()))
        elif isinstance(one, list):
            waiting.extend(one)


api = NinjaAPI(
    title="duecare",
    version="1",
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    parser=StrictJson(),
)
teach(api)


def endpoint(
    method: str,
    path: str,
    need: Wanted,
    *,
    answers: Any = None,
    status: int = 200,
    objects: str | None = None,
    restricted: bool | None = None,
    receives: str = "",
    body: dict[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an operation; its first docstring sentence is the summary. ``answers`` is the schema of the good answer.

    ``objects`` names the kind of object in the path, ``restricted`` as in ``routes.page``. ``receives`` is the folder of the
    home into which files of a form come (``receiving.receiving_into``), ``body`` the fields of that form. Raises
    ``ValueError`` where two writing methods of one path would need different rights, or a form is not a path's first method.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        enter(method, path, need, objects, restricted=restricted, receives=receives)
        said = (function.__doc__ or "").strip()
        api.api_operation(
            [method],
            f"/{path}",
            response={status: answers},
            operation_id=f"{function.__module__.rpartition('.')[2]}_{function.__name__}",
            summary=said.split("\n")[0],
            description=said,
            tags=[path.split("/")[0]],
            url_name=name_of(path),
            openapi_extra=form(body) if body else None,
        )(function)
        return function

    return register


def form(fields: dict[str, Any]) -> dict[str, Any]:
    """The description of a form with one ``file``; its last field ``whole`` says that nothing was cut off on the way."""
    whole = {
        "type": "string",
        "enum": ["yes"],
        "description": "The last field of the form: the transfer was not cut off.",
    }
    every = {"file": {"type": "string", "contentMediaType": "application/octet-stream"}, **fields, "whole": whole}
    needed = [name for name, said in every.items() if "default" not in said]
    shape = {"type": "object", "properties": every, "required": needed}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": shape}}}}


def name_of(path: str) -> str:
    """The name of the route of a path: ``contracts/{oid}/links`` is ``api-contracts-oid-links``."""
    return "api-" + path.replace("{", "").replace("}", "").replace("/", "-")


def enter(
    method: str,
    path: str,
    need: Wanted,
    objects: str | None = None,
    *,
    restricted: bool | None = None,
    receives: str = "",
) -> None:
    """Put one method of a path into the registry of routes, beside those that are there."""
    kept = ROUTES.get(name_of(path))
    if kept is None:
        address = f"{BASE}{path.replace('{', '<str:').replace('}', '>')}"
        view = receiving_into(receives)(_door(f"/{path}")) if receives else _door(f"/{path}")
        kept = Route(address, name_of(path), view, need, None, objects, (), restricted=False)
    elif receives:
        raise ValueError(f"The form of {path} must be registered before its other methods.")
    kept = replace(kept, methods=(*kept.methods, method), objects=kept.objects or objects)
    if method in SAFE:
        is_class = not isinstance(need, str) and is_restricted(need.data_class)
        kept = replace(kept, need=need, restricted=is_class if restricted is None else restricted)
    elif kept.writes not in (None, need):
        raise ValueError(f"The writing methods of {path} need different rights.")
    else:
        kept = replace(kept, writes=need, need=kept.need if SAFE & set(kept.methods) else need)
    add(kept)


def _door(path: str) -> View:
    """The view of all operations of a path; the library is asked for it once all are registered."""

    def view(request: HttpRequest, **given: str) -> HttpResponse:
        if request.key is not None and not request.key.writes and request.method not in SAFE:  # type: ignore[attr-defined]
            return fault(403, "This key only reads.")
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        answer: HttpResponse = _views()[path](request, **given)
        if is_head:
            answer.content = b""
        return answer

    return view


@lru_cache(maxsize=1)
def _views() -> dict[str, View]:
    found = {}
    for pattern in api.urls[0]:
        path = str(pattern.pattern).replace("<", "{").replace(">", "}")
        found[f"/{path}"] = pattern.callback
    return found


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document of all operations."""
    found = dict(api.get_openapi_schema(path_prefix=BASE))
    found["components"]["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of your own, made on the page of your account.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "session",
            "description": "The session of a browser; writing needs X-CSRFToken too.",
        },
    }
    found["security"] = [{"key": []}, {"session": []}]
    found["components"]["schemas"]["Fault"] = Fault.model_json_schema()
    for path, methods in found["paths"].items():
        route = ROUTES[name_of(path.removeprefix(f"/{BASE}"))]
        for method, operation in methods.items():
            need = route.needed_for(method.upper())
            operation["responses"] |= FAULTS
            operation["x-need"] = need if isinstance(need, str) else f"{need.data_class} {need.act}"
            if need == OPEN:
                operation["security"] = []
    return found
