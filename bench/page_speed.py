"""How many pages one processor answers: each through Django's whole stack (session, person, rights, template), no network.

    python bench/page_speed.py --pages 500

Prints pages per second of processor time, and the ratio to the anchor of the same run: the same stack answering a static file.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ADDRESSES = ("/static/icon.svg", "/", "/account", "/nothing-here", "/people")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=500)
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder:
        cookie, application = opened(Path(folder))
        anchor = 0.0
        for address in ADDRESSES:
            answer(application, address, cookie)
            speed = max(measured(application, address, cookie, pages) for _ in range(3))
            anchor = anchor or speed
            print(f"{address:20} {speed:8,.0f} pages/s of processor time, {speed / anchor:.3f} of the anchor")


def opened(folder: Path):
    """A new home with one person of every role: the session's cookie and the application."""
    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook
    from duecare.web.configuration import Door, web_settings

    open_casebook(Home.open(folder), more=web_settings(Door(hosts=("localhost",), requests_per_minute=10_000_000)))
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import Client

    import duecare.web.urls  # noqa: F401 - registers the pages
    from duecare.casebook.acts import organising

    client = Client()
    client.force_login(
        organising.local_person(datetime.now(tz=UTC)), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return f"session={client.cookies['session'].value}", WSGIHandler()


def answer(application, address: str, cookie: str) -> bytes:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    given = application(environ, lambda _status, _headers: None)
    text = b"".join(given)
    given.close()
    return text


def measured(application, address: str, cookie: str, pages: int) -> float:
    start = time.process_time()
    for _ in range(pages):
        answer(application, address, cookie)
    return pages / (time.process_time() - start)


if __name__ == "__main__":
    main()
