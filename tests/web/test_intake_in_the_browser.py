"""The way of a messy file in a real browser, with JavaScript and without: send, map by hand, take in, ledger, annotated file."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from intake_files import INJECTIONS, MESSY, do_jobs, send, sent_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COLUMNS = {"Wer kauft": "buyer", "Firma": "supplier_name", "Wofür": "title", "Summe": "amount", "Am": "award_date"}
FIELDS = {"Wer kauft": "c2", "Firma": "c3", "Wofür": "c4", "Summe": "c5", "Am": "c6"}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_messy_file_from_the_desk_to_the_ledger(served: Any, offices: Any, tmp_path: Path, javascript: bool) -> None:
    file = tmp_path / "Verträge Büro.csv"
    file.write_bytes(MESSY)
    page = served.page("PO", javascript=javascript)
    page.goto(f"{served.url}/import")
    if javascript:
        drop(page, "#files", file.name, MESSY.decode())
    else:
        page.set_input_files("#files", file)
    page.get_by_role("button", name="Send in").click()
    page.get_by_role("heading", name="Verträge Büro.csv").wait_for()
    assert page.get_by_text("Before it can be taken in").is_visible()

    for heading, column in COLUMNS.items():
        page.locator(f"select[name={FIELDS[heading]}]").select_option(column)
    page.locator("select[name=c1]").select_option("contract_id")
    page.get_by_label("currency").last.fill("EUR")
    page.get_by_role("button", name="Take in").click()
    assert page.get_by_text("Waiting for its turn").is_visible()
    served.record(do_jobs)
    if javascript:
        page.get_by_text("read in part").wait_for(timeout=10_000)
    else:
        page.get_by_role("link", name="Look again").click()
    assert page.get_by_text("This is not a date of the calendar").is_visible()
    page.reload()
    with page.expect_download() as waited:
        page.get_by_role("link", name="Download the annotated file").click()
    back = Path(waited.value.path()).read_text("utf-8-sig")
    assert re.fullmatch(r"to-fix-[a-z2-7]{8}\.csv", waited.value.suggested_filename)
    assert "'=1+1" in back
    assert served.faults == []


def drop(page: Any, where: str, name: str, text: str) -> None:
    """Drag a file from outside onto the field, as the browser itself hands it over."""
    made = "([name, text]) => { const t = new DataTransfer(); t.items.add(new File([text], name, {type: 'text/csv'})); return t; }"
    transfer = page.evaluate_handle(made, [name, text])
    page.evaluate("([field, t]) => { document.querySelector(field).files = t.files; }", [where, transfer])


def addresses(client: Any, offices: Any) -> list[str]:
    """Every page of what comes in, with hostile texts on it."""
    texts = ";".join('"' + text.replace('"', '""') + '"' for text in INJECTIONS)
    hostile = send(client, offices["north"], f"{texts}\n{texts}\n".encode(), "<b>bold.csv").headers["Location"]
    ledger = sent_in(client, offices["north"])
    job = client.post(f"{ledger}/rate").headers["Location"]
    group = re.findall(r'href="(/parked/[0-9a-f]{64}/[A-Z_]+)"', client.get("/parked").content.decode())[0]
    return ["/import", hostile, ledger, "/jobs", job, "/parked", group, "/readings", "/evidence", "/files"]


def test_axe_finds_nothing_and_nothing_scrolls_sideways(served: Any, client_for: Any, offices: Any) -> None:
    client = served.record(lambda: client_for("PO"))
    every = served.record(lambda: addresses(client, offices))
    for dark, width in ((False, 1280), (True, 320)):
        page = served.page("PO", dark=dark, width=width)
        page.on("dialog", lambda dialog: served.faults.append(dialog.message))
        for address in every:
            page.goto(served.url + address)
            assert served.violations(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert served.faults == []


@pytest.mark.parametrize("part", [0.3, 0.95])
def test_a_connection_that_breaks_leaves_nothing(served: Any, offices: Any, home: Any, part: float) -> None:
    page = served.page("PO")
    page.goto(f"{served.url}/import")
    token = page.locator("main input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    head = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = (head.format("csrfmiddlewaretoken", "") + f"{token}\r\n").encode()
    body += (head.format("structure", "") + f"{offices['north'].oid}\r\n").encode()
    body += head.format("files", '; filename="a.csv"').encode() + b"a;b\n" * 500_000 + b"\r\n--x--\r\n"
    port = int(served.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        lines = f"POST /import HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\nOrigin: {served.url}\r\n"
        lines += f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n\r\n"
        wire.sendall(lines.encode() + body[: int(len(body) * part)])
        arriving = wait_until(lambda: list(home.uploads.iterdir()))
        assert [path.name.startswith(".part-") for path in arriving] == [True]
    wait_until(lambda: not list(home.uploads.iterdir()))
    assert list(home.uploads.iterdir()) == []


def wait_until(found: Callable[[], Any]) -> Any:
    """What ``found`` gives, once it is something, at most ten seconds later."""
    end = time.monotonic() + 10
    while not (answer := found()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer
