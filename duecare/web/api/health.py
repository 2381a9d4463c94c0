"""Whether the application is there, and the description of this API: as a document for programs and as a plain page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from ninja import Schema

from duecare import __version__
from duecare.web.api.endpoints import document, endpoint
from duecare.web.routes import OPEN, SIGNED_IN, page


class Health(Schema):
    """That the application answers; nothing about what it holds."""

    status: str
    version: str


@endpoint("GET", "health", OPEN, answers=Health)
def health(request: HttpRequest) -> dict[str, Any]:
    """Whether the application and its database answer."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok", "version": __version__}


@page("api/v1/openapi.json", "api-openapi", SIGNED_IN)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document of this API."""
    return JsonResponse(document())


@page("help/api", "api-help", SIGNED_IN)
def operations(request: HttpRequest) -> HttpResponse:
    """What a program can ask for, operation by operation; a page without any script of others."""
    found = document()
    sections: dict[str, list[dict[str, Any]]] = {}
    for path, methods in found["paths"].items():
        for method, said in methods.items():
            sections.setdefault(said["tags"][0], []).append({"path": path, "method": method.upper(), **said})
    return render(request, "api_help.html", {"sections": sections, "about": found["info"]["description"]})
