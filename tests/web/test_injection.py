"""Texts that want to be code: stored through the acts in every field, then every page and every answer is fetched.

Each must come back as text: escaped on pages, nothing evaluated, no header made, no dialog in a real browser.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import access_walk
import pytest
import whole_world
from web_browser import running, session_of

TEXTS = {
    "element": "<img src=x onerror=alert(1)>",
    "script": "</script><script>alert(2)</script>",
    "attribute": '" autofocus onfocus=alert(3) x="',
    "template": "{{ 7919*7907 }}{% print(7919*7907) %}${7919*7907}#{7919*7907}",
    "sql": "Robert'); DROP TABLE casebook_action;--",
    "formula": '=HYPERLINK("http://example.org/"&A1,"here")',
    "direction": "\u202ecod.exe \u2066hidden\u2069",
    "path": "../../../../etc/passwd",
    "header": "one\r\nSet-Cookie: stolen=1\r\nX-Injected: yes",
    "url": "javascript:alert(4)//' onmouseover='alert(5)",
}
"""Ten kinds; the zero byte, which no text may hold, has a test of its own."""
DANGEROUS = re.compile(rb"<img src=x|<script>alert|onfocus=alert\(3\) x=\"\"|href=.javascript:|\" autofocus onfocus")
EVALUATED = b"62615533"


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register whose own texts are the ten, too."""
    return whole_world.rated(
        tmp_path_factory.mktemp("injected") / "register", [f"Cleaning {text}" for text in TEXTS.values()]
    )


@pytest.fixture
def world_of(home: Any, register: Path) -> Any:
    """``world_of(text)``: a record with this text in every field."""
    import shutil

    shutil.copytree(register, home.register)
    access_walk.load_routes()
    with access_walk.quiet():
        yield lambda text: whole_world.make(home, text, roles=("PO", "FP", "SM", "DPO", "IA", "ADM"))


def addresses(world: Any) -> list[tuple[str, str]]:
    """(route, address) of everything that can be read, of things of the north."""
    from django.urls import reverse

    return [
        (route.name, reverse(route.name, kwargs=access_walk.address_parts(route, world)["north"]))
        for route, method in access_walk.asked()
        if method == "GET"
    ]


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_comes_back_as_text(world_of: Any, kind: str) -> None:
    world = world_of(TEXTS[kind])
    shown = 0
    for role in ("FP", "DPO", "ADM"):
        client = world.client(role, "all")
        for name, address in addresses(world):
            for asked in (address, f"{address}?q={quote(TEXTS[kind])}&format=html&sort={quote(TEXTS[kind])}"):
                answer = client.get(asked)
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                answer.close()
                assert answer.status_code < 500, asked
                assert "X-Injected" not in answer.headers, asked
                assert "stolen" not in answer.cookies, asked
                if answer.headers.get("Content-Type", "").startswith("text/html"):
                    assert not DANGEROUS.search(content), f"{name}: {DANGEROUS.search(content)}"
                    assert EVALUATED not in content, f"{name} worked out a text"
                    shown += whole_world.MARKS["north"].encode() in content
    assert shown > 10, "the texts were looked for where they are shown"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_tables_to_take_away_hold_no_formula(world_of: Any, kind: str) -> None:
    import io

    import openpyxl

    world = world_of(TEXTS["formula"])
    client, tables = world.client("FP", "all"), 0
    for _, address in addresses(world):
        answer = client.get(f"{address}?format={kind}")
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
        if "attachment" not in answer.headers.get("Content-Disposition", "") or not answer.headers[
            "Content-Disposition"
        ].endswith(f'.{kind}"'):
            continue
        tables += 1
        if kind == "csv":
            assert not re.search(rb'(^|[,;\n])"?=', content), address
        elif kind == "xlsx":
            cells = [
                cell
                for sheet in openpyxl.load_workbook(io.BytesIO(content))
                for row in sheet.iter_rows()
                for cell in row
            ]
            assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b", "inlineStr"}, address
        else:
            json.loads(content)
    assert tables > 3


@pytest.mark.parametrize("home", ["sqlite", "postgresql"], indirect=True)
def test_a_zero_byte_is_refused_and_never_a_fault(world_of: Any) -> None:
    """PostgreSQL keeps no zero byte in a text; whatever address or form it comes in, it is somebody's mistake, not ours."""
    world = world_of("quite ordinary")
    client = world.client("FP", "all")
    for _, address in addresses(world):
        for asked in (f"{address}?q=%00&office=%00&band=%00&page=%00&sort=%00&line=%00&next=%00", f"{address}%00"):
            answer = client.get(asked)
            answer.close()
            assert answer.status_code < 500, asked
    for route, method in access_walk.asked():
        if method == "POST" and not route.name.startswith("api-") and route.name not in access_walk.LEAVES_OUT:
            answer = client.post(access_walk_address(route, world), dict.fromkeys(FIELDS, "a\0b"))
            assert answer.status_code < 500, route.name
    for route, method in access_walk.asked():
        if method in ("POST", "PUT") and takes_json(route, method):
            body = dict.fromkeys((access_walk.BODIES.get(f"{method} {route.name}") or {"name": ""}), "a\x00b")
            answer = getattr(client, method.lower())(
                access_walk_address(route, world), json.dumps(body), content_type="application/json"
            )
            assert answer.status_code in (400, 403, 422), route.name


def takes_json(route: Any, method: str) -> bool:
    """Whether this operation of the API reads a body; the others leave alone what is sent."""
    from duecare.web.api.endpoints import document

    address = f"/{route.path}".replace("<str:", "{").replace(">", "}")
    said = document()["paths"].get(address, {}).get(method.lower(), {})
    return "application/json" in said.get("requestBody", {}).get("content", {})


FIELDS = (
    "name",
    "title",
    "text",
    "note",
    "reason",
    "why",
    "what",
    "kind",
    "role",
    "email",
    "country",
    "names",
    "topic",
    "supplier",
    "with",
    "act",
    "verdict",
)


def access_walk_address(route: Any, world: Any) -> str:
    from django.urls import reverse

    return reverse(route.name, kwargs=access_walk.address_parts(route, world)["north"])


@pytest.mark.browser
def test_no_dialog_opens_in_a_real_browser(world_of: Any, home: Any) -> None:
    import shutil

    from playwright.sync_api import Error as PlaywrightError
    from playwright.sync_api import sync_playwright

    world = world_of("".join(TEXTS[kind] for kind in ("element", "script", "attribute", "template", "url"))[:190])
    wanted = [(name, address) for name, address in addresses(world) if not name.startswith("api-")]
    key = session_of(world.people["FP", "all"])
    opened, seen = [], 0
    with running(home) as url, sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        context = browser.new_context()
        context.add_cookies([{"name": "session", "value": key, "url": url}])
        page = context.new_page()
        page.on("dialog", lambda dialog: (opened.append(page.url), dialog.dismiss()))
        page.on(
            "console",
            lambda said: opened.append(f"{page.url}: {said.text}") if "Content Security Policy" in said.text else None,
        )
        for name, address in wanted:
            try:
                page.goto(url + address, wait_until="load")
            except PlaywrightError as error:
                if not re.search("Download is starting|ERR_ABORTED", str(error)):  # a file to take away is no page
                    opened.append(f"{name}: {error}")
            else:
                seen += 1
        browser.close()
    assert opened == []
    assert seen > 15
