"""Write the first migration anew from the models, before a first release: python bench/make_migrations.py

After a release this makes the next migration instead; a released one is never changed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
FIRST = ROOT / "duecare" / "casebook" / "migrations" / "0001_first.py"
RELEASED = False

if __name__ == "__main__":
    from duecare.casebook.home import Home
    from duecare.casebook.opening import open_casebook

    if not RELEASED:
        FIRST.unlink(missing_ok=True)
        second = FIRST.with_name("0002_append_only.py")
        aside = second.rename(second.with_suffix(".aside")) if second.exists() else None
    with tempfile.TemporaryDirectory() as folder:
        open_casebook(Home.open(Path(folder)), migrate=False)
        from django.core.management import call_command

        call_command("makemigrations", "casebook", name="first" if not RELEASED else None, verbosity=1)
    if not RELEASED:
        text = FIRST.read_text("utf-8").split("\n")
        FIRST.write_text(
            '"""The tables of the record."""\n\n'
            + "\n".join(line for line in text if not line.startswith("# Generated")).lstrip(),
            "utf-8",
        )
        if aside:
            aside.rename(second)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(FIRST.parent)], check=True)
