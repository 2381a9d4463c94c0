"""Fifty people read and write while a file of a million lines is taken in: how long each waits, on a real server with its worker.

    python bench/web_load.py [--people 50] [--rows 1000000] [--lines 5000] [--seconds 60] [--pause 1.0]

Each person asks, waits for the answer, looks at it for about ``--pause`` seconds and asks again: three readings (portfolio, list of the
week, contract, explanation, findings as JSON) for one writing (action, decision, event of a thread). SQLite; server and worker as
``duecare web`` starts them. Goal: p95 at most 300 ms for readings and for writings, no error.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests"), str(REPOSITORY / "tests" / "web")]

import web_browser  # noqa: E402 - after the path
import whole_world  # noqa: E402

from bench.csv_reading import make_file  # noqa: E402

GOAL = 0.3


class Somebody(threading.Thread):
    """One person: reads with a session, writes with a key; keeps (kind, what, seconds, status) of each request."""

    def __init__(self, url: str, own: dict[str, Any], until: float, pause: float, number: int) -> None:
        super().__init__(daemon=True)
        self.address, self.own, self.until, self.pause = urlsplit(url).netloc, own, until, pause
        self.chance, self.kept = random.Random(number), list[tuple[str, str, float, int]]()
        self.states = ["running", "done"]

    def run(self) -> None:
        connection = HTTPConnection(self.address, timeout=60)
        time.sleep(self.chance.random() * self.pause)
        while time.monotonic() < self.until:
            what, method, path, body = self.next()
            began = time.perf_counter()
            try:
                status = self.ask(connection, method, path, body)
            except OSError as error:
                status, what = 0, f"{what}: {error}"
                connection.close()
            self.kept.append(("write" if body else "read", what, time.perf_counter() - began, status))
            time.sleep(self.pause * (0.5 + self.chance.random()))

    def ask(self, connection: HTTPConnection, method: str, path: str, body: Any) -> int:
        by_key = {"Authorization": f"Bearer {self.own['key']}", "Content-Type": "application/json"}
        headers = by_key if body else {"Cookie": f"session={self.own['session']}"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def next(self) -> tuple[str, str, str, Any]:
        line = self.chance.choice(self.own["lines"])
        readings = {
            "portfolio": "/portfolio",
            "week": "/week",
            "contract": f"/contracts/{line}",
            "explain": f"/contracts/{line}/explain",
            "findings": "/api/v1/findings?size=50",
        }
        if self.chance.random() < 0.75:
            what = self.chance.choice(list(readings))
            return what, "GET", readings[what], None
        what = self.chance.choice(["action", "decision", "event"])
        soon = (whole_world.TODAY + timedelta(days=60)).isoformat()
        if what == "action":
            wish = {
                "structure": self.own["office"],
                "title": "Talk to the crew",
                "objective": "OBJ1",
                "owner_role": "FP",
            }
            return what, "POST", "/api/v1/actions", wish | {"start": whole_world.TODAY.isoformat(), "due": soon}
        if what == "decision":
            said = {
                "kind": "act",
                "what": "Ask for pay slips",
                "why": "Nobody has looked at pay in this contract yet.",
                "expires": soon,
            }
            return what, "POST", f"/api/v1/findings/{self.own['sure']}/decisions", said
        self.states.reverse()
        return what, "POST", f"/api/v1/links/{self.own['link']}/events", {"state": self.states[0], "note": "Seen"}


def people_of(home: Any, world: Any, many: int) -> list[dict[str, Any]]:
    """People with a session, a key, lines of their office and a link of their own."""
    from duecare.casebook.acts import contracts, decisions, keys
    from duecare.casebook.models import Assignment, Person
    from duecare.communicate.reading_room import ROOMS, Asked
    from duecare.settings import Settings
    from duecare.web.room import line_of

    room, found = ROOMS.newest(home.register, Settings()), []
    assert room is not None
    for number in range(many):
        office = ("north", "south")[number % 2]
        person = Person.objects.create_user(
            f"p{number}@example.org", None, joined=whole_world.NOW, name=f"Person {number}"
        )
        Assignment.objects.create(
            person=person,
            role="FP",
            structure=world.offices[office],
            since=whole_world.TODAY - timedelta(days=9),
            at=whole_world.NOW,
        )
        by = whole_world.actor(person)
        lines = [
            row["line_id"] for row in room.page(Asked(frozenset({whole_world.OFFICES[office]})), start=number, size=40)
        ]
        lines = [line for line in lines if not decisions.is_asked(person.oid, line, room.id)]
        line = line_of(room.item(None, lines[0]))
        link = contracts.add_link(by, line, contracts.Wish("reason", "Looked at it together"))
        contracts.add_event(by, link, "running", "Began")
        _, key = keys.make(by, "load", whole_world.TODAY + timedelta(days=9), writes=True)
        session = web_browser.session_of(person)
        found.append(
            {
                "session": session,
                "key": key,
                "office": world.offices[office].oid,
                "lines": lines,
                "sure": lines[0],
                "link": link.oid,
            }
        )
    return found


def big_job(home: Any, rows: int) -> Any:
    """Ask for a made file of so many rows to be taken in."""
    from duecare.casebook.acts import organising, work

    folder = home.uploads / "load"
    folder.mkdir()
    make_file(folder / "big.csv", rows)
    return work.ask(whole_world.actor(organising.local_person(whole_world.NOW)), "take-in", {"files": ["load/big.csv"]})


def busy(processes: list[psutil.Process]) -> float:
    """Processor seconds that these processes have used."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def shown(name: str, seconds: list[float]) -> float:
    """Print the quantiles of some times and give the 95th."""
    kept = sorted(seconds)
    p50, p95, p99 = (kept[min(len(kept) - 1, int(len(kept) * part))] * 1000 for part in (0.5, 0.95, 0.99))
    print(f"{name:10} {len(kept):6} requests  p50 {p50:6.0f} ms  p95 {p95:6.0f} ms  p99 {p99:6.0f} ms")
    return p95 / 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, kind, value in (
        ("people", int, 50),
        ("rows", int, 1_000_000),
        ("lines", int, 5000),
        ("seconds", float, 60.0),
        ("pause", float, 1.0),
    ):
        parser.add_argument(f"--{name}", type=kind, default=value)
    asked = parser.parse_args()
    from importlib import import_module

    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook
    from duecare.web.configuration import Door, web_settings

    with tempfile.TemporaryDirectory() as folder:
        home = Home.open(Path(folder) / "home")
        open_casebook(home, "", web_settings(Door(hosts=("testserver", "127.0.0.1", "localhost"))))
        import_module("duecare.web.urls")
        whole_world.rated(home.register, [f"Cleaning of building {number}" for number in range(asked.lines)])
        world = whole_world.make(home, roles=("PO", "FP"))
        everybody = people_of(home, world, asked.people)
        job = big_job(home, asked.rows)
        from django.db import connections

        connections.close_all()
        print(
            f"{asked.people} people, {asked.lines * 2} lines rated, {asked.rows} rows taken in meanwhile; load before: {os.getloadavg()}"
        )
        surroundings = os.environ | {"DUECARE_HOME": str(home.folder)}
        with web_browser.running(home) as url:
            warm = Somebody(url, everybody[0], time.monotonic() + 3, 0.05, 0)
            warm.run()
            server = psutil.Process().children(recursive=True)
            before = busy(server)
            worker = subprocess.Popen(
                [sys.executable, "-m", "duecare.jobs"], env=surroundings, stderr=subprocess.DEVNULL
            )
            began = time.monotonic()
            threads = [
                Somebody(url, own, began + asked.seconds, asked.pause, number) for number, own in enumerate(everybody)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            used = busy(server) - before
            job.refresh_from_db()
            connections.close_all()
            worker.terminate()
            worker.wait(60)
        kept = [one for thread in threads for one in thread.kept]
    print(f"server: {used:.1f} s of processor time for {len(kept)} requests, {used / len(kept) * 1000:.1f} ms each")
    errors = Counter((what, status) for _, what, _, status in kept if status not in (200, 201))
    print(
        f"take-in: {job.state}, {job.done} of {job.total} after {time.monotonic() - began:.0f} s; load after: {os.getloadavg()}"
    )
    found = [
        shown(f"all {kind}s", [seconds for is_kind, _, seconds, _ in kept if is_kind == kind])
        for kind in ("read", "write")
    ]
    for what in sorted({what for _, what, _, _ in kept}):
        shown(what, [seconds for _, is_what, seconds, _ in kept if is_what == what])
    print(f"errors: {sum(errors.values())} {dict(errors)}")
    return 0 if max(found) <= GOAL and not errors else 1


if __name__ == "__main__":
    sys.exit(main())
