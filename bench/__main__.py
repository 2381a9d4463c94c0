"""``./run bench`` runs every benchmark at its small size; ``./run bench NAME ARGUMENTS`` runs one with its own arguments.

Each prints ratios against a named anchor measured in the same run, the memory of the whole process tree, and checks of rows
and sums. A figure without its anchor says nothing: machines differ, ratios much less.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
BENCHMARKS = ("classify_lines", "csv_reading", "ocds_reading", "scoring", "survival")


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    sys.path.insert(0, str(FOLDER))
    chosen = sys.argv[1:2] or list(BENCHMARKS)
    arguments = sys.argv[2:]
    for name in chosen:
        if name not in BENCHMARKS:
            sys.exit(f"There is no benchmark {name}. Known: {', '.join(BENCHMARKS)}.")
        print(f"== {name}", flush=True)
        sys.argv = [f"bench/{name}.py", *arguments]
        runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")


main()
