"""Write who gets which answer where: ``tests/web/access_table.tsv`` for the test and ``docs/reference/access.md`` to be read and reviewed.

    python bench/make_access_table.py

A record with something of every kind in two offices is made, and each route of the application's own registry is asked by each
role, as ``tests/web/access_walk.py`` does it in the test. Look at what changed before it is committed: it is the proof of rights.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests"), str(REPOSITORY / "tests" / "web")]

import access_walk  # noqa: E402 - after the path
import whole_world  # noqa: E402

BEFORE = """# Who sees and does what

Written by `bench/make_access_table.py` from the application's own registry of routes; `tests/web/test_access_matrix.py` asks every
route as every role again, on SQLite and PostgreSQL, and fails for a route that is missing here or answers differently.

Rights are roles' (`duecare/casebook/access.yaml`, METHOD 8.5) and reach as far as the office of the assignment. Each cell holds the answers to

1. somebody with the role in the office to which the thing belongs,
2. somebody with the role in another office,
3. somebody with the role in the whole organisation.

| sign | means |
|---|---|
| yes | answered (200, 201, 202, 204), or sent on (302) after it was done |
| in | the right is there; what was sent is refused for its content or for how things stand (400, 409, 422) |
| no | 403: no role of the person gives this right anywhere |
| - | 404: there is nothing, or it is out of reach; both answer alike |

Nobody who is not signed in gets anything but what is marked "open": pages send them to sign in (302), the API answers 401.
Where the address names no thing the middle answer is left out. What a list shows is tested for every role by words that stand in
everything of the other office.

"""


def main() -> None:
    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook
    from duecare.web.configuration import Door, web_settings

    with tempfile.TemporaryDirectory() as folder:
        home = Home.open(Path(folder) / "home")
        door = Door(hosts=("testserver", "localhost"), requests_per_minute=6_000_000, sign_ins_per_minute=6_000_000)
        open_casebook(home, "", web_settings(door))
        access_walk.load_routes()
        whole_world.rated(home.register)
        rows = access_walk.walk(whole_world.make(home))
        access_walk.TABLE.write_text(access_walk.as_tsv(rows), "utf-8")
        (REPOSITORY / "docs" / "reference" / "access.md").write_text(BEFORE + access_walk.as_markdown(rows), "utf-8")
    print(f"{len(rows)} rows, {len({row.route for row in rows})} routes")


if __name__ == "__main__":
    main()
