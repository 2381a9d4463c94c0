"""The command line of the web application: start it, and give the first administrator a link. A thin skin like ``duecare.cli``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from duecare.cli import Json, home_folder, now, print_json, settings
from duecare.errors import WrongUsage

web = App(name="web", help="The application in the browser: for one person on this machine, or for many with accounts.")

HomeFolder = Annotated[
    Path | None,
    Parameter(name="--home", help="Folder of the organisation; otherwise DUECARE_HOME, or ~/.local/share/duecare."),
]
PORT = 8000


@web.default
def start(
    *,
    home: HomeFolder = None,
    port: Annotated[int, Parameter(name="--port", help="Port to listen on.")] = PORT,
    host: Annotated[
        str, Parameter(name="--host", help="Address to listen on; any but 127.0.0.1 needs accounts.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        Parameter(
            name="--name", negative="", help="A name under which browsers reach it, such as duecare.example.org."
        ),
    ] = None,
    https: Annotated[bool, Parameter(name="--https", negative="", help="A proxy in front of it speaks https.")] = False,
    proxies: Annotated[int, Parameter(name="--proxies", help="How many proxies of yours stand in front of it.")] = 0,
    accounts: Annotated[
        bool, Parameter(name="--accounts", negative="", help="People sign in, on this machine too.")
    ] = False,
    single_sign_on: Annotated[
        Path | None, Parameter(name="--single-sign-on", help="YAML file of the organisation's OpenID Connect provider.")
    ] = None,
    workers: Annotated[int, Parameter(name="--workers", help="Server processes.")] = 1,
    sample: Annotated[
        bool,
        Parameter(name="--sample", negative="", help="Begin with the sample organisation, where nothing was begun."),
    ] = False,
    json: Json = False,
) -> int:
    """Start the application and the worker of its long work; stop both with Ctrl+C."""
    from duecare.web import running
    from duecare.web.configuration import Door

    one_user = host == "127.0.0.1" and not name and not accounts
    known = settings()
    door = Door(
        hosts=tuple(name) if name else _own_names(host),
        port=port,
        https=https,
        one_user=one_user,
        start_token=running.start_token() if one_user else "",
        upload_bytes=known.limits.upload_bytes,
        proxies=proxies,
        single_sign_on=running.read_single_sign_on(single_sign_on) if single_sign_on else None,
    )
    folder = home_folder(home)
    running.prepare(folder, known.database, door, now(), sample=sample)
    running.announce(folder, host, door)
    if json:
        print_json({"address": running.address(host, door), "home": str(folder), "one_user": one_user})
        sys.stdout.flush()
    return running.run(folder, known.database, door, host, workers)


@web.command
def invite(
    address: Annotated[str, Parameter(help="The person's e-mail address.")],
    /,
    *,
    role: Annotated[str, Parameter(name="--role", help="PO RQ CM FP LG FIN SM DPO IV IA SAG ADM.")],
    office: Annotated[
        str, Parameter(name="--office", help="Name of the office; otherwise the whole organisation.")
    ] = "",
    name: Annotated[str, Parameter(name="--name", help="The person's name.")] = "",
    base: Annotated[str, Parameter(name="--base", help="How browsers reach it.")] = f"http://127.0.0.1:{PORT}",
    home: HomeFolder = None,
    json: Json = False,
) -> int:
    """Enter a person with a role and print the link by which they set their password; it works once, for seven days."""
    from duecare.web import running

    token = running.invite(home_folder(home), settings().database, address, role, office, name, now())
    link = f"{base.rstrip('/')}/invitation/{token}"
    if json:
        print_json({"link": link, "role": role, "office": office})
    else:
        sys.stdout.write(f"{link}\n")
    sys.stderr.write("Give the link to this person only, over a way that you trust. It works once, for seven days.\n")
    return 0


def _own_names(host: str) -> tuple[str, ...]:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - a comparison
        raise WrongUsage(
            "Say with --name under which name browsers reach the application, such as --name duecare.example.org."
        )
    return (host, "localhost") if host == "127.0.0.1" else (host,)
