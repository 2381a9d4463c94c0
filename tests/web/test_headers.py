"""Headers of every answer: pages, errors, static files, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ADDRESSES = [
    "/",
    "/sign-in",
    "/account",
    "/nothing-here",
    "/static/web.css",
    "/static/missing.css",
    "/signed-out",
    "/language",
]


@pytest.mark.parametrize("role", [None, "PO", "ADM"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(client_for: Callable[..., Any], address: str, role: str | None) -> None:
    answer = client_for(role).get(address)

    assert sorted(answer.headers["Content-Security-Policy"].split("; ")) == sorted(POLICY.split("; "))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    kept = address == "/static/web.css"
    assert (answer.headers["Cache-Control"] == "max-age=31536000, public") == kept
    assert kept or "no-store" in answer.headers["Cache-Control"]
    assert "Strict-Transport-Security" not in answer.headers
    answer.close()


@pytest.mark.parametrize("role", [None, "PO"])
@pytest.mark.parametrize("address", ["/", "/sign-in", "/account", "/nothing-here", "/signed-out"])
def test_no_page_needs_an_exception_from_the_policy(
    client_for: Callable[..., Any], address: str, role: str | None
) -> None:
    text = client_for(role).get(address).content.decode()

    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    assert "<script>" not in text
