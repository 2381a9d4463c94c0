"""``python -m duecare.jobs`` is the worker of the home in the environment (``DUECARE_HOME``)."""

from __future__ import annotations

import sys
from pathlib import Path

from duecare.casebook.home import Home
from duecare.errors import DuecareError, WrongUsage
from duecare.jobs.log import log_to_stderr
from duecare.jobs.surroundings import settings
from duecare.jobs.worker import Stop, main


def run() -> int:
    """Work until SIGTERM or SIGINT; returns the exit code."""
    log_to_stderr()
    stop, known = Stop(), settings()
    stop.on_signals()
    if not known.home:
        raise WrongUsage("Set DUECARE_HOME to the folder of the organisation.")
    main(Home.open(Path(known.home)), known.database, known, stop=stop)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(run())
    except DuecareError as error:
        sys.stderr.write(f"duecare: {error}\n")
        sys.exit(error.exit_code)
