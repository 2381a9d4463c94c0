"""The process that does one job: it touches the register and its own folder, never the record, and may be killed at any time.

``python -m duecare.jobs.child FOLDER`` reads the folder's assignment and says on stdout how far it is and how it ended.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from duecare.errors import DuecareError, disk_fault
from duecare.jobs.assignment import Assignment, Said, read_assignment
from duecare.jobs.log import told
from duecare.jobs.tasks import TASKS, Say
from duecare.records.confine import die_with_parent

NICENESS = 10


def main(folder: Path) -> None:
    """Do the job of a folder. Whatever happens becomes one last message; only a kill leaves none."""
    die_with_parent()
    os.nice(NICENESS)
    voice = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing else may speak on this line

    def say(said: Said) -> None:
        os.write(voice, msgspec.json.encode(said) + b"\n")

    say(_ending(read_assignment(folder), folder, say))


def _ending(assignment: Assignment, folder: Path, say: Say) -> Said:
    try:
        return Said(result=TASKS[assignment.kind](assignment, folder, say))
    except DuecareError as error:
        return Said(error=str(error))
    except Exception as error:  # noqa: BLE001 - a defect of ours is told by its kind and place alone
        if sentence := disk_fault(error):
            return Said(error=sentence)
        seen = told(type(error), error.__traceback__)
        return Said(fault=seen["fault"], where=seen["where"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
