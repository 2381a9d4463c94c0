"""A real server and a real chromium for the tests of pages: signed in by a session of the same record."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from importlib.resources import files
from pathlib import Path
from typing import Any

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
SECONDS = 30
CODE = """
from granian import Granian
from granian.constants import Interfaces
from duecare.web.running import THREADS
import sys
Granian("duecare.web.server:application", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
        factory=True, blocking_threads=THREADS, backpressure=64, log_enabled=False, websockets=False).serve()
"""


@dataclass
class Served:
    """A running server with a browser; ``page(role)`` opens a window that is signed in as the person of that role."""

    url: str
    browser: Any
    people: dict[str, Any]
    faults: list[str] = field(default_factory=list)
    """What the browser complained about: blocked by the policy, errors of scripts."""

    def page(
        self,
        role: str | None = None,
        *,
        dark: bool = False,
        width: int = 1280,
        javascript: bool = True,
        language: str = "en",
    ) -> Any:
        """A fresh window."""
        context = self.browser.new_context(
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale=language,
        )
        if role is not None:
            key = self.record(lambda: session_of(self.people[role], language))
            context.add_cookies([{"name": "session", "value": key, "url": self.url}])
        page = context.new_page()
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return page

    def record(self, ask: Callable[[], Any]) -> Any:
        """What ``ask`` gives when it asks or changes the record: in a thread of its own, because the browser's loop has this one."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(_and_close, ask).result()

    def violations(self, page: Any) -> list[str]:
        """What axe finds on the page as it stands: one line for each rule and place."""
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


def _and_close(ask: Callable[[], Any]) -> Any:
    from django.db import connections

    try:
        return ask()
    finally:
        connections.close_all()


def session_of(person: Any, language: str = "en") -> str:
    """The key of a new session of this person, who reads this language."""
    from django.test import Client

    person.language = language
    person.save()
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["session"].value


@contextmanager
def serve(home: Any, people: dict[str, Any], **door: Any) -> Iterator[Served]:
    """Serve this home until the end of the block."""
    from playwright.sync_api import sync_playwright

    with running(home, **door) as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield Served(url, browser, people)
        browser.close()


@contextmanager
def running(home: Any, **door: Any) -> Iterator[str]:
    """A server process of this home on a free port; gives its address."""
    from duecare.web.configuration import Door
    from duecare.web.server import write_door

    port = door.get("port") or free_port()
    named = {"port": port, "requests_per_minute": 60_000, "sign_ins_per_minute": 6_000} | door
    surroundings = os.environ | {"DUECARE_HOME": str(home.folder), "_DUECARE_DOOR": write_door(Door(**named))}
    log = (Path(home.folder) / "server.log").open("wb")
    child = subprocess.Popen([sys.executable, "-c", CODE, str(port)], env=surroundings, stdout=log, stderr=log)
    try:
        wait_for(port, child)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(SECONDS)
        log.close()


def wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
            connection.request("GET", "/static/icon.svg")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("The server did not start; see server.log in its home.")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
