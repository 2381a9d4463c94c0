"""``python -m duecare`` is the command line."""

from duecare.cli import main

main()
