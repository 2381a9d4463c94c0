"""How an organisation begins: the guided first start, the command line, and the program as a whole."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
import yaml
from web_browser import free_port, wait_for

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def local(home: Any) -> Any:
    """The one person of a new home, and a client of theirs."""
    from django.test import Client

    from duecare.casebook.acts import organising

    client = Client()
    person = organising.local_person(datetime.now(tz=UTC))
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_new_home_asks_how_to_begin_and_only_then(local: Any, home: Any) -> None:
    from duecare.casebook.models import AuditEntry, Structure

    assert local.get("/").headers["Location"] == "/first-start"
    assert local.post("/first-start", {"with": "own", "name": " "}).status_code == 400
    assert local.post("/first-start", {"with": "own", "name": "Rivers of Peace", "country": "at"}).status_code == 302
    page = local.get("/")
    assert page.status_code == 200
    assert "<b>Rivers of Peace</b>" in page.content.decode()
    office = Structure.objects.get()
    assert (office.name, office.country, office.names) == ("Rivers of Peace", "AT", ["Rivers of Peace"])
    assert [entry.act for entry in AuditEntry.objects.all()] == ["person.local", "setting.set", "structure.add"]


def test_the_sample_is_begun_with_its_offices_and_its_jobs(local: Any, home: Any) -> None:
    from duecare.casebook.models import Job, Structure

    assert local.post("/first-start", {"with": "sample"}).status_code == 302
    assert Structure.objects.count() == 12
    jobs = list(Job.objects.order_by("at", "kind").values_list("kind", "state"))
    assert sorted(jobs) == [("identify", "queued"), ("take-in", "queued")]
    assert (home.uploads / "sample" / "belgrade.csv").is_file()


def test_the_local_person_is_made_once(home: Any) -> None:
    from duecare.casebook.acts import organising
    from duecare.casebook.models.people import ROLES

    first, again = organising.local_person(NOW), organising.local_person(NOW)
    assert first == again
    assert {one.role for one in first.assignments.all()} == set(ROLES)
    assert not first.has_usable_password()
    assert not organising.has_administrator(NOW), "the local person is no administrator whom others could reach"


def test_names_of_the_sample_are_those_of_its_files() -> None:
    offices = yaml.safe_load((Path(__file__).parents[2] / "duecare" / "web" / "sample_offices.yaml").read_text("utf-8"))
    readme = (Path(__file__).parents[2] / "sample" / "README.md").read_text("utf-8")

    assert len({name for office in offices for name in office["names"]}) == 12
    assert [office["name"] for office in offices if office["name"].split()[-1] not in readme] == []


def test_vendored_files_are_the_ones_that_are_declared() -> None:
    folder = Path(__file__).parents[2] / "duecare" / "web" / "static"
    declared = yaml.safe_load((folder / "vendor.lock").read_text("utf-8"))

    assert [
        one["file"] for one in declared if sha256((folder / one["file"]).read_bytes()).hexdigest() != one["sha256"]
    ] == []
    assert {path.name for path in folder.rglob("*.min.js")} == {
        Path(one["file"]).name for one in declared if one["file"].endswith(".min.js")
    }


def duecare(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("DUECARE_")} | variables
    command = [sys.executable, "-m", "duecare", *words]
    return subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=60)


def test_others_cannot_reach_it_before_somebody_looks_after_people(tmp_path: Path) -> None:
    refused = duecare("web", "--home", str(tmp_path / "h"), "--name", "duecare.example.org")
    assert refused.returncode == 4
    assert "duecare web invite" in refused.stderr
    nowhere = duecare("web", "--home", str(tmp_path / "h"), "--host", "0.0.0.0")
    assert (nowhere.returncode, "--name" in nowhere.stderr) == (2, True)


def test_the_first_administrator_gets_a_link(tmp_path: Path) -> None:
    home = {"DUECARE_HOME": str(tmp_path / "h")}
    made = duecare("web", "invite", "anna@example.org", "--role", "ADM", "--base", "https://d.example.org/", **home)
    assert re.fullmatch(r"https://d\.example\.org/invitation/[\w-]{43}\n", made.stdout)
    assert duecare("web", "invite", "anna", "--role", "ADM", **home).returncode == 2
    assert duecare("web", "invite", "a@example.org", "--role", "KING", **home).returncode == 2
    assert duecare("web", "invite", "a@example.org", "--role", "PO", "--office", "Nowhere", **home).returncode == 2


@pytest.mark.browser
def test_the_program_starts_without_set_up_and_stops_when_told(tmp_path: Path) -> None:
    """The whole program with its worker; ``browser`` because it talks to itself over this machine's network."""
    port = free_port()
    command = [sys.executable, "-m", "duecare", "web", "--home", str(tmp_path / "h"), "--port", str(port)]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(port, child)
        ask = build_opener(HTTPCookieProcessor(CookieJar()))
        page = ask.open(f"http://127.0.0.1:{port}/", timeout=20).read().decode()
        assert "How would you like to begin?" in page
        assert beats(tmp_path / "h" / ".worker")
    finally:
        child.send_signal(signal.SIGINT)
        said = child.communicate(timeout=30)[1]
    assert child.returncode == 0
    assert f"duecare is at http://127.0.0.1:{port}/" in said
    assert "Traceback" not in said
    assert (tmp_path / "h" / "secret.key").stat().st_mode & 0o777 == 0o600


def beats(lock: Path) -> bool:
    """Whether the worker of long work came to life within a while."""
    end = time.monotonic() + 20
    while time.monotonic() < end and not lock.exists():
        time.sleep(0.1)
    return lock.exists()


def test_a_provider_file_holds_exactly_what_it_must(tmp_path: Path, home: Any) -> None:
    from duecare.errors import WrongUsage
    from duecare.web.running import read_single_sign_on

    good = {"name": "X", "client": "c", "secret": "s", "server": "https://id.example.org"}
    path = tmp_path / "provider.yaml"
    path.write_text(yaml.safe_dump(good), "utf-8")
    assert read_single_sign_on(path).server == good["server"]
    for wrong in (good | {"server": "http://id.example.org"}, good | {"more": "x"}, {"name": "X"}, ["name"]):
        path.write_text(yaml.safe_dump(wrong), "utf-8")
        with pytest.raises(WrongUsage):
            read_single_sign_on(path)
    with pytest.raises(WrongUsage):
        read_single_sign_on(tmp_path / "none.yaml")


def test_a_door_reaches_the_server_process_as_it_was_said() -> None:
    from duecare.web.configuration import Door, SingleSignOn
    from duecare.web.server import read_door, write_door

    door = Door(hosts=("a", "b"), https=True, single_sign_on=SingleSignOn("n", "c", "s", "https://x"))
    assert read_door(write_door(door)) == door
    assert read_door(write_door(Door())) == Door()


def test_the_names_of_pages_stand_in_the_navigation_of_those_who_may(client_for: Callable[..., Any]) -> None:
    from duecare.web.routes import ROUTES

    assert [entry.group for entry in ROUTES["people"].nav] == ["record"]
    assert 'href="/people"' in client_for("ADM").get("/account").content.decode()
    assert 'href="/people"' not in client_for("SAG").get("/account").content.decode()
    assert 'href="/people" aria-current="page"' in client_for("ADM").get("/people").content.decode()
    assert client_for(None).get("/sign-in").content.decode().count('id="menu"') == 0
