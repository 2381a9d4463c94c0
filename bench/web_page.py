"""How many of the pages that people work with one processor answers in a second, over a record and a register with lines.

    python bench/web_page.py [--lines 2000] [--pages 200] [--profile contract]

Each goes through Django's whole stack as a session asks it; processor time, no network. ``page_speed.py`` does the same for the
plain pages. ``--profile NAME`` prints where the time of one page goes.
"""

from __future__ import annotations

import argparse
import cProfile
import logging
import pstats
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests"), str(REPOSITORY / "tests" / "web")]

import access_walk  # noqa: E402 - after the path
import whole_world  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--profile", default="")
    asked = parser.parse_args()
    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook
    from duecare.web.configuration import Door, web_settings

    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        home = Home.open(Path(folder) / "home")
        open_casebook(home, "", web_settings(Door(hosts=("testserver",), requests_per_minute=6_000_000)))
        access_walk.load_routes()
        whole_world.rated(home.register, [f"Cleaning of building {number}" for number in range(asked.lines // 2)])
        world = whole_world.make(home, roles=("PO", "FP"))
        client, line = world.client("FP", "north"), world.ids["line"]["north"]
        pages = {
            "account": "/account",
            "portfolio": "/portfolio",
            "week": "/week",
            "contract": f"/contracts/{line}",
        }
        pages |= {
            "explain": f"/contracts/{line}/explain",
            "API findings": "/api/v1/findings?size=50",
            "API actions": "/api/v1/actions",
        }
        for name, address in pages.items():
            first = client.get(address)
            if first.status_code != 200:
                print(f"{name:14} {first.status_code}")
                continue
            for _ in range(5):
                client.get(address)
            profile = cProfile.Profile()
            if name == asked.profile:
                profile.enable()
            began = time.process_time()
            for _ in range(asked.pages):
                client.get(address)
            used = time.process_time() - began
            profile.disable()
            print(f"{name:14} {asked.pages / used:6.0f} pages/s of processor time, {used / asked.pages * 1000:5.1f} ms")
            if name == asked.profile:
                pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
