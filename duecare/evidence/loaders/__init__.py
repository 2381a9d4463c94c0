"""Bring in evidence that we may not ship, or that is newer than what we ship: ``adding.add_evidence``."""
