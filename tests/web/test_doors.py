"""What stands before every page: names of the server, sizes, how often one may ask, and whose connection it is."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from web_browser import free_port, running

NAMES = [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "[::1]",
    "127.0.0.2",
    "",
    "testserver@evil",
    "a b",
]


@pytest.mark.parametrize("name", NAMES)
def test_another_name_is_refused(client_for: Callable[..., Any], name: str) -> None:
    answer = client_for("PO").get("/account", headers={"Host": name})

    assert answer.status_code == 400
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_forwarded_name_does_not_count(client_for: Callable[..., Any]) -> None:
    answer = client_for(None).get("/account", headers={"X-Forwarded-Host": "evil.example"})

    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("kind", "length", "status"),
    [
        ("application/x-www-form-urlencoded", "2500001", 413),
        ("multipart/form-data; boundary=x", str(202 * 1024 * 1024 + 2_500_000), 413),
        ("application/json", "99999999999999999999", 413),
        ("application/json", "-1", 400),
        ("application/json", "1e3", 400),
    ],
)
def test_a_body_that_is_too_large_is_not_read(
    client_for: Callable[..., Any], kind: str, length: str, status: int
) -> None:
    answer = client_for("PO").generic("POST", "/language", b"", content_type=kind, CONTENT_LENGTH=length)

    assert answer.status_code == status


class TestSmallDoor:
    """A door that lets little through."""

    @pytest.fixture
    def door(self) -> Any:
        from duecare.web.configuration import Door

        return Door(hosts=("testserver",), requests_per_minute=30, sign_ins_per_minute=3)

    def test_who_asks_too_often_waits(self, client_for: Callable[..., Any]) -> None:
        client = client_for("PO")
        answers = [client.get("/account") for _ in range(12)]

        assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert "Too many requests" in answers[-1].content.decode()
        assert client_for("FP").get("/account").status_code == 200, "others are not hindered"

    def test_signing_in_is_slower_still(self, client_for: Callable[..., Any]) -> None:
        client = client_for(None)
        sent = [
            client.post("/sign-in", {"login": f"p{number}@example.org", "password": "x"}).status_code
            for number in range(7)
        ]

        assert sent == [200] * 5 + [429] * 2
        assert client.get("/sign-in").status_code == 200


class TestHttps:
    """A door behind a proxy that speaks https."""

    @pytest.fixture
    def door(self) -> Any:
        from duecare.web.configuration import Door

        return Door(hosts=("duecare.example.org",), https=True, proxies=1)

    def test_cookies_and_transport_are_strict(self, client_for: Callable[..., Any]) -> None:
        client = client_for(None)
        named = {"Host": "duecare.example.org", "X-Forwarded-Proto": "https"}
        answer = client.get("/sign-in", headers=named)

        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert answer.cookies["__Host-csrf"]["secure"]
        chosen = client.post("/language", {"language": "fr"}, headers=named)
        assert chosen.cookies["language"]["secure"]


def test_a_bucket_fills_again_with_time() -> None:
    from duecare.web.limits import Buckets

    at = [0.0]
    bucket = Buckets(60, clock=lambda: at[0])
    assert [bucket.take("a") for _ in range(21)] == [0] * 20 + [1]
    at[0] = 1.5
    assert [bucket.take("a"), bucket.take("a")] == [0, 1]
    assert bucket.take("b") == 0
    at[0] = 1_000_000.0
    assert [bucket.take("a") for _ in range(21)].count(0) == 20, "a long rest gives no more than a full bucket"


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("10.0.0.9", "1.2.3.4", 0, "10.0.0.9"),
        ("10.0.0.9", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("10.0.0.9", "6.6.6.6, 1.2.3.4, 10.0.0.8", 2, "1.2.3.4"),
        ("10.0.0.9", "", 1, "10.0.0.9"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2"),
    ],
)
def test_an_address_is_seen_through_trusted_proxies_only(
    home: Any, peer: str, forwarded: str, proxies: int, address: str
) -> None:
    from django.test import RequestFactory

    from duecare.web.limits import address_of

    request = RequestFactory().get("/", REMOTE_ADDR=peer, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))
    assert address_of(request, proxies) == address


HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def line(*, to: int, user: int, state: str = "01", inode: int = 5) -> str:
    return f"   0: 0100007F:D2F4 0100007F:{to:04X} {state} 00000000:00000000 00:00000000 00000000 {user:5d}        0 {inode} 1 0 20 4 30 10 -1\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("", False),
        (line(to=8000, user=1000), True),
        (line(to=8000, user=1000) + line(to=8000, user=1001), False),
        (line(to=8000, user=1001), False),
        (line(to=8000, user=1000) + line(to=8001, user=1001), True),
        (line(to=8000, user=1000) + line(to=8000, user=1001, state="06"), True),
        (line(to=8000, user=1000) + line(to=8000, user=0, state="05", inode=0), True),
        (line(to=8000, user=1000, inode=0), False),
        (line(to=8000, user=1000) + line(to=8000, user=1001, state="05"), False),
        ("garbage", False),
    ],
)
def test_every_connection_that_can_hear_the_answer_must_be_ours(
    home: Any, tmp_path: Path, rows: str, expected: bool
) -> None:
    from duecare.web.local_user import all_are_ours

    (tmp_path / "tcp").write_text(HEAD + rows, "ascii")
    (tmp_path / "tcp6").write_text(HEAD, "ascii")
    assert all_are_ours(8000, 1000, (tmp_path / "tcp", tmp_path / "tcp6", tmp_path / "none")) is expected


def test_another_users_connection_in_the_newer_protocol_counts_too(home: Any, tmp_path: Path) -> None:
    from duecare.web.local_user import all_are_ours

    long = line(to=8000, user=1001).replace("0100007F", "0000000000000000FFFF00000100007F")
    (tmp_path / "tcp").write_text(HEAD + line(to=8000, user=1000), "ascii")
    (tmp_path / "tcp6").write_text(HEAD + long, "ascii")
    assert not all_are_ours(8000, 1000, (tmp_path / "tcp", tmp_path / "tcp6"))


def test_without_the_table_nobody_is_ours(home: Any, tmp_path: Path) -> None:
    from duecare.web.local_user import all_are_ours

    assert not all_are_ours(8000, os.getuid(), (tmp_path / "none",))


def get(url: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Ask by a plain connection; only the status and the headers of the answer."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 20) as connection:
        lines = [
            f"GET {path} HTTP/1.1",
            *(f"{name.replace('_', '-')}: {value}" for name, value in {"Host": f"{host}:{port}", **headers}.items()),
        ]
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode("utf-8", "replace")
    first, _, rest = answer.partition("\r\n\r\n")[0].partition("\r\n")
    return int(first.split()[1]), {k.casefold(): v for k, v in (h.split(": ", 1) for h in rest.split("\r\n"))}


@pytest.mark.browser
def test_the_same_user_comes_in_by_themselves_and_another_needs_the_link(home: Any) -> None:
    """A real server and real connections; ``browser`` because it talks to itself over this machine's network."""
    port = free_port()
    with running(home, port=port, one_user=True, start_token="t" * 43) as url:
        status, headers = get(url, "/local")
        assert (status, headers["location"]) == (302, "/")
        assert "session=" in headers["set-cookie"]
        assert get(url, "/local", X_Forwarded_For="127.0.0.1")[0] == 403, "passed on by a proxy"
        assert get(url, "/local?token=" + "t" * 43, X_Forwarded_For="127.0.0.1")[0] == 302
        assert get(url, "/local?token=" + "x" * 43, X_Forwarded_For="127.0.0.1")[0] == 403
        assert get(url, "/local", Host="evil.example")[0] == 400
        asked = get(url, "/week?a=1")[1]["location"]
        assert asked == "/local?next=%2Fweek%3Fa%3D1"
        assert get(url, asked)[1]["location"] == "/week?a=1"
        assert get(url, "/local?next=//evil.example/")[1]["location"] == "/"
        if os.getuid() == 0:
            assert as_another_user(url) == 403


def as_another_user(url: str) -> int:
    """The status that a process of another user gets."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            os.setuid(65534)
            os.write(write, str(get(url, "/local")[0]).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        return int(pipe.read())
